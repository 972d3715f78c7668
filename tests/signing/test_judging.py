"""What honest files are worth: by whom they are signed, how long that can be checked, and when it cannot be told."""

from __future__ import annotations

import dataclasses
import hashlib
import logging

import pytest
from pyhanko.sign import SimpleSigner
from pyhanko.sign.fields import SigFieldSpec
from pyhanko_certvalidator.registry import SimpleCertificateStore

from piles_docs.errors import Mismatch
from piles_docs.methodology.acts import SEAL_FIELD, Level
from piles_docs.signing.comparing import references_in
from piles_docs.signing.judging import judge
from piles_docs.signing.revisions import revisions
from piles_docs.signing.signing import raise_level
from piles_docs.signing.trust import Trust
from piles_docs.signing.verdicts import Judgement, Verdict

from .honest import HEAD, HEAD_FIELD, HOST, HOST_FIELD, NAMES, Honest
from .past import NOW, Past, hold, years
from .tampering import scanned


def judged(honest: Honest, content: bytes, *, fetches: bool = True) -> Judgement:
    return judge(content, honest.expectation, honest.trust, fetches=fetches)


@pytest.mark.parametrize("level", Level)
def test_all_signatures_are_found_with_whose_they_are_and_how_long_they_last(
    honest: Honest, level: Level
) -> None:
    judgement = judged(honest, honest.complete(level))
    assert (judgement.verdict, judgement.reasons) == (Verdict.COMPLETE, ())
    first, second = judgement.signatures
    assert (first.party, second.party) == (HOST, HEAD)
    assert (first.certificate.subject, second.certificate.subject) == ("Lise Exemple", "Camille Fictif")
    assert {first.level, second.level} == {level}
    assert {first.anchor, second.anchor} == {"AC Racine d’Essai (dossier de confiance)"}
    assert first.told_at == honest.moment.replace(microsecond=0)
    assert (first.stamped_at is None) == (level is Level.B)
    assert first.on is not None


def test_one_signature_of_two_is_partial_and_says_whose_is_missing(honest: Honest) -> None:
    judgement = judged(honest, honest.partial())
    assert judgement.verdict is Verdict.PARTIAL
    assert judgement.reasons == ("il manque la signature de M. Camille Fictif",)
    assert [signature.party for signature in judgement.signatures] == [HOST]


def test_order_of_signing_is_the_order_of_the_judgement(honest: Honest) -> None:
    content = honest.signed_by(honest.signed_by(honest.issued, HEAD), HOST)
    assert [signature.party for signature in judged(honest, content).signatures] == [HEAD, HOST]


def test_one_who_signs_on_paper_is_not_missed(honest: Honest) -> None:
    expectation = dataclasses.replace(honest.expectation, required=frozenset({HOST}))
    judgement = judge(honest.partial(), expectation, honest.trust)
    assert judgement.verdict is Verdict.COMPLETE


def test_issued_file_is_unsigned(honest: Honest) -> None:
    assert judged(honest, honest.issued, fetches=False).verdict is Verdict.UNSIGNED


def test_level_raised_later_counts_for_every_signature(honest: Honest) -> None:
    content, level, shortfall = raise_level(honest.complete(), honest.services(Level.LTA))
    assert (level, shortfall) == (Level.LTA, None)
    judgement = judged(honest, content)
    assert judgement.verdict is Verdict.COMPLETE
    assert [signature.level for signature in judgement.signatures] == [Level.LTA, Level.LTA]
    assert all(signature.stamped_at for signature in judgement.signatures)


def test_levels_are_each_signature_s_own(honest: Honest) -> None:
    content = honest.signed_by(honest.partial(), HEAD, Level.LT)
    judgement = judged(honest, content)
    assert [signature.level for signature in judgement.signatures] == [Level.B, Level.LT]


@pytest.mark.parametrize("level", [Level.LT, Level.LTA])
def test_what_carries_its_proofs_needs_no_network(honest: Honest, level: Level) -> None:
    judgement = judged(honest, honest.complete(level), fetches=False)
    assert judgement.verdict is Verdict.COMPLETE
    assert [signature.level for signature in judgement.signatures] == [level, level]


@pytest.mark.parametrize("level", [Level.B, Level.T])
def test_what_does_not_carry_its_proofs_is_not_judged_without_network(honest: Honest, level: Level) -> None:
    judgement = judged(honest, honest.complete(level), fetches=False)
    assert judgement.verdict is Verdict.NOT_JUDGED
    assert "AC Émettrice d’Essai" in " ".join(judgement.reasons)
    assert not judgement.signatures


def test_authority_that_is_down_is_not_a_reason_against_the_signatory(honest: Honest) -> None:
    plain, lasting = honest.complete(), honest.complete(Level.LT)
    with honest.authority.down():
        judgement = judged(honest, plain)
        assert judgement.verdict is Verdict.NOT_JUDGED
        assert "n’a pas dit" in judgement.reasons[0]
        assert judged(honest, lasting).verdict is Verdict.COMPLETE


def test_certificate_without_those_above_it_is_asked_for_them(honest: Honest) -> None:
    whole = honest.signer("porteuse")
    alone = SimpleSigner(
        signing_cert=whole.signing_cert,
        signing_key=whole.signing_key,
        cert_registry=SimpleCertificateStore(),
    )
    content = honest.signed_anyhow(honest.issued, HOST_FIELD, alone)
    assert judged(honest, content).verdict is Verdict.PARTIAL
    with honest.authority.down():
        assert judged(honest, content).verdict is Verdict.NOT_JUDGED


def test_without_roots_no_one_is_believed(honest: Honest) -> None:
    judgement = judge(honest.complete(), honest.expectation, Trust())
    assert judgement.verdict is Verdict.UNTRUSTED
    assert "confiance/" in judgement.reasons[0]


def test_root_that_cannot_be_read_may_be_the_one_that_is_missing(honest: Honest) -> None:
    trust = Trust(shortfalls=("confiance/ac.pem ne contient pas de certificat lisible",))
    judgement = judge(honest.complete(), honest.expectation, trust)
    assert judgement.verdict is Verdict.NOT_JUDGED
    assert "n’ont pas pu être lues" in judgement.reasons[-1]


def test_issue_without_a_seal_is_not_judged_however_well_it_is_signed(honest: Honest) -> None:
    expectation = dataclasses.replace(honest.expectation, issued=honest.issue.unsealed)
    judgement = judge(honest.signed_by(honest.issue.unsealed, HOST), expectation, honest.trust)
    assert judgement.verdict is Verdict.NOT_JUDGED
    assert "cachet" in judgement.reasons[0]


def test_issue_with_a_signature_for_a_seal_is_not_judged(honest: Honest) -> None:
    issued = honest.signed_anyhow(
        honest.issue.unsealed, SEAL_FIELD, "tete-de-reseau-cachet", new_field=SigFieldSpec(SEAL_FIELD)
    )
    expectation = dataclasses.replace(honest.expectation, issued=issued)
    judgement = judge(honest.signed_by(issued, HOST), expectation, honest.trust)
    assert judgement.verdict is Verdict.NOT_JUDGED
    assert "cachet" in judgement.reasons[0]


@pytest.mark.parametrize("holder", ["impostor", "revoked", "expired"])
def test_issue_with_a_seal_that_is_not_believed_is_not_judged(honest: Honest, holder: str) -> None:
    issued = honest.signed_anyhow(
        honest.issue.unsealed, SEAL_FIELD, holder, certify=True, new_field=SigFieldSpec(SEAL_FIELD)
    )
    expectation = dataclasses.replace(honest.expectation, issued=issued)
    judgement = judge(honest.signed_by(issued, HOST), expectation, honest.trust)
    assert judgement.verdict is Verdict.NOT_JUDGED
    assert "notre cachet" in judgement.reasons[0]


def test_two_parties_of_one_name_need_two_certificates(honest: Honest) -> None:
    content = honest.signed_anyhow(honest.partial(), HEAD_FIELD, "porteuse")
    expectation = dataclasses.replace(
        honest.expectation, signatories={HOST: "Mme Lise Exemple", HEAD: "Mme Lise Exemple"}
    )
    judgement = judge(content, expectation, honest.trust)
    assert judgement.verdict is Verdict.WRONG_SIGNATORY
    assert judgement.reasons[0].startswith("le même certificat")


def test_field_that_no_one_was_asked_to_sign_is_not_judged(honest: Honest) -> None:
    expectation = dataclasses.replace(
        honest.expectation, signatories={HOST: NAMES[HOST]}, required=frozenset({HOST})
    )
    judgement = judge(honest.complete(), expectation, honest.trust)
    assert judgement.verdict is Verdict.NOT_JUDGED


def test_gravest_finding_is_the_verdict_and_the_first_reason(honest: Honest) -> None:
    """Another person's signature, then one by a revoked certificate."""
    content = honest.signed_anyhow(honest.issued, HEAD_FIELD, "stranger")
    content = honest.signed_anyhow(content, HOST_FIELD, "revoked")
    judgement = judged(honest, content)
    assert judgement.verdict is Verdict.REVOKED
    assert "révoqué" in judgement.reasons[0]
    assert any("Paul Spécimen" in reason for reason in judgement.reasons)


def test_time_stamp_of_an_unknown_service_does_not_count(honest: Honest) -> None:
    stamper = Past(honest.issue.unsealed, signed_at=-0.001, ends=2)
    content = honest.signed_anyhow(honest.issued, HOST_FIELD, "porteuse", stamper=stamper.stamps(-0.0001))
    (signature,) = judged(honest, content).signatures
    assert (signature.level, signature.stamped_at) == (Level.B, None)


def test_document_time_stamp_of_an_unknown_service_is_refused(honest: Honest) -> None:
    content = Past(honest.issue.unsealed).stamped(honest.complete(), -0.0001)
    judgement = judged(honest, content)
    assert judgement.verdict is Verdict.UNTRUSTED
    assert "horodatage" in judgement.reasons[0]


def test_reasons_are_for_the_office(honest: Honest) -> None:
    """Sentences without a full stop, and without the words of the trade."""
    for content in (honest.complete(), honest.complete()[:-50], honest.complete() + b"x"):
        for reason in judged(honest, content, fetches=False).reasons:
            assert not reason.endswith(".")
            assert not any(word in reason for word in ("DocMDP", "OCSP", "CRL", "xref", "DSS", "CMS"))


def test_libraries_print_nothing(honest: Honest, capfd: pytest.CaptureFixture[str]) -> None:
    assert logging.getLogger("pyhanko").handlers
    judged(honest, honest.signed_anyhow(honest.issued, HOST_FIELD, "impostor"))
    assert capfd.readouterr().err == ""


# ── Years later ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def past(honest: Honest) -> Past:
    return Past(honest.issue.unsealed)


def test_signature_of_ten_years_ago_still_stands_with_its_proofs(past: Past) -> None:
    content = past.with_store(past.signed(stamped_at=-10), past.list_of_revoked(-9.99))
    judgement = judge(past.stamped(content, -9.98), past.expectation, past.trust)
    assert judgement.verdict is Verdict.COMPLETE, judgement.reasons
    (signature,) = judgement.signatures
    assert signature.level is Level.LTA
    assert signature.stamped_at == years(-10)
    assert signature.certificate.ends_on < NOW


def test_proofs_without_a_time_for_them_last_as_long_as_the_stamp_s_certificate(past: Past) -> None:
    content = past.with_store(past.signed(stamped_at=-10), past.list_of_revoked(-9.99))
    (signature,) = judge(content, past.expectation, past.trust).signatures
    assert signature.level is Level.LT


def test_ended_certificate_without_a_time_is_not_believed(past: Past) -> None:
    content = past.with_store(past.signed(stamped_at=None), past.list_of_revoked(-9.99))
    judgement = judge(content, past.expectation, past.trust)
    assert judgement.verdict is Verdict.UNTRUSTED
    assert "rien ne prouve" in judgement.reasons[0]


def test_ended_certificate_without_proofs_is_not_judged(past: Past) -> None:
    """It was valid then, and no one can tell any more whether it was revoked."""
    judgement = judge(past.signed(stamped_at=-10), past.expectation, past.trust)
    assert judgement.verdict is Verdict.NOT_JUDGED


def test_signed_after_the_end_of_its_certificate(honest: Honest) -> None:
    past = Past(honest.issue.unsealed, signed_at=-3, ends=-1)
    content = past.with_store(past.signed(stamped_at=-0.5), past.list_of_revoked(-2.9))
    judgement = judge(content, past.expectation, past.trust)
    assert judgement.verdict is Verdict.UNTRUSTED
    assert "avant la signature" in judgement.reasons[0]


@pytest.mark.parametrize(
    ("since", "verdict"), [(-9.9, Verdict.COMPLETE), (-10.1, Verdict.REVOKED)], ids=["later", "before"]
)
def test_revoked_after_it_signed_stands_and_before_does_not(
    past: Past, since: float, verdict: Verdict
) -> None:
    content = past.with_store(
        past.signed(stamped_at=-10), past.list_of_revoked(-9.8, revoked=past.host, since=since)
    )
    judgement = judge(past.stamped(content, -9.7), past.expectation, past.trust)
    assert judgement.verdict is verdict, judgement.reasons


def test_first_document_stamp_rests_on_the_second(past: Past) -> None:
    """The first service's certificate has ended; a later stamp proves that the first was there before."""
    ended = hold("Horodatage Fini", -12, -6, past.root, for_stamps=True, says_where=False)
    content = past.with_store(past.signed(stamped_at=None), past.list_of_revoked(-9.99))
    once = past.stamped(content, -9.9, ended)
    assert judge(once, past.expectation, past.trust).verdict is Verdict.UNTRUSTED
    judgement = judge(past.stamped(once, -7), past.expectation, past.trust)
    assert judgement.verdict is Verdict.COMPLETE, judgement.reasons
    assert judgement.signatures[0].stamped_at == years(-9.9)


# ── Which document is it? ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("level", Level)
def test_issued_bytes_are_among_the_revisions_of_a_signed_file(honest: Honest, level: Level) -> None:
    wanted = hashlib.sha256(honest.issued).hexdigest()
    found = list(revisions(honest.complete(level)))
    assert wanted in found
    assert hashlib.sha256(honest.complete(level)).hexdigest() == found[-1]


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b"\r"])
def test_each_line_end_after_a_revision_is_tried(end: bytes) -> None:
    content = b"%PDF-1.7 un %%EOF" + end + b"deux %%EOF"
    found = set(revisions(content))
    assert hashlib.sha256(b"%PDF-1.7 un %%EOF").hexdigest() in found
    assert hashlib.sha256(b"%PDF-1.7 un %%EOF" + end).hexdigest() in found
    assert hashlib.sha256(content).hexdigest() in found


def test_revisions_are_bounded() -> None:
    assert len(list(revisions(b"%%EOF\r\n" * 100_000))) == 600


def test_reference_is_read_on_the_pages(honest: Honest) -> None:
    for content in (honest.issued, honest.complete()):
        assert references_in(content)[0] == honest.issue.reference


def test_scan_tells_no_reference(honest: Honest) -> None:
    assert references_in(scanned(honest.issued)) == ()


def test_references_of_what_is_no_pdf_are_refused() -> None:
    with pytest.raises(Mismatch, match="pas un PDF"):
        references_in(b"bonjour")


# ── Any bytes ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-",
        b"%PDF-1.7\n%%EOF",
        b"%PDF-1.7\nstartxref\n0\n%%EOF",
        b"%PDF-1.7\nstartxref\n99999999999999999999\n%%EOF",
        b"%PDF-1.7\n1 0 obj\n" + b"[" * 100_000 + b"\nendobj\nstartxref\n9\n%%EOF",
        b"%PDF-1.7\n" + b"<<" * 100_000,
        bytes(range(256)) * 100,
    ],
    ids=range(7),
)
def test_any_bytes_get_a_verdict(honest: Honest, content: bytes) -> None:
    for received in (content, honest.issued + content):
        assert not judged(honest, received, fetches=False).verdict.stands
