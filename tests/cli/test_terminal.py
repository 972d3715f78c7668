"""What is shown on a terminal alone: how far the work is, and pictures."""

from __future__ import annotations

import io
import sys

import pytest
from PIL import Image
from rich.console import Console

from piles_docs.cli.output import measuring
from piles_docs.cli.pictures import can_show, show


class Terminal(io.StringIO):
    """Takes what is written as a terminal does."""

    def isatty(self) -> bool:
        return True


def test_a_bar_tells_how_far_the_work_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "80")
    with measuring("pile [b].pdf", quiet=False) as tell:
        tell(1, 4)
    said = terminal.getvalue()
    assert "pile [b].pdf" in said
    assert "━" in said
    assert "1/4" in said


@pytest.mark.parametrize(("quiet", "stream"), [(True, Terminal), (False, io.StringIO)])
def test_no_bar_where_nobody_looks(
    monkeypatch: pytest.MonkeyPatch, quiet: bool, stream: type[io.StringIO]
) -> None:
    monkeypatch.setattr(sys, "stderr", said := stream())
    with measuring("lecture", quiet=quiet) as tell:
        tell(1, 4)
    assert said.getvalue() == ""


def test_a_picture_is_drawn_in_half_cells() -> None:
    picture = Image.new("RGB", (40, 20), "white")
    picture.paste((0, 0, 160), (0, 0, 40, 10))
    content = io.BytesIO()
    picture.save(content, "PNG")
    terminal = Terminal()
    show(Console(file=terminal, color_system="truecolor", force_terminal=True, width=40), content.getvalue())
    lines = terminal.getvalue().splitlines()
    assert len(lines) == 10
    assert all(line.count("▀") == 40 for line in lines)
    assert "38;2;0;0;160;48;2;0;0;160m" in lines[0]
    assert "38;2;255;255;255;48;2;255;255;255m" in lines[-1]


def test_a_terminal_without_colours_shows_no_picture() -> None:
    assert not can_show(Console(file=Terminal(), color_system=None, force_terminal=True))
    assert not can_show(Console(file=io.StringIO(), color_system="truecolor"))
    assert can_show(Console(file=Terminal(), color_system="truecolor"))
