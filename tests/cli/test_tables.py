from __future__ import annotations

import pytest

from piles_docs.cli.tables import one_line_table, table, width_of


def test_the_width_is_what_a_terminal_shows() -> None:
    assert [width_of(text) for text in ("été", "e\u0301", "東京", "")] == [3, 1, 4, 0]


def test_columns_are_aligned_and_the_last_one_is_folded() -> None:
    rows = [("e\u0301", "a b c", "x"), ("東京", "d", "un deux trois quatre cinq six\nsept")]
    assert table(("A", "B", "C"), rows, 36) == [
        "A      B       C",
        "─" * 36,
        "e\u0301      a b c   x",
        "東京   d       un deux trois quatre",
        "               cinq six",
        "               sept",
    ]


def test_a_narrow_terminal_gets_twenty_columns_of_the_last_one_all_the_same() -> None:
    lines = table(("A", "B"), [("x" * 30, "un deux trois quatre cinq")], 10)
    assert lines[2:] == [f"{'x' * 30}   un deux trois quatre", f"{'':33}cinq"]


def test_each_row_stays_on_its_line() -> None:
    rows = [("a", "x" * 60, "y" * 30), ("b", "z", "t")]
    assert one_line_table(("A", "B", "C"), rows, None)[2] == f"a   {'x' * 60}   {'y' * 30}"
    cut = one_line_table(("A", "B", "C"), rows, 60)
    assert max(width_of(line) for line in cut) <= 60
    assert cut[2].startswith(f"a   {'x' * 20}")
    assert cut[2].count("…") == 2
    assert cut[3].split() == ["b", "z", "t"]


@pytest.mark.parametrize("width", [1, 40])
def test_a_terminal_too_narrow_for_all_columns_shows_a_part_of_each(width: int) -> None:
    (row,) = one_line_table(("A", "B"), [("x" * 50, "y" * 50)], width)[2:]
    assert row == f"{'x' * 19}…   {'y' * 19}…"
