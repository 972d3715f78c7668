"""Make reports of states: the facts as the rules found them, the words as people read them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from piles_docs.french.dates import written_date
from piles_docs.methodology.explain import (
    STATE_WORDS,
    STEP_WORDS,
    describe,
    describe_ending,
    describe_opening,
    next_act,
    next_renewal,
)
from piles_docs.methodology.model import Methodology
from piles_docs.methodology.parties import PARTY_TITLES
from piles_docs.methodology.states import (
    CaseState,
    CaseStatus,
    DocumentState,
    Ending,
    MissingSignature,
    SignatureStatus,
    StepState,
    StepStatus,
)
from piles_docs.usecases.reports import (
    CaseReport,
    DocumentReport,
    EndingReport,
    MilestoneReport,
    MissingReport,
    Person,
    SignatureReport,
    StaleReport,
    StepReport,
    UncertainReport,
    WaitingReport,
)

_CASE_WORDS = {CaseStatus.ACTIVE: "en cours", CaseStatus.IN_NETWORK: "en réseau", CaseStatus.ENDED: "clos"}


def report_of(state: CaseState, methodology: Methodology) -> CaseReport:
    """Report where a case stands."""
    steps = tuple(_step(state, step, methodology) for step in state.steps)
    is_active = state.state is CaseStatus.ACTIVE
    return CaseReport(
        dossier=state.dossier,
        piles=state.piles,
        state=str(state.state),
        state_title=_CASE_WORDS[state.state],
        ended_by=state.ended_by,
        ended_by_title=methodology.milestone(state.ended_by).title if state.ended_by else None,
        forgotten=state.is_forgotten,
        current_step=state.current_step,
        current_step_title=methodology.steps[state.current_step - 1].title,
        waiting_for=steps[state.current_step - 1].waiting_for if is_active else (),
        missing=tuple(_missing(state, methodology)),
        uncertain=tuple(_uncertain(state)),
        endings=tuple(_ending(state, ending, methodology) for ending in state.endings),
        stale=tuple(document.key.name for document in state.documents if document.stale),
        steps=steps,
        milestones=tuple(
            MilestoneReport(id=name, on=on.isoformat()) for name, on in sorted(state.milestones.items())
        ),
        documents=tuple(map(_document, state.documents)),
    )


def _step(state: CaseState, step: StepState, methodology: Methodology) -> StepReport:
    is_open = step.state is StepStatus.OPEN and state.state is not CaseStatus.ENDED
    return StepReport(
        number=step.number,
        id=step.id,
        title=step.title,
        state=str(step.state),
        state_title=STEP_WORDS[step.state],
        ahead=step.ahead,
        waiting_for=tuple(
            WaitingReport(
                kind=str(waiting.kind),
                document=waiting.document,
                party=waiting.party,
                milestone=waiting.milestone,
                text=describe(waiting, methodology),
                act=next_act(state, waiting) if is_open else None,
            )
            for waiting in step.waiting_for
        ),
    )


def _document(document: DocumentState) -> DocumentReport:
    issued = document.issued
    return DocumentReport(
        id=document.key.document,
        recipient=document.key.recipient,
        period=document.key.period,
        name=document.key.name,
        title=document.title,
        step=document.step,
        state=str(document.state),
        state_title=STATE_WORDS[document.state],
        reference=issued.reference if issued else None,
        version=issued.version if issued else None,
        issued_on=_iso(issued.on) if issued else None,
        due_on=_iso(issued.due_on) if issued else None,
        signed_on=_iso(document.signed_on),
        unlocks=document.unlocks,
        stale=tuple(
            StaleReport(path=field.path, issued=field.issued, current=field.current)
            for field in document.stale
        ),
        lacks=document.lacks,
        signatures=tuple(
            SignatureReport(
                party=signature.party,
                signatory=signature.signatory,
                original=signature.original,
                state=str(signature.state),
                means=str(signature.means) if signature.means else None,
                on=_iso(signature.on),
                level=str(signature.level) if signature.level else None,
            )
            for signature in document.signatures
        ),
    )


def _missing(state: CaseState, methodology: Methodology) -> Iterator[MissingReport]:
    for item in state.missing:
        document = state.document(item.key)
        if document is None or document.issued is None:
            raise AssertionError(f"{item.key.name} misses a signature and was never issued")
        yield MissingReport(
            document=item.key.document,
            recipient=item.key.recipient,
            period=item.key.period,
            name=item.key.name,
            title=document.title,
            party=item.party,
            party_title=PARTY_TITLES[item.party],
            signatory=_name(item),
            original=item.original,
            originals=len(document.issued.originals),
            means=str(item.means),
            issued_on=document.issued.on.isoformat(),
            since_days=item.since_days,
            due_on=_iso(item.due_on),
            turn=item.is_turn,
            after=None if item.is_turn else _whose_turn(state, item),
            mailed_on=_iso(item.mailed_on),
            unlocks=document.unlocks,
            opens=describe_opening(document.unlocks, methodology),
        )


def _uncertain(state: CaseState) -> Iterator[UncertainReport]:
    for document in state.documents:
        for signature in document.signatures:
            if signature.state is SignatureStatus.UNCERTAIN:
                yield UncertainReport(
                    name=document.key.name,
                    party=signature.party,
                    signatory=signature.signatory or PARTY_TITLES[signature.party],
                    original=signature.original,
                )


def _whose_turn(state: CaseState, item: MissingSignature) -> Person:
    first = next(other for other in state.missing if other.key == item.key and other.is_turn)
    return Person(party=first.party, signatory=_name(first))


def _name(item: MissingSignature) -> str:
    return item.signatory or PARTY_TITLES[item.party]


def _ending(state: CaseState, ending: Ending, methodology: Methodology) -> EndingReport:
    return EndingReport(
        document=ending.key.document,
        recipient=ending.key.recipient,
        period=ending.key.period,
        name=ending.key.name,
        title=methodology.document(ending.key.document).short_title,
        reference=ending.reference,
        ends_on=ending.ends_on.isoformat(),
        ends_on_title=written_date(ending.ends_on),
        days_left=ending.days_left,
        text=describe_ending(ending),
        act=next_renewal(state, ending),
    )


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None
