"""What is made of a form is what reading the passage would have made."""

from __future__ import annotations

import html
import itertools
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from piles_docs.documents import forms
from piles_docs.documents.passages import CUT, SET, Finished, Finishing
from piles_docs.documents.signature_box import BOX_PLACE

from .known import forget

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
RUNS = ["<w:r>", "<w:r><w:rPr><w:b/></w:rPr>"]
AMONG_TEXTS = ["", "<w:br/>", "<w:tab/>", "</w:r><w:r>", f"</w:r><w:r><{BOX_PLACE} n='0'/></w:r><w:r>"]
PIECES = [
    *[
        "a",
        "l'",
        " ",
        "  ",
        "1",
        "1er",
        "2e",
        " :",
        " ;",
        "«\u00a0a »",
        "&",
        "<",
        ">",
        '"',
        "]]>",
        "M. ",
        "n° ",
        "h",
    ],
    *[
        "1 500,00 €",
        "12 h",
        "é",
        "https://exemple.example/1 500",
        "\u00a0",
        "\ufeff",
        "&amp;",
        "&#39;",
        "\U0001f600",
    ],
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=6).map("".join)
MARKUP = st.lists(
    st.lists(st.tuples(st.sampled_from(RUNS), st.sampled_from(AMONG_TEXTS)), min_size=1, max_size=3),
    min_size=1,
    max_size=3,
)
"""Paragraphs, each of some runs of two texts with something between them."""


def passage(markup: Sequence[Sequence[tuple[str, str]]], texts: Iterator[str], *, table: bool) -> str:
    paragraphs = [
        "<w:p><w:pPr/>"
        + "".join(f"{run}{text(next(texts))}{among}{text(next(texts))}</w:r>" for run, among in runs)
        + "</w:p>"
        for runs in markup
    ]
    cells = "".join(f"<w:tc>{paragraph}</w:tc>" for paragraph in paragraphs)
    return f"<w:tbl><w:tr>{cells}</w:tr><w:tr>{cells}</w:tr></w:tbl>" if table else paragraphs[0]


def text(written: str) -> str:
    return f'<w:t xml:space="preserve">{html.escape(written)}</w:t>'


def finish(body: str) -> Finished:
    xml = f'<w:document xmlns:w="{W}"><w:body>{CUT}{body}{CUT}</w:body></w:document>'
    return Finishing(insertions=(), numbers=itertools.count(1)).finish(xml, {}, may_differ=False)


@settings(max_examples=600, deadline=None)
@given(markup=MARKUP, texts=st.lists(st.tuples(TEXTS, TEXTS), min_size=18, max_size=18), table=st.booleans())
@example(markup=[[(RUNS[0], "")]], texts=[("a", "& <1 500 €> 'l'"), ("", "")] * 9, table=False)
@example(markup=[[(RUNS[0], "<w:tab/>")]], texts=[("a", "M. "), ("a", "a")] * 9, table=False)
def test_other_texts_in_a_known_form_become_what_they_become_alone(
    markup: list[list[tuple[str, str]]], texts: list[tuple[str, str]], table: bool
) -> None:
    forget()
    first, other = (passage(markup, itertools.cycle(each), table=table) for each in zip(*texts, strict=True))
    alone = finish(other)
    forget()
    finish(first)
    assert finish(other) == alone


def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on nothing may be read as XML."""
    monkeypatch.setattr(Finishing, "_made", lambda *_: pytest.fail("read as XML"))
    monkeypatch.setattr(Finishing, "_whole", lambda *_, **__: pytest.fail("read as XML"))


@pytest.mark.parametrize("table", [False, True])
def test_a_paragraph_or_a_table_whose_markup_is_known_is_not_read_again(
    table: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    markup = [[(RUNS[1], "<w:br/>")], [(RUNS[0], AMONG_TEXTS[-1])]]
    finish(passage(markup, itertools.repeat("Mme Lise Exemple"), table=table))
    unread(monkeypatch)
    made = finish(passage(markup, itertools.repeat("l'association « A & B »"), table=table))
    assert "l’association «\u00a0A &amp; B\u00a0»".encode() in made.content
    assert made.squeezed.startswith("l’association«A&B»")


@pytest.mark.parametrize(
    "special", ["le 1er mai", "ce qui suit :", "1 500,00 €", "\ue0020\ue003", "un\u2028deux\ue000x\ue001"]
)
def test_a_text_that_decides_on_the_markup_is_read(special: str, monkeypatch: pytest.MonkeyPatch) -> None:
    markup = [[(RUNS[0], "")]]
    ordinary, other = (passage(markup, itertools.cycle([one, ""]), table=False) for one in ("a", special))
    finish(ordinary)
    unread(monkeypatch)
    with pytest.raises(pytest.fail.Exception, match="read as XML"):
        finish(other)


def test_a_passage_with_a_paragraph_that_is_set_or_holds_others_is_no_form() -> None:
    ordinary = passage([[(RUNS[0], "")]], itertools.repeat("a"), table=False)
    finish(ordinary.replace("<w:p>", f'<w:p {SET}="">'))
    finish(ordinary.replace("</w:r>", f"<w:txbxContent>{ordinary}</w:txbxContent></w:r>"))
    assert not forms._known
    finish(ordinary)
    assert forms._known


def test_an_entity_that_is_not_of_xml_is_refused_as_ever() -> None:
    markup = [[(RUNS[0], "")]]
    finish(passage(markup, itertools.repeat("a"), table=False))
    with pytest.raises(Exception, match="Entity 'nbsp' not defined"):
        finish(passage(markup, itertools.repeat("a"), table=False).replace(">a<", ">&nbsp;<"))


def test_forms_do_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "_MOST_KNOWN", 10)
    for rank in range(100):
        finish(f'<w:p><w:pPr><w:ind w:left="{rank}"/></w:pPr><w:r>{text("a")}</w:r></w:p>')
    assert 0 < len(forms._known) <= 11
