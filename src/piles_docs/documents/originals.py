"""From a converted PDF to that of an original: codes on its pages and, to be signed electronically, fields.

The file is read once for all that an issue has to know of it, and written once.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pikepdf
import pypdfium2

from piles_docs.documents.boxes import boxes_on
from piles_docs.documents.fields import add_fields
from piles_docs.documents.obstacles import Obstacle, obstacles_on
from piles_docs.documents.page_marks import add_marks
from piles_docs.methodology.acts import Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What an issue has to know of a PDF."""

    pages: int
    boxes: tuple[Box, ...]
    """Where to sign, in the order of the parties."""
    obstacles: tuple[Obstacle, ...]
    """What keeps its pages from being marked."""


def survey(pdf: bytes, parties: Sequence[str], *, name: str) -> Survey:
    """Look at every page of a PDF as the converter made it.

    Args:
        pdf: The file.
        parties: Who signs.
        name: Of the document, for messages.

    Raises:
        ToolFailed: A party has no signature box, or more than one, or there is a box for nobody.
    """
    with pypdfium2.PdfDocument(pdf) as document:
        pages = list(document)
        return Survey(
            pages=len(pages), boxes=boxes_on(pages, parties, name=name), obstacles=obstacles_on(pages)
        )


def complete(pdf: bytes, *, code: str | None, labels: Mapping[Box, str], name: str) -> bytes:
    """Put fields and marks into a PDF; the same in gives the same bytes out.

    Streams that nothing is changed in are copied as they are.

    Args:
        pdf: As the converter made it.
        code: What its page codes name it by; None leaves its pages unmarked.
        labels: Where fields go, and what is read aloud there: « Signature de Mme Lise Exemple ». None in what
            is signed on paper.
        name: Of the document, for messages.

    Raises:
        SigningFailed: There are fields to add, and the file is not tagged.
    """
    if code is None and not labels:
        return pdf
    with pikepdf.open(io.BytesIO(pdf)) as document:
        if labels:
            add_fields(document, labels, name=name)
        if code is not None:
            add_marks(document, code)
        output = io.BytesIO()
        document.save(
            output,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
            fix_metadata_version=False,  # `archival` wrote the metadata, and no version into them
        )
    return output.getvalue()
