"""What `piles send` and `piles remind` share: how messages leave, and what is told of them."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any

import click

from piles_docs.cli.output import say, say_error
from piles_docs.french.dates import written_date
from piles_docs.french.formatting import join_words
from piles_docs.methodology.acts import Channel
from piles_docs.methodology.reminders import Held, why_held
from piles_docs.usecases.correspondence import Correspondence, Office, line_to
from piles_docs.usecases.workspace import Workspace

PASSWORD_VARIABLE = "PILES_SMTP_MOT_DE_PASSE"  # noqa: S105  # its name, not its value


def party_option() -> Callable[[Any], Any]:
    """Make the option `--party`."""
    return click.option(
        "--party",
        "parties",
        multiple=True,
        metavar="PARTIE",
        help="Seulement cette partie : porteuse, tete-de-reseau, animateur, formateur ; répétable.",
    )


def eml_option() -> Callable[[Any], Any]:
    """Make the option `--eml`."""
    return click.option(
        "--eml", is_flag=True, help="Seulement écrire les courriels en fichiers, à envoyer soi-même."
    )


def dry_run_option() -> Callable[[Any], Any]:
    """Make the option `--dry-run`."""
    return click.option(
        "--dry-run", is_flag=True, help="Dire qui recevrait quoi, et qui non et pourquoi, sans rien envoyer."
    )


@contextmanager
def office_of(workspace: Workspace, *, eml: bool, dry_run: bool) -> Iterator[Office]:
    """How the messages of this run leave: by the server of piles.toml, or as files.

    Raises:
        CaseInvalid: piles.toml has defects.
    """
    line = None if eml else line_to(workspace, _password())
    if line and line.server.is_overheard:
        say(f"Attention : les courriels vont en clair jusqu’à {line.server.host} ([courriel] securite).")
    with nullcontext() if line is None or dry_run else line:
        yield Office(line=line, new_token=lambda: secrets.token_hex(16))


def _password() -> Callable[[], str] | None:
    """The password of the mail server: from the environment, or asked of a person at a terminal."""
    given = os.environ.get(PASSWORD_VARIABLE)
    if given:
        return lambda: given
    if not sys.stdin.isatty():
        return None

    def ask() -> str:
        answer: str = click.prompt("Mot de passe du serveur de courriel", hide_input=True, err=True)
        return answer

    return ask


def show(done: Correspondence, *, dry_run: bool, quiet: bool) -> int:
    """Tell what came of it, and give the exit code."""
    for mail, signatory in done.unanswered:
        say(
            f"Attention : on ne sait pas si le courriel du {written_date(mail.on)} à {signatory} "
            f"({done.dossier}) est parti ; demandez-lui s’il est arrivé."
        )
    for name in done.stale:
        say(f"Attention : {name} ne dit plus ce que dit le dossier ; voir piles why", quiet=quiet)
    as_files = done.channel is Channel.FILE
    for one in done.written:
        what = f"{one.signatory} ({one.party}) : {join_words(one.documents)}"
        if dry_run:
            click.echo(f"{done.dossier} : {'à écrire' if as_files else 'à envoyer'} à {what}")
        elif as_files:
            click.echo(f"{done.dossier} : brouillon pour {what}")
        else:
            click.echo(f"{done.dossier} : envoyé à {what}")
    if as_files and done.written and not dry_run and done.written[0].path:
        click.echo(f"À ouvrir et à envoyer depuis votre messagerie : {done.written[0].path.parent}")
    for (signatory, party, why), names in _grouped(done.held).items():
        line = f"{done.dossier} : rien pour {signatory} ({party}), {join_words(names)} : {why}"
        if dry_run:
            click.echo(line)
        else:
            say(line, quiet=quiet)
    for failure in done.failures:
        say_error(failure)
    return max((failure.exit_code for failure in done.failures), default=0)


def _grouped(held: Sequence[Held]) -> dict[tuple[str, str, str], list[str]]:
    """Documents by person and reason: one line a person as a rule."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for one in held:
        who = (one.awaited.signatory, one.awaited.party, why_held(one))
        groups.setdefault(who, []).append(one.awaited.key.name)
    return groups
