"""A picture on a terminal with colours: each cell shows two of its points, one over the other."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image
from rich.color import Color
from rich.console import Console
from rich.style import Style
from rich.text import Text

_WIDEST = 72
_UPPER_HALF = "▀"


def can_show(console: Console) -> bool:
    """Tell whether a terminal has colours enough."""
    return console.is_terminal and console.color_system in {"256", "truecolor"}


def show(console: Console, content: bytes) -> None:
    """Draw a picture, as wide as there is room for.

    Args:
        console: Where `can_show` holds.
        content: Of a PNG.
    """
    with Image.open(io.BytesIO(content)) as picture:
        wide = min(console.width, _WIDEST)
        high = max(1, round(picture.height * wide / picture.width / 2))
        points = np.asarray(picture.convert("RGB").resize((wide, 2 * high)))
    for upper, lower in zip(points[::2].tolist(), points[1::2].tolist(), strict=True):
        line = Text()
        for above, below in zip(upper, lower, strict=True):
            line.append(_UPPER_HALF, Style(color=Color.from_rgb(*above), bgcolor=Color.from_rgb(*below)))
        console.print(line)
