"""The picture that keeps the place of one signature, from the Word template to the PDF.

It is transparent, 70 × 25 mm on the page; its width in pixels names the signatory (docs/adr/0002).
"""

from __future__ import annotations

import functools
import io
from collections.abc import Iterable, Iterator, Sequence
from xml.sax.saxutils import escape

from docx.oxml.shape import CT_Inline
from docx.shared import Mm
from lxml import etree
from PIL import Image

BOX_WIDTH_MM, BOX_HEIGHT_MM = 70, 25
BOX_FIRST_PIXELS, BOX_HEIGHT_PIXELS = 64, 23
BOX_LABEL = "Emplacement de la signature de "
BOX_PLACE = "piles-box"
"""The element that stands for a box while a part is made; no document keeps it."""
NO_RELATIONS = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"></Relationships>'
)
_IMAGE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"


class SignatureBox:
    """What `{{ signataire.case }}` is: it keeps the picture's place, which `put_in` takes at the end."""

    def __init__(self, index: int) -> None:
        """See the class.

        Args:
            index: The signatory's rank, from 0.
        """
        self._index = index

    def __html__(self) -> str:
        # Out of the run of text that holds the tag, and into another (as docxtpl does with its pictures).
        place = f'<{BOX_PLACE} n="{self._index}"/>'
        return f'</w:t></w:r><w:r>{place}</w:r><w:r><w:t xml:space="preserve">'


def put_in(part: bytes, names: Sequence[str], numbers: Iterator[int]) -> tuple[bytes, set[int]]:
    """Put the boxes into a part that is done; return it, and which boxes it has.

    Args:
        part: With the places that boxes keep.
        names: Who signs, by rank.
        numbers: For pictures: no two of a file have the same.
    """
    before, *after = part.split(f'<{BOX_PLACE} n="'.encode())
    pieces, boxes = [before], set()
    for piece in after:
        rank, _, rest = piece.partition(b'"/>')
        index = int(rank)
        label = escape(f"{BOX_LABEL}{names[index]}", {'"': "&quot;"})
        numbered = f'<wp:docPr descr="{label}" id="{next(numbers)}" '
        drawing = _drawing(index).replace(f'<wp:docPr id="{index + 1}" ', numbered, 1)
        pieces += f"<w:drawing>{drawing}</w:drawing>".encode(), rest
        boxes.add(index)
    return b"".join(pieces), boxes


def pictures(boxes: Iterable[int]) -> dict[str, bytes]:
    """The members of the Word file that boxes need, by name."""
    return {f"word/media/{_file(index)}": _picture(index) for index in boxes}


def related(relations: bytes, boxes: Iterable[int]) -> bytes:
    """A part's relations with those to its boxes (ISO/IEC 29500-2, 9.3)."""
    added = "".join(
        f'<Relationship Id="{_relation(index)}" Type="{_IMAGE}" Target="media/{_file(index)}"/>'
        for index in sorted(boxes)
    )
    return relations.replace(b"</Relationships>", f"{added}</Relationships>".encode())


def _file(index: int) -> str:
    return f"case-{index + 1}.png"


def _relation(index: int) -> str:
    return f"rIdCase{index + 1}"


@functools.cache
def _picture(index: int) -> bytes:
    picture = io.BytesIO()
    Image.new("RGBA", (BOX_FIRST_PIXELS + index, BOX_HEIGHT_PIXELS), (255, 255, 255, 0)).save(picture, "PNG")
    return picture.getvalue()


@functools.cache
def _drawing(index: int) -> str:
    inline = CT_Inline.new_pic_inline(
        index + 1, _relation(index), _file(index), Mm(BOX_WIDTH_MM), Mm(BOX_HEIGHT_MM)
    )
    return str(etree.tostring(inline, encoding="unicode"))
