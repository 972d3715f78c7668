"""Reading a case file: everything that is wrong is said at once, with its place."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePath

from pydantic import ValidationError

from piles_docs.case.checks import check_case
from piles_docs.case.explanations import explain
from piles_docs.case.models import Case
from piles_docs.case.positions import Positions
from piles_docs.case.source_text import UnreadableError
from piles_docs.case.yaml_text import read_yaml
from piles_docs.errors import Defect, has_errors


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseReading:
    """What came of reading a case file."""

    case: Case | None
    """The case, when nothing in it is an error."""
    defects: tuple[Defect, ...]
    """Errors and warnings in the order of the file."""


@lru_cache(maxsize=16)  # a command reads the same file several times
def read_case(text: str | bytes, file: str) -> CaseReading:
    """Read and check a case file; `file` is its name as the user knows it, and its stem the case's name."""
    try:
        document = read_yaml(text)
    except UnreadableError as error:
        return CaseReading(case=None, defects=(Positions().defect(error.finding, file),))
    case = None
    findings = list(document.findings)
    try:
        case = Case.model_validate(document.data)
    except ValidationError as error:
        told = document.spoiled
        explained = explain(error, Case, document.positions)
        findings += [found for found in explained if told.isdisjoint((found.path, found.path[:-1]))]
    else:
        findings += check_case(case, PurePath(file).stem)
    defects = sorted((document.positions.defect(found, file) for found in findings), key=_place)
    return CaseReading(case=None if has_errors(defects) else case, defects=tuple(defects))


def _place(defect: Defect) -> tuple[int, int]:
    return defect.line or 0, defect.column or 0
