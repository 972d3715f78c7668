"""`piles templates` as staff type it, and as git calls it."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

from docx import Document

Done = subprocess.CompletedProcess[str]
Piles = Callable[..., Done]
SENTENCE = "Une phrase ajoutée au modèle."


def edit(folder: Path, text: str = SENTENCE) -> None:
    path = folder / "templates/charte.docx"
    document = Document(str(path))
    document.paragraphs[2].insert_paragraph_before(text)
    document.save(str(path))


def test_fit_templates_are_said_to_be(workspace: Path, warm_piles: Piles) -> None:
    done = warm_piles(workspace, "templates", "check", "charte", "papier-en-tete")
    assert done.stdout == "2 modèles : 0 défaut.\n"
    assert "1 document d’essai, en Word et en PDF" in done.stderr
    done = warm_piles(workspace, "templates", "list")
    assert "bon    charte : Charte des acteurs de l’économie solidaire (étape 2" in done.stdout


def test_an_unfit_template_is_refused_with_its_place(workspace: Path, warm_piles: Piles) -> None:
    edit(workspace, "{{ porteuse.sigl }}")
    done = warm_piles(workspace, "templates", "check", "charte", code=11)
    assert "templates/charte.docx : erreur : " in done.stderr
    assert "page 1 : la variable « porteuse.sigl » n’existe pas." in done.stderr
    assert "vouliez-vous dire « sigle » ?" in done.stderr
    done = warm_piles(workspace, "templates", "list", code=11)
    assert "inapte charte" in done.stdout


def test_a_check_without_pdf_does_not_say_that_they_are_good(workspace: Path, warm_piles: Piles) -> None:
    done = warm_piles(workspace, "templates", "check", "charte", "--no-pdf")
    assert "les PDF n’ont pas été vérifiés" in done.stderr


def test_a_change_is_shown_before_it_reaches_the_cases(workspace: Path, warm_piles: Piles) -> None:
    warm_piles(workspace, "generate", "embrunais", "-d", "charte", "--no-pdf")
    edit(workspace)
    done = warm_piles(workspace, "templates", "check", "charte", "--no-pdf")
    assert f"  embrunais charte\n      +{SENTENCE}" in done.stdout
    done = warm_piles(workspace, "templates", "diff", "charte")
    assert done.stdout.count(f"+{SENTENCE}") == 2
    assert "embrunais charte\n  haut-verdon charte" in done.stdout


def test_words_that_name_nothing_are_refused(workspace: Path, warm_piles: Piles) -> None:
    for command in ("check", "show", "diff", "vars"):
        done = warm_piles(workspace, "templates", command, "chartre", code=2)
        assert "vouliez-vous dire « charte » ?" in done.stderr
    warm_piles(workspace, "templates", "diff", "charte", "--with", "absent.docx", code=2)
    warm_piles(workspace, "templates", "vars", "charte", "--dossier", "absent", code=2)


def test_variables_are_shown_with_values(workspace: Path, warm_piles: Piles) -> None:
    done = warm_piles(workspace, "templates", "vars", "charte", "--dossier", "embrunais")
    assert "  porteuse.siege.commune : Nom de la commune" in done.stdout
    assert " = Embrun\n" in done.stdout
    assert "  majuscule : Majuscule au début\n" in done.stdout


def test_git_shows_what_changed_in_a_template(
    workspace: Path, program: str, surroundings: dict[str, str]
) -> None:
    def git(*words: str) -> str:
        who = ["-c", "user.name=Essai", "-c", "user.email=essai@exemple.example"]
        done = subprocess.run(
            ["git", *who, *words], cwd=workspace, env=surroundings, capture_output=True, text=True, check=True
        )
        return done.stdout

    git("init", "-q")
    (workspace / ".gitattributes").write_text("*.docx diff=piles\n", "utf-8")
    git("config", "diff.piles.textconv", f"{program} templates show")
    git("add", ".")
    git("commit", "-q", "-m", "Modèles")
    edit(workspace)
    changed = [
        line for line in git("diff").splitlines() if line[:1] in "+-" and line[:3] not in ("+++", "---")
    ]
    assert changed == [f"+{SENTENCE}"]


def test_the_repository_compares_its_own_templates_as_text() -> None:
    attributes = (Path(__file__).parents[2] / ".gitattributes").read_text("utf-8")
    assert "*.docx diff=piles" in attributes.splitlines()
