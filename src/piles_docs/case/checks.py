"""Rules across the fields of a case: what each field allows alone, but they cannot say together."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from difflib import get_close_matches
from itertools import pairwise

from piles_docs.case.minutes_checks import check_minutes
from piles_docs.case.models import Budget, Case, Contribution, Convention, Meeting
from piles_docs.case.organisation_checks import check_organisation
from piles_docs.case.paths import value_at
from piles_docs.case.place_checks import check_places
from piles_docs.case.positions import Finding, Path
from piles_docs.case.recruitment_checks import check_instalments, check_recruitment
from piles_docs.case.renewal import anniversary
from piles_docs.errors import Severity
from piles_docs.french.dates import written_date

_OWN_PARTIES = ("tete-de-reseau", "porteuse", "animateur")


def check_case(case: Case, file_stem: str) -> Iterator[Finding]:
    """Yield what contradicts itself in a case; `file_stem` is its file's name without folder or suffix."""
    yield from _name(case, file_stem)
    yield from check_organisation(case.porteuse, ("porteuse",))
    yield from _department(case)
    yield from check_places(case)
    yield from _partners(case)
    yield from _meetings(case)
    yield from check_minutes(case)
    yield from check_recruitment(case)
    for name, convention in _conventions(case):
        if isinstance(convention.contribution, Contribution):
            yield from check_instalments(convention.contribution, ("conventions", name, "contribution"))
        yield from _mandate(case, name, convention)
    yield from _periods(case)
    yield from _year(case)
    yield from _budget(case)
    yield from _regranting(case)
    yield from _order(case)


def _name(case: Case, file_stem: str) -> Iterator[Finding]:
    """A case is found by its file's name (case-format.md)."""
    if case.dossier != file_stem:
        yield Finding(
            path=("dossier",),
            message=f"le dossier s’appelle « {case.dossier} » mais son fichier « {file_stem}.yaml »",
            remedy=f"renommez le fichier en {case.dossier}.yaml, ou corrigez la clé dossier",
        )


def _department(case: Case) -> Iterator[Finding]:
    """A seat outside the department is possible, and more often a slip; a postal code is only a hint."""
    code = case.porteuse.siege.code_postal
    found = code[:3] if code.startswith("97") else code[:2]
    department = case.piles.departement
    expected = "20" if department in {"2A", "2B"} else department
    if found != expected:
        yield Finding(
            path=("porteuse", "siege", "code_postal"),
            message=f"le siège ({code}) semble hors du département {department} du PILES",
            remedy="vérifiez le code postal et piles.departement ; si c’est voulu, n’y touchez pas",
            severity=Severity.WARNING,
        )


def _partners(case: Case) -> Iterator[Finding]:
    """A partner's id names one partner, and none of the parties that the methodology names itself."""
    seen: set[str] = set()
    for index, partner in enumerate(case.partenaires):
        path = ("partenaires", index, "id")
        if partner.id in _OWN_PARTIES:
            remedy = "choisissez un autre identifiant"
            yield Finding(
                path=path, message=f"« {partner.id} » désigne déjà une partie du dossier", remedy=remedy
            )
        if partner.id in seen:
            remedy = "donnez à chacun le sien"
            yield Finding(
                path=path, message=f"deux partenaires ont l’identifiant « {partner.id} »", remedy=remedy
            )
        seen.add(partner.id)


def _meetings(case: Case) -> Iterator[Finding]:
    """An answer is asked for before the meeting (fact 78)."""
    for name in type(case.rencontres).fields_by_key():
        meeting = value_at(case.rencontres, name)
        if not isinstance(meeting, Meeting):
            continue
        if meeting.date and meeting.reponse_avant and meeting.reponse_avant >= meeting.date:
            yield Finding(
                path=("rencontres", name, "reponse_avant"),
                message=f"la réponse doit arriver avant la rencontre du {written_date(meeting.date)}",
                remedy="avancez reponse_avant, ou corrigez la date de la rencontre",
            )


def _conventions(case: Case) -> Iterator[tuple[str, Convention]]:
    for name in type(case.conventions).fields_by_key():
        convention = value_at(case.conventions, name)
        if isinstance(convention, Convention):
            yield name, convention


def _mandate(case: Case, name: str, convention: Convention) -> Iterator[Finding]:
    """Who signs must hold the mandate that day; a renewed mandate may only be missing from the file."""
    signatory = case.porteuse.representant
    end = signatory.fin_de_mandat
    if end and isinstance(convention.date, date) and end < convention.date:
        yield Finding(
            path=("conventions", name, "date"),
            message=f"à cette date, le mandat de {signatory.nom} est fini depuis le {written_date(end)}",
            remedy="mettez à jour porteuse.representant, ou sa fin_de_mandat",
            severity=Severity.WARNING,
        )


def _periods(case: Case) -> Iterator[Finding]:
    """What lasts ends after it began."""
    for path in ("diagnostic", "conventions.amorcage", "conventions.cadre", "conventions.annuelle"):
        start, end = value_at(case, f"{path}.debut"), value_at(case, f"{path}.fin")
        if isinstance(start, date) and isinstance(end, date) and end < start:
            yield Finding(
                path=(*path.split("."), "fin"),
                message=f"la fin est avant le début, le {written_date(start)}",
                remedy="corrigez l’une des deux dates",
            )


def _year(case: Case) -> Iterator[Finding]:
    """The annual convention lasts twelve months at most, give or take a day (fact 49)."""
    annual = case.conventions.annuelle
    if annual is None or annual.debut is None:
        return
    a_year_later = anniversary(annual.debut)
    if annual.fin and annual.fin > a_year_later:
        yield Finding(
            path=("conventions", "annuelle", "fin"),
            message="la convention annuelle dure plus de douze mois",
            remedy=f"finissez-la au plus tard le {written_date(a_year_later - timedelta(days=1))}",
        )
    if annual.annee and annual.annee != annual.debut.year:
        yield Finding(
            path=("conventions", "annuelle", "annee"),
            message=f"la convention {annual.annee} commence en {annual.debut.year}",
            remedy="vérifiez l’année et le début",
            severity=Severity.WARNING,
        )


def _budget(case: Case) -> Iterator[Finding]:
    """A provisional budget balances; a funder is a partner's id, or free text."""
    budget = case.budget or Budget()
    if budget.charges and budget.produits and budget.total_charges != budget.total_produits:
        yield Finding(
            path=("budget",),
            message=f"charges ({budget.total_charges} €) et produits ({budget.total_produits} €) diffèrent",
            remedy="équilibrez le budget avant de l’envoyer",
            severity=Severity.WARNING,
        )
    ids = [partner.id for partner in case.partenaires]
    for index, line in enumerate(budget.produits):
        near = get_close_matches(line.financeur, ids, n=1, cutoff=0.85)
        if near and line.financeur not in ids:
            yield Finding(
                path=("budget", "produits", index, "financeur"),
                message=f"« {line.financeur} » ressemble au partenaire « {near[0]} » sans l’être",
                remedy=f"écrivez {near[0]} s’il s’agit de lui",
                severity=Severity.WARNING,
            )


_PUBLIC = frozenset({"region", "departement", "commune", "epci", "pays", "etat"})


def _regranting(case: Case) -> Iterator[Finding]:
    """A grant is not passed on without its funder's leave (décret-loi du 2 mai 1938, art. 15; fact 59).

    What the structure has beside public money may pay the contribution; where that is too little, a grant
    does.
    """
    kinds = {partner.id: partner.type for partner in case.partenaires}
    income = (case.budget or Budget()).produits
    own = sum(line.montant for line in income if kinds.get(line.financeur) not in _PUBLIC)
    for name, convention in _conventions(case):
        contribution = convention.contribution
        if not isinstance(contribution, Contribution) or contribution.autorisation:
            continue
        if income and own < contribution.montant:
            yield Finding(
                path=("conventions", name, "contribution"),
                message=f"hors subventions, le budget n’a que {own} € pour cette contribution",
                remedy="ajoutez la clé autorisation (l’acte du financeur et sa date) : "
                "une subvention ne se reverse pas sans elle",
                severity=Severity.WARNING,
            )


_ACTS = (
    ("rencontres.reseau.date", "la rencontre du réseau"),
    ("rencontres.ca.date", "la rencontre du conseil d’administration"),
    ("porteuse.deliberation.date", "la délibération"),
    ("conventions.amorcage.date", "la convention d’amorçage"),
    ("diagnostic.fin", "la fin du diagnostic"),
    ("rencontres.copil.date", "le premier comité de pilotage"),
    ("rencontres.financeurs.date", "le tour de table financier"),
    ("conventions.cadre.date", "la convention cadre"),
    ("conventions.annuelle.date", "la convention annuelle"),
)
"""The acts that a case dates, in the order of the seven steps."""


def _dated_acts(case: Case) -> Iterator[tuple[Path, str, date]]:
    for path, label in _ACTS:
        day = value_at(case, path)
        if isinstance(day, date):
            yield tuple(path.split(".")), label, day


def _order(case: Case) -> Iterator[Finding]:
    """Acts dated against the order of the steps: a warning naming both (fact 89; source, caveats)."""
    for (_, earlier_label, earlier), (path, label, day) in pairwise(_dated_acts(case)):
        if day < earlier:
            yield Finding(
                path=path,
                message=(
                    f"{label} ({written_date(day)}) précède {earlier_label} ({written_date(earlier)}), "
                    "contre l’ordre des étapes"
                ),
                remedy="vérifiez les deux dates ; si c’est voulu, n’y touchez pas",
                severity=Severity.WARNING,
            )
