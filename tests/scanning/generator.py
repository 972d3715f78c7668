"""Scans of signed pages, made from a seed: what people do to a page, and what devices make of it.

Nothing here is a real scan. What is drawn is told, so that what is read can be counted against it.
"""

from __future__ import annotations

import io
import math
import random
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import pypdfium2
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from piles_docs.methodology.acts import Box

from .handwriting import LIGHT_PENS, PENS, Patch, across, stamp, strokes_of, write

Pixels = NDArray[np.uint8]
"""Shape (height, width, 3)."""
PAGE_PIXELS_PER_MM = 8.0
"""The page as it is printed and written on, before a device sees it."""
POINTS_PER_MM = 72 / 25.4
_MIDDLE = (200.0, 380.0, 400.0, 450.0)
"""Of a page without boxes: where it is spoiled."""


@dataclass(frozen=True)
class Sheet:
    """A page that was issued and printed."""

    pdf: bytes
    document: str
    """As its codes name it."""
    page: int
    boxes: tuple[Box, ...]
    """Those of this page."""


@dataclass(frozen=True, kw_only=True)
class Content:
    """What is in one box, and what may be said of it."""

    kind: str
    is_inked: bool
    """A hand has left ink that must not be taken for nothing."""
    is_signed: bool
    """A signature is there; where there is none, `SIGNED` is the worst error."""
    is_doubtful: bool = False
    """A person has to look in any case: a stamp alone, a stroke of the pen, a neighbour's ink."""


EMPTY = Content(kind="empty", is_inked=False, is_signed=False)
ENTERED = Content(kind="entered by a neighbour", is_inked=False, is_signed=False, is_doubtful=True)
BESIDE = Content(kind="beside a neighbour’s ink", is_inked=False, is_signed=False, is_doubtful=True)
STAMP = Content(kind="stamp alone", is_inked=True, is_signed=False, is_doubtful=True)
STRUCK = Content(kind="struck out, unsigned", is_inked=True, is_signed=False, is_doubtful=True)
OUTSIDE = Content(kind="signed outside the box", is_inked=False, is_signed=False, is_doubtful=True)
DOUBTFUL = (ENTERED, BESIDE, STAMP, STRUCK, OUTSIDE)
"""Without a signature; but a person has to look."""
SIGNED = {
    # One that was crossed out should be asked about.
    kind: Content(kind=kind, is_inked=True, is_signed=True, is_doubtful=kind == "crossed out")
    for kind in (
        "usual",
        "small",
        "initials",
        "large",
        "letters",
        "light",
        "crossed out",
        "with stamp",
        "spilling",
    )
}


@dataclass(frozen=True, kw_only=True)
class Mix:
    """How often what happens; numbers are weights."""

    name: str
    contents: dict[str, float]
    devices: dict[str, float]
    blemishes: dict[str, float] = field(default_factory=dict)


OFFICE = Mix(
    name="office",
    contents={"empty": 50, "usual": 34, "small": 5, "initials": 4, "large": 5, "letters": 2},
    devices={"flat": 3, "skew": 3, "turned": 1, "fitted": 2, "low quality": 1},
    blemishes={"none": 8, "specks": 2},
)
HARD = Mix(
    name="hard",
    contents={
        "empty": 44,
        "usual": 21,
        "small": 4,
        "initials": 3,
        "large": 4,
        "letters": 2,
        "light": 7,
        "crossed out": 2,
        "with stamp": 3,
        "spilling": 4,
        "stamp alone": 2,
        "struck": 2,
        "outside": 2,
    },
    devices={"phone": 4, "fax": 1, "flat": 1, "skew": 2, "low quality": 1, "strong skew": 1},
    blemishes={"none": 14, "specks": 2, "crease": 2, "stain": 1, "verso": 2, "hair": 1, "streak": 1},
)


@dataclass(frozen=True)
class Scan:
    """A scanned page, and what is true of it."""

    content: bytes
    """A file: JPEG, TIFF or PDF."""
    sheet: Sheet
    contents: tuple[Content, ...]
    """Of the sheet's boxes."""
    device: str
    blemish: str
    codes_whole: int
    """How many of the two codes are whole in the frame."""


def make_scan(sheet: Sheet, mix: Mix, seed: str, *, dpi: int = 200) -> Scan:
    """Write on a sheet, spoil it and scan it, as the seed has it."""
    chance = random.Random(seed)  # noqa: S311  # the same scan each time
    noise = np.random.default_rng(chance.randrange(2**32))
    device = _drawn(mix.devices, chance)
    blemish = _drawn(mix.blemishes, chance)
    page = printed(sheet).copy()
    contents = _fill_boxes(page, sheet, mix, chance)
    _spoil(page, blemish, sheet, chance, noise)
    content, codes_whole = _scanned(page, device, blemish, chance, noise, dpi)
    return Scan(content, sheet, contents, device, blemish, codes_whole)


def _drawn(weights: dict[str, float], chance: random.Random) -> str:
    return chance.choices(list(weights), list(weights.values()))[0]


@lru_cache(maxsize=8)
def printed(sheet: Sheet) -> Pixels:
    """The page as a printer puts it on paper: a little grey, a little soft."""
    document = pypdfium2.PdfDocument(sheet.pdf)
    try:
        image = (
            document[sheet.page - 1].render(scale=PAGE_PIXELS_PER_MM / POINTS_PER_MM).to_pil().convert("RGB")
        )
    finally:
        document.close()
    return np.asarray(image.filter(ImageFilter.GaussianBlur(0.4)).point(lambda value: 10 + value * 0.95))


# ---------------------------------------------------------------- what is written


def _place(rect: tuple[float, float, float, float], page: Pixels) -> tuple[float, float, float, float]:
    """Left, top, width, height in millimetres from the upper left corner."""
    left, bottom, right, top = (side / POINTS_PER_MM for side in rect)
    height = page.shape[0] / PAGE_PIXELS_PER_MM
    return left, height - top, right - left, top - bottom


def _fill_boxes(page: Pixels, sheet: Sheet, mix: Mix, chance: random.Random) -> tuple[Content, ...]:
    kinds = [_drawn(mix.contents, chance) for _ in sheet.boxes]
    contents = [_content(kind) for kind in kinds]
    places = [_place(box.rect, page) for box in sheet.boxes]
    for index, (kind, place) in enumerate(zip(kinds, places, strict=True)):
        others = [other for rank, other in enumerate(places) if rank != index]
        patches = _ink(kind, place, others, chance)
        if not patches and contents[index] is OUTSIDE:
            contents[index] = EMPTY  # no room beside it that is not another's
        for patch in patches:
            _lay(page, patch)
            for rank, other in enumerate(places):
                if rank == index or contents[rank] not in {EMPTY, BESIDE}:
                    continue
                if _enters(patch, other):
                    contents[rank] = ENTERED
                elif contents[index] is OUTSIDE and _enters(patch, _around(other)):
                    contents[rank] = BESIDE
    return tuple(contents)


def _meet(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    """Whether two places, of left, top, width and height, have a part in common."""
    return all(
        one[axis] < other[axis] + other[axis + 2] and other[axis] < one[axis] + one[axis + 2]
        for axis in (0, 1)
    )


def _content(kind: str) -> Content:
    return {"empty": EMPTY, "stamp alone": STAMP, "struck": STRUCK, "outside": OUTSIDE}.get(kind) or SIGNED[
        kind
    ]


def _around(place: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """The place and a finger's breadth around it: whose ink is there, a person has to say."""
    left, top, width, height = place
    return left - 12, top - 12, width + 24, height + 24


def _enters(patch: Patch, place: tuple[float, float, float, float]) -> bool:
    """Whether ink of a patch lies in a box of another: a square millimetre or more."""
    left, top, width, height = (round(side * PAGE_PIXELS_PER_MM) for side in place)
    rows = slice(max(0, top - patch.top), max(0, top + height - patch.top))
    columns = slice(max(0, left - patch.left), max(0, left + width - patch.left))
    return float((patch.cover[rows, columns] > 0.2).sum()) > PAGE_PIXELS_PER_MM**2 * 0.5


def _ink(
    kind: str,
    place: tuple[float, float, float, float],
    others: list[tuple[float, float, float, float]],
    chance: random.Random,
) -> list[Patch]:
    left, top, width, height = place
    scale = PAGE_PIXELS_PER_MM
    pen = chance.choice(LIGHT_PENS if kind == "light" else PENS)
    centre = (left + width / 2, top + height / 2)

    def signature(style: str, wide: float, high: float, shift: tuple[float, float] = (0, 0)) -> Patch:
        room = max(0.0, (width - wide) / 2), max(0.0, (height - high) / 2)
        x = centre[0] + shift[0] + chance.uniform(-0.8, 0.8) * room[0] - wide / 2
        y = centre[1] + shift[1] + chance.uniform(-0.7, 0.7) * room[1] - high / 2
        return write(strokes_of(style, chance), pen, (x, y, wide, high), scale, chance)

    usual = chance.uniform(22, 50), chance.uniform(8, 17)
    if kind == "empty":
        return []
    if kind in {"usual", "light"}:
        return [signature("usual", *usual)]
    if kind == "small":
        return [signature("small", chance.uniform(9, 18), chance.uniform(4, 8))]
    if kind == "initials":
        return [signature("initials", chance.uniform(8, 16), chance.uniform(5, 10))]
    if kind == "letters":
        return [signature("letters", chance.uniform(25, 55), chance.uniform(4, 8))]
    if kind == "large":
        return [signature("usual", chance.uniform(50, 72), chance.uniform(16, 26))]
    if kind == "crossed out":
        wide, high = usual
        line = across(chance, chance.uniform(0, 1), chance.uniform(0, 1))
        over = write([line], pen, (centre[0] - wide / 2, centre[1] - high / 2, wide, high), scale, chance)
        return [signature("usual", wide, high), over]
    if kind == "with stamp":
        shift = chance.uniform(-14, 14), chance.uniform(-4, 4)
        return [
            stamp((centre[0] + shift[0], centre[1] + shift[1]), scale, chance),
            signature("usual", *usual),
        ]
    if kind == "stamp alone":
        shift = chance.uniform(-10, 10), chance.uniform(-4, 4)
        return [stamp((centre[0] + shift[0], centre[1] + shift[1]), scale, chance)]
    if kind == "struck":
        lines = [across(chance, 1.0, 0.0)]
        if chance.random() < 0.5:
            lines.append(across(chance, 0.0, 1.0))
        wide, high = chance.uniform(25, 66), chance.uniform(4, 22)
        return [write(lines, pen, (centre[0] - wide / 2, centre[1] - high / 2, wide, high), scale, chance)]
    if kind == "spilling" and others:
        # Towards another box, with a quarter to a half of its height beyond the border.
        other = chance.choice(others)
        wide, high = chance.uniform(30, 60), chance.uniform(14, 22)
        away = other[0] + other[2] / 2 - centre[0], other[1] + other[3] / 2 - centre[1]
        beyond = chance.uniform(0.2, 0.45)
        if abs(away[0]) > abs(away[1]):
            shift = (math.copysign(width / 2 - wide / 2 + beyond * wide, away[0]), 0.0)
        else:
            shift = (0.0, math.copysign(height / 2 - high / 2 + beyond * high, away[1]))
        patch = write(
            strokes_of("usual", chance),
            pen,
            (centre[0] + shift[0] - wide / 2, centre[1] + shift[1] - high / 2, wide, high),
            scale,
            chance,
        )
        return [patch]
    if kind == "spilling":
        return [signature("usual", chance.uniform(50, 80), chance.uniform(20, 30))]
    assert kind == "outside", kind
    # Under, over or to the left of the box, some millimetres from it.
    wide, high = usual
    gap, aside = chance.uniform(1, 6), chance.uniform(-10, 10)
    across_, down = centre[0] - wide / 2 + aside, centre[1] - high / 2
    for at in ((across_, top + height + gap), (across_, top - gap - high), (left - gap - wide, down)):
        if at[0] > 0 and not any(_meet((*at, wide, high), other) for other in others):
            return [write(strokes_of("usual", chance), pen, (*at, wide, high), scale, chance)]
    return []


def _lay(page: Pixels, patch: Patch) -> None:
    """Put ink on the page, where it lies on it."""
    height, width = patch.cover.shape
    top, left = max(0, patch.top), max(0, patch.left)
    bottom, right = min(page.shape[0], patch.top + height), min(page.shape[1], patch.left + width)
    if bottom <= top or right <= left:
        return
    cover = patch.cover[top - patch.top : bottom - patch.top, left - patch.left : right - patch.left, None]
    colour = np.array(patch.colour, np.float32) / 255
    _darken(page[top:bottom, left:right], cover * (1 - colour))


def _darken(part: Pixels, by: NDArray[np.floating]) -> None:
    """Take away this share of the light of a part of the page."""
    part[...] = np.clip(part * (1 - by).astype(np.float32) + np.float32(0.5), 0, 255)


# ---------------------------------------------------------------- what spoils the sheet


def _spoil(
    page: Pixels, blemish: str, sheet: Sheet, chance: random.Random, noise: np.random.Generator
) -> None:
    """Crease, stain or sprinkle the sheet, near its boxes so that it matters."""
    del noise
    scale = PAGE_PIXELS_PER_MM
    left, top, width, height = _place(chance.choice([box.rect for box in sheet.boxes] or [_MIDDLE]), page)
    at = (left + chance.uniform(0.1, 0.9) * width) * scale, (top + chance.uniform(0.1, 0.9) * height) * scale
    if blemish == "specks":
        for _ in range(chance.randint(3, 30)):
            near = chance.random() < 0.2
            x = (left + chance.uniform(0, width)) * scale if near else chance.uniform(0, page.shape[1])
            y = (top + chance.uniform(0, height)) * scale if near else chance.uniform(0, page.shape[0])
            _dot(page, x, y, chance.uniform(0.08, 0.3) * scale, chance.uniform(0.3, 0.9))
    elif blemish == "crease":
        _crease(page, at, chance)
    elif blemish == "stain":
        _stain(page, at, chance)
    elif blemish == "verso":
        back = np.ascontiguousarray(printed(sheet)[:, ::-1])
        if chance.random() < 0.5:  # what was signed on the other side shows too
            patch = write(
                strokes_of("usual", chance),
                chance.choice(PENS),
                (at[0] / scale - 20, at[1] / scale - 7, 40, 14),
                scale,
                chance,
            )
            _lay(back, patch)
        through = Image.fromarray(back).convert("L").filter(ImageFilter.BoxBlur(0.3 * scale))
        hidden = np.roll(1 - np.asarray(through, np.float32) / 255, chance.randint(-30, 30), axis=0)
        _darken(page, chance.uniform(0.03, 0.14) * hidden[..., None])
    elif blemish == "hair":
        turn, bend = chance.uniform(0, 2 * math.pi), chance.uniform(-0.12, 0.12)
        x, y = at
        for _ in range(round(chance.uniform(4, 12) * scale / 2)):
            _dot(page, x, y, 0.08 * scale, chance.uniform(0.3, 0.5))
            x, y, turn = x + 2 * math.cos(turn), y + 2 * math.sin(turn), turn + bend * chance.uniform(0, 0.5)


def _dot(page: Pixels, x: float, y: float, radius: float, darkness: float) -> None:
    reach = math.ceil(radius) + 1
    left, top = max(0, int(x) - reach), max(0, int(y) - reach)
    part = page[top : int(y) + reach + 1, left : int(x) + reach + 1]
    rows, columns = np.indices(part.shape[:2])
    near = np.clip(radius + 0.5 - np.hypot(columns + left - x, rows + top - y), 0, 1)
    _darken(part, darkness * near[..., None])


def _crease(page: Pixels, at: tuple[float, float], chance: random.Random) -> None:
    """A fold through a point: a thin dark line, and beside it a light one; the sheet is cut by it."""
    scale = PAGE_PIXELS_PER_MM
    angle = chance.choice((0.0, 0.0, math.pi / 2, chance.uniform(0, math.pi))) + chance.uniform(-0.03, 0.03)
    rows, columns = _grid(page.shape)
    away = (columns - at[0]) * np.float32(-math.sin(angle)) + (rows - at[1]) * np.float32(math.cos(angle))
    width = np.float32(chance.uniform(0.15, 0.5) * scale)
    depth = chance.uniform(0.05, 0.35)
    line = np.exp(-((away / width) ** 2)) * depth - np.exp(-(((away - 2 * width) / width) ** 2)) * depth * 0.3
    _darken(page, line[..., None])


def _grid(shape: tuple[int, ...]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The rows as a column, and the columns as a row."""
    return np.arange(shape[0], dtype=np.float32)[:, None], np.arange(shape[1], dtype=np.float32)[None, :]


def _stain(page: Pixels, at: tuple[float, float], chance: random.Random) -> None:
    """Coffee: a pale brown spot with a darker edge, soft."""
    scale = PAGE_PIXELS_PER_MM
    radius = chance.uniform(8, 35) * scale
    rows, columns = _grid(page.shape)
    away = np.hypot((columns - at[0]) * np.float32(chance.uniform(0.8, 1.2)), rows - at[1])
    depth = chance.uniform(0.03, 0.15)
    edge = np.float32(chance.uniform(0.6, 2.0) * scale)
    spot = (away < radius) * 0.5 * depth + np.exp(-(((away - radius) / edge) ** 2)) * depth
    _darken(page, spot[..., None] * np.array([0.4, 0.7, 1.0], np.float32))


# ---------------------------------------------------------------- what a device makes of it


def _scanned(
    page: Pixels, device: str, blemish: str, chance: random.Random, noise: np.random.Generator, dpi: int
) -> tuple[bytes, int]:
    grey = (device != "phone" and chance.random() < 0.5) or device == "fax"
    image = Image.fromarray(page)
    if grey:
        image = image.convert("L")
    image, codes_whole = _seen(image, device, chance, dpi)
    pixels = np.array(image, np.float32)
    if device == "phone":
        _shadow(pixels, chance)
    if blemish == "streak":  # a grain of dust on the glass that the sheet passes over
        for _ in range(chance.randint(1, 3)):
            x = round(pixels.shape[1] * chance.uniform(0.1, 0.9))
            pixels[:, x : x + chance.randint(1, 2)] *= chance.uniform(0.5, 0.9)
    _add_grain(pixels, chance, noise, 6.0 if device == "phone" else 3.5)
    gamma, threshold = chance.uniform(0.85, 1.2), chance.uniform(120, 190)
    curve = [round(255 * (value / 255) ** gamma) for value in range(256)]
    if device == "fax":
        curve = [255 if value > threshold else 0 for value in curve]
    made = Image.fromarray(np.clip(pixels, 0, 255, out=pixels).astype(np.uint8))
    made = made.point(curve * len(made.getbands()))
    if device == "fax":
        made = made.convert("1", dither=Image.Dither.NONE)
    return _filed(made, device, chance, dpi), codes_whole


def _seen(image: Image.Image, device: str, chance: random.Random, dpi: int) -> tuple[Image.Image, int]:
    """What the device's glass or lens sees: turned, shrunk, in perspective, with what lies around the sheet."""
    paper = image.size
    scale = dpi / 25.4 / PAGE_PIXELS_PER_MM
    size = round(paper[0] * scale), round(paper[1] * scale)
    frame = np.array([(0, 0), (size[0], 0), (size[0], size[1]), (0, size[1])], float)
    turns, around = 0, chance.choice((255, 245, 235, 20, 90))
    corners = frame.copy()
    middle = frame.mean(axis=0)
    if device == "phone":
        around = chance.choice((40, 90, 140, 180))
        spread = chance.uniform(0.01, 0.07)
        inset = chance.uniform(0.02, 0.08)
        corners = middle + (frame - middle) * (1 - 2 * inset)
        corners += np.array([[chance.uniform(-spread, spread) * side for side in size] for _ in range(4)])
        corners = np.clip(corners, 2, np.array(size) - 2)
        turns = chance.choice((0, 0, 1, 2, 3))
    elif device == "fitted":
        corners = middle + (frame - middle) * chance.uniform(0.93, 0.98)
        corners += [chance.uniform(-0.01, 0.01) * size[0], chance.uniform(-0.01, 0.01) * size[1]]
    if device != "phone":
        most = {"skew": 2.0, "strong skew": 5.0, "fax": 1.5, "low quality": 1.0}.get(device, 0.4)
        angle = math.radians(chance.uniform(-most, most))
        shift = [chance.uniform(-1.5, 1.5) * dpi / 25.4 for _ in range(2)]
        turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
        corners = middle + (corners - middle) @ turn + shift
        turns = chance.choice((1, 2, 3)) if device == "turned" else 0
    ahead = _projection(
        np.array([(0, 0), (paper[0], 0), (paper[0], paper[1]), (0, paper[1])], float), corners
    )
    whole = _whole_codes(ahead, size, paper)
    soft = image.filter(ImageFilter.BoxBlur(chance.uniform(0.0, 0.8)))
    back = np.linalg.inv(ahead)
    seen = soft.transform(
        size,
        Image.Transform.PERSPECTIVE,
        tuple((back / back[2, 2]).ravel()[:8]),
        Image.Resampling.BILINEAR,
        fillcolor=around if image.mode == "L" else (around,) * 3,
    )
    if device == "phone" and chance.random() < 0.5:
        seen = _curled(seen, chance, dpi)
    if turns:
        seen = seen.transpose(
            (Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270)[turns - 1]
        )
    return seen, whole


def _curled(image: Image.Image, chance: random.Random, dpi: int) -> Image.Image:
    """A sheet that does not lie flat: strips of it are moved up or down, by up to two millimetres."""
    strips, width, height = 24, image.width, image.height
    most, phase = chance.uniform(-2, 2) * dpi / 25.4, chance.uniform(0, math.pi)
    turns = chance.uniform(0.5, 1.2) * math.pi
    edges = [round(index * width / strips) for index in range(strips + 1)]
    moved = [most * math.sin(phase + turns * index / strips) for index in range(strips + 1)]
    mesh = [
        ((left, 0, right, height), (left, up, left, height + up, right, height + down, right, down))
        for left, right, up, down in zip(edges, edges[1:], moved, moved[1:], strict=False)
    ]
    return image.transform(image.size, Image.Transform.MESH, mesh, Image.Resampling.BILINEAR)


def _projection(source: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.float64]:
    """Brings four points to four others."""
    rows, right = [], []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        right += [u, v]
    return np.append(np.linalg.solve(np.array(rows), np.array(right)), 1.0).reshape(3, 3)


def _whole_codes(ahead: NDArray[np.float64], size: tuple[int, int], paper: tuple[int, int]) -> int:
    """How many codes lie in the frame, with a module of white around."""
    scale, white = PAGE_PIXELS_PER_MM, 0.6
    near, far = 12 - white, 24 + white
    wide, high = (side / scale for side in paper)
    count = 0
    for left, top in ((wide - far, near), (near, high - far)):
        corners = np.array(
            [(left + dx, top + dy, 1 / scale) for dx in (0, far - near) for dy in (0, far - near)]
        )
        seen = corners * scale @ ahead.T
        seen = seen[:, :2] / seen[:, 2:]
        count += bool((seen > 0).all() and (seen < size).all())
    return count


def _shadow(pixels: NDArray[np.float32], chance: random.Random) -> None:
    """Uneven light, and often the edge of a shadow; it is soft, so it is made at a quarter of the size."""
    size = pixels.shape[1], pixels.shape[0]
    width, height = size[0] // 4, size[1] // 4
    coarse = np.array([[chance.uniform(0.62, 1.0) for _ in range(4)] for _ in range(5)], np.float32)
    light = np.asarray(Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC), np.float32)
    if chance.random() < 0.5:
        angle, cut = chance.uniform(0, 2 * math.pi), chance.uniform(-0.3, 0.3)
        rows, columns = _grid((height, width))
        away = (columns / width - 0.5) * math.cos(angle) + (rows / height - 0.5) * math.sin(angle) - cut
        edge = chance.uniform(0.004, 0.08)
        light = light * (1 - chance.uniform(0.15, 0.45) / (1 + np.exp(np.clip(-away / edge, -40, 40))))
    light = np.asarray(Image.fromarray(light.astype(np.float32)).resize(size, Image.Resampling.BILINEAR))
    for channel, tint in enumerate((1.0, chance.uniform(0.94, 1), chance.uniform(0.82, 1))):
        pixels[..., channel] *= light * np.float32(tint)


def _add_grain(
    pixels: NDArray[np.float32], chance: random.Random, noise: np.random.Generator, most: float
) -> None:
    """Noise of the sensor: one tile, laid again and again."""
    high, wide = 257, 263
    shape = (high, wide, *pixels.shape[2:])
    tile = noise.standard_normal(shape, np.float32) * np.float32(chance.uniform(0.5, most))
    for top in range(0, pixels.shape[0], high):
        for left in range(0, pixels.shape[1], wide):
            part = pixels[top : top + high, left : left + wide]
            part += tile[: part.shape[0], : part.shape[1]]


def _filed(image: Image.Image, device: str, chance: random.Random, dpi: int) -> bytes:
    """The file that the device writes."""
    out = io.BytesIO()
    if device == "fax":
        image.save(out, "TIFF", compression="group4", dpi=(dpi, dpi))
        return out.getvalue()
    quality = {"low quality": (60, 70), "phone": (65, 90)}.get(device, (70, 92))
    if chance.random() < 0.15:
        # A telephone's PDF: as many points as there are pixels.
        image.save(out, "PDF", resolution=72 if device == "phone" else dpi, quality=chance.randint(*quality))
    else:
        image.save(out, "JPEG", quality=chance.randint(*quality), dpi=(dpi, dpi))
    return out.getvalue()


def contact_sheet(scans: list[Scan], width: int = 4) -> Image.Image:
    """Scans side by side, for the eye."""
    from piles_docs.scanning.pages import ScanPage, read_pages  # noqa: PLC0415

    tiles = []
    for scan in scans:
        page = next(iter(read_pages(scan.content)))
        assert isinstance(page, ScanPage)
        tiles.append(page.image.convert("RGB").resize((500, 700)))
    sheet = Image.new("RGB", (500 * width, 700 * math.ceil(len(tiles) / width)))
    for index, tile in enumerate(tiles):
        sheet.paste(tile, (index % width * 500, index // width * 700))
    ImageDraw.Draw(sheet)
    return sheet
