"""Honest files: issued by the program itself, sealed, and signed by those who were asked."""

from __future__ import annotations

import asyncio
import datetime as dt
import io
from dataclasses import dataclass
from functools import cached_property

from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, Signer, SimpleSigner
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.timestamps import TimeStamper

from piles_docs.documents.conversion import Converter
from piles_docs.methodology.acts import SEAL_FIELD, Level, Means, field_of
from piles_docs.signing.keys import FileKey, read_key_file
from piles_docs.signing.signing import Services, SignedFile, seal, sign
from piles_docs.signing.trust import Root, Trust, read_certificates
from piles_docs.signing.verdicts import Expectation
from piles_docs.usecases.issuing import make_issues, plan_pack, trial_issue
from piles_docs.usecases.sealing import Sealer
from piles_docs.usecases.situation import situation
from piles_docs.usecases.workspace import Workspace

from ..authority import Authority
from ..seals import NETWORK, PASSPHRASE, KnownSecrets, key_of

TODAY = dt.date(2026, 11, 26)
HOST, HEAD = "porteuse", "tete-de-reseau"
BOTH = frozenset({HOST, HEAD})
NAMES = {HOST: "Mme Lise Exemple", HEAD: "M. Camille Fictif"}


@dataclass(frozen=True)
class Issue:
    """A document as it is before its seal."""

    reference: str
    unsealed: bytes
    rects: dict[str, tuple[float, float, float, float]]
    page: int
    """On which the signatures are, from 1."""


def make_pages(repository: Workspace, converter: Converter) -> dict[str, Issue]:
    """Issue three acts, with empty fields to sign in, through LibreOffice; some seconds."""
    now = situation(repository, "haut-verdon", TODAY)
    plan = plan_pack(now, step=None, documents=["convention-amorcage", "charte", "invitation-copil"])
    trials = [trial_issue(now, state, Means.ELECTRONIC, TODAY, "essai") for state in plan.to_issue]
    issues = {}
    unsealed = _Unsealed(repository, KnownSecrets())
    moment = dt.datetime.now(dt.UTC)
    for made in make_issues(repository, now, plan.to_issue, trials, converter, unsealed, moment):
        boxes = made.act.originals[0].boxes
        if boxes and made.act.document not in issues:
            rects = {box.party: box.rect for box in boxes}
            issues[made.act.document] = Issue(made.act.reference, made.contents[1], rects, boxes[0].page)
    return issues


class _Unsealed(Sealer):
    """Leaves a file with its fields, and without its seal: the tests put seals of their own."""

    def seal(self, pdf: bytes, moment: dt.datetime) -> SignedFile:
        key = read_key_file(key_of(NETWORK), PASSPHRASE, name="cachet.p12")
        return SignedFile(content=pdf, certificate=key.certificate, level=Level.B, shortfall=None)


class Honest:
    """Files that went the honest way, made when they are first asked for."""

    def __init__(self, pages: dict[str, Issue], authority: Authority) -> None:
        self.pages, self.authority = pages, authority
        self.issue = pages["invitation-copil"]  # two pages, two signatories
        roots = read_certificates(authority.root, name="racine.pem")
        self.trust = Trust(tuple(Root(root, "dossier de confiance") for root in roots))
        self.moment = dt.datetime.now(dt.UTC)
        self._signed: dict[Level, tuple[bytes, bytes]] = {}

    def key(self, holder: str) -> FileKey:
        return read_key_file(self.authority.pkcs12(holder), Authority.PASSPHRASE, name=f"{holder}.p12")

    def services(self, level: Level) -> Services:
        return Services(trust=self.trust, time_stamp_url=self.authority.time_stamp_url, level=level)

    def sealed(self, unsealed: bytes) -> bytes:
        key = self.key("tete-de-reseau-cachet")
        return seal(unsealed, key, self.services(Level.LT), moment=self.moment).content

    def signed_by(self, content: bytes, party: str, level: Level = Level.B) -> bytes:
        return sign(content, party, self.key(party), self.services(level), moment=self.moment).content

    @cached_property
    def issued(self) -> bytes:
        """With our seal, which carries what its check needs."""
        return self.sealed(self.issue.unsealed)

    @cached_property
    def expectation(self) -> Expectation:
        return Expectation(issued=self.issued, signatories=NAMES, required=BOTH)

    def partial(self, level: Level = Level.B) -> bytes:
        """Signed by the host structure."""
        return self._pair(level)[0]

    def complete(self, level: Level = Level.B) -> bytes:
        """Signed by the host structure, then by the network head."""
        return self._pair(level)[1]

    def _pair(self, level: Level) -> tuple[bytes, bytes]:
        if level not in self._signed:
            first = self.signed_by(self.issued, HOST, level)
            self._signed[level] = first, self.signed_by(first, HEAD, level)
        return self._signed[level]

    def signed_anyhow(
        self,
        content: bytes,
        field: str,
        holder: str | SimpleSigner,
        *,
        certify: bool = False,
        stamper: TimeStamper | None = None,
        new_field: SigFieldSpec | None = None,
        method: str = "sha256",
    ) -> bytes:
        """Sign without the program, which would refuse some of what is signed here."""
        signer = holder if isinstance(holder, SimpleSigner) else self.signer(holder)
        return sign_anyhow(
            content, field, signer, certify=certify, stamper=stamper, new_field=new_field, method=method
        )

    def signer(self, holder: str) -> SimpleSigner:
        made: SimpleSigner = SimpleSigner.load_pkcs12_data(
            self.authority.pkcs12(holder), [], passphrase=Authority.PASSPHRASE.encode()
        )
        return made


def sign_anyhow(
    content: bytes,
    field: str,
    signer: Signer,
    *,
    certify: bool = False,
    stamper: TimeStamper | None = None,
    new_field: SigFieldSpec | None = None,
    method: str = "sha256",
) -> bytes:
    """Sign with pyHanko alone."""
    about = PdfSignatureMetadata(
        field_name=field,
        md_algorithm=method,
        subfilter=SigSeedSubFilter.PADES,
        certify=certify,
        docmdp_permissions=MDPPerm.FILL_FORMS,
    )
    signing = PdfSigner(about, signer=signer, timestamper=stamper, new_field_spec=new_field)
    output = io.BytesIO()

    async def work() -> None:
        await signing.async_sign_pdf(
            IncrementalPdfFileWriter(io.BytesIO(content)),
            existing_fields_only=new_field is None and field != SEAL_FIELD,
            output=output,
        )

    asyncio.run(work())
    return output.getvalue()


HOST_FIELD, HEAD_FIELD = field_of(HOST), field_of(HEAD)
