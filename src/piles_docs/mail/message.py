"""A message as the bytes that travel, the same in a file and on the wire (RFC 5322, MIME)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from piles_docs.errors import CaseInvalid, ToolFailed

LARGEST_MESSAGE_BYTES = 20 * 1024 * 1024
"""What mail servers take as a rule; attachments weigh a third more in a message than on the disk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """Who sends or receives."""

    name: str
    address: str

    @property
    def domain(self) -> str:
        """What follows the @, in ASCII."""
        return self.address.rpartition("@")[2].encode("idna").decode()

    @property
    def ascii_address(self) -> str:
        """The address as every mail server takes it.

        Raises:
            CaseInvalid: It cannot be written so: it has an accent or a sign that servers refuse.
        """
        return self.header.addr_spec

    @property
    def header(self) -> Address:
        """Name and address as a header holds them.

        Raises:
            CaseInvalid: As `ascii_address`.
        """
        local = self.address.rpartition("@")[0]
        try:
            address = f"{local}@{self.domain}"
            address.encode("ascii")
            return Address(display_name=self.name, addr_spec=address)
        except (ValueError, MessageError, IndexError) as error:
            raise CaseInvalid(
                f"l’adresse « {self.address} » n’est pas de celles que les serveurs de courriel acceptent",
                remedy="donnez une adresse sans accent ni guillemet avant le signe @",
            ) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A PDF that goes along."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What a message is made of."""

    message_id: str
    """With its angle brackets."""
    sender: Mailbox
    reply_to: Mailbox | None
    to: Mailbox
    subject: str
    body: str
    attachments: Sequence[Attachment]
    dated: dt.datetime
    in_reply_to: str | None
    """The message that this one recalls."""
    is_draft: bool
    """Whether a person is to open and send it: mail programs then open it as one being written."""


def compose(letter: Letter) -> bytes:
    """Write a message; the same letter gives the same bytes.

    Raises:
        CaseInvalid: An address cannot be written.
        ToolFailed: The message is larger than mail servers take.
        ValueError: A header would hold a line break; texts of the case and of templates have none.
    """
    message = EmailMessage(policy=SMTP)
    message["From"] = letter.sender.header
    if letter.reply_to:
        message["Reply-To"] = letter.reply_to.header
    message["To"] = letter.to.header
    message["Subject"] = letter.subject
    message["Date"] = letter.dated
    message["Message-ID"] = letter.message_id
    if letter.in_reply_to:
        message["In-Reply-To"] = letter.in_reply_to
        message["References"] = letter.in_reply_to
    if letter.is_draft:
        message["X-Unsent"] = "1"
    # Not 8bit, which some servers do not carry.
    message.set_content(letter.body, cte="quoted-printable")
    for attachment in letter.attachments:
        message.add_attachment(
            attachment.content, maintype="application", subtype="pdf", filename=attachment.name
        )
    message["Content-Language"] = "fr"
    # Parts are told apart by a word that is chance where none is given; it must not be found in a part.
    if message.is_multipart():
        message.set_boundary(f"=_{letter.message_id.strip('<>').partition('@')[0]}_=")
    content = message.as_bytes()
    if len(content) > LARGEST_MESSAGE_BYTES:
        raise ToolFailed(
            f"le courriel pèserait {len(content) // 1024**2} Mo, et les serveurs n’en prennent guère plus de "
            f"{LARGEST_MESSAGE_BYTES // 1024**2}",
            remedy="déposez les fichiers autrement (partage de fichiers, clé USB), ou envoyez moins de "
            "documents à la fois avec -d",
        )
    return content
