"""The framework convention of many cases, as each contender needs it: one content in two languages."""

from __future__ import annotations

import datetime as dt
import re
from collections import ChainMap
from collections.abc import Callable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from docx.oxml.ns import qn
from lxml import etree

from piles_docs.documents import making
from piles_docs.documents.language import environment, recording
from piles_docs.documents.rendering import Rendered
from piles_docs.documents.template import TAG, Template, text_of, text_of_document
from piles_docs.documents.view import Record
from piles_docs.documents.word_archive import parse_texts, read_members, write_members
from piles_docs.french.typography import typeset
from piles_docs.usecases.generate import order_for
from piles_docs.usecases.situation import situation
from piles_docs.usecases.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
CASE, DOCUMENT = "embrunais", "convention-cadre"
TODAY = dt.date(2026, 11, 26)
_REFERENCE = re.compile("\ue000(.*?)\ue001")
_STATEMENT = re.compile(r"\{%(p|tr)?-?\s*(\w+)")


@dataclass(frozen=True, kw_only=True)
class Content:
    """What the program hands to its own rendering."""

    template: Template
    variables: Sequence[Mapping[str, Any]]
    others: dict[str, Any]

    @property
    def record(self) -> Record:
        """Where the views of the case note what is read."""
        found: Record = self.others["record"]
        return found


def contents(workspace: Workspace) -> list[Content]:
    """Listen to the program while it makes the document of each case."""
    heard: list[Content] = []

    def listen(template: Template, variables: Sequence[Mapping[str, Any]], **others: Any) -> Rendered:
        heard.append(Content(template=template, variables=variables, others=others))
        return Rendered(docx=b"", lacks=(), read=(), seen={})

    rendering, making.render = making.render, listen
    try:
        for make in makers(workspace):
            make()
    finally:
        making.render = rendering
    return heard


def makers(workspace: Workspace) -> list[Callable[[], Rendered]]:
    """How the program makes the document of each case, which it has read."""
    return [_maker(workspace, dossier) for dossier in workspace.dossiers()]


def _maker(workspace: Workspace, dossier: str) -> Callable[[], Rendered]:
    now, template = situation(workspace, dossier, TODAY), workspace.template(DOCUMENT)
    state = next(state for state in now.state.documents if state.key.document == DOCUMENT)
    return lambda: making.make(order_for(now, state), now.case, now.network, template)


# ---------------------------------------------------------------- stock docxtpl


@dataclass
class Articles:
    """Numbers articles as they come; a reference is resolved when all are known."""

    numbers: dict[str, int] = field(default_factory=dict)

    def article(self, name: str) -> int:
        return self.numbers.setdefault(name, len(self.numbers) + 1)

    def resolved(self, text: str) -> str:
        return _REFERENCE.sub(lambda found: str(self.numbers[found[1]]), text)


def context(of: Content, articles: Articles, picture: Callable[[], object]) -> dict[str, Any]:
    """What a stock engine is given: the same variables, and what the program's rendering adds to them."""
    signatories = of.others.get("signatories", ())
    return {
        **ChainMap(*map(dict, of.variables)),
        "article": articles.article,
        "renvoi": lambda name: f"\ue000{name}\ue001",
        "signataires": [{**signatory, "case": picture()} for signatory in signatories],
    }


def comparable(docx: bytes, articles: Articles | None = None) -> list[str]:
    """The words of a document, without what only typography changes: the kind of spaces and apostrophes."""
    lines = text_of_document(docx).splitlines()
    resolved = [articles.resolved(line) if articles else line for line in lines]
    return [squeezed for line in resolved if (squeezed := re.sub(r"\s+", "", typeset(line)))]


# ---------------------------------------------------------------- docxtemplater


def in_docxtemplater(of: Content) -> tuple[bytes, dict[str, Any]]:
    """The template with docxtemplater's tags, one for each of ours, and the values that they print.

    Each expression becomes a field, each loop a section with an entry a turn, each branch of a condition a
    section with one entry or none: what docxtemplater is left to do is what it is made for.
    """
    members = read_members(of.template.dressed(), name=of.template.name)
    roots = parse_texts(members, name=of.template.name)
    order = ["word/document.xml", *sorted(set(roots) - {"word/document.xml"})]
    translation = _Translation()
    program = "".join(translation.program(roots[name]) for name in order)
    articles, scopes = Articles(), [dict[str, Any]()]

    def note(name: str, value: object) -> str:
        scopes[-1][name] = str(value)
        return ""

    def enter(name: str) -> str:
        scopes[-1].setdefault(name, []).append({})
        scopes.append(scopes[-1][name][-1])
        return ""

    def leave() -> str:
        scopes.pop()
        return ""

    values = context(of, articles, lambda: "") | {"note": note, "enter": enter, "leave": leave}
    with recording(of.record):
        environment().from_string(program).render(values)
    for name in order:
        members[name] = etree.tostring(roots[name], xml_declaration=True, encoding="UTF-8", standalone=True)
    return write_members(members), _resolved(scopes[0], articles)


def _resolved(value: Any, articles: Articles) -> Any:
    if isinstance(value, str):
        return articles.resolved(value)
    if isinstance(value, list):
        return [_resolved(one, articles) for one in value]
    return {name: _resolved(one, articles) for name, one in value.items()}


class _Translation:
    """Rewrites tags in place; gives the Jinja program that notes what they print."""

    def __init__(self) -> None:
        self._fields = 0
        self._open: list[str] = []

    def program(self, root: etree._Element) -> str:
        return "".join(self._paragraph(paragraph) for paragraph in list(root.iter(qn("w:p"))))

    def _paragraph(self, paragraph: etree._Element) -> str:
        found, program = [], ""
        for tag in TAG.finditer(_text(paragraph)):
            scope, written, noted = self._tag(tag[0])
            found.append((tag.span(), written))
            program += noted
            if scope:
                _place(paragraph, scope, written)
                return program
        for (start, end), written in reversed(found):
            _replace(paragraph, start, end, "".join(written))
        return program

    def _tag(self, tag: str) -> tuple[str, list[str], str]:
        """What a tag applies to, how docxtemplater writes it, and how its value is noted."""
        if tag.startswith("{{"):
            name = self._new("f")
            return "", [f"{{{name}}}"], f'{{{{ note("{name}", ({tag[2:-2].strip("-")})) }}}}'
        statement = _STATEMENT.match(tag)
        assert statement, tag  # noqa: S101  # no comments in templates
        scope, word = statement[1] or "", statement[2]
        plain = tag.replace("{%" + scope, "{%", 1)
        closed, opened, noted = [], [], plain
        if word in {"elif", "else", "endif", "endfor"}:
            closed, noted = [f"{{/{self._open.pop()}}}"], "{{ leave() }}" + noted
        if word in {"if", "elif", "else", "for"}:
            self._open.append(self._new("s"))
            opened, noted = [f"{{#{self._open[-1]}}}"], noted + f'{{{{ enter("{self._open[-1]}") }}}}'
        return scope, closed + opened, noted

    def _new(self, kind: str) -> str:
        self._fields += 1
        return f"{kind}{self._fields}"


def _place(paragraph: etree._Element, scope: str, written: list[str]) -> None:
    """Put a tag that stands for its whole paragraph or row where docxtemplater wants it."""
    if scope == "p":
        for text in written:
            copy = deepcopy(paragraph)
            _replace(copy, 0, len(_text(copy)), text)
            paragraph.addprevious(copy)
        paragraph.getparent().remove(paragraph)
        return
    row = next(paragraph.iterancestors(qn("w:tr")))
    (text,) = written
    if text.startswith("{#"):
        first = next(row.getnext().iter(qn("w:p")))
        _replace(first, 0, 0, text)
    else:
        last = list(row.getprevious().iter(qn("w:p")))[-1]
        _replace(last, len(_text(last)), len(_text(last)), text)
    row.getparent().remove(row)


def _text(paragraph: etree._Element) -> str:
    return text_of(paragraph)


def _replace(paragraph: etree._Element, start: int, end: int, text: str) -> None:
    """Replace a span of a paragraph's text, as `text_of` counts it, and keep its runs."""
    pieces = list(paragraph.iter(qn("w:t"), qn("w:br"), qn("w:tab")))
    if not any(piece.tag == qn("w:t") for piece in pieces):
        run = etree.SubElement(paragraph, qn("w:r"))
        pieces.append(etree.SubElement(run, qn("w:t")))
    at, placed = 0, False
    for piece in pieces:
        length = len(piece.text or "") if piece.tag == qn("w:t") else 1
        before, at = at, at + length
        if piece.tag != qn("w:t") or before > end or at < start:
            continue
        inside = piece.text or ""
        left, right = max(0, start - before), min(length, end - before)
        if left > right or (left == right == length and not placed and before + length < end):
            continue
        piece.text = inside[:left] + ("" if placed else text) + inside[right:]
        piece.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        placed = True
        if start == end:
            return
