"""`piles send` and `piles remind` as people run them: what they print, their exit codes, what leaves."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pexpect
import pytest

Done = subprocess.CompletedProcess[str]
Piles = Callable[..., Done]
PASSWORD = "s3cret-de-la-boite"  # noqa: S105  # of a server that lives as long as a test


def days_ago(days: int) -> str:
    return (dt.datetime.now(dt.UTC).astimezone().date() - dt.timedelta(days=days)).isoformat()


@pytest.fixture(scope="module")
def issued_seed(quick_seed: Path, tmp_path_factory: pytest.TempPathFactory, warm_piles: Piles) -> Path:
    """A workspace whose charter was issued ten days ago, for the host to sign; for copying."""
    folder = Path(shutil.copytree(quick_seed, tmp_path_factory.mktemp("emis") / "espace"))
    warm_piles(folder, "record", "embrunais", "milestone", "rencontre-faite", "--on", days_ago(11))
    warm_piles(folder, "pack", "embrunais", "-d", "charte", "--on", days_ago(10))
    return folder


@pytest.fixture
def issued(issued_seed: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(issued_seed, tmp_path / "espace"))


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")


def by_server(workspace: Path, port: int, security: str = "aucune", *more: str) -> None:
    lines = ["[courriel]", 'serveur = "localhost"', f"port = {port}", f'securite = "{security}"', *more, ""]
    edit(workspace / "piles.toml", "[courriel]\n", "\n".join(lines))


def drafts(workspace: Path) -> list[EmailMessage]:
    found = []
    for path in sorted((workspace / "out/embrunais/courriels").glob("*.eml")):
        message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        found.append(message)
    return found


def test_without_a_server_messages_are_drafts_to_open_and_to_send(issued: Path, warm_piles: Piles) -> None:
    would = warm_piles(issued, "send", "embrunais", "--dry-run")
    assert would.stdout == "embrunais : à écrire à Mme Inès Vraisemblable-Durand (porteuse) : charte\n"
    assert not (issued / "out/embrunais/courriels").exists()
    done = warm_piles(issued, "send", "embrunais")
    first, second = done.stdout.splitlines()
    assert first == "embrunais : brouillon pour Mme Inès Vraisemblable-Durand (porteuse) : charte"
    assert second.endswith("out/embrunais/courriels")
    (message,) = drafts(issued)
    assert message["X-Unsent"] == "1"
    (pack,) = (issued / "out/embrunais/packs").glob("*.porteuse.*.pdf")
    assert [(part.get_filename(), part.get_content()) for part in message.iter_attachments()] == [
        (pack.name, pack.read_bytes())
    ]


def test_the_same_command_again_writes_to_nobody_and_says_why(issued: Path, warm_piles: Piles) -> None:
    warm_piles(issued, "send", "embrunais")
    again = warm_piles(issued, "send", "embrunais")
    assert again.stdout == ""
    assert re.search(r"charte : déjà écrit le .*, prochain courriel possible le ", again.stderr)
    told = warm_piles(issued, "remind", "--dry-run")
    assert "déjà écrit le" in told.stdout
    assert "Personne à relancer aujourd’hui." in told.stderr
    assert len(drafts(issued)) == 1


def test_whose_turn_it_is_is_reminded_over_all_cases(issued: Path, warm_piles: Piles) -> None:
    done = warm_piles(issued, "remind")
    assert "embrunais : brouillon pour Mme Inès Vraisemblable-Durand (porteuse) : charte" in done.stdout
    (message,) = drafts(issued)
    assert message["Subject"] == "Rappel\u00a0: document à signer, PILES de l’Embrunais"
    assert "verify" not in done.stderr
    warm_piles(issued, "verify")


def test_once_all_have_signed_there_is_nobody_to_write_to(issued: Path, warm_piles: Piles) -> None:
    warm_piles(
        issued, "record", "embrunais", "signature", "charte", "--party", "porteuse", "--on", days_ago(1)
    )
    assert "aucune signature n’est attendue" in warm_piles(issued, "send", "embrunais").stderr
    assert "Personne à relancer" in warm_piles(issued, "remind").stderr


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (["send", "nulle-part"], 2, "il n’y a pas de dossier"),
        (["send", "embrunais", "--party", "maire"], 2, "il n’y a pas de partie « maire »"),
        (["remind", "--party", "maire"], 2, "il n’y a pas de partie « maire »"),
        (["send", "embrunais", "-d", "convention-cadre"], 60, "n’attend aucune signature"),
    ],
)
def test_what_cannot_be_is_told_with_its_code(
    issued: Path, warm_piles: Piles, words: list[str], code: int, told: str
) -> None:
    assert told in warm_piles(issued, *words, code=code).stderr


def test_a_missing_address_a_broken_text_and_a_server_that_is_away_have_their_codes(
    issued: Path, warm_piles: Piles
) -> None:
    text = issued / "templates/courriels/envoi.txt"
    edit(text, "{{ appel }}", "{{ appel }")
    assert "templates/courriels/envoi.txt:3" in warm_piles(issued, "send", "embrunais", code=11).stderr
    edit(text, "{{ appel }", "{{ appel }}")
    case = issued / "cases/embrunais.yaml"
    edit(case, "    courriel: presidence@haute-durance.example\n", "")
    told = warm_piles(issued, "remind", code=10).stderr
    assert "cases/embrunais.yaml : porteuse.representant.courriel" in told
    edit(case, '    telephone: "04 00 00 00 05"\n', "    courriel: presidence@haute-durance.example\n")
    by_server(issued, 1)
    edit(issued / "piles.toml", 'serveur = "localhost"', 'serveur = "127.1"')
    assert "en clair jusqu’à 127.1" in warm_piles(issued, "send", "embrunais", "--dry-run").stderr
    edit(issued / "piles.toml", 'serveur = "127.1"', 'serveur = "localhost"')
    assert "--eml" in warm_piles(issued, "send", "embrunais", code=21).stderr
    assert "brouillon" in warm_piles(issued, "send", "embrunais", "--eml").stdout


def test_the_texts_are_listed_checked_and_shown_with_the_templates(
    workspace: Path, warm_piles: Piles
) -> None:
    text = workspace / "templates/courriels/pied.txt"
    assert warm_piles(workspace, "templates", "show", "courriels/pied").stdout == text.read_text("utf-8")
    assert (
        "il n’y a pas de modèle" in warm_piles(workspace, "templates", "show", "courriels/x", code=2).stderr
    )
    # In a branch that few messages take.
    comment = workspace / "templates/courriels/comment-signer.txt"
    edit(comment, "Vous pouvez d’ici là lire le dossier joint.", "{{ courriel.demain }}")
    told = warm_piles(workspace, "templates", "list", code=11).stdout
    assert "bon    courriels/rappel : courriel de piles remind" in told
    assert "bon    courriels/pied : repris par d’autres courriels" in told
    assert "inapte courriels/comment-signer" in told
    told = warm_piles(workspace, "templates", "check", "--no-pdf", code=11).stderr
    assert re.search(
        r"templates/courriels/comment-signer.txt:\d+ : erreur : la variable « demain » n’existe pas", told
    )


@pytest.fixture
def with_server(
    issued: Path, mail_server: Callable[..., Any], program: str, surroundings: dict[str, str]
) -> tuple[Path, Any, dict[str, str]]:
    """The workspace, a server that asks for a name and a password, and the environment of the command."""
    server = mail_server("starttls", user="apeas", password=PASSWORD)
    by_server(issued, server.port, "starttls", 'utilisateur = "apeas"')
    return issued, server, surroundings | {"SSL_CERT_FILE": os.environ["SSL_CERT_FILE"]}


def run(program: str, folder: Path, environment: dict[str, str], *words: str) -> Done:
    return subprocess.run(
        [program, *words],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_a_message_leaves_by_an_encrypted_line_with_the_password_of_the_environment(
    with_server: tuple[Path, Any, dict[str, str]], program: str, warm_piles: Piles
) -> None:
    folder, server, environment = with_server
    without = run(program, folder, environment, "send", "embrunais")
    assert without.returncode == 2
    assert "PILES_SMTP_MOT_DE_PASSE" in without.stderr
    done = run(
        program, folder, environment | {"PILES_SMTP_MOT_DE_PASSE": PASSWORD}, "--verbose", "send", "embrunais"
    )
    assert (done.returncode, done.stdout) == (
        0,
        "embrunais : envoyé à Mme Inès Vraisemblable-Durand (porteuse) : charte\n",
    )
    (received,) = server.received()
    assert (received.to, received.is_encrypted, received.user) == (
        "presidence@haute-durance.example",
        True,
        "apeas",
    )
    (kept,) = (folder / "out/embrunais/courriels").glob("*.eml")
    assert kept.read_bytes() == received.content
    for path in [*folder.rglob("*.sqlite"), *folder.rglob("*.eml"), folder / "piles.toml"]:
        assert PASSWORD.encode() not in path.read_bytes()
    assert PASSWORD not in done.stdout + done.stderr


def test_at_a_terminal_the_password_is_asked_and_not_shown(
    with_server: tuple[Path, Any, dict[str, str]], program: str
) -> None:
    folder, server, environment = with_server
    terminal = pexpect.spawn(
        program, ["remind"], cwd=str(folder), env=environment, encoding="utf-8", timeout=60
    )
    terminal.expect("Mot de passe du serveur de courriel")
    terminal.sendline(PASSWORD)
    terminal.expect(pexpect.EOF)
    terminal.close()
    assert terminal.exitstatus == 0
    assert "envoyé à Mme Inès" in terminal.before
    assert PASSWORD not in terminal.before
    assert [one.user for one in server.received()] == ["apeas"]
