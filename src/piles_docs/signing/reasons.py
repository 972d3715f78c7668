"""What is found wrong in a returned file: each with its verdict, and its reason in words for the office.

Of several findings the gravest is the verdict: a changed text before a revoked certificate, that before one
which no one vouches for, that before another person's name (a name in a certificate that is not believed says
nothing), and what is certain before what could not be known. What could not be known is never good.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from piles_docs.methodology.acts import party_of
from piles_docs.signing.believing import Doubt, Lack
from piles_docs.signing.certificates import Certificate
from piles_docs.signing.structure import FilledField
from piles_docs.signing.verdicts import Expectation, Judgement, Verdict

_FRANCE = ZoneInfo("Europe/Paris")
_GRAVEST_FIRST = (
    Verdict.ALTERED,
    Verdict.REVOKED,
    Verdict.UNTRUSTED,
    Verdict.WRONG_SIGNATORY,
    Verdict.NOT_JUDGED,
)
_VERDICT_OF = {
    Lack.BROKEN: Verdict.ALTERED,
    Lack.REVOKED: Verdict.REVOKED,
    Lack.WEAK: Verdict.UNTRUSTED,
    Lack.ENDED: Verdict.UNTRUSTED,
    Lack.STRANGER: Verdict.UNTRUSTED,
    Lack.UNFIT: Verdict.UNTRUSTED,
    Lack.UNREAD: Verdict.NOT_JUDGED,
    Lack.UNKNOWN: Verdict.NOT_JUDGED,
}


@dataclass(slots=True)
class Findings:
    """What is wrong with one file."""

    expectation: Expectation
    found: list[tuple[Verdict, str]] = field(default_factory=list)

    def add(self, verdict: Verdict, reason: str) -> None:
        """Note something once, however often it is met."""
        if (verdict, reason) not in self.found:
            self.found.append((verdict, reason))

    def add_doubt(
        self, doubt: Doubt, place: FilledField, certificate: Certificate, proved: dt.datetime | None
    ) -> None:
        """Note why a signature is not believed.

        Args:
            doubt: Why.
            place: Of the signature.
            certificate: Of the signatory.
            proved: Before which moment it existed, by a believed time stamp.
        """
        if party_of(place.name) is None:
            verdict = Verdict.ALTERED if doubt.lack is Lack.BROKEN else Verdict.NOT_JUDGED
            self.add(verdict, f"notre cachet ne peut pas être vérifié : {_why(doubt, certificate, proved)}")
        else:
            self.add(_VERDICT_OF[doubt.lack], f"{self.who(place)} : {_why(doubt, certificate, proved)}")

    def add_own_stamp_doubt(self, doubt: Doubt, place: FilledField) -> None:
        """Note why the time stamp of a signature is not believed, where it does not merely not count."""
        if doubt.lack is Lack.BROKEN:
            self.add(
                Verdict.ALTERED, f"l’horodatage de {self.who(place)} ne correspond pas à cette signature"
            )
        elif doubt.lack in {Lack.UNKNOWN, Lack.UNREAD}:
            self.add(
                Verdict.NOT_JUDGED,
                f"l’horodatage de {self.who(place)} n’a pas pu être vérifié ; relancez plus tard",
            )

    def add_document_stamp_doubt(self, doubt: Doubt, place: FilledField) -> None:
        """Note why a document time stamp is not believed."""
        certificate = Certificate.of(place.signature.signer_cert)
        if doubt.lack is Lack.BROKEN:
            self.add(Verdict.ALTERED, "un horodatage du fichier ne correspond pas à ce qu’il date")
            return
        self.add(
            _VERDICT_OF[doubt.lack] if doubt.lack is not Lack.REVOKED else Verdict.UNTRUSTED,
            f"un horodatage du fichier n’est pas fiable : {_why(doubt, certificate, None)}",
        )

    def who(self, place: FilledField) -> str:
        """Name a signature in a sentence."""
        if place.is_stamp:
            return "un horodatage"
        party = party_of(place.name)
        if party is None:
            return "l’émission, que notre cachet garantit"
        return f"la signature de {self.expectation.signatories.get(party, party)}"

    def judgement(self) -> Judgement | None:
        """The gravest first; None where nothing is wrong."""
        ordered = sorted(self.found, key=lambda finding: _GRAVEST_FIRST.index(finding[0]))
        if not ordered:
            return None
        return Judgement(verdict=ordered[0][0], reasons=tuple(reason for _, reason in ordered))


def _why(doubt: Doubt, certificate: Certificate, proved: dt.datetime | None) -> str:
    """Say what is wrong with what a certificate signed, and what to do."""
    whose = (
        f"le certificat d’une autorité au-dessus de {certificate.subject}"
        if doubt.is_above
        else f"le certificat de {certificate.subject}"
    )
    unproved = (
        ", avant la signature" if proved is not None else ", et rien ne prouve que la signature est d’avant"
    )
    match doubt.lack:
        case Lack.BROKEN:
            return "la signature ne correspond pas au fichier, qui a été modifié ou abîmé"
        case Lack.WEAK:
            return "elle est faite avec une méthode qui n’est plus sûre ; demandez une nouvelle signature"
        case Lack.REVOKED:
            return (
                f"{whose} est révoqué depuis le {_day(doubt.since)}{unproved} ; "
                "demandez une signature avec un autre certificat"
            )
        case Lack.ENDED if doubt.since is None:
            return f"{whose} n’était pas encore valable"
        case Lack.ENDED:
            return (
                f"{whose} a pris fin le {_day(doubt.since)}{unproved} ; "
                "demandez une signature avec un certificat en cours"
            )
        case Lack.STRANGER:
            return (
                f"aucune autorité de confiance ne garantit {whose} (délivré par {certificate.issuer}) ; "
                "si vous la connaissez, mettez le certificat de cette autorité dans confiance/"
            )
        case Lack.UNFIT:
            return f"{whose} n’est pas fait pour cet usage"
        case Lack.UNREAD:
            return (
                f"{whose} mène peut-être à l’une des racines de confiance qui n’ont pas pu être lues ; "
                "corrigez-les, puis relancez"
            )
        case Lack.UNKNOWN:
            return (
                f"l’autorité {certificate.issuer} n’a pas dit si {whose} est encore valable ; "
                "relancez plus tard, avec une connexion à internet"
            )


def _day(moment: dt.datetime | None) -> str:
    return f"{moment.astimezone(_FRANCE):%d/%m/%Y}" if moment else "?"
