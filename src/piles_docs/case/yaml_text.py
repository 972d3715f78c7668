"""YAML text to plain data with positions, in the small YAML that a case file needs.

Anchors, aliases and tags are refused: no case needs them, and they are how a small file explodes.
Numbers and the words true, false and null are read as YAML 1.2 does; all else is text, dates too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StringMark, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from piles_docs.case.positions import Finding, Mark, Path, Positions
from piles_docs.case.source_text import UnreadableError, decode

_MAX_DEPTH = 12
_MAX_EVENTS = 10_000
_NULLS = {"", "~", "null", "Null", "NULL"}
_BOOLEANS = {word: word.lower() == "true" for word in ("true", "True", "TRUE", "false", "False", "FALSE")}
_INTEGER = re.compile(r"[-+]?[0-9]{1,40}", re.ASCII)
_DECIMAL = re.compile(r"[-+]?(?:[0-9]{1,40}\.[0-9]{0,40}|\.[0-9]{1,40})", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class YamlDocument:
    """A file's data, where each datum stands, and what its writing has that a case cannot have."""

    data: dict[str, object]
    positions: Positions
    findings: tuple[Finding, ...]
    spoiled: frozenset[Path]
    """Places whose value could not be read, and is said in the findings."""


def read_yaml(content: str | bytes) -> YamlDocument:
    """Read one YAML mapping.

    Raises:
        UnreadableError: Not text, not YAML, empty, not a mapping, or far beyond a case's size.
    """
    composer = _Composer(YAML(typ="safe", pure=True).parse(decode(content)))
    try:
        data = composer.document()
    except MarkedYAMLError as error:
        raise _syntax_error(error) from error
    except UnreadableError:
        raise
    except (YAMLError, ValueError, OverflowError) as error:
        # An escape beyond Unicode makes the scanner raise what Python's chr() raises.
        raise UnreadableError(*_DEFAULT_EXPLANATION) from error
    if not isinstance(data, dict):
        raise UnreadableError(
            "ce fichier ne décrit pas un dossier : il devrait être fait de lignes « clé: valeur »",
            "partez d’un exemple du dossier cases/, ou de la commande piles new",
            composer.values[()],
        )
    return YamlDocument(
        data=data,
        positions=Positions(keys=composer.keys, values=composer.values, texts=composer.texts),
        findings=tuple(composer.findings),
        spoiled=frozenset(composer.spoiled),
    )


class _Composer:
    """Builds data out of the parser's events, noting positions and refusals on the way."""

    def __init__(self, events: Iterator[Event]) -> None:
        self._events = events
        self._count = 0
        self.keys: dict[Path, Mark] = {}
        self.values: dict[Path, Mark] = {}
        self.texts: dict[Path, str] = {}
        self.findings: list[Finding] = []
        self.spoiled: set[Path] = set()

    def document(self) -> object:
        self._next()
        first = self._next()
        if isinstance(first, StreamEndEvent):
            raise UnreadableError(
                "le fichier est vide", "écrivez-y la description, ou créez le dossier avec piles new"
            )
        data = self._value((), self._next())
        self._next()
        after = self._next()
        if isinstance(after, DocumentStartEvent):
            raise UnreadableError(
                "le fichier contient plusieurs documents, séparés par « --- »",
                "gardez un seul dossier par fichier",
                _mark(after.start_mark),
            )
        return data

    def _next(self) -> Event:
        self._count += 1
        if self._count > _MAX_EVENTS:
            raise UnreadableError(
                "le fichier contient beaucoup trop de valeurs pour un dossier",
                "vérifiez que vous avez choisi le bon fichier",
            )
        return next(self._events)

    def _refuse(self, path: Path, event: Event, message: str, remedy: str) -> None:
        mark = _mark(event.start_mark)
        self.findings.append(Finding(path=path, message=message, remedy=remedy, mark=mark))

    def _value(self, path: Path, event: Event) -> object:
        self.values[path] = _mark(event.start_mark)
        if len(path) > _MAX_DEPTH:
            raise UnreadableError(
                "les clés sont imbriquées trop profondément",
                "revenez à la forme de l’exemple : trois ou quatre niveaux suffisent",
                self.values[path],
            )
        self._refuse_decorations(path, event)
        if isinstance(event, MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(path)
        if isinstance(event, ScalarEvent):
            self.texts[path] = event.value
            return _scalar(event)
        self.spoiled.add(path)
        return None

    def _refuse_decorations(self, path: Path, event: Event) -> None:
        if isinstance(event, AliasEvent):
            message, remedy = (
                f"« *{event.anchor} » reprend une valeur écrite ailleurs",
                "recopiez la valeur ici",
            )
            self._refuse(path, event, message, f"{remedy}, ou mettez le texte entre guillemets")
        elif isinstance(event, NodeEvent) and event.anchor is not None:
            message, remedy = f"« &{event.anchor} » est une ancre YAML", "retirez-la"
            self._refuse(path, event, message, f"{remedy}, ou mettez le texte entre guillemets")
        if getattr(event, "tag", None) is not None:
            message, remedy = "cette valeur porte une étiquette YAML (« ! »)", "retirez-la"
            self._refuse(path, event, message, f"{remedy}, ou mettez le texte entre guillemets")

    def _sequence(self, path: Path) -> list[object]:
        items: list[object] = []
        while not isinstance(event := self._next(), SequenceEndEvent):
            items.append(self._value((*path, len(items)), event))
        return items

    def _mapping(self, path: Path) -> dict[str, object]:
        data: dict[str, object] = {}
        while not isinstance(event := self._next(), MappingEndEvent):
            if not isinstance(event, ScalarEvent):
                self._refuse_compound_key(path, event)
                continue
            key = unicodedata.normalize("NFC", event.value)
            place = (*path, key)
            if key in data:
                line = self.keys[place].line
                self._refuse(
                    place,
                    event,
                    f"la clé « {key} » est déjà écrite ligne {line}",
                    "gardez une seule des deux",
                )
                self._skip(self._next())
                continue
            self._refuse_decorations(place, event)
            self.keys[place] = _mark(event.start_mark)
            data[key] = self._value(place, self._next())
        return data

    def _refuse_compound_key(self, path: Path, event: Event) -> None:
        message = "une accolade, un crochet ou une étoile commence une clé"
        self._refuse(path, event, message, "si c’est un texte, mettez-le entre guillemets")
        self.spoiled.add(path)
        self._skip(event)
        self._skip(self._next())

    def _skip(self, event: Event) -> None:
        depth = 0
        while True:
            depth += isinstance(event, (MappingStartEvent, SequenceStartEvent))
            depth -= isinstance(event, (MappingEndEvent, SequenceEndEvent))
            if depth == 0:
                return
            event = self._next()


def _mark(mark: StringMark) -> Mark:
    return Mark(line=mark.line + 1, column=mark.column + 1)


def _scalar(event: ScalarEvent) -> object:
    text = unicodedata.normalize("NFC", event.value)
    is_plain = event.implicit[0]
    if not is_plain:
        return text
    if text in _NULLS:
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return Decimal(text) if _DECIMAL.fullmatch(text) else text


_DEFAULT_EXPLANATION = (
    "cette ligne n’est pas écrite comme YAML le demande",
    "comparez-la, et celle d’avant, à l’exemple : deux-points, guillemets, crochets, alignement",
)
_EXPLANATIONS = (
    ("'\\t'", "la ligne commence par une tabulation", "remplacez-la par des espaces"),
    (
        "cannot start any token",
        "une valeur ne peut pas commencer par ce signe",
        "mettez toute la valeur entre guillemets",
    ),
    (
        "mapping values are not allowed",
        "un deux-points est de trop, ou la ligne est mal alignée",
        "si le texte contient « : », mettez-le entre guillemets ; sinon alignez la clé sur ses voisines",
    ),
    ("could not find expected ':'", "il manque un deux-points après la clé", "écrivez « clé: valeur »"),
    ("unexpected end of stream", "un guillemet ouvert ici n’est pas refermé", "fermez-le à la fin du texte"),
    ("',' or ']'", "un crochet ouvert ici n’est pas refermé", "vérifiez les virgules et ajoutez « ] »"),
    ("',' or '}'", "une accolade ouverte ici n’est pas refermée", "vérifiez les virgules et ajoutez « } »"),
    (
        "escape",
        "une barre oblique inverse (\\) est mal employée entre guillemets doubles",
        "doublez-la, ou employez des guillemets simples",
    ),
    (
        "expected <block end>",
        "la ligne n’est pas alignée sur celles qui l’entourent",
        "alignez les clés d’un même groupe sur la même colonne, avec des espaces",
    ),
)
_OPENED_BEFORE = ("unexpected end of stream", "',' or ']'", "',' or '}'")


def _syntax_error(error: MarkedYAMLError) -> UnreadableError:
    problem = error.problem or ""
    message, remedy = next((said for sign, *said in _EXPLANATIONS if sign in problem), _DEFAULT_EXPLANATION)
    is_opened_before = any(sign in problem for sign in _OPENED_BEFORE)
    mark = (error.context_mark if is_opened_before else None) or error.problem_mark
    return UnreadableError(message, remedy, _mark(mark) if mark is not None else None)
