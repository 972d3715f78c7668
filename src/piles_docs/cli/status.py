"""`piles status`: steps, documents, signatures; what is missing and from whom."""

from __future__ import annotations

import datetime as dt
import json
import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, replace
from pathlib import Path
from typing import TypeVar

import click

from piles_docs.cli.main import Session
from piles_docs.cli.options import DATE, the_clock
from piles_docs.cli.output import count, say, say_error, working
from piles_docs.cli.status_csv import heading, lines, unreadable_line
from piles_docs.cli.status_text import NetworkText, detail, missing_lines, summary_lines, uncertain_lines
from piles_docs.errors import ExitCode, UsageError
from piles_docs.methodology.parties import PARTY_TITLES
from piles_docs.usecases.choice import Choice, Summary
from piles_docs.usecases.clock import Clock
from piles_docs.usecases.reports import SCHEMA, CaseOverview, CaseReport, Unreadable
from piles_docs.usecases.status import Watch, overviews, reports

_SLOW_TO_READ = 20
"""So many cases take long enough to say that they are being read."""

_Found = TypeVar("_Found", CaseOverview, CaseReport)


@click.command("status")
@click.argument("dossiers", metavar="[DOSSIER]…", nargs=-1)
@click.option(
    "--missing",
    is_flag=True,
    help="Seulement les signatures qui manquent et les cases à regarder ; code 3 s’il y en a.",
)
@click.option(
    "--step",
    type=click.IntRange(1, 8),
    metavar="N",
    help="Seulement les dossiers à cette étape ; 8 : en réseau.",
)
@click.option(
    "--party",
    type=click.Choice(list(PARTY_TITLES)),
    metavar="PARTIE",
    help="Seulement là où cette partie doit signer.",
)
@click.option(
    "--older-than",
    type=click.IntRange(min=0),
    metavar="JOURS",
    help="Seulement là où une signature manque depuis au moins ce nombre de jours.",
)
@click.option("--json", "as_json", is_flag=True, help="Résultat en JSON.")
@click.option("--csv", "as_csv", is_flag=True, help="Résultat pour un tableur, une ligne par signature.")
@click.option(
    "--html",
    "page",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FICHIER",
    help="Écrire une page à lire dans un navigateur.",
)
@click.option(
    "--as-of", type=DATE, metavar="AAAA-MM-JJ", help="Compter les jours à cette date ; sinon aujourd’hui."
)
@click.pass_obj
def command(
    session: Session,
    dossiers: tuple[str, ...],
    missing: bool,
    step: int | None,
    party: str | None,
    older_than: int | None,
    as_json: bool,
    as_csv: bool,
    page: Path | None,
    as_of: dt.datetime | None,
) -> int:
    """Où en est chaque dossier : étapes, documents, signatures.

    Un dossier est montré en entier ; plusieurs, avec une ligne chacun. Les filtres --step, --party et
    --older-than se combinent.
    """
    if as_json + as_csv + (page is not None) > 1:
        raise UsageError(
            "--json, --csv et --html ne vont pas ensemble", remedy="lancez la commande une fois pour chacun"
        )
    clock = the_clock()
    face = _Face(
        session, dossiers, replace(clock, today=as_of.date()) if as_of else clock,
        Choice(step=step, party=party, older_than=older_than),
    )  # fmt: skip
    if as_json:
        face.json()
    elif as_csv:
        face.csv(only_missing=missing)
    elif page:
        face.page(page)
    elif missing:
        face.missing()
    else:
        face.text()
    return face.exit_code(missing=missing)


class _Face:
    """One run: goes through the cases, counts them in, and prints them in one way or another."""

    def __init__(self, session: Session, dossiers: Sequence[str], clock: Clock, choice: Choice) -> None:
        self._quiet = session.quiet
        self._workspace = session.workspace()
        self._dossiers = dossiers
        self._clock = clock
        self._choice = choice
        self._summary = Summary()
        self._watch = Watch(complain=say, busy=self._busy)

    def _busy(self, number: int) -> AbstractContextManager[object]:
        few = number < _SLOW_TO_READ
        return working(f"Lecture de {count(number, 'dossier')}…", quiet=self._quiet or few)

    def _overviews(self) -> Iterator[CaseOverview]:
        return self._chosen(overviews(self._workspace, self._dossiers, self._clock, self._watch))

    def _reports(self) -> Iterator[CaseReport]:
        return self._chosen(reports(self._workspace, self._dossiers, self._clock, self._watch))

    def _chosen(self, cases: Iterable[_Found | Unreadable]) -> Iterator[_Found]:
        """The cases that are meant, counted in; those that cannot be read are said."""
        for case in cases:
            if isinstance(case, Unreadable):
                self._summary.unreadable.append(case)
                say_error(case.error())
            elif self._choice.takes(case):
                self._summary.add(case, self._choice)
                yield case

    def text(self) -> None:
        """One case whole; many, with a line each."""
        if self._dossiers or len(self._workspace.dossiers()) == 1:
            width = shutil.get_terminal_size().columns
            for case in self._reports():
                self._print(detail(case, self._choice, width))
            return
        network = NetworkText(self._choice)
        for overview in self._overviews():
            network.add(overview)
        wide = shutil.get_terminal_size().columns if sys.stdout.isatty() else None
        self._print(network.lines(self._summary, wide))

    def missing(self) -> None:
        """A line for each document and person."""
        for case in self._overviews():
            self._print(missing_lines(case.dossier, self._choice.missing(case)))
            self._print(uncertain_lines(case.dossier, self._choice.uncertain(case)))

    def json(self) -> None:
        """The reports, field by field (docs/status-json.md), each printed as soon as it is there."""
        _write(f'{{\n  "schema": {SCHEMA},\n  "as_of": "{self._clock.today}",\n  "cases": [')
        between = "\n"
        for case in self._reports():
            _write(between + _indented(asdict(case), "    "))
            between = ",\n"
        unreadable = [asdict(found) for found in self._summary.unreadable]
        _write(f'\n  ],\n  "unreadable": {_indented(unreadable, "  ").lstrip()}\n}}\n')

    def csv(self, *, only_missing: bool) -> None:
        """For a spreadsheet; in bytes, because a terminal's encoding is not a spreadsheet's."""
        out = sys.stdout.buffer
        out.write(heading().encode())
        for case in self._overviews():
            text = "".join(lines(case, self._choice, only_missing=only_missing))
            out.write(text.encode())
        # The name of a file need not be UTF-8.
        out.write("".join(map(unreadable_line, self._summary.unreadable)).encode("utf-8", "replace"))
        out.flush()

    def page(self, path: Path) -> None:
        """A page for a browser."""
        from piles_docs.usecases.files import write_privately  # noqa: PLC0415  # as below
        from piles_docs.web.status_page import status_page  # noqa: PLC0415  # Jinja is slow to load

        cases = list(self._overviews())
        write_privately(path, status_page(cases, self._summary, self._choice, self._clock))
        self._print([f"écrit : {path}", *summary_lines(self._summary)])

    def exit_code(self, *, missing: bool) -> int:
        """Errors come before work that is left."""
        if self._summary.unreadable:
            return max(found.exit_code for found in self._summary.unreadable)
        is_left = self._summary.missing or self._summary.uncertain
        return ExitCode.WORK_OUTSTANDING if missing and is_left else ExitCode.DONE

    @staticmethod
    def _print(lines_of_text: Iterable[str]) -> None:
        _write("".join(f"{line}\n" for line in lines_of_text))


def _write(text: str) -> None:
    """Write to stdout; the name of a file need not be UTF-8."""
    click.echo(text.encode("utf-8", "replace").decode(), nl=False)


def _indented(data: object, margin: str) -> str:
    return textwrap.indent(json.dumps(data, ensure_ascii=False, indent=2), margin)
