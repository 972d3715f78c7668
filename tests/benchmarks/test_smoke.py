"""The benchmarks still run: once, without peers that must be installed first, and without a word on how fast."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["peers", "--smoke"], ["stock docxtpl", "a case of 40 documents", "to the letter"]),
        (["many.py", "--cases", "2"], ["2 cases, 40 documents", "100%"]),
    ],
    ids=["peers", "many"],
)
def test_the_benchmark_runs(words: list[str], told: list[str]) -> None:
    script, *options = words
    command = [sys.executable, str(ROOT / "benchmarks" / script), *options]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    for text in told:
        assert text in done.stdout
