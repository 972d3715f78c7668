"""The text of a message to a signatory, from a template that staff edit as plain text.

The first line of the template is the subject; the others are the body, a paragraph a line. The language and
the filters are those of the Word templates. Another text of the same folder is put in with `{% include %}`.
"""

from __future__ import annotations

import datetime as dt
import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import FunctionLoader, TemplateError, TemplateSyntaxError

from piles_docs.case.models import Case
from piles_docs.case.network_models import Network
from piles_docs.case.parties import Person
from piles_docs.documents.filters import FILTERS
from piles_docs.documents.language import environment, recording
from piles_docs.documents.view import Absent, Record, View
from piles_docs.errors import CaseInvalid, Defect, TemplateInvalid
from piles_docs.french.typography import typeset
from piles_docs.methodology.acts import Means

FOLDER = "courriels"
"""Where the texts are, in templates/."""

_SUBJECT = re.compile(r"Objet\s*:\s*(.*\S)\s*")
_LINE_WIDTH = 76  # RFC 5322 asks for 78 at most, to be read on any screen


@dataclass(frozen=True, slots=True, kw_only=True)
class Next:
    """Who gets the signed sheets after the reader, and where."""

    name: str
    address: str
    """Empty where the case does not say."""
    is_return: bool
    """Whether they go back to the network head, everyone having signed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToSignByMail:
    """A document that the reader has to sign."""

    title: str
    reference: str
    originals: int
    """How many of its originals are still to be signed."""
    means: Means
    issued_on: dt.date
    due_on: dt.date | None
    is_turn: bool
    unlocks: str
    """What the signature opens, in words; empty when it opens nothing."""
    after: Next


@dataclass(frozen=True, slots=True, kw_only=True)
class MailFacts:
    """What a message says."""

    reader: Person
    reader_path: str
    """Where the reader is in the case or in piles.toml."""
    body: str | None
    """The form of the reader's structure, which decides the closing; None for a person alone."""
    to_sign: tuple[ToSignByMail, ...]
    order: tuple[tuple[str, bool], ...]
    """Who signs, in order, and whether it is the reader."""
    written_on: dt.date
    last_written_on: dt.date | None
    return_address: str
    """The mail address to which signed files come back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MailText:
    """A message in words."""

    subject: str
    body: str
    """Lines of 76 characters at most, where words allow."""


def write_mail(
    name: str, texts: Mapping[str, str], facts: MailFacts, case: Case, network: Network
) -> MailText:
    """Write a message.

    Args:
        name: Which text: `envoi`, `rappel`.
        texts: All the texts of the folder, by file name.
        facts: What the message says.
        case: The case.
        network: The network head's own data.

    Raises:
        TemplateInvalid: The text is not there, a tag is broken, a name unknown, or the subject missing.
        CaseInvalid: The text prints what the case does not give.
    """
    file = f"{name}.txt"
    if file not in texts:
        raise TemplateInvalid(
            f"le modèle {_known(file)} manque",
            remedy="reprenez-le d’un espace neuf : piles init autre-dossier",
        )
    record = Record()
    rendered = _render(file, texts, mail_variables(facts, case, network, record), record)
    _refuse_unknown(texts, record)
    if record.lacks:
        raise CaseInvalid(
            f"le texte de {_known(file)} écrit des données que le dossier ne donne pas",
            remedy=f"complétez le dossier, ou retirez-les du texte : {', '.join(record.lacks)}",
        )
    first, _, rest = rendered.lstrip().partition("\n")
    subject = _SUBJECT.fullmatch(first)
    if subject is None:
        raise _broken(file, 1, "la première ligne n’est pas l’objet", "commencez le texte par « Objet : … »")
    return MailText(subject=typeset(" ".join(subject[1].split())), body=_laid_out(rest))


def mail_variables(facts: MailFacts, case: Case, network: Network, record: Record) -> dict[str, Any]:
    """What a text can name; docs/modeles.md explains it to staff."""
    head = network.tete_de_reseau
    reader = View(facts.reader, facts.reader_path, record)
    due = [item.due_on for item in facts.to_sign if item.due_on]
    paper = [item for item in facts.to_sign if item.means is Means.PAPER]
    now = [item for item in paper if item.is_turn]
    return {
        "destinataire": reader,
        "appel": FILTERS["appel"](reader),
        "formule": FILTERS["formule_nous"](reader, facts.body),
        "piles": View(case.piles, "piles", record),
        "porteuse": View(case.porteuse, "porteuse", record),
        "tete_de_reseau": View(head, "tete_de_reseau", record),
        "courriel": {
            "a_signer": [
                {
                    "titre": item.title,
                    "reference": item.reference,
                    "exemplaires": item.originals,
                    "moyen": str(item.means),
                    "emis_le": item.issued_on,
                    "date_limite": item.due_on or Absent("date_limite", record),
                    "tour": item.is_turn,
                    "debloque": item.unlocks,
                }
                for item in facts.to_sign
            ],
            "papier": [item.title for item in now],
            "papier_plus_tard": [item.title for item in paper if not item.is_turn],
            "electronique": [item.title for item in facts.to_sign if item.means is Means.ELECTRONIC],
            "suites": [
                {
                    "nom": after.name,
                    "adresse": after.address,
                    "retour": after.is_return,
                    "titres": [item.title for item in now if item.after == after],
                }
                for after in dict.fromkeys(item.after for item in now)
            ],
            "date_limite": min(due) if due else Absent("date_limite", record),
            "en_retard": bool(due) and min(due) < facts.written_on,
            "ordre": [
                {"rang": rank, "nom": signatory, "tour_de_ce_signataire": is_reader}
                for rank, (signatory, is_reader) in enumerate(facts.order, 1)
            ],
            "ecrit_le": facts.last_written_on or Absent("ecrit_le", record),
            "retour": facts.return_address,
        },
    }


def _render(file: str, texts: Mapping[str, str], variables: Mapping[str, Any], record: Record) -> str:
    language = environment(markup=False)
    language.trim_blocks = language.lstrip_blocks = True
    language.loader = FunctionLoader(
        lambda name: (texts[name], _known(name), lambda: True) if name in texts else None
    )
    try:
        with recording(record):
            return language.get_template(file).render(variables)
    except TemplateSyntaxError as error:
        raise _broken(error.name or file, error.lineno, f"balise incorrecte ({error.message})") from error
    except (
        TemplateError, TypeError, ValueError, AttributeError, LookupError, ArithmeticError, RecursionError
    ) as error:  # fmt: skip
        # What the text's own expressions raise (a filter given the wrong thing) is a defect of the text.
        place, line = _place_of(error, texts) or (file, None)
        raise _broken(place, line, f"{type(error).__name__} : {error}") from error


def _place_of(error: BaseException, texts: Mapping[str, str]) -> tuple[str, int] | None:
    """The text and line where rendering failed: Jinja writes them into the trace of the error."""
    known = {_known(file): file for file in texts}
    found, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename in known:
            found = (known[trace.tb_frame.f_code.co_filename], trace.tb_lineno)
        trace = trace.tb_next
    return found


def _refuse_unknown(texts: Mapping[str, str], record: Record) -> None:
    if not record.unknown:
        return
    defects = []
    for name in record.unknown:
        last = re.compile(rf"\b{re.escape(name.rpartition('.')[2])}\b")
        places = [
            (file, number)
            for file, text in texts.items()
            for number, line in enumerate(text.splitlines(), 1)
            if any(last.search(tag) for tag in re.findall(r"\{[{%].*?[%}]\}", line))
        ]
        defects += [
            Defect(
                file=_known(file),
                line=number,
                message=f"la variable « {name} » n’existe pas",
                remedy="corrigez son nom ; la liste des variables est dans docs/modeles.md",
            )
            for file, number in places
        ]
    raise TemplateInvalid(
        "un texte de courriel emploie des variables inconnues",
        remedy=f"corrigez-le dans templates/{FOLDER}/ : {', '.join(record.unknown)}",
        defects=defects,
    )


def _broken(
    file: str,
    line: int | None,
    reason: str,
    remedy: str = "comparez avec le texte d’un espace neuf (piles init) ; docs/modeles.md décrit les balises",
) -> TemplateInvalid:
    return TemplateInvalid(
        f"{_known(file)} : le modèle ne peut pas être lu",
        remedy="corrigez ce texte, puis relancez",
        defects=[Defect(file=_known(file), line=line, message=reason, remedy=remedy)],
    )


def _known(file: str) -> str:
    """A text's file as staff know it."""
    return f"templates/{FOLDER}/{file}"


def _laid_out(text: str) -> str:
    """Set the typography and wrap: each line is a paragraph, « - » begins an item of a list."""
    return "\n".join(_lines(text)).strip("\n") + "\n"


def _lines(text: str) -> Iterator[str]:
    blank = False
    for line in text.splitlines():
        paragraph = typeset(" ".join(line.split(" ")).strip())
        if paragraph:
            yield from textwrap.wrap(
                paragraph,
                _LINE_WIDTH,
                subsequent_indent="  " if paragraph.startswith("- ") else "",
                break_long_words=False,
                break_on_hyphens=False,
            )
        elif not blank:
            yield ""
        blank = not paragraph
