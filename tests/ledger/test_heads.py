from __future__ import annotations

import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piles_docs.errors import RecordsBroken, UsageError, WouldOverwrite
from piles_docs.ledger.events import Entry
from piles_docs.ledger.heads import Head, ShortHead, read_heads, short_head
from piles_docs.ledger.store import Ledger

from .conftest import by_hand

ENTRY = Entry(kind="x", facts={})
DIGEST = "3f2a9c4107be55d0" + "0" * 48


def test_a_short_head_is_written_by_fours() -> None:
    assert short_head(DIGEST) == "3f2a-9c41-07be-55d0"
    assert str(Head("haut-verdon", 17, DIGEST).short()) == "haut-verdon 17 3f2a-9c41-07be-55d0"


@pytest.mark.parametrize(
    "text",
    [
        "haut-verdon 17 3f2a-9c41-07be-55d0",
        "  haut-verdon  17\t3F2A-9C41-07BE-55D0\n",
        "haut-verdon 17 3f2a 9c41 07be 55d0",
        "haut-verdon 17 3f2a9c4107be55d0",
        "haut-verdon\u00a017 3f2a\u20119c41\u201107be\u201155d0",
    ],
)
def test_a_short_head_is_read_as_people_copy_it(text: str) -> None:
    assert ShortHead.parse(text) == Head("haut-verdon", 17, DIGEST).short()


@given(
    st.from_regex(r"[a-z0-9-]+", fullmatch=True),
    st.integers(1, 10**9 - 1),
    st.binary(min_size=32, max_size=32),
)
def test_a_short_head_as_written_is_read_back(dossier: str, sequence: int, digest: bytes) -> None:
    head = Head(dossier, sequence, digest.hex()).short()
    assert ShortHead.parse(str(head)) == head


@pytest.mark.parametrize(
    "text",
    [
        "",
        "haut-verdon",
        "haut-verdon 17",
        "17 3f2a-9c41-07be-55d0",
        "haut-verdon 17 3f2a-9c41-07be",
        "haut-verdon 17 3f2a-9c41-07be-55dz",
        "haut-verdon 17 3f2a-9c41-07be-55d0-1111",
        "haut-verdon x 3f2a-9c41-07be-55d0",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="n’est pas une tête"):
        ShortHead.parse(text)


def test_the_heads_of_a_file_are_those_of_the_ledger(path: Path, now: datetime) -> None:
    assert read_heads(path) == {}
    assert not path.parent.exists()
    ledger = Ledger.open(path)
    ledger.append("b", [ENTRY], expected=0, now=now)
    ledger.append("a", [ENTRY] * 3, expected=0, now=now)
    assert read_heads(path) == ledger.heads()
    assert {head.dossier: head.sequence for head in read_heads(path).values()} == {"a": 3, "b": 1}


@pytest.mark.parametrize("content", [b"", b"Bonjour", b"x" * 9000])
def test_a_damaged_file_has_no_heads_to_give(path: Path, content: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(content)
    with pytest.raises(RecordsBroken, match="abîmé, ou n’est pas un registre"):
        read_heads(path)


def test_a_file_whose_end_is_missing_has_no_heads_to_give(path: Path, now: datetime) -> None:
    Ledger.open(path).append("a", [ENTRY] * 50, expected=0, now=now)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(RecordsBroken, match="la fin du fichier manque"):
        read_heads(path)


def test_something_else_in_the_place_is_said(tmp_path: Path) -> None:
    with pytest.raises(RecordsBroken, match="n’est pas un fichier"):
        read_heads(tmp_path)


def test_a_later_version_is_said(path: Path, now: datetime) -> None:
    Ledger.open(path).append("a", [ENTRY], expected=0, now=now)
    by_hand(path, "UPDATE alembic_version SET version_num = '0999'")
    with pytest.raises(RecordsBroken, match="version plus récente"):
        read_heads(path)


def test_a_file_held_by_another_is_said_to_be_busy(path: Path, now: datetime) -> None:
    Ledger.open(path).append("a", [ENTRY], expected=0, now=now)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(WouldOverwrite, match="occupé"):
            read_heads(path, patience=0.01)


def test_reading_heads_loads_nothing_heavy() -> None:
    program = (
        "import sys; from piles_docs.ledger.heads import read_heads; "
        "print({'sqlalchemy', 'pydantic', 'alembic', 'psycopg'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_a_ledger_in_a_file_loads_neither_alembic_nor_psycopg(path: Path) -> None:
    program = (
        "import sys; from datetime import datetime, UTC; from piles_docs.ledger.store import Ledger; "
        "from piles_docs.ledger.events import Entry; "
        "Ledger.open(sys.argv[1]).append('a', [Entry(kind='x', facts={})], expected=0, now=datetime.now(UTC)); "
        "print({'alembic', 'psycopg'} & set(sys.modules))"
    )
    command = [sys.executable, "-c", program, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
