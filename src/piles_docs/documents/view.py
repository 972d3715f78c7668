"""What a template sees of the case: its values by their YAML names, and a record of what it read.

A template never meets `None`. A value that the case does not give is *absent*: false in a test, and
when it is printed the record says that the document lacks it. A name that the case cannot have is *unknown*:
a defect of the template. What was read goes into the record, so that an issued document can be compared
with the case of another day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from jinja2 import Undefined
from pydantic import BaseModel

from piles_docs.case.paths import exists

BLANK = "……………………"


@dataclass(slots=True)
class Record:
    """What one rendering read, missed and printed."""

    lacks: dict[str, None] = field(default_factory=dict)
    """Paths of absent values that were printed, in order of appearance."""
    unknown: dict[str, None] = field(default_factory=dict)
    """Names that nothing has, as the template wrote them."""
    read: dict[str, None] = field(default_factory=dict)
    """Paths of the case values that were read, absent ones too."""
    printed: dict[str, None] = field(default_factory=dict)
    """Texts that must be found again on the page."""


class Absent:
    """A value that the case does not give."""

    __slots__ = ("_path", "_record")

    def __init__(self, path: str, record: Record) -> None:
        self._path = path
        self._record = record

    def __bool__(self) -> bool:
        return False

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __len__(self) -> int:
        return 0

    def __getattr__(self, name: str) -> Absent:
        if name.startswith("_"):
            raise AttributeError(name)
        path = f"{self._path}.{name}"
        if exists(self._path) and not exists(path):
            self._record.unknown[path] = None
        return Absent(path, self._record)

    def __str__(self) -> str:
        self._record.lacks[self._path] = None
        return BLANK

    def __html__(self) -> str:
        return str(self)


class View:
    """A model of the case as a template sees it."""

    __slots__ = ("_model", "_path", "_record")

    def __init__(self, model: BaseModel, path: str, record: Record) -> None:
        self._model = model
        self._path = path
        self._record = record

    def __getattr__(self, name: str) -> Any:  # a template value is a text, a number, a date or a view
        model_class = type(self._model)
        if name.startswith("_"):
            raise AttributeError(name)
        if name in model_class.model_fields:
            yaml_name = model_class.model_fields[name].alias or name
            return see(getattr(self._model, name), f"{self._path}.{yaml_name}".lstrip("."), self._record)
        if isinstance(getattr(model_class, name, None), property):
            return getattr(self._model, name)  # computed from fields, which are recorded when they are read
        raise AttributeError(name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, View) and other._model == self._model

    def __hash__(self) -> int:
        return hash(self._path)


def see(value: object, path: str, record: Record) -> Any:  # see View.__getattr__
    """Wrap a value of the case for a template, and note that it was read."""
    match value:
        case None:
            record.read[path] = None
            return Absent(path, record)
        case BaseModel():
            return View(value, path, record)
        case list() | tuple():
            return [
                see(item, f"{path}.{getattr(item, 'id', index)}", record) for index, item in enumerate(value)
            ]
        case dict():
            return {key: see(item, f"{path}.{key}", record) for key, item in value.items()}
        case Enum():
            return see(value.value, path, record)
        case _:
            record.read[path] = None
            return value


def unknown_recorder(record: Record) -> type[Undefined]:
    """Make the class that Jinja uses for unknown names; each one met goes into the record."""

    class Unknown(Undefined):
        def __init__(
            self, hint: str | None = None, obj: Any = None, name: str | None = None, *rest: Any
        ) -> None:  # Jinja's signature
            super().__init__(hint, obj, name, *rest)
            owner = getattr(obj, "_path", "") if isinstance(obj, View) else ""
            record.unknown[f"{owner}.{name}".lstrip(".")] = None

        def __getattr__(self, name: str) -> Unknown:
            if name.startswith("_"):
                raise AttributeError(name)
            return self

        def __str__(self) -> str:
            return BLANK

    return Unknown
