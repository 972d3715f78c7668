"""Against a real server: what arrives, and what is known of what did not."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from typing import Any

import pytest

from piles_docs.errors import ToolFailed, UsageError
from piles_docs.mail.smtp import Fate, Line, Outcome, Security, Server

SENDER, READER = "signatures@tete-de-reseau.example", "presidence@haute-durance.example"
MESSAGE = b"Subject: =?utf-8?q?=C3=A0_signer?=\r\n\r\n.\r\n..\r\n.Fin\r\n"

USER = {"user": "apeas", "password": "s3cret"}


def line(port: int, **settings: Any) -> Line:
    settings |= {"host": "localhost", "security": Security.NONE, "patience": 5.0} | settings
    return Line(Server(port=port, **settings), greeting="tete-de-reseau.example")


def hand_over(to_server: Line, to: str = READER, content: bytes = MESSAGE) -> Outcome:
    to_server.open()
    return to_server.send(content, sender=SENDER, to=to)


@pytest.mark.parametrize("security", ["starttls", "tls", "aucune"])
def test_a_message_arrives_as_it_was_made(mail_server: Callable[..., Any], security: str) -> None:
    server = mail_server(security)
    with line(server.port, security=Security(security)) as open_line:
        outcome = hand_over(open_line)
    assert outcome == Outcome(fate=Fate.ACCEPTED, detail="250 2.0.0 Recu")
    (received,) = server.received()
    assert (received.sender, received.to) == (SENDER, READER)
    assert received.content == MESSAGE
    assert received.is_encrypted is (security != "aucune")


def test_one_line_carries_several_messages(mail_server: Callable[..., Any]) -> None:
    server = mail_server()
    with line(server.port) as open_line:
        assert [hand_over(open_line, f"{name}@x.example").fate for name in "abc"] == [Fate.ACCEPTED] * 3
    assert [one.to for one in server.received()] == ["a@x.example", "b@x.example", "c@x.example"]


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_nobody_vouches_for_is_refused(
    mail_server: Callable[..., Any], security: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = mail_server(security)
    monkeypatch.delenv("SSL_CERT_FILE")
    with (
        line(server.port, security=Security(security)) as open_line,
        pytest.raises(ToolFailed, match="certificat"),
    ):
        open_line.open()
    assert server.received() == []


def test_a_server_that_does_not_encrypt_is_refused(mail_server: Callable[..., Any]) -> None:
    with (
        line(mail_server().port, security=Security.STARTTLS) as open_line,
        pytest.raises(ToolFailed, match="STARTTLS") as raised,
    ):
        open_line.open()
    assert "securite" in raised.value.remedy


def test_the_name_and_password_are_given_once_to_a_server_that_asks(mail_server: Callable[..., Any]) -> None:
    server = mail_server("starttls", **USER)
    asked = []

    def password() -> str:
        asked.append(1)
        return "s3cret"

    settings = {"security": Security.STARTTLS, "user": "apeas", "password": password}
    with line(server.port, **settings) as open_line:
        assert asked == []
        assert hand_over(open_line).fate is Fate.ACCEPTED
        assert hand_over(open_line, "perdu@x.example").fate is Fate.UNKNOWN
        assert hand_over(open_line).fate is Fate.ACCEPTED
    assert asked == [1]
    assert {one.user for one in server.received()} == {"apeas"}


def test_a_wrong_password_is_told_and_not_shown(mail_server: Callable[..., Any]) -> None:
    server = mail_server("starttls", **USER)
    with (
        line(server.port, security=Security.STARTTLS, user="apeas", password=lambda: "faux-mot") as open_line,
        pytest.raises(ToolFailed, match="mot de passe") as raised,
    ):
        open_line.open()
    assert "faux-mot" not in f"{raised.value.message} {raised.value.remedy}"
    assert server.received() == []


def test_a_password_that_nobody_gives_is_asked_for(mail_server: Callable[..., Any]) -> None:
    server = mail_server("starttls", **USER)
    with (
        line(server.port, security=Security.STARTTLS, user="apeas") as open_line,
        pytest.raises(UsageError, match="mot de passe") as raised,
    ):
        open_line.open()
    assert "PILES_SMTP_MOT_DE_PASSE" in raised.value.remedy


def test_a_password_never_travels_in_clear_over_a_network(mail_server: Callable[..., Any]) -> None:
    server = mail_server(**USER)
    settings = {"user": "apeas", "password": lambda: "s3cret"}
    with line(server.port, **settings) as here:
        assert hand_over(here).fate is Fate.ACCEPTED
    # The same machine, under a name of which the program does not know that it is.
    with line(server.port, host="127.1", **settings) as elsewhere, pytest.raises(UsageError, match="clair"):
        elsewhere.open()


@pytest.mark.parametrize(
    ("host", "here"), [("localhost", True), ("::1", True), ("127.0.0.1", True), ("smtp.example", False)]
)
def test_it_is_known_what_is_this_machine(host: str, here: bool) -> None:
    assert Server(host=host, port=25).is_loopback is here
    assert Server(host=host, port=25, security=Security.NONE).is_overheard is not here
    assert not Server(host=host, port=25).is_overheard


@pytest.mark.parametrize(
    ("to", "fate", "words"),
    [
        ("refuse@x.example", Fate.REFUSED, "550 5.1.1 Boite inconnue"),
        ("indesirable@x.example", Fate.REFUSED, "554 5.7.1 Message indesirable"),
        ("plus-tard@x.example", Fate.FAILED, "451 4.7.1 Revenez plus tard"),
    ],
)
def test_who_cannot_be_reached_is_told_apart_and_does_not_stop_the_next(
    mail_server: Callable[..., Any], to: str, fate: Fate, words: str
) -> None:
    server = mail_server()
    with line(server.port) as open_line:
        assert hand_over(open_line, to) == Outcome(fate=fate, detail=words)
        assert hand_over(open_line).fate is Fate.ACCEPTED
    assert [one.to for one in server.received()] == [READER]


def test_a_message_heavier_than_the_server_takes_is_refused_before_it_travels(
    mail_server: Callable[..., Any],
) -> None:
    server = mail_server()
    with line(server.port) as open_line:
        outcome = hand_over(open_line, content=MESSAGE + b"x\r\n" * 12_000_000)
    assert outcome.fate is Fate.REFUSED
    assert outcome.detail.startswith("552")
    assert server.received() == []


def test_a_server_that_hangs_up_after_taking_a_message_leaves_a_doubt(
    mail_server: Callable[..., Any],
) -> None:
    server = mail_server()
    with line(server.port) as open_line:
        assert hand_over(open_line, "perdu@x.example").fate is Fate.UNKNOWN
        assert hand_over(open_line).fate is Fate.ACCEPTED
    assert [one.to for one in server.received()] == ["perdu@x.example", READER]


@pytest.mark.parametrize(("to", "fate"), [("lent@x.example", Fate.UNKNOWN), ("sourd@x.example", Fate.FAILED)])
def test_a_server_that_does_not_answer_is_not_waited_for(
    mail_server: Callable[..., Any], to: str, fate: Fate
) -> None:
    with line(mail_server().port, patience=0.5) as open_line:
        assert hand_over(open_line, to) == Outcome(fate=fate, detail="délai dépassé")


def test_a_server_that_is_not_there_is_told_before_anything(mail_server: Callable[..., Any]) -> None:
    for security in Security:
        with (
            line(1, security=security) as open_line,
            pytest.raises(ToolFailed, match="ne répond pas") as raised,
        ):
            open_line.open()
        assert "--eml" in raised.value.remedy


def test_a_server_whose_name_leads_nowhere_is_told() -> None:
    with line(1, host="nulle-part.invalid") as open_line, pytest.raises(ToolFailed, match="nulle-part"):
        open_line.open()


@pytest.mark.parametrize(
    "greeting", [b"", b"HTTP/1.1 400 Bad Request\r\n", b"220 Bonjour\r\n", b"554 Allez-vous-en\r\n"]
)
def test_what_is_not_a_mail_server_is_told(greeting: bytes) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.sendall(greeting)

        answering = threading.Thread(target=answer)
        answering.start()
        with line(listening.getsockname()[1]) as open_line, pytest.raises(ToolFailed, match="ne répond pas"):
            open_line.open()
        answering.join()


def test_nothing_is_handed_over_on_a_line_that_is_not_open() -> None:
    with pytest.raises(AssertionError):
        line(1).send(MESSAGE, sender=SENDER, to=READER)
