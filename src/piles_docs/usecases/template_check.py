"""Check templates whole: as they are written, as documents of real data, and as the PDF that is signed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pypdfium2

from piles_docs.case.models import Case
from piles_docs.case.parties import Person
from piles_docs.case.reading import read_case
from piles_docs.documents.conformance import conformance_defects
from piles_docs.documents.conversion import Converter, LibreOffice
from piles_docs.documents.cover import Cover, Round, ToSign, make_cover
from piles_docs.documents.filters import FILTERS
from piles_docs.documents.making import Order, SignedAct, make
from piles_docs.documents.obstacles import obstacles_on
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
from piles_docs.documents.sections import Rewriting, rewritings
from piles_docs.documents.template import LETTERHEAD_FILE
from piles_docs.errors import Defect, PilesError, Severity, TemplateInvalid, ToolFailed
from piles_docs.methodology.acts import Level, Means
from piles_docs.methodology.instances import keys, lacks
from piles_docs.methodology.model import Document, load_methodology
from piles_docs.methodology.parties import NETWORK_HEAD, PARTY_TITLES, full_name, signatory
from piles_docs.methodology.states import Key
from piles_docs.methodology.training import ImpossibleDates
from piles_docs.proofing.fonts import fonts_in_text, fonts_of_styles, installed_fonts, styles_in_text
from piles_docs.proofing.places import pages
from piles_docs.proofing.proof import Signatory, block_defects, page_texts, pdf_defects
from piles_docs.usecases.conversion import to_pdf
from piles_docs.usecases.init import seed
from piles_docs.usecases.templates import COVER, NOT_DOCUMENTS, Model, StaticCheck, check_statically, models
from piles_docs.usecases.workspace import LETTERHEAD, Workspace

_COMPLETE_CASE = "cases/embrunais.yaml"
"""The sample case that comes with the program and from which every document can be made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A document made from a template, to look at."""

    file: str
    """The template, as staff know it."""
    dossier: str
    docx: bytes
    signatories: tuple[Signatory, ...]


@dataclass(slots=True)
class Checked:
    """What a check looked at and found."""

    models: tuple[Model, ...]
    defects: list[Defect] = field(default_factory=list)
    """Those of each file together, files in the order of the models."""
    trials: list[Trial] = field(default_factory=list)
    is_pdf_checked: bool = False


def check_templates(
    workspace: Workspace, wanted: Sequence[Model], converter: Converter | None, today: dt.date
) -> Checked:
    """Check models; a block is checked in every template that includes it.

    Args:
        workspace: Where they are.
        wanted: The models to check.
        converter: Makes the PDF; None to look at Word only, and then no page is known.
        today: The day of the trial documents.

    Raises:
        CaseInvalid: piles.toml has errors.
    """
    known = {model.name: model for model in models(workspace)}
    including = [known[name] for model in wanted for name in model.included_by]
    asked = tuple(dict.fromkeys([*wanted, *including]))
    static = check_statically(workspace, asked)
    checked = Checked(models=asked)
    samples = Samples(workspace, today)
    made: list[Defect] = []
    for model in asked:
        made += _try(workspace, model, static, samples, checked)
    found = [*_fonts(workspace, static), *_idle_blocks(asked)]
    if converter is None:
        checked.defects = [*static.defects(), *made, *found]
    else:
        checked.defects = [*_with_pdf(workspace, static, converter, checked), *made, *found]
    order = {model.file: rank for rank, model in enumerate(asked)}
    checked.defects.sort(key=lambda defect: order.get(defect.file, len(order)))
    return checked


def _try(
    workspace: Workspace, model: Model, static: StaticCheck, samples: Samples, checked: Checked
) -> Iterator[Defect]:
    """Make a document of a model that is fit, with real data."""
    if not model.is_rendered:
        return
    try:
        if not static.is_fit(workspace.template(model.name)):
            return
        trial = samples.of(model)
    except TemplateInvalid as error:
        said = {defect.message for defect in static.unreadable}
        whole = Defect(file=model.file, message=error.message, remedy=error.remedy)
        yield from (each for each in error.defects or [whole] if each.message not in said)
        return
    if trial is None:
        yield Defect(
            file=model.file,
            message="aucun dossier n’a de quoi faire ce document : son rendu n’a pas été vérifié",
            remedy="complétez un dossier (piles check), puis relancez",
            severity=Severity.WARNING,
        )
        return
    checked.trials.append(trial)
    yield from block_defects(trial.docx, trial.signatories, file=model.file)


def _with_pdf(
    workspace: Workspace, static: StaticCheck, converter: Converter, checked: Checked
) -> list[Defect]:
    """Convert all at once: the trials, and unfit files as they are, for the pages that staff see in Word."""
    unfit = {file: static.contents[file] for file, faults in static.faults.items() if faults}
    words = {f"{trial.file} ({trial.dossier})": trial.docx for trial in checked.trials} | unfit
    try:
        pdfs = to_pdf(workspace, converter, words)
    except ToolFailed as error:
        stopped = Defect(file="PDF", message=f"rien n’a été vérifié : {error.message}", remedy=error.remedy)
        return [*static.defects(), stopped]
    checked.is_pdf_checked = True
    places: dict[tuple[str, int], int] = {}
    for file in unfit:
        places |= pages(static.paragraphs[file], page_texts(pdfs[file]))
    found = static.defects(places)
    for trial in checked.trials:
        pdf = pdfs[f"{trial.file} ({trial.dossier})"]
        found += pdf_defects(trial.docx, pdf, trial.signatories, file=trial.file)
        found += _covered_codes(pdf, trial)
        if isinstance(converter, LibreOffice):  # the other makes neither PDF/A nor PDF/UA
            found += conformance_defects(pdf, name=trial.file)
    return found


def _covered_codes(pdf: bytes, trial: Trial) -> Iterator[Defect]:
    """Say what stands where the page codes go: originals are then issued without any."""
    if not trial.signatories:
        return
    with pypdfium2.PdfDocument(pdf) as document:
        found = obstacles_on(list(document))
    if found:
        more = f" (et {len(found) - 1} de plus)" if found[1:] else ""
        yield Defect(
            file=trial.file,
            message=f"les originaux seront émis sans codes de page : {found[0]}{more}",
            remedy="dégagez les quatre coins de la page, dans ce modèle ou dans le papier à en-tête : sans "
            "codes, les pages numérisées ne sont pas reconnues",
            severity=Severity.WARNING,
        )


def _fonts(workspace: Workspace, static: StaticCheck) -> Iterator[Defect]:
    """Say which fonts this machine would replace: pages would then change from one machine to another."""
    asked = {
        file: fonts_in_text(content, name=file)
        for file, content in static.contents.items()
        if file in static.paragraphs
    }
    letterhead = workspace.root / LETTERHEAD_FILE
    if letterhead.is_file() and asked:
        styles = {style for file in asked for style in styles_in_text(static.contents[file], name=file)}
        try:
            of_styles = fonts_of_styles(letterhead.read_bytes(), styles, name=LETTERHEAD_FILE)
        except TemplateInvalid:
            of_styles = {}  # said already, as a template that cannot be read
        asked[LETTERHEAD_FILE] = asked.get(LETTERHEAD_FILE, {}) | of_styles
    installed = installed_fonts()
    if installed is None:
        yield Defect(
            file="polices",
            message="les polices n’ont pas été vérifiées : fontconfig n’est pas installé",
            remedy="apt-get install fontconfig, puis relancez",
            severity=Severity.WARNING,
        )
        return
    for file, fonts in asked.items():
        for font in fonts:
            if font.lower() not in installed:
                yield Defect(
                    file=file,
                    message=f"la police « {font} » n’est pas installée ici : une autre la remplace",
                    remedy="remettez « Liberation Sans », ou installez cette police là où se font les PDF",
                )


def _idle_blocks(asked: Sequence[Model]) -> Iterator[Defect]:
    for model in asked:
        if model.is_block and not model.included_by:
            yield Defect(
                file=model.file,
                message="aucun modèle n’inclut ce bloc",
                remedy="incluez-le par {%p inclure … %}, ou supprimez le fichier",
                severity=Severity.WARNING,
            )
        elif model.document is None and not model.is_block and model.name not in {*NOT_DOCUMENTS, LETTERHEAD}:
            yield Defect(
                file=model.file,
                message="aucun document ne porte ce nom : ce modèle ne sert pas",
                remedy="piles templates list donne les noms attendus",
                severity=Severity.WARNING,
            )


def complete_case() -> Case | None:
    """The complete sample case, where the program was installed with it."""
    complete = seed().joinpath(*_COMPLETE_CASE.split("/"))
    return read_case(complete.read_bytes(), _COMPLETE_CASE).case if complete.is_file() else None


class Samples:
    """Documents to try templates with: of the cases of the workspace, else of the complete sample case."""

    def __init__(self, workspace: Workspace, today: dt.date) -> None:
        self._workspace = workspace
        self._today = today
        self._network = workspace.network()
        self._cases = list(self._readable_cases())

    def _readable_cases(self) -> Iterator[Case]:
        for dossier in self._workspace.dossiers():
            try:
                yield self._workspace.case(dossier)
            except PilesError:
                continue  # piles check says what is wrong with it
        complete = complete_case()
        if complete is not None:
            yield complete

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
        for case in self._cases:
            for order in self._orders(document, case):
                try:
                    made = make(order, case, self._network, template)
                except ImpossibleDates:
                    continue
                if not made.lacks:
                    people = [
                        (party, signatory(party, case, self._network)) for party in document.signatories
                    ]
                    return Trial(
                        file=template.name,
                        dossier=case.dossier,
                        docx=made.docx,
                        signatories=tuple(
                            Signatory(party=party, name=full_name(person), function=_function(person))
                            for party, person in people
                        ),
                    )
        return None

    def _orders(self, document: Document, case: Case) -> Iterator[Order]:
        is_amendment = document.recipients == "amended"
        wanted = [Key(document.id, "convention-cadre")] if is_amendment else keys(document, case)
        acts, changes = self._amended(case) if is_amendment else ({}, ())
        for key in wanted:
            if is_amendment and not acts:
                return
            if lacks(document, key, case, self._network):
                continue
            yield Order(
                document=document,
                key=key,
                reference=f"{case.dossier}.{key.name}",
                version=1,
                draft=True,
                means=Means.PAPER,
                originals=max(1, len(document.signatories)),
                acts=acts,
                rewritings=changes,
            )

    def _amended(self, case: Case) -> tuple[dict[str, SignedAct], tuple[Rewriting, ...]]:
        """The framework convention as if it were signed, and a change since then: what an amendment needs."""
        act = load_methodology().document("convention-cadre")
        cadre = case.conventions.cadre
        if cadre is None or lacks(act, Key(act.id), case, self._network):
            return {}, ()
        signed = SignedAct(
            reference=f"{case.dossier}.{act.id}.v1",
            signed_on=cadre.date if isinstance(cadre.date, dt.date) else self._today,
            ends_on=cadre.fin,
            title=act.title,
        )
        order = Order(
            document=act,
            key=Key(act.id),
            reference=signed.reference,
            version=1,
            draft=True,
            means=Means.PAPER,
            originals=1,
        )
        template = self._workspace.template(act.id)
        other = cadre.model_copy(update={"preavis_jours": (cadre.preavis_jours or 0) + 30})
        as_signed = case.model_copy(
            update={"conventions": case.conventions.model_copy(update={"cadre": other})}
        )
        before, after = (make(order, one, self._network, template).docx for one in (as_signed, case))
        printing = template.sections_printing("conventions.cadre.preavis_jours")
        return {act.id: signed}, rewritings(before, after, printing)

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
        docx = make_cover(page, self._network, template)
        return Trial(file=template.name, dossier="essai", docx=docx, signatories=())

    def proof_file(self) -> Trial:
        """Make a proof file of an act with one signature.

        Raises:
            TemplateInvalid: It cannot be rendered.
        """
        template = self._workspace.template(PROOF)
        docx = make_proof_file(self._proof(), self._network, template)
        return Trial(file=template.name, dossier="essai", docx=docx, signatories=())

    def _proof(self) -> ProofFile:
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
        return ProofFile(
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


def _function(person: Person | None) -> str:
    return FILTERS["fonction"](person) if person and person.fonction else ""
