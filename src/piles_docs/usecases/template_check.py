"""Check templates whole: as they are written, as documents of real data, and as the PDF that is signed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import pypdfium2

from piles_docs.documents.conformance import conformance_defects
from piles_docs.documents.conversion import Converter, LibreOffice
from piles_docs.documents.obstacles import obstacles_on
from piles_docs.documents.template import LETTERHEAD_FILE
from piles_docs.errors import Defect, Severity, TemplateInvalid, ToolFailed
from piles_docs.proofing.fonts import fonts_in_text, fonts_of_styles, installed_fonts, styles_in_text
from piles_docs.proofing.places import pages
from piles_docs.proofing.proof import block_defects, page_texts, pdf_defects
from piles_docs.usecases.conversion import to_pdf
from piles_docs.usecases.template_samples import Samples, Trial
from piles_docs.usecases.templates import NOT_DOCUMENTS, Model, StaticCheck, check_statically, models
from piles_docs.usecases.workspace import LETTERHEAD, Workspace


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
    made = [defect for model in asked for defect in _try(workspace, model, static, samples, checked)]
    written = _with_pdf(workspace, static, converter, checked) if converter else static.defects()
    found = [*written, *made, *_fonts(workspace, static), *_idle_blocks(asked)]
    order = {model.file: rank for rank, model in enumerate(asked)}
    checked.defects = sorted(found, key=lambda defect: order.get(defect.file, len(order)))
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
        yield _warning(
            model.file,
            "aucun dossier n’a de quoi faire ce document : son rendu n’a pas été vérifié",
            "complétez un dossier (piles check), puis relancez",
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
        yield _warning(
            trial.file,
            f"les originaux seront émis sans codes de page : {found[0]}{more}",
            "dégagez les quatre coins de la page, dans ce modèle ou dans le papier à en-tête : sans codes, "
            "les pages numérisées ne sont pas reconnues",
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
        yield _warning(
            "polices",
            "les polices n’ont pas été vérifiées : fontconfig n’est pas installé",
            "apt-get install fontconfig, puis relancez",
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
            remedy = "incluez-le par {%p inclure … %}, ou supprimez le fichier"
            yield _warning(model.file, "aucun modèle n’inclut ce bloc", remedy)
        elif model.document is None and not model.is_block and model.name not in {*NOT_DOCUMENTS, LETTERHEAD}:
            remedy = "piles templates list donne les noms attendus"
            yield _warning(model.file, "aucun document ne porte ce nom : ce modèle ne sert pas", remedy)


def _warning(file: str, message: str, remedy: str) -> Defect:
    return Defect(file=file, message=message, remedy=remedy, severity=Severity.WARNING)
