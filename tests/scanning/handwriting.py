"""What hands and stamps leave on paper, drawn from a seed: ink as darkness in a patch of a page."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

Stroke = list[tuple[float, float]]
"""Points in a unit square or near it, y downwards."""
Colour = tuple[int, int, int]
FINER = 3
"""Ink is drawn so many times finer than the page, then brought down: its edges are soft."""


@dataclass(frozen=True)
class Pen:
    """What was written with."""

    colour: Colour
    width_mm: float
    opacity: float
    """Of the ink where the pen presses: 1 hides the paper."""


PENS: tuple[Pen, ...] = (
    Pen((25, 45, 140), 0.45, 0.85),
    Pen((40, 70, 170), 0.4, 0.75),
    Pen((30, 30, 40), 0.45, 0.85),
    Pen((10, 10, 10), 0.6, 0.95),
    Pen((20, 20, 90), 0.7, 0.9),
    Pen((15, 15, 20), 0.9, 0.92),
    Pen((160, 30, 40), 0.45, 0.8),
    Pen((20, 100, 60), 0.5, 0.8),
)
LIGHT_PENS: tuple[Pen, ...] = (
    Pen((60, 90, 190), 0.3, 0.45),
    Pen((90, 90, 95), 0.35, 0.5),
    Pen((70, 70, 80), 0.4, 0.4),
    Pen((60, 110, 200), 0.4, 0.4),
)


def _smooth(points: Stroke, chance: random.Random) -> Stroke:
    """A Catmull-Rom curve through the points: cubic Béziers that run into each other."""
    del chance
    if len(points) < 3:
        return points
    ends = [points[0], *points, points[-1]]
    curve: Stroke = []
    for a, b, c, d in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        for step in range(10):
            t = step / 10
            curve.append(
                tuple(  # type: ignore[arg-type]  # two numbers
                    0.5
                    * (
                        2 * q
                        + (r - p) * t
                        + (2 * p - 5 * q + 4 * r - s) * t**2
                        + (3 * q - p - 3 * r + s) * t**3
                    )
                    for p, q, r, s in zip(a, b, c, d, strict=True)
                )
            )
    return [*curve, points[-1]]


def _cursive(chance: random.Random) -> list[Stroke]:
    """A name, run together: loops that go to the right and become flatter."""
    turns = chance.randint(4, 11)
    fade = chance.uniform(0.0, 0.8)
    points: Stroke = []
    for turn in range(turns):
        height = (1 - fade * turn / turns) * chance.uniform(0.25, 1.0)
        x = turn / turns
        points += [
            (x + chance.uniform(-0.02, 0.03), 0.75 + chance.uniform(-0.1, 0.15)),
            (x + 0.6 / turns, 0.75 - 0.7 * height),
            (x + chance.uniform(0.05, 0.5) / turns, 0.7 - 0.35 * height),
        ]
    strokes = [_smooth(points, chance)]
    if chance.random() < 0.4:
        strokes.append(_underline(chance))
    return strokes


def _capital(chance: random.Random) -> list[Stroke]:
    """A large first letter, then a line that trails off."""
    first: Stroke = [
        (0.05, 0.9),
        (0.12 + chance.uniform(-0.05, 0.05), 0.05),
        (0.25, 0.35 + chance.uniform(-0.2, 0.2)),
        (0.08, 0.55),
        (0.3, chance.uniform(0.6, 0.95)),
    ]
    tail: Stroke = [(0.25, 0.65)]
    for step in range(chance.randint(3, 8)):
        tail.append((0.3 + 0.08 * step, 0.6 + chance.uniform(-0.22, 0.18)))
    tail.append((1.0, 0.6 + chance.uniform(-0.25, 0.2)))
    strokes = [_smooth(first, chance), _smooth(tail, chance)]
    if chance.random() < 0.5:
        strokes.append(_underline(chance))
    return strokes


def _zigzag(chance: random.Random) -> list[Stroke]:
    """Peaks without loops."""
    peaks = chance.randint(5, 13)
    points: Stroke = [
        (
            index / peaks + chance.uniform(-0.03, 0.03),
            (0.15 if index % 2 else 0.85) + chance.uniform(-0.2, 0.2),
        )
        for index in range(peaks + 1)
    ]
    return [_smooth(points, chance)]


def _loops(chance: random.Random) -> list[Stroke]:
    """One line that goes round and round."""
    turns = chance.uniform(1.6, 4.0)
    number = int(turns * 8)
    drift = chance.uniform(0.2, 0.7)
    wide, high = (1 - drift) / 2, chance.uniform(0.3, 0.5)
    points: Stroke = []
    for index in range(number):
        angle = 2 * math.pi * turns * index / number
        size = chance.uniform(0.75, 1.05)
        points.append(
            (
                wide + drift * index / number + wide * size * math.cos(angle),
                0.5 + high * size * math.sin(angle),
            )
        )
    return [_smooth(points, chance)]


def _initials(chance: random.Random) -> list[Stroke]:
    """Two or three letters, each of one or two strokes."""
    strokes: list[Stroke] = []
    letters = chance.randint(2, 3)
    for letter in range(letters):
        left, wide = letter / letters, 0.8 / letters
        for _ in range(chance.randint(1, 2)):
            points: Stroke = [
                (left + chance.uniform(0, wide), chance.uniform(0, 1)) for _ in range(chance.randint(3, 5))
            ]
            points[0] = (left, chance.uniform(0.0, 0.2))
            points[-1] = (left + wide * chance.uniform(0.3, 1), chance.uniform(0.7, 1.0))
            strokes.append(_smooth(points, chance))
    return strokes


def _letters(chance: random.Random) -> list[Stroke]:
    """A name letter by letter, small strokes that do not touch."""
    strokes: list[Stroke] = []
    letters = chance.randint(5, 10)
    for letter in range(letters):
        left, wide = letter / letters, 0.7 / letters
        top = 0.0 if letter in {0, letters // 2} else chance.uniform(0.2, 0.5)
        points: Stroke = [(left + chance.uniform(0, wide), chance.uniform(top, 1)) for _ in range(4)]
        points[0], points[-1] = (left, top), (left + wide, chance.uniform(0.8, 1.0))
        strokes.append(_smooth(points, chance))
    return strokes


def _underline(chance: random.Random) -> Stroke:
    return _smooth(
        [
            (chance.uniform(-0.05, 0.2), 0.95 + chance.uniform(-0.1, 0.05)),
            (0.5, 0.92 + chance.uniform(-0.06, 0.06)),
            (chance.uniform(0.8, 1.05), 0.85 + chance.uniform(-0.15, 0.1)),
        ],
        chance,
    )


STYLES: tuple[Callable[[random.Random], list[Stroke]], ...] = (_cursive, _capital, _zigzag, _loops)
SMALL_STYLES: tuple[Callable[[random.Random], list[Stroke]], ...] = (_initials, _zigzag, _cursive)


def across(chance: random.Random, begin: float, end: float) -> Stroke:
    """One long line, as a hand strikes out: a little bent."""
    bend = chance.uniform(-0.12, 0.12)
    points = [(x, begin + (end - begin) * x + bend * 4 * x * (1 - x)) for x in (0.0, 0.25, 0.5, 0.75, 1.0)]
    return _smooth(points, chance)


def strokes_of(kind: str, chance: random.Random) -> list[Stroke]:
    """The strokes of one signature: `usual`, `small`, `initials` or `letters`."""
    if kind == "initials":
        return _initials(chance)
    if kind == "letters":
        return _letters(chance)
    return chance.choice(SMALL_STYLES if kind == "small" else STYLES)(chance)


@dataclass(frozen=True)
class Patch:
    """Ink to be laid on a page."""

    left: int
    top: int
    """In pixels of the page; may be negative."""
    cover: NDArray[np.floating[Any]]
    """How much of the paper is hidden, from 0 to 1; shape (height, width)."""
    colour: Colour


def write(
    strokes: Sequence[Stroke],
    pen: Pen,
    place_mm: tuple[float, float, float, float],
    pixels_per_mm: float,
    chance: random.Random,
) -> Patch:
    """Draw strokes into a place on the page: left, top, width, height in millimetres from the upper left."""
    left, top, width, height = place_mm
    slope = math.radians(chance.uniform(-8, 8))
    pad = 4.0
    size = (width + 2 * pad, height + 2 * pad + width * abs(math.sin(slope)) + 2)
    scale = pixels_per_mm * FINER
    sheet = Image.new("L", (round(size[0] * scale), round(size[1] * scale)), 0)
    draw = ImageDraw.Draw(sheet)
    for stroke in strokes:
        weight = chance.uniform(0.85, 1.1)
        last: tuple[float, float] | None = None
        fast = 1.0
        for index, (x, y) in enumerate(stroke):
            at = (x - 0.5) * width, (y - 0.5) * height
            turned = (
                at[0] * math.cos(slope) - at[1] * math.sin(slope) + size[0] / 2,
                at[0] * math.sin(slope) + at[1] * math.cos(slope) + size[1] / 2,
            )
            if last is not None:
                ends = min(1.0, 0.45 + 0.2 * min(index, len(stroke) - index))
                fast = 0.8 * fast + 0.2 * chance.uniform(0.6, 1.25)
                thick = max(1, round(pen.width_mm * weight * ends * fast * scale))
                pressed = round(255 * min(1.0, 0.75 + 0.25 * fast))
                start, stop = (tuple(c * scale for c in p) for p in (last, turned))
                draw.line([start, stop], fill=pressed, width=thick)
                if thick > 3:
                    r = thick / 2
                    draw.ellipse([stop[0] - r, stop[1] - r, stop[0] + r, stop[1] + r], fill=pressed)
            last = turned
    small = sheet.resize((max(1, sheet.width // FINER), max(1, sheet.height // FINER)), Image.Resampling.BOX)
    cover = np.asarray(small, np.float32) / 255 * pen.opacity
    middle = (left + width / 2) * pixels_per_mm, (top + height / 2) * pixels_per_mm
    return Patch(
        left=round(middle[0] - cover.shape[1] / 2),
        top=round(middle[1] - cover.shape[0] / 2),
        cover=cover,
        colour=pen.colour,
    )


STAMP_COLOURS: tuple[Colour, ...] = (
    (40, 50, 150),
    (90, 40, 140),
    (170, 30, 40),
    (25, 25, 30),
    (20, 110, 70),
)
_STAMP_LINES = (
    ("COLLECTIF HAUTE-DURANCE", "5 rue de la Liberté", "05200 EMBRUN", "SIRET 123 456 789 00012"),
    ("APEAS", "Agence Provençale pour une", "Économie Alternative", "13001 MARSEILLE"),
    ("REÇU LE", "12 MAI 2026"),
    ("LA PRÉSIDENTE",),
    ("Association loi 1901", "HAUTE DURANCE SOLIDAIRE", "Tél. 04 00 00 00 05"),
    ("COPIE CERTIFIÉE CONFORME", "à l’original", "le 3 juin 2026"),
)


@cache
def _font(size: int, bold: bool) -> ImageFont.FreeTypeFont:
    name = "LiberationSans-Bold.ttf" if bold else "LiberationSans-Regular.ttf"
    return ImageFont.truetype(str(files("piles_docs") / "fonts" / name), size)


def stamp(middle_mm: tuple[float, float], pixels_per_mm: float, chance: random.Random) -> Patch:
    """A stamp: round, framed or only lines of text; turned a little, inked unevenly."""
    kind = chance.choice(("round", "framed", "text", "text"))
    scale = pixels_per_mm * 2
    side = round(60 * scale)
    sheet = Image.new("L", (side, side), 0)
    draw = ImageDraw.Draw(sheet)
    lines = list(chance.choice(_STAMP_LINES))
    bold = chance.random() < 0.6
    centre = side / 2
    if kind == "round":
        radius = chance.uniform(14, 20) * scale
        thick = max(1, round(chance.uniform(0.3, 0.7) * scale))
        draw.ellipse(
            [centre - radius, centre - radius, centre + radius, centre + radius], outline=255, width=thick
        )
        if chance.random() < 0.6:
            inner = radius * chance.uniform(0.6, 0.7)
            draw.ellipse(
                [centre - inner, centre - inner, centre + inner, centre + inner], outline=255, width=thick
            )
            _around(sheet, lines[0] + " • " + lines[-1] + " • ", (radius + inner) / 2, scale)
            lines = [line for line in lines[1:2] if len(line) < 14] or ["05"]
        size = 2.2
    else:
        size = chance.uniform(2.0, 3.4)
    pixels = max(6, round(size * scale))
    longest = max(_font(pixels, bold).getlength(line) for line in lines)
    room = (24 if kind == "round" else 54) * scale
    if longest > room:
        pixels = max(6, int(pixels * room / longest))
        longest = min(longest, room)
    step = pixels * 1.25
    for index, line in enumerate(lines):
        draw.text(
            (centre, centre + (index - (len(lines) - 1) / 2) * step),
            line,
            fill=255,
            font=_font(pixels, bold),
            anchor="mm",
        )
    if kind == "framed":
        wide, high = longest / 2 + 2 * scale, len(lines) * step / 2 + 1.5 * scale
        thick = max(1, round(chance.uniform(0.3, 0.8) * scale))
        draw.rectangle([centre - wide, centre - high, centre + wide, centre + high], outline=255, width=thick)
    sheet = sheet.rotate(chance.uniform(-12, 12), Image.Resampling.BILINEAR)
    sheet = sheet.filter(ImageFilter.GaussianBlur(0.12 * scale))
    small = sheet.resize((side // 2, side // 2), Image.Resampling.BOX)
    inked = np.asarray(small, np.float32) / 255
    box = Image.fromarray(inked).getbbox()
    assert box
    inked = inked[box[1] : box[3], box[0] : box[2]]
    inked = inked * _unevenness(inked.shape, chance) * chance.uniform(0.55, 0.95)
    return Patch(
        left=round(middle_mm[0] * pixels_per_mm - inked.shape[1] / 2),
        top=round(middle_mm[1] * pixels_per_mm - inked.shape[0] / 2),
        cover=inked.astype(np.float32),
        colour=chance.choice(STAMP_COLOURS),
    )


def _around(sheet: Image.Image, text: str, radius: float, scale: float) -> None:
    """Write a text along a circle."""
    font = _font(max(6, round(2.4 * scale)), True)
    letters = list(text)
    while sum(font.getlength(letter) for letter in letters) < 2 * math.pi * radius * 0.8:
        letters += list(text)
    letters = letters[: int(2 * math.pi * radius / font.getlength("N"))]
    for index, letter in enumerate(letters):
        angle = 2 * math.pi * index / len(letters)
        tile = Image.new("L", (round(4 * scale), round(4 * scale)), 0)
        ImageDraw.Draw(tile).text((2 * scale, 2 * scale), letter, fill=255, font=font, anchor="mm")
        tile = tile.rotate(-math.degrees(angle), Image.Resampling.BILINEAR)
        x = sheet.width / 2 + radius * math.sin(angle) - tile.width / 2
        y = sheet.height / 2 - radius * math.cos(angle) - tile.height / 2
        sheet.paste(255, (round(x), round(y)), tile)


def _unevenness(shape: tuple[int, ...], chance: random.Random) -> NDArray[np.float32]:
    """A stamp presses more here than there."""
    least = chance.uniform(0.3, 0.9)
    coarse = np.array([[chance.uniform(least, 1) for _ in range(5)] for _ in range(4)], np.float32)
    soft = Image.fromarray(coarse).resize((shape[1], shape[0]), Image.Resampling.BICUBIC)
    return np.clip(np.asarray(soft, np.float32), 0, 1)
