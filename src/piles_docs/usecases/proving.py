"""Make, seal and record the proof files of what everyone has signed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from piles_docs.documents.conversion import Converter
from piles_docs.errors import Mismatch
from piles_docs.ledger.acts import entry_of
from piles_docs.methodology.acts import Level, Original, Proven
from piles_docs.methodology.threads import Thread, history
from piles_docs.signing.judging import judge
from piles_docs.usecases.clock import Clock
from piles_docs.usecases.files import SIGNED_FOLDER, one_at_a_time, write_privately
from piles_docs.usecases.proof import SignedOriginal, proof_of
from piles_docs.usecases.record import issued
from piles_docs.usecases.sealing import Sealer
from piles_docs.usecases.signatures import error_of, expectation_of
from piles_docs.usecases.situation import Situation, check_acts, judged_again, situation
from piles_docs.usecases.trusting import trust_of
from piles_docs.usecases.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofMade:
    """A proof file that was sealed and recorded."""

    reference: str
    original: int
    path: Path
    seal: Level
    shortfall: str | None
    """Why the seal does not reach the level that was asked for, in French."""


def make_proofs(
    workspace: Workspace,
    dossier: str,
    document: str | None,
    *,
    sealer: Sealer,
    converter: Converter,
    clock: Clock,
) -> tuple[ProofMade, ...]:
    """Make the proof files of a document, anew if it has one; or of all that are signed and have none.

    Raises:
        Mismatch: The document is not signed by all, or not electronically.
        SigningFailed: The proof cannot be sealed.
        SignatureFailed, SignatureNotJudged: What was signed is no longer believed, or cannot be judged now.
        RecordsBroken, TemplateInvalid, ToolFailed: As their names say.
    """
    with one_at_a_time(workspace.out / dossier):
        now = situation(workspace, dossier, clock.today)
        wanted = list(_wanted(now, document))
        return tuple(
            _prove(workspace, dossier, reference, number, sealer, converter, clock)
            for reference, number in wanted
        )


def _wanted(now: Situation, document: str | None) -> Iterator[tuple[str, int]]:
    if document is None:
        threads: Sequence[Thread] = list(history(now.acts).threads.values())
    else:
        threads = [issued(now, document)]
        if not threads[0].is_complete or not threads[0].files:
            raise Mismatch(
                f"{threads[0].issued.reference} n’est pas signé électroniquement par tous",
                remedy="il se prouve une fois que tous ont signé ; piles status dit qui manque",
            )
    for thread in threads:
        for number in sorted(thread.files) if thread.is_complete else ():
            if document is not None or number not in thread.proofs:
                yield thread.issued.reference, number


def _prove(
    workspace: Workspace,
    dossier: str,
    reference: str,
    number: int,
    sealer: Sealer,
    converter: Converter,
    clock: Clock,
) -> ProofMade:
    def once() -> ProofMade:
        now = situation(workspace, dossier, clock.today)
        thread = history(now.acts).threads[reference]
        signed = _signed(workspace, thread, _original(thread, number))
        proof = proof_of(workspace, now, signed, converter, moment=clock.now, seal=sealer.certificate())
        sealed = sealer.seal(proof.content, clock.now)
        act = Proven(
            reference=reference,
            original=number,
            pdf_sha256=workspace.archive.put(sealed.content),
            seal=sealed.level,
            on=clock.today,
        )
        check_acts(now, [act], clock.today)
        workspace.ledger().append(dossier, [entry_of(act)], expected=len(now.acts), now=clock.now)
        path = workspace.out / dossier / SIGNED_FOLDER / proof.name
        write_privately(path, sealed.content)
        return ProofMade(
            reference=reference,
            original=number,
            path=path,
            seal=sealed.level,
            shortfall=sealed.shortfall,
        )

    return judged_again(once)


def _original(thread: Thread, number: int) -> Original:
    return next(one for one in thread.issued.originals if one.number == number)


def _signed(workspace: Workspace, thread: Thread, original: Original) -> SignedOriginal:
    content = workspace.archive.get(thread.file_of(original))
    judgement = judge(content, expectation_of(workspace, thread, original), trust_of(workspace))
    if not judgement.verdict.stands:
        raise error_of(judgement, thread.issued.reference)
    return SignedOriginal(
        reference=thread.issued.reference,
        number=original.number,
        content=content,
        signatures=judgement.signatures,
    )
