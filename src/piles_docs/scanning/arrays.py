"""What is done with pixels here and comes from no library: projections, connected ink, paper level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Points = NDArray[np.floating[Any]]
"""Shape (n, 2): x and y."""
Matrix = NDArray[np.floating[Any]]
"""Shape (3, 3): a projection of the plane, on homogeneous coordinates."""
Plane = NDArray[np.floating[Any]]
"""Shape (height, width)."""
Mask = NDArray[np.bool_]
"""Shape (height, width)."""


def project(matrix: Matrix, points: Points) -> Points:
    """Where points come to lie."""
    ahead = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    return np.asarray(ahead[:, :2] / ahead[:, 2:])


def projection(source: Points, target: Points) -> Matrix:
    """The projection (8 unknowns) that brings source points nearest to the target points, at least four."""
    before, after = _normaliser(source), _normaliser(target)
    rows = []
    for (x, y), (u, v) in zip(project(before, source), project(after, target), strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y, -u], [0, 0, 0, x, y, 1, -v * x, -v * y, -v]]
    solution = np.linalg.svd(np.array(rows))[2][-1].reshape(3, 3)
    matrix = np.linalg.inv(after) @ solution @ before
    return np.asarray(matrix / matrix[2, 2])


def affinity(source: Points, target: Points) -> Matrix:
    """The affine map (6 unknowns) that does, for at least three points."""
    known = np.column_stack([source, np.ones(len(source))])
    solution = np.linalg.lstsq(known, target, rcond=None)[0]
    return np.vstack([solution.T, [0.0, 0.0, 1.0]])


def _normaliser(points: Points) -> Matrix:
    """Moves points to the origin, at a mean distance of about one: equations are then well conditioned."""
    middle = points.mean(axis=0)
    scale = 1 / max(float(np.abs(points - middle).mean()), 1e-9)
    return np.array([[scale, 0, -scale * middle[0]], [0, scale, -scale * middle[1]], [0, 0, 1]])


def warp(image: Image.Image, to_image: Matrix, size: tuple[int, int]) -> Image.Image:
    """Cut a piece out of an image, straightened; white beyond its edges.

    Args:
        image: RGB or L.
        to_image: From the piece's pixels to the image's, both counted from the corner of their first pixel.
        size: Width and height of the piece.
    """
    coefficients = (to_image / to_image[2, 2]).ravel()[:8]
    white = 255 if image.mode == "L" else (255, 255, 255)
    return image.transform(
        size, Image.Transform.PERSPECTIVE, tuple(coefficients), Image.Resampling.BICUBIC, fillcolor=white
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """Pixels that touch each other, seen as one."""

    area: int
    """In pixels."""
    left: int
    top: int
    right: int
    bottom: int
    """Beyond its last column and row."""


def label(mask: Mask) -> tuple[NDArray[np.int32], list[Component]]:
    """Number what hangs together, corners included, from 1 (0: not in the mask); and tell each one's extent.

    Works on the runs of each row: a page of writing has some thousands of them.
    """
    height, width = mask.shape
    stride = width + 2
    padded = np.zeros((height, stride), np.int8)
    padded[:, 1:-1] = mask
    edges = np.flatnonzero(np.diff(padded.ravel()))
    starts, ends = edges[::2] + 1, edges[1::2] + 1  # of the padded, flattened mask; ends are beyond
    # A run of the next row touches if it begins no later than this one ends, corners included.
    first = np.searchsorted(ends, starts + stride, side="left")
    beyond = np.searchsorted(starts, ends + stride, side="right")
    parent = list(range(len(starts)))

    def root(run: int) -> int:
        while parent[run] != run:
            parent[run] = parent[parent[run]]
            run = parent[run]
        return run

    for run, (low, high) in enumerate(zip(first.tolist(), beyond.tolist(), strict=True)):
        for other in range(low, high):
            one, two = root(run), root(other)
            parent[max(one, two)] = min(one, two)
    roots = np.array([root(run) for run in range(len(starts))], np.int64)
    numbers = np.unique(roots, return_inverse=True)[1]
    labels = np.zeros(height * stride, np.int32)
    lengths = ends - starts
    labels[np.flatnonzero(padded)] = np.repeat(numbers + 1, lengths)
    rows, lefts = starts // stride, starts % stride - 1
    count = int(numbers.max()) + 1 if len(numbers) else 0
    area = np.bincount(numbers, lengths, count)
    left, top = np.full(count, width), np.full(count, height)
    right, bottom = np.zeros(count, int), np.zeros(count, int)
    np.minimum.at(left, numbers, lefts)
    np.minimum.at(top, numbers, rows)
    np.maximum.at(right, numbers, lefts + lengths)
    np.maximum.at(bottom, numbers, rows + 1)
    components = [
        Component(area=int(a), left=int(x), top=int(y), right=int(u), bottom=int(v))
        for a, x, y, u, v in zip(area, left, top, right, bottom, strict=True)
    ]
    return labels.reshape(height, stride)[:, 1:-1], components


def grown(mask: Mask, pixels: int) -> Mask:
    """The mask and all that is no further from it than so many pixels, in rows and columns."""
    wide = mask.copy()
    for step in range(1, pixels + 1):
        wide[:, step:] |= mask[:, :-step]
        wide[:, :-step] |= mask[:, step:]
    high = wide.copy()
    for step in range(1, pixels + 1):
        high[step:] |= wide[:-step]
        high[:-step] |= wide[step:]
    return high


def paper_level(darkest: Plane, pixels: int) -> Plane:
    """How light the paper is around each point, whatever is written there: a grey closing, at a quarter size.

    Args:
        darkest: Lightness, from 0 to 255.
        pixels: The widest stroke that is not taken for paper.
    """
    height, width = darkest.shape
    small = (
        darkest[: height // 4 * 4, : width // 4 * 4].reshape(height // 4, 4, width // 4, 4).max(axis=(1, 3))
    )
    steps = max(1, round(pixels / 8))
    level = -_running_max(-_running_max(small, steps), steps)
    back = Image.fromarray(level).resize((width, height), Image.Resampling.BILINEAR)
    return np.asarray(back, np.float32)


def _running_max(plane: Plane, steps: int) -> Plane:
    """The largest value no further than so many steps, in rows and columns."""
    for axis in (0, 1):
        padding = [(0, 0), (0, 0)]
        padding[axis] = (steps, steps)
        wide = np.moveaxis(np.pad(plane, padding, mode="edge"), axis, 0)
        size = plane.shape[axis]
        highest = np.maximum.reduce([wide[step : step + size] for step in range(2 * steps + 1)])
        plane = np.moveaxis(highest, 0, axis)
    return plane
