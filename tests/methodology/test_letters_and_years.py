"""Documents of which a case has several: one a recipient, one a year."""

from __future__ import annotations

import datetime as dt

import pytest

from piles_docs.methodology.states import CaseStatus, DocumentStatus, Key

from .road import NEXT_YEAR, Road, sample

YEARLY = Key("convention-annuelle", None, "2026")
LETTER = Key("invitation-copil", "mairie-embrun")


@pytest.fixture
def road() -> Road:
    return Road(sample("embrunais"))


def status(road: Road, key: Key) -> DocumentStatus:
    return road.document(key.document, key.recipient, key.period).state


def test_last_year_s_convention_is_superseded_once_this_year_s_is_signed(road: Road) -> None:
    road.walk_to(8)
    assert status(road, YEARLY) is DocumentStatus.SIGNED
    road.case = sample("embrunais", *NEXT_YEAR)
    road.today = dt.date(2027, 1, 12)
    following = Key("convention-annuelle", None, "2027")
    assert (status(road, YEARLY), status(road, following)) == ("signed", "draft")
    issued = road.issue(following)
    road.do(issued)
    assert status(road, YEARLY) is DocumentStatus.SIGNED
    road.do(*road.sign(issued))
    assert (status(road, YEARLY), status(road, following)) == ("superseded", "signed")
    assert road.state.state is CaseStatus.IN_NETWORK


def test_a_letter_to_one_partner_does_not_supersede_the_letter_to_another(road: Road) -> None:
    road.walk_to(4)
    for partner in ("mairie-embrun", "departement-05"):
        road.signed(Key("invitation-copil", partner))
    assert status(road, LETTER) is DocumentStatus.SIGNED


def test_the_renewal_can_be_proposed_again_each_year(road: Road) -> None:
    road.walk_to(8)
    road.signed(Key("renouvellement", "porteuse", "2026"))
    road.case = sample("embrunais", *NEXT_YEAR)
    road.signed(Key("renouvellement", "porteuse", "2027"))
    assert road.document("renouvellement", "porteuse", "2026").state is DocumentStatus.SUPERSEDED
    assert road.document("renouvellement", "porteuse", "2027").state is DocumentStatus.SIGNED


def test_a_letter_that_was_issued_stays_shown_when_its_partner_is_no_longer_invited(road: Road) -> None:
    road.walk_to(4)
    road.do(road.issue(LETTER))
    road.case = sample("haut-verdon")
    names = [found.key.name for found in road.state.documents if found.key.document == "invitation-copil"]
    assert names == ["invitation-copil.mairie-embrun", "invitation-copil.mairie-castellane"]


def test_once_a_letter_was_sent_a_letter_to_nobody_is_not_asked_for(road: Road) -> None:
    road.walk_to(4)
    road.do(road.issue(LETTER))
    road.case = sample("luberon")
    names = [found.key.name for found in road.state.documents if found.key.document == "invitation-copil"]
    assert names == ["invitation-copil.mairie-embrun"]
