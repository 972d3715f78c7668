"""Which acts may be recorded: the rules that no order of events can get around."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from piles_docs.methodology.acts import Act, Issued, MilestoneReached, Refused, Signed, Voided
from piles_docs.methodology.model import Methodology
from piles_docs.methodology.states import LIVE, CaseState, CaseStatus, DocumentStatus, Key, StepStatus
from piles_docs.methodology.threads import Thread, history, next_version


class RefusalKind(StrEnum):
    """Why an act may not be recorded; each has its exit code."""

    LOCKED = "locked"
    MISMATCH = "mismatch"
    USAGE = "usage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """An act that may not be recorded, and what to do instead; in French."""

    kind: RefusalKind
    message: str
    remedy: str


def refuse(act: Act, state: CaseState, acts: Sequence[Act], today: dt.date, methodology: Methodology) -> Refusal | None:
    """Tell why an act may not be recorded, or None when it may.

    Args:
        act: What would be recorded.
        state: The case as `assess` sees it now.
        acts: What was recorded so far.
        today: The day; nothing is recorded as done in the future.
        methodology: The rules.
    """
    if act.on > today:
        return _mismatch(f"la date du {act.on:%d/%m/%Y} est dans l’avenir", "donnez le jour où c’est arrivé, avec --on")
    if state.state is CaseStatus.ENDED:
        return _mismatch("ce dossier est clos", "un dossier clos ne reçoit plus rien ; piles why dit pourquoi il l’est")
    match act:
        case MilestoneReached():
            return _refuse_milestone(act, state, methodology)
        case Issued():
            return _refuse_issue(act, state, acts, methodology)
        case Signed() | Refused() | Voided():
            thread = history(acts).threads.get(act.reference)
            if thread is None:
                return _mismatch(f"aucun document émis ne porte la référence {act.reference}", "piles status donne les références")
            return _refuse_about(act, thread, today)


def _refuse_milestone(act: MilestoneReached, state: CaseState, methodology: Methodology) -> Refusal | None:
    known = [milestone.id for milestone in methodology.milestones]
    if act.milestone not in known:
        return _usage(f"il n’y a pas de jalon « {act.milestone} »", f"les jalons sont : {', '.join(known)}")
    if act.milestone in state.milestones:
        day = state.milestones[act.milestone]
        return _mismatch(f"le jalon {act.milestone} est déjà enregistré, au {day:%d/%m/%Y}", "il n’y a rien à refaire")
    opposite = _OPPOSITES.get(act.milestone)
    if opposite in state.milestones:
        return _mismatch(
            f"le jalon {opposite} est déjà enregistré, et dit le contraire",
            "si le projet s’arrête malgré tout, enregistrez le jalon abandon avec une note",
        )
    return None


_OPPOSITES = {"besoin-non-confirme": "besoin-confirme", "copil-defavorable": "copil-favorable"}


def _refuse_issue(act: Issued, state: CaseState, acts: Sequence[Act], methodology: Methodology) -> Refusal | None:
    key = Key(act.document, act.recipient, act.period)
    document = state.document(key)
    if document is None:
        return _usage(f"ce dossier n’a pas de document {key.name}", "piles check montre les documents du dossier")
    if document.state in LIVE:
        return _mismatch(
            f"{key.name} est déjà émis (version {document.issued.version if document.issued else 1})",
            "pour en émettre une autre version, annulez d’abord celle-ci : piles void",
        )
    if act.version != next_version(acts, key):
        return _mismatch(f"la version suivante de {key.name} est la {next_version(acts, key)}", "relancez la commande")
    if not act.originals:
        return _mismatch(f"{key.name} n’a aucun exemplaire", "relancez la commande")
    step = methodology.document(act.document).step
    if step and step > state.current_step and not act.ahead:
        return Refusal(
            kind=RefusalKind.LOCKED,
            message=f"l’étape {step} est encore verrouillée : {key.name} ne peut pas être émis",
            remedy=f"{blocking(state, step)} ; pour émettre quand même : --ahead \"la raison\"",
        )
    return None


def blocking(state: CaseState, step: int) -> str:
    """Say in a phrase what earlier steps wait for, and so what locks a step."""
    things = [
        f"signature de {waiting.document} par {waiting.party}" if waiting.document else f"jalon {waiting.milestone}"
        for earlier in state.steps[: step - 1]
        for waiting in earlier.waiting_for
        if earlier.state is not StepStatus.DONE
    ]
    return f"il manque d’abord : {', '.join(things)}"


def _refuse_about(act: Signed | Refused | Voided, thread: Thread, today: dt.date) -> Refusal | None:
    reference, issued = act.reference, thread.issued
    status = thread.status(today)
    if act.on < issued.on:
        return _mismatch(
            f"{reference} n’a été émis que le {issued.on:%d/%m/%Y}, après la date donnée", "vérifiez la date, ou la référence"
        )
    if status is DocumentStatus.VOID:
        return _mismatch(f"{reference} a été annulé", "émettez une nouvelle version avec piles pack")
    if isinstance(act, Voided):
        return _mismatch(f"{reference} est signé par tous", "un acte signé ne s’annule pas : il se modifie par un avenant") if (
            status is DocumentStatus.SIGNED
        ) else None
    if act.party not in issued.means:
        parties = ", ".join(issued.means) or "personne"
        return _usage(f"{act.party} ne signe pas {reference}", f"signent ce document : {parties}")
    if status is DocumentStatus.DECLINED:
        return _mismatch(
            f"{reference} a déjà été refusé par {', '.join(thread.refused)}",
            "émettez une nouvelle version avec piles pack",
        )
    if isinstance(act, Refused):
        signed = any(party == act.party for party, _ in thread.signed)
        return _mismatch(f"{act.party} a déjà signé {reference}", "une signature donnée ne se refuse plus") if signed else None
    numbers = [original.number for original in issued.originals]
    if act.original not in numbers:
        return _usage(f"{reference} n’a pas d’exemplaire {act.original}", f"ses exemplaires : {', '.join(map(str, numbers))}")
    if (act.party, act.original) in thread.signed:
        return _mismatch(
            f"la signature de {act.party} sur l’exemplaire {act.original} de {reference} est déjà enregistrée",
            "il n’y a rien à refaire",
        )
    return None


def _mismatch(message: str, remedy: str) -> Refusal:
    return Refusal(kind=RefusalKind.MISMATCH, message=message, remedy=remedy)


def _usage(message: str, remedy: str) -> Refusal:
    return Refusal(kind=RefusalKind.USAGE, message=message, remedy=remedy)
