from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from piles_docs.ledger.archive import Archive
from piles_docs.ledger.events import Entry, JsonObject
from piles_docs.ledger.findings import FindingKind
from piles_docs.ledger.store import Ledger
from piles_docs.ledger.verification import verify

from .test_events import entries


def evidence(facts: JsonObject) -> Iterable[str]:
    found: list[str] = facts.get("evidence", [])
    return found


def nothing(_facts: JsonObject) -> Iterable[str]:
    return ()


@pytest.fixture(scope="module")
def filled_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two cases of three events, each with an archived file."""
    records = tmp_path_factory.mktemp("filled") / "records"
    ledger, archive = Ledger.open(records / "registre.sqlite"), Archive(records / "archive")
    now = datetime(2026, 10, 13, 8, 0, 0, tzinfo=UTC)
    for dossier in ("a", "b"):
        for number in (1, 2, 3):
            sha256 = archive.put(f"{dossier}{number}".encode())
            facts = {"evidence": [sha256], "number": number}
            entry = Entry(kind="signed", facts=facts, personal={"note": "Mme Lise Exemple"})
            ledger.append(dossier, [entry], expected=number - 1, now=now)
    return records


@pytest.fixture
def filled(filled_once: Path, ledger: Ledger) -> Ledger:
    """A copy of its own for each test: writing durably takes time."""
    shutil.copytree(filled_once, ledger.path.parent)
    return ledger


def tamper(ledger: Ledger, change: str, where: str) -> None:
    with closing(sqlite3.connect(ledger.path)) as connection, connection:
        for trigger in ("events_keep", "events_stay", "events_follow"):
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute(f"{change} WHERE {where}")


def test_records_as_written_have_no_findings(filled: Ledger, archive: Archive) -> None:
    assert verify(filled, archive, evidence) == ()


def test_records_that_do_not_exist_have_no_findings(ledger: Ledger, archive: Archive) -> None:
    assert verify(ledger, archive, evidence) == ()
    assert not ledger.path.parent.exists()


@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=12,
    deadline=None,
)
@given(batches=st.lists(st.lists(entries, max_size=3), max_size=3))
def test_whatever_is_appended_verifies(
    ledger: Ledger, archive: Archive, now: datetime, batches: list[list[Entry]]
) -> None:
    before = len(ledger.events("a"))
    for batch in batches:
        ledger.append("a", batch, expected=None, now=now)
    assert len(ledger.events("a")) == before + sum(map(len, batches))
    assert verify(ledger, archive, nothing) == ()


TAMPERINGS = [
    ("sequence = 9", FindingKind.GAP, 3),
    ("kind = 'refused'", FindingKind.ALTERED, 2),
    ("recorded_at = '2026-10-12T08:00:00Z'", FindingKind.ALTERED, 2),
    ("recorded_at = '2026-10-13T08:00:00.5Z'", FindingKind.UNREADABLE, 2),
    ("recorded_at = 'hier'", FindingKind.UNREADABLE, 2),
    ("facts = '{\"evidence\":[]}'", FindingKind.ALTERED, 2),
    ("facts = '[]'", FindingKind.UNREADABLE, 2),
    ("facts = '{'", FindingKind.UNREADABLE, 2),
    ("facts = replace(hex(zeroblob(60000)), '00', '[')", FindingKind.UNREADABLE, 2),
    ("personal = replace(personal, 'Lise', 'Anne')", FindingKind.PERSONAL_ALTERED, 2),
    ('personal = \'{"salt":1,"values":[]}\'', FindingKind.UNREADABLE, 2),
    ("personal = '{}'", FindingKind.UNREADABLE, 2),
    ("personal_sha256 = NULL", FindingKind.ALTERED, 2),
    ("personal_sha256 = substr(personal_sha256, 2) || 'g'", FindingKind.ALTERED, 2),
    ("previous = digest", FindingKind.ALTERED, 2),
    ("digest = previous", FindingKind.ALTERED, 2),
]


@pytest.mark.parametrize(("change", "kind", "sequence"), TAMPERINGS)
def test_tampering_with_a_column_is_found_and_the_event_named(
    filled: Ledger, archive: Archive, change: str, kind: FindingKind, sequence: int
) -> None:
    statement = f"UPDATE events SET {change}"  # noqa: S608 - our own statements
    tamper(filled, statement, "dossier = 'a' AND sequence = 2")
    first = verify(filled, archive, evidence)[0]
    assert (first.kind, first.dossier, first.sequence) == (kind, "a", sequence)
    assert not first.harmless


def test_an_event_moved_to_another_case_is_found_in_both(filled: Ledger, archive: Archive) -> None:
    tamper(filled, "UPDATE events SET dossier = 'c'", "dossier = 'a' AND sequence = 1")
    found = {
        (finding.dossier, finding.kind, finding.sequence) for finding in verify(filled, archive, evidence)
    }
    assert found == {("a", FindingKind.GAP, 2), ("c", FindingKind.ALTERED, 1)}


def test_a_deleted_event_is_found_as_a_gap(filled: Ledger, archive: Archive) -> None:
    tamper(filled, "DELETE FROM events", "dossier = 'b' AND sequence = 1")
    first, leftover = verify(filled, archive, evidence)
    assert (first.kind, first.dossier, first.sequence) == (FindingKind.GAP, "b", 2)
    assert "n° 1 manque" in first.message
    assert leftover.harmless


def test_an_unreadable_event_does_not_hide_what_is_wrong_in_other_cases(
    filled: Ledger, archive: Archive
) -> None:
    tamper(filled, "UPDATE events SET facts = '{'", "sequence = 2")
    found = [finding for finding in verify(filled, archive, evidence) if not finding.harmless]
    assert [(finding.dossier, finding.sequence) for finding in found] == [("a", 2), ("b", 2)]


def test_erased_personal_data_are_told_apart_from_altered_ones(filled: Ledger, archive: Archive) -> None:
    with closing(sqlite3.connect(filled.path)) as connection, connection:
        connection.execute("UPDATE events SET personal = NULL WHERE dossier = 'a'")
    (finding,) = verify(filled, archive, evidence)
    assert (finding.kind, finding.dossier, finding.harmless) == (FindingKind.PERSONAL_ERASED, "a", True)
    assert "3 événements" in str(finding)


def test_missing_altered_and_senseless_files_are_named_with_the_event_that_cites_them(
    filled: Ledger, archive: Archive, now: datetime
) -> None:
    cited = [event.facts["evidence"][0] for event in filled.events("a")]
    (archive.folder / cited[0][:2] / cited[0]).unlink()
    altered = archive.folder / cited[1][:2] / cited[1]
    altered.chmod(0o644)
    altered.write_bytes(b"autre")
    filled.append("a", [Entry(kind="x", facts={"evidence": ["../x"]})], expected=3, now=now)
    assert [
        (finding.kind, finding.dossier, finding.sequence, finding.sha256)
        for finding in verify(filled, archive, evidence)
    ] == [
        (FindingKind.FILE_MISSING, "a", 1, cited[0]),
        (FindingKind.FILE_ALTERED, "a", 2, cited[1]),
        (FindingKind.FILE_MISSING, "a", 4, "../x"),
    ]


def test_bytes_without_an_event_and_unfinished_files_are_said_to_be_harmless(
    filled: Ledger, archive: Archive
) -> None:
    sha256 = archive.put(b"personne ne me cite")
    unfinished = archive.folder / sha256[:2] / f".{sha256[:12]}.00.partiel"
    unfinished.write_bytes(b"x")
    findings = verify(filled, archive, evidence)
    assert [(finding.kind, finding.harmless, finding.sha256) for finding in findings] == [
        (FindingKind.LEFTOVER, True, sha256),
        (FindingKind.LEFTOVER, True, None),
    ]
    assert unfinished.name in str(findings[1])


def test_a_page_damaged_where_no_event_is_read_is_found_by_the_database(
    filled: Ledger, archive: Archive
) -> None:
    with closing(sqlite3.connect(filled.path)) as connection, connection:
        connection.execute("CREATE TABLE bourrage (contenu)")
        connection.execute("INSERT INTO bourrage VALUES (zeroblob(9000))")
        connection.execute("DROP TABLE bourrage")
    content = bytearray(filled.path.read_bytes())
    content[36:40] = (99).to_bytes(4, "big")  # the header's count of free pages
    filled.path.write_bytes(content)
    first = verify(filled, archive, evidence)[0]
    assert first.kind is FindingKind.STORAGE
    assert "registre.sqlite est abîmé" in str(first)
