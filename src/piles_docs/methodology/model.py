"""The methodology as values: steps, documents, milestones."""

from __future__ import annotations

import tomllib
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

from piles_docs.methodology.parties import PARTY_TITLES


class Originals(StrEnum):
    """How many originals of a paper document are made."""

    ONE = "one"
    ONE_A_PARTY = "one-a-party"
    """As many as parties, each stating their number (C. civ., art. 1375)."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    title: str
    added: bool = False
    """Ours, not the source's: marked (+) in the methodology."""


class Step(_Part):
    """One of the seven steps, or the life in the network that follows them."""

    number: int
    milestones: tuple[str, ...]
    """Milestones to reach."""
    documents: tuple[str, ...]
    """Documents to be signed."""


class Milestone(_Part):
    """Something that happened and that a person records."""

    step: int | None = None
    """The step it belongs to; None: any."""
    ends_case: bool = False


class ConditionalNeed(BaseModel):
    """What a document needs only where the case says something."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    equals: str
    needs: tuple[str, ...]


class Document(_Part):
    """A formal document."""

    short_title: str
    step: int | None = None
    """The step it belongs to; None: any."""
    signatories: tuple[str, ...] = ()
    """Parties, in the order of the signature blocks."""
    originals: Originals = Originals.ONE
    issuer: str = "tete-de-reseau"
    """The party on whose paper it is written."""
    recipients: str | None = None
    meeting: str | None = None
    date: str | None = None
    ends: str | None = None
    period: str | None = None
    followed_by: str | None = None
    """The convention that takes over from it: once that is signed, its end needs no one's care."""
    proves: str | None = None
    unlocks: tuple[str, ...] = ()
    annexes: tuple[str, ...] = ()
    encloses: tuple[str, ...] = ()
    """Documents that go along as drafts, to be read; with a document of a year, those of the year after."""
    needs: tuple[str, ...] = ()
    needs_if: tuple[ConditionalNeed, ...] = ()

    @property
    def is_convention(self) -> bool:
        """Whether it binds several parties over a time, and so is amended, not replaced."""
        return self.ends is not None


class Methodology(BaseModel):
    """All of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    steps: tuple[Step, ...]
    milestones: tuple[Milestone, ...]
    documents: tuple[Document, ...]

    @model_validator(mode="after")
    def _hang_together(self) -> Self:
        for parts in (self.steps, self.milestones, self.documents):
            if len({part.id for part in parts}) != len(parts):
                raise ValueError("two parts have the same id")
        if [step.number for step in self.steps] != list(range(1, len(self.steps) + 1)):
            raise ValueError("steps are numbered from 1 without gap")
        if strangers := self._named() - self._defined():
            raise ValueError(f"named but not defined: {', '.join(sorted(strangers))}")
        return self

    def _defined(self) -> set[str]:
        parts = {part.id for parts in (self.steps, self.milestones, self.documents) for part in parts}
        return parts | set(PARTY_TITLES) | {f"step {step.number}" for step in self.steps}

    def _named(self) -> set[str]:
        numbers = [part.step for part in self.milestones] + [part.step for part in self.documents]
        named = {f"step {number}" for number in numbers if number is not None}
        for step in self.steps:
            named |= {*step.milestones, *step.documents}
        for document in self.documents:
            named |= {document.issuer, *document.signatories, *document.annexes, *document.unlocks}
            named |= set(document.encloses)
            named |= {name for name in (document.proves, document.followed_by) if name}
        return named

    @property
    def gated_steps(self) -> tuple[Step, ...]:
        """The steps that are completed one after the other; after the last, the case is in the network."""
        return tuple(step for step in self.steps if step.milestones or step.documents)

    def document(self, name: str) -> Document:
        """Find a document by id.

        Raises:
            KeyError: There is none.
        """
        return {found.id: found for found in self.documents}[name]

    def milestone(self, name: str) -> Milestone:
        """Find a milestone by id.

        Raises:
            KeyError: There is none.
        """
        return {found.id: found for found in self.milestones}[name]


@cache
def load_methodology() -> Methodology:
    """Read the methodology that comes with the program."""
    text = files("piles_docs.methodology").joinpath("methodology.toml").read_text("utf-8")
    return Methodology.model_validate(tomllib.loads(text))
