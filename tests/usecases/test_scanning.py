"""Signed paper that comes back as scans: every page and every signature finds its place."""

from __future__ import annotations

import datetime as dt
import io
import random
import re
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageDraw

from piles_docs.errors import CaseInvalid
from piles_docs.methodology.acts import FoundEmpty, Means, Original, Scanned, Signed
from piles_docs.methodology.states import DocumentStatus, SignatureStatus
from piles_docs.methodology.threads import Thread, history
from piles_docs.usecases.clock import Clock
from piles_docs.usecases.pack import pack
from piles_docs.usecases.receive import Received, receive
from piles_docs.usecases.record import record_means, record_signature, record_unsigned, void
from piles_docs.usecases.review import to_review
from piles_docs.usecases.scan import ScanAnswer
from piles_docs.usecases.situation import situation
from piles_docs.usecases.verify import verify
from piles_docs.usecases.workspace import Workspace
from piles_docs.web.review_page import review_page

from .remembering import Remembering

ROOT = Path(__file__).parents[2]
CASE, ACT, HOST, HEAD = "haut-verdon", "convention-amorcage", "porteuse", "tete-de-reseau"
OTHER_CASE, LETTER = "embrunais", "charte"
REFERENCE = f"{CASE}.{ACT}.v1"
TODAY = dt.date(2026, 11, 26)
CLOCK = Clock(today=TODAY, now=dt.datetime.combine(TODAY, dt.time(18), tzinfo=dt.UTC))
DPI = 150
Picture = Image.Image


def issue(workspace: Workspace, case: str, document: str) -> None:
    pack(
        workspace,
        case,
        step=None,
        documents=[document],
        means=Means.PAPER,
        ahead="pour l’essai",
        issued_on=None,
        converter=Remembering(),
        clock=CLOCK,
    )


@pytest.fixture(scope="module")
def issued_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a convention in two originals, and another case's charter; for copying, not for use."""
    folder = tmp_path_factory.mktemp("emis") / "espace"
    shutil.copytree(ROOT / "templates", folder / "templates")
    shutil.copytree(ROOT / "cases", folder / "cases")
    shutil.copy(ROOT / "piles.toml", folder)
    issue(Workspace(folder), CASE, ACT)
    issue(Workspace(folder), OTHER_CASE, LETTER)
    return folder


@pytest.fixture
def workspace(issued_folder: Path, tmp_path: Path) -> Workspace:
    shutil.copytree(issued_folder, tmp_path / "espace")
    return Workspace(tmp_path / "espace")


def thread(workspace: Workspace, reference: str = REFERENCE) -> Thread:
    return history(workspace.acts(reference.split(".", maxsplit=1)[0])).threads[reference]


def original(workspace: Workspace, number: int = 1, reference: str = REFERENCE) -> Original:
    return next(one for one in thread(workspace, reference).issued.originals if one.number == number)


def sheets(
    workspace: Workspace, number: int = 1, reference: str = REFERENCE, *, signed: Sequence[str] = ()
) -> list[Picture]:
    """The pages of an original as they come from the printer, signed by hand by some."""
    issued = original(workspace, number, reference)
    pictures = []
    with pypdfium2.PdfDocument(workspace.archive.get(issued.pdf_sha256)) as pdf:
        for page in range(len(pdf)):
            picture = pdf[page].render(scale=DPI / 72).to_pil().convert("RGB")
            for box in issued.boxes:
                if box.page == page + 1 and box.party in signed:
                    scribble(picture, box.rect)
            pictures.append(picture)
    return pictures


def scribble(picture: Picture, rect: tuple[float, float, float, float], *, width: int = 3) -> None:
    """A signature: loops through the middle of a box."""
    left, bottom, right, top = (side * DPI / 72 for side in rect)
    chance = random.Random(f"{rect}")  # noqa: S311  # the same at each run
    middle = picture.height - (bottom + top) / 2
    reach = (top - bottom) / 4
    points = [
        (left + (right - left) * (0.2 + 0.02 * step), middle + chance.uniform(-reach, reach))
        for step in range(30)
    ]
    ImageDraw.Draw(picture).line(points, fill=(25, 30, 130), width=width, joint="curve")


def pdf_of(pictures: Sequence[Picture]) -> bytes:
    output = io.BytesIO()
    pictures[0].save(output, "PDF", save_all=True, append_images=pictures[1:], resolution=DPI)
    return output.getvalue()


def take(
    workspace: Workspace, tmp_path: Path, content: bytes, name: str = "scan.pdf", *, on: dt.date | None = None
) -> ScanAnswer:
    path = tmp_path / name
    path.write_bytes(content)
    done = receive(workspace, path, clock=CLOCK, operator="camille", signed_on=on)
    assert isinstance(done, ScanAnswer)
    return done


def remarks(done: ScanAnswer) -> str:
    return " ; ".join(remark for case in done.cases for remark in case.remarks)


def signatures(workspace: Workspace, reference: str = REFERENCE) -> set[tuple[str, int]]:
    return set(thread(workspace, reference).signed)


def state(workspace: Workspace, party: str, number: int = 1) -> SignatureStatus:
    found = situation(workspace, CASE, TODAY).state.document(thread(workspace).key)
    assert found
    return next(one.state for one in found.signatures if (one.party, one.original) == (party, number))


# A stack that files itself


def test_a_mixed_stack_in_any_order_finds_its_cases_and_signatures(
    workspace: Workspace, tmp_path: Path
) -> None:
    stack = [
        *sheets(workspace, 1, signed=[HOST]),
        *sheets(workspace, 2, signed=[HOST, HEAD]),
        *sheets(workspace, reference=f"{OTHER_CASE}.{LETTER}.v1", signed=[HOST]),
    ]
    blank = Image.new("RGB", stack[0].size, "white")
    stack.append(blank)
    random.Random(7).shuffle(stack)  # noqa: S311  # the same at each run
    turned = [picture.rotate(180) if rank % 3 == 0 else picture for rank, picture in enumerate(stack)]
    done = take(workspace, tmp_path, pdf_of(turned))
    assert sum(page.place is None for page in done.pages) == 1
    assert next(page.problem for page in done.pages if page.place is None) == "page blanche"
    assert {case.dossier for case in done.cases} == {CASE, OTHER_CASE}
    assert signatures(workspace) == {(HOST, 1), (HOST, 2), (HEAD, 2)}
    assert signatures(workspace, f"{OTHER_CASE}.{LETTER}.v1") == {(HOST, 1)}
    assert remarks(done) == ""
    assert not verify(workspace)


def test_the_act_tells_what_a_reliable_copy_needs(workspace: Workspace, tmp_path: Path) -> None:
    content = pdf_of(sheets(workspace, 1, signed=[HOST]))
    take(workspace, tmp_path, content, on=dt.date(2026, 11, 26))
    (scanned,) = [act for act in workspace.acts(CASE) if isinstance(act, Scanned)]
    assert workspace.archive.get(scanned.scan_sha256) == content
    assert scanned.on == TODAY
    assert scanned.operator == "camille"
    assert scanned.resolution_dpi
    assert abs(scanned.resolution_dpi - DPI) <= 2
    assert "docs/scanning.md" in scanned.process
    assert scanned.file_pages == len(scanned.pages) == original(workspace).pages
    (signed,) = [act for act in workspace.acts(CASE) if isinstance(act, Signed)]
    assert signed.means is Means.PAPER
    assert signed.measures
    assert signed.evidence == (scanned.scan_sha256,)


def test_all_signatures_complete_the_act(workspace: Workspace, tmp_path: Path) -> None:
    for number in (1, 2):
        pages = sheets(workspace, number, signed=[HOST, HEAD])
        done = take(workspace, tmp_path, pdf_of(pages), f"{number}.pdf")
    assert done.cases[0].recorded
    assert done.cases[0].recorded.completed == (REFERENCE,)
    found = situation(workspace, CASE, TODAY).state.document(thread(workspace).key)
    assert found
    assert found.state is DocumentStatus.SIGNED


def jpeg(picture: Picture) -> bytes:
    output = io.BytesIO()
    picture.save(output, "JPEG", quality=70, dpi=(DPI, DPI))
    return output.getvalue()


def tiff(picture: Picture) -> bytes:
    output = io.BytesIO()
    picture.save(output, "TIFF", compression="tiff_lzw", dpi=(DPI, DPI))
    return output.getvalue()


@pytest.mark.parametrize("encode", [jpeg, tiff])
def test_a_picture_of_one_page_counts_as_a_scan(
    workspace: Workspace, tmp_path: Path, encode: Callable[[Picture], bytes]
) -> None:
    page = original(workspace).boxes[0].page
    done = take(workspace, tmp_path, encode(sheets(workspace, 1, signed=[HOST])[page - 1]), "photo")
    assert signatures(workspace) == {(HOST, 1)}
    assert "il manque la page" in remarks(done)


# What is told


def test_a_page_whose_codes_are_cut_is_asked_for_by_its_place_in_the_stack(
    workspace: Workspace, tmp_path: Path
) -> None:
    pages = sheets(workspace, 1)
    cut = round(28 * DPI / 25.4)
    second = pages[1].crop((cut, cut, pages[1].width - cut, pages[1].height - cut))
    blank = Image.new("RGB", pages[1].size, "white")
    done = take(workspace, tmp_path, pdf_of([pages[0], second, pages[2], blank]))
    assert [bool(page.problem) for page in done.pages] == [False, True, False, True]
    assert f"page 2 du fichier : à cet endroit de la pile manque la page 2 de {REFERENCE}" in remarks(done)
    assert "page 4 du fichier" not in remarks(done)


def test_pages_that_miss_or_came_twice_are_told(workspace: Workspace, tmp_path: Path) -> None:
    pages = sheets(workspace, 1)
    done = take(workspace, tmp_path, pdf_of([pages[0], *pages[2:], pages[0]]))
    told = remarks(done)
    assert f"{REFERENCE}, exemplaire 1 : il manque la page 2 sur {len(pages)}" in told
    assert f"{REFERENCE}, exemplaire 1 : la page 1 y est plusieurs fois" in told
    done = take(workspace, tmp_path, pdf_of([pages[1]]), "suite.pdf")
    assert "manque" not in remarks(done)


def test_the_same_file_again_adds_nothing(workspace: Workspace, tmp_path: Path) -> None:
    content = pdf_of(sheets(workspace, 1, signed=[HOST]))
    take(workspace, tmp_path, content)
    count = len(workspace.acts(CASE))
    done = take(workspace, tmp_path, content)
    assert "déjà été repris" in remarks(done)
    assert len(workspace.acts(CASE)) == count


def test_a_page_of_an_ended_version_is_named_and_signs_nothing(workspace: Workspace, tmp_path: Path) -> None:
    content = pdf_of(sheets(workspace, 1, signed=[HOST]))
    void(workspace, CASE, ACT, reason="erreur", clock=CLOCK)
    done = take(workspace, tmp_path, content)
    assert "cette version a été annulée" in remarks(done)
    assert signatures(workspace) == set()


def test_a_case_that_cannot_be_read_holds_up_no_other(workspace: Workspace, tmp_path: Path) -> None:
    letter = f"{OTHER_CASE}.{LETTER}.v1"
    stack = [*sheets(workspace, 1, signed=[HOST]), *sheets(workspace, reference=letter, signed=[HOST])]
    workspace.case_file(CASE).write_text("dossier: [", "utf-8")
    done = take(workspace, tmp_path, pdf_of(stack))
    errors = {case.dossier: case.error for case in done.cases}
    assert isinstance(errors[CASE], CaseInvalid)
    assert errors[OTHER_CASE] is None
    assert signatures(workspace, letter) == {(HOST, 1)}


def test_an_unsigned_stack_signs_nothing(workspace: Workspace, tmp_path: Path) -> None:
    done = take(workspace, tmp_path, pdf_of(sheets(workspace, 1)))
    assert signatures(workspace) == set()
    assert [case.to_review for case in done.cases] == [0]


def test_what_has_no_page_of_ours_is_told_and_not_kept(workspace: Workspace, tmp_path: Path) -> None:
    done = take(workspace, tmp_path, pdf_of([Image.new("RGB", (1240, 1754), "white")] * 2))
    assert done.cases == ()
    assert all(page.problem for page in done.pages)
    assert not verify(workspace)


@pytest.mark.parametrize(
    "content", [b"\xff\xd8\xff\xe0 abime", b"\x89PNG\r\n\x1a\n", b"II*\x00", b"%PDF-1.4\n"]
)
def test_a_broken_file_is_told_without_a_trace(workspace: Workspace, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "abime"
    path.write_bytes(content)
    done = receive(workspace, path, clock=CLOCK)
    if isinstance(done, Received):
        assert done.error
    else:
        assert done.cases == ()
        assert all(page.problem for page in done.pages)


# What only a person decides


def stamped(workspace: Workspace) -> bytes:
    """The last pages with something that is no clear signature: a faint, small trace in the host's box."""
    issued = original(workspace)
    pages = sheets(workspace, 1)
    for box in issued.boxes:
        if box.party == HOST:
            left, bottom, _, top = (side * DPI / 72 for side in box.rect)
            page = pages[box.page - 1]
            middle = page.height - (bottom + top) / 2
            trace = [(left + 60, middle - 8), (left + 85, middle + 8)]
            ImageDraw.Draw(page).line(trace, fill=(160, 160, 200), width=3)
    return pdf_of(pages)


def test_what_may_be_ink_waits_for_a_person_who_says_signed(workspace: Workspace, tmp_path: Path) -> None:
    done = take(workspace, tmp_path, stamped(workspace))
    assert [case.to_review for case in done.cases] == [1]
    assert state(workspace, HOST) is SignatureStatus.UNCERTAIN
    (item,) = to_review(workspace, [CASE], clock=CLOCK)
    assert (item.party, item.original, item.document) == (HOST, 1, ACT)
    assert item.crop
    with Image.open(io.BytesIO(item.crop)) as crop:
        assert crop.width > crop.height > 50
    record_signature(
        workspace,
        CASE,
        ACT,
        party=HOST,
        on=TODAY,
        original=1,
        means=None,
        note="vu",
        evidence=(),
        clock=CLOCK,
    )
    act = thread(workspace).signed[HOST, 1]
    assert act.measures is None
    assert len(act.evidence) == 1
    assert list(to_review(workspace, [CASE], clock=CLOCK)) == []


def test_a_person_says_that_it_is_no_signature(workspace: Workspace, tmp_path: Path) -> None:
    take(workspace, tmp_path, stamped(workspace))
    record_unsigned(workspace, CASE, ACT, party=HOST, original=1, note="un pli", clock=CLOCK)
    assert isinstance(workspace.acts(CASE)[-1], FoundEmpty)
    assert state(workspace, HOST) is SignatureStatus.MISSING


def test_a_page_twice_that_says_two_things_is_asked(workspace: Workspace, tmp_path: Path) -> None:
    page = original(workspace).boxes[0].page - 1
    take(
        workspace,
        tmp_path,
        pdf_of([sheets(workspace, 1, signed=[HOST])[page], sheets(workspace, 1)[page]]),
    )
    assert signatures(workspace) == set()
    assert state(workspace, HOST) is SignatureStatus.UNCERTAIN


def test_ink_of_who_was_to_sign_electronically_is_asked(workspace: Workspace, tmp_path: Path) -> None:
    """It may be a wet signature, or the electronic one that was printed: a change of path, not an error."""
    record_means(workspace, CASE, ACT, party=HOST, means=Means.ELECTRONIC, note=None, clock=CLOCK)
    take(workspace, tmp_path, pdf_of(sheets(workspace, 1, signed=[HOST])))
    assert signatures(workspace) == set()
    assert state(workspace, HOST) is SignatureStatus.UNCERTAIN
    record_signature(
        workspace, CASE, ACT, party=HOST, on=TODAY, original=1, means=Means.PAPER, note=None, evidence=(), clock=CLOCK
    )  # fmt: skip
    assert signatures(workspace) == {(HOST, 1)}


def test_the_page_to_look_at_shows_the_box_and_both_commands(workspace: Workspace, tmp_path: Path) -> None:
    take(workspace, tmp_path, stamped(workspace))
    items = list(to_review(workspace, workspace.dossiers(), clock=CLOCK))
    page = re.sub("</?span>", "", review_page(items, TODAY).decode())
    assert page.count('<img src="data:image/png;base64,') == 1
    assert f"piles record {CASE} signature {ACT} --party {HOST} --original 1 --on AAAA-MM-JJ" in page
    assert f"piles record {CASE} unsigned {ACT} --party {HOST} --original 1" in page
    assert "<script" not in page
