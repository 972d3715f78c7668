"""Documents to try templates with: of the cases of a workspace, else of the sample case that is complete."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

from piles_docs.case.models import Case
from piles_docs.case.parties import Person
from piles_docs.case.reading import read_case
from piles_docs.documents.cover import Cover, Round, ToSign, make_cover
from piles_docs.documents.filters import FILTERS
from piles_docs.documents.making import Order, SignedAct, make
from piles_docs.documents.proof_file import TEMPLATE as PROOF
from piles_docs.documents.proof_file import (
    CertificateShown,
    ElectronicSignature,
    HeldFile,
    ProofFile,
    RecordedFact,
    SentMail,
    make_proof_file,
)
from piles_docs.documents.proof_file import Signatory as SignatoryShown
from piles_docs.documents.sections import rewritings
from piles_docs.errors import PilesError
from piles_docs.methodology.acts import Level, Means
from piles_docs.methodology.instances import keys, lacks
from piles_docs.methodology.model import Document, load_methodology
from piles_docs.methodology.parties import NETWORK_HEAD, PARTY_TITLES, full_name, signatory
from piles_docs.methodology.states import Key
from piles_docs.methodology.training import ImpossibleDates
from piles_docs.proofing.proof import Signatory
from piles_docs.usecases.init import seed
from piles_docs.usecases.templates import COVER, Model
from piles_docs.usecases.workspace import Workspace

_COMPLETE_CASE = "cases/embrunais.yaml"
"""The sample case that comes with the program and from which every document can be made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A document made from a template, to look at."""

    file: str
    """The template, as staff know it."""
    dossier: str = "essai"
    docx: bytes
    signatories: tuple[Signatory, ...] = ()


def complete_case() -> Case:
    """The complete sample case."""
    reading = read_case(seed().joinpath(_COMPLETE_CASE).read_bytes(), _COMPLETE_CASE)
    if reading.case is None:
        raise ValueError(_COMPLETE_CASE, reading.defects)
    return reading.case


class Samples:
    """What a template is tried with: the cases, and the documents that are made of them."""

    def __init__(self, workspace: Workspace, today: dt.date) -> None:
        """Nothing is read yet but piles.toml.

        Args:
            workspace: Where the templates and the cases are.
            today: The day of the documents.
        """
        self._workspace, self._today = workspace, today
        self._network = workspace.network()
        self._read: list[Case] = []
        self._unread = self._readable()

    def _readable(self) -> Iterator[Case]:
        for dossier in self._workspace.dossiers():
            with suppress(PilesError):  # piles check says what is wrong with it
                yield self._workspace.chosen_case(dossier)
        yield complete_case()

    def _cases(self) -> Iterator[Case]:
        """The cases, each read once, and no more of them than are asked for: there may be thousands."""
        yield from self._read
        for case in self._unread:
            self._read.append(case)
            yield case

    def of(self, model: Model) -> Trial | None:
        """Make what a model is for; None where no case has what it needs.

        Raises:
            TemplateInvalid: It cannot be rendered.
        """
        if model.document is not None:
            return self.document(model.document)
        return self.cover() if model.name == COVER else self.proof_file()

    def document(self, document: Document) -> Trial | None:
        """Make a document of the first case that has what it needs; None where no case has.

        Raises:
            TemplateInvalid: It cannot be rendered.
        """
        template = self._workspace.template(document.id)
        for case, order in self._orders(document):
            try:
                made = make(order, case, self._network, template)
            except ImpossibleDates:
                continue
            if not made.lacks:
                people = {party: signatory(party, case, self._network) for party in document.signatories}
                return Trial(
                    file=template.name,
                    dossier=case.dossier,
                    docx=made.docx,
                    signatories=tuple(
                        Signatory(party=party, name=full_name(person), function=_function(person))
                        for party, person in people.items()
                    ),
                )
        return None

    def _orders(self, document: Document) -> Iterator[tuple[Case, Order]]:
        """What a document can be made from, as far as the methodology tells."""
        for case in self._cases():
            if document.recipients == "amended":
                yield from self._amendments(document, case)
            for key in keys(document, case):
                if not lacks(document, key, case, self._network):
                    yield case, _order(document, key, case)

    def _amendments(self, document: Document, case: Case) -> Iterator[tuple[Case, Order]]:
        """An amendment of the framework convention, as if that were signed and had changed since then."""
        act = load_methodology().document("convention-cadre")
        key, framework = Key(document.id, act.id), case.conventions.cadre
        if framework is None or any(
            lacks(each, of, case, self._network) for each, of in ((act, Key(act.id)), (document, key))
        ):
            return
        signed = SignedAct(
            reference=f"{case.dossier}.{act.id}.v1",
            signed_on=framework.date if isinstance(framework.date, dt.date) else self._today,
            ends_on=framework.fin,
            title=act.title,
        )
        other = framework.model_copy(update={"preavis_jours": (framework.preavis_jours or 0) + 30})
        conventions = case.conventions.model_copy(update={"cadre": other})
        as_signed, template = (
            case.model_copy(update={"conventions": conventions}),
            self._workspace.template(act.id),
        )
        before, after = (
            make(_order(act, Key(act.id), one), one, self._network, template).docx
            for one in (as_signed, case)
        )
        changes = rewritings(before, after, template.sections_printing("conventions.cadre.preavis_jours"))
        yield case, replace(_order(document, key, case), acts={act.id: signed}, rewritings=changes)

    def cover(self) -> Trial:
        """Make a cover for the network head.

        Raises:
            TemplateInvalid: It cannot be rendered.
        """
        template = self._workspace.template(COVER)
        person = self._network.tete_de_reseau.representant
        page = Cover(
            signatory=full_name(person),
            function=_function(person),
            on_behalf_of=self._network.tete_de_reseau.nom,
            due_on=self._today,
            issued_on=self._today,
            to_sign=(
                ToSign(
                    title="Charte",
                    reference="essai",
                    original=1,
                    originals=2,
                    page=2,
                    place="en bas à droite",
                    means=Means.PAPER,
                    unlocks="l’étape 3",
                ),
            ),
            signed=(("Convention", self._today),),
            read_only=(("Annexe", 3),),
            orders=(Round(titles=("Charte",), names=("Mme Essai", full_name(person)), reader=1),),
            head="essai 1 0000-0000-0000-0000",
        )
        return Trial(file=template.name, docx=make_cover(page, self._network, template))

    def proof_file(self) -> Trial:
        """Make a proof file of an act with one signature.

        Raises:
            TemplateInvalid: It cannot be rendered.
        """
        template = self._workspace.template(PROOF)
        moment = dt.datetime.combine(self._today, dt.time(12), tzinfo=dt.UTC)
        name = full_name(self._network.tete_de_reseau.representant)
        digest = "0" * 64
        certificate = CertificateShown(
            subject=name, issuer="Autorité d’essai", sha256=digest, begins_at=moment, ends_at=moment
        )
        signature = ElectronicSignature(
            certificate=certificate,
            level=Level.LTA,
            told_at=moment,
            stamped_at=moment,
            anchor="Autorité d’essai",
        )
        page = ProofFile(
            title="Charte",
            reference="essai",
            version=1,
            project="PILES d’essai",
            issued_on=self._today,
            original=1,
            originals=1,
            pages=2,
            issued_sha256=digest,
            issued_size=1,
            signed_sha256=digest,
            signed_size=2,
            signatories=(
                SignatoryShown(
                    name=name,
                    role=PARTY_TITLES[NETWORK_HEAD],
                    on_behalf_of=self._network.tete_de_reseau.nom,
                    means=Means.ELECTRONIC,
                    signature=signature,
                    signed_on=self._today,
                ),
            ),
            mails=(
                SentMail(
                    recorded_at=moment,
                    name=name,
                    address="personne@essai.example",
                    purpose="envoi",
                    outcome="accepté par le serveur d’envoi",
                ),
            ),
            facts=(RecordedFact(sequence=1, recorded_at=moment, text="émission de essai", digest=digest),),
            head="essai 1 0000-0000-0000-0000",
            head_digest=digest,
            seal=certificate,
            reserves=("Ceci est un essai.",),
            files=(HeldFile(name="acte-signe.pdf", description="L’acte signé", sha256=digest),),
            made_at=moment,
        )
        return Trial(file=template.name, docx=make_proof_file(page, self._network, template))


def _order(document: Document, key: Key, case: Case) -> Order:
    return Order(
        document=document,
        key=key,
        reference=f"{case.dossier}.{key.name}",
        version=1,
        draft=True,
        means=Means.PAPER,
        originals=max(1, len(document.signatories)),
    )


def _function(person: Person | None) -> str:
    return FILTERS["fonction"](person) if person and person.fonction else ""
