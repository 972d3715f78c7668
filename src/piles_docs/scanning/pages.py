"""The pages of a scan, one at a time: PDF, JPEG, PNG, TIFF of many pages, and HEIC where it can be read.

A scan comes from anyone's device. It may be broken, or made to do harm: what is too large is refused before
it is unpacked, and one bad page does not keep the others from being read.
"""

from __future__ import annotations

import importlib
import io
import struct
import warnings
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import pypdfium2
from PIL import Image, ImageChops, ImageFilter, UnidentifiedImageError
from pypdfium2 import raw

LONG_SIDE_PIXELS = 2339
"""A4 at 200 dots per inch. Pages are brought to this size, not to a resolution: a page that a telephone put
into a PDF is often as many points as it has pixels, some metres of paper."""
_SPARED_PIXELS = 160  # a little more does no harm, and making it smaller takes time
MOST_BYTES = 1_000_000_000
MOST_PAGES = 2_000
_PAGES_AT_ONCE = 10
MOST_PIXELS = 150_000_000
"""Of one picture, unpacked: A4 at 1200 dots per inch has 139 million."""
_LONG_SIDE_INCHES = 297 / 25.4  # of A4
_DARK, _LIGHT = 40, 215  # of 255: what lies between is a grey
_FEWEST_GREYS = 0.005  # of all pixels; lines of an enlarged 1-bit page have some at their edges
_BLANK_REACH = 12  # pixels of a quarter of the size: around, how light the paper is
_BLANK_DARKER = 30  # of 255, than what is around
_BLANK_SHARE = 0.0005  # of the page: a line of writing
_PICTURES = ("JPEG", "PNG", "TIFF", "HEIF")
_UNREADABLE = "page illisible : le fichier est abîmé à cet endroit"
_NO_HEIC = "photo HEIC : enregistrez-la en JPEG, ou installez ce qui la lit (pip install pillow-heif)"
_TOO_MANY = f"au-delà de {MOST_PAGES} pages : divisez le fichier"
_TORN = (UnidentifiedImageError, OSError, ValueError, SyntaxError, KeyError, TypeError, struct.error)
"""What Pillow raises at a file that is not what it seems."""
_TOO_LARGE = f"image démesurée : plus de {MOST_PIXELS // 1_000_000} millions de points"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanPage:
    """One page of a scan, as pixels."""

    number: int
    """Within its file, from 1."""
    image: Image.Image
    """RGB, or L for a page without colour; its long side has at most `LONG_SIDE_PIXELS` pixels."""
    dpi: int | None
    """Of the scan itself, if the sheet is A4 and fills the picture; None where the file does not tell."""
    is_bilevel: bool
    """Whether each point is only black or white, as a fax sends it: light ink may have vanished."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BadPage:
    """A page that could not be read, or a file that has none that can."""

    number: int
    reason: str
    """In French, without final full stop."""


def read_pages(content: bytes) -> Iterator[ScanPage | BadPage]:
    """Read the pages of a file, each when it is asked for; a file that is no scan has one bad page."""
    if len(content) > MOST_BYTES:
        yield BadPage(number=1, reason=f"fichier de plus de {MOST_BYTES // 1_000_000_000} Go")
    elif content[:1024].lstrip().startswith(b"%PDF-"):
        yield from _read_pdf(content)
    else:
        yield from _read_picture(content)


def count_pages(content: bytes) -> int:
    """How many pages `read_pages` will give, at most `MOST_PAGES`; 1 where the file does not tell."""
    try:
        if content[:1024].lstrip().startswith(b"%PDF-"):
            with closing(pypdfium2.PdfDocument(content)) as document:
                return max(1, min(len(document), MOST_PAGES))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # as for reading
            with Image.open(io.BytesIO(content), formats=_known_formats()) as image:
                return _count_frames(image)
    except (pypdfium2.PdfiumError, *_TORN, Image.DecompressionBombError):
        return 1


def _count_frames(image: Image.Image) -> int:
    for number in range(1, MOST_PAGES):
        try:
            image.seek(number)
        except EOFError:
            return number
    return MOST_PAGES


def _read_pdf(content: bytes) -> Iterator[ScanPage | BadPage]:
    number, count = 0, 1
    while number < count:
        try:
            document = pypdfium2.PdfDocument(content)
        except pypdfium2.PdfiumError:
            yield BadPage(number=1, reason="PDF illisible, ou protégé par un mot de passe")
            return
        with closing(document):  # it keeps what it has unpacked until it is closed
            count = len(document)
            for _ in range(min(_PAGES_AT_ONCE, count - number)):
                number += 1
                if number > MOST_PAGES:
                    yield BadPage(number=number, reason=_TOO_MANY)
                    return
                try:
                    with closing(document[number - 1]) as page:
                        made = _rendered(page, number)
                except (pypdfium2.PdfiumError, ValueError, MemoryError):
                    made = BadPage(number=number, reason=_UNREADABLE)
                yield made


def _rendered(page: pypdfium2.PdfPage, number: int) -> ScanPage | BadPage:
    """One page of a PDF, drawn."""
    pictures = [
        picture.get_metadata() for picture in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=3)
    ]
    if any(picture.width * picture.height > MOST_PIXELS for picture in pictures):
        return BadPage(number=number, reason=_TOO_LARGE)
    width, height = page.get_size()
    if not min(width, height) > 0 or max(width, height) > 50 * min(width, height):
        return BadPage(number=number, reason="page sans surface")
    # The small amount less keeps the long side from being rounded up beyond its limit.
    bitmap = page.render(scale=(LONG_SIDE_PIXELS - 0.01) / max(width, height), may_draw_forms=False)
    with closing(bitmap):
        image = bitmap.to_pil().convert("RGB")
    longest = max((max(picture.width, picture.height) for picture in pictures), default=0)
    return ScanPage(
        number=number,
        image=image,
        dpi=round(longest / _LONG_SIDE_INCHES) if longest else None,
        is_bilevel=(bool(pictures) and all(picture.bits_per_pixel == 1 for picture in pictures))
        or has_no_greys(image),
    )


def _read_picture(content: bytes) -> Iterator[ScanPage | BadPage]:
    _know_heic()
    with warnings.catch_warnings():
        # Pillow warns of what is torn or large. The limit is our own, and what cannot be read is told.
        warnings.simplefilter("ignore")
        yield from _frames(content)


def _frames(content: bytes) -> Iterator[ScanPage | BadPage]:
    try:
        image = Image.open(io.BytesIO(content), formats=_known_formats())
    except (*_TORN, Image.DecompressionBombError):
        heic = content[4:8] == b"ftyp"
        reason = _NO_HEIC if heic else "ni PDF, ni JPEG, ni PNG, ni TIFF lisible"
        yield BadPage(number=1, reason=reason)
        return
    with image:
        for number in range(1, MOST_PAGES + 1):
            try:
                image.seek(number - 1)
            except EOFError:
                return
            except _TORN:
                # Where a frame is torn, those after it cannot be found either.
                yield BadPage(number=number, reason=_UNREADABLE)
                return
            yield _taken(image, number)
        yield BadPage(number=MOST_PAGES + 1, reason=_TOO_MANY)


def _taken(image: Image.Image, number: int) -> ScanPage | BadPage:
    """One frame of a picture, brought to size."""
    if image.width * image.height > MOST_PIXELS:
        return BadPage(number=number, reason=_TOO_LARGE)
    longest = max(image.size)
    is_bilevel = image.mode == "1"
    try:
        image.draft("RGB", (LONG_SIDE_PIXELS, LONG_SIDE_PIXELS))  # JPEG: unpack no more than is needed
        made = image.convert("L" if image.mode in {"1", "L", "LA", "I;16", "I", "F"} else "RGB")
    except (*_TORN, MemoryError):
        return BadPage(number=number, reason=_UNREADABLE)
    if min(made.size) < 32:
        return BadPage(number=number, reason="image trop petite pour être une page")
    if max(made.size) > LONG_SIDE_PIXELS + _SPARED_PIXELS:
        made.thumbnail((LONG_SIDE_PIXELS, LONG_SIDE_PIXELS), Image.Resampling.LANCZOS)
    return ScanPage(
        number=number,
        image=made,
        dpi=round(longest / _LONG_SIDE_INCHES),
        is_bilevel=is_bilevel or has_no_greys(made),
    )


def has_no_greys(image: Image.Image) -> bool:
    """Tell whether a page is only black and white, whatever its file says: devices store that as grey too."""
    counts = image.convert("L").histogram()
    return sum(counts[_DARK : _LIGHT + 1]) < _FEWEST_GREYS * sum(counts)


def is_blank(image: Image.Image) -> bool:
    """Tell whether nothing is on a page: the back of another, most often."""
    small = image.convert("L").reduce(4)
    dark = ImageChops.subtract(small.filter(ImageFilter.BoxBlur(_BLANK_REACH)), small).histogram()
    return sum(dark[_BLANK_DARKER:]) < _BLANK_SHARE * sum(dark)


def _known_formats() -> tuple[str, ...]:
    Image.init()
    return tuple(name for name in _PICTURES if name in Image.OPEN)


def _know_heic() -> None:
    """Let Pillow read HEIC, where its plug-in is installed: it is an option, for its codecs' licences."""
    try:
        importlib.import_module("pillow_heif").register_heif_opener()
    except ImportError:
        return
