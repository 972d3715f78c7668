"""Ask for passphrases and codes: from the environment, else hidden on the terminal; never in argv."""

from __future__ import annotations

import os
import sys

import click

from piles_docs.cli.output import paused
from piles_docs.errors import SigningFailed

PASSPHRASE = "PILES_CLE_MOT_DE_PASSE"  # noqa: S105  # the name of the variable
PIN = "PILES_CLE_CODE"
ONE_TIME_PASSWORD = "PILES_CLE_CODE_UNIQUE"  # noqa: S105  # as above
BEARER = "PILES_CSC_JETON"


class TerminalSecrets:
    """Asks once for each name, then remembers for the length of the command; what serves once, it forgets."""

    def __init__(self) -> None:
        self._told: dict[str, str] = {}
        self._is_spent = False

    def passphrase(self, name: str) -> str:
        """See Secrets.passphrase."""
        return self._remembered(
            PASSPHRASE, f"Mot de passe de la clé {name}", f"le mot de passe de la clé {name}"
        )

    def new_passphrase(self, name: str) -> str:
        """A passphrase for a key that is to be made: typed twice, and never empty on a terminal.

        Raises:
            SigningFailed: There is nobody to ask.
        """
        if PASSPHRASE in os.environ:
            return os.environ[PASSPHRASE]
        what = f"le mot de passe de la nouvelle clé {name}"
        return _asked(PASSPHRASE, f"Mot de passe de la nouvelle clé {name}", what, is_new=True)

    def pin(self, name: str) -> str:
        """See Secrets.pin."""
        return self._remembered(PIN, f"Code ({name})", f"le code ({name})")

    def one_time_password(self, name: str) -> str:
        """See Secrets.one_time_password."""
        if ONE_TIME_PASSWORD in os.environ and not self._is_spent:
            self._is_spent = True
            return os.environ[ONE_TIME_PASSWORD]
        what = "un autre mot de passe à usage unique" if self._is_spent else "le mot de passe à usage unique"
        return _asked(ONE_TIME_PASSWORD, f"Mot de passe à usage unique ({name})", f"{what} ({name})")

    def bearer(self) -> str | None:
        """See Secrets.bearer: nobody types such a thing, so it is in the environment or nowhere."""
        return os.environ.get(BEARER) or None

    def _remembered(self, variable: str, prompt: str, what: str) -> str:
        if variable in os.environ:
            return os.environ[variable]
        if prompt not in self._told:
            self._told[prompt] = _asked(variable, prompt, what)
        return self._told[prompt]


def _asked(variable: str, prompt: str, what: str, *, is_new: bool = False) -> str:
    """Ask on the terminal, without showing what is typed; twice where it is new."""
    if not sys.stdin.isatty():
        raise SigningFailed(
            f"{what} manque, et il n’y a pas de terminal où le demander",
            remedy=f"réglez la variable {variable}, ou lancez la commande dans un terminal",
        )
    with paused():
        answer: str = click.prompt(
            prompt,
            hide_input=True,
            err=True,
            default=None if is_new else "",
            show_default=False,
            confirmation_prompt="Encore une fois, pour vérifier" if is_new else False,
        )
    return answer
