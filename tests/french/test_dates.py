from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piles_docs.french.dates import holiday, is_working_day, precise_moment, written_date, written_hour

WEEKDAYS = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]
MONTHS = ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre",
          "novembre", "décembre"]  # fmt: skip


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        (dt.date(2011, 1, 5), "mercredi 5 janvier 2011"),
        (dt.date(2011, 1, 1), "samedi 1er janvier 2011"),
        (dt.date(2026, 12, 10), "jeudi 10 décembre 2026"),
        (dt.date(2027, 8, 21), "samedi 21 août 2027"),
        (dt.date(2027, 2, 11), "jeudi 11 février 2027"),
    ],
)
def test_a_date_is_written_in_words(date: dt.date, expected: str) -> None:
    assert written_date(date, weekday=True) == expected
    assert written_date(date) == expected.split(" ", 1)[1]


@given(st.dates(dt.date(1900, 1, 1), dt.date(2200, 12, 31)))
def test_a_written_date_reads_back(date: dt.date) -> None:
    weekday, day, month, year = written_date(date, weekday=True).split(" ")
    assert dt.date(int(year), MONTHS.index(month) + 1, int(day.removesuffix("er"))) == date
    assert WEEKDAYS.index(weekday) == date.weekday()
    assert day.endswith("er") is (date.day == 1)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-11-26T13:05:09+00:00", "26/11/2026 à 14:05:09, heure de Paris (13:05:09 UTC)"),
        ("2026-07-14T10:00:00-04:00", "14/07/2026 à 16:00:00, heure de Paris (14:00:00 UTC)"),
        (
            "2026-12-31T23:59:59+00:00",
            "01/01/2027 à 00:59:59, heure de Paris (31/12/2026 à 23:59:59 UTC)",
        ),
    ],
)
def test_a_moment_is_told_by_both_clocks(moment: str, expected: str) -> None:
    assert precise_moment(dt.datetime.fromisoformat(moment)) == expected


@pytest.mark.parametrize(("hour", "expected"), [("14:30", "14 h 30"), ("09:00", "9 h"), ("9:05", "9 h 05")])
def test_an_hour_is_written_in_words(hour: str, expected: str) -> None:
    assert written_hour(hour) == expected


def test_every_minute_of_the_day_reads_back() -> None:
    for minutes in range(24 * 60):
        hour = f"{minutes // 60:02d}:{minutes % 60:02d}"
        written = re.fullmatch(r"(0|[1-9]\d?) h(?: (\d\d))?", written_hour(hour))
        assert written, hour
        assert int(written[1]) * 60 + int(written[2] or 0) == minutes
        assert written[2] != "00"


@pytest.mark.parametrize("hour", ["14h30", "24:00", "12:60", "", "1:5"])
def test_what_is_no_hour_is_refused(hour: str) -> None:
    with pytest.raises(ValueError, match="not an hour"):
        written_hour(hour)


@pytest.mark.parametrize(
    ("date", "name"),
    [
        (dt.date(2027, 1, 1), "Jour de l’an"),
        (dt.date(2027, 3, 29), "Lundi de Pâques"),
        (dt.date(2027, 5, 6), "Ascension"),
        (dt.date(2026, 11, 11), "Armistice"),
    ],
)
def test_a_public_holiday_has_its_name_and_nobody_works(date: dt.date, name: str) -> None:
    assert holiday(date, "04") == name
    assert not is_working_day(date, "04")


@pytest.mark.parametrize("department", ["57", "67", "68"])
def test_alsace_and_moselle_keep_good_friday_and_saint_stephen(department: str) -> None:
    assert holiday(dt.date(2027, 3, 26), department) == "Vendredi saint"
    assert holiday(dt.date(2028, 12, 26), department) == "Saint-Étienne"
    assert is_working_day(dt.date(2027, 3, 26), "04")


def test_overseas_departments_keep_the_abolition_of_slavery() -> None:
    assert not is_working_day(dt.date(2027, 12, 20), "974")
    assert is_working_day(dt.date(2027, 12, 20), "2A")


def test_saturday_is_worked_and_sunday_is_not() -> None:
    assert is_working_day(dt.date(2027, 1, 16), "83")
    assert not is_working_day(dt.date(2027, 1, 17), "83")
    assert holiday(dt.date(2027, 1, 17), "83") is None
