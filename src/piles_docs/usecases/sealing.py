"""The network head's seal: the key that piles.toml names, opened once, when something is to be sealed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from piles_docs.documents.fields import add_fields
from piles_docs.errors import SigningFailed
from piles_docs.methodology.acts import Box
from piles_docs.signing.keys import Key, read_key_file
from piles_docs.signing.signing import SignedFile, seal
from piles_docs.usecases.trusting import services_of
from piles_docs.usecases.workspace import Workspace


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


@dataclass(slots=True)
class Sealer:
    """Seals with the network head's key."""

    workspace: Workspace
    secrets: Secrets
    _key: Key | None = field(default=None, init=False)

    def seal(self, pdf: bytes, moment: dt.datetime) -> SignedFile:
        """Certify a file: after this, only its fields may be filled.

        Raises:
            SigningFailed: No key is set, or it cannot seal.
            CaseInvalid: piles.toml or the believed roots have defects.
        """
        if self._key is None:
            self._key = self._open()
        return seal(pdf, self._key, services_of(self.workspace), moment=moment)

    def prepare(
        self, pdf: bytes, boxes: Sequence[Box], signatories: dict[str, str], moment: dt.datetime, *, name: str
    ) -> SignedFile:
        """Make a PDF ready to be signed electronically: a field for each signatory, then the seal.

        Raises:
            SigningFailed: As `seal`, or the file is not tagged.
        """
        labels = {party: f"Signature de {signatory}" for party, signatory in signatories.items()}
        return self.seal(add_fields(pdf, boxes, labels, name=name), moment)

    def _open(self) -> Key:
        settings = self.workspace.network().signature
        if settings.cle is None:
            raise SigningFailed(
                "aucune clé n’est réglée pour le cachet de la tête de réseau",
                remedy="réglez cle dans [signature] de piles.toml (piles keys new en fait une d’essai), "
                "ou faites signer sur papier : --means papier",
            )
        path = self.workspace.root / settings.cle
        try:
            content = path.read_bytes()
        except OSError as error:
            raise SigningFailed(
                f"la clé {settings.cle} ne peut pas être lue ({error.strerror})",
                remedy="vérifiez cle dans [signature] de piles.toml",
            ) from error
        return read_key_file(content, self.secrets.passphrase(path.name), name=path.name)
