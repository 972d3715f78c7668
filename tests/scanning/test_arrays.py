"""What is done with pixels, against slow and plain ways to do the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from PIL import Image

from piles_docs.scanning.arrays import Mask, affinity, grown, label, paper_level, project, projection, warp

masks = arrays(np.bool_, array_shapes(min_dims=2, max_dims=2, min_side=1, max_side=12))


def _flooded(mask: Mask) -> list[set[tuple[int, int]]]:
    """Pixels that hang together, found by walking."""
    left = {(int(row), int(column)) for row, column in zip(*np.nonzero(mask), strict=True)}
    found = []
    while left:
        seen, ahead = set(), [left.pop()]
        while ahead:
            row, column = ahead.pop()
            seen.add((row, column))
            near = {(row + down, column + right) for down in (-1, 0, 1) for right in (-1, 0, 1)} & left
            left -= near
            ahead += near
        found.append(seen)
    return found


@given(masks)
def test_what_hangs_together_has_one_number(mask: Mask) -> None:
    labels, components = label(mask)
    assert labels.shape == mask.shape
    assert (labels > 0).tolist() == mask.tolist()
    expected = {frozenset(pixels) for pixels in _flooded(mask)}
    found = set()
    for number, component in enumerate(components, 1):
        rows, columns = np.nonzero(labels == number)
        found.add(frozenset(zip(rows.tolist(), columns.tolist(), strict=True)))
        assert component.area == len(rows)
        assert (component.left, component.right) == (columns.min(), columns.max() + 1)
        assert (component.top, component.bottom) == (rows.min(), rows.max() + 1)
    assert found == expected


@given(masks, st.integers(0, 3))
def test_a_mask_grows_by_so_many_pixels(mask: Mask, pixels: int) -> None:
    wide = np.pad(mask, pixels)
    expected = np.zeros_like(mask)
    for row in range(mask.shape[0]):
        for column in range(mask.shape[1]):
            expected[row, column] = wide[row : row + 2 * pixels + 1, column : column + 2 * pixels + 1].any()
    assert grown(mask, pixels).tolist() == expected.tolist()


def test_four_points_give_the_projection_they_came_from() -> None:
    matrix = np.array([[1.1, 0.2, 30.0], [-0.1, 0.9, 12.0], [0.0002, -0.0001, 1.0]])
    corners = np.array([(0.0, 0.0), (595.0, 0.0), (0.0, 842.0), (595.0, 842.0)])
    assert projection(corners, project(matrix, corners)) == pytest.approx(matrix, abs=1e-6)


def test_three_points_give_the_affine_map_they_came_from() -> None:
    matrix = np.array([[1.1, 0.2, 30.0], [-0.1, 0.9, 12.0], [0.0, 0.0, 1.0]])
    corners = np.array([(0.0, 0.0), (595.0, 0.0), (0.0, 842.0)])
    assert affinity(corners, project(matrix, corners)) == pytest.approx(matrix, abs=1e-9)


def test_a_piece_is_cut_out_where_it_is() -> None:
    image = Image.new("L", (40, 30), 255)
    image.paste(0, (10, 5, 20, 15))
    shift = np.array([[1.0, 0, 10], [0, 1.0, 5], [0, 0, 1.0]])
    assert warp(image, shift, (10, 10)).getextrema() == (0, 0)
    assert warp(image, shift + np.array([[0, 0, 100], [0, 0, 0], [0, 0, 0]]), (5, 5)).getextrema() == (
        255,
        255,
    )


def test_the_level_of_the_paper_follows_a_shadow_and_not_a_stroke() -> None:
    shade = np.tile(np.linspace(120, 240, 200, dtype=np.float32), (100, 1))
    written = shade.copy()
    written[40:46, 20:180] = 10
    assert np.abs(paper_level(written, 24) - shade)[10:-10, 10:-10].max() < 12
