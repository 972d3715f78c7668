"""What is wrong in a template before it is rendered: tags, what Word left in it, headings.

docxtpl-lint knows how docxtpl's `{%p`, `{%tr` and `{%tc` tags go wrong; what it finds is told in French here.
What it cannot know is added: the variables of the case, tracked changes and comments, the levels of headings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set

import docxtpl_lint
from docx.oxml.ns import qn
from lxml import etree

from piles_docs.documents.blocks import included
from piles_docs.documents.filters import FILTERS
from piles_docs.documents.template import text_of
from piles_docs.documents.word_archive import parse_texts, read_members, write_members
from piles_docs.proofing.expressions import Fault
from piles_docs.proofing.places import BODY, Paragraph

# Filters and names are judged by `expressions`, which knows ours.
_SAID_ELSEWHERE = ("DTL104", "DTL106")
_SYNTAX = "DTL103"
_SHOWN_LETTERS = 70
_REVISIONS = {qn(f"w:{name}") for name in ("ins", "del", "moveFrom", "moveTo")}

# By rule of docxtpl-lint: what is wrong and what to do. Its parameters are those of docxtpl_lint.messages.
IN_FRENCH = {
    "DTL001": (
        "la balise « {snippet} » n’est pas fermée",
        "chaque {{{{ demande un }}}}, chaque {{% un %}}, dans le même paragraphe",
    ),
    "DTL002": (
        "la balise « {snippet} » est coupée entre deux paragraphes",
        "remettez-la entière dans un seul paragraphe",
    ),
    "DTL003": (
        "une balise est dans un texte supprimé que Word garde en modification suivie",
        "onglet Révision, acceptez ou refusez tout, puis enregistrez",
    ),
    "DTL005": (
        "la consigne « {directive} » ne sert à rien ici : {rules}",
        "retirez ce commentaire",
    ),
    "DTL101": (
        "« {snippet} » n’est jamais refermé",
        "ajoutez {{% end{kw} %}}, de la même forme que l’ouverture",
    ),
    "DTL102": ("« {raw} » ne referme rien", "retirez cette balise, ou remettez celle qui l’ouvrait"),
    _SYNTAX: (
        "la balise « {snippet} » est mal écrite ({msg})",
        "comparez avec les exemples de docs/modeles.md",
    ),
    "DTL105": (
        "le test « is {name} » n’existe pas",
        "pour savoir si le dossier donne une valeur : {{% if valeur %}}",
    ),
    "DTL201": (
        "la balise « {snippet} » contient un signe % ou }} que docxtpl ne sait pas lire",
        "donnez d’abord un nom à cette valeur, avec {{% set nom = … %}}",
    ),
    "DTL202": ("« {snippet} » : il y a une espace en trop après {{%", "écrivez {{%{prefix} sans espace"),
    "DTL203": (
        "« {raw} » commence par {{%{prefix} hors d’un tableau",
        "écrivez {{%p pour des paragraphes entiers, {{% dans une phrase",
    ),
    "DTL204": (
        "« {close_raw} » referme « {open_raw} », qui n’est pas de la même forme",
        "mettez la même forme aux deux : {{%p avec {{%p, {{%tr avec {{%tr, {{% avec {{%",
    ),
    "DTL205": (
        "« {open_raw} » et « {close_raw} » ne sont pas dans le même tableau : des lignes seraient perdues",
        "mettez-les dans le même tableau, chacune seule sur sa ligne",
    ),
    "DTL206": (
        "« {open_raw} » et « {close_raw} » sont sur la même ligne du tableau",
        "mettez chacune seule sur sa ligne",
    ),
    "DTL207": (
        "« {open_raw} » et « {close_raw} » ne sont pas sur la même ligne du tableau",
        "mettez-les sur la même ligne, chacune dans sa case",
    ),
    "DTL208": ("« {raw} » ne va que dans la case d’un tableau", "mettez-la dans une case, ou retirez-la"),
    "DTL209": (
        "« {rest} » serait perdu : {raw} prend toute la place de ce qui l’entoure",
        "laissez cette balise seule dans son paragraphe ou sa ligne, et mettez le texte dans un autre",
    ),
    "DTL210": (
        "« {open_raw} » et « {close_raw} » sont dans le même paragraphe",
        "mettez chacune dans son paragraphe, ou écrivez {{% au lieu de {{%p",
    ),
}


def faults_of(paragraphs: Sequence[Paragraph], content: bytes, named: Iterable[Fault]) -> list[Fault]:
    """Find what is wrong in one file of Word: a template, a block, the letterhead.

    Args:
        paragraphs: Those of the file.
        content: Its bytes.
        named: What `expressions` found wrong in its tags, once for each template that includes it.
    """
    first: dict[tuple[str, int, str], Fault] = {}
    for fault in named:
        first.setdefault((fault.paragraph.part, fault.paragraph.rank, fault.message), fault)
    faults = [
        *_word_leftovers(paragraphs),
        *_levels(paragraphs),
        *_linted(paragraphs, content, {(part, rank) for part, rank, _ in first}),
        *first.values(),
    ]
    place = {(paragraph.part, paragraph.rank): rank for rank, paragraph in enumerate(paragraphs)}
    return sorted(faults, key=lambda fault: place[fault.paragraph.part, fault.paragraph.rank])


def _linted(
    paragraphs: Sequence[Paragraph], content: bytes, explained: Set[tuple[str, int]]
) -> Iterator[Fault]:
    """What docxtpl-lint finds; a wrong tag that is explained already is not told twice."""
    by_place = {(paragraph.part, paragraph.rank): paragraph for paragraph in paragraphs}
    # The rules on data (DTL3xx) and on a trial rendering (DTL4xx) do not run: they need a sample of data.
    result = docxtpl_lint.lint(
        _without_inclusions(content), filters=FILTERS, autoescape=True, ignore=_SAID_ELSEWHERE
    )
    for issue in result.issues:
        paragraph = by_place.get((issue.location.part, issue.location.paragraph), paragraphs[0])
        if issue.rule == _SYNTAX and (paragraph.part, paragraph.rank) in explained:
            continue
        # Of a tag that is not closed, docxtpl-lint quotes the next paragraph too.
        snippet = paragraph.text[issue.location.column - 1 :] if issue.rule == "DTL001" else issue.snippet
        message, remedy = _french(issue.rule, snippet[:_SHOWN_LETTERS], issue.params, issue.message)
        # A tag across paragraphs (DTL002) is a warning there; here the rendering refuses it.
        is_error = issue.severity == "error" or issue.rule == "DTL002"
        yield Fault(paragraph=paragraph, message=message, remedy=remedy, is_error=is_error)


def _french(rule: str, snippet: str, parameters: Mapping[str, object], english: str) -> tuple[str, str]:
    if rule not in IN_FRENCH:
        return f"docxtpl-lint signale ({rule}) : {english}", "corrigez la balise, ou signalez le cas"
    message, remedy = IN_FRENCH[rule]
    words = {"snippet": snippet, **parameters}
    return message.format_map(words), remedy.format_map(words)


def _without_inclusions(content: bytes) -> bytes:
    """The file without `{%p inclure … %}`, a tag of our own that is gone before docxtpl sees the template."""
    members = read_members(content, name="")
    root = parse_texts(members, name="")["word/document.xml"]
    for paragraph in root.iter(qn("w:p")):
        if included(text_of(paragraph)):
            for text in paragraph.iter(qn("w:t")):
                text.text = ""
    members["word/document.xml"] = etree.tostring(root, encoding="UTF-8")
    return write_members(members)


def _word_leftovers(paragraphs: Sequence[Paragraph]) -> Iterator[Fault]:
    for paragraph in paragraphs:
        if any(element.tag in _REVISIONS for element in paragraph.element.iter()):
            yield Fault(
                paragraph=paragraph,
                message="une modification suivie n’est ni acceptée ni refusée",
                remedy="dans Word, onglet Révision, acceptez ou refusez tout, puis enregistrez",
            )
        if next(paragraph.element.iter(qn("w:commentReference")), None) is not None:
            yield Fault(
                paragraph=paragraph,
                message="un commentaire Word partirait chez les signataires",
                remedy="dans Word, onglet Révision, supprimez tous les commentaires, puis enregistrez",
            )


def _levels(paragraphs: Sequence[Paragraph]) -> Iterator[Fault]:
    """No level of heading is skipped: a screen reader goes by them (ISO 14289-1, 7.4)."""
    before = 0
    for paragraph in paragraphs:
        if paragraph.part != BODY or paragraph.level is None:
            continue
        if paragraph.level > before + 1:
            yield Fault(
                paragraph=paragraph,
                message=f"un Titre {paragraph.level} vient sans Titre {before + 1} avant lui",
                remedy=f"donnez-lui le style Titre {before + 1}",
                is_error=False,
            )
        before = paragraph.level
