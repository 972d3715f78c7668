"""A case handed over: what others check without this program, by the instructions in the bundle."""

from __future__ import annotations

import datetime as dt
import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from piles_docs.documents.conversion import Embedded
from piles_docs.errors import RecordsBroken, UsageError
from piles_docs.usecases.clock import Clock
from piles_docs.usecases.export import Exported, export
from piles_docs.usecases.forget import forget
from piles_docs.usecases.pack import pack
from piles_docs.usecases.record import record_milestone, record_signature
from piles_docs.usecases.workspace import Workspace

from .conftest import make_workspace

CASE = "embrunais"
CLOCK = Clock(today=dt.date(2026, 1, 20), now=dt.datetime(2026, 1, 20, 9, tzinfo=dt.UTC))


@pytest.fixture(scope="module")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A charter issued, and signed with a scan; for copying."""
    workspace = make_workspace(tmp_path_factory.mktemp("graine"))
    scan = tmp_path_factory.mktemp("piece") / "scan.pdf"
    scan.write_bytes(b"%PDF-1.7 un scan")
    record_milestone(workspace, CASE, "rencontre-faite", on=CLOCK.today, note=None, evidence=(), clock=CLOCK)
    pack(
        workspace, CASE, step=None, documents=["charte"], means=None, ahead=None, issued_on=None,
        converter=Embedded(), clock=CLOCK,
    )  # fmt: skip
    record_signature(
        workspace, CASE, "charte", party="porteuse", on=CLOCK.today, original=None, means=None, note="vu",
        evidence=[scan], clock=CLOCK,
    )  # fmt: skip
    return workspace.root


@pytest.fixture
def recorded(seed: Path, tmp_path: Path) -> Workspace:
    return Workspace(shutil.copytree(seed, tmp_path / "espace"))


def unpacked(workspace: Workspace, folder: Path) -> tuple[Exported, Path]:
    done = export(workspace, CASE, to=None, clock=CLOCK)
    with zipfile.ZipFile(done.path) as archive:
        archive.extractall(folder)
    (found,) = folder.iterdir()
    return done, found


def instructions(folder: Path) -> list[str]:
    """The commands that the bundle prints, each as one text: what is set in by three spaces."""
    text = (folder / "LISEZ-MOI.txt").read_text("utf-8")
    blocks = re.findall(r"(?:^   (?! )\S.*\n(?:^   .*\n)*)", text, re.MULTILINE)
    return [block for block in blocks if "sha256sum" in block]


def check(folder: Path) -> list[tuple[int, str]]:
    results = []
    for command in instructions(folder):
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"},  # its words are read below
            capture_output=True,
            text=True,
            check=False,
        )
        results.append((done.returncode, done.stdout + done.stderr))
    return results


def test_a_stranger_checks_a_bundle_with_sha256sum_and_its_instructions(
    recorded: Workspace, tmp_path: Path
) -> None:
    done, folder = unpacked(recorded, tmp_path / "recu")
    (sums, chain) = check(folder)
    assert sums[0] == 0, sums
    assert "data/registre/000003.json: OK" in sums[1]
    assert chain[1].strip() == f"tête : {done.head.digest}"
    assert str(done.head.short()) in (folder / "LISEZ-MOI.txt").read_text("utf-8")
    assert (done.events, done.files) == (3, 3)
    assert (folder / "data" / "pieces" / "preuve-3-1.pdf").read_bytes() == b"%PDF-1.7 un scan"


@pytest.mark.parametrize("name", ["data/registre/000002.json", "data/pieces/preuve-3-1.pdf", "LISEZ-MOI.txt"])
def test_a_changed_file_is_found(recorded: Workspace, tmp_path: Path, name: str) -> None:
    _, folder = unpacked(recorded, tmp_path / "recu")
    path = folder / name
    path.write_bytes(path.read_bytes() + b" ")
    results = check(folder)
    assert any("FAILED" in text for _, text in results)


def test_a_chain_written_anew_breaks_unless_it_is_written_to_its_end(
    recorded: Workspace, tmp_path: Path
) -> None:
    done, folder = unpacked(recorded, tmp_path / "recu")
    first = folder / "data" / "registre" / "000001.json"
    first.write_bytes(first.read_bytes().replace(b"rencontre-faite", b"validation-ca"))
    chain = check(folder)[-1][1]
    assert "rompue avant data/registre/000002.json" in chain
    assert done.head.digest in chain  # later links still hold: only the broken one is named


def test_the_bundle_is_a_bag(recorded: Workspace, tmp_path: Path) -> None:
    _, folder = unpacked(recorded, tmp_path / "recu")
    assert (folder / "bagit.txt").read_text() == "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
    payload = {path for path in (folder / "data").rglob("*") if path.is_file()}
    listed = [line.split("  ", 1)[1] for line in (folder / "manifest-sha256.txt").read_text().splitlines()]
    assert {folder / name for name in listed} == payload
    size = sum(path.stat().st_size for path in payload)
    assert f"Payload-Oxum: {size}.{len(payload)}\n" in (folder / "bag-info.txt").read_text()


def test_two_exports_of_the_same_facts_on_a_day_are_the_same_bytes(recorded: Workspace) -> None:
    first = export(recorded, CASE, to=None, clock=CLOCK).path.read_bytes()
    assert export(recorded, CASE, to=None, clock=CLOCK).path.read_bytes() == first


def test_a_forgotten_case_is_still_handed_over_without_its_names(recorded: Workspace, tmp_path: Path) -> None:
    forget(recorded, CASE, reason="demande", clock=CLOCK)
    done, folder = unpacked(recorded, tmp_path / "recu")
    assert check(folder)[0][0] == 0
    everything = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert b"Vraisemblable" not in everything
    assert done.files == 0


def test_nothing_recorded_is_nothing_to_export(workspace: Workspace) -> None:
    with pytest.raises(UsageError, match="rien n’est enregistré"):
        export(workspace, CASE, to=None, clock=CLOCK)
    with pytest.raises(UsageError, match="pas de dossier"):
        export(workspace, "ailleurs", to=None, clock=CLOCK)


def test_a_damaged_archive_is_not_exported(recorded: Workspace) -> None:
    path = next(path for path in (recorded.records / "archive").glob("??/*"))
    path.chmod(0o644)
    path.write_bytes(b"autre chose")
    with pytest.raises(RecordsBroken):
        export(recorded, CASE, to=None, clock=CLOCK)
