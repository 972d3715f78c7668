"""Signature fields that wait in an issued PDF, one for each signatory, where the Word template has its box.

All fields exist before the first signature: after the seal none may be added (ISO 32000-2, 12.8.2.2), and a
signatory who adds one would break the signatures before.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from itertools import count

import pikepdf
from pikepdf import (
    Array,
    ContentStreamInlineImage,
    ContentStreamInstruction,
    Dictionary,
    Name,
    NumberTree,
    Operator,
    Page,
    Pdf,
    String,
)

from piles_docs.documents.structure import elements
from piles_docs.errors import SigningFailed
from piles_docs.methodology.acts import Box

_PRINTED = 4  # annotation flag (ISO 32000-2, table 167): PDF/A wants every annotation printed
_SIGNATURES_EXIST_AND_APPEND_ONLY = 3  # /SigFlags, ISO 32000-2, table 225
_TOLERANCE_POINTS = 1.0  # between a picture and the bounds that its tag tells


def add_fields(document: Pdf, labels: Mapping[Box, str], *, name: str) -> None:
    """Put the empty fields into an open, tagged PDF.

    Each field takes the place of the picture that marked it in the tags (ISO 14289-1, 7.18.4), and the
    picture becomes decoration.

    Args:
        document: As LibreOffice and `archival.finish` made it.
        labels: Where signatures go, and what is read aloud there: « Signature de Mme Lise Exemple ».
        name: Of the document, for messages.

    Raises:
        SigningFailed: The file is not tagged, or the tags have no picture where a field is to be.
    """
    # The embedded converter tags headings alone, and describes nothing.
    if not {Name.StructTreeRoot, Name.Metadata} <= set(document.Root.keys()):
        raise SigningFailed(
            f"{name} : ce PDF n’est ni PDF/A ni balisé : ses champs ne seraient pas accessibles",
            remedy="installez LibreOffice, ou faites signer sur papier (--means papier)",
        )
    figures = [_figure_at(document, box) for box in labels]
    tags = document.Root.StructTreeRoot
    parents = NumberTree(tags.ParentTree)
    fields = Array()
    marks: dict[int, set[int]] = defaultdict(set)
    numbers = count(max(parents.keys(), default=-1) + 1)
    for (box, label), figure, number in zip(labels.items(), figures, numbers, strict=False):
        if figure is None:
            raise SigningFailed(
                f"{name} : la case de {box.party} n’a pas sa place dans les balises du PDF",
                remedy="vérifiez que {{ signataire.case }} est dans le tableau des signatures du modèle",
            )
        field = _add_field(document, box, label, number)
        fields.append(field)
        marks[box.page] |= _marks_of(figure)
        _lead_to(figure, field)
        parents[number] = figure
        tags.ParentTreeNextKey = number + 1
    for page, theirs in marks.items():
        if theirs:  # of a picture that paints nothing, LibreOffice often marks nothing either
            _make_decoration(document, document.pages[page - 1], theirs, parents)
    document.Root.AcroForm = document.make_indirect(
        Dictionary(Fields=fields, SigFlags=_SIGNATURES_EXIST_AND_APPEND_ONLY)
    )


def _figure_at(document: Pdf, box: Box) -> Dictionary | None:
    """The tag of the picture that marks a box."""
    page = document.pages[box.page - 1].obj
    for element in elements(document):
        if Name.Figure != element.S or element.get(Name.Pg) != page or Name.A not in element:
            continue
        attributes = element.A if isinstance(element.A, Array) else [element.A]
        for bounds in (item.BBox for item in attributes if Name.BBox in item):
            sides = zip(map(float, bounds), box.rect, strict=True)
            if all(abs(found - wanted) < _TOLERANCE_POINTS for found, wanted in sides):
                return element
    return None


def _add_field(document: Pdf, box: Box, label: str, number: int) -> Dictionary:
    """Put a field on its page; its number leads from it to its tag."""
    page = document.pages[box.page - 1]
    left, bottom, right, top = box.rect
    nothing = document.make_stream(b"q Q", Type=Name.XObject, Subtype=Name.Form)
    nothing.BBox = Array([0, 0, round(right - left, 2), round(top - bottom, 2)])
    field = document.make_indirect(
        Dictionary(
            Type=Name.Annot,
            Subtype=Name.Widget,
            FT=Name.Sig,
            T=String(box.field),
            TU=String(label),
            Rect=Array(box.rect),
            F=_PRINTED,
            P=page.obj,
            AP=Dictionary(N=nothing),
            StructParent=number,
        )
    )
    if Name.Annots in page:
        page.Annots.append(field)
    else:
        page.Annots = Array([field])
    page.Tabs = Name.S
    return field


def _lead_to(figure: Dictionary, field: Dictionary) -> None:
    """Make the tag of a picture that of a field."""
    figure.S = Name.Form
    # Not in an array of its own: pyHanko would take every second signature for a forbidden change.
    figure.K = Dictionary(Type=Name.OBJR, Obj=field, Pg=figure.Pg)
    for key in (Name.A, Name.Alt):
        if key in figure:
            del figure[key]


def _marks_of(figure: Dictionary) -> set[int]:
    """The numbers of the marked contents that are a picture's."""
    kids = figure.get(Name.K, Array())
    marks = set()
    for kid in kids if isinstance(kids, Array) else [kids]:
        if not isinstance(kid, Dictionary):
            marks.add(int(kid))
        elif Name.MCID in kid:
            marks.add(int(kid.MCID))
    return marks


def _make_decoration(document: Pdf, page: Page, marks: set[int], parents: NumberTree) -> None:
    """Take marked contents of a page out of the tags."""
    instructions: list[ContentStreamInstruction | ContentStreamInlineImage] = [
        ContentStreamInstruction([Name.Artifact], Operator("BMC"))
        if _mark_of(instruction) in marks
        else instruction
        for instruction in pikepdf.parse_content_stream(page)
    ]
    page.Contents = document.make_stream(pikepdf.unparse_content_stream(instructions))
    owners = parents[int(page.StructParents)]
    for mark in marks:
        owners[mark] = None


def _mark_of(instruction: object) -> int | None:
    """The number of the marked content that an instruction begins, or None."""
    if isinstance(instruction, ContentStreamInstruction) and str(instruction.operator) == "BDC":
        properties = instruction.operands[1]
        if isinstance(properties, Dictionary) and Name.MCID in properties:
            return int(properties.MCID)
    return None
