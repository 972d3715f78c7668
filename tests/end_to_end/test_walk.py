"""A case from its first meeting to the network, by the command line alone."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

Done = subprocess.CompletedProcess[str]
Piles = Callable[..., Done]
CASE = "embrunais"
STEPS = ("rencontre", "adequation", "diagnostic", "copil", "financement", "preparation", "lancement")
BOTH = ("porteuse", "tete-de-reseau")


@dataclass(frozen=True)
class Act:
    """One command, and what the status must say after it."""

    words: str
    on: str
    step: int
    waits: str
    """What the open step waits for: milestones by id, signatures as document/party."""
    missing: str = ""
    """Signatures that are missing, as document/party/original."""
    documents: str = ""
    """States of issued documents, as document=state."""


WALK = (
    Act("record milestone rencontre-faite", "2025-01-13", 2, "charte/porteuse validation-ca"),
    Act(
        "pack -d charte",
        "2025-02-10",
        2,
        "charte/porteuse validation-ca",
        "charte/porteuse/1",
        "charte=issued",
    ),
    Act(
        "record milestone validation-ca",
        "2025-03-11",
        2,
        "charte/porteuse",
        "charte/porteuse/1",
        "charte=issued",
    ),
    Act(
        "record signature charte --party porteuse",
        "2025-03-11",
        3,
        "convention-amorcage/porteuse convention-amorcage/tete-de-reseau besoin-confirme",
        documents="charte=signed",
    ),
    Act(
        "pack --step 3",
        "2025-03-20",
        3,
        "convention-amorcage/porteuse convention-amorcage/tete-de-reseau besoin-confirme",
        "convention-amorcage/porteuse/1 convention-amorcage/porteuse/2 "
        "convention-amorcage/tete-de-reseau/1 convention-amorcage/tete-de-reseau/2",
        "charte=signed convention-amorcage=issued cahier-des-charges-diagnostic=issued",
    ),
    Act(
        "record signature convention-amorcage --party porteuse --original 2",
        "2025-03-25",
        3,
        "convention-amorcage/porteuse convention-amorcage/tete-de-reseau besoin-confirme",
        "convention-amorcage/porteuse/1 convention-amorcage/tete-de-reseau/1 convention-amorcage/tete-de-reseau/2",
        "convention-amorcage=partly-signed",
    ),
    Act(
        "record signature convention-amorcage --party porteuse",
        "2025-03-26",
        3,
        "convention-amorcage/tete-de-reseau besoin-confirme",
        "convention-amorcage/tete-de-reseau/1 convention-amorcage/tete-de-reseau/2",
        "convention-amorcage=partly-signed",
    ),
    Act(
        "record signature convention-amorcage --party tete-de-reseau",
        "2025-03-27",
        3,
        "besoin-confirme",
        documents="convention-amorcage=signed",
    ),
    Act("record milestone besoin-confirme", "2025-08-01", 4, "copil-favorable"),
    Act("record milestone copil-favorable", "2025-09-23", 5, "tour-de-table-tenu"),
    Act(
        "record milestone tour-de-table-tenu",
        "2025-11-18",
        6,
        "convention-cadre/porteuse convention-cadre/tete-de-reseau animateur-recrute formation-faite outils-transferes",
    ),
    Act(
        "pack -d convention-cadre",
        "2025-12-01",
        6,
        "convention-cadre/porteuse convention-cadre/tete-de-reseau animateur-recrute formation-faite outils-transferes",
        "convention-cadre/porteuse/1 convention-cadre/porteuse/2 "
        "convention-cadre/tete-de-reseau/1 convention-cadre/tete-de-reseau/2",
        "convention-cadre=issued profil-de-poste=issued",
    ),
    Act(
        "record milestone animateur-recrute",
        "2025-12-02",
        6,
        "convention-cadre/porteuse convention-cadre/tete-de-reseau formation-faite outils-transferes",
        "convention-cadre/porteuse/1 convention-cadre/porteuse/2 "
        "convention-cadre/tete-de-reseau/1 convention-cadre/tete-de-reseau/2",
    ),
    Act(
        "record signature convention-cadre --party tete-de-reseau",
        "2025-12-03",
        6,
        "convention-cadre/porteuse formation-faite outils-transferes",
        "convention-cadre/porteuse/1 convention-cadre/porteuse/2",
    ),
    Act(
        "record signature convention-cadre --party porteuse",
        "2025-12-04",
        6,
        "formation-faite outils-transferes",
    ),
    Act("record milestone formation-faite", "2025-12-05", 6, "outils-transferes"),
    Act(
        "record milestone outils-transferes",
        "2025-12-06",
        7,
        "convention-annuelle/porteuse convention-annuelle/tete-de-reseau lancement-fait",
        documents="convention-cadre=signed",
    ),
    Act(
        "record milestone lancement-fait",
        "2025-12-07",
        7,
        "convention-annuelle/porteuse convention-annuelle/tete-de-reseau",
    ),
    Act(
        "pack -d convention-annuelle",
        "2025-12-08",
        7,
        "convention-annuelle/porteuse convention-annuelle/tete-de-reseau",
        "convention-annuelle/porteuse/1 convention-annuelle/porteuse/2 "
        "convention-annuelle/tete-de-reseau/1 convention-annuelle/tete-de-reseau/2",
    ),
    Act(
        "record signature convention-annuelle --party porteuse",
        "2025-12-09",
        7,
        "convention-annuelle/tete-de-reseau",
        "convention-annuelle/tete-de-reseau/1 convention-annuelle/tete-de-reseau/2",
    ),
    Act("record signature convention-annuelle --party tete-de-reseau", "2025-12-10", 8, ""),
)


@pytest.fixture
def folder(seed: Path, tmp_path: Path) -> Path:
    """A fresh workspace with the converter that this machine has."""
    return Path(shutil.copytree(seed, tmp_path / "espace"))


def test_a_case_walks_from_the_first_meeting_to_the_network(
    piles: Piles, warm_piles: Piles, folder: Path
) -> None:
    def status(on: str) -> dict[str, Any]:
        answer = json.loads(warm_piles(folder, "status", CASE, "--json", "--as-of", on).stdout)
        assert (answer["schema"], answer["as_of"]) == (1, on)
        (case,) = answer["cases"]
        found: dict[str, Any] = case
        return found

    begin = status("2025-01-12")
    assert _shape(begin) == _shape_at(1)
    assert _waits(begin) == {"rencontre-faite"}
    assert begin["missing"] == []

    refused = piles(folder, "pack", CASE, "--step", "2", "--on", "2025-01-12", code=12)
    assert "rencontre-faite" in refused.stderr
    assert "--ahead" in refused.stderr
    assert not (folder / "records").exists()
    assert "rencontre-faite" in piles(folder, "why", CASE, "2").stdout

    for act in WALK:
        command, *rest = act.words.split()
        done = warm_piles(folder, command, CASE, *rest, "--on", act.on)
        case = status(act.on)
        told = f"after {act.words}"
        assert _shape(case) == _shape_at(act.step), told
        assert _waits(case) == set(act.waits.split()), told
        assert _missing(case) == set(act.missing.split()), told
        assert dict(pair.split("=") for pair in act.documents.split()).items() <= _states(case).items(), told
        _check_the_words_that_matter(warm_piles, folder, act, done, case)

    assert "en réseau" in done.stdout
    assert case["state"] == "en-reseau"
    said = json.loads(piles(folder, "status", "--json", "--as-of", WALK[-1].on, CASE).stdout)
    assert said["cases"] == [case]
    assert "intact" in piles(folder, "verify").stdout
    assert piles(folder, "status", CASE, "--missing").stdout == ""


def _check_the_words_that_matter(
    piles: Piles, folder: Path, act: Act, done: Done, case: dict[str, Any]
) -> None:
    if act.words == "pack -d charte":
        (charte,) = [document for document in case["documents"] if document["id"] == "charte"]
        assert charte | {"signatures": []} == {
            "id": "charte",
            "recipient": None,
            "period": None,
            "name": "charte",
            "title": "Charte",
            "step": 2,
            "state": "issued",
            "state_title": "émis",
            "reference": "embrunais.charte.v1",
            "version": 1,
            "issued_on": "2025-02-10",
            "due_on": "2025-02-25",
            "signed_on": None,
            "unlocks": ["diagnostic"],
            "stale": [],
            "lacks": [],
            "signatures": [],
        }
        assert case["missing"] == [
            {
                "document": "charte",
                "recipient": None,
                "period": None,
                "name": "charte",
                "title": "Charte",
                "party": "porteuse",
                "party_title": "la structure porteuse",
                "signatory": "Mme Inès Vraisemblable-Durand",
                "original": 1,
                "originals": 1,
                "means": "papier",
                "issued_on": "2025-02-10",
                "since_days": 0,
                "due_on": "2025-02-25",
                "turn": True,
                "after": None,
                "mailed_on": None,
                "unlocks": ["diagnostic"],
                "opens": "l’étape 3, « Diagnostic de territoire »",
            }
        ]
        later = piles(folder, "status", "--missing", "--as-of", "2025-02-22", code=3).stdout
        assert "Mme Inès Vraisemblable-Durand" in later
        assert "12 jours" in later.replace("\xa0", " ")
        assert "diagnostic" in later.lower()
        assert "porteuse" in piles(folder, "why", CASE, "3").stdout
        assert "diagnostic" in piles(folder, "why", CASE, "charte").stdout.lower()
    if act.words == "record signature charte --party porteuse":
        assert "étape ouverte : 3" in done.stdout
        piles(folder, "status", "--missing", code=0)
        (charte,) = [document for document in case["documents"] if document["id"] == "charte"]
        assert charte["signed_on"] == "2025-03-11"
        assert charte["signatures"] == [
            {
                "party": "porteuse",
                "signatory": "Mme Inès Vraisemblable-Durand",
                "original": 1,
                "state": "received",
                "means": "papier",
                "on": "2025-03-11",
                "level": None,
            }
        ]


def _shape(case: dict[str, Any]) -> list[tuple[int, str, str]]:
    assert case["current_step"] == next(
        (step["number"] for step in case["steps"] if step["state"] != "done"), 8
    )
    return [(step["number"], step["id"], step["state"]) for step in case["steps"] if step["number"] < 8]


def _shape_at(current: int) -> list[tuple[int, str, str]]:
    """Steps before the current one are done, it is open, those after are locked."""
    return [
        (number, name, "done" if number < current else "open" if number == current else "locked")
        for number, name in enumerate(STEPS, 1)
    ]


def _waits(case: dict[str, Any]) -> set[str]:
    waiting = [item for step in case["steps"] if step["state"] == "open" for item in step["waiting_for"]]
    return {
        item["milestone"] if item["kind"] == "milestone" else f"{item['document']}/{item['party']}"
        for item in waiting
    }


def _missing(case: dict[str, Any]) -> set[str]:
    return {f"{item['document']}/{item['party']}/{item['original']}" for item in case["missing"]}


def _states(case: dict[str, Any]) -> dict[str, str]:
    return {document["id"]: document["state"] for document in case["documents"] if document["issued_on"]}
