"""Shared blocks: a text that several templates say is written once, in `templates/blocs/`.

A template includes a block by a paragraph of its own, `{%p inclure comparution %}`; the block's paragraphs
and tables take that paragraph's place before anything is rendered. What a block needs to know, the template
sets before it: `{%p set partie = porteuse %}`.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from docx.oxml.ns import qn
from lxml import etree

from piles_docs.documents.word_archive import parse_texts, read_members
from piles_docs.errors import Defect, TemplateInvalid

FOLDER = "templates/blocs"
_INCLUDE = re.compile(r"\s*\{%p\s+inclure\s+([a-z0-9-]+)\s*%\}\s*")
# What refers to another part of its own file, and would point at nothing in another.
_TIED_TO_ITS_FILE = (
    qn("w:numPr"),
    qn("w:hyperlink"),
    qn("w:drawing"),
    qn("w:pict"),
    qn("w:footnoteReference"),
)


def file_of(block: str) -> str:
    """The file of a block as staff know it."""
    return f"{FOLDER}/{block}.docx"


def included(paragraph_text: str) -> str | None:
    """The block that a paragraph includes, or None for any other paragraph."""
    found = _INCLUDE.fullmatch(paragraph_text)
    return found[1] if found else None


def used_blocks(content: bytes, blocks: Mapping[str, bytes], *, name: str) -> dict[str, bytes]:
    """The blocks that a template includes, directly or through another block, by name.

    Raises:
        TemplateInvalid: A block that it includes is not there.
    """
    used: dict[str, bytes] = {}
    waiting = [(name, wanted) for wanted in _wanted(content, name=name)]
    while waiting:
        includer, wanted = waiting.pop(0)
        if wanted in used:
            continue
        if wanted not in blocks:
            raise TemplateInvalid(
                f"{includer} inclut un bloc qui n’existe pas",
                remedy="corrigez le nom dans Word, ou remettez le fichier",
                defects=[
                    Defect(
                        file=includer,
                        message=f"le bloc « {wanted} » manque : {file_of(wanted)}",
                        remedy="les blocs sont les fichiers du dossier templates/blocs",
                    )
                ],
            )
        used[wanted] = blocks[wanted]
        waiting += [(file_of(wanted), other) for other in _wanted(blocks[wanted], name=file_of(wanted))]
    return used


def expand(body: etree._Element, blocks: Mapping[str, bytes]) -> None:
    """Put blocks in the place of the paragraphs that include them.

    Raises:
        TemplateInvalid: A block includes itself, or holds what cannot leave its own file.
    """
    _expand(body, blocks, inside=())


def _expand(body: etree._Element, blocks: Mapping[str, bytes], inside: tuple[str, ...]) -> None:
    for paragraph, block in list(_inclusions(body)):
        if block in inside:
            raise _unfit(block, "le bloc s’inclut lui-même", "retirez cette inclusion")
        members = read_members(blocks[block], name=file_of(block))
        content = parse_texts(members, name=file_of(block))["word/document.xml"].find(qn("w:body"))
        if content is None or next(content.iter(*_TIED_TO_ITS_FILE), None) is not None:
            raise _unfit(
                block,
                "un bloc ne peut contenir ni image, ni lien, ni note, ni numérotation automatique",
                "mettez-les dans le modèle, ou employez le style « Liste à puces »",
            )
        _expand(content, blocks, (*inside, block))
        for element in content:
            if element.tag != qn("w:sectPr"):
                paragraph.addprevious(copy.deepcopy(element))
        paragraph.getparent().remove(paragraph)


def _unfit(block: str, message: str, remedy: str) -> TemplateInvalid:
    return TemplateInvalid(
        f"{file_of(block)} ne peut pas servir de bloc",
        remedy="corrigez-le dans Word",
        defects=[Defect(file=file_of(block), message=message, remedy=remedy)],
    )


@lru_cache(maxsize=256)
def _wanted(content: bytes, *, name: str) -> tuple[str, ...]:
    body = parse_texts(read_members(content, name=name), name=name)["word/document.xml"]
    return tuple(block for _, block in _inclusions(body))


def _inclusions(body: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    for paragraph in body.iter(qn("w:p")):
        block = included("".join(text.text or "" for text in paragraph.iter(qn("w:t"))))
        if block:
            yield paragraph, block
