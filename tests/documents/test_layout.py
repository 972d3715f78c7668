"""What is set on the rendered page beside the words: amounts under one another, ordinals raised."""

from __future__ import annotations

import io
from collections.abc import Callable

import docx
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH

from piles_docs.documents.rendering import Rendered

Render = Callable[..., Rendered]


def test_amounts_stand_right_under_their_heading_and_words_stay(word: WordDocument, rendered: Render) -> None:
    table = word.add_table(0, 2)
    for words in (("Poste", "Montant"), ("Salaire", "34 000,00 €"), ("Total", "34 000,00 €")):
        for cell, text in zip(table.add_row().cells, words, strict=True):
            cell.text = text
    (made,) = docx.Document(io.BytesIO(rendered(word).docx)).tables
    for row in made.rows:
        assert [cell.paragraphs[0].alignment for cell in row.cells] == [None, WD_ALIGN_PARAGRAPH.RIGHT]


def test_a_column_of_words_and_amounts_stays_as_it_is(word: WordDocument, rendered: Render) -> None:
    table = word.add_table(0, 1)
    for text in ("Montant", "12,00 €", "à définir"):
        table.add_row().cells[0].text = text
    (made,) = docx.Document(io.BytesIO(rendered(word).docx)).tables
    assert all(cell.paragraphs[0].alignment is None for row in made.rows for cell in row.cells)


def test_the_letters_of_an_ordinal_are_raised_and_no_others(word: WordDocument, rendered: Render) -> None:
    word.add_paragraph("le 1er juillet, la 2e année, 3 exemplaires, l’article 1er")
    word.add_paragraph("essai 12 567e-9c41-07be-550e, et 0b1c2d3e")
    paragraph, digests = docx.Document(io.BytesIO(rendered(word).docx)).paragraphs[:2]
    assert (
        paragraph.text.replace("\u00a0", " ") == "le 1er juillet, la 2e année, 3 exemplaires, l’article 1er"
    )
    assert [run.text for run in paragraph.runs if run.font.superscript] == ["er", "e", "er"]
    assert not any(run.font.superscript for run in digests.runs)


def test_an_ordinal_is_raised_beside_a_tag_a_line_break_or_a_value_of_several_lines(
    word: WordDocument, rendered: Render
) -> None:
    paragraph = word.add_paragraph("{% if porteuse.nom %}le 1er {{ porteuse.nom }}{% endif %}")
    paragraph.runs[0].add_break()
    paragraph.runs[0].add_text("et la 2e, 5{{ 'e' }}")
    made = docx.Document(io.BytesIO(rendered(word, nom="étage\ndu 3e bâtiment").docx)).paragraphs[0]
    assert made.text.replace("\u00a0", " ") == "le 1er étage\ndu 3e bâtiment\net la 2e, 5e"
    assert [run.text for run in made.runs if run.font.superscript] == ["er", "e", "e", "e"]
