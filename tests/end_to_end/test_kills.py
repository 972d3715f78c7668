"""Killed at any instant, the program loses nothing that it said, and the same command completes."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from .kills import SIGNING, campaign, second_signature, signing_seed

KILLS = 20
SIGNING_KILLS = 5


def test_killed_at_random_instants_nothing_said_is_lost_and_all_can_go_on(
    workspace: Path, tmp_path: Path
) -> None:
    chance = random.Random(20261126)  # noqa: S311  # the same instants at each run
    (tmp_path / "marches").mkdir()
    tally = campaign(workspace, tmp_path / "marches", wanted=KILLS, chance=chance)
    assert tally.faults == []
    assert sum(tally.kills.values()) == KILLS


def test_killed_while_signing_or_taking_back_no_signature_is_lost_or_invented(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PILES_CLE_MOT_DE_PASSE", "")  # what the seed sets is taken away after the test
    seed = signing_seed(workspace, tmp_path / "emis")
    chance = random.Random(20261126)  # noqa: S311  # as above
    (tmp_path / "marches").mkdir()
    tally = campaign(
        seed,
        tmp_path / "marches",
        wanted=SIGNING_KILLS,
        chance=chance,
        walk=SIGNING,
        between=second_signature,
    )
    assert tally.faults == []
    assert sum(tally.kills.values()) == SIGNING_KILLS
