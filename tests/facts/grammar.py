"""What grammalecte finds wrong in French lines, less what is allowed, each allowance with its reason.

grammalecte-cli (Debian) reads one file, a paragraph a line, and answers in JSON. Before, what is not French is given
a stand-in, so that the sentence around it is still judged; after, its findings are allowed one by one, by the rule and
by the words that the rule is wrong about. Both lists are in `grammar_allowances.toml`.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ALLOWANCES = Path(__file__).with_name("grammar_allowances.toml")
_AROUND = 35
_SECONDS = 3000


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Something that grammalecte finds wrong in a line."""

    line: str
    start: int
    end: int
    rule: str
    """The rule's identifier, or `spelling`."""
    message: str
    suggestions: tuple[str, ...]

    @property
    def words(self) -> str:
        return self.line[self.start : self.end]

    @property
    def around(self) -> str:
        """The words with those beside them: what an allowance is matched against."""
        return self.line[max(0, self.start - _AROUND) : self.end + _AROUND]

    def __str__(self) -> str:
        suggested = f" ({' | '.join(self.suggestions)})" if self.suggestions else ""
        return f"[{self.rule}] {self.message}{suggested} : « {self.words} » dans « {self.line} »"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowance:
    """A finding of grammalecte that is not a fault."""

    rule: re.Pattern[str]
    words: re.Pattern[str] | None
    """What the fault and the words around it must hold; None where the rule itself is not ours."""
    spelling: frozenset[str]
    reason: str

    def covers(self, fault: Fault) -> bool:
        if fault.rule == "spelling":
            return fault.words in self.spelling
        return bool(self.rule.fullmatch(fault.rule)) and (
            self.words is None or bool(self.words.search(fault.around))
        )


@dataclass(frozen=True, slots=True)
class StandIn:
    """What is put in the place of something that is not a French word."""

    pattern: re.Pattern[str]
    words: str
    reason: str


@cache
def stand_ins() -> tuple[StandIn, ...]:
    entries = tomllib.loads(ALLOWANCES.read_text("utf-8"))["stand_ins"]
    return tuple(StandIn(re.compile(entry["pattern"]), entry["words"], entry["reason"]) for entry in entries)


def as_read(line: str) -> str:
    """The line with its stand-ins, as grammalecte gets it."""
    for one in stand_ins():
        line = one.pattern.sub(one.words, line)
    return line


@cache
def allowances() -> tuple[Allowance, ...]:
    entries = tomllib.loads(ALLOWANCES.read_text("utf-8"))["allowances"]
    return tuple(
        Allowance(
            rule=re.compile(entry.get("rule", "(?!)")),
            words=re.compile(entry["words"]) if "words" in entry else None,
            spelling=frozenset(entry.get("spelling", ())),
            reason=entry["reason"],
        )
        for entry in entries
    )


def is_installed() -> bool:
    """Whether grammalecte-cli is on this machine."""
    return shutil.which("grammalecte-cli") is not None


def faults(lines: Iterable[str]) -> list[Fault]:
    """Everything that grammalecte finds in these lines, allowed or not; each line is read once."""
    unique = list(dict.fromkeys(as_read(line) for line in lines if line.strip()))
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "lines.txt"
        source.write_text("\n".join(unique) + "\n", "utf-8")
        answer = subprocess.run(
            ["grammalecte-cli", "-f", str(source), "-j"],
            capture_output=True,
            text=True,
            check=True,
            timeout=_SECONDS,
        )
    return list(_read(answer.stdout, unique))


def _read(answer: str, lines: list[str]) -> Iterator[Fault]:
    # The options come first, on lines of their own; the JSON object is the rest.
    for paragraph in json.loads(answer[answer.index("{") :])["data"]:
        line = lines[paragraph["iParagraph"] - 1] if paragraph["iParagraph"] <= len(lines) else ""
        for found in paragraph["lGrammarErrors"]:
            yield Fault(
                line=line,
                start=found["nStart"],
                end=found["nEnd"],
                rule=found["sRuleId"],
                message=found["sMessage"],
                suggestions=tuple(found["aSuggestions"]),
            )
        for found in paragraph["lSpellingErrors"]:
            yield Fault(
                line=line,
                start=found["nStart"],
                end=found["nEnd"],
                rule="spelling",
                message="Mot inconnu",
                suggestions=(),
            )


def words_of(text: str) -> frozenset[str]:
    """The words of a case file: whoever wrote them answers for their spelling."""
    return frozenset(re.findall(r"[\w-]+", text))


def unexplained(found: Iterable[Fault], known: frozenset[str] = frozenset()) -> list[Fault]:
    """The faults that no allowance covers, spelling of the words that the case file gives aside."""
    return [
        fault
        for fault in found
        if not (fault.rule == "spelling" and words_of(fault.words) <= known)
        and not any(allowance.covers(fault) for allowance in allowances())
    ]
