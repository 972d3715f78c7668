"""The command line itself: help in French, exit codes as documented, words that people expect."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pytest

from piles_docs import errors
from piles_docs.case.questions import QUESTIONS
from piles_docs.cli.main import COMMANDS
from piles_docs.errors import ExitCode, PilesError

Done = subprocess.CompletedProcess[str]
Piles = Callable[..., Done]

RECORDS = ("milestone", "signature", "refusal")
HELPS = [[], *([name] for name in COMMANDS), *(["record", "embrunais", name] for name in RECORDS)]
ENGLISH = re.compile(
    r"\b(Usage|COMMAND|ARGS|Commands|Arguments|Show|Error|Missing|Try|Invalid|required|default|such|the|this|message|exit)\b"
)

# The table of the documentation; scripts rely on it.
DOCUMENTED = {
    "DONE": 0,
    "UNEXPECTED": 1,
    "USAGE": 2,
    "WORK_OUTSTANDING": 3,
    "CASE_INVALID": 10,
    "TEMPLATE_INVALID": 11,
    "STEP_LOCKED": 12,
    "TOOL_MISSING": 20,
    "TOOL_FAILED": 21,
    "WOULD_OVERWRITE": 30,
    "SIGNING_FAILED": 40,
    "SIGNATURE_FAILED": 41,
    "SIGNATURE_NOT_JUDGED": 42,
    "RECORDS_BROKEN": 50,
    "MISMATCH": 60,
    "INTERRUPTED": 130,
}
CLASSES = {
    "UsageError": 2,
    "CaseInvalid": 10,
    "TemplateInvalid": 11,
    "StepLocked": 12,
    "ToolMissing": 20,
    "ToolFailed": 21,
    "WouldOverwrite": 30,
    "SigningFailed": 40,
    "SignatureFailed": 41,
    "SignatureNotJudged": 42,
    "RecordsBroken": 50,
    "Mismatch": 60,
}


# ---------------------------------------------------------------- exit codes


def test_the_exit_codes_are_those_of_the_documentation() -> None:
    assert {code.name: code.value for code in ExitCode} == DOCUMENTED


def test_every_class_of_error_has_its_own_exit_code() -> None:
    known = _below(PilesError)
    own = [error for error in known if error.__module__ == errors.__name__]
    assert {error.__name__: int(error.exit_code) for error in own} == CLASSES
    # A room may tell its own errors apart; what a user sees of them is their parent's.
    assert not [error for error in known if error not in own and "exit_code" in vars(error)]


def _below(error: type[PilesError]) -> list[type[PilesError]]:
    return [found for child in error.__subclasses__() for found in (child, *_below(child))]


# ---------------------------------------------------------------- help


@pytest.mark.parametrize("words", HELPS, ids=lambda words: " ".join(words) or "piles")
def test_every_help_is_french(words: list[str], warm_piles: Piles, tmp_path: Path) -> None:
    said = warm_piles(tmp_path, *words, "--help").stdout
    assert ENGLISH.search(said) is None, said
    assert re.search(r"[éèàêûôç’]", said), said


def test_the_first_help_names_every_command_with_what_it_does(piles: Piles, tmp_path: Path) -> None:
    said = piles(tmp_path, "--help").stdout
    for name in COMMANDS:
        assert re.search(rf"^\s+{name}\s+\S{{2,}}", said, re.MULTILINE), name


@pytest.mark.parametrize(
    "words",
    [
        ["nimporte"],
        ["check", "--nimporte"],
        ["pack"],
        ["record", "x", "milestone", "m"],
        ["record", "x", "milestone", "m", "--on", "hier"],
    ],
    ids=" ".join,
)
def test_a_wrong_word_is_a_usage_error_said_in_french(
    words: list[str], seed: Path, warm_piles: Piles
) -> None:
    done = warm_piles(seed, *words, code=2)
    assert done.stdout == ""
    assert ENGLISH.search(done.stderr) is None, done.stderr


def test_the_version_is_said(piles: Piles, tmp_path: Path) -> None:
    assert re.fullmatch(r"piles-docs \d+\.\d+\.\d+\n", piles(tmp_path, "--version").stdout)


# ---------------------------------------------------------------- finding the workspace


def test_the_workspace_is_found_from_a_folder_inside_it(seed: Path, warm_piles: Piles) -> None:
    assert "embrunais" in warm_piles(seed / "templates", "check", "embrunais").stdout


def test_the_workspace_can_be_named_by_an_option_or_the_environment(
    seed: Path, tmp_path: Path, warm_piles: Piles, program: str, surroundings: dict[str, str]
) -> None:
    assert "embrunais" in warm_piles(tmp_path, "--workspace", str(seed), "check", "embrunais").stdout
    done = subprocess.run(
        [program, "check", "embrunais"],
        cwd=tmp_path,
        env=surroundings | {"PILES_WORKSPACE": str(seed)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "embrunais" in done.stdout) == (0, True)


def test_outside_a_workspace_it_says_how_to_make_one(tmp_path: Path, warm_piles: Piles) -> None:
    assert "piles init" in warm_piles(tmp_path, "status", code=2).stderr


def test_a_folder_that_was_deleted_under_the_command_is_said(
    tmp_path: Path, program: str, surroundings: dict[str, str]
) -> None:
    script = 'mkdir parti && cd parti && rmdir ../parti && exec "$0" status'
    done = subprocess.run(
        ["sh", "-c", script, program],
        cwd=tmp_path,
        env=surroundings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "Traceback" not in done.stderr
    assert done.returncode == 2


def test_an_unknown_case_is_refused_with_the_nearest_name(seed: Path, warm_piles: Piles) -> None:
    for words in (["status"], ["check"], ["generate"], ["pack", "-d", "charte"], ["verify"]):
        command, *rest = words
        assert "« embrunais »" in warm_piles(seed, command, "embrunai", *rest, code=2).stderr, command


def test_init_never_writes_over_anything(tmp_path: Path, warm_piles: Piles) -> None:
    (tmp_path / "espace").mkdir()
    (tmp_path / "espace" / "notes.txt").write_text("à moi", "utf-8")
    assert "vide" in warm_piles(tmp_path, "init", "espace", code=30).stderr
    assert [path.name for path in (tmp_path / "espace").iterdir()] == ["notes.txt"]


# ---------------------------------------------------------------- results and talk


def test_json_is_alone_on_stdout(workspace: Path, warm_piles: Piles) -> None:
    (workspace / "cases" / "vide.yaml").write_text("", "utf-8")
    done = warm_piles(workspace, "status", "--json", code=10)
    assert [case["dossier"] for case in json.loads(done.stdout)["cases"]] == ["embrunais", "haut-verdon"]
    assert "vide.yaml" in done.stderr


def test_quiet_says_only_results_and_errors(workspace: Path, warm_piles: Piles) -> None:
    done = warm_piles(workspace, "--quiet", "generate", "embrunais", "-d", "convention-cadre", "--no-pdf")
    assert done.stderr == ""
    assert "embrunais : 1 fait" in done.stdout


def test_the_converter_that_was_chosen_is_not_said_to_be_missing(workspace: Path, warm_piles: Piles) -> None:
    done = warm_piles(workspace, "generate", "embrunais", "-d", "profil-de-poste")
    assert "LibreOffice est absent" not in done.stderr


def test_the_embedded_converter_does_not_chatter(workspace: Path, warm_piles: Piles) -> None:
    assert (
        "warning"
        not in warm_piles(workspace, "generate", "embrunais", "-d", "profil-de-poste").stderr.lower()
    )


def test_a_pipe_that_closes_early_is_no_error(
    workspace: Path, program: str, surroundings: dict[str, str]
) -> None:
    done = subprocess.run(
        ["sh", "-c", '"$0" status --json | head -c 1', program],
        cwd=workspace,
        env=surroundings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("{", "")


def test_doctor_says_what_is_there(workspace: Path, warm_piles: Piles) -> None:
    done = warm_piles(workspace, "doctor", code=None)
    assert done.returncode in {0, 20}
    for name in ("Python", "Conversion en PDF", "Police"):
        assert name in done.stdout


# ---------------------------------------------------------------- piles new

ANSWERS = {
    "piles.nom": "PILES de l'Ubaye",
    "piles.region": "Provence-Alpes-Côte d'Azur",
    "piles.departement": "04",
    "porteuse.nom": "Association Ubaye Ensemble",
    "porteuse.sigle": "",
    "porteuse.forme": "association",
    "porteuse.siege.voie": "2 rue Manuel",
    "porteuse.siege.code_postal": "04400",
    "porteuse.siege.commune": "Barcelonnette",
    "porteuse.siret": "",
    "porteuse.rna": "",
    "porteuse.representant.civilite": "Mme",
    "porteuse.representant.prenom": "Zoé",
    "porteuse.representant.nom": "Exemple",
    "porteuse.representant.fonction": "présidente",
    "porteuse.representant.courriel": "zoe@ubaye.example",
    "porteuse.representant.telephone": "",
}
WRONG = {
    "piles.departement": "99",
    "porteuse.siege.code_postal": "4400",
    "porteuse.forme": "club",
    "porteuse.representant.courriel": "zoé à ubaye",
}


@pytest.fixture
def talk(workspace: Path, program: str, surroundings: dict[str, str]) -> Iterator[pexpect.spawn]:
    child = pexpect.spawn(
        program,
        ["new", "ubaye"],
        cwd=str(workspace),
        env=surroundings,
        encoding="utf-8",
        timeout=90,
        echo=False,
    )
    yield child
    child.close(force=True)


def test_a_case_is_made_by_questions_and_a_wrong_answer_is_asked_again(
    talk: pexpect.spawn, workspace: Path, warm_piles: Piles
) -> None:
    asked = [question for question in QUESTIONS if question.path in ANSWERS]
    for question in asked:
        talk.expect_exact(question.question)
        talk.expect_exact("> ")
        if question.path in WRONG:
            talk.sendline(WRONG[question.path])
            talk.expect_exact(question.question)
            talk.expect_exact("> ")
        talk.sendline(ANSWERS[question.path])
    talk.expect_exact("créé : cases/ubaye.yaml")
    talk.expect(pexpect.EOF)
    talk.close()
    assert talk.exitstatus == 0
    written = (workspace / "cases" / "ubaye.yaml").read_text("utf-8")
    for answer in ANSWERS.values():
        assert answer in written
    for answer in set(WRONG.values()) - {"4400"}:
        assert answer not in written
    assert (
        "charte"
        in json.loads(warm_piles(workspace, "check", "ubaye", "--json").stdout)["cases"][0]["possible"]
    )


def test_interrupting_the_questions_writes_nothing(talk: pexpect.spawn, workspace: Path) -> None:
    talk.expect_exact("Nom du PILES ?")
    talk.expect_exact("> ")
    talk.sendintr()
    # Python loses a Ctrl-C that comes just as it begins to wait for a line: a person presses again.
    while talk.expect([pexpect.EOF, pexpect.TIMEOUT], timeout=10):
        talk.sendintr()
    assert "Interrompu" in (talk.before or "")
    talk.close()
    assert talk.exitstatus == 130
    assert not (workspace / "cases" / "ubaye.yaml").exists()


def test_a_case_is_never_written_over_another(workspace: Path, warm_piles: Piles) -> None:
    before = (workspace / "cases" / "embrunais.yaml").read_bytes()
    source = workspace / "autre.yaml"
    source.write_bytes(before)
    assert "existe déjà" in warm_piles(workspace, "new", "embrunais", "--from", str(source), code=30).stderr
    assert (workspace / "cases" / "embrunais.yaml").read_bytes() == before


def test_a_case_taken_from_a_file_must_bear_its_new_name(workspace: Path, warm_piles: Piles) -> None:
    source = workspace / "autre.yaml"
    source.write_bytes((workspace / "cases" / "embrunais.yaml").read_bytes())
    assert "embrunais" in warm_piles(workspace, "new", "ubaye", "--from", str(source), code=10).stderr
    assert not (workspace / "cases" / "ubaye.yaml").exists()
    source.write_text(source.read_text("utf-8").replace("dossier: embrunais", "dossier: ubaye"), "utf-8")
    warm_piles(workspace, "new", "ubaye", "--from", str(source))
    warm_piles(workspace, "check", "ubaye")


@pytest.mark.parametrize("name", ["../ailleurs", "Haut Verdon", "a/b", "", ".", "é"])
def test_a_case_name_never_leads_out_of_its_folder(name: str, workspace: Path, warm_piles: Piles) -> None:
    before = sorted(workspace.parent.rglob("*.yaml"))
    source = workspace / "autre.txt"
    text = (workspace / "cases" / "embrunais.yaml").read_text("utf-8")
    source.write_text(text.replace("dossier: embrunais", f"dossier: {json.dumps(name)}"), "utf-8")
    assert warm_piles(workspace, "new", name, "--from", str(source), code=None).returncode in {2, 10}
    assert sorted(workspace.parent.rglob("*.yaml")) == before
