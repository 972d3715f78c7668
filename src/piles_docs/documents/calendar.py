"""The calendar file (.ics, RFC 5545) that goes with an invitation, to open beside the letter."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Final

from icalendar import Calendar, Event, Timezone

from piles_docs.case.models import Meeting, Meetings, Venue
from piles_docs.french.dates import written_date
from piles_docs.french.typography import typeset
from piles_docs.methodology.acts import Issued
from piles_docs.methodology.model import Document

DURATION: Final = dt.timedelta(hours=2)
"""How long a meeting is said to last."""

_FRENCH: Final = {"LANGUAGE": "fr"}
# The rule of summer time that the European Union has kept since 1996 (directive 2000/84/CE). It is written
# here, not asked from the machine: its tables differ from one to the next, and so would the file.
_PARIS: Final = """\
BEGIN:VTIMEZONE
TZID:Europe/Paris
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19960331T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """A meeting to which a document invites, as a calendar needs it."""

    document: Document
    meeting: Meeting
    dossier: str
    hub: str
    """The name of the PILES."""
    department: str
    version: int
    """The document's, from 1: a later one takes the place of an earlier one in the reader's calendar."""
    issued_on: dt.date | None
    """None for a draft, whose meeting is shown as tentative."""


def invites(document: Document) -> bool:
    """Tell whether a document invites to a meeting; minutes and sign-in sheets bear its date instead."""
    return document.meeting is not None and document.date is None


def calendar_file(invitation: Invitation) -> bytes | None:
    """Return the calendar file of an invitation, or None while the meeting has no date, hour or place.

    It names nobody, and is the same for all whom one document invites.
    """
    meeting = invitation.meeting
    if meeting.date is None or meeting.heure is None or meeting.lieu is None:
        return None
    # Overseas, the hour is that of the place, wherever the calendar is read.
    zone = {} if invitation.department.startswith("97") else {"TZID": "Europe/Paris"}
    begins = dt.datetime.combine(meeting.date, dt.time.fromisoformat(meeting.heure))
    stamped = dt.datetime.combine(invitation.issued_on or meeting.date, dt.time(), dt.UTC)
    event = Event()
    event.add("UID", f"{invitation.dossier}.{invitation.document.id}@piles-docs.invalid")
    event.add("DTSTAMP", stamped)
    event.add("DTSTART", begins, parameters=zone)
    event.add("DTEND", begins + DURATION, parameters=zone)
    event.add("SUMMARY", typeset(f"{_subject(invitation.document)} – {invitation.hub}"), parameters=_FRENCH)
    event.add("LOCATION", _place(meeting.lieu), parameters=_FRENCH)
    if description := _description(meeting):
        event.add("DESCRIPTION", description, parameters=_FRENCH)
    event.add("SEQUENCE", invitation.version - 1)
    event.add("STATUS", "CONFIRMED" if invitation.issued_on else "TENTATIVE")
    calendar = Calendar()
    calendar.add("VERSION", "2.0")
    calendar.add("PRODID", "-//piles-docs//piles-docs//FR")
    if zone:
        calendar.add_component(Timezone.from_ical(_PARIS))
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def issued_meeting(act: Issued, document: Document) -> Meeting:
    """Return the meeting as an issued invitation told it, whatever the case says since."""
    prefix = f"rencontres.{document.meeting}."
    said = {
        path.removeprefix(prefix): value
        for path, value in act.values.items()
        if value and path.startswith(prefix)
    }
    points = [key for key in said if re.fullmatch(r"ordre_du_jour\.\d+", key)]
    place = {name: said[f"lieu.{name}"] for name in Venue.model_fields if f"lieu.{name}" in said}
    return Meeting(
        date=said.get("date"),
        heure=said.get("heure"),
        lieu=place or None,
        ordre_du_jour=tuple(said[key] for key in sorted(points, key=lambda key: int(key.partition(".")[2]))),
        reponse_avant=said.get("reponse_avant"),
    )


def _subject(document: Document) -> str:
    """What the meeting is, by the case file's own description of it: "Premier comité de pilotage"."""
    field = Meetings.fields_by_key()[document.meeting or ""]
    _, _, subject = (field.description or "").partition(" : ")
    return subject[:1].upper() + subject[1:]


def _place(venue: Venue) -> str:
    town = " ".join(part for part in (venue.code_postal, venue.commune) if part)
    return typeset(", ".join(part for part in (venue.nom, venue.voie, town) if part))


def _description(meeting: Meeting) -> str:
    lines = [f"– {point}" for point in meeting.ordre_du_jour]
    if lines:
        lines.insert(0, "Ordre du jour :")
    if meeting.reponse_avant:
        lines.append(f"Réponse souhaitée avant le {written_date(meeting.reponse_avant)}.")
    return typeset("\n".join(lines))
