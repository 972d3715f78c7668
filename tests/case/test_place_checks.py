"""Communes and postal codes: what is likely a slip is a warning, what the table cannot judge is let be."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piles_docs.case.models import Case
from piles_docs.case.network import read_network
from piles_docs.case.place_checks import check_places
from piles_docs.case.positions import Finding
from piles_docs.case.reading import CaseReading
from piles_docs.errors import Severity
from piles_docs.french.communes import Commune, communes_of_department

Change = Callable[..., CaseReading]

SEAT = 'voie: place Marcel-Sauvaire, code_postal: "04120", commune: Castellane'


def at_seat(case: Case, commune: str, code: str) -> list[Finding]:
    """What is found when the seat of the bearer is there, and nothing else in the case is wrong."""
    seat = case.porteuse.siege.model_copy(update={"commune": commune, "code_postal": code})
    moved = case.porteuse.model_copy(update={"siege": seat})
    return list(check_places(case.model_copy(update={"porteuse": moved})))


@pytest.mark.parametrize(
    ("code", "written", "official", "there"),
    [
        ("83490", "Muy", "Le Muy", "au Muy"),
        ("83490", "LE MUY", "Le Muy", "au Muy"),
        ("83700", "St Raphael", "Saint-Raphaël", "à Saint-Raphaël"),
        ("83700", "St. Raphaël", "Saint-Raphaël", "à Saint-Raphaël"),
        ("83120", "Ste-Maxime", "Sainte-Maxime", "à Sainte-Maxime"),
        ("83500", "La Seyne sur Mer", "La Seyne-sur-Mer", "à La Seyne-sur-Mer"),
        ("83500", "la seyne", "La Seyne-sur-Mer", "à La Seyne-sur-Mer"),
        ("84800", "Isle sur la Sorgue", "L’Isle-sur-la-Sorgue", "à L’Isle-sur-la-Sorgue"),
        ("83400", "Hyeres", "Hyères", "à Hyères"),
        ("04000", "Digne", "Digne-les-Bains", "à Digne-les-Bains"),
        ("04120", "Castelane", "Castellane", "à Castellane"),
        ("83330", "Castellet", "Le Castellet", "au Castellet"),
    ],
)
def test_the_official_name_is_suggested_among_those_of_the_postal_code(
    sample_case: Case, code: str, written: str, official: str, there: str
) -> None:
    (found,) = at_seat(sample_case, written, code)
    assert found.severity is Severity.WARNING
    assert found.path == ("porteuse", "siege", "commune")
    assert found.message == f"le code postal {code} n’a pas de commune « {written} », mais « {official} »"
    assert f"écrivez {official} " in found.remedy
    assert f"« {there} »" in found.remedy


@pytest.mark.parametrize(
    ("code", "commune", "said", "advised"),
    [
        ("83300", "Le Muy", "n’est pas celui du Muy", "écrivez 83490, ou"),
        ("83000", "Hyères", "n’est pas celui d’Hyères", "écrivez 83400, ou"),
        ("13995", "Castellane", "n’est pas celui de Castellane", "écrivez 04120, ou"),
        ("04120", "Marseille", "n’est pas celui de Marseille", "corrigez le code postal"),
        ("69003", "Marseille 3e", "n’est pas celui de Marseille", "corrigez le code postal"),
    ],
)
def test_a_postal_code_of_another_commune_is_said(
    sample_case: Case, code: str, commune: str, said: str, advised: str
) -> None:
    (found,) = at_seat(sample_case, commune, code)
    assert found.severity is Severity.WARNING
    assert found.path == ("porteuse", "siege", "code_postal")
    assert said in found.message
    assert advised in found.remedy


@pytest.mark.parametrize(
    ("code", "commune"),
    [
        ("04120", "Castellane"),
        ("84800", "L'Isle-sur-la-Sorgue"),
        ("13003", "Marseille"),
        ("13003", "Marseille 3e"),
        ("75015", "Paris 15e arrondissement"),
        ("04995", "Digne-les-Bains CEDEX 9"),
        ("04995", "Digne-les-Bains"),  # a CEDEX code without its word
        ("83380", "Les Issambres"),  # a place in Roquebrune-sur-Argens
        ("83460", "Les Arcs-sur-Argens"),  # what many call Les Arcs
        ("01200", "Bellegarde-sur-Valserine"),  # a commune until 2018
        ("97150", "Saint-Martin"),  # overseas, which the table lacks
    ],
)
def test_what_is_right_or_cannot_be_judged_is_let_be(sample_case: Case, code: str, commune: str) -> None:
    assert at_seat(sample_case, commune, code) == []


def _communes() -> list[Commune]:
    return [
        commune for code in ("04", "2A", "62", "67", "83", "974") for commune in communes_of_department(code)
    ]


@settings(derandomize=True)
@given(st.data())
def test_an_official_name_with_one_of_its_codes_is_never_doubted(
    sample_case: Case, data: st.DataObject
) -> None:
    commune = data.draw(st.sampled_from(_communes()))
    assert at_seat(sample_case, commune.name, data.draw(st.sampled_from(commune.postal_codes))) == []


def test_every_address_and_town_of_the_case_is_looked_at(changed: Change) -> None:
    reading = changed(
        (SEAT, SEAT.replace("Castellane", "Castelane")),
        ("antennes: [Castellane, Annot]", "antennes: [Castellane, ANNOT]"),
        ("amorcage: {lieu: Castellane", "amorcage: {lieu: castellane"),
        ("lieu: Castellane, formateur", "lieu: St André les Alpes, formateur"),
        (
            'voie: 1 rue Nationale, code_postal: "04120", commune: Castellane',
            'voie: 1 rue Nationale, code_postal: "04240", commune: Castellane',
        ),
    )
    assert reading.case is not None
    assert [defect.severity for defect in reading.defects] == [Severity.WARNING] * 5
    assert {defect.path for defect in reading.defects} == {
        "partenaires.0.siege.commune",
        "piles.antennes.1",
        "conventions.amorcage.lieu",
        "formation.lieu",
        "rencontres.copil.lieu.code_postal",
    }
    messages = " ".join(defect.message for defect in reading.defects)
    assert (
        "le département 04 n’a pas de commune « St André les Alpes », mais « Saint-André-les-Alpes »"
        in messages
    )


@pytest.mark.parametrize("town", ["Marseille", "Les Issambres", "La Palud"])
def test_a_town_without_postal_code_may_be_anywhere_and_no_commune(changed: Change, town: str) -> None:
    assert changed(("amorcage: {lieu: Castellane", f"amorcage: {{lieu: {town}")).defects == ()


def test_the_address_of_the_network_head_is_looked_at(root: Path) -> None:
    text = (root / "piles.toml").read_text("utf-8")
    assert read_network(text, "piles.toml").defects == ()
    reading = read_network(text.replace('code_postal = "13001"', 'code_postal = "83001"', 1), "piles.toml")
    (defect,) = reading.defects
    assert defect.path == "tete_de_reseau.siege.code_postal"
    assert defect.severity is Severity.WARNING
