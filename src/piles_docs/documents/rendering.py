"""Render a dressed template with what it may see, and lose nothing on the way.

docxtpl does the work. Around it: autoescape is always on (without it `Jean & Cie` loses its `&`), Jinja is
sandboxed, footnotes are rendered once (docxtpl renders them once a section, so that data would be read
as a template the second time), and every value printed must be found again in the document's text.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jinja2 import TemplateError
from lxml import etree

from piles_docs.documents.compile_cache import compiled_from
from piles_docs.documents.compiled import Compiled, file_properties, relations_of
from piles_docs.documents.language import ours, recording
from piles_docs.documents.passages import Finished, Finishing
from piles_docs.documents.signature_box import SignatureBox, pictures, put_in, related
from piles_docs.documents.template import Template
from piles_docs.documents.typesetting import UnknownArticle, reference_to, resolved, squeezed
from piles_docs.documents.view import BLANK, Record
from piles_docs.documents.word_archive import Packed, join_members, pack
from piles_docs.errors import Defect, TemplateInvalid
from piles_docs.french.typography import typeset

# Private characters stand for what is known only at the end: an article's number, another document's wording.
_STAND_IN = re.compile("[\ue000-\ue003]")
_REFERENCE = ours(reference_to)
_SMALL_BYTES = 8192


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """A document as Word, and what its making read and missed."""

    docx: bytes
    lacks: tuple[str, ...]
    """Paths of case data that the document prints and the case does not give."""
    read: tuple[str, ...]
    """Paths of the case values that the document read."""
    seen: Mapping[str, object]
    """All that it looked at of the case and of the network head, by path (`view.Record.seen`)."""

    @property
    def sha256(self) -> str:
        """Digest of the Word file."""
        return hashlib.sha256(self.docx).hexdigest()


class _ArticleNumbers:
    """Numbers the articles of one document as they come."""

    def __init__(self) -> None:
        self.numbers: dict[str, int] = {}

    @ours
    def article(self, name: str) -> int:
        """Give the next number to the article of this name."""
        return self.numbers.setdefault(name, len(self.numbers) + 1)


def place_of(insertion: int) -> str:
    """What a template prints, alone in its paragraph, for an insertion to take its place."""
    return f"\ue002{insertion}\ue003"


def render(
    template: Template,
    variables: Sequence[Mapping[str, Any]],
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
        variables: What the template may name, the first that has a name giving its value; views of the case
            share `record`.
        record: Where reads and misses are noted.
        signatories: In the order of their signature boxes, each with `nom`, `qualite`, `pour`.
        title: The document's title, for the file's properties.
        dated: The date written into the file's properties; never the clock's.
        insertions: Wordings of another document, each for the paragraph that prints `place_of` it.

    Raises:
        TemplateInvalid: A broken tag, an unknown name, or a value that did not reach the page.
    """
    articles, names = _ArticleNumbers(), [signatory["nom"] for signatory in signatories]
    own = {
        **file_properties(typeset(title), dated),
        "article": articles.article,
        "renvoi": _REFERENCE,
        "signataires": [
            {**signatory, "case": SignatureBox(index)} for index, signatory in enumerate(signatories)
        ],
    }
    try:
        compiled = compiled_from(template)
        with recording(record):
            texts = {member: compiled.run(member, own, *variables) for member in compiled.programs}
    except TemplateError as error:
        raise _broken(template, str(error)) from error
    except (TypeError, ValueError, AttributeError, LookupError, ArithmeticError, RecursionError) as error:
        # What a template's own expressions raise (a filter given the wrong thing) is the template's defect.
        raise _broken(template, f"{type(error).__name__} : {error}") from error
    _refuse_unknown(template, record)
    numbers = itertools.count(compiled.pictures + 1)
    finishing = Finishing(insertions=insertions, numbers=numbers)
    try:
        parts = {
            member: finishing.finish(
                resolved(xml, articles.numbers),
                compiled.kept.get(member, {}),
                may_differ=member in compiled.varying_tables,
            )
            for member, xml in texts.items()
        }
    except UnknownArticle as error:
        reason = f"renvoi à l’article « {error} », qui n’existe pas dans ce document"
        raise _broken(template, reason) from error
    except etree.XMLSyntaxError as error:
        reason = "une balise s’ouvre dans un paragraphe ou un tableau et se ferme ailleurs"
        raise _broken(template, reason) from error
    _refuse_loss(template, "".join([part.squeezed for part in parts.values()]), record)
    return Rendered(
        docx=_joined(compiled, parts, names, numbers),
        lacks=tuple(record.lacks),
        read=tuple(sorted(record.read)),
        seen=record.seen,
    )


def _joined(
    compiled: Compiled, parts: Mapping[str, Finished], names: Sequence[str], numbers: Iterator[int]
) -> bytes:
    """The Word file of what was compiled and what was rendered, with the signature boxes of each part."""
    members = {}
    for member, part in parts.items():
        members[member], boxes = put_in(part.content, names, numbers)
        if boxes:
            members |= pictures(boxes)
            members[relations_of(member)] = related(compiled.relations[member], boxes)
    packed = {name: _pack(content) for name, content in members.items()}
    return join_members({**compiled.packed, **packed})


def _pack(content: bytes) -> Packed:
    return _pack_small(content) if len(content) < _SMALL_BYTES else pack(content, level=1)


@lru_cache(maxsize=64)  # headers, footers, boxes: the same in most documents
def _pack_small(content: bytes) -> Packed:
    return pack(content, level=1)


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


def _refuse_loss(template: Template, page: str, record: Record) -> None:
    lost, at = [], 0
    for text in record.printed:
        wanted = _sought(text)
        # What was printed stands mostly after what was printed before it.
        found = page.find(wanted, at)
        at = found if found >= 0 else page.find(wanted)
        if at < 0:
            lost.append(text)
            at = 0
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


@lru_cache(maxsize=8192)
def _sought(text: str) -> str:
    """What has to be on the page of a printed text: nothing of one that something else takes the place of."""
    return "" if text == BLANK or _STAND_IN.search(text) else squeezed(text)


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
