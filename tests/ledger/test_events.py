from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piles_docs.errors import UsageError
from piles_docs.ledger.events import (
    FIRST_PREVIOUS,
    Entry,
    Event,
    canonical_json,
    digest_of,
    event_after,
    verify_chain,
)
from piles_docs.ledger.findings import FindingKind

NOW = datetime(2026, 10, 13, 8, 0, 0, tzinfo=UTC)
SALT = "00112233445566778899aabbccddeeff"

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=4,
)
json_objects = st.dictionaries(texts, json_values, max_size=2)
entries = st.builds(Entry, kind=texts, facts=json_objects, personal=st.none() | json_objects)


def chain_of(*recorded: Entry, dossier: str = "haut-verdon") -> list[Event]:
    chain: list[Event] = []
    for entry in recorded:
        last = chain[-1] if chain else None
        chain.append(event_after(last, entry, dossier=dossier, now=NOW, salt=SALT))
    return chain


def named() -> Entry:
    return Entry(kind="signed", facts={"party": "porteuse"}, personal={"note": "vue par Mme Lise Exemple"})


def test_canonical_json_sorts_keys_leaves_no_spaces_and_keeps_accents() -> None:
    assert canonical_json({"b": [1, None], "a": "été"}) == '{"a":"été","b":[1,null]}'.encode()


def test_a_text_that_is_not_unicode_is_refused_with_its_place() -> None:
    with pytest.raises(UsageError, match="Vu par") as caught:
        canonical_json({"note": "Vu par \udce9"})
    assert "Retapez" in caught.value.remedy


def test_the_digest_can_be_computed_by_a_third_party_from_the_documented_recipe() -> None:
    event = chain_of(named())[0]
    personal = {"salt": SALT, "values": {"note": "vue par Mme Lise Exemple"}}

    def sha256(value: object) -> str:
        text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    assert event.personal_sha256 == sha256(personal)
    assert event.digest == sha256(
        {
            "dossier": "haut-verdon",
            "sequence": 1,
            "kind": "signed",
            "recorded_at": "2026-10-13T08:00:00Z",
            "facts": {"party": "porteuse"},
            "personal_sha256": event.personal_sha256,
            "previous": "0" * 64,
        }
    )


def test_a_chain_counts_from_one_and_each_event_names_the_one_before() -> None:
    first, second = chain_of(named(), named())
    assert (first.sequence, first.previous) == (1, FIRST_PREVIOUS)
    assert (second.sequence, second.previous) == (2, first.digest)


def test_a_moment_is_kept_in_utc_to_the_second() -> None:
    paris = datetime(2026, 7, 1, 0, 30, 15, 999, tzinfo=timezone(timedelta(hours=2)))
    event = event_after(None, named(), dossier="a", now=paris, salt=SALT)
    assert event.recorded_at == datetime(2026, 6, 30, 22, 30, 15, tzinfo=UTC)


def test_a_moment_without_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        event_after(None, named(), dossier="a", now=NOW.replace(tzinfo=None), salt=SALT)


def test_personal_data_without_salt_are_refused() -> None:
    with pytest.raises(ValueError, match="salt"):
        event_after(None, named(), dossier="a", now=NOW, salt=None)


def test_an_entry_without_personal_data_keeps_no_salt() -> None:
    event = event_after(None, Entry(kind="x", facts={}), dossier="a", now=NOW, salt=SALT)
    assert (event.salt, event.personal, event.personal_sha256, event.erased) == (None, None, None, False)


@settings(max_examples=60)
@given(st.lists(entries, max_size=5))
def test_a_chain_as_written_verifies(recorded: list[Entry]) -> None:
    assert verify_chain(chain_of(*recorded)) == ()


MUTATIONS: dict[str, st.SearchStrategy[Any]] = {
    "dossier": texts,
    "sequence": st.integers(),
    "kind": texts,
    "recorded_at": st.datetimes(timezones=st.just(UTC)).map(lambda moment: moment.replace(microsecond=0)),
    "facts": json_objects,
    "personal": json_objects,
    "salt": st.none() | texts,
    "personal_sha256": st.none() | texts,
    "previous": texts,
    "digest": texts,
}


@settings(max_examples=60)
@given(st.lists(entries, min_size=1, max_size=4), st.data())
def test_any_field_changed_anywhere_is_found_and_the_event_named(
    recorded: list[Entry], data: st.DataObject
) -> None:
    chain = chain_of(*recorded)
    place = data.draw(st.integers(0, len(chain) - 1))
    name = data.draw(st.sampled_from(sorted(MUTATIONS)))
    before = getattr(chain[place], name)
    value = data.draw(MUTATIONS[name].filter(lambda value: _differs(before, value)))
    chain[place] = replace(chain[place], **{name: value})
    harmful = [finding for finding in verify_chain(chain) if not finding.harmless]
    assert harmful
    assert harmful[0].sequence == chain[place].sequence


def _differs(one: object, other: object) -> bool:
    if isinstance(one, datetime):
        return one != other
    # Not by ==, to which 1, 1.0 and True are the same.
    return canonical_json({"": one}) != canonical_json({"": other})


@settings(max_examples=60)
@given(st.lists(entries, min_size=2, max_size=5), st.data())
def test_an_event_taken_out_of_the_middle_is_found(recorded: list[Entry], data: st.DataObject) -> None:
    chain = chain_of(*recorded)
    place = data.draw(st.integers(0, len(chain) - 2))
    del chain[place]
    (finding,) = verify_chain(chain)
    assert (finding.kind, finding.sequence) == (FindingKind.GAP, place + 2)
    assert f"n° {place + 1} manque" in finding.message


@settings(max_examples=60)
@given(st.lists(entries, min_size=1, max_size=5), st.data())
def test_erasing_personal_data_leaves_a_chain_that_verifies_and_is_said(
    recorded: list[Entry], data: st.DataObject
) -> None:
    erased = data.draw(st.sets(st.integers(0, len(recorded) - 1)))
    chain = [
        replace(event, personal=None, salt=None) if place in erased else event
        for place, event in enumerate(chain_of(*recorded))
    ]
    expected = sum(event.erased for event in chain)
    findings = verify_chain(chain)
    assert all(finding.harmless for finding in findings)
    assert [f"({expected} événement" in finding.message for finding in findings] == [True] * bool(expected)


def test_an_event_forged_with_its_own_digest_breaks_the_link_to_the_next() -> None:
    chain = chain_of(named(), named(), named())
    forged = replace(chain[1], facts={"party": "tete-de-reseau"})
    chain[1] = replace(forged, digest=digest_of(forged))
    (finding,) = verify_chain(chain)
    assert (finding.kind, finding.sequence) == (FindingKind.BROKEN_LINK, 3)
    assert str(finding).startswith("haut-verdon, événement n° 3: ")


def test_only_the_first_broken_link_is_said_but_every_altered_personal_datum() -> None:
    chain = chain_of(named(), named(), named())
    chain[0] = replace(chain[0], kind="refused")
    chain[1] = replace(chain[1], kind="refused", personal={"note": "autre"})
    chain[2] = replace(chain[2], personal={"note": "autre"})
    assert [(finding.kind, finding.sequence) for finding in verify_chain(chain)] == [
        (FindingKind.ALTERED, 1),
        (FindingKind.PERSONAL_ALTERED, 2),
        (FindingKind.PERSONAL_ALTERED, 3),
    ]
