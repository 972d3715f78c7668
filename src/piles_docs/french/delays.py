"""Days that have gone by or are to come, as a sentence has them."""

from __future__ import annotations


def count_days(number: int) -> str:
    """Return a number of days: "0 jour", "1 jour", "12 jours"."""
    return f"{number} jour{'s' if number > 1 else ''}"


def ago(days: int) -> str:
    """Return how long ago something was: "aujourd’hui", "il y a 12 jours"."""
    return "aujourd’hui" if days == 0 else f"il y a {count_days(days)}"


def ending(day: str, days_left: int) -> str:
    """Return when a term ends: "prend fin le 31 décembre 2026, dans 35 jours".

    Args:
        day: the last day, in words.
        days_left: days from today to it; negative once it is over.
    """
    if days_left < 0:
        return f"a pris fin le {day}, {ago(-days_left)}"
    return f"prend fin le {day}, {'aujourd’hui' if days_left == 0 else f'dans {count_days(days_left)}'}"
