"""What a message to a signatory holds: its text, the pack to sign, and from whom to whom it goes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence

from piles_docs.case.network_models import Network
from piles_docs.case.parties import Person
from piles_docs.documents.conversion import Converter
from piles_docs.documents.filters import FILTERS
from piles_docs.documents.mail_text import MailFacts, MailText, Next, ToSignByMail, write_mail
from piles_docs.errors import CaseInvalid, Mismatch
from piles_docs.mail.message import Attachment, Mailbox
from piles_docs.methodology.acts import Issued, Means, Original, Purpose
from piles_docs.methodology.explain import describe_opening
from piles_docs.methodology.parties import ANIMATOR, HOST, NETWORK_HEAD, TRAINER, full_name, signatory
from piles_docs.methodology.reminders import Awaited
from piles_docs.methodology.threads import Thread, history
from piles_docs.usecases.covers import signing_order, title_of
from piles_docs.usecases.issuing import annexes_of, file_name
from piles_docs.usecases.pack_binding import bind_packs
from piles_docs.usecases.situation import Situation
from piles_docs.usecases.workspace import Workspace

WHERE = {
    HOST: "porteuse.representant",
    NETWORK_HEAD: "tete_de_reseau.representant",
    ANIMATOR: "animateur",
    TRAINER: "formation.formateur",
}
"""Where the person who signs for a party is written."""


def reader_of(now: Situation, due: Sequence[Awaited]) -> Person:
    """The person to write to about documents of one party.

    Raises:
        CaseInvalid: The case gives no address.
        Mismatch: The documents name someone else, who was to sign when they were issued.
    """
    party = due[0].party
    person = signatory(party, now.case, now.network)
    others = [one for one in due if one.signatory != full_name(person)]
    if others:
        names = " ".join(one.key.name for one in others)
        raise Mismatch(
            f"{others[0].reference} est à signer par {others[0].signatory}, et le dossier {now.case.dossier} "
            f"nomme maintenant {full_name(person) or 'personne'}",
            remedy=f"piles why {now.case.dossier} {names} dit quoi faire ; personne n’a reçu de courriel",
        )
    if person is None or not person.courriel:
        file = "piles.toml" if party == NETWORK_HEAD else f"cases/{now.case.dossier}.yaml"
        raise CaseInvalid(
            f"pas d’adresse de courriel pour {due[0].signatory} ({party}, {now.case.dossier})",
            remedy=f"écrivez-la dans {file} : {WHERE[party]}.courriel",
        )
    return person


def return_address(network: Network, *, sending: bool = False) -> Mailbox:
    """The network head's own mailbox: where signed documents come back, or where messages come from.

    Raises:
        CaseInvalid: piles.toml gives neither.
    """
    back, sender = network.envoi.courriel_retour, network.courriel.expediteur
    address = (sender or back) if sending else (back or sender)
    if address is None:
        raise CaseInvalid(
            "piles.toml ne dit pas de quelle adresse partent les courriels",
            remedy="ajoutez expediteur dans [courriel], ou courriel_retour dans [envoi]",
        )
    return Mailbox(name=network.tete_de_reseau.sigle or network.tete_de_reseau.nom, address=address)


def mail_text(
    workspace: Workspace, now: Situation, purpose: Purpose, due: Sequence[Awaited], today: dt.date
) -> MailText:
    """Write the text of a message.

    Raises:
        TemplateInvalid, CaseInvalid: As `write_mail`.
    """
    party, past = due[0].party, history(now.acts)
    acts = [past.threads[one.reference].issued for one in due]
    order = signing_order(acts)
    facts = MailFacts(
        reader=reader_of(now, due),
        reader_path=WHERE[party],
        body=_body(now, party),
        to_sign=tuple(_to_sign(now, one, act) for one, act in zip(due, acts, strict=True)),
        order=tuple((name, one == party) for one, name in order),
        written_on=today,
        last_written_on=max((one.mailed_on for one in due if one.mailed_on), default=None),
        return_address=return_address(now.network).address,
    )
    return write_mail(str(purpose), workspace.mail_texts(), facts, now.case, now.network)


def _to_sign(now: Situation, one: Awaited, act: Issued) -> ToSignByMail:
    return ToSignByMail(
        title=title_of(now, act, None),
        reference=one.reference,
        originals=len(one.originals),
        means=one.means,
        issued_on=one.issued_on,
        due_on=one.due_on,
        is_turn=one.is_turn,
        unlocks=describe_opening(now.methodology.document(act.document).unlocks, now.methodology),
        after=_after(now, one.party, signing_order([act])),
    )


def _body(now: Situation, party: str) -> str | None:
    return {HOST: now.case.porteuse.forme, NETWORK_HEAD: now.network.tete_de_reseau.forme}.get(party)


def _after(now: Situation, party: str, order: Sequence[tuple[str, str]]) -> Next:
    """Who gets the sheets next: paper goes from hand to hand, and back to the network head at the end."""
    head = now.network.tete_de_reseau
    back = FILTERS["adresse"](now.network.adresse_de_retour)
    parties = [one for one, _ in order]
    following = order[parties.index(party) + 1 :]
    if not following:
        return Next(name=head.sigle or head.nom, address=back, is_return=True)
    after, name = following[0]
    if after == NETWORK_HEAD:
        return Next(name=name, address=f"{head.sigle or head.nom}, {back}", is_return=False)
    if after == ANIMATOR:
        host = now.case.porteuse
        return Next(name=name, address=f"{host.nom}, {FILTERS['adresse'](host.siege)}", is_return=False)
    return Next(name=name, address="", is_return=False)


def attachments(
    workspace: Workspace, now: Situation, due: Sequence[Awaited], converter: Converter
) -> tuple[Attachment, ...]:
    """The party's pack and, where it signs electronically and its turn has come, the files to sign.

    Raises:
        TemplateInvalid, ToolFailed: The cover cannot be made.
        RecordsBroken: An archived file is not there, or was altered.
        Mismatch: Others signed electronically, and their signed file is not in the archive.
    """
    keys = [one.key for one in due]
    states = [state for state in now.state.documents if state.key in keys]
    annexes = [state.key for state in annexes_of(now, states) if state.issued]
    (pack,) = bind_packs(workspace, now, keys, annexes, converter, party=due[0].party)
    files = [Attachment(name=pack.path.name, content=pack.content)]
    past = history(now.acts)
    for one in due:
        if one.means is Means.ELECTRONIC and one.is_turn:
            files += _files_to_sign(workspace, past.threads[one.reference], one)
    return tuple(files)


def _files_to_sign(workspace: Workspace, thread: Thread, one: Awaited) -> Iterator[Attachment]:
    for original in thread.issued.originals:
        if original.number in one.originals:
            yield Attachment(
                name=f"{file_name(thread.issued, original.number)}.pdf",
                content=_latest(workspace, thread, original),
            )


def _latest(workspace: Workspace, thread: Thread, original: Original) -> bytes:
    """An original as it stands: with the electronic signatures that others put on it.

    Each is an update at the end of the file: where a person recorded it without the program judging it, the
    signed file is known by beginning with the issued one.
    """
    if original.number in thread.files:
        return workspace.archive.get(thread.files[original.number])
    issued = workspace.archive.get(original.pdf_sha256)
    signed = [
        act
        for (_, number), act in thread.signed.items()
        if number == original.number and act.means is Means.ELECTRONIC
    ]
    if not signed:
        return issued
    contents = [workspace.archive.get(digest) for act in signed for digest in act.evidence]
    extended = [content for content in contents if content.startswith(issued) and content != issued]
    if not extended:
        reference = thread.issued.reference
        raise Mismatch(
            f"{reference} porte une signature électronique, et le fichier signé n’est pas dans l’archive",
            remedy="envoyez vous-même ce fichier signé à la personne dont c’est le tour",
        )
    return max(extended, key=len)
