from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piles_docs.errors import RecordsBroken
from piles_docs.ledger.acts import act_of, archived_by, entry_of
from piles_docs.ledger.archive import Archive
from piles_docs.ledger.chain import verify_chain
from piles_docs.ledger.events import Entry, canonical_json, event_after
from piles_docs.ledger.findings import FindingKind
from piles_docs.ledger.rows import read, stored
from piles_docs.ledger.store import Ledger
from piles_docs.ledger.verification import verify
from piles_docs.methodology.acts import (
    Act,
    Box,
    Issued,
    Means,
    MilestoneReached,
    Original,
    Refused,
    Signed,
    Voided,
)

NOW = datetime(2026, 10, 13, 8, 0, 0, tzinfo=UTC)
ISSUED = Issued(
    on=date(2026, 10, 13),
    document="convention-amorcage",
    version=1,
    reference="HV-2026-CA-1",
    means={"porteuse": Means.PAPER},
    originals=(
        Original(
            number=1,
            docx_sha256="1" * 64,
            pdf_sha256="2" * 64,
            pages=3,
            boxes=(Box(party="porteuse", page=3, rect=(72, 100.5, 200, 150)),),
        ),
        Original(number=2, docx_sha256="1" * 64, pdf_sha256="3" * 64, pages=3),
    ),
    due_on=date(2026, 11, 13),
    template_sha256="4" * 64,
    signatories={"porteuse": "Mme Lise Exemple"},
    values={"porteuse.presidente": "Lise Exemple"},
    ahead="Convoqués par Mme Lise Exemple",
)
ACTS: list[Act] = [
    ISSUED,
    Signed(
        on=date(2026, 10, 15),
        reference="HV-2026-CA-1",
        party="porteuse",
        original=1,
        means=Means.ELECTRONIC,
        evidence=("5" * 64,),
        note="Vu par Mme Lise Exemple",
    ),
    Refused(
        on=date(2026, 10, 15), reference="HV-2026-CA-1", party="porteuse", note="Mme Lise Exemple s’oppose"
    ),
    Voided(on=date(2026, 10, 15), reference="HV-2026-CA-1", reason="Erreur sur Mme Lise Exemple"),
    MilestoneReached(on=date(2026, 10, 1), milestone="rencontre-faite", note="Avec Mme Lise Exemple"),
]

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
notes = st.none() | texts
common = {"on": st.dates(), "reference": texts}
acts: st.SearchStrategy[Act] = st.one_of(
    st.builds(
        Issued,
        **common,
        document=texts,
        version=st.integers(1),
        means=st.dictionaries(texts, st.sampled_from(Means), max_size=2),
        originals=st.lists(st.sampled_from(ISSUED.originals), max_size=2).map(tuple),
        ends_on=st.none() | st.dates(),
        template_sha256=texts,
        signatories=st.dictionaries(texts, texts, max_size=2),
        values=st.dictionaries(texts, texts, max_size=2),
        ahead=notes,
    ),
    st.builds(
        Signed,
        **common,
        party=texts,
        original=st.integers(1),
        means=st.sampled_from(Means),
        evidence=st.lists(texts, max_size=2).map(tuple),
        note=notes,
    ),
    st.builds(Voided, **common, reason=notes),
    st.builds(MilestoneReached, on=st.dates(), milestone=texts, note=notes),
)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.kind)
def test_no_personal_datum_is_in_the_facts(act: Act) -> None:
    entry = entry_of(act)
    assert "Lise" not in canonical_json(entry.facts).decode()
    assert "Lise" in canonical_json(entry.personal or {}).decode()


@given(acts)
def test_an_act_survives_the_ledger(act: Act) -> None:
    event = event_after(None, entry_of(act), dossier="a", now=NOW, salt="00" * 16)
    again = read(stored(event))
    assert again == event
    assert act_of(again) == act
    assert verify_chain([stored(again)]) == ()


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.kind)
def test_an_act_whose_personal_data_were_erased_keeps_the_rest(act: Act) -> None:
    event = event_after(None, entry_of(act), dossier="a", now=NOW, salt="00" * 16)
    empty = {name: type(act).model_fields[name].default for name in act.PERSONAL}
    assert act_of(replace(event, personal=None, salt=None)) == act.model_copy(update=empty)


@pytest.mark.parametrize(
    "entry",
    [
        Entry(kind="inconnu", facts={"on": "2026-10-13"}),
        Entry(kind="milestone", facts={"on": "2026-10-13"}),
        Entry(kind="milestone", facts={"on": "2026-10-13", "milestone": "rencontre-faite", "futur": 1}),
    ],
)
def test_an_act_this_version_does_not_know_is_named(entry: Entry) -> None:
    event = event_after(None, entry, dossier="a", now=NOW, salt=None)
    with pytest.raises(RecordsBroken, match="n° 1 du dossier a"):
        act_of(event)


def test_the_archived_files_of_an_act_are_named() -> None:
    assert archived_by(entry_of(ISSUED).facts) == ("1" * 64, "2" * 64, "1" * 64, "3" * 64)
    assert archived_by(entry_of(ACTS[1]).facts) == ("5" * 64,)
    assert archived_by(entry_of(ACTS[3]).facts) == ()


def test_facts_that_lost_their_shape_name_no_file() -> None:
    assert archived_by({"originals": 3}) == ()


@pytest.mark.parametrize("kind", ["signed", "level-raised", "proven"])
def test_the_signed_file_that_an_act_keeps_is_looked_for(kind: str, archive: Archive, ledger: Ledger) -> None:
    kept, lost = archive.put(b"%PDF-1.7"), "6" * 64
    recorded = [
        Entry(kind=kind, facts={"evidence": [], "pdf_sha256": sha256}) for sha256 in (kept, None, lost)
    ]
    ledger.append("a", recorded, expected=0, now=NOW)
    assert [archived_by(entry.facts) for entry in recorded] == [(kept,), (), (lost,)]
    (finding,) = verify(ledger, archive, archived_by)
    assert (finding.kind, finding.sequence, finding.sha256) == (FindingKind.FILE_MISSING, 3, lost)


def test_the_signed_file_comes_after_the_evidence() -> None:
    assert archived_by({"evidence": ["5" * 64], "pdf_sha256": "6" * 64}) == ("5" * 64, "6" * 64)


@pytest.mark.parametrize("signed", [3, ["6" * 64], {"6": 6}])
def test_a_signed_file_that_is_no_text_is_none(signed: object) -> None:
    assert archived_by({"pdf_sha256": signed}) == ()
