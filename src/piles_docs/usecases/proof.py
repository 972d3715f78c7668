"""Make the proof file of an act signed electronically, ready to be sealed by the network head."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from piles_docs.documents.attachments import Attachment, Relationship, embed
from piles_docs.documents.conversion import Converter
from piles_docs.documents.proof_file import (
    CHAIN_FILE,
    DIGESTS_FILE,
    ISSUED_FILE,
    SIGNED_FILE,
    TEMPLATE,
    TRAIL_FILE,
    CertificateShown,
    ElectronicSignature,
    HeldFile,
    ProofFile,
    RecordedFact,
    SentMail,
    make_proof_file,
)
from piles_docs.documents.proof_file import Signatory as SignatoryShown
from piles_docs.errors import RecordsBroken, SignatureFailed
from piles_docs.ledger.acts import act_of
from piles_docs.ledger.events import Event
from piles_docs.ledger.heads import Head
from piles_docs.methodology.acts import Channel, Issued, Level, Means, Original, Purpose
from piles_docs.methodology.parties import PARTY_TITLES, in_signing_order, party_name
from piles_docs.methodology.threads import Thread, history
from piles_docs.signing.certificates import Certificate
from piles_docs.signing.embedded import embedded_certificates
from piles_docs.signing.verdicts import FoundSignature
from piles_docs.usecases.conversion import to_pdf
from piles_docs.usecases.log import Line, lines_of
from piles_docs.usecases.proof_trail import Mailing, chain_lines, mailings_of, numbers_about, trail
from piles_docs.usecases.situation import Situation
from piles_docs.usecases.workspace import Workspace

_PURPOSES = {Purpose.SENDING: "envoi du dossier à signer", Purpose.REMINDER: "rappel"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOriginal:
    """An original that was signed electronically, and what was found in it."""

    reference: str
    number: int = 1
    """Of the original, from 1."""
    content: bytes = field(repr=False)
    """The issued bytes, then the signatures."""
    signatures: tuple[FoundSignature, ...]
    shortfalls: Mapping[str, str] = field(default_factory=dict)
    """By party, why the level is not the one that was asked for; French, without final full stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A proof file, not sealed yet."""

    content: bytes = field(repr=False)
    """PDF/A-3, where the converter makes PDF/A."""
    name: str
    """What to call the file."""
    head: Head
    """The head that it tells."""


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the ledger holds of the act."""

    thread: Thread
    original: Original
    events: tuple[Event, ...]
    """All events of the case, up to the head."""
    about: tuple[tuple[Event, Line], ...]
    """Those about the act."""
    mailings: tuple[Mailing, ...]
    head: Head

    @property
    def parties(self) -> tuple[str, ...]:
        """Those who sign, in the order in which they do."""
        return in_signing_order(self.thread.issued.means)


def proof_of(
    workspace: Workspace,
    now: Situation,
    signed: SignedOriginal,
    converter: Converter,
    *,
    moment: dt.datetime,
    head: Head | None = None,
    seal: Certificate | None = None,
) -> Proof:
    """Make the proof file of an original: the same facts, head and moment give the same bytes.

    Args:
        workspace: Where the case is.
        now: The case.
        signed: The original.
        converter: Makes the PDF; LibreOffice, for the file to be PDF/A-3.
        moment: When the proof is made.
        head: How far the chain of the case is told; as far as it goes where None.
        seal: The certificate of the seal that the caller will put on it; None where there is none.

    Raises:
        SignatureFailed: The signed file does not begin with the issued bytes, or does not hold the
            certificate of a signature.
        RecordsBroken: The ledger or the archive is damaged or erased, or the head is not one of this chain.
        TemplateInvalid, ToolFailed: The pages cannot be made.
    """
    facts = _facts_of(workspace, now, signed, head)
    issued = workspace.archive.get(facts.original.pdf_sha256)
    if not signed.content.startswith(issued):
        raise SignatureFailed(
            f"le fichier signé de {signed.reference} ne commence pas par le fichier émis",
            remedy="reprenez le fichier signé tel qu’il a été reçu",
        )
    page = _page_of(now, signed, facts, len(issued), moment)
    files = _files_of(signed, page, facts)
    digests = {name: hashlib.sha256(file.content).hexdigest() for name, file in files.items()}
    files[DIGESTS_FILE] = _digests(digests | {ISSUED_FILE: page.issued_sha256})
    page = replace(
        page,
        seal=_shown(seal) if seal else None,
        files=tuple(
            HeldFile(name=name, description=file.description, sha256=hashlib.sha256(file.content).hexdigest())
            for name, file in files.items()
        ),
    )
    name = f"{signed.reference}.exemplaire-{signed.number}.preuve.pdf"
    docx = make_proof_file(page, now.network, workspace.template(TEMPLATE))
    pdf = to_pdf(workspace, converter, {name: docx})[name]
    return Proof(content=embed(pdf, files, moment=moment), name=name, head=facts.head)


def _facts_of(workspace: Workspace, now: Situation, signed: SignedOriginal, head: Head | None) -> _Facts:
    dossier = now.case.dossier
    events = tuple(workspace.ledger().events(dossier))
    if head:
        events = events[: head.sequence]
    last = Head(dossier, events[-1].sequence, events[-1].digest)
    if head and head != last:
        raise RecordsBroken(
            f"la tête {head.short()} n’est pas dans le registre de {dossier}", remedy="lancez piles verify"
        )
    acts = [act_of(event) for event in events]
    thread = history(acts).threads[signed.reference]
    numbers = numbers_about(events, signed.reference)
    pairs = [(event, act) for event, act in zip(events, acts, strict=True) if event.sequence in numbers]
    lines = {line.number: line for line in lines_of(events)}
    return _Facts(
        thread=thread,
        original=next(one for one in thread.issued.originals if one.number == signed.number),
        events=events,
        about=tuple((event, lines[event.sequence]) for event, _ in pairs),
        mailings=tuple(mailings_of(pairs)),
        head=last,
    )


def _page_of(
    now: Situation, signed: SignedOriginal, facts: _Facts, issued_size: int, moment: dt.datetime
) -> ProofFile:
    issued = facts.thread.issued
    signatories = tuple(_signatory(now, party, signed, facts) for party in facts.parties)
    return ProofFile(
        title=_title(now, issued),
        reference=issued.reference,
        version=issued.version,
        project=now.case.piles.nom,
        issued_on=issued.on,
        original=signed.number,
        originals=len(issued.originals),
        pages=facts.original.pages,
        issued_sha256=facts.original.pdf_sha256,
        issued_size=issued_size,
        signed_sha256=hashlib.sha256(signed.content).hexdigest(),
        signed_size=len(signed.content),
        signatories=signatories,
        mails=tuple(_mail(mailing, issued) for mailing in facts.mailings),
        facts=tuple(_fact(event, line) for event, line in facts.about),
        head=str(facts.head.short()),
        head_digest=facts.head.digest,
        seal=None,
        reserves=tuple(_reserves(signed, facts, signatories)),
        files=(),
        made_at=moment,
    )


def _title(now: Situation, issued: Issued) -> str:
    title = now.methodology.document(issued.document).title
    partner = next((partner.nom for partner in now.case.partenaires if partner.id == issued.recipient), None)
    return f"{title} – {partner}" if partner else title


def _signatory(now: Situation, party: str, signed: SignedOriginal, facts: _Facts) -> SignatoryShown:
    found = next((one for one in signed.signatures if one.party == party), None)
    recorded = facts.thread.signed.get((party, signed.number))
    means = Means.ELECTRONIC if found else recorded.means if recorded else facts.thread.means[party]
    role, behalf = PARTY_TITLES[party], party_name(party, now.case, now.network)
    return SignatoryShown(
        name=facts.thread.issued.signatories[party],
        role=role,
        on_behalf_of=behalf if behalf != role else "",
        means=means,
        signature=_signature(found) if found else None,
        signed_on=recorded.on if recorded else None,
    )


def _signature(found: FoundSignature) -> ElectronicSignature:
    return ElectronicSignature(
        certificate=_shown(found.certificate),
        level=found.level,
        told_at=found.told_at,
        stamped_at=found.stamped_at,
        anchor=found.anchor,
    )


def _shown(certificate: Certificate) -> CertificateShown:
    return CertificateShown(
        subject=certificate.subject,
        issuer=certificate.issuer,
        sha256=certificate.sha256,
        begins_at=certificate.begins_on,
        ends_at=certificate.ends_on,
    )


def _mail(mailing: Mailing, issued: Issued) -> SentMail:
    return SentMail(
        recorded_at=mailing.event.recorded_at,
        name=issued.signatories.get(mailing.mailed.party, PARTY_TITLES[mailing.mailed.party]),
        address=mailing.mailed.address or "adresse inconnue",
        purpose=_PURPOSES[mailing.mailed.purpose],
        outcome=_outcome(mailing),
    )


def _outcome(mailing: Mailing) -> str:
    if mailing.mailed.channel is Channel.FILE:
        return "fichier préparé pour une personne, qui l’envoie elle-même"
    if mailing.ended is None:
        return "remis au serveur d’envoi, dont la réponse n’est pas connue"
    return "accepté par le serveur d’envoi" if mailing.ended.is_accepted else "refusé par le serveur d’envoi"


def _fact(event: Event, line: Line) -> RecordedFact:
    taken_back = f" (retiré par le fait n° {line.withdrawn_by})" if line.withdrawn_by else ""
    return RecordedFact(
        sequence=event.sequence,
        recorded_at=event.recorded_at,
        text=line.text + taken_back,
        digest=event.digest,
    )


def _reserves(signed: SignedOriginal, facts: _Facts, signatories: Sequence[SignatoryShown]) -> Iterator[str]:
    """What was not checked, or is thinner than it may be."""
    found = {one.party: one for one in signed.signatures}
    for party, signatory in zip(facts.parties, signatories, strict=True):
        name = signatory.name
        if party in found:
            yield from _reserves_of_signature(name, found[party])
        elif signatory.signed_on:
            yield (
                f"{name} a signé sur papier : cette signature n’est pas dans le fichier, et ce qui la montre "
                "est à part."
            )
        else:
            yield f"{name} n’a pas encore signé : l’acte n’est pas complet."
        if party in signed.shortfalls:
            yield (
                f"La signature de {name} n’a pas le niveau qui était demandé : {signed.shortfalls[party]}."
            )


def _reserves_of_signature(name: str, found: FoundSignature) -> Iterator[str]:
    if not found.certificate.names(name):
        yield f"Le certificat de « {found.certificate.subject} » ne porte pas le nom imprimé, {name}."
    if found.level is Level.B:
        yield (
            f"La signature de {name} n’est pas horodatée : aucun tiers n’atteste qu’elle a été faite pendant "
            "la validité du certificat."
        )
    if found.level.rank < Level.LT.rank:
        yield (
            f"Le fichier ne dit pas si le certificat de {name} était révoqué : pour le savoir, il faut "
            "interroger l’autorité de certification."
        )


def _files_of(signed: SignedOriginal, page: ProofFile, facts: _Facts) -> dict[str, Attachment]:
    """What the proof file holds, by name, in the order in which it is shown."""
    certificates = embedded_certificates(signed.content)
    made = trail(page, facts.head.dossier, facts.parties, facts.mailings, facts.about, facts.head)
    files = {
        SIGNED_FILE: Attachment(
            content=signed.content,
            description="L’acte signé, tel qu’il a été reçu",
            kind="application/pdf",
            relationship=Relationship.SOURCE,
        ),
        TRAIL_FILE: Attachment(
            content=made,
            description="La trace de la signature, pour un programme (JSON)",
            kind="application/json",
            relationship=Relationship.DATA,
        ),
        CHAIN_FILE: Attachment(
            content=chain_lines(facts.events),
            description="Les faits du dossier, tels que leur empreinte les couvre",
            kind="application/jsonl",
            relationship=Relationship.DATA,
        ),
    }
    for found in sorted(signed.signatures, key=lambda one: facts.parties.index(one.party)):
        if found.certificate.sha256 not in certificates:
            raise SignatureFailed(
                f"le certificat de {found.certificate.subject} n’est pas dans le fichier signé",
                remedy="reprenez le fichier signé tel qu’il a été reçu",
            )
        files[f"certificat-{found.party}.cer"] = Attachment(
            content=certificates[found.certificate.sha256],
            description=f"Le certificat de {found.certificate.subject} (DER)",
            kind="application/pkix-cert",
            relationship=Relationship.SUPPLEMENT,
        )
    return files


def _digests(digests: Mapping[str, str]) -> Attachment:
    """One line a file, as `sha256sum -c` reads it."""
    return Attachment(
        content="".join(f"{sha256}  {name}\n" for name, sha256 in sorted(digests.items())).encode(),
        description="Les empreintes de ces fichiers, pour sha256sum",
        kind="text/plain",
        relationship=Relationship.SUPPLEMENT,
    )
