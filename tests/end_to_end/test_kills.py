"""Killed at any instant, the program loses nothing that it said, and the same command completes."""

from __future__ import annotations

import random
from pathlib import Path

from .kills import campaign

KILLS = 20


def test_killed_at_random_instants_nothing_said_is_lost_and_all_can_go_on(
    workspace: Path, tmp_path: Path
) -> None:
    chance = random.Random(20261126)  # noqa: S311  # the same instants at each run
    (tmp_path / "marches").mkdir()
    tally = campaign(workspace, tmp_path / "marches", wanted=KILLS, chance=chance)
    assert tally.faults == []
    assert sum(tally.kills.values()) == KILLS
