"""The annual convention proposed for the year that follows."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piles_docs.case.models import Case, Contribution
from piles_docs.case.reading import read_case
from piles_docs.case.renewal import a_year_on, anniversary

CASES = Path(__file__).parents[2] / "cases"
DAYS = st.dates(dt.date(1997, 1, 1), dt.date(2098, 12, 31))


@pytest.fixture(scope="module")
def case() -> Case:
    reading = read_case((CASES / "embrunais.yaml").read_bytes(), "cases/embrunais.yaml")
    assert reading.case
    return reading.case


def _with(case: Case, **of_the_convention: object) -> Case:
    annual = case.conventions.annuelle
    assert annual
    changed = case.conventions.model_copy(update={"annuelle": annual.model_copy(update=of_the_convention)})
    return case.model_copy(update={"conventions": changed})


def test_the_proposal_is_for_the_twelve_months_that_follow(case: Case) -> None:
    proposed = a_year_on(case).conventions.annuelle
    assert proposed
    assert (proposed.annee, proposed.debut, proposed.fin) == (
        2027,
        dt.date(2027, 1, 1),
        dt.date(2027, 12, 31),
    )
    assert proposed.date == "a-la-signature"


def test_the_amount_stays_and_its_instalments_fall_a_year_later(case: Case) -> None:
    proposed = a_year_on(case).conventions.annuelle
    assert proposed
    assert isinstance(proposed.contribution, Contribution)
    assert proposed.contribution.montant == Decimal(450)
    assert [(one.le, one.montant) for one in proposed.contribution.echeances] == [
        (dt.date(2027, 5, 31), Decimal(225)),
        (dt.date(2027, 10, 31), Decimal(225)),
    ]


def test_what_belongs_to_the_year_that_ends_is_not_carried_over(case: Case) -> None:
    annual = case.conventions.annuelle
    assert annual
    assert isinstance(annual.contribution, Contribution)
    granted = annual.contribution.model_copy(update={"autorisation": "lettre du Département du 3 mars 2026"})
    old = _with(case, contribution=granted, calendrier=(dt.date(2026, 6, 2),))
    proposed = a_year_on(old).conventions.annuelle
    assert proposed
    assert isinstance(proposed.contribution, Contribution)
    assert proposed.contribution.autorisation is None
    assert proposed.calendrier == ()


def test_nothing_due_stays_nothing_due(case: Case) -> None:
    proposed = a_year_on(_with(case, contribution="aucune")).conventions.annuelle
    assert proposed
    assert proposed.contribution == "aucune"


def test_nothing_else_of_the_case_changes(case: Case) -> None:
    proposed = a_year_on(case)
    assert proposed.conventions.cadre == case.conventions.cadre
    without = {"conventions"}
    assert proposed.model_dump(exclude=without) == case.model_dump(exclude=without)


def test_a_case_without_annual_convention_is_left_as_it_is(case: Case) -> None:
    bare = case.model_copy(update={"conventions": case.conventions.model_copy(update={"annuelle": None})})
    assert a_year_on(bare) == bare


@given(end=DAYS)
def test_years_follow_without_gap_and_never_last_more_than_twelve_months(case: Case, end: dt.date) -> None:
    proposed = a_year_on(_with(case, fin=end)).conventions.annuelle
    assert proposed
    assert proposed.debut
    assert proposed.fin
    assert proposed.debut - end == dt.timedelta(days=1)
    assert 365 <= (proposed.fin - proposed.debut).days + 1 <= 366
    assert proposed.fin < anniversary(proposed.debut)


@pytest.mark.parametrize(
    ("day", "later"),
    [
        (dt.date(2026, 5, 31), dt.date(2027, 5, 31)),
        (dt.date(2028, 2, 29), dt.date(2029, 3, 1)),
        (dt.date(2027, 2, 28), dt.date(2028, 2, 28)),
    ],
)
def test_an_anniversary_is_the_same_day_or_the_first_of_march(day: dt.date, later: dt.date) -> None:
    assert anniversary(day) == later
