"""Dotted paths: every datum of a case has one, in the words of the YAML file.

A list whose items have an `id` is walked by it (`partenaires.mairie-castellane.nom`), another by index.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from piles_docs.case.models import CONTRIBUTION_TAGS, Case
from piles_docs.case.network_models import Network
from piles_docs.case.positions import Path
from piles_docs.case.record import Record


def records_in(annotation: object) -> Iterator[type[Record]]:
    """Yield the groups of keys that an annotation allows, looked for inside unions, lists and `Annotated`."""
    if isinstance(annotation, type) and issubclass(annotation, Record):
        yield annotation
    for argument in get_args(annotation):
        yield from records_in(argument)


def field_at(model: type[Record], path: Path) -> FieldInfo | None:
    """Return the field that a key path leads to, or None when the model has no such key."""
    fields = fields_at(model, path[:-1])
    return fields.get(str(path[-1]))


def fields_at(model: type[Record], path: Path) -> dict[str, FieldInfo]:
    """Return the fields that may stand in the group at a path, by YAML key."""
    models = [model]
    for part in path:
        if isinstance(part, str):
            known = [record.fields_by_key().get(part) for record in models]
            models = [record for found in known if found for record in records_in(found.annotation)]
    return {key: found for record in models for key, found in record.fields_by_key().items()}


def yaml_path(location: tuple[str | int, ...]) -> Path:
    """Return the path in the file for a pydantic error's location."""
    return tuple(part for part in location if part not in CONTRIBUTION_TAGS)


@lru_cache(maxsize=4096)
def exists(path: str) -> bool:
    """Tell whether a dotted path is one that a case, or piles.toml, can have.

    Any one word stands for an item of a list: its id, its index or `*`.
    """
    return any(_reaches(model, path.split(".")) for model in (Case, Network))


def _reaches(model: type[Record], parts: list[str]) -> bool:
    field = model.fields_by_key().get(parts[0])
    if field is None:
        return False
    rest = parts[2:] if _holds_list(field.annotation) else parts[1:]
    return not rest or any(_reaches(record, rest) for record in records_in(field.annotation))


def _holds_list(annotation: object) -> bool:
    return get_origin(annotation) is tuple or any(map(_holds_list, get_args(annotation)))


def value_at(model: BaseModel, path: str) -> object:
    """Return the value at a dotted path, a group included, or None when the case does not give it."""
    value: object = model
    for part in path.split("."):
        value = dict(_children(value)).get(part)
    return value


def flatten(model: BaseModel, prefix: str = "") -> dict[str, str]:
    """Return every single value by its dotted path, as one canonical text.

    Dates are ISO 8601, amounts plain decimals without useless zeros; what is not given is not there.
    """
    return dict(_leaves(model, prefix))


def _leaves(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, (BaseModel, tuple)):
        for key, child in _children(value):
            yield from _leaves(child, f"{path}.{key}" if path else key)
    elif value is not None:
        yield path, _canonical(value)


def _children(value: object) -> Iterator[tuple[str, object]]:
    if isinstance(value, BaseModel):
        for name, field in type(value).model_fields.items():
            yield field.alias or name, getattr(value, name)
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield str(getattr(item, "id", index)), item


def _canonical(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)
