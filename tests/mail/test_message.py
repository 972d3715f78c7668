"""A message holds what was meant, for any reader, and nothing that someone slipped in."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
from dataclasses import replace
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piles_docs.errors import CaseInvalid, ToolFailed
from piles_docs.mail.message import LARGEST_MESSAGE_BYTES, Attachment, Letter, Mailbox, compose

LETTER = Letter(
    message_id="<0123abcd@tete-de-reseau.example>",
    sender=Mailbox(name="APEAS", address="signatures@tete-de-reseau.example"),
    reply_to=Mailbox(name="APEAS", address="retour@tete-de-reseau.example"),
    to=Mailbox(name="Inès Vraisemblable-Durand", address="presidence@haute-durance.example"),
    subject="Documents à signer, PILES de l’Embrunais",
    body="Madame la Présidente,\n\nSignez avant le 1er décembre 2026 : merci.\n.\nFin\n",
    attachments=[
        Attachment(name="embrunais.porteuse.charte.pdf", content=bytes(range(256)) * 50),
        Attachment(name="embrunais.charte.v1.pdf", content=b"%PDF-1.7\r\n.\r\n\n.\n"),
    ],
    dated=dt.datetime(2026, 11, 22, 18, 30, tzinfo=dt.UTC),
    in_reply_to="<ffff0000@tete-de-reseau.example>",
    is_draft=True,
)


def read(content: bytes) -> EmailMessage:
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert message.defects == []
    return message


def body_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    content = part.get_content()
    assert isinstance(content, str)
    return content.replace("\r\n", "\n")


def test_opened_again_it_says_what_was_meant() -> None:
    message = read(compose(LETTER))
    assert {name: str(message[name]) for name in ("Message-ID", "In-Reply-To", "References", "X-Unsent")} == {
        "Message-ID": "<0123abcd@tete-de-reseau.example>",
        "In-Reply-To": "<ffff0000@tete-de-reseau.example>",
        "References": "<ffff0000@tete-de-reseau.example>",
        "X-Unsent": "1",
    }
    assert message["Subject"] == LETTER.subject
    assert message["From"] == "APEAS <signatures@tete-de-reseau.example>"
    assert message["Reply-To"] == "APEAS <retour@tete-de-reseau.example>"
    (to,) = message["To"].addresses
    assert (to.display_name, to.addr_spec) == (LETTER.to.name, LETTER.to.address)
    assert message["Date"].datetime == LETTER.dated
    assert message["Content-Language"] == "fr"
    body = message.get_body(("plain",))
    assert body is not None
    assert (body.get_content_type(), body.get_content_charset()) == ("text/plain", "utf-8")
    assert body_of(message) == LETTER.body


def test_the_attachments_come_out_byte_for_byte() -> None:
    found = [
        (part.get_filename(), part.get_content_type(), part.get_content())
        for part in read(compose(LETTER)).iter_attachments()
    ]
    assert found == [(one.name, "application/pdf", one.content) for one in LETTER.attachments]


def test_what_is_sent_by_a_server_is_no_draft_and_what_recalls_nothing_says_so() -> None:
    message = read(compose(replace(LETTER, is_draft=False, in_reply_to=None, reply_to=None)))
    assert [message[name] for name in ("X-Unsent", "In-Reply-To", "References", "Reply-To")] == [None] * 4


def test_a_message_without_attachment_is_plain_text() -> None:
    message = read(compose(replace(LETTER, attachments=[])))
    assert message.get_content_type() == "text/plain"
    assert body_of(message) == LETTER.body


def test_the_same_letter_gives_the_same_bytes() -> None:
    assert compose(LETTER) == compose(LETTER)


def test_any_server_can_carry_it() -> None:
    content = compose(LETTER)
    content.decode("ascii")
    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= 998
    assert b"\n" not in content.replace(b"\r\n", b"")


@pytest.mark.parametrize("sign", ["\n", "\r", "\r\n"])
@pytest.mark.parametrize("field", ["subject", "message_id", "in_reply_to"])
def test_a_line_break_in_a_header_is_refused(field: str, sign: str) -> None:
    with pytest.raises(ValueError, match=r"linefeed|header|folded|CR"):
        compose(replace(LETTER, **{field: f"bonjour{sign}Bcc: intrus@ailleurs.example"}))  # type: ignore[arg-type]


@pytest.mark.parametrize("sign", ["\n", "\r"])
def test_a_line_break_in_a_name_is_refused(sign: str) -> None:
    with pytest.raises(CaseInvalid):
        compose(replace(LETTER, to=replace(LETTER.to, name=f"Inès{sign}Bcc: intrus@ailleurs.example")))


PRINTABLE = st.text(
    st.characters(exclude_categories=["C", "Z"], include_characters=" "), min_size=1, max_size=120
)


@given(subject=PRINTABLE, name=PRINTABLE, body=PRINTABLE)
def test_no_text_of_a_case_becomes_another_header(subject: str, name: str, body: str) -> None:
    words = " ".join(subject.split()) or "x"
    letter = replace(LETTER, subject=words, to=replace(LETTER.to, name=name), body=f"{body}\n")
    message = email.message_from_bytes(compose(letter), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    assert set(message.keys()) == set(read(compose(LETTER)).keys())
    assert [one.addr_spec for one in message["To"].addresses] == [LETTER.to.address]
    assert "".join(message["Subject"].split()) == "".join(words.split())


def test_a_message_too_large_for_mail_servers_is_refused_with_another_way() -> None:
    heavy = Attachment(name="lourd.pdf", content=bytes(LARGEST_MESSAGE_BYTES * 3 // 4))
    with pytest.raises(ToolFailed, match="Mo") as raised:
        compose(replace(LETTER, attachments=[heavy]))
    assert "autrement" in raised.value.remedy


@pytest.mark.parametrize(
    "address", ["présidence@haute-durance.example", 'a"b@haute-durance.example', "a\\@x.example"]
)
def test_an_address_that_servers_refuse_is_told(address: str) -> None:
    with pytest.raises(CaseInvalid, match="adresse"):
        compose(replace(LETTER, to=replace(LETTER.to, address=address)))


def test_a_domain_with_accents_travels_in_ascii() -> None:
    mailbox = Mailbox(name="Inès", address="ines@société.example")
    assert mailbox.ascii_address == "ines@xn--socit-esab.example"
    assert mailbox.domain == "xn--socit-esab.example"
