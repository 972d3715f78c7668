"""Some changes of honest files; `scripts/mutations` makes ten thousand (docs/mutations.md)."""

from __future__ import annotations

import random

from .honest import Honest
from .mutations import campaign

_SEED = 20261126


def test_no_change_is_taken_for_the_original(honest: Honest) -> None:
    *_, tally = campaign(honest, wanted=80, chance=random.Random(_SEED))  # noqa: S311  # the same run each time
    assert not tally.faults
    assert sum(tally.verdicts.values()) == 80
