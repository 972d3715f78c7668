"""The certificates that a signed PDF carries with its signatures."""

from __future__ import annotations

import io

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import UnacceptableSignerError

from piles_docs.errors import SignatureFailed


def embedded_certificates(pdf: bytes) -> dict[str, bytes]:
    """The certificate of each who signed a file, DER, by its SHA-256 fingerprint, in the order of signing.

    Raises:
        SignatureFailed: The file or one of its signatures cannot be read.
    """
    try:
        signatures = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
        certificates = [signature.signer_cert for signature in signatures]
        return {certificate.sha256.hex(): certificate.dump() for certificate in certificates}
    except (PdfError, UnacceptableSignerError, ValueError, KeyError) as error:
        raise SignatureFailed(
            "les signatures du fichier ne peuvent pas être lues",
            remedy="reprenez le fichier signé tel qu’il a été reçu",
        ) from error
