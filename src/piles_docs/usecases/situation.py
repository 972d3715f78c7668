"""See where a case stands: read its file, its acts and the methodology, and compute its state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TypeVar

from piles_docs.case.models import Case
from piles_docs.case.network_models import Network
from piles_docs.errors import Mismatch, PilesError, StepLocked, UsageError, WouldOverwrite
from piles_docs.methodology.acts import Act
from piles_docs.methodology.guard import Refusal, RefusalKind, refuse
from piles_docs.methodology.model import Methodology, load_methodology
from piles_docs.methodology.rules import assess
from piles_docs.methodology.states import CaseState, Key, StaleField
from piles_docs.usecases.workspace import Workspace

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Situation:
    """A case as it stands when a command begins."""

    case: Case
    network: Network
    acts: tuple[Act, ...]
    state: CaseState
    methodology: Methodology

    def changes(self, key: Key) -> tuple[StaleField, ...]:
        """For an amendment: what the case says differently from the signed act."""
        amended = Key(key.recipient or "", None, key.period)
        state = self.state.document(amended)
        return state.stale if state else ()


def situation(workspace: Workspace, dossier: str, today: dt.date) -> Situation:
    """Compute the state of one case on a day.

    Raises:
        CaseInvalid: The case file or piles.toml has errors.
        RecordsBroken: The ledger cannot be read.
    """
    case, network, methodology = workspace.case(dossier), workspace.network(), load_methodology()
    acts = workspace.acts(dossier)
    return Situation(case, network, acts, assess(case, network, acts, today, methodology), methodology)


def renewed(workspace: Workspace, now: Situation, today: dt.date) -> Situation:
    """The same case, as its file was when the command began, with what was recorded since.

    Raises:
        RecordsBroken: The ledger cannot be read.
    """
    acts = workspace.acts(now.case.dossier)
    state = assess(now.case, now.network, acts, today, now.methodology)
    return replace(now, acts=acts, state=state)


def check_acts(now: Situation, wanted: Sequence[Act], today: dt.date) -> None:
    """Refuse acts that the rules forbid, before anything is written; each is judged after those before it.

    Raises:
        StepLocked, Mismatch, UsageError: As the rules say.
    """
    acts, state = list(now.acts), now.state
    for act in wanted:
        refusal = refuse(act, state, acts, today, now.methodology)
        if refusal:
            raise _error(refusal)
        acts.append(act)
        state = assess(now.case, now.network, acts, today, now.methodology)


_ATTEMPTS = 5


def judged_again(work: Callable[[], Result]) -> Result:
    """Do work that ends with an append; when another act came in between, judge the new situation, try anew.

    Raises:
        WouldOverwrite: One came in between each time.
    """
    for _ in range(_ATTEMPTS - 1):
        with suppress(WouldOverwrite):
            return work()
    return work()


def _error(refusal: Refusal) -> PilesError:
    kinds: dict[RefusalKind, type[PilesError]] = {
        RefusalKind.LOCKED: StepLocked,
        RefusalKind.MISMATCH: Mismatch,
        RefusalKind.USAGE: UsageError,
    }
    return kinds[refusal.kind](refusal.message, remedy=refusal.remedy)
