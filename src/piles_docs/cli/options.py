"""Words that several commands share."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

import click

from piles_docs.usecases.clock import Clock

DATE = click.DateTime(formats=["%Y-%m-%d"])


moment: ContextVar[dt.datetime | None] = ContextVar("moment", default=None)
"""The moment at which commands act, where it is not now: for a script that plays a case again."""


def the_clock() -> Clock:
    """Read the clock, once a command: everything below is given the moment."""
    now = moment.get() or dt.datetime.now(dt.UTC)
    return Clock(today=now.astimezone().date(), now=now)


def day(value: dt.datetime | None) -> dt.date | None:
    """The day of a date that click read."""
    return value.date() if value else None


def on_option(*, required: bool, help_text: str) -> Callable[[Any], Any]:
    """Make the option `--on DATE`."""
    return click.option("--on", "on", type=DATE, required=required, metavar="AAAA-MM-JJ", help=help_text)


def means_option() -> Callable[[Any], Any]:
    """Make the option `--means`."""
    return click.option(
        "--means",
        type=click.Choice(["papier", "electronique"]),
        help="Manière de signer ; sinon celle du dossier.",
    )
