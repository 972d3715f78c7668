"""What pydantic found, said in French with what to do: no sentence of pydantic's own reaches the user."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from decimal import Decimal
from difflib import get_close_matches

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from piles_docs.case.paths import field_at, fields_at, yaml_path
from piles_docs.case.positions import Finding, Path, Positions
from piles_docs.case.record import Record
from piles_docs.case.values import REFUSAL


def explain(error: ValidationError, model: type[Record], positions: Positions) -> Iterator[Finding]:
    """Yield one finding for each thing that a model refused."""
    for details in error.errors(include_url=False):
        path = yaml_path(details["loc"])
        message, remedy = _sentence(details, path, model, positions)
        on_key = details["type"] == "extra_forbidden" or (
            details["type"] == "missing" and path in positions.keys
        )
        place = path if on_key or details["type"] != "missing" else path[:-1]
        mark = positions.find(place, on_key=on_key or details["type"] == "missing")
        yield Finding(path=path, message=message, remedy=remedy, mark=mark)


def _sentence(
    details: ErrorDetails, path: Path, model: type[Record], positions: Positions
) -> tuple[str, str]:
    match details["type"]:
        case str(kind) if kind == REFUSAL:
            said = details["ctx"]["message"], details["ctx"]["remedy"]
        case "missing":
            said = _missing(path, model, positions)
        case "extra_forbidden":
            said = _unknown_key(path, model)
        case "string_type":
            said = _not_text(path, details["input"], positions)
        case "string_too_short" | "too_short":
            said = f"{_named(path)} est vide", "donnez sa valeur, ou retirez la clé"
        case "model_type":
            keys = ", ".join(fields_at(model, path))
            said = f"{_named(path)} attend plusieurs clés", f"écrivez en dessous, décalées : {keys}"
        case "tuple_type":
            remedy = "mettez un tiret devant chaque élément, ou des crochets"
            said = f"{_named(path)} attend une liste", remedy
        case _:
            remedy = "comparez-la à l’exemple du dossier cases/"
            said = f"{_named(path)} a une valeur qui ne convient pas", remedy
    return said


def _named(path: Path) -> str:
    last = path[-1]
    return f"« {last} »" if isinstance(last, str) else f"l’élément n° {last + 1} de {_named(path[:-1])}"


def _missing(path: Path, model: type[Record], positions: Positions) -> tuple[str, str]:
    field = field_at(model, path)
    hint = f" ({field.description})" if field and field.description else ""
    if path in positions.keys:
        return f"{_named(path)} est vide", f"donnez sa valeur{hint}"
    around = f" dans {_named(path[:-1])}" if path[:-1] else ""
    return f"il manque {_named(path)}{around}", f"ajoutez la clé {path[-1]}{hint}"


def _unknown_key(path: Path, model: type[Record]) -> tuple[str, str]:
    known = {_plain(key): key for key in fields_at(model, path[:-1])}
    near = get_close_matches(_plain(str(path[-1])), known, n=1)
    remedy = (
        f"écrivez plutôt « {known[near[0]]} »" if near else f"clés possibles : {', '.join(known.values())}"
    )
    around = f" dans {_named(path[:-1])}" if path[:-1] else ""
    return f"la clé « {path[-1]} » n’existe pas{around}", remedy


def _plain(key: str) -> str:
    letters = unicodedata.normalize("NFD", key.lower()).encode("ascii", "ignore").decode()
    return letters.replace("-", "_").replace(" ", "_")


def _not_text(path: Path, value: object, positions: Positions) -> tuple[str, str]:
    if isinstance(value, (int, Decimal)):
        written = positions.texts.get(path, str(value))
        quoted = f'{path[-1]}: "{written}"' if isinstance(path[-1], str) else f'"{written}"'
        return (
            f"{_named(path)} n’est pas lu comme un texte",
            f"mettez des guillemets : {quoted}",
        )
    return (
        f"{_named(path)} attend un texte",
        "écrivez une seule valeur sur cette ligne, sans tiret ni sous-clé",
    )
