"""The proof file of an act signed electronically: what a judge or the other party has to know and can check.

What the courts look for in a « fichier de preuve » (C. civ., art. 1366 and 1367): which document, to the
byte; who signed, and how that is known; when; by which means; the way from the issue to the last signature;
and how all this is kept. It says as plainly what is not proved.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from piles_docs.case.network_models import Network
from piles_docs.documents.rendering import render
from piles_docs.documents.template import Template
from piles_docs.documents.view import Absent, Record, View
from piles_docs.french.dates import precise_moment
from piles_docs.methodology.acts import Level, Means

TEMPLATE = "preuve"
"""The name of its template."""
PROOF_FILE = "preuve.pdf"
"""What the commands on the page call the proof file itself."""
SIGNED_FILE, ISSUED_FILE = "acte-signe.pdf", "acte-emis.pdf"
TRAIL_FILE, CHAIN_FILE = "trace.json", "registre.jsonl"
DIGESTS_FILE = "empreintes-sha256.txt"

LEVEL_WORDS = {
    Level.B: (
        "la signature se vérifie avec son certificat, tant qu’il est valable ; aucun tiers n’atteste "
        "son heure"
    ),
    Level.T: (
        "un service d’horodatage atteste que la signature existait à l’heure dite ; si le certificat était "
        "révoqué, seule l’autorité qui l’a délivré peut le dire"
    ),
    Level.LT: (
        "la signature est horodatée et le fichier contient tout ce qu’il faut pour la vérifier : certificats "
        "et réponses de l’autorité sur leur révocation"
    ),
    Level.LTA: (
        "la signature est horodatée, le fichier contient tout ce qu’il faut pour la vérifier, et un second "
        "horodatage, qui peut être renouvelé, protège l’ensemble dans la durée"
    ),
}
"""What each level of a signature means (ETSI EN 319 142-1, clause 6), in plain words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateShown:
    """A certificate, as the page tells it."""

    subject: str
    issuer: str
    sha256: str
    begins_at: dt.datetime
    ends_at: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ElectronicSignature:
    """A signature that is in the file."""

    certificate: CertificateShown
    level: Level
    told_at: dt.datetime | None
    """By the signatory's own clock."""
    stamped_at: dt.datetime | None
    """By a time-stamping service."""
    anchor: str
    """The root that it leads to, and where that is believed from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatory:
    """One who signs, and what came of it."""

    name: str
    """As printed in the act."""
    role: str
    """Which party, as a sentence calls it: « la structure porteuse »."""
    on_behalf_of: str
    """For whom; empty for who signs for itself."""
    means: Means
    signature: ElectronicSignature | None
    """None on paper, and while it waits."""
    signed_on: dt.date | None
    """As recorded; None while it waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentMail:
    """A message about the act, to one who signs."""

    recorded_at: dt.datetime
    name: str
    """Who it was for."""
    address: str
    purpose: str
    outcome: str
    """What is known of its leaving."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedFact:
    """A fact about the act, as the ledger keeps it."""

    sequence: int
    recorded_at: dt.datetime
    text: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldFile:
    """A file that the proof file holds."""

    name: str
    description: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofFile:
    """What the proof file says."""

    title: str
    reference: str
    version: int
    project: str
    """Which PILES the act is for."""
    issued_on: dt.date
    original: int
    originals: int
    pages: int
    issued_sha256: str
    issued_size: int
    """In bytes: the signed file begins with them."""
    signed_sha256: str
    signed_size: int
    signatories: tuple[Signatory, ...]
    mails: tuple[SentMail, ...]
    facts: tuple[RecordedFact, ...]
    head: str
    """The short head of the chain, at the moment of the proof."""
    head_digest: str
    seal: CertificateShown | None
    """Whose seal will close this file; None where there is none."""
    reserves: tuple[str, ...]
    """What was not checked, or is thinner than it may be: French sentences, with their final full stop."""
    files: tuple[HeldFile, ...]
    made_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Check:
    """Something that anyone can check, and the commands for it."""

    purpose: str
    answer: str
    """What is seen when all is well, a French sentence without final full stop."""
    commands: tuple[str, ...]
    """One line each. No apostrophe in them, and no space before « ; : ! ? % »: typography would change it."""


def checks_of(proof: ProofFile) -> tuple[Check, ...]:
    """The checks that the page prints, to be run in this order in the folder that holds `preuve.pdf`."""
    return (
        Check(
            "Sortir les pièces jointes, retrouver l’acte émis au début de l’acte signé, comparer les "
            "empreintes",
            "« OK » s’affiche pour chaque fichier",
            (
                f"pdfdetach -saveall {PROOF_FILE}",
                f"head -c {proof.issued_size} {SIGNED_FILE} > {ISSUED_FILE}",
                f"sha256sum -c --strict {DIGESTS_FILE}",
            ),
        ),
        Check(
            "Vérifier les signatures de l’acte" + (", puis le cachet de ce fichier" if proof.seal else ""),
            "« Signature is Valid. » s’affiche pour chacune, avec le nom de son certificat",
            (f"pdfsig -nocert {SIGNED_FILE}", *([f"pdfsig -nocert {PROOF_FILE}"] if proof.seal else [])),
        ),
        Check(
            "Lire les certificats de ceux qui ont signé",
            "S’affichent le titulaire (Subject), l’autorité (Issuer) et les dates de validité",
            (
                "for c in certificat-*.cer; do",
                'openssl x509 -inform DER -in "$c" -noout -text -nameopt utf8; done',
            ),
        ),
        Check(
            "Recalculer la chaîne du registre",
            f"Ne s’affiche que sa dernière empreinte, {proof.head_digest}",
            (
                'p=$(printf "%064d" 0)',
                "while IFS= read -r f; do",
                'printf "%s" "$f" | grep -qF "\\"previous\\":\\"$p\\"" || echo "chaîne rompue"',
                'p=$(printf "%s" "$f" | sha256sum | cut -d" " -f1)',
                f'done < {CHAIN_FILE}; echo "$p"',
            ),
        ),
    )


def make_proof_file(proof: ProofFile, network: Network, template: Template) -> bytes:
    """Make the proof file as Word.

    Raises:
        TemplateInvalid: The template cannot be rendered as it is.
    """
    record = Record()
    head = network.tete_de_reseau
    variables = {
        "preuve": _variables(proof, record),
        "tete_de_reseau": View(head, "tete_de_reseau", record),
        "emetteur": View(head, "tete_de_reseau", record),
        "document": {
            "projet": False,
            "reference": f"Fichier de preuve – {proof.reference}",
            "exemplaire": Absent("exemplaire", record),
        },
    }
    title = f"Fichier de preuve – {proof.title} – {proof.reference}"
    return render(template, [variables], record=record, title=title, dated=proof.made_at.date()).docx


def _variables(proof: ProofFile, record: Record) -> dict[str, Any]:
    return {
        "titre": proof.title,
        "reference": proof.reference,
        "version": proof.version,
        "projet": proof.project,
        "emis_le": proof.issued_on,
        "pages": proof.pages,
        "exemplaire": proof.original,
        "exemplaires": proof.originals,
        "empreinte_emis": proof.issued_sha256,
        "empreinte_signe": proof.signed_sha256,
        "signataires": [_signatory(signatory, record) for signatory in proof.signatories],
        "est_mixte": len({signatory.means for signatory in proof.signatories}) > 1,
        "courriels": [
            {
                "le": precise_moment(mail.recorded_at),
                "nom": mail.name,
                "adresse": mail.address,
                "objet": mail.purpose,
                "suite": mail.outcome,
            }
            for mail in proof.mails
        ],
        "journal": [
            {
                "numero": fact.sequence,
                "enregistre_le": precise_moment(fact.recorded_at),
                "fait": fact.text,
                "empreinte": fact.digest,
            }
            for fact in proof.facts
        ],
        "tete": proof.head,
        "empreinte_tete": proof.head_digest,
        "cachet": _certificate(proof.seal) if proof.seal else Absent("preuve.cachet", record),
        "reserves": list(proof.reserves),
        "pieces": [
            {"nom": file.name, "description": file.description, "empreinte": file.sha256}
            for file in proof.files
        ],
        "verifications": [
            {"but": check.purpose, "commandes": list(check.commands), "reponse": check.answer}
            for check in checks_of(proof)
        ],
        "etabli_le": precise_moment(proof.made_at),
    }


def _signatory(signatory: Signatory, record: Record) -> dict[str, Any]:
    signature = signatory.signature
    return {
        "nom": signatory.name,
        "partie": signatory.role,
        "pour": signatory.on_behalf_of,
        "moyen": str(signatory.means),
        "signe_le": signatory.signed_on or Absent("preuve.signataires.signe_le", record),
        "electronique": {
            "certificat": _certificate(signature.certificate),
            "niveau": str(signature.level),
            "niveau_explique": LEVEL_WORDS[signature.level],
            "heure_annoncee": _moment(signature.told_at),
            "heure_attestee": _moment(signature.stamped_at),
            "ancre": signature.anchor,
        }
        if signature
        else Absent("preuve.signataires.electronique", record),
    }


def _certificate(certificate: CertificateShown) -> dict[str, Any]:
    return {
        "nom": certificate.subject,
        "emetteur": certificate.issuer,
        "empreinte": certificate.sha256,
        "debut": certificate.begins_at.date(),
        "fin": certificate.ends_at.date(),
    }


def _moment(moment: dt.datetime | None) -> str:
    return precise_moment(moment) if moment else ""
