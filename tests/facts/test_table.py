"""The table of docs/facts.md has every fact once, and names tests that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "facts.md").read_text("utf-8")
ROWS = re.findall(r"^\| (\d+) \| (.+?) \| (.+) \|$", PAGE, re.MULTILINE)
NAMED = sorted(set(re.findall(r"`([\w/]+\.py)::(test_\w+)`", PAGE)))


def written_tests(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    return {
        node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    }


def test_every_fact_is_there_once_in_order() -> None:
    assert [int(number) for number, _, _ in ROWS] == list(range(1, 91))


@pytest.mark.parametrize(("number", "held"), [(number, held) for number, _, held in ROWS])
def test_every_fact_is_held_by_a_test_or_a_person(number: str, held: str) -> None:
    assert re.search(r"`[\w/]+\.py::test_\w+`|by a person|by a lawyer", held), number


@pytest.mark.parametrize(("file", "name"), NAMED, ids=[f"{file}::{name}" for file, name in NAMED])
def test_every_test_that_is_named_exists(file: str, name: str) -> None:
    assert name in written_tests(ROOT / "tests" / file)


def test_every_test_of_the_facts_is_in_the_table() -> None:
    groups = (
        "every_document",
        "parties_and_signatures",
        "conventions",
        "training_job_meetings",
        "letters",
        "bundle",
    )
    files = [f"facts/test_{group}.py" for group in groups]
    written = {(file, name) for file in files for name in written_tests(ROOT / "tests" / file)}
    assert written - set(NAMED) == set()
