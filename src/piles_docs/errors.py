"""What can go wrong, in one vocabulary: defects in the user's data, and errors that end the work.

A *defect* is a value: the user's file says something it cannot mean. Defects are collected and shown
all at once, each with its place, what is wrong and what to do.
A *PilesError* is raised when the work cannot go on; its class fixes the exit code of the command.
Anything else that is raised is a bug, and may crash with its trace.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """The exit codes of `piles`, fixed: scripts rely on them."""

    DONE = 0
    UNEXPECTED = 1
    USAGE = 2
    WORK_OUTSTANDING = 3
    CASE_INVALID = 10
    TEMPLATE_INVALID = 11
    STEP_LOCKED = 12
    TOOL_MISSING = 20
    TOOL_FAILED = 21
    WOULD_OVERWRITE = 30
    SIGNING_FAILED = 40
    SIGNATURE_FAILED = 41
    SIGNATURE_NOT_JUDGED = 42
    RECORDS_BROKEN = 50
    MISMATCH = 60
    INTERRUPTED = 130


class Severity(StrEnum):
    """Whether a defect stops the work (ERROR) or is only said (WARNING)."""

    ERROR = "erreur"
    WARNING = "avertissement"


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """One thing that is wrong in a file the user wrote, in the user's words (French)."""

    file: str
    """The file as the user knows it, usually relative to the workspace."""
    line: int | None = None
    """Line from 1, or None where the file as a whole is meant."""
    column: int | None = None
    """Column from 1."""
    message: str
    """What is wrong, a French sentence without final full stop."""
    remedy: str
    """What to do, a French sentence without final full stop."""
    severity: Severity = Severity.ERROR
    path: str = ""
    """Where in the data, dotted (`porteuse.siret`); empty when no datum is meant."""

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        return f"{place}: {self.severity}: {self.message}. {self.remedy}."


def has_errors(defects: Iterable[Defect]) -> bool:
    """Tell whether any defect stops the work."""
    return any(defect.severity is Severity.ERROR for defect in defects)


class PilesError(Exception):
    """The work cannot go on. The message says what, the remedy says what to do; both in French."""

    exit_code: ClassVar[ExitCode] = ExitCode.UNEXPECTED

    def __init__(self, message: str, *, remedy: str, defects: Iterable[Defect] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.defects = tuple(defects)

    def __reduce__(self) -> tuple[Callable[..., PilesError], tuple[object, ...]]:
        """Pass from one process to another: Exception's own way knows no named arguments."""
        return _again, (type(self), self.message, self.remedy, self.defects)


def _again(kind: type[PilesError], message: str, remedy: str, defects: Iterable[Defect]) -> PilesError:
    return kind(message, remedy=remedy, defects=defects)


class UsageError(PilesError):
    """The command's words do not fit: an unknown case, document, milestone or party."""

    exit_code = ExitCode.USAGE


class CaseInvalid(PilesError):
    """A case file or piles.toml has defects, or a document lacks data."""

    exit_code = ExitCode.CASE_INVALID


class TemplateInvalid(PilesError):
    """A Word template cannot be rendered as it is."""

    exit_code = ExitCode.TEMPLATE_INVALID


class StepLocked(PilesError):
    """A document of a locked step was to be issued without a reason."""

    exit_code = ExitCode.STEP_LOCKED


class ToolMissing(PilesError):
    """A program or font that the work needs is not installed."""

    exit_code = ExitCode.TOOL_MISSING


class ToolFailed(PilesError):
    """A program was started and did not do its work (LibreOffice, the disk)."""

    exit_code = ExitCode.TOOL_FAILED


class WouldOverwrite(PilesError):
    """Going on would lose what a person, or another run, wrote."""

    exit_code = ExitCode.WOULD_OVERWRITE


class SigningFailed(PilesError):
    """A document could not be signed: no key, a wrong passphrase, a service that refuses."""

    exit_code = ExitCode.SIGNING_FAILED


class SignatureFailed(PilesError):
    """What is signed in a file does not stand: altered, revoked, untrusted, or another person's."""

    exit_code = ExitCode.SIGNATURE_FAILED


class SignatureNotJudged(PilesError):
    """A signature could not be judged; it counts for nothing until it can."""

    exit_code = ExitCode.SIGNATURE_NOT_JUDGED


class RecordsBroken(PilesError):
    """The ledger or the archive is damaged, or cannot be read."""

    exit_code = ExitCode.RECORDS_BROKEN


class Mismatch(PilesError):
    """What came back, or is to be recorded, does not match what was issued."""

    exit_code = ExitCode.MISMATCH
