"""What in a PDF breaks PDF/A-2 or PDF/UA-1, among the things that a Word template can bring with it.

The full judgement is veraPDF's, in the tests. It is not on the machines where documents are made, and staff
edit templates there. So these few checks decide what a file may claim: each stands for a way of writing in
Word that was seen to fail, or for what a converter owes; the tests hold them against veraPDF, both ways.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

import pikepdf
from pikepdf import Dictionary, Name, Pdf, Stream

from piles_docs.documents.structure import ROW_GROUPS, elements, has_header, heading_level, kind_of
from piles_docs.errors import Defect, Severity, ToolFailed

PAINTS_PATH = frozenset({"S", "s", "f", "F", "f*", "B", "B*", "b", "b*"})
"""The operators that paint a path (ISO 32000-1, table 60)."""
_PAINTS_TEXT_OR_PICTURE = frozenset({"Tj", "TJ", "'", '"', "Do", "INLINE IMAGE", "sh"})
_CHARACTER = re.compile(rb"> <((?:[0-9A-Fa-f]{4})+)>")
_WHOLES = {
    "TH": {"TR"},
    "TD": {"TR"},
    **{part: {"Table", *ROW_GROUPS} for part in ("TR", *ROW_GROUPS)},
    "LI": {"L"},
    "LBody": {"LI"},
    "TOCI": {"TOC"},
}
Instruction = pikepdf.ContentStreamInstruction | pikepdf.ContentStreamInlineImage
"""One operator of a page's content stream, with its operands."""
_Pages = dict[tuple[int, int], int]  # the number of each page, from 1, by the identity of its object


class Standard(StrEnum):
    """What a file can claim to follow."""

    ARCHIVE = "PDF/A-2b"
    """ISO 19005-2, level B: looks the same later."""
    READABLE_ARCHIVE = "PDF/A-2a"
    """ISO 19005-2, level A: tagged too, and each character known."""
    ACCESSIBLE = "PDF/UA-1"
    """ISO 14289-1: a screen reader can read it."""


@dataclass(frozen=True, slots=True)
class Breach:
    """One thing that a standard forbids; the words are French."""

    standard: Standard
    message: str
    remedy: str
    page: int | None = None
    """From 1; None where the whole file is meant."""

    def __str__(self) -> str:
        return f"page {self.page} du PDF : {self.message}" if self.page else self.message


def conformance_defects(pdf: bytes, *, name: str) -> list[Defect]:
    """Say in the user's words what keeps a PDF from PDF/A-2a and PDF/UA-1; empty when it claims both.

    They are warnings: the document can be read and signed as it is.

    Args:
        pdf: A file made by a converter of this program.
        name: What the user can correct: the template's file.

    Raises:
        ToolFailed: The PDF cannot be read.
    """
    try:
        document = pikepdf.open(io.BytesIO(pdf))
    except pikepdf.PdfError as error:
        raise ToolFailed(f"le PDF de {name} est illisible", remedy="relancez la commande") from error
    with document:
        return [
            Defect(
                file=name,
                message=f"{breach} ({breach.standard})",
                remedy=breach.remedy,
                severity=Severity.WARNING,
            )
            for breach in breaches_of(document)
        ]


def breaches_of(document: Pdf, bare_pages: Iterable[int] | None = None) -> list[Breach]:
    """Find what the standards forbid and a template, a letterhead or a converter may have brought.

    Args:
        document: The file.
        bare_pages: The pages, from 1, that paint something outside the tags; None when that is not known yet.
    """
    if Name.StructTreeRoot not in document.Root:
        reason = "le PDF n’est pas balisé : le convertisseur intégré ne le fait pas"
        return [Breach(standard, reason, "installez LibreOffice, puis relancez") for standard in Standard]
    found = list(elements(document))
    pages = {page.obj.objgen: number for number, page in enumerate(document.pages, 1)}
    return [
        *_of_title(document),
        *_of_headings(found, pages),
        *_of_figures(found, pages),
        *_of_tables(found, pages),
        *_of_places(found, pages),
        *_of_content(bare_pages_of(document) if bare_pages is None else bare_pages),
        *_of_fonts(document),
    ]


def painting_outside_tags(instructions: Iterable[Instruction]) -> Iterator[tuple[int, int]]:
    """Where a page paints something that is neither tagged nor marked as decoration.

    Args:
        instructions: The page's content stream, parsed.

    Yields:
        First and last instruction of each such painting operation, by their rank from 0.
    """
    depth, path_begins = 0, -1
    for index, instruction in enumerate(instructions):
        operator = str(instruction.operator)
        if operator in {"BMC", "BDC"}:
            depth += 1
        elif operator == "EMC":
            depth -= 1
        elif operator in {"m", "re"} and path_begins < 0:
            path_begins = index
        elif operator in PAINTS_PATH or operator == "n":
            if operator != "n" and depth == 0:
                yield path_begins, index
            path_begins = -1
        elif operator in _PAINTS_TEXT_OR_PICTURE and depth == 0:
            yield index, index


def bare_pages_of(document: Pdf) -> Iterator[int]:
    """The pages, from 1, that paint something outside the tags."""
    for number, page in enumerate(document.pages, 1):
        if next(painting_outside_tags(pikepdf.parse_content_stream(page)), None):
            yield number


def characters_of(font: Dictionary) -> list[str]:
    """What a font's codes stand for, by its own table (ISO 32000-1, 9.10.3)."""
    table = font.get(Name.ToUnicode)
    if not isinstance(table, Stream):
        return []
    return [
        bytes.fromhex(code.decode()).decode("utf-16-be", "replace")
        for code in _CHARACTER.findall(table.read_bytes())
    ]


def _of_title(document: Pdf) -> Iterator[Breach]:
    if not str(document.docinfo.get(Name.Title, "")).strip():
        yield Breach(
            Standard.ACCESSIBLE, "le document n’a pas de titre", "donnez-lui un titre, puis relancez"
        )


def _of_headings(found: Sequence[Dictionary], pages: _Pages) -> Iterator[Breach]:
    """The first heading is of level 1, and none skips a level on the way down (ISO 14289-1, 7.4.2)."""
    before = 0
    for element in found:
        level = heading_level(element)
        if level is None:
            continue
        if level > before + 1:
            yield Breach(
                Standard.ACCESSIBLE,
                "un niveau de titre est sauté" if before else "le premier titre n’est pas de premier niveau",
                "dans Word, employez les styles dans l’ordre (Titre, Titre 1, Titre 2…), sans en sauter",
                _page_of(element, pages),
            )
        before = level


def _of_figures(found: Sequence[Dictionary], pages: _Pages) -> Iterator[Breach]:
    """Each picture or formula has words for who does not see it (ISO 14289-1, 7.3 and 7.7)."""
    for element in found:
        if kind_of(element) in {"Figure", "Formula"} and not str(element.get(Name.Alt, "")).strip():
            yield Breach(
                Standard.ACCESSIBLE,
                "une image, une forme ou une zone de texte n’a pas de texte de remplacement",
                "dans Word, clic droit, « Afficher le texte de remplacement », et dites ce qu’elle montre",
                _page_of(element, pages),
            )


def _of_tables(found: Sequence[Dictionary], pages: _Pages) -> Iterator[Breach]:
    """Each table names its columns (ISO 14289-1, 7.5: no machine can prove that a table needs no names)."""
    for element in found:
        if kind_of(element) == "Table" and not has_header(element):
            yield Breach(
                Standard.ACCESSIBLE,
                "un tableau de plus de deux colonnes n’a pas de ligne d’en-tête",
                "dans Word, première ligne du tableau, onglet Disposition, « Répéter les lignes d’en-tête »",
                _page_of(element, pages),
            )


def _of_places(found: Sequence[Dictionary], pages: _Pages) -> Iterator[Breach]:
    """Each part of a table or list stands in its whole (ISO 14289-1, 7.2)."""
    for element in found:
        wholes = _WHOLES.get(kind_of(element))
        if wholes and kind_of(element.P) not in wholes:
            yield Breach(
                Standard.ACCESSIBLE,
                f"le style « {kind_of(element)} » porte le nom d’une balise de liste ou de tableau",
                "dans Word, donnez un autre nom à ce style",
                _page_of(element, pages),
            )


def _of_content(bare_pages: Iterable[int]) -> Iterator[Breach]:
    """All that is painted is tagged, or marked as decoration (ISO 14289-1, 7.1)."""
    for number in bare_pages:
        yield Breach(
            Standard.ACCESSIBLE,
            "un texte ou une image échappe à la lecture d’écran",
            "dans Word, remplacez les objets dessinés ou flottants par du texte ordinaire",
            number,
        )


def _of_fonts(document: Pdf) -> Iterator[Breach]:
    """Each font is in the file, and each of its characters known.

    ISO 19005-2, 6.2.11.4 and 6.2.11.7; ISO 14289-1, 7.21.4.
    """
    for font in document.objects:
        if not isinstance(font, Dictionary) or font.get(Name.Type) != Name.Font:
            continue
        name = str(font.get(Name.BaseFont, "")).removeprefix("/").rpartition("+")[2]
        if not _is_embedded(font):
            for standard in (Standard.ARCHIVE, Standard.ACCESSIBLE):
                message = f"la police {name} n’est pas dans le fichier"
                yield Breach(standard, message, "dans Word, employez la police Liberation Sans")
        if any(unicodedata.category(letter) == "Co" for text in characters_of(font) for letter in text):
            yield Breach(
                Standard.READABLE_ARCHIVE,
                f"un signe de la police de symboles {name} n’a pas de sens hors de cette police",
                "dans Word, remplacez ce signe par du texte, ou par celui d’une police ordinaire (☐, ✓, →)",
            )


def _is_embedded(font: Dictionary) -> bool:
    if str(font.Subtype) in {"/Type0", "/Type3"}:  # told by its descendant; draws its letters itself
        return True
    descriptor = font.get(Name.FontDescriptor, Dictionary())
    return any(key in descriptor for key in (Name.FontFile, Name.FontFile2, Name.FontFile3))


def _page_of(element: Dictionary, pages: _Pages) -> int | None:
    page = element.get(Name.Pg)
    return pages.get(page.objgen) if page is not None else None
