from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from piles_docs.documents.fonts import font_dates

FONT = Path(".local/share/fonts/liberation/LiberationSans-Regular.ttf")


def install(home: Path) -> None:
    (home / FONT).parent.mkdir(parents=True)
    (home / FONT).write_bytes(b"une police")


def write_over(home: Path) -> None:
    (home / FONT).write_bytes(b"une autre")
    os.utime(home / FONT, ns=(1, 1))  # whatever the disk's dates can tell


def remove(home: Path) -> None:
    (home / FONT).unlink()
    os.utime((home / FONT).parent, ns=(2, 2))


def choose_another(home: Path) -> None:
    (home / ".config/fontconfig").mkdir(parents=True)
    (home / ".config/fontconfig/fonts.conf").write_text("<fontconfig/>")


@pytest.mark.parametrize("change", [install, write_over, remove, choose_another])
def test_what_may_choose_another_font_changes_the_dates(
    change: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    if change in {write_over, remove}:
        install(tmp_path)
    before = font_dates()
    assert font_dates() == before
    change(tmp_path)
    assert font_dates() != before
