"""A case with packs to send: what the tests of mail build on."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
from collections.abc import Callable, Iterator, Sequence
from email.message import EmailMessage
from itertools import count
from pathlib import Path

from piles_docs.mail.smtp import Line
from piles_docs.methodology.acts import Act, Mailed, MailEnded
from piles_docs.usecases.clock import Clock
from piles_docs.usecases.correspondence import Correspondence, Office, line_to
from piles_docs.usecases.pack import pack
from piles_docs.usecases.record import record_milestone, record_signature
from piles_docs.usecases.remind import remind
from piles_docs.usecases.send import send
from piles_docs.usecases.workspace import Workspace

from ..seals import sealer
from .remembering import Remembering

CASE = "embrunais"
FIRST_DAY = dt.date(2025, 3, 20)
DOCUMENTS = ("charte", "convention-cadre", "plan-formation")
NAMES = ("vraisemblable", "hypoth", "fictif")


def at(day: int) -> Clock:
    """So many days after the issue, at nine."""
    today = FIRST_DAY + dt.timedelta(days=day)
    return Clock(today=today, now=dt.datetime.combine(today, dt.time(9), tzinfo=dt.UTC))


def issue_all(workspace: Workspace) -> None:
    """Issue three documents: of one, two and three signatories, the last of whom are by turn."""
    record_milestone(workspace, CASE, "rencontre-faite", on=FIRST_DAY, note=None, evidence=(), clock=at(0))
    pack(
        workspace,
        CASE,
        step=None,
        documents=DOCUMENTS,
        means=None,
        ahead="pour l’essai",
        issued_on=FIRST_DAY,
        converter=Remembering.tagging(),
        clock=at(0),
        sealer=sealer(workspace),
    )


def edit(path: Path, old: str, new: str) -> None:
    """Replace a text that is there once."""
    text = path.read_text("utf-8")
    assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
    path.write_text(text.replace(old, new), "utf-8")


def by_server(workspace: Workspace, port: int) -> None:
    """Let the workspace send by a server on this machine, without encryption."""
    settings = f'[courriel]\nserveur = "127.0.0.1"\nport = {port}\nsecurite = "aucune"\n'
    edit(workspace.root / "piles.toml", "[courriel]\n", settings)


def tokens(start: int = 0) -> Callable[[], str]:
    """Message-IDs one after the other."""
    numbers = count(start)
    return lambda: f"{next(numbers):08x}"


def office(line: Line | None = None, new_token: Callable[[], str] | None = None) -> Office:
    return Office(line=line, new_token=new_token or tokens())


def send_all(
    workspace: Workspace,
    day: int = 0,
    *,
    through: Office | None = None,
    documents: Sequence[str] = (),
    step: int | None = None,
    parties: tuple[str, ...] = (),
    is_dry_run: bool = False,
) -> Correspondence:
    return send(
        workspace,
        CASE,
        step=step,
        documents=documents,
        parties=parties,
        is_dry_run=is_dry_run,
        office=through or office(new_token=tokens(day * 100)),
        converter=Remembering.tagging(),
        clock=at(day),
    )


def remind_all(
    workspace: Workspace,
    day: int,
    *dossiers: str,
    through: Office | None = None,
    parties: tuple[str, ...] = (),
    is_dry_run: bool = False,
) -> list[Correspondence]:
    return list(
        remind(
            workspace,
            dossiers,
            parties=parties,
            is_dry_run=is_dry_run,
            office=through or office(new_token=tokens(day * 100)),
            converter=Remembering.tagging(),
            clock=at(day),
        )
    )


def remind_one(workspace: Workspace, day: int, *, through: Office | None = None) -> Correspondence:
    (done,) = remind_all(workspace, day, CASE, through=through)
    return done


def smtp(workspace: Workspace) -> Line:
    found = line_to(workspace, None)
    assert found is not None
    return found


def sign(workspace: Workspace, document: str, party: str, day: int = 1, *evidence: Path) -> None:
    record_signature(
        workspace,
        CASE,
        document,
        party=party,
        on=at(day).today,
        original=None,
        means=None,
        note=None,
        evidence=evidence,
        clock=at(day),
    )


def mails(workspace: Workspace) -> list[Act]:
    return [act for act in workspace.acts(CASE) if isinstance(act, Mailed | MailEnded)]


def read(content: bytes) -> EmailMessage:
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def text_of(message: EmailMessage) -> str:
    """The text, its lines joined and its no-break spaces made plain."""
    part = message.get_body(("plain",))
    assert part is not None
    return " ".join(part.get_content().split())


def attached(message: EmailMessage) -> dict[str, bytes]:
    return {part.get_filename() or "": part.get_content() for part in message.iter_attachments()}


def messages(workspace: Workspace) -> Iterator[EmailMessage]:
    """The files of messages, by name."""
    for path in sorted((workspace.out / CASE / "courriels").glob("*.eml")):
        yield read(path.read_bytes())
