"""The communes of France: official names, departments and postal codes.

The table beside this file states its source, year and licence. It is read when a commune is first asked for,
and searched as one text: that costs less than making thirty-five thousand records of which a case needs ten.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files


@dataclass(frozen=True, slots=True, kw_only=True)
class Commune:
    """A commune of today."""

    name: str
    """Official name, with its article and the typographic apostrophe: L’Isle-sur-la-Sorgue."""
    link: str
    """INSEE's liaison code (TNCC): "0" de, "1" d’, "2" le, "3" la, "4" les, "5" l’, "6" aux, "8" los."""
    department: str
    """Official code: "04", "2A", "974"."""
    postal_codes: tuple[str, ...]
    """Those of La Poste, without the CEDEX ones."""


@lru_cache(maxsize=4096)  # the cases of a network name the same communes over and over
def communes_named(name: str) -> tuple[Commune, ...]:
    """Return the communes that bear exactly this name, whatever its kind of apostrophe."""
    official = name.strip().replace("'", "’")
    return tuple(_rows_with(f"\n{official}\t"))


@lru_cache(maxsize=4096)
def communes_with_postal_code(postal_code: str) -> tuple[Commune, ...]:
    """Return the communes that a postal code delivers to; none for a CEDEX code."""
    return tuple(row for row in _rows_with(postal_code) if postal_code in row.postal_codes)


def communes_of_department(department: str) -> tuple[Commune, ...]:
    """Return the communes of a department by its official code."""
    return tuple(_rows_with(f"\t{department}\t"))


def _rows_with(words: str) -> Iterator[Commune]:
    table, at = _table(), 0
    while (found := table.find(words, at)) >= 0:
        begin = table.rfind("\n", 0, found + 1) + 1
        at = table.find("\n", begin)
        name, link, department, postal_codes = table[begin:at].split("\t")
        yield Commune(name=name, link=link, department=department, postal_codes=tuple(postal_codes.split()))


@cache
def _table() -> str:
    """One commune a line, each line between two line breaks."""
    text = gzip.decompress(files(__package__).joinpath("communes.tsv.gz").read_bytes()).decode()
    return text[text.index("\n", text.rindex("\n#") + 1) :]
