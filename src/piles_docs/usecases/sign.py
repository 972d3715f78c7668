"""Sign issued documents electronically, each signatory in turn; make signatures last."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from piles_docs.errors import Mismatch, SigningFailed, UsageError
from piles_docs.ledger.acts import entry_of
from piles_docs.methodology.acts import Act, Level, LevelRaised, Means, Original, Signed
from piles_docs.methodology.threads import Thread
from piles_docs.signing.judging import judge
from piles_docs.signing.keys import Key
from piles_docs.signing.signing import Services, raise_level
from piles_docs.signing.signing import sign as sign_pdf
from piles_docs.usecases.clock import Clock
from piles_docs.usecases.files import SIGNED_FOLDER, one_at_a_time, write_privately
from piles_docs.usecases.issuing import file_name
from piles_docs.usecases.record import Recorded, issued, recorded
from piles_docs.usecases.signatures import acts_of, error_of, expectation_of
from piles_docs.usecases.situation import Situation, check_acts, judged_again, situation
from piles_docs.usecases.trusting import services_of
from piles_docs.usecases.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """What was signed, or made to last."""

    recorded: Recorded
    levels: tuple[tuple[str, str, Level], ...]
    """File, party and the level that its signature has now."""
    shortfalls: tuple[str, ...]
    """Why a level is not the one that was asked for, in French."""
    paths: tuple[Path, ...]
    """The files as they stand, for whoever signs next."""


@dataclass(frozen=True, slots=True)
class _File:
    """A file that was made and is not recorded yet."""

    original: Original
    content: bytes
    acts: tuple[Signed | LevelRaised, ...]
    levels: tuple[tuple[str, Level], ...]
    shortfall: str | None


def sign(
    workspace: Workspace,
    dossier: str,
    document: str,
    *,
    party: str,
    key: Key,
    original: int | None,
    drawing: bytes | None,
    clock: Clock,
) -> Signing:
    """Sign a party's field on an issued document: on one original, or on all that it has not signed.

    Raises:
        Mismatch: It is another's turn, or the document was issued for paper, or the rules refuse.
        SigningFailed: The key cannot sign; nothing is recorded.
        SignatureFailed, SignatureNotJudged: The signed file would not be believed; nothing is recorded.
        UsageError: An unknown document, party or original.
    """
    services = services_of(workspace)

    def work(now: Situation, thread: Thread) -> list[_File]:
        _check_turn(now, thread, party)
        wanted = _unsigned(thread, party, original)
        check_acts(now, [_trial(thread, party, number, clock) for number in wanted], clock.today)
        originals = [one for one in thread.issued.originals if one.number in wanted]
        return [_signed(workspace, thread, one, party, key, services, drawing, clock) for one in originals]

    return _change(workspace, dossier, document, work, clock)


def upgrade(workspace: Workspace, dossier: str, document: str, *, clock: Clock) -> Signing:
    """Give the electronic signatures of a document what their check will need later, and a trusted time.

    Raises:
        Mismatch: No electronic signature of it was judged.
        SigningFailed: The services do not answer; nothing is recorded.
    """
    services = services_of(workspace)

    def work(_: Situation, thread: Thread) -> list[_File]:
        originals = [one for one in thread.issued.originals if one.number in thread.files]
        if not originals:
            raise Mismatch(
                f"{thread.issued.reference} ne porte pas encore de signature électronique vérifiée",
                remedy="faites-le signer d’abord (piles sign, piles receive)",
            )
        return [_raised(workspace, thread, one, services, clock) for one in originals]

    return _change(workspace, dossier, document, work, clock)


def _change(
    workspace: Workspace,
    dossier: str,
    document: str,
    work: Callable[[Situation, Thread], Sequence[_File]],
    clock: Clock,
) -> Signing:
    """Make files, archive them, record them in one transaction, then write them out."""

    def once() -> Signing:
        now = situation(workspace, dossier, clock.today)
        thread = issued(now, document)
        files = work(now, thread)
        acts: list[Act] = [act for file in files for act in file.acts]
        check_acts(now, acts, clock.today)
        for file in files:
            workspace.archive.put(file.content)
        workspace.ledger().append(
            dossier, [entry_of(act) for act in acts], expected=len(now.acts), now=clock.now
        )
        names = [file_name(thread.issued, file.original.number) for file in files]
        paths = tuple(workspace.out / dossier / SIGNED_FOLDER / f"{name}.pdf" for name in names)
        for path, file in zip(paths, files, strict=True):
            write_privately(path, file.content)
        return Signing(
            recorded=recorded(workspace, now, acts, clock),
            levels=tuple((n, *found) for n, file in zip(names, files, strict=True) for found in file.levels),
            shortfalls=tuple(dict.fromkeys(file.shortfall for file in files if file.shortfall)),
            paths=paths,
        )

    with one_at_a_time(workspace.out / dossier):
        return judged_again(once)


def _signed(
    workspace: Workspace,
    thread: Thread,
    original: Original,
    party: str,
    key: Key,
    services: Services,
    drawing: bytes | None,
    clock: Clock,
) -> _File:
    latest = workspace.archive.get(thread.file_of(original))
    made = sign_pdf(latest, party, key, services, moment=clock.now, drawing=drawing)
    return _judged(workspace, thread, original, made.content, services, made.shortfall, clock)


def _raised(
    workspace: Workspace, thread: Thread, original: Original, services: Services, clock: Clock
) -> _File:
    content, _, shortfall = raise_level(workspace.archive.get(thread.file_of(original)), services)
    return _judged(workspace, thread, original, content, services, shortfall, clock)


def _judged(
    workspace: Workspace,
    thread: Thread,
    original: Original,
    content: bytes,
    services: Services,
    shortfall: str | None,
    clock: Clock,
) -> _File:
    """Judge what was made as if it came from outside: what would not be believed is not recorded."""
    judgement = judge(content, expectation_of(workspace, thread, original), services.trust)
    if not judgement.verdict.stands:
        raise error_of(judgement, thread.issued.reference)
    digest = hashlib.sha256(content).hexdigest()
    acts = acts_of(judgement, thread, original, digest, clock.today)
    if not acts:
        raise SigningFailed(
            f"les signatures de {thread.issued.reference} ont déjà le niveau demandé"
            + (f" ; {shortfall}" if shortfall else ""),
            remedy="il n’y a rien à refaire",
        )
    levels = tuple((found.party, found.level) for found in judgement.signatures)
    return _File(original, content, tuple(acts), levels, shortfall)


def _check_turn(now: Situation, thread: Thread, party: str) -> None:
    for missing in now.state.missing:
        if missing.key == thread.key and missing.party == party and not missing.is_turn:
            first = next(one for one in now.state.missing if one.key == thread.key and one.is_turn)
            raise Mismatch(
                f"ce n’est pas le tour de {party} : {first.party} signe d’abord {thread.issued.reference}",
                remedy=f"faites d’abord signer {first.signatory or first.party}",
            )


def _unsigned(thread: Thread, party: str, original: int | None) -> list[int]:
    numbers = [one.number for one in thread.issued.originals]
    if original is not None:
        if original not in numbers:
            raise UsageError(
                f"{thread.issued.reference} n’a pas d’exemplaire {original}",
                remedy=f"ses exemplaires : {', '.join(map(str, numbers))}",
            )
        return [original]
    return [number for number in numbers if (party, number) not in thread.signed] or numbers


def _trial(thread: Thread, party: str, number: int, clock: Clock) -> Signed:
    """The act that a signature would be, for the rules to judge before a key is used."""
    return Signed(
        reference=thread.issued.reference,
        party=party,
        original=number,
        means=Means.ELECTRONIC,
        on=clock.today,
        pdf_sha256=thread.issued.originals[0].pdf_sha256,
    )
