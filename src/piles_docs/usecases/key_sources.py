"""Where a key is kept, and how it is opened: for the network head's seal, and for whoever signs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from piles_docs.case.network_models import SignatureSettings
from piles_docs.errors import CaseInvalid, SigningFailed
from piles_docs.signing.keys import Key, read_key_file
from piles_docs.signing.remote import RemoteKey
from piles_docs.signing.tokens import TokenKey


class Secrets(Protocol):
    """Asks a person, or the environment, for what may be written nowhere."""

    def passphrase(self, name: str) -> str:
        """The passphrase of a key file.

        Raises:
            SigningFailed: There is nobody to ask.
        """

    def pin(self, name: str) -> str:
        """The code of a token or of a remote key.

        Raises:
            SigningFailed: There is nobody to ask.
        """

    def one_time_password(self, name: str) -> str:
        """A password that signs once with a remote key: another one each time.

        Raises:
            SigningFailed: There is nobody to ask.
        """

    def bearer(self) -> str | None:
        """The access token of a remote signing service, if it needs one."""


@dataclass(frozen=True, slots=True)
class FileSource:
    """A key in a PKCS#12 file."""

    path: Path

    def __str__(self) -> str:
        return f"fichier {self.path.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenSource:
    """A key on a card or a token."""

    module: str
    """The maker's PKCS#11 library."""
    token: str
    label: str
    """Of the key and of its certificate."""

    def __str__(self) -> str:
        return f"clé « {self.label} » du jeton « {self.token} »"


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteSource:
    """A key at a remote signing service."""

    service: str
    """Its address."""
    credential: str
    """What it calls the key."""

    def __str__(self) -> str:
        return f"certificat « {self.credential} » de {self.service}"


KeySource = FileSource | TokenSource | RemoteSource
"""Where a key is kept."""


def open_key(source: KeySource, secrets: Secrets) -> Key:
    """Make a key ready; what a token or a service wants to know is asked for when it signs.

    Raises:
        SigningFailed: The file cannot be read, or the passphrase is wrong.
    """
    match source:
        case FileSource(path):
            return read_key_file(_read(path), secrets.passphrase(path.name), name=path.name)
        case TokenSource():
            return TokenKey(
                module=source.module,
                token=source.token,
                label=source.label,
                ask_pin=lambda: secrets.pin(f"jeton {source.token}"),
            )
        case RemoteSource():
            return RemoteKey(
                service=source.service,
                credential=source.credential,
                bearer=secrets.bearer(),
                ask_pin=lambda: secrets.pin(f"certificat {source.credential}"),
                ask_one_time_password=lambda: secrets.one_time_password(f"certificat {source.credential}"),
            )


def seal_source(settings: SignatureSettings, root: Path) -> KeySource | None:
    """Where piles.toml says that the key of the seal is; None where it says nothing.

    Args:
        settings: The section [signature].
        root: Of the workspace: the path of a file counts from there.

    Raises:
        CaseInvalid: It names several.
    """
    named = {
        "cle": settings.cle and FileSource(root / settings.cle),
        "jeton": settings.jeton
        and TokenSource(module=settings.jeton.module, token=settings.jeton.jeton, label=settings.jeton.cle),
        "distant": settings.distant
        and RemoteSource(service=settings.distant.service, credential=settings.distant.certificat),
    }
    given = {name: source for name, source in named.items() if source}
    if len(given) > 1:
        raise CaseInvalid(
            f"piles.toml donne plusieurs clés pour le cachet : {' et '.join(given)}",
            remedy="dans [signature], n’en gardez qu’une",
        )
    return next(iter(given.values()), None)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SigningFailed(
            f"la clé {path} ne peut pas être lue ({error.strerror})",
            remedy="vérifiez le nom du fichier, et que vous avez le droit de le lire",
        ) from error
