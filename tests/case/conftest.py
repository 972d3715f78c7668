from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from piles_docs.case.models import Case
from piles_docs.case.reading import CaseReading, read_case

ROOT = Path(__file__).parents[2]
Change = Callable[..., CaseReading]


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT


@pytest.fixture(scope="session")
def sample() -> str:
    return (ROOT / "cases" / "haut-verdon.yaml").read_text("utf-8")


@pytest.fixture
def changed(sample: str) -> Change:
    """Reads the sample case with some of its text replaced, each text being there exactly once."""

    def change(*replacements: tuple[str, str]) -> CaseReading:
        text = sample
        for old, new in replacements:
            assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
            text = text.replace(old, new)
        return read_case(text, "cases/haut-verdon.yaml")

    return change


@pytest.fixture(scope="session")
def sample_case(sample: str) -> Case:
    reading = read_case(sample, "haut-verdon.yaml")
    assert reading.case is not None
    return reading.case
