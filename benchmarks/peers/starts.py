"""Commands that have nothing to do, or little, beside the start of Python itself."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from content import CASE
from pages import PILES
from timing import Comparison, Contender, timed


def comparisons(root: Path, runs: int) -> list[Comparison]:
    """An unchanged `piles generate` and a `piles status`, whole processes, in a workspace of one case."""
    command(root, "generate", CASE)
    command(root, "status", CASE)
    time.sleep(2.5)  # files must be older than what dates can tell
    command(root, "generate", CASE)
    command(root, "status", CASE)
    click = Contender("python -c 'import click'", timed(lambda: python("import click")))
    generate = Contender("piles generate, nothing changed", timed(lambda: command(root, "generate", CASE)))
    status = Contender("piles status of one case", timed(lambda: command(root, "status", CASE)))
    return [
        Comparison("40 documents, nothing changed, a process", [generate, click], runs),
        Comparison("status of one case, a process", [status, click], runs),
    ]


def command(root: Path, *words: str) -> None:
    done = subprocess.run([PILES, *words], cwd=root, check=False, capture_output=True, env=os.environ)
    if done.returncode not in {0, 3}:
        raise SystemExit(done.stderr.decode())


def python(program: str) -> None:
    subprocess.run([sys.executable, "-c", program], check=True)
