"""The moment of a command, read once and passed to everything below."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The moment of a command."""

    today: dt.date
    now: dt.datetime
