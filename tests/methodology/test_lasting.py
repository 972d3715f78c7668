"""A state is right, counts of days aside, on every day that `lasting` names, and changes on the next one."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piles_docs.methodology.acts import Signed
from piles_docs.methodology.explain import next_renewal
from piles_docs.methodology.lasting import Lasting, lasting
from piles_docs.methodology.rules import assess
from piles_docs.methodology.states import CaseState, Key

from .road import METHODOLOGY, NETWORK, TODAY, Road, sample

CASE = sample("embrunais")
NOTICE = NETWORK.envoi.alerte_fin_jours
CONVENTIONS = (Key("convention-amorcage"), Key("convention-cadre"), Key("convention-annuelle", None, "2026"))


def at(road: Road, day: dt.date) -> tuple[CaseState, tuple[str, ...]]:
    """The state on a day without its counts of days, and what is to be done about what ends."""
    state = assess(CASE, NETWORK, road.acts, day, METHODOLOGY)
    acts = tuple(next_renewal(state, ending) for ending in state.endings)
    still = replace(
        state,
        missing=tuple(replace(item, since_days=0) for item in state.missing),
        endings=tuple(replace(item, days_left=0) for item in state.endings),
    )
    return still, acts


def spans(road: Road, day: dt.date) -> Lasting:
    return lasting(road.acts, day, NETWORK, METHODOLOGY)


def test_a_state_that_no_day_changes_lasts_for_ever() -> None:
    assert spans(Road(CASE), TODAY) == Lasting(dt.date.min, dt.date.max)


def test_an_unsigned_convention_expires_the_day_after_its_end() -> None:
    road = Road(CASE)
    road.acts.append(road.issue(CONVENTIONS[0], ends_on=TODAY))
    assert spans(road, TODAY).last == TODAY
    assert spans(road, TODAY + dt.timedelta(1)) == Lasting(TODAY + dt.timedelta(1), dt.date.max)
    assert at(road, TODAY)[0].missing
    assert not at(road, TODAY + dt.timedelta(1))[0].missing


@pytest.mark.parametrize("days", [-NOTICE - 1, -NOTICE, 0, 1])
def test_a_signed_convention_is_announced_before_its_end(days: int) -> None:
    road = Road(CASE)
    issued = road.issue(CONVENTIONS[1], ends_on=TODAY)
    road.acts += [issued, *road.sign(issued)]
    day = TODAY + dt.timedelta(days)
    assert bool(at(road, day)[0].endings) is (days >= -NOTICE)
    span = spans(road, day)
    assert span.first <= day <= span.last
    assert at(road, day - dt.timedelta(1)) != at(road, day) or span.first < day


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_on_every_day_of_its_span_a_state_is_the_same(data: st.DataObject) -> None:
    road = Road(CASE)
    for key in data.draw(st.lists(st.sampled_from(CONVENTIONS), unique=True, min_size=1)):
        end = TODAY + dt.timedelta(data.draw(st.integers(-120, 240)))
        issued = road.issue(key, ends_on=data.draw(st.sampled_from([None, end])))
        road.acts.append(issued)
        signed: list[Signed] = road.sign(issued)
        road.acts += signed[: data.draw(st.integers(0, len(signed)))]
        if data.draw(st.booleans()):
            path = METHODOLOGY.document(key.document).ends or ""
            later = (end + dt.timedelta(data.draw(st.integers(1, 200)))).isoformat()
            amendment = road.issue(Key("avenant", key.document, key.period), values={path: later})
            road.acts += [amendment, *road.sign(amendment)]
    day = TODAY + dt.timedelta(data.draw(st.integers(-200, 300)))
    span = spans(road, day)
    assert span.first <= day <= span.last
    near = dt.timedelta(400)
    first, last = max(span.first, day - near), min(span.last, day + near)
    other = data.draw(st.dates(first, last))
    for same in (first, other, last):
        assert at(road, same) == at(road, day)
