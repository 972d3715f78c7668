"""Set the paragraphs of a document: the numbers of articles, French typography, raised ordinals."""

from __future__ import annotations

import re
from collections.abc import Mapping

from docx.oxml.ns import qn
from lxml import etree

from piles_docs.documents.layout import ORDINAL, keep_lead_in, raise_ordinals
from piles_docs.french.typography import typeset

_PIECES = (qn("w:t"), qn("w:br"), qn("w:tab"))
_TEXT = qn("w:t")
# Private characters stand for an article's number, known only once all articles are printed.
_REFERENCE = re.compile("\ue000(.*?)\ue001")
_BREAK = "\n"
"""A line break or a tab ends what its neighbours may hold together: « 9 h », then the name of a hall."""


class UnknownArticle(LookupError):
    """A reference names an article that the document does not have; its argument is that name."""


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
    if "\ue000" not in xml:  # the search for a pattern takes longer
        return xml
    return _REFERENCE.sub(lambda match: _number(match[1], articles), xml)


def squeezed(text: str) -> str:
    """A text without what typography may change in it: its spaces, and the form of its apostrophes."""
    return "".join(text.split()).replace("'", "’")


def set_paragraph(paragraph: etree._Element) -> str:
    """Set a paragraph, and keep it with what it leads to; return its text, a new line for a break or a tab.

    Args:
        paragraph: A `w:p`; it is changed.
    """
    elements = list(paragraph.iter(*_PIECES))
    pieces = [(element.text or "") if element.tag == _TEXT else _BREAK for element in elements]
    text, at = typeset("".join(pieces)), 0
    for element, before in zip(elements, pieces, strict=True):
        after = text[at : at + len(before)]
        at += len(before)
        if before != after:
            element.text = after
    if any(ORDINAL.search(piece) for piece in pieces):
        raise_ordinals(paragraph)
    if text.rstrip().endswith(":"):
        keep_lead_in(paragraph)
    return text


def _number(name: str, articles: Mapping[str, int]) -> str:
    if name not in articles:
        raise UnknownArticle(name)
    return str(articles[name])
