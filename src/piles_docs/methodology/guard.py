"""Which acts may be recorded: the rules that no order of events can get around."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from piles_docs.french.dates import written_date
from piles_docs.methodology.acts import (
    Act,
    Forgotten,
    FoundEmpty,
    Issued,
    LevelRaised,
    Mailed,
    MailEnded,
    MeansChanged,
    MilestoneReached,
    Proven,
    Refused,
    Scanned,
    Signed,
    Voided,
    Withdrawn,
)
from piles_docs.methodology.explain import blocking
from piles_docs.methodology.model import Document, Methodology
from piles_docs.methodology.states import LIVE, CaseState, CaseStatus, DocumentStatus, Key
from piles_docs.methodology.threads import AMENDMENT, History, Thread, history, next_version


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


def refuse(
    act: Act, state: CaseState, acts: Sequence[Act], today: dt.date, methodology: Methodology
) -> Refusal | None:
    """Tell why an act may not be recorded, or None when it may.

    Args:
        act: What would be recorded.
        state: The case as `assess` sees it now.
        acts: What was recorded so far.
        today: The day; nothing is recorded as done in the future.
        methodology: The rules.
    """
    if act.on > today:
        return _mismatch(
            f"la date du {written_date(act.on)} est dans l’avenir",
            "donnez le jour où c’est arrivé, avec --on",
        )
    if state.is_forgotten:
        return _mismatch(
            "les données personnelles de ce dossier ont été effacées",
            "ouvrez un nouveau dossier, sous un autre nom",
        )
    past = history(acts)
    match act:
        case Forgotten():
            return _refuse_forgetting(act, state)
        case Withdrawn():
            return _refuse_withdrawal(act, acts, past)
        case MailEnded():
            return _refuse_mail_end(act, past)
        case Scanned():
            return _refuse_scan(act, past)
        case LevelRaised() | Proven():
            return _refuse_about_file(act, past)
        case _ if state.state is CaseStatus.ENDED:
            return _mismatch(
                f"ce dossier est clos ({state.ended_by})",
                f"piles status {state.dossier} dit où il s’est arrêté",
            )
        case MilestoneReached():
            return _refuse_milestone(act, state, methodology)
        case Issued():
            return _refuse_issue(act, state, past, next_version(acts, _key(act)), methodology)
        case Mailed():
            return _refuse_mail(act, past)
        case _:
            return _refuse_about(act, past, today)


def _refuse_forgetting(act: Forgotten, state: CaseState) -> Refusal | None:
    """What still binds, or still waits for a signature, is not erased without a word of why."""
    if act.reason:
        return None
    return _usage(f"le dossier {state.dossier} serait effacé sans raison", "ajoutez --reason TEXTE")


_WITHDRAWABLE = (Signed, FoundEmpty, Refused, Voided, MilestoneReached, MeansChanged)


def _refuse_withdrawal(act: Withdrawn, acts: Sequence[Act], past: History) -> Refusal | None:
    if not 1 <= act.event <= len(acts):
        return _usage(
            f"ce dossier n’a pas d’événement n° {act.event}", "piles log les montre, avec leur numéro"
        )
    mistaken = acts[act.event - 1]
    if any(isinstance(other, Withdrawn) and other.event == act.event for other in acts):
        return _mismatch(f"l’événement n° {act.event} est déjà retiré", "il n’y a rien à refaire")
    if isinstance(mistaken, Issued):
        return _mismatch(
            f"l’événement n° {act.event} est une émission : elle ne se retire pas",
            "annulez le document : piles void",
        )
    if not isinstance(mistaken, _WITHDRAWABLE):
        return _mismatch(
            f"l’événement n° {act.event} ne se retire pas",
            "seuls une signature, un refus, une annulation, un jalon ou un changement de moyen se retirent",
        )
    if isinstance(mistaken, Voided):
        thread = past.threads[mistaken.reference]
        if past.latest(thread.key) is not thread:
            return _mismatch(
                f"{mistaken.reference} a été remplacé depuis son annulation",
                "annulez d’abord la version suivante",
            )
    if not act.reason:
        return _usage(f"l’événement n° {act.event} serait retiré sans raison", "ajoutez --note TEXTE")
    return None


def _refuse_scan(act: Scanned, past: History) -> Refusal | None:
    """What came back is recorded whenever it comes, also of ended versions; not of what was never issued."""
    for page in act.pages:
        thread = past.threads.get(page.reference)
        numbers = {original.number: original.pages for original in thread.issued.originals} if thread else {}
        if page.original not in numbers or not 1 <= page.page <= numbers[page.original]:
            return _mismatch(
                f"{page.reference}, exemplaire {page.original}, n’a pas de page {page.page}",
                "cette page ne vient pas de ce qui a été émis",
            )
    return None


def _refuse_about_file(act: LevelRaised | Proven, past: History) -> Refusal | None:
    """What makes a signature last, or proves it, is never too late: not even once the case is closed."""
    thread = past.threads.get(act.reference)
    if thread is None or act.original not in thread.files:
        return _mismatch(
            f"aucune signature électronique vérifiée sur {act.reference}, exemplaire {act.original}",
            "faites vérifier le fichier signé : piles receive",
        )
    if isinstance(act, Proven) and not thread.is_complete:
        return _mismatch(f"{act.reference} n’est pas signé par tous", "piles status dit qui manque")
    return None


def _refuse_mail(act: Mailed, past: History) -> Refusal | None:
    unknown = [name for name in act.references if name not in past.threads]
    if unknown or not act.references:
        return _mismatch("ce courriel ne parle d’aucun document émis", "piles status donne les références")
    strangers = [name for name in act.references if act.party not in past.threads[name].means]
    if strangers:
        return _usage(f"{act.party} ne signe pas {', '.join(strangers)}", "piles status dit qui signe quoi")
    if act.message in {mail.message for mail in past.mails} | set(past.mail_ends):
        return _mismatch(f"le courriel {act.message} est déjà enregistré", "il n’y a rien à refaire")
    return None


def _refuse_mail_end(act: MailEnded, past: History) -> Refusal | None:
    if act.message not in {mail.message for mail in past.mails} or act.message in past.mail_ends:
        return _mismatch(f"aucun courriel {act.message} n’attend de réponse", "il n’y a rien à refaire")
    return None


def _key(act: Issued) -> Key:
    return Key(act.document, act.recipient, act.period)


def _refuse_milestone(act: MilestoneReached, state: CaseState, methodology: Methodology) -> Refusal | None:
    known = [milestone.id for milestone in methodology.milestones]
    if act.milestone not in known:
        return _usage(f"il n’y a pas de jalon « {act.milestone} »", f"les jalons sont : {', '.join(known)}")
    if act.milestone in state.milestones:
        day = state.milestones[act.milestone]
        return _mismatch(
            f"le jalon {act.milestone} est déjà enregistré, au {written_date(day)}",
            "il n’y a rien à refaire",
        )
    opposite = _OPPOSITES.get(act.milestone)
    if opposite in state.milestones:
        return _mismatch(
            f"le jalon {opposite} est déjà enregistré, et dit le contraire",
            "si le projet s’arrête malgré tout, enregistrez le jalon abandon avec une note",
        )
    if methodology.milestone(act.milestone).ends_case and not act.note:
        return _usage(f"le jalon {act.milestone} clôt le dossier sans dire pourquoi", "ajoutez --note TEXTE")
    return None


_OPPOSITES = {"besoin-non-confirme": "besoin-confirme", "copil-defavorable": "copil-favorable"}


def _refuse_issue(
    act: Issued, state: CaseState, past: History, version: int, methodology: Methodology
) -> Refusal | None:
    name = _key(act).name
    document = state.document(_key(act))
    if document is None:
        return _usage(f"ce dossier n’a pas de document {name}", "piles check montre les documents du dossier")
    if document.state in LIVE:
        return _mismatch(
            f"{name} est déjà émis",
            "un acte signé de tous se modifie par un avenant ; un autre s’annule d’abord : piles void",
        )
    if document.lacks:
        return _usage(
            f"{name} est incomplet : il manque {', '.join(document.lacks)}",
            f"complétez le dossier, puis lancez piles check {state.dossier}",
        )
    definition = methodology.document(act.document)
    if _is_malformed(act, definition, version) or act.reference in past.threads:
        return _mismatch(f"l’émission de {name} ne correspond plus au dossier", "relancez la commande")
    return _refuse_amendment(act, state, past, methodology) or _refuse_locked(
        act, definition, state, methodology
    )


def _is_malformed(act: Issued, definition: Document, version: int) -> bool:
    """Whether version, parties or numbers of originals (C. civ., art. 1375) are not as due."""
    numbers = [original.number for original in act.originals]
    return (
        act.version != version
        or tuple(act.means) != definition.signatories
        or not numbers
        or numbers != list(range(1, len(numbers) + 1))
    )


def _refuse_amendment(
    act: Issued, state: CaseState, past: History, methodology: Methodology
) -> Refusal | None:
    """An amendment changes an act that differs from the case and that still runs (C. civ., art. 1213)."""
    if act.document != AMENDMENT:
        return None
    amended = state.document(Key(act.recipient or "", None, act.period))
    if amended is None or amended.issued is None or not amended.stale:
        return _mismatch(
            f"{_key(act).name} n’aurait rien à modifier", "le dossier dit la même chose que l’acte signé"
        )
    amended_act = past.threads[amended.issued.reference]
    ends_on = past.ends_on(amended_act, methodology.document(amended.key.document).ends)
    if ends_on is not None and ends_on < act.on:
        return _mismatch(
            f"{amended.issued.reference} a pris fin le {written_date(ends_on)}",
            "un acte échu ne se modifie plus : passez une nouvelle convention",
        )
    return None


def _refuse_locked(
    act: Issued, definition: Document, state: CaseState, methodology: Methodology
) -> Refusal | None:
    if definition.step is None or definition.step <= state.current_step or (act.is_ahead and act.ahead):
        return None
    return Refusal(
        kind=RefusalKind.LOCKED,
        message=f"l’étape {definition.step} est encore verrouillée : {_key(act).name} ne peut pas être émis",
        remedy=f"{blocking(state, definition.step, methodology)} ; "
        'pour l’émettre quand même, dites pourquoi : --ahead "la raison"',
    )


def _refuse_about(
    act: Signed | FoundEmpty | Refused | Voided | MeansChanged, past: History, today: dt.date
) -> Refusal | None:
    thread = past.threads.get(act.reference)
    if thread is None:
        return _mismatch(
            f"aucun document émis ne porte la référence {act.reference}", "piles status donne les références"
        )
    if act.on < thread.issued.on:
        return _mismatch(
            f"{act.reference} n’a été émis que le {written_date(thread.issued.on)}, après la date donnée",
            "vérifiez la date, ou la référence",
        )
    if thread.voided:
        return _mismatch(f"{act.reference} a été annulé", "émettez une nouvelle version avec piles pack")
    latest = past.latest(thread.key)
    if latest is not None and latest is not thread:
        return _mismatch(
            f"{act.reference} a été remplacé par {latest.issued.reference}",
            "utilisez la référence de la dernière version",
        )
    match act:
        case Voided():
            return _refuse_void(act, thread, today)
        case Refused():
            return _refuse_party(act, thread) or _refuse_refusal(act, thread)
        case MeansChanged():
            return _refuse_party(act, thread) or _refuse_means(act, thread)
        case FoundEmpty():
            return _refuse_party(act, thread) or _refuse_emptiness(act, thread)
        case _:
            return _refuse_party(act, thread) or _refuse_signature(act, thread)


def _refuse_void(act: Voided, thread: Thread, today: dt.date) -> Refusal | None:
    if thread.status(today) is DocumentStatus.SIGNED:
        return _mismatch(
            f"{act.reference} est signé par tous",
            "un acte signé ne s’annule pas : il se modifie par un avenant",
        )
    return None if act.reason else _usage(f"{act.reference} serait annulé sans raison", "ajoutez --reason")


def _refuse_party(act: Signed | FoundEmpty | Refused | MeansChanged, thread: Thread) -> Refusal | None:
    if act.party not in thread.issued.means:
        parties = ", ".join(thread.issued.means) or "personne"
        return _usage(f"{act.party} ne signe pas {act.reference}", f"signent ce document : {parties}")
    if thread.refused:
        return _mismatch(
            f"{act.reference} a déjà été refusé par {', '.join(thread.refused)}",
            "émettez une nouvelle version avec piles pack",
        )
    return None


def _refuse_refusal(act: Refused, thread: Thread) -> Refusal | None:
    if any(party == act.party for party, _ in thread.signed):
        return _mismatch(
            f"{act.party} a déjà signé {act.reference}", "une signature donnée ne se refuse plus"
        )
    return None if act.note else _usage(f"{act.party} refuserait sans raison", "ajoutez --note TEXTE")


def _refuse_means(act: MeansChanged, thread: Thread) -> Refusal | None:
    if all(needed in thread.signed for needed in thread.required if needed[0] == act.party):
        return _mismatch(
            f"{act.party} a déjà tout signé de {act.reference}", "ce qui est signé reste signé tel quel"
        )
    if thread.means[act.party] is act.means:
        return _mismatch(
            f"{act.party} signe déjà {act.reference} de cette manière", "il n’y a rien à changer"
        )
    return None


def _refuse_emptiness(act: FoundEmpty, thread: Thread) -> Refusal | None:
    if (act.party, act.original) not in thread.uncertain:
        return _mismatch(
            f"{act.reference}, exemplaire {act.original} : rien n’est à regarder pour {act.party}",
            "piles receive --review montre ce qui attend un regard",
        )
    return None


def _refuse_signature(act: Signed, thread: Thread) -> Refusal | None:
    numbers = [original.number for original in thread.issued.originals]
    if act.original not in numbers:
        return _usage(
            f"{act.reference} n’a pas d’exemplaire {act.original}",
            f"ses exemplaires : {', '.join(map(str, numbers))}",
        )
    if act.pdf_sha256 and thread.issued.seal is None:
        return _mismatch(
            f"{act.reference} a été émis pour être signé sur papier : il n’a pas de champ à signer",
            "annulez-le (piles void), puis émettez-le avec --means electronique",
        )
    if (act.party, act.original) in thread.signed:
        return _mismatch(
            f"la signature de {act.party} sur l’exemplaire {act.original} de {act.reference} "
            "est déjà enregistrée",
            "il n’y a rien à refaire",
        )
    ends_on = thread.issued.ends_on
    if ends_on is not None and ends_on < act.on:
        return _mismatch(
            f"{act.reference} a pris fin le {written_date(ends_on)}, avant cette signature",
            "vérifiez la date, ou changez la durée dans le dossier et émettez une nouvelle version",
        )
    return None


def _mismatch(message: str, remedy: str) -> Refusal:
    return Refusal(kind=RefusalKind.MISMATCH, message=message, remedy=remedy)


def _usage(message: str, remedy: str) -> Refusal:
    return Refusal(kind=RefusalKind.USAGE, message=message, remedy=remedy)
