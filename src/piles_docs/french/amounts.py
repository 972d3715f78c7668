"""Numbers and amounts of money, in figures and in words, in the traditional spelling ("vingt et un")."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import Final

from num2words import num2words  # type: ignore[import-untyped]  # it ships no types

from piles_docs.french.agreement import Gender
from piles_docs.french.typography import NARROW_NO_BREAK_SPACE

_CENT: Final = Decimal("0.01")
_MILLION: Final = 1_000_000


def in_figures(amount: Decimal) -> str:
    """Return an amount of euros in figures, "1 500,00 €", with narrow no-break spaces.

    Raises:
        ValueError: The amount is finer than a cent: a contract never rounds by itself.
    """
    figures = f"{_in_cents(amount):,.2f}".replace(",", NARROW_NO_BREAK_SPACE).replace(".", ",")
    return f"{figures.replace('-', '−')}{NARROW_NO_BREAK_SPACE}€"


@lru_cache(maxsize=1024)  # a contract writes the same few numbers many times
def number_in_words(number: int, gender: Gender = Gender.MASCULINE) -> str:
    """Return a whole number in words: *quatre-vingts*, *deux cent vingt*; *vingt et une* (heures).

    Raises:
        ValueError: The number is negative.
    """
    if number < 0:
        raise ValueError(f"negative number: {number}")
    words = str(num2words(number, lang="fr"))
    # "Un" agrees only where it is the unit of the counted thing, not inside "un million".
    return f"{words}e" if gender is Gender.FEMININE and words.endswith("un") else words


def ordinal(number: int, gender: Gender = Gender.MASCULINE) -> str:
    """Return a rank in figures: "1er", "1re", "2e"; never "1ère" nor "2ème" (fact 6).

    Raises:
        ValueError: Ranks begin at 1.
    """
    if number < 1:
        raise ValueError(f"not a rank: {number}")
    first = "1re" if gender is Gender.FEMININE else "1er"
    return first if number == 1 else f"{number}e"


def amount_in_words(amount: Decimal) -> str:
    """Return an amount of euros in words: *mille cinq cents euros*, *un million d’euros*, *… et un centime*.

    Raises:
        ValueError: The amount is negative, or finer than a cent.
    """
    exact = _in_cents(amount)
    euros, cents = int(exact), int(exact % 1 * 100)
    written_cents = f"{number_in_words(cents)} centime{'s' if cents > 1 else ''}"
    if not cents:
        return _euros_in_words(euros)
    return f"{_euros_in_words(euros)} et {written_cents}" if euros else written_cents


def _euros_in_words(euros: int) -> str:
    # "Million" and "milliard" are nouns: they take "de" when nothing stands between them and the unit.
    if euros and euros % _MILLION == 0:
        return f"{number_in_words(euros)} d’euros"
    return f"{number_in_words(euros)} {'euros' if euros > 1 else 'euro'}"


def _in_cents(amount: Decimal) -> Decimal:
    if not amount.is_finite() or amount != amount.quantize(_CENT):
        raise ValueError(f"not an amount in whole cents: {amount}")
    return amount
