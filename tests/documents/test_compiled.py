"""Compiled templates say what docxtpl says: the same text in the same structure, for each template of ours
and for templates and values made by chance."""

from __future__ import annotations

import copy
import datetime as dt
import io
import itertools
import zlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import etree

from piles_docs.documents import making
from piles_docs.documents.compiled import compile_template
from piles_docs.documents.language import environment, recording
from piles_docs.documents.layout import align_amounts
from piles_docs.documents.passages import SET, Finishing
from piles_docs.documents.rendering import Rendered, render
from piles_docs.documents.signature_box import BOX_HEIGHT_MM, BOX_LABEL, BOX_WIDTH_MM, pictures
from piles_docs.documents.typesetting import resolved, set_paragraph
from piles_docs.documents.view import Record
from piles_docs.documents.word_archive import parse_texts, read_members
from piles_docs.usecases.generate import order_for
from piles_docs.usecases.situation import situation
from piles_docs.usecases.workspace import Workspace

TODAY = dt.date(2026, 11, 22)
DOSSIERS = ("haut-verdon", "embrunais", "luberon", "centre-var", "basse-argens-2011")


# ---------------------------------------------------------------- every template, beside stock docxtpl


class _Asked:
    """What the rendering of a document was asked for."""

    def __init__(self, render: Callable[..., Rendered]) -> None:
        self._render = render
        self.calls: list[tuple[Any, Sequence[Mapping[str, Any]], dict[str, Any], Rendered]] = []

    def __call__(self, template: Any, variables: Sequence[Mapping[str, Any]], **rest: Any) -> Rendered:
        made = self._render(template, variables, **rest)
        self.calls.append((template, variables, rest, made))
        return made


@pytest.mark.parametrize("dossier", DOSSIERS)
def test_each_document_says_what_stock_docxtpl_says(
    dossier: str, repository: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = _Asked(render)
    monkeypatch.setattr(making, "render", asked)
    now = situation(repository, dossier, TODAY)
    for state in now.state.documents:
        if not state.lacks:
            making.make(order_for(now, state), now.case, now.network, repository.template(state.key.document))
    assert len(asked.calls) > 3
    for template, variables, rest, made in asked.calls:
        stock = _stock(template.dressed(), variables, rest)
        ours = parse_texts(read_members(made.docx, name=""), name="")
        assert ours.keys() == stock.keys(), template.name
        for member, root in ours.items():
            assert _comparable(root) == _comparable(stock[member]), f"{template.name}, {member}"


def _stock(
    dressed: bytes, variables: Sequence[Mapping[str, Any]], rest: Mapping[str, Any]
) -> dict[str, etree._Element]:
    """The parts as stock docxtpl renders them, with the paragraphs set as ours are."""
    engine = DocxTemplate(io.BytesIO(dressed))
    numbers: dict[str, int] = {}
    context = {
        **{name: value for layer in reversed(variables) for name, value in layer.items()},
        "article": lambda name: numbers.setdefault(name, len(numbers) + 1),
        "renvoi": lambda name: f"\ue000{name}\ue001",
        "signataires": [
            {**signatory, "case": _StockBox(engine, index, signatory["nom"])}
            for index, signatory in enumerate(rest.get("signatories", ()))
        ],
    }
    with recording(Record()):
        engine.render(context, jinja_env=environment(), autoescape=True)
    output = io.BytesIO()
    engine.docx.save(output)
    roots = parse_texts(read_members(output.getvalue(), name=""), name="")
    for member, part in roots.items():
        root = roots[member] = etree.fromstring(resolved(etree.tostring(part, encoding="unicode"), numbers))
        for paragraph in list(root.iter(qn("w:p"))):
            set_paragraph(paragraph)
        for table in root.iter(qn("w:tbl")):
            align_amounts(table)
    return roots


class _StockBox:
    def __init__(self, engine: DocxTemplate, index: int, name: str) -> None:
        self._engine, self._index, self._name = engine, index, name

    def __html__(self) -> str:
        (picture,) = pictures([self._index]).values()
        image = InlineImage(
            self._engine, io.BytesIO(picture), width=Mm(BOX_WIDTH_MM), height=Mm(BOX_HEIGHT_MM)
        )
        return str(image).replace("<wp:docPr ", f'<wp:docPr descr="{BOX_LABEL}{self._name}" ', 1)


def _comparable(root: etree._Element) -> str:
    """A part without what the two number or name each in its way."""
    for drawing in root.iter(qn("w:drawing")):
        label = drawing.find(f".//{qn('wp:docPr')}").get("descr", "")
        for child in list(drawing):
            drawing.remove(child)
        drawing.text = label
    for keeping in list(
        root.iter(qn("w:keepNext"), qn("w:cantSplit"))
    ):  # the lines of signatures, kept after
        keeping.getparent().remove(keeping)
    for empty in [one for one in root.iter(qn("w:pPr"), qn("w:trPr")) if len(one) == 0]:
        empty.getparent().remove(empty)
    return str(etree.tostring(root, method="c14n2", strip_text=False).decode())


# ---------------------------------------------------------------- templates and values made by chance

_PIECES = [*"aé1 '&<>\"%{}_:;?«»€", "\n", "\t", "\a", "\f", "\u00a0", "1er", "12 h", "{{", "}}", "{_{"]
_VALUES = st.lists(st.sampled_from(_PIECES), max_size=12).map("".join)
_LINES = st.sampled_from(
    [
        "Un texte fixe : rien n’y change",
        "L'article 3 et le 1er mai ; 15 000 € !",
        "{{ a }}",
        "avant {{ a }} après {{ b }} :",
        "{% if x %}oui {{ a }}{% else %}non{% endif %}",
        "{% for y in liste %}{{ y }}, {% endfor %}",
        "{{ liste|length }} choses",
        "fin {%- if x %} collée{% endif %}",
        "{%- if x -%} collée des deux côtés {%- endif -%}",
        "{# une note #}{{ b }}",
        "{{ z }} ‘{{ b }}’ {{ y }}",
        "{{ 'constante' }} et {{ 3 * 4 }}",
        "{% if x %}le 1er {{ a }}{% endif %}1er{{ b }} {{ b }}2e",
        "{% if y == '1er' %}un{% else %}le 2e et le {{ a }}3e{% endif %}, la 4e",
        "1 500,00 €",
        "{%r if x %}le 1er{%r endif %}",
        "{%p set z = a %}",
        "{%p endif %}",  # alone: broken
    ]
)
_ROWS = st.sampled_from(
    [
        ["fixe", "12,00 €"],
        ["{{ a }}", "{{ b }}"],
        ["{{ y }}", "1 500,00 €"],
        ["{%tc for y in liste %}", "{{ y }}", "{%tc endfor %}"],
        ["{%tc if x %}", "{{ a }}", "{%tc endif %}"],
        ["{% colspan 2 %}{{ a }}"],
        ["{% cellbg 'FF0000' %}{{ a }}", "b"],
        ["trois", "cellules", "{{ b }}"],
    ]
)
_OF_PARAGRAPHS = st.sampled_from(
    [("{%p if x %}", "{%p endif %}"), ("{%p for y in liste %}", "{%p endfor %}")]
)
_OF_ROWS = st.sampled_from(
    [(["{%tr if x %}", ""], ["{%tr endif %}", ""]), (["{%tr for y in liste %}", ""], ["{%tr endfor %}", ""])]
)


def _grouped(one: st.SearchStrategy[Any], around: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    """Things one after the other, some of them inside a condition or a loop."""
    inside = st.tuples(around, st.lists(one, max_size=3)).map(
        lambda found: [found[0][0], *found[1], found[0][1]]
    )
    groups = st.lists(st.one_of(one.map(lambda found: [found]), inside), max_size=4)
    return groups.map(lambda found: [item for group in found for item in group])


@settings(max_examples=150, deadline=None)
@given(
    lines=_grouped(_LINES, _OF_PARAGRAPHS),
    rows=_grouped(_ROWS, _OF_ROWS),
    a=_VALUES,
    b=_VALUES,
    x=st.booleans(),
    cut=st.integers(0, 7),
    many=st.lists(_VALUES, max_size=3),
)
@example(
    lines=["{% if y == '1er' %}un{% else %}le 2e{% endif %}"], rows=[], a="", b="", x=True, cut=7, many=[]
)
@example(lines=["{%r if x %}le 1er {%r endif %}"], rows=[], a="", b="", x=True, cut=0, many=[])
def test_a_template_made_by_chance_says_what_stock_docxtpl_says(
    lines: list[str], rows: list[list[str]], a: str, b: str, x: bool, cut: int, many: list[str]
) -> None:
    content = _word(lines, rows, cut)
    names = {"a": a, "b": b, "x": x, "liste": many, "z": "", "y": "hors de la liste"}
    expected = _or_error(lambda: _stock_body(content, names))
    found = _or_error(lambda: _our_body(content, names))
    if expected == "refusé":
        assert found == "refusé"
    elif found != "refusé":
        assert found == expected
    else:  # what does not nest, docxtpl drops without a word
        assert not _nests(content, names)


def _word(lines: Sequence[str], rows: Sequence[Sequence[str]], cut: int) -> bytes:
    """A Word file of these paragraphs and rows; Word may have cut their text in runs of so many characters."""
    document = Document()
    for line in lines:
        paragraph = document.add_paragraph()
        for start in range(0, len(line), cut or len(line)):
            paragraph.add_run(line[start : start + (cut or len(line))])
    if rows:
        table = document.add_table(0, 2)
        for texts in rows:
            cells = table.add_row().cells
            for cell, text in zip(cells, texts, strict=False):
                cell.text = text
            for text in texts[2:]:
                copied = copy.deepcopy(cells[-1]._tc)
                cells[-1]._tc.addnext(copied)
                copied.findall(f".//{qn('w:t')}")[-1].text = text
    output = io.BytesIO()
    document.save(output)
    return output.getvalue()


def _or_error(make: Callable[[], str]) -> str:
    try:
        return make()
    except Exception:  # noqa: BLE001  # whatever either raises, the other has to raise as well
        return "refusé"


def _stock_body(content: bytes, names: Mapping[str, Any]) -> str:
    engine = DocxTemplate(io.BytesIO(content))
    with recording(Record()):
        engine.render(dict(names), jinja_env=environment(), autoescape=True)
    return _finished(engine.docx._element)


def _our_body(content: bytes, names: Mapping[str, Any]) -> str:
    compiled = compile_template(content, name="essai.docx")
    member = "word/document.xml"
    if member in compiled.programs:
        with recording(Record()):
            xml = compiled.run(member, names)
        finishing = Finishing(insertions=(), numbers=itertools.count(1))
        part = finishing.finish(xml, compiled.kept[member], may_differ=member in compiled.varying_tables)
        return _finished(etree.fromstring(part.content))
    packed = compiled.packed[member]
    return _finished(etree.fromstring(zlib.decompress(packed.compressed, -15)))


def _finished(root: etree._Element) -> str:
    root = etree.fromstring(etree.tostring(root))
    for paragraph in list(root.iter(qn("w:p"))):
        paragraph.attrib.pop(SET, None)
        set_paragraph(paragraph)
    for table in root.iter(qn("w:tbl")):
        align_amounts(table)
    for text in root.iter(
        qn("w:t")
    ):  # docxtpl asks it also of the text before a tag, where nothing is to be kept
        if (text.text or "") == (text.text or "").strip():
            text.attrib.pop("{http://www.w3.org/XML/1998/namespace}space", None)
    return str(etree.tostring(root, method="c14n2").decode())


def _nests(content: bytes, names: Mapping[str, Any]) -> bool:
    engine = DocxTemplate(io.BytesIO(content))
    engine.render_init()
    with recording(Record()):
        xml = engine.build_xml(dict(names), environment())
    try:
        etree.fromstring(xml)
    except etree.XMLSyntaxError:
        return False
    return True
