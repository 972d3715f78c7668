"""Kill the program at random instants of a case's life, and see that nothing is lost and all can go on.

`test_kills.py` does so some dozen times in every run of the tests, `scripts/kills` hundreds of times.
"""

from __future__ import annotations

import datetime as dt
import importlib
import os
import random
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from piles_docs.cli.main import COMMANDS
from piles_docs.cli.secrets import PASSPHRASE
from piles_docs.documents.conversion import find_converter
from piles_docs.errors import ExitCode
from piles_docs.methodology.acts import Means
from piles_docs.signing.keys import read_key_file
from piles_docs.signing.signing import Services, sign
from piles_docs.usecases.clock import Clock
from piles_docs.usecases.pack import pack
from piles_docs.usecases.trusting import trust_of
from piles_docs.usecases.verify import verify
from piles_docs.usecases.workspace import Workspace

from ..seals import PASSPHRASE as SEAL_PASSPHRASE
from ..seals import key_of, sealer, set_seal

CASE = "embrunais"
_SIGN = "record embrunais signature"
WALK = tuple(
    tuple(words.split())
    for words in (
        "record embrunais milestone rencontre-faite --on 2025-01-13",
        "generate embrunais -d charte -d convention-amorcage -d deliberation",
        "pack embrunais -d charte --on 2025-02-10",
        "record embrunais milestone validation-ca --on 2025-03-11 --evidence piece.pdf",
        f"{_SIGN} charte --party porteuse --on 2025-03-11 --evidence piece.pdf",
        "pack embrunais --step 3 --on 2025-03-20",
        f"{_SIGN} convention-amorcage --party porteuse --original 1 --on 2025-03-25",
        "record embrunais means convention-amorcage --party porteuse --means electronique",
        f"{_SIGN} convention-amorcage --party porteuse --original 2 --on 2025-03-26",
        f"{_SIGN} convention-amorcage --party tete-de-reseau --on 2025-03-27 --evidence piece.pdf",
        "record embrunais milestone besoin-confirme --on 2025-08-01",
        "record embrunais milestone copil-favorable --on 2025-09-23",
        "record embrunais milestone tour-de-table-tenu --on 2025-11-18",
        "pack embrunais -d convention-cadre --on 2025-12-01",
        "void embrunais convention-cadre --reason erreur",
        "generate embrunais -d convention-cadre",
    )
)
"""Commands of a case's life, in order; each is done once and killed as often as chance has it."""
SIGNING = tuple(
    tuple(words.split())
    for words in (
        "sign embrunais convention-cadre --as porteuse --key cles/porteuse.p12",
        "receive retour.pdf",
        "proof embrunais convention-cadre",
    )
)
"""The same for an act that waits for two electronic signatures, the second of which comes back as a file."""
_FIRST_GUESS_SECONDS = 1.5


@dataclass
class Tally:
    """What a campaign saw."""

    kills: Counter[str] = field(default_factory=Counter)
    """Runs killed, by command."""
    ended_before: int = 0
    """Runs that were over before their instant came: they count as runs, not as kills."""
    said: int = 0
    """Kills after which something had been said to be done."""
    faults: list[str] = field(default_factory=list)


def campaign(
    seed: Path,
    folder: Path,
    *,
    wanted: int,
    chance: random.Random,
    walk: Sequence[tuple[str, ...]] = WALK,
    between: Callable[[Path], None] = lambda root: None,
) -> Tally:
    """Walk cases, each in a workspace of its own, until so many runs were killed.

    Args:
        seed: A workspace with the case `embrunais`, whose PDF need no LibreOffice.
        folder: Where workspaces are made, one after the other.
        wanted: Kills.
        chance: The instants.
        walk: The commands.
        between: What people do before each command; it is given the workspace.
    """
    # Loaded here, and not by each process that is killed.
    for command in {"copies", *(words[0] for words in walk)}:
        importlib.import_module(f"piles_docs.cli.{COMMANDS[command]}")
    Workspace(seed).case(CASE)
    tally, walks = Tally(), 0
    durations: dict[tuple[str, ...], float] = {}
    while sum(tally.kills.values()) < wanted and not tally.faults:
        root = folder / f"marche-{walks}"
        shutil.copytree(seed, root)
        (root / "piece.pdf").write_bytes(b"%PDF-1.7 une piece")
        walks += 1
        for words in walk:
            between(root)
            while chance.random() < 0.6 and sum(tally.kills.values()) < wanted:
                seconds = chance.uniform(0, 1.1 * durations.get(words, _FIRST_GUESS_SECONDS))
                _kill_once(root, words, seconds, tally)
            _complete(root, words, durations, tally)
        shutil.rmtree(root)
    return tally


def signing_seed(seed: Path, folder: Path) -> Path:
    """Copy a workspace and issue in it an act to be signed electronically; this takes LibreOffice."""
    shutil.copytree(seed, folder)
    set_seal(folder)
    for party, name in (("porteuse", "Inès Vraisemblable-Durand"), ("tete-de-reseau", "Camille Fictif")):
        (folder / "cles" / f"{party}.p12").write_bytes(key_of(name))
    workspace, moment = Workspace(folder), dt.datetime.now(dt.UTC)
    pack(
        workspace,
        CASE,
        step=None,
        documents=["convention-cadre"],
        means=Means.ELECTRONIC,
        ahead="essai",
        issued_on=None,
        converter=find_converter("libreoffice"),
        clock=Clock(today=moment.date(), now=moment),
        sealer=sealer(workspace),
    )
    os.environ[PASSPHRASE] = SEAL_PASSPHRASE  # for the commands: as staff do who sign many
    return folder


def second_signature(root: Path) -> None:
    """What the second signatory does, once the first has signed: sign the file and send it back."""
    signed = root / "out" / CASE / "signed" / f"{CASE}.convention-cadre.v1.pdf"
    if signed.exists() and not (root / "retour.pdf").exists():
        workspace = Workspace(root)
        key = read_key_file((root / "cles" / "tete-de-reseau.p12").read_bytes(), SEAL_PASSPHRASE, name="")
        services = Services(trust=trust_of(workspace))
        made = sign(signed.read_bytes(), "tete-de-reseau", key, services, moment=dt.datetime.now(dt.UTC))
        (root / "retour.pdf").write_bytes(made.content)


def _kill_once(root: Path, words: tuple[str, ...], seconds: float, tally: Tally) -> None:
    before = _references_and_count(root)
    status, said = _run(root, words, killed_after=seconds)
    if not os.WIFSIGNALED(status):
        tally.ended_before += 1
    else:
        tally.kills[words[0]] += 1
        tally.said += bool(said.strip())
    told = f"{' '.join(words)}, killed after {seconds:.3f} s, said {said!r}"
    references, count = _references_and_count(root)
    done = [
        line.partition(" : ")[2].split(" (")[0] for line in said.splitlines() if line.startswith("émis : ")
    ]
    if not set(done) <= references:
        tally.faults.append(f"{told}: an issue that was said is not in the ledger")
    acts_said = [
        line for line in said.splitlines() if line.startswith(("enregistré : ", "fichier de preuve : "))
    ]
    if acts_said and count <= before[1]:
        tally.faults.append(f"{told}: an act that was said is not in the ledger")
    _verify(root, told, tally)


def _complete(
    root: Path, words: tuple[str, ...], durations: dict[tuple[str, ...], float], tally: Tally
) -> None:
    """The same command completes: it does its work, or says that the work is recorded already."""
    begun = time.monotonic()
    status, said = _run(root, words, killed_after=None)
    code = os.waitstatus_to_exitcode(status)
    durations[words] = time.monotonic() - begun
    if code not in {ExitCode.DONE, ExitCode.MISMATCH}:
        tally.faults.append(f"{' '.join(words)} did not complete: {code}, {said!r}")
    # In out/.pdf, which all cases share, half a file may stay: nobody may tell it from one that is being written.
    leftovers = sorted(path.name for path in (root / "out" / CASE).rglob("*.partiel"))
    if code == ExitCode.DONE and words[0] in {"generate", "pack", "sign", "receive", "proof"} and leftovers:
        tally.faults.append(f"{' '.join(words)} left {leftovers}")
    _verify(root, f"{' '.join(words)}, completed", tally)


def _verify(root: Path, told: str, tally: Tally) -> None:
    harmful = [finding.message for finding in verify(Workspace(root)) if not finding.harmless]
    if harmful:
        tally.faults.append(f"{told}: {harmful}")


def _references_and_count(root: Path) -> tuple[set[str], int]:
    acts = Workspace(root).acts(CASE)
    return {act.reference for act in acts if act.kind == "issued"}, len(acts)


def _run(root: Path, words: tuple[str, ...], *, killed_after: float | None) -> tuple[int, str]:
    """Run a command in a process of its own; gives its wait status and what it said on stdout."""
    said = root.parent / "dit.txt"
    child = os.fork()
    if child == 0:
        _become(root, words, said)
    if killed_after is not None:
        time.sleep(killed_after)
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return status, said.read_text("utf-8") if said.exists() else ""


def _become(root: Path, words: tuple[str, ...], said: Path) -> NoReturn:
    code = int(ExitCode.UNEXPECTED)
    try:
        os.chdir(root)
        for number, name in ((0, os.devnull), (1, str(said)), (2, os.devnull)):
            descriptor = os.open(name, os.O_RDWR | os.O_CREAT | (os.O_TRUNC if number == 1 else 0), 0o600)
            os.dup2(descriptor, number)
            os.close(descriptor)
        from piles_docs.cli.main import run  # noqa: PLC0415  # loaded by the parent already

        code = run(list(words))
        sys.stdout.flush()
    finally:
        os._exit(code)
