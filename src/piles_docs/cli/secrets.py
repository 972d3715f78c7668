"""Ask for passphrases and codes: from the environment, else hidden on the terminal; never in argv."""

from __future__ import annotations

import os
import sys

import click

from piles_docs.cli.output import paused
from piles_docs.errors import SigningFailed

PASSPHRASE = "PILES_CLE_MOT_DE_PASSE"  # noqa: S105  # the name of the variable
PIN = "PILES_CLE_CODE"


class TerminalSecrets:
    """Asks once for each name, then remembers for the length of the command."""

    def __init__(self) -> None:
        self._told: dict[str, str] = {}

    def passphrase(self, name: str) -> str:
        """See Secrets.passphrase."""
        return self._ask(PASSPHRASE, f"Mot de passe de la clé {name}", f"le mot de passe de la clé {name}")

    def pin(self, name: str) -> str:
        """See Secrets.pin."""
        return self._ask(PIN, f"Code de {name}", f"le code de {name}")

    def _ask(self, variable: str, prompt: str, what: str) -> str:
        if variable in os.environ:
            return os.environ[variable]
        if prompt not in self._told:
            if not sys.stdin.isatty():
                raise SigningFailed(
                    f"{what} manque, et il n’y a pas de terminal où le demander",
                    remedy=f"réglez la variable {variable}, ou lancez la commande dans un terminal",
                )
            with paused():
                self._told[prompt] = click.prompt(
                    prompt, hide_input=True, err=True, default="", show_default=False
                )
        return self._told[prompt]
