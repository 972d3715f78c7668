from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
Done = subprocess.CompletedProcess[str]


@pytest.fixture(scope="session")
def program() -> str:
    """The `piles` that people type, as it is installed beside this Python."""
    return str(Path(sys.executable).with_name("piles"))


@pytest.fixture(scope="session")
def surroundings() -> dict[str, str]:
    """The environment of the commands: no colours, wide lines, no workspace named."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PILES_")}
    return kept | {"NO_COLOR": "1", "COLUMNS": "200", "LC_ALL": "C.UTF-8"}


def _judged(done: Done, code: int | None) -> Done:
    """No command may ever show a trace of Python."""
    told = f"piles {' '.join(done.args)} → {done.returncode}\n{done.stdout}\n{done.stderr}"
    assert "Traceback" not in done.stdout + done.stderr, told
    assert code is None or done.returncode == code, told
    return done


@pytest.fixture(scope="session")
def piles(program: str, surroundings: dict[str, str]) -> Callable[..., Done]:
    """Runs one command line in a folder, as a person does; `code` is the exit code it must have, None for any."""

    def run(folder: Path, *words: str, code: int | None = 0) -> Done:
        done = subprocess.run(
            [program, *words],
            cwd=folder,
            env=surroundings,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        return _judged(done, code)

    return run


@pytest.fixture(scope="session")
def warm_piles(
    surroundings: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Done]]:
    """As `piles`, a second faster: each command is a process forked from one that has loaded the program."""
    folder = tmp_path_factory.mktemp("sorties")
    out, err = folder / "out", folder / "err"
    server = subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("warm_piles.py"))],
        env=surroundings,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdin
    assert server.stdout
    asked, answered = server.stdin, server.stdout

    def run(folder: Path, *words: str, code: int | None = 0) -> Done:
        out.write_bytes(b"")
        err.write_bytes(b"")
        request = {
            "surroundings": surroundings,
            "folder": str(folder),
            "words": words,
            "out": str(out),
            "err": str(err),
        }
        asked.write(json.dumps(request) + "\n")
        asked.flush()
        exit_code = int(answered.readline())
        return _judged(Done(list(words), exit_code, out.read_text("utf-8"), err.read_text("utf-8")), code)

    yield run
    with server:
        asked.close()


@pytest.fixture(scope="session")
def seed(tmp_path_factory: pytest.TempPathFactory, piles: Callable[..., Done]) -> Path:
    """A workspace as `piles init` makes it, with the complete sample case; for copying, not for use."""
    folder = tmp_path_factory.mktemp("graine") / "espace"
    piles(folder.parent, "init", "espace")
    shutil.copy(ROOT / "cases" / "embrunais.yaml", folder / "cases")
    return folder


@pytest.fixture(scope="session")
def quick_seed(seed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, whose PDF are made by the embedded converter: it needs no start-up; for copying too."""
    folder = tmp_path_factory.mktemp("graine") / "espace"
    shutil.copytree(seed, folder)
    settings = folder / "piles.toml"
    text = settings.read_text("utf-8")
    assert text.count('convertisseur = "auto"') == 1
    settings.write_text(text.replace('convertisseur = "auto"', 'convertisseur = "dxpdf"'), "utf-8")
    return folder


@pytest.fixture
def workspace(quick_seed: Path, tmp_path: Path) -> Path:
    """A workspace of its own for each test."""
    return Path(shutil.copytree(quick_seed, tmp_path / "espace"))
