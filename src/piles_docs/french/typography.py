"""French typography, applied once to what reaches a page (usage; domain reference, 4.4).

Every rule replaces one character by one character, so that text spread over several runs of a Word
paragraph can be treated whole and given back run by run.
"""

from __future__ import annotations

import re
from typing import Final

NO_BREAK_SPACE: Final = "\u00a0"
NARROW_NO_BREAK_SPACE: Final = "\u202f"

_ADDRESS: Final = re.compile(r"(?:https?://|\bwww\.)[^\s«»<>]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_MONTHS: Final = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
_UNITS: Final = "heures?|jours?|mois|ans?|semaines?|minutes?|euros?|pages?"
# A pattern must match text that is already set as well, or a second pass would find new matches: hence S.
_S: Final = f"[ {NO_BREAK_SPACE}{NARROW_NO_BREAK_SPACE}]"


def _patterns(*written: str) -> tuple[re.Pattern[str], ...]:
    """Compile patterns, whose spaces are to be replaced.

    Each begins with a letter, a sign or a figure, and looks back from there: the search skips what has none.
    """
    return tuple(map(re.compile, written))


_WORDS: Final = _patterns(
    r"M(?<=\bM)(?:\.|M\.|mes?) (?=\w)",
    r"art\.(?<=\bart\.) (?=\w)",
    r"°(?<=\b[nN]°) (?=\w)",
    r"º(?<=\b[nN]º) (?=\w)",
)
_FIGURES: Final = _patterns(
    r"[LRD](?<=\b[LRD])\. (?=\d)",
    r"rticle(?<=\b[aA]rticle)s? (?=(?:[LRD]\.?\s?)?\d)",
    r"nnexe(?<=\b[aA]nnexe) (?=\d)",
    r"linéa(?<=\b[aA]linéa) (?=\d)",
    r"p\.(?<=\bp\.) (?=\d)",
    r"§ (?=\d)",
    rf"[0-9](?:(?:er)? (?=(?:{_MONTHS})\b)|\)? (?=(?:{_UNITS})\b))",
    rf"[0-9](?<!\d\d)\d?{_S}h(?:{_S}\d\d)?\b",
    rf"0(?<=\b0)\d(?:{_S}\d\d){{4}}\b",  # telephone
    rf"\+33{_S}\d(?:{_S}\d\d){{4}}\b",
    rf"[0-9](?<=\b\d)\d\d(?:{_S}\d{{3}}){{2}}{_S}\d{{5}}\b",  # SIRET
)
_NARROW_FIGURES: Final = _patterns(
    rf"[0-9](?<![\w.,-]\d)\d{{0,2}}(?:{_S}\d{{3}})+(?![\w-])",  # thousands: 1 500
    r"[0-9] (?=(?:km|kg|ha|m²|k€|M€)(?!\w))",
)
_NARROW: Final = re.compile(" (?=[;!?%€])")
_FIGURE: Final = re.compile("[0-9]")


def typeset(text: str) -> str:
    """Return a paragraph with French apostrophes and no-break spaces; its length stays the same.

    Addresses of the web and of mail are left alone.
    """
    if " " not in text and "'" not in text:  # a name, an amount in a table
        return text
    has_figure = _FIGURE.search(text) is not None
    done = text.replace("'", "’").replace(" :", f"{NO_BREAK_SPACE}:")
    done = done.replace(" »", f"{NO_BREAK_SPACE}»").replace("« ", f"«{NO_BREAK_SPACE}")
    for pattern in (*_WORDS, *_FIGURES) if has_figure else _WORDS:
        done = pattern.sub(_not_broken, done)
    done = _NARROW.sub(NARROW_NO_BREAK_SPACE, done)
    if has_figure:
        for pattern in _NARROW_FIGURES:
            done = pattern.sub(_narrow, done)
    if any(mark in text for mark in ("@", "://", "www.")):
        for address in _ADDRESS.finditer(text):
            done = done[: address.start()] + address[0] + done[address.end() :]
    return done


def _not_broken(match: re.Match[str]) -> str:
    return match[0].replace(" ", NO_BREAK_SPACE)


def _narrow(match: re.Match[str]) -> str:
    return match[0].replace(" ", NARROW_NO_BREAK_SPACE)
