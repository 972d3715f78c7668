"""Many cases: the same bytes whoever makes them, in order, and none lost when one is bad or a process dies."""

from __future__ import annotations

import datetime as dt
import errno
import os
import pickle
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import BrokenExecutor, Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from piles_docs.errors import CaseInvalid, Defect, ExitCode, ToolFailed
from piles_docs.usecases import cluster
from piles_docs.usecases import crew as crews
from piles_docs.usecases import generate_many as generate_many_module
from piles_docs.usecases.clock import Clock
from piles_docs.usecases.crew import Crew
from piles_docs.usecases.drafts import Outcome
from piles_docs.usecases.generate_many import Drafted, Drafting, generate_many
from piles_docs.usecases.workspace import Workspace

from ..made import made

ROOT = Path(__file__).parents[2]
CLOCK = Clock(today=dt.date(2026, 6, 15), now=dt.datetime(2026, 6, 15, 8, tzinfo=dt.UTC))
SAMPLES = ("basse-argens-2011", "centre-var", "embrunais", "haut-verdon", "luberon")


@pytest.fixture
def samples(tmp_path: Path) -> Workspace:
    """A workspace with all sample cases."""
    return copied(tmp_path / "espace")


def copied(root: Path) -> Workspace:
    for name in ("templates", "cases"):
        shutil.copytree(ROOT / name, root / name)
    shutil.copy(ROOT / "piles.toml", root)
    return Workspace(root)


def drafting(workspace: Workspace, *documents: str, converter: str | None = None) -> Drafting:
    return Drafting(
        workspace=workspace, documents=documents, converter=converter, overwrite=False, clock=CLOCK
    )


@pytest.mark.parametrize("converter", [None, "dxpdf"])
def test_several_processes_make_the_bytes_of_one(
    converter: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    one, several = copied(tmp_path / "un"), copied(tmp_path / "plusieurs")
    documents = () if converter is None else ("charte",)
    alone = list(generate_many(drafting(one, *documents, converter=converter), SAMPLES, alone_seconds=600))
    shared = list(generate_many(drafting(several, *documents, converter=converter), SAMPLES, alone_seconds=0))
    assert [drafted.dossier for drafted in shared] == list(SAMPLES)
    outcomes = [[(draft.name, draft.outcome) for draft in drafted.drafts] for drafted in alone]
    assert [[(draft.name, draft.outcome) for draft in drafted.drafts] for drafted in shared] == outcomes
    assert made(several.out) == made(one.out)
    assert len(made(one.out)) > (75 if converter is None else 10)


def test_one_bad_case_among_good_ones_is_told_in_its_place(samples: Workspace) -> None:
    path = samples.case_file("embrunais")
    path.write_text(path.read_text("utf-8").replace("dossier:", "dosier:", 1), "utf-8")
    told = list(generate_many(drafting(samples, "charte"), SAMPLES, alone_seconds=0))
    assert [drafted.dossier for drafted in told] == list(SAMPLES)
    bad = told[2]
    assert isinstance(bad.error, CaseInvalid)
    assert bad.error.exit_code == ExitCode.CASE_INVALID
    assert any("dosier" in defect.message for defect in bad.error.defects)
    assert [bool(drafted.error) for drafted in told] == [False, False, True, False, False]
    assert all(draft.outcome is Outcome.MADE for drafted in told for draft in drafted.drafts[:1])


def test_a_draft_that_another_program_holds_is_told_and_costs_no_other_case(
    samples: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a file that is open in Word may be, on a shared folder."""
    list(generate_many(drafting(samples, "charte"), SAMPLES, alone_seconds=600))
    held, read = samples.out / "embrunais" / "drafts" / "charte.docx", Path.read_bytes

    def refused(path: Path) -> bytes:
        if path == held:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refused)
    told = list(generate_many(drafting(samples, "charte"), SAMPLES, alone_seconds=600))
    assert [drafted.dossier for drafted in told if drafted.error] == ["embrunais"]
    error = told[2].error
    assert isinstance(error, ToolFailed)
    assert "charte.docx" in error.message


def test_an_error_passes_whole_from_one_process_to_another() -> None:
    defect = Defect(file="cases/a.yaml", line=3, message="de trop", remedy="retirez-le")
    error = CaseInvalid("le dossier a des erreurs", remedy="corrigez-les", defects=[defect])
    back = pickle.loads(pickle.dumps(error))  # noqa: S301  # our own
    assert type(back) is CaseInvalid
    assert (back.message, back.remedy, back.defects) == (error.message, error.remedy, (defect,))


# ---------------------------------------------------------------- deaths and bugs


def dies_each_time(dossier: str) -> Drafted:
    if dossier == "mortel":
        os.kill(os.getpid(), signal.SIGKILL)
    return Drafted(dossier=dossier)


def dies_once(mark: Path, dossier: str) -> Drafted:
    if dossier == "mortel" and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return Drafted(dossier=dossier)


def has_a_bug(dossier: str) -> Drafted:
    if dossier.startswith("bug"):
        raise ZeroDivisionError(dossier)
    return Drafted(dossier=dossier)


def is_refused(dossier: str) -> Drafted:
    raise ToolFailed("autres versions", remedy="les mêmes partout")


@pytest.fixture
def importable(monkeypatch: pytest.MonkeyPatch) -> None:
    """Other processes find these functions here."""
    monkeypatch.syspath_prepend(str(ROOT))


NAMES = ("a", "b", "mortel", "c", "d", "e", "f", "g", "h", "i")


@pytest.mark.usefixtures("importable")
def test_a_case_whose_process_dies_is_tried_once_more(samples: Workspace, tmp_path: Path) -> None:
    crew = crews.processes(partial(dies_once, tmp_path / "mort"), 2)
    told = list(generate_many(drafting(samples), NAMES, crew=crew))
    assert told == [Drafted(dossier=name) for name in NAMES]
    assert (tmp_path / "mort").exists()


@pytest.mark.usefixtures("importable")
def test_a_case_that_kills_whoever_drafts_it_is_told_and_costs_no_other(samples: Workspace) -> None:
    told = list(generate_many(drafting(samples), NAMES, crew=crews.processes(dies_each_time, 2)))
    assert [drafted.dossier for drafted in told] == list(NAMES)
    assert [drafted.dossier for drafted in told if drafted.error] == ["mortel"]
    error = told[2].error
    assert isinstance(error, ToolFailed)
    assert "mortel" in error.message


def test_a_bug_is_raised_after_the_others_are_done(samples: Workspace) -> None:
    told = generate_many(drafting(samples), ["a", "bug", "b"], crew=in_threads(has_a_bug))
    assert [next(told).dossier, next(told).dossier] == ["a", "b"]
    with pytest.raises(ZeroDivisionError) as caught:
        next(told)
    assert caught.value.__notes__ == ["case: bug"]


def test_a_bug_of_any_kind_is_none_of_a_cluster_s_refusals(samples: Workspace) -> None:
    def work(dossier: str) -> Drafted:
        if dossier == "bug":
            raise RecursionError(dossier)
        return Drafted(dossier=dossier)

    crew = replace(in_threads(work), is_refusal=cluster.is_refusal)
    told = generate_many(drafting(samples), ["a", "bug", "b"], crew=crew)
    assert [next(told).dossier, next(told).dossier] == ["a", "b"]
    with pytest.raises(RecursionError):
        next(told)


def test_several_bugs_are_raised_together_after_the_others(samples: Workspace) -> None:
    told = generate_many(drafting(samples), ["bug 1", "a", "bug 2"], crew=in_threads(has_a_bug))
    assert next(told).dossier == "a"
    with pytest.raises(ExceptionGroup) as caught:
        next(told)
    assert [str(error) for error in caught.value.exceptions] == ["bug 1", "bug 2"]


def test_a_bug_in_this_process_does_not_stop_the_others_either(
    samples: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generate_many_module, "draft", lambda _, dossier: has_a_bug(dossier))
    told = generate_many(drafting(samples), ["bug", "a"], alone_seconds=600)
    assert next(told).dossier == "a"
    with pytest.raises(ZeroDivisionError):
        next(told)


def test_a_process_of_a_pool_ends_with_its_parent() -> None:
    script = (
        "import multiprocessing, sys, time\n"
        "from piles_docs.usecases.crew import processes\n"
        "with processes(time.sleep, 1).executor() as pool:\n"
        "    pool.submit(time.sleep, 0).result()\n"
        "    pool.submit(time.sleep, 600)\n"
        "    print(multiprocessing.active_children()[0].pid, flush=True)\n"
        "    time.sleep(600)\n"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout
    child = Path(f"/proc/{int(parent.stdout.readline())}")
    assert child.exists()
    parent.kill()
    parent.communicate()
    deadline = time.monotonic() + 60
    while child.exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_crew_that_refuses_ends_the_run(samples: Workspace) -> None:
    with pytest.raises(ToolFailed, match="autres versions"):
        list(generate_many(drafting(samples), ["a", "b"], crew=in_threads(is_refused)))


def in_threads(work: Callable[[str], Drafted], ahead: int = 2) -> Crew:
    return Crew(work=work, executor=lambda: ThreadPoolExecutor(2), ahead=ahead, deaths=(BrokenExecutor,))


def test_only_so_many_are_begun_ahead(samples: Workspace) -> None:
    begun: list[str] = []

    def note(dossier: str) -> Drafted:
        begun.append(dossier)
        return Drafted(dossier=dossier)

    asked = 0

    def names() -> Iterator[str]:
        nonlocal asked
        for asked in range(1, 51):
            yield f"dossier-{asked}"

    told = crews.in_turn(in_threads(note, ahead=5), names(), [])
    next(told)
    time.sleep(0.2)
    assert asked == 5
    assert len(begun) <= 5
    assert len(list(told)) == 49


def test_who_waits_for_a_crew_that_is_gone_is_told(
    samples: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crews, "_LOOK_SECONDS", 0.05)
    begun, over = threading.Event(), threading.Event()

    def wait(dossier: str) -> Drafted:
        begun.set()
        over.wait(60)
        return Drafted(dossier=dossier)

    def look() -> None:
        assert begun.is_set()
        over.set()
        raise ToolFailed("plus personne", remedy="relancez")

    with pytest.raises(ToolFailed, match="plus personne"):
        list(generate_many(drafting(samples), ["a"], crew=replace(in_threads(wait), look=look)))


def test_what_is_quick_starts_no_other_process(samples: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crews, "processes", lambda _work, number: none_of_them(number))
    told = list(generate_many(drafting(samples, "charte"), SAMPLES[:2], alone_seconds=600))
    assert [drafted.dossier for drafted in told] == list(SAMPLES[:2])


def none_of_them(number: int) -> Crew:
    @contextmanager
    def executor() -> Iterator[Executor]:
        raise AssertionError("a pool was begun")
        yield

    return Crew(work=has_a_bug, executor=executor, ahead=number)
