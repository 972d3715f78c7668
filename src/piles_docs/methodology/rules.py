"""Compute the state of a case from its data and its acts. Pure: the day is given."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from piles_docs.case.models import Case
from piles_docs.case.network_models import Network
from piles_docs.case.paths import flatten
from piles_docs.methodology.acts import Act
from piles_docs.methodology.instances import keys, lacks, period
from piles_docs.methodology.model import Document, Methodology, Step
from piles_docs.methodology.parties import full_name, in_signing_order, signatory
from piles_docs.methodology.states import (
    LIVE,
    CaseState,
    CaseStatus,
    DocumentState,
    DocumentStatus,
    Ending,
    Key,
    MissingSignature,
    SignatureState,
    SignatureStatus,
    StaleField,
    StepState,
    StepStatus,
    WaitingFor,
    WaitingKind,
)
from piles_docs.methodology.threads import AMENDMENT, History, Thread, history


@dataclass(frozen=True, slots=True, kw_only=True)
class _View:
    """All that the state of a document depends on."""

    case: Case
    network: Network
    past: History
    today: dt.date
    methodology: Methodology
    current: dict[str, str]
    years: frozenset[str | None]


def assess(
    case: Case, network: Network, acts: Sequence[Act], today: dt.date, methodology: Methodology
) -> CaseState:
    """Tell where a case stands: steps, documents, what is missing, what it would open.

    Args:
        case: What the case file says today.
        network: The network head's own data.
        acts: What was recorded, in order; each was let through by `guard.refuse`.
        today: The day on which terms end and delays are counted.
        methodology: The rules.
    """
    past = history(acts)
    documents = _documents(
        _View(
            case=case,
            network=network,
            past=past,
            today=today,
            methodology=methodology,
            current=current_values(case, network),
            years=frozenset(period(document, case) for document in methodology.documents),
        )
    )
    steps = _steps(methodology, past)
    ended_by = next((name for name in past.milestones if methodology.milestone(name).ends_case), None)
    all_done = all(step.state is StepStatus.DONE for step in steps)
    status = CaseStatus.ENDED if ended_by else CaseStatus.IN_NETWORK if all_done else CaseStatus.ACTIVE
    return CaseState(
        dossier=case.dossier,
        piles=case.piles.nom,
        state=status,
        ended_by=ended_by,
        current_step=next(
            (step.number for step in steps if step.state is not StepStatus.DONE), len(steps) + 1
        ),
        steps=steps,
        documents=documents,
        missing=() if ended_by else _missing(documents, past, today),
        endings=() if ended_by else _endings(documents, past, network, today, methodology),
        milestones={name: act.on for name, act in past.milestones.items()},
        is_forgotten=past.forgotten is not None,
    )


def _steps(methodology: Methodology, past: History) -> tuple[StepState, ...]:
    """A step is done when its own conditions hold and all earlier steps are done: done steps come first."""
    states: list[StepState] = []
    reached = True
    for step in methodology.gated_steps:
        waiting = _waiting(step, methodology, past)
        status = StepStatus.LOCKED if not reached else StepStatus.OPEN if waiting else StepStatus.DONE
        reached = status is StepStatus.DONE
        states.append(
            StepState(
                number=step.number,
                id=step.id,
                title=step.title,
                state=status,
                ahead=_ahead(step, methodology, past),
                waiting_for=waiting,
            )
        )
    return tuple(states)


def _waiting(step: Step, methodology: Methodology, past: History) -> tuple[WaitingFor, ...]:
    waiting: list[WaitingFor] = []
    for name in step.documents:
        if past.is_signed(name):
            continue
        open_threads = [
            t for t in past.threads.values() if t.issued.document == name and not t.voided and not t.refused
        ]
        thread = open_threads[-1] if open_threads else None
        waiting += [
            WaitingFor(kind=WaitingKind.SIGNATURE, document=name, party=party)
            for party in methodology.document(name).signatories
            if thread is None or not _has_signed_all(thread, party)
        ]
    waiting += [
        WaitingFor(kind=WaitingKind.MILESTONE, milestone=name)
        for name in step.milestones
        if name not in past.milestones
    ]
    return tuple(waiting)


def _has_signed_all(thread: Thread, party: str) -> bool:
    return all((party, original.number) in thread.signed for original in thread.issued.originals)


def _ahead(step: Step, methodology: Methodology, past: History) -> str | None:
    reasons = [
        thread.issued.ahead or "raison effacée"  # personal data can be erased; that it was ahead cannot
        for thread in past.threads.values()
        if thread.issued.is_ahead
        and not thread.voided
        and methodology.document(thread.issued.document).step == step.number
    ]
    return " ; ".join(dict.fromkeys(reasons)) or None


def _documents(view: _View) -> tuple[DocumentState, ...]:
    states: list[DocumentState] = []
    for document in view.methodology.documents:
        issued = [key for key in view.past.issued_keys() if key.document == document.id]
        amended = _amended(states, view.methodology) if document.recipients == "amended" else ()
        for key in dict.fromkeys([*issued, *amended, *_drafts(document, view.case, issued)]):
            thread = view.past.latest(key)
            # What a signed amendment changed has changed again: the next one is to be drafted.
            if thread is None or (key in amended and thread.is_complete):
                states.append(_draft(document, key, view))
            else:
                states.append(_issued(document, key, thread, view))
    return tuple(states)


def _amended(states: Sequence[DocumentState], methodology: Methodology) -> tuple[Key, ...]:
    """The amendments that signed conventions call for: one for each whose data changed since."""
    return tuple(
        Key(AMENDMENT, state.key.document, state.key.period)
        for state in states
        if state.state is DocumentStatus.SIGNED
        and state.stale
        and methodology.document(state.key.document).is_convention
    )


def _drafts(document: Document, case: Case, issued: Sequence[Key]) -> tuple[Key, ...]:
    """What the case has beside what was issued; a letter to nobody in particular only where none was sent."""
    return tuple(
        key for key in keys(document, case) if key.recipient or document.recipients is None or not issued
    )


def _draft(document: Document, key: Key, view: _View) -> DocumentState:
    missing = lacks(document, key, view.case, view.network)
    return DocumentState(
        key=key,
        title=document.short_title,
        step=document.step,
        state=DocumentStatus.INCOMPLETE if missing else DocumentStatus.DRAFT,
        lacks=missing,
        signatures=_signatures_to_come(document, view.case, view.network),
        unlocks=document.unlocks,
    )


def _issued(document: Document, key: Key, thread: Thread, view: _View) -> DocumentState:
    status = thread.status(view.today)
    if status is DocumentStatus.SIGNED and _is_replaced(key, view.past):
        status = DocumentStatus.SUPERSEDED
    live = status in LIVE
    return DocumentState(
        key=key,
        title=document.short_title,
        step=document.step,
        state=status,
        lacks=() if live else lacks(document, key, view.case, view.network),
        issued=thread.issued,
        signed_on=thread.signed_on,
        stale=_stale(thread, view) if live and _is_described(key, view) else (),
        signatures=_signatures(thread),
        unlocks=document.unlocks,
    )


def _is_replaced(key: Key, past: History) -> bool:
    """Whether the same document is signed for a later year too."""
    last = past.signed(key.document)
    return (
        last is not None
        and last.key.recipient == key.recipient
        and (last.key.period or "") > (key.period or "")
    )


def _is_described(key: Key, view: _View) -> bool:
    """Whether the case file still speaks of this document's year; it speaks of one year at a time."""
    return key.period is None or key.period in view.years


def current_values(case: Case, network: Network) -> dict[str, str]:
    """All that the case and the network head say today, by path."""
    return flatten(case) | flatten(network.tete_de_reseau, "tete_de_reseau")


_NOTIFIED = frozenset(
    {
        "representant", "deliberation", "siege", "objet", "iban", "administrateurs_communs",
        "animateur", "rencontres", "partenaires", "budget",
    }
)  # fmt: skip
"""What a signed convention tells of, and does not agree on: its change is notified, not amended.

So say the conventions themselves: articles on amendment and on documents, annexes on accounts and budget.
"""


def _stale(thread: Thread, view: _View) -> tuple[StaleField, ...]:
    """The values that the case gives differently since; what a signed amendment changed counts as issued."""
    issued = dict(thread.issued.values)
    for amendment in view.past.amendments(thread):
        issued |= {path: value for path, value in amendment.issued.values.items() if path in issued}
    agreed = thread.is_complete and view.methodology.document(thread.issued.document).is_convention
    return tuple(
        StaleField(path=path, issued=value, current=view.current.get(path, ""))
        for path, value in sorted(issued.items())
        if view.current.get(path, "") != value and not (agreed and _NOTIFIED & set(path.split(".")))
    )


def _signatures_to_come(document: Document, case: Case, network: Network) -> tuple[SignatureState, ...]:
    return tuple(
        SignatureState(
            party=party,
            signatory=full_name(signatory(party, case, network)),
            original=1,
            state=SignatureStatus.MISSING,
        )
        for party in document.signatories
    )


def _signatures(thread: Thread) -> tuple[SignatureState, ...]:
    states = []
    for party, original in thread.required:
        act = thread.signed.get((party, original))
        status = SignatureStatus.RECEIVED if act else SignatureStatus.MISSING
        if act is None and (party, original) in thread.uncertain:
            status = SignatureStatus.UNCERTAIN
        if act is None and party in thread.refused:
            status = SignatureStatus.REFUSED
        states.append(
            SignatureState(
                party=party,
                signatory=thread.issued.signatories.get(party, ""),
                original=original,
                state=status,
                means=act.means if act else thread.means[party],
                on=act.on if act else None,
                level=thread.levels.get((party, original)) if act else None,
            )
        )
    return tuple(states)


def _missing(
    documents: Sequence[DocumentState], past: History, today: dt.date
) -> tuple[MissingSignature, ...]:
    found = []
    for document in documents:
        issued = document.issued
        if issued is None or document.state not in {DocumentStatus.ISSUED, DocumentStatus.PARTLY_SIGNED}:
            continue
        waiting = [one for one in document.signatures if one.state is SignatureStatus.MISSING]
        turn = in_signing_order({one.party for one in waiting})[:1]
        for signature in waiting:
            mail = past.last_mail(issued.reference, signature.party)
            found.append(
                MissingSignature(
                    key=document.key,
                    party=signature.party,
                    signatory=signature.signatory,
                    original=signature.original,
                    means=past.threads[issued.reference].means[signature.party],
                    since_days=max((today - issued.on).days, 0),
                    due_on=issued.due_on,
                    is_turn=signature.party in turn,
                    mailed_on=mail.on if mail else None,
                )
            )
    return tuple(found)


def _endings(
    documents: Sequence[DocumentState],
    past: History,
    network: Network,
    today: dt.date,
    methodology: Methodology,
) -> tuple[Ending, ...]:
    """Conventions to renew in time: an extension is agreed on before the end (C. civ., art. 1213)."""
    found = []
    for document in documents:
        definition = methodology.document(document.key.document)
        if document.state is not DocumentStatus.SIGNED or document.issued is None:
            continue
        if definition.followed_by and past.is_signed(definition.followed_by):
            continue
        ends_on = past.ends_on(past.threads[document.issued.reference], definition.ends)
        if ends_on is None or (ends_on - today).days > network.envoi.alerte_fin_jours:
            continue
        found.append(
            Ending(
                key=document.key,
                reference=document.issued.reference,
                ends_on=ends_on,
                days_left=(ends_on - today).days,
            )
        )
    return tuple(found)
