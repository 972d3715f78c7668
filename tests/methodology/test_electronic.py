"""Electronic signatures: the file that holds them, their levels, what proves them."""

from __future__ import annotations

import pytest

from piles_docs.methodology.acts import (
    Box,
    Issued,
    Level,
    LevelRaised,
    Means,
    Proven,
    Signed,
    field_of,
    party_of,
)
from piles_docs.methodology.guard import RefusalKind
from piles_docs.methodology.states import DocumentStatus, Key
from piles_docs.methodology.threads import Thread, history

from .road import TODAY, Road, sample

SEEDING = Key("convention-amorcage")


@pytest.fixture
def road() -> Road:
    """A case at its third step."""
    road = Road(sample("embrunais"))
    road.walk_to(3)
    return road


def electronic(road: Road) -> Issued:
    """The seeding convention, issued for electronic signature: one original, sealed."""
    issued = road.issue(SEEDING, originals=1)
    means = dict.fromkeys(issued.means, Means.ELECTRONIC)
    return issued.model_copy(
        update={"means": means, "seal": Level.B, "originals": (with_digest(issued, "0"),)}
    )


def with_digest(issued: Issued, digit: str) -> object:
    return issued.originals[0].model_copy(update={"pdf_sha256": digit * 64})


def signed(issued: Issued, party: str, digit: str, level: Level = Level.B) -> Signed:
    return Signed(
        on=TODAY,
        reference=issued.reference,
        party=party,
        original=1,
        means=Means.ELECTRONIC,
        pdf_sha256=digit * 64,
        level=level,
    )


def raised(issued: Issued, digit: str, **levels: Level) -> LevelRaised:
    told = {party.replace("_", "-"): level for party, level in levels.items()}
    return LevelRaised(on=TODAY, reference=issued.reference, original=1, pdf_sha256=digit * 64, levels=told)


def proven(issued: Issued) -> Proven:
    return Proven(on=TODAY, reference=issued.reference, original=1, pdf_sha256="f" * 64, seal=Level.B)


def thread(road: Road, issued: Issued) -> Thread:
    return history(road.acts).threads[issued.reference]


def levels(road: Road) -> dict[str, Level | None]:
    return {one.party: one.level for one in road.document("convention-amorcage").signatures}


def test_each_signature_is_in_the_file_that_the_next_signs(road: Road) -> None:
    issued = electronic(road)
    road.do(issued)
    (original,) = issued.originals
    assert thread(road, issued).file_of(original) == "0" * 64
    road.do(signed(issued, "porteuse", "1"))
    assert thread(road, issued).file_of(original) == "1" * 64
    road.do(signed(issued, "tete-de-reseau", "2", Level.LTA))
    assert thread(road, issued).file_of(original) == "2" * 64
    assert road.document("convention-amorcage").state is DocumentStatus.SIGNED
    assert levels(road) == {"porteuse": Level.B, "tete-de-reseau": Level.LTA}


def test_a_raised_level_is_the_level_and_its_file_the_latest(road: Road) -> None:
    issued = electronic(road)
    road.do(issued, signed(issued, "porteuse", "1"), raised(issued, "2", porteuse=Level.LTA))
    assert levels(road) == {"porteuse": Level.LTA, "tete-de-reseau": None}
    assert thread(road, issued).file_of(issued.originals[0]) == "2" * 64


def test_a_level_is_raised_and_a_proof_made_even_once_the_case_is_closed(road: Road) -> None:
    issued = electronic(road)
    road.do(issued, signed(issued, "porteuse", "1"), signed(issued, "tete-de-reseau", "2"))
    road.end("abandon")
    road.do(raised(issued, "3", porteuse=Level.LTA, tete_de_reseau=Level.LTA), proven(issued))
    assert thread(road, issued).proofs == {1: "f" * 64}


def test_nothing_is_raised_or_proved_of_what_no_program_judged(road: Road) -> None:
    paper = road.issue(SEEDING)
    road.do(paper, *road.sign(paper))
    for act in (raised(paper, "1", porteuse=Level.T), proven(paper)):
        found = road.refusal(act)
        assert found
        assert found.kind is RefusalKind.MISMATCH
        assert "piles receive" in found.remedy
    unknown = raised(paper, "1").model_copy(update={"reference": "embrunais.rien.v1"})
    assert road.refusal(unknown)


def test_no_proof_before_the_last_signature(road: Road) -> None:
    issued = electronic(road)
    road.do(issued, signed(issued, "porteuse", "1"))
    found = road.refusal(proven(issued))
    assert found
    assert "n’est pas signé par tous" in found.message


def test_a_signed_file_of_what_was_issued_for_paper_is_refused(road: Road) -> None:
    """A document issued for paper has no field: whatever is signed in its PDF was not asked for."""
    paper = road.issue(SEEDING)
    road.do(paper)
    found = road.refusal(signed(paper, "porteuse", "1"))
    assert found
    assert found.kind is RefusalKind.MISMATCH
    assert "--means electronique" in found.remedy


def test_a_signature_taken_back_leaves_the_file_before_it(road: Road) -> None:
    issued = electronic(road)
    road.do(issued, signed(issued, "porteuse", "1"), signed(issued, "tete-de-reseau", "2"))
    road.take_back(len(road.acts))
    assert thread(road, issued).file_of(issued.originals[0]) == "1" * 64
    assert levels(road)["tete-de-reseau"] is None


def test_levels_have_an_order() -> None:
    assert [level.rank for level in (Level.B, Level.T, Level.LT, Level.LTA)] == [0, 1, 2, 3]


@pytest.mark.parametrize("party", ["porteuse", "tete-de-reseau", "mairie-castellane"])
def test_a_field_tells_whose_it_is(party: str) -> None:
    assert party_of(field_of(party)) == party
    assert Box(party=party, page=1, rect=(0, 0, 1, 1)).field == field_of(party)


@pytest.mark.parametrize("name", ["Cachet", "Sig_porteuse", ""])
def test_a_field_that_is_not_ours_is_nobody_s(name: str) -> None:
    assert party_of(name) is None
