"""Put files into a PDF that is to be archived: PDF/A-3, which is PDF/A-2 with files of any kind inside.

ISO 19005-3, 6.8: each file is named, described, dated, typed, and told how it belongs to the document.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import pikepdf
from pikepdf import AttachedFileSpec, Name

from piles_docs.documents.archival import claim_files


class Relationship(StrEnum):
    """How a file belongs to the document that holds it (ISO 32000-2, table 43)."""

    SOURCE = "/Source"
    """What the document was made from."""
    DATA = "/Data"
    """What the document says, to be read by programs."""
    SUPPLEMENT = "/Supplement"
    """What completes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file to be put into a PDF."""

    content: bytes = field(repr=False)
    description: str
    """What it is, in French: readers show it beside the name."""
    kind: str
    """Its media type: `application/pdf`."""
    relationship: Relationship


def embed(pdf: bytes, files: Mapping[str, Attachment], *, moment: dt.datetime) -> bytes:
    """Put files into a PDF; the same files and moment give the same bytes.

    Args:
        pdf: As `archival.finish` made it; where it claims PDF/A-2, the result claims PDF/A-3 at that level.
        files: By name. Plain ASCII names: programs that take files out of a PDF disagree about the others.
        moment: That the files bear as their date.
    """
    date = f"{moment.astimezone(dt.UTC):D:%Y%m%d%H%M%SZ}"
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for name, file in files.items():
            document.attachments[name] = AttachedFileSpec(
                document,
                file.content,
                filename=name,
                description=file.description,
                mime_type=file.kind,
                relationship=Name(file.relationship),
                creation_date=date,
                mod_date=date,
            )
        claim_files(document)
        output = io.BytesIO()
        document.save(output, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return output.getvalue()
