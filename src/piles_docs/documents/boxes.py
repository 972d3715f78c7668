"""Find the signature boxes in a PDF: page and rectangle of each signatory's box."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pypdfium2
from pypdfium2 import raw

from piles_docs.documents.signature_box import BOX_FIRST_PIXELS, BOX_HEIGHT_PIXELS
from piles_docs.errors import ToolFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureBox:
    """Where one signature goes."""

    party: str
    page: int
    """Page from 1, within the document."""
    rect: tuple[float, float, float, float]
    """Left, bottom, right, top in points from the page's lower left corner."""


def find_boxes(pdf: bytes, parties: Sequence[str], *, name: str) -> tuple[SignatureBox, ...]:
    """Find one box for each party, in the parties' order.

    The box is a transparent picture whose width in pixels names the signatory; both converters keep it.

    Raises:
        ToolFailed: A party has no box, or more than one, or there is a box for nobody.
    """
    found: dict[int, list[SignatureBox]] = {}
    document = pypdfium2.PdfDocument(pdf)
    try:
        for number, page in enumerate(document, 1):
            for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE]):
                width, height = item.get_px_size()
                if height == BOX_HEIGHT_PIXELS and width >= BOX_FIRST_PIXELS:
                    index = width - BOX_FIRST_PIXELS
                    party = parties[index] if index < len(parties) else "?"
                    found.setdefault(index, []).append(
                        SignatureBox(
                            party=party, page=number, rect=tuple(round(side, 2) for side in item.get_bounds())
                        )
                    )
    finally:
        document.close()
    if sorted(found) != list(range(len(parties))) or any(len(boxes) != 1 for boxes in found.values()):
        raise ToolFailed(
            f"{name} : les cases de signature du PDF ne correspondent pas aux signataires "
            f"(attendus : {', '.join(parties) or 'aucun'} ; trouvées : {sum(map(len, found.values()))})",
            remedy="vérifiez que le modèle contient une fois, et une seule, le tableau des signatures",
        )
    return tuple(found[index][0] for index in range(len(parties)))
