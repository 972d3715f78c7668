"""The proof file of a signed act: what it holds, that anyone can check it, and that a change is seen."""

from __future__ import annotations

import dataclasses
import datetime as dt
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pikepdf
import pypdfium2
import pytest

from piles_docs.documents.conversion import Converter, LibreOffice, find_converter
from piles_docs.errors import RecordsBroken, SignatureFailed
from piles_docs.ledger.acts import entry_of
from piles_docs.ledger.events import FIRST_PREVIOUS
from piles_docs.ledger.heads import Head
from piles_docs.methodology.acts import (
    Act,
    Channel,
    Level,
    Mailed,
    MailEnded,
    MilestoneReached,
    Purpose,
    Withdrawn,
)
from piles_docs.signing.signing import seal
from piles_docs.usecases.proof import Proof, proof_of
from piles_docs.usecases.proof_trail import numbers_about
from piles_docs.usecases.situation import situation

from ..authority import Authority
from ..documents.verapdf import VeraPdf
from .proving import CASE, ROOT, TODAY, SignedCase, a_workspace, key_of, services_of, sign_act

THREE = {"tete-de-reseau": Level.LTA, "porteuse": Level.T, "animateur": Level.B}
PARTLY_ON_PAPER = {"porteuse": None, "tete-de-reseau": Level.LT}
PROGRAMS = (
    "pdfdetach",
    "head",
    "sha256sum",
    "pdfsig",
    "for c in",
    "openssl",
    "p=",
    "while",
    "printf",
    "done",
)


@pytest.fixture(scope="module")
def libreoffice() -> LibreOffice:
    converter = find_converter()
    if not isinstance(converter, LibreOffice):
        pytest.skip("LibreOffice is not installed here")
    return converter


@pytest.fixture(scope="module")
def three(
    tmp_path_factory: pytest.TempPathFactory, signing_authority: Authority, libreoffice: LibreOffice
) -> SignedCase:
    """A training plan that three people signed, each at another level."""
    workspace = a_workspace(tmp_path_factory.mktemp("trois"))
    return sign_act(workspace, "plan-formation", THREE, signing_authority, libreoffice)


@pytest.fixture(scope="module")
def mixed(
    tmp_path_factory: pytest.TempPathFactory, signing_authority: Authority, libreoffice: LibreOffice
) -> SignedCase:
    """A convention that one signed on paper and the other electronically; nobody was written to."""
    workspace = a_workspace(tmp_path_factory.mktemp("mixte"))
    return sign_act(
        workspace, "convention-amorcage", PARTLY_ON_PAPER, signing_authority, libreoffice, mails=False
    )


def prove(case: SignedCase, converter: Converter, authority: Authority, **options: Any) -> Proof:
    certificate = key_of(authority, "tete-de-reseau-cachet").certificate
    return proof_of(
        case.workspace, case.now, case.signed, converter, moment=TODAY, seal=certificate, **options
    )


@pytest.fixture(scope="module")
def proof(three: SignedCase, libreoffice: LibreOffice, signing_authority: Authority) -> Proof:
    return prove(three, libreoffice, signing_authority)


@pytest.fixture(scope="module")
def sealed(proof: Proof, signing_authority: Authority) -> bytes:
    """The proof file as it is kept."""
    key = key_of(signing_authority, "tete-de-reseau-cachet")
    return seal(proof.content, key, services_of(signing_authority, Level.LTA), moment=TODAY).content


def page_text(pdf: bytes) -> str:
    return "\n".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))


def words(text: str) -> str:
    return re.sub(r"\s+", " ", text)


def held(pdf: bytes) -> dict[str, bytes]:
    with pikepdf.open(io.BytesIO(pdf)) as document:
        return {name: file.get_file().read_bytes() for name, file in document.attachments.items()}


def trail_of(pdf: bytes) -> dict[str, Any]:
    trail: dict[str, Any] = json.loads(held(pdf)["trace.json"])
    return trail


# ---------------------------------------------------------------- what it holds


def test_the_pages_tell_each_signature_as_the_file_shows_it(three: SignedCase, sealed: bytes) -> None:
    text = words(page_text(sealed))
    for found in three.signed.signatures:
        assert found.certificate.sha256 in text
        assert f"Au nom de « {found.certificate.subject} », délivré par « AC Émettrice d’Essai »" in text
        assert f"{found.level} : " in text
        assert f"{found.party}@signataires.example" in text
    assert [found.level for found in three.signed.signatures] == list(THREE.values())
    assert hashlib.sha256(three.signed.content).hexdigest() in text
    for event in three.workspace.ledger().events(CASE)[1:]:
        assert event.digest in text
    assert "La signature de M. Noé Modèle n’est pas horodatée" in text
    assert "si le certificat de Mme Lise Exemple était révoqué" in text
    assert "si le certificat de M. Camille Fictif était révoqué" not in text


def test_the_trail_tells_the_same_to_a_program(three: SignedCase, proof: Proof) -> None:
    trail = trail_of(proof.content)
    issued = three.workspace.archive.get(trail["files"]["issued"]["sha256"])
    assert three.signed.content.startswith(issued)
    assert trail["files"]["issued"]["bytes"] == len(issued)
    assert trail["files"]["signed"]["sha256"] == hashlib.sha256(three.signed.content).hexdigest()
    by_party = {signature["party"]: signature for signature in trail["signatures"]}
    assert list(by_party) == ["porteuse", "animateur", "tete-de-reseau"]  # the order of signing
    for found in three.signed.signatures:
        told = by_party[found.party]
        assert told["certificate"]["sha256"] == found.certificate.sha256
        assert told["certificate"]["issuer"] == "AC Émettrice d’Essai"
        assert (told["level"], told["anchor"]) == (found.level, found.anchor)
        assert bool(told["stamped_at"]) == bool(found.stamped_at)
        assert told["told_at"].endswith("Z")
    assert [mail["address"] for mail in trail["mails"]] == [f"{party}@signataires.example" for party in THREE]
    assert all(mail["is_accepted"] for mail in trail["mails"])
    assert trail["document"]["reference"] == f"{CASE}.plan-formation.v1"
    assert trail["head"]["short"] == str(proof.head.short())
    assert len(trail["reserves"]) == 3


def test_the_digests_of_events_and_of_personal_data_can_be_computed_again(proof: Proof) -> None:
    trail = trail_of(proof.content)
    assert len(trail["events"]) == proof.head.sequence - 1  # the milestone is not about the act
    for event in trail["events"]:
        assert hashlib.sha256(event["covered"].encode()).hexdigest() == event["digest"]
        assert json.loads(event["covered"])["previous"] == event["previous"]
        assert hashlib.sha256(event["personal"].encode()).hexdigest() == event["personal_sha256"]
    previous = FIRST_PREVIOUS
    for line in held(proof.content)["registre.jsonl"].splitlines():
        assert json.loads(line)["previous"] == previous
        previous = hashlib.sha256(line).hexdigest()
    assert previous == proof.head.digest


def test_the_chain_names_nobody(proof: Proof) -> None:
    chain = held(proof.content)["registre.jsonl"].decode()
    for name in ("Exemple", "Modèle", "Fictif", "@signataires.example"):
        assert name not in chain


def test_an_act_signed_in_part_on_paper_says_so(
    mixed: SignedCase, libreoffice: LibreOffice, signing_authority: Authority
) -> None:
    proof = prove(mixed, libreoffice, signing_authority)
    text = words(page_text(proof.content))
    assert "en partie par voie électronique et en partie sur papier" in text
    assert "Mme Lise Exemple a signé sur papier" in text
    assert "rien ici ne lie un signataire à une adresse" in text
    paper, electronic = trail_of(proof.content)["signatures"]
    assert (paper["means"], electronic["means"]) == ("papier", "electronique")
    assert [paper[name] for name in ("certificate", "level", "told_at", "anchor")] == [None] * 4
    assert "certificat-porteuse.cer" not in held(proof.content)


def test_the_shape_of_the_trail_is_what_its_page_says(proof: Proof) -> None:
    page = (ROOT / "docs" / "proof-json.md").read_text("utf-8")
    trail = trail_of(proof.content)
    parts: Mapping[str, Any] = {
        "trace.json": trail,
        "The act": trail["document"],
        "A signature": trail["signatures"][0],
        "A mail": trail["mails"][0],
        "An event": trail["events"][0],
        "The head": trail["head"],
    }
    for title, value in parts.items():
        (text,) = re.findall(rf"^#+ {re.escape(title)}\n(.*?)(?=^#|\Z)", page, re.MULTILINE | re.DOTALL)
        assert re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE) == list(value), title
    files = set(re.findall(r"^\| `([\w<>.-]+)` \| .* \| (?:Source|Data|Supplement) \|$", page, re.MULTILINE))
    assert files == {
        re.sub(r"(?<=^certificat-).*(?=\.cer$)", "<party>", name) for name in held(proof.content)
    }


def test_the_file_is_pdf_a_3a_and_pdf_ua_before_and_after_its_seal(
    proof: Proof, sealed: bytes, vera: VeraPdf
) -> None:
    for pdf in (proof.content, sealed):
        assert vera.broken_rules(pdf, "PDF/A-3a") == []
        assert vera.broken_rules(pdf, "PDF/UA-1") == []
    assert sealed.startswith(proof.content)


def test_the_same_facts_give_the_same_bytes_whatever_comes_later(
    three: SignedCase, libreoffice: LibreOffice, signing_authority: Authority, tmp_path: Path
) -> None:
    copy = shutil.copytree(three.workspace.root, tmp_path / "copie")
    workspace = dataclasses.replace(three.workspace, root=copy)
    case = dataclasses.replace(three, workspace=workspace)
    first = prove(case, libreoffice, signing_authority)
    later = MilestoneReached(milestone="validation-ca", on=TODAY.date())
    workspace.ledger().append(CASE, [entry_of(later)], expected=None, now=TODAY)
    case = dataclasses.replace(case, now=situation(workspace, CASE, TODAY.date()))
    assert prove(case, libreoffice, signing_authority).head.sequence == first.head.sequence + 1
    assert prove(case, libreoffice, signing_authority, head=first.head).content == first.content


# ---------------------------------------------------------------- that anyone can check it


def commands(pdf: bytes) -> list[str]:
    """The commands that the pages print, a script each: lines that begin with a program, under a number."""
    _, _, part = page_text(pdf).partition("Vérifier sans le programme")
    steps = re.split(r"^\d\. ", part, flags=re.MULTILINE)[1:]
    scripts = []
    for step in steps:
        lines = [line.strip() for line in step.splitlines()]
        scripts.append("\n".join(line for line in lines if line.startswith(PROGRAMS)))
    return scripts


def check(pdf: bytes, folder: Path) -> list[tuple[int, str]]:
    """Run them on a file, in a folder where nothing else is, with no network name that leads anywhere."""
    folder.mkdir()
    (folder / "preuve.pdf").write_bytes(pdf)
    results = []
    for script in commands(pdf):
        done = subprocess.run(
            ["bash", "-e", "-c", script],
            cwd=folder,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(folder),
                "LC_ALL": "C.UTF-8",
                "LANGUAGE": "en",
                "TZ": "UTC",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        results.append((done.returncode, done.stdout + done.stderr))
    return results


def test_the_printed_commands_check_everything(proof: Proof, sealed: bytes, tmp_path: Path) -> None:
    (sums, signatures, certificates, chain) = check(sealed, tmp_path / "recu")
    assert sums[0] == 0, sums
    files = {"acte-emis.pdf", "acte-signe.pdf", "trace.json", "registre.jsonl"}
    files |= {f"certificat-{party}.cer" for party in THREE}
    assert {line.removesuffix(": OK") for line in sums[1].splitlines()} == files
    assert signatures[0] == 0
    for name in ("Camille Fictif", "Lise Exemple", "Noé Modèle", "Agence Provençale"):
        assert f"Common Name: {name}" in signatures[1]
    # Three signatures, the seal of the issue and that of the proof; pdfsig does not read time stamps.
    assert signatures[1].count("Signature is Valid.") == 5
    assert certificates[0] == 0
    assert certificates[1].count("Issuer: C=FR, CN=AC Émettrice d’Essai") == 3
    assert chain == (0, f"{proof.head.digest}\n")


def test_what_the_pages_print_is_what_the_files_are(sealed: bytes) -> None:
    text = page_text(sealed)
    for name, content in held(sealed).items():
        assert name in text
        assert hashlib.sha256(content).hexdigest() in text


@pytest.mark.parametrize(
    "name",
    ["acte-signe.pdf", "trace.json", "registre.jsonl", "certificat-porteuse.cer", "empreintes-sha256.txt"],
)
def test_one_altered_byte_of_a_file_inside_is_seen(
    sealed: bytes, proof: Proof, tmp_path: Path, name: str
) -> None:
    with pikepdf.open(io.BytesIO(sealed)) as document:
        stream = document.attachments[name].obj.EF.F
        content = bytearray(stream.read_bytes())
        content[20] ^= 1
        stream.write(bytes(content))
        output = io.BytesIO()
        document.save(output)
    (sums, signatures, _, chain) = check(output.getvalue(), tmp_path / "recu")
    assert sums[0] != 0
    assert "FAILED" in sums[1] or "No such file" in sums[1] or "improperly formatted" in sums[1]
    assert signatures[1].count("Signature is Valid.") < 5
    if name == "registre.jsonl":
        assert "chaîne rompue" in chain[1] or proof.head.digest not in chain[1]


def test_one_altered_byte_of_the_pages_breaks_the_seal(sealed: bytes, tmp_path: Path) -> None:
    altered = bytearray(sealed)
    altered[altered.index(b"stream\r\n" if b"stream\r\n" in sealed else b"stream\n") + 60] ^= 1
    folder = tmp_path / "recu"
    folder.mkdir()
    (folder / "preuve.pdf").write_bytes(altered)
    done = subprocess.run(
        ["pdfsig", "-nocert", "preuve.pdf"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert "Signature is Valid." not in done.stdout


# ---------------------------------------------------------------- what it refuses, and what it looks at


def test_a_file_that_is_not_the_issued_one_signed_is_refused(
    three: SignedCase, mixed: SignedCase, libreoffice: LibreOffice, signing_authority: Authority
) -> None:
    other = dataclasses.replace(three.signed, content=mixed.signed.content)
    with pytest.raises(SignatureFailed, match="ne commence pas par le fichier émis"):
        prove(dataclasses.replace(three, signed=other), libreoffice, signing_authority)


def test_a_signature_that_is_not_in_the_file_is_refused(
    three: SignedCase, libreoffice: LibreOffice, signing_authority: Authority
) -> None:
    stranger = key_of(signing_authority, "stranger").certificate
    (first, *others) = three.signed.signatures
    signatures = (dataclasses.replace(first, certificate=stranger), *others)
    wrong = dataclasses.replace(three, signed=dataclasses.replace(three.signed, signatures=signatures))
    with pytest.raises(SignatureFailed, match="certificat de Paul Spécimen n’est pas dans le fichier"):
        prove(wrong, libreoffice, signing_authority)


def test_a_head_of_another_chain_is_refused(
    three: SignedCase, libreoffice: LibreOffice, signing_authority: Authority
) -> None:
    with pytest.raises(RecordsBroken, match="n’est pas dans le registre"):
        prove(three, libreoffice, signing_authority, head=Head(CASE, 3, "0" * 64))


def test_a_level_that_was_not_reached_and_another_name_are_told(
    three: SignedCase, libreoffice: LibreOffice, signing_authority: Authority
) -> None:
    (first, *others) = three.signed.signatures
    renamed = dataclasses.replace(
        first, certificate=dataclasses.replace(first.certificate, words=frozenset({"x"}), subject="X")
    )
    signed = dataclasses.replace(
        three.signed,
        signatures=(renamed, *others),
        shortfalls={"animateur": "le service d’horodatage ne répond pas"},
    )
    proof = prove(dataclasses.replace(three, signed=signed), libreoffice, signing_authority)
    reserves = trail_of(proof.content)["reserves"]
    assert "Le certificat de « X » ne porte pas le nom imprimé, M. Camille Fictif." in reserves
    assert any("niveau qui était demandé : le service d’horodatage ne répond pas." in one for one in reserves)


def test_what_is_about_an_act_is_found_through_messages_and_withdrawals(tmp_path: Path) -> None:
    workspace = a_workspace(tmp_path)
    day = dt.date(2026, 11, 26)

    def mailed(message: str, *references: str) -> Mailed:
        return Mailed(
            message=message,
            purpose=Purpose.SENDING,
            party="porteuse",
            references=references,
            channel=Channel.SMTP,
            on=day,
        )

    acts: list[Act] = [
        mailed("<1>", "a.charte.v1"),
        mailed("<2>", "a.charte.v1", "a.convention-cadre.v1"),
        MailEnded(message="<1>", is_accepted=True, on=day),
        MailEnded(message="<2>", is_accepted=False, on=day),
        MilestoneReached(milestone="validation-ca", on=day),
        Withdrawn(event=4, on=day),
        Withdrawn(event=5, on=day),
    ]
    events = workspace.ledger().append(CASE, [entry_of(act) for act in acts], expected=None, now=TODAY)
    assert numbers_about(events, "a.convention-cadre.v1") == {2, 4, 6}
