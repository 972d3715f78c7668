"""A key kept by a remote signing service, which signs one digest each time its owner allows it.

Cloud Signature Consortium API 1.0.4.0: `credentials/info` tells the certificate, `credentials/authorize`
allows one digest, `signatures/signHash` signs it. pyHanko reads and writes these messages; the talk is
here, because its own logs the service's refusals and takes the signature that comes back unread.

Version 2 has other addresses and other words (`auth`, `authData`, `hashes`) and is not spoken: a service
that knows no other is told so. Nor is leave given in a browser (`oauth2/authorize`), in any version.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import json
import math
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from asn1crypto import algos, x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.x509 import load_der_x509_certificate
from pyhanko.sign import Signer
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.csc_signer import (
    CSCAuthorizationInfo,
    CSCAuthorizationManager,
    CSCCredentialInfo,
    CSCServiceSessionInfo,
    CSCSigner,
    fetch_certs_in_csc_credential,
)

from piles_docs.errors import SigningFailed

SECONDS = 30
_RAW_RSA = "rsassa_pkcs1v15"
_LARGEST_SIGNATURE_BYTES = 512
_ABSENT = {404, 405, 410, 501}
"""What a service answers that does not have what was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteKey:
    """A key at a remote signing service."""

    service: str
    """The address of the service, up to `/csc/v1`."""
    credential: str
    """What the service calls the key."""
    ask_pin: Callable[[], str] = field(repr=False)
    """Gives the PIN of the key, when the service wants it for an authorisation."""
    ask_one_time_password: Callable[[], str] = field(repr=False)
    """Gives a new one-time password, when the service wants it for an authorisation."""
    bearer: str | None = field(default=None, repr=False)
    """The OAuth token that opens the service."""
    timeout: float = SECONDS
    """How long to wait for one answer, in seconds."""

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[Signer]:
        """See Key.opened."""
        session = CSCServiceSessionInfo(
            service_url=self.service.rstrip("/"), credential_id=self.credential, oauth_token=self.bearer
        )
        async with aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=self.timeout),
            # A person may take a minute to find a code: a line kept open would be dead by then.
            connector=aiohttp.TCPConnector(force_close=True),
        ) as http:
            service = _Service(http, session)
            info = await self._information(service)
            yield _Signer(http, _Authorization(service, session, info, self), service)

    async def _information(self, service: _Service) -> CSCCredentialInfo:
        """What the service says of the key; it must be one that can be used from here."""
        try:
            info = await fetch_certs_in_csc_credential(
                service.http, service.session, timeout=math.ceil(self.timeout)
            )
        except (SigningError, aiohttp.ClientError, TimeoutError, ValueError, LookupError, TypeError) as error:
            if await service.speaks_another_version(error):
                raise SigningFailed(
                    f"le service {self.service} ne parle que CSC 2 : piles parle CSC 1.0.4",
                    remedy="demandez à ce prestataire une adresse pour CSC 1.0.4, ou signez chez lui et "
                    "reprenez le fichier avec piles receive",
                ) from error
            raise service.failed(
                error, refused=f"ne connaît pas le certificat « {self.credential} »"
            ) from error
        if info.response_data["key"].get("status") == "disabled":
            raise SigningFailed(
                f"le service {self.service} a désactivé le certificat « {self.credential} »",
                remedy="demandez à ce prestataire de le réactiver, ou utilisez une autre clé",
            )
        if info.response_data.get("authMode") == "oauth2code":
            raise SigningFailed(
                f"le service {self.service} veut que chaque signature soit permise dans un navigateur : "
                "piles ne sait pas le faire",
                remedy="demandez à ce prestataire un certificat avec code ou mot de passe à usage unique, ou "
                "signez chez lui",
            )
        return info


@dataclass(frozen=True, slots=True)
class _Service:
    """Asks the service, and tells in French what went wrong."""

    http: aiohttp.ClientSession
    session: CSCServiceSessionInfo

    async def ask(self, endpoint: str, request: dict[str, Any], *, refused: str) -> dict[str, Any]:
        """Ask, and have an answer.

        Args:
            endpoint: What is asked.
            request: With which words; they may hold secrets.
            refused: What the service did if it answers with an error.

        Raises:
            SigningFailed: There is no answer, or it is an error.
        """
        url: str = self.session.endpoint_url(endpoint)
        try:
            async with self.http.post(url, json=request, headers=self.session.auth_headers) as response:
                if response.status >= 400:
                    said = _reason(await response.text())
                    raise self._refusal(response.status, refused + (f" ({said})" if said else ""))
                answer = await response.json() if response.status != 204 else {}
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise self.failed(error, refused=refused) from error
        if not isinstance(answer, dict):
            raise self._not_understood()
        return answer

    def failed(self, error: BaseException, *, refused: str) -> SigningFailed:
        """Tell what happened by the error of an HTTP client, or by what pyHanko made of it."""
        cause = _cause(error)
        if isinstance(cause, aiohttp.ContentTypeError):
            return self._not_understood()
        if isinstance(cause, aiohttp.ClientResponseError):
            return self._refusal(cause.status, refused)
        if isinstance(cause, aiohttp.ClientError | TimeoutError):
            return SigningFailed(
                f"le service de signature {self.session.service_url} ne répond pas",
                remedy="vérifiez son adresse et le réseau, puis relancez la même commande",
            )
        return self._not_understood()

    async def speaks_another_version(self, error: BaseException) -> bool:
        """Whether the service lacks version 1 and has version 2: both begin with `info` (CSC, 11.1)."""
        cause = _cause(error)
        if not isinstance(cause, aiohttp.ClientResponseError) or cause.status not in _ABSENT:
            return False
        return await self._has("v2/info") and not await self._has("v1/info")

    async def _has(self, path: str) -> bool:
        try:
            async with self.http.post(f"{self.session.service_url}/csc/{path}", json={}) as response:
                return response.ok
        except (aiohttp.ClientError, TimeoutError):
            return False

    def _refusal(self, status: int, refused: str) -> SigningFailed:
        url = self.session.service_url
        if status in {401, 403}:
            return SigningFailed(
                f"le service de signature {url} refuse l’accès",
                remedy="vérifiez le jeton d’accès de ce service, dans PILES_CSC_JETON",
            )
        if status >= 500:
            return SigningFailed(
                f"le service de signature {url} est en panne (erreur {status})",
                remedy="relancez la même commande plus tard",
            )
        return SigningFailed(
            f"le service de signature {url} {refused}",
            remedy="vérifiez le certificat, le code et le mot de passe à usage unique, puis relancez",
        )

    def _not_understood(self) -> SigningFailed:
        return SigningFailed(
            f"la réponse du service de signature {self.session.service_url} n’est pas comprise",
            remedy="vérifiez que cette adresse est celle d’un service CSC 1.0.4, sans /csc/v1",
        )


class _Authorization(CSCAuthorizationManager):
    """Has each signature allowed by the owner of the key."""

    def __init__(
        self, service: _Service, session: CSCServiceSessionInfo, info: CSCCredentialInfo, key: RemoteKey
    ) -> None:
        super().__init__(session, info)
        self._service = service
        self._key = key

    async def authorize_signature(self, hash_b64s: list[str]) -> CSCAuthorizationInfo:
        """Ask the owner for what the service wants, and the service for leave to sign these digests.

        Raises:
            SigningFailed: The service refuses.
        """
        request = self.format_csc_auth_request(
            hash_b64s=hash_b64s,
            pin=self._key.ask_pin() if self._wants("PIN") else None,
            otp=await self._one_time_password() if self._wants("OTP") else None,
        )
        answer = await self._service.ask("credentials/authorize", request, refused="n’a pas permis de signer")
        try:
            return self.parse_csc_auth_response(answer)
        except SigningError as error:
            raise self._service.failed(error, refused="") from error

    async def _one_time_password(self) -> str:
        """The password that its owner has; an « online » one is sent when it is asked for (CSC, 11.6)."""
        if self.credential_info.response_data["OTP"].get("type") == "online":
            request = {"credentialID": self.csc_session_info.credential_id}
            await self._service.ask(
                "credentials/sendOTP", request, refused="n’a pas envoyé de mot de passe à usage unique"
            )
        return self._key.ask_one_time_password()

    def _wants(self, what: str) -> bool:
        """Whether the service says that it wants a PIN or an OTP; « optional » is left out (CSC, 11.5)."""
        about = self.credential_info.response_data.get(what)
        return isinstance(about, dict) and str(about.get("presence")).lower() == "true"


class _Signer(CSCSigner):
    """Signs one digest for one authorisation, and reads what comes back."""

    def __init__(self, http: aiohttp.ClientSession, authorization: _Authorization, service: _Service) -> None:
        super().__init__(http, authorization, est_raw_signature_size=_LARGEST_SIGNATURE_BYTES)
        self._service = service

    def get_signature_mechanism_for_digest(self, digest_algorithm: str | None) -> algos.SignedDigestAlgorithm:
        """As pyHanko; and services may name the kind of key alone (CSC, 11.5, key/algo)."""
        supported = self.auth_manager.credential_info.supported_mechanisms
        mechanism = Signer.get_signature_mechanism_for_digest(self, digest_algorithm)
        if supported & {mechanism["algorithm"].native, self._told(mechanism)}:
            return mechanism
        raise SigningFailed(
            f"le service {self._service.session.service_url} ne sait pas signer comme il le faut "
            f"({mechanism['algorithm'].native})",
            remedy="demandez à ce prestataire un certificat RSA ou P-256",
        )

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:
        """See Signer.async_sign_raw.

        Raises:
            SigningFailed: The service did not allow it, or not in time, or what it returned is no signature.
        """
        if dry_run:
            return bytes(self.est_raw_signature_size)
        digest = hashlib.new(digest_algorithm, data).digest()
        digest_base64 = base64.b64encode(digest).decode("ascii")
        allowed = await self.auth_manager.authorize_signature([digest_base64])
        if allowed.expires_at is not None and allowed.expires_at <= dt.datetime.now(dt.UTC):
            raise SigningFailed(
                "la permission de signer a expiré avant la signature",
                remedy="relancez la même commande : rien n’a été signé",
            )
        mechanism = self.get_signature_mechanism_for_digest(digest_algorithm)
        request = {
            "credentialID": self._service.session.credential_id,
            "SAD": allowed.sad,
            "hash": [digest_base64],
            "hashAlgo": algos.DigestAlgorithmId(digest_algorithm).dotted,
            "signAlgo": algos.SignedDigestAlgorithmId(self._told(mechanism)).dotted,
        }
        answer = await self._service.ask("signatures/signHash", request, refused="a refusé de signer")
        return self._checked(answer, digest, digest_algorithm)

    def _told(self, mechanism: algos.SignedDigestAlgorithm) -> str:
        """What the service is told to sign with: RSA alone, where it names no digest with it."""
        native = str(mechanism["algorithm"].native)
        supported = self.auth_manager.credential_info.supported_mechanisms
        is_rsa = mechanism.signature_algo == _RAW_RSA
        return _RAW_RSA if is_rsa and native not in supported else native

    def _checked(self, answer: dict[str, Any], digest: bytes, digest_algorithm: str) -> bytes:
        """The signature of an answer, if it is one by this key of this digest."""
        try:
            (encoded,) = answer["signatures"]
            signature = base64.b64decode(encoded, validate=True)
            _verify(self.auth_manager.credential_info.signing_cert, signature, digest, digest_algorithm)
        except (InvalidSignature, LookupError, ValueError, TypeError) as error:
            raise SigningFailed(
                f"ce que le service {self._service.session.service_url} a renvoyé n’est pas une signature de "
                "ce document par cette clé",
                remedy="prévenez ce prestataire ; rien n’a été enregistré",
            ) from error
        return signature


def _verify(certificate: x509.Certificate, signature: bytes, digest: bytes, digest_algorithm: str) -> None:
    """Check a signature of a digest.

    Raises:
        InvalidSignature: It is none.
        TypeError: The key is of a kind that does not sign so.
    """
    kind = Prehashed(getattr(hashes, digest_algorithm.upper())())
    key = load_der_x509_certificate(certificate.dump()).public_key()
    if isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, digest, padding.PKCS1v15(), kind)
    elif isinstance(key, ec.EllipticCurvePublicKey):
        key.verify(signature, digest, ec.ECDSA(kind))
    else:
        raise TypeError(type(key).__name__)


def _cause(error: BaseException) -> BaseException:
    """The error of an HTTP client, that pyHanko made one of its own of."""
    return error.__cause__ if isinstance(error, SigningError) and error.__cause__ else error


def _reason(body: str) -> str:
    """What a service says of its refusal (CSC, 10.1), in its own language; nothing where it says nothing."""
    try:
        said = json.loads(body)
    except ValueError:
        return ""
    words = (said.get("error_description") or said.get("error")) if isinstance(said, dict) else None
    return " ".join(str(words or "").split())[:200]
