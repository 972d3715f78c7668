"""Keys that sign: in a PKCS#12 file, on a token (PKCS#11)."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

from asn1crypto import x509
from pyhanko.sign import Signer, SimpleSigner

from piles_docs.errors import SigningFailed
from piles_docs.signing.certificates import Certificate


class Key(Protocol):
    """A key that signs, wherever it is kept."""

    def opened(self) -> AbstractAsyncContextManager[Signer]:
        """Make the key ready to sign, for as long as the context lasts.

        Raises:
            SigningFailed: It cannot be used.
        """


@dataclass(frozen=True, slots=True)
class FileKey:
    """A key read from a PKCS#12 file."""

    signer: SimpleSigner = field(repr=False)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Signer]:
        """See Key.opened."""
        yield self.signer

    @property
    def certificate(self) -> Certificate:
        """Whose key it is."""
        return Certificate.of(certificate_of(self.signer))


def read_key_file(content: bytes, passphrase: str, *, name: str) -> FileKey:
    """Read a PKCS#12 file.

    Args:
        content: Of the file.
        passphrase: That protects it; it is not kept.
        name: Of the file, for messages.

    Raises:
        SigningFailed: The passphrase is wrong, or this is no such file, or it holds no key.
    """
    try:
        signer = SimpleSigner.load_pkcs12_data(
            content, other_certs=[], passphrase=passphrase.encode() or None
        )
    except (ValueError, TypeError, AttributeError) as error:
        raise SigningFailed(
            f"la clé {name} ne s’ouvre pas : le mot de passe est faux, ou ce n’est pas un fichier PKCS#12",
            remedy="vérifiez le fichier .p12 et son mot de passe, et PILES_CLE_MOT_DE_PASSE s’il est réglé",
        ) from error
    return FileKey(signer)


def holder_of(key: Key) -> Certificate:
    """Whose key it is, wherever it is kept.

    Raises:
        SigningFailed: It cannot be used, or has no certificate.
    """

    async def ask() -> Certificate:
        async with key.opened() as signer:
            return Certificate.of(certificate_of(signer))

    return asyncio.run(ask())


def certificate_of(signer: Signer) -> x509.Certificate:
    """The certificate of a key.

    Raises:
        SigningFailed: It has none.
    """
    if signer.signing_cert is None:
        raise SigningFailed("cette clé n’a pas de certificat", remedy="demandez-en une avec son certificat")
    return signer.signing_cert
