from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piles_docs.case.checks import check_case
from piles_docs.case.models import Case
from piles_docs.case.organisation_checks import check_organisation
from piles_docs.case.parties import Deliberation
from piles_docs.case.reading import CaseReading, read_case
from piles_docs.errors import Severity

Change = Callable[..., CaseReading]

BOARD = "porteuse.deliberation."
DELIBERATION = "membres: 9, presents: 7, representes: 1, quorum: 5, pour: 8, contre: 0, abstentions: 0"
TRAINING = "dates: [2027-01-18, 2027-01-19, 2027-01-25]"
BOTH_BOARDS = "  administrateurs_communs: [{civilite: M., prenom: Al, nom: Bi}]\n"
ANNUAL = "debut: 2027-01-01, fin: 2027-12-31"


def test_the_sample_contradicts_nothing(changed: Change) -> None:
    assert changed().defects == ()


@pytest.mark.parametrize(
    ("old", "new", "path", "said"),
    [
        (
            "dossier: haut-verdon",
            "dossier: bas-verdon",
            "dossier",
            "son fichier « haut-verdon.yaml »",
        ),
        ("  siret:", '  siren: "920 000 031"\n  siret:', "porteuse.siret", "ne commence pas par le SIREN"),
        ("forme: association ", "forme: cooperative ", "porteuse.rna", "seule une association"),
        (
            DELIBERATION,
            DELIBERATION.replace("membres: 9", "membres: 7"),
            BOARD + "presents",
            "plus que 7",
        ),
        (
            DELIBERATION,
            DELIBERATION.replace("quorum: 5", "quorum: 8"),
            BOARD + "presents",
            "quorum de 8",
        ),
        (DELIBERATION, DELIBERATION.replace("pour: 8", "pour: 7"), BOARD + "pour", "7 votes"),
        (
            DELIBERATION,
            DELIBERATION.replace("pour: 8, contre: 0", "pour: 4, contre: 4"),
            BOARD + "pour",
            "pas adoptée",
        ),
        (
            "convoque_le: 2026-09-25",
            "convoque_le: 2026-10-13",
            BOARD + "convoque_le",
            "12 octobre 2026",
        ),
        ("id: mairie-castellane", "id: porteuse", "partenaires.0.id", "désigne déjà une partie"),
        (
            "reponse_avant: 2026-12-03",
            "reponse_avant: 2026-12-10",
            "rencontres.copil.reponse_avant",
            "10 décembre 2026",
        ),
        (TRAINING, "dates: [2027-01-18, 2027-01-19]", "formation.dates", "trois jours distincts"),
        (TRAINING, TRAINING.replace("2027-01-25", "2027-01-18"), "formation.dates", "trois jours distincts"),
        (TRAINING, TRAINING.replace("2027-01-25", "2027-01-24"), "formation.dates.2", "un dimanche"),
        (TRAINING, TRAINING.replace("2027-01-25", "2027-03-29"), "formation.dates.2", "Lundi de Pâques"),
        ("{mode: reseau, ", "{mode: organisme-declare, ", "formation.mode", "numéro de déclaration"),
        ("fin: 2026-11-30", "fin: 2026-10-19", "diagnostic.fin", "avant le début, le 20 octobre 2026"),
        ("fin: 2027-06-30", "fin: 2026-10-14", "conventions.amorcage.fin", "avant le début"),
        (ANNUAL, "debut: 2027-01-01, fin: 2028-01-02", "conventions.annuelle.fin", "plus de douze mois"),
        ("montant: 300}]", "montant: 299}]", "conventions.annuelle.contribution.echeances", "299 €"),
    ],
)
def test_a_contradiction_is_an_error_at_its_place(
    changed: Change, old: str, new: str, path: str, said: str
) -> None:
    reading = changed((old, new))
    (defect,) = [found for found in reading.defects if found.severity is Severity.ERROR]
    assert reading.case is None
    assert defect.path == path
    assert said in defect.message
    assert defect.line is not None


@pytest.mark.parametrize(
    ("old", "new", "path", "said"),
    [
        (
            "  representant:\n    {civilite: Mme",
            BOTH_BOARDS + "  representant:\n    {civilite: Mme",
            "porteuse.administrateurs_communs",
            "L.612-5",
        ),
        (
            'departement: "04"',
            'departement: "2A"',
            "porteuse.siege.code_postal",
            "hors du département 2A",
        ),
        (
            "embauche_le: 2027-01-04",
            "embauche_le: 2027-01-19",
            "formation.dates",
            "du 19 janvier 2027",
        ),
        (
            "fin_de_mandat: 2027-06-30",
            "fin_de_mandat: 2026-10-14",
            "conventions.amorcage.date",
            "le 14 octobre 2026",
        ),
        ("annee: 2027", "annee: 2026", "conventions.annuelle.annee", "commence en 2027"),
        ("montant: 6000}", "montant: 6000.50}", "budget", "40000.50"),
        (
            "financeur: mairie-castellane",
            "financeur: mairie-castelane",
            "budget.produits.0.financeur",
            "« mairie-castellane »",
        ),
        (
            "date: 2026-10-15",
            "date: 2026-10-11",
            "conventions.amorcage.date",
            "(11 octobre 2026) précède",
        ),
    ],
)
def test_what_may_be_meant_is_only_a_warning(
    changed: Change, old: str, new: str, path: str, said: str
) -> None:
    reading = changed((old, new))
    (defect,) = reading.defects
    assert reading.case is not None
    assert defect.severity is Severity.WARNING
    assert defect.path == path
    assert said in defect.message
    assert defect.line is not None


def test_two_partners_with_one_id_are_an_error(sample: str) -> None:
    twin = "  - {id: mairie-castellane, nom: Commune d'Annot, type: commune}\nrencontres:"
    (defect,) = read_case(sample.replace("rencontres:", twin), "haut-verdon.yaml").defects
    assert defect.message == "deux partenaires ont l’identifiant « mairie-castellane »"
    assert defect.path == "partenaires.1.id"


@pytest.mark.parametrize(
    ("code", "commune"), [("67000", "Strasbourg"), ("57000", "Metz"), ("68000", "Colmar")]
)
def test_an_association_of_alsace_moselle_has_no_rna(changed: Change, code: str, commune: str) -> None:
    reading = changed(
        (
            'Fontaine, code_postal: "04120", commune: Castellane',
            f'Fontaine, code_postal: "{code}", commune: {commune}',
        ),
        ('departement: "04"', f'departement: "{code[:2]}"'),
    )
    assert [found.path for found in reading.defects] == ["porteuse.rna"]


@pytest.mark.parametrize(
    ("department", "code", "commune"), [("2B", "20200", "Bastia"), ("974", "97400", "Saint-Denis")]
)
def test_a_corsican_or_overseas_seat_is_in_its_department(
    changed: Change, department: str, code: str, commune: str
) -> None:
    reading = changed(
        (
            'Fontaine, code_postal: "04120", commune: Castellane',
            f'Fontaine, code_postal: "{code}", commune: {commune}',
        ),
        ('departement: "04"', f'departement: "{department}"'),
    )
    assert reading.defects == ()


@given(st.dates(date(1995, 1, 1), date(2090, 1, 1)), st.integers(300, 420))
def test_an_annual_convention_ends_within_a_year_and_a_day(sample_case: Case, start: date, days: int) -> None:
    annual = sample_case.conventions.annuelle
    assert annual is not None
    end = start + timedelta(days=days)
    changed = annual.model_copy(update={"debut": start, "fin": end, "annee": start.year})
    conventions = sample_case.conventions.model_copy(update={"annuelle": changed})
    case = sample_case.model_copy(update={"conventions": conventions})
    is_refused = any(
        found.path == ("conventions", "annuelle", "fin") for found in check_case(case, case.dossier)
    )
    next_year = start.year + 1
    is_leap_day = (start.month, start.day) == (2, 29)
    anniversary = date(next_year, 3, 1) if is_leap_day else date(next_year, start.month, start.day)
    assert is_refused == (end > anniversary)


COUNT = st.none() | st.integers(0, 20)


@given(members=COUNT, present=COUNT, represented=COUNT, quorum=COUNT, votes=st.tuples(COUNT, COUNT, COUNT))
def test_a_deliberation_without_findings_is_one_that_could_have_been(
    sample_case: Case,
    members: int | None,
    present: int | None,
    represented: int | None,
    quorum: int | None,
    votes: tuple[int | None, int | None, int | None],
) -> None:
    deliberation = Deliberation.model_construct(
        membres=members,
        presents=present,
        representes=represented,
        quorum=quorum,
        pour=votes[0],
        contre=votes[1],
        abstentions=votes[2],
        convoque_le=None,
        date=None,
    )
    bearer = sample_case.porteuse.model_copy(update={"deliberation": deliberation})
    if list(check_organisation(bearer, ())):
        return
    if present is not None and members is not None:
        assert present + (represented or 0) <= members
    if present is not None and quorum is not None:
        assert present >= quorum
    if votes[0] is not None and votes[1] is not None:
        assert votes[0] > votes[1]
    if present is not None and votes[0] is not None:
        assert sum(count or 0 for count in votes) == present + (represented or 0)


OWN_MONEY = "{financeur: Autofinancement, montant: 30000, etat: acquis}"
TOWN_MONEY = "{financeur: mairie-castellane, montant: 30000, etat: acquis}"


def test_a_contribution_that_only_a_grant_can_pay_wants_its_funders_leave(changed: Change) -> None:
    (defect,) = changed((OWN_MONEY, TOWN_MONEY)).defects
    assert (defect.severity, defect.path) == (Severity.WARNING, "conventions.annuelle.contribution")
    assert "hors subventions" in defect.message


def test_a_contribution_that_a_funder_allowed_to_be_paid_from_its_grant_is_fine(changed: Change) -> None:
    allowed = "contribution: {autorisation: délibération du 3 mars 2026, montant: 300"
    assert changed((OWN_MONEY, TOWN_MONEY), ("contribution: {montant: 300", allowed)).defects == ()
