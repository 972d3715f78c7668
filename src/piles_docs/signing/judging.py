"""What a returned PDF is worth: one verdict, in words for the office.

A file stands only if it is the issued bytes, continued by signatures and by what makes them last, where

- the first signature is our seal, which lets nothing but our fields be filled;
- every signature is whole, safe, believed, and nothing but signatures came after it;
- every document time stamp is believed;
- each field that is filled is one of ours, by a certificate that names the signatory as printed, and no
  certificate fills the fields of two parties;
- no byte follows what the last revision ends with. A line end there would be harmless, yet two files that
  differ would then be the same evidence; so it is refused too.

A time stamp of a signature from a service that is not believed merely does not count: the signature is then
judged as of now, which asks for more. A document time stamp from such a service is refused: it claims to
vouch for the whole file.

What is found otherwise is put in words, and the gravest of it chosen, in `reasons.py`.
"""

from __future__ import annotations

import asyncio
import dataclasses
import datetime as dt
import io
from dataclasses import dataclass

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.validation.status import SignatureCoverageLevel

from piles_docs.errors import Mismatch
from piles_docs.methodology.acts import Level, party_of
from piles_docs.signing.believing import (
    Belief,
    Believer,
    Store,
    document_stamp,
    signature_look,
    stamps_of,
)
from piles_docs.signing.certificates import Certificate
from piles_docs.signing.comparing import compare, compare_bytes, differing_pages, written_pages
from piles_docs.signing.limits import (
    DECODE_LIMITS,
    active_content,
    check_drawings,
    check_size,
    open_within_limits,
)
from piles_docs.signing.reasons import Findings
from piles_docs.signing.structure import (
    FilledField,
    Misshapen,
    field_names,
    filled_fields,
    has_stray_objects,
    is_whole,
    seal_of,
)
from piles_docs.signing.trust import Trust
from piles_docs.signing.verdicts import Expectation, FoundSignature, Judgement, Verdict

SECONDS_FOR_AUTHORITIES = 60
"""For all authorities of a file: a certificate from outside may name many servers that never answer."""


def judge(
    received: bytes,
    expectation: Expectation,
    trust: Trust,
    *,
    fetches: bool = True,
) -> Judgement:
    """Tell what a returned file is worth. Nothing is raised, whatever the bytes are.

    Args:
        received: The file that came back.
        expectation: What it is compared with.
        trust: Whom to believe.
        fetches: Whether authorities may be asked about certificates.
    """
    return asyncio.run(_judge(received, expectation, trust, fetches))


async def _judge(received: bytes, expectation: Expectation, trust: Trust, fetches: bool) -> Judgement:
    if received == expectation.issued:
        return Judgement(
            verdict=Verdict.UNSIGNED, reasons=("personne n’a signé : c’est le fichier tel qu’il a été émis",)
        )
    try:
        check_size(received)
        if not received.startswith(expectation.issued):
            damaged = compare_bytes(received, expectation.issued)
            if damaged is not None:
                return damaged
            found = active_content(open_within_limits(received))
            judgement = compare(received, expectation.issued)
            warnings = tuple(f"attention, le fichier contient {name} : ne l’ouvrez pas" for name in found)
            return dataclasses.replace(judgement, reasons=judgement.reasons + warnings)
        reader = open_within_limits(received, known=len(expectation.issued), strict=True)
        return await _judge_ours(received, reader, expectation, trust, fetches)
    except Misshapen as error:
        return Judgement(verdict=Verdict.ALTERED, reasons=(f"{error} : demandez une nouvelle signature",))
    except Mismatch as error:
        return _not_judged(f"{error.message} ; {error.remedy}")
    except TimeoutError:
        return _not_judged("les autorités de certification ne répondent pas ; relancez plus tard")
    # The bytes are anyone's, and four libraries read them: whatever breaks there, the file is not good.
    except Exception as error:  # noqa: BLE001
        return _not_judged(
            f"le fichier est fait d’une façon qui ne peut pas être examinée ({type(error).__name__}) ; "
            "demandez qu’il soit renvoyé tel qu’il a été signé"
        )


def _not_judged(reason: str) -> Judgement:
    return Judgement(verdict=Verdict.NOT_JUDGED, reasons=(reason,))


async def _judge_ours(
    received: bytes,
    reader: PdfFileReader,
    expectation: Expectation,
    trust: Trust,
    fetches: bool,
) -> Judgement:
    issued = PdfFileReader(io.BytesIO(expectation.issued), decode_limits=DECODE_LIMITS)
    try:
        before = filled_fields(issued, expectation.issued)
        seal = seal_of(before, issued)
    except Misshapen:
        seal = None
    if seal is None or any(not other.is_stamp for other in before[1:]):
        return _not_judged(
            "le fichier émis ne porte pas notre cachet, qui garantit son texte ; émettez-le à nouveau"
        )
    fields = filled_fields(reader, received)
    findings = Findings(expectation)
    for name in active_content(reader, known=len(expectation.issued)):
        findings.add(Verdict.ALTERED, f"on a ajouté au fichier {name}")
    if not fields or seal_of(fields, reader) is None or not _is_same(fields[0], seal):
        findings.add(Verdict.ALTERED, "notre cachet a été remplacé ou retiré")
    else:
        _check_fields(fields, field_names(issued), findings)
        _check_changes(fields, reader, received, findings)
    judgement = findings.judgement()
    if judgement is not None and judgement.verdict is Verdict.ALTERED:
        return judgement  # nothing is graver; and who altered it names the servers that would be asked
    store = Store.of(reader)
    async with (
        asyncio.timeout(SECONDS_FOR_AUTHORITIES),
        trust.context(others=store.certificates, fetches=fetches) as context,
    ):
        believer = Believer(trust, context, store)
        signatures = await _check_signatures(fields, reader, believer, findings)
    return findings.judgement() or _standing(signatures, expectation)


def _is_same(one: FilledField, other: FilledField) -> bool:
    return one.end == other.end and one.signature.pkcs7_content == other.signature.pkcs7_content


def _check_fields(fields: tuple[FilledField, ...], ours: frozenset[str], findings: Findings) -> None:
    """Each signature in one of our fields; document time stamps in their own, which show nothing."""
    issued_end = len(findings.expectation.issued)
    for place in fields[1:]:
        if place.is_stamp:
            if place.name in ours and place.end > issued_end:
                findings.add(Verdict.ALTERED, f"un horodatage remplit le champ {place.name}")
            elif place.is_visible:
                findings.add(Verdict.ALTERED, "un horodatage se montre sur une page")
        elif place.name not in ours or party_of(place.name) is None:
            findings.add(
                Verdict.ALTERED,
                f"une signature a été ajoutée hors de nos champs ({place.name}) ; "
                "demandez de signer dans la case prévue",
            )
        elif party_of(place.name) not in findings.expectation.signatories:
            findings.add(Verdict.NOT_JUDGED, f"le champ {place.name} est signé, et n’est demandé à personne")
        elif place.end <= issued_end:
            findings.add(Verdict.NOT_JUDGED, f"le champ {place.name} était signé avant l’émission")


def _check_changes(
    fields: tuple[FilledField, ...],
    reader: PdfFileReader,
    received: bytes,
    findings: Findings,
) -> None:
    """Nothing but signatures after each signature, and nothing at all after the last revision."""
    issued = findings.expectation.issued
    # The last that something was changed after is the one to name, and the quickest to compare.
    changed_after = next((place for place in reversed(fields) if _is_changed_after(place)), None)
    if changed_after is not None:
        check_drawings(reader)
        pages = differing_pages(received, issued)
        where = f" (texte différent {written_pages(pages)})" if pages else ""
        findings.add(
            Verdict.ALTERED,
            f"le fichier a été modifié après {findings.who(changed_after)}{where} ; "
            "rien n’est enregistré, demandez des explications",
        )
        return
    last = [place for place in fields if not place.is_stamp][-1]
    difference = last.signature.diff_result
    if isinstance(difference, DiffResult) and difference.modification_level > ModificationLevel.LTA_UPDATES:
        findings.add(Verdict.ALTERED, f"le fichier a été modifié après {findings.who(last)}, sans être signé")
    if not is_whole(fields, reader, received):
        findings.add(
            Verdict.ALTERED,
            "des octets que personne n’a signés suivent la fin du fichier ; demandez-le tel quel",
        )
    if has_stray_objects(reader, received, len(issued)):
        findings.add(Verdict.ALTERED, "des objets cachés ont été ajoutés au fichier ; demandez-le tel quel")


def _is_changed_after(place: FilledField) -> bool:
    """Whether something other than signatures and their checks was added after a signature."""
    place.signature.compute_integrity_info()
    told = place.signature.summarise_integrity_info()
    difference = told["diff_result"]
    return (
        told["coverage"] < SignatureCoverageLevel.ENTIRE_REVISION
        or not isinstance(difference, DiffResult)
        or difference.modification_level > ModificationLevel.FORM_FILLING
        or not told["docmdp_ok"]
    )


async def _check_signatures(
    fields: tuple[FilledField, ...],
    reader: PdfFileReader,
    believer: Believer,
    findings: Findings,
) -> tuple[FoundSignature, ...]:
    stamps = await _believed_stamps(fields, believer, findings)
    found: list[FoundSignature] = []
    for place in fields:
        if place.is_stamp:
            continue
        later = [stamp for stamp in stamps if stamp.revision > place.revision]
        proved = min((stamp.moment for stamp in later), default=None)
        own = await _believed_own_stamp(place, believer, proved, findings)
        proved = min((told for told in (own, proved) if told is not None), default=None)
        belief = await believer.believe(signature_look(place.signature), proved)
        certificate = Certificate.of(place.signature.signer_cert)
        party = party_of(place.name)
        if belief.doubt is not None:
            findings.add_doubt(belief.doubt, place, certificate, proved)
        elif party is not None and party in findings.expectation.signatories and belief.root is not None:
            _check_name(party, certificate, found, findings)
            found.append(
                FoundSignature(
                    party=party,
                    certificate=certificate,
                    level=await _level(place, proved, later, reader, believer),
                    told_at=place.signature.self_reported_timestamp,
                    stamped_at=proved,
                    anchor=believer.trust.anchor_of(belief.root),
                )
            )
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _DocumentStamp:
    """A believed document time stamp."""

    revision: int
    moment: dt.datetime


async def _believed_stamps(
    fields: tuple[FilledField, ...], believer: Believer, findings: Findings
) -> list[_DocumentStamp]:
    """From the last to the first, as each proves when those before it existed."""
    believed: list[_DocumentStamp] = []
    for place in reversed([place for place in fields if place.is_stamp]):
        stamp = document_stamp(place.signature)
        proved = min((later.moment for later in believed), default=None)
        belief = await believer.believe(stamp.look, proved)
        if belief.doubt is None:
            believed.append(_DocumentStamp(place.revision, stamp.moment))
        else:
            findings.add_document_stamp_doubt(belief.doubt, place)
    return believed


async def _believed_own_stamp(
    place: FilledField,
    believer: Believer,
    proved: dt.datetime | None,
    findings: Findings,
) -> dt.datetime | None:
    """The first moment that the believed time stamps of a signature tell."""
    moments = []
    for stamp in stamps_of(place.signature):
        belief = await believer.believe(stamp.look, proved)
        if belief.doubt is None:
            moments.append(stamp.moment)
        else:
            findings.add_own_stamp_doubt(belief.doubt, place)
    return min(moments, default=None)


async def _level(
    place: FilledField,
    proved: dt.datetime | None,
    later: list[_DocumentStamp],
    reader: PdfFileReader,
    believer: Believer,
) -> Level:
    """How long a believed signature can be checked, by what the file holds (ETSI EN 319 142-1, 6)."""
    if proved is None:
        return Level.B
    if not await _stands_alone(place, proved, believer.store, believer):
        return Level.T
    for stamp in later:
        covered = Store.of(reader.get_historical_resolver(stamp.revision))
        if await _stands_alone(place, proved, covered, believer):
            return Level.LTA
    return Level.LT


async def _stands_alone(place: FilledField, proved: dt.datetime, store: Store, believer: Believer) -> bool:
    """Whether a store has all that the check of a signature needs."""
    looks = [(signature_look(place.signature), proved)]
    looks += [(stamp.look, stamp.moment) for stamp in stamps_of(place.signature) if stamp.moment == proved]
    for look, moment in looks:
        belief: Belief = await believer.believe_file(look, moment, store)
        if belief.doubt is not None:
            return False
    return True


def _check_name(
    party: str,
    certificate: Certificate,
    found: list[FoundSignature],
    findings: Findings,
) -> None:
    signatories = findings.expectation.signatories
    wanted = signatories[party]
    if not certificate.names(wanted):
        findings.add(
            Verdict.WRONG_SIGNATORY,
            f"la case de {wanted} est signée avec le certificat de {certificate.subject} ; "
            "demandez la signature de la bonne personne, ou changez de signataire et émettez à nouveau",
        )
    for other in found:
        if other.certificate.sha256 == certificate.sha256:
            findings.add(
                Verdict.WRONG_SIGNATORY,
                f"le même certificat ({certificate.subject}) signe pour "
                f"{signatories[other.party]} et pour {wanted}",
            )


def _standing(signatures: tuple[FoundSignature, ...], expectation: Expectation) -> Judgement:
    missing = [
        name
        for party, name in expectation.signatories.items()
        if party in expectation.required and party not in {signature.party for signature in signatures}
    ]
    if not signatures:
        return Judgement(verdict=Verdict.UNSIGNED, reasons=("personne n’a signé ce fichier",))
    if missing:
        return Judgement(
            verdict=Verdict.PARTIAL,
            reasons=tuple(f"il manque la signature de {name}" for name in missing),
            signatures=signatures,
        )
    return Judgement(verdict=Verdict.COMPLETE, reasons=(), signatures=signatures)
