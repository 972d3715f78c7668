"""Forms: the markup of a passage, kept so that the same markup around other texts is not read as XML again.

Most passages that are new in a document are one of the document before, with another name in it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape, unescape

from piles_docs.documents.layout import ORDINAL, is_amount
from piles_docs.french.typography import typeset

_TEXT = re.compile(r"(<w:t(?: [^>/]*)?)(?:/>|>([^<]*)</w:t>)")
_MARK = re.compile("<w:(?:p|br|tab)[ />]")
_PARAGRAPH, _LINE = "\0", "\n"
_NESTED = "<w:txbxContent"
_ENTITIES = {"&quot;": '"', "&#x27;": "'", "&#34;": '"', "&#39;": "'"}
_OTHER_ENTITY = re.compile("&(?!amp;|lt;|gt;|quot;|#x27;|#34;|#39;)")
_UNFIT = re.compile("[^\n -\ud7ff\ue004-\ufffd\U00010000-\U0010ffff]")
"""What XML does not take or takes for something else, and signs in whose place something goes."""
_MOST_KNOWN = 1024

_known: dict[tuple[str, ...], _Form] = {}
"""By what comes before the passages of a part, and the markup as it was rendered."""


def learn(head: str, passage: str, made: str) -> None:
    """Keep what became of the markup of a passage, if nothing but its markup decided on it.

    Args:
        head: What comes before the passages of its part.
        passage: As it was rendered, without anything that other passages decide on.
        made: What became of it.
    """
    markup, written = _split(passage)
    after, texts = _split(made)
    form = _Form(after, [_marks(one) for one in markup[::2]])
    if _NESTED not in passage and form.typeset(written) == texts:
        if len(_known) > _MOST_KNOWN:
            _known.clear()
        _known[(head, *markup)] = form


def fill(head: str, passage: str) -> tuple[str, str] | None:
    """What becomes of a passage whose markup is known, and its text; None where it has to be read."""
    markup, written = _split(passage)
    form = _known.get((head, *markup))
    texts = form.typeset(written) if form and not _OTHER_ENTITY.search(passage) else None
    if form is None or texts is None:
        return None
    made = form.markup.copy()
    made[1::2] = [
        f"{tag}>{text}</w:t>" if text else f"{tag}/>" for tag, text in zip(made[1::2], texts, strict=True)
    ]
    return "".join(made), _read("".join(texts))


def text_of(passage: str) -> str:
    """The text of a passage, as it was rendered."""
    return _read("".join(_split(passage)[1]))


class _Form(NamedTuple):
    markup: list[str]
    """Around the texts; every second piece is the first tag of a text, without its end."""
    marks: list[str]
    """Before, between and after the texts: where paragraphs begin, and lines and tabs in them."""

    def typeset(self, written: Sequence[str]) -> list[str] | None:
        """Texts as they go into the file; None where they decide on the markup (`passages.Finishing`)."""
        texts = [_read(text) for text in written]
        whole = "".join([piece for pair in zip(self.marks, [*texts, ""], strict=True) for piece in pair])
        paragraphs = [typeset(paragraph) for paragraph in whole.split(_PARAGRAPH)]
        if any(map(ORDINAL.search, texts)) or any(map(_is_special, paragraphs)):
            return None
        whole, at, done = _PARAGRAPH.join(paragraphs), 0, []
        for marks, text in zip(self.marks, texts, strict=False):
            at += len(marks) + len(text)
            done.append(escape(whole[at - len(text) : at]))
        return done


def _is_special(paragraph: str) -> bool:
    """Whether it leads to what follows, is aligned with others, or is not just letters."""
    return paragraph.rstrip().endswith(":") or is_amount(paragraph) or _UNFIT.search(paragraph) is not None


def _marks(markup: str) -> str:
    return "".join([_PARAGRAPH if found[0].startswith("<w:p") else _LINE for found in _MARK.finditer(markup)])


def _read(text: str) -> str:
    return unescape(text, _ENTITIES) if "&" in text else text


def _split(passage: str) -> tuple[list[str], list[str]]:
    """The markup of a passage, every second piece the first tag of a text without its end; and the texts."""
    parts = _TEXT.split(passage)
    texts = [text or "" for text in parts[2::3]]
    del parts[2::3]
    return parts, texts
