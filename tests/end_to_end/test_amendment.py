"""A signed convention whose case changes: what calls for an amendment, what it says, and what does not."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import docx
import pytest

Done = subprocess.CompletedProcess[str]
Piles = Callable[..., Done]
SIGNED = "2026-01-20"


@pytest.fixture(scope="module")
def signed_seed(quick_seed: Path, tmp_path_factory: pytest.TempPathFactory, warm_piles: Piles) -> Path:
    """A workspace where the framework convention was signed, ahead of its step; for copying."""
    folder = Path(shutil.copytree(quick_seed, tmp_path_factory.mktemp("signe") / "espace"))
    steps = (
        ("record", "embrunais", "milestone", "rencontre-faite", "--on", "2025-02-01"),
        ("pack", "embrunais", "-d", "convention-cadre", "--ahead", "accord ancien", "--on", SIGNED),
        *(
            ("record", "embrunais", "signature", "convention-cadre", "--party", party, "--on", SIGNED)
            for party in ("porteuse", "tete-de-reseau")
        ),
    )
    for words in steps:
        warm_piles(folder, *words)
    return folder


@pytest.fixture
def signed(signed_seed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(signed_seed, tmp_path / "espace"))


def change(workspace: Path, pattern: str, new: str) -> None:
    path = workspace / "cases" / "embrunais.yaml"
    text, count = re.subn(pattern, new, path.read_text("utf-8"), count=1)
    assert count == 1, pattern
    path.write_text(text, "utf-8")


def is_up_to_date(workspace: Path, piles: Piles) -> bool:
    """Whether the signed convention says what the case says."""
    lines = piles(workspace, "status", "embrunais").stdout.splitlines()
    (line,) = [line for line in lines if line.startswith("convention-cadre")]
    return "signé" in line and "périmé" not in line


def amendment(workspace: Path) -> str:
    path = workspace / "out" / "embrunais" / "drafts" / "avenant.convention-cadre.docx"
    document = docx.Document(str(path))
    return re.sub(r"\s+", " ", " ".join(paragraph.text for paragraph in document.paragraphs))


def test_a_changed_notice_is_written_out_in_the_amendment_and_can_be_signed(
    signed: Path, warm_piles: Piles
) -> None:
    change(signed, r"(  cadre:\n(?:    .*\n)*?    preavis_jours: )60", r"\g<1>75")
    warm_piles(signed, "generate", "embrunais", "-d", "avenant", "--no-pdf")
    text = amendment(signed)
    assert "Avenant n° 1" in text
    assert "– Résiliation » se lit désormais :" in text
    assert text.count("soixante-quinze (75) jours") == 2
    assert "soixante (60)" not in text
    warm_piles(signed, "pack", "embrunais", "-d", "avenant", "--on", "2026-03-02")
    for party in ("porteuse", "tete-de-reseau"):
        words = ("record", "embrunais", "signature", "avenant.convention-cadre", "--party", party)
        warm_piles(signed, *words, "--on", "2026-03-02")
    assert is_up_to_date(signed, warm_piles)


def test_an_amendment_that_returns_to_the_first_wording_prints_it(signed: Path, warm_piles: Piles) -> None:
    for number, (old, new) in enumerate((("60", "75"), ("75", "60")), 1):
        change(signed, rf"(  cadre:\n(?:    .*\n)*?    preavis_jours: ){old}", rf"\g<1>{new}")
        warm_piles(signed, "generate", "embrunais", "-d", "avenant", "--no-pdf")
        text = amendment(signed)
        assert f"Avenant n° {number}" in text
        assert text.count("soixante (60) jours") == (2 if new == "60" else 0)
        warm_piles(signed, "pack", "embrunais", "-d", "avenant", "--on", "2026-03-02")
        for party in ("porteuse", "tete-de-reseau"):
            words = ("record", "embrunais", "signature", "avenant.convention-cadre", "--party", party)
            warm_piles(signed, *words, "--on", "2026-03-02")
        assert is_up_to_date(signed, warm_piles)
    assert "Elle a été modifiée par l’avenant n° 1." in text, text


def test_a_new_representative_calls_for_no_amendment(signed: Path, warm_piles: Piles) -> None:
    change(signed, r"nom: Vraisemblable-Durand", "nom: Nouvelle")
    assert is_up_to_date(signed, warm_piles)
    done = warm_piles(signed, "generate", "embrunais", "-d", "avenant", "--no-pdf", code=None)
    assert done.returncode != 0
