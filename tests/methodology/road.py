"""A case on its road through the methodology: what the tests of this room build on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from piles_docs.case.models import Case
from piles_docs.case.network import read_network
from piles_docs.case.reading import read_case
from piles_docs.methodology.acts import (
    Act,
    Issued,
    Means,
    MilestoneReached,
    Original,
    Refused,
    Signed,
    Voided,
    Withdrawn,
)
from piles_docs.methodology.guard import Refusal, refuse
from piles_docs.methodology.model import load_methodology
from piles_docs.methodology.parties import full_name, signatory
from piles_docs.methodology.rules import assess
from piles_docs.methodology.states import CaseState, DocumentState, Key

ROOT = Path(__file__).parents[2]
METHODOLOGY = load_methodology()
TODAY = dt.date(2026, 11, 22)

NEXT_YEAR = (
    ("annee: 2026", "annee: 2027"),
    (
        "date: 2026-04-14\n    debut: 2026-04-14\n    fin: 2026-12-31",
        "date: 2027-01-12\n    debut: 2027-01-01\n    fin: 2027-12-31",
    ),
    ("le: 2026-05-31", "le: 2027-05-31"),
    ("le: 2026-10-31", "le: 2027-10-31"),
)
"""What changes the text of `embrunais` for it to speak of 2027."""

_network = read_network((ROOT / "piles.toml").read_text("utf-8"), "piles.toml").network
assert _network
NETWORK = _network


@cache
def sample(name: str, *changes: tuple[str, str]) -> Case:
    """A case of the repository, with some of its text replaced, each text being there exactly once."""
    text = (ROOT / "cases" / f"{name}.yaml").read_text("utf-8")
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} is there {text.count(old)} times"
        text = text.replace(old, new)
    reading = read_case(text, f"cases/{name}.yaml")
    assert reading.case, [str(defect) for defect in reading.defects]
    return reading.case


class Road:
    """A case and its acts. What is done on it has passed the rules; what is refused is not added."""

    def __init__(self, case: Case, today: dt.date = TODAY) -> None:
        self.case = case
        self.today = today
        self.acts: list[Act] = []

    @property
    def state(self) -> CaseState:
        return assess(self.case, NETWORK, self.acts, self.today, METHODOLOGY)

    def document(
        self, document: str, recipient: str | None = None, period: str | None = None
    ) -> DocumentState:
        found = self.state.document(Key(document, recipient, period))
        assert found is not None, f"{document} {recipient} {period} is not there"
        return found

    def refusal(self, act: Act) -> Refusal | None:
        return refuse(act, self.state, self.acts, self.today, METHODOLOGY)

    def attempt(self, act: Act) -> bool:
        if self.refusal(act):
            return False
        self.acts.append(act)
        return True

    def do(self, *acts: Act) -> None:
        for act in acts:
            assert self.refusal(act) is None, f"{act}: {self.refusal(act)}"
            self.acts.append(act)

    def issue(
        self,
        key: Key,
        *,
        on: dt.date | None = None,
        version: int = 1,
        ahead: str | None = None,
        values: Mapping[str, str] | None = None,
        ends_on: dt.date | None = None,
        originals: int | None = None,
        parties: Iterable[str] | None = None,
        reference: str | None = None,
    ) -> Issued:
        """The act that issues a document on paper, as the methodology wants it unless told otherwise."""
        signatories = METHODOLOGY.document(key.document).signatories if parties is None else tuple(parties)
        many = len(signatories) if METHODOLOGY.document(key.document).originals == "one-a-party" else 1
        return Issued(
            on=on or self.today,
            document=key.document,
            recipient=key.recipient,
            period=key.period,
            version=version,
            reference=reference or f"{self.case.dossier}.{key.name}.v{version}",
            means=dict.fromkeys(signatories, Means.PAPER),
            originals=tuple(
                Original(number=number, docx_sha256="", pdf_sha256="", pages=1)
                for number in range(1, (many if originals is None else originals) + 1)
            ),
            ends_on=ends_on,
            template_sha256="",
            signatories={party: full_name(signatory(party, self.case, NETWORK)) for party in signatories},
            values=dict(values or {}),
            is_ahead=ahead is not None,
            ahead=ahead,
        )

    def take_back(self, event: int) -> None:
        """Withdraw what was recorded by mistake."""
        self.do(Withdrawn(on=self.today, event=event, reason="erreur de saisie"))

    def sign(
        self, issued: Issued, *parties: str, on: dt.date | None = None, originals: Iterable[int] = ()
    ) -> list[Signed]:
        """The acts by which parties sign: all of them unless named, on all the originals unless numbered."""
        return [
            Signed(
                on=on or self.today,
                reference=issued.reference,
                party=party,
                original=number,
                means=Means.PAPER,
            )
            for party in parties or issued.means
            for number in originals or [original.number for original in issued.originals]
        ]

    def decline(self, issued: Issued, party: str, *, on: dt.date | None = None) -> Refused:
        return Refused(on=on or self.today, reference=issued.reference, party=party, note="pas cette année")

    def about(self, issued: Issued, party: str, *, on: dt.date | None = None) -> list[Act]:
        """One signature an original, a refusal and a voiding: all that can be done about an issue."""
        return [
            *self.sign(issued, party, on=on),
            self.decline(issued, party, on=on),
            self.void(issued, on=on),
        ]

    def void(
        self, issued: Issued, *, on: dt.date | None = None, reason: str = "une erreur de date"
    ) -> Voided:
        return Voided(on=on or self.today, reference=issued.reference, reason=reason)

    def reach(self, *milestones: str, on: dt.date | None = None) -> None:
        self.do(*(MilestoneReached(on=on or self.today, milestone=name) for name in milestones))

    def end(self, milestone: str) -> None:
        self.do(MilestoneReached(on=self.today, milestone=milestone, note="faute de moyens"))

    def signed(
        self, key: Key, *, values: Mapping[str, str] | None = None, ahead: str | None = None
    ) -> Issued:
        """Issue a document and have it signed by all, today."""
        issued = self.issue(key, values=values, ahead=ahead)
        self.do(issued, *self.sign(issued))
        return issued

    def walk_to(self, step: int) -> None:
        """Do what each step before this one waits for."""
        while self.state.current_step < step:
            self.walk()

    def walk(self) -> None:
        """Do the first thing that the open step waits for, as an honest user would."""
        state = self.state
        act = self._next(state)
        refusal = refuse(act, state, self.acts, self.today, METHODOLOGY)
        assert refusal is None, f"{act}: {refusal}"
        self.acts.append(act)

    def _next(self, state: CaseState) -> Act:
        waiting = state.steps[state.current_step - 1].waiting_for[0]
        if waiting.milestone:
            return MilestoneReached(on=self.today, milestone=waiting.milestone)
        document = [found for found in state.documents if found.key.document == waiting.document][-1]
        if document.issued and document.state in {"issued", "partly-signed"}:
            missing = next(found for found in document.signatures if found.state == "missing")
            return self.sign(document.issued, missing.party, originals=[missing.original])[0]
        return self.issue(document.key, version=document.issued.version + 1 if document.issued else 1)
