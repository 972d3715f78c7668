"""Departments of France: names, and the words that lead to them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from piles_docs.french.articles import Article, with_a, with_dans, with_de, with_le

# Departments that are one island or one town take « à », as towns do.
_TOWN_LIKE = {"75", "974", "976"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Department:
    """A department: official code, name, article."""

    code: str
    name: str
    article: Article

    @property
    def with_article(self) -> str:
        """Le Var, les Alpes-Maritimes, Vaucluse."""
        return with_le(self.name, self.article)

    @property
    def with_de(self) -> str:
        """Du Var, des Alpes-Maritimes, de Vaucluse, d’Eure-et-Loir."""
        if self.code == "974":
            return "de La Réunion"
        return with_de(self.name, self.article)

    @property
    def with_dans(self) -> str:
        """Dans le Var, dans les Alpes-Maritimes, en Vaucluse, à Paris."""
        if self.code == "974":
            return "à La Réunion"
        if self.code in _TOWN_LIKE:
            return with_a(self.name, Article.NONE)
        return with_dans(self.name, self.article)


@cache
def departments() -> dict[str, Department]:
    """All departments by code (INSEE, Code officiel géographique; the year is in departments.csv)."""
    rows = files("piles_docs.french").joinpath("departments.csv").read_text("utf-8").splitlines()
    table = {}
    for row in rows:
        if not row.startswith("#"):
            code, article, name = row.split(";")
            table[code] = Department(code=code, name=name, article=Article(article or "aucun"))
    return table


def department(code: str) -> Department:
    """Find a department.

    Raises:
        KeyError: There is no such code; cases are checked for it when they are read.
    """
    return departments()[code]
