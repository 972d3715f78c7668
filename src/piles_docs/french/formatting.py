"""Identifiers as people read them, in groups held by no-break spaces, and lists in a sentence."""

from __future__ import annotations

import re
from collections.abc import Sequence

from piles_docs.french.typography import NO_BREAK_SPACE


def format_siret(number: str) -> str:
    """Return a SIREN or SIRET in groups: "732 829 320", "732 829 320 00074"."""
    return _grouped(number, 3, 3, 3, 5)


def format_iban(number: str) -> str:
    """Return an IBAN in groups of four: "FR14 2004 1010 0505 0001 3M02 606"."""
    return _grouped(number.upper(), *[4] * 9)


def format_training_number(number: str) -> str:
    """Return a training body's number as its receipt shows it: "93 13 00000 00"."""
    return _grouped(number, 2, 2, 5, 2)


def format_phone(number: str) -> str:
    """Return a French telephone number by pairs, "04 00 00 00 00"; +33 becomes 0, another country's stays."""
    national = re.sub(r"^(?:\+|00)330?", "0", re.sub(r"[^\d+]", "", number))
    return _grouped(national, *[2] * 5) if re.fullmatch(r"0\d{9}", national) else number


def join_words(words: Sequence[str]) -> str:
    """Return a list as a sentence has it: "a, b et c"."""
    *first, last = words or [""]
    return f"{', '.join(first)} et {last}" if first else last


def _grouped(text: str, *sizes: int) -> str:
    rest = "".join(text.split())
    groups = []
    for size in sizes:
        groups.append(rest[:size])
        rest = rest[size:]
    return NO_BREAK_SPACE.join(group for group in groups if group) + rest
