"""Amounts and numbers, in figures and in words."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from num2words import num2words

_CENT = Decimal("0.01")
_MILLION = 1_000_000
NARROW_SPACE = "\u202f"


def in_figures(amount: Decimal) -> str:
    """An amount in figures: 1 500,00 €, with narrow no-break spaces."""
    rounded = amount.quantize(_CENT, ROUND_HALF_UP)
    return f"{rounded:,.2f}".replace(",", NARROW_SPACE).replace(".", ",") + f"{NARROW_SPACE}€"


def number_in_words(number: int) -> str:
    """A whole number in words, in the traditional spelling: quatre-vingts, vingt et un, deux cent vingt."""
    return str(num2words(number, lang="fr"))


def amount_in_words(amount: Decimal) -> str:
    """An amount in words: mille cinq cents euros, un million d’euros, … et cinquante-six centimes.

    Raises:
        ValueError: The amount is negative.
    """
    rounded = amount.quantize(_CENT, ROUND_HALF_UP)
    if rounded < 0:
        raise ValueError(f"negative amount: {amount}")
    euros = int(rounded)
    cents = int((rounded - euros) * 100)
    words = f"{number_in_words(euros)} {_unit(euros)}"
    if cents:
        words += f" et {number_in_words(cents)} centime{'s' if cents > 1 else ''}"
    return words


def _unit(euros: int) -> str:
    # « million » and « milliard » are nouns: they take « de » when nothing stands between them and the unit.
    if euros >= _MILLION and euros % _MILLION == 0:
        return "d’euros"
    return "euros" if euros > 1 else "euro"
