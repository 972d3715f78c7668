"""Tables of text: columns aligned on what a terminal shows."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from collections.abc import Sequence
from itertools import repeat

_GAP = "   "
_PLAIN = re.compile("[\x20-\u02ff\u2010-\u2027\u202f\u20ac]*")
"""Latin letters and the signs around them: a column each. Looking at every character takes seconds."""
_LEAST = 20
"""The last column is never folded to less than this."""


def width_of(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    if _PLAIN.fullmatch(text):
        return len(text)
    return sum(
        0 if unicodedata.combining(character) else 1 + (unicodedata.east_asian_width(character) in "WF")
        for character in text
    )


def table(titles: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """Lay out rows below their titles; the last column is folded where the lines would be too wide.

    Args:
        titles: one a column; the first line is these, the second a rule.
        rows: the cells, where a line break begins a new line.
        width: columns that the terminal has.
    """
    *widths, last = _widths(titles, rows)
    before = sum(widths) + len(_GAP) * len(widths)
    last = min(last, max(width - before, _LEAST))
    folded = [(*row[:-1], _folded(row[-1], last)) for row in rows]
    lines = [_line(titles, widths), "─" * (before + last)]
    for row in folded:
        cells = [cell.split("\n") for cell in row]
        lines += [
            _line([cell[rank] if rank < len(cell) else "" for cell in cells], widths)
            for rank in range(max(map(len, cells)))
        ]
    return lines


def one_line_table(titles: Sequence[str], rows: Sequence[Sequence[str]], width: int | None) -> list[str]:
    """Lay out each row on one line; with a width, wide columns are cut short so that it holds.

    Args:
        titles: one a column.
        rows: the cells.
        width: columns that the terminal has; None for a file or another program, which get all.
    """
    taken = _taken(titles, rows)
    widths = [max(column) for column in zip(*taken, strict=True)]
    if width is not None:
        excess = sum(widths) + len(_GAP) * (len(widths) - 1) - width
        while excess > 0 and max(widths) > _LEAST:
            widest = widths.index(max(widths))
            widths[widest] -= 1
            excess -= 1
        rows = [[_cut(cell, room) for cell, room in zip(row, widths, strict=True)] for row in rows]
        taken = _taken(titles, rows)
    rule = "─" * (sum(widths) + len(_GAP) * (len(widths) - 1))
    first, *lines = map(_padded, (titles, *rows), repeat(widths), taken)
    return [first, rule, *lines]


def _taken(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> list[list[int]]:
    """Measure each cell once: there are tens of thousands."""
    return [[width_of(cell) for cell in row] for row in (titles, *rows)]


def _widths(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    return [
        max(width_of(line) for cell in column for line in cell.split("\n"))
        for column in zip(titles, *rows, strict=True)
    ]


def _folded(text: str, width: int) -> str:
    lines = [textwrap.wrap(line, width, break_on_hyphens=False) or [""] for line in text.split("\n")]
    return "\n".join(part for line in lines for part in line)


def _cut(text: str, width: int) -> str:
    if width_of(text) <= width:
        return text
    kept = text
    while width_of(kept) > width - 1:
        kept = kept[:-1]
    return f"{kept.rstrip()}…"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    return _padded(cells, widths, [width_of(cell) for cell in cells])


def _padded(cells: Sequence[str], widths: Sequence[int], taken: Sequence[int]) -> str:
    padded = [f"{cell}{' ' * (room - own)}" for cell, room, own in zip(cells, widths, taken, strict=False)]
    return _GAP.join([*padded, *cells[len(padded) :]]).rstrip()
