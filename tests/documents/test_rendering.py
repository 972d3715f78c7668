"""What a template may say, what it may not, and that nothing is lost between the case and the page."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from docx import Document
from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from piles_docs.documents.rendering import Rendered
from piles_docs.documents.template import text_of_document
from piles_docs.errors import TemplateInvalid

Render = Callable[..., Rendered]
WML = "application/vnd.openxmlformats-officedocument.wordprocessingml"


def _text(made: Rendered) -> str:
    return text_of_document(made.docx)


def _member(made: Rendered, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(made.docx)) as archive:
        return archive.read(name).decode("utf-8")


# ---------------------------------------------------------------- bytes


def test_the_same_input_gives_the_same_bytes(word: WordDocument, rendered: Render) -> None:
    word.add_paragraph("{{ porteuse.nom }}, article {{ article('un') }}")
    assert rendered(word).docx == rendered(word).docx


def test_another_value_gives_other_bytes(word: WordDocument, rendered: Render) -> None:
    word.add_paragraph("{{ porteuse.nom }}")
    assert rendered(word).sha256 != rendered(word, nom="Autre").sha256


def test_the_file_bears_no_clock(word: WordDocument, rendered: Render) -> None:
    word.add_paragraph("{{ porteuse.nom }}")
    with zipfile.ZipFile(io.BytesIO(rendered(word).docx)) as archive:
        assert {member.date_time for member in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


# ---------------------------------------------------------------- values are data


@pytest.mark.parametrize(
    "value", ["A & B", "<b>", "{{ 7 * 7 }}", "{% if x %}", "{# x #}", "a\u00a0b", "🌻", "&amp;"]
)
def test_a_value_is_printed_and_never_read_as_anything_else(
    value: str, word: WordDocument, rendered: Render
) -> None:
    word.add_paragraph("Nom : [{{ porteuse.nom }}]")
    assert f"[{value}]" in _text(rendered(word, nom=value)).replace("\u202f", " ")


def test_a_footnote_is_rendered_once_however_many_sections(word: WordDocument, rendered: Render) -> None:
    word.add_paragraph("Un")
    word.add_section()
    word.add_paragraph("Deux")
    word.add_section()
    word.add_paragraph("Trois")
    _add_footnote(word, "Note : {{ porteuse.nom }}, {{ porteuse.objet|majuscule }}")
    made = rendered(word, nom="{{ porteuse.objet }} {{ 7 * 7 }} & Cie", objet="semer")
    footnotes = _member(made, "word/footnotes.xml")
    assert "{{ porteuse.objet }} {{ 7 * 7 }} &amp; Cie, Semer" in footnotes.replace("\u00a0", " ")
    assert "49" not in footnotes


def _add_footnote(word: WordDocument, text: str) -> None:
    xml = f"""<w:footnotes {nsdecls("w")}>
      <w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>
      <w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>
      <w:footnote w:id="1"><w:p><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p></w:footnote>
    </w:footnotes>"""
    part = Part(PackURI("/word/footnotes.xml"), f"{WML}.footnotes+xml", xml.encode(), word.part.package)
    word.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    reference = parse_xml(f'<w:r {nsdecls("w")}><w:footnoteReference w:id="1"/></w:r>')
    word.paragraphs[0]._p.append(reference)


# ---------------------------------------------------------------- sandbox


@pytest.mark.parametrize(
    "expression",
    [
        "''.__class__.__mro__",
        "''['__class__']",
        "''|attr('__class__')",
        "cycler.__init__.__globals__.os",
        "porteuse._model",
        "porteuse|attr('_model')",
        "porteuse.__class__",
        "article.__self__",
        "self.__init__",
        "lipsum.__globals__",
        "porteuse.model_copy()",
        "porteuse.nom.__len__()",
        "range(10 ** 12)|list",
        "1 / 0",
        "'{0.__class__}'.format(porteuse)",
    ],
)
def test_a_template_reaches_nothing_but_the_case(
    expression: str, word: WordDocument, rendered: Render
) -> None:
    word.add_paragraph(f"{{{{ {expression} }}}}")
    with pytest.raises(TemplateInvalid):
        rendered(word)


# ---------------------------------------------------------------- absent and unknown


def test_absent_values_are_collected_by_their_path_and_the_page_shows_a_blank(
    word: WordDocument, rendered: Render
) -> None:
    word.add_paragraph("{{ porteuse.rna }} {{ porteuse.deliberation.date|date }} {{ animateur.nom }}")
    word.add_paragraph(
        "{% if porteuse.iban %}IBAN {{ porteuse.iban }}{% endif %}{% for x in formation.dates %}{{ x }}{% endfor %}"
    )
    made = rendered(word, "luberon", rna=None)
    assert made.lacks == ("porteuse.rna", "porteuse.deliberation.date", "animateur.nom")
    assert _text(made).count("……") >= 3
    assert "None" not in _text(made)
    assert "IBAN" not in _text(made)


def test_what_was_read_is_noted_by_path_absent_values_too(word: WordDocument, rendered: Render) -> None:
    word.add_paragraph("{{ porteuse.nom }} {% if porteuse.iban %}x{% endif %}")
    read = rendered(word, "luberon").read
    assert {"porteuse.nom", "porteuse.iban"} <= set(read)
    assert "porteuse.objet" not in read


def test_unknown_names_are_said_all_at_once_with_their_place(word: WordDocument, rendered: Render) -> None:
    word.add_heading("Les parties", 1)
    word.add_paragraph("{{ porteuse.nom }}")
    word.add_paragraph("{{ porteuse.nomm }} et {{ porteuse.siege.comune }}")
    word.add_heading("Le reste", 1)
    word.add_paragraph("{{ inconnu }}")
    with pytest.raises(TemplateInvalid) as raised:
        rendered(word)
    defects = {defect.message: defect for defect in raised.value.defects}
    for name, section, rank in (
        ("porteuse.nomm", "Les parties", "2e"),
        ("porteuse.siege.comune", "Les parties", "2e"),
        ("inconnu", "Le reste", "1er"),
    ):
        (message,) = [message for message in defects if f"« {name} »" in message]
        assert section in message
        assert f"{rank} paragraphe" in message
        assert defects[message].file == "templates/essai.docx"
        assert defects[message].remedy
    assert len(defects) == 3


def test_a_misspelt_name_is_unknown_even_behind_a_value_that_the_case_does_not_give(
    word: WordDocument, rendered: Render
) -> None:
    word.add_paragraph("{{ porteuse.deliberation.datte }}")
    with pytest.raises(TemplateInvalid, match="variables inconnues"):
        rendered(word, "luberon")


@pytest.mark.parametrize(
    "text",
    ["{{ porteuse.nom", "{% if porteuse.rna %}", "{{ porteuse.nom|nimporte }}", "{{ }}", "porteuse.nom }}"],
)
def test_a_broken_tag_is_a_defect_of_the_template(text: str, word: WordDocument, rendered: Render) -> None:
    word.add_paragraph(text)
    with pytest.raises(TemplateInvalid) as raised:
        rendered(word)
    assert [defect.file for defect in raised.value.defects] == ["templates/essai.docx"]


# ---------------------------------------------------------------- articles


def test_articles_are_numbered_as_they_come_and_references_follow(
    word: WordDocument, rendered: Render
) -> None:
    word.add_paragraph("Voir l’article {{ renvoi('fin') }}.")
    word.add_paragraph("Article {{ article('objet') }} – Objet")
    word.add_paragraph("{% if porteuse.iban %}Article {{ article('iban') }} – Compte{% endif %}")
    word.add_paragraph("Article {{ article('fin') }} – Fin, après l’article {{ renvoi('objet') }}")
    with_account = _text(rendered(word)).replace("\u00a0", " ")
    assert "Voir l’article 3." in with_account
    assert "Article 3 – Fin, après l’article 1" in with_account
    without = _text(rendered(word, iban=None)).replace("\u00a0", " ")
    assert "Voir l’article 2." in without
    assert "Compte" not in without


def test_a_reference_to_no_article_is_a_defect(word: WordDocument, rendered: Render) -> None:
    word.add_paragraph("Voir l’article {{ renvoi('nulle-part') }}.")
    with pytest.raises(TemplateInvalid) as raised:
        rendered(word)
    assert "nulle-part" in str(raised.value.defects[0])


# ---------------------------------------------------------------- typography


def test_quotes_and_spaces_become_french_over_the_borders_of_runs(
    word: WordDocument, rendered: Render
) -> None:
    paragraph = word.add_paragraph("Qui vient")
    paragraph.add_run(" ?").bold = True
    paragraph.add_run(" L'ami")
    text = _text(rendered(word))
    assert "vient\u202f?" in text or "vient\u00a0?" in text
    assert "L’ami" in text


def test_the_word_file_opens_again_and_is_french(word: WordDocument, rendered: Render) -> None:
    word.add_paragraph("{{ porteuse.nom }}")
    document = Document(io.BytesIO(rendered(word).docx))
    assert document.core_properties.language == "fr-FR"
    assert document.core_properties.last_modified_by == ""


def test_a_line_break_ends_what_typography_holds_together(
    word: WordDocument, rendered: Callable[..., Rendered]
) -> None:
    paragraph = word.add_paragraph("mardi 9 juin 2026 à 9 h")
    paragraph.add_run().add_break()
    paragraph.add_run("Salle des fêtes")
    text = text_of_document(rendered(word).docx)
    assert "à 9\u00a0h Salle" in text
