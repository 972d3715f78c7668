"""The one pass over an original's PDF: everything is seen at one look, and what nobody touched is copied."""

from __future__ import annotations

import hashlib
import io

import pikepdf
import pytest
from pikepdf import Name, NumberTree

from piles_docs.documents.boxes import find_boxes
from piles_docs.documents.conversion import Converter, LibreOffice
from piles_docs.documents.fields import _figure_at
from piles_docs.documents.making import make
from piles_docs.documents.originals import complete, survey
from piles_docs.errors import SigningFailed, ToolFailed
from piles_docs.methodology.acts import Box
from piles_docs.usecases.workspace import Workspace

from . import test_every_template as every

CONVENTION = "convention-amorcage"
PARTIES = ("porteuse", "tete-de-reseau")
CODE = "7F3K9X2M"


@pytest.fixture(scope="module")
def pdf(repository: Workspace, converter: Converter) -> bytes:
    case, network = repository.case(every.COMPLETE), repository.network()
    (order,) = (one for one in every._orders(repository, every.COMPLETE) if one.key.name == CONVENTION)
    docx = make(order, case, network, repository.template(CONVENTION)).docx
    return converter.convert({CONVENTION: docx})[CONVENTION]


@pytest.fixture
def labels(pdf: bytes) -> dict[Box, str]:
    return {box: f"Signature de {box.party}" for box in find_boxes(pdf, PARTIES, name="essai")}


@pytest.fixture
def tagged(pdf: bytes, converter: Converter) -> bytes:
    if not isinstance(converter, LibreOffice):
        pytest.skip("the other converter makes no tags for fields")
    return pdf


def _digests(pdf: bytes) -> dict[str, int]:
    """How often each stream is in a file, by the digest of its bytes as they are stored."""
    found: dict[str, int] = {}
    with pikepdf.open(io.BytesIO(pdf)) as document:
        for item in document.objects:
            if isinstance(item, pikepdf.Stream) and item.get(Name.Type) not in {Name.XRef, Name.ObjStm}:
                digest = hashlib.sha256(item.read_raw_bytes()).hexdigest()
                found[digest] = found.get(digest, 0) + 1
    return found


def test_one_look_tells_pages_boxes_and_obstacles(pdf: bytes) -> None:
    seen = survey(pdf, PARTIES, name="essai")
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert seen.pages == len(document.pages) > 1
    assert seen.boxes == find_boxes(pdf, PARTIES, name="essai")
    assert seen.obstacles == ()
    with pytest.raises(ToolFailed, match="cases de signature"):
        survey(pdf, PARTIES[:1], name="essai")


def test_marking_copies_every_stream_as_it_was(pdf: bytes) -> None:
    before, after = _digests(pdf), _digests(complete(pdf, code=CODE, labels={}, name="essai"))
    assert {digest: after.get(digest) for digest in before} == before
    added = sum(after.values()) - sum(before.values())
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert added == len(document.pages) + 1  # the marks of each, and what all open with


def test_fields_change_no_stream_where_nothing_is_painted(tagged: bytes, labels: dict[Box, str]) -> None:
    before, after = _digests(tagged), _digests(complete(tagged, code=None, labels=labels, name="essai"))
    assert {digest: after.get(digest) for digest in before} == before


def test_codes_and_fields_together_are_those_of_each_alone(tagged: bytes, labels: dict[Box, str]) -> None:
    both = complete(tagged, code=CODE, labels=labels, name="essai")
    marked = complete(tagged, code=CODE, labels={}, name="essai")
    with pikepdf.open(io.BytesIO(both)) as file, pikepdf.open(io.BytesIO(marked)) as other:
        for page, like in zip(file.pages, other.pages, strict=True):
            assert page.Contents[-1].read_bytes() == like.Contents[-1].read_bytes()
        assert [(str(field.T), str(field.TU)) for field in file.Root.AcroForm.Fields] == [
            (box.field, label) for box, label in labels.items()
        ]
        assert file.check_pdf_syntax() == []


def test_every_picture_under_a_field_becomes_decoration(tagged: bytes, labels: dict[Box, str]) -> None:
    (number,) = {box.page for box in labels}  # both are on one page, whose contents are read once
    with pikepdf.open(io.BytesIO(tagged)) as document:
        page = document.pages[number - 1]
        owners = NumberTree(document.Root.StructTreeRoot.ParentTree)[int(page.StructParents)]
        first = len(owners)
        for mark, box in enumerate(labels, first):
            figure = _figure_at(document, box)
            assert figure is not None
            figure.K = mark
            owners.append(figure)
            page.contents_add(f"/Figure <</MCID {mark}>> BDC EMC".encode())
        output = io.BytesIO()
        document.save(output)
    with pikepdf.open(
        io.BytesIO(complete(output.getvalue(), code=None, labels=labels, name="essai"))
    ) as done:
        page = done.pages[number - 1]
        last = [str(one.operator) for one in pikepdf.parse_content_stream(page)][-4:]
        assert last == ["BMC", "EMC", "BMC", "EMC"]
        owners = NumberTree(done.Root.StructTreeRoot.ParentTree)[int(page.StructParents)]
        assert [owners[mark] for mark in range(first, first + len(labels))] == [None, None]


def test_the_same_in_gives_the_same_bytes_and_nothing_to_do_the_file_itself(
    tagged: bytes, labels: dict[Box, str]
) -> None:
    assert complete(tagged, code=None, labels={}, name="essai") is tagged
    once, again = (complete(tagged, code=CODE, labels=labels, name="essai") for _ in range(2))
    assert once == again


def test_a_file_without_tags_gets_no_fields(pdf: bytes, labels: dict[Box, str], converter: Converter) -> None:
    if isinstance(converter, LibreOffice):
        with pikepdf.open(io.BytesIO(pdf)) as document:
            del document.Root.StructTreeRoot
            output = io.BytesIO()
            document.save(output)
        pdf = output.getvalue()
    with pytest.raises(SigningFailed, match="ni balisé"):
        complete(pdf, code=CODE, labels=labels, name="essai")


def test_a_box_whose_picture_has_no_tag_is_named(tagged: bytes, labels: dict[Box, str]) -> None:
    astray = {box.model_copy(update={"rect": (1.0, 1.0, 2.0, 2.0)}): label for box, label in labels.items()}
    with pytest.raises(SigningFailed, match="la case de porteuse"):
        complete(tagged, code=CODE, labels=astray, name="essai")
