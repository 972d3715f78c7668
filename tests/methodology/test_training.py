from __future__ import annotations

import datetime as dt
from itertools import pairwise, product

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from piles_docs.methodology.training import (
    SKILLS,
    ImpossibleDates,
    TrainingPlan,
    catalogue,
    half_days_by_skill,
    skill_titles,
    training_plan,
)

MONDAY, TUESDAY, NEXT_MONDAY = dt.date(2027, 1, 18), dt.date(2027, 1, 19), dt.date(2027, 1, 25)
DATES = (MONDAY, TUESDAY, NEXT_MONDAY)
EVERY_PROFILE = [dict(zip(SKILLS, levels, strict=True)) for levels in product(range(4), repeat=4)]
BEGINNER = dict.fromkeys(SKILLS, 0)


def plan(profile: dict[str, int]) -> TrainingPlan:
    return training_plan(profile, DATES, "04")


def test_whatever_the_profile_the_training_is_three_days_of_two_half_days_21_hours_in_all() -> None:
    assert len(EVERY_PROFILE) == 256
    slots = [(date, moment) for date in DATES for moment in ("matin", "après-midi")]
    for profile in EVERY_PROFILE:
        made = plan(profile)
        assert [(session.date, session.moment) for session in made.sessions] == slots
        assert made.hours == 21
        assert made.days == 3


def test_whatever_the_profile_no_module_comes_twice_and_each_skill_is_met() -> None:
    for profile in EVERY_PROFILE:
        modules = [session.module for session in plan(profile).sessions]
        assert len({module.title for module in modules}) == 6
        assert {module.skill for module in modules} == set(SKILLS)


def test_whatever_the_profile_a_skill_begins_with_its_first_module() -> None:
    for profile in EVERY_PROFILE:
        modules = [session.module for session in plan(profile).sessions]
        for skill in SKILLS:
            taken = [module for module in modules if module.skill == skill]
            assert taken == [module for module in catalogue() if module.skill == skill][: len(taken)]


def test_a_skill_that_is_less_mastered_never_takes_fewer_half_days() -> None:
    for profile in EVERY_PROFILE:
        shares = half_days_by_skill(profile)
        by_level = sorted(SKILLS, key=lambda skill: profile[skill])
        for weaker, stronger in pairwise(by_level):
            if profile[weaker] < profile[stronger]:
                assert shares[weaker] >= shares[stronger]


def test_the_one_skill_to_discover_takes_half_of_the_training() -> None:
    profile = {"economie-solidaire": 3, "accueil": 3, "animation": 3, "outils": 0}
    assert half_days_by_skill(profile) == {
        "economie-solidaire": 1,
        "accueil": 1,
        "animation": 1,
        "outils": 3,
    }


def test_a_half_day_lasts_three_hours_and_a_half() -> None:
    for session in plan(BEGINNER).sessions:
        begins, ends = (dt.datetime.strptime(hour, "%H:%M") for hour in (session.begins, session.ends))  # noqa: DTZ007
        assert ends - begins == dt.timedelta(hours=3, minutes=30)


def test_the_days_are_taken_in_their_order_whatever_the_order_of_the_file() -> None:
    assert training_plan(BEGINNER, (NEXT_MONDAY, MONDAY, TUESDAY), "04") == plan(BEGINNER)


def test_each_skill_has_modules_enough_for_the_neediest_profile() -> None:
    by_skill = {skill: [module for module in catalogue() if module.skill == skill] for skill in SKILLS}
    assert {skill: len(modules) for skill, modules in by_skill.items()} == dict.fromkeys(SKILLS, 3)
    assert len(catalogue()) == 12
    assert all(module.objectives and module.content and module.method for module in catalogue())


def test_each_skill_has_its_french_title() -> None:
    assert tuple(skill_titles()) == SKILLS
    assert all(title[0].isupper() for title in skill_titles().values())


@pytest.mark.parametrize(
    ("dates", "number"),
    [
        ((), 0),
        ((MONDAY, TUESDAY), 2),
        ((MONDAY, TUESDAY, TUESDAY), 2),
        ((*DATES, dt.date(2027, 1, 26)), 4),
    ],
)
def test_anything_but_three_different_days_is_refused(dates: tuple[dt.date, ...], number: int) -> None:
    with pytest.raises(ImpossibleDates) as refused:
        training_plan(BEGINNER, dates, "04")
    assert str(refused.value) == f"la formation dure trois jours différents ; le dossier en donne {number}"


def test_a_sunday_is_refused_by_its_date() -> None:
    with pytest.raises(ImpossibleDates, match=r"^le 24 janvier 2027 est un dimanche$"):
        training_plan(BEGINNER, (MONDAY, TUESDAY, dt.date(2027, 1, 24)), "04")


def test_a_public_holiday_is_refused_by_its_name() -> None:
    with pytest.raises(ImpossibleDates, match=r"^le 14 juillet 2027 est férié .*[Ff]ête nationale"):
        training_plan(BEGINNER, (dt.date(2027, 7, 12), dt.date(2027, 7, 13), dt.date(2027, 7, 14)), "04")


BOXING_DAY = (dt.date(2026, 12, 21), dt.date(2026, 12, 22), dt.date(2026, 12, 26))


def test_the_26th_of_december_is_a_holiday_in_the_bas_rhin() -> None:
    with pytest.raises(ImpossibleDates, match=r"^le 26 décembre 2026 est férié"):
        training_plan(BEGINNER, BOXING_DAY, "67")


def test_the_26th_of_december_is_a_day_like_another_in_the_var() -> None:
    assert training_plan(BEGINNER, BOXING_DAY, "83").days == 3


def _easter(year: int) -> dt.date:
    """Easter Sunday by Oudin's algorithm, apart from the library that the program asks."""
    century, golden = year // 100, year % 19
    moon = (century - century // 4 - (century - (century - 17) // 25) // 3 + 19 * golden + 15) % 30
    moon -= (moon // 28) * (1 - (29 // (moon + 1)) * ((21 - golden) // 11))
    offset = moon - (year + year // 4 + moon + 2 - century + century // 4) % 7
    month = 3 + (offset + 40) // 44
    return dt.date(year, month, offset + 28 - 31 * (month // 4))


def _is_off(day: dt.date) -> bool:
    """A Sunday, or one of the eleven holidays of the Code du travail, art. L3133-1."""
    fixed = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}
    movable = {_easter(day.year) + dt.timedelta(days=days) for days in (1, 39, 50)}
    return day.isoweekday() == 7 or (day.month, day.day) in fixed or day in movable


@given(st.sets(st.dates(dt.date(2010, 1, 1), dt.date(2040, 12, 31)), min_size=3, max_size=3))
@example({dt.date(2027, 3, 29), MONDAY, TUESDAY})  # Easter Monday
@example({dt.date(2027, 5, 6), MONDAY, TUESDAY})  # Ascension
@example({dt.date(2027, 5, 17), MONDAY, TUESDAY})  # Whit Monday
def test_three_days_make_a_training_when_none_is_a_sunday_or_a_holiday(dates: set[dt.date]) -> None:
    try:
        made = training_plan(BEGINNER, tuple(dates), "04")
    except ImpossibleDates:
        assert any(_is_off(day) for day in dates)
    else:
        assert not any(_is_off(day) for day in dates)
        assert {session.date for session in made.sessions} == dates
