"""No fault of grammar or typography that grammalecte knows; `scripts/campaign` reads many more cases."""

from __future__ import annotations

import os
import re

import pytest

from . import grammar
from .papers import Bundle, bundle
from .samples import NUMBERS, SHORT

READ = NUMBERS if len(NUMBERS) > SHORT else (0, 2, 3, 5)
"""In every run a few cases: several forms and eras, both genders, both means."""

needs_grammalecte = pytest.mark.skipif(
    not grammar.is_installed() and not os.environ.get("CI"), reason="grammalecte-cli is not installed here"
)


@needs_grammalecte
def test_documents_have_no_fault_of_grammar() -> None:
    bundles = [bundle(number) for number in READ]
    lines = [line.text for one in bundles for paper in one.papers for line in paper.lines]
    assert len(lines) > 1000
    found = grammar.unexplained(grammar.faults(lines), known_words(bundles))
    assert [str(fault) for fault in found] == []


def known_words(bundles: list[Bundle]) -> frozenset[str]:
    """What the case files and piles.toml say: whoever wrote it answers for its spelling."""
    return frozenset().union(
        *(grammar.words_of(f"{one.generated.text} {one.generated.network}") for one in bundles)
    )


@needs_grammalecte
@pytest.mark.parametrize(
    "line",
    [
        "La présidente est habilité à signer la convention.",
        "Les partenaires est invités à la réunion.",
        "Un PILES est ouverte à Marseille.",
        "Les PILES est ouverts.",
        "Elle vas signer la convention.",
        "La conventoin est signée.",
        "La réunion commence à  quatorze heures.",
    ],
)
def test_a_fault_is_found(line: str) -> None:
    assert grammar.unexplained(grammar.faults([line])) != []


@needs_grammalecte
def test_right_french_passes() -> None:
    lines = [
        "Les PILES ouverts forment un réseau.",
        "Un PILES est ouvert à Marseille.",
        "Référence 12\u202f: la charte est signée.",
    ]
    assert grammar.unexplained(grammar.faults(lines)) == []


def test_every_allowance_has_its_reason_and_no_allowance_is_for_everything() -> None:
    for allowance in grammar.allowances():
        assert len(allowance.reason) > 15
        assert allowance.words or allowance.spelling
        assert not (allowance.words and allowance.words.search(""))
    for one in grammar.stand_ins():
        assert len(one.reason) > 10


def test_an_allowance_covers_its_own_words_alone() -> None:
    allowance = grammar.Allowance(
        rule=re.compile("accord"),
        words=re.compile("à titre gratuit, personnel"),
        spelling=frozenset({"CNIL"}),
        reason="",
    )

    def fault(line: str, words: str, rule: str) -> grammar.Fault:
        start = line.index(words)
        return grammar.Fault(
            line=line, start=start, end=start + len(words), rule=rule, message="", suggestions=()
        )

    assert allowance.covers(fault("cédé à titre gratuit, personnel et écrit", "personnel", "accord"))
    assert not allowance.covers(fault("la structure personnel", "personnel", "accord"))
    assert not allowance.covers(fault("cédé à titre gratuit, personnel et écrit", "personnel", "accord2"))
    assert allowance.covers(fault("la CNIL", "CNIL", "spelling"))
    assert not allowance.covers(fault("la CNLI", "CNLI", "spelling"))
