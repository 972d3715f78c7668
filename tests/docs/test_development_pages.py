from __future__ import annotations

import datetime as dt
import re
import tomllib
from importlib.metadata import metadata
from pathlib import Path
from typing import Any

import pytest

from piles_docs.methodology.acts import Act, Issued, Means, MilestoneReached, Original
from piles_docs.methodology.model import load_methodology
from piles_docs.methodology.rules import assess
from piles_docs.methodology.states import Key
from piles_docs.usecases.status import as_json
from piles_docs.usecases.workspace import Workspace

ROOT = Path(__file__).parents[2]
DAY = dt.date(2026, 10, 15)


def rows(page: str, title: str) -> list[list[str]]:
    """The cells of the tables below a heading, without the two first lines of each."""
    text = (ROOT / "docs" / page).read_text("utf-8")
    body = re.split(r"^## ", text.split(f"## {title}\n", 1)[1], flags=re.MULTILINE)[0]
    table = [line.strip("| ").split(" | ") for line in body.splitlines() if line.startswith("| ")]
    return table[2:]


def licence(package: str) -> str:
    about = metadata(package)
    classified = [
        line.rpartition(" :: ")[2] for line in about.get_all("Classifier", []) if "License ::" in line
    ]
    return about["License-Expression"] or about["License"] or ", ".join(classified)


@pytest.mark.parametrize("title", ["To run", "To develop"])
def test_every_dependency_is_explained_with_the_licence_it_declares(title: str) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    declared = {
        "To run": project["project"]["dependencies"],
        "To develop": project["dependency-groups"]["dev"],
    }
    names = [re.split(r"[\[<>=]", requirement)[0] for requirement in declared[title]]
    assert {row[0]: row[1] for row in rows("dependencies.md", title)} == {
        name: licence(name) for name in names
    }


def status() -> dict[str, Any]:
    """The JSON of the sample case with one of each thing in it."""
    workspace = Workspace(ROOT)
    case, methodology = workspace.case("haut-verdon"), load_methodology()
    issued = Issued(
        document="charte",
        version=1,
        reference="haut-verdon.charte.v1",
        means={"porteuse": Means.PAPER},
        originals=(Original(number=1, docx_sha256="", pdf_sha256="", pages=1),),
        template_sha256="",
        signatories={"porteuse": "Mme Lise Exemple"},
        values={"piles.nom": "PILES du Verdon"},
        on=DAY,
    )
    acts: list[Act] = [MilestoneReached(milestone="rencontre-faite", on=DAY), issued]
    state = assess(case, workspace.network(), acts, DAY, methodology)
    assert state.document(Key("charte")) is not None
    return as_json([state], DAY)


def test_the_json_of_status_has_the_keys_of_its_page() -> None:
    top = status()
    case = top["cases"][0]
    charter = next(document for document in case["documents"] if document["id"] == "charte")
    objects = {
        "Top": top,
        "A case": case,
        "A step": case["steps"][0],
        "A document": charter,
        "A signature": charter["signatures"][0],
        "A missing signature": case["missing"][0],
    }
    for title, found in objects.items():
        assert [row[0].strip("`") for row in rows("status-json.md", title)] == list(found), title
    assert [set(change) for change in charter["stale"]] == [{"path", "issued", "current"}]


def test_the_guide_names_every_document_step_and_milestone_of_the_seven_steps() -> None:
    guide = (ROOT / "docs/guide.md").read_text("utf-8")
    methodology = load_methodology()
    named = {document.id for document in methodology.documents} | {one.id for one in methodology.milestones}
    words = set(re.findall(r"[a-z]+(?:-[a-z]+)*", guide))
    assert named <= words
    assert all(step.title in guide for step in methodology.gated_steps)
