"""No order of events reaches a state that the rules forbid: random acts against a naive account of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field

from hypothesis import Phase, event, given, settings
from hypothesis import strategies as st

from piles_docs.methodology.acts import (
    Act,
    Issued,
    Means,
    MeansChanged,
    MilestoneReached,
    Refused,
    Signed,
    Voided,
    Withdrawn,
)
from piles_docs.methodology.guard import refuse
from piles_docs.methodology.states import CaseState, CaseStatus, DocumentStatus, Key

from .road import METHODOLOGY, Road, sample

# The naive account's own copy of the table: for each step, its milestones and who signs its documents.
TABLE: list[tuple[set[str], dict[str, set[str]]]] = [
    ({"rencontre-faite"}, {}),
    ({"validation-ca"}, {"charte": {"porteuse"}}),
    ({"besoin-confirme"}, {"convention-amorcage": {"porteuse", "tete-de-reseau"}}),
    ({"copil-favorable"}, {}),
    ({"tour-de-table-tenu"}, {}),
    (
        {"animateur-recrute", "formation-faite", "outils-transferes"},
        {"convention-cadre": {"porteuse", "tete-de-reseau"}},
    ),
    ({"lancement-fait"}, {"convention-annuelle": {"porteuse", "tete-de-reseau"}}),
]
ENDINGS = {"besoin-non-confirme", "copil-defavorable", "abandon"}
CASE = sample("embrunais")
FIRST_DAY = dt.date(2026, 5, 4)
DOCUMENT_KEYS = [document.key for document in Road(CASE).state.documents]
CONVENTIONS = [
    Key("convention-amorcage"),
    Key("convention-cadre"),
    Key("convention-annuelle", None, "2026"),
]
KEYS = [
    *DOCUMENT_KEYS,
    *[Key("avenant", key.document, key.period) for key in CONVENTIONS],
    Key("convention-annuelle", None, "2031"),
    Key("invitation-copil", "mairie-de-nulle-part"),
]
PARTIES = ["porteuse", "tete-de-reseau", "animateur", "formateur", "mairie-embrun"]
STALE = {"conventions.cadre.fin": "2028-01-31"}
FRESH = {"conventions.cadre.fin": "2029-01-31"}


@dataclass(frozen=True)
class Wish:
    """What someone may try, in small numbers that are read against the case as it then is."""

    what: str
    which: int
    who: str
    number: int
    days: int
    """Days before the day of the wish; negative: after it."""
    later: int
    """Days that pass before the wish."""
    odd: bool


WISHES = st.builds(
    Wish,
    what=st.sampled_from(
        [
            "walk",
            "issue",
            "issue",
            "sign",
            "sign",
            "sign",
            "refuse",
            "void",
            "reach",
            "end",
            "take back",
            "switch",
        ]
    ),
    which=st.integers(0, 99),
    who=st.sampled_from(PARTIES),
    number=st.integers(1, 3),
    days=st.sampled_from([0, 0, 0, 1, 30, -1]),
    later=st.sampled_from([0, 0, 1, 40]),
    odd=st.sampled_from([False, False, False, True]),
)


@dataclass
class Account:
    """What a clerk with a notebook would say of one issue."""

    issued: Issued
    signatures: set[tuple[str, int]]
    refused: bool = False
    voided: bool = False
    means: dict[str, Means] = field(default_factory=dict)

    @property
    def wanted(self) -> set[tuple[str, int]]:
        return {(party, copy.number) for copy in self.issued.originals for party in self.issued.means}

    @property
    def counts(self) -> bool:
        return bool(self.wanted) and self.wanted <= self.signatures and not self.voided and not self.refused

    def state(self, today: dt.date) -> str:
        if self.voided:
            return "void"
        if self.refused:
            return "declined"
        if self.counts:
            return "signed"
        over = self.wanted and self.issued.ends_on and self.issued.ends_on < today
        return "expired" if over else "partly-signed" if self.signatures else "issued"


def standing(acts: list[Act]) -> list[Act]:
    """What was not taken back."""
    struck = [act.event - 1 for act in acts if isinstance(act, Withdrawn)]
    return [act for place, act in enumerate(acts) if place not in struck]


def milestones_of(acts: list[Act]) -> set[str]:
    return {act.milestone for act in standing(acts) if isinstance(act, MilestoneReached)}


def accounts(acts: list[Act]) -> dict[str, Account]:
    found: dict[str, Account] = {}
    for act in standing(acts):
        if isinstance(act, Issued):
            found[act.reference] = Account(act, set(), means=dict(act.means))
        elif isinstance(act, MeansChanged):
            found[act.reference].means[act.party] = act.means
        elif isinstance(act, Signed):
            found[act.reference].signatures.add((act.party, act.original))
        elif isinstance(act, Refused):
            found[act.reference].refused = True
        elif isinstance(act, Voided):
            found[act.reference].voided = True
    return found


def steps_done(acts: list[Act]) -> int:
    """How many of the first steps are complete, by the table and the clerk's notebook."""
    milestones = milestones_of(acts)
    signed = {account.issued.document for account in accounts(acts).values() if account.counts}
    for number, (wanted, documents) in enumerate(TABLE):
        if not (wanted <= milestones and set(documents) <= signed):
            return number
    return len(TABLE)


def wished(road: Road, state: CaseState, wish: Wish) -> Act:
    """The act that a wish is, on the case as it stands."""
    on = road.today - dt.timedelta(days=wish.days)
    if wish.what == "end":
        return MilestoneReached(on=on, milestone=sorted(ENDINGS)[wish.which % 3], note="faute de moyens")
    out = [act for act in road.acts if isinstance(act, Issued)]
    if wish.what == "reach" or (wish.what != "issue" and not out):
        names = [found.id for found in METHODOLOGY.milestones if not found.ends_case or wish.odd]
        note = "pas cette année" if wish.number > 1 else None
        return MilestoneReached(on=on, milestone=names[wish.which % len(names)], note=note)
    if wish.what == "issue":
        return _issue(road, wish, on)
    issued = out[-1 - wish.which % min(len(out), 3)]
    reference = f"{issued.reference}0" if wish.odd and wish.which % 5 == 0 else issued.reference
    party = wish.who if wish.odd or not issued.means else sorted(issued.means)[wish.which % len(issued.means)]
    if wish.what == "sign":
        return Signed(on=on, reference=reference, party=party, original=wish.number, means=Means.PAPER)
    if wish.what == "switch":
        means = Means.ELECTRONIC if wish.which % 2 else Means.PAPER
        return MeansChanged(on=on, reference=reference, party=party, means=means)
    if wish.what == "take back":
        event = len(road.acts) - wish.which % 8 + (9 if wish.odd else 0)
        return Withdrawn(on=on, event=event, reason=None if wish.odd else "une erreur")
    if wish.what == "refuse":
        return Refused(on=on, reference=reference, party=party, note="non")
    return Voided(on=on, reference=reference, reason="une erreur")


def _issue(road: Road, wish: Wish, on: dt.date) -> Issued:
    keys = CONVENTIONS if wish.number == 1 else KEYS
    key = keys[wish.which % len(keys)]
    versions = [account.issued.version for account in accounts(road.acts).values() if _key(account) == key]
    version = max(versions, default=0) + (2 if wish.odd and wish.which % 2 else 1)
    is_amendment = key.document == "avenant"
    return road.issue(
        key,
        on=on,
        version=version,
        ahead="pressé" if wish.number < 3 else None,
        values=FRESH if is_amendment else STALE if wish.later else {},
        ends_on=on + dt.timedelta(days=30) if wish.which % 2 else None,
        originals=0 if wish.odd and wish.which % 3 == 0 else None,
        parties=["porteuse"] if wish.odd and wish.which % 7 == 0 else None,
        reference=next(iter(accounts(road.acts)), None) if wish.odd and wish.which % 3 == 1 else None,
    )


def _key(account: Account) -> Key:
    return Key(account.issued.document, account.issued.recipient, account.issued.period)


def _honest_acts() -> list[Act]:
    road = Road(CASE, FIRST_DAY)
    while road.state.state is CaseStatus.ACTIVE:
        road.walk()
    return road.acts


HONEST_ACTS = _honest_acts()
BEGUN = st.integers(0, len(HONEST_ACTS))
"""How far the case has come by an honest road when others begin to try what they wish."""


def play(begun: int, wishes: list[Wish]) -> Iterator[tuple[Road, CaseState, Act | None]]:
    """Yield the case at first and after each wish, with the act if it was let through."""
    road = Road(CASE, FIRST_DAY)
    road.acts = HONEST_ACTS[:begun]
    state = road.state
    yield road, state, None
    for wish in wishes:
        road.today += dt.timedelta(days=wish.later)
        state = road.state if wish.later else state
        if wish.what == "walk" and state.state is CaseStatus.ACTIVE:
            road.walk()
            act: Act | None = road.acts[-1]
        else:
            act = wished(road, state, wish)
            if refuse(act, state, road.acts, road.today, METHODOLOGY):
                act = None
            else:
                road.acts.append(act)
        state = road.state if act else state
        yield road, state, act


def check_act(before: list[Act], act: Act, today: dt.date) -> None:
    """What was let through might be, whatever the program thinks of the case."""
    assert act.on <= today
    milestones = milestones_of(before)
    known = accounts(before)
    if isinstance(act, Withdrawn):
        assert before[act.event - 1] in standing(before)
        assert not isinstance(before[act.event - 1], Issued | Withdrawn)
        assert act.reason
        return
    assert not milestones & ENDINGS, "an act was let into a case that had ended"
    if isinstance(act, MilestoneReached):
        assert act.milestone not in milestones
        return
    if isinstance(act, Issued):
        assert act.reference not in known
        same = [
            account
            for account in known.values()
            if _key(account) == Key(act.document, act.recipient, act.period)
        ]
        assert act.version == len(same) + 1, "versions are not consecutive"
        assert not [account for account in same if account.state(today) in {"issued", "partly-signed"}]
        assert act.document == "avenant" or not any(account.counts for account in same)
        step = METHODOLOGY.document(act.document).step
        assert step is None or step <= steps_done(before) + 1 or act.ahead
        for _, documents in TABLE:
            assert set(act.means) == documents.get(act.document, set(act.means))
        return
    assert isinstance(act, Signed | Refused | Voided | MeansChanged)
    account = known[act.reference]
    assert account.issued.on <= act.on
    assert not account.voided
    if isinstance(act, Voided):
        assert not account.counts, "a signed document was voided"
        return
    assert act.party in account.issued.means
    assert not account.refused
    if isinstance(act, Refused):
        assert not account.counts, "a signed document was declined"
    elif isinstance(act, MeansChanged):
        assert account.means[act.party] != act.means
        assert {party for party, _ in account.wanted - account.signatures} >= {act.party}
    else:
        assert (act.party, act.original) in account.wanted - account.signatures
        assert account.issued.ends_on is None or act.on <= account.issued.ends_on


def check_state(road: Road, state: CaseState) -> None:
    """The program and the clerk agree on the case."""
    done = steps_done(road.acts)
    assert [step.state for step in state.steps] == [
        "done" if number < done else "open" if number == done else "locked" for number in range(7)
    ]
    assert state.current_step == done + 1
    ended = milestones_of(road.acts) & ENDINGS
    assert state.state == ("ended" if ended else "en-reseau" if done == 7 else "active")
    assert ({state.ended_by} if state.ended_by else set()) == ended
    latest: dict[Key, Account] = {}
    for account in accounts(road.acts).values():
        latest[_key(account)] = account
    for key, account in latest.items():
        shown = state.document(key)
        assert shown
        if shown.issued is None:  # what a signed amendment changed has changed again
            assert key.document == "avenant"
            assert account.counts
            assert shown.state is DocumentStatus.DRAFT
            continue
        assert shown.issued == account.issued
        assert {one.party: one.means for one in shown.signatures if one.state == "missing"} == {
            party: account.means[party] for party, _ in account.wanted - account.signatures
        } or account.refused
        assert shown.state == account.state(road.today)
    missing = {(found.key, found.party, found.original) for found in state.missing}
    assert missing == {
        (key, *pair)
        for key, account in latest.items()
        for pair in account.wanted - account.signatures
        if not ended and account.state(road.today) in {"issued", "partly-signed"}
    }


# Explaining a failure takes minutes; the shrunk example says enough.
FEW = settings(deadline=None, phases=set(Phase) - {Phase.explain})


@settings(FEW, max_examples=40)
@given(BEGUN, st.lists(WISHES, min_size=10, max_size=25))
def test_no_order_of_events_reaches_a_forbidden_state(begun: int, wishes: list[Wish]) -> None:
    before: list[Act] = HONEST_ACTS[:begun]
    signed: set[str] = set()
    for road, state, act in play(begun, wishes):
        if act is not None:
            check_act(before, act, road.today)
            event(act.kind)
        check_state(road, state)
        now = {name for name, account in accounts(road.acts).items() if account.counts}
        assert signed <= now or isinstance(act, Withdrawn), "a signed document is signed no more"
        signed, before = now, list(road.acts)
    event(f"steps done: {steps_done(before)}")


@settings(FEW, max_examples=20)
@given(BEGUN, st.lists(WISHES, max_size=15))
def test_whatever_happened_before_an_honest_road_leads_to_the_network_unless_the_case_ended(
    begun: int, wishes: list[Wish]
) -> None:
    *_, (road, state, _) = play(begun, wishes)
    while (state := road.state).state is CaseStatus.ACTIVE:
        road.walk()
        assert len(road.acts) < 100, "the road goes on for ever"
    ended = milestones_of(road.acts) & ENDINGS
    assert state.state == ("ended" if ended else "en-reseau")


def test_the_honest_road_takes_each_act_of_the_table_once() -> None:
    milestones = [act.milestone for act in HONEST_ACTS if isinstance(act, MilestoneReached)]
    issued = [act.document for act in HONEST_ACTS if isinstance(act, Issued)]
    assert sorted(milestones) == sorted(name for wanted, _ in TABLE for name in wanted)
    assert issued == [name for _, documents in TABLE for name in documents]
    # The charter has one original; each convention one for each of its two parties (C. civ., art. 1375).
    assert sum(isinstance(act, Signed) for act in HONEST_ACTS) == 1 + 3 * 4
    assert steps_done(HONEST_ACTS) == 7
