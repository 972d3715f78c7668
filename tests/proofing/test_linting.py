"""What is wrong in a template is said in French, with its place; and each rule is of something that truly breaks."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import docxtpl_lint.messages
import pytest
from docx import Document
from docx.document import Document as WordDocument
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from piles_docs.documents.conversion import Converter
from piles_docs.documents.rendering import Rendered
from piles_docs.documents.template import Template, text_of_document
from piles_docs.errors import TemplateInvalid
from piles_docs.proofing.expressions import Fault, Reading
from piles_docs.proofing.linting import IN_FRENCH, faults_of
from piles_docs.proofing.places import pages, paragraphs_of, whole
from piles_docs.proofing.proof import page_texts
from piles_docs.proofing.variables import document_variables

ENGLISH = re.compile(r"\b(the|is never|missing|unknown|inside|outside|paragraph|row)\b")


def saved(document: WordDocument) -> bytes:
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def faults(document: WordDocument) -> list[Fault]:
    content = saved(document)
    paragraphs = paragraphs_of(content, "templates/essai.docx")
    return faults_of(paragraphs, content, Reading(document_variables()).read(paragraphs).faults)


def table(document: WordDocument, *rows: Sequence[str]) -> None:
    made = document.add_table(len(rows), len(rows[0]))
    for row, texts in zip(made.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text


def paragraphs(*texts: str) -> Callable[[WordDocument], None]:
    def write(document: WordDocument) -> None:
        for text in texts:
            document.add_paragraph(text)

    return write


def in_one_row(document: WordDocument) -> None:
    table(document, ["{%tr for p in partenaires %}{{ p.nom }}", "{%tr endfor %}"])


def in_two_tables(document: WordDocument) -> None:
    table(document, ["{%tr for p in partenaires %}"], ["{{ p.nom }}"])
    document.add_paragraph("entre")
    table(document, ["{%tr endfor %}"])


# What is written, and what must be said of it. Each also stops the rendering, or loses a text that it should print.
BROKEN = {
    "not closed": (paragraphs("Nom : {{ porteuse.nom", "fin"), "n’est pas fermée"),
    "across paragraphs": (paragraphs("{{ porteuse", ".nom }}"), "coupée entre deux paragraphes"),
    "never ended": (paragraphs("{%p if porteuse %}", "GARDÉ"), "n’est jamais refermé"),
    "nothing to end": (paragraphs("{%p endif %}", "GARDÉ"), "ne referme rien"),
    "space before p": (paragraphs("{% tr for p in partenaires %}"), "une espace en trop"),
    "row tag in text": (paragraphs("{%tr for p in partenaires %}", "{%tr endfor %}"), "hors d’un tableau"),
    "text beside": (paragraphs("{%p if porteuse %} GARDÉ", "{%p endif %}"), "serait perdu"),
    "two forms": (
        paragraphs("{%p if not porteuse %}", "avant {% endif %}", "GARDÉ"),
        "n’est pas de la même forme",
    ),
    "one paragraph": (paragraphs("{%p if porteuse %}{%p endif %}"), "dans le même paragraphe"),
    "one row": (in_one_row, "sur la même ligne du tableau"),
    "two tables": (in_two_tables, "ne sont pas dans le même tableau"),
    "unknown filter": (paragraphs("{{ porteuse.nom|nimporte }}"), "le filtre « nimporte » n’existe pas"),
    "unknown tag": (paragraphs("{% nimporte %}"), "n’est pas une balise"),
    "unknown name": (paragraphs("{{ porteuse.nimporte }}"), "la variable « porteuse.nimporte » n’existe pas"),
    "unknown test": (paragraphs("{% if porteuse is nimporte %}x{% endif %}"), "le test « is nimporte »"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_breaks_a_template_is_said_in_french(name: str, word: WordDocument) -> None:
    write, expected = BROKEN[name]
    write(word)
    found = faults(word)
    assert any(expected in fault.message for fault in found), [fault.message for fault in found]
    for fault in found:
        assert not ENGLISH.search(f"{fault.message} {fault.remedy}"), fault
        assert not re.search(
            r"\{(snippet|raw|open_raw|close_raw|kw|prefix|rest)\}", fault.message + fault.remedy
        )
        assert "'" not in re.sub(r"«.*?»", "", f"{fault.message} {fault.remedy}"), fault
    assert any(fault.is_error for fault in found)


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_said_to_break_does_break(
    name: str, word: WordDocument, rendered: Callable[..., Rendered]
) -> None:
    BROKEN[name][0](word)
    try:
        made = rendered(word)
    except TemplateInvalid:
        return
    assert "GARDÉ" not in text_of_document(made.docx)


def test_what_works_is_not_blamed(word: WordDocument, rendered: Callable[..., Rendered]) -> None:
    for text in (
        "{%p set partie = porteuse %}",
        "{{ partie|le|majuscule }}, {{ partie.siege|adresse }}",
        "{% if partie.sigle %}({{ partie.sigle }}){% else %}sans{% endif %}",
        "{%p for ami in partenaires %}",
        "{{ loop.index }} {{ ami.nom }}",
        "{%p endfor %}",
        "{# un mot #}{{ piles.antennes|length }} {{ partenaires|map(attribute='nom')|join(', ') }}",
    ):
        word.add_paragraph(text)
    table(word, ["{%tr for ami in partenaires %}", ""], ["{{ ami.nom }}", ""], ["{%tr endfor %}", ""])
    assert [fault.message for fault in faults(word)] == []
    rendered(word)


def test_every_rule_that_can_find_something_here_speaks_french() -> None:
    needs_data = ("DTL3", "DTL4")
    rules = {rule for rule in docxtpl_lint.messages.RULES if not rule.startswith(needs_data)}
    assert rules - {"DTL104", "DTL106"} == set(IN_FRENCH)


def test_all_is_told_at_once_in_the_order_of_the_template(word: WordDocument) -> None:
    for text in ("{{ a.b }}", "{{ x y }}", "{%p endif %}", "{{ porteuse.nope }}", "{{ piles"):
        word.add_paragraph(text)
    assert [fault.paragraph.rank for fault in faults(word)] == [1, 2, 3, 4, 5]


def test_tracked_changes_and_comments_are_told_with_their_place(word: WordDocument) -> None:
    word.add_heading("Objet", 1)
    insertion = f'<w:ins {nsdecls("w")} w:id="1" w:author="x"><w:r><w:t>ajout</w:t></w:r></w:ins>'
    word.add_paragraph("un")._p.append(parse_xml(insertion))
    word.add_comment(word.add_paragraph("deux").runs[0], text="à voir", author="x")
    found = {fault.paragraph.where: fault.message for fault in faults(word)}
    assert "modification suivie" in found["« Objet », 1er paragraphe"]
    assert "commentaire" in found["« Objet », 2e paragraphe"]


def test_a_skipped_level_of_heading_is_a_warning(word: WordDocument) -> None:
    for level in (1, 3):
        word.add_heading("Titre", level)
    (found,) = faults(word)
    assert not found.is_error
    assert found.message == "un Titre 3 vient sans Titre 2 avant lui"


def where(document: WordDocument, as_template: Callable[[WordDocument], Template]) -> list[str]:
    return [paragraph.where for paragraph in whole(as_template(document))]


def test_places_are_those_that_staff_see(
    word: WordDocument, as_template: Callable[[WordDocument], Template]
) -> None:
    word.add_paragraph("avant")
    word.add_heading('Article {{ article("objet") }} – Objet', 1)
    word.add_paragraph("un")
    word.add_heading('Article {{ article("gouvernance") }} – Gouvernance', 1)
    word.add_paragraph("un")
    word.add_paragraph("deux")
    table(word, ["a"], ["b"])
    assert where(word, as_template) == [
        "1er paragraphe",
        "titre de l’article 1 « Objet »",
        "article 1 « Objet », 1er paragraphe",
        "titre de l’article 2 « Gouvernance »",
        "article 2 « Gouvernance », 1er paragraphe",
        "article 2 « Gouvernance », 2e paragraphe",
        "article 2 « Gouvernance », ligne 1 du tableau",
        "article 2 « Gouvernance », ligne 2 du tableau",
    ]


def test_an_article_whose_number_depends_on_the_case_has_none(
    word: WordDocument, as_template: Callable[[WordDocument], Template]
) -> None:
    word.add_heading('Article {{ article("a") }} – A', 1)
    word.add_paragraph("{%p if porteuse.sigle %}")
    word.add_heading('Article {{ article("b") }} – B', 1)
    word.add_paragraph("{%p endif %}")
    word.add_heading('Article {{ article("c") }} – C', 1)
    found = where(word, as_template)
    assert [found[rank] for rank in (0, 2, 4)] == [
        "titre de l’article 1 « A »", "titre de l’article « B »", "titre de l’article « C »",
    ]  # fmt: skip


def test_a_block_s_paragraph_is_placed_in_the_block(
    word: WordDocument, as_template: Callable[[WordDocument], Template]
) -> None:
    block = Document()
    block.add_paragraph("{{ partie.nope }}")
    word.add_paragraph("{%p set partie = porteuse %}")
    word.add_paragraph("{%p inclure essai %}")
    template = replace(as_template(word), blocks=(("essai", saved(block)),))
    (fault,) = Reading(document_variables()).read(whole(template)).faults
    assert (fault.paragraph.file, fault.message) == (
        "templates/blocs/essai.docx", "la variable « porteuse.nope » n’existe pas",
    )  # fmt: skip


def test_the_page_is_the_one_where_the_paragraph_begins(word: WordDocument, converter: Converter) -> None:
    for number in range(120):
        word.add_paragraph(f"Voici la phrase numéro {number} de ce long modèle d’essai.")
    content = saved(word)
    pdf = converter.convert({"essai": content})["essai"]
    found = pages(paragraphs_of(content, "essai"), page_texts(pdf))
    texts = page_texts(pdf)
    assert len(texts) > 2
    for rank, number in ((1, 0), (60, 59), (120, 119)):
        assert f"numéro {number} de" in texts[found["essai", rank] - 1]


def test_our_own_templates_have_no_fault() -> None:
    folder = Path(__file__).parents[2] / "templates"
    for path in sorted(folder.rglob("*.docx")):
        content = path.read_bytes()
        found = faults_of(paragraphs_of(content, path.name), content, [])
        assert [(fault.paragraph.where, fault.message) for fault in found] == [], path.name
