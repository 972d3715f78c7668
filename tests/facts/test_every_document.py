"""Facts 1 to 28: what every document must and must not hold."""

from __future__ import annotations

import datetime as dt
import io
import itertools
import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import cast

import pytest
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject

from piles_docs.case.parties import Person
from piles_docs.documents.conversion import find_converter
from piles_docs.methodology.model import load_methodology

from . import checks
from .cases import as_case, generate
from .papers import Bundle, Paper, bundle, make_bundle
from .samples import NUMBERS, every_case, report
from .stock import ALSACE_MOSELLE_COMMUNES, COMMUNES, DEPARTMENTS, ORGANISATIONS, TERRITORIES

LETTERS_TO_ALL = ("invitation-porteurs-de-projet",)


@every_case
def test_everything_that_the_state_says_can_be_made_is_made(made: Bundle) -> None:
    assert made.failures == ()
    assert made.papers


def test_the_cases_together_have_every_document_and_every_sort_of_party() -> None:
    all_made = [bundle(number) for number in NUMBERS]
    papers = [paper for one in all_made for paper in one.papers]
    assert {paper.id for paper in papers} == {document.id for document in load_methodology().documents}
    hosts = [one.generated.case.porteuse for one in all_made]
    assert {host.forme for host in hosts} == set(ORGANISATIONS)
    assert {host.representant.civilite for host in hosts} == {"M.", "Mme"}
    assert any(host.est_de_droit_local for host in hosts)
    assert any(host.administrateurs_communs for host in hosts)
    assert any(host.siret is None for host in hosts)
    assert any(host.deliberation is None for host in hosts)
    assert {str(paper.order.means) for paper in papers} == {"papier", "electronique"}
    assert {paper.date.year for paper in papers} >= {2011, 2015, 2016, 2019, 2023, 2026}


TEXT_CHECKS: dict[str, Callable[[str], list[str]]] = {
    "1-placeholders": checks.placeholders,
    "2-spacing": checks.spacing,
    "3-high-punctuation": checks.high_punctuation,
    "4-quotation-marks": checks.quotation_marks,
    "5-apostrophes": checks.apostrophes,
    "6-abbreviations": checks.abbreviations,
    "7-dates": checks.dates,
    "8-months": checks.months,
    "18-contact-of-the-source": checks.source_contact,
    "27-count-of-piles": checks.wrong_count,
    "28-timetable": checks.promised_timetable,
    "87-leftovers": checks.leftovers,
}


@every_case
@pytest.mark.parametrize("check", TEXT_CHECKS.values(), ids=TEXT_CHECKS)
def test_no_text_has_a_fault_of_this_kind(made: Bundle, check: Callable[[str], list[str]]) -> None:
    assert report(made.papers, lambda paper: check(paper.whole)) == []


@every_case
def test_every_business_number_is_right_grouped_and_its_party_s(made: Bundle) -> None:
    parties = (made.generated.case.porteuse, made.generated.network.tete_de_reseau)
    known = [(party.siren, party.siret) for party in parties]
    assert report(made.papers, lambda paper: checks.business_numbers(paper.whole, known)) == []


@every_case
def test_an_rna_number_is_printed_for_associations_of_1901_alone(made: Bundle) -> None:
    parties = (made.generated.case.porteuse, made.generated.network.tete_de_reseau)
    french = [
        party
        for party in parties
        if party.forme == "association" and party.siege.code_postal[:2] not in {"57", "67", "68"}
    ]
    allowed = [party.rna for party in french if party.rna]
    assert report(made.papers, lambda paper: checks.register_numbers(paper.whole, allowed)) == []


@pytest.mark.parametrize(
    "form", [*(form for form in ORGANISATIONS if form != "association"), "Alsace-Moselle"]
)
def test_an_rna_number_of_a_party_that_has_none_is_refused(form: str) -> None:
    data = json.loads(generate(0).text)
    assert as_case(data)[0] is not None
    if form == "Alsace-Moselle":
        data["porteuse"]["siege"]["code_postal"] = ALSACE_MOSELLE_COMMUNES[0].postal_code
    else:
        data["porteuse"]["forme"] = form
    case, defects, _ = as_case(data)
    assert case is None
    assert any(defect.path == "porteuse.rna" for defect in defects)


@every_case
def test_an_association_of_alsace_moselle_is_not_one_of_1901(made: Bundle) -> None:
    host = made.generated.case.porteuse
    if not host.est_de_droit_local:
        assert host.forme != "association" or host.siege.code_postal[:2] not in {"57", "67", "68"}
        return

    def check(paper: Paper) -> list[str]:
        block = paper.section(host.nom.replace("'", "’"), "ci-après")
        return checks.plain(block).split("\n") if "1er juillet 1901" in checks.plain(block) else []

    assert report(made.papers, check) == []


@every_case
def test_no_word_and_no_law_is_outside_its_time(made: Bundle) -> None:
    assert report(made.papers, lambda paper: checks.anachronisms(paper.whole, paper.date)) == []


def people(made: Bundle) -> list[tuple[str, str]]:
    case, network = made.generated.case, made.generated.network
    head = network.tete_de_reseau
    boards = [board for board in (case.porteuse.deliberation, head.deliberation) if board]
    found: list[Person | None] = [
        case.porteuse.representant,
        head.representant,
        case.animateur,
        case.formation.formateur if case.formation else None,
        *(partner.representant for partner in case.partenaires),
        *(person for board in boards for person in (board.president, board.secretaire)),
    ]
    return [
        (person.civilite, f"{person.prenom} {person.nom}".replace("'", "’"))
        for person in found
        if person is not None
    ]


@every_case
def test_functions_and_participles_agree_with_the_person(made: Bundle) -> None:
    assert disagreements(made) == []


def disagreements(made: Bundle) -> list[str]:
    known = people(made)
    return report(made.papers, lambda paper: checks.disagreements(paper.whole, known))


def test_the_same_case_with_women_in_place_of_men_agrees_everywhere() -> None:
    men, women = (with_civility(0, civility) for civility in ("M.", "Mme"))
    assert {paper.id for paper in men.papers} == {paper.id for paper in women.papers}
    assert disagreements(men) == []
    assert disagreements(women) == []
    for one, other in zip(men.papers, women.papers, strict=True):
        if one.order.document.signatories:
            assert one.text != other.text, one.name
    for act in men.of("convention-cadre"):
        assert re.search(r"dûment habilité\b", act.text)
        assert "dûment habilitée" not in act.text
    for act in women.of("convention-cadre"):
        assert "dûment habilitée" in act.text
        assert not re.search(r"dûment habilité\b", act.text)


def with_civility(number: int, civility: str) -> Bundle:
    """A generated case in which everyone is a man, or a woman; the names stay."""
    generated = generate(number)
    text = re.sub(r'"civilite": "[^"]+"', f'"civilite": "{civility}"', generated.text)
    text = re.sub(r'"appellation": "[^"]+"', '"appellation": null', text)
    case, defects, _ = as_case(json.loads(text))
    assert case, defects
    head = generated.network.tete_de_reseau
    chief = head.representant.model_copy(update={"civilite": civility})
    board = head.deliberation.model_copy(update={"secretaire": None}) if head.deliberation else None
    head = head.model_copy(update={"representant": chief, "deliberation": board})
    network = generated.network.model_copy(update={"tete_de_reseau": head})
    return make_bundle(replace(generated, case=case, network=network))


@every_case
def test_an_organisation_bears_one_name_said_in_full_first(made: Bundle) -> None:
    parties = (made.generated.case.porteuse, made.generated.network.tete_de_reseau)

    def check(paper: Paper) -> list[str]:
        return [fault for party in parties for fault in checks.naming(paper.text, party.nom, party.sigle)]

    assert report(made.papers, check) == []


@every_case
def test_link_words_contract_and_elide_before_every_name(made: Bundle) -> None:
    host = made.generated.case.porteuse
    organisation = next(
        row for row in ORGANISATIONS[host.forme] if row[0].replace("'", "’") == host.nom.replace("'", "’")
    )
    names: list[tuple[str, str, str | None]]
    names = [(one.name, one.de, one.a) for one in (*COMMUNES, *ALSACE_MOSELLE_COMMUNES)]
    names += [(name.replace("'", "’"), de, None) for name, _, de, _ in TERRITORIES]
    names += [(organisation[0].replace("'", "’"), organisation[3], None)]
    names += [(re.sub(r"^(?:des |de la |de l’|d’|du |de )", "", de), de, None) for de in DEPARTMENTS.values()]

    def check(paper: Paper) -> list[str]:
        return [fault for name, de, a in names for fault in checks.link_words(paper.text, name, de=de, a=a)]

    assert report(made.papers, check) == []


@every_case
def test_reference_and_version_are_printed_and_the_file_names_no_one(made: Bundle) -> None:
    surnames = {name.rpartition(" ")[2].lower() for _, name in people(made)}

    def check(paper: Paper) -> list[str]:
        reference = paper.order.reference
        prefix = re.escape(made.generated.case.dossier)
        others = [
            found
            for found in re.findall(rf"{prefix}(?:\.[\w-]+)+", "\n".join(paper.margin))
            if found != reference
        ]
        return [
            *([] if reference in paper.text else ["la référence manque dans le texte"]),
            *([] if reference in "\n".join(paper.margin) else ["la référence manque en marge"]),
            *(f"autre référence en marge : {other}" for other in others),
            *([] if re.search(r"v1\b|version.1\b", paper.text) else ["la version manque"]),
            *(
                f"un nom de personne dans le nom de fichier : {name}"
                for name in surnames & set(re.split(r"[.-]", reference))
            ),
        ]

    assert report(made.papers, check) == []


@every_case
def test_piles_has_one_form_said_in_full_first(made: Bundle) -> None:
    assert report(made.papers, lambda paper: checks.one_form_of_piles(paper.text)) == []


def test_the_same_case_and_date_give_the_same_bytes_whatever_the_day() -> None:
    first, second = bundle(1), make_bundle(generate(1))
    assert {paper.name: paper.word for paper in first.papers} == {
        paper.name: paper.word for paper in second.papers
    }
    clock = dt.datetime.now(dt.UTC).date()
    for paper in first.papers:
        assert clock not in checks.dates_in(paper.text), paper.name


# Fact 24: the PDF


@pytest.fixture(scope="module")
def pdfs() -> dict[str, bytes]:
    """One document of each kind, by the converter of the machine."""
    converter = find_converter("auto")
    kinds = {paper.id: paper.word for paper in bundle(0).papers}
    return converter.convert(kinds)


def test_every_pdf_says_its_language_and_title_is_tagged_and_holds_its_fonts(pdfs: dict[str, bytes]) -> None:
    assert len(pdfs) > 15
    for name, content in pdfs.items():
        reader = PdfReader(io.BytesIO(content))
        root = cast("DictionaryObject", reader.trailer["/Root"].get_object())
        assert root.get("/Lang") == "fr-FR", name
        assert reader.metadata is not None
        assert reader.metadata.title, name
        assert inside(root, "/ViewerPreferences")["/DisplayDocTitle"], name
        assert inside(root, "/MarkInfo")["/Marked"], name
        assert "/StructTreeRoot" in root, name
        for page in reader.pages:
            assert len(page.extract_text()) > 20, name
            fonts = inside(inside(page, "/Resources"), "/Font")
            assert all(is_embedded(inside(fonts, font)) for font in fonts), name


def inside(group: DictionaryObject, key: str) -> DictionaryObject:
    return cast("DictionaryObject", group[key].get_object())


def is_embedded(font: DictionaryObject) -> bool:
    if "/DescendantFonts" in font:
        font = cast("DictionaryObject", cast("ArrayObject", font["/DescendantFonts"])[0].get_object())
    descriptor = inside(font, "/FontDescriptor")
    return any(f"/FontFile{kind}" in descriptor for kind in ("", "2", "3"))


def test_headings_go_down_one_level_at_a_time() -> None:
    for paper in bundle(0).papers:
        levels = [
            0,
            *(int(line.style.rpartition(" ")[2]) for line in paper.lines if line.style.startswith("Heading")),
        ]
        assert all(deeper - level <= 1 for level, deeper in itertools.pairwise(levels)), paper.name
