"""Write to signatories: who gets which message, recorded before it leaves, and what became of it.

A message is recorded first, then handed over, then its end is recorded. Killed in between, the program knows
at its next run that a message may have left, says so, and does not send it again before the delay. A message
that is only written as a file has not left when the file was never finished: that one is written anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from piles_docs.case.parties import Person
from piles_docs.documents.conversion import Converter
from piles_docs.errors import (
    CaseInvalid,
    Mismatch,
    PilesError,
    RecordsBroken,
    TemplateInvalid,
    ToolFailed,
    UsageError,
    WouldOverwrite,
)
from piles_docs.ledger.acts import entry_of
from piles_docs.mail.message import Letter, Mailbox, compose
from piles_docs.mail.smtp import Fate, Line, Outcome, Security, Server
from piles_docs.methodology.acts import Act, Channel, Mailed, MailEnded, Purpose
from piles_docs.methodology.parties import PARTY_TITLES, in_signing_order
from piles_docs.methodology.reminders import Awaited, Held, awaited, sort_out, unanswered, unwritten
from piles_docs.methodology.states import Key
from piles_docs.methodology.threads import history
from piles_docs.usecases.clock import Clock
from piles_docs.usecases.files import one_at_a_time, write_atomically
from piles_docs.usecases.letters import attachments, mail_text, reader_of, return_address
from piles_docs.usecases.situation import Situation, check_acts, renewed, situation
from piles_docs.usecases.workspace import Workspace

_MOST_ATTEMPTS = 5
"""How often a message is judged anew when something else was recorded in the meantime."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """How messages leave during one run."""

    line: Line | None
    """The mail server; None where messages are only written as files."""
    new_token: Callable[[], str]
    """Gives the part of a Message-ID that no other message has: letters and digits, by chance."""

    @property
    def channel(self) -> Channel:
        """How the ledger calls it."""
        return Channel.SMTP if self.line else Channel.FILE


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which messages a command is about."""

    purpose: Purpose
    keys: frozenset[Key] | None = None
    """Documents; None: all that wait."""
    parties: frozenset[str] = frozenset()
    """Parties; empty: all."""
    is_dry_run: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A message that left, or was written as a file; in a dry run, that would."""

    party: str
    signatory: str
    address: str
    documents: tuple[str, ...]
    path: Path | None
    """Its file; None in a dry run."""


@dataclass(slots=True)
class Correspondence:
    """What came of a command for one case."""

    dossier: str
    channel: Channel
    written: list[Written] = field(default_factory=list)
    held: tuple[Held, ...] = ()
    unanswered: tuple[tuple[Mailed, str], ...] = ()
    """Messages that may have left, and to whom: name as printed."""
    stale: tuple[str, ...] = ()
    """Documents that no longer say what the case says."""
    failures: list[PilesError] = field(default_factory=list)
    is_cut_short: bool = False
    """Whether nobody else was tried: the server cannot be reached, a text or the archive is broken."""

    def cut_short(self, error: PilesError) -> None:
        """Note what would stop the other messages too."""
        self.failures.append(error)
        self.is_cut_short = True


@dataclass(frozen=True, slots=True)
class _Plan:
    due: dict[str, tuple[Awaited, ...]]
    held: tuple[Held, ...]
    waiting: tuple[Awaited, ...]


def wanted_parties(names: tuple[str, ...]) -> frozenset[str]:
    """The parties that a command names.

    Raises:
        UsageError: There is no such party.
    """
    for name in names:
        if name not in PARTY_TITLES:
            raise UsageError(
                f"il n’y a pas de partie « {name} »", remedy=f"les parties sont : {', '.join(PARTY_TITLES)}"
            )
    return frozenset(names)


def line_to(workspace: Workspace, password: Callable[[], str] | None) -> Line | None:
    """The line to the mail server that piles.toml names; None where it names none.

    Args:
        workspace: The workspace.
        password: Gives the password; None where nobody can be asked.

    Raises:
        CaseInvalid: piles.toml has defects, or does not say from whom messages come.
    """
    network = workspace.network()
    settings = network.courriel
    if settings.serveur is None:
        return None
    server = Server(
        host=settings.serveur,
        port=settings.port,
        security=Security(settings.securite),
        user=settings.utilisateur,
        password=password,
    )
    return Line(server, greeting=return_address(network).domain)


def correspond(
    workspace: Workspace, dossier: str, wanted: Wanted, office: Office, converter: Converter, clock: Clock
) -> Correspondence:
    """Write to all who are due in one case; who cannot be written to does not keep the others waiting.

    Raises:
        CaseInvalid: The case or piles.toml has errors.
        RecordsBroken: The ledger cannot be read.
        WouldOverwrite: Another run works on this case.
    """
    done = Correspondence(dossier, office.channel)
    work = _Work(workspace, dossier, wanted, office, converter, clock)
    with nullcontext() if wanted.is_dry_run else one_at_a_time(workspace.out / dossier):
        now = situation(workspace, dossier, clock.today)
        if not wanted.is_dry_run:
            now = work.close_unwritten(now)
        plan = work.plan(now)
        done.held = plan.held
        done.unanswered = tuple(
            (mail, next(one.signatory for one in plan.waiting if one.party == mail.party))
            for mail in unanswered(plan.waiting, history(now.acts))
        )
        done.stale = tuple(_stale(now, plan))
        for party in in_signing_order(plan.due):
            try:
                reader_of(now, plan.due[party])
            except (CaseInvalid, Mismatch) as error:
                done.failures.append(error)
                continue
            try:
                work.make_ready()
            except (ToolFailed, UsageError) as error:
                done.cut_short(error)
                break
            try:
                done.written += work.write_to(party, now)
            except (TemplateInvalid, RecordsBroken) as error:
                done.cut_short(error)
                break
            except PilesError as error:
                done.failures.append(error)
    return done


def _stale(now: Situation, plan: _Plan) -> Iterator[str]:
    keys = {one.key for group in plan.due.values() for one in group}
    for document in now.state.documents:
        if document.key in keys and document.stale:
            yield document.key.name


@dataclass(frozen=True, slots=True)
class _Work:
    """One command on one case."""

    workspace: Workspace
    dossier: str
    wanted: Wanted
    office: Office
    converter: Converter
    clock: Clock

    def plan(self, now: Situation) -> _Plan:
        """Who is written to about what, as the case stands."""
        waiting = tuple(
            one
            for one in awaited(now.state)
            if (self.wanted.keys is None or one.key in self.wanted.keys)
            and (not self.wanted.parties or one.party in self.wanted.parties)
        )
        delay = now.network.envoi.rappel_jours
        due, held = sort_out(waiting, self.wanted.purpose, self.clock.today, delay)
        return _Plan(due, held, waiting)

    def make_ready(self) -> None:
        """Make sure that the mail server listens, where one is to be used.

        Raises:
            ToolFailed, UsageError: As `Line.open`.
        """
        if self.office.line and not self.wanted.is_dry_run:
            self.office.line.open()

    def write_to(self, party: str, now: Situation) -> list[Written]:
        """Write one message, after judging anew: nothing when another run did in the meantime."""
        for _ in range(_MOST_ATTEMPTS):
            now = renewed(self.workspace, now, self.clock.today)
            due = self.plan(now).due.get(party, ())
            if not due:
                return []
            person = reader_of(now, due)
            if self.wanted.is_dry_run:
                return [_written(due, person, None)]
            mailed, content = self._prepare(now, due, person)
            if self._record(now, mailed):
                return [_written(due, person, self._deliver(now, mailed, content, due[0].signatory))]
        raise self._too_busy()

    def _prepare(self, now: Situation, due: tuple[Awaited, ...], person: Person) -> tuple[Mailed, bytes]:
        """The act, and the message as bytes; nothing is recorded yet."""
        sender = return_address(now.network, sending=True)
        back = return_address(now.network)
        to = Mailbox(name=f"{person.prenom} {person.nom}", address=person.courriel or "")
        text = mail_text(self.workspace, now, self.wanted.purpose, due, self.clock.today)
        mailed = Mailed(
            on=self.clock.today,
            message=f"<{self.office.new_token()}@{sender.domain}>",
            purpose=self.wanted.purpose,
            party=due[0].party,
            references=tuple(one.reference for one in due),
            channel=self.office.channel,
            address=to.ascii_address,
        )
        letter = Letter(
            message_id=mailed.message,
            sender=sender,
            reply_to=back if back.address != sender.address else None,
            to=to,
            subject=text.subject,
            body=text.body,
            attachments=attachments(self.workspace, now, due, self.converter),
            dated=self.clock.now,
            in_reply_to=_recalled(now, due) if self.wanted.purpose is Purpose.REMINDER else None,
            is_draft=self.office.line is None,
        )
        return mailed, compose(letter)

    def _deliver(self, now: Situation, mailed: Mailed, content: bytes, signatory: str) -> Path:
        """Let a recorded message leave, and record its end.

        Raises:
            ToolFailed: It did not leave, or nobody knows; what is known is recorded.
        """
        path = self._file_of(mailed)
        try:
            write_atomically(path, content)
        except ToolFailed as error:
            self._end(now, mailed, Outcome(fate=Fate.FAILED, detail=error.message))
            raise
        if self.office.line is None:
            self._end(now, mailed, Outcome(fate=Fate.ACCEPTED, detail="fichier écrit"))
            return path
        sender = return_address(now.network, sending=True).ascii_address
        outcome = self.office.line.send(content, sender=sender, to=mailed.address or "")
        if outcome.fate is Fate.UNKNOWN:
            raise ToolFailed(
                f"on ne sait pas si le courriel à {signatory} ({self.dossier}) est parti : "
                f"la liaison s’est coupée ({outcome.detail})",
                remedy="demandez-lui s’il est arrivé ; il ne sera pas renvoyé avant le délai de rappel",
            )
        self._end(now, mailed, outcome)
        if outcome.fate is not Fate.ACCEPTED:
            path.unlink(missing_ok=True)
            raise _not_taken(outcome, signatory, self.dossier)
        return path

    def _end(self, now: Situation, mailed: Mailed, outcome: Outcome) -> Situation:
        """Record what became of a message; whatever else was recorded in the meantime does not change it."""
        end = MailEnded(
            on=self.clock.today,
            message=mailed.message,
            is_accepted=outcome.fate is Fate.ACCEPTED,
            detail=outcome.detail,
        )
        for _ in range(_MOST_ATTEMPTS):
            now = renewed(self.workspace, now, self.clock.today)
            if self._record(now, end):
                return renewed(self.workspace, now, self.clock.today)
        raise self._too_busy()

    def _record(self, now: Situation, act: Act) -> bool:
        """Record an act on what was seen; False where something else was recorded in the meantime."""
        check_acts(now, [act], self.clock.today)
        try:
            self.workspace.ledger().append(
                self.dossier, [entry_of(act)], expected=len(now.acts), now=self.clock.now
            )
        except WouldOverwrite:
            return False
        return True

    def _too_busy(self) -> WouldOverwrite:
        return WouldOverwrite(
            f"d’autres enregistrements se font en même temps dans le dossier {self.dossier}",
            remedy="relancez la même commande",
        )

    def close_unwritten(self, now: Situation) -> Situation:
        """Take back the messages whose file a stopped run did not finish."""
        for mailed in () if now.state.is_forgotten else unwritten(history(now.acts)):
            self._file_of(mailed).unlink(missing_ok=True)
            detail = "interrompu avant la fin du fichier"
            now = self._end(now, mailed, Outcome(fate=Fate.FAILED, detail=detail))
        return now

    def _file_of(self, mailed: Mailed) -> Path:
        token = mailed.message.strip("<>").partition("@")[0]
        name = f"{self.dossier}.{mailed.party}.{mailed.purpose}.{mailed.on.isoformat()}.{token[:8]}.eml"
        return self.workspace.out / self.dossier / "courriels" / name


def _written(due: tuple[Awaited, ...], person: Person, path: Path | None) -> Written:
    return Written(
        party=due[0].party,
        signatory=due[0].signatory,
        address=person.courriel or "",
        documents=tuple(one.key.name for one in due),
        path=path,
    )


def _recalled(now: Situation, due: tuple[Awaited, ...]) -> str | None:
    """The last message that a reminder recalls, so that mail programs show both together."""
    past = history(now.acts)
    mails = [mail for one in due if (mail := past.last_mail(one.reference, one.party))]
    return max(mails, key=lambda mail: mail.on).message if mails else None


def _not_taken(outcome: Outcome, signatory: str, dossier: str) -> ToolFailed:
    if outcome.fate is Fate.REFUSED:
        return ToolFailed(
            f"le serveur refuse le courriel à {signatory} ({dossier}) : {outcome.detail}",
            remedy="vérifiez l’adresse dans le dossier ; ce courriel ne compte pas comme envoyé",
        )
    return ToolFailed(
        f"le courriel à {signatory} ({dossier}) n’est pas parti : {outcome.detail}",
        remedy="relancez la commande plus tard : les autres ne le recevront pas deux fois",
    )
