"""Every file that is not what it seems is refused, by the verdict that helps; easily satisfied checks take most."""

from __future__ import annotations

from pathlib import Path

import pytest

from piles_docs.methodology.acts import Level
from piles_docs.signing.judging import judge
from piles_docs.signing.verdicts import Verdict

from .honest import Honest
from .naive import digests, naive, pdfsig
from .tampering import CASES, Case, flip, paint_over, updated


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case.name))
def test_tampering_is_refused_with_its_reason(honest: Honest, case: Case) -> None:
    content = case.build(honest)
    assert naive(content) == case.naive_accepts
    judgement = judge(content, honest.expectation, honest.trust)
    assert judgement.verdict is case.verdict, judgement.reasons
    assert case.says in judgement.reasons[0]
    assert not judgement.signatures


def test_wrapped_signature_fits_by_its_own_word(honest: Honest) -> None:
    """Else the case above would show nothing: the moved bytes are hashed as they were."""
    case = next(case for case in CASES if case.name == "wrapped signature")
    assert digests(case.build(honest)) == [True, True]


@pytest.mark.parametrize("level", Level)
def test_another_program_agrees_on_digests(honest: Honest, level: Level, tmp_path: Path) -> None:
    content = honest.complete(level)
    assert digests(content) == [True, True, True]
    assert pdfsig(content, tmp_path)[:3] == [True, True, True]


@pytest.mark.parametrize("place", [3_000, 20_000, 45_000])
def test_another_program_agrees_that_a_byte_was_flipped(honest: Honest, place: int, tmp_path: Path) -> None:
    content = flip(honest.complete(), place)
    assert True not in digests(content)
    assert True not in pdfsig(content, tmp_path)


def test_another_program_alone_would_take_a_painted_page(honest: Honest, tmp_path: Path) -> None:
    """Digests say nothing of what came after them."""
    content = updated(honest.complete(), paint_over)
    assert pdfsig(content, tmp_path) == [True, True, True]
    assert judge(content, honest.expectation, honest.trust).verdict is Verdict.ALTERED


def test_servers_that_an_altered_file_names_are_not_asked(honest: Honest) -> None:
    """Whoever altered it named them; were they asked, one that is down would be a second reason."""
    content = updated(honest.partial(), paint_over)
    with honest.authority.down():
        judgement = judge(content, honest.expectation, honest.trust)
    assert judgement.verdict is Verdict.ALTERED
    assert len(judgement.reasons) == 1
