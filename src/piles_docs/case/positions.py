"""Where each datum stands in a file, and what is found wrong at a datum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from piles_docs.errors import Defect, Severity

Path = tuple[str | int, ...]
"""A datum's place in the data: keys, and indexes from 0 inside lists."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A line and a column, both from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something wrong at a datum, before its place in the file is looked up; texts are French."""

    path: Path
    message: str
    remedy: str
    severity: Severity = Severity.ERROR
    on_key: bool = False
    """The key itself is wrong, or lacks something, rather than its value."""
    mark: Mark | None = None
    """The place, when the data does not lead there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Positions:
    """The marks of a file's keys and values, and the letters that the plain values were written with."""

    keys: Mapping[Path, Mark] = field(default_factory=dict)
    values: Mapping[Path, Mark] = field(default_factory=dict)
    texts: Mapping[Path, str] = field(default_factory=dict)

    def find(self, path: Path, *, on_key: bool) -> Mark | None:
        """Return the mark of a datum, or of the nearest group around it that the file writes."""
        first, second = (self.keys, self.values) if on_key else (self.values, self.keys)
        for length in range(len(path), -1, -1):
            mark = first.get(path[:length]) or second.get(path[:length])
            if mark is not None:
                return mark
        return None

    def defect(self, finding: Finding, file: str) -> Defect:
        """Give a finding its place in the file."""
        mark = finding.mark or self.find(finding.path, on_key=finding.on_key)
        return Defect(
            file=file,
            line=mark.line if mark else None,
            column=mark.column if mark else None,
            message=finding.message,
            remedy=finding.remedy,
            severity=finding.severity,
            path=".".join(str(part) for part in finding.path),
        )
