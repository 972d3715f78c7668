"""Dates and hours in words, and the days on which people work."""

from __future__ import annotations

import datetime as dt
import re

import holidays
from babel.dates import format_date

# Departments with holidays of their own, by the library's codes: Alsace-Moselle and overseas.
_OWN_HOLIDAYS = {"57": "57", "67": "6AE", "68": "6AE", "971": "971", "972": "972", "973": "973", "974": "974", "976": "976"}
_FIRST = re.compile(r"(?<!\d)1 (?=[a-zéû])")
_HOUR = re.compile(r"(\d{1,2}):(\d{2})")


def written_date(date: dt.date, *, weekday: bool = False) -> str:
    """A date in words: 10 décembre 2026, 1er janvier 2027; with its weekday: jeudi 10 décembre 2026."""
    text = format_date(date, "EEEE d MMMM y" if weekday else "d MMMM y", locale="fr")
    return _FIRST.sub("1er ", text)


def written_hour(hour: str) -> str:
    """An hour in words: 14 h 30, 9 h.

    Raises:
        ValueError: It is not written hh:mm.
    """
    match = _HOUR.fullmatch(hour)
    if match is None:
        raise ValueError(f"not an hour: {hour}")
    hours, minutes = int(match[1]), match[2]
    return f"{hours} h" if minutes == "00" else f"{hours} h {minutes}"


def holiday(date: dt.date, department: str) -> str | None:
    """Name the public holiday that falls on a date, or None (C. trav., art. L3133-1 and L3134-13)."""
    calendar = holidays.country_holidays("FR", subdiv=_OWN_HOLIDAYS.get(department), years=date.year, language="fr")
    name = calendar.get(date)
    return name if name is None else str(name)


def is_working_day(date: dt.date, department: str) -> bool:
    """Tell whether a date is neither a Sunday nor a public holiday in a department."""
    return date.isoweekday() != 7 and holiday(date, department) is None
