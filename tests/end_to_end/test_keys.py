from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pexpect
import pytest

from ..authority import Authority, CscServer, SoftToken

Done = CompletedProcess[str]
Piles = Callable[..., Done]
PASSPHRASE = "sésame-ouvre-toi"  # noqa: S105


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch, surroundings: dict[str, str]) -> dict[str, str]:
    """The secrets that the environment of the commands holds, for one test."""
    monkeypatch.setitem(surroundings, "PILES_CLE_MOT_DE_PASSE", PASSPHRASE)
    return surroundings


def setting(workspace: Path, *lines: str) -> None:
    """Set this in the section [signature], the last of piles.toml."""
    path = workspace / "piles.toml"
    path.write_text("\n".join([path.read_text("utf-8"), *lines, ""]), "utf-8")


def seal_of(workspace: Path, warm_piles: Piles) -> dict[str, object]:
    found: dict[str, object] = json.loads(warm_piles(workspace, "keys", "list", "--json").stdout)["seal"]
    return found


@pytest.mark.usefixtures("told")
def test_a_key_for_trying_out_becomes_the_seal(workspace: Path, warm_piles: Piles) -> None:
    done = warm_piles(
        workspace, "keys", "new", "cles/cachet.p12", "--name", "APEAS", "--organisation", "APEAS"
    )
    assert "CLÉ D’ESSAI : personne d’autre que cet espace ne la croit." in done.stdout
    assert stat.S_IMODE((workspace / "cles/cachet.p12").stat().st_mode) == 0o600
    (root,) = (workspace / "confiance").iterdir()
    assert root.name == "racine-essai-cachet.pem"
    assert root.read_bytes().startswith(b"-----BEGIN CERTIFICATE-----")

    setting(workspace, *done.stdout.splitlines()[-1:])
    listed = warm_piles(workspace, "keys", "list").stdout
    assert "Cachet : fichier cachet.p12\n    titulaire : APEAS\n" in listed
    assert "(729 jours)" in listed or "(730 jours)" in listed
    assert "confiance : Racine d’essai de APEAS (dossier confiance/)" in listed
    assert "    en règle : il peut signer" in listed
    assert "confiance/racine-essai-cachet.pem : Racine d’essai de APEAS, valable jusqu’au" in listed
    found = seal_of(workspace, warm_piles)
    assert (found["subject"], found["standing"]) == ("APEAS", "valable")


@pytest.mark.usefixtures("told")
def test_a_key_is_never_written_over_anything(workspace: Path, warm_piles: Piles) -> None:
    words = ["keys", "new", "cles/cachet.p12", "--name", "APEAS"]
    warm_piles(workspace, *words)
    before = (workspace / "cles/cachet.p12").read_bytes()
    assert "existe déjà" in warm_piles(workspace, *words, code=30).stderr
    assert (workspace / "cles/cachet.p12").read_bytes() == before
    (workspace / "cles/cachet.p12").unlink()
    assert "racine-essai-cachet.pem existe déjà" in warm_piles(workspace, *words, code=30).stderr
    assert list((workspace / "cles").iterdir()) == []


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["--name", ""], 2),
        (["--name", "x" * 65], 2),
        (["--name", "APEAS", "--organisation", "x" * 65], 2),
        (["--name", "APEAS", "--days", "0"], 2),
        ([], 2),
    ],
)
@pytest.mark.usefixtures("told")
def test_what_cannot_be_a_certificate_is_refused(
    workspace: Path, warm_piles: Piles, words: list[str], code: int
) -> None:
    warm_piles(workspace, "keys", "new", "cachet.p12", *words, code=code)
    assert not (workspace / "cachet.p12").exists()
    assert not (workspace / "confiance").exists()


def test_a_key_needs_a_passphrase(
    workspace: Path, warm_piles: Piles, surroundings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ["keys", "new", "cachet.p12", "--name", "APEAS"]
    assert "réglez la variable PILES_CLE_MOT_DE_PASSE" in warm_piles(workspace, *words, code=40).stderr
    monkeypatch.setitem(surroundings, "PILES_CLE_MOT_DE_PASSE", "")
    assert "une clé sans mot de passe" in warm_piles(workspace, *words, code=40).stderr
    assert not (workspace / "cachet.p12").exists()


def test_on_a_terminal_the_passphrase_is_asked_for_twice_and_not_shown(
    workspace: Path, program: str, surroundings: dict[str, str]
) -> None:
    words = ["keys", "new", "cachet.p12", "--name", "APEAS"]
    terminal = pexpect.spawn(program, words, cwd=str(workspace), env=surroundings, encoding="utf-8")
    terminal.expect("Mot de passe de la nouvelle clé cachet.p12")
    terminal.sendline("un")
    terminal.expect("Encore une fois, pour vérifier")
    terminal.sendline("autre")
    terminal.expect("Mot de passe de la nouvelle clé cachet.p12")
    terminal.sendline("")
    terminal.expect("Mot de passe de la nouvelle clé cachet.p12")
    for _ in range(2):
        terminal.sendline(PASSPHRASE)
    rest = terminal.read()
    terminal.close()
    assert terminal.exitstatus == 0, rest
    assert PASSPHRASE not in rest


def test_without_a_key_the_list_says_so(workspace: Path, warm_piles: Piles) -> None:
    listed = warm_piles(workspace, "keys", "list").stdout
    assert "aucune clé n’est réglée" in listed
    assert "confiance/ ne contient aucune autorité" in listed


@pytest.mark.usefixtures("told")
def test_a_wrong_passphrase_is_told(
    workspace: Path, warm_piles: Piles, surroundings: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    warm_piles(workspace, "keys", "new", "cachet.p12", "--name", "APEAS")
    setting(workspace, 'cle = "cachet.p12"')
    monkeypatch.setitem(surroundings, "PILES_CLE_MOT_DE_PASSE", "autre")
    done = warm_piles(workspace, "keys", "list", code=40)
    assert "le mot de passe est faux" in done.stderr
    assert "autre" not in done.stderr.replace("une autre clé", "")


def test_what_nobody_could_say_is_told_in_one_line(
    workspace: Path,
    warm_piles: Piles,
    signing_authority: Authority,
    surroundings: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(surroundings, "PILES_CLE_MOT_DE_PASSE", Authority.PASSPHRASE)
    (workspace / "cachet.p12").write_bytes(signing_authority.pkcs12("porteuse"))
    (workspace / "confiance").mkdir()
    (workspace / "confiance/racine.pem").write_bytes(signing_authority.root)
    setting(workspace, 'cle = "cachet.p12"')
    with signing_authority.down():
        done = warm_piles(workspace, "keys", "list")
    assert "l’autorité qui l’a certifié ne dit pas s’il est révoqué" in done.stdout
    assert done.stderr == ""


def test_two_keys_for_the_seal_are_refused(workspace: Path, warm_piles: Piles) -> None:
    setting(
        workspace,
        'cle = "cachet.p12"',
        'jeton = { module = "/lib/p11.so", jeton = "Carte", cle = "signature" }',
    )
    assert "cle et jeton" in warm_piles(workspace, "keys", "list", code=10).stderr
    assert "cle et jeton" in warm_piles(workspace, "doctor", code=20).stdout


def test_a_card_is_the_seal(
    workspace: Path,
    warm_piles: Piles,
    soft_token: SoftToken,
    signing_authority: Authority,
    surroundings: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in (soft_token.environment | {"PILES_CLE_CODE": SoftToken.PIN}).items():
        monkeypatch.setitem(surroundings, name, value)
    (workspace / "confiance").mkdir()
    (workspace / "confiance/racine.pem").write_bytes(signing_authority.root)
    setting(
        workspace,
        f'jeton = {{ module = "{soft_token.module}", jeton = "{SoftToken.LABEL}", cle = "{SoftToken.KEY_LABEL}" }}',
    )
    found = seal_of(workspace, warm_piles)
    assert (found["subject"], found["standing"]) == ("Lise Exemple", "valable")
    assert found["source"] == "clé « signature » du jeton « Carte d’essai »"
    monkeypatch.setitem(surroundings, "PILES_CLE_CODE", "0000")
    assert (
        "le code du jeton « Carte d’essai » est faux" in warm_piles(workspace, "keys", "list", code=40).stderr
    )


def test_a_remote_key_is_the_seal(workspace: Path, warm_piles: Piles, csc_server: CscServer) -> None:
    setting(
        workspace,
        f'distant = {{ service = "{csc_server.url}", certificat = "{CscServer.CREDENTIALS["porteuse"]}" }}',
    )
    found = seal_of(workspace, warm_piles)
    assert (found["subject"], found["standing"]) == ("Lise Exemple", "sans-confiance")
    with csc_server.down():
        assert "ne répond pas" in warm_piles(workspace, "keys", "list", code=40).stderr


def test_doctor_looks_at_signatures_in_a_workspace(
    workspace: Path, warm_piles: Piles, signing_authority: Authority, tmp_path: Path
) -> None:
    assert "Cachet" not in warm_piles(tmp_path, "doctor", code=None).stdout
    setting(workspace, f'horodatage = "{signing_authority.dead_url}"')
    (workspace / "confiance").mkdir()
    (workspace / "confiance/notes.txt").write_text("à demander", "utf-8")
    told = warm_piles(workspace, "doctor", code=20).stdout
    assert "\nbon       Cachet : aucune clé réglée : les documents se signent sur papier\n" in told
    assert (
        f"\nmanque    Horodatage : {signing_authority.dead_url} ne répond pas comme il faut\n          → "
        in told
    )
    assert "\nmanque    Confiance : confiance/notes.txt ne contient pas de certificat lisible\n" in told
