from __future__ import annotations

from collections.abc import Callable

import pytest

from piles_docs.case.reading import CaseReading
from piles_docs.errors import Severity

Change = Callable[..., CaseReading]
NETWORK = "{mode: reseau, "
DECLARED = '{mode: organisme-declare, nda: "93 13 00000 00", '
FRAMEWORK = "cadre: {lieu: Castellane, date: a-la-signature, debut: 2027-01-01"
SEEDING = "conventions:\n"


def with_position(position: str) -> tuple[str, str]:
    return SEEDING, f"poste: {position}\n{SEEDING}"


def price(instalments: str, amount: int = 900) -> str:
    return f"prix: {{montant: {amount}, tva: taxable, echeances: [{instalments}]}}, "


@pytest.mark.parametrize(
    "change",
    [
        with_position("{contrat: cdd, fin: 2027-01-04}"),
        with_position("{contrat: cdi, candidatures_avant: 2027-01-03}"),
        (NETWORK, DECLARED + "prix: aucune, "),
        (NETWORK, DECLARED + price("{le: 2027-03-01, montant: 400}, {le: 2027-04-01, montant: 500}")),
        (FRAMEWORK, FRAMEWORK.replace("a-la-signature", "2027-01-18")),
        (FRAMEWORK, FRAMEWORK.replace("2027-01-01", "2027-01-18")),
    ],
)
def test_a_job_and_a_training_that_hang_together_have_no_defect(
    changed: Change, change: tuple[str, str]
) -> None:
    assert changed(change).defects == ()


@pytest.mark.parametrize(
    ("change", "path", "said", "severity"),
    [
        (with_position("{contrat: cdi, fin: 2028-01-04}"), "poste.fin", "seul un contrat", Severity.ERROR),
        (with_position("{fin: 2028-01-04}"), "poste.fin", "seul un contrat", Severity.WARNING),
        (
            with_position("{contrat: cdd, fin: 2027-01-03}"),
            "poste.fin",
            "l’embauche du 4 janvier 2027",
            Severity.ERROR,
        ),
        (
            with_position("{candidatures_avant: 2027-01-04}"),
            "poste.candidatures_avant",
            "l’embauche du 4 janvier 2027",
            Severity.WARNING,
        ),
        (
            (NETWORK, NETWORK + "prix: aucune, "),
            "formation.prix",
            "que pour une formation déclarée",
            Severity.WARNING,
        ),
        (
            (NETWORK, DECLARED + price("{le: 2027-03-01, montant: 899}")),
            "formation.prix.echeances",
            "899 €",
            Severity.ERROR,
        ),
        (
            (FRAMEWORK, FRAMEWORK.replace("a-la-signature", "2027-01-19")),
            "formation.dates",
            "avant la convention cadre du 19 janvier 2027",
            Severity.WARNING,
        ),
        (
            (FRAMEWORK, FRAMEWORK.replace("2027-01-01", "2027-01-19")),
            "formation.dates",
            "avant la convention cadre du 19 janvier 2027",
            Severity.WARNING,
        ),
    ],
)
def test_what_contradicts_itself_is_found_at_its_place(
    changed: Change, change: tuple[str, str], path: str, said: str, severity: Severity
) -> None:
    (defect,) = changed(change).defects
    assert defect.path == path
    assert said in defect.message
    assert defect.severity is severity
    assert defect.line is not None


def test_a_job_without_a_person_yet_contradicts_nothing(sample: str, changed: Change) -> None:
    start, end = sample.index("animateur: "), sample.index("formation:\n")
    position = "poste: {contrat: cdd, fin: 2027-01-03, candidatures_avant: 2027-01-04}\n"
    assert changed((sample[start:end], position)).defects == ()


def test_a_training_without_framework_convention_is_not_compared(sample: str, changed: Change) -> None:
    start = sample.index("  cadre: {")
    framework = sample[start : sample.index("\n", start) + 1]
    assert changed((framework, "")).defects == ()
