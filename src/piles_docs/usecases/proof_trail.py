"""What a proof file says, for programs: `trace.json`, and the whole chain of the case to compute again."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from piles_docs.documents.proof_file import CertificateShown, ProofFile, Signatory
from piles_docs.ledger.events import Event, moment_text, personal_text
from piles_docs.ledger.heads import Head
from piles_docs.methodology.acts import Mailed, MailEnded
from piles_docs.usecases.covered import covered
from piles_docs.usecases.log import Line

SCHEMA = 1
"""A key may be added within a version; it is renamed, removed or changes its meaning only with a new one."""


@dataclass(frozen=True, slots=True)
class Mailing:
    """A message about an act, and what became of it."""

    event: Event
    mailed: Mailed
    ended: MailEnded | None
    ended_at: dt.datetime | None


def numbers_about(events: Sequence[Event], reference: str) -> frozenset[int]:
    """Which events of a case are about one issued document, directly or through another event."""
    found: set[int] = set()
    messages: set[str] = set()
    for event in events:
        facts = event.facts
        if event.kind == "mailed" and reference in facts["references"]:
            messages.add(facts["message"])
        if (
            reference == facts.get("reference")
            or reference in facts.get("references", ())
            or (event.kind == "mail-ended" and facts["message"] in messages)
            or (event.kind == "withdrawn" and facts["event"] in found)
        ):
            found.add(event.sequence)
    return frozenset(found)


def chain_lines(events: Sequence[Event]) -> bytes:
    """All events of a case, a line each, as their digests cover them; no personal data.

    Raises:
        RecordsBroken: One was altered.
    """
    return b"".join(covered(event) + b"\n" for event in events)


def trail(
    proof: ProofFile,
    dossier: str,
    parties: Sequence[str],
    mailings: Sequence[Mailing],
    events: Sequence[tuple[Event, Line]],
    head: Head,
) -> bytes:
    """Write the trail of a proof file: the same facts, the same bytes.

    Args:
        proof: What the page says; its files and its seal are not known yet, and not read.
        dossier: The case.
        parties: Of the signatories, in their order.
        mailings: The messages about the act.
        events: Those about the act, each with its line of the journal.
        head: Of the chain.
    """
    content = {
        "schema": SCHEMA,
        "made_at": _moment(proof.made_at),
        "document": {
            "dossier": dossier,
            "piles": proof.project,
            "reference": proof.reference,
            "title": proof.title,
            "version": proof.version,
            "issued_on": proof.issued_on.isoformat(),
            "original": proof.original,
            "originals": proof.originals,
            "pages": proof.pages,
        },
        "files": {
            "issued": {"sha256": proof.issued_sha256, "bytes": proof.issued_size},
            "signed": {"sha256": proof.signed_sha256, "bytes": proof.signed_size},
        },
        "signatures": [
            _signature(party, signatory) for party, signatory in zip(parties, proof.signatories, strict=True)
        ],
        "mails": [_mail(mailing) for mailing in mailings],
        "events": [_event(event, line) for event, line in events],
        "head": {
            "dossier": head.dossier,
            "sequence": head.sequence,
            "digest": head.digest,
            "short": str(head.short()),
        },
        "reserves": list(proof.reserves),
    }
    return (json.dumps(content, ensure_ascii=False, indent=2) + "\n").encode()


def mailings_of(pairs: Sequence[tuple[Event, object]]) -> Iterator[Mailing]:
    """The messages among events, each with the answer that came later.

    Args:
        pairs: Events, each with its act.
    """
    ends = {act.message: (act, event) for event, act in pairs if isinstance(act, MailEnded)}
    for event, act in pairs:
        if isinstance(act, Mailed):
            ended, answer = ends.get(act.message, (None, None))
            yield Mailing(event, act, ended, answer.recorded_at if answer else None)


def _signature(party: str, signatory: Signatory) -> dict[str, Any]:
    given = signatory.signature
    return {
        "party": party,
        "signatory": signatory.name,
        "on_behalf_of": signatory.on_behalf_of or None,
        "means": str(signatory.means),
        "signed_on": signatory.signed_on.isoformat() if signatory.signed_on else None,
        "certificate": _certificate(given.certificate) if given else None,
        "level": str(given.level) if given else None,
        "told_at": _moment(given.told_at) if given else None,
        "stamped_at": _moment(given.stamped_at) if given else None,
        "anchor": given.anchor if given else None,
    }


def _certificate(certificate: CertificateShown) -> dict[str, Any]:
    return {
        "sha256": certificate.sha256,
        "subject": certificate.subject,
        "issuer": certificate.issuer,
        "begins_at": _moment(certificate.begins_at),
        "ends_at": _moment(certificate.ends_at),
    }


def _mail(mailing: Mailing) -> dict[str, Any]:
    return {
        "event": mailing.event.sequence,
        "recorded_at": _moment(mailing.event.recorded_at),
        "party": mailing.mailed.party,
        "address": mailing.mailed.address,
        "purpose": str(mailing.mailed.purpose),
        "channel": str(mailing.mailed.channel),
        "is_accepted": mailing.ended.is_accepted if mailing.ended else None,
        "answered_at": _moment(mailing.ended_at),
        "answer": mailing.ended.detail if mailing.ended else None,
    }


def _event(event: Event, line: Line) -> dict[str, Any]:
    """An event: `covered` is the text that `digest` is taken over, `personal` that of `personal_sha256`."""
    return {
        "sequence": event.sequence,
        "kind": event.kind,
        "on": line.on.isoformat(),
        "recorded_at": _moment(event.recorded_at),
        "text": line.text,
        "withdrawn_by": line.withdrawn_by,
        "previous": event.previous,
        "digest": event.digest,
        "covered": covered(event).decode(),
        "personal_sha256": event.personal_sha256,
        "personal": personal_text(event.personal, salt=event.salt) if event.personal is not None else None,
    }


def _moment(moment: dt.datetime | None) -> str | None:
    return moment_text(moment.astimezone(dt.UTC)) if moment else None
