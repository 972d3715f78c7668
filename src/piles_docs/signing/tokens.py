"""A key on a card or a token, used through the maker's PKCS#11 library: it never leaves the card."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from asn1crypto import x509
from pyhanko.sign import Signer

from piles_docs.errors import SigningFailed

if TYPE_CHECKING:
    from pkcs11 import Session, Token
    from pyhanko.sign.pkcs11 import PKCS11Signer


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenKey:
    """A key on a token."""

    module: str
    """The maker's PKCS#11 library, with its full path."""
    token: str
    """The label of the token."""
    label: str
    """The label of the key, and of its certificate if it has one of its own."""
    ask_pin: Callable[[], str] = field(repr=False)
    """Gives the PIN, once the token was found: a wrong card is said before a code is asked for."""

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Signer]:
        """See Key.opened."""
        pkcs11 = _library()
        try:
            token = await asyncio.to_thread(self._find)
            pin = self.ask_pin()
            session = await asyncio.to_thread(self._log_in, token, pin)
            try:
                signer = await asyncio.to_thread(self._signer, session, pin)
                await signer.ensure_objects_loaded()
                yield signer
            finally:
                session.close()
        except pkcs11.PKCS11Error as error:
            raise SigningFailed(
                f"le jeton « {self.token} » a refusé de signer ({_why(error)})",
                remedy="vérifiez qu’il est bien branché, puis relancez la même commande",
            ) from error

    def _find(self) -> Token:
        pkcs11 = _library()
        try:
            library = pkcs11.lib(self.module)
            tokens = [slot.get_token() for slot in library.get_slots(token_present=True)]
        except pkcs11.PKCS11Error as error:
            raise SigningFailed(
                f"la bibliothèque PKCS#11 {self.module} ne se charge pas ({_why(error)})",
                remedy="installez le logiciel du fabricant de la carte, et donnez le chemin complet de sa "
                "bibliothèque",
            ) from error
        found = [token for token in tokens if token.label == self.token]
        if len(found) != 1:
            seen = ", ".join(sorted({f"« {token.label} »" for token in tokens if token.label})) or "aucun"
            problem = "n’est pas branché" if not found else "est là plusieurs fois"
            raise SigningFailed(
                f"le jeton « {self.token} » {problem} ; vus : {seen}",
                remedy="branchez la carte ou le jeton, et vérifiez son nom",
            )
        token: Token = found[0]
        return token

    def _log_in(self, token: Token, pin: str) -> Session:
        pkcs11 = _library()
        errors = pkcs11.exceptions
        try:
            session: Session = token.open(user_pin=pin)
        except errors.PinLocked as error:
            raise SigningFailed(
                f"le jeton « {self.token} » est bloqué : trop de codes faux",
                remedy="débloquez-le avec le logiciel de son fabricant (code PUK)",
            ) from error
        except (errors.PinIncorrect, errors.PinInvalid, errors.PinLenRange, errors.ArgumentsBad) as error:
            raise SigningFailed(
                f"le code du jeton « {self.token} » est faux",
                remedy="vérifiez-le avant de recommencer : après quelques codes faux, une carte se bloque "
                "(PILES_CLE_CODE, s’il est réglé, est essayé à chaque fois)",
            ) from error
        return session

    def _signer(self, session: Session, pin: str) -> PKCS11Signer:
        from pyhanko.sign.pkcs11 import PKCS11Signer  # noqa: PLC0415  # it needs python-pkcs11

        pkcs11 = _library()
        key = self._one(
            session,
            "clé privée",
            {
                pkcs11.Attribute.CLASS: pkcs11.ObjectClass.PRIVATE_KEY,
                pkcs11.Attribute.LABEL: self.label,
            },
        )
        return PKCS11Signer(
            session,
            signing_cert=self._certificate(session, _attribute(key, pkcs11.Attribute.ID)),
            key_label=self.label,
            other_certs_to_pull=None,  # all: the chain may be on the card
            # Some cards ask for the code again before each signature.
            base_sign_kwargs={"pin": pin} if _attribute(key, pkcs11.Attribute.ALWAYS_AUTHENTICATE) else None,
        )

    def _certificate(self, session: Session, key_id: bytes | None) -> x509.Certificate:
        """The certificate with the key's identifier, else with its label: cards name them in both ways."""
        pkcs11 = _library()
        wanted = {pkcs11.Attribute.CLASS: pkcs11.ObjectClass.CERTIFICATE}
        by_id = list(session.get_objects(wanted | {pkcs11.Attribute.ID: key_id})) if key_id else []
        found = (
            by_id[0]
            if len(by_id) == 1
            else self._one(session, "certificat", wanted | {pkcs11.Attribute.LABEL: self.label})
        )
        return x509.Certificate.load(found[pkcs11.Attribute.VALUE])

    def _one(self, session: Session, what: str, wanted: dict[Any, Any]) -> Any:
        found = list(session.get_objects(wanted))
        if len(found) != 1:
            number = "n’a pas de" if not found else "a plus d’un objet du type"
            raise SigningFailed(
                f"le jeton « {self.token} » {number} {what} sous le nom « {self.label} »",
                remedy="le logiciel du fabricant montre ce qu’il contient et sous quels noms",
            )
        return found[0]


def _library() -> Any:  # a module
    """python-pkcs11: a compiled library, which not every machine can have."""
    try:
        import pkcs11  # noqa: PLC0415
    except ImportError as error:
        raise SigningFailed(
            "python-pkcs11, qui parle aux cartes et aux jetons, n’est pas installé",
            remedy="installez-le (pip install python-pkcs11), ou signez avec un fichier PKCS#12",
        ) from error
    return pkcs11


def _attribute(item: Any, name: Any) -> Any:
    """An attribute that an object of a token may lack."""
    try:
        return item[name]
    except _library().PKCS11Error:
        return None


def _why(error: Exception) -> str:
    """What the library says, if anything; many errors are a name alone."""
    return str(error) or type(error).__name__
