from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from piles_docs.errors import RecordsBroken, ToolFailed
from piles_docs.ledger.archive import Archive

from .conftest import InChild


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=10)
@given(st.binary(max_size=200))
def test_what_is_put_is_got_back_under_its_sha256(archive: Archive, content: bytes) -> None:
    sha256 = archive.put(content)
    assert sha256 == hashlib.sha256(content).hexdigest()
    assert archive.get(sha256) == content
    assert sha256 in archive


def test_a_file_stands_in_a_folder_of_its_first_two_digits_and_is_read_only(archive: Archive) -> None:
    sha256 = archive.put(b"charte")
    path = archive.folder / sha256[:2] / sha256
    assert stat.S_IMODE(path.stat().st_mode) & 0o222 == 0


def test_what_others_may_read_follows_the_umask(archive: Archive) -> None:
    before = os.umask(0o077)
    try:
        sha256 = archive.put(b"charte")
    finally:
        os.umask(before)
    assert stat.S_IMODE((archive.folder / sha256[:2] / sha256).stat().st_mode) == 0o400


def test_putting_twice_keeps_one_file_untouched(archive: Archive) -> None:
    sha256 = archive.put(b"charte")
    path = archive.folder / sha256[:2] / sha256
    inode = path.stat().st_ino
    assert archive.put(b"charte") == sha256
    assert path.stat().st_ino == inode
    assert list(archive.sha256s()) == [sha256]


def test_reading_an_archive_that_does_not_exist_creates_nothing(archive: Archive) -> None:
    assert list(archive.sha256s()) == []
    assert "0" * 64 not in archive
    assert not archive.folder.parent.exists()


def test_an_altered_file_is_refused_by_get_and_not_covered_up_by_put(archive: Archive) -> None:
    sha256 = archive.put(b"charte")
    path = archive.folder / sha256[:2] / sha256
    path.chmod(0o644)
    path.write_bytes(b"autre chose")
    with pytest.raises(RecordsBroken, match="modifiée ou abîmée"):
        archive.get(sha256)
    with pytest.raises(RecordsBroken, match="modifiée ou abîmée"):
        archive.put(b"charte")
    assert path.read_bytes() == b"autre chose"


def test_a_missing_file_is_said(archive: Archive) -> None:
    with pytest.raises(RecordsBroken, match="manque") as caught:
        archive.get("0" * 64)
    assert "sauvegarde" in caught.value.remedy


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_a_name_that_is_no_sha256_never_reaches_the_disk(archive: Archive, name: str) -> None:
    with pytest.raises(RecordsBroken, match="n’est pas l’empreinte"):
        archive.get(name)


def test_a_write_that_is_interrupted_leaves_nothing(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_descriptor: int) -> None:
        raise KeyboardInterrupt

    archive.put(b"avant")
    monkeypatch.setattr("os.fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        archive.put(b"charte")
    assert list(archive.sha256s()) == [hashlib.sha256(b"avant").hexdigest()]
    assert list(archive.unfinished()) == []


def test_a_file_where_the_archive_should_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "archive").write_text("un fichier")
    with pytest.raises(RecordsBroken, match="n’est pas utilisable"):
        Archive(tmp_path / "archive").put(b"charte")


def test_a_read_only_folder_is_said_and_left_as_it_was(shared_folder: Path, as_nobody: InChild) -> None:
    archive = Archive(shared_folder / "archive")
    sha256 = archive.put(b"avant")
    for folder in (archive.folder, archive.folder / sha256[:2]):
        folder.chmod(0o555)
    assert as_nobody(lambda: archive.get(sha256)) == b"avant"
    kind, message, remedy = as_nobody(lambda: archive.put(b"charte"))
    assert kind is RecordsBroken
    assert "les droits" in message
    assert "Demandez le droit" in remedy
    assert list(archive.sha256s()) == [sha256]


def test_a_forbidden_folder_is_not_taken_for_an_empty_archive(
    shared_folder: Path, as_nobody: InChild
) -> None:
    archive = Archive(shared_folder / "archive")
    sha256 = archive.put(b"avant")
    archive.folder.chmod(0o000)
    for work in (lambda: archive.get(sha256), lambda: sha256 in archive):
        kind, message, _remedy = as_nobody(work)
        assert kind is RecordsBroken
        assert "les droits" in message


def test_a_failing_disk_is_said(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(_descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("os.fsync", failing)
    with pytest.raises(ToolFailed, match="le disque ne répond pas"):
        archive.put(b"charte")


def test_what_is_erased_is_gone_and_erasing_again_is_no_error(archive: Archive) -> None:
    erased, kept = archive.put(b"charte"), archive.put(b"convention")
    archive.erase(erased)
    archive.erase(erased)
    assert erased not in archive
    assert list(archive.sha256s()) == [kept]
    assert archive.put(b"charte") == erased


def test_erasing_in_an_archive_that_does_not_exist_creates_nothing(archive: Archive) -> None:
    archive.erase("0" * 64)
    assert not archive.folder.parent.exists()


def test_an_erasure_is_on_the_disk_when_it_returns(archive: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    sha256 = archive.put(b"charte")
    synchronised: list[Path] = []
    monkeypatch.setattr("piles_docs.ledger.archive.sync_folder", synchronised.append)
    archive.erase(sha256)
    assert synchronised == [archive.folder / sha256[:2]]


def test_an_erasure_that_is_forbidden_is_said(shared_folder: Path, as_nobody: InChild) -> None:
    archive = Archive(shared_folder / "archive")
    sha256 = archive.put(b"charte")
    kind, message, _remedy = as_nobody(lambda: archive.erase(sha256))
    assert kind is RecordsBroken
    assert "les droits" in message
    assert sha256 in archive
