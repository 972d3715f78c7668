"""Walk the structure tree of a tagged PDF: what a screen reader follows (ISO 32000-1, 14.7 and 14.8)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pikepdf import Array, Dictionary, Name, Object, Pdf

ROW_GROUPS = frozenset({"THead", "TBody", "TFoot"})
"""The types of what may stand between a table and its rows."""
TABLE_PARTS = ROW_GROUPS | {"TR", "TH", "TD"}
"""The types of what stands inside a table and makes it one."""


def elements(document: Pdf) -> Iterator[Dictionary]:
    """The structure elements, in reading order."""
    waiting = [document.Root.StructTreeRoot.get(Name.K)]
    while waiting:
        item = waiting.pop()
        if isinstance(item, Array):
            waiting.extend(reversed(list(item)))
        elif isinstance(item, Dictionary) and Name.S in item:
            yield item
            waiting.append(item.get(Name.K))


def kind_of(element: Object) -> str:
    """The type of an element, without the slash: `H1`, `Table`."""
    return str(element.S).removeprefix("/")


def heading_level(element: Dictionary) -> int | None:
    """1 to 6 for a numbered heading, else None."""
    match = re.fullmatch(r"H([1-6])", kind_of(element))
    return int(match[1]) if match else None


def children_of(element: Dictionary) -> list[Dictionary]:
    """The elements right under this one; not the marks of content, nor the links."""
    kids = element.get(Name.K, Array())
    return [
        kid
        for kid in (kids if isinstance(kids, Array) else [kids])
        if isinstance(kid, Dictionary) and Name.S in kid
    ]


def rows_of(table: Dictionary) -> list[list[Dictionary]]:
    """The cells of a table, row by row; those of tables inside it are not among them."""
    rows = []
    for child in children_of(table):
        if kind_of(child) == "TR":
            rows.append([cell for cell in children_of(child) if kind_of(cell) in TABLE_PARTS])
        elif kind_of(child) in ROW_GROUPS:
            rows += rows_of(child)
    return rows


def has_header(table: Dictionary) -> bool:
    """Tell whether a table names its columns or rows."""
    return any(kind_of(cell) == "TH" for row in rows_of(table) for cell in row)
