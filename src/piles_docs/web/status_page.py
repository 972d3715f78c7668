"""The page of `piles status --html`: the whole network, or a part of it, to be read by anyone.

One file that needs nothing else: no font, no picture, no network, and no script (a small one only offers to
filter). What comes from case files is text and stays text: Jinja escapes it, `<bdi>` keeps its direction to
itself, and a content security policy lets nothing run but what is written here.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from piles_docs.french.delays import ago
from piles_docs.french.formatting import join_words
from piles_docs.french.typography import typeset
from piles_docs.methodology.parties import PARTY_TITLES
from piles_docs.usecases.choice import Choice, Summary, by_signature
from piles_docs.usecases.clock import Clock
from piles_docs.usecases.reports import CaseOverview, MissingReport

_FOLDER = Path(__file__).parent
_LAST_STEP = 7


def status_page(cases: Sequence[CaseOverview], summary: Summary, choice: Choice, clock: Clock) -> bytes:
    """Render the page, in UTF-8.

    Args:
        cases: those to show, in order.
        summary: what they come to, with the cases that could not be read.
        choice: the conditions by which they were chosen, which the page says.
        clock: the day on which delays are counted.
    """
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"fr": _set, "day": _day, "ago": _ago}
    style, script = (_source(name) for name in ("status.css", "status.js"))
    page = environment.get_template("status.html.j2").render(
        cases=cases,
        summary=summary,
        conditions=_conditions(choice),
        today=clock.today.isoformat(),
        style=style,
        script=script,
        policy=f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'",
        steps=range(1, _LAST_STEP + 1),
        step_word=_step_word,
        signatures=lambda case: by_signature(choice.missing(case)),
        originals=_originals,
        acts_of=_acts,
    )
    # A file name that is not UTF-8 must not stop the page that says so.
    return page.encode("utf-8", "replace")


@lru_cache(maxsize=4096)
def _set(text: str) -> str:
    """Set French typography; a page says the same words over and over."""
    return typeset(text)


def _source(name: str) -> Markup:
    return Markup((_FOLDER / name).read_text("utf-8"))  # noqa: S704  # our own file, whole


def _hash(source: str) -> str:
    digest = hashlib.sha256(source.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _day(iso: str) -> str:
    """Write a day as people do: 31/12/2026."""
    return f"{dt.date.fromisoformat(iso):%d/%m/%Y}"


def _ago(days: int) -> str:
    return ago(days).replace("il y a", "il\u00a0y\u00a0a")


def _conditions(choice: Choice) -> list[str]:
    found = []
    if choice.step is not None:
        found.append("les dossiers en réseau" if choice.step > _LAST_STEP else f"l’étape {choice.step}")
    if choice.party is not None:
        found.append(f"là où {PARTY_TITLES[choice.party]} doit signer")
    if choice.older_than is not None:
        found.append(f"là où une signature manque depuis au moins {choice.older_than} jours")
    return found


def _step_word(case: CaseOverview, step: int) -> tuple[str, str]:
    """The state of a step, as a class and as a word: done steps come first."""
    if step < case.current_step:
        return "done", "terminée"
    if case.is_closed:
        return "locked", "close"
    return ("open", "en cours") if step == case.current_step else ("locked", "verrouillée")


def _originals(items: Sequence[MissingReport]) -> str:
    """Which originals are meant, where there are several: « exemplaires 1 et 2 »."""
    if items[0].originals == 1:
        return ""
    numbers = join_words([str(item.original) for item in items])
    return f"exemplaire{'s' if len(items) > 1 else ''} {numbers}"


def _acts(case: CaseOverview) -> list[str]:
    """What to do about what a case waits for, each thing once."""
    found = [waiting.act for waiting in case.waiting_for] + [ending.act for ending in case.endings]
    found += [f"piles why {case.dossier} {name}" for name in case.stale]
    return list(dict.fromkeys(filter(None, found)))
