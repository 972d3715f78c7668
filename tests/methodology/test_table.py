"""The table of the methodology, written once more by hand from its design, against the data file."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from pydantic import ValidationError

from piles_docs.case.parties import Partner
from piles_docs.case.paths import exists
from piles_docs.methodology.model import Document, Methodology, Originals
from piles_docs.methodology.parties import PARTY_TITLES

from .road import METHODOLOGY, ROOT

# number, id, title, milestones, documents to sign, added
STEPS = [
    (1, "rencontre", "Rencontre et interconnaissance", ["rencontre-faite"], [], False),
    (2, "adequation", "Validation de l’adéquation", ["validation-ca"], ["charte"], False),
    (3, "diagnostic", "Diagnostic de territoire", ["besoin-confirme"], ["convention-amorcage"], False),
    (4, "copil", "Premier comité de pilotage", ["copil-favorable"], [], False),
    (5, "financement", "Recherche de financements", ["tour-de-table-tenu"], [], False),
    (
        6,
        "preparation",
        "Préparation du lancement",
        ["animateur-recrute", "formation-faite", "outils-transferes"],
        ["convention-cadre"],
        False,
    ),
    (7, "lancement", "Lancement", ["lancement-fait"], ["convention-annuelle"], False),
    (8, "reseau", "En réseau", [], [], True),
]

APEAS, STRUCTURE = "tete-de-reseau", "porteuse"
SENDERS = {APEAS, STRUCTURE}
# id, step, who signs, what a signature opens, what it proves, added
DOCUMENTS: list[tuple[str, int | None, set[str], str | None, str | None, bool]] = [
    ("invitation-reseau", 1, {APEAS}, None, None, False),
    ("presentation-ca", 2, {APEAS}, None, None, False),
    ("deliberation", 2, {STRUCTURE}, None, "validation-ca", True),
    ("charte", 2, {STRUCTURE}, "diagnostic", None, False),
    ("cahier-des-charges-diagnostic", 3, set(), None, None, True),
    ("convention-amorcage", 3, {APEAS, STRUCTURE}, "copil", None, False),
    ("invitation-copil", 4, SENDERS, None, None, False),
    ("emargement-copil", 4, set(), None, None, True),
    ("compte-rendu-copil", 4, set(), None, None, True),
    ("invitation-financeurs", 5, SENDERS, None, None, False),
    ("convention-cadre", 6, {APEAS, STRUCTURE}, "lancement", None, False),
    ("profil-de-poste", 6, set(), None, None, True),
    ("plan-formation", 6, {APEAS, STRUCTURE, "animateur"}, None, None, False),
    ("emargement-formation", 6, {"animateur", "formateur"}, None, "formation-faite", True),
    ("invitation-inauguration", 7, SENDERS, None, None, False),
    ("invitation-partenaires", 7, SENDERS, None, None, False),
    ("invitation-porteurs-de-projet", 7, SENDERS, None, None, False),
    ("convention-annuelle", 7, {APEAS, STRUCTURE}, "reseau", None, False),
    ("avenant", None, {APEAS, STRUCTURE}, None, None, True),
    ("renouvellement", 8, {APEAS}, None, None, True),
]
ACTS_OF_SEVERAL = {
    "convention-amorcage",
    "convention-cadre",
    "convention-annuelle",
    "avenant",
    "plan-formation",
}
ENDINGS = {"besoin-non-confirme": 3, "copil-defavorable": 4, "abandon": None}


def _named(name: str) -> Any:
    return METHODOLOGY.document(name)


def test_the_steps_are_those_of_the_table_in_its_order() -> None:
    found = [
        (step.number, step.id, step.title, list(step.milestones), list(step.documents), step.added)
        for step in METHODOLOGY.steps
    ]
    assert found == STEPS


def test_the_seven_steps_of_the_source_are_those_that_are_completed() -> None:
    assert [step.number for step in METHODOLOGY.gated_steps] == [1, 2, 3, 4, 5, 6, 7]


def test_the_documents_are_those_of_the_table_in_its_order() -> None:
    assert [document.id for document in METHODOLOGY.documents] == [line[0] for line in DOCUMENTS]


@pytest.mark.parametrize("line", DOCUMENTS, ids=[line[0] for line in DOCUMENTS])
def test_a_document_is_as_its_line_of_the_table_says(
    line: tuple[str, int | None, set[str], str | None, str | None, bool],
) -> None:
    name, step, signatories, opens, proves, added = line
    document = METHODOLOGY.document(name)
    assert document.step == step
    assert set(document.signatories) == signatories
    assert len(document.signatories) == len(signatories)
    assert document.unlocks == ((opens,) if opens else ())
    assert document.proves == proves
    assert document.added is added


def test_only_acts_of_several_parties_are_made_in_one_original_a_party() -> None:
    found = {document.id for document in METHODOLOGY.documents if document.originals is Originals.ONE_A_PARTY}
    assert found == ACTS_OF_SEVERAL


def test_the_three_conventions_are_what_an_amendment_can_amend() -> None:
    found = {document.id for document in METHODOLOGY.documents if document.is_convention}
    assert found == {"convention-amorcage", "convention-cadre", "convention-annuelle"}


def test_titles_say_what_the_source_calls_its_acts() -> None:
    assert _named("charte").title == "Charte des acteurs de l’économie solidaire"
    assert _named("convention-amorcage").title == "Convention de partenariat pour l’amorçage du PILES"
    assert _named("convention-cadre").title == (
        "Convention cadre de partenariat dans le cadre du développement d’un PILES"
    )
    assert _named("convention-annuelle").title == "Convention annuelle de partenariat réseau des PILES"


def test_letters_go_to_those_whom_the_table_names() -> None:
    recipients = {document.id: document.recipients for document in METHODOLOGY.documents}
    assert {name: found for name, found in recipients.items() if found} == {
        "invitation-reseau": "porteuse",
        "presentation-ca": "porteuse",
        "invitation-copil": "copil",
        "invitation-financeurs": "financeurs",
        "invitation-inauguration": "inauguration",
        "invitation-partenaires": "partenaires",
        "avenant": "amended",
        "renouvellement": "porteuse",
    }


def test_the_terms_of_reference_are_an_annex_of_the_seeding_convention() -> None:
    assert "cahier-des-charges-diagnostic" in _named("convention-amorcage").annexes


def test_what_is_yearly_is_the_convention_of_the_network_and_its_renewal() -> None:
    yearly = {document.id for document in METHODOLOGY.documents if document.period}
    assert yearly == {"convention-annuelle", "renouvellement"}


def test_a_milestone_belongs_to_a_step_or_ends_the_case() -> None:
    reached = {name: number for number, _, _, names, _, _ in STEPS for name in names}
    found = {milestone.id: milestone.step for milestone in METHODOLOGY.milestones}
    assert found == reached | ENDINGS
    assert {milestone.id for milestone in METHODOLOGY.milestones if milestone.ends_case} == set(ENDINGS)


def _paths(document: Document) -> list[str]:
    return [
        *document.needs,
        *[path for path in (document.date, document.ends, document.period) if path],
        *([f"rencontres.{document.meeting}"] if document.meeting else []),
    ]


PATHS = [(document.id, path) for document in METHODOLOGY.documents for path in _paths(document)]


@pytest.mark.parametrize(("document", "path"), PATHS, ids=[" ".join(pair) for pair in PATHS])
def test_every_path_that_a_document_needs_is_one_of_the_case_file(document: str, path: str) -> None:
    assert exists(path)


def test_every_occasion_is_one_to_which_a_partner_can_be_invited() -> None:
    occasions = {document.recipients for document in METHODOLOGY.documents}
    for occasion in occasions - {None, "porteuse", "amended"}:
        partner = {"id": "mairie", "nom": "Commune d’Embrun", "type": "commune", "invite_a": [occasion]}
        assert Partner.model_validate(partner).invite_a == (occasion,)


def test_every_title_is_in_typographic_french() -> None:
    parts = (*METHODOLOGY.steps, *METHODOLOGY.milestones, *METHODOLOGY.documents)
    assert [part.id for part in parts if "'" in part.title or not part.title] == []


def test_an_unknown_name_is_not_found() -> None:
    with pytest.raises(KeyError, match="bail"):
        METHODOLOGY.document("bail")
    with pytest.raises(KeyError, match="fete"):
        METHODOLOGY.milestone("fete")


@pytest.fixture
def data() -> dict[str, Any]:
    path = ROOT / "src" / "piles_docs" / "methodology" / "methodology.toml"
    return tomllib.loads(path.read_text("utf-8"))


def _find(parts: list[dict[str, Any]], name: str) -> dict[str, Any]:
    return next(part for part in parts if part["id"] == name)


def test_a_document_to_sign_that_is_not_defined_is_refused(data: dict[str, Any]) -> None:
    _find(data["steps"], "rencontre")["documents"] = ["bail"]
    with pytest.raises(ValidationError, match="named but not defined: bail"):
        Methodology.model_validate(data)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("proves", "fete"),
        ("unlocks", ["fete"]),
        ("annexes", ["fete"]),
        ("signatories", ["fete"]),
        ("step", 9),
    ],
)
def test_a_document_that_names_what_is_not_defined_is_refused(
    data: dict[str, Any], field: str, value: object
) -> None:
    _find(data["documents"], "charte")[field] = value
    with pytest.raises(ValidationError, match=r"named but not defined: (fete|step 9)"):
        Methodology.model_validate(data)


def test_a_step_number_that_is_left_out_is_refused(data: dict[str, Any]) -> None:
    _find(data["steps"], "reseau")["number"] = 9
    with pytest.raises(ValidationError, match="numbered from 1 without gap"):
        Methodology.model_validate(data)


@pytest.mark.parametrize("kind", ["steps", "milestones", "documents"])
def test_two_parts_of_one_name_are_refused(data: dict[str, Any], kind: str) -> None:
    data[kind].append(data[kind][0])
    with pytest.raises(ValidationError, match="two parts have the same id"):
        Methodology.model_validate(data)


def test_an_unknown_word_in_the_data_file_is_refused(data: dict[str, Any]) -> None:
    data["documents"][0]["signataires"] = ["porteuse"]
    with pytest.raises(ValidationError, match="signataires"):
        Methodology.model_validate(data)


def test_every_party_who_signs_has_a_name_in_a_sentence() -> None:
    parties = {party for document in METHODOLOGY.documents for party in document.signatories}
    assert parties == set(PARTY_TITLES)
