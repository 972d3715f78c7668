"""Say in French why a step or a document is where it is, and what to do next."""

from __future__ import annotations

from piles_docs.methodology.guard import blocking
from piles_docs.methodology.model import Methodology
from piles_docs.methodology.states import (
    CaseState,
    CaseStatus,
    DocumentState,
    DocumentStatus,
    SignatureStatus,
    StepState,
    StepStatus,
    WaitingFor,
)

STATE_WORDS = {
    DocumentStatus.INCOMPLETE: "à compléter",
    DocumentStatus.DRAFT: "projet",
    DocumentStatus.ISSUED: "émis",
    DocumentStatus.PARTLY_SIGNED: "signé en partie",
    DocumentStatus.SIGNED: "signé",
    DocumentStatus.DECLINED: "refusé",
    DocumentStatus.VOID: "annulé",
    DocumentStatus.SUPERSEDED: "remplacé",
    DocumentStatus.EXPIRED: "échu sans signature",
}
STEP_WORDS = {StepStatus.LOCKED: "verrouillée", StepStatus.OPEN: "en cours", StepStatus.DONE: "terminée"}


def explain_step(state: CaseState, step: StepState, methodology: Methodology) -> tuple[str, ...]:
    """Why a step is locked, open or done, and the next act."""
    lines = [f"L’étape {step.number} « {step.title} » est {STEP_WORDS[step.state]}."]
    if state.state is CaseStatus.ENDED:
        lines.append(f"Le dossier est clos par le jalon {state.ended_by}.")
        return tuple(lines)
    if step.state is StepStatus.LOCKED:
        lines.append(f"{_capital(blocking(state, step.number))}.")
    lines += [f"Elle attend : {describe(waiting, methodology)}." for waiting in step.waiting_for]
    if step.ahead:
        lines.append(f"Un document a été émis en avance, pour cette raison : {step.ahead}.")
    if step.state is StepStatus.OPEN:
        lines += [f"À faire : {next_act(state, waiting)}" for waiting in step.waiting_for]
    return tuple(lines)


def describe(waiting: WaitingFor, methodology: Methodology) -> str:
    """Name one thing that a step waits for."""
    if waiting.document:
        return f"la signature de « {methodology.document(waiting.document).short_title} » par {waiting.party}"
    return f"{methodology.milestone(waiting.milestone or '').title} (jalon {waiting.milestone})"


def next_act(state: CaseState, waiting: WaitingFor) -> str:
    """The command that brings what a step waits for."""
    if waiting.milestone:
        return f"piles record {state.dossier} milestone {waiting.milestone} --on AAAA-MM-JJ"
    document = next((found for found in state.documents if found.key.document == waiting.document and found.issued), None)
    if document is None or document.state in {DocumentStatus.VOID, DocumentStatus.DECLINED, DocumentStatus.EXPIRED}:
        return f"piles pack {state.dossier} -d {waiting.document}"
    return f"piles record {state.dossier} signature {waiting.document} --party {waiting.party} --on AAAA-MM-JJ"


def explain_document(state: CaseState, document: DocumentState) -> tuple[str, ...]:
    """Why a document is incomplete, waiting, stale, and the next act."""
    name = document.key.name
    lines = [f"« {document.title} » ({name}) est dans l’état : {STATE_WORDS[document.state]}."]
    lines += [f"Il manque au dossier : {path}." for path in document.lacks]
    if document.lacks:
        lines.append(f"À faire : compléter cases/{state.dossier}.yaml, puis piles check {state.dossier}")
    elif document.state in {DocumentStatus.DRAFT, DocumentStatus.VOID, DocumentStatus.DECLINED, DocumentStatus.EXPIRED}:
        lines.append(f"À faire : piles pack {state.dossier} -d {document.key.document}")
    if document.issued:
        lines.append(f"Référence {document.issued.reference}, émis le {document.issued.on:%d/%m/%Y}.")
    for signature in document.signatures:
        if document.issued and signature.state is SignatureStatus.MISSING:
            lines.append(f"Attend la signature de {signature.signatory} ({signature.party}), exemplaire {signature.original}.")
        if signature.state is SignatureStatus.REFUSED:
            lines.append(f"{signature.signatory} ({signature.party}) a refusé de signer.")
    for field in document.stale:
        lines.append(f"Le dossier a changé depuis : {field.path} valait « {field.issued} », vaut « {field.current} ».")
    if document.stale:
        signed = document.state is DocumentStatus.SIGNED
        act = "un avenant (piles generate -d avenant)" if signed else f"piles void {state.dossier} {name} --reason … puis piles pack"
        lines.append(f"À faire : {act}")
    if document.unlocks and document.state is not DocumentStatus.SIGNED:
        lines.append(f"Sa signature ouvrirait : {', '.join(document.unlocks)}.")
    return tuple(lines)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
