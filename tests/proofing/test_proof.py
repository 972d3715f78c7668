"""A document is proved on its Word file and its PDF: nothing lost, one block for each who signs."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence

import pytest
from docx import Document
from docx.document import Document as WordDocument

from piles_docs.documents.conversion import Converter
from piles_docs.documents.rendering import Rendered
from piles_docs.proofing.fonts import fonts_in_text, fonts_of_styles, installed_fonts, styles_in_text
from piles_docs.proofing.proof import Signatory, block_defects, pdf_defects
from piles_docs.usecases.workspace import Workspace

LOOP = "{%tr for signataire in signataires %}"
NAMED = "{{ signataire.nom }}, {{ signataire.qualite }}"


@pytest.fixture
def host(repository: Workspace) -> Signatory:
    """Who signs the charter of the sample case."""
    person = repository.case("embrunais").porteuse.representant
    return Signatory(
        party="porteuse", name=f"{person.civilite} {person.prenom} {person.nom}", function=person.fonction
    )


def signatures(document: WordDocument, left: str = NAMED) -> None:
    table = document.add_table(3, 2)
    for row, texts in zip(
        table.rows, ([LOOP, ""], [left, "{{ signataire.case }}"], ["{%tr endfor %}", ""]), strict=True
    ):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text


def messages(docx: bytes, signatories: Sequence[Signatory]) -> list[str]:
    return [defect.message for defect in block_defects(docx, signatories, file="templates/essai.docx")]


def test_one_block_with_the_name_is_right(
    word: WordDocument, rendered: Callable[..., Rendered], host: Signatory
) -> None:
    signatures(word)
    assert messages(rendered(word).docx, [host]) == []


def test_a_missing_block_is_told(
    word: WordDocument, rendered: Callable[..., Rendered], host: Signatory
) -> None:
    word.add_paragraph("rien à signer")
    assert messages(rendered(word).docx, [host]) == [
        f"{host.name} (porteuse) a 0 emplacement de signature, pas un"
    ]


def test_a_block_that_comes_twice_is_told(
    word: WordDocument, rendered: Callable[..., Rendered], host: Signatory
) -> None:
    signatures(word)
    word.add_paragraph()
    signatures(word)
    assert messages(rendered(word).docx, [host]) == [
        f"{host.name} (porteuse) a 2 emplacements de signature, pas un"
    ]


def test_a_block_of_nobody_is_told(word: WordDocument, rendered: Callable[..., Rendered]) -> None:
    signatures(word)
    (message,) = messages(rendered(word).docx, [])
    assert "est de trop" in message


def test_a_block_without_name_or_function_is_told(
    word: WordDocument, rendered: Callable[..., Rendered], host: Signatory
) -> None:
    signatures(word, "Signature :")
    assert [message.partition(" n’est pas")[0] for message in messages(rendered(word).docx, [host])] == [
        f"« {host.name} »",
        f"« {host.function} »",
    ]


def test_a_right_document_is_whole_in_its_pdf(
    word: WordDocument, rendered: Callable[..., Rendered], converter: Converter, host: Signatory
) -> None:
    for number in range(60):
        word.add_paragraph(f"{number} : " + "un paragraphe assez long pour que des pages le coupent. " * 4)
    signatures(word)
    docx = rendered(word).docx
    pdf = converter.convert({"essai": docx})["essai"]
    assert [defect.message for defect in pdf_defects(docx, pdf, [host], file="essai")] == []


def test_what_the_pdf_does_not_show_is_told(
    word: WordDocument, rendered: Callable[..., Rendered], converter: Converter, host: Signatory
) -> None:
    word.add_paragraph("visible ")
    word.add_paragraph("Le montant de 300 euros").runs[0].font.hidden = True
    signatures(word)
    docx = rendered(word).docx
    pdf = converter.convert({"essai": docx})["essai"]
    found = [defect.message for defect in pdf_defects(docx, pdf, [host], file="essai")]
    assert len(found) == 1
    assert "300" in found[0]
    assert "pas dans le PDF" in found[0]


def test_a_pdf_without_the_signature_box_is_told(
    word: WordDocument, rendered: Callable[..., Rendered], converter: Converter, host: Signatory
) -> None:
    word.add_paragraph("rien à signer")
    docx = rendered(word).docx
    pdf = converter.convert({"essai": docx})["essai"]
    (defect,) = pdf_defects(docx, pdf, [host], file="essai")
    assert "cases de signature" in defect.message


def saved(document: WordDocument) -> bytes:
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def test_fonts_set_by_hand_are_found(word: WordDocument) -> None:
    word.add_paragraph().add_run("x").font.name = "Police Perdue"
    assert list(fonts_in_text(saved(word), name="essai")) == ["Police Perdue"]


def test_only_the_fonts_of_the_styles_in_use_count() -> None:
    document = Document()
    document.styles["Normal"].font.name = "Liberation Sans"
    document.styles["Quote"].font.name = "Police Perdue"
    letterhead = saved(document)
    assert "Police Perdue" not in fonts_of_styles(letterhead, [], name="essai")
    document.add_paragraph("cité", style="Quote")
    used = styles_in_text(saved(document), name="essai")
    assert "Police Perdue" in fonts_of_styles(letterhead, used, name="essai")


def test_without_fontconfig_fonts_are_not_said_to_be_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert installed_fonts() is None
