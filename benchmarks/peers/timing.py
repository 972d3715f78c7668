"""Contenders that do the same work in turn, and what they took."""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Contender:
    """Someone who does the work; the first of a comparison is the program itself."""

    name: str
    seconds: Callable[[], float]
    """Does it once, and says how long it took."""


@dataclass(frozen=True)
class Comparison:
    """One work, done by several."""

    work: str
    contenders: Sequence[Contender]
    runs: int
    warm: int = 1
    """How many runs do not count: caches fill, a just-in-time compiler learns."""

    def measured(self) -> dict[str, float]:
        """The median of each, in seconds. They take turns, so that what slows the machine slows all."""
        times: dict[str, list[float]] = {contender.name: [] for contender in self.contenders}
        for number in range(-self.warm, self.runs):
            if sys.stderr.isatty():
                sys.stderr.write(f"\r{self.work}: {max(0, number + 1)} / {self.runs}   ")
            for contender in self.contenders:
                seconds = contender.seconds()
                if number >= 0:
                    times[contender.name].append(seconds)
        return {name: statistics.median(taken) for name, taken in times.items()}

    def rows(self) -> list[str]:
        """The table's rows: each contender's median, and how many times the program's it is."""
        medians = self.measured()
        ours = medians[self.contenders[0].name]
        return [
            f"| {self.work if name == self.contenders[0].name else ''} | {name} | {shown(seconds)} "
            f"| {f'{seconds / ours:.1f}' if seconds != ours else ''} | {self.runs} |"
            for name, seconds in medians.items()
        ]


def shown(seconds: float) -> str:
    """A time, in the unit that reads best."""
    if seconds < 1:
        return f"{1000 * seconds:.1f} ms"
    return f"{seconds:.1f} s"


def timed(work: Callable[[], object]) -> Callable[[], float]:
    """Time what is done in this process, or by a command that it waits for."""

    def seconds() -> float:
        begun = time.perf_counter()
        work()
        return time.perf_counter() - begun

    return seconds


@dataclass
class Children:
    """Processes that live as long as the report, and answer a line of JSON with another."""

    held: ExitStack = field(default_factory=ExitStack)

    def start(self, words: Sequence[str | Path], **options: Any) -> Callable[..., dict[str, Any]]:
        """Start one; gives what asks it something."""
        child = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **options)
        self.held.callback(_end, child)
        asked, answered = child.stdin, child.stdout

        def ask(**request: Any) -> dict[str, Any]:
            if asked is None or answered is None:
                raise SystemExit("no line to it")
            asked.write(json.dumps(request) + "\n")
            asked.flush()
            line = answered.readline()
            if not line:
                raise SystemExit(f"{words[-1]} ended with {child.wait()}")
            found: dict[str, Any] = json.loads(line)
            return found

        return ask


def _end(child: subprocess.Popen[str]) -> None:
    if child.stdin:
        child.stdin.close()
    try:
        child.wait(20)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
