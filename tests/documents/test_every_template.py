"""Every template of the repository, with real cases, down to the text and the signature boxes of the PDF."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pypdfium2
import pytest

from piles_docs.documents import making
from piles_docs.documents.boxes import find_boxes
from piles_docs.documents.conversion import Converter
from piles_docs.documents.making import Order, SignedAct, make
from piles_docs.documents.originals import complete, survey
from piles_docs.documents.rendering import Rendered
from piles_docs.documents.sections import Rewriting, rewritings
from piles_docs.documents.signature_box import BOX_HEIGHT_MM, BOX_WIDTH_MM
from piles_docs.documents.template import text_of_document
from piles_docs.documents.view import BLANK, Record
from piles_docs.errors import ToolFailed
from piles_docs.methodology.acts import Box, Means
from piles_docs.methodology.model import Document, load_methodology
from piles_docs.methodology.states import Key
from piles_docs.usecases.generate import order_for
from piles_docs.usecases.situation import situation
from piles_docs.usecases.workspace import Workspace

CASES = sorted(path.stem for path in (Path(__file__).parents[2] / "cases").glob("*.yaml"))
COMPLETE = "embrunais"
POINTS_A_MM = 72 / 25.4


@dataclass(frozen=True)
class Made:
    """A document of the complete case, and the texts that its template printed."""

    document: Document
    rendered: Rendered
    printed: tuple[str, ...]


def _orders(repository: Workspace, dossier: str) -> Iterator[Order]:
    now = situation(Workspace(repository.root), dossier, dt.date(2026, 11, 22))
    for state in now.state.documents:
        if not state.lacks:
            yield order_for(now, state)


def rewritten_notice(repository: Workspace) -> tuple[Rewriting, ...]:
    """The articles of the framework convention that a longer notice changes."""
    case, network = repository.case(COMPLETE), repository.network()
    act, template = load_methodology().document("convention-cadre"), repository.template("convention-cadre")
    order = Order(
        document=act,
        key=Key(act.id),
        reference="embrunais.convention-cadre.v1",
        version=1,
        draft=False,
        means=Means.PAPER,
        originals=2,
        original=1,
    )
    assert case.conventions.cadre is not None
    longer = case.conventions.cadre.model_copy(update={"preavis_jours": 90})
    changed = case.model_copy(update={"conventions": case.conventions.model_copy(update={"cadre": longer})})
    before, after = (make(order, one, network, template).docx for one in (case, changed))
    return rewritings(before, after, template.sections_printing("conventions.cadre.preavis_jours"))


def _amendment(repository: Workspace) -> Order:
    methodology = load_methodology()
    signed = SignedAct(
        reference="embrunais.convention-cadre.v1",
        signed_on=dt.date(2026, 1, 20),
        ends_on=dt.date(2029, 1, 31),
        title=methodology.document("convention-cadre").title,
    )
    return Order(
        document=methodology.document("avenant"),
        key=Key("avenant", "convention-cadre"),
        reference="embrunais.avenant.convention-cadre.v1",
        version=1,
        draft=False,
        means=Means.PAPER,
        originals=2,
        original=1,
        issued_on=dt.date(2026, 6, 1),
        acts={"convention-cadre": signed},
        rewritings=rewritten_notice(repository),
    )


@pytest.fixture(scope="session")
def made(repository: Workspace) -> dict[str, Made]:
    """One document of each kind, for the complete case."""
    records: list[Record] = []

    def noted() -> Record:
        records.append(Record())
        return records[-1]

    case, network = repository.case(COMPLETE), repository.network()
    orders = {order.document.id: order for order in (*_orders(repository, COMPLETE), _amendment(repository))}
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(making, "Record", noted)
        for name, order in orders.items():
            records.clear()
            rendered = make(order, case, network, repository.template(name))
            printed = tuple(text for record in records for text in record.printed)
            found[name] = Made(order.document, rendered, printed)
    return found


@pytest.fixture(scope="session")
def pdfs(made: dict[str, Made], converter: Converter) -> dict[str, bytes]:
    return converter.convert({name: one.rendered.docx for name, one in made.items()})


def test_the_complete_case_has_every_document_of_the_methodology(made: dict[str, Made]) -> None:
    assert set(made) == {document.id for document in load_methodology().documents}


def test_the_complete_case_lacks_nothing(made: dict[str, Made]) -> None:
    assert {name: one.rendered.lacks for name, one in made.items() if one.rendered.lacks} == {}


def test_every_printed_value_is_in_the_word_file(made: dict[str, Made]) -> None:
    for name, one in made.items():
        page = _squeezed(text_of_document(one.rendered.docx))
        assert _lost(one.printed, page) == [], name
        assert len(one.printed) > 5, name


def test_no_tag_and_no_python_is_left_in_the_word_file(made: dict[str, Made]) -> None:
    for name, one in made.items():
        text = text_of_document(one.rendered.docx)
        assert not re.search(r"\{\{|\}\}|\{%|%\}|\bNone\b|\bTrue\b|\bFalse\b|datetime|object at", text), name
        assert not re.search("[\ue000-\uf8ff]", text), name


def test_every_printed_value_is_in_the_pdf(made: dict[str, Made], pdfs: dict[str, bytes]) -> None:
    # A hyphen that ends a line comes back from a PDF as another character, or not at all: none is compared.
    for name, one in made.items():
        printed = [text.replace("-", "") for text in one.printed]
        assert _lost(printed, _squeezed(_text_of(pdfs[name])).replace("-", "")) == [], name


def test_every_signatory_has_one_box_of_the_right_size_on_the_page(
    made: dict[str, Made], pdfs: dict[str, bytes]
) -> None:
    for name, one in made.items():
        parties = one.document.signatories
        boxes = find_boxes(pdfs[name], parties, name=name)
        assert [box.party for box in boxes] == list(parties), name
        for box in boxes:
            left, bottom, right, top = box.rect
            assert right - left == pytest.approx(BOX_WIDTH_MM * POINTS_A_MM, abs=2), (name, box)
            assert top - bottom == pytest.approx(BOX_HEIGHT_MM * POINTS_A_MM, abs=2), (name, box)
            assert left >= 20, (name, box)
            assert bottom >= 20, (name, box)
        assert not _overlapping(boxes), name


def test_a_box_that_is_missing_or_for_nobody_is_refused(pdfs: dict[str, bytes]) -> None:
    for parties in ([], ["porteuse", "tete-de-reseau"]):
        with pytest.raises(ToolFailed, match="cases de signature"):
            find_boxes(pdfs["charte"], parties, name="charte")


@pytest.mark.parametrize("dossier", CASES)
def test_every_sample_case_makes_every_document_that_it_says_it_can(
    dossier: str, repository: Workspace
) -> None:
    case, network = repository.case(dossier), repository.network()
    for order in _orders(repository, dossier):
        made = make(order, case, network, repository.template(order.document.id))
        assert made.lacks == (), order.key.name


def test_converting_twice_gives_the_same_bytes(
    made: dict[str, Made], pdfs: dict[str, bytes], converter: Converter
) -> None:
    names = ["charte", "plan-formation"]
    assert converter.convert({name: made[name].rendered.docx for name in names}) == {
        name: pdfs[name] for name in names
    }


def _lost(printed: Sequence[str], page: str) -> list[str]:
    return [
        text
        for text in printed
        if text != BLANK and not re.search("[\ue000-\ue003]", text) and _squeezed(text) not in page
    ]


def _squeezed(text: str) -> str:
    """Without white space, soft hyphens and the marks that a line break leaves; one apostrophe."""
    return re.sub(r"[\s\u00ad\ufffe\u0002\u200b]+", "", text).replace("'", "’")


def _text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


def _overlapping(boxes: Sequence[Box]) -> bool:
    return any(
        a.page == b.page
        and a.rect[0] < b.rect[2]
        and b.rect[0] < a.rect[2]
        and a.rect[1] < b.rect[3]
        and b.rect[1] < a.rect[3]
        for rank, a in enumerate(boxes)
        for b in boxes[rank + 1 :]
    )


def test_every_page_has_room_for_its_marks_and_keeps_its_text(
    made: dict[str, Made], pdfs: dict[str, bytes]
) -> None:
    for name, pdf in pdfs.items():
        assert survey(pdf, made[name].document.signatories, name=name).obstacles == (), name
        assert _page_texts(complete(pdf, code="7F3K9X2M", labels={}, name=name)) == _page_texts(pdf), name


def _page_texts(pdf: bytes) -> list[str]:
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_bounded() for page in document]
