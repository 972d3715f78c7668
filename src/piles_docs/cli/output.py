"""What people read: results on stdout, talk on stderr."""

from __future__ import annotations

import itertools
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import click

from piles_docs.errors import Defect, PilesError, Severity

_shown: ContextVar[Any] = ContextVar("shown", default=None)


def say(text: str = "", *, quiet: bool = False) -> None:
    """Say something on the way; not a result."""
    if not quiet:
        click.echo(text, err=True)


@contextmanager
def working(text: str, *, quiet: bool) -> Iterator[Callable[[str], None]]:
    """Show on a terminal that work is going on; nothing where stderr is not one.

    Gives what changes the text, to say how far the work is.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415  # loaded only for a terminal

    with Console(stderr=True).status(text) as status:
        token = _shown.set(status)
        try:
            yield status.update
        finally:
            _shown.reset(token)


@contextmanager
def measuring(text: str, *, quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """Show a bar on a terminal; nothing where stderr is not one.

    Gives what is to be told how much is done, and of how much.
    """
    if quiet or not sys.stderr.isatty():
        yield lambda _, __: None
        return
    from rich.console import Console  # noqa: PLC0415  # loaded only for a terminal
    from rich.markup import escape  # noqa: PLC0415
    from rich.progress import MofNCompleteColumn, Progress, SpinnerColumn, TimeRemainingColumn  # noqa: PLC0415

    columns = (
        SpinnerColumn(),
        *Progress.get_default_columns()[:2],
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    bar = Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False)
    with bar:
        task = bar.add_task(escape(text), total=None)
        token = _shown.set(bar)
        try:
            yield lambda done, whole: bar.update(task, completed=done, total=whole)
        finally:
            _shown.reset(token)


@contextmanager
def counting(text: str, total: int, *, quiet: bool) -> Iterator[Callable[[], None]]:
    """The same for things whose number is known: gives what is to be called after each of them."""
    with measuring(text, quiet=quiet) as tell:
        done = itertools.count()
        tell(next(done), total)
        yield lambda: tell(next(done), total)


@contextmanager
def paused() -> Iterator[None]:
    """Leave the terminal to a question, while work is going on."""
    status = _shown.get()
    if status is None:
        yield
        return
    status.stop()
    try:
        yield
    finally:
        status.start()


def show_json(data: Any) -> None:  # JSON data
    """Print a result as JSON."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2))


def say_defects(defects: Iterable[Defect]) -> None:
    """Say every defect: the place, what is wrong, what to do."""
    for defect in defects:
        place = ":".join(str(part) for part in (defect.file, defect.line, defect.column) if part is not None)
        color = "red" if defect.severity is Severity.ERROR else "yellow"
        label = click.style(defect.severity.value, fg=color, bold=True)
        click.echo(f"{click.style(place, bold=True)} : {label} : {sentence(defect.message)}", err=True)
        click.echo(f"    → {sentence(defect.remedy)}", err=True)


def say_error(error: PilesError) -> None:
    """Say why the work cannot go on, with its defects, and what to do."""
    say_defects(error.defects)
    click.echo(click.style("Erreur : ", fg="red", bold=True) + sentence(error.message), err=True)
    click.echo(f"    → {sentence(error.remedy)}", err=True)


def count(number: int, noun: str, ending: str = "s") -> str:
    """A number and its noun in the right number: 0 fait, 1 fait, 2 faits."""
    return f"{number} {noun}{ending if number > 1 else ''}"


def grouped(paths: Iterable[str]) -> str:
    """Write missing data as staff find them in the file: « rencontres.copil (date, heure, lieu) »."""
    groups: dict[str, list[str]] = {}
    for path in paths:
        parent, _, name = path.rpartition(".")
        groups.setdefault(parent, []).append(name)
    return ", ".join(
        f"{parent} ({', '.join(names)})" if parent else ", ".join(names) for parent, names in groups.items()
    )


def sentence(text: str) -> str:
    """End a sentence with its stop."""
    return text if text.endswith((".", "?", "!", "…", ":")) else f"{text}."
