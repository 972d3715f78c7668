"""Take back what was signed, from any cases: find what each file is, judge it, and record what stands.

A file is signed electronically, or it is a scan of signed paper: its bytes tell.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from piles_docs.errors import ExitCode, Mismatch, PilesError, UsageError
from piles_docs.ledger.acts import act_of, entry_of
from piles_docs.methodology.acts import Issued, Original
from piles_docs.methodology.threads import Thread, history
from piles_docs.scanning.origin import is_scan
from piles_docs.scanning.pages import MOST_BYTES
from piles_docs.signing.comparing import references_in
from piles_docs.signing.judging import judge
from piles_docs.signing.revisions import revisions
from piles_docs.signing.verdicts import Judgement
from piles_docs.usecases.clock import Clock
from piles_docs.usecases.files import one_at_a_time
from piles_docs.usecases.record import Recorded, recorded
from piles_docs.usecases.scan import ScanAnswer, read_scan, take_scan
from piles_docs.usecases.signatures import acts_of, exit_code_of, expectation_of
from piles_docs.usecases.situation import check_acts, judged_again, situation
from piles_docs.usecases.trusting import trust_of
from piles_docs.usecases.workspace import Workspace

LARGEST_BYTES = 50 * 1024 * 1024
_MOST_REVISIONS = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Which original of which issued document a file is."""

    dossier: str
    reference: str
    original: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What a file turned out to be, and what was recorded of it."""

    name: str
    place: Place | None
    judgement: Judgement | None
    recorded: Recorded | None
    """None when nothing of it was new, or it does not stand."""
    error: PilesError | None = None
    """Why it was not taken, beside the verdict."""

    @property
    def exit_code(self) -> ExitCode:
        """How a command ends that met it."""
        if self.error:
            return self.error.exit_code
        return exit_code_of(self.judgement.verdict) if self.judgement else ExitCode.MISMATCH


def receive(
    workspace: Workspace,
    path: Path,
    *,
    clock: Clock,
    operator: str | None = None,
    signed_on: dt.date | None = None,
    tell: Callable[[int, int], None] = lambda _, __: None,
) -> Received | ScanAnswer:
    """Take one file back. The file stays where it is; its bytes are archived once something of it counts.

    Whatever a file is, this ends with an answer about it: another file of the same command is not held up.

    Args:
        workspace: Where documents were issued.
        path: The file.
        clock: The moment.
        operator: Who takes it back.
        signed_on: When scanned paper was signed, where that is not the day of its return.
        tell: Is told how many scanned pages were looked at, and of how many.

    Raises:
        RecordsBroken: The ledger or the archive is damaged.
        CaseInvalid: piles.toml has defects.
    """
    try:
        content = _read(path)
        place = _place_by_revision(workspace, content)
        if place is None and is_scan(content):
            pages, resolution = read_scan(workspace, content, tell=tell)
            return take_scan(
                workspace,
                path.name,
                content,
                pages,
                resolution=resolution,
                operator=operator,
                signed_on=signed_on,
                clock=clock,
            )
        place = place or _place_by_text(workspace, _within_limits(path.name, content))
        return _received(workspace, path.name, content, place, clock)
    except (Mismatch, UsageError) as error:
        return Received(name=path.name, place=None, judgement=None, recorded=None, error=error)


def _received(workspace: Workspace, name: str, content: bytes, place: Place, clock: Clock) -> Received:
    trust = trust_of(workspace)

    def once() -> Received:
        now = situation(workspace, place.dossier, clock.today)
        thread = history(now.acts).threads[place.reference]
        original = next(one for one in thread.issued.originals if one.number == place.original)
        judgement = judge(content, expectation_of(workspace, thread, original), trust)
        done = Received(name=name, place=place, judgement=judgement, recorded=None)
        if not judgement.verdict.stands:
            return done
        acts = acts_of(judgement, thread, original, hashlib.sha256(content).hexdigest(), clock.today)
        if not acts:
            return done
        _check_nothing_is_left_out(judgement, thread, original)
        check_acts(now, acts, clock.today)
        workspace.archive.put(content)
        workspace.ledger().append(
            place.dossier, [entry_of(act) for act in acts], expected=len(now.acts), now=clock.now
        )
        after = recorded(workspace, now, acts, clock)
        return Received(name=name, place=place, judgement=judgement, recorded=after)

    with one_at_a_time(workspace.out / place.dossier):
        try:
            return judged_again(once)
        except Mismatch as error:
            return Received(name=name, place=place, judgement=None, recorded=None, error=error)


def _check_nothing_is_left_out(judgement: Judgement, thread: Thread, original: Original) -> None:
    """Two people who sign the same version apart make two files; an act is one file, signed in turn."""
    here = {found.party for found in judgement.signatures}
    left_out = [
        party
        for (party, number), signature in thread.signed.items()
        if number == original.number and signature.pdf_sha256 and party not in here
    ]
    if left_out:
        raise Mismatch(
            f"ce fichier ne porte pas la signature de {', '.join(left_out)}, déjà enregistrée : "
            "deux personnes ont signé la même version chacune de son côté",
            remedy="faites signer la dernière version à la personne qui manque : piles send l’envoie",
        )


def _read(path: Path) -> bytes:
    if path.exists() and not path.is_file():  # a device or a pipe may have no end
        raise UsageError(f"{path.name} n’est pas un fichier", remedy="donnez le fichier lui-même")
    try:
        if path.stat().st_size > MOST_BYTES:
            raise Mismatch(f"{path.name} dépasse {MOST_BYTES // 10**9} Go", remedy="découpez la numérisation")
        return path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{path.name} ne peut pas être lu ({error.strerror})", remedy="vérifiez le chemin du fichier"
        ) from error


def _within_limits(name: str, content: bytes) -> bytes:
    if not content.startswith(b"%PDF-"):
        raise Mismatch(
            f"{name} n’est ni un PDF ni une image", remedy="donnez le PDF signé, ou la numérisation du papier"
        )
    if len(content) > LARGEST_BYTES:
        raise Mismatch(
            f"{name} dépasse {LARGEST_BYTES // 1024**2} Mo : ce n’est pas un acte émis ici",
            remedy="demandez le fichier signé tel quel",
        )
    return content


def _place_by_revision(workspace: Workspace, content: bytes) -> Place | None:
    """Find which issued document a file is, by the issue that it extends."""
    digests = set(islice(revisions(content), _MOST_REVISIONS))
    for event in workspace.ledger().naming("issued", digests):
        act = act_of(event)
        for original in act.originals if isinstance(act, Issued) else ():
            if isinstance(act, Issued) and original.pdf_sha256 in digests:
                return Place(dossier=event.dossier, reference=act.reference, original=original.number)
    return None


def _place_by_text(workspace: Workspace, content: bytes) -> Place:
    """Find which issued document a file was made from, by what its pages say."""
    for reference in references_in(content):
        for event in workspace.ledger().naming("issued", {f'"{reference}"'}):
            act = act_of(event)
            if isinstance(act, Issued) and act.reference == reference:
                return Place(dossier=event.dossier, reference=reference, original=1)
    raise Mismatch(
        "ce PDF ne vient d’aucun document émis ici",
        remedy="demandez le fichier qui a été envoyé, signé, sans l’imprimer ni l’enregistrer autrement",
    )
