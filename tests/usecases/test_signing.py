"""Signing electronically, and taking back what was signed: from the issue to the last signature."""

from __future__ import annotations

import datetime as dt
import io
import shutil
import threading
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from piles_docs.documents.conversion import Converter, Embedded
from piles_docs.errors import Mismatch, PilesError, SignatureFailed, SigningFailed, UsageError
from piles_docs.methodology.acts import Issued, Level, LevelRaised, Means, Proven, Signed
from piles_docs.methodology.states import DocumentStatus
from piles_docs.methodology.threads import Thread, history
from piles_docs.signing.keys import FileKey, read_key_file
from piles_docs.signing.signing import Services
from piles_docs.signing.signing import sign as sign_pdf
from piles_docs.signing.verdicts import Verdict
from piles_docs.usecases.clock import Clock
from piles_docs.usecases.copies import make_copies
from piles_docs.usecases.pack import pack
from piles_docs.usecases.proving import make_proofs
from piles_docs.usecases.receive import Received, receive
from piles_docs.usecases.record import record_means, record_signature, void
from piles_docs.usecases.sign import Signing, sign, upgrade
from piles_docs.usecases.situation import situation
from piles_docs.usecases.trusting import services_of
from piles_docs.usecases.verify import verify
from piles_docs.usecases.workspace import Workspace

from ..authority import Authority
from ..seals import NETWORK, PASSPHRASE, key_of, sealer, set_seal
from .remembering import Remembering

ROOT = Path(__file__).parents[2]
CASE = "haut-verdon"
ACT = "invitation-copil.mairie-castellane"
"""A letter of two pages that two people sign."""
REFERENCE = f"{CASE}.{ACT}.v1"
HOST, HEAD = "porteuse", "tete-de-reseau"
NAMES = {HOST: "Lise Exemple", HEAD: "Camille Fictif"}


def now() -> Clock:
    """Certificates are valid around the real day: so signatures are made on it."""
    moment = dt.datetime.now(dt.UTC)
    return Clock(today=moment.date(), now=moment)


def new_workspace(folder: Path) -> Workspace:
    shutil.copytree(ROOT / "templates", folder / "templates")
    (folder / "cases").mkdir()
    shutil.copy(ROOT / "cases" / f"{CASE}.yaml", folder / "cases")
    shutil.copy(ROOT / "piles.toml", folder)
    set_seal(folder)
    return Workspace(folder)


def issue(
    workspace: Workspace, *, means: Means | None = Means.ELECTRONIC, converter: Converter | None = None
) -> Issued:
    done = pack(
        workspace,
        CASE,
        step=None,
        documents=[ACT],
        means=means,
        ahead="pour l’essai",
        issued_on=None,
        converter=converter or Remembering.tagging(),
        clock=now(),
        sealer=sealer(workspace),
    )
    return next(act for act in done.issued if act.reference == REFERENCE)


@pytest.fixture(scope="module")
def issued_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace whose convention waits for two electronic signatures; for copying, not for use."""
    folder = tmp_path_factory.mktemp("emis") / "espace"
    folder.mkdir()
    issue(new_workspace(folder))
    return folder


@pytest.fixture
def workspace(issued_folder: Path, tmp_path: Path) -> Workspace:
    shutil.copytree(issued_folder, tmp_path / "espace")
    return Workspace(tmp_path / "espace")


def key(name: str) -> FileKey:
    return read_key_file(key_of(name), PASSPHRASE, name=f"{name}.p12")


def signed_by(
    workspace: Workspace, party: str, *, using: FileKey | None = None, drawing: bytes | None = None
) -> Signing:
    return sign(
        workspace,
        CASE,
        ACT,
        party=party,
        key=using or key(NAMES[party]),
        original=None,
        drawing=drawing,
        clock=now(),
    )


def elsewhere(workspace: Workspace, content: bytes, party: str, *, name: str | None = None) -> bytes:
    """A file as a person signs it with a program of their own."""
    services = Services(trust=services_of(workspace).trust)
    return sign_pdf(content, party, key(name or NAMES[party]), services, moment=now().now).content


def thread(workspace: Workspace, reference: str = REFERENCE) -> Thread:
    return history(workspace.acts(CASE)).threads[reference]


def latest(workspace: Workspace) -> bytes:
    (original,) = thread(workspace).issued.originals
    return workspace.archive.get(thread(workspace).file_of(original))


def taken(workspace: Workspace, tmp_path: Path, content: bytes, name: str = "retour.pdf") -> Received:
    path = tmp_path / name
    path.write_bytes(content)
    done = receive(workspace, path, clock=now())
    assert isinstance(done, Received)
    return done


def signatures(workspace: Workspace) -> dict[str, Signed]:
    return {party: act for (party, _), act in thread(workspace).signed.items()}


# The issue


def test_each_field_is_where_the_word_template_has_its_box(workspace: Workspace) -> None:
    (original,) = thread(workspace).issued.originals
    wanted = {box.field: box for box in original.boxes}
    with pikepdf.open(io.BytesIO(latest(workspace))) as pdf:
        fields = {str(field.T): field for field in pdf.Root.AcroForm.Fields}
        assert set(fields) == {"Cachet", "Signature-porteuse", "Signature-tete-de-reseau"}
        for name, box in wanted.items():
            assert [float(side) for side in fields[name].Rect] == pytest.approx(box.rect, abs=0.01)
            assert pdf.pages[box.page - 1].obj == fields[name].P
        assert str(fields["Signature-porteuse"].TU) == "Signature de Mme Lise Exemple"
        assert int(pdf.Root.AcroForm.SigFlags) == 3
    assert thread(workspace).issued.seal is Level.B


def test_without_tags_there_is_no_electronic_issue_and_nothing_is_recorded(tmp_path: Path) -> None:
    workspace = new_workspace(tmp_path)
    with pytest.raises(SigningFailed, match="balisé") as refused:
        issue(workspace, converter=Embedded())
    assert "LibreOffice" in refused.value.remedy
    assert workspace.acts(CASE) == ()


def test_without_a_key_there_is_no_electronic_issue_and_the_way_out_is_told(tmp_path: Path) -> None:
    workspace = new_workspace(tmp_path)
    settings = tmp_path / "piles.toml"
    settings.write_text(settings.read_text("utf-8").replace('cle = "cles/cachet.p12"\n', ""), "utf-8")
    with pytest.raises(SigningFailed, match="aucune clé") as refused:
        issue(workspace)
    assert "piles keys new" in refused.value.remedy
    assert workspace.acts(CASE) == ()


def test_a_wrong_passphrase_issues_nothing(tmp_path: Path) -> None:
    workspace = new_workspace(tmp_path)
    (tmp_path / "cles" / "cachet.p12").write_bytes(b"pas une cle")
    with pytest.raises(SigningFailed, match="mot de passe"):
        issue(workspace)
    assert workspace.acts(CASE) == ()


# Signing


def test_each_signs_in_turn_and_the_last_signature_completes_the_act(workspace: Workspace) -> None:
    first = signed_by(workspace, HOST)
    assert first.levels == ((REFERENCE, HOST, Level.B),)
    assert first.recorded.completed == ()
    last = signed_by(workspace, HEAD)
    assert last.recorded.completed == (REFERENCE,)
    assert last.paths[0].read_bytes() == latest(workspace)
    state = situation(workspace, CASE, now().today).state.document(thread(workspace).key)
    assert state
    assert state.state is DocumentStatus.SIGNED
    act = signatures(workspace)[HOST]
    assert (act.means, act.holder, act.anchor) == (
        Means.ELECTRONIC,
        "Lise Exemple",
        "Racine des essais (dossier confiance/)",
    )
    assert act.certificate_sha256
    assert not verify(workspace, [])


def test_out_of_turn_nothing_is_signed(workspace: Workspace) -> None:
    with pytest.raises(Mismatch, match="tour") as refused:
        signed_by(workspace, HEAD)
    assert "Mme Lise Exemple" in refused.value.remedy
    assert signatures(workspace) == {}


def test_another_person_s_key_does_not_sign_for_a_party(workspace: Workspace) -> None:
    with pytest.raises(SignatureFailed, match="Paul Autre"):
        signed_by(workspace, HOST, using=key("Paul Autre"))
    assert signatures(workspace) == {}


def test_the_seal_is_nobody_s_signature(workspace: Workspace) -> None:
    signed_by(workspace, HOST)
    with pytest.raises(SignatureFailed):
        signed_by(workspace, HEAD, using=key(NETWORK))


def test_nobody_signs_twice_and_a_stranger_not_at_all(workspace: Workspace) -> None:
    signed_by(workspace, HOST)
    with pytest.raises(Mismatch, match="déjà enregistrée"):
        signed_by(workspace, HOST)
    with pytest.raises(UsageError):
        signed_by(workspace, "animateur", using=key("Noé Modèle"))


def test_what_was_issued_for_paper_has_no_field_to_sign(tmp_path: Path) -> None:
    workspace = new_workspace(tmp_path)
    issue(workspace, means=Means.PAPER)
    record_means(workspace, CASE, ACT, party=HOST, means=Means.ELECTRONIC, note=None, clock=now())
    with pytest.raises(Mismatch, match="papier") as refused:
        signed_by(workspace, HOST)
    assert "--means electronique" in refused.value.remedy


def test_a_drawing_is_shown_in_the_box(workspace: Workspace) -> None:
    drawing = io.BytesIO()
    Image.new("RGBA", (200, 80), (0, 0, 160, 255)).save(drawing, "PNG")
    signed_by(workspace, HOST, drawing=drawing.getvalue())
    with pikepdf.open(io.BytesIO(latest(workspace))) as pdf:
        field = next(one for one in pdf.Root.AcroForm.Fields if str(one.T) == "Signature-porteuse")
        assert "/XObject" in field.AP.N.Resources


@pytest.mark.parametrize("content", [b"", b"\x89PNG\r\n\x1a\n", b"GIF89a"])
def test_a_drawing_that_is_no_picture_is_refused(workspace: Workspace, content: bytes) -> None:
    with pytest.raises(SigningFailed, match="image"):
        signed_by(workspace, HOST, drawing=content)


# Levels


@pytest.fixture
def lasting(workspace: Workspace, signing_authority: Authority) -> Workspace:
    """A workspace that time-stamps by the authority, and believes it."""
    (workspace.root / "confiance" / "autorite.pem").write_bytes(signing_authority.root)
    stamp_by(workspace, signing_authority.time_stamp_url)
    return workspace


def stamp_by(workspace: Workspace, url: str) -> None:
    path = workspace.root / "piles.toml"
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("horodatage")]
    lines.insert(lines.index("[signature]") + 1, f'horodatage = "{url}"')
    path.write_text("\n".join(lines) + "\n", "utf-8")


def qualified(authority: Authority, holder: str) -> FileKey:
    return read_key_file(authority.pkcs12(holder), Authority.PASSPHRASE, name=f"{holder}.p12")


def host_signs(workspace: Workspace, authority: Authority) -> Signing:
    return signed_by(workspace, HOST, using=qualified(authority, HOST))


def test_with_a_time_stamping_service_a_signature_lasts(
    lasting: Workspace, signing_authority: Authority
) -> None:
    done = host_signs(lasting, signing_authority)
    assert done.levels == ((REFERENCE, HOST, Level.LTA),)
    assert done.shortfalls == ()
    act = signatures(lasting)[HOST]
    assert act.level is Level.LTA
    assert act.stamped_at


def test_a_service_that_is_down_lowers_the_level_aloud_and_it_is_raised_later(
    lasting: Workspace, signing_authority: Authority
) -> None:
    stamp_by(lasting, signing_authority.dead_url)
    low = host_signs(lasting, signing_authority)
    assert low.levels == ((REFERENCE, HOST, Level.B),)
    assert signing_authority.dead_url in low.shortfalls[0]
    assert shown_level(lasting) is Level.B
    with pytest.raises(SigningFailed, match="horodatage"):
        upgrade(lasting, CASE, ACT, clock=now())
    stamp_by(lasting, signing_authority.time_stamp_url)
    high = upgrade(lasting, CASE, ACT, clock=now())
    assert high.levels == ((REFERENCE, HOST, Level.LTA),)
    assert [type(act) for act in lasting.acts(CASE)][-1] is LevelRaised
    assert shown_level(lasting) is Level.LTA
    assert signed_by(lasting, HEAD).recorded.completed == (REFERENCE,)


def shown_level(workspace: Workspace) -> Level | None:
    document = situation(workspace, CASE, now().today).state.document(thread(workspace).key)
    assert document
    return next(one.level for one in document.signatures if one.party == HOST)


@pytest.mark.parametrize("holder", ["revoked", "expired", "impostor"])
def test_a_certificate_that_nobody_would_believe_signs_nothing(
    lasting: Workspace, signing_authority: Authority, holder: str
) -> None:
    with pytest.raises(SigningFailed) as refused:
        signed_by(lasting, HOST, using=qualified(signing_authority, holder))
    assert refused.value.remedy
    assert signatures(lasting) == {}


def test_nothing_is_raised_before_a_signature(lasting: Workspace) -> None:
    with pytest.raises(Mismatch, match="signature"):
        upgrade(lasting, CASE, ACT, clock=now())


# Taking back


def test_a_signed_file_is_known_by_its_bytes_and_recorded(workspace: Workspace, tmp_path: Path) -> None:
    content = elsewhere(workspace, latest(workspace), HOST)
    done = taken(workspace, tmp_path, content)
    assert done.place
    assert (done.place.dossier, done.place.reference, done.place.original) == (CASE, REFERENCE, 1)
    assert done.judgement
    assert done.judgement.verdict is Verdict.PARTIAL
    assert latest(workspace) == content
    both = elsewhere(workspace, content, HEAD)
    done = taken(workspace, tmp_path, both)
    assert done.judgement
    assert done.judgement.verdict is Verdict.COMPLETE
    assert done.recorded
    assert done.recorded.completed == (REFERENCE,)


def test_a_file_with_both_signatures_at_once_is_two_acts(workspace: Workspace, tmp_path: Path) -> None:
    content = elsewhere(workspace, elsewhere(workspace, latest(workspace), HOST), HEAD)
    done = taken(workspace, tmp_path, content)
    assert done.recorded
    assert {act.party for act in done.recorded.acts if isinstance(act, Signed)} == {HOST, HEAD}


def test_the_same_file_again_and_an_earlier_one_add_nothing(workspace: Workspace, tmp_path: Path) -> None:
    first = elsewhere(workspace, latest(workspace), HOST)
    both = elsewhere(workspace, first, HEAD)
    taken(workspace, tmp_path, both)
    count = len(workspace.acts(CASE))
    for content in (both, first):
        done = taken(workspace, tmp_path, content)
        assert done.recorded is None
        assert done.error is None
    assert len(workspace.acts(CASE)) == count


def test_two_who_signed_apart_are_told_and_the_second_is_not_lost_in_silence(
    workspace: Workspace, tmp_path: Path
) -> None:
    base = latest(workspace)
    taken(workspace, tmp_path, elsewhere(workspace, base, HOST))
    done = taken(workspace, tmp_path, elsewhere(workspace, base, HEAD))
    assert isinstance(done.error, Mismatch)
    assert "chacune de son côté" in done.error.message
    assert set(signatures(workspace)) == {HOST}


def unsigned(workspace: Workspace) -> bytes:
    return latest(workspace)


def resaved(workspace: Workspace) -> bytes:
    output = io.BytesIO()
    with pikepdf.open(io.BytesIO(elsewhere(workspace, latest(workspace), HOST))) as pdf:
        pdf.save(output)
    return output.getvalue()


def by_another(workspace: Workspace) -> bytes:
    return elsewhere(workspace, latest(workspace), HOST, name="Paul Autre")


def with_bytes_after(workspace: Workspace) -> bytes:
    return elsewhere(workspace, latest(workspace), HOST) + b"\n% de plus\n"


@pytest.mark.parametrize(
    ("make", "verdict"),
    [
        (unsigned, Verdict.UNSIGNED),
        (resaved, Verdict.RESAVED),
        (by_another, Verdict.WRONG_SIGNATORY),
        (with_bytes_after, Verdict.ALTERED),
    ],
)
def test_what_does_not_stand_is_told_and_not_recorded(
    workspace: Workspace, tmp_path: Path, make: Callable[[Workspace], bytes], verdict: Verdict
) -> None:
    done = taken(workspace, tmp_path, make(workspace))
    assert done.place
    assert done.place.reference == REFERENCE
    assert done.judgement
    assert done.judgement.verdict is verdict
    assert done.judgement.reasons
    assert done.exit_code != 0
    assert signatures(workspace) == {}


def test_without_the_root_nothing_is_believed(workspace: Workspace, tmp_path: Path) -> None:
    content = elsewhere(workspace, latest(workspace), HOST)
    (workspace.root / "confiance" / "essais.pem").unlink()
    done = taken(workspace, tmp_path, content)
    assert done.judgement
    assert not done.judgement.verdict.stands
    assert signatures(workspace) == {}


@pytest.mark.parametrize("content", [b"", b"%PDF-", b"PK\x03\x04", b"%PDF-1.7\n" + b"%%EOF\n" * 9999])
def test_whatever_a_file_is_there_is_an_answer(workspace: Workspace, tmp_path: Path, content: bytes) -> None:
    done = taken(workspace, tmp_path, content)
    assert isinstance(done.error, PilesError)
    assert done.exit_code != 0


def test_what_is_no_file_and_may_have_no_end_is_refused(workspace: Workspace) -> None:
    done = receive(workspace, Path("/dev/zero"), clock=now())
    assert isinstance(done, Received)
    assert isinstance(done.error, UsageError)


def test_a_voided_version_takes_no_signature_any_more(workspace: Workspace, tmp_path: Path) -> None:
    content = elsewhere(workspace, latest(workspace), HOST)
    void(workspace, CASE, ACT, reason="erreur de date", clock=now())
    done = taken(workspace, tmp_path, content)
    assert isinstance(done.error, Mismatch)
    assert "annulé" in done.error.message
    assert done.place


def test_two_final_signatures_at_once_complete_the_act_once(workspace: Workspace, tmp_path: Path) -> None:
    first = elsewhere(workspace, latest(workspace), HOST)
    taken(workspace, tmp_path, first)
    finals = [elsewhere(workspace, first, HEAD) for _ in range(4)]
    assert len(set(finals)) == 4
    barrier, done = threading.Barrier(4), []

    def run(number: int) -> None:
        barrier.wait()
        done.append(taken(workspace, tmp_path, finals[number], f"{number}.pdf"))

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sum(bool(one.recorded and one.recorded.completed) for one in done) == 1
    assert [type(act) for act in workspace.acts(CASE)].count(Signed) == 2
    assert not verify(workspace, [])


def test_a_mixed_act_is_signed_by_one_in_the_file_and_by_the_other_on_paper(
    tmp_path: Path, workspace: Workspace
) -> None:
    """Whoever was asked to sign the file may sign on paper all the same: the act is complete with both."""
    taken(workspace, tmp_path, elsewhere(workspace, latest(workspace), HOST))
    done = record_signature(
        workspace,
        CASE,
        ACT,
        party=HEAD,
        on=now().today,
        original=None,
        means=Means.PAPER,
        note="signé à la main",
        evidence=(),
        clock=now(),
    )
    assert done.completed == (REFERENCE,)


# Copies and proofs


def test_each_party_s_copy_is_the_signed_file_untouched_with_its_proof(workspace: Workspace) -> None:
    signed_by(workspace, HOST)
    signed_by(workspace, HEAD)
    (proof,) = make_proofs(
        workspace, CASE, None, sealer=sealer(workspace), converter=Remembering.tagging(), clock=now()
    )
    assert proof.seal is Level.B
    assert [type(act) for act in workspace.acts(CASE)][-1] is Proven
    copies = make_copies(workspace, situation(workspace, CASE, now().today))
    assert {copy.party for copy in copies} == {HOST, HEAD}
    for copy in copies:
        contents = [path.read_bytes() for path in copy.paths]
        assert contents == [latest(workspace), proof.path.read_bytes()]
        assert copy.shows_signatures
    again = make_proofs(
        workspace, CASE, None, sealer=sealer(workspace), converter=Remembering.tagging(), clock=now()
    )
    assert again == ()
    assert not verify(workspace, [])


def test_no_proof_of_what_is_not_signed_by_all(workspace: Workspace) -> None:
    signed_by(workspace, HOST)
    with pytest.raises(Mismatch):
        make_proofs(
            workspace, CASE, ACT, sealer=sealer(workspace), converter=Remembering.tagging(), clock=now()
        )
