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
# A pattern must match text that is already set as well, or a second pass would find new matches: hence S.
_S: Final = f"[ {NO_BREAK_SPACE}{NARROW_NO_BREAK_SPACE}]"

_NARROW: Final = re.compile(
    " (?=[;!?%€])"
    rf"|(?<![\w.,-])\d{{1,3}}(?:{_S}\d{{3}})+(?![\w-])"  # thousands: 1 500
    rf"|(?<=\d) (?=(?:km|kg|ha|m²|k€|M€)(?!\w))"
)
_NO_BREAK: Final = re.compile(
    " (?=[:»])"
    "|(?<=«) "
    r"|(?<=\b[nN][°º]) (?=\w)"
    r"|(?:(?<=\bM\.)|(?<=\bMM\.)|(?<=\bMme)|(?<=\bMmes)) (?=\w)"
    r"|(?<=\bart\.) (?=\w)|(?<=\b[LRD]\.) (?=\d)"
    r"|(?:(?<=\b[aA]rticle)|(?<=\b[aA]rticles)) (?=(?:[LRD]\.?\s?)?\d)"
    r"|(?:(?<=\b[aA]nnexe)|(?<=\b[aA]linéa)|(?<=\bp\.)|(?<=§)) (?=\d)"
    rf"|(?:(?<=\d)|(?<=\d(?:er))) (?=(?:{_MONTHS})\b)"
    r"|(?:(?<=\d)|(?<=\d\))) (?=(?:heures?|jours?|mois|ans?|semaines?|minutes?|euros?|pages?)\b)"
    rf"|(?<!\d)\d{{1,2}}{_S}h(?:{_S}\d\d)?\b"
    rf"|(?:\b0|\+33{_S})\d(?:{_S}\d\d){{4}}\b"  # telephone
    rf"|\b\d{{3}}(?:{_S}\d{{3}}){{2}}{_S}\d{{5}}\b"  # SIRET
)


def typeset(text: str) -> str:
    """Return a paragraph with French apostrophes and no-break spaces; its length stays the same.

    Addresses of the web and of mail are left alone.
    """
    done = text.replace("'", "’")
    done = _NO_BREAK.sub(lambda match: match[0].replace(" ", NO_BREAK_SPACE), done)
    done = _NARROW.sub(lambda match: match[0].replace(" ", NARROW_NO_BREAK_SPACE), done)
    for address in _ADDRESS.finditer(text):
        done = done[: address.start()] + address[0] + done[address.end() :]
    return done
