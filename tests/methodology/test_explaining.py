"""Why a step or a document is where it is, in French, and the command that brings it on."""

from __future__ import annotations

import datetime as dt

import pytest

from piles_docs.methodology.explain import (
    STATE_WORDS,
    STEP_WORDS,
    describe_opening,
    explain_document,
    explain_step,
)
from piles_docs.methodology.states import DocumentStatus, Key, StepStatus

from .road import METHODOLOGY, TODAY, Road, sample

CHARTER, SEEDING, FRAMEWORK = Key("charte"), Key("convention-amorcage"), Key("convention-cadre")
LONGER = ("fin: 2029-01-31", "fin: 2029-06-30")
VALUES = {"conventions.cadre.fin": "2029-01-31"}


@pytest.fixture
def road() -> Road:
    road = Road(sample("embrunais"))
    road.reach("rencontre-faite")
    return road


def of_step(road: Road, number: int) -> tuple[str, ...]:
    state = road.state
    return explain_step(state, state.steps[number - 1], METHODOLOGY)


def of_document(road: Road, key: Key) -> tuple[str, ...]:
    return explain_document(road.state, road.document(key.document, key.recipient, key.period))


def test_every_state_has_its_french_word() -> None:
    assert set(STATE_WORDS) == set(DocumentStatus)
    assert set(STEP_WORDS) == set(StepStatus)


def test_a_step_that_is_done_has_nothing_more_to_say(road: Road) -> None:
    assert of_step(road, 1) == ("L’étape 1 « Rencontre et interconnaissance » est terminée.",)


def test_an_open_step_says_what_it_waits_for_and_the_command_for_each(road: Road) -> None:
    assert of_step(road, 2) == (
        "L’étape 2 « Validation de l’adéquation » est en cours.",
        "Elle attend : la signature de « Charte » par la structure porteuse.",
        "À faire : piles pack embrunais -d charte",
        "Elle attend : le conseil d’administration a validé le projet (jalon validation-ca).",
        "À faire : piles record embrunais milestone validation-ca --on AAAA-MM-JJ",
        "Le document deliberation, une fois signé, le prouve : joignez-le avec --evidence.",
    )


def test_once_a_document_is_out_the_next_command_records_its_signature(road: Road) -> None:
    road.do(road.issue(CHARTER))
    line = "À faire : piles record embrunais signature charte --party porteuse --on AAAA-MM-JJ"
    assert line in of_step(road, 2)
    assert of_document(road, CHARTER)[-1] == line


@pytest.mark.parametrize("ending", ["void", "decline"])
def test_once_a_document_is_void_or_declined_the_next_command_issues_it_anew(road: Road, ending: str) -> None:
    charter = road.issue(CHARTER)
    road.do(charter, road.void(charter) if ending == "void" else road.decline(charter, "porteuse"))
    assert "À faire : piles pack embrunais -d charte" in of_step(road, 2)
    assert of_document(road, CHARTER)[-1] == "À faire : piles pack embrunais -d charte"


def test_a_locked_step_says_what_comes_first_and_the_commands_that_bring_it(road: Road) -> None:
    road.reach("validation-ca")
    assert of_step(road, 4) == (
        "L’étape 4 « Premier comité de pilotage » est verrouillée.",
        (
            "Il manque d’abord : la signature de « Charte » par la structure porteuse, "
            "la signature de « Convention d’amorçage » par la structure porteuse, "
            "la signature de « Convention d’amorçage » par la tête de réseau, "
            "le diagnostic confirme le besoin (jalon besoin-confirme)."
        ),
        "Elle attend : le premier comité de pilotage est favorable (jalon copil-favorable).",
        "À faire d’abord : piles pack embrunais -d charte",
    )


def test_a_step_whose_document_lacks_data_sends_back_to_the_case_file() -> None:
    road = Road(sample("luberon"))
    road.walk_to(3)
    line = next(line for line in of_step(road, 3) if line.startswith("À faire"))
    assert line.startswith("À faire : compléter cases/luberon.yaml (conventions.amorcage.lieu, ")
    assert line.endswith(", puis piles check luberon")


def test_a_step_shows_why_a_document_of_it_was_issued_ahead(road: Road) -> None:
    road.do(road.issue(FRAMEWORK, ahead="la Région l’attend"))
    assert of_step(road, 6)[1] == (
        "Un document en a été émis en avance, pour cette raison : la Région l’attend."
    )


def test_in_a_closed_case_nothing_is_left_to_do(road: Road) -> None:
    road.do(road.issue(CHARTER))
    road.end("abandon")
    for lines in (of_step(road, 2), of_step(road, 5), of_document(road, CHARTER), of_document(road, SEEDING)):
        assert lines[-1] == "Le dossier est clos par le jalon abandon."
        assert not [line for line in lines if line.startswith("À faire")]


def test_a_draft_of_the_open_step_is_to_be_issued(road: Road) -> None:
    assert of_document(road, CHARTER) == (
        "« Charte » (charte) est dans l’état : projet.",
        "Sa signature compte pour ouvrir l’étape 3 « Diagnostic de territoire ».",
        "À faire : piles pack embrunais -d charte",
    )


def test_a_draft_of_a_locked_step_says_so_and_how_to_go_ahead(road: Road) -> None:
    assert of_document(road, FRAMEWORK) == (
        "« Convention cadre » (convention-cadre) est dans l’état : projet.",
        "Sa signature compte pour ouvrir l’étape 7 « Lancement ».",
        "L’étape 6 est encore verrouillée (piles why embrunais 6 dit pourquoi).",
        'À faire : piles pack embrunais -d convention-cadre --ahead "la raison"',
    )


def test_an_incomplete_document_names_what_it_lacks_and_the_file_to_complete() -> None:
    road = Road(sample("luberon"))
    road.walk_to(2)
    lines = of_document(road, Key("deliberation"))
    assert lines[0] == "« Extrait de délibération » (deliberation) est dans l’état : à compléter."
    assert "Il manque au dossier : porteuse.deliberation.quorum." in lines
    assert lines[-1].startswith("À faire : compléter cases/luberon.yaml (porteuse.deliberation.organe, ")
    assert lines[-1].endswith(", puis piles check luberon")


def test_a_partly_signed_document_names_each_signature_that_it_awaits(road: Road) -> None:
    issued = road.issue(SEEDING, ahead="vite")
    road.do(issued, *road.sign(issued, "tete-de-reseau", originals=[1]))
    record = "À faire : piles record embrunais signature convention-amorcage"
    assert of_document(road, SEEDING) == (
        "« Convention d’amorçage » (convention-amorcage) est dans l’état : signé en partie.",
        "Référence embrunais.convention-amorcage.v1, émis le 22 novembre 2026.",
        "Attend la signature de Mme Inès Vraisemblable-Durand (porteuse), exemplaire 1.",
        "Attend la signature de Mme Inès Vraisemblable-Durand (porteuse), exemplaire 2.",
        "Attend la signature de M. Camille Fictif (tete-de-reseau), exemplaire 2.",
        "Sa signature compte pour ouvrir l’étape 4 « Premier comité de pilotage ».",
        f"{record} --party porteuse --on AAAA-MM-JJ",
        f"{record} --party tete-de-reseau --on AAAA-MM-JJ",
    )


def test_a_declined_document_names_who_declined(road: Road) -> None:
    issued = road.issue(SEEDING, ahead="vite")
    road.do(issued, road.decline(issued, "porteuse"))
    lines = of_document(road, SEEDING)
    who = "Mme Inès Vraisemblable-Durand (porteuse)"
    assert f"{who} a refusé de signer l’exemplaire 1." in lines
    assert not [line for line in lines if line.startswith("Attend")]


def test_a_signed_document_opens_what_it_had_to_and_waits_for_nothing(road: Road) -> None:
    road.signed(CHARTER)
    assert of_document(road, CHARTER) == (
        "« Charte » (charte) est dans l’état : signé.",
        "Référence embrunais.charte.v1, émis le 22 novembre 2026.",
    )


def test_an_expired_document_is_issued_anew(road: Road) -> None:
    road.walk_to(3)
    road.do(road.issue(SEEDING, ends_on=TODAY))
    road.today += dt.timedelta(days=1)
    lines = of_document(road, SEEDING)
    assert lines[0].endswith("est dans l’état : échu sans signature.")
    assert lines[-1] == "À faire : piles pack embrunais -d convention-amorcage"


def test_a_stale_issued_document_shows_both_values_and_is_voided_then_issued_anew(road: Road) -> None:
    road.do(road.issue(FRAMEWORK, values=VALUES, ahead="vite"))
    road.case = sample("embrunais", LONGER)
    lines = of_document(road, FRAMEWORK)
    change = "conventions.cadre.fin valait « 2029-01-31 » et vaut maintenant « 2029-06-30 »"
    assert f"Le dossier a changé depuis : {change}." in lines
    assert lines[-1].startswith("À faire : piles void embrunais convention-cadre --reason")
    assert lines[-1].endswith("puis piles pack embrunais -d convention-cadre")


def test_a_value_that_came_or_went_is_told_as_such(road: Road) -> None:
    values = {"porteuse.representant.telephone": "", "porteuse.article": "le"}
    road.do(road.issue(CHARTER, values=values))
    lines = of_document(road, CHARTER)
    assert "Le dossier a changé depuis : porteuse.article valait « le » et n’est plus donné." in lines
    assert (
        "Le dossier a changé depuis : porteuse.representant.telephone n’était pas donné "
        "et vaut maintenant « 0400000005 »."
    ) in lines


def test_a_stale_signed_convention_leads_to_its_amendment(road: Road) -> None:
    road.signed(FRAMEWORK, values=VALUES, ahead="vite")
    road.case = sample("embrunais", LONGER)
    assert of_document(road, FRAMEWORK)[-1] == ("À faire : piles pack embrunais -d avenant.convention-cadre")


def test_a_stale_signed_document_that_is_no_convention_needs_nothing(road: Road) -> None:
    road.signed(CHARTER, values={"porteuse.representant.prenom": "Iris"})
    assert of_document(road, CHARTER)[-1] == (
        "À faire : rien d’obligatoire : le document est signé et ne s’amende pas"
    )


def test_the_yearly_convention_opens_the_network(road: Road) -> None:
    lines = of_document(road, Key("convention-annuelle", None, "2026"))
    assert "Sa signature compte pour ouvrir l’entrée dans le réseau." in lines


def test_what_a_signature_opens_is_named() -> None:
    assert describe_opening(["copil"], METHODOLOGY) == "l’étape 4, « Premier comité de pilotage »"
    assert describe_opening(["reseau"], METHODOLOGY) == "l’entrée dans le réseau"
    assert describe_opening([], METHODOLOGY) == ""


def test_every_line_is_a_sentence_or_a_command_to_type(road: Road) -> None:
    road.do(road.issue(CHARTER), road.issue(SEEDING, ahead="vite"))
    state = road.state
    lines = [line for step in state.steps for line in explain_step(state, step, METHODOLOGY)]
    lines += [line for document in state.documents for line in explain_document(state, document)]
    assert lines
    for line in lines:
        assert "'" not in line
        assert line.endswith(".") != line.startswith("À faire")
        if line.startswith("À faire"):
            assert "piles " in line
