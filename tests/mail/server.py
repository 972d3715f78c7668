"""A mail server for the tests: real SMTP on a real socket, in a process of its own.

    python server.py '{"folder": "…", "security": "starttls", "certificate": "…", "user": "…", "password": "…"}'

It prints its port, then keeps each message it takes as `N.eml`, with `N.json` beside it. What it does with a
message is in the recipient's address: `refuse…`, `plus-tard…`, `indesirable…` (refused once read), `lent…` (never answers), `sourd…` (never answers the
recipient), `pose…` (answers half a second after it took the message), `perdu…` (takes it and hangs up without a
word).
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, Session


class Box:
    """Takes messages into a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = len(list(folder.glob("*.json")))

    async def handle_RCPT(  # noqa: N802  # aiosmtpd's name
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address.startswith("refuse"):
            return "550 5.1.1 Boite inconnue"
        if address.startswith("plus-tard"):
            return "451 4.7.1 Revenez plus tard"
        if address.startswith("sourd"):
            await asyncio.sleep(3600)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # as above
        to = envelope.rcpt_tos[0]
        if to.startswith("indesirable"):
            return "554 5.7.1 Message indesirable"
        if to.startswith("lent"):
            await asyncio.sleep(3600)
        self.count += 1
        path = self.folder / f"{self.count:04d}.eml"
        path.write_bytes(envelope.original_content or b"")
        assert isinstance(server.transport, asyncio.WriteTransport)
        about = {
            "sender": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "is_encrypted": server.transport.get_extra_info("ssl_object") is not None,
            "user": session.auth_data,
        }
        path.with_suffix(".json").write_text(json.dumps(about), "utf-8")
        if to.startswith("pose"):
            await asyncio.sleep(0.5)
        if to.startswith("perdu"):
            server.transport.abort()
        return "250 2.0.0 Recu"


def factory(settings: dict[str, Any], context: ssl.SSLContext | None) -> SMTP:
    def authenticate(
        _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, given: Any
    ) -> AuthResult:
        right = (given.login, given.password) == (settings["user"].encode(), settings["password"].encode())
        return AuthResult(success=right, handled=False, auth_data=settings["user"])

    with_user = bool(settings.get("user"))
    return SMTP(
        Box(Path(settings["folder"])),
        hostname="courrier.example",
        tls_context=context if settings["security"] == "starttls" else None,
        require_starttls=settings["security"] == "starttls",
        auth_required=with_user,
        auth_require_tls=settings["security"] == "starttls",
        authenticator=authenticate if with_user else None,
    )


async def serve(settings: dict[str, Any]) -> None:
    context = None
    if settings["security"] != "aucune":
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(settings["certificate"])
    implicit = context if settings["security"] == "tls" else None
    listening = await asyncio.get_running_loop().create_server(
        lambda: factory(settings, context), "127.0.0.1", settings.get("port", 0), ssl=implicit
    )
    print(listening.sockets[0].getsockname()[1], flush=True)  # noqa: T201  # the parent reads it
    await listening.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(json.loads(sys.argv[1])))
