"""Departments and regions of France: names, and the words that lead to them.

The tables beside this file state their source, year and licence.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from piles_docs.french.articles import Article, folded, with_dans, with_de, with_le

# INSEE's liaison code (TNCC), as far as departments and regions use it.
_ARTICLES: Final = {
    "0": Article.NONE,
    "1": Article.NONE,
    "2": Article.LE,
    "3": Article.LA,
    "4": Article.LES,
    "5": Article.ELIDED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A department or a region, with its name as a sentence needs it."""

    code: str
    """Official code (INSEE, Code officiel géographique)."""
    name: str
    """Alpes-de-Haute-Provence."""
    with_le: str
    """With its article: les Alpes-de-Haute-Provence."""
    with_de: str
    """Linked by "de": des Alpes-de-Haute-Provence, de Vaucluse, d’Eure-et-Loir."""
    with_dans: str
    """Where: dans les Alpes-de-Haute-Provence, en Vaucluse, à Paris."""
    region: str
    """Code of the region; a region's own."""


@cache
def departments() -> Mapping[str, Place]:
    """Return the 101 departments by code: "01" to "95", "2A", "2B", "971" to "976"."""
    return _table("departments.csv")


def department(code: str) -> Place:
    """Return a department by its code.

    Raises:
        KeyError: There is no such code; cases are checked for it when they are read.
    """
    return departments()[code]


@cache
def regions() -> Mapping[str, Place]:
    """Return the 18 regions of 2016 and since, by code ("93")."""
    return _table("regions.csv")


def find_region(name: str) -> Place | None:
    """Return the region of a name, whatever its capitals, accents and kind of apostrophe, or None."""
    return next((region for region in regions().values() if folded(region.name) == folded(name)), None)


def _table(data_file: str) -> Mapping[str, Place]:
    lines = files(__package__).joinpath(data_file).read_text(encoding="utf-8").splitlines()
    rows = csv.DictReader(line for line in lines if not line.startswith("#"))
    return MappingProxyType({row["code"]: _place(row) for row in rows})


def _place(row: Mapping[str, str]) -> Place:
    name, article = row["name"], _ARTICLES[row["tncc"]]
    inside = f"en {name}" if article is Article.NONE else with_dans(name, article)
    return Place(
        code=row["code"],
        name=name,
        with_le=with_le(name, article),
        with_de=row["de"] or with_de(name, article),
        with_dans=row["dans"] or inside,
        region=row.get("region", row["code"]),
    )
