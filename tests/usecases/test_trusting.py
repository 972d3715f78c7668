from __future__ import annotations

from pathlib import Path

import pytest
from asn1crypto import pem

from piles_docs.errors import CaseInvalid
from piles_docs.usecases.trusting import trust_of
from piles_docs.usecases.workspace import Workspace

from ..authority import Authority

ROOT = Path(__file__).parents[2]


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A workspace that believes the authorities of the system."""
    folder = tmp_path / "espace"
    folder.mkdir()
    text = (ROOT / "piles.toml").read_text("utf-8")
    (folder / "piles.toml").write_text(f"{text}\nracines_du_systeme = true\n", "utf-8")
    return Workspace(folder)


def names(workspace: Workspace) -> list[str]:
    return [str(root.certificate.subject.native["common_name"]) for root in trust_of(workspace).roots]


def test_the_authorities_of_a_file_are_believed(
    workspace: Workspace, signing_authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = signing_authority.root + signing_authority.certificate("stranger") + signing_authority.root
    (tmp_path / "tout.pem").write_bytes(b"# AC Racine\n" + both)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "tout.pem"))
    assert names(workspace) == ["AC Racine d’Essai", "Paul Spécimen"]
    assert {root.source for root in trust_of(workspace).roots} == {"autorités de ce système"}


def test_where_there_is_no_file_the_hashed_folder_is_read(
    workspace: Workspace, signing_authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "certs"
    folder.mkdir()
    (folder / "racine.pem").write_bytes(signing_authority.root)
    (folder / "0a1b2c3d.0").symlink_to("racine.pem")
    (folder / "0a1b2c3d.1").symlink_to("racine.pem")
    (folder / "ffffffff.0").symlink_to("partie.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "absent.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(folder))
    assert names(workspace) == ["AC Racine d’Essai"]


def test_a_system_that_knows_nobody_is_believed_to_know_nobody(
    workspace: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "absent.pem"))
    monkeypatch.setenv("SSL_CERT_DIR", str(tmp_path / "absent"))
    assert names(workspace) == []


@pytest.mark.skipif(
    not Path("/etc/ssl/certs/ca-certificates.crt").exists(), reason="not a system that keeps its own there"
)
def test_the_authorities_of_debian_are_found_in_its_own_place(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/etc/ssl/certs/ca-certificates.crt")
    in_one_file = {root.certificate.sha256 for root in trust_of(workspace).roots}
    monkeypatch.setenv("SSL_CERT_FILE", "/absent")
    monkeypatch.setenv("SSL_CERT_DIR", "/etc/ssl/certs")
    in_folder = {root.certificate.sha256 for root in trust_of(workspace).roots}
    assert len(in_one_file) > 50
    assert in_folder == in_one_file


def test_files_of_the_folder_are_read_in_pem_and_der_and_folders_are_left_alone(
    workspace: Workspace, signing_authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/absent")
    monkeypatch.setenv("SSL_CERT_DIR", "/absent")
    folder = workspace.root / "confiance"
    (folder / "anciennes").mkdir(parents=True)
    (folder / ".DS_Store").write_bytes(b"\0")
    (folder / "a.cer").write_bytes(pem.unarmor(signing_authority.root)[2])
    (folder / "b.pem").write_bytes(signing_authority.certificate("stranger"))
    assert names(workspace) == ["AC Racine d’Essai", "Paul Spécimen"]
    (folder / "c.txt").write_text("à demander", "utf-8")
    with pytest.raises(CaseInvalid, match=r"confiance/c\.txt"):
        trust_of(workspace)
