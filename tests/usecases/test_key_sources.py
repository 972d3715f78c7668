from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path
from typing import Any

import click
import pytest

from piles_docs.case.network_models import RemoteSettings, SignatureSettings, TokenSettings
from piles_docs.cli.key_options import key_options, source_of
from piles_docs.cli.secrets import TerminalSecrets
from piles_docs.errors import CaseInvalid, SigningFailed
from piles_docs.signing.keys import Key, certificate_of
from piles_docs.usecases.key_sources import (
    FileSource,
    KeySource,
    RemoteSource,
    TokenSource,
    open_key,
    seal_source,
)
from piles_docs.usecases.sealing import Sealer
from piles_docs.usecases.workspace import Workspace

from ..authority import Authority, CscServer, SoftToken
from ..signing.forms import form, stands

ROOT = Path(__file__).parents[2]

TOKEN = TokenSource(module="/lib/p11.so", token="Carte", label="signature")  # noqa: S106
REMOTE = RemoteSource(service="https://signer.example", credential="abc")


def holder(key: Key) -> str:
    async def name() -> str:
        async with key.opened() as signer:
            return str(certificate_of(signer).subject.native["common_name"])

    return asyncio.run(name())


def test_a_key_opens_wherever_it_is(
    signing_authority: Authority,
    soft_token: SoftToken,
    csc_server: CscServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "cle.p12").write_bytes(signing_authority.pkcs12("animateur"))
    monkeypatch.setenv("PILES_CLE_MOT_DE_PASSE", Authority.PASSPHRASE)
    monkeypatch.setenv("PILES_CLE_CODE", SoftToken.PIN)
    sources: dict[KeySource, str] = {
        FileSource(tmp_path / "cle.p12"): "Noé Modèle",
        TokenSource(
            module=str(soft_token.module), token=SoftToken.LABEL, label=SoftToken.KEY_LABEL
        ): "Lise Exemple",
        RemoteSource(service=csc_server.url, credential=CscServer.CREDENTIALS["tete-de-reseau"]): "Camille Fictif",
    }  # fmt: skip
    for source, name in sources.items():
        assert holder(open_key(source, TerminalSecrets())) == name


def test_a_card_and_a_remote_service_seal(
    signing_authority: Authority,
    soft_token: SoftToken,
    csc_server: CscServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PILES_CLE_CODE", SoftToken.PIN)
    (tmp_path / "confiance").mkdir()
    (tmp_path / "confiance/racine.pem").write_bytes(signing_authority.root)
    settings = (
        f'jeton = {{ module = "{soft_token.module}", jeton = "{SoftToken.LABEL}", cle = "{SoftToken.KEY_LABEL}" }}',
        f'distant = {{ service = "{csc_server.url}", certificat = "{CscServer.CREDENTIALS["porteuse"]}" }}',
    )
    for setting in settings:
        text = (ROOT / "piles.toml").read_text("utf-8")
        (tmp_path / "piles.toml").write_text(f"{text}\n{setting}\n", "utf-8")
        sealer = Sealer(Workspace(tmp_path), TerminalSecrets())
        for _ in range(2):
            sealed = sealer.seal(form(), dt.datetime.now(dt.UTC))
            assert stands(signing_authority, sealed.content) == ["Lise Exemple"]


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SigningFailed, match="ne peut pas être lue"):
        open_key(FileSource(tmp_path / "absente.p12"), TerminalSecrets())


@pytest.mark.parametrize(
    ("settings", "source"),
    [
        (SignatureSettings(), None),
        (SignatureSettings(cle="cles/cachet.p12"), FileSource(Path("/espace/cles/cachet.p12"))),
        (
            SignatureSettings(jeton=TokenSettings(module="/lib/p11.so", jeton="Carte", cle="signature")),
            TOKEN,
        ),
        (
            SignatureSettings(distant=RemoteSettings(service="https://signer.example", certificat="abc")),
            REMOTE,
        ),
    ],
)
def test_the_seal_has_the_key_that_is_set(settings: SignatureSettings, source: KeySource | None) -> None:
    assert seal_source(settings, Path("/espace")) == source


def test_two_keys_for_the_seal_are_refused_by_name() -> None:
    both = SignatureSettings(
        cle="cachet.p12", distant=RemoteSettings(service="https://signer.example", certificat="abc")
    )
    with pytest.raises(CaseInvalid, match="cle et distant"):
        seal_source(both, Path("/espace"))


def chosen(*words: str) -> KeySource | None:
    """What the options make of a command line."""

    @click.command()
    @key_options()
    def command(**values: Any) -> KeySource | None:
        return source_of(**values)

    found: KeySource | None = command.main(args=list(words), standalone_mode=False)
    return found


@pytest.mark.parametrize(
    ("words", "source"),
    [
        ("", None),
        ("--key cle.p12", FileSource(Path("cle.p12"))),
        ("--token Carte --module /lib/p11.so --label signature", TOKEN),
        ("--remote https://signer.example --credential abc", REMOTE),
    ],
)
def test_the_options_name_one_key(words: str, source: KeySource | None) -> None:
    assert chosen(*words.split()) == source


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("--key cle.p12 --token Carte", "Une seule clé"),
        ("--key cle.p12 --credential abc", "Une seule clé"),
        ("--token Carte --remote https://signer.example", "Une seule clé"),
        ("--token Carte --module /lib/p11.so", "Il manque une option"),
        ("--label signature", "Il manque une option"),
        ("--credential abc", "Il manque une option"),
    ],
)
def test_options_of_several_keys_or_of_half_a_key_are_refused(words: str, told: str) -> None:
    with pytest.raises(click.UsageError, match=told):
        chosen(*words.split())


def test_a_one_time_password_serves_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PILES_CLE_CODE_UNIQUE", "123456")
    secrets = TerminalSecrets()
    assert secrets.one_time_password("certificat abc") == "123456"
    with pytest.raises(SigningFailed, match="un autre mot de passe à usage unique"):
        secrets.one_time_password("certificat abc")


def test_an_access_token_is_in_the_environment_or_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    assert TerminalSecrets().bearer() is None
    monkeypatch.setenv("PILES_CSC_JETON", "un-secret")
    assert TerminalSecrets().bearer() == "un-secret"
    assert "un-secret" not in repr(open_key(REMOTE, TerminalSecrets()))
