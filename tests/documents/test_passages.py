"""Passages that are kept from one document for the next change no document."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from piles_docs.documents import making, passages
from piles_docs.documents.passages import CUT, Finishing
from piles_docs.documents.signature_box import BOX_PLACE
from piles_docs.usecases.generate import order_for
from piles_docs.usecases.situation import situation
from piles_docs.usecases.workspace import Workspace

from .known import forget

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
WP = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
TODAY = dt.date(2026, 11, 26)


def part(*bodies: str) -> str:
    """A part with these passages."""
    return f'<w:document xmlns:w="{W}" xmlns:wp="{WP}"><w:body>{CUT.join(["", *bodies, ""])}</w:body></w:document>'


def finish(xml: str, first: int = 1, insertions: Sequence[Sequence[etree._Element]] = ()) -> str:
    finishing = Finishing(insertions=insertions, numbers=itertools.count(first))
    return finishing.finish(xml, {}, may_differ=False).content.decode()


def paragraph(text: str) -> str:
    return f'<w:p><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def picture(text: str) -> str:
    return f'<w:p><w:r><w:drawing><wp:docPr id="0" name="{text}"/></w:drawing></w:r></w:p>'


@pytest.mark.parametrize("dossier", ["haut-verdon", "embrunais", "basse-argens-2011"])
def test_a_document_is_the_same_whatever_was_made_before_it(dossier: str, repository: Workspace) -> None:
    now = situation(repository, dossier, TODAY)
    states = [state for state in now.state.documents if not state.lacks]

    def made() -> dict[str, str]:
        return {
            state.key.name: making.make(
                order_for(now, state), now.case, now.network, repository.template(state.key.document)
            ).sha256
            for state in states
        }

    alone = {}
    for state in states:
        forget()
        template = repository.template(state.key.document)
        alone[state.key.name] = making.make(order_for(now, state), now.case, now.network, template).sha256
    assert len(alone) > 3
    assert made() == alone
    assert passages._known
    assert made() == alone


@pytest.mark.parametrize("dossier", ["haut-verdon", "embrunais", "basse-argens-2011"])
def test_a_document_is_the_same_passage_by_passage_and_read_as_a_whole(
    dossier: str, repository: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = situation(repository, dossier, TODAY)

    def made() -> dict[str, str]:
        return {
            state.key.name: making.make(
                order_for(now, state), now.case, now.network, repository.template(state.key.document)
            ).sha256
            for state in now.state.documents
            if not state.lacks
        }

    by_passages = made()
    monkeypatch.setattr(passages, "_with_what_stays", lambda _: None)
    assert made() == by_passages
    assert len(by_passages) > 3


SIGNATURES = f'<w:tbl><w:tr><w:tc><w:p><w:r><{BOX_PLACE} n="0"/></w:r></w:p></w:tc></w:tr></w:tbl>'
BEFORE_SIGNATURES = st.one_of(
    st.integers(0, 450).map(lambda length: paragraph("a" * length)),
    st.integers(0, 450).map(lambda length: paragraph(" &amp; " * (length // 3))),
    st.sampled_from(
        [
            "<w:p/>",
            '<w:p><w:pPr><w:pStyle w:val="x"/><w:keepNext/></w:pPr></w:p>',
            "<w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>",
            f"<w:tbl><w:tr><w:tc>{paragraph(BOX_PLACE)}</w:tc></w:tr></w:tbl>",
            "<w:p><w:r><w:t>un</w:t></w:r></w:p><w:p><w:r><w:t>autre</w:t></w:r></w:p>",
            f"<w:p><w:r><w:txbxContent>{paragraph('a' * 300)}</w:txbxContent></w:r></w:p>",
            '<w:bookmarkEnd w:id="0"/>',
            SIGNATURES,
            f"<w:sdt><w:sdtContent>{SIGNATURES}</w:sdtContent></w:sdt>",
            paragraph("\ue0020\ue003"),
        ]
    ),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(BEFORE_SIGNATURES, max_size=6))
def test_the_text_that_stays_with_signatures_is_the_same_passage_by_passage(before: list[str]) -> None:
    xml = part(*before, SIGNATURES, paragraph("fin"))
    inserted = etree.fromstring(part(paragraph("a" * 150), paragraph("b" * 150))).findall(f".//{{{W}}}p")
    forget()
    by_passages = finish(xml, insertions=[inserted])
    assert finish(xml, insertions=[inserted]) == by_passages
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passages, "_with_what_stays", lambda _: None)
        assert finish(xml, insertions=[inserted]) == by_passages
    assert "piles-stays" not in by_passages


def test_a_passage_is_set_once_and_found_again_in_another_document() -> None:
    first = finish(part(paragraph("l'article"), paragraph("un")))
    assert "l’article" in first
    assert [passage for _, passage in passages._known] == [paragraph("l'article"), paragraph("un")]
    second = finish(part(paragraph("deux"), paragraph("l'article")))
    assert [text.text for text in etree.fromstring(second.encode()).iter(f"{{{W}}}t")] == [
        "deux",
        "l’article",
    ]


def test_a_passage_of_another_language_is_another_passage() -> None:
    """A prefix may mean something else in another file."""
    first, other = (
        part(paragraph("l'article")),
        part(paragraph("l'article")).replace(W, "https://exemple.example/w"),
    )
    assert "l’article" in finish(first)
    assert "l'article" in finish(other)


def test_passages_that_do_not_nest_by_themselves_are_read_together_and_never_kept() -> None:
    begun, ended = '<w:p><w:r><w:t xml:space="preserve">l\'un ', "et l'autre</w:t></w:r></w:p><w:p/>"
    made = finish(part(begun, ended))
    assert CUT not in made
    assert "l’un et l’autre" in made
    assert not passages._known
    with pytest.raises(etree.XMLSyntaxError):
        finish(part(begun, begun))


def test_a_passage_that_seems_to_nest_with_its_neighbour_is_not_taken_for_it() -> None:
    """Their elements are as many as they are; the border between them is elsewhere."""
    begun, ended = "<w:p><w:r>", '</w:r></w:p><w:p><w:r><w:t xml:space="preserve">1</w:t></w:r></w:p>'
    assert finish(part(begun, ended)).count("<w:p>") == 2
    assert not passages._known


def test_a_page_that_has_a_colour_is_made_as_any_other() -> None:
    """Word puts it before the body."""
    xml = part(paragraph("l'article")).replace("<w:body>", '<w:background w:color="FFFFFF"/><w:body>')
    assert "l’article" in finish(xml)
    assert len(passages._known) == 1


def test_a_sign_for_an_insertion_that_nobody_made_is_text() -> None:
    """A template may hold any character that Word takes."""
    assert "\ue0027\ue003" in finish(part(paragraph("\ue0027\ue003")))


def test_listings_are_made_of_several_passages() -> None:
    """What docxtpl makes paragraphs of lines needs the part as a whole."""
    made = finish(part(paragraph("l'un\aet l'autre"), paragraph("fin")))
    assert [text.text for text in etree.fromstring(made.encode()).iter(f"{{{W}}}t")] == [
        "l’un",
        "et l’autre",
        "fin",
    ]


def test_pictures_have_numbers_of_their_own_in_each_document() -> None:
    assert finish(part(picture("a"), paragraph("x"), picture("b")), 7).count('id="7"') == 1
    again = finish(part(picture("b"), picture("a")), 3)
    assert 'id="3" name="b"' in again
    assert 'id="4" name="a"' in again


def test_what_is_kept_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passages, "_MOST_KNOWN", 10)
    for rank in range(100):
        finish(part(paragraph(f"le {rank}"), paragraph(f"la {rank}")))
    assert len(passages._known) <= 12
