"""From a returned or freshly signed PDF to acts: what the signatures in it mean for the case."""

from __future__ import annotations

import datetime as dt

from piles_docs.errors import ExitCode, Mismatch, PilesError, SignatureFailed, SignatureNotJudged
from piles_docs.methodology.acts import LevelRaised, Means, Original, Signed
from piles_docs.methodology.threads import Thread
from piles_docs.signing.verdicts import Expectation, FoundSignature, Judgement, Verdict
from piles_docs.usecases.workspace import Workspace

_ERRORS: dict[Verdict, type[PilesError]] = {
    Verdict.WRONG_SIGNATORY: SignatureFailed,
    Verdict.REVOKED: SignatureFailed,
    Verdict.UNTRUSTED: SignatureFailed,
    Verdict.NOT_JUDGED: SignatureNotJudged,
}
VERDICT_WORDS = {
    Verdict.COMPLETE: "complet",
    Verdict.PARTIAL: "signé en partie",
    Verdict.UNSIGNED: "non signé",
    Verdict.RESAVED: "réenregistré par un logiciel",
    Verdict.PRINTED: "imprimé ou numérisé",
    Verdict.ALTERED: "modifié",
    Verdict.WRONG_SIGNATORY: "signé par une autre personne",
    Verdict.REVOKED: "certificat révoqué",
    Verdict.UNTRUSTED: "certificat sans autorité de confiance",
    Verdict.NOT_JUDGED: "n’a pas pu être vérifié",
}


def exit_code_of(verdict: Verdict) -> ExitCode:
    """How a command ends that met a verdict."""
    return ExitCode.DONE if verdict.stands else _ERRORS.get(verdict, Mismatch).exit_code


def error_of(judgement: Judgement, name: str) -> PilesError:
    """The error that a verdict is, where the work cannot go on with it."""
    kind = _ERRORS.get(judgement.verdict, Mismatch)
    return kind(
        f"{name} : {VERDICT_WORDS[judgement.verdict]} ({' ; '.join(judgement.reasons)})",
        remedy="rien n’a été enregistré",
    )


def expectation_of(workspace: Workspace, thread: Thread, original: Original) -> Expectation:
    """What a file of an original is compared with.

    Raises:
        RecordsBroken: The archive does not hold the issued bytes.
    """
    return Expectation(
        issued=workspace.archive.get(original.pdf_sha256),
        signatories=thread.issued.signatories,
        required=frozenset(party for party, means in thread.means.items() if means is Means.ELECTRONIC),
    )


def acts_of(
    judgement: Judgement, thread: Thread, original: Original, pdf_sha256: str, today: dt.date
) -> list[Signed | LevelRaised]:
    """The acts that a file adds to what is known: its new signatures, and levels that it raised.

    Args:
        judgement: One that stands.
        thread: The issued document, as it stands.
        original: Which of its originals the file is.
        pdf_sha256: The digest of the file.
        today: The day, for a signature whose own clock is wrong.
    """
    number, reference = original.number, thread.issued.reference
    acts: list[Signed | LevelRaised] = [
        Signed(
            reference=reference,
            party=found.party,
            original=number,
            means=Means.ELECTRONIC,
            on=_day_of(found, thread.issued.on, today),
            pdf_sha256=pdf_sha256,
            level=found.level,
            certificate_sha256=found.certificate.sha256,
            holder=found.certificate.subject,
            anchor=found.anchor,
            told_at=found.told_at,
            stamped_at=found.stamped_at,
        )
        for found in judgement.signatures
        if (found.party, number) not in thread.signed
    ]
    raised = {
        found.party: found.level
        for found in judgement.signatures
        if (known := thread.levels.get((found.party, number))) and found.level.rank > known.rank
    }
    if raised:
        acts.append(
            LevelRaised(reference=reference, original=number, pdf_sha256=pdf_sha256, levels=raised, on=today)
        )
    return acts


def _day_of(found: FoundSignature, issued_on: dt.date, today: dt.date) -> dt.date:
    """The day of a signature; today where its own clock says what cannot be."""
    moment = found.on
    day = moment.astimezone().date() if moment else today
    return day if issued_on <= day <= today else today
