"""Bind PDFs into one file with bookmarks, the same bytes for the same parts."""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pypdf import PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import (
    ArrayObject,
    BooleanObject,
    ByteStringObject,
    DictionaryObject,
    NameObject,
    TextStringObject,
)

from piles_docs.errors import ToolFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One PDF of a pack, with the title its bookmark shows."""

    title: str
    content: bytes


def page_count(content: bytes, *, name: str) -> int:
    """Count the pages of a PDF.

    Raises:
        ToolFailed: It cannot be read.
    """
    try:
        return len(PdfReader(io.BytesIO(content)).pages)
    except PyPdfError as error:
        raise ToolFailed(
            f"le PDF de {name} est illisible", remedy="relancez la commande ; piles verify dit le reste"
        ) from error


def bind(parts: Sequence[Part], *, title: str) -> bytes:
    """Bind parts in order; the reader opens on the bookmarks, shows the title, and knows that this is French.

    The parts' tags and claims (PDF/A, PDF/UA) stay with the parts: the whole claims nothing.
    """
    writer = PdfWriter()
    for part in parts:
        writer.append(io.BytesIO(part.content), outline_item=part.title, import_outline=False)
    writer.metadata = {"/Title": title, "/Producer": "piles-docs"}
    writer.root_object[NameObject("/Lang")] = TextStringObject("fr-FR")
    writer.root_object[NameObject("/ViewerPreferences")] = DictionaryObject(
        {NameObject("/DisplayDocTitle"): BooleanObject(True)}
    )
    writer.page_mode = "/UseOutlines"
    digest = hashlib.sha256(b"".join(part.content for part in parts)).digest()[:16]
    writer._ID = ArrayObject(
        [ByteStringObject(digest), ByteStringObject(digest)]
    )  # pypdf has no public way to a fixed identifier
    output = io.BytesIO()
    writer.write(output)
    return output.getvalue()


def zip_files(files: Mapping[str, bytes]) -> bytes:
    """Pack separate files into a ZIP, the same bytes for the same files."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name])
    return output.getvalue()
