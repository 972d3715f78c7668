"""What the cover of a pack says: what to sign and where, what is signed, who signs before and after."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from piles_docs.documents.cover import Cover, Round, ToSign
from piles_docs.methodology.acts import Enclosure, Issued
from piles_docs.methodology.explain import describe_opening
from piles_docs.methodology.parties import in_signing_order, party_name, signatory
from piles_docs.methodology.threads import history
from piles_docs.usecases.situation import Situation

PAGE_SIZE = (595.3, 841.9)
"""A4, in points: what the letterhead asks of every document."""


@dataclass(frozen=True, slots=True)
class PackContent:
    """What one signatory signs, and what goes along to be read."""

    party: str
    mine: tuple[Issued, ...]
    attached: tuple[Issued, ...]

    @classmethod
    def of(cls, now: Situation, party: str, acts: Sequence[Issued], annexes: Sequence[Issued]) -> PackContent:
        """Tell a party's part in issued documents and their annexes."""
        mine = tuple(act for act in acts if party in act.means)
        cited = {name for act in mine for name in now.methodology.document(act.document).annexes}
        # What a party does not sign can be an annex of what it signs: the charter, for the network head.
        others = [act for act in (*acts, *annexes) if act not in mine]
        return cls(party, mine, tuple(act for act in others if act.document in cited))


def _contents(
    now: Situation, party: str, mine: Sequence[Issued], attached: Sequence[Issued], cover_pages: int
) -> tuple[tuple[ToSign, ...], tuple[tuple[str, int], ...]]:
    """Where everything stands in the pack: what to sign, and what is only to be read."""
    past = history(now.acts)
    at, to_sign, read_only = cover_pages, [], []
    for act in mine:
        unlocks = describe_opening(now.methodology.document(act.document).unlocks, now.methodology)
        for original in act.originals:
            to_sign += [
                ToSign(
                    title=title_of(now, act, None),
                    reference=act.reference,
                    original=original.number,
                    originals=len(act.originals),
                    page=at + box.page,
                    place=box.place(*PAGE_SIZE),
                    means=past.threads[act.reference].means[party],
                    unlocks=unlocks,
                )
                for box in original.boxes
                if box.party == party and (party, original.number) not in past.threads[act.reference].signed
            ]
            at += original.pages
        for enclosure in act.enclosures:
            read_only.append((enclosed_title(now, enclosure), at + 1))
            at += enclosure.pages
    for act in attached:
        read_only.append((title_of(now, act, None), at + 1))
        at += sum(original.pages for original in act.originals)
    return tuple(to_sign), tuple(read_only)


def cover_of(now: Situation, content: PackContent, pages: int, head: str) -> Cover:
    """Tell what the cover of a pack says.

    Args:
        now: The case.
        content: What is in the pack.
        pages: How many the cover itself has: its documents come after them.
        head: The head of the chain to be kept on it.
    """
    party, mine = content.party, content.mine
    to_sign, read_only = _contents(now, party, mine, content.attached, pages)
    return Cover(
        signatory=mine[0].signatories.get(party, ""),
        function=_function(now, party),
        on_behalf_of=party_name(party, now.case, now.network),
        due_on=min(act.due_on or act.on for act in mine),
        issued_on=max(act.on for act in mine),
        to_sign=to_sign,
        signed=_signed(now, party, mine),
        read_only=read_only,
        orders=_rounds(now, party, mine),
        head=head,
    )


def _rounds(now: Situation, party: str, mine: Sequence[Issued]) -> tuple[Round, ...]:
    rounds: dict[tuple[tuple[str, str], ...], list[str]] = {}
    for act in mine:
        rounds.setdefault(signing_order([act]), []).append(title_of(now, act, None))
    return tuple(
        Round(
            titles=tuple(titles),
            names=tuple(name for _, name in order),
            reader=[other for other, _ in order].index(party),
        )
        for order, titles in rounds.items()
    )


def _signed(now: Situation, party: str, mine: Sequence[Issued]) -> tuple[tuple[str, dt.date], ...]:
    past = history(now.acts)
    return tuple(
        (title_of(now, act, original.number), signature.on)
        for act in mine
        for original in act.originals
        if (signature := past.threads[act.reference].signed.get((party, original.number)))
    )


def signing_order(acts: Sequence[Issued]) -> tuple[tuple[str, str], ...]:
    """Who signs issued documents, in order: parties, and names as printed."""
    parties = in_signing_order({party for act in acts for party in act.means})
    return tuple(
        (party, next(act.signatories.get(party, "") for act in acts if party in act.means))
        for party in parties
    )


def _function(now: Situation, party: str) -> str:
    person = signatory(party, now.case, now.network)
    return (person.fonction or "") if person else ""


def title_of(now: Situation, act: Issued, number: int | None) -> str:
    """What an issued document is called, with the partner it is for, and the original where one is meant."""
    title = now.methodology.document(act.document).short_title
    partner = next((partner.nom for partner in now.case.partenaires if partner.id == act.recipient), None)
    title += f" – {partner}" if partner else ""
    if number is not None and len(act.originals) > 1:
        title += f" – exemplaire {number}/{len(act.originals)}"
    return title


def enclosed_title(now: Situation, enclosure: Enclosure) -> str:
    """Name a draft that goes along with a letter."""
    return f"{now.methodology.document(enclosure.document).short_title}, projet joint à la lettre"
