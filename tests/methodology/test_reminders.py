"""Whom to write to, and when: nobody twice about the same document within the delay."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piles_docs.methodology.acts import (
    Channel,
    Forgotten,
    Issued,
    Mailed,
    MailEnded,
    Means,
    MeansChanged,
    Purpose,
)
from piles_docs.methodology.reminders import Held, awaited, sort_out, unanswered, unwritten, why_held
from piles_docs.methodology.states import Key
from piles_docs.methodology.threads import history

from .road import TODAY, Road, sample

CHARTER, SEEDING = Key("charte"), Key("convention-amorcage")
DELAY = 7


@pytest.fixture
def road() -> Road:
    """A case at its third step, whose convention was issued today."""
    road = Road(sample("embrunais"))
    road.walk_to(3)
    road.do(road.issue(SEEDING))
    return road


def issue_of(road: Road, key: Key = SEEDING) -> Issued:
    found = road.document(key.document).issued
    assert found
    return found


def mail(
    road: Road, party: str, *references: str, message: str = "<1@x.example>", channel: Channel = Channel.SMTP
) -> Mailed:
    return Mailed(
        on=road.today,
        message=message,
        purpose=Purpose.SENDING,
        party=party,
        references=references,
        channel=channel,
    )


def later(road: Road, days: int) -> None:
    road.today += dt.timedelta(days=days)


def due(road: Road, purpose: Purpose) -> dict[str, list[str]]:
    found, _ = sort_out(awaited(road.state), purpose, road.today, DELAY)
    return {party: [one.key.document for one in group] for party, group in found.items()}


def held(road: Road, purpose: Purpose) -> dict[str, str]:
    return {
        one.awaited.party: why_held(one)
        for one in sort_out(awaited(road.state), purpose, road.today, DELAY)[1]
    }


def test_all_originals_of_a_document_that_a_party_has_to_sign_are_one_thing_awaited(road: Road) -> None:
    first, second = awaited(road.state)
    assert (first.party, second.party) == ("porteuse", "tete-de-reseau")
    assert first.originals == (1, 2)
    assert first.reference == issue_of(road).reference
    assert first.signatory == "Mme Inès Vraisemblable-Durand"
    road.do(*road.sign(issue_of(road), "porteuse", originals=[1]))
    assert [one.originals for one in awaited(road.state) if one.party == "porteuse"] == [(2,)]


def test_a_paper_pack_goes_to_all_at_once_and_before_anyone_has_signed(road: Road) -> None:
    assert due(road, Purpose.SENDING) == {
        "tete-de-reseau": ["convention-amorcage"],
        "porteuse": ["convention-amorcage"],
    }


def test_an_electronic_signatory_gets_the_file_once_those_before_have_signed(road: Road) -> None:
    issued = issue_of(road)
    road.do(
        MeansChanged(
            on=road.today,
            reference=issued.reference,
            party="tete-de-reseau",
            means=Means.ELECTRONIC,
            note="à distance",
        )
    )
    assert due(road, Purpose.SENDING) == {"porteuse": ["convention-amorcage"]}
    assert held(road, Purpose.SENDING) == {"tete-de-reseau": "d’autres signent avant"}
    road.do(*road.sign(issued, "porteuse"))
    assert due(road, Purpose.SENDING) == {"tete-de-reseau": ["convention-amorcage"]}


def test_the_first_reminder_comes_the_delay_after_the_issue(road: Road) -> None:
    assert due(road, Purpose.REMINDER) == {}
    assert held(road, Purpose.REMINDER) == {
        "tete-de-reseau": "d’autres signent avant",
        "porteuse": "émis le 22 novembre 2026, premier rappel possible le 29 novembre 2026",
    }
    later(road, DELAY - 1)
    assert due(road, Purpose.REMINDER) == {}
    later(road, 1)
    assert due(road, Purpose.REMINDER) == {"porteuse": ["convention-amorcage"]}


def test_only_whose_turn_it_is_is_reminded(road: Road) -> None:
    road.do(*road.sign(issue_of(road), "porteuse"))
    later(road, DELAY)
    assert due(road, Purpose.REMINDER) == {"tete-de-reseau": ["convention-amorcage"]}


@pytest.mark.parametrize("purpose", list(Purpose))
def test_any_message_holds_the_next_back_for_the_delay(road: Road, purpose: Purpose) -> None:
    later(road, 10)
    road.do(mail(road, "porteuse", issue_of(road).reference))
    later(road, DELAY - 1)
    assert "porteuse" not in due(road, purpose)
    assert held(road, purpose)["porteuse"] == (
        "déjà écrit le 2 décembre 2026, prochain courriel possible le 9 décembre 2026"
    )
    later(road, 1)
    assert "porteuse" in due(road, purpose)


def test_a_message_about_one_document_does_not_hold_back_another(road: Road) -> None:
    road.do(mail(road, "porteuse", issue_of(road).reference))
    road.do(road.issue(Key("convention-cadre"), ahead="le financeur attend"))
    assert due(road, Purpose.SENDING)["porteuse"] == ["convention-cadre"]


def test_a_refused_message_does_not_count(road: Road) -> None:
    road.do(mail(road, "porteuse", issue_of(road).reference))
    road.do(MailEnded(on=road.today, message="<1@x.example>", is_accepted=False, detail="550"))
    assert "porteuse" in due(road, Purpose.SENDING)


def test_nobody_is_written_to_once_the_data_were_erased_or_the_case_has_ended(road: Road) -> None:
    acts = list(road.acts)
    road.end("abandon")
    assert awaited(road.state) == ()
    road.acts = acts
    road.do(Forgotten(on=road.today, reason="à sa demande"))
    assert awaited(road.state) == ()


def test_a_message_without_an_answer_is_told_until_it_is_answered_or_followed(road: Road) -> None:
    reference = issue_of(road).reference

    def open_questions() -> list[str]:
        return [one.message for one in unanswered(awaited(road.state), history(road.acts))]

    assert open_questions() == []
    road.do(mail(road, "porteuse", reference, message="<1@x.example>"))
    road.do(mail(road, "tete-de-reseau", reference, message="<2@x.example>"))
    assert open_questions() == ["<1@x.example>", "<2@x.example>"]
    road.do(MailEnded(on=road.today, message="<2@x.example>", is_accepted=True))
    assert open_questions() == ["<1@x.example>"]
    later(road, DELAY)
    road.do(mail(road, "porteuse", reference, message="<3@x.example>"))
    assert open_questions() == ["<3@x.example>"]
    road.do(*road.sign(issue_of(road), "porteuse"))
    assert open_questions() == []


def test_a_message_whose_file_was_never_finished_is_found(road: Road) -> None:
    reference = issue_of(road).reference
    road.do(mail(road, "porteuse", reference, message="<1@x.example>", channel=Channel.FILE))
    road.do(mail(road, "tete-de-reseau", reference, message="<2@x.example>"))
    assert [one.message for one in unwritten(history(road.acts))] == ["<1@x.example>"]
    assert [one.message for one in unanswered(awaited(road.state), history(road.acts))] == ["<2@x.example>"]
    road.do(MailEnded(on=road.today, message="<1@x.example>", is_accepted=True))
    assert unwritten(history(road.acts)) == ()


_Command = tuple[str, int]
COMMANDS = st.lists(
    st.tuples(
        st.sampled_from(["envoi", "rappel", "rappel refusé", "attendre", "signer", "émettre", "annuler"]),
        st.integers(0, 10),
    ),
    max_size=20,
)


@settings(deadline=None, max_examples=30)
@given(COMMANDS)
def test_no_order_of_days_and_commands_sends_two_messages_within_the_delay(
    commands: Sequence[_Command],
) -> None:
    road = Road(sample("embrunais"), TODAY)
    road.walk_to(3)
    issued = road.issue(SEEDING)
    road.do(issued)
    left: list[Mailed] = []
    for number, (command, chance) in enumerate(commands):
        match command:
            case "attendre":
                later(road, chance)
            case "signer":
                parties = tuple(issued.means)
                for act in road.sign(issued, parties[chance % 2], originals=[1 + chance // 2 % 2]):
                    road.attempt(act)
            case "émettre":
                road.attempt(road.issue(Key("convention-cadre"), ahead="pressé"))
            case "annuler":
                if road.attempt(road.void(issued)):
                    issued = road.issue(SEEDING, version=issued.version + 1)
                    road.do(issued)
            case _:
                purpose = Purpose(command.split()[0])
                for party, group in sort_out(awaited(road.state), purpose, road.today, DELAY)[0].items():
                    message = Mailed(
                        on=road.today,
                        message=f"<{number}.{party}@x.example>",
                        purpose=purpose,
                        party=party,
                        references=tuple(one.reference for one in group),
                        channel=Channel.SMTP,
                    )
                    road.do(message)
                    if command == "rappel refusé":
                        road.do(MailEnded(on=road.today, message=message.message, is_accepted=False))
                    else:
                        left.append(message)
                    if purpose is Purpose.REMINDER:
                        issues = history(road.acts).threads
                        assert all(
                            (road.today - issues[one.reference].issued.on).days >= DELAY for one in group
                        )
                        assert all(one.is_turn for one in group)
    days: dict[tuple[str, str], list[dt.date]] = {}
    for message in left:
        for reference in message.references:
            days.setdefault((message.party, reference), []).append(message.on)
    assert all((after - before).days >= DELAY for each in days.values() for before, after in pairwise(each))


def test_what_is_held_back_for_others_has_no_day(road: Road) -> None:
    later(road, 60)
    (one,) = sort_out(awaited(road.state), Purpose.REMINDER, road.today, DELAY)[1]
    assert one == Held(awaited=one.awaited, possible_on=None)
    assert one.awaited.party == "tete-de-reseau"
