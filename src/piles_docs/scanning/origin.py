"""What a file of pages is: pictures of sheets, or text; and which device made it, as far as it tells."""

from __future__ import annotations

import io
from contextlib import suppress

import pypdfium2
from PIL import Image
from pypdfium2 import raw

_MAKE, _MODEL = 271, 272  # tags of TIFF and EXIF
_LONGEST = 200


_PICTURE_STARTS = (b"\xff\xd8\xff", b"\x89PNG", b"II*\0", b"MM\0*")
_HEIC = b"ftyp"
_COVERED = 0.7
"""The part of a page that a picture covers, for the page to be a picture."""


def is_scan(content: bytes) -> bool:
    """Tell whether a file holds pictures of pages, whatever text a recogniser laid over them."""
    if content.startswith(_PICTURE_STARTS) or content[4:8] == _HEIC:
        return True
    # A file from anywhere: one that cannot be read is no scan.
    with suppress(Exception):
        document = pypdfium2.PdfDocument(content)
        try:
            return len(document) > 0 and all(_is_picture(page) for page in document)
        finally:
            document.close()
    return False


def _is_picture(page: pypdfium2.PdfPage) -> bool:
    """Whether pictures cover a page; an empty page says nothing against it."""
    width, height = page.get_size()
    objects = list(page.get_objects(max_depth=3))
    pictures = [item for item in objects if item.type == raw.FPDF_PAGEOBJ_IMAGE]
    covered = 0.0
    for picture in pictures:
        left, bottom, right, top = picture.get_bounds()
        covered += max(0.0, right - left) * max(0.0, top - bottom)
    return not objects or covered >= _COVERED * width * height


def device_of(content: bytes) -> str | None:
    """The maker's words about the device or program that made a file; None where there are none."""
    told: list[str] = []
    # What a foreign file says about itself is worth no failure.
    with suppress(Exception):
        if content[:1024].lstrip().startswith(b"%PDF-"):
            document = pypdfium2.PdfDocument(content)
            try:
                told = [document.get_metadata_value(key) for key in ("Creator", "Producer")]
            finally:
                document.close()
        else:
            with Image.open(io.BytesIO(content)) as image:
                tags = image.getexif()
                told = [str(tags.get(tag, "")) for tag in (_MAKE, _MODEL)]
    words = " ".join(dict.fromkeys(word.strip("\0 ") for word in told if word.strip("\0 ")))
    return words[:_LONGEST] or None
