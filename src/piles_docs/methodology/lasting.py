"""How long a state stays right: the days on which it changes by itself, without anything being done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from piles_docs.case.network_models import Network
from piles_docs.methodology.acts import Act
from piles_docs.methodology.model import Methodology
from piles_docs.methodology.threads import history

_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Lasting:
    """The days on which a state is right, both included; only its counts of days move meanwhile."""

    first: dt.date
    last: dt.date


def lasting(acts: Sequence[Act], today: dt.date, network: Network, methodology: Methodology) -> Lasting:
    """Tell on which days `rules.assess` and `explain` would say the same as today, counts of days aside.

    The day matters to them in three ways: a term that ends before everyone signed makes a document expire,
    a signed convention is reported from some days before its end, and once it is over there is something
    else to do about it.
    """
    days = set(_turning_days(acts, network, methodology))
    return Lasting(
        first=max((day for day in days if day <= today), default=dt.date.min),
        last=min((day - _DAY for day in days if day > today), default=dt.date.max),
    )


def _turning_days(acts: Sequence[Act], network: Network, methodology: Methodology) -> Iterator[dt.date]:
    """The first days of something new."""
    past = history(acts)
    notice = dt.timedelta(days=network.envoi.alerte_fin_jours)
    for thread in past.threads.values():
        if thread.issued.ends_on:
            yield thread.issued.ends_on + _DAY
        ends_on = past.ends_on(thread, methodology.document(thread.issued.document).ends)
        if ends_on:
            yield ends_on - notice
            yield ends_on + _DAY
