"""Templates are listed, checked on real data, and their changes told before they reach a case."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import Future
from pathlib import Path

import pytest
from docx import Document
from docx.document import Document as WordDocument

from piles_docs.case.models import Case
from piles_docs.documents.conversion import Embedded
from piles_docs.errors import Severity, TemplateInvalid, ToolFailed, UsageError
from piles_docs.methodology.model import load_methodology
from piles_docs.usecases.clock import Clock
from piles_docs.usecases.generate import generate
from piles_docs.usecases.pack import pack
from piles_docs.usecases.record import record_milestone, record_signature
from piles_docs.usecases.template_changes import (
    Change,
    changes_from,
    changes_since_made,
    shipped,
    text_changes,
)
from piles_docs.usecases.template_check import Checked, check_templates
from piles_docs.usecases.template_samples import Samples
from piles_docs.usecases.templates import NOT_DOCUMENTS, choose, filters, listed, show, variables
from piles_docs.usecases.workspace import Workspace

CASE = "embrunais"
TODAY = dt.date(2025, 3, 20)
CLOCK = Clock(today=TODAY, now=dt.datetime(2025, 3, 20, 9, tzinfo=dt.UTC))
SENTENCE = "Une phrase ajoutée au modèle."


def edit(workspace: Workspace, name: str, text: str = SENTENCE, *, after: str | None = None) -> WordDocument:
    """Write a paragraph into a template: before its first one, or after the heading that holds a word."""
    path = workspace.root / f"templates/{name}.docx"
    document = Document(str(path))
    before = next(
        paragraph
        for rank, paragraph in enumerate(document.paragraphs)
        if after is None or after in document.paragraphs[rank - 1].text
    )
    before.insert_paragraph_before(text)
    document.save(str(path))
    return document


def check(workspace: Workspace, *names: str, pdf: bool = False) -> Checked:
    return check_templates(workspace, choose(workspace, names), Embedded() if pdf else None, TODAY)


def messages(checked: Checked) -> list[str]:
    return [f"{defect.file} : {defect.message}" for defect in checked.defects]


def issue_charter(workspace: Workspace) -> None:
    for milestone in ("rencontre-faite", "validation-ca"):
        record_milestone(workspace, CASE, milestone, on=TODAY, note=None, evidence=(), clock=CLOCK)
    pack(
        workspace, CASE, step=None, documents=["charte"], means=None, ahead=None, issued_on=None,
        converter=Embedded(), clock=CLOCK,
    )  # fmt: skip


def draft(workspace: Workspace) -> None:
    generate(workspace, CASE, documents=["charte"], converter=None, overwrite=False, today=TODAY)


def since_made(workspace: Workspace) -> list[Change]:
    return list(changes_since_made(workspace, ["charte"], TODAY))


def test_every_document_is_listed_with_its_template_and_all_are_fit(workspace: Workspace) -> None:
    found = listed(workspace)
    documents = [each.model.document.id for each in found if each.model.document]
    assert documents == [document.id for document in load_methodology().documents]
    assert {"couverture", "papier-en-tete", "blocs/comparution"} <= {each.model.name for each in found}
    assert [each.model.name for each in found if each.defects] == []


def test_a_template_is_unfit_with_its_block_and_its_letterhead(workspace: Workspace) -> None:
    edit(workspace, "blocs/reference", "{{ document.nope }}")
    unfit = {each.model.name for each in listed(workspace) if each.defects}
    assert {"blocs/reference", "charte"} <= unfit
    assert "couverture" not in unfit
    (workspace.root / "templates/papier-en-tete.docx").unlink()
    assert {"papier-en-tete", "couverture"} <= {each.model.name for each in listed(workspace) if each.defects}


def test_our_templates_have_no_defect_and_each_makes_a_document(workspace: Workspace) -> None:
    checked = check(workspace)
    assert messages(checked) == []
    assert len(checked.trials) == len(load_methodology().documents) + len(NOT_DOCUMENTS)
    assert not checked.is_pdf_checked


def test_a_template_is_tried_down_to_its_pdf(workspace: Workspace) -> None:
    checked = check(workspace, "charte", "couverture", pdf=True)
    assert messages(checked) == []
    assert checked.is_pdf_checked


def test_a_defect_is_told_with_article_paragraph_and_page(workspace: Workspace) -> None:
    edit(workspace, "convention-cadre", "{{ porteuse.sigl }}", after="Engagements de la Tête de réseau")
    (message,) = messages(check(workspace, "convention-cadre", pdf=True))
    start, _, rest = message.partition(" « Engagements de la Tête de réseau », 1er paragraphe, page ")
    assert start.startswith("templates/convention-cadre.docx : article ")
    assert rest.endswith(" : la variable « porteuse.sigl » n’existe pas")
    assert rest[0] in "2345"


def test_a_block_is_checked_in_the_templates_that_include_it(workspace: Workspace) -> None:
    edit(workspace, "blocs/signatures", "{{ signataires[0].nope }}")
    found = messages(check(workspace, "blocs/signatures"))
    assert [message for message in found if "signataires[].nope" in message] == found
    assert len(found) == 1


def test_without_its_block_of_signatures_a_template_is_refused(workspace: Workspace) -> None:
    path = workspace.root / "templates/charte.docx"
    document = Document(str(path))
    (line,) = [paragraph for paragraph in document.paragraphs if "inclure signatures" in paragraph.text]
    line._p.getparent().remove(line._p)
    document.save(str(path))
    (message,) = messages(check(workspace, "charte"))
    assert "a 0 emplacement de signature" in message


def test_a_font_that_is_not_there_is_told(workspace: Workspace) -> None:
    path = workspace.root / "templates/charte.docx"
    document = Document(str(path))
    document.paragraphs[-1].insert_paragraph_before().add_run("x").font.name = "Police Perdue"
    document.save(str(path))
    assert any(
        "« Police Perdue » n’est pas installée" in message for message in messages(check(workspace, "charte"))
    )


def test_a_file_that_is_not_word_and_one_that_is_missing_hide_nothing(workspace: Workspace) -> None:
    (workspace.root / "templates/charte.docx").write_bytes(b"rien")
    (workspace.root / "templates/deliberation.docx").unlink()
    edit(workspace, "profil-de-poste", "{{ nope }}")
    found = messages(check(workspace))
    assert [message.partition(" : ")[0] for message in found] == [
        "templates/deliberation.docx", "templates/charte.docx", "templates/profil-de-poste.docx",
    ]  # fmt: skip


class Broken(Embedded):
    """A converter that makes nothing."""

    def submit(self, name: str, docx: bytes) -> Future[bytes]:
        raise ToolFailed("le convertisseur est en panne", remedy="réparez-le")


def test_a_pdf_that_could_not_be_made_is_not_good_and_hides_nothing(workspace: Workspace) -> None:
    edit(workspace, "profil-de-poste", "{{ nope }}")
    checked = check_templates(workspace, choose(workspace, ["profil-de-poste"]), Broken(), TODAY)
    assert not checked.is_pdf_checked
    assert len(checked.defects) == 2
    assert any("rien n’a été vérifié" in defect.message for defect in checked.defects)
    assert all(defect.severity is Severity.ERROR for defect in checked.defects)


def test_without_fontconfig_fonts_are_said_to_be_unchecked(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    (message,) = messages(check(workspace, "charte"))
    assert "n’ont pas été vérifiées" in message


def test_what_nobody_uses_is_a_warning(workspace: Workspace) -> None:
    for name in ("blocs/seul", "sans-document"):
        Document().save(str(workspace.root / f"templates/{name}.docx"))
    found = check(workspace, "blocs/seul", "sans-document").defects
    assert [defect.severity for defect in found] == [Severity.WARNING] * 2


def test_a_workspace_without_cases_is_tried_with_the_sample_case(workspace: Workspace) -> None:
    (workspace.root / "cases/embrunais.yaml").unlink()
    trial = Samples(workspace, TODAY).document(load_methodology().document("convention-cadre"))
    assert trial is not None
    assert trial.dossier == "embrunais"


def test_no_more_cases_are_read_than_are_needed(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = workspace.case_file(CASE).read_text("utf-8")
    workspace.case_file("zz-autre").write_text(text.replace(CASE, "zz-autre"), "utf-8")
    asked: list[str] = []
    read = Workspace.chosen_case

    def noting(self: Workspace, dossier: str) -> Case:
        asked.append(dossier)
        return read(self, dossier)

    monkeypatch.setattr(Workspace, "chosen_case", noting)
    samples = Samples(workspace, TODAY)
    for name in ("charte", "deliberation", "charte"):
        assert samples.document(load_methodology().document(name))
    assert asked == [CASE]


def test_the_nearest_model_is_offered(workspace: Workspace) -> None:
    with pytest.raises(UsageError) as caught:
        choose(workspace, ["chartre"])
    assert caught.value.remedy == "vouliez-vous dire « charte » ?"
    assert choose(workspace, ["templates/charte.docx"]) == choose(workspace, ["charte"])


def test_a_draft_of_the_same_template_is_no_change(workspace: Workspace) -> None:
    draft(workspace)
    assert since_made(workspace) == []


def test_a_draft_that_the_template_would_change_is_told_with_its_text(workspace: Workspace) -> None:
    draft(workspace)
    edit(workspace, "charte")
    (change,) = since_made(workspace)
    assert (change.dossier, change.document, change.is_issued) == (CASE, "charte", False)
    assert change.lines == (f"+{SENTENCE}",)


def test_an_issued_document_is_told_until_it_is_signed(workspace: Workspace) -> None:
    issue_charter(workspace)
    assert since_made(workspace) == []
    edit(workspace, "charte")
    (change,) = since_made(workspace)
    assert change.is_issued
    assert change.lines == (f"+{SENTENCE}",)
    record_signature(
        workspace,
        CASE,
        "charte",
        party="porteuse",
        on=TODAY,
        original=None,
        means=None,
        note=None,
        evidence=(),
        clock=CLOCK,
    )
    assert since_made(workspace) == []


def test_a_closed_case_is_not_asked_about(workspace: Workspace) -> None:
    draft(workspace)
    edit(workspace, "charte")
    record_milestone(workspace, CASE, "abandon", on=TODAY, note="fini", evidence=(), clock=CLOCK)
    assert since_made(workspace) == []


def test_a_case_that_cannot_be_read_is_said(workspace: Workspace) -> None:
    (workspace.root / "cases/abime.yaml").write_text("dossier: abime\n", "utf-8")
    (change,) = since_made(workspace)
    assert change.dossier == "abime"
    assert change.problem.startswith("dossier illisible")


def test_two_versions_are_compared_as_text_and_in_each_case(workspace: Workspace) -> None:
    (model,) = choose(workspace, ["blocs/reference"])
    edit(workspace, "blocs/reference")
    former = shipped(model)
    lines = text_changes(workspace, model, former, other_name="avant")
    assert [line for line in lines if line.startswith("+") and not line.startswith("+++")] == [f"+{SENTENCE}"]
    changes = list(changes_from(workspace, model, ["charte", "profil-de-poste"], former, TODAY))
    assert {change.document: change.lines for change in changes} == {
        "charte": (f"+{SENTENCE}",), "profil-de-poste": (f"+{SENTENCE}",),
    }  # fmt: skip


def test_the_same_version_changes_nothing(workspace: Workspace) -> None:
    for name in ("charte", "blocs/reference", "papier-en-tete"):
        (model,) = choose(workspace, [name])
        assert text_changes(workspace, model, shipped(model), other_name="avant") == ()
        assert list(changes_from(workspace, model, ["charte"], shipped(model), TODAY)) == []


def test_a_model_of_one_s_own_has_no_shipped_version(workspace: Workspace) -> None:
    Document().save(str(workspace.root / "templates/le-notre.docx"))
    with pytest.raises(UsageError, match="ne fournit pas"):
        shipped(choose(workspace, ["le-notre"])[0])


def test_variables_have_their_description_and_their_value_in_a_case(workspace: Workspace) -> None:
    found = {named.name: named for named in variables(workspace, "charte", CASE)}
    host = workspace.case(CASE).porteuse
    assert found["porteuse.siege.commune"].value == host.siege.commune
    assert found["porteuse.siege.commune"].description.startswith("Nom de la commune")
    assert found["porteuse"].value is None
    everything = {named.name: named.value for named in variables(workspace, None, CASE)}
    assert set(found) <= {name.replace("[]", "") for name in everything} | set(everything)
    partners = workspace.case(CASE).partenaires
    assert everything["partenaires[].nom"] == " ; ".join(partner.nom for partner in partners)
    assert everything["document.reference"] is None


def test_a_block_names_what_the_template_set_for_it(workspace: Workspace) -> None:
    assert "signataires[].nom" in {named.name for named in variables(workspace, "blocs/signatures", None)}
    assert {named.name for named in filters(workspace, "blocs/comparution")} >= {"adresse"}


def test_show_refuses_what_is_not_word(workspace: Workspace) -> None:
    assert show(workspace, "charte").startswith("@")
    Path(workspace.root / "templates/charte.docx").write_bytes(b"rien")
    with pytest.raises(TemplateInvalid):
        show(workspace, "charte")
