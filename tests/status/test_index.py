"""States from the index are those computed anew, whatever changed; the index itself is never in the way."""

from __future__ import annotations

import datetime as dt
import os
import resource
import shutil
import sqlite3
import stat
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piles_docs.errors import CaseInvalid, RecordsBroken, UsageError
from piles_docs.usecases import assessing, stamps
from piles_docs.usecases.clock import Clock
from piles_docs.usecases.reports import CaseOverview, CaseReport, Unreadable
from piles_docs.usecases.state_index import FILE, Row
from piles_docs.usecases.status import Watch, overviews, reports
from piles_docs.usecases.workspace import Workspace

from .network import TODAY, clock, issued, make_network, milestone, record, signed

NAMES = ("aval", "mont", "val")
ROWS = assessing.rows


@pytest.fixture
def network(tmp_path: Path) -> Workspace:
    return make_network(tmp_path / "espace", *NAMES)


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The cases whose state is computed, in order."""
    found: list[str] = []

    def spy(workspace: Workspace, dossiers: Sequence[str], today: dt.date) -> object:
        found.extend(dossiers)
        return ROWS(workspace, dossiers, today)

    monkeypatch.setattr(assessing, "rows", spy)
    return found


def whole(workspace: Workspace, when: Clock | None = None) -> list[CaseReport | Unreadable]:
    return list(reports(workspace, (), when or clock()))


def anew(workspace: Workspace, when: Clock) -> list[CaseReport | Unreadable]:
    """The reports as they are without any index."""
    rows = ROWS(workspace, workspace.dossiers(), when.today)
    return [
        CaseReport.read(row.report, when.today) if row.is_readable else Unreadable.read(row.overview)
        for row in rows
    ]


def the_case(found: Sequence[CaseOverview | Unreadable], dossier: str) -> CaseOverview:
    (case,) = [one for one in found if one.dossier == dossier]
    assert isinstance(case, CaseOverview)
    return case


# ---------------------------------------------------------------- what is kept


def test_a_state_is_computed_once(network: Workspace, computed: list[str]) -> None:
    first = whole(network)
    assert computed == list(NAMES)
    assert whole(network) == first == anew(network, clock())
    assert computed == list(NAMES)


def test_an_overview_is_the_small_part_of_a_report(network: Workspace) -> None:
    found = list(overviews(network, (), clock()))
    assert found == [one.overview() for one in whole(network) if isinstance(one, CaseReport)]


def test_a_named_case_is_told_alone(network: Workspace, computed: list[str]) -> None:
    assert [case.dossier for case in overviews(network, ("val",), clock())] == ["val"]
    assert computed == ["val"]


def test_the_index_is_for_the_user_alone(network: Workspace) -> None:
    whole(network)
    assert stat.S_IMODE((network.out / FILE).stat().st_mode) == 0o600


def test_days_are_counted_when_they_are_read(network: Workspace, computed: list[str]) -> None:
    acts = issued("val", "charte", {"porteuse": "Mme Lise Exemple"})
    record(network, "val", acts)
    whole(network)
    computed.clear()
    later = the_case(whole(network, clock(TODAY + dt.timedelta(12))), "val")
    assert [item.since_days for item in later.missing] == [12]
    assert computed == []


# ---------------------------------------------------------------- what changes shows at once


def change_the_file(workspace: Workspace) -> None:
    path = workspace.case_file("val")
    path.write_text(path.read_text("utf-8").replace("nom: PILES", "nom: Pôle"), "utf-8")


def change_the_file_and_hide_it(workspace: Workspace) -> None:
    """The same size and the same date: only the system's own date of change tells."""
    path = workspace.case_file("val")
    before = path.stat()
    path.write_text(path.read_text("utf-8").replace("nom: PILES", "nom: PILAS"), "utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)


def replace_the_file_by_an_older_one(workspace: Workspace) -> None:
    path = workspace.case_file("val")
    path.write_text(path.read_text("utf-8").replace("nom: PILES", "nom: Piles"), "utf-8")
    os.utime(path, (1_000_000_000, 1_000_000_000))


def record_something(workspace: Workspace) -> None:
    record(workspace, "val", milestone("rencontre-faite"))


def change_the_settings(workspace: Workspace) -> None:
    path = workspace.root / "piles.toml"
    text = path.read_text("utf-8")
    assert text.count("alerte_fin_jours = 90") == 1
    path.write_text(text.replace("alerte_fin_jours = 90", "alerte_fin_jours = 700"), "utf-8")


def take_the_ledger_away(workspace: Workspace) -> None:
    shutil.rmtree(workspace.records)


@pytest.mark.parametrize(
    "change",
    [
        change_the_file,
        change_the_file_and_hide_it,
        replace_the_file_by_an_older_one,
        record_something,
        change_the_settings,
        take_the_ledger_away,
    ],
)
def test_what_changes_shows_at_once(change: Callable[[Workspace], None], network: Workspace) -> None:
    act = issued(
        "val", "convention-cadre", {"porteuse": "Mme Lise Exemple"}, ends_on=TODAY + dt.timedelta(300)
    )
    record(network, "val", act, *signed(act))
    before = whole(network)
    change(network)
    after = whole(network)
    assert after != before
    assert after == anew(network, clock())


@pytest.mark.parametrize(
    ("change", "again"),
    [(change_the_file, ["val"]), (record_something, ["val"]), (change_the_settings, list(NAMES))],
)
def test_only_what_changed_is_computed_again(
    change: Callable[[Workspace], None], again: list[str], network: Workspace, computed: list[str]
) -> None:
    whole(network)
    computed.clear()
    change(network)
    assert whole(network) == anew(network, clock())
    assert computed == again


@pytest.mark.parametrize("days", [299, 300, 301])
def test_the_day_shows_at_once(days: int, network: Workspace) -> None:
    """The days on which a convention is announced, ends, and has ended; the other is never signed."""
    end = TODAY + dt.timedelta(300)
    framework = issued("val", "convention-cadre", {"porteuse": "Mme Lise Exemple"}, ends_on=end)
    starting = issued("val", "convention-amorcage", {"porteuse": "Mme Lise Exemple"}, ends_on=end)
    record(network, "val", framework, *signed(framework), starting)
    whole(network)
    then = clock(TODAY + dt.timedelta(days))
    assert whole(network, then) == anew(network, then)
    case = the_case(whole(network, then), "val")
    assert [ending.days_left for ending in case.endings] == [300 - days]
    assert bool(case.missing) is (days <= 300)
    assert whole(network) == anew(network, clock())


def test_another_program_believes_nothing(
    network: Workspace, computed: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole(network)
    computed.clear()
    monkeypatch.setattr(stamps, "program", lambda rooms: b"the next version")
    whole(network)
    assert computed == list(NAMES)


def test_every_source_that_makes_a_state_is_in_the_stamp() -> None:
    package = Path(str(assessing.__file__)).parents[1]
    read = set(stamps._sources(package, stamps._ROOMS))
    assert {package / "errors.py", package / "methodology" / "methodology.toml"} <= read
    assert {
        path for room in ("case", "french", "methodology") for path in (package / room).glob("*.py")
    } <= read
    assert not [path for path in read if path.suffix == ".pyc"]


def test_a_file_written_this_moment_is_not_trusted(network: Workspace, computed: list[str]) -> None:
    """It may change once more within what the disk's dates can tell."""
    now = Clock(today=TODAY, now=dt.datetime.now(dt.UTC))
    whole(network, now)
    whole(network, now)
    assert computed == [*NAMES, *NAMES]


CHANGES = st.sampled_from(
    ["file", "hidden", "older", "milestone", "settings", "issue", "sign", "remove", "break"]
)


@given(st.lists(st.tuples(CHANGES, st.sampled_from(NAMES), st.integers(-40, 400)), min_size=1, max_size=5))
@settings(max_examples=12, deadline=None)
def test_with_the_index_status_says_what_it_says_without(steps: list[tuple[str, str, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        workspace = make_network(Path(folder), *NAMES)
        for rank, (change, dossier, days) in enumerate(steps):
            path = workspace.case_file(dossier)
            act = issued(
                dossier,
                "convention-cadre" if days % 2 else "charte",
                {"porteuse": "Mme Lise Exemple", "tete-de-reseau": "M. Camille Fictif"},
                ends_on=TODAY + dt.timedelta(days),
            )
            match change:
                case "file" if path.exists():
                    path.write_text(f"{path.read_text('utf-8')}# {rank}\nantennes: [x]\n", "utf-8")
                case "hidden" if path.exists():
                    before = path.stat()
                    path.write_text(path.read_text("utf-8").replace("PILES", f"PIL{rank:02}"), "utf-8")
                    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
                case "older" if path.exists():
                    os.utime(path, (rank, rank))
                case "milestone":
                    record(workspace, dossier, milestone("rencontre-faite"))
                case "settings":
                    text = (workspace.root / "piles.toml").read_text("utf-8")
                    (workspace.root / "piles.toml").write_text(f"# {rank}\n{text}", "utf-8")
                case "issue":
                    record(workspace, dossier, act)
                case "sign":
                    record(workspace, dossier, act, *signed(act, "porteuse"))
                case "break":
                    path.write_text("dossier: [", "utf-8")
                case _:
                    path.unlink(missing_ok=True)
            for day in (TODAY, TODAY + dt.timedelta(days), TODAY):
                assert whole(workspace, clock(day)) == anew(workspace, clock(day))


# ---------------------------------------------------------------- cases that cannot be read


def test_a_case_that_cannot_be_read_hides_no_other_and_is_read_again_only_once_it_changed(
    network: Workspace, computed: list[str]
) -> None:
    text = network.case_file("mont").read_text("utf-8")
    network.case_file("mont").write_text(text.replace("forme:", "frome:"), "utf-8")
    for _ in range(2):
        first, bad, last = whole(network)
        assert isinstance(bad, Unreadable)
        assert (first.dossier, bad.dossier, last.dossier) == NAMES
        error = bad.error()
        assert type(error) is CaseInvalid
        assert "cases/mont.yaml" in {found.file for found in error.defects}
    assert computed == list(NAMES)
    network.case_file("mont").write_text(text, "utf-8")
    assert isinstance(whole(network)[1], CaseReport)


def test_a_broken_piles_toml_is_said_once_and_for_all(network: Workspace) -> None:
    whole(network)
    (network.root / "piles.toml").write_text("[tete_de_reseau\n", "utf-8")
    with pytest.raises(CaseInvalid, match=r"piles\.toml"):
        whole(network)
    (network.root / "piles.toml").unlink()
    with pytest.raises(CaseInvalid, match=r"piles\.toml"):
        whole(network)


def test_a_broken_ledger_is_said_however_fresh_the_index(network: Workspace) -> None:
    record(network, "val", milestone("rencontre-faite"))
    whole(network)
    network.ledger_file.write_bytes(b"x" * 9000)
    with pytest.raises(RecordsBroken):
        whole(network)


def test_an_event_that_cannot_be_read_is_said_of_its_case_and_not_kept(
    network: Workspace, computed: list[str]
) -> None:
    record(network, "val", milestone("rencontre-faite"))
    with closing(sqlite3.connect(network.ledger_file)) as connection:
        connection.execute("DROP TRIGGER events_keep")
        connection.execute("UPDATE events SET facts = 'x'")
        connection.commit()
    for _ in range(2):
        found = whole(network)[2]
        assert isinstance(found, Unreadable)
        assert type(found.error()) is RecordsBroken
    assert computed == [*NAMES, "val"]


def test_an_unknown_case_is_refused(network: Workspace) -> None:
    with pytest.raises(UsageError, match="« vall »"):
        reports(network, ("vall",), clock())


# ---------------------------------------------------------------- the index is a cache


def spoil(path: Path, damage: str) -> None:
    content = path.read_bytes()
    match damage:
        case "garbage":
            path.write_bytes(b"x" * 9000)
        case "empty":
            path.write_bytes(b"")
        case "half":
            path.write_bytes(content[: len(content) // 2])
        case "holes":
            path.write_bytes(content[:4096] + b"\0" * (len(content) - 4096))
        case sql:
            with closing(sqlite3.connect(path)) as connection:
                connection.executescript(sql)
                connection.commit()


@pytest.mark.parametrize(
    "damage",
    [
        "garbage",
        "empty",
        "half",
        "holes",
        "PRAGMA user_version = 99",
        "PRAGMA application_id = 1",
        "DROP TABLE overviews",
        "DROP TABLE reports",
        "DELETE FROM reports",
        "UPDATE overviews SET overview = '{}'",
        "UPDATE overviews SET overview = 'x'",
        "UPDATE reports SET report = x'00'",
    ],
)
def test_a_damaged_index_costs_only_time(damage: str, network: Workspace) -> None:
    right = whole(network)
    small = list(overviews(network, (), clock()))
    for _ in range(2):
        spoil(network.out / FILE, damage)
        assert whole(network) == right
        assert list(overviews(network, (), clock())) == small
    assert whole(network) == right
    assert (network.out / FILE).is_file()


def test_where_it_cannot_be_kept_it_is_said_once_and_nothing_else_changes(network: Workspace) -> None:
    said: list[str] = []
    right = anew(network, clock())
    network.out.write_text("a file in the place of the folder", "utf-8")
    assert list(reports(network, (), clock(), Watch(complain=said.append))) == right
    assert len(said) == 1
    assert "plus de temps" in said[0]
    network.out.unlink()
    (network.out / FILE).mkdir(parents=True)
    said.clear()
    assert list(reports(network, (), clock(), Watch(complain=said.append))) == right
    assert len(said) == 1


def test_a_full_disk_costs_only_time(network: Workspace) -> None:
    whole(network)
    record(network, "val", milestone("rencontre-faite"))
    right = anew(network, clock())
    said: list[str] = []
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        found = list(reports(network, (), clock(), Watch(complain=said.append)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert found == right
    assert len(said) == 1
    assert whole(network) == right


def test_a_case_that_is_gone_leaves_nothing_behind(network: Workspace) -> None:
    record(network, "val", issued("val", "charte", {"porteuse": "Mme Zénobie Introuvable"}))
    whole(network)
    assert b"Introuvable" in (network.out / FILE).read_bytes()
    network.case_file("val").unlink()
    whole(network)
    assert b"Introuvable" not in (network.out / FILE).read_bytes()


def test_several_runs_at_once_do_not_hurt_each_other(network: Workspace) -> None:
    words = [sys.executable, "-m", "piles_docs", "--workspace", str(network.root), "status", "--json"]
    runs = [subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(3)]
    said = [run.communicate() for run in runs]
    assert [run.returncode for run in runs] == [0, 0, 0]
    assert len({out for out, _ in said}) == 1
    assert [error for _, error in said] == [b"", b"", b""]


def test_many_cases_are_computed_by_several_processes_with_the_same_result(
    network: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    network.case_file("mont").write_text("dossier: [", "utf-8")
    here: list[Row] = list(assessing.rows(network, NAMES, TODAY))
    monkeypatch.setattr(assessing, "_MANY", 1)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _pid: {0, 1})
    assert list(assessing.rows(network, NAMES, TODAY)) == here
