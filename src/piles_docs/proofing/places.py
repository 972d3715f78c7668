"""Where a paragraph of a template stands, as staff see it: article, paragraph, page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from docx.oxml.ns import qn
from lxml import etree

from piles_docs.documents.blocks import file_of, included
from piles_docs.documents.template import TAG, Template, text_of
from piles_docs.documents.word_archive import parse_texts, read_members

BODY = "body"
_PART = re.compile(r"word/(document|[a-z-]*header\d*|[a-z-]*footer\d*|footnotes|endnotes)\.xml")
_MARGINS = {"header": "en-tête", "footer": "pied de page", "footnotes": "note", "endnotes": "note de fin"}
_HEADING = re.compile(r"(?:Heading|Titre)(\d)")
_TITLE = ("Title", "Titre")
_ARTICLE = re.compile(r"""\{\{\s*article\(\s*["'“‘](.+?)["'”’]\s*\)""")
_OPENS, _CLOSES = (
    re.compile(r"\{%(?:p|tr|tc)?\s*(?:if|for)\b"),
    re.compile(r"\{%(?:p|tr|tc)?\s*end(?:if|for)\b"),
)
# A shorter text is found on any page.
_TELLING_LETTERS, _LOOKED_FOR_LETTERS = 12, 40


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Paragraph:
    """A paragraph of a template or block, and where it stands."""

    file: str
    """The file as staff know it."""
    part: str
    """`body`, `header1`, `footer1`, `footnotes`…"""
    rank: int
    """Its rank in that part from 1, those in tables counted."""
    text: str
    where: str
    """« article 4 « Gouvernance », 2e paragraphe »."""
    level: int | None
    """0 for the document's title, 1 to 9 for a heading, None for other text."""
    element: etree._Element


def paragraphs_of(
    content: bytes, file: str, numbers: Mapping[str, int] | None = None
) -> tuple[Paragraph, ...]:
    """All paragraphs of a Word file: body, headers, footers, notes.

    Args:
        content: The bytes of the file.
        file: Its name as staff know it.
        numbers: The numbers of its articles, by the name that `article("…")` gives them, where known.

    Raises:
        TemplateInvalid: It is not a Word file.
    """
    found: list[Paragraph] = []
    for member, root in parse_texts(read_members(content, name=file), name=file).items():
        match = _PART.fullmatch(member)
        part = match[1].replace("document", BODY) if match else member
        position = _Position(numbers or {}) if part == BODY else _Margin(_margin(part))
        for rank, element in enumerate(root.iter(qn("w:p")), 1):
            text, level = text_of(element), level_of(element)
            where = position.of(element, text, level)
            found.append(
                Paragraph(
                    file=file, part=part, rank=rank, text=text, where=where, level=level, element=element
                )
            )
    return tuple(found)


def whole(template: Template) -> Iterator[Paragraph]:
    """The paragraphs of a template, with those of each block after the paragraph that includes it.

    Raises:
        TemplateInvalid: A file is not Word, or a block is missing.
    """
    blocks = {
        name: _block_paragraphs(content, file_of(name)) for name, content in template.used_blocks().items()
    }
    own = paragraphs_of(template.content, template.name)
    numbers = _article_numbers(_with_blocks(own, blocks, inside=()))
    own = paragraphs_of(template.content, template.name, numbers)
    yield from _with_blocks(own, blocks, inside=())


@lru_cache(maxsize=256)
def _block_paragraphs(content: bytes, file: str) -> tuple[Paragraph, ...]:
    return paragraphs_of(content, file)


def _article_numbers(paragraphs: Iterable[Paragraph]) -> dict[str, int]:
    """The number of each article, up to the first that only some cases have: from there on it depends."""
    numbers: dict[str, int] = {}
    depth = 0
    for paragraph in paragraphs:
        depth += len(_OPENS.findall(paragraph.text)) - len(_CLOSES.findall(paragraph.text))
        for name in _ARTICLE.findall(paragraph.text):
            if depth > 0:
                return numbers
            numbers.setdefault(name, len(numbers) + 1)
    return numbers


def _with_blocks(
    paragraphs: Sequence[Paragraph], blocks: dict[str, tuple[Paragraph, ...]], inside: tuple[str, ...]
) -> Iterator[Paragraph]:
    for paragraph in paragraphs:
        yield paragraph
        block = included(paragraph.text)
        if block in blocks and block not in inside:
            yield from _with_blocks(blocks[block], blocks, (*inside, block))


def level_of(paragraph: etree._Element) -> int | None:
    """The level of a heading, 0 for a title, None for other text."""
    style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    name = "" if style is None else style.get(qn("w:val"), "")
    heading = _HEADING.fullmatch(name)
    return int(heading[1]) if heading else 0 if name in _TITLE else None


def ordinal(number: int) -> str:
    """« 1er », « 2e »."""
    return f"{number}{'er' if number == 1 else 'e'}"


@dataclass(slots=True)
class _Position:
    """Says where each paragraph of a body stands, one after the other."""

    numbers: Mapping[str, int]
    heading: str = ""
    since: int = 0

    def of(self, element: etree._Element, text: str, level: int | None) -> str:
        if level is not None:
            self.heading, self.since = self._heading(text), 0
            return (
                f"titre de l’{self.heading}"
                if self.heading.startswith("article")
                else f"titre {self.heading}"
            )
        row = next(element.iterancestors(qn("w:tr")), None)
        if row is not None:
            rank = 1 + sum(1 for _ in row.itersiblings(qn("w:tr"), preceding=True))
            return self._after_heading(f"ligne {rank} du tableau")
        self.since += 1
        return self._after_heading(f"{ordinal(self.since)} paragraphe")

    def _after_heading(self, words: str) -> str:
        return f"{self.heading}, {words}" if self.heading else words

    def _heading(self, text: str) -> str:
        words = TAG.sub("", text).strip(" –-")
        article = _ARTICLE.search(text)
        if article is None:
            return f"« {words} »"
        title = re.sub(r"^Article\W*", "", words)
        number = self.numbers.get(article[1])
        return f"article {number} « {title} »" if number else f"article « {title} »"


@dataclass(slots=True)
class _Margin:
    """Says where each paragraph of a header, footer or note stands."""

    name: str
    rank: int = field(default=0)

    def of(self, _element: etree._Element, _text: str, _level: int | None) -> str:
        self.rank += 1
        return f"{self.name}, {ordinal(self.rank)} paragraphe"


def _margin(part: str) -> str:
    return next((name for kind, name in _MARGINS.items() if kind in part), part)


def pages(paragraphs: Sequence[Paragraph], page_texts: Sequence[str]) -> dict[tuple[str, int], int]:
    """The page, from 1, of each paragraph of a body, found by its text in the PDF of the same file.

    A paragraph too short to be told from others is on the page of the one before.
    """
    texts, current = [squeezed(text) for text in page_texts], 0
    found = {}
    for paragraph in paragraphs:
        if paragraph.part != BODY or not texts:
            continue
        looked_for = squeezed(paragraph.text)[:_LOOKED_FOR_LETTERS]
        if len(looked_for) >= _TELLING_LETTERS:
            later = (page for page in range(current, len(texts)) if looked_for in texts[page])
            current = next(later, current)
        found[paragraph.file, paragraph.rank] = current + 1
    return found


def squeezed(text: str) -> str:
    """A text as it can be compared: no white space, one apostrophe, and no hyphen.

    A PDF gives back a hyphen that ends a line as another character, or not at all.
    """
    return re.sub(r"[\s\u00ad\u2010\u2011\u200b\ufffe\u0002-]+", "", text).replace("'", "’")
