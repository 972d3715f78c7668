"""Where the marks of an issued page stand: layout P1, which whoever draws them and whoever reads them share.

    ■                 ▒▒ A
                      ▒▒

    ▒▒
    ▒▒ B  7F3K9X2M 03/04     ■

Two QR codes and two black squares, one at each corner. The codes tell which page it is; all four, where each
point of the page is on a crooked scan. Sizes and distances are a compromise: the study wanted codes of 15 mm
at 15 mm from the edge, and between the edge and the text there is room for 12 mm at 12 mm.

Rectangles are left, bottom, right, top, in points from the lower left corner of the page.
"""

from __future__ import annotations

from dataclasses import dataclass

from piles_docs.methodology.page_codes import Mark

POINTS_PER_MM = 72 / 25.4
MODULES = 21
"""On a side of a code: QR version 1."""
QUIET_MODULES = 4
"""Of white on each side of a code (ISO/IEC 18004, 6.3.8); not counted in its size."""
CODE_MM = 12.0
"""The side of a code, from the first black module to the last."""
SQUARE_MM = 6.0
EDGE_MM = 12.0
"""From the edge of the paper to a code or square."""
QUIET_SQUARE_MM = 3.0
"""Of white on each side of a square."""
SMALLEST_SIDE_MM = 100.0
"""Of a page that has room for the marks."""
REFERENCE_SIZE = 6.0
"""Of the letters of the short reference, in points."""

_REFERENCE_MM = (27.0, 12.0, 23.0, 2.0)  # from the left, from the bottom, width, height

Rectangle = tuple[float, float, float, float]
"""Left, bottom, right, top, in points."""


@dataclass(frozen=True, slots=True)
class PageMarks:
    """The marks of a page of a given size, each a rectangle."""

    codes: dict[Mark, Rectangle]
    """The black and white modules, without the white around. Codes stand upright: seen on the page, their
    finder patterns are at the top left, top right and bottom left."""
    squares: tuple[Rectangle, Rectangle]
    """Wholly black: at the top left, and at the bottom right."""
    reference: Rectangle
    """Where the short reference is written for the eye; its line begins at the lower left corner."""

    @classmethod
    def of(cls, width: float, height: float) -> PageMarks | None:
        """The marks of a page, or None where it is too small for them.

        On a page that is not A4 upright, they have the same size and the same distances to the corners.

        Args:
            width: Of the page as it is seen, in points.
            height: Of the same.
        """
        if min(width, height) < SMALLEST_SIDE_MM * POINTS_PER_MM:
            return None
        code, square, edge = (size * POINTS_PER_MM for size in (CODE_MM, SQUARE_MM, EDGE_MM))
        left, bottom, wide, high = (size * POINTS_PER_MM for size in _REFERENCE_MM)
        return cls(
            codes={
                Mark.TOP_RIGHT: (width - edge - code, height - edge - code, width - edge, height - edge),
                Mark.BOTTOM_LEFT: (edge, edge, edge + code, edge + code),
            },
            squares=(
                (edge, height - edge - square, edge + square, height - edge),
                (width - edge - square, edge, width - edge, edge + square),
            ),
            reference=(left, bottom, left + wide, bottom + high),
        )

    @property
    def clear(self) -> tuple[Rectangle, ...]:
        """Where nothing else may be: the marks, with the white around them, and the short reference."""
        quiet = QUIET_MODULES * CODE_MM / MODULES * POINTS_PER_MM
        return (
            *(_grown(code, quiet) for code in self.codes.values()),
            *(_grown(square, QUIET_SQUARE_MM * POINTS_PER_MM) for square in self.squares),
            self.reference,
        )


def _grown(rectangle: Rectangle, by: float) -> Rectangle:
    left, bottom, right, top = rectangle
    return left - by, bottom - by, right + by, top + by
