"""Acts signed electronically, with real keys and services: what the tests of proof files build on."""

from __future__ import annotations

import datetime as dt
import hashlib
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from piles_docs.documents.boxes import find_boxes
from piles_docs.documents.conversion import Converter
from piles_docs.documents.making import make
from piles_docs.documents.originals import complete
from piles_docs.ledger.acts import entry_of
from piles_docs.methodology.acts import (
    Act,
    Channel,
    Issued,
    Level,
    Mailed,
    MailEnded,
    Means,
    MilestoneReached,
    Original,
    Purpose,
    Signed,
)
from piles_docs.methodology.parties import full_name, signatory
from piles_docs.packs.binding import page_count
from piles_docs.signing.keys import FileKey, read_key_file
from piles_docs.signing.signing import Services, seal, sign
from piles_docs.signing.trust import Root, Trust, read_certificates
from piles_docs.signing.verdicts import FoundSignature
from piles_docs.usecases.generate import order_for
from piles_docs.usecases.proof import SignedOriginal
from piles_docs.usecases.situation import Situation, situation
from piles_docs.usecases.workspace import Workspace

from ..authority import Authority

ROOT = Path(__file__).parents[2]
CASE = "haut-verdon"
TODAY = dt.datetime.now(dt.UTC).replace(microsecond=0)
"""The authority's dates are counted from the day of the run."""


@dataclass(frozen=True)
class SignedCase:
    """A workspace with an act that is signed."""

    workspace: Workspace
    now: Situation
    signed: SignedOriginal


def a_workspace(folder: Path) -> Workspace:
    """A workspace with the templates of the repository and the case whose people the authority knows."""
    shutil.copytree(ROOT / "templates", folder / "templates")
    (folder / "cases").mkdir()
    shutil.copy(ROOT / "cases" / f"{CASE}.yaml", folder / "cases")
    shutil.copy(ROOT / "piles.toml", folder)
    return Workspace(folder)


def key_of(authority: Authority, holder: str) -> FileKey:
    """The key of one of the authority's holders."""
    return read_key_file(authority.pkcs12(holder), Authority.PASSPHRASE, name=holder)


def services_of(authority: Authority, level: Level) -> Services:
    """What reaches a level."""
    roots = [Root(one, "dossier confiance") for one in read_certificates(authority.root, name="racine")]
    return Services(trust=Trust(tuple(roots)), time_stamp_url=authority.time_stamp_url, level=level)


def sign_act(
    workspace: Workspace,
    document: str,
    levels: Mapping[str, Level | None],
    authority: Authority,
    converter: Converter,
    *,
    mails: bool = True,
) -> SignedCase:
    """Issue a document of the case with its fields and a seal, and sign it.

    Args:
        workspace: Where.
        document: Which.
        levels: By party, the level that its signature reaches; None for who signs on paper.
        authority: Whose keys.
        converter: Makes the PDF.
        mails: Whether those who sign were written to.
    """
    services = services_of(authority, Level.B)
    issued, content = _issue(workspace, document, levels, authority, converter)
    found: list[FoundSignature] = []
    moment = TODAY - dt.timedelta(days=1)
    _record(workspace, moment, MilestoneReached(milestone="rencontre-faite", on=moment.date()))
    _record(workspace, moment, issued)
    for number, (party, level) in enumerate(levels.items(), 1):
        at = moment + dt.timedelta(hours=number)
        if mails:
            _record(workspace, at, *_mails(issued.reference, party, at))
        if level is not None:
            one = sign(content, party, key_of(authority, party), services_of(authority, level), moment=at)
            content = one.content
            found.append(
                FoundSignature(
                    party=party,
                    certificate=one.certificate,
                    level=one.level,
                    told_at=at,
                    stamped_at=TODAY if level is not Level.B else None,
                    anchor=services.trust.anchor_of(services.trust.roots[0].certificate),
                )
            )
        _record(workspace, at, _signed(issued.reference, party, at, found, workspace.archive.put(content)))
    original = SignedOriginal(reference=issued.reference, content=content, signatures=tuple(found))
    return SignedCase(workspace, situation(workspace, CASE, TODAY.date()), original)


def _issue(
    workspace: Workspace,
    document: str,
    levels: Mapping[str, Level | None],
    authority: Authority,
    converter: Converter,
) -> tuple[Issued, bytes]:
    now = situation(workspace, CASE, TODAY.date())
    state = next(one for one in now.state.documents if one.key.document == document)
    docx = make(
        order_for(now, state, means=Means.ELECTRONIC), now.case, now.network, workspace.template(document)
    ).docx
    pdf = converter.convert({document: docx})[document]
    parties = now.methodology.document(document).signatories
    names = {party: full_name(signatory(party, now.case, now.network)) for party in parties}
    labels = {box: f"Signature de {names[box.party]}" for box in find_boxes(pdf, parties, name=document)}
    key = key_of(authority, "tete-de-reseau-cachet")
    completed = complete(pdf, code=None, labels=labels, name=document)
    closed = seal(completed, key, services_of(authority, Level.B), moment=TODAY).content
    for content in (docx, closed):
        workspace.archive.put(content)
    original = Original(
        number=1,
        docx_sha256=hashlib.sha256(docx).hexdigest(),
        pdf_sha256=hashlib.sha256(closed).hexdigest(),
        pages=page_count(closed, name=document),
        boxes=tuple(labels),
    )
    issued = Issued(
        document=document,
        version=1,
        reference=f"{CASE}.{document}.v1",
        means={party: Means.ELECTRONIC if levels[party] else Means.PAPER for party in parties},
        originals=(original,),
        on=(TODAY - dt.timedelta(days=1)).date(),
        template_sha256=workspace.template(document).sha256,
        signatories=names,
    )
    return issued, closed


def _signed(
    reference: str, party: str, at: dt.datetime, signatures: Sequence[FoundSignature], pdf_sha256: str
) -> Signed:
    found = next((one for one in signatures if one.party == party), None)
    if found is None:
        return Signed(reference=reference, party=party, original=1, means=Means.PAPER, on=at.date())
    return Signed(
        reference=reference,
        party=party,
        original=1,
        means=Means.ELECTRONIC,
        on=at.date(),
        pdf_sha256=pdf_sha256,
        level=found.level,
        certificate_sha256=found.certificate.sha256,
        holder=found.certificate.subject,
        anchor=found.anchor,
        told_at=found.told_at,
        stamped_at=found.stamped_at,
    )


def _mails(reference: str, party: str, at: dt.datetime) -> tuple[Act, ...]:
    message = f"<{party}.{at:%H}@tete-de-reseau.example>"
    return (
        Mailed(
            message=message,
            purpose=Purpose.SENDING,
            party=party,
            references=(reference,),
            channel=Channel.SMTP,
            address=f"{party}@signataires.example",
            on=at.date(),
        ),
        MailEnded(message=message, is_accepted=True, detail="250 2.0.0 Ok", on=at.date()),
    )


def _record(workspace: Workspace, at: dt.datetime, *acts: Act) -> None:
    workspace.ledger().append(CASE, [entry_of(act) for act in acts], expected=None, now=at)
