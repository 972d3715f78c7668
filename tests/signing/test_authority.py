"""The authority of the tests is one: its word is judged here with pyHanko alone, without our program."""

from __future__ import annotations

import asyncio
import io
from contextlib import AbstractAsyncContextManager, aclosing
from datetime import UTC, datetime, timedelta

import pikepdf
import pytest
from aiohttp import ClientSession
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs12 import load_pkcs12
from pyhanko.config.pkcs11 import TokenCriteria
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.ades.report import AdESIndeterminate
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer, SimpleSigner
from pyhanko.sign.signers.csc_signer import (
    CSCAuthorizationInfo,
    CSCAuthorizationManager,
    CSCCredentialInfo,
    CSCServiceSessionInfo,
    CSCSigner,
    fetch_certs_in_csc_credential,
)
from pyhanko.sign.timestamps import HTTPTimeStamper, TimestampRequestError
from pyhanko.sign.validation import async_validate_pdf_signature, async_validate_pdf_timestamp
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

from ..authority import HOLDERS, Authority, CscServer, SoftToken


@pytest.fixture(scope="module")
def page() -> bytes:
    """A PDF of one empty page."""
    content = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(content)
    return content.getvalue()


def trusting(authority: Authority) -> AbstractAsyncContextManager[ValidationContext]:
    """Trust the root alone, and ask about every certificate, until the `async with` ends."""
    roots = list(load_certs_from_pemder_data(authority.root))
    return aclosing(ValidationContext(trust_roots=roots, allow_fetching=True, revocation_mode="hard-fail"))


def signer_of(authority: Authority, name: str) -> Signer:
    signer: Signer = SimpleSigner.load_pkcs12_data(
        authority.pkcs12(name), [], passphrase=Authority.PASSPHRASE.encode()
    )
    return signer


async def signed(
    page: bytes, signer: Signer, time_stamp_url: str | None = None, lasting: ValidationContext | None = None
) -> bytes:
    """Sign: B-B; B-T with time stamps; B-LTA with a context, which finds the proofs to keep."""
    about = PdfSignatureMetadata(
        field_name="signature",
        md_algorithm="sha256",
        subfilter=SigSeedSubFilter.PADES,
        embed_validation_info=lasting is not None,
        use_pades_lta=lasting is not None,
        validation_context=lasting,
    )
    stamper = HTTPTimeStamper(time_stamp_url) if time_stamp_url else None
    writer, output = IncrementalPdfFileWriter(io.BytesIO(page)), io.BytesIO()
    signing = PdfSigner(about, signer=signer, timestamper=stamper, new_field_spec=SigFieldSpec("signature"))
    await signing.async_sign_pdf(writer, output=output)
    return output.getvalue()


async def judged(pdf: bytes, context: ValidationContext) -> PdfSignatureStatus:
    (one,) = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
    return await async_validate_pdf_signature(one, signer_validation_context=context)


@pytest.mark.parametrize("name", ["porteuse", "tete-de-reseau", "tete-de-reseau-cachet", "soon"])
def test_signature_that_lasts_is_trusted_to_the_root(
    signing_authority: Authority, page: bytes, name: str
) -> None:
    async def sign_and_judge() -> None:
        signer, url = signer_of(signing_authority, name), signing_authority.time_stamp_url
        async with trusting(signing_authority) as lasting:
            pdf = await signed(page, signer, url, lasting)
        async with trusting(signing_authority) as context:
            status = await judged(pdf, context)
            (stamp,) = PdfFileReader(io.BytesIO(pdf)).embedded_timestamp_signatures
            kept = await async_validate_pdf_timestamp(stamp, context)
        assert kept.valid
        assert kept.trusted
        assert status.bottom_line, status.summary()
        assert status.timestamp_validity
        assert status.timestamp_validity.trusted
        assert status.signing_cert.subject.native["common_name"] == HOLDERS[name].common_name

    asyncio.run(sign_and_judge())


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("revoked", AdESIndeterminate.REVOKED_NO_POE),
        ("expired", AdESIndeterminate.OUT_OF_BOUNDS_NO_POE),
        ("impostor", AdESIndeterminate.CHAIN_CONSTRAINTS_FAILURE),
    ],
)
def test_signature_of_whoever_the_authority_does_not_vouch_for_is_not_trusted(
    signing_authority: Authority, page: bytes, name: str, fault: AdESIndeterminate
) -> None:
    async def sign_and_judge() -> None:
        pdf = await signed(page, signer_of(signing_authority, name))
        async with trusting(signing_authority) as context:
            status = await judged(pdf, context)
        assert status.intact
        assert status.valid
        assert not status.trusted
        assert status.signing_cert.subject.native["common_name"] == "Lise Exemple"
        assert status.trust_problem_indic == fault
        assert status.revoked == (name == "revoked")
        if status.revocation_details:
            assert status.revocation_details.revocation_reason.native == "key_compromise"
            assert status.revocation_details.revocation_date < datetime.now(UTC) - timedelta(days=100)

    asyncio.run(sign_and_judge())


class Authorization(CSCAuthorizationManager):
    """Asks the server for leave to sign, with the PIN and the one-time password of the tests."""

    def __init__(self, http: ClientSession, session: CSCServiceSessionInfo, info: CSCCredentialInfo) -> None:
        super().__init__(session, info)
        self._http = http

    async def authorize_signature(self, hash_b64s: list[str]) -> CSCAuthorizationInfo:
        request = self.format_csc_auth_request(
            hash_b64s=hash_b64s, pin=CscServer.PIN, otp=CscServer.ONE_TIME_PASSWORD
        )
        url = f"{self.csc_session_info.service_url}/csc/v1/credentials/authorize"
        async with self._http.post(url, json=request, raise_for_status=True) as response:
            return self.parse_csc_auth_response(await response.json())


@pytest.mark.parametrize(("name", "kind"), [("porteuse", "rsa"), ("tete-de-reseau", "ec")])
def test_signature_from_afar_is_trusted(
    signing_authority: Authority, csc_server: CscServer, page: bytes, name: str, kind: str
) -> None:
    async def sign_and_judge() -> None:
        session = CSCServiceSessionInfo(csc_server.url, CscServer.CREDENTIALS[name])
        async with ClientSession() as http, trusting(signing_authority) as context:
            info = await fetch_certs_in_csc_credential(http, session)
            signer = CSCSigner(http, Authorization(http, session, info))
            status = await judged(
                await signed(page, signer, signing_authority.time_stamp_url, context), context
            )
        assert status.bottom_line, status.summary()
        assert info.hash_pinning_required
        assert info.signing_cert.public_key.algorithm == kind
        # The server makes its certificates itself: they are those of the files all the same.
        (kept,) = load_certs_from_pemder_data(signing_authority.certificate(name))
        assert info.signing_cert.dump() == kept.dump()

    asyncio.run(sign_and_judge())


def test_server_that_signs_from_afar_can_be_down_and_comes_back(csc_server: CscServer) -> None:
    async def ask() -> CSCCredentialInfo:
        session = CSCServiceSessionInfo(csc_server.url, CscServer.CREDENTIALS["porteuse"])
        async with ClientSession() as http:
            return await fetch_certs_in_csc_credential(http, session)

    with csc_server.down(), pytest.raises(SigningError):
        asyncio.run(ask())
    assert asyncio.run(ask()).chain


def test_signature_with_a_card_is_trusted(
    signing_authority: Authority, soft_token: SoftToken, page: bytes
) -> None:
    async def sign_and_judge() -> None:
        chain = load_certs_from_pemder_data(signing_authority.certificate("emettrice"))
        card = open_pkcs11_session(
            str(soft_token.module), token_criteria=TokenCriteria(SoftToken.LABEL), user_pin=SoftToken.PIN
        )
        with card:
            signer = PKCS11Signer(card, SoftToken.KEY_LABEL, ca_chain=chain)
            async with trusting(signing_authority) as context:
                pdf = await signed(page, signer, signing_authority.time_stamp_url, context)
                status = await judged(pdf, context)
        assert status.bottom_line, status.summary()
        assert status.signing_cert.subject.native["common_name"] == "Lise Exemple"

    asyncio.run(sign_and_judge())


def test_services_can_be_down_alone_or_all_together_and_come_back(
    signing_authority: Authority, page: bytes
) -> None:
    signer = signer_of(signing_authority, "animateur")

    async def with_time_stamps_of(url: str) -> PdfSignatureStatus:
        pdf = await signed(page, signer, url)
        async with trusting(signing_authority) as context:
            return await judged(pdf, context)

    with pytest.raises(TimestampRequestError):
        asyncio.run(with_time_stamps_of(signing_authority.dead_url))
    with signing_authority.down(), pytest.raises(TimestampRequestError):
        asyncio.run(with_time_stamps_of(signing_authority.time_stamp_url))
    assert asyncio.run(with_time_stamps_of(signing_authority.time_stamp_url)).bottom_line


def test_file_of_a_signatory_holds_the_chain_up_to_the_root(signing_authority: Authority) -> None:
    for name, holder in HOLDERS.items():
        found = load_pkcs12(signing_authority.pkcs12(name), Authority.PASSPHRASE.encode())
        assert found.cert
        assert found.cert.certificate.public_bytes(Encoding.PEM) == signing_authority.certificate(name)
        chain = [one.certificate.public_bytes(Encoding.PEM) for one in found.additional_certs]
        assert chain[1:] == ([] if holder.is_self_signed else [signing_authority.root])
