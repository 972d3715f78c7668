"""Set the paragraphs of a document: the numbers of articles, French typography, raised ordinals."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from docx.oxml.ns import qn
from lxml import etree

from piles_docs.documents.layout import ORDINAL, is_amount, keep_lead_in, raise_ordinals
from piles_docs.french.typography import typeset

_PIECES = (qn("w:t"), qn("w:br"), qn("w:tab"))
_TEXT = qn("w:t")
# Private characters stand for an article's number, known only once all articles are printed.
_REFERENCE = re.compile("\ue000(.*?)\ue001")
_BREAK = "\n"
"""A line break or a tab ends what its neighbours may hold together: « 9 h », then the name of a hall."""


class UnknownArticle(LookupError):
    """A reference names an article that the document does not have; its argument is that name."""


class SetText(NamedTuple):
    """The text of a paragraph once it is set, and what has to be known of it."""

    pieces: tuple[str, ...]
    """Of each text, line break and tab."""
    text: str
    """All of them; a new line for a break or a tab."""
    squeezed: str
    """The same as `squeezed` makes it."""
    has_ordinal: bool
    is_lead_in: bool
    is_amount: bool


def reference_to(article: str) -> str:
    """What a template prints for an article's number, until `resolved` knows it."""
    return f"\ue000{article}\ue001"


def resolved(xml: str, articles: Mapping[str, int]) -> str:
    """A rendered part with the numbers of the articles that it refers to.

    Args:
        xml: The part.
        articles: The numbers of the document's articles, by name.

    Raises:
        UnknownArticle: It refers to an article that is not there.
    """
    return _REFERENCE.sub(lambda match: _number(match[1], articles), xml)


def squeezed(text: str) -> str:
    """A text without what typography may change in it: its spaces, and the form of its apostrophes."""
    return "".join(text.split()).replace("'", "’")


def set_paragraph(paragraph: etree._Element) -> SetText:
    """Set a paragraph (`w:p`), and keep it with what it leads to."""
    elements = list(paragraph.iter(*_PIECES))
    pieces = tuple([(element.text or "") if element.tag == _TEXT else _BREAK for element in elements])
    done = _set(pieces)
    if done.pieces != pieces:
        for element, before, after in zip(elements, pieces, done.pieces, strict=True):
            if before != after:
                element.text = after
    if done.has_ordinal:
        raise_ordinals(paragraph)
    if done.is_lead_in:
        keep_lead_in(paragraph)
    return done


@lru_cache(maxsize=8192)  # most paragraphs of a document are those of the one before
def _set(pieces: tuple[str, ...]) -> SetText:
    text, at, done = typeset("".join(pieces)), 0, []
    for piece in pieces:
        done.append(text[at : at + len(piece)])
        at += len(piece)
    return SetText(
        pieces=tuple(done),
        text=text,
        squeezed=squeezed(text),
        has_ordinal=any(ORDINAL.search(piece) for piece in pieces),
        is_lead_in=text.rstrip().endswith(":"),
        is_amount=is_amount(text),
    )


def _number(name: str, articles: Mapping[str, int]) -> str:
    if name not in articles:
        raise UnknownArticle(name)
    return str(articles[name])
