"""Rules of step 6: the job that the bearer offers, and the three days of training."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from piles_docs.case.models import Case, Contribution, Training
from piles_docs.case.positions import Finding, Path
from piles_docs.errors import Severity
from piles_docs.french.dates import holiday, is_working_day, written_date

_TRAINING_DAYS = 3
_IF_MEANT = "vérifiez les deux dates ; si c’est voulu, n’y touchez pas"


def check_recruitment(case: Case) -> Iterator[Finding]:
    """Yield what contradicts itself in the job and the training of a case."""
    yield from _position(case)
    training = case.formation or Training()
    yield from _days(training, case.piles.departement)
    yield from _order(case, training)
    yield from _declared(training)
    if isinstance(training.prix, Contribution):
        yield from check_instalments(training.prix, ("formation", "prix"))


def check_instalments(contribution: Contribution, path: Path) -> Iterator[Finding]:
    """The instalments of a sum make its amount (fact 51)."""
    total = sum(instalment.montant for instalment in contribution.echeances)
    if total != contribution.montant:
        yield Finding(
            path=(*path, "echeances"),
            message=f"les échéances font {total} € et le montant est de {contribution.montant} €",
            remedy="corrigez le montant ou les échéances",
        )


def _position(case: Case) -> Iterator[Finding]:
    """Only a fixed-term contract ends (C. trav., art. L. 1242-7); nobody applies for a job that is taken."""
    position = case.poste
    if position is None:
        return
    recruited = case.animateur.embauche_le if case.animateur else None
    if position.fin and position.contrat != "cdd":
        yield Finding(
            path=("poste", "fin"),
            message="seul un contrat à durée déterminée a une fin",
            remedy="écrivez contrat: cdd, ou retirez la clé fin",
            severity=Severity.ERROR if position.contrat else Severity.WARNING,
        )
    if position.fin and recruited and position.fin < recruited:
        yield Finding(
            path=("poste", "fin"),
            message=f"le contrat finit avant l’embauche du {written_date(recruited)}",
            remedy="corrigez l’une des deux dates",
        )
    if position.candidatures_avant and recruited and position.candidatures_avant >= recruited:
        yield Finding(
            path=("poste", "candidatures_avant"),
            message=f"les candidatures sont reçues jusqu’après l’embauche du {written_date(recruited)}",
            remedy=_IF_MEANT,
            severity=Severity.WARNING,
        )


def _days(training: Training, department: str) -> Iterator[Finding]:
    """Three distinct working days (source, step 6; facts 66, 69)."""
    path: Path = ("formation", "dates")
    if training.dates and len(set(training.dates)) != _TRAINING_DAYS:
        remedy = "donnez trois dates différentes"
        yield Finding(path=path, message="la formation dure trois jours distincts", remedy=remedy)
    for index, day in enumerate(training.dates):
        if not is_working_day(day, department):
            reason = holiday(day, department) or "un dimanche"
            yield Finding(
                path=(*path, index),
                message=f"le {written_date(day)} n’est pas travaillé ({reason})",
                remedy="choisissez un autre jour",
            )


def _order(case: Case, training: Training) -> Iterator[Finding]:
    """After the framework convention and the recruitment (source, step 6; fact 69).

    A warning only: the source says that its steps are not linear.
    """
    framework = case.conventions.cadre
    signed = framework.date if framework and isinstance(framework.date, date) else None
    begun = signed or (framework.debut if framework else None)
    recruited = case.animateur.embauche_le if case.animateur else None
    for before, label in ((begun, "la convention cadre"), (recruited, "l’embauche")):
        if training.dates and before and min(training.dates) < before:
            yield Finding(
                path=("formation", "dates"),
                message=f"la formation commence avant {label} du {written_date(before)}",
                remedy=_IF_MEANT,
                severity=Severity.WARNING,
            )


def _declared(training: Training) -> Iterator[Finding]:
    """A declared body has a number (C. trav., art. L. 6351-1) and a price; a network has neither."""
    is_declared = training.mode == "organisme-declare"
    if is_declared and training.nda is None:
        yield Finding(
            path=("formation", "mode"),
            message="une formation déclarée demande un numéro de déclaration d’activité",
            remedy="ajoutez la clé nda (onze chiffres), ou écrivez mode: reseau",
        )
    if training.mode == "reseau" and training.prix is not None:
        yield Finding(
            path=("formation", "prix"),
            message="le prix n’est imprimé que pour une formation déclarée",
            remedy="retirez la clé prix, ou écrivez mode: organisme-declare",
            severity=Severity.WARNING,
        )
