"""Calendar files: what the invitation says, readable by any calendar, and the same bytes each time."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from piles_docs.case.models import Meeting, Venue
from piles_docs.documents.calendar import Invitation, calendar_file, invites, issued_meeting
from piles_docs.methodology.acts import Issued
from piles_docs.methodology.model import Document, load_methodology

METHODOLOGY = load_methodology()
PARIS = ZoneInfo("Europe/Paris")
ISSUED = dt.date(2026, 11, 20)
VENUE = Venue(nom="salle des fêtes", voie="1 rue Nationale", code_postal="04120", commune="Castellane")
MEETING = Meeting(
    date=dt.date(2026, 12, 10),
    heure="14:30",
    lieu=VENUE,
    ordre_du_jour=("Conclusions du diagnostic", "Échange ; « premières » pistes d'action, suites"),
    reponse_avant=dt.date(2026, 12, 3),
)


def document(name: str = "invitation-copil") -> Document:
    return METHODOLOGY.document(name)


def made(
    meeting: Meeting = MEETING,
    *,
    name: str = "invitation-copil",
    version: int = 1,
    issued_on: dt.date | None = ISSUED,
    department: str = "04",
) -> bytes:
    content = calendar_file(
        Invitation(
            document=document(name),
            meeting=meeting,
            dossier="haut-verdon",
            hub="PILES du Haut-Verdon",
            department=department,
            version=version,
            issued_on=issued_on,
        )
    )
    assert content is not None
    return content


def component(content: bytes, kind: str) -> Any:  # each of its values is one of thirty types
    """The one component of a kind, read again."""
    (found,) = Calendar.from_ical(content).walk(kind)
    return found


def event_of(content: bytes) -> Any:
    """The one event, read again."""
    return component(content, "VEVENT")


def test_a_calendar_says_what_the_letter_says() -> None:
    event = event_of(made())
    assert event.start == dt.datetime(2026, 12, 10, 14, 30, tzinfo=PARIS)
    assert event.end == dt.datetime(2026, 12, 10, 16, 30, tzinfo=PARIS)
    assert event["SUMMARY"] == "Premier comité de pilotage – PILES du Haut-Verdon"
    assert event["LOCATION"] == "salle des fêtes, 1 rue Nationale, 04120 Castellane"
    assert event["DESCRIPTION"].replace("\u00a0", " ").replace("\u202f", " ").splitlines() == [
        "Ordre du jour :",
        "– Conclusions du diagnostic",
        "– Échange ; « premières » pistes d’action, suites",
        "Réponse souhaitée avant le 3 décembre 2026.",
    ]
    assert event["DTSTAMP"].dt == dt.datetime(2026, 11, 20, tzinfo=dt.UTC)
    assert event["STATUS"] == "CONFIRMED"
    for name in ("SUMMARY", "LOCATION", "DESCRIPTION"):
        assert event[name].params["LANGUAGE"] == "fr"
    calendar = component(made(), "VCALENDAR")
    assert calendar["VERSION"] == "2.0"
    assert "piles-docs" in calendar["PRODID"]


def test_a_calendar_is_written_as_rfc_5545_asks() -> None:
    content = made(MEETING.model_copy(update={"ordre_du_jour": ("é" * 200,) * 3}))
    assert content.endswith(b"END:VCALENDAR\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    for line in content.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()  # folded between characters, never inside one


def test_it_names_nobody() -> None:
    assert b"ORGANIZER" not in made()
    assert b"ATTENDEE" not in made()


def test_a_later_version_takes_the_place_of_an_earlier_one() -> None:
    first, second = event_of(made()), event_of(made(version=2, issued_on=dt.date(2026, 11, 25)))
    assert first["UID"] == second["UID"]
    assert (first["SEQUENCE"], second["SEQUENCE"]) == (0, 1)
    assert event_of(made(name="invitation-financeurs"))["UID"] != first["UID"]


def test_a_draft_is_tentative_and_needs_no_clock() -> None:
    event = event_of(made(issued_on=None))
    assert event["STATUS"] == "TENTATIVE"
    assert event["DTSTAMP"].dt == dt.datetime(2026, 12, 10, tzinfo=dt.UTC)


def test_overseas_the_hour_is_that_of_the_place() -> None:
    content = made(department="974")
    assert b"Paris" not in content
    assert event_of(content).start == dt.datetime(2026, 12, 10, 14, 30)  # noqa: DTZ001  # floating, as meant


@pytest.mark.parametrize("missing", ["date", "heure", "lieu"])
def test_there_is_no_calendar_before_day_hour_and_place_are_known(missing: str) -> None:
    invitation = Invitation(
        document=document(),
        meeting=MEETING.model_copy(update={missing: None}),
        dossier="haut-verdon",
        hub="PILES du Haut-Verdon",
        department="04",
        version=1,
        issued_on=ISSUED,
    )
    assert calendar_file(invitation) is None


hours = st.times().map(lambda time: f"{time:%H:%M}")


@settings(derandomize=True, max_examples=60)
@given(st.dates(dt.date(1997, 1, 1), dt.date(2100, 12, 31)), hours)
def test_any_day_and_hour_of_paris_reads_back(date: dt.date, hour: str) -> None:
    meeting = MEETING.model_copy(update={"date": date, "heure": hour})
    assert made(meeting) == made(meeting)
    event = event_of(made(meeting))
    begins = event.start
    assert isinstance(begins, dt.datetime)
    assert (begins.date(), f"{begins:%H:%M}") == (date, hour)
    assert begins.replace(tzinfo=None) + dt.timedelta(hours=2) == event.end.replace(tzinfo=None)


@settings(derandomize=True, max_examples=40)
@given(st.dates(dt.date(1997, 1, 1), dt.date(2037, 12, 31)))
def test_the_time_zone_in_the_file_is_that_of_paris(date: dt.date) -> None:
    zone = component(made(), "VTIMEZONE")
    noon = dt.datetime.combine(date, dt.time(12))
    assert zone.to_tz(lookup_tzid=False).utcoffset(noon) == PARIS.utcoffset(noon)


def test_letters_about_a_meeting_invite_and_no_other_document_does() -> None:
    assert {known.id for known in METHODOLOGY.documents if invites(known)} == {
        "invitation-reseau", "presentation-ca", "invitation-copil", "invitation-financeurs",
        "invitation-inauguration", "invitation-partenaires", "invitation-porteurs-de-projet",
    }  # fmt: skip


@pytest.mark.parametrize("name", [known.id for known in METHODOLOGY.documents if invites(known)])
def test_every_meeting_has_a_name_of_its_own(name: str) -> None:
    summary = str(event_of(made(name=name))["SUMMARY"])
    subject = summary.removesuffix(" – PILES du Haut-Verdon")
    assert subject != summary
    assert subject[0].isupper()
    assert "tape" not in subject


def test_an_issued_invitation_is_told_by_what_it_read() -> None:
    values = {
        "rencontres.copil.date": "2026-12-10",
        "rencontres.copil.heure": "14:30",
        "rencontres.copil.lieu.nom": "salle des fêtes",
        "rencontres.copil.lieu.voie": "1 rue Nationale",
        "rencontres.copil.lieu.code_postal": "04120",
        "rencontres.copil.lieu.commune": "Castellane",
        "rencontres.copil.reponse_avant": "",
        "rencontres.financeurs.date": "2027-02-01",
        "dossier": "haut-verdon",
    } | {f"rencontres.copil.ordre_du_jour.{index}": f"Point {index}" for index in range(11)}
    act = Issued(
        document="invitation-copil", version=1, reference="haut-verdon.invitation-copil.v1", on=ISSUED,
        originals=(), template_sha256="", values=values,
    )  # fmt: skip
    assert issued_meeting(act, document()) == Meeting(
        date=dt.date(2026, 12, 10),
        heure="14:30",
        lieu=VENUE,
        ordre_du_jour=tuple(f"Point {index}" for index in range(11)),
    )
    erased = act.model_copy(update={"values": {}})
    assert issued_meeting(erased, document()) == Meeting()
