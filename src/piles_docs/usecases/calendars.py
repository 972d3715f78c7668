"""The calendar files that go with the invitations of a case, drafted or issued."""

from __future__ import annotations

from piles_docs.documents.calendar import Invitation, calendar_file, invites, issued_meeting
from piles_docs.methodology.acts import Issued
from piles_docs.methodology.instances import meeting
from piles_docs.methodology.states import Key
from piles_docs.methodology.threads import next_version
from piles_docs.usecases.situation import Situation


def draft_calendar(now: Situation, key: Key) -> bytes | None:
    """Make the calendar file of a draft, or None where it invites to no meeting that is set."""
    document = now.methodology.document(key.document)
    held = meeting(document, now.case)
    if held is None or not invites(document):
        return None
    return calendar_file(
        Invitation(
            document=document,
            meeting=held,
            dossier=now.case.dossier,
            hub=now.case.piles.nom,
            department=now.case.piles.departement,
            version=next_version(now.acts, key),
            issued_on=None,
        )
    )


def issued_calendar(now: Situation, act: Issued) -> bytes | None:
    """Make the calendar file of an issued invitation: what the letter says, though the case changed since."""
    document = now.methodology.document(act.document)
    if not invites(document):
        return None
    return calendar_file(
        Invitation(
            document=document,
            meeting=issued_meeting(act, document),
            dossier=now.case.dossier,
            hub=now.case.piles.nom,
            department=now.case.piles.departement,
            version=act.version,
            issued_on=act.on,
        )
    )
