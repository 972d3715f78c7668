"""What a template sees of the case: its values by their YAML names, and a record of what it read.

A template never meets `None`. A value that the case does not give is *absent*: false in a test, and
when it is printed the record says that the document lacks it. A name that the case cannot have is *unknown*:
a defect of the template. What was read goes into the record, so that an issued document can be compared
with the case of another day.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from typing import Any

from jinja2 import TemplateRuntimeError, Undefined, UndefinedError
from jinja2.utils import missing
from pydantic import BaseModel

from piles_docs.case.paths import exists

BLANK = "……………………"
NETWORK = "reseau"
"""The path of the other PILES in piles.toml: they are looked at as a whole."""


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
    seen: dict[str, object] = field(default_factory=dict)
    """All that was looked at, by path: values, groups, lists, and what is computed from them."""


RECORDING: ContextVar[Record] = ContextVar("recording")
"""The record of the rendering that runs: Jinja makes what it does not find without being told of which."""


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


class Deferred(Mapping[str, Any]):
    """Names whose values are made when they are asked for: what nothing names counts as not read."""

    def __init__(self, makers: Mapping[str, Callable[[], Any]]) -> None:
        self._makers = makers

    def __getitem__(self, name: str) -> Any:
        return self._makers[name]()

    def __contains__(self, name: object) -> bool:  # Mapping's own would make the value
        return name in self._makers

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


class View:
    """A model of the case as a template sees it."""

    __slots__ = ("_known", "_model", "_path", "_record")

    def __init__(self, model: BaseModel, path: str, record: Record) -> None:
        self._model = model
        self._path = path
        self._record = record
        self._known: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:  # a template value is a text, a number, a date or a view
        known = self._known
        if name not in known:
            known[name] = self._look(name)
        return known[name]

    def _look(self, name: str) -> Any:
        model = self._model
        if (key := _keys(type(model)).get(name)) is not None:
            return see(getattr(model, name), f"{self._path}.{key}" if self._path else key, self._record)
        if not name.startswith("_") and isinstance(getattr(type(model), name, None), property):
            value = getattr(model, name)
            self._record.seen[f"{self._path}.{name}".lstrip(".")] = _computed(value)
            return value
        raise AttributeError(name)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, View) and other._model == self._model

    def __hash__(self) -> int:
        return hash(self._path)


@cache
def _keys(kind: type) -> dict[str, str]:
    """The fields of a model, by their name: their key in the YAML file. What is no model has none."""
    fields = kind.model_fields if issubclass(kind, BaseModel) else {}
    return {name: field.alias or name for name, field in fields.items()}


def see(value: Any, path: str, record: Record) -> Any:  # see View.__getattr__
    """Wrap a value of the case for a template, and note that it was read."""
    record.seen[path] = value
    wrap = _wrapping(type(value))  # type: ignore[arg-type]  # mypy does not know that classes are hashable
    if wrap is None:
        record.read[path] = None
        return value
    return wrap(value, path, record)


@cache  # pydantic takes long to say that something is no model
def _wrapping(kind: type) -> Callable[[Any, str, Record], Any] | None:
    """What a template sees instead of a value of this type; None where it sees the value."""
    if kind is type(None):
        return _absent
    if issubclass(kind, BaseModel):
        return View
    if issubclass(kind, list | tuple):
        return _items
    if issubclass(kind, dict):
        return lambda value, path, record: {
            key: see(item, f"{path}.{key}", record) for key, item in value.items()
        }
    if issubclass(kind, Enum):
        return lambda value, path, record: see(value.value, path, record)
    return None


def _absent(_: None, path: str, record: Record) -> Absent:
    record.read[path] = None
    return Absent(path, record)


def _items(value: Sequence[Any], path: str, record: Record) -> list[Any]:
    return [see(item, f"{path}.{_name(item, index)}", record) for index, item in enumerate(value)]


def _name(item: Any, index: int) -> object:
    """What stands for an item of a list in a path: its identifier, or its rank."""
    return item.id if "id" in _keys(type(item)) else index  # type: ignore[arg-type]  # as above


class Unknown(Undefined):
    """A name that nothing has; it goes into the record."""

    def __init__(
        self,
        hint: str | None = None,
        obj: Any = missing,
        name: str | None = None,
        exc: type[TemplateRuntimeError] = UndefinedError,
    ) -> None:  # Jinja's signature
        super().__init__(hint, obj, name, exc)
        owner = getattr(obj, "_path", "") if isinstance(obj, View) else ""
        RECORDING.get().unknown[f"{owner}.{name}".lstrip(".")] = None

    def __getattr__(self, name: str) -> Unknown:
        if name.startswith("_"):
            raise AttributeError(name)
        return self

    def __str__(self) -> str:
        return BLANK


def value_seen(case: BaseModel, network: BaseModel, path: str) -> object:
    """What a rendering would see at a path of `Record.seen` today; None where nothing is.

    Args:
        case: The case.
        network: What piles.toml says.
        path: As a view noted it: `porteuse.siege.commune`, `tete_de_reseau.nom`.
    """
    value: object = network if path.partition(".")[0] in type(network).model_fields else case
    if path == NETWORK:
        return Whole(getattr(network, NETWORK))
    for part in path.split("."):
        match value:
            case BaseModel():
                value = _at(value, part)
            case dict():
                value = value.get(part)
            case list() | tuple():
                items = enumerate(value)
                value = next((item for rank, item in items if str(_name(item, rank)) == part), None)
            case _:
                return None
    return value


def _at(model: BaseModel, key: str) -> object:
    name = next((name for name, known in _keys(type(model)).items() if known == key), None)
    return getattr(model, name) if name else _computed(getattr(model, key, None))


@dataclass(frozen=True, slots=True)
class Whole:
    """What is looked at with all that it holds."""

    value: object


def _computed(value: object) -> object:
    """What is computed from a model's fields is looked at as a whole."""
    return Whole(value) if isinstance(value, BaseModel | list | tuple) else value


def trace(value: object) -> str:
    """A short text that changes with what can be seen of a value itself, as `Record.seen` holds it.

    Of a group that is whether it is there, of a list which items it has: their values are seen one by one.
    """
    match value:
        case Enum() | Whole():
            text = repr(value.value)
        case BaseModel():
            text = "{}"
        case list() | tuple():
            text = repr([str(_name(item, index)) for index, item in enumerate(value)])
        case dict():
            text = repr(list(value))
        case _:
            text = repr(value)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
