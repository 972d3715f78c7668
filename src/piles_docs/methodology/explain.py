"""Say in French why a step or a document is where it is, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from piles_docs.french import delays
from piles_docs.french.dates import written_date
from piles_docs.methodology.model import Methodology
from piles_docs.methodology.parties import PARTY_TITLES
from piles_docs.methodology.states import (
    LIVE,
    CaseState,
    CaseStatus,
    DocumentState,
    DocumentStatus,
    Ending,
    SignatureStatus,
    StaleField,
    StepState,
    StepStatus,
    WaitingFor,
)
from piles_docs.methodology.threads import AMENDMENT, RENEWAL

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
    if step.ahead:
        lines.append(f"Un document en a été émis en avance, pour cette raison : {step.ahead}.")
    if state.state is CaseStatus.ENDED:
        return (*lines, f"Le dossier est clos par le jalon {state.ended_by}.")
    if step.state is StepStatus.LOCKED:
        phrase = blocking(state, step.number, methodology)
        lines.append(f"{phrase[:1].upper()}{phrase[1:]}.")
    for waiting in step.waiting_for:
        lines.append(f"Elle attend : {describe(waiting, methodology)}.")
        if step.state is StepStatus.OPEN:
            lines.append(f"À faire : {next_act(state, waiting)}")
            lines += _proofs(waiting, methodology)
    if step.state is StepStatus.LOCKED:
        current = state.steps[state.current_step - 1]
        lines += [f"À faire d’abord : {next_act(state, waiting)}" for waiting in current.waiting_for]
    return tuple(lines)


def blocking(state: CaseState, step: int, methodology: Methodology) -> str:
    """Say in a phrase what earlier steps wait for, and so what locks a step."""
    things = [
        describe(waiting, methodology)
        for earlier in state.steps[: step - 1]
        for waiting in earlier.waiting_for
    ]
    return f"il manque d’abord : {', '.join(things)}"


def describe(waiting: WaitingFor, methodology: Methodology) -> str:
    """Name one thing that a step waits for."""
    if waiting.document:
        title = methodology.document(waiting.document).short_title
        return f"la signature de « {title} » par {PARTY_TITLES[waiting.party or '']}"
    return f"{methodology.milestone(waiting.milestone or '').title} (jalon {waiting.milestone})"


def next_act(state: CaseState, waiting: WaitingFor) -> str:
    """The command, or the change to the case file, that brings what a step waits for."""
    if waiting.milestone:
        return f"piles record {state.dossier} milestone {waiting.milestone} --on AAAA-MM-JJ"
    # Of a yearly document, the last is the one of the latest year.
    document = [found for found in state.documents if found.key.document == waiting.document][-1]
    if document.state in LIVE:
        return _to_record(state, document, waiting.party or "")
    return _to_issue(state, document)


def _proofs(waiting: WaitingFor, methodology: Methodology) -> Iterator[str]:
    for document in methodology.documents:
        if document.proves and document.proves == waiting.milestone:
            yield f"Le document {document.id}, une fois signé, le prouve : joignez-le avec --evidence."


def _to_issue(state: CaseState, document: DocumentState) -> str:
    if document.lacks:
        return (
            f"compléter cases/{state.dossier}.yaml ({', '.join(document.lacks)}), "
            f"puis piles check {state.dossier}"
        )
    command = f"piles pack {state.dossier} -d {document.key.name}"
    return f'{command} --ahead "la raison"' if _is_ahead(state, document) else command


def _to_record(state: CaseState, document: DocumentState, party: str) -> str:
    return f"piles record {state.dossier} signature {document.key.name} --party {party} --on AAAA-MM-JJ"


def _is_ahead(state: CaseState, document: DocumentState) -> bool:
    return document.step is not None and document.step > state.current_step


def explain_document(state: CaseState, document: DocumentState) -> tuple[str, ...]:
    """Why a document is incomplete, waiting, stale, and the next act."""
    return tuple(_document_lines(state, document))


def _document_lines(state: CaseState, document: DocumentState) -> Iterator[str]:
    yield f"« {document.title} » ({document.key.name}) est dans l’état : {STATE_WORDS[document.state]}."
    if document.issued:
        yield f"Référence {document.issued.reference}, émis le {written_date(document.issued.on)}."
        yield from _signature_lines(document)
        yield from _ending_lines(state, document)
    for path in document.lacks:
        yield f"Il manque au dossier : {path}."
    for field in document.stale:
        yield _change(field)
    if document.unlocks and document.state not in {DocumentStatus.SIGNED, DocumentStatus.SUPERSEDED}:
        titles = {step.id: f"l’étape {step.number} « {step.title} »" for step in state.steps}
        opened = [titles.get(name, "l’entrée dans le réseau") for name in document.unlocks]
        yield f"Sa signature compte pour ouvrir {', '.join(opened)}."
    if state.state is CaseStatus.ENDED:
        yield f"Le dossier est clos par le jalon {state.ended_by}."
    elif document.state not in LIVE:
        if _is_ahead(state, document):
            why = f"piles why {state.dossier} {document.step}"
            yield f"L’étape {document.step} est encore verrouillée ({why} dit pourquoi)."
        yield f"À faire : {_to_issue(state, document)}"
    elif document.stale:
        yield f"À faire : {_to_refresh(state, document)}"
    else:
        missing = [found.party for found in document.signatures if found.state is SignatureStatus.MISSING]
        for party in dict.fromkeys(missing):
            yield f"À faire : {_to_record(state, document, party)}"


def describe_ending(ending: Ending) -> str:
    """Say when a convention ends: « prend fin le 31 décembre 2026, dans 35 jours »."""
    return delays.ending(written_date(ending.ends_on), ending.days_left)


def _ending_lines(state: CaseState, document: DocumentState) -> Iterator[str]:
    for ending in state.endings:
        if ending.key == document.key:
            yield f"Il {describe_ending(ending)}, et aucun acte signé ne lui fait suite."
            yield f"À faire : {next_renewal(state, ending)}"


def next_renewal(state: CaseState, ending: Ending) -> str:
    """What to do about a convention that ends: propose the next year, extend it, or say that it stops."""
    letters = [found for found in state.documents if found.key.document == RENEWAL]
    if ending.key.period and ending.days_left >= 0 and letters and letters[-1].state not in LIVE:
        return f"{_to_issue(state, letters[-1])}, pour proposer l’année suivante"
    if ending.key.period:
        return (
            f"écrire la nouvelle année dans cases/{state.dossier}.yaml (conventions.annuelle), "
            f"puis piles pack {state.dossier} -d {ending.key.document}"
        )
    if ending.days_left < 0:
        return "passer une nouvelle convention : un acte échu ne se prolonge plus"
    return f"changer sa fin dans cases/{state.dossier}.yaml, puis piles pack {state.dossier} -d avenant"


def _signature_lines(document: DocumentState) -> Iterator[str]:
    for signature in document.signatures:
        who = f"{signature.signatory} ({signature.party})"
        if signature.state is SignatureStatus.REFUSED:
            yield f"{who} a refusé de signer l’exemplaire {signature.original}."
        elif signature.state is SignatureStatus.MISSING and document.state in LIVE:
            yield f"Attend la signature de {who}, exemplaire {signature.original}."


def _change(field: StaleField) -> str:
    now = f"vaut maintenant « {field.current} »" if field.current else "n’est plus donné"
    before = f"valait « {field.issued} »" if field.issued else "n’était pas donné"
    return f"Le dossier a changé depuis : {field.path} {before} et {now}."


def _to_refresh(state: CaseState, document: DocumentState) -> str:
    """What to do about an issued document that the case no longer matches."""
    name = document.key.name
    if document.state is not DocumentStatus.SIGNED:
        return f"piles void {state.dossier} {name} --reason …, puis piles pack {state.dossier} -d {name}"
    amendment = next(
        (
            found.key.name
            for found in state.documents
            if (found.key.document, found.key.recipient, found.key.period)
            == (AMENDMENT, document.key.document, document.key.period)
        ),
        None,
    )
    if amendment is None:
        return "rien d’obligatoire : le document est signé et ne s’amende pas"
    return f"piles pack {state.dossier} -d {amendment}"


def describe_opening(steps: Sequence[str], methodology: Methodology) -> str:
    """Name what a signature opens: l’étape 4, « Premier comité de pilotage »; empty when it opens nothing."""
    titles = {step.id: step for step in methodology.steps}
    last = methodology.gated_steps[-1].number
    return " ; ".join(
        "l’entrée dans le réseau"
        if titles[name].number > last
        else f"l’étape {titles[name].number}, « {titles[name].title} »"
        for name in steps
    )
