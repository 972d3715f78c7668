from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from asn1crypto.algos import SignedDigestAlgorithmId

from piles_docs.errors import SigningFailed
from piles_docs.methodology.acts import Level
from piles_docs.signing.remote import RemoteKey
from piles_docs.signing.signing import Services, sign

from ..authority import Authority, CscServer
from .altering import Altered, Answer, altering
from .forms import form, services_of, signed_by, stands

PIN = {"presence": "true", "format": "N"}
OFFLINE = {"presence": "true", "type": "offline"}


@pytest.fixture
def between(csc_server: CscServer) -> Iterator[Altered]:
    """What stands between us and the server."""
    with altering(csc_server.url) as one:
        yield one


@pytest.fixture
def passwords() -> Iterator[str]:
    """One-time passwords: each is another one."""
    return iter(["111111", "222222", "333333"])


@pytest.fixture
def key(between: Altered, passwords: Iterator[str]) -> Callable[..., RemoteKey]:
    def made(name: str = "porteuse", **other: Any) -> RemoteKey:
        values = {"service": between.url, "credential": CscServer.CREDENTIALS.get(name, name)} | other
        return RemoteKey(
            **values, ask_pin=lambda: CscServer.PIN, ask_one_time_password=lambda: next(passwords)
        )

    return made


def refused(authority: Authority, key: RemoteKey) -> SigningFailed:
    with pytest.raises(SigningFailed) as caught:
        signed_by(authority, key)
    return caught.value


@pytest.mark.parametrize(
    ("name", "who"), [("porteuse", "Lise Exemple"), ("tete-de-reseau", "Camille Fictif")]
)
@pytest.mark.parametrize("level", [Level.B, Level.LTA])
def test_a_remote_key_signs(
    signing_authority: Authority, key: Callable[..., RemoteKey], name: str, who: str, level: Level
) -> None:
    assert stands(signing_authority, signed_by(signing_authority, key(name), level=level)) == [who]


def test_nothing_is_asked_for_that_the_service_does_not_want(
    signing_authority: Authority, key: Callable[..., RemoteKey], between: Altered
) -> None:
    between.info(PIN={"presence": "false"}, OTP={"presence": "optional"})
    signed_by(signing_authority, key())
    (asked,) = [words for endpoint, words in between.asked if endpoint == "credentials/authorize"]
    assert not {"PIN", "OTP"} & set(asked)


def test_each_document_has_its_own_authorisation_and_password(
    signing_authority: Authority, key: Callable[..., RemoteKey], between: Altered
) -> None:
    between.info(PIN=PIN, OTP=OFFLINE)
    one = key()
    signed = [signed_by(signing_authority, one, party) for party in ("porteuse", "tete-de-reseau")]
    assert [stands(signing_authority, pdf) for pdf in signed] == [["Lise Exemple"]] * 2
    asked = [words for endpoint, words in between.asked if endpoint == "credentials/authorize"]
    assert [(words["PIN"], words["OTP"]) for words in asked] == [("1234", "111111"), ("1234", "222222")]
    assert all(words["numSignatures"] == len(words["hash"]) == 1 for words in asked)
    assert asked[0]["hash"] != asked[1]["hash"]


def test_a_password_that_the_service_sends_is_asked_of_it_first(
    signing_authority: Authority, key: Callable[..., RemoteKey], between: Altered
) -> None:
    between.info(OTP={"presence": "true", "type": "online"})
    between.instead("credentials/sendOTP", 200)
    signed_by(signing_authority, key())
    assert [endpoint for endpoint, _ in between.asked] == [
        "credentials/info",
        "credentials/sendOTP",
        "credentials/authorize",
        "signatures/signHash",
    ]


def test_the_access_token_goes_with_every_request_and_is_shown_nowhere(
    signing_authority: Authority,
    key: Callable[..., RemoteKey],
    between: Altered,
    caplog: pytest.LogCaptureFixture,
) -> None:
    between.info(PIN=PIN)
    one = key(bearer="un-secret")
    with caplog.at_level(logging.DEBUG):
        signed_by(signing_authority, one)
    assert {headers["Authorization"] for headers in between.headers} == {"Bearer un-secret"}
    assert "un-secret" not in repr(one) + caplog.text
    assert CscServer.PIN not in repr(one)


def test_a_service_that_names_the_kind_of_key_alone_is_told_so(
    signing_authority: Authority, key: Callable[..., RemoteKey], between: Altered
) -> None:
    rsa = SignedDigestAlgorithmId("rsassa_pkcs1v15").dotted
    between.info(key={"status": "enabled", "algo": [rsa], "len": 2048})
    assert stands(signing_authority, signed_by(signing_authority, key())) == ["Lise Exemple"]
    assert between.asked[-1][1]["signAlgo"] == rsa


def test_a_service_that_is_down_is_told(
    signing_authority: Authority, csc_server: CscServer, key: Callable[..., RemoteKey]
) -> None:
    with csc_server.down():
        error = refused(signing_authority, key(service=csc_server.url))
    assert error.message == f"le service de signature {csc_server.url} ne répond pas"
    assert signed_by(signing_authority, key(service=csc_server.url))


@pytest.mark.parametrize("endpoint", ["credentials/info", "credentials/authorize"])
def test_a_service_that_takes_too_long_is_told(
    signing_authority: Authority, key: Callable[..., RemoteKey], between: Altered, endpoint: str
) -> None:
    def slow(answer: Answer) -> Answer:
        between.delay = 2  # from the next request on
        return answer

    if endpoint == "credentials/info":
        between.delay = 2
    else:
        between.changes["credentials/info"] = slow
    assert refused(signing_authority, key(timeout=1)).message.endswith("ne répond pas")
    assert between.count("signatures/signHash") == 0


def test_an_unknown_credential_is_told(signing_authority: Authority, key: Callable[..., RemoteKey]) -> None:
    assert (
        "ne connaît pas le certificat « essai/personne »"
        in refused(signing_authority, key("essai/personne")).message
    )


def test_a_service_that_speaks_version_2_alone_is_told_so(
    signing_authority: Authority, key: Callable[..., RemoteKey], between: Altered
) -> None:
    between.version = "v2"
    between.instead("info", 200, specs="2.0.0.2", authType=["oauth2"], methods=["credentials/info"])
    error = refused(signing_authority, key())
    assert error.message == f"le service {between.url} ne parle que CSC 2 : piles parle CSC 1.0.4"
    assert "piles receive" in error.remedy
    assert [endpoint for endpoint, _ in between.asked] == ["info"]


@pytest.mark.parametrize(
    ("status", "said", "told"),
    [
        (400, {"error": "invalid_request", "error_description": "Invalid PIN"}, "n’a pas permis de signer (Invalid PIN)"),
        (400, {}, "n’a pas permis de signer"),
        (401, {}, "refuse l’accès"),
        (503, {}, "est en panne (erreur 503)"),
        (200, {"no": "SAD"}, "n’est pas comprise"),
        (200, {"SAD": "x", "expiresIn": "soon"}, "n’est pas comprise"),
        (200, {"SAD": "x", "expiresIn": 0}, "a expiré avant la signature"),
    ],
)  # fmt: skip
def test_nothing_is_signed_without_authorisation(
    signing_authority: Authority,
    key: Callable[..., RemoteKey],
    between: Altered,
    status: int,
    said: dict[str, Any],
    told: str,
    caplog: pytest.LogCaptureFixture,
) -> None:
    between.info(PIN=PIN)
    between.instead("credentials/authorize", status, **said)
    assert refused(signing_authority, key()).message.endswith(told)
    assert between.count("signatures/signHash") == 0
    assert CscServer.PIN not in caplog.text


def test_an_authorisation_of_something_else_signs_nothing(
    signing_authority: Authority, key: Callable[..., RemoteKey], between: Altered
) -> None:
    kept: list[Answer] = []

    def first(answer: Answer) -> Answer:
        kept.append(answer)
        return kept[0]

    between.changes["credentials/authorize"] = first
    assert signed_by(signing_authority, key())
    assert refused(signing_authority, key()).message.endswith("a refusé de signer")


@pytest.mark.parametrize("signatures", [[], ["AAAA"], ["no base64"], ["AAAA", "AAAA"], [7], None, "AAAA"])
def test_what_is_no_signature_is_not_taken(
    signing_authority: Authority, key: Callable[..., RemoteKey], between: Altered, signatures: object
) -> None:
    between.instead("signatures/signHash", 200, signatures=signatures)
    assert "n’est pas une signature de ce document" in refused(signing_authority, key()).message


def test_the_signature_of_another_key_is_not_taken(
    signing_authority: Authority, key: Callable[..., RemoteKey], between: Altered
) -> None:
    kept: list[Answer] = []

    def first(answer: Answer) -> Answer:
        kept.append(answer)
        return kept[0]

    between.changes["signatures/signHash"] = first
    assert signed_by(signing_authority, key())
    for name in ("porteuse", "tete-de-reseau"):
        assert "n’est pas une signature de ce document" in refused(signing_authority, key(name)).message


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"authMode": "oauth2code"}, "dans un navigateur"),
        ({"key": {"status": "disabled", "algo": ["1.2.840.113549.1.1.11"]}}, "a désactivé le certificat"),
        ({"key": {"algo": ["1.2.840.113549.1.1.5"]}}, "ne sait pas signer comme il le faut"),
        ({"cert": {}}, "n’est pas comprise"),
        ({"cert": {"certificates": []}}, "n’est pas comprise"),
    ],
)
def test_a_key_that_cannot_be_used_from_here_is_told_before_anything_is_asked_for(
    signing_authority: Authority,
    key: Callable[..., RemoteKey],
    between: Altered,
    said: dict[str, Any],
    told: str,
) -> None:
    between.info(**said)
    assert told in refused(signing_authority, key()).message
    assert [endpoint for endpoint, _ in between.asked if endpoint != "credentials/info"] == []


def test_reading_the_certificate_needs_no_authorisation(
    key: Callable[..., RemoteKey], between: Altered
) -> None:
    async def name() -> str:
        async with key().opened() as signer:
            return str(signer.subject_name)

    assert asyncio.run(name()) == "Lise Exemple"
    assert between.count("credentials/authorize") == 0


def test_a_time_stamping_service_that_is_down_costs_no_second_authorisation(
    signing_authority: Authority, key: Callable[..., RemoteKey], between: Altered
) -> None:
    services = Services(
        trust=services_of(signing_authority).trust, time_stamp_url=signing_authority.dead_url, level=Level.LTA
    )
    signed = sign(form(), "porteuse", key(), services, moment=datetime.now(UTC))
    assert signed.level == Level.B
    assert between.count("credentials/authorize") == 1


def test_a_field_that_is_not_there_costs_no_authorisation(
    signing_authority: Authority, key: Callable[..., RemoteKey], between: Altered
) -> None:
    with pytest.raises(SigningFailed):
        signed_by(signing_authority, key(), "nobody")
    assert between.count("credentials/authorize") == 0
