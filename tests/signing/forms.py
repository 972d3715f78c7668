"""A file with fields to sign, and what it is signed and judged with."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache

import pikepdf
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigFieldSpec, append_signature_field
from pyhanko.sign.validation import async_validate_pdf_signature

from piles_docs.methodology.acts import Level, field_of
from piles_docs.signing.keys import Key
from piles_docs.signing.signing import Services, sign
from piles_docs.signing.trust import Root, Trust, read_certificates

from ..authority import Authority

PARTIES = ("porteuse", "tete-de-reseau")


@cache
def form() -> bytes:
    """A PDF of one page, with a field for each of the parties."""
    page, content = io.BytesIO(), io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.save(page)
    writer = IncrementalPdfFileWriter(page)
    for number, party in enumerate(PARTIES):
        box = (50, 50 + 100 * number, 250, 120 + 100 * number)
        append_signature_field(writer, SigFieldSpec(field_of(party), on_page=0, box=box))
    writer.write(content)
    return content.getvalue()


def services_of(authority: Authority, level: Level = Level.B) -> Services:
    """What signatures are completed with: the authority, and its time stamps."""
    roots = read_certificates(authority.root, name="racine")
    trust = Trust(tuple(Root(root, "dossier confiance/") for root in roots))
    return Services(trust=trust, time_stamp_url=authority.time_stamp_url, level=level)


def signed_by(authority: Authority, key: Key, party: str = "porteuse", level: Level = Level.B) -> bytes:
    """The form, signed by a party."""
    return sign(form(), party, key, services_of(authority, level), moment=datetime.now(UTC)).content


def stands(authority: Authority, pdf: bytes) -> Iterable[str]:
    """Who signed a file, if everything is sound and trusted; asked of pyHanko alone."""

    async def judge() -> list[str]:
        found = []
        async with services_of(authority).trust.context() as context:
            for one in PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures:
                status = await async_validate_pdf_signature(one, signer_validation_context=context)
                assert status.bottom_line, status.summary()
                found.append(str(status.signing_cert.subject.native["common_name"]))
        return found

    return asyncio.run(judge())
