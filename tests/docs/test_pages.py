from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from piles_docs.cli.main import COMMANDS

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "out/README.md", *ROOT.glob("docs/**/*.md")]
)
TOUR = re.compile(r"<!-- tour [a-z-]+ -->\n(.*?)<!-- /tour -->", re.DOTALL)
LINK = re.compile(r"\]\(([^)#\s]*)(?:#([^)\s]*))?\)")
CODE = re.compile(r"^```.*?^```$|`[^`\n]+`", re.DOTALL | re.MULTILINE)


def run(script: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, f"scripts/{script}", "--check"]
    return subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)


def anchors(page: Path) -> set[str]:
    """The anchors that a forge makes of a page's headings."""
    headings = re.findall(r"^#+ (.*)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\s-]", "", title.lower()).strip().replace(" ", "-") for title in headings}


def test_the_tour_of_the_readme_shows_what_the_commands_print() -> None:
    checked = run("tour")
    assert checked.returncode == 0, f"run scripts/tour\n{checked.stdout}{checked.stderr}"


def test_the_tour_visits_the_commands_of_a_whole_case() -> None:
    tour = TOUR.search((ROOT / "README.md").read_text("utf-8"))
    assert tour is not None
    visited = set(re.findall(r"^\$ piles (\w+)", tour[1], re.MULTILINE))
    assert visited == {"check", "generate", "pack", "record", "status", "why", "verify"}
    assert visited <= set(COMMANDS)


def test_the_reference_of_commands_is_what_their_help_says() -> None:
    checked = run("reference")
    assert checked.returncode == 0, f"run scripts/reference\n{checked.stdout}{checked.stderr}"


def test_the_french_pages_follow_the_typography_of_the_documents() -> None:
    checked = run("typography")
    assert checked.returncode == 0, f"run scripts/typography\n{checked.stdout}{checked.stderr}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    prose = CODE.sub("", page.read_text("utf-8"))
    for target, anchor in LINK.findall(prose):
        if target.startswith("https://"):
            continue
        found = (page.parent / target).resolve() if target else page
        assert found.exists(), f"{page.name} leads to {target}"
        assert not anchor or anchor in anchors(found), f"{page.name} leads to {target}#{anchor}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_no_page_names_a_command_that_does_not_exist(page: Path) -> None:
    code = "\n".join(CODE.findall(page.read_text("utf-8")))
    assert set(re.findall(r"\bpiles ([a-z]+)\b", code)) <= set(COMMANDS)


@pytest.mark.parametrize("page", sorted(ROOT.glob("docs/**/*.md")), ids=lambda page: page.name)
def test_every_source_file_that_a_page_names_is_there(page: Path) -> None:
    names = re.findall(r"`((?:[\w-]+/)+[\w-]+\.(?:py|toml|csv|txt))`", page.read_text("utf-8"))
    missing = [
        name for name in names if not ((ROOT / name).exists() or (ROOT / "src/piles_docs" / name).exists())
    ]
    assert missing == []
