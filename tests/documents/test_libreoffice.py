"""LibreOffice kept open: the bytes of the command line's, whatever happens to its process."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from multiprocessing import get_context
from pathlib import Path

import pytest

from piles_docs.documents import office as office_module
from piles_docs.documents.conversion import LibreOffice, find_converter
from piles_docs.documents.office import CannotStayOpen, Cold, Warm
from piles_docs.errors import ToolFailed
from piles_docs.usecases.conversion import to_pdf
from piles_docs.usecases.doctor import examine
from piles_docs.usecases.workspace import Workspace

from ..facts.papers import bundle

COMPLETE_CASE = 4
NAMES = ("charte", "deliberation", "profil-de-poste")


@pytest.fixture(scope="module")
def program() -> Path:
    found = shutil.which("soffice") or shutil.which("libreoffice")
    if found is None:
        pytest.skip("LibreOffice is not installed here")
    return Path(found)


OTHERS = set[int]()


@pytest.fixture(scope="module")
def words() -> dict[str, bytes]:
    kinds = {paper.id: paper.word for paper in bundle(COMPLETE_CASE).papers}
    return {name: kinds[name] for name in NAMES}


@pytest.fixture(scope="module")
def expected(program: Path, words: dict[str, bytes]) -> dict[str, bytes]:
    """What LibreOffice started from the command line makes."""
    return LibreOffice(program, Cold(program)).convert(words)


@pytest.fixture(scope="module", autouse=True)
def _others() -> None:
    """What other tests of this worker keep open does not count."""
    gc.collect()
    OTHERS.update(children(os.getpid()), lines())


@pytest.fixture(autouse=True)
def _alone(_others: None) -> None:
    """What an error of the test before still held is ended, when the document at hand is done."""

    def none_is_left() -> bool:
        gc.collect()
        return children(os.getpid()) == [] and lines() <= OTHERS

    assert seen(none_is_left)


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where folders to work in are made, by this test alone."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path)


def children(of: int) -> list[int]:
    """The processes of LibreOffice that a process started, but for those of other tests."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            words = (folder / "cmdline").read_text()
        except OSError:
            continue
        if parent == of and "office_worker" in words and int(folder.name) not in OTHERS:
            found.append(int(folder.name))
    return found


def lines() -> set[int]:
    """The threads that feed a LibreOffice: between two processes of it, they alone tell that it goes on."""
    return {thread.native_id or 0 for thread in threading.enumerate() if "_repeat" in thread.name}


def seen(wanted: Callable[[], object]) -> bool:
    """Wait until something is so, for a minute at most."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if wanted():
            return True
        time.sleep(0.05)
    return False


def scripted(folder: Path, *lines: str) -> Path:
    """A program in the place of `soffice`, far from any library."""
    script = folder / "soffice"
    script.write_text("\n".join(["#!/bin/sh", *lines, ""]), "utf-8")
    script.chmod(0o755)
    return script


class Disturbed(Warm):
    """LibreOffice to whose process something happens when it is given the documents named."""

    def __init__(
        self, program: Path, at: set[int], sent: signal.Signals, *, seconds: float = 20, restart: int = 500
    ) -> None:
        super().__init__(program, seconds_a_document=seconds, documents_before_restart=restart)
        self.at, self.sent = at, sent
        self.given = 0
        self.starts: set[int] = set()

    def convert(self, documents: Sequence[bytes]) -> list[bytes | None]:
        if self.given in self.at:
            if not children(os.getpid()):
                self.start()
            (process,) = children(os.getpid())
            os.kill(process, self.sent)
        self.given += 1
        made = super().convert(documents)
        self.starts |= set(children(os.getpid()))
        return made


def test_the_bytes_are_those_of_the_command_line(
    program: Path, words: dict[str, bytes], expected: dict[str, bytes], folders: Path
) -> None:
    office = LibreOffice(program)
    assert office.convert(words) == expected
    assert office.convert(words) == expected  # nothing of one document stays for the next
    assert len(children(os.getpid())) == 1
    del office
    assert children(os.getpid()) == []
    assert list(folders.iterdir()) == []


@pytest.mark.parametrize("sent", [signal.SIGSTOP, signal.SIGKILL])
def test_a_document_at_which_libreoffice_hangs_or_dies_is_tried_again(
    program: Path, words: dict[str, bytes], expected: dict[str, bytes], sent: signal.Signals
) -> None:
    office = Disturbed(program, {1}, sent)
    assert LibreOffice(program, office).convert(words) == expected
    assert len(office.starts) == 2


def test_a_document_that_fails_twice_is_named_and_the_others_are_kept(
    program: Path, words: dict[str, bytes], expected: dict[str, bytes], workspace: Workspace
) -> None:
    class Refusing(Disturbed):
        """LibreOffice that dies at one document."""

        def convert(self, documents: Sequence[bytes]) -> list[bytes | None]:
            if documents == [words["deliberation"]]:
                self.at = {self.given}
            return super().convert(documents)

    converter = LibreOffice(program, Refusing(program, set(), signal.SIGKILL))
    with pytest.raises(ToolFailed, match="deliberation"):
        to_pdf(workspace, converter, words)
    kept = {path.read_bytes() for path in (workspace.out / ".pdf").iterdir()}
    assert kept == {pdf for name, pdf in expected.items() if name != "deliberation"}


def test_all_that_are_no_word_files_are_named_at_once(
    program: Path, words: dict[str, bytes], expected: dict[str, bytes], workspace: Workspace
) -> None:
    broken = dict.fromkeys(["brouillon", "note"], b"PK\x03\x04 not a Word file")
    converter = LibreOffice(program)
    with pytest.raises(ToolFailed, match=r"brouillon.*note"):
        to_pdf(workspace, converter, broken | {"charte": words["charte"]})
    assert [path.read_bytes() for path in (workspace.out / ".pdf").iterdir()] == [expected["charte"]]
    with pytest.raises(ToolFailed, match="brouillon"):
        converter.convert(broken)


def test_it_is_started_afresh_after_so_many_documents(
    program: Path, words: dict[str, bytes], expected: dict[str, bytes]
) -> None:
    office = Disturbed(program, set(), signal.SIGKILL, restart=2)
    assert LibreOffice(program, office).convert(words) == expected
    assert len(office.starts) == 2


def test_its_profile_is_known_to_it(program: Path, words: dict[str, bytes], folders: Path) -> None:
    """Or it would try out how it draws, at each start."""
    office = Warm(program)
    assert all(office.convert([words["charte"]]))
    (user,) = folders.glob("*/profile/user")
    assert not (user / "GraphicsRenderTests.log").exists()
    office.end()
    assert list(folders.iterdir()) == []


def test_two_at_once_do_not_meet(program: Path, words: dict[str, bytes], expected: dict[str, bytes]) -> None:
    one, other = LibreOffice(program), LibreOffice(program)
    begun = [(name, office.submit(name, words[name])) for name in words for office in (one, other)]
    assert all(future.result() == expected[name] for name, future in begun)


def test_nothing_is_started_for_what_was_made_before(
    program: Path, words: dict[str, bytes], workspace: Workspace
) -> None:
    to_pdf(workspace, LibreOffice(program), {"charte": words["charte"]})
    again = LibreOffice(program)
    to_pdf(workspace, again, {"charte": words["charte"]})
    assert children(os.getpid()) == []


def test_documents_are_converted_while_others_are_made(
    program: Path, words: dict[str, bytes], expected: dict[str, bytes], workspace: Workspace
) -> None:
    cache = workspace.out / ".pdf"

    def one_by_one() -> Iterator[tuple[str, bytes]]:
        yield "charte", words["charte"]
        assert seen(lambda: children(os.getpid()))
        yield "deliberation", words["deliberation"]

    made = to_pdf(workspace, LibreOffice(program), one_by_one())
    assert made == {name: expected[name] for name in ("charte", "deliberation")}
    assert {path.read_bytes() for path in cache.iterdir()} == set(made.values())


def test_what_waits_when_an_error_comes_is_left_undone(
    program: Path, words: dict[str, bytes], workspace: Workspace
) -> None:
    office = Disturbed(program, set(), signal.SIGKILL)

    def one_by_one() -> Iterator[tuple[str, bytes]]:
        yield from words.items()
        assert seen(lambda: office.given)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        to_pdf(workspace, LibreOffice(program, office), one_by_one())
    assert seen(lambda: office.starts)
    assert office.given == 1


SCRIPT = """
import sys, time
from pathlib import Path
from piles_docs.documents.conversion import LibreOffice
office = LibreOffice(Path(sys.argv[1]))
office.convert({"charte": Path(sys.argv[2]).read_bytes()})
print("made", flush=True)
later = [office.submit("charte", Path(sys.argv[2]).read_bytes()) for _ in range(1000)]
if sys.argv[3] == "end":
    raise SystemExit("the reason")
time.sleep(600)
"""


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGTERM, None])
def test_libreoffice_never_outlives_the_program(
    program: Path, words: dict[str, bytes], tmp_path: Path, sent: signal.Signals | None
) -> None:
    source, folders = tmp_path / "charte.docx", tmp_path / "folders"
    source.write_bytes(words["charte"])
    folders.mkdir()
    with subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(program), str(source), "stay" if sent else "end"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(folders)},
    ) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline() == "made\n"
        running = children(process.pid)
        assert sent is None or len(running) == 1
        if sent:
            process.send_signal(sent)
        said = process.stderr.read()
    assert said == ("" if sent else "the reason\n")
    assert seen(lambda: not any(Path(f"/proc/{pid}").exists() for pid in running))
    assert seen(lambda: list(folders.iterdir()) == [])


def test_it_is_started_for_a_batch_where_it_cannot_stay_open(
    program: Path, words: dict[str, bytes], expected: dict[str, bytes], tmp_path: Path
) -> None:
    """As where `soffice` is a script of a sandbox, far from any library."""
    script = scripted(tmp_path, f'exec "{program}" "$@"')
    with pytest.raises(CannotStayOpen):
        Warm(script).start()
    converter = LibreOffice(script)
    assert not converter.can_stay_open()
    assert converter.convert(words) == expected


@pytest.mark.parametrize("way", [Warm, Cold])
def test_a_folder_to_work_in_that_cannot_be_had_is_told_once(
    program: Path,
    words: dict[str, bytes],
    way: type[Warm | Cold],
    workspace: Workspace,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tempfile.tempdir", "/dev/null")
    with pytest.raises(ToolFailed, match="/dev/null") as caught:
        to_pdf(workspace, LibreOffice(program, way(program)), words)
    assert caught.value.message.count("LibreOffice") == 1


def test_a_process_that_cannot_be_started_leaves_nothing(
    program: Path, words: dict[str, bytes], folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/dev/null/python")
    with pytest.raises(ToolFailed, match="Not a directory"):
        LibreOffice(program).convert({"charte": words["charte"]})
    assert list(folders.iterdir()) == []


@pytest.mark.parametrize("way", [Warm, Cold])
def test_a_folder_with_spaces_and_accents_serves_whatever_the_language(
    program: Path,
    words: dict[str, bytes],
    expected: dict[str, bytes],
    way: type[Warm | Cold],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where the language is not of this century, or not installed, LibreOffice took « é » for another letter."""
    monkeypatch.setenv("LC_ALL", "fr_FR.ISO-8859-1")
    (tmp_path / "à côté").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "à côté"))
    converter = LibreOffice(program, way(program))
    assert converter.convert({"charte": words["charte"]}) == {"charte": expected["charte"]}
    del converter
    assert [path.name for path in tmp_path.rglob("*")] == ["à côté"]


@pytest.mark.parametrize("starts", ["/bin/false", "/dev/null/python"])
def test_what_does_not_start_is_not_found_good(
    program: Path, starts: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", starts)
    (found,) = [one for one in examine() if one.name == "Conversion en PDF"]
    assert not found.good
    assert "LibreOffice" in found.found


def test_half_a_pdf_is_none(
    program: Path, words: dict[str, bytes], expected: dict[str, bytes], folders: Path
) -> None:
    cut = f"test -e {folders}/cut || truncate -s -2000 {folders}/piles-*/pdf/1.pdf; touch {folders}/cut"
    script = scripted(folders, f'"{program}" "$@"', cut)
    assert LibreOffice(script, Cold(script)).convert(words) == expected
    assert (folders / "cut").exists()


def test_a_document_at_which_a_batch_hangs_does_not_cost_a_minute_for_each_of_the_others(
    program: Path,
    words: dict[str, bytes],
    expected: dict[str, bytes],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(office_module, "_SECONDS_TO_START", 5)
    monkeypatch.setattr(office_module, "_SECONDS_A_DOCUMENT", 5)
    hung, again = tmp_path / "hung", tmp_path / "again"
    hang = f"test -e {hung} || {{ touch {hung}; exec sleep 600; }}; test -e {again} || touch {again}"
    script = scripted(tmp_path, hang, f'exec "{program}" "$@"')
    assert LibreOffice(script, Cold(script)).convert(words) == expected
    assert again.stat().st_mtime - hung.stat().st_mtime < 15


def test_its_name_is_what_it_says_of_itself(program: Path) -> None:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    assert said.startswith("LibreOffice")
    assert LibreOffice(program).identity.startswith(f"{said}, ")
    assert children(os.getpid()) == []


def test_its_name_and_its_stamp_change_with_an_installation_that_has_no_files_to_read(
    program: Path, tmp_path: Path
) -> None:
    script = scripted(tmp_path, f"cat {tmp_path}/version")
    said = tmp_path / "version"
    said.write_text("LibreOffice 24.2", "utf-8")
    before = LibreOffice(script)
    assert before.identity.startswith("LibreOffice 24.2, ")
    stamp = before.stamp
    said.write_text("LibreOffice 24.8", "utf-8")
    assert LibreOffice(script).identity.startswith("LibreOffice 24.8, ")
    assert LibreOffice(script).stamp != stamp
    said.unlink()
    with pytest.raises(ToolFailed, match="version"):
        _ = LibreOffice(script).identity


def test_a_command_has_one_however_often_it_asks(program: Path) -> None:
    assert find_converter("libreoffice") is find_converter("auto")


def test_a_forked_process_has_a_libreoffice_of_its_own(
    program: Path, words: dict[str, bytes], expected: dict[str, bytes], tmp_path: Path
) -> None:
    converter = LibreOffice(program)
    assert converter.convert(words) == expected

    def in_child() -> None:
        made = converter.convert(words)
        (tmp_path / "fait").write_text("oui" if made == expected else "non", "utf-8")

    child = get_context("fork").Process(target=in_child)
    child.start()
    child.join(120)
    assert child.exitcode == 0
    assert (tmp_path / "fait").read_text("utf-8") == "oui"
    assert converter.convert(words) == expected
