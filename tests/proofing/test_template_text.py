from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest
from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_BREAK
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from hypothesis import given, settings
from hypothesis import strategies as st

from piles_docs.documents.template import text_of
from piles_docs.documents.word_archive import parse_texts, read_members
from piles_docs.errors import TemplateInvalid
from piles_docs.proofing.template_text import SIGNATURE_ROWS, template_text

ROOT = Path(__file__).parents[2]
TEMPLATES = sorted((ROOT / "templates").rglob("*.docx"))
PLAIN = st.text(st.characters(categories=("Ll", "Lu", "Nd"), max_codepoint=0x17F), min_size=1, max_size=30)


def lines_of(document: WordDocument) -> list[str]:
    content = io.BytesIO()
    document.save(content)
    return template_text(content.getvalue(), name="essai.docx").splitlines()


def squeezed(text: str) -> str:
    return "".join(text.replace("**", "").replace("__", "").replace("\\\\", "").split())


@settings(max_examples=25, derandomize=True)
@given(st.lists(PLAIN, max_size=6))
def test_each_paragraph_is_a_line_in_its_order(texts: list[str]) -> None:
    document = Document()
    for text in texts:
        document.add_paragraph(text)
    assert lines_of(document) == texts


def test_runs_that_word_split_are_one_and_formats_are_marked(word: WordDocument) -> None:
    paragraph = word.add_paragraph("Le ")
    for piece in ("PI", "LES"):
        paragraph.add_run(piece).bold = True
    paragraph.add_run(" et ")
    paragraph.add_run("lui").italic = True
    paragraph.add_run().add_break()
    paragraph.add_run("suite")
    assert lines_of(word) == ["Le **PILES** et __lui__\\\\suite"]


def test_styles_headings_lists_and_page_breaks_have_their_mark(word: WordDocument) -> None:
    word.add_paragraph("Charte", style="Title")
    word.add_heading("Valeurs", 1)
    word.add_heading("Première", 2)
    word.add_paragraph("un", style="List Bullet")
    word.add_paragraph("cité", style="Quote")
    word.add_paragraph("avant").add_run().add_break(WD_BREAK.PAGE)
    assert lines_of(word) == [
        "@titre Charte", "# Valeurs", "## Première", "- un", "%% style : Quote", "cité", "@saut", "avant",
    ]  # fmt: skip


def test_a_table_is_shown_row_by_row_with_its_header(word: WordDocument) -> None:
    table = word.add_table(2, 2)
    for cell, text in zip(table._cells, ("Date", "Montant", "{{ le|date }}", "{{ m }}"), strict=True):
        cell.text = text
    table.rows[0]._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))
    assert lines_of(word) == ["@tableau 50 50", "|= Date | Montant |", "| {{ le|date }} | {{ m }} |"]


def test_header_and_footer_are_told_and_deleted_text_is_not(word: WordDocument) -> None:
    word.sections[0].header.paragraphs[0].text = "APEAS"
    word.sections[0].footer.paragraphs[0].text = "page"
    paragraph = word.add_paragraph("reste")
    deleted = parse_xml(f'<w:del {nsdecls("w")} w:id="1" w:author="x"><w:r><w:t>parti</w:t></w:r></w:del>')
    paragraph._p.append(deleted)
    assert lines_of(word) == ["reste", "%% pied de page : page", "%% en-tête : APEAS"]


def test_pictures_and_text_boxes_are_told_beside_the_text(word: WordDocument) -> None:
    inner = "<w:p><w:r><w:t>dans la zone</w:t></w:r></w:p>"
    drawn = f"<w:r><w:pict><w:txbxContent>{inner}</w:txbxContent></w:pict></w:r>"
    word.element.body.insert(0, parse_xml(f"<w:p {nsdecls('w')}><w:r><w:t>texte</w:t></w:r>{drawn}</w:p>"))
    assert lines_of(word) == ["%% zone de texte : dans la zone", "%% image", "texte"]


def test_text_in_links_and_content_controls_is_not_lost(word: WordDocument) -> None:
    link = f"<w:hyperlink {nsdecls('w')}><w:r><w:t>lien</w:t></w:r></w:hyperlink>"
    word.add_paragraph("un ")._p.append(parse_xml(link))
    control = (
        f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p><w:r><w:t>zone</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    )
    word.element.body.insert(1, parse_xml(control))
    assert lines_of(word) == ["un lien", "zone"]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_no_paragraph_of_our_templates_is_missing_from_its_text(path: Path) -> None:
    content = path.read_bytes()
    text = template_text(content, name=path.name).replace("@signatures", "".join(SIGNATURE_ROWS))
    shown = squeezed(text)
    for root in parse_texts(read_members(content, name=path.name), name=path.name).values():
        for paragraph in root.iter(qn("w:p")):
            assert squeezed(text_of(paragraph)) in shown


@pytest.mark.parametrize("name", ["compte-rendu-copil", "convention-annuelle", "blocs/signatures"])
def test_a_template_built_from_its_text_has_the_same_text(name: str, tmp_path: Path) -> None:
    text = template_text((ROOT / f"templates/{name}.docx").read_bytes(), name=name)
    markup, built = tmp_path / "texte.txt", tmp_path / "refait.docx"
    markup.write_text(text, "utf-8")
    subprocess.run([sys.executable, "scripts/templates", "build", markup, built], cwd=ROOT, check=True)
    assert template_text(built.read_bytes(), name=name) == text


def test_what_is_not_word_is_refused() -> None:
    with pytest.raises(TemplateInvalid, match=r"essai\.docx n’est pas un fichier Word"):
        template_text(b"rien", name="essai.docx")
