from __future__ import annotations

import ast
import datetime as dt
import re
import sys
import tomllib
from dataclasses import asdict
from importlib.metadata import metadata, packages_distributions
from pathlib import Path
from typing import Any

import pytest

from piles_docs.errors import Defect
from piles_docs.methodology.acts import (
    Act,
    InkState,
    Issued,
    Means,
    MilestoneReached,
    Original,
    Scanned,
    ScannedBox,
    ScannedPage,
    Signed,
)
from piles_docs.methodology.model import load_methodology
from piles_docs.methodology.rules import assess
from piles_docs.usecases.reporting import report_of
from piles_docs.usecases.reports import Unreadable
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
    # Not every implementation of this mapping has an answer for what is not there.
    given = [about[name] for name in ("License-Expression", "License") if name in about]
    return next(filter(None, given), ", ".join(classified))


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


def test_each_incident_of_others_is_held_off_by_tests_that_exist() -> None:
    text = (ROOT / "docs" / "incidents.md").read_text("utf-8")
    incidents = [line for line in text.splitlines() if re.match(r"\| \d", line)]
    assert len(incidents) == 14
    for incident in incidents:
        named = re.findall(r"`([a-z_/]+\.py)(?:::(\w+))?`", incident)
        assert named, incident
        for path, name in named:
            assert f"def {name or 'test_'}" in (ROOT / path).read_text("utf-8"), incident


def imported_modules() -> set[str]:
    """The first word of all that the program imports."""
    nodes = [node for path in (ROOT / "src").rglob("*.py") for node in ast.walk(ast.parse(path.read_bytes()))]
    whole = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    whole |= {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name.partition(".")[0] for name in whole}


def test_every_package_that_the_program_imports_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    # pydantic_core is pydantic's other half: a version of one wants one version of the other.
    ours = {"piles-docs", "pydantic-core"}
    extras = project["project"]["optional-dependencies"].values()
    requirements = [*project["project"]["dependencies"], *(one for extra in extras for one in extra)]
    names = (re.split(r"[\[<>=]", requirement)[0] for requirement in requirements)
    declared = {re.sub(r"[-_.]+", "-", name).lower() for name in names} | ours
    providers = packages_distributions()
    for module in imported_modules() - sys.stdlib_module_names - {"piles_docs"}:
        found = {re.sub(r"[-_.]+", "-", name).lower() for name in providers[module]}
        assert found & declared, module


def report() -> dict[str, Any]:
    """The report of a case with one of each thing in it."""
    workspace = Workspace(ROOT)
    case, methodology = workspace.case("haut-verdon"), load_methodology()
    day = dt.date(2027, 6, 1)

    def issued(document: str, *parties: str) -> Issued:
        return Issued(
            document=document,
            version=1,
            reference=f"haut-verdon.{document}.v1",
            means=dict.fromkeys(parties, Means.PAPER),
            originals=(Original(number=1, docx_sha256="", pdf_sha256="", pages=1),),
            template_sha256="",
            signatories=dict.fromkeys(parties, "Mme Lise Exemple"),
            values={"piles.nom": "PILES du Verdon"},
            ends_on=dt.date(2027, 6, 30) if document == "convention-amorcage" else None,
            on=DAY,
        )

    ending = issued("convention-amorcage", "porteuse")
    box = ScannedBox(party="porteuse", state=InkState.UNCERTAIN)
    plan = issued("plan-formation", "porteuse", "tete-de-reseau", "animateur")
    page = ScannedPage(scan_page=1, reference=plan.reference, original=1, page=1, boxes=(box,))
    acts: list[Act] = [
        MilestoneReached(milestone="rencontre-faite", on=DAY),
        plan,
        Scanned(scan_sha256="", file_pages=1, pages=(page,), process="", on=DAY),
        ending,
        Signed(reference=ending.reference, party="porteuse", original=1, means=Means.PAPER, on=DAY),
    ]
    state = assess(case, workspace.network(), acts, day, methodology)
    return asdict(report_of(state, methodology))


def test_the_json_of_status_has_the_keys_of_its_page() -> None:
    case = report()
    signed = next(document for document in case["documents"] if document["id"] == "convention-amorcage")
    second = next(missing for missing in case["missing"] if missing["after"])
    unreadable = Unreadable(dossier="x", exit_code=10, message="", remedy="", defects=(Defect(file="", message="", remedy=""),))  # fmt: skip
    objects = {
        "A case": case,
        "A step": case["steps"][0],
        "What a step waits for": case["waiting_for"][0],
        "A document": signed,
        "A signature": signed["signatures"][0],
        "A missing signature": second,
        "A box to look at": case["uncertain"][0],
        "A convention near its end": case["endings"][0],
        "A case that cannot be read": asdict(unreadable),
    }
    for title, found in objects.items():
        assert [row[0].strip("`") for row in rows("status-json.md", title)] == list(found), title
    assert [set(change) for change in signed["stale"]] == [{"path", "issued", "current"}]
    assert set(second["after"]) == {"party", "signatory"}
    assert set(asdict(unreadable)["defects"][0]) <= set(re.findall(r"`(\w+)`", rows("status-json.md", "A case that cannot be read")[-1][1]))  # fmt: skip


def test_a_key_of_schema_1_never_goes_away() -> None:
    case = report()
    document, missing = case["documents"][0], case["missing"][0]
    assert {
        "dossier",
        "piles",
        "state",
        "ended_by",
        "current_step",
        "steps",
        "milestones",
        "documents",
        "missing",
    } <= set(case)
    assert {"number", "id", "title", "state", "ahead", "waiting_for"} <= set(case["steps"][0])
    assert {"kind", "milestone", "document", "party"} <= set(case["waiting_for"][0])
    assert {
        "id",
        "recipient",
        "period",
        "step",
        "state",
        "reference",
        "version",
        "issued_on",
        "due_on",
        "signed_on",
        "unlocks",
        "stale",
        "lacks",
        "signatures",
    } <= set(document)
    assert {"party", "signatory", "original", "state", "means", "on"} <= set(document["signatures"][0])
    assert {"document", "recipient", "party", "signatory", "original", "since_days"} <= set(missing)


def test_the_guide_names_every_document_step_and_milestone_of_the_seven_steps() -> None:
    guide = (ROOT / "docs/guide.md").read_text("utf-8")
    methodology = load_methodology()
    named = {document.id for document in methodology.documents} | {one.id for one in methodology.milestones}
    words = set(re.findall(r"[a-z]+(?:-[a-z]+)*", guide))
    assert named <= words
    assert all(step.title in guide for step in methodology.gated_steps)
