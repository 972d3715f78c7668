"""French typography, applied once to what reaches a page (domain reference, 4.4).

Every rule replaces one character by one character, so that text spread over several runs of a Word
paragraph can be treated whole and given back run by run.
"""

from __future__ import annotations

import re

_NARROW, _NO_BREAK, _APOSTROPHE = "\u202f", "\u00a0", "’"
# Left alone: addresses of the web and of mail, and nothing else.
_UNTOUCHED = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\S+")
_MONTHS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
_RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"'"), _APOSTROPHE),
    (re.compile(r"[ \u00a0](?=[;!?%€])"), _NARROW),
    (re.compile(r" (?=:(?:\s|$))"), _NO_BREAK),
    (re.compile(r"(?<=«) | (?=»)"), _NO_BREAK),
    (re.compile(r"(?<=\d) (?=\d{3}(?!\d))"), _NO_BREAK),
    (re.compile(r"(?<=\bn°) |(?<=\bM\.) |(?<=\bMme) |(?<=\bart\.) |(?<=\b[Aa]rticle) (?=\d)|(?<=\b[Aa]rticles) (?=\d)"), _NO_BREAK),
    (re.compile(rf"(?<=\d) (?=(?:{_MONTHS})\b)|(?<=\b1er) (?=(?:{_MONTHS})\b)"), _NO_BREAK),
    (re.compile(r"(?<=\d) (?=h\b)|(?<=\d[ \u00a0]h) (?=\d)"), _NO_BREAK),
)  # fmt: skip


def typeset(text: str) -> str:
    """Set a paragraph's apostrophes and no-break spaces; the length stays the same."""
    pieces, at = [], 0
    for match in _UNTOUCHED.finditer(text):
        pieces += [_set(text[at : match.start()]), match[0]]
        at = match.end()
    return "".join([*pieces, _set(text[at:])])


def _set(text: str) -> str:
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text
