"""Hand messages to a mail server (SMTP, RFC 5321), and know what became of each.

The one question that counts is whether a message left. Before the last line of it is sent it surely did not;
once the server has answered one knows; in between nobody does, and that is said.
"""

from __future__ import annotations

import ipaddress
import re
import smtplib
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Self

from piles_docs.errors import PilesError, ToolFailed, UsageError

PATIENCE_SECONDS = 30.0
_LONGEST_ANSWER = 300
_PERMANENT = 500
_LINE_WITH_A_DOT = re.compile(rb"^\.", re.MULTILINE)  # a dot alone ends the message (RFC 5321, 4.5.2)


class Security(StrEnum):
    """How the line to the server is encrypted; the words are those of piles.toml."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "aucune"


class Fate(StrEnum):
    """What became of a message."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    """The server will never take it."""
    FAILED = "failed"
    """It did not leave; later, it may."""
    UNKNOWN = "unknown"
    """The line broke before the server answered: it may have left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a message, and the server's words."""

    fate: Fate
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where a mail server is, and how to speak to it."""

    host: str
    port: int
    security: Security = Security.STARTTLS
    user: str | None = None
    password: Callable[[], str] | None = None
    """Gives the password when it is needed; asked once a run."""
    patience: float = PATIENCE_SECONDS
    """How long to wait for each answer, in seconds."""

    @property
    def is_loopback(self) -> bool:
        """Whether it is on this machine, where nobody listens in between."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host.lower() == "localhost"

    @property
    def is_overheard(self) -> bool:
        """Whether messages travel in clear where others can listen."""
        return self.security is Security.NONE and not self.is_loopback


class Line:
    """A line to a mail server, opened when it is first needed and again when it broke.

    Args:
        server: The server.
        greeting: The domain that one says to be from.
    """

    def __init__(self, server: Server, *, greeting: str) -> None:
        self.server = server
        self._greeting = greeting
        self._smtp: smtplib.SMTP | None = None
        self._password: str | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._smtp:
            with suppress(smtplib.SMTPException, OSError):
                self._smtp.quit()
            self._hang_up()

    def open(self) -> None:
        """Make sure that the server listens; nothing was handed to it yet.

        Raises:
            ToolFailed: It is not there, speaks without encryption, or refuses name or password.
            UsageError: The password would travel in clear, or there is none.
        """
        if self._smtp and self._answers():
            return
        self._hang_up()
        self._smtp = self._connected()
        try:
            self._introduce(self._smtp)
        except PilesError:
            self._hang_up()
            raise
        except (smtplib.SMTPException, OSError) as error:
            self._hang_up()
            raise self._failure(error) from error

    def send(self, content: bytes, *, sender: str, to: str) -> Outcome:
        """Hand over one message; `open` was called just before.

        Args:
            content: The message.
            sender: The address to which the server would return it.
            to: The address it goes to.
        """
        if self._smtp is None:
            raise AssertionError("the line is not open")
        fate = Fate.FAILED
        try:
            refusal = _offer(self._smtp, len(content), sender, to)
            if refusal:
                self._smtp.rset()
                return refusal
            self._smtp.send(_LINE_WITH_A_DOT.sub(b"..", content))
            fate = Fate.UNKNOWN
            self._smtp.send(b".\r\n")
            code, answer = self._smtp.getreply()
        except (smtplib.SMTPException, OSError) as error:
            self._hang_up()
            return Outcome(fate=fate, detail=_words(error))
        if code == 250:
            return Outcome(fate=Fate.ACCEPTED, detail=f"{code} {_text(answer)}")
        return _refusal(code, answer)

    def _answers(self) -> bool:
        try:
            return self._smtp is not None and self._smtp.noop()[0] == 250
        except (smtplib.SMTPException, OSError):
            return False

    def _hang_up(self) -> None:
        if self._smtp:
            self._smtp.close()
        self._smtp = None

    def _connected(self) -> smtplib.SMTP:
        server = self.server
        try:
            if server.security is Security.TLS:
                return smtplib.SMTP_SSL(
                    server.host,
                    server.port,
                    self._greeting,
                    timeout=server.patience,
                    context=ssl.create_default_context(),
                )
            return smtplib.SMTP(server.host, server.port, self._greeting, timeout=server.patience)
        except (smtplib.SMTPException, OSError) as error:
            raise self._failure(error) from error

    def _introduce(self, smtp: smtplib.SMTP) -> None:
        server = self.server
        smtp.ehlo_or_helo_if_needed()
        if server.security is Security.STARTTLS:
            if not smtp.has_extn("starttls"):
                raise ToolFailed(
                    f"le serveur de courriel {server.host} ne propose pas de chiffrement STARTTLS",
                    remedy="vérifiez port et securite dans [courriel] de piles.toml : "
                    "souvent 587 et starttls, ou 465 et tls",
                )
            smtp.starttls(context=ssl.create_default_context())
            smtp.ehlo()
        if server.user is not None:
            self._log_in(smtp, server.user)

    def _log_in(self, smtp: smtplib.SMTP, user: str) -> None:
        server = self.server
        if server.security is Security.NONE and not server.is_loopback:
            raise UsageError(
                "le mot de passe du courriel circulerait en clair",
                remedy='mettez securite = "starttls" ou "tls" dans [courriel] de piles.toml',
            )
        if self._password is None:
            if server.password is None:
                raise UsageError(
                    "il manque le mot de passe du serveur de courriel",
                    remedy="donnez-le dans la variable d’environnement PILES_SMTP_MOT_DE_PASSE, "
                    "ou lancez la commande dans un terminal, qui le demandera",
                )
            self._password = server.password()
        try:
            smtp.login(user, self._password)
        except (smtplib.SMTPAuthenticationError, smtplib.SMTPNotSupportedError, UnicodeEncodeError) as error:
            raise ToolFailed(
                f"le serveur de courriel {server.host} refuse le nom d’utilisateur ou le mot de passe",
                remedy="vérifiez utilisateur dans [courriel] de piles.toml, et PILES_SMTP_MOT_DE_PASSE",
            ) from error

    def _failure(self, error: smtplib.SMTPException | OSError) -> ToolFailed:
        server = self.server
        if isinstance(error, ssl.SSLCertVerificationError):
            return ToolFailed(
                f"le certificat du serveur de courriel {server.host} n’est pas reconnu "
                f"({error.verify_message})",
                remedy="vérifiez serveur dans [courriel] de piles.toml ; rien n’a été envoyé",
            )
        return ToolFailed(
            f"le serveur de courriel {server.host} (port {server.port}) ne répond pas comme il faut "
            f"({_words(error)})",
            remedy="vérifiez le réseau et [courriel] dans piles.toml, puis relancez ; "
            "avec --eml, les courriels sont écrits en fichiers, à envoyer vous-même",
        )


def _offer(smtp: smtplib.SMTP, size: int, sender: str, to: str) -> Outcome | None:
    """Say what comes and to whom; None when the server is ready to take it."""
    options = [f"size={size}"] if smtp.has_extn("size") else []
    steps: tuple[tuple[set[int], Callable[[], tuple[int, bytes]]], ...] = (
        ({250}, lambda: smtp.mail(sender, options)),
        ({250, 251}, lambda: smtp.rcpt(to)),
        ({354}, lambda: smtp.docmd("DATA")),
    )
    for expected, step in steps:
        code, answer = step()
        if code not in expected:
            return _refusal(code, answer)
    return None


def _refusal(code: int, answer: bytes | str) -> Outcome:
    fate = Fate.REFUSED if code >= _PERMANENT else Fate.FAILED
    return Outcome(fate=fate, detail=f"{code} {_text(answer)}")


def _words(error: BaseException) -> str:
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return "délai dépassé"
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return "liaison coupée"
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_text(error.smtp_error)}"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return _text(str(error)) or type(error).__name__


def _text(answer: bytes | str) -> str:
    """A server's words on one line, printable and of a bearable length."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return "".join(sign if sign.isprintable() else " " for sign in text)[:_LONGEST_ANSWER].strip()
