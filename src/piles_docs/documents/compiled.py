"""A dressed template in the form from which documents are made: read, patched and compiled once.

docxtpl says what a template means: its own functions turn a Word part into a Jinja template, and what Jinja
gives into a Word part. What is the same in every document (styles, pictures, text without a tag) is set,
compressed and kept; a rendering only runs the parts that hold tags.
"""

from __future__ import annotations

import datetime as dt
import io
import itertools
import marshal
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import CodeType
from typing import Any, NamedTuple

from docx import Document
from docx.oxml.ns import qn
from jinja2 import Template
from lxml import etree
from markupsafe import escape

from piles_docs.documents.language import Names, language
from piles_docs.documents.layout import LETTERS_KEPT, align_amounts, raise_ordinals
from piles_docs.documents.passages import CUT, DOCXTPL, SET, serialised
from piles_docs.documents.signature_box import NO_RELATIONS
from piles_docs.documents.template import TAG, text_of
from piles_docs.documents.typesetting import set_paragraph
from piles_docs.documents.word_archive import (
    FIRST_MEMBER,
    Packed,
    pack,
    parse_texts,
    read_members,
    write_members,
)
from piles_docs.errors import TemplateInvalid

PROPERTIES = "docProps/core.xml"
_NOT_RENDERED = "word/endnotes.xml"  # by docxtpl either
_TITLE, _DATED = "_titre_du_fichier", "_date_du_fichier"
_ANY_DATE = dt.datetime(1980, 1, 1)  # noqa: DTZ001  # Word keeps naive UTC
_TAGS = ("{{", "{%", "{#")
_CELL_TAG = re.compile(r"\{[{%#]tc\s|\{%\s*(?:colspan|hm)\s")
_ROW_TAG = re.compile(r"\{[{%#]tr\s")
_DOCX_PICTURE = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
_KEPT = "piles-kept"
_DECLARED = re.compile(' xmlns:[\\w]+="[^"]*"')
_PNG = '<Default Extension="png" ContentType="image/png"/>'


class Program(NamedTuple):
    """A member that holds tags, compiled by Jinja."""

    code: CodeType
    template: Template
    """Made of the code."""

    @classmethod
    def of(cls, code: CodeType) -> Program:
        """Make it ready to run."""
        return cls(code, Template.from_code(language(), code, {}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A template ready to be rendered; it never changes, and threads may share it."""

    programs: Mapping[str, Program]
    """The members that hold tags, compiled by Jinja, in the order in which docxtpl renders them."""
    varying_tables: frozenset[str]
    """Those of them in which a table may get other columns than it declares."""
    packed: Mapping[str, Packed]
    """Every member, ready to be written; those of `programs` without what is rendered."""
    relations: Mapping[str, bytes]
    """The relations of the members that hold tags, by the name of the member that has them."""
    kept: Mapping[str, Mapping[str, bytes]]
    """By member that holds tags: what stands in it for paragraphs that never change, and these paragraphs."""
    pictures: int
    """How many pictures are numbered in the members without tags."""

    def dump(self) -> bytes:
        """Write it down for another process of the same Python."""
        packed = {name: (one.compressed, one.crc, one.size) for name, one in self.packed.items()}
        parts = (
            {name: program.code for name, program in self.programs.items()},
            sorted(self.varying_tables),
            packed,
            dict(self.relations),
            dict(self.kept),
            self.pictures,
        )
        return marshal.dumps(parts)

    @classmethod
    def load(cls, content: bytes) -> Compiled:
        """Read what `dump` wrote; whoever calls has made sure that it is just that."""
        programs, varying_tables, packed, relations, kept, pictures = marshal.loads(content)  # noqa: S302  # as above
        return cls(
            programs={name: Program.of(code) for name, code in programs.items()},
            varying_tables=frozenset(varying_tables),
            packed={name: Packed(*one) for name, one in packed.items()},
            relations=relations,
            kept=kept,
            pictures=pictures,
        )

    def run(self, member: str, *names: Mapping[str, Any]) -> str:
        """Render a member that holds tags; what it gives still has to be finished (`passages.Finishing`).

        Args:
            member: Its name.
            names: What the template may name, the first that has a name giving its value.

        Raises:
            TemplateError: As Jinja does; and what the template's own expressions raise.
        """
        template = self.programs[member].template
        xml = "".join(template.root_render_func(Names(template, names)))
        if "_" in xml:
            for written, meant in (("{_{", "{{"), ("}_}", "}}"), ("{_%", "{%"), ("%_}", "%}")):
                xml = xml.replace(written, meant)
        return xml


def file_properties(title: str, dated: dt.date) -> dict[str, Any]:
    """What the template of the file's properties names: a title, and a date that is never the clock's."""
    # Marked as markup: they are no values of the case that have to be found again on a page.
    return {_TITLE: escape(title), _DATED: escape(f"{dated.isoformat()}T12:00:00Z")}


def compile_template(dressed: bytes, *, name: str) -> Compiled:
    """Compile a template that has its blocks and its letterhead.

    Args:
        dressed: The template as Word.
        name: The template's file, for messages.

    Raises:
        TemplateInvalid: It is not Word, or holds marks of this program.
        TemplateError: A tag is broken, as Jinja says.
    """
    members = read_members(_with_properties(dressed), name=name)
    members[FIRST_MEMBER] = _with_type_of_boxes(members[FIRST_MEMBER])
    programs: dict[str, Program] = {}
    kept: dict[str, dict[str, bytes]] = {}
    varying, pictures = set(), 0
    roots = parse_texts(members, name=name)
    _refuse_marks(roots.values(), name=name)
    for member in sorted(roots, key=_rank):
        root = roots[member]
        if member != _NOT_RENDERED and _holds(root, _TAGS):
            if any(_may_get_other_columns(table) for table in root.iter(qn("w:tbl"))):
                varying.add(member)
            kept[member] = _settle(root)
            _cut(root)
            programs[member] = _program(DOCXTPL.patch_xml(etree.tostring(root, encoding="unicode")))
            continue
        if member != _NOT_RENDERED:
            root = DOCXTPL.fix_tables(etree.tostring(root))
        for paragraph in list(root.iter(qn("w:p"))):
            set_paragraph(paragraph)
        for table in root.iter(qn("w:tbl")):
            align_amounts(table)
        for picture in root.iter(_DOCX_PICTURE):
            pictures += 1
            picture.set("id", str(pictures))
        members[member] = serialised(root)
    programs[PROPERTIES] = _program(etree.tostring(etree.fromstring(members[PROPERTIES]), encoding="unicode"))
    packed = {member: pack(content, level=9) for member, content in members.items() if member not in programs}
    relations = {
        member: members.get(relations_of(member), NO_RELATIONS) for member in programs if member in roots
    }
    return Compiled(
        programs=programs,
        varying_tables=frozenset(varying),
        packed=packed,
        relations=relations,
        kept=kept,
        pictures=pictures,
    )


def _refuse_marks(roots: Iterable[etree._Element], *, name: str) -> None:
    """What only this program writes, while it makes a document, would pass for its own: a box to sign in."""
    for element in itertools.chain.from_iterable(root.iter(etree.Element) for root in roots):
        if any(str(word).startswith("piles-") for word in (element.tag, *element.attrib)):
            raise TemplateInvalid(
                f"{name} contient ce que Word n’écrit jamais ({element.tag})",
                remedy="repartez du modèle d’origine, et enregistrez-le dans Word",
            )


def _program(source: str) -> Program:
    return Program.of(language().compile(source))


def relations_of(member: str) -> str:
    """The member that holds the relations of another (ISO/IEC 29500-2, 9.3.3)."""
    folder, _, file = member.rpartition("/")
    return f"{folder}/_rels/{file}.rels"


def _with_properties(dressed: bytes) -> bytes:
    """The template with the properties that every document has, and tags where they differ."""
    document = Document(io.BytesIO(dressed))
    properties = document.core_properties
    properties.title, properties.author, properties.language = f"{{{{ {_TITLE} }}}}", "", "fr-FR"
    properties.created = properties.modified = _ANY_DATE
    properties.last_modified_by, properties.revision = "", 1
    output = io.BytesIO()
    document.save(output)
    members = read_members(output.getvalue(), name="le modèle")
    date = _ANY_DATE.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    members[PROPERTIES] = members[PROPERTIES].replace(date, f"{{{{ {_DATED} }}}}".encode())
    return write_members(members)


def _with_type_of_boxes(types: bytes) -> bytes:
    text = types.decode()
    return (
        text.encode()
        if 'Extension="png"' in text
        else text.replace("<Default ", f"{_PNG}<Default ", 1).encode()
    )


def _rank(member: str) -> tuple[int, str]:
    """The body first, then headers, footers, notes: as docxtpl goes, so that articles are numbered alike."""
    order = ("document", "header", "footer", "footnotes", "endnotes")
    return next(rank for rank, kind in enumerate(order) if kind in member), member


def _holds(element: etree._Element, marks: Sequence[str]) -> bool:
    """Whether a text holds a mark, in however many runs Word has cut it."""
    text = text_of(element)
    return any(mark in text for mark in marks)


def _settle(root: etree._Element) -> dict[str, bytes]:
    """Set what never changes in a part with tags, and take out of it what nothing looks into any more."""
    # A tag that swallows what stands before or after it needs the text as it was written.
    if _holds(root, ("{%-", "-%}", "{{-", "-}}")):
        return {}
    near = set(_near_signatures(root))
    kept: dict[str, bytes] = {}
    for paragraph in list(root.iter(qn("w:p"))):
        if _holds(paragraph, (*_TAGS, "}}", "%}", "#}")):
            raise_ordinals(paragraph, _without_tags)
            continue
        set_paragraph(paragraph)
        if paragraph.getparent().tag != qn("w:body") or paragraph in near or not _is_plain(paragraph):
            paragraph.set(SET, "")
            continue
        before = paragraph.getprevious()
        if before is None or before.tag != _KEPT:
            before = etree.Element(_KEPT, n=str(len(kept)))
            paragraph.addprevious(before)
        stands = f'<{_KEPT} n="{before.get("n")}"/>'
        kept[stands] = kept.get(stands, b"") + _without_declarations(paragraph)
        paragraph.getparent().remove(paragraph)
    return kept


def _without_tags(text: str) -> str:
    """A text with letters in place of its tags; nothing where a tag is cut by the run."""
    read = TAG.sub(lambda tag: "x" * len(tag[0]), text)
    return "" if any(mark in read for mark in "{}%#") else read


def _cut(root: etree._Element) -> None:
    """Mark where each passage of a part begins, and where the last ends."""
    body = root.find(qn("w:body"))
    held = root if body is None else body
    for passage in held:
        passage.addprevious(etree.fromstring(CUT))
    held.append(etree.fromstring(CUT))


def _without_declarations(element: etree._Element) -> bytes:
    """An element as it is written in its part, which declares names that its first tag repeats."""
    first, end, rest = etree.tostring(element, encoding="unicode").partition(">")
    return f"{_DECLARED.sub('', first)}{end}{rest}".encode()


def _is_plain(paragraph: etree._Element) -> bool:
    """Whether a paragraph is text and nothing that is numbered, or told apart by its place in the file."""
    special = (qn("w:sectPr"), qn("w:drawing"), qn("w:pict"), qn("w:object"), qn("w:txbxContent"))
    same_names = paragraph.nsmap == paragraph.getroottree().getroot().nsmap
    return same_names and next(paragraph.iter(*special), None) is None


def _near_signatures(root: etree._Element) -> Iterator[etree._Element]:
    """The paragraphs before tables with tags: `layout.keep_signatures_together` may have to look at them."""
    for table in root.iter(qn("w:tbl")):
        letters = 0
        for element in table.itersiblings(preceding=True):
            if element.tag != qn("w:p") or letters >= LETTERS_KEPT:
                break
            yield element
            letters += 0 if _holds(element, _TAGS) else len(text_of(element).strip())


def _may_get_other_columns(table: etree._Element) -> bool:
    """Whether a rendering may give a table other columns than it declares, as docxtpl then mends.

    It may not where no tag makes cells and all rows have the columns declared, as long as there is a row.
    """
    widths = set()
    for row in table.iter(qn("w:tr")):
        text = text_of(row)
        if _CELL_TAG.search(text):
            return True
        if not _ROW_TAG.search(text):
            widths.add(_columns(row))
    return widths != {len(table.findall(f"{qn('w:tblGrid')}/{qn('w:gridCol')}"))}


def _columns(row: etree._Element) -> int:
    spans = [cell.find(f"{qn('w:tcPr')}/{qn('w:gridSpan')}") for cell in row.findall(qn("w:tc"))]
    return sum(1 if span is None else int(span.get(qn("w:val"), "1")) for span in spans)
