"""The network head's seal: the key that piles.toml names, opened once, when something is to be sealed.

What signs is loaded only then: most documents go out on paper.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from piles_docs.errors import SigningFailed
from piles_docs.usecases.workspace import Workspace

if TYPE_CHECKING:
    from piles_docs.signing.certificates import Certificate
    from piles_docs.signing.keys import Key
    from piles_docs.signing.signing import SignedFile
    from piles_docs.usecases.key_sources import KeySource, Secrets


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
        from piles_docs.signing.signing import seal
        from piles_docs.usecases.seal_memory import remember
        from piles_docs.usecases.trusting import services_of

        key = self._opened()
        sealed = seal(pdf, key, services_of(self.workspace), moment=moment)
        remember(self.workspace, self._source(), sealed.certificate)
        return sealed

    def certificate(self) -> Certificate:
        """Whose seal it is.

        Raises:
            SigningFailed: No key is set, or it cannot be opened.
        """
        from piles_docs.signing.keys import holder_of

        return holder_of(self._opened())

    def _opened(self) -> Key:
        from piles_docs.usecases.key_sources import open_key

        if self._key is None:
            self._key = open_key(self._source(), self.secrets)
        return self._key

    def _source(self) -> KeySource:
        from piles_docs.usecases.key_sources import seal_source

        source = seal_source(self.workspace.network().signature, self.workspace.root)
        if source is None:
            raise SigningFailed(
                "aucune clé n’est réglée pour le cachet de la tête de réseau",
                remedy="réglez cle dans [signature] de piles.toml (piles keys new en fait une d’essai), "
                "ou faites signer sur papier : --means papier",
            )
        return source
