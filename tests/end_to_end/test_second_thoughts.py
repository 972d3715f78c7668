"""Mistakes taken back, another way to sign, plans, copies, export and erasure: by the command line."""

from __future__ import annotations

import json
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

Done = subprocess.CompletedProcess[str]
Piles = Callable[..., Done]
CASE = "embrunais"


@pytest.fixture(scope="module")
def issued_seed(quick_seed: Path, tmp_path_factory: pytest.TempPathFactory, warm_piles: Piles) -> Path:
    """The framework convention, issued ahead; for copying."""
    folder = Path(shutil.copytree(quick_seed, tmp_path_factory.mktemp("emis") / "espace"))
    warm_piles(folder, "record", CASE, "milestone", "rencontre-faite", "--on", "2025-02-01")
    warm_piles(folder, "pack", CASE, "-d", "convention-cadre", "--ahead", "essai", "--on", "2026-01-12")
    return folder


@pytest.fixture
def issued(issued_seed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(issued_seed, tmp_path / "espace"))


def state(workspace: Path, piles: Piles) -> dict[str, object]:
    case = json.loads(piles(workspace, "status", CASE, "--json").stdout)["cases"][0]
    (found,) = [one for one in case["documents"] if one["id"] == "convention-cadre"]
    return dict(found) | {"case": case}


def sign(workspace: Path, piles: Piles, party: str, *words: str, code: int = 0) -> Done:
    return piles(
        workspace, "record", CASE, "signature", "convention-cadre", "--party", party, "--on", "2026-01-20", *words,
        code=code,
    )  # fmt: skip


def test_a_plan_names_who_would_sign_what_and_how_and_does_nothing(
    workspace: Path, warm_piles: Piles
) -> None:
    warm_piles(workspace, "record", CASE, "milestone", "rencontre-faite", "--on", "2025-02-01")
    done = warm_piles(workspace, "pack", CASE, "-d", "plan-formation", "--ahead", "essai", "--dry-run")
    assert "à émettre : embrunais.plan-formation.v1 (3 exemplaires)" in done.stdout
    assert "Vraisemblable-Durand : embrunais.plan-formation.v1 (sur papier)" in done.stdout
    assert "Maëlle d'Hypothèse : embrunais.plan-formation.v1 (par voie électronique)" in done.stdout
    refused = warm_piles(workspace, "pack", CASE, "-d", "plan-formation", "--dry-run", code=12)
    assert "à émettre" in refused.stdout
    assert not (workspace / "out" / CASE / "packs").exists()
    assert len(warm_piles(workspace, "log", CASE).stdout.splitlines()) == 1


def test_a_mistake_is_found_in_the_log_and_taken_back(issued: Path, warm_piles: Piles) -> None:
    sign(issued, warm_piles, "porteuse")
    log = warm_piles(issued, "log", CASE).stdout.splitlines()
    assert log[-1].startswith(
        "5  20/01/2026  signature de embrunais.convention-cadre.v1, exemplaire 2, par porteuse"
    )
    done = warm_piles(issued, "record", CASE, "correction", "5", "--note", "c’était un autre acte")
    assert "enregistré : retrait de l’événement n° 5" in done.stdout
    assert "[retiré par l’événement n° 6]" in warm_piles(issued, "log", CASE).stdout
    events = json.loads(warm_piles(issued, "log", CASE, "--json").stdout)["events"]
    assert [event["withdrawn_by"] for event in events] == [None, None, None, None, 6, None]
    assert state(issued, warm_piles)["state"] == "partly-signed"
    warm_piles(issued, "record", CASE, "correction", "5", "--note", "encore", code=60)
    warm_piles(issued, "record", CASE, "correction", "99", "--note", "rien", code=2)
    warm_piles(issued, "verify")


def test_taking_back_a_milestone_says_what_is_open_again(issued: Path, warm_piles: Piles) -> None:
    done = warm_piles(issued, "record", CASE, "correction", "1", "--note", "la rencontre est reportée")
    assert "1 « Rencontre et interconnaissance »" in done.stdout


def test_who_changes_path_is_asked_only_for_what_is_left(issued: Path, warm_piles: Piles) -> None:
    sign(issued, warm_piles, "porteuse", "--original", "1")
    warm_piles(
        issued, "record", CASE, "means", "convention-cadre", "--party", "porteuse", "--means", "electronique"
    )
    done = warm_piles(issued, "pack", CASE, "-d", "convention-cadre")
    assert ": embrunais.porteuse.convention-cadre.pdf, 1 signature" in done.stdout
    assert ": embrunais.tete-de-reseau.convention-cadre.pdf, 2 signatures" in done.stdout
    sign(issued, warm_piles, "porteuse")
    signatures = state(issued, warm_piles)["signatures"]
    assert isinstance(signatures, list)
    means = {(one["party"], one["original"]): one["means"] for one in signatures}
    assert means["porteuse", 1] == "papier"
    assert means["porteuse", 2] == "electronique"


def test_a_signature_that_came_another_way_is_recorded_as_it_came(issued: Path, warm_piles: Piles) -> None:
    sign(issued, warm_piles, "porteuse", "--means", "electronique")
    assert "par voie électronique" in warm_piles(issued, "log", CASE).stdout


def test_the_last_signature_makes_the_copies_and_they_can_be_made_again(
    issued: Path, warm_piles: Piles
) -> None:
    sign(issued, warm_piles, "porteuse")
    assert "Rien de tel" in warm_piles(issued, "copies", CASE).stderr
    done = sign(issued, warm_piles, "tete-de-reseau")
    assert "copie de porteuse : embrunais.convention-cadre.v1.porteuse.pdf" in done.stdout
    folder = issued / "out" / CASE / "copies"
    made = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert len(made) == 2
    for path in folder.iterdir():
        path.unlink()
    warm_piles(issued, "copies", CASE, "-d", "convention-cadre")
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == made


def test_a_case_is_handed_over_then_forgotten(issued: Path, warm_piles: Piles) -> None:
    said = warm_piles(issued, "export", CASE, "--to", "remise").stdout
    (bundle,) = (issued / "remise").iterdir()
    assert bundle.name in said
    assert "embrunais-3/LISEZ-MOI.txt" in zipfile.ZipFile(bundle).namelist()
    planned = warm_piles(issued, "forget", CASE, "--reason", "demande", "--dry-run").stdout
    assert "il manque encore une signature" in planned
    warm_piles(issued, "status", CASE)
    warm_piles(issued, "forget", CASE, "--reason", "demande", code=130)  # nobody there to confirm
    warm_piles(issued, "forget", CASE, "--reason", "demande", "--yes")
    assert not (issued / "cases" / f"{CASE}.yaml").exists()
    assert not (issued / "out" / CASE).exists()
    warm_piles(issued, "status", CASE, code=2)
    assert "données personnelles effacées" in warm_piles(issued, "verify").stderr
    assert "effacement des données personnelles" in warm_piles(issued, "log", CASE).stdout
