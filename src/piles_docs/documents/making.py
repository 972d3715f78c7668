"""Make one document: gather what its template may name, render it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from lxml import etree

from piles_docs.case.models import Case
from piles_docs.case.network_models import Network
from piles_docs.case.parties import Organisation, Person
from piles_docs.documents.committee import Committee
from piles_docs.documents.filters import FILTERS
from piles_docs.documents.rendering import Rendered, place_of, render
from piles_docs.documents.sections import Rewriting
from piles_docs.documents.template import Template
from piles_docs.documents.view import NETWORK, Absent, Deferred, Record, View, Whole, see
from piles_docs.french.vocabulary import vocabulary_at
from piles_docs.methodology.acts import Means
from piles_docs.methodology.instances import meeting
from piles_docs.methodology.model import Document, load_methodology
from piles_docs.methodology.parties import HOST, NETWORK_HEAD, full_name, signatory
from piles_docs.methodology.states import Key
from piles_docs.methodology.training import (
    HALF_DAY_IN_WORDS,
    Module,
    TrainingPlan,
    catalogue,
    skill_titles,
    training_plan,
)

AT_SIGNATURE = "a-la-signature"
# A case without a single date is a new one: today’s words, as far as this program knows them.
_LATEST_WORDS = dt.date(2026, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedAct:
    """What a template may say of another document of the case."""

    reference: str
    signed_on: dt.date | None
    ends_on: dt.date | None = None
    title: str = ""
    amendments: int = 0
    """How many signed amendments it has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Which document to make, and as what."""

    document: Document
    key: Key
    reference: str
    version: int
    draft: bool
    means: Means
    originals: int
    original: int | None = None
    """The number of this original, where originals are numbered."""
    issued_on: dt.date | None = None
    """The day of issue; None for a draft."""
    acts: Mapping[str, SignedAct] = field(default_factory=dict)
    """Signed documents of the case, by document id."""
    milestones: Mapping[str, dt.date] = field(default_factory=dict)
    """When each recorded milestone was reached: what a preamble may tell as done."""
    rewritings: tuple[Rewriting, ...] = ()
    """For an amendment: the stipulations of the signed act that it changes."""


def make(order: Order, case: Case, network: Network, template: Template) -> Rendered:
    """Make one document as Word.

    Raises:
        TemplateInvalid: The template cannot be rendered as it is.
        ImpossibleDates: A training plan on days that are not three working days.
    """
    record = Record()
    dated = document_date(order.document, case, order.issued_on)
    parties = [(party, signatory(party, case, network)) for party in order.document.signatories]
    amended = order.acts.get(order.key.recipient or "")
    words_of = vocabulary_date(order.document, case, order.issued_on)
    variables = {
        "emetteur": _issuer(order.document, case, network, record),
        "document": _document_variables(order, dated, record)
        | {"numero": amended.amendments + 1 if amended else 1},
        "destinataire": _recipient(order.key.recipient, case, record),
        "rencontre": _or_absent(
            meeting(order.document, case), f"rencontres.{order.document.meeting}", record
        ),
        "actes": {
            name.replace("-", "_"): _act(order.acts.get(name), f"actes.{name}", record)
            for name in ("charte", "convention-amorcage", "convention-cadre", "convention-annuelle")
        },
        "jalons": {
            milestone.id.replace("-", "_"): order.milestones.get(milestone.id)
            or Absent(f"jalons.{milestone.id}", record)
            for milestone in load_methodology().milestones
        },
        "acte": _act(amended, "acte", record),
        "modifications": [
            {
                "stipulation": rewriting.heading,
                "ajoutee": not rewriting.before,
                "supprimee": not rewriting.wording,
                "redaction": place_of(rank),
            }
            for rank, rewriting in enumerate(order.rewritings)
        ],
        "comite": _committee(order.document, case, network, record),
        "plan": _plan(order.document, case, record),
        "termes": vocabulary_at(words_of),
    }
    signatories = [
        _signatory(party, person, case, network, order, dated) for party, person in parties if person
    ]
    return render(
        template,
        [variables, _case_variables(case, network, words_of, record)],
        record=record,
        signatories=signatories,
        title=_title(order.document, case),
        dated=words_of,
        insertions=[rewriting.wording for rewriting in order.rewritings],
    )


def _title(document: Document, case: Case) -> str:
    return f"{document.title} – {case.piles.nom}"


def circumstances(order: Order, case: Case, network: Network) -> dict[str, str]:
    """What a document is made of beside the fields that its template looks at, by French names.

    The same circumstances and fields make the same document of the same template.
    """
    document = order.document
    dated = document_date(document, case, order.issued_on)
    people = [(party, signatory(party, case, network)) for party in document.signatories]
    signers = [_signatory(party, one, case, network, order, dated) for party, one in people if one]
    wordings = [
        (one.heading, one.before, [etree.tostring(element) for element in one.wording])
        for one in order.rewritings
    ]
    profile = case.animateur.profil if case.animateur and "formation.dates" in document.needs else None
    found: dict[str, object] = {
        "le titre": _title(document, case),
        "la référence": (order.key, order.reference, order.version, order.draft),
        "le moyen de signature": (order.means, order.original, order.originals),
        "la date du document": (dated, vocabulary_date(document, case, order.issued_on)),
        "les actes signés": sorted(order.acts.items()),
        "les jalons atteints": sorted(order.milestones.items()),
        "les signataires": signers,
        "les stipulations réécrites": wordings,
        "le profil de l’animateur": profile,
    }
    return {name: repr(value) for name, value in found.items()}


def document_date(document: Document, case: Case, issued_on: dt.date | None) -> dt.date | None:
    """The date that a document bears: the case's, else the day of issue; None where a hand will write it."""
    if document.date is None:
        return issued_on
    given = _at(case, document.date)
    return given if isinstance(given, dt.date) else None


def vocabulary_date(document: Document, case: Case, issued_on: dt.date | None) -> dt.date:
    """The date that decides words and law: the document's own, else its term's, its meeting's, the case's."""
    held = meeting(document, case)
    term = _at(case, document.date.rpartition(".")[0] + ".debut") if document.date else None
    candidates = (
        document_date(document, case, issued_on),
        issued_on,
        term,
        held.date if held else None,
        case.dossier_ouvert_le,
        case.conventions.amorcage.debut if case.conventions.amorcage else None,
        case.porteuse.deliberation.date if case.porteuse.deliberation else None,
    )
    return next((date for date in candidates if isinstance(date, dt.date)), _LATEST_WORDS)


def _at(case: Case, path: str) -> object:
    value: object = case
    for name in path.split("."):
        value = getattr(value, name.replace("-", "_"), None)
    return value


def _case_variables(case: Case, network: Network, dated: dt.date, record: Record) -> Mapping[str, Any]:
    view = View(case, "", record)
    return Deferred(
        {
            **{name: partial(getattr, view, name) for name in type(case).model_fields},
            "tete_de_reseau": lambda: View(network.tete_de_reseau, "tete_de_reseau", record),
            "reseau": lambda: _network_at(network, dated, record),
        }
    )


def _network_at(network: Network, dated: dt.date, record: Record) -> Any:
    """The other PILES; one that opened since is none of a document of an earlier day."""
    record.seen[NETWORK] = Whole(network.reseau)
    return see([hub for hub in network.reseau if hub.annee <= dated.year], NETWORK, Record())


def _issuer(document: Document, case: Case, network: Network, record: Record) -> View:
    """On whose paper a document is written."""
    if document.issuer == HOST:
        return View(case.porteuse, "porteuse", record)
    return View(network.tete_de_reseau, "tete_de_reseau", record)


def _document_variables(order: Order, dated: dt.date | None, record: Record) -> dict[str, Any]:
    return {
        "titre": order.document.title,
        "reference": order.reference,
        "version": order.version,
        "projet": order.draft,
        "exemplaire": (order.original if order.originals > 1 else None)
        or Absent("document.exemplaire", record),
        "exemplaires": order.originals,
        "moyen": str(order.means),
        "date": dated or Absent("document.date", record),
    }


def _recipient(recipient: str | None, case: Case, record: Record) -> View | Absent:
    if recipient == HOST:
        return View(case.porteuse, "porteuse", record)
    partner = next((partner for partner in case.partenaires if partner.id == recipient), None)
    return View(partner, f"partenaires.{partner.id}", record) if partner else Absent("destinataire", record)


def _or_absent(model: Any, path: str, record: Record) -> View | Absent:  # a model or None
    return View(model, path, record) if model is not None else Absent(path, record)


def _act(act: SignedAct | None, path: str, record: Record) -> dict[str, Any] | Absent:
    if act is None:
        return Absent(path, record)
    return {
        "titre": act.title,
        "reference": act.reference,
        "signe_le": act.signed_on or Absent(f"{path}.signe_le", record),
        "fin": act.ends_on or Absent(f"{path}.fin", record),
    }


def _committee(document: Document, case: Case, network: Network, record: Record) -> Committee | Absent:
    if document.meeting is None:
        return Absent("comite", record)
    partners = {one.id: View(one, f"partenaires.{one.id}", record) for one in case.partenaires}
    return Committee(
        meeting=_or_absent(meeting(document, case), f"rencontres.{document.meeting}", record),
        occasion=document.meeting,
        bodies={
            HOST: View(case.porteuse, "porteuse", record),
            NETWORK_HEAD: View(network.tete_de_reseau, "tete_de_reseau", record),
        }
        | partners,
    )


def _plan(document: Document, case: Case, record: Record) -> dict[str, Any] | Absent:
    if "formation.dates" not in document.needs:
        return Absent("plan", record)
    view = View(case, "", record)
    profile = case.animateur.profil if case.animateur else None
    if profile is None or not view.formation.dates:
        return Absent("formation.dates", record)
    plan = training_plan(profile.model_dump(by_alias=True), view.formation.dates, view.piles.departement)
    return _plan_variables(plan)


def _plan_variables(plan: TrainingPlan) -> dict[str, Any]:
    return {
        "heures": f"{plan.hours:g}",
        "jours": plan.days,
        "seances": [
            {
                "date": session.date,
                "moment": session.moment,
                "debut": session.begins,
                "fin": session.ends,
                "heures": HALF_DAY_IN_WORDS,
                "module": _module(session.module),
            }
            for session in plan.sessions
        ],
        "catalogue": [
            {
                **_module(module),
                "domaine": skill_titles()[module.skill],
                "heures": HALF_DAY_IN_WORDS,
                "retenu": module in [session.module for session in plan.sessions],
            }
            for module in catalogue()
        ],
    }


def _module(module: Module) -> dict[str, Any]:
    return {
        "titre": module.title,
        "objectifs": list(module.objectives),
        "contenu": list(module.content),
        "methode": module.method,
    }


def _signatory(
    party: str, person: Person, case: Case, network: Network, order: Order, dated: dt.date | None
) -> dict[str, Any]:
    organisation: Organisation | None = {HOST: case.porteuse, NETWORK_HEAD: network.tete_de_reseau}.get(party)
    agrees, name = FILTERS["accorde"], FILTERS["le"]
    default = {"animateur": "animateur", "formateur": "formateur"}.get(party, "")
    return {
        "partie": party,
        "nom": full_name(person),
        "qualite": agrees(person, person.fonction or default),
        "pour": name(organisation) if organisation else "",
        # An act bears one date: the case's, or the one that each signatory writes.
        "date_a_la_main": order.means is Means.PAPER and not (order.document.date and dated),
    }
