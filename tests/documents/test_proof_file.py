"""The pages of a proof file: all that a court asks for is on them, whole, whatever the names."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re

import pypdfium2
import pytest

from piles_docs.documents.conformance import conformance_defects
from piles_docs.documents.conversion import LibreOffice, find_converter
from piles_docs.documents.proof_file import (
    LEVEL_WORDS,
    TEMPLATE,
    CertificateShown,
    ElectronicSignature,
    HeldFile,
    ProofFile,
    RecordedFact,
    SentMail,
    Signatory,
    checks_of,
    make_proof_file,
)
from piles_docs.documents.template import text_of_document
from piles_docs.french.typography import typeset
from piles_docs.methodology.acts import Level, Means
from piles_docs.usecases.workspace import Workspace

MOMENT = dt.datetime(2026, 11, 26, 23, 5, 9, tzinfo=dt.UTC)
LONG_NAME = "Mme Marie-Françoise Œuvrard-d’Hypothèse de La Tour-Saint-Éloi"
DIGITS = "0123456789abcde"


def digest(rank: int) -> str:
    """A digest as wide as they come, that ends as an ordinal would."""
    return (DIGITS[rank] * 62) + "3e"


def certificate(rank: int, name: str) -> CertificateShown:
    return CertificateShown(
        subject=name,
        issuer="AC « Émettrice & Cie » <d’essai>",
        sha256=digest(rank),
        begins_at=MOMENT - dt.timedelta(days=30),
        ends_at=MOMENT + dt.timedelta(days=700),
    )


def signatory(rank: int, name: str, level: Level, stamped_at: dt.datetime | None) -> Signatory:
    return Signatory(
        name=name,
        role="la structure porteuse",
        on_behalf_of="Association de préfiguration et d’accompagnement des initiatives solidaires",
        means=Means.ELECTRONIC,
        signature=ElectronicSignature(
            certificate=certificate(rank, name),
            level=level,
            told_at=MOMENT - dt.timedelta(minutes=rank),
            stamped_at=stamped_at,
            anchor="AC Racine d’Essai (dossier de confiance)",
        ),
        signed_on=MOMENT.date(),
    )


PROOF = ProofFile(
    title="Convention annuelle de partenariat – Communauté de communes de l’Œuvre et de l’Étang",
    reference="haut-verdon.convention-annuelle.2027.v12",
    version=12,
    project="PILES du Haut-Verdon",
    issued_on=dt.date(2026, 11, 1),
    original=1,
    originals=1,
    pages=9,
    issued_sha256=digest(1),
    issued_size=123456,
    signed_sha256=digest(2),
    signed_size=234567,
    signatories=(
        signatory(3, LONG_NAME, Level.LTA, MOMENT),
        signatory(4, "M. Noé Modèle", Level.B, None),
        Signatory(
            name="Mme Ana Témoin",
            role="le formateur ou la formatrice",
            on_behalf_of="",
            means=Means.PAPER,
            signature=None,
            signed_on=dt.date(2026, 11, 20),
        ),
    ),
    mails=(
        SentMail(
            recorded_at=MOMENT,
            name=LONG_NAME,
            address="une.adresse.tres.longue.de.la.presidence@association-de-prefiguration.example",
            purpose="envoi du dossier à signer",
            outcome="accepté par le serveur d’envoi",
        ),
    ),
    facts=tuple(
        RecordedFact(sequence=rank, recorded_at=MOMENT, text=f"fait {rank} : noté", digest=digest(rank))
        for rank in range(5, 9)
    ),
    head="haut-verdon 12 9999-9999-9999-9999",
    head_digest=digest(9),
    seal=certificate(10, "Agence d’Essai"),
    reserves=("La signature de M. Noé Modèle n’est pas horodatée.",),
    files=(HeldFile(name="certificat-porteuse.cer", description="Le certificat", sha256=digest(11)),),
    made_at=MOMENT,
)


@pytest.fixture(scope="module")
def pdf(repository: Workspace) -> bytes:
    converter = find_converter()
    if not isinstance(converter, LibreOffice):
        pytest.skip("LibreOffice is not installed here")
    return converter.convert({"preuve": made(repository, PROOF)})["preuve"]


def made(repository: Workspace, proof: ProofFile) -> bytes:
    return make_proof_file(proof, repository.network(), repository.template(TEMPLATE))


def words(text: str) -> str:
    """Text with all spaces alike."""
    return re.sub(r"\s+", " ", text)


def said(repository: Workspace, **changes: object) -> str:
    """The text of the file, with something else in it."""
    changed = dataclasses.replace(PROOF, **changes)  # type: ignore[arg-type]  # the callers know
    return words(text_of_document(made(repository, changed)))


def test_all_that_a_court_asks_for_is_on_the_pages(repository: Workspace) -> None:
    text = said(repository)
    for wanted in (
        *(PROOF.title, PROOF.reference, "version 12, 9 pages, émis le 1er novembre 2026"),
        *(LONG_NAME, "Au nom de « M. Noé Modèle », délivré par « AC « Émettrice & Cie » <d’essai> »"),
        *("valable du 27 octobre 2026 au 26 octobre 2028", "AC Racine d’Essai (dossier de confiance)"),
        *(f"B-LTA : {LEVEL_WORDS[Level.LTA]}", f"B-B : {LEVEL_WORDS[Level.B]}"),
        "27/11/2026 à 00:05:09, heure de Paris (26/11/2026 à 23:05:09 UTC), par un service d’horodatage",
        "27/11/2026 à 00:02:09, heure de Paris (26/11/2026 à 23:02:09 UTC), par le signataire",
        "Aucune : la signature n’est pas horodatée",
        "Signature sur papier, le 20 novembre 2026 d’après le registre.",
        "l’original sur papier fait foi",
        PROOF.mails[0].address,
        "Envoi du dossier à signer : accepté par le serveur d’envoi",
        *("Fait 5 : noté", PROOF.head, *PROOF.reserves),
        *("n’est présumée que si elle est qualifiée", "décret n° 2017-1416 du 28 septembre 2017"),
        "nul ne peut se constituer de titre à soi-même (Code civil, article 1363)",
        "listes de confiance européennes n’ont pas été consultées",
    ):
        assert words(typeset(wanted)) in text, wanted


def test_what_is_not_there_is_said_and_not_left_out(repository: Workspace) -> None:
    waiting = dataclasses.replace(PROOF.signatories[2], signed_on=None)
    text = said(repository, mails=(), reserves=(), seal=None, signatories=(*PROOF.signatories[:2], waiting))
    assert "rien ici ne lie un signataire à une adresse" in text
    assert "Rien n’est à signaler" in text
    assert "Ce PDF ne porte pas de cachet électronique." in text
    assert "Cette signature n’est pas encore enregistrée." in text
    assert "pdfsig -nocert preuve.pdf" not in text


def test_the_number_of_originals_is_told(repository: Workspace) -> None:
    assert "3 originaux ; ce fichier porte sur l’original n° 1." in said(repository, originals=3)
    alone = said(repository, signatories=PROOF.signatories[:2])
    assert "Un seul original, électronique." in alone
    assert "Code civil, article 1375, alinéa 4" in alone


def test_typography_leaves_the_commands_as_they_must_be_typed(repository: Workspace) -> None:
    text = text_of_document(made(repository, PROOF))
    commands = [command for check in checks_of(PROOF) for command in check.commands]
    assert len(commands) == 12
    for command in commands:
        assert typeset(command) == command
        assert command in text


def test_digests_and_commands_are_whole_lines_and_nothing_leaves_the_margins(pdf: bytes) -> None:
    document = pypdfium2.PdfDocument(pdf)
    lines = []
    for page in document:
        text = page.get_textpage()
        lines += text.get_text_range().splitlines()
        for rank in range(text.count_chars()):
            left, _, right, _ = text.get_charbox(rank)
            assert right <= 595.3 - 60
            assert left >= 60
    whole = " | ".join(lines)
    for rank in range(1, 12):
        assert digest(rank) in whole
    for check in checks_of(PROOF):
        for command in check.commands:
            assert command in [line.strip() for line in lines]
    assert len(document) <= 6


def test_the_pages_claim_what_they_keep_to(pdf: bytes) -> None:
    assert conformance_defects(pdf, name="preuve.docx") == []
