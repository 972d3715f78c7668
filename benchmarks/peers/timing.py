"""Contenders that do the same work in turn, and what they took."""

from __future__ import annotations

import json
import math
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple


class Took(NamedTuple):
    """What one run took, in seconds."""

    wall: float
    processor: float
    """Of all cores together; NaN where it cannot be told. It hardly depends on what else the machine does."""


@dataclass(frozen=True)
class Contender:
    """Someone who does the work; the first of a comparison is the program itself."""

    name: str
    work: Callable[[], Took]
    """Does it once."""


@dataclass(frozen=True)
class Comparison:
    """One work, done by several."""

    work: str
    contenders: Sequence[Contender]
    runs: int
    warm: int = 1
    """How many runs do not count: caches fill, a just-in-time compiler learns."""

    def measured(self) -> dict[str, Took]:
        """The medians of each. They take turns, so that what slows the machine slows all."""
        runs: dict[str, list[Took]] = {contender.name: [] for contender in self.contenders}
        for number in range(-self.warm, self.runs):
            if sys.stderr.isatty():
                sys.stderr.write(f"\r{self.work}: {max(0, number + 1)} / {self.runs}   ")
            for contender in self.contenders:
                took = contender.work()
                if number >= 0:
                    runs[contender.name].append(took)
        return {name: Took(*map(statistics.median, zip(*took, strict=True))) for name, took in runs.items()}

    def rows(self) -> list[str]:
        """The table's rows: each contender's medians, and how many times the program's they are."""
        medians = self.measured()
        ours = medians[self.contenders[0].name]
        rows = []
        for name, took in medians.items():
            first = took is ours
            cells = [self.work if first else "", name]
            for seconds, of_ours in zip(took, ours, strict=True):
                known = not math.isnan(seconds)
                cells.append(shown(seconds) if known else "")
                cells.append("" if first or not known else f"{seconds / of_ours:.1f}")
            rows.append("| " + " | ".join([*cells, str(self.runs)]) + " |")
            sys.stderr.write(f"{rows[-1]}\n")
        return rows


def shown(seconds: float) -> str:
    """A time, in the unit that reads best."""
    if seconds < 1:
        return f"{1000 * seconds:.1f} ms"
    return f"{seconds:.1f} s"


def timed(work: Callable[[], object], *, here: bool = True) -> Callable[[], Took]:
    """Time what is done in this process, or by commands that it waits for.

    Args:
        work: What is done.
        here: Whether the processor's time is spent where it can be counted.
    """

    def took() -> Took:
        before, begun = _processor(), time.perf_counter()
        work()
        wall = time.perf_counter() - begun
        return Took(wall, _processor() - before if here else math.nan)

    return took


def _processor() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


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
