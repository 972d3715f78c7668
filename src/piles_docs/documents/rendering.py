"""Render a dressed template with what it may see, and lose nothing on the way.

docxtpl does the work. Around it: autoescape is always on (without it `Jean & Cie` loses its `&`), Jinja is
sandboxed, footnotes are rendered once (docxtpl renders them once a section, so that data would be read
as a template the second time), and every value printed must be found again in the document's text.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from docx.oxml.ns import qn
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import TemplateError
from jinja2.sandbox import SandboxedEnvironment
from lxml import etree
from markupsafe import Markup, escape
from PIL import Image

from piles_docs.documents.filters import FILTERS, TAKES_ABSENT
from piles_docs.documents.layout import align_amounts, keep_lead_ins, keep_signatures_together, raise_ordinals
from piles_docs.documents.sections import insert
from piles_docs.documents.template import Template, text_of_document
from piles_docs.documents.view import BLANK, Absent, Record, unknown_recorder
from piles_docs.documents.word_archive import parse_texts, read_members, write_members
from piles_docs.errors import Defect, TemplateInvalid
from piles_docs.french.typography import typeset

# A signature box is a transparent picture: 70 × 25 mm on the page; its width in pixels names the signatory.
BOX_WIDTH_MM, BOX_HEIGHT_MM = 70, 25
BOX_FIRST_PIXELS, BOX_HEIGHT_PIXELS = 64, 23
_BOX_LABEL = "Emplacement de la signature de "
# Private characters stand for what is known only at the end: an article's number, another document's wording.
_REFERENCE = re.compile("\ue000(.*?)\ue001")
_PLACE = re.compile("\ue002(\\d+)\ue003")
_STAND_IN = re.compile("[\ue000-\ue003]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A document as Word, and what its making read and missed."""

    docx: bytes
    lacks: tuple[str, ...]
    """Paths of case data that the document prints and the case does not give."""
    read: tuple[str, ...]
    """Paths of the case values that the document read."""

    @property
    def sha256(self) -> str:
        """Digest of the Word file."""
        return hashlib.sha256(self.docx).hexdigest()


class _SafeDocxTemplate(DocxTemplate):  # type: ignore[misc]  # docxtpl has no types
    """docxtpl, with footnotes rendered once for the document instead of once for each section."""

    def render_footnotes(self, context: dict[str, Any], jinja_env: Any = None) -> None:  # docxtpl's signature
        part = self.docx.sections[0].part
        for other in part.package.iter_parts():
            if str(other.partname) == "/word/footnotes.xml":
                xml = self.patch_xml(other.blob.decode("utf-8"))
                other._blob = self.render_xml_part(xml, part, context, jinja_env).encode("utf-8")


class _ArticleNumbers:
    """Numbers the articles of one document as they come, and keeps references to them right."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    def article(self, name: str) -> int:
        """Give the next number to the article of this name."""
        return self.numbers.setdefault(name, len(self.numbers) + 1)

    def reference(self, name: str) -> str:
        """Stand for an article's number, known once all articles are printed."""
        return f"\ue000{name}\ue001"


class _SignatureBox:
    """The picture that keeps the place of one signature; rendered where the template puts it."""

    def __init__(self, template: DocxTemplate, index: int, label: str) -> None:
        self._template = template
        self._index = index
        self._label = label

    def __html__(self) -> str:
        picture = io.BytesIO()
        size = (BOX_FIRST_PIXELS + self._index, BOX_HEIGHT_PIXELS)
        Image.new("RGBA", size, (255, 255, 255, 0)).save(picture, "PNG")
        picture.seek(0)
        image = str(InlineImage(self._template, picture, width=Mm(BOX_WIDTH_MM), height=Mm(BOX_HEIGHT_MM)))
        return image.replace("<wp:docPr ", f'<wp:docPr descr="{escape(self._label)}" ', 1)


def place_of(insertion: int) -> str:
    """What a template prints, alone in its paragraph, for an insertion to take its place."""
    return f"\ue002{insertion}\ue003"


def render(
    template: Template,
    variables: Mapping[str, Any],
    *,
    record: Record,
    signatories: Sequence[Mapping[str, Any]] = (),
    title: str,
    dated: dt.date,
    insertions: Sequence[Sequence[etree._Element]] = (),
) -> Rendered:
    """Render one document.

    Args:
        template: The Word template with its letterhead.
        variables: What the template may name; views of the case share `record`.
        record: Where reads and misses are noted.
        signatories: In the order of their signature boxes, each with `nom`, `qualite`, `pour`.
        title: The document's title, for the file's properties.
        dated: The date written into the file's properties; never the clock's.
        insertions: Wordings of another document, each for the paragraph that prints `place_of` it.

    Raises:
        TemplateInvalid: A broken tag, an unknown name, or a value that did not reach the page.
    """
    engine = _SafeDocxTemplate(io.BytesIO(template.dressed()))
    articles = _ArticleNumbers()
    context = {
        **variables,
        "article": articles.article,
        "renvoi": articles.reference,
        "signataires": [
            {
                **signatory,
                "case": _SignatureBox(engine, index, f"{_BOX_LABEL}{signatory['nom']}"),
            }
            for index, signatory in enumerate(signatories)
        ],
    }
    try:
        engine.render(context, jinja_env=environment(record), autoescape=True)
    except TemplateError as error:
        raise _broken(template, str(error)) from error
    except (TypeError, ValueError, AttributeError, LookupError, ArithmeticError, RecursionError) as error:
        # What a template's own expressions raise (a filter given the wrong thing) is the template's defect.
        raise _broken(template, f"{type(error).__name__} : {error}") from error
    _refuse_unknown(template, record)
    output = io.BytesIO()
    properties = engine.docx.core_properties
    properties.title, properties.author, properties.language = typeset(title), "", "fr-FR"
    properties.created = properties.modified = dt.datetime.combine(dated, dt.time(12))  # Word keeps naive UTC
    properties.last_modified_by, properties.revision = "", 1
    engine.docx.save(output)
    docx = _finish(template, output.getvalue(), articles.numbers, insertions)
    _refuse_loss(template, docx, record)
    return Rendered(docx=docx, lacks=tuple(record.lacks), read=tuple(sorted(record.read)))


def environment(record: Record, *, markup: bool = True) -> SandboxedEnvironment:
    """Make the language of templates: sandboxed, with the French filters.

    Args:
        record: Where reads, misses and unknown names are noted.
        markup: Whether what is rendered is XML, where values are escaped, or plain text.
    """

    def finalize(value: object) -> object:
        if isinstance(value, str | int | float) and not isinstance(value, Markup):
            text = str(value)
            record.printed[text] = None
            return text
        return value

    made = SandboxedEnvironment(autoescape=markup, undefined=unknown_recorder(record), finalize=finalize)
    made.filters |= {
        name: function if name in TAKES_ABSENT else _absent_aware(function)
        for name, function in FILTERS.items()
    }
    return made


def _absent_aware(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let a filter of an absent value note that it is missing, instead of failing on it."""

    def apply(value: object, *arguments: object) -> Any:  # a filter returns what it returns
        return str(value) if isinstance(value, Absent) else function(value, *arguments)

    return apply


def _finish(
    template: Template,
    docx: bytes,
    articles: Mapping[str, int],
    insertions: Sequence[Sequence[etree._Element]],
) -> bytes:
    """Put article numbers in, set the typography, number the pictures, and pack reproducibly."""
    members = read_members(docx, name=template.name)
    picture = 0
    for name, root in parse_texts(members, name=template.name).items():
        for paragraph in root.iter(qn("w:p")):
            _set_typography(template, paragraph, articles)
            raise_ordinals(paragraph)
        for properties in root.iter(
            "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
        ):
            picture += 1
            properties.set("id", str(picture))
        for paragraph in list(root.iter(qn("w:p"))):
            place = _PLACE.fullmatch("".join(text.text or "" for text in paragraph.iter(qn("w:t"))).strip())
            if place:
                insert(paragraph, insertions[int(place[1])])
        keep_signatures_together(root, _BOX_LABEL)
        keep_lead_ins(root)
        align_amounts(root)
        members[name] = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return write_members(members)


def _set_typography(template: Template, paragraph: etree._Element, articles: Mapping[str, int]) -> None:
    # A line break or a tab ends what its neighbours may hold together: « 9 h », then the name of a hall.
    pieces = list(paragraph.iter(qn("w:t"), qn("w:br"), qn("w:tab")))
    for element in pieces:
        for name in _REFERENCE.findall(element.text or ""):
            if name not in articles:
                raise _broken(template, f"renvoi à l’article « {name} », qui n’existe pas dans ce document")
        element.text = _REFERENCE.sub(lambda match: str(articles[match[1]]), element.text or "") or None
    texts = [(element.text or "") if element.tag == qn("w:t") else "\n" for element in pieces]
    done, at = typeset("".join(texts)), 0
    for element, text in zip(pieces, texts, strict=True):
        if element.tag == qn("w:t"):
            element.text = done[at : at + len(text)]
        at += len(text)


def _refuse_unknown(template: Template, record: Record) -> None:
    if not record.unknown:
        return
    defects = []
    for name in record.unknown:
        places = template.places_of(name) or template.places_of(name.rpartition(".")[2]) or ["place inconnue"]
        defects += [
            Defect(
                file=template.name,
                message=f"{place} : la variable « {name} » n’existe pas",
                remedy="corrigez son nom ; la liste des variables est dans docs/modeles.md",
            )
            for place in places
        ]
    raise TemplateInvalid(
        f"{template.name} emploie des variables inconnues",
        remedy="corrigez le modèle dans Word",
        defects=defects,
    )


def _refuse_loss(template: Template, docx: bytes, record: Record) -> None:
    page = _squeezed(text_of_document(docx, name=template.name))
    lost = [
        text
        for text in record.printed
        if text != BLANK and not _STAND_IN.search(text) and _squeezed(text) not in page
    ]
    if lost:
        raise TemplateInvalid(
            f"{template.name} : une valeur n’est pas arrivée sur la page",
            remedy="retirez de cette valeur les signes inhabituels, ou signalez le cas",
            defects=[
                Defect(
                    file=template.name,
                    message=f"« {text} » est introuvable dans le document produit",
                    remedy="vérifiez le modèle à l’endroit où cette valeur est écrite",
                )
                for text in lost
            ],
        )


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text).replace("'", "’")


def _broken(template: Template, reason: str) -> TemplateInvalid:
    return TemplateInvalid(
        f"{template.name} : le modèle ne peut pas être lu",
        remedy="ouvrez le modèle dans Word et corrigez la balise",
        defects=[
            Defect(
                file=template.name,
                message=f"balise incorrecte ({reason})",
                remedy="comparez avec le modèle d’origine ; les balises sont décrites dans docs/modeles.md",
            )
        ],
    )
