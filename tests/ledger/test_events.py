from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import strategies as st

from piles_docs.errors import UsageError
from piles_docs.ledger.events import FIRST_PREVIOUS, Entry, Event, canonical_json, event_after

NOW = datetime(2026, 10, 13, 8, 0, 0, tzinfo=UTC)
SALT = "00112233445566778899aabbccddeeff"

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=4,
)
json_objects = st.dictionaries(texts, json_values, max_size=2)
kinds = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
entries = st.builds(Entry, kind=kinds, facts=json_objects, personal=st.none() | json_objects)


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


@pytest.mark.parametrize(("dossier", "kind"), [("a\0", "x"), ("a", "\0x")])
def test_a_nul_is_refused_where_a_database_could_not_keep_it(dossier: str, kind: str) -> None:
    with pytest.raises(ValueError, match="NUL"):
        event_after(None, Entry(kind=kind, facts={}), dossier=dossier, now=NOW, salt=None)


def test_personal_data_without_salt_are_refused() -> None:
    with pytest.raises(ValueError, match="salt"):
        event_after(None, named(), dossier="a", now=NOW, salt=None)


def test_an_entry_without_personal_data_keeps_no_salt() -> None:
    event = event_after(None, Entry(kind="x", facts={}), dossier="a", now=NOW, salt=SALT)
    assert (event.salt, event.personal, event.personal_sha256, event.erased) == (None, None, None, False)
