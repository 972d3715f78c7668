from __future__ import annotations

import shutil
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from piles_docs.ledger.acts import FORGOTTEN
from piles_docs.ledger.archive import Archive
from piles_docs.ledger.events import Entry, JsonObject
from piles_docs.ledger.findings import FindingKind
from piles_docs.ledger.heads import ShortHead
from piles_docs.ledger.store import Ledger
from piles_docs.ledger.verification import verify

from .conftest import by_hand, tamper
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
    _fill(Ledger.open(records / "registre.sqlite"), Archive(records / "archive"))
    return records


def _fill(ledger: Ledger, archive: Archive) -> None:
    now = datetime(2026, 10, 13, 8, 0, 0, tzinfo=UTC)
    for dossier in ("a", "b"):
        entries = []
        for number in (1, 2, 3):
            sha256 = archive.put(f"{dossier}{number}".encode())
            facts = {"evidence": [sha256], "number": number}
            entries.append(Entry(kind="signed", facts=facts, personal={"note": "Mme Lise Exemple"}))
        ledger.append(dossier, entries, expected=0, now=now)


@pytest.fixture
def filled(filled_once: Path, ledger: Ledger, place: Path | str, archive: Archive) -> Ledger:
    """A copy of its own for each test: writing a file durably takes time."""
    if isinstance(place, Path):
        shutil.copytree(filled_once, place.parent)
    else:
        _fill(ledger, archive)
    return ledger


def test_records_as_written_have_no_findings(filled: Ledger, archive: Archive) -> None:
    assert verify(filled, archive, evidence) == ()


def test_records_that_do_not_exist_have_no_findings(ledger: Ledger, archive: Archive) -> None:
    assert verify(ledger, archive, evidence) == ()
    assert not archive.folder.exists()


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
    ("facts = '" + "[" * 60_000 + "'", FindingKind.UNREADABLE, 2),
    ("facts = facts || ' '", FindingKind.ALTERED, 2),
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
    filled: Ledger, place: Path | str, archive: Archive, change: str, kind: FindingKind, sequence: int
) -> None:
    tamper(place, f"UPDATE events SET {change} WHERE dossier = 'a' AND sequence = 2")  # noqa: S608 - ours
    first = verify(filled, archive, evidence)[0]
    assert (first.kind, first.dossier, first.sequence) == (kind, "a", sequence)
    assert not first.harmless


def test_an_event_moved_to_another_case_is_found_in_both(
    filled: Ledger, place: Path | str, archive: Archive
) -> None:
    tamper(place, "UPDATE events SET dossier = 'c' WHERE dossier = 'a' AND sequence = 1")
    found = {
        (finding.dossier, finding.kind, finding.sequence) for finding in verify(filled, archive, evidence)
    }
    assert found == {("a", FindingKind.GAP, 2), ("c", FindingKind.ALTERED, 1)}


def test_a_deleted_event_is_found_as_a_gap(filled: Ledger, place: Path | str, archive: Archive) -> None:
    tamper(place, "DELETE FROM events WHERE dossier = 'b' AND sequence = 1")
    first, leftover = verify(filled, archive, evidence)
    assert (first.kind, first.dossier, first.sequence) == (FindingKind.GAP, "b", 2)
    assert "n° 1 manque" in first.message
    assert leftover.harmless


def test_an_unreadable_event_does_not_hide_what_is_wrong_in_other_cases(
    filled: Ledger, place: Path | str, archive: Archive
) -> None:
    tamper(place, "UPDATE events SET facts = '{' WHERE sequence = 2")
    found = [finding for finding in verify(filled, archive, evidence) if not finding.harmless]
    assert [(finding.dossier, finding.sequence) for finding in found] == [("a", 2), ("b", 2)]


def test_erased_personal_data_are_told_apart_from_altered_ones(
    filled: Ledger, place: Path | str, archive: Archive
) -> None:
    by_hand(place, "UPDATE events SET personal = NULL WHERE dossier = 'a'")
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
    path: Path, now: datetime, archive: Archive
) -> None:
    ledger = Ledger.open(path)
    ledger.append("a", [Entry(kind="x", facts={})], expected=0, now=now)
    by_hand(
        path,
        "CREATE TABLE bourrage (contenu)",
        "INSERT INTO bourrage VALUES (zeroblob(9000))",
        "DROP TABLE bourrage",
    )
    content = bytearray(path.read_bytes())
    content[36:40] = (99).to_bytes(4, "big")  # the header's count of free pages
    path.write_bytes(content)
    first = verify(ledger, archive, evidence)[0]
    assert first.kind is FindingKind.STORAGE
    assert "registre.sqlite est abîmé" in str(first)


# Heads, in the ledger and elsewhere


@pytest.mark.parametrize(
    ("cut", "said"), [("dossier = 'a' AND sequence = 3", "s’arrête au n° 2"), ("dossier = 'a'", "plus aucun")]
)
def test_events_cut_off_the_end_are_found_by_the_head(
    filled: Ledger, place: Path | str, archive: Archive, cut: str, said: str
) -> None:
    tamper(place, f"DELETE FROM events WHERE {cut}")  # noqa: S608 - ours
    (finding,) = [found for found in verify(filled, archive, evidence) if not found.harmless]
    assert (finding.kind, finding.dossier) == (FindingKind.HEAD, "a")
    assert said in finding.message


def test_a_head_that_was_changed_or_is_gone_is_found(
    filled: Ledger, place: Path | str, archive: Archive
) -> None:
    by_hand(
        place,
        "UPDATE heads SET sequence = 2 WHERE dossier = 'a'",
        "DELETE FROM heads WHERE dossier = 'b'",
    )
    assert [(found.kind, found.dossier) for found in verify(filled, archive, evidence)] == [
        (FindingKind.HEAD, "a"),
        (FindingKind.HEAD, "b"),
    ]


def test_a_head_kept_elsewhere_is_found_again_even_when_the_case_went_on(
    filled: Ledger, archive: Archive, now: datetime
) -> None:
    kept = [head.short() for head in filled.heads().values()]
    filled.append("a", [Entry(kind="x", facts={})], expected=3, now=now)
    assert verify(filled, archive, evidence, kept) == ()


@pytest.mark.parametrize("kept", [0, 2])
def test_a_ledger_written_anew_or_shortened_is_found_by_a_head_kept_elsewhere(
    filled: Ledger, place: Path | str, archive: Archive, now: datetime, kept: int
) -> None:
    head = filled.heads()["a"].short()
    events = filled.events("a")
    tamper(place, "DELETE FROM events WHERE dossier = 'a'", "DELETE FROM heads WHERE dossier = 'a'")
    entries = [Entry(kind=event.kind, facts=event.facts, personal=event.personal) for event in events]
    filled.append("a", entries[:kept] or entries, expected=0, now=now)
    assert [found for found in verify(filled, archive, evidence) if not found.harmless] == []
    (finding,) = [found for found in verify(filled, archive, evidence, [head]) if not found.harmless]
    assert (finding.kind, finding.dossier, finding.sequence) == (FindingKind.REWRITTEN, "a", 3)
    assert str(head) in finding.message


def test_a_head_kept_of_a_case_that_is_not_there_is_found(filled: Ledger, archive: Archive) -> None:
    kept = ShortHead.parse("inconnu 1 0123-4567-89ab-cdef")
    assert [found.kind for found in verify(filled, archive, evidence, [kept])] == [FindingKind.REWRITTEN]


# Files erased on purpose


def _forget(ledger: Ledger, dossier: str, *files: object) -> None:
    now = datetime(2027, 10, 13, 8, 0, 0, tzinfo=UTC)
    ledger.append(dossier, [Entry(kind=FORGOTTEN, facts={"files": list(files)})], expected=None, now=now)


def _cited(ledger: Ledger, dossier: str) -> list[str]:
    return [event.facts["evidence"][0] for event in ledger.events(dossier)]


def test_files_erased_on_purpose_are_not_missing(filled: Ledger, archive: Archive) -> None:
    first, second, _third = _cited(filled, "a")
    _forget(filled, "a", first, second, 7, "../x")
    archive.erase(first)
    (finding,) = verify(filled, archive, evidence)
    assert (finding.kind, finding.dossier, finding.sha256) == (FindingKind.ERASURE_UNFINISHED, "a", second)
    assert finding.harmless
    assert "piles forget a" in finding.message
    archive.erase(second)
    assert verify(filled, archive, evidence) == ()


def test_what_one_case_erased_another_may_still_need(filled: Ledger, archive: Archive, now: datetime) -> None:
    shared = _cited(filled, "a")[0]
    filled.append("b", [Entry(kind="signed", facts={"evidence": [shared]})], expected=3, now=now)
    _forget(filled, "a", shared)
    assert verify(filled, archive, evidence) == ()
    archive.erase(shared)
    (finding,) = verify(filled, archive, evidence)
    assert (finding.kind, finding.dossier, finding.sequence) == (FindingKind.FILE_MISSING, "b", 4)


def test_a_file_that_came_back_after_its_erasure_is_needed_again(
    filled: Ledger, archive: Archive, now: datetime
) -> None:
    again = _cited(filled, "a")[0]
    _forget(filled, "a", again)
    filled.append("a", [Entry(kind="signed", facts={"evidence": [again]})], expected=4, now=now)
    archive.erase(again)
    (finding,) = verify(filled, archive, evidence)
    assert (finding.kind, finding.dossier, finding.sequence) == (FindingKind.FILE_MISSING, "a", 5)


def test_an_erasure_that_lost_its_shape_erases_nothing(
    filled: Ledger, archive: Archive, now: datetime
) -> None:
    filled.append("a", [Entry(kind=FORGOTTEN, facts={"files": "tout"})], expected=3, now=now)
    assert verify(filled, archive, evidence) == ()
