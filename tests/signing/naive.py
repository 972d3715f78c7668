"""How a signed PDF is often checked: is there a signature in it whose digest is right?"""

from __future__ import annotations

import io
import re
import subprocess
from pathlib import Path

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation.generic_cms import validate_sig_integrity


def naive(content: bytes) -> bool:
    """Say yes if any signature fits the bytes that it covers, whoever made it and whatever came after."""
    try:
        return any(digests(content))
    except Exception:  # noqa: BLE001  # what cannot be read is not accepted
        return False


def digests(content: bytes) -> list[bool]:
    """For each signature that can be read, whether it fits what it covers."""
    found = []
    for signature in PdfFileReader(io.BytesIO(content), strict=False).embedded_regular_signatures:
        try:
            intact, valid = validate_sig_integrity(
                signature.signer_info, signature.signer_cert, "data", signature.compute_digest()
            )
        except Exception:  # noqa: BLE001
            intact = valid = False
        found.append(intact and valid)
    return found


def pdfsig(content: bytes, folder: Path) -> list[bool]:
    """The same by poppler, another program with another library."""
    path = folder / "a-verifier.pdf"
    path.write_bytes(content)
    run = subprocess.run(["pdfsig", "-nocert", path], capture_output=True, text=True, check=False)
    return [said == "Signature is Valid." for said in re.findall(r"Signature Validation: (.*)", run.stdout)]
