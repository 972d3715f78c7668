"""Read the tags of a template without rendering it: what they name, and what is wrong in them.

A rendering sees only the branches that its case takes; this reads them all. Each tag is parsed by itself, by
Jinja, so that one wrong tag does not hide the next.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache

from jinja2 import TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment

from piles_docs.documents.blocks import included
from piles_docs.documents.filters import FILTERS
from piles_docs.documents.template import TAG
from piles_docs.proofing.places import Paragraph
from piles_docs.proofing.variables import VALUE_NAMES, Variable

_ENVIRONMENT = SandboxedEnvironment()
_ENVIRONMENT.filters |= dict(FILTERS)
_INNER = re.compile(r"\{([{%])(?:(?:p|tr|tc|r) )?[-+]?\s*(.*?)\s*[-+]?[%}]\}", re.DOTALL)
# Word writes curly quotes inside tags; docxtpl reads them as straight ones.
_QUOTES = str.maketrans("‘’“”", "''\"\"")
_FIRST_WORD = re.compile(r"\w+")
_PREFIXES = {"p", "tr", "tc", "r"}
_CONTINUES = {"elif": "if", "else": "if"}
_ALONE = {"set", "include", "import", "from", "extends"}
_FROM_JINJA = frozenset(_ENVIRONMENT.globals) | {
    "loop",
    "caller",
    "varargs",
    "kwargs",
    "none",
    "true",
    "false",
}
_KEEPS_ITEMS = {"selectattr", "rejectattr", "select", "reject", "sort", "unique", "list", "reverse"}
_GIVES_ITEM = {"first", "last", "random", "min", "max"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something wrong in a template, French, with the paragraph where it stands."""

    paragraph: Paragraph
    message: str
    remedy: str
    is_error: bool = True


@dataclass(slots=True)
class Reading:
    """What the tags of a template name, and what is wrong in them."""

    known: Mapping[str, Variable]
    """What it can name, by first name."""
    only: str | None = None
    """The one file whose variables and filters are noted; all where it is None."""
    faults: list[Fault] = field(default_factory=list)
    variables: dict[str, Variable] = field(default_factory=dict)
    """What it names, by whole name, in the order of the template."""
    filters: dict[str, None] = field(default_factory=dict)
    _scopes: list[dict[str, Variable | None]] = field(default_factory=lambda: [{}])
    _paragraph: Paragraph | None = None

    def read(self, paragraphs: Iterable[Paragraph]) -> Reading:
        """Read the tags of paragraphs, in their order; what is set in one is known in those after it."""
        for self._paragraph in paragraphs:
            if included(self._paragraph.text):
                continue
            for tag in TAG.findall(self._paragraph.text):
                match = _INNER.fullmatch(tag)
                if match:
                    self._tag(tag, match[1] == "{", match[2].translate(_QUOTES))
        return self

    def _tag(self, tag: str, is_value: bool, inner: str) -> None:
        word = _FIRST_WORD.match(inner)
        keyword = word[0] if word and not is_value else ""
        if keyword == "endfor" and len(self._scopes) > 1:
            self._scopes.pop()
        if keyword.startswith("end") or keyword in _PREFIXES or inner == "else":
            return  # `{% tr …` is told by docxtpl-lint
        try:
            tree = _parsed(_complete(inner, keyword, is_value=is_value))
        except TemplateSyntaxError as error:
            self._say(
                f"la balise « {tag} » est mal écrite : {_in_french(error.message or '')}", _SYNTAX_REMEDY
            )
            return
        for node in tree.body:
            self._statement(node)

    def _statement(self, node: nodes.Node) -> None:
        if isinstance(node, nodes.For):
            items = self._value(node.iter)
            self._scopes.append({"loop": None})
            self._bind(node.target, items.item if items else None)
            if node.test is not None:
                self._value(node.test)
        elif isinstance(node, nodes.Assign):
            self._bind(node.target, self._value(node.node))
        elif isinstance(node, nodes.AssignBlock):
            self._bind(node.target, None)
        elif isinstance(node, nodes.Macro):
            self._bind(nodes.Name(node.name, "store"), None)
            for argument in node.args:
                self._bind(argument, None)
        elif isinstance(node, nodes.With):
            for target, value in zip(node.targets, node.values, strict=True):
                self._bind(target, self._value(value))
        else:
            self._parts(node)

    def _bind(self, target: nodes.Node, variable: Variable | None) -> None:
        if isinstance(target, nodes.Name):
            self._scopes[-1][target.name] = variable
        else:
            for name in target.find_all(nodes.Name):
                self._scopes[-1][name.name] = None

    def _value(self, node: nodes.Node, *, noted: bool = True) -> Variable | None:
        """What an expression leads to; None where that cannot be said, or was said to be wrong."""
        found: Variable | None = None
        match node:
            case nodes.Name():
                found = self._name(node.name)
            case nodes.Getattr():
                found = self._part(self._value(node.node, noted=False), node.attr)
            case nodes.Getitem():
                found = self._item(node)
            case nodes.Filter():
                return self._filter(node)
            case nodes.Or() | nodes.And():
                return _either(self._value(node.left), self._value(node.right))
            case nodes.CondExpr():
                self._value(node.test)
                other = self._value(node.expr2) if node.expr2 is not None else None
                return _either(self._value(node.expr1), other)
            case nodes.TemplateData() | nodes.Const():
                return None
            case _:
                self._parts(node)
                return None
        if found and noted and self._is_noted():
            self.variables.setdefault(found.name, found)
        return found

    def _parts(self, node: nodes.Node) -> None:
        for part in node.iter_child_nodes():
            self._value(part)

    def _name(self, name: str) -> Variable | None:
        for scope in reversed(self._scopes):
            if name in scope:
                return scope[name]
        if name in self.known:
            return self.known[name]
        if name not in _FROM_JINJA:
            self._say(f"la variable « {name} » n’existe pas", _near(name, self.known, _VARIABLE_REMEDY))
        return None

    def _part(self, owner: Variable | None, name: str) -> Variable | None:
        if owner is None:
            return None
        if owner.many:
            self._say(
                f"« {owner.name} » est une liste : elle n’a pas de « {name} »",
                f"prenez-en chaque élément : {{% for … in {owner.name} %}}",
            )
        elif name in owner.parts:
            return owner.parts[name]
        elif owner.parts or name not in VALUE_NAMES:
            where = f"{owner.name}.{name}"
            self._say(f"la variable « {where} » n’existe pas", _near(name, owner.parts, _VARIABLE_REMEDY))
        return None

    def _item(self, node: nodes.Getitem) -> Variable | None:
        owner = self._value(node.node, noted=False)
        if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
            return self._part(owner, node.arg.value)
        self._value(node.arg)
        if owner is None or not owner.many:
            return None
        return owner if isinstance(node.arg, nodes.Slice) else owner.item

    def _filter(self, node: nodes.Filter) -> Variable | None:
        for part in (*node.args, *node.kwargs):
            self._value(part)
        if self._is_noted():
            self.filters.setdefault(node.name)
        if node.name not in _ENVIRONMENT.filters:
            self._say(f"le filtre « {node.name} » n’existe pas", _near(node.name, FILTERS, _FILTER_REMEDY))
        source = self._value(node.node) if node.node is not None else None
        if source is not None and source.many:
            if node.name in _KEEPS_ITEMS:
                return source
            if node.name in _GIVES_ITEM:
                return source.item
        return None

    def _is_noted(self) -> bool:
        return self._paragraph is not None and self.only in {None, self._paragraph.file}

    def _say(self, message: str, remedy: str) -> None:
        if self._paragraph is not None:
            self.faults.append(Fault(paragraph=self._paragraph, message=message, remedy=remedy))


_SYNTAX_REMEDY = "comparez avec les exemples de docs/modeles.md"
_VARIABLE_REMEDY = "piles templates vars les montre toutes"
_FILTER_REMEDY = "piles templates vars les montre tous"


def _complete(inner: str, keyword: str, *, is_value: bool) -> str:
    """A source that Jinja can parse, of one tag."""
    if is_value:
        return "{{ " + inner + " }}"
    opening = inner if keyword not in _CONTINUES else _CONTINUES[keyword] + inner[len(keyword) :]
    source = "{% " + opening + " %}"
    alone = keyword in _ALONE and not (keyword == "set" and "=" not in inner)
    return source if alone else source + "{% end" + (_FIRST_WORD.match(opening) or [""])[0] + " %}"


@lru_cache(maxsize=4096)
def _parsed(source: str) -> nodes.Template:
    """The same tags come again with each inclusion of a block."""
    return _ENVIRONMENT.parse(source)


def _either(one: Variable | None, other: Variable | None) -> Variable | None:
    """What is the one or the other: it has the parts of both."""
    if one is None or other is None or one.many != other.many:
        return None
    return replace(one, parts={**other.parts, **one.parts})


def _near(name: str, known: Iterable[str], otherwise: str) -> str:
    found = difflib.get_close_matches(name, list(known), n=1)
    return f"vouliez-vous dire « {found[0]} » ? {otherwise}" if found else otherwise


_MESSAGES = (
    (re.compile(r"Encountered unknown tag '(\w+)'.*", re.DOTALL), "« {0} » n’est pas une balise"),
    (re.compile(r"unexpected char '(.+)' at \d+"), "le signe {0} n’y a pas sa place"),
    (
        re.compile(r"unexpected end of template.*|Expected an expression, got end.*"),
        "il y manque quelque chose",
    ),
    (
        re.compile(r"expected token '(.+)', got '(.+)'"),
        "« {1} » est de trop, ou il manque quelque chose avant",
    ),
    (re.compile(r"unexpected '(.+)'"), "« {0} » est de trop"),
)


def _in_french(message: str) -> str:
    """What Jinja says of the commonest mistakes, in French; the rest as it says it."""
    for pattern, french in _MESSAGES:
        if found := pattern.fullmatch(message):
            return french.format(*found.groups())
    return f"Jinja répond « {message} »"
