from __future__ import annotations

from collections.abc import Callable

import pytest

from piles_docs.case.reading import CaseReading
from piles_docs.errors import Defect, Severity

Change = Callable[..., CaseReading]
MEETING = "reponse_avant: 2026-12-03}"
MINUTES = "rencontres.copil.compte_rendu"


@pytest.fixture
def found(changed: Change) -> Callable[[str], tuple[Defect, ...]]:
    """What is found in the sample case when its committee has these minutes."""

    def find(minutes: str) -> tuple[Defect, ...]:
        return changed((MEETING, f"reponse_avant: 2026-12-03, compte_rendu: {minutes}}}")).defects

    return find


Found = Callable[[str], tuple[Defect, ...]]


@pytest.mark.parametrize(
    "minutes",
    [
        "{presents: [porteuse, tete-de-reseau, mairie-castellane]}",
        '{presents: ["Mme Zoé Type, adjointe, mairie-castellane"], excuses: [porteuse]}',
        '{presents: ["M. Luc Essai, habitant", Mme Anne Seule]}',
        '{presents: [porteuse], decisions: [{quoi: écrire, qui: porteuse, pour_le: 2026-12-10}]}',
        '{presents: [porteuse], avis: [{partenaire: Habitante, interet: oui}]}',
    ],
)  # fmt: skip
def test_minutes_that_hang_together_have_no_defect(found: Found, minutes: str) -> None:
    assert found(minutes) == ()


@pytest.mark.parametrize(
    ("minutes", "path", "said"),
    [
        ("{presents: [mairie-annot]}", "presents.0", "l’identifiant d’aucun partenaire"),
        ("{presents: [porteuse], excuses: [animateur]}", "excuses.0", "l’identifiant d’aucun"),
        ("{presents: [porteuse], excuses: [porteuse]}", "excuses.0", "deux fois"),
        ('{presents: ["M. A B, maire, Annot", "M. A B, maire, Annot"]}', "presents.1", "deux fois"),
    ],
)
def test_an_attendance_that_cannot_be_is_an_error_at_its_place(
    found: Found, minutes: str, path: str, said: str
) -> None:
    (defect,) = found(minutes)
    assert defect.severity is Severity.ERROR
    assert defect.path == f"{MINUTES}.{path}"
    assert said in defect.message
    assert defect.line is not None


def test_a_slip_in_an_identifier_is_told_with_the_right_one(found: Found) -> None:
    (defect,) = found("{presents: [mairie-castelane]}")
    assert "mairie-castellane" in defect.remedy
    assert "tete-de-reseau" not in defect.remedy
    (defect,) = found("{presents: [xyz]}")
    assert "mairie-castellane" in defect.remedy
    assert "tete-de-reseau" in defect.remedy


@pytest.mark.parametrize(
    ("minutes", "path", "said"),
    [
        ("{excuses: [porteuse]}", "", "aucun présent"),
        (
            '{presents: ["Mme Zoé Type, adjointe, mairie-castelane"]}',
            ".presents.0",
            "« mairie-castellane » sans l’être",
        ),
        (
            "{presents: [porteuse], avis: [{partenaire: mairie-castelane, interet: non}]}",
            ".avis.0.partenaire",
            "« mairie-castellane » sans l’être",
        ),
        (
            "{presents: [porteuse], decisions: [{quoi: écrire, qui: porteusse}]}",
            ".decisions.0.qui",
            "« porteuse » sans l’être",
        ),
        (
            "{presents: [porteuse], decisions: [{quoi: écrire, qui: porteuse, pour_le: 2026-12-09}]}",
            ".decisions.0.pour_le",
            "précède la rencontre du 10 décembre 2026",
        ),
    ],
)
def test_what_may_be_meant_in_minutes_is_only_a_warning(
    found: Found, minutes: str, path: str, said: str
) -> None:
    (defect,) = found(minutes)
    assert defect.severity is Severity.WARNING
    assert defect.path == f"{MINUTES}{path}"
    assert said in defect.message


def test_minutes_that_no_document_prints_are_told(changed: Change) -> None:
    (defect,) = changed(
        ("rencontres:\n", "rencontres:\n  reseau: {compte_rendu: {presents: [porteuse]}}\n")
    ).defects
    assert defect.severity is Severity.WARNING
    assert defect.path == "rencontres.reseau.compte_rendu"
    assert "aucun document" in defect.message
