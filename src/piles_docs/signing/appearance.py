"""What a signature shows on the page: by whom and when, in words, and a drawn signature if there is one."""

from __future__ import annotations

import datetime as dt
import functools
import io
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

from fontTools import subset
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem
from PIL import Image, UnidentifiedImageError
from pyhanko.pdf_utils.font import FontEngineFactory
from pyhanko.pdf_utils.font.opentype import GlyphAccumulator
from pyhanko.pdf_utils.images import PdfImage
from pyhanko.pdf_utils.layout import AxisAlignment, InnerScaling, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.text import TextBoxStyle
from pyhanko.stamp import TextStampStyle

from piles_docs.errors import SigningFailed

LARGEST_IMAGE_PIXELS = 4_000_000
_FRANCE = ZoneInfo("Europe/Paris")
_TEXT_SIZE, _LINE_HEIGHT = 9, 11
_UNITS_AN_EM = 1000
_MARGIN, _DRAWING_WIDTH = 4, 90
# Latin letters with all accents, digits, punctuation: what a name and a date are written with.
_CHARACTERS = [
    *range(0x20, 0x7F),
    *range(0xA0, 0x250),
    *range(0x1E00, 0x1F00),
    *range(0x2010, 0x2027),
    0x202F,
]


def style_of(drawing: bytes | None) -> TextStampStyle:
    """How a signature is laid out in its box.

    Args:
        drawing: A picture of a handwritten signature, PNG or JPEG. It proves nothing by itself
            (Cass. com., 13 March 2024, n° 22-16.487): the certificate does.

    Raises:
        SigningFailed: The picture cannot be read, or is too large.
    """
    right = _MARGIN + (0 if drawing is None else _DRAWING_WIDTH)
    return TextStampStyle(
        stamp_text="Signé électroniquement par\n%(signer)s\nle %(moment)s",
        border_width=0,
        background=None if drawing is None else PdfImage(_picture(drawing)),
        background_opacity=1.0,
        background_layout=SimpleBoxLayoutRule(
            x_align=AxisAlignment.ALIGN_MAX,
            y_align=AxisAlignment.ALIGN_MID,
            margins=Margins(left=110, right=_MARGIN, top=_MARGIN, bottom=_MARGIN),
        ),
        inner_content_layout=SimpleBoxLayoutRule(
            x_align=AxisAlignment.ALIGN_MIN,
            y_align=AxisAlignment.ALIGN_MID,
            inner_content_scaling=InnerScaling.SHRINK_TO_FIT,
            margins=Margins(left=_MARGIN, right=right, top=_MARGIN, bottom=_MARGIN),
        ),
        text_box_style=TextBoxStyle(font=_Font(), font_size=_TEXT_SIZE, leading=_LINE_HEIGHT),
    )


def written_moment(moment: dt.datetime) -> str:
    """A moment as the box shows it, by the clock of France: « 26/11/2026 à 14:05 (heure de Paris) »."""
    return f"{moment.astimezone(_FRANCE):%d/%m/%Y à %H:%M} (heure de Paris)"


def _picture(content: bytes) -> Image.Image:
    try:
        with Image.open(io.BytesIO(content), formats=["PNG", "JPEG"]) as picture:
            if picture.width * picture.height > LARGEST_IMAGE_PIXELS:
                raise SigningFailed(
                    "l’image de la signature est trop grande",
                    remedy="réduisez-la à 2000 × 2000 pixels au plus",
                )
            return picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, Image.DecompressionBombError) as error:
        raise SigningFailed(
            "l’image de la signature ne peut pas être lue", remedy="donnez une image PNG ou JPEG"
        ) from error


class _Font(FontEngineFactory):
    """The documents' font, embedded with the letters that are used."""

    def create_font_engine(self, writer: Any, obj_stream: Any = None) -> GlyphAccumulator:
        """Make what pyHanko writes text with."""
        return GlyphAccumulator(
            writer=writer, font_handle=io.BytesIO(_font()), font_size=_TEXT_SIZE, obj_stream=obj_stream
        )


@functools.cache
def _font() -> bytes:
    """Liberation Sans at 1000 units an em: pyHanko writes widths unscaled (ISO 19005-2, 6.2.11.5)."""
    file = resources.files("piles_docs").joinpath("fonts/LiberationSans-Regular.ttf")
    with TTFont(io.BytesIO(file.read_bytes())) as font:
        options = subset.Options(hinting=False, layout_features=[], name_IDs=["*"], notdef_outline=True)
        options.drop_tables += ["FFTM"]  # FontForge's own note
        letters = subset.Subsetter(options)
        letters.populate(unicodes=_CHARACTERS)
        letters.subset(font)
        scale_upem(font, _UNITS_AN_EM)
        output = io.BytesIO()
        font.save(output)
    return output.getvalue()
