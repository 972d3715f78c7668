from __future__ import annotations

import os
import resource
import subprocess
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest

from piles_docs.errors import ToolFailed
from piles_docs.ledger.archive import Archive
from piles_docs.ledger.events import Entry
from piles_docs.ledger.store import Ledger
from piles_docs.ledger.verification import verify

from .conftest import InChild

LONG = Entry(kind="note", facts={"text": "x" * 200_000})
SHORT = Entry(kind="note", facts={"text": "court"})


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real disk of 128 KiB."""
    folder = tmp_path / "petit-disque"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", str(folder)]
    if os.getuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("mounting a small disk needs root; the limit on file size is tested everywhere")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_the_archive_on_a_full_disk_says_so_and_keeps_nothing_half_written(small_disk: Path) -> None:
    archive = Archive(small_disk / "records" / "archive")
    sha256 = archive.put(b"avant")
    with pytest.raises(ToolFailed, match="le disque est plein") as caught:
        archive.put(b"x" * 200_000)
    assert "Libérez de la place" in caught.value.remedy
    assert list(archive.sha256s()) == [sha256]
    assert list(archive.unfinished()) == []


def test_the_ledger_on_a_full_disk_says_so_and_goes_on_from_where_it_was(
    small_disk: Path, now: datetime
) -> None:
    ledger = Ledger.open(small_disk / "records" / "registre.sqlite")
    ledger.append("a", [SHORT], expected=0, now=now)
    with pytest.raises(ToolFailed, match="le disque est plein"):
        ledger.append("a", [SHORT, LONG], expected=1, now=now)
    assert len(ledger.events("a")) == 1
    ledger.append("a", [SHORT], expected=1, now=now)
    assert verify(ledger, Archive(small_disk / "archive"), lambda _facts: ()) == ()


def test_a_ledger_that_cannot_even_be_created_leaves_no_file(small_disk: Path, now: datetime) -> None:
    (small_disk / "bourrage").write_bytes(b"x" * 124 * 1024)
    ledger = Ledger.open(small_disk / "registre.sqlite")
    with pytest.raises(ToolFailed, match="le disque"):
        ledger.append("a", [SHORT], expected=0, now=now)
    assert [path.name for path in small_disk.iterdir()] == ["bourrage"]


def test_a_limit_on_file_size_stops_archive_and_ledger_cleanly(
    path: Path, archive: Archive, now: datetime, in_child: InChild
) -> None:
    ledger = Ledger.open(path)
    ledger.append("a", [SHORT], expected=0, now=now)

    def limited(work: str) -> object:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
        return (
            archive.put(b"x" * 200_000) if work == "put" else ledger.append("a", [LONG], expected=1, now=now)
        )

    for work in ("put", "append"):
        kind, message, remedy = in_child(partial(limited, work))
        assert kind is ToolFailed
        assert "disque" in message
        assert "à moitié" in remedy
    assert len(ledger.events("a")) == 1
    assert verify(ledger, archive, lambda _facts: ()) == ()
