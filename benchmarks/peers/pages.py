"""A case of 40 documents from nothing to PDF, beside other ways to convert the same Word files."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import environments
from content import CASE, ROOT
from timing import Children, Comparison, Contender, timed

HERE = Path(__file__).resolve().parent
PILES = Path(sys.executable).with_name("piles")
DOCUMENTS = 40
_PARTNER = """\
  - id: association-{rank}
    nom: Association numéro {rank}
    type: association
    siege: {{voie: {rank} rue de la Paix, code_postal: "05200", commune: Embrun}}
    invite_a: [copil, inauguration]
"""


def workspace_of_forty(root: Path) -> Path:
    """A workspace whose case has 40 documents: the sample case, with seven more partners to invite."""
    shutil.copytree(ROOT / "templates", root / "templates")
    (root / "cases").mkdir()
    shutil.copy(ROOT / "piles.toml", root)
    text = (ROOT / f"cases/{CASE}.yaml").read_text("utf-8")
    before, after = text.split("\nrencontres:\n", 1)
    partners = "".join(_PARTNER.format(rank=rank) for rank in range(1, 8))
    (root / f"cases/{CASE}.yaml").write_text(f"{before}\n{partners}rencontres:\n{after}", "utf-8")
    return root


def comparison(
    children: Children, root: Path, folder: Path, runs: int, notes: list[str], *, alone: bool
) -> Comparison:
    """Ours begins with nothing at all; the others are given the Word files, and finish nothing.

    Alone, no PDF is made: that is for trying this out.
    """
    words = folder / "words"

    def ours() -> None:
        shutil.rmtree(root / "out", ignore_errors=True)
        with tempfile.TemporaryDirectory() as cache:
            surroundings = {**os.environ, "XDG_CACHE_HOME": cache}
            command = [PILES, "--quiet", "generate", CASE, *(["--no-pdf"] if alone else [])]
            subprocess.run(command, cwd=root, env=surroundings, check=True, stdout=subprocess.DEVNULL)

    ours()
    made = sorted((root / "out" / CASE / "drafts").glob("*.docx"))
    if len(made) != DOCUMENTS:
        raise SystemExit(f"{len(made)} documents, not {DOCUMENTS}")
    words.mkdir()
    files = [Path(shutil.copy(path, words)) for path in made]
    contenders = [Contender("piles generate, cold: Word, PDF/A and tags", timed(ours))]
    if not alone:
        for name, convert in _others(children, folder, files, notes):
            # unoserver works elsewhere: its processor's time is not that of a command we wait for.
            contenders.append(Contender(name, timed(convert, here="unoserver" not in name)))
    notes.append(
        f"The {DOCUMENTS} documents: ours are made from the case with every cache empty, and their PDF is "
        "finished to PDF/A-2 and PDF/UA; the others are given the Word files, and convert them plainly."
    )
    return Comparison(f"a case of {DOCUMENTS} documents", contenders, runs, warm=0)


def _others(
    children: Children, folder: Path, files: list[Path], notes: list[str]
) -> Iterator[tuple[str, Callable[[], object]]]:
    if not shutil.which("soffice"):
        notes.append("LibreOffice was not measured: it is not installed.")
        return
    profile, target = (folder / "profile").as_uri(), folder / "pdf"
    soffice = ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf"]

    def convert(*some: Path) -> None:
        subprocess.run(
            [*soffice, "--outdir", target, *some],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    yield "one soffice a file", lambda: [convert(file) for file in files]
    yield "one soffice for all", lambda: convert(*files)
    try:
        python = environments.unoserver()
    except environments.Absent as lack:
        notes.append(f"unoserver was not measured: no {lack}.")
        return
    port, uno_port = _free_port(), _free_port()
    words = [python, "-m", "unoserver.server", "--port", str(port), "--uno-port", str(uno_port)]
    server = subprocess.Popen(
        [*words, "--user-installation", str(folder / "profile-uno")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    children.held.callback(_end_group, server)
    ask = children.start([python, HERE / "unoserver_child.py", str(port)])
    names = [str(file) for file in files]
    yield "unoserver, already running", lambda: ask(files=names, target=str(target))


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def _end_group(server: subprocess.Popen[bytes]) -> None:
    os.killpg(server.pid, signal.SIGKILL)  # it does not end when asked while LibreOffice is there
    server.wait()
