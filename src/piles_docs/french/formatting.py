"""Identifiers as people read them, in groups held by no-break spaces."""

from __future__ import annotations

NO_BREAK_SPACE = "\u00a0"


def format_siret(number: str) -> str:
    """A SIREN or SIRET in groups: 732 829 320 00074."""
    return _groups(number, (3, 3, 3, 5))


def format_iban(number: str) -> str:
    """An IBAN in groups of four."""
    return _groups(number, (4,) * 9)


def format_phone(number: str) -> str:
    """A French phone number by pairs; +33 becomes 0; another country's stays as it is."""
    digits = "".join(sign for sign in number if sign.isdigit() or sign == "+")
    if digits.startswith("+33"):
        digits = "0" + digits[3:]
    return number if digits.startswith("+") else _groups(digits, (2,) * 5)


def join_words(words: list[str]) -> str:
    """A list in a sentence: a, b et c."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} et {words[-1]}" if words else ""


def _groups(text: str, sizes: tuple[int, ...]) -> str:
    plain = "".join(text.split())
    groups, at = [], 0
    for size in sizes:
        groups.append(plain[at : at + size])
        at += size
    return NO_BREAK_SPACE.join(group for group in [*groups, plain[at:]] if group)
