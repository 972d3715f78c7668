"""The options that say with which key a command signs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from piles_docs.usecases.key_sources import FileSource, KeySource, RemoteSource, TokenSource

_ONE_OF = "--key FICHIER, ou --token JETON --module LIB --label CLÉ, ou --remote URL --credential ID"


def key_options() -> Callable[[Any], Any]:
    """Make the options `--key`, `--token`, `--module`, `--label`, `--remote` and `--credential`.

    The command passes their values on to `source_of`; the secrets that go with them are never options.
    """
    options = [
        click.option(
            "--key",
            metavar="FICHIER",
            type=click.Path(path_type=Path, dir_okay=False),
            help="Clé qui signe : un fichier PKCS#12 (.p12, .pfx).",
        ),
        click.option("--token", metavar="JETON", help="Ou le nom du jeton, de la carte, qui la contient,"),
        click.option("--module", metavar="LIB", help="avec la bibliothèque PKCS#11 de son fabricant,"),
        click.option("--label", metavar="CLÉ", help="et le nom de la clé sur ce jeton."),
        click.option("--remote", metavar="URL", help="Ou l’adresse du service de signature à distance,"),
        click.option("--credential", metavar="ID", help="et le nom du certificat chez ce service."),
    ]

    def decorate(command: Any) -> Any:
        for option in reversed(options):
            command = option(command)
        return command

    return decorate


def source_of(
    *,
    key: Path | None,
    token: str | None,
    module: str | None,
    label: str | None,
    remote: str | None,
    credential: str | None,
) -> KeySource | None:
    """Which key the options name; None where they name none.

    Raises:
        UsageError: They name several, or one by halves.
    """
    given: dict[str, list[Path | str | None]] = {
        "--key": [key],
        "--token": [token, module, label],
        "--remote": [remote, credential],
    }
    named = [name for name, values in given.items() if any(value is not None for value in values)]
    if len(named) > 1:
        raise click.UsageError(f"Une seule clé peut signer : {_ONE_OF}.")
    if key:
        return FileSource(key)
    if token and module and label:
        return TokenSource(module=module, token=token, label=label)
    if remote and credential:
        return RemoteSource(service=remote, credential=credential)
    if named:
        raise click.UsageError(f"Il manque une option pour trouver la clé : {_ONE_OF}.")
    return None
