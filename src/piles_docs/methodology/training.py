"""The animateur's training: three days that combine modules by profile (source, step 6)."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from pydantic import BaseModel, ConfigDict

from piles_docs.french.dates import holiday, written_date

SKILLS = ("economie-solidaire", "accueil", "animation", "outils")
"""What the modules teach, as the case file names it; training.toml has the French title of each."""
HALF_DAYS = 6
HOURS_A_HALF_DAY = 3.5
HALF_DAY_IN_WORDS = "3 h 30"
_MASTERED = 3
_MOST_A_SKILL = 3
_HOURS = (("matin", "09:00", "12:30"), ("après-midi", "14:00", "17:30"))


class Module(BaseModel):
    """A half-day of training."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    skill: str
    title: str
    objectives: tuple[str, ...]
    content: tuple[str, ...]
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A half-day of the plan."""

    date: dt.date
    moment: str
    begins: str
    ends: str
    module: Module


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPlan:
    """Six half-days over three days: 21 hours."""

    sessions: tuple[Session, ...]

    @property
    def hours(self) -> float:
        """The sum of the half-days, in hours."""
        return len(self.sessions) * HOURS_A_HALF_DAY

    @property
    def days(self) -> int:
        """The number of days."""
        return len({session.date for session in self.sessions})


class ImpossibleDates(ValueError):
    """The dates do not make three days of training; the message is French and says why."""


@cache
def catalogue() -> tuple[Module, ...]:
    """The modules, by skill and in the order they are taken."""
    return tuple(Module.model_validate(module) for module in _table()["modules"])


@cache
def skill_titles() -> Mapping[str, str]:
    """The French title of each skill."""
    return {skill: str(title) for skill, title in _table()["skills"].items()}


def _table() -> dict[str, Any]:
    text = files("piles_docs.methodology").joinpath("training.toml").read_text("utf-8")
    return tomllib.loads(text)


def half_days_by_skill(profile: Mapping[str, int]) -> dict[str, int]:
    """Share six half-days among the skills: one each, the rest where least is mastered.

    Args:
        profile: For each skill, 0 (discovers) to 3 (masters).
    """
    shares = dict.fromkeys(SKILLS, 1)
    while sum(shares.values()) < HALF_DAYS:
        open_skills = [skill for skill in SKILLS if shares[skill] < _MOST_A_SKILL]
        neediest = max(open_skills, key=lambda skill: (_MASTERED + 1 - profile[skill]) / (shares[skill] + 1))
        shares[neediest] += 1
    return shares


def training_plan(profile: Mapping[str, int], dates: Sequence[dt.date], department: str) -> TrainingPlan:
    """Combine modules into exactly three days.

    Args:
        profile: For each skill, 0 (discovers) to 3 (masters).
        dates: The three days.
        department: Where it is held, for the public holidays.

    Raises:
        ImpossibleDates: They are not three different days, or one is a Sunday or a public holiday.
    """
    days = sorted(set(dates))
    if len(days) != HALF_DAYS // 2:
        raise ImpossibleDates(f"la formation dure trois jours différents ; le dossier en donne {len(days)}")
    for day in days:
        if day.isoweekday() == 7:
            raise ImpossibleDates(f"le {written_date(day)} est un dimanche")
        if name := holiday(day, department):
            raise ImpossibleDates(f"le {written_date(day)} est férié ({name})")
    shares = half_days_by_skill(profile)
    modules = [
        module
        for skill in SKILLS
        for module in [module for module in catalogue() if module.skill == skill][: shares[skill]]
    ]
    slots = [(day, *hours) for day in days for hours in _HOURS]
    return TrainingPlan(
        sessions=tuple(
            Session(date=day, moment=moment, begins=begins, ends=ends, module=module)
            for (day, moment, begins, ends), module in zip(slots, modules, strict=True)
        )
    )
