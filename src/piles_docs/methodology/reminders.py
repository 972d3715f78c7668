"""Whom to write to about a signature that is missing, and from which day on. Pure: the day is given.

Nobody is written to twice about the same document within the delay that the network head set, whatever the
reason of each message; a message of which it is not known whether it left counts as one that did.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from piles_docs.french.dates import written_date
from piles_docs.methodology.acts import Channel, Mailed, Means, Purpose
from piles_docs.methodology.states import CaseState, Key, MissingSignature
from piles_docs.methodology.threads import History


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """An issued document that one party has still to sign, all its originals together."""

    key: Key
    reference: str
    party: str
    signatory: str
    """As printed on the document."""
    means: Means
    originals: tuple[int, ...]
    issued_on: dt.date
    due_on: dt.date | None
    is_turn: bool
    """Whether everyone who signs before this party has signed."""
    mailed_on: dt.date | None
    """When the party was last written to about it."""

    def must_wait(self, purpose: Purpose) -> bool:
        """Whether others are to sign first: nobody is reminded of what is not due from them.

        A paper pack may be read ahead of the sheets; an electronic one holds the file to sign, which is
        known only once those before have signed it.
        """
        return not self.is_turn and (purpose is Purpose.REMINDER or self.means is Means.ELECTRONIC)

    def may_be_written_on(self, purpose: Purpose, delay_days: int) -> dt.date:
        """The first day on which a message about it may go to the party.

        The pack goes as soon as it is issued; a reminder leaves the delay after the issue too.

        Args:
            purpose: Why one would write.
            delay_days: Days between two messages about the same document.
        """
        before = [self.mailed_on] if self.mailed_on else []
        if purpose is Purpose.REMINDER:
            before.append(self.issued_on)
        return max(before) + dt.timedelta(days=delay_days) if before else self.issued_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An awaited signature about which nobody is written to today."""

    awaited: Awaited
    possible_on: dt.date | None
    """From when on one may write; None while it is not the party's turn."""


def awaited(state: CaseState) -> tuple[Awaited, ...]:
    """The issued documents that someone has still to sign, one for each document and party.

    A case whose personal data were erased has nobody left to write to.
    """
    groups: dict[tuple[Key, str], list[MissingSignature]] = {}
    for missing in () if state.is_forgotten else state.missing:
        groups.setdefault((missing.key, missing.party), []).append(missing)
    issues = {document.key: document.issued for document in state.documents if document.issued}
    return tuple(
        Awaited(
            key=key,
            reference=issues[key].reference,
            party=party,
            signatory=group[0].signatory,
            means=group[0].means,
            originals=tuple(missing.original for missing in group),
            issued_on=issues[key].on,
            due_on=group[0].due_on,
            is_turn=group[0].is_turn,
            mailed_on=group[0].mailed_on,
        )
        for (key, party), group in groups.items()
    )


def sort_out(
    waiting: Iterable[Awaited], purpose: Purpose, today: dt.date, delay_days: int
) -> tuple[dict[str, tuple[Awaited, ...]], tuple[Held, ...]]:
    """Part what may be written about today, by party, from what may not.

    Args:
        waiting: What is awaited.
        purpose: Why one would write.
        today: The day.
        delay_days: Days between two messages to the same party about the same document.
    """
    due: dict[str, tuple[Awaited, ...]] = {}
    held = []
    for one in waiting:
        possible_on = one.may_be_written_on(purpose, delay_days)
        if one.must_wait(purpose):
            held.append(Held(awaited=one, possible_on=None))
        elif possible_on > today:
            held.append(Held(awaited=one, possible_on=possible_on))
        else:
            due[one.party] = (*due.get(one.party, ()), one)
    return due, tuple(held)


def why_held(held: Held) -> str:
    """Say why nobody is written to: « déjà écrit le 12 novembre 2026, prochain courriel possible le … »."""
    if held.possible_on is None:
        return "d’autres signent avant"
    possible = written_date(held.possible_on)
    if held.awaited.mailed_on:
        return (
            f"déjà écrit le {written_date(held.awaited.mailed_on)}, prochain courriel possible le {possible}"
        )
    return f"émis le {written_date(held.awaited.issued_on)}, premier rappel possible le {possible}"


def unanswered(waiting: Sequence[Awaited], past: History) -> tuple[Mailed, ...]:
    """Messages handed to a mail server that never told whether it took them, about what is still missing.

    The last message about each document counts: a later one makes the question idle.
    """
    last = [past.last_mail(one.reference, one.party) for one in waiting]
    return tuple(
        dict.fromkeys(
            mail
            for mail in last
            if mail and mail.channel is Channel.SMTP and mail.message not in past.mail_ends
        )
    )


def unwritten(past: History) -> tuple[Mailed, ...]:
    """Messages to be written as files of which the file was never said to be there: the run was stopped."""
    return tuple(
        mail for mail in past.mails if mail.channel is Channel.FILE and mail.message not in past.mail_ends
    )
