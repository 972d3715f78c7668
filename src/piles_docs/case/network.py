"""Reading piles.toml, with the same care for places and words as a case file."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from pydantic import ValidationError

from piles_docs.case.explanations import explain
from piles_docs.case.network_models import Network, RegisterSettings
from piles_docs.case.organisation_checks import check_organisation
from piles_docs.case.place_checks import check_addresses
from piles_docs.case.positions import Finding, Mark, Path, Positions
from piles_docs.case.source_text import UnreadableError, decode
from piles_docs.errors import Defect, has_errors

_TABLE = re.compile(r"\s*(\[\[?)\s*([\w.\-]+)\s*\]\]?")
_KEY = re.compile(r"\s*([\w\-]+)\s*=")
_INNER_KEY = re.compile(r"[{,]\s*([\w\-]+)\s*=")
_PASSWORD = re.compile(r"://[^:/@]*:[^@]*@|[?&](ssl)?password=")
_PLACE = re.compile(r"at line (\d+), column (\d+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkReading:
    """What came of reading piles.toml."""

    network: Network | None
    """The network, when nothing in the file is an error."""
    defects: tuple[Defect, ...]
    """Errors and warnings, in the order of the fields."""


@lru_cache(maxsize=16)  # a command reads the same file several times
def read_network(text: str | bytes, file: str) -> NetworkReading:
    """Read and check piles.toml; `file` is its name as the user knows it."""
    try:
        source = decode(text)
        data = _parse(source)
    except UnreadableError as error:
        return NetworkReading(network=None, defects=(Positions().defect(error.finding, file),))
    positions = Positions(keys=dict(_key_marks(source)))
    network = None
    try:
        network = Network.model_validate(data)
    except ValidationError as error:
        findings = list(explain(error, Network, positions))
    else:
        findings = [
            *check_organisation(network.tete_de_reseau, ("tete_de_reseau",)),
            *check_addresses(network),
            *_password(network.registre),
        ]
    defects = tuple(positions.defect(found, file) for found in findings)
    return NetworkReading(network=None if has_errors(defects) else network, defects=defects)


def _password(register: RegisterSettings) -> Iterator[Finding]:
    """piles.toml is copied and sent with the templates: whoever reads it must not enter the database."""
    if register.url and _PASSWORD.search(register.url):
        yield Finding(
            path=("registre", "url"),
            message="l’adresse du registre contient un mot de passe, que tout lecteur de ce fichier verrait",
            remedy="retirez-le d’ici et mettez-le dans ~/.pgpass, "
            "ou donnez l’adresse entière dans la variable d’environnement PILES_REGISTRE_URL",
        )


def _parse(text: str) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        place = _PLACE.search(str(error))
        raise UnreadableError(
            "le fichier n’est pas écrit comme TOML le demande",
            "vérifiez cette ligne : signe =, guillemets fermés, clé ou section écrite une seule fois",
            Mark(line=int(place[1]), column=int(place[2])) if place else None,
        ) from error


def _key_marks(text: str) -> Iterator[tuple[Path, Mark]]:
    """Find where keys stand; tomllib does not tell.

    Keys of an inline table are found on its line; a deeper one is shown at the table around it.
    """
    table: Path = ()
    counts: Counter[str] = Counter()
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _TABLE.match(line):
            table = tuple(header[2].split("."))
            if header[1] == "[[":
                table = (*table, counts[header[2]])
                counts[header[2]] += 1
            yield table, Mark(line=number, column=header.start(1) + 1)
        elif key := _KEY.match(line):
            yield (*table, key[1]), Mark(line=number, column=key.start(1) + 1)
            for inner in _INNER_KEY.finditer(line):
                yield (*table, key[1], inner[1]), Mark(line=number, column=inner.start(1) + 1)
