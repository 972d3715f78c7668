from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piles_docs.errors import UsageError
from piles_docs.ledger.chain import ChainCheck, verify_chain
from piles_docs.ledger.events import Entry, digest_of
from piles_docs.ledger.findings import FindingKind
from piles_docs.ledger.heads import Head
from piles_docs.ledger.rows import StoredEvent, stored

from .test_events import chain_of, entries, json_objects, named, texts


def rows_of(*recorded: Entry) -> list[StoredEvent]:
    return [stored(event) for event in chain_of(*recorded)]


def sealed(row: StoredEvent) -> StoredEvent:
    """Give a changed event a digest that fits, as a forger would."""
    names = ("dossier", "sequence", "kind", "recorded_at", "facts", "personal_sha256", "previous")
    return row._replace(digest=digest_of(**{name: getattr(row, name) for name in names}))


@settings(max_examples=60)
@given(st.lists(entries, max_size=5))
def test_a_chain_as_written_verifies(recorded: list[Entry]) -> None:
    assert verify_chain(rows_of(*recorded)) == ()


moments = st.datetimes().map(lambda moment: f"{moment.replace(microsecond=0).isoformat()}Z")
canonical = json_objects.map(
    lambda value: json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
)
MUTATIONS: dict[str, st.SearchStrategy[Any]] = {
    "dossier": texts,
    "sequence": st.integers(),
    "kind": texts,
    "recorded_at": texts | moments,
    "facts": texts | canonical,
    "personal": texts | canonical,
    "personal_sha256": st.none() | texts,
    "previous": texts,
    "digest": texts,
}


@settings(max_examples=100)
@given(st.lists(entries, min_size=1, max_size=4), st.data())
def test_any_column_changed_anywhere_is_found_and_the_event_named(
    recorded: list[Entry], data: st.DataObject
) -> None:
    chain = rows_of(*recorded)
    place = data.draw(st.integers(0, len(chain) - 1))
    name = data.draw(st.sampled_from(sorted(MUTATIONS)))
    before = getattr(chain[place], name)
    value = data.draw(MUTATIONS[name].filter(lambda value: value != before))
    chain[place] = chain[place]._replace(**{name: value})
    harmful = [finding for finding in verify_chain(chain) if not finding.harmless]
    assert harmful
    assert harmful[0].sequence == chain[place].sequence


@settings(max_examples=60)
@given(entries, st.data())
def test_facts_written_in_any_other_way_are_altered(entry: Entry, data: st.DataObject) -> None:
    (row,) = rows_of(entry)
    spaced = json.dumps(json.loads(row.facts), ensure_ascii=False, indent=data.draw(st.integers(0, 3)))
    kinds = [finding.kind for finding in verify_chain([row._replace(facts=f"{spaced} ")])]
    assert kinds == [FindingKind.ALTERED]


@settings(max_examples=60)
@given(st.lists(entries, min_size=2, max_size=5), st.data())
def test_an_event_taken_out_of_the_middle_is_found(recorded: list[Entry], data: st.DataObject) -> None:
    chain = rows_of(*recorded)
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
        row._replace(personal=None) if place in erased else row
        for place, row in enumerate(rows_of(*recorded))
    ]
    expected = sum(row.personal is None and row.personal_sha256 is not None for row in chain)
    findings = verify_chain(chain)
    assert all(finding.harmless for finding in findings)
    assert [f"({expected} événement" in finding.message for finding in findings] == [True] * bool(expected)


def test_an_event_forged_with_its_own_digest_breaks_the_link_to_the_next() -> None:
    chain = rows_of(named(), named(), named())
    chain[1] = sealed(chain[1]._replace(facts='{"party":"tete-de-reseau"}'))
    (finding,) = verify_chain(chain)
    assert (finding.kind, finding.sequence) == (FindingKind.BROKEN_LINK, 3)
    assert str(finding).startswith("haut-verdon, événement n° 3: ")


@pytest.mark.parametrize(
    "change", [{"facts": "[]"}, {"facts": "{"}, {"recorded_at": "hier"}, {"recorded_at": "2026-10-13"}]
)
def test_an_event_that_cannot_be_read_is_found_even_when_its_digest_fits(change: dict[str, Any]) -> None:
    chain = rows_of(named(), named())
    chain[1] = sealed(chain[1]._replace(**change))
    (finding,) = verify_chain(chain)
    assert (finding.kind, finding.sequence) == (FindingKind.UNREADABLE, 2)


def test_only_the_first_broken_link_is_said_but_every_altered_personal_datum() -> None:
    chain = rows_of(named(), named(), named())
    altered = '{"salt":"00","values":{"note":"autre"}}'
    chain[0] = chain[0]._replace(kind="refused")
    chain[1] = chain[1]._replace(kind="refused", personal=altered)
    chain[2] = chain[2]._replace(personal=altered)
    assert [(finding.kind, finding.sequence) for finding in verify_chain(chain)] == [
        (FindingKind.ALTERED, 1),
        (FindingKind.PERSONAL_ALTERED, 2),
        (FindingKind.PERSONAL_ALTERED, 3),
    ]


def test_nothing_is_read_after_an_event_that_cannot_be() -> None:
    check = ChainCheck("haut-verdon")
    first, second, third = rows_of(named(), named(), named())
    assert check.take(first) == {"party": "porteuse"}
    assert check.take(second._replace(facts="[")) is None
    assert check.take(third) is None


@pytest.mark.parametrize(
    ("sequence", "said"),
    [
        (3, "des événements ont été retirés"),
        (2, "n’est pas celle"),
        (1, "n’est pas celle"),
        (None, "ne garde pas"),
    ],
)
def test_a_chain_that_does_not_end_at_its_head_is_found(sequence: int | None, said: str) -> None:
    chain = rows_of(named(), named())
    check = ChainCheck("haut-verdon")
    for row in chain:
        check.take(row)
    assert check.findings(Head("haut-verdon", 2, chain[-1].digest)) == ()
    (finding,) = check.findings(None if sequence is None else Head("haut-verdon", sequence, "0" * 64))
    assert (finding.kind, finding.sequence, finding.harmless) == (FindingKind.HEAD, 2, False)
    assert said in finding.message


def test_a_row_that_is_not_unicode_is_refused() -> None:
    (row,) = rows_of(named())
    with pytest.raises(UsageError):
        verify_chain([row._replace(kind="\udce9")])
