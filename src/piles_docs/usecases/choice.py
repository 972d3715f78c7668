"""Which of many cases are meant, and what they come to together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from piles_docs.usecases.reports import CaseOverview, MissingReport, UncertainReport, Unreadable


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Conditions on a case; they hold together. Without any, every case is meant."""

    step: int | None = None
    """The current step, from 1; 8 is the life in the network. Closed cases are at no step."""
    party: str | None = None
    """A party that must sign."""
    older_than: int | None = None
    """Days for which a signature is missing, at least."""

    def takes(self, case: CaseOverview) -> bool:
        """Tell whether a case is meant."""
        if self.step is not None and (case.is_closed or case.current_step != self.step):
            return False
        return self._takes_all or bool(self.missing(case)) or bool(self.party and self.uncertain(case))

    @property
    def _takes_all(self) -> bool:
        """Whether no signature is asked for."""
        return self.party is None and self.older_than is None

    def missing(self, case: CaseOverview) -> tuple[MissingReport, ...]:
        """The missing signatures of a case that are meant."""
        if self._takes_all:
            return case.missing
        return tuple(
            item
            for item in case.missing
            if self.party in {None, item.party} and item.since_days >= (self.older_than or 0)
        )

    def uncertain(self, case: CaseOverview) -> tuple[UncertainReport, ...]:
        """The boxes to look at that are meant: how long a signature is missing says nothing of them."""
        return tuple(item for item in case.uncertain if self.party in {None, item.party})


def oldest(missing: Iterable[MissingReport]) -> MissingReport | None:
    """The signature that has been missing for longest; the first of several."""
    return max(missing, key=lambda item: item.since_days, default=None)


def by_signature(missing: Iterable[MissingReport]) -> list[list[MissingReport]]:
    """Put together what one person does in one go: the originals of a document, for one party."""
    groups: dict[tuple[str, str], list[MissingReport]] = {}
    for item in missing:
        groups.setdefault((item.name, item.party), []).append(item)
    return list(groups.values())


@dataclass(slots=True)
class Summary:
    """What cases come to together; they are added one by one."""

    steps: Counter[tuple[int, str]] = field(default_factory=Counter)
    """How many are at each step, by number and title; closed ones aside."""
    closed: int = 0
    missing: int = 0
    """Signatures, each original counted."""
    uncertain: int = 0
    """Boxes to look at."""
    endings: int = 0
    oldest: tuple[str, MissingReport] | None = None
    """The case and signature that have waited for longest."""
    unreadable: list[Unreadable] = field(default_factory=list)

    @property
    def cases(self) -> int:
        """How many were added, unreadable ones aside."""
        return self.steps.total() + self.closed

    def add(self, case: CaseOverview, choice: Choice) -> None:
        """Count a case in, with what is meant of its missing signatures and of its boxes to look at."""
        meant = choice.missing(case)
        self.uncertain += len(choice.uncertain(case))
        self.closed += case.is_closed
        if not case.is_closed:
            self.steps[case.current_step, case.current_step_title] += 1
        self.missing += len(meant)
        self.endings += len(case.endings)
        first = oldest(meant)
        if first and (self.oldest is None or first.since_days > self.oldest[1].since_days):
            self.oldest = (case.dossier, first)
