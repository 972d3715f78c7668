"""Dates and hours in words, and the days on which people work."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache, lru_cache
from typing import Final
from zoneinfo import ZoneInfo

# Where the law keeps more holidays than in the rest of France. Alsace-Moselle has one regime (C. trav.,
# art. L3134-13), which the library names by the Moselle; overseas: art. L3422-2.
_OWN_HOLIDAYS: Final = {"57": "57", "67": "57", "68": "57"} | {
    code: code for code in ("971", "972", "973", "974", "976")
}
_MONTHS: Final = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
_WEEKDAYS: Final = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_FRANCE: Final = ZoneInfo("Europe/Paris")
_HOUR: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


@lru_cache(maxsize=4096)  # an act writes its few dates many times
def written_date(date: dt.date, *, weekday: bool = False) -> str:
    """Return a date in words: "1er janvier 2027"; with its weekday: "jeudi 10 décembre 2026"."""
    day = "1er" if date.day == 1 else str(date.day)
    written = f"{day} {_MONTHS[date.month - 1]} {date.year}"
    return f"{_WEEKDAYS[date.weekday()]} {written}" if weekday else written


def written_hour(hour: str) -> str:
    """Return an hour of the day in words: "14:30" gives "14 h 30", "09:00" gives "9 h".

    Raises:
        ValueError: It is not an hour written hh:mm.
    """
    match = _HOUR.fullmatch(hour)
    if match is None:
        raise ValueError(f"not an hour: {hour}")
    hours, minutes = int(match[1]), match[2]
    return f"{hours} h" if minutes == "00" else f"{hours} h {minutes}"


def precise_moment(moment: dt.datetime) -> str:
    """Return a moment to the second, by the clock of France and by UTC, so that nobody has to ask which.

    "26/11/2026 à 14:05:09, heure de Paris (13:05:09 UTC)"; with the day by UTC where it is another.
    """
    local, universal = moment.astimezone(_FRANCE), moment.astimezone(dt.UTC)
    day = "" if universal.date() == local.date() else f"{universal:%d/%m/%Y} à "
    return f"{local:%d/%m/%Y à %H:%M:%S}, heure de Paris ({day}{universal:%H:%M:%S} UTC)"


def holiday(date: dt.date, department: str) -> str | None:
    """Return the name of a department's public holiday on a date, or None (C. trav., art. L3133-1)."""
    return _holidays(date.year, _OWN_HOLIDAYS.get(department)).get(date)


def is_working_day(date: dt.date, department: str) -> bool:
    """Tell whether a date is neither a Sunday nor a public holiday in a department."""
    return date.isoweekday() != 7 and holiday(date, department) is None


@cache
def _holidays(year: int, subdivision: str | None) -> dict[dt.date, str]:
    import holidays  # noqa: PLC0415  # it loads the holidays of every country

    calendar = holidays.country_holidays("FR", subdiv=subdivision, years=year, language="fr")
    return {date: name.replace("'", "’") for date, name in calendar.items()}
