"""The documents of a generated case: made as the program makes them, and read back as a person reads them."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import docx
from docx.oxml.ns import qn
from lxml import etree

from piles_docs.case.models import Case
from piles_docs.case.network_models import Network
from piles_docs.documents.making import Order, make, vocabulary_date
from piles_docs.documents.sections import Rewriting, rewritings
from piles_docs.errors import PilesError
from piles_docs.methodology.acts import Act, Issued, Means, MilestoneReached, Original, Signed
from piles_docs.methodology.instances import period
from piles_docs.methodology.model import load_methodology
from piles_docs.methodology.parties import full_name, signatory
from piles_docs.methodology.rules import assess
from piles_docs.methodology.states import Key
from piles_docs.usecases.generate import document_means, order_for
from piles_docs.usecases.situation import Situation
from piles_docs.usecases.workspace import Workspace

from .cases import Generated, generate

ROOT = Path(__file__).parents[2]
SEEDING, FRAMEWORK, ANNUAL, AMENDMENT = (
    "convention-amorcage",
    "convention-cadre",
    "convention-annuelle",
    "avenant",
)
CONVENTIONS = (SEEDING, FRAMEWORK, ANNUAL)
ACTS = (*CONVENTIONS, AMENDMENT)
"""What several parties sign: the X of the facts."""
CHARTER = "charte"
LETTERS_TO_PARTNERS = (
    "invitation-copil",
    "invitation-financeurs",
    "invitation-inauguration",
    "invitation-partenaires",
)
LETTERS = (
    "invitation-reseau", "presentation-ca", *LETTERS_TO_PARTNERS, "invitation-porteurs-de-projet", "renouvellement",
)  # fmt: skip
KEPT_SIGNED = (CHARTER, *CONVENTIONS)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a document: a paragraph, or a part of one between line breaks."""

    text: str
    style: str
    row: int | None
    """The row of a table it stands in, numbered through the document; None in the text itself."""
    cell: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One document of a generated case."""

    generated: Generated
    order: Order
    word: bytes
    lines: tuple[Line, ...]
    margin: tuple[str, ...]
    """What header and footer say."""
    boxes: tuple[str, ...]
    """For each signature box: what is said beside it."""

    @property
    def id(self) -> str:
        return self.order.document.id

    @property
    def name(self) -> str:
        return f"case {self.generated.number}, {self.order.key.name}"

    @property
    def case(self) -> Case:
        return self.generated.case

    @property
    def network(self) -> Network:
        return self.generated.network

    @property
    def date(self) -> dt.date:
        """The date that decides its words."""
        return vocabulary_date(self.order.document, self.case, self.order.issued_on)

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)

    @property
    def whole(self) -> str:
        """With header and footer."""
        return "\n".join([*self.margin, self.text])

    def section(self, start: str, *ends: str) -> str:
        """The text from the first line that holds a word to the next that holds one of others; all without."""
        rest = self.text[self.text.find(start) :] if start in self.text else ""
        cuts = [found for end in ends if (found := rest.find(end, len(start))) > 0]
        return rest[: min(cuts)] if cuts else rest

    def articles(self) -> dict[str, str]:
        """The text of each numbered article, by its heading."""
        found: dict[str, list[str]] = {}
        heading = None
        for line in self.lines:
            if line.style.startswith("Heading"):
                heading = line.text if line.text.startswith("Article") else None
                if heading:
                    found[heading] = []
            elif heading and not _ends_articles(line):
                found[heading].append(line.text)
            else:
                heading = None
        return {heading: "\n".join(lines) for heading, lines in found.items()}

    def article(self, word: str) -> str:
        """The articles whose heading holds a word, heading included; empty when there is none."""
        return "\n".join(f"{head}\n{body}" for head, body in self.articles().items() if word in head.lower())


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """All documents of a case that can be made, and those that cannot."""

    generated: Generated
    papers: tuple[Paper, ...]
    incomplete: tuple[str, ...]
    """Names of documents that the case has and lacks data for."""
    failures: tuple[str, ...]

    def of(self, *documents: str) -> list[Paper]:
        return [paper for paper in self.papers if paper.id in documents]


@cache
def repository() -> Workspace:
    """The repository is itself a workspace; nothing here writes into it."""
    return Workspace(ROOT)


@cache
def bundle(number: int) -> Bundle:
    """Make and read all the documents of a generated case."""
    return make_bundle(generate(number))


def make_bundle(generated: Generated) -> Bundle:
    papers, incomplete, failures = [], [], []
    for order in orders(generated):
        name = order.key.name
        try:
            rendered = make(
                order, generated.case, generated.network, repository().template(order.document.id)
            )
        except PilesError as error:
            failures.append(f"case {generated.number}, {name}: {error} {[str(one) for one in error.defects]}")
            continue
        if rendered.lacks:
            incomplete.append(name)
        else:
            papers.append(read_paper(generated, order, rendered.docx))
    return Bundle(
        generated=generated,
        papers=tuple(papers),
        incomplete=(*incomplete, *(state for state in _lacking(generated))),
        failures=tuple(failures),
    )


def orders(generated: Generated) -> Iterator[Order]:
    """One order, as for issue, for each document that the case's state says can be made."""
    now = situation_of(generated)
    for state in now.state.documents:
        if state.lacks:
            continue
        document = now.methodology.document(state.key.document)
        rewritten = _rewritten(generated) if document.id == AMENDMENT else ()
        order = order_for(now, state, means=_means(generated, document.signatories), rewritings=rewritten)
        issued_on = generated.issued[document.id]
        yield replace(
            order,
            reference=f"{generated.case.dossier}.{state.key.name}.v1",
            version=1,
            draft=False,
            original=1 if order.originals > 1 else None,
            issued_on=issued_on,
            acts={
                name: act
                for name, act in order.acts.items()
                if name != document.id and act.signed_on is not None and act.signed_on <= issued_on
            },
            milestones={name: day for name, day in order.milestones.items() if day <= issued_on},
        )


def _means(generated: Generated, signatories: tuple[str, ...]) -> Means | None:
    people = [signatory(party, generated.case, generated.network) for party in signatories]
    return document_means(
        {
            party: Means(generated.case.means_of(person))
            for party, person in zip(signatories, people, strict=True)
            if person
        }
    )


def situation_of(generated: Generated) -> Situation:
    """Where the case stands when what others recall is signed, and the notice period has changed since."""
    methodology, case, network = load_methodology(), generated.case, generated.network
    acts: list[Act] = [MilestoneReached(on=day, milestone=name) for name, day in generated.reached.items()]
    for name, day in generated.signed.items():
        document = methodology.document(name)
        if _is_missing(generated, name):
            continue
        issued = Issued(
            on=day,
            document=name,
            period=period(document, case),
            version=1,
            reference=f"{case.dossier}.{name}.v1",
            means=dict.fromkeys(document.signatories, Means.PAPER),
            originals=(Original(number=1, docx_sha256="", pdf_sha256="", pages=1),),
            ends_on=_end(generated, name),
            template_sha256="",
            signatories={party: full_name(signatory(party, case, network)) for party in document.signatories},
            values=_changed_since(case) if name == FRAMEWORK else {},
        )
        acts.append(issued)
        acts += [
            Signed(on=day, reference=issued.reference, party=party, original=1, means=Means.PAPER)
            for party in document.signatories
        ]
    state = assess(case, network, acts, generated.issued["renouvellement"], methodology)
    return Situation(case, network, tuple(acts), state, methodology)


def _changed_since(case: Case) -> dict[str, str]:
    """What the framework convention said when it was signed, and the case says otherwise now."""
    framework = case.conventions.cadre
    if framework and framework.preavis_jours:
        return {"conventions.cadre.preavis_jours": "61"}
    return {"conventions.cadre.fin": "2007-12-31"}


def _rewritten(generated: Generated) -> tuple[Rewriting, ...]:
    """What the amendment changes in the framework convention, which said otherwise when it was signed."""
    case, network, template = generated.case, generated.network, repository().template(FRAMEWORK)
    assert case.conventions.cadre
    said = _changed_since(case)
    key = next(iter(said)).rpartition(".")[2]
    value = int(said[f"conventions.cadre.{key}"]) if key == "preavis_jours" else dt.date(2007, 12, 31)
    other = case.conventions.cadre.model_copy(update={key: value})
    signed = case.model_copy(update={"conventions": case.conventions.model_copy(update={"cadre": other})})
    order = Order(
        document=load_methodology().document(FRAMEWORK),
        key=Key(FRAMEWORK),
        reference=f"{case.dossier}.{FRAMEWORK}.v1",
        version=1,
        draft=False,
        means=Means.PAPER,
        originals=2,
        original=1,
        issued_on=generated.issued[FRAMEWORK],
    )
    before, after = (make(order, one, network, template).docx for one in (signed, case))
    return rewritings(before, after, {title for path in said for title in template.sections_printing(path)})


def _convention(generated: Generated, name: str) -> object:
    conventions = generated.case.conventions
    return {SEEDING: conventions.amorcage, FRAMEWORK: conventions.cadre, ANNUAL: conventions.annuelle}.get(
        name
    )


def _is_missing(generated: Generated, name: str) -> bool:
    return name in CONVENTIONS and _convention(generated, name) is None


def _end(generated: Generated, name: str) -> dt.date | None:
    return getattr(_convention(generated, name), "fin", None)


def _lacking(generated: Generated) -> list[str]:
    return [state.key.name for state in situation_of(generated).state.documents if state.lacks]


# Reading a Word file back


def read_paper(generated: Generated, order: Order, word: bytes) -> Paper:
    """Read a document's lines in the order of the page, its margins and its signature boxes."""
    opened = docx.Document(io.BytesIO(word))
    styles = {style.style_id: str(style.name) for style in opened.styles}
    rows = {row: rank for rank, row in enumerate(opened.element.body.iter(qn("w:tr")))}
    lines = tuple(
        line for paragraph in opened.element.body.iter(qn("w:p")) for line in _lines(paragraph, styles, rows)
    )
    margin = tuple(
        line.text
        for section in opened.sections
        for part in (section.header, section.first_page_header, section.footer, section.first_page_footer)
        for paragraph in part._element.iter(qn("w:p"))
        for line in _lines(paragraph, styles, {})
    )
    return Paper(
        generated=generated,
        order=order,
        word=word,
        lines=lines,
        margin=tuple(dict.fromkeys(margin)),
        boxes=tuple(_beside(drawing, lines, rows) for drawing in opened.element.body.iter(qn("w:drawing"))),
    )


def _beside(drawing: etree._Element, lines: Sequence[Line], rows: Mapping[etree._Element, int]) -> str:
    """What the cell of a signature box says; its whole row where the cell holds the box alone."""
    row = next((rows[parent] for parent in drawing.iterancestors(qn("w:tr")) if parent in rows), None)
    own = next(drawing.iterancestors(qn("w:tc")), None)
    cell = own.getparent().index(own) if own is not None else None
    of_row = [line for line in lines if row is not None and line.row == row]
    of_cell = [line for line in of_row if line.cell == cell]
    return "\n".join(line.text for line in of_cell or of_row)


def _lines(
    paragraph: etree._Element, styles: Mapping[str, str], rows: Mapping[etree._Element, int]
) -> Iterator[Line]:
    style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    name = styles.get(style.get(qn("w:val"), ""), "") if style is not None else ""
    row = next((rows[parent] for parent in paragraph.iterancestors(qn("w:tr")) if parent in rows), None)
    cell = None
    if row is not None:
        own = next(paragraph.iterancestors(qn("w:tc")))
        cell = own.getparent().index(own)
    parts = paragraph.iter(qn("w:t"), qn("w:br"), qn("w:tab"))
    text = "".join(
        "\n" if part.tag == qn("w:br") else " " if part.tag == qn("w:tab") else part.text or ""
        for part in parts
    )
    for line in text.split("\n"):
        if line.strip():
            yield Line(line, name, row, cell)


def _ends_articles(line: Line) -> bool:
    return line.text.startswith("Fait ") or "sous forme électronique" in line.text
