"""What the case says differently since a document was issued, and the amendment that settles it."""

from __future__ import annotations

import datetime as dt

import pytest

from piles_docs.methodology.states import DocumentState, DocumentStatus, Key, StaleField

from .road import METHODOLOGY, NEXT_YEAR, Road, sample

FRAMEWORK = Key("convention-cadre")
AMENDMENT = Key("avenant", "convention-cadre")
LONGER = ("fin: 2029-01-31", "fin: 2029-06-30")
LONGER_STILL = ("fin: 2029-01-31", "fin: 2029-12-31")
NEW_NOTICE = (
    "fin: 2029-01-31\n    preavis_jours: 60",
    "fin: 2029-06-30\n    preavis_jours: 90",
)
NEW_PRESIDENT = ("prenom: Inès", "prenom: Iris")
VALUES = {
    "conventions.cadre.fin": "2029-01-31",
    "conventions.cadre.preavis_jours": "60",
    "porteuse.representant.prenom": "Inès",
    "tete_de_reseau.sigle": "APEAS",
}
LATER_END = StaleField(path="conventions.cadre.fin", issued="2029-01-31", current="2029-06-30")


@pytest.fixture
def road() -> Road:
    return Road(sample("embrunais"))


def sign_framework(road: Road) -> None:
    road.signed(FRAMEWORK, values=VALUES, ahead="un accord ancien")


def framework(road: Road) -> DocumentState:
    return road.document("convention-cadre")


def amendment(road: Road) -> DocumentState | None:
    return road.state.document(AMENDMENT)


def test_nothing_is_stale_while_the_case_says_what_was_issued(road: Road) -> None:
    road.do(road.issue(FRAMEWORK, values=VALUES, ahead="un accord ancien"))
    assert framework(road).stale == ()


def test_a_draft_is_never_stale_for_it_follows_the_case(road: Road) -> None:
    road.case = sample("embrunais", LONGER)
    assert framework(road).stale == ()


def test_a_change_of_the_case_makes_an_issued_document_stale_with_both_values(road: Road) -> None:
    road.do(road.issue(FRAMEWORK, values=VALUES, ahead="un accord ancien"))
    road.case = sample("embrunais", LONGER, NEW_PRESIDENT)
    assert framework(road).state is DocumentStatus.ISSUED
    assert framework(road).stale == (
        LATER_END,
        StaleField(path="porteuse.representant.prenom", issued="Inès", current="Iris"),
    )


def test_only_what_the_document_read_makes_it_stale(road: Road) -> None:
    road.do(road.issue(FRAMEWORK, values={"porteuse.nom": "Collectif Haute-Durance Solidaire"}, ahead="…"))
    road.case = sample("embrunais", LONGER)
    assert framework(road).stale == ()


def test_a_value_that_the_case_no_longer_gives_is_stale_and_now_empty(road: Road) -> None:
    telephone = {"porteuse.representant.telephone": "0400000005"}
    road.do(road.issue(FRAMEWORK, values=telephone, ahead="un accord ancien"))
    road.case = sample("embrunais", ('    telephone: "04 00 00 00 05"\n', ""))
    assert framework(road).stale == (
        StaleField(path="porteuse.representant.telephone", issued="0400000005", current=""),
    )


def test_a_stale_document_that_is_not_signed_calls_for_no_amendment_but_a_new_version(road: Road) -> None:
    first = road.issue(FRAMEWORK, values=VALUES, ahead="un accord ancien")
    road.do(first)
    road.case = sample("embrunais", LONGER)
    assert amendment(road) is None
    road.do(road.void(first))
    assert framework(road).stale == ()
    values = VALUES | {"conventions.cadre.fin": "2029-06-30"}
    road.do(road.issue(FRAMEWORK, version=2, values=values, ahead="un accord ancien"))
    assert framework(road).stale == ()


def test_a_document_that_was_declined_is_not_stale(road: Road) -> None:
    issued = road.issue(FRAMEWORK, values=VALUES, ahead="un accord ancien")
    road.do(issued, road.decline(issued, "porteuse"))
    road.case = sample("embrunais", LONGER)
    assert framework(road).stale == ()


def test_a_signed_convention_that_becomes_stale_calls_for_an_amendment(road: Road) -> None:
    sign_framework(road)
    assert amendment(road) is None
    road.case = sample("embrunais", LONGER)
    assert framework(road).state is DocumentStatus.SIGNED
    assert framework(road).stale == (LATER_END,)
    found = amendment(road)
    assert found
    assert (found.state, found.step, found.lacks) == (DocumentStatus.DRAFT, None, ())
    assert {signature.party for signature in found.signatures} == {"porteuse", "tete-de-reseau"}


def test_an_amendment_that_no_longer_changes_anything_goes_away(road: Road) -> None:
    sign_framework(road)
    road.case = sample("embrunais", LONGER)
    assert amendment(road)
    road.case = sample("embrunais")
    assert amendment(road) is None


def test_an_amendment_settles_the_staleness_once_all_have_signed_it_and_not_before(road: Road) -> None:
    sign_framework(road)
    road.case = sample("embrunais", LONGER)
    issued = road.issue(AMENDMENT, values={"conventions.cadre.fin": "2029-06-30"})
    road.do(issued, *road.sign(issued, "porteuse"))
    assert framework(road).stale == (LATER_END,)
    road.do(*road.sign(issued, "tete-de-reseau"))
    assert framework(road).stale == ()
    found = amendment(road)
    assert found
    assert (found.state, found.issued, found.stale) == (DocumentStatus.SIGNED, issued, ())


def test_a_void_amendment_settles_nothing(road: Road) -> None:
    sign_framework(road)
    road.case = sample("embrunais", LONGER)
    issued = road.issue(AMENDMENT, values={"conventions.cadre.fin": "2029-06-30"})
    road.do(issued, *road.sign(issued, "porteuse"), road.void(issued))
    assert framework(road).stale == (LATER_END,)


def test_an_amendment_settles_only_what_it_says(road: Road) -> None:
    sign_framework(road)
    road.case = sample("embrunais", LONGER)
    road.signed(AMENDMENT, values={"conventions.cadre.fin": "2029-06-30"})
    road.case = sample("embrunais", NEW_NOTICE)
    assert framework(road).stale == (
        StaleField(path="conventions.cadre.preavis_jours", issued="60", current="90"),
    )


def test_a_second_change_calls_for_a_second_amendment_of_the_amended_value(road: Road) -> None:
    sign_framework(road)
    road.case = sample("embrunais", LONGER)
    road.signed(AMENDMENT, values={"conventions.cadre.fin": "2029-06-30"})
    road.case = sample("embrunais", LONGER_STILL)
    assert framework(road).stale == (
        StaleField(path="conventions.cadre.fin", issued="2029-06-30", current="2029-12-31"),
    )
    found = amendment(road)
    assert found
    assert found.state is DocumentStatus.DRAFT
    second = road.issue(AMENDMENT, version=2, values={"conventions.cadre.fin": "2029-12-31"})
    road.do(second, *road.sign(second))
    assert framework(road).stale == ()
    found = amendment(road)
    assert found
    assert (found.state, found.issued) == (DocumentStatus.SIGNED, second)


def test_the_amendment_of_a_yearly_convention_is_of_its_year(road: Road) -> None:
    yearly = Key("convention-annuelle", None, "2026")
    amended = Key("avenant", "convention-annuelle", "2026")
    road.signed(yearly, values={"conventions.annuelle.lieu": "Embrun"}, ahead="un accord ancien")
    road.case = sample("embrunais", ("annee: 2026\n    lieu: Embrun", "annee: 2026\n    lieu: Gap"))
    assert road.state.document(amended)
    road.signed(amended, values={"conventions.annuelle.lieu": "Gap"})
    assert road.document("convention-annuelle", None, "2026").stale == ()


def test_last_year_s_convention_is_not_stale_when_the_case_goes_on_to_the_next(road: Road) -> None:
    yearly = Key("convention-annuelle", None, "2026")
    road.signed(yearly, values={"conventions.annuelle.fin": "2026-12-31"}, ahead="un accord ancien")
    road.case = sample("embrunais", *NEXT_YEAR)
    assert road.document("convention-annuelle", None, "2026").stale == ()
    assert not [found for found in road.state.documents if found.key.document == "avenant"]


def test_an_amendment_of_one_year_leaves_the_next_year_s_convention_as_it_is(road: Road) -> None:
    values = {"conventions.annuelle.lieu": "Embrun"}
    road.signed(Key("convention-annuelle", None, "2026"), values=values, ahead="un accord ancien")
    road.case = sample("embrunais", ("annee: 2026\n    lieu: Embrun", "annee: 2026\n    lieu: Gap"))
    amended = Key("avenant", "convention-annuelle", "2026")
    road.signed(amended, values={"conventions.annuelle.lieu": "Gap"})
    road.case = sample("embrunais", *NEXT_YEAR)
    road.today = dt.date(2027, 1, 12)
    road.signed(Key("convention-annuelle", None, "2027"), values=values, ahead="un accord ancien")
    assert road.document("convention-annuelle", None, "2027").stale == ()


def test_only_a_convention_is_amended(road: Road) -> None:
    road.signed(Key("charte"), values={"porteuse.representant.prenom": "Inès"}, ahead="un accord ancien")
    road.case = sample("embrunais", NEW_PRESIDENT)
    assert len(road.document("charte").stale) == 1
    assert not [found for found in road.state.documents if found.key.document == "avenant"]


def test_every_convention_can_be_amended_by_those_who_signed_it() -> None:
    amending = METHODOLOGY.document("avenant").signatories
    assert {found.signatories for found in METHODOLOGY.documents if found.is_convention} == {amending}
