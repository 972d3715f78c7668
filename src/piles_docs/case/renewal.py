"""The case as it would be a year on: what a proposal to renew the annual convention encloses a draft of."""

from __future__ import annotations

from datetime import date, timedelta

from piles_docs.case.models import AnnualConvention, Case, Contribution, ContributionOrNone


def anniversary(day: date) -> date:
    """The same day a year later; the day after it for 29 February, so that a year is whole."""
    is_leap_day = (day.month, day.day) == (2, 29)
    return date(day.year + 1, 3, 1) if is_leap_day else day.replace(year=day.year + 1)


def a_year_on(case: Case) -> Case:
    """Return the case with its annual convention proposed anew for the twelve months after its end.

    The amount is carried over and its instalments fall a year later. What belongs to the year that ends is
    not: the date of signature, the dates of the network's meetings, a funder's authorisation (fact 59).
    A convention without end has no dates in its proposal either.
    """
    annual = case.conventions.annuelle
    if annual is None:
        return case
    start = annual.fin + timedelta(days=1) if annual.fin else None
    proposed = annual.model_copy(
        update={
            "annee": annual.annee + 1 if annual.annee else None,
            "date": "a-la-signature",
            "debut": start,
            "fin": anniversary(start) - timedelta(days=1) if start else None,
            "calendrier": (),
            "contribution": _moved(annual.contribution),
        }
    )
    return _with_annual(case, proposed)


def _moved(contribution: ContributionOrNone | None) -> ContributionOrNone | None:
    if not isinstance(contribution, Contribution):
        return contribution
    instalments = tuple(
        instalment.model_copy(update={"le": anniversary(instalment.le)})
        for instalment in contribution.echeances
    )
    return contribution.model_copy(update={"echeances": instalments, "autorisation": None})


def _with_annual(case: Case, annual: AnnualConvention) -> Case:
    conventions = case.conventions.model_copy(update={"annuelle": annual})
    return case.model_copy(update={"conventions": conventions})
