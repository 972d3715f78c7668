"""PDF/A-2a and PDF/UA-1: every document keeps to them by the real veraPDF, and claims them only where it does."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable, Mapping
from pathlib import Path

import pikepdf
import pytest
from docx import Document
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm
from docx.table import Table
from pikepdf import Dictionary, Name
from PIL import Image

from piles_docs.documents import archival
from piles_docs.documents.archival import finish
from piles_docs.documents.boxes import find_boxes
from piles_docs.documents.conformance import Standard, conformance_defects
from piles_docs.documents.conversion import Embedded, LibreOffice, find_converter
from piles_docs.documents.cover import Cover, Round, ToSign, make_cover
from piles_docs.documents.letterhead import dress
from piles_docs.documents.making import make
from piles_docs.documents.structure import elements, kind_of
from piles_docs.errors import Severity, ToolFailed
from piles_docs.methodology.acts import Means
from piles_docs.packs.binding import Part as PackPart
from piles_docs.packs.binding import bind
from piles_docs.usecases.workspace import Workspace

from . import test_every_template as every
from .verapdf import VeraPdf

LETTERHEAD = (Path(__file__).parents[2] / "templates" / "papier-en-tete.docx").read_bytes()
# Names that staff may give to a style, and that mean something else to a PDF.
RESERVED = ("Figure", "Formula", "Index", "LI", "Note", "TD", "Table")
BOTH = {Standard.READABLE_ARCHIVE, Standard.ACCESSIBLE}
Write = Callable[[WordDocument], None]


@pytest.fixture(scope="module")
def libreoffice() -> LibreOffice:
    converter = find_converter()
    if not isinstance(converter, LibreOffice):
        pytest.skip("LibreOffice is not installed here")
    return converter


def claims(pdf: bytes) -> set[Standard]:
    """What a file's metadata claim."""
    with pikepdf.open(io.BytesIO(pdf)) as document:
        if Name.Metadata not in document.Root:
            return set()
        metadata = document.Root.Metadata.read_bytes().decode()
    level = re.search(r"<pdfaid:part>2</pdfaid:part>\s*<pdfaid:conformance>(.)<", metadata)
    found = {Standard.READABLE_ARCHIVE if level[1] == "A" else Standard.ARCHIVE} if level else set()
    return found | ({Standard.ACCESSIBLE} if "<pdfuaid:part>1<" in metadata else set())


# ---------------------------------------------------------------- the documents of the repository


@pytest.mark.parametrize("dossier", every.CASES)
def test_every_document_of_every_case_conforms(
    dossier: str, repository: Workspace, libreoffice: LibreOffice, vera: VeraPdf
) -> None:
    case, network = repository.case(dossier), repository.network()
    orders = list(every._orders(repository, dossier))
    if dossier == every.COMPLETE:
        orders.append(every._amendment(repository))
    words = {
        order.key.name: make(order, case, network, repository.template(order.document.id)).docx
        for order in orders
    }
    assert words
    pdfs = libreoffice.convert(words)
    assert {name: rules for name, pdf in pdfs.items() if (rules := _rules(vera, pdf))} == {}
    for order in orders:
        pdf = pdfs[order.key.name]
        assert claims(pdf) == BOTH, order.key.name
        assert conformance_defects(pdf, name="modele.docx") == [], order.key.name
        parties = order.document.signatories
        assert [box.party for box in find_boxes(pdf, parties, name=order.key.name)] == list(parties)


def test_the_cover_of_a_pack_conforms(repository: Workspace, libreoffice: LibreOffice, vera: VeraPdf) -> None:
    pdf = libreoffice.convert({"couverture": _cover(repository)})["couverture"]
    assert _rules(vera, pdf) == []
    assert claims(pdf) == BOTH


def _rules(vera: VeraPdf, pdf: bytes) -> list[str]:
    return [*vera.broken_rules(pdf, "PDF/A-2a"), *vera.broken_rules(pdf, "PDF/UA-1")]


def _cover(repository: Workspace) -> bytes:
    day = dt.date(2026, 10, 15)
    cover = Cover(
        signatory="Mme Lise Exemple", function="présidente", on_behalf_of="l’Association", due_on=day, issued_on=day,
        to_sign=(ToSign(title="Charte", reference="c.1", original=1, originals=2, page=2, place="en bas à droite", means=Means.PAPER, unlocks="l’étape 2"),),
        signed=(("Convention", day),), head="essai 1 0000-0000-0000-0000", read_only=(("Programme", 4),), orders=(Round(titles=("Charte",), names=("Mme Lise Exemple", "M. Jean Exemple"), reader=0),),
    )  # fmt: skip
    return make_cover(cover, repository.network(), repository.template("couverture"))


# ---------------------------------------------------------------- what staff may write in Word


def _document(write: Write, *, title: str = "Essai d’« accents » & de <signes>") -> bytes:
    """A template as staff would save it, with the letterhead on."""
    word = Document()
    word.core_properties.title = title
    write(word)
    letterhead = Document(io.BytesIO(LETTERHEAD))
    letterhead.styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER)  # LibreOffice links nothing without it
    for name in RESERVED:
        letterhead.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    return dress(_saved(word), _saved(letterhead))


def _saved(word: WordDocument) -> bytes:
    content = io.BytesIO()
    word.save(content)
    return content.getvalue()


def _nothing(word: WordDocument) -> None:
    word.add_paragraph("Le document", style="Title")
    word.add_paragraph("Un paragraphe.")


def _headings(*styles: str) -> Write:
    def write(word: WordDocument) -> None:
        for style in styles:
            word.add_paragraph(f"Niveau {style}", style=style)
            word.add_paragraph("Texte.")

    return write


def _picture(description: str | None, *, colours: str = "RGB") -> Write:
    def write(word: WordDocument) -> None:
        _nothing(word)
        picture = io.BytesIO()
        Image.new("RGB", (40, 20), (200, 0, 0)).save(picture, "PNG")
        picture.seek(0)
        word.add_picture(picture, width=Mm(30))
        if colours != "RGB":
            other = io.BytesIO()
            Image.new(colours, (40, 20)).save(other, "JPEG")
            next(part for part in word.part.package.image_parts)._blob = other.getvalue()
        if description is not None:
            word.element.body.findall(f".//{qn('wp:docPr')}")[-1].set("descr", description)

    return write


def _table(
    columns: int = 3, *, header: bool = True, change: Callable[[Table], object] = lambda table: None
) -> Write:
    def write(word: WordDocument) -> None:
        _nothing(word)
        table = word.add_table(4, columns)
        for row in table.rows:
            for cell in row.cells:
                cell.text = "Texte"
        if header:
            _repeat(table, 0)
        change(table)
        word.add_paragraph("Après.")

    return write


def _repeat(table: Table, row: int) -> None:
    table.rows[row]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _symbol(font: str, code: str) -> Write:
    def write(word: WordDocument) -> None:
        _nothing(word)
        run = f'<w:r {nsdecls("w")}><w:sym w:font="{font}" w:char="{code}"/></w:r>'
        word.add_paragraph("Signe : ")._p.append(parse_xml(run))

    return write


def _empty_heading(word: WordDocument) -> None:
    _nothing(word)
    word.add_paragraph("", style="Heading 3")


def _styled(name: str, *, under_title: bool = True) -> Write:
    def write(word: WordDocument) -> None:
        if under_title:
            _nothing(word)
        if name in RESERVED:
            word.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        word.add_paragraph("Texte.", style=name)

    return write


def _lists(word: WordDocument) -> None:
    _nothing(word)
    for style in ("List Bullet", "List Bullet 2", "List Bullet", "List Number", "List Number"):
        word.add_paragraph("Point", style=style)


def _links(word: WordDocument) -> None:
    _nothing(word)
    word.styles.add_style("Hyperlink", WD_STYLE_TYPE.CHARACTER)
    target = word.part.relate_to("https://asso.example/", RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    run = '<w:r><w:rPr><w:rStyle w:val="Hyperlink"/></w:rPr><w:t xml:space="preserve">{} </w:t></w:r>'
    for attribute, text in ((f'r:id="{target}"', "un long lien" * 30), ('w:anchor="ici"', "plus haut")):
        link = f"<w:hyperlink {nsdecls('w', 'r')} {attribute}>{run.format(text)}</w:hyperlink>"
        word.add_paragraph("Voir ")._p.append(parse_xml(link))
    word.paragraphs[1]._p.append(parse_xml(f'<w:bookmarkStart {nsdecls("w")} w:id="7" w:name="ici"/>'))
    word.paragraphs[1]._p.append(parse_xml(f'<w:bookmarkEnd {nsdecls("w")} w:id="7"/>'))


def _footnotes(word: WordDocument) -> None:
    _nothing(word)
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
    note = '<w:footnote w:id="{0}"><w:p><w:r><w:footnoteRef/></w:r><w:r><w:t> Note {0}.</w:t></w:r></w:p></w:footnote>'
    xml = f"<w:footnotes {nsdecls('w')}>{note.format(2)}{note.format(3)}</w:footnotes>"
    part = Part(PackURI("/word/footnotes.xml"), kind, xml.encode(), word.part.package)
    word.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)
    for number in (2, 3):
        mark = f'<w:r {nsdecls("w")}><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteReference w:id="{number}"/></w:r>'
        word.add_paragraph("Appel")._p.append(parse_xml(mark))


def _sections(word: WordDocument) -> None:
    _nothing(word)
    wide = word.add_section()
    wide.page_width, wide.page_height = wide.page_height, wide.page_width
    word.add_paragraph("Large")
    columns = word.add_section()
    columns._sectPr.append(parse_xml(f'<w:cols {nsdecls("w")} w:num="2"/>'))
    word.add_paragraph("texte " * 900)


def _decorated(word: WordDocument) -> None:
    _nothing(word)
    run = word.add_paragraph().add_run("souligné et barré")
    run.underline = run.font.strike = True
    framed = word.add_paragraph("encadré")._p.get_or_add_pPr()
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="6" w:space="4"/>' for side in ("top", "left", "bottom", "right")
    )
    framed.append(parse_xml(f"<w:pBdr {nsdecls('w')}>{sides}</w:pBdr>"))
    framed.append(parse_xml(f'<w:shd {nsdecls("w")} w:val="clear" w:fill="FFDD00"/>'))
    english = word.add_paragraph().add_run("English words")
    english._r.get_or_add_rPr().append(parse_xml(f'<w:lang {nsdecls("w")} w:val="en-GB"/>'))


def _fields(word: WordDocument) -> None:
    """A check box and a text field, as Word's forms have them."""
    _nothing(word)
    for data, instruction in (
        ("<w:textInput/>", "FORMTEXT"),
        ("<w:checkBox><w:sizeAuto/></w:checkBox>", "FORMCHECKBOX"),
    ):
        pieces = [
            f'<w:fldChar w:fldCharType="begin"><w:ffData><w:name w:val="champ"/><w:enabled/>{data}</w:ffData></w:fldChar>',
            f"<w:instrText> {instruction} </w:instrText>", '<w:fldChar w:fldCharType="separate"/>', "<w:t>.....</w:t>",
            '<w:fldChar w:fldCharType="end"/>',
        ]  # fmt: skip
        paragraph = word.add_paragraph("À remplir : ")._p
        for piece in pieces:
            paragraph.append(parse_xml(f"<w:r {nsdecls('w')}>{piece}</w:r>"))


def _text_box(word: WordDocument) -> None:
    _nothing(word)
    shape = "http://schemas.microsoft.com/office/word/2010/wordprocessingShape"
    box = f"""<w:r {nsdecls("w", "wp", "a")} xmlns:wps="{shape}"><w:drawing><wp:anchor distT="0" distB="0" distL="0" distR="0"
      simplePos="0" relativeHeight="2" behindDoc="0" locked="0" layoutInCell="1" allowOverlap="1"><wp:simplePos x="0" y="0"/>
      <wp:positionH relativeFrom="column"><wp:posOffset>0</wp:posOffset></wp:positionH>
      <wp:positionV relativeFrom="paragraph"><wp:posOffset>0</wp:posOffset></wp:positionV><wp:extent cx="1800000" cy="600000"/>
      <wp:wrapTopAndBottom/><wp:docPr id="990" name="Zone"/><a:graphic><a:graphicData uri="{shape}"><wps:wsp>
      <wps:cNvSpPr txBox="1"/><wps:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="1800000" cy="600000"/></a:xfrm>
      <a:prstGeom prst="rect"><a:avLst/></a:prstGeom></wps:spPr><wps:txbx><w:txbxContent><w:p><w:r><w:t>En zone</w:t></w:r></w:p>
      </w:txbxContent></wps:txbx><wps:bodyPr/></wps:wsp></a:graphicData></a:graphic></wp:anchor></w:drawing></w:r>"""
    word.add_paragraph("Avant")._p.append(parse_xml(box))


FIT: Mapping[str, Write] = {
    "a paragraph": _nothing,
    "no heading at all": _styled("Normal", under_title=False),
    "headings under a title": _headings("Title", "Heading 1", "Heading 2", "Heading 2", "Heading 1"),
    "headings without a title": _headings("Heading 1", "Heading 2", "Heading 3", "Heading 1"),
    "two titles": _headings("Title", "Heading 1", "Title", "Heading 1"),
    "headings down to the ninth": _headings("Title", *(f"Heading {level}" for level in range(1, 10))),
    "an empty line styled as a heading": _empty_heading,
    "a described picture": _picture("Le plan du quartier"),
    "a printer's picture": _picture("Le plan du quartier", colours="CMYK"),
    "a table": _table(),
    "a table with two rows of header": _table(change=lambda table: _repeat(table, 1)),
    "a table with cells joined": _table(change=lambda table: table.cell(1, 0).merge(table.cell(1, 1))),
    "a table with rows joined": _table(change=lambda table: table.cell(1, 0).merge(table.cell(3, 0))),
    "a table with its header joined": _table(change=lambda table: table.cell(0, 0).merge(table.cell(0, 2))),
    "a table with a short row": _table(change=lambda table: table.rows[2]._tr.remove(table.rows[2]._tr.tc_lst[-1])),
    "a table in a table": _table(change=lambda table: table.cell(1, 1).add_table(2, 2)),
    "two columns without header": _table(2, header=False),
    "lists": _lists,
    "links": _links,
    "footnotes": _footnotes,
    "wide pages and columns": _sections,
    "frames, lines and other languages": _decorated,
    "form fields": _fields,
    "a bullet of Symbol": _symbol("Symbol", "F0B7"),
    "a tick of Wingdings": _symbol("Wingdings", "F0FC"),
    "a quotation": _styled("Quote"),
    "a caption": _styled("Caption"),
    **{f"a style named {name}": _styled(name) for name in ("Index", "Note", "Table")},
}  # fmt: skip

UNFIT: Mapping[str, tuple[Write, set[Standard], str]] = {
    "a level of heading skipped": (
        _headings("Title", "Heading 1", "Heading 3"), {Standard.READABLE_ARCHIVE}, "niveau de titre est sauté",
    ),
    "a title, then the second level": (
        _headings("Title", "Heading 2"), {Standard.READABLE_ARCHIVE}, "niveau de titre est sauté",
    ),
    "the second level first": (
        _headings("Heading 2"), {Standard.READABLE_ARCHIVE}, "premier titre n’est pas de premier niveau",
    ),
    "a heading before the title": (
        _headings("Heading 1", "Title"), {Standard.READABLE_ARCHIVE}, "premier titre n’est pas de premier niveau",
    ),
    "a picture without words": (_picture(None), {Standard.READABLE_ARCHIVE}, "texte de remplacement"),
    "a text box": (_text_box, {Standard.READABLE_ARCHIVE}, "zone de texte"),
    **{
        f"a style named {name}": (_styled(name), {Standard.READABLE_ARCHIVE}, "porte le nom d’une balise")
        for name in ("LI", "TD")
    },
    **{
        f"a style named {name}": (_styled(name), {Standard.READABLE_ARCHIVE}, "texte de remplacement")
        for name in ("Figure", "Formula")
    },
    "a symbol that only its font knows": (
        _symbol("Wingdings", "F04A"), {Standard.ARCHIVE, Standard.ACCESSIBLE}, "n’a pas de sens hors de cette police",
    ),
}  # fmt: skip
"""What staff may write, what the file may still claim, and the words of the defect."""

STRICTER: Mapping[str, tuple[Write, str]] = {
    "a table without header": (_table(header=False), "pas de ligne d’en-tête"),
    "a picture with blank words": (_picture(" "), "texte de remplacement"),
    "no title": (_nothing, "le document n’a pas de titre"),
}
"""What no machine can prove to be wrong, and what is wrong for who listens: said, and not claimed."""


@pytest.fixture(scope="module")
def written(libreoffice: LibreOffice) -> dict[str, bytes]:
    """All that staff may write, made PDF in one go."""
    writes = {
        **FIT,
        **{name: write for name, (write, _, _) in UNFIT.items()},
        **{name: write for name, (write, _) in STRICTER.items()},
    }
    words = {name: _document(write) for name, write in writes.items()}
    words["no title"] = _document(_nothing, title="")
    return libreoffice.convert(words)


@pytest.mark.parametrize("name", FIT)
def test_what_is_well_written_claims_both_and_verapdf_agrees(
    name: str, written: dict[str, bytes], vera: VeraPdf
) -> None:
    assert _rules(vera, written[name]) == []
    assert claims(written[name]) == BOTH
    assert conformance_defects(written[name], name="modele.docx") == []


@pytest.mark.parametrize("name", UNFIT)
def test_what_breaks_a_standard_does_not_claim_it_and_verapdf_agrees(
    name: str, written: dict[str, bytes], vera: VeraPdf, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, kept, words = UNFIT[name]
    pdf = written[name]
    assert claims(pdf) == kept
    for standard in kept:
        assert vera.broken_rules(pdf, standard) == []
    (defect,) = conformance_defects(pdf, name="modele.docx")
    assert words in defect.message
    assert defect.severity is Severity.WARNING
    monkeypatch.setattr(archival, "breaches_of", lambda *_: [])
    boastful = finish(pdf)
    assert claims(boastful) == BOTH
    for standard in BOTH:
        assert bool(vera.broken_rules(boastful, standard)) == (standard not in kept), standard


@pytest.mark.parametrize("name", STRICTER)
def test_what_is_wrong_for_who_listens_is_not_claimed_either(name: str, written: dict[str, bytes]) -> None:
    assert claims(written[name]) == {Standard.READABLE_ARCHIVE}
    (defect,) = conformance_defects(written[name], name="modele.docx")
    assert STRICTER[name][1] in defect.message


def test_a_defect_names_the_page(written: dict[str, bytes]) -> None:
    (defect,) = conformance_defects(written["a picture without words"], name="modele.docx")
    assert defect.message.startswith("page 1 du PDF : ")


def test_nothing_of_the_clock_is_in_the_file(written: dict[str, bytes]) -> None:
    year = dt.datetime.now(dt.UTC).year
    for name, pdf in written.items():
        with pikepdf.open(io.BytesIO(pdf)) as document:
            assert {"/CreationDate", "/ModDate"}.isdisjoint(document.docinfo.keys()), name
            assert b"Date>" not in document.Root.Metadata.read_bytes(), name
            (intent,) = document.Root.OutputIntents
            assert intent.DestOutputProfile.read_bytes()[24:26] != year.to_bytes(2), name


# ---------------------------------------------------------------- what a screen reader meets


def _kinds(pdf: bytes) -> list[str]:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return [kind_of(element) for element in elements(document)]


def test_the_title_is_the_first_heading_and_the_others_go_one_level_down(written: dict[str, bytes]) -> None:
    kinds = _kinds(written["headings under a title"])
    assert [kind for kind in kinds if kind != "P"] == ["Document", "H1", "H2", "H3", "H3", "H2"]
    without = _kinds(written["headings without a title"])
    assert [kind for kind in without if kind != "P"] == ["Document", "H1", "H2", "H3", "H1"]


def test_lists_are_lists(written: dict[str, bytes]) -> None:
    kinds = [kind for kind in _kinds(written["lists"]) if kind.startswith("L")]
    assert kinds.count("LI") == kinds.count("LBody") == 5
    assert kinds.count("L") >= 2


def test_a_header_row_names_its_columns_and_a_layout_is_no_table(written: dict[str, bytes]) -> None:
    with pikepdf.open(io.BytesIO(written["a table"])) as document:
        headers = [element for element in elements(document) if kind_of(element) == "TH"]
        assert len(headers) == 3
        for header in headers:
            assert Dictionary(O=Name.Table, Scope=Name.Column) in list(header.A)
    assert {"Table", "TR", "TD", "TH"}.isdisjoint(_kinds(written["two columns without header"]))


def test_links_lead_on_and_stand_in_the_tags(written: dict[str, bytes]) -> None:
    with pikepdf.open(io.BytesIO(written["links"])) as document:
        links = [link for page in document.pages for link in page.get(Name.Annots, [])]
        assert len(links) >= 2
        assert {str(link.A.URI) for link in links if Name.A in link} == {"https://asso.example/"}
        assert all(Name.StructParent in link and str(link.Contents) for link in links)


def test_the_file_says_its_title_and_its_language(written: dict[str, bytes]) -> None:
    with pikepdf.open(io.BytesIO(written["a paragraph"])) as document:
        assert document.Root.Lang == "fr-FR"
        assert bool(document.Root.ViewerPreferences.DisplayDocTitle)
        assert document.docinfo.Title == "Essai d’« accents » & de <signes>"
        with document.open_metadata() as metadata:
            assert metadata["dc:title"] == "Essai d’« accents » & de <signes>"


def test_the_letterhead_is_not_read_aloud_and_the_body_is(written: dict[str, bytes]) -> None:
    """Header and footer are marked as decoration; what is tagged stands in the tree."""
    with pikepdf.open(io.BytesIO(written["a paragraph"])) as document:
        (page,) = document.pages
        marks = [
            str(instruction.operands[0])
            for instruction in pikepdf.parse_content_stream(page)
            if str(instruction.operator) in {"BMC", "BDC"}
        ]
        tagged = [mark for mark in marks if mark != "/Artifact"]
        assert len(marks) > len(tagged) > 0
        numbers = [int(kid) for element in elements(document) for kid in element.K if isinstance(kid, int)]
        assert sorted(numbers) == list(range(len(tagged)))


def test_a_signature_box_says_whose_it_is(repository: Workspace, libreoffice: LibreOffice) -> None:
    order = next(
        order
        for order in every._orders(repository, every.COMPLETE)
        if order.document.id == "convention-cadre"
    )
    made = make(
        order, repository.case(every.COMPLETE), repository.network(), repository.template(order.document.id)
    )
    pdf = libreoffice.convert({"convention": made.docx})["convention"]
    with pikepdf.open(io.BytesIO(pdf)) as document:
        boxes = [str(element.Alt) for element in elements(document) if kind_of(element) == "Figure"]
    assert len(boxes) == len(order.document.signatories)
    assert all(re.fullmatch("Emplacement de la signature de (M.|Mme) .+", box) for box in boxes), boxes


# ---------------------------------------------------------------- what a converter owes


def _damaged(pdf: bytes, damage: Callable[[pikepdf.Pdf], object]) -> bytes:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        damage(document)
        output = io.BytesIO()
        document.save(output)
    return output.getvalue()


def _remove_font(document: pikepdf.Pdf) -> None:
    for item in document.objects:
        if isinstance(item, Dictionary) and Name.FontFile2 in item:
            del item.FontFile2


def _paint_text_outside_tags(document: pikepdf.Pdf) -> None:
    page = document.pages[0]
    font = next(iter(page.Resources.Font.keys()))
    page.contents_add(f"BT {font} 9 Tf 100 100 Td <01> Tj ET".encode())


@pytest.mark.parametrize(
    ("damage", "kept", "words"),
    [
        (_remove_font, set(), "n’est pas dans le fichier"),
        (_paint_text_outside_tags, {Standard.READABLE_ARCHIVE}, "échappe à la lecture d’écran"),
    ],
)
def test_what_the_converter_owes_is_checked_too(
    damage: Callable[[pikepdf.Pdf], None],
    kept: set[Standard],
    words: str,
    written: dict[str, bytes],
    vera: VeraPdf,
) -> None:
    boastful = _damaged(written["a paragraph"], damage)
    assert claims(finish(boastful)) == kept
    assert any(words in defect.message for defect in conformance_defects(boastful, name="modele.docx"))
    for standard in BOTH:
        assert bool(vera.broken_rules(boastful, standard)) == (standard not in kept), standard


def test_the_embedded_converter_claims_nothing() -> None:
    pdf = Embedded().convert({"essai": _document(_nothing)})["essai"]
    assert claims(pdf) == set()
    assert {"PDF/A-2a", "PDF/UA-1"} <= {
        defect.message.rpartition("(")[2].rstrip(")")
        for defect in conformance_defects(pdf, name="modele.docx")
    }


def test_what_is_no_pdf_is_said() -> None:
    with pytest.raises(ToolFailed, match="illisible"):
        conformance_defects(b"rien", name="modele.docx")


def test_a_pack_claims_nothing_and_keeps_title_and_language(written: dict[str, bytes]) -> None:
    pdf = bind(
        [PackPart(title="Essai", content=written[name]) for name in ("a table", "links")], title="À signer"
    )
    assert claims(pdf) == set()
    with pikepdf.open(io.BytesIO(pdf)) as document:
        assert document.Root.Lang == "fr-FR"
        assert document.docinfo.Title == "À signer"
        assert bool(document.Root.ViewerPreferences.DisplayDocTitle)
