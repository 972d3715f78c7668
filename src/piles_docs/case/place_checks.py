"""Whether communes and postal codes are those of France: warnings only, for a name is the case's own.

Nothing is said of what the official table cannot judge: a CEDEX code, a hamlet, a name of former days.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from piles_docs.case.models import Case, Venue
from piles_docs.case.parties import Address
from piles_docs.case.paths import value_at
from piles_docs.case.positions import Finding, Path
from piles_docs.case.record import Record
from piles_docs.errors import Severity
from piles_docs.french.articles import commune_with_a, commune_with_de, folded
from piles_docs.french.communes import (
    Commune,
    communes_named,
    communes_of_department,
    communes_with_postal_code,
)

_TOWNS = (
    "formation.lieu",
    "conventions.amorcage.lieu",
    "conventions.cadre.lieu",
    "conventions.annuelle.lieu",
)
# The collectivities there are not in the table.
_OVERSEAS = ("97", "98")
_CEDEX = re.compile(r"\bcedex\b", re.IGNORECASE)
_ARRONDISSEMENT = re.compile(r"\s+\d{1,2}(?:er|e)?(?:\s+arrondissement)?$", re.IGNORECASE)
_OWN_ARTICLE = re.compile(r"^(?:(?:le|la|les)[\s-]+|l'\s*)")
_SAINT = re.compile(r"\bst(e?)\b")


@dataclass(frozen=True, slots=True)
class _Town:
    """A commune that a file names, at a path, and its postal code where the file gives one."""

    path: Path
    name: str
    code_path: Path = ()
    code: str | None = None


def check_places(case: Case) -> Iterator[Finding]:
    """Yield the communes of a case that seem misspelt, and the postal codes that are another's."""
    yield from check_addresses(case)
    department = case.piles.departement
    towns = [_Town(("piles", "antennes", index), name) for index, name in enumerate(case.piles.antennes)]
    for path in _TOWNS:
        name = value_at(case, path)
        if isinstance(name, str):
            towns.append(_Town(tuple(path.split(".")), name))
    for town in towns:
        if not communes_named(town.name):
            here = communes_of_department(department)
            yield from _misspelt(town, f"le département {department}", _respelt(town.name, here))


def check_addresses(record: Record) -> Iterator[Finding]:
    """Yield what seems wrong in the addresses found anywhere in a record."""
    for town in _addressed(record, ()):
        if town.code and not _CEDEX.search(town.name):
            yield from _address(town, town.code)


def _address(town: _Town, code: str) -> Iterator[Finding]:
    """The commune is one that the code delivers to; a code that no commune has is a CEDEX one."""
    name = _ARRONDISSEMENT.sub("", town.name)
    delivered, own = communes_with_postal_code(code), communes_named(name)
    if any(commune in delivered for commune in own):
        return
    meant = _respelt(name, delivered) or _nearest(name, delivered)
    own_codes = sorted({code for commune in own for code in commune.postal_codes})
    if meant:
        yield from _misspelt(town, f"le code postal {code}", meant)
    elif own and (delivered or code[:2] not in {*_OVERSEAS, *(known[:2] for known in own_codes)}):
        few = len(own_codes) <= 3
        yield Finding(
            path=town.code_path,
            message=f"le code postal {code} n’est pas celui {commune_with_de(name)}",
            remedy=f"écrivez {' ou '.join(own_codes)}, ou corrigez la commune"
            if few
            else "corrigez le code postal ou la commune",
            severity=Severity.WARNING,
        )


def _misspelt(town: _Town, where: str, meant: str | None) -> Iterator[Finding]:
    if meant:
        yield Finding(
            path=town.path,
            message=f"{where} n’a pas de commune « {town.name} », mais « {meant} »",
            remedy=f"écrivez {meant} (les documents diront « {commune_with_a(meant)} ») ; "
            "si c’est voulu, n’y touchez pas",
            severity=Severity.WARNING,
        )


def _addressed(value: object, path: Path) -> Iterator[_Town]:
    """Walk a record to its seats and venues."""
    if isinstance(value, (Address, Venue)):
        yield _Town((*path, "commune"), value.commune, (*path, "code_postal"), value.code_postal)
    elif isinstance(value, Record):
        for name, field in type(value).model_fields.items():
            yield from _addressed(getattr(value, name), (*path, field.alias or name))
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from _addressed(item, (*path, index))


def _respelt(name: str, communes: Sequence[Commune]) -> str | None:
    """Return the commune whose name differs by article, hyphens, accents, capitals, or St for Saint."""
    spelling = _spelling(name)
    return next((commune.name for commune in communes if _spelling(commune.name) == spelling), None)


def _nearest(name: str, communes: Iterable[Commune]) -> str | None:
    """Return the commune of which `name` is the beginning ("Digne"), or nearly all the letters."""
    by_spelling = {_spelling(commune.name): commune.name for commune in communes}
    longer = [spelling for spelling in by_spelling if spelling.startswith(f"{_spelling(name)}-")]
    if len(longer) != 1:
        longer = get_close_matches(_spelling(name), by_spelling, n=1, cutoff=0.85)
    return by_spelling[longer[0]] if longer else None


def _spelling(name: str) -> str:
    bare = _OWN_ARTICLE.sub("", _SAINT.sub(r"saint\1", folded(name)))
    return "-".join(re.findall(r"\w+", bare))
