from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pkcs11
import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from pkcs11 import Attribute, ObjectClass
from pkcs11.util.rsa import decode_rsa_private_key

from piles_docs.errors import SigningFailed
from piles_docs.methodology.acts import Level
from piles_docs.signing.tokens import TokenKey

from ..authority import Authority, SoftToken
from .forms import signed_by, stands


@pytest.fixture
def key(soft_token: SoftToken) -> Callable[..., TokenKey]:
    """Makes keys on the card, by what is particular about them."""

    def made(**other: str | Path) -> TokenKey:
        values = {"module": soft_token.module, "token": SoftToken.LABEL, "label": SoftToken.KEY_LABEL} | other
        pin = str(values.pop("pin", SoftToken.PIN))
        return TokenKey(**{name: str(value) for name, value in values.items()}, ask_pin=lambda: pin)

    return made


def refused(key: TokenKey) -> SigningFailed:
    async def use() -> None:
        async with key.opened():
            pytest.fail("it opened")

    with pytest.raises(SigningFailed) as caught:
        asyncio.run(use())
    return caught.value


@pytest.mark.parametrize("level", [Level.B, Level.LTA])
def test_a_card_signs_as_often_as_it_is_opened(
    signing_authority: Authority, key: Callable[..., TokenKey], level: Level
) -> None:
    for _ in range(2):
        assert stands(signing_authority, signed_by(signing_authority, key(), level=level)) == ["Lise Exemple"]


def test_the_session_is_closed_whatever_happens(key: Callable[..., TokenKey]) -> None:
    async def fail() -> None:
        async with key().opened():
            raise ZeroDivisionError

    # A card that is still logged in refuses another login of the same program.
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            asyncio.run(fail())


def test_a_card_that_fails_while_it_signs_is_told(key: Callable[..., TokenKey]) -> None:
    async def fail() -> None:
        async with key().opened():
            raise pkcs11.exceptions.DeviceRemoved

    with pytest.raises(SigningFailed, match="a refusé de signer \\(DeviceRemoved\\)"):
        asyncio.run(fail())


def test_a_library_that_is_not_there_or_none_is_told(key: Callable[..., TokenKey], tmp_path: Path) -> None:
    missing = refused(key(module=tmp_path / "absente.so"))
    assert "absente.so ne se charge pas" in missing.message
    (tmp_path / "texte.so").write_text("ceci n’est pas une bibliothèque")
    assert "texte.so ne se charge pas" in refused(key(module=tmp_path / "texte.so")).message


def test_a_card_that_is_not_there_is_told_before_a_code_is_asked_for(soft_token: SoftToken) -> None:
    def ask() -> str:
        pytest.fail("a code was asked for")

    absent = TokenKey(module=str(soft_token.module), token="Autre carte", label="x", ask_pin=ask)  # noqa: S106
    error = refused(absent)
    assert error.message == f"le jeton « Autre carte » n’est pas branché ; vus : « {SoftToken.LABEL} »"


@pytest.mark.parametrize("pin", ["0000", "", "1" * 300])
def test_a_wrong_code_is_told_with_what_comes_of_it(
    key: Callable[..., TokenKey], pin: str, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        error = refused(key(pin=pin))
    assert error.message == "le code du jeton « Carte d’essai » est faux"
    assert "une carte se bloque" in error.remedy
    assert "1111" not in caplog.text


def test_a_key_that_is_not_on_the_card_is_told(key: Callable[..., TokenKey]) -> None:
    error = refused(key(label="authentification"))
    assert (
        error.message == "le jeton « Carte d’essai » n’a pas de clé privée sous le nom « authentification »"
    )


@contextmanager
def another_key(card: SoftToken, label: str, **attributes: object) -> Iterator[None]:
    """The key once more on the card, with another label, for a while."""
    token = pkcs11.lib(str(card.module)).get_token(token_label=SoftToken.LABEL)
    with token.open(rw=True, user_pin=SoftToken.PIN) as session:
        found = session.get_key(object_class=ObjectClass.PRIVATE_KEY, label=SoftToken.KEY_LABEL)
        others = {Attribute[name.upper()]: value for name, value in attributes.items()}
        found.copy({Attribute.LABEL: label} | others)
    try:
        yield
    finally:
        removed(card, label)


def removed(card: SoftToken, label: str) -> None:
    token = pkcs11.lib(str(card.module)).get_token(token_label=SoftToken.LABEL)
    with token.open(rw=True, user_pin=SoftToken.PIN) as session:
        session.get_key(object_class=ObjectClass.PRIVATE_KEY, label=label).destroy()


def test_a_key_without_certificate_is_told(soft_token: SoftToken, key: Callable[..., TokenKey]) -> None:
    with another_key(soft_token, label="seule", id=b"\2"):
        error = refused(key(label="seule"))
    assert error.message == "le jeton « Carte d’essai » n’a pas de certificat sous le nom « seule »"


def test_a_certificate_with_another_label_is_found_by_the_keys_identifier(
    signing_authority: Authority, soft_token: SoftToken, key: Callable[..., TokenKey]
) -> None:
    with another_key(soft_token, label="clé de signature"):
        pdf = signed_by(signing_authority, key(label="clé de signature"))
    assert stands(signing_authority, pdf) == ["Lise Exemple"]


def test_a_card_that_wants_its_code_before_each_signature_has_it(
    signing_authority: Authority, soft_token: SoftToken, key: Callable[..., TokenKey]
) -> None:
    pem = (signing_authority.folder / "porteuse.pem").read_bytes()
    der = load_pem_private_key(pem, None).private_bytes(
        Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption()
    )
    wanted = {Attribute.TOKEN: True, Attribute.PRIVATE: True, Attribute.SIGN: True, Attribute.ID: b"\1"}
    wanted |= {Attribute.LABEL: "à chaque fois", Attribute.ALWAYS_AUTHENTICATE: True}
    token = pkcs11.lib(str(soft_token.module)).get_token(token_label=SoftToken.LABEL)
    with token.open(rw=True, user_pin=SoftToken.PIN) as session:
        session.create_object(decode_rsa_private_key(der) | wanted)
    try:
        pdf = signed_by(signing_authority, key(label="à chaque fois"))
    finally:
        removed(soft_token, "à chaque fois")
    assert stands(signing_authority, pdf) == ["Lise Exemple"]


def test_without_its_library_it_says_what_to_install(
    key: Callable[..., TokenKey], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pkcs11", None)
    error = refused(key())
    assert error.message.startswith("python-pkcs11")
    assert "pip install python-pkcs11" in error.remedy


def test_the_code_is_in_no_representation(key: Callable[..., TokenKey]) -> None:
    assert SoftToken.PIN not in repr(key())
