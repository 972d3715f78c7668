"""A Word template: what it holds, where, and what makes it unfit to render."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from docx.oxml.ns import qn
from lxml import etree

from piles_docs.documents.blocks import expand, file_of, used_blocks
from piles_docs.documents.letterhead import dress
from piles_docs.documents.word_archive import parse_texts, read_members, write_members
from piles_docs.errors import Defect, TemplateInvalid

LETTERHEAD_FILE = "templates/papier-en-tete.docx"
TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")
_ARTICLE = re.compile(r"\s*Article\s*\d*\s*[–-]\s*")
_ALIAS = re.compile(r"(?:set\s+(\w+)\s*=|for\s+(\w+)\s+in)\s*([\w.]+)")
_REVISIONS = {qn(f"w:{name}") for name in ("ins", "del", "moveFrom", "moveTo")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A Word template and the letterhead that dresses it."""

    name: str
    """The file as staff know it: `templates/charte.docx`."""
    content: bytes
    letterhead: bytes
    blocks: tuple[tuple[str, bytes], ...] = ()
    """The shared blocks of the workspace, by name; those that the template includes count."""

    @property
    def sha256(self) -> str:
        """Digest over the template, its blocks and its letterhead: what a document was made from."""
        used = sorted(self.used_blocks().items())
        digests = [hashlib.sha256(part).digest() for part in (self.content, *(block for _, block in used))]
        return hashlib.sha256(b"".join([*digests, self.letterhead])).hexdigest()

    def used_blocks(self) -> dict[str, bytes]:
        """The blocks that the template includes, by name.

        Raises:
            TemplateInvalid: The file is not Word, or a block is not there.
        """
        return used_blocks(self.content, dict(self.blocks), name=self.name)

    def dressed(self) -> bytes:
        """Return the template with its blocks in place and the letterhead on.

        Raises:
            TemplateInvalid: A file is not Word, holds tracked changes or comments, or a broken tag; or a
                block is missing or unfit.
        """
        return _dressed(self)

    def places_of(self, name: str) -> list[str]:
        """Say where a variable stands, by heading and paragraph.

        Args:
            name: The variable as the template writes it, or its last word: `reponse_avant` is found in
                `rencontre.reponse_avant`.
        """
        found = _places(self.content, self.name, name)
        for block, content in self.used_blocks().items():
            found += [f"bloc « {block} », {place}" for place in _places(content, file_of(block), name)]
        return found

    def sections_printing(self, path: str) -> set[str]:
        """The titles of the articles and annexes that name a value of the case: « Résiliation ».

        A value is found by its own path, by the beginning of a longer one (`porteuse.representant` prints
        `porteuse.representant.nom`), and by a part of it (`contribution.montant` of `contribution`).

        Raises:
            TemplateInvalid: As `dressed`.
        """
        root = parse_texts(read_members(self.dressed(), name=self.name), name=self.name)["word/document.xml"]
        return set(_sections_printing(root, path))


def _places(content: bytes, file: str, name: str) -> list[str]:
    """Where a variable stands in one file; see Template.places_of."""
    root = parse_texts(read_members(content, name=file), name=file)["word/document.xml"]
    found, heading, rank = [], "", 0
    for paragraph in root.iter(qn("w:p")):
        text = text_of(paragraph)
        if _is_heading(paragraph):
            heading, rank = TAG.sub("", text).strip(" –-"), 0
        else:
            rank += 1
        names = [word for tag in TAG.findall(text) for word in _NAME.findall(tag)]
        if any(word == name or word.endswith(f".{name}") for word in names):
            where = f"« {heading} », " if heading else ""
            found.append(
                f"{where}{rank}{'er' if rank == 1 else 'e'} paragraphe" if rank else f"titre « {heading} »"
            )
    return found


def _sections_printing(root: etree._Element, path: str) -> Iterator[str]:
    title = ""
    aliases: dict[str, str] = {}
    for paragraph in root.iter(qn("w:p")):
        text = text_of(paragraph)
        if is_first_level(paragraph):
            title = article_title(TAG.sub("", text))
        for tag in TAG.findall(text):
            for assigned, looped, name in _ALIAS.findall(tag):
                aliases[assigned or looped] = _resolved(name, aliases)
            if title and any(_prints(_resolved(name, aliases), path) for name in _NAME.findall(tag)):
                yield title


def _resolved(name: str, aliases: Mapping[str, str]) -> str:
    first, dot, rest = name.partition(".")
    return f"{aliases.get(first, first)}{dot}{rest}"


def _prints(name: str, path: str) -> bool:
    return name == path or ("." in name and path.startswith(f"{name}.")) or name.startswith(f"{path}.")


@lru_cache(maxsize=128)
def _dressed(template: Template) -> bytes:
    blocks = template.used_blocks()
    defects = [*_unfit(template.name, template.content), *_unfit(LETTERHEAD_FILE, template.letterhead)]
    defects += [defect for block, content in blocks.items() for defect in _unfit(file_of(block), content)]
    if defects:
        raise TemplateInvalid(
            f"{defects[0].file} ne peut pas servir de modèle en l’état",
            remedy="corrigez dans Word ce qui est dit ci-dessus, puis relancez",
            defects=defects,
        )
    return dress(_with_blocks(template, blocks), template.letterhead)


def _with_blocks(template: Template, blocks: Mapping[str, bytes]) -> bytes:
    if not blocks:
        return template.content
    members = read_members(template.content, name=template.name)
    root = parse_texts(members, name=template.name)["word/document.xml"]
    expand(root, blocks)
    members["word/document.xml"] = etree.tostring(
        root, xml_declaration=True, encoding="UTF-8", standalone=True
    )
    return write_members(members)


def _unfit(name: str, content: bytes) -> list[Defect]:
    """What makes a Word file unfit as a template or letterhead."""
    members = read_members(content, name=name)
    roots = parse_texts(members, name=name)
    defects = []
    if any(element.tag in _REVISIONS for root in roots.values() for element in root.iter()):
        defects.append(
            Defect(
                file=name,
                message="le modèle contient des modifications suivies : lesquelles sont voulues ?",
                remedy="dans Word, onglet Révision, acceptez ou refusez tout, puis enregistrez",
            )
        )
    if b"<w:comment " in members.get("word/comments.xml", b""):
        defects.append(
            Defect(
                file=name,
                message="le modèle contient des commentaires Word, qui partiraient chez les signataires",
                remedy="dans Word, onglet Révision, supprimez tous les commentaires, puis enregistrez",
            )
        )
    paragraphs = [paragraph for root in roots.values() for paragraph in root.iter(qn("w:p"))]
    for rank, paragraph in enumerate(paragraphs, 1):
        text = text_of(paragraph)
        rest = TAG.sub("", text)
        if any(mark in rest for mark in ("{{", "}}", "{%", "%}")):
            defects.append(
                Defect(
                    file=name,
                    message=f"paragraphe {rank} : une balise n’est pas fermée dans « {_short(text)} »",
                    remedy="chaque {{ demande un }}, chaque {% un %}, dans le même paragraphe",
                )
            )
    return defects


def text_of(paragraph: etree._Element) -> str:
    """The text of a paragraph; line breaks and tabs count as white space."""
    elements = paragraph.iter(qn("w:t"), qn("w:br"), qn("w:tab"))
    return "".join((element.text or "") if element.tag == qn("w:t") else " " for element in elements)


def text_of_document(content: bytes, *, name: str = "le document") -> str:
    """All text of a Word file, with headers, footers and notes, a line a paragraph.

    Raises:
        TemplateInvalid: It is not a Word file.
    """
    roots = parse_texts(read_members(content, name=name), name=name).values()
    return "\n".join(text_of(paragraph) for root in roots for paragraph in root.iter(qn("w:p")))


def article_title(heading: str) -> str:
    """The title of an article without its number: « Résiliation » of « Article 17 – Résiliation »."""
    return _ARTICLE.sub("", re.sub(r"\s+", " ", heading), count=1).strip(" –-")


def is_first_level(paragraph: etree._Element) -> bool:
    """Whether a paragraph is a heading of the first level: an article's or an annex's."""
    style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    return style is not None and style.get(qn("w:val"), "") in {"Heading1", "Titre1"}


def _is_heading(paragraph: etree._Element) -> bool:
    style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    return style is not None and style.get(qn("w:val"), "").startswith(("Heading", "Titre", "Title"))


def _short(text: str) -> str:
    return text if len(text) <= 70 else text[:69] + "…"
