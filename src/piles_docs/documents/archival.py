"""From LibreOffice's PDF to one to archive and to read aloud: PDF/A-2a and PDF/UA-1, claimed where true.

LibreOffice tags the file and embeds its fonts. What it leaves to be done is here, each mend for a rule that
veraPDF found broken. The same file in gives the same bytes out, whenever LibreOffice made it: its dates,
identifiers and checksums are not carried over. See docs/adr/0007-archival-pdf.md.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Sequence
from xml.sax.saxutils import escape

import pikepdf
from pikepdf import Array, ContentStreamInstruction, Dictionary, Name, Operator, Pdf, String

from piles_docs.documents.conformance import PAINTS_PATH, Standard, breaches_of, painting_outside_tags
from piles_docs.documents.structure import (
    TABLE_PARTS,
    children_of,
    elements,
    has_header,
    heading_level,
    kind_of,
    rows_of,
)

_LANGUAGE = "fr-FR"
_LOWEST_HEADING = 6
_ICC_DATE = 24  # where the date stands in a colour profile
_TITLE_STYLE = "Title"
# The types that LibreOffice writes of itself: a style of the same name does not change what they are.
_OWN_TYPES = TABLE_PARTS | {
    *("Document", "Sect", "Div", "Table", "L", "LI", "Lbl", "LBody", "Figure"),
    *("Formula", "Link", "Note", "TOC", "TOCI", "Span"),
}
# Bullets of Word's gallery, in Symbol and Wingdings: the code within the font, and the character it draws.
_BULLETS = {
    b"F0B7": "•",
    b"F0A7": "▪",
    b"F0A8": "◻",
    b"F06F": "☐",
    b"F076": "❖",
    b"F0D8": "➢",
    b"F0E0": "→",
    b"F0E8": "➔",
    b"F0FC": "✓",
    b"F0FE": "☑",
}
_BULLET_CODE = re.compile(rb"(?<=> <)F0[0-9A-F]{2}(?=>)")

_METADATA = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:language><rdf:Bag><rdf:li>{language}</rdf:li></rdf:Bag></dc:language>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<pdf:Producer>{producer}</pdf:Producer>
</rdf:Description>
{claims}</rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>
"""
_CLAIM_ARCHIVE = """<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
{part}<pdfaid:conformance>{level}</pdfaid:conformance>
</rdf:Description>
"""
_PART_WITHOUT_FILES, _PART_WITH_FILES = "<pdfaid:part>2</pdfaid:part>", "<pdfaid:part>3</pdfaid:part>"
# PDF/A wants each property that it does not know described in the file itself (ISO 19005-2, 6.6.2.3.3).
_CLAIM_ACCESSIBLE = """<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/">
<pdfuaid:part>1</pdfuaid:part>
</rdf:Description>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
 xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#"
 xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
"""


def finish(pdf: bytes) -> bytes:
    """Mend a tagged PDF of LibreOffice, and claim the standards that it then keeps to.

    Args:
        pdf: As LibreOffice exported it for PDF/A-2 and PDF/UA.

    Returns:
        The file. Its metadata claim PDF/A-2 (level A; B where a symbol has no known meaning) and PDF/UA-1,
        each only where `conformance.breaches_of` finds nothing against it.
    """
    with pikepdf.open(io.BytesIO(pdf)) as document:
        _speak_standard_types(document)
        _read_layout_tables_in_line(document)
        _name_notes(document)
        _keep_tagged_links(document)
        bare_pages = _mark_lines_as_decoration(document)
        _give_bullets_their_meaning(document)
        _date_colours(document)
        _describe(document, bare_pages)
        output = io.BytesIO()
        document.save(output, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return output.getvalue()


def claim_files(document: Pdf) -> None:
    """Let a file that claims PDF/A-2 claim PDF/A-3: the same rules, and files of any kind allowed inside.

    ISO 19005-3, introduction and 6.8. A file that claims no PDF/A still claims none.
    """
    if Name.Metadata in document.Root:
        metadata = document.Root.Metadata.read_bytes()
        document.Root.Metadata.write(
            metadata.replace(_PART_WITHOUT_FILES.encode(), _PART_WITH_FILES.encode())
        )


def _speak_standard_types(document: Pdf) -> None:
    """Replace the names of Word styles by the standard types that they stand for (ISO 14289-1, 7.1).

    LibreOffice maps names to types, and its map breaks where a style bears the name of a standard type, as
    « Quote » does. A document's title is a paragraph to it: here it is the first heading, and the others go
    one level down. A heading without text is an empty line.
    """
    root = document.Root.StructTreeRoot
    types = {name.removeprefix("/"): kind for name, kind in root.get(Name.RoleMap, Dictionary()).items()}
    found = list(elements(document))
    demotion = 1 if any(kind_of(element) == _TITLE_STYLE for element in found) else 0
    for element in found:
        if kind_of(element) == _TITLE_STYLE:
            element.S = Name.H1
        elif level := heading_level(element):
            element.S = Name(f"/H{min(level + demotion, _LOWEST_HEADING)}")
        elif kind_of(element) not in _OWN_TYPES:
            element.S = types.get(kind_of(element), element.S)
        if heading_level(element) and Name.K not in element:
            element.S = Name.P
    if Name.RoleMap in root:
        del root.RoleMap


def _read_layout_tables_in_line(document: Pdf) -> None:
    """Let a table of two columns at most and without header be read cell after cell.

    It only sets things side by side, values by their names or signatures; read as a table, it would announce
    rows and columns without names.
    """
    for table in [element for element in elements(document) if kind_of(element) == "Table"]:
        if not has_header(table) and max(map(len, rows_of(table)), default=0) <= 2:
            _make_division(table)


def _make_division(part: Dictionary) -> None:
    part.S = Name.Div
    if Name.A in part:  # width, height, spans: a table's
        del part.A
    for child in children_of(part):
        if kind_of(child) in TABLE_PARTS:
            _make_division(child)


def _name_notes(document: Pdf) -> None:
    """Give each footnote an identifier (ISO 14289-1, 7.9)."""
    names = Array()
    for rank, note in enumerate((item for item in elements(document) if kind_of(item) == "Note"), 1):
        note.ID = String(f"note-{rank:04}")
        names.extend([note.ID, note])
    if len(names):
        document.Root.StructTreeRoot.IDTree = document.make_indirect(Dictionary(Names=names))


def _keep_tagged_links(document: Pdf) -> None:
    """Drop the second, untagged link that LibreOffice lays over a footnote's mark; the tags order the others.

    ISO 14289-1, 7.18.3 and 7.18.5.
    """
    for page in document.pages:
        page.Tabs = Name.S
        if Name.Annots in page:
            page.Annots = Array([link for link in page.Annots if Name.StructParent in link])


def _mark_lines_as_decoration(document: Pdf) -> list[int]:
    """Mark as decoration the lines that LibreOffice leaves bare, as under the letterhead.

    ISO 14289-1, 7.1.

    Returns:
        The pages, from 1, on which something else stays bare. To read a page takes long: it is done once.
    """
    bare_pages = []
    for number, page in enumerate(document.pages, 1):
        instructions = list(pikepdf.parse_content_stream(page))
        bare = list(painting_outside_tags(instructions))
        lines = [one for one in bare if str(instructions[one[1]].operator) in PAINTS_PATH]
        if len(lines) < len(bare):
            bare_pages.append(number)
        for first, last in reversed(lines):
            instructions.insert(last + 1, ContentStreamInstruction([], Operator("EMC")))
            instructions.insert(first, ContentStreamInstruction([Name.Artifact], Operator("BMC")))
        if lines:
            page.Contents = document.make_stream(pikepdf.unparse_content_stream(instructions))
    return bare_pages


def _give_bullets_their_meaning(document: Pdf) -> None:
    """Say which character a bullet is, where only its symbol font knew (ISO 19005-2, 6.2.11.7)."""

    def meaning(match: re.Match[bytes]) -> bytes:
        character = _BULLETS.get(match[0])
        return f"{ord(character):04X}".encode() if character else match[0]

    for item in document.objects:
        if isinstance(item, Dictionary) and item.get(Name.Type) == Name.Font and Name.ToUnicode in item:
            item.ToUnicode.write(_BULLET_CODE.sub(meaning, item.ToUnicode.read_bytes()))


def _date_colours(document: Pdf) -> None:
    """Give the colour profile, which LibreOffice makes each time, always the same date (ICC.1, 7.2.8)."""
    for intent in document.Root.get(Name.OutputIntents, Array()):
        profile = intent.DestOutputProfile.read_bytes()
        date = struct.pack(">6H", 2000, 1, 1, 0, 0, 0)
        intent.DestOutputProfile.write(profile[:_ICC_DATE] + date + profile[_ICC_DATE + len(date) :])


def _describe(document: Pdf, bare_pages: Sequence[int]) -> None:
    """Set language, title and metadata, with what the file may claim, and nothing of the clock."""
    title, producer = (str(document.docinfo.get(key, "")) for key in (Name.Title, Name.Producer))
    document.trailer.Info = document.make_indirect(Dictionary(Title=title, Producer=producer))
    for key in (Name.ID, Name.DocChecksum):  # made of chance; saving writes an identifier of the content's
        if key in document.trailer:
            del document.trailer[key]
    document.Root.Lang = String(_LANGUAGE)
    document.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    broken = {breach.standard for breach in breaches_of(document, bare_pages)}
    claims = ""
    if Standard.ARCHIVE not in broken:
        claims += _CLAIM_ARCHIVE.format(
            part=_PART_WITHOUT_FILES, level="B" if Standard.READABLE_ARCHIVE in broken else "A"
        )
    if Standard.ACCESSIBLE not in broken:
        claims += _CLAIM_ACCESSIBLE
    metadata = _METADATA.format(
        title=escape(title), producer=escape(producer), language=_LANGUAGE, claims=claims
    )
    document.Root.Metadata = document.make_stream(metadata.encode(), Type=Name.Metadata, Subtype=Name.XML)
