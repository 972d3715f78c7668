r"""A template as text: one line a paragraph, in a small markup that a person and `git diff` can read.

`@titre`, `@objet`… name a style, `#` and `##` are headings, `- ` a bullet, `|` a table row (`|=` the header
row, `@tableau 30 70` before it the column widths in %), `**bold**`, `__italic__`, `\\` a line break,
`@signatures` the table of signatures, `@saut` a page break. `%%` lines tell what the markup has no word for:
header, footer, notes, another style, a picture. `scripts/templates build` writes a template from this markup
and passes over `%%`.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from docx.oxml.ns import qn
from lxml import etree

from piles_docs.documents.word_archive import parse_texts, read_members

STYLES = {
    "surtitre": "Surtitre",
    "titre": "Title",
    "sous-titre": "Subtitle",
    "expediteur": "Expéditeur",
    "destinataire": "Destinataire",
    "lieu-date": "Lieu et date",
    "objet": "Objet",
    "mention": "Mention",
    "centre": "Centré",
    "encadre": "Encadré",
    "fait": "Fait à",
}
"""Word's name of each style, by its name in the markup."""

SIGNATURE_ROWS = (
    "| {%tr for signataire in signataires %} |",
    (
        "| {% if signataire.pour %}**Pour {{ signataire.pour }}**\\\\{% endif %}{{ signataire.nom }}\\\\"
        "{{ signataire.qualite }}\\\\Date : {% if signataire.date_a_la_main %}……………………{% endif %} | "
        "{{ signataire.case }} |"
    ),
    "| {%tr endfor %} |",
)
"""What `@signatures` stands for."""

_PREFIXES = {style: f"@{name} " for name, style in STYLES.items()} | {
    "heading 1": "# ",
    "heading 2": "## ",
    "List Bullet": "- ",
    "Normal": "",
    "Tableau": "",
}
_MARGINS = (("header", "en-tête"), ("footer", "pied de page"), ("footnotes", "note"), ("endnotes", "note"))
_DELETED = {qn("w:del"), qn("w:moveFrom")}
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_PICTURES = {qn("w:drawing"), qn("w:pict")}
_OFF = {"0", "false", "off"}
_PAGE_BREAK = "\f"


def template_text(content: bytes, *, name: str) -> str:
    """Write a Word file as text.

    Args:
        content: The bytes of the file.
        name: The file's name as the user knows it, for the message.

    Raises:
        TemplateInvalid: It is not a Word file.
    """
    members = read_members(content, name=name)
    styles = _style_names(members.get("word/styles.xml"))
    lines: list[str] = []
    for part, root in parse_texts(members, name=name).items():
        label = next((word for kind, word in _MARGINS if kind in part), None)
        if label is None:
            body = root.find(qn("w:body"))
            lines += _blocks(body if body is not None else root, styles)
        else:
            texts = (_inline(paragraph) for paragraph in root.iter(qn("w:p")))
            lines += [f"%% {label} : {text}" for text in texts if text.strip()]
    return "".join(f"{line}\n" for line in lines)


def _blocks(parent: etree._Element, styles: dict[str, str]) -> Iterator[str]:
    for element in parent:
        if element.tag == qn("w:p"):
            yield from _paragraph(element, styles)
        elif element.tag == qn("w:tbl"):
            yield from _table(element)
        elif element.tag in {qn("w:sdt"), qn("w:sdtContent")}:
            yield from _blocks(element, styles)


def _paragraph(paragraph: etree._Element, styles: dict[str, str]) -> Iterator[str]:
    text = _inline(paragraph)
    reference = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    style = "Normal" if reference is None else styles.get(reference.get(qn("w:val"), ""), "?")
    for box in paragraph.iter(qn("w:txbxContent")):
        if next(box.iterancestors(_FALLBACK), None) is None:
            yield from (f"%% zone de texte : {_inline(inner)}" for inner in box.iter(qn("w:p")))
    if next(paragraph.iter(*_PICTURES), None) is not None:
        yield "%% image"
    if _PAGE_BREAK in text or _is_on(paragraph.find(f"{qn('w:pPr')}/{qn('w:pageBreakBefore')}")):
        yield "@saut"
    if text := text.replace(_PAGE_BREAK, ""):
        if style not in _PREFIXES:
            yield f"%% style : {style}"
        yield _PREFIXES.get(style, "") + text


def _table(table: etree._Element) -> Iterator[str]:
    rows = []
    for row in table.iterchildren(qn("w:tr")):
        header = row.find(f"{qn('w:trPr')}/{qn('w:tblHeader')}") is not None
        cells = [
            " ".join(_inline(paragraph, plain=header) for paragraph in cell.iter(qn("w:p")))
            for cell in row.iter(qn("w:tc"))
            if next(cell.iterancestors(qn("w:tr"))) is row
        ]
        rows.append(f"{'|=' if header else '|'} {' | '.join(cells)} |")
    if tuple(row.replace(" |  |", " |") for row in rows) == SIGNATURE_ROWS:
        yield "@signatures"
        return
    widths = [
        int(column.get(qn("w:w"), "0")) for column in table.iterfind(f"{qn('w:tblGrid')}/{qn('w:gridCol')}")
    ]
    total = sum(widths) or 1
    yield " ".join(["@tableau", *(str(round(width * 100 / total)) for width in widths)])
    yield from rows


def _inline(paragraph: etree._Element, *, plain: bool = False) -> str:
    """The text of a paragraph with bold and italic; runs that Word has split without reason are one."""
    runs = [run for run in paragraph.iter(qn("w:r")) if _belongs(run, paragraph)]
    pieces = []
    for mark, group in groupby(runs, key=lambda run: "" if plain else _mark(run)):
        text = "".join(_text(run) for run in group)
        pieces.append(f"{mark}{text}{mark}" if text.strip() else text)
    return "".join(pieces)


def _belongs(run: etree._Element, paragraph: etree._Element) -> bool:
    """Whether a run is this paragraph's own: not a text box's inside it, and not deleted."""
    for ancestor in run.iterancestors():
        if ancestor is paragraph:
            return True
        if ancestor.tag in _DELETED or ancestor.tag == qn("w:p"):
            return False
    return False


def _mark(run: etree._Element) -> str:
    for tag, mark in (("w:b", "**"), ("w:i", "__")):
        if _is_on(run.find(f"{qn('w:rPr')}/{qn(tag)}")):
            return mark
    return ""


def _is_on(switch: etree._Element | None) -> bool:
    return switch is not None and switch.get(qn("w:val")) not in _OFF


def _text(run: etree._Element) -> str:
    pieces = []
    for element in run:
        if element.tag == qn("w:t"):
            pieces.append(element.text or "")
        elif element.tag == qn("w:tab"):
            pieces.append("\t")
        elif element.tag == qn("w:noBreakHyphen"):
            pieces.append("\u2011")
        elif element.tag in {qn("w:br"), qn("w:cr")}:
            pieces.append(_PAGE_BREAK if element.get(qn("w:type")) == "page" else "\\\\")
    return "".join(pieces)


def _style_names(styles: bytes | None) -> dict[str, str]:
    """Word's name of each style, by its id: ids are in the language of who made the file, names are not."""
    try:
        root = etree.fromstring(styles or b"<none/>")
    except etree.XMLSyntaxError:
        return {}  # every style is then shown as unknown
    names = {}
    for style in root.iter(qn("w:style")):
        name = style.find(qn("w:name"))
        if name is not None:
            names[style.get(qn("w:styleId"), "")] = name.get(qn("w:val"), "")
    return names
