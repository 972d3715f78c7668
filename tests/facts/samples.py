"""The generated cases that the tests of every run read; `scripts/campaign` reads many more."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable

import pytest

from .papers import Paper

SHORT = 6
NUMBERS = range(int(os.environ.get("PILES_FACTS_CASES", SHORT)))
every_case = pytest.mark.parametrize(
    "made",
    [
        pytest.param(number, id=f"case-{number}", marks=pytest.mark.xdist_group(f"case-{number}"))
        for number in NUMBERS
    ],
    indirect=True,
)
"""Runs a test once for each of the cases; those of a case in one worker, which makes its documents once."""


def report(papers: Iterable[Paper], check: Callable[[Paper], list[str]]) -> list[str]:
    """The faults that a check finds, each with the document where it is, said once a kind of document."""
    found: dict[tuple[str, str], str] = {}
    for paper in papers:
        for fault in check(paper):
            found.setdefault((paper.id, fault), f"{paper.name}: {fault}")
    return list(found.values())
