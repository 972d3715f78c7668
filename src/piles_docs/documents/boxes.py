"""Find the signature boxes in a PDF: page and rectangle of each signatory's box."""

from __future__ import annotations

from collections.abc import Sequence

import pypdfium2
from pypdfium2 import raw

from piles_docs.documents.signature_box import BOX_FIRST_PIXELS, BOX_HEIGHT_PIXELS
from piles_docs.errors import ToolFailed
from piles_docs.methodology.acts import Box


def find_boxes(pdf: bytes, parties: Sequence[str], *, name: str) -> tuple[Box, ...]:
    """Find one box for each party, in the parties' order.

    The box is a transparent picture whose width in pixels names the signatory; both converters keep it.

    Raises:
        ToolFailed: A party has no box, or more than one, or there is a box for nobody.
    """
    with pypdfium2.PdfDocument(pdf) as document:
        return boxes_on(list(document), parties, name=name)


def boxes_on(pages: Sequence[pypdfium2.PdfPage], parties: Sequence[str], *, name: str) -> tuple[Box, ...]:
    """As `find_boxes`, on the pages of a PDF that is open already."""
    found: dict[int, list[Box]] = {}
    for number, page in enumerate(pages, 1):
        for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE]):
            width, height = item.get_px_size()
            if height == BOX_HEIGHT_PIXELS and width >= BOX_FIRST_PIXELS:
                index = width - BOX_FIRST_PIXELS
                party = parties[index] if index < len(parties) else "?"
                rect = tuple(round(side, 2) for side in item.get_bounds())
                found.setdefault(index, []).append(Box(party=party, page=number, rect=rect))
    if sorted(found) != list(range(len(parties))) or any(len(boxes) != 1 for boxes in found.values()):
        raise ToolFailed(
            f"{name} : les cases de signature du PDF ne correspondent pas aux signataires "
            f"(attendus : {', '.join(parties) or 'aucun'} ; trouvées : {sum(map(len, found.values()))})",
            remedy="vérifiez que le modèle contient une fois, et une seule, le tableau des signatures",
        )
    return tuple(found[index][0] for index in range(len(parties)))
