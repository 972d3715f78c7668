"""Packs and reminders: to whom, with what, once; and what is known of what did not arrive."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from piles_docs.errors import (
    CaseInvalid,
    ExitCode,
    Mismatch,
    TemplateInvalid,
    ToolFailed,
    UsageError,
    WouldOverwrite,
)
from piles_docs.ledger.acts import entry_of
from piles_docs.methodology.acts import (
    Channel,
    Forgotten,
    Mailed,
    MailEnded,
    Means,
    MilestoneReached,
    Purpose,
)
from piles_docs.methodology.reminders import why_held
from piles_docs.methodology.threads import history
from piles_docs.usecases.pack import pack
from piles_docs.usecases.record import record_milestone, void
from piles_docs.usecases.verify import verify
from piles_docs.usecases.workspace import Workspace

from ..seals import sealer
from .posting import (
    CASE,
    DOCUMENTS,
    NAMES,
    at,
    attached,
    by_server,
    edit,
    mails,
    messages,
    office,
    read,
    remind_all,
    remind_one,
    send_all,
    sign,
    smtp,
    text_of,
    tokens,
)
from .remembering import Remembering


@pytest.fixture
def workspace(issued: Path, tmp_path: Path) -> Workspace:
    shutil.copytree(issued, tmp_path / "espace")
    return Workspace(tmp_path / "espace")


def case_file(workspace: Workspace) -> Path:
    return workspace.root / "cases" / f"{CASE}.yaml"


def to(done: Any) -> dict[str, tuple[str, ...]]:
    return {one.party: one.documents for one in done.written}


# What leaves


def test_each_signatory_gets_one_message_with_the_pack_that_was_made(workspace: Workspace) -> None:
    packs = {path.name: path.read_bytes() for path in (workspace.out / CASE / "packs").glob("*.pdf")}
    done = send_all(workspace)
    assert to(done) == {"porteuse": DOCUMENTS, "tete-de-reseau": DOCUMENTS[1:]}
    assert done.failures == []
    found = list(messages(workspace))
    assert [message["To"].addresses[0].addr_spec for message in found] == [
        "presidence@haute-durance.example",
        "presidence@tete-de-reseau.example",
    ]
    for message, party in zip(found, ("porteuse", "tete-de-reseau"), strict=True):
        (name,) = attached(message)
        assert name.startswith(f"{CASE}.{party}.")
        assert attached(message) == {name: packs[name]}
        assert message["X-Unsent"] == "1"
    assert verify(workspace) == ()


def test_a_pack_that_is_gone_or_was_changed_is_made_again_from_the_archive(workspace: Workspace) -> None:
    packs = {path: path.read_bytes() for path in sorted((workspace.out / CASE / "packs").glob("*.pdf"))}
    gone, changed, *_ = [path for path in packs if "animateur" not in path.name]
    gone.unlink()
    changed.write_bytes(b"autre chose")
    send_all(workspace)
    assert {path: path.read_bytes() for path in packs} == packs
    assert {content for message in messages(workspace) for content in attached(message).values()} == {
        packs[gone],
        packs[changed],
    }


def test_no_file_name_names_a_person_and_every_message_is_in_the_ledger(workspace: Workspace) -> None:
    send_all(workspace)
    names = [path.name for path in (workspace.out / CASE / "courriels").iterdir()]
    assert sorted(names) == [
        "embrunais.porteuse.envoi.2025-03-20.00000000.eml",
        "embrunais.tete-de-reseau.envoi.2025-03-20.00000001.eml",
    ]
    assert not any(part in name.lower() for name in names for part in NAMES)
    first, its_end, *_ = mails(workspace)
    assert first == Mailed(
        on=at(0).today,
        message="<00000000@tete-de-reseau.example>",
        purpose=Purpose.SENDING,
        party="porteuse",
        references=tuple(f"{CASE}.{name}.v1" for name in DOCUMENTS),
        channel=Channel.FILE,
        address="presidence@haute-durance.example",
    )
    assert isinstance(its_end, MailEnded)
    assert (its_end.message, its_end.is_accepted) == (first.message, True)


def test_what_is_named_alone_leaves(workspace: Workspace) -> None:
    done = send_all(workspace, documents=["charte"])
    assert to(done) == {"porteuse": ("charte",)}
    done = send_all(workspace, step=6, parties=("porteuse",), through=office(new_token=tokens(50)))
    assert to(done) == {"porteuse": ("convention-cadre", "plan-formation")}
    message = read(next(one.path for one in done.written if one.path).read_bytes())
    assert "charte.v1" not in text_of(message)


def test_an_annex_goes_along(workspace: Workspace) -> None:
    done = send_all(workspace, documents=["convention-cadre"], parties=("porteuse",))
    assert done.written[0].path
    (content,) = attached(read(done.written[0].path.read_bytes())).values()
    made = pack(
        workspace,
        CASE,
        step=None,
        documents=["convention-cadre"],
        means=None,
        ahead=None,
        issued_on=None,
        converter=Remembering.tagging(),
        clock=at(0),
        sealer=sealer(workspace),
    )
    assert content == next(one.path for one in made.packs if one.party == "porteuse").read_bytes()
    assert any("profil" in title for title in outline(content))


def outline(content: bytes) -> list[str]:
    return [
        str(item.title).lower()
        for item in PdfReader(io.BytesIO(content)).outline
        if not isinstance(item, list)
    ]


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ({"documents": ["charta"]}, UsageError),
        ({"documents": ["convention-amorcage"]}, Mismatch),
        ({"documents": ["profil-de-poste"]}, Mismatch),
        ({"step": 9}, UsageError),
        ({"parties": ("mairie",)}, UsageError),
    ],
)
def test_what_cannot_be_sent_is_told(
    workspace: Workspace, words: dict[str, Any], kind: type[Exception]
) -> None:
    with pytest.raises(kind):
        send_all(workspace, **words)
    assert mails(workspace) == []


def test_a_dry_run_tells_all_and_does_nothing(workspace: Workspace) -> None:
    edit(case_file(workspace), "    courriel: presidence@haute-durance.example\n", "")
    done = send_all(workspace, is_dry_run=True)
    assert to(done) == {"tete-de-reseau": DOCUMENTS[1:]}
    assert [one.path for one in done.written] == [None]
    assert [why_held(one) for one in done.held] == ["d’autres signent avant"]
    assert [type(failure) for failure in done.failures] == [CaseInvalid]
    assert mails(workspace) == []
    assert not (workspace.out / CASE / "courriels").exists()


# Once


def test_nothing_is_sent_twice_within_the_delay(workspace: Workspace) -> None:
    send_all(workspace)
    for day in (0, 6):
        done = send_all(workspace, day)
        assert to(done) == {}
        assert "déjà écrit le 20 mars 2025, prochain courriel possible le 27 mars 2025" in map(
            why_held, done.held
        )
    assert to(send_all(workspace, 7)) == {"porteuse": DOCUMENTS, "tete-de-reseau": DOCUMENTS[1:]}


def test_a_reminder_is_one_message_a_person_and_recalls_the_first(workspace: Workspace) -> None:
    send_all(workspace)
    assert to(remind_one(workspace, 6)) == {}
    sign(workspace, "charte", "porteuse")
    done = remind_one(workspace, 7)
    assert to(done) == {"porteuse": DOCUMENTS[1:]}
    assert done.written[0].path
    message = read(done.written[0].path.read_bytes())
    assert message["In-Reply-To"] == "<00000000@tete-de-reseau.example>"
    text = text_of(message)
    assert text.startswith("Madame la Présidente, Sauf erreur de notre part")
    assert "convention-cadre.v1" in text
    assert "plan-formation.v1" in text
    assert "charte.v1" not in text
    assert "en attente depuis le 20 mars 2025, à signer avant le 4 avril 2025" in text
    assert "étape 7, « Lancement »" in text
    assert "Nous vous prions d’agréer, Madame la Présidente, nos salutations distinguées." in text
    assert to(remind_one(workspace, 13)) == {}
    assert to(remind_one(workspace, 14)) == {"porteuse": DOCUMENTS[1:]}


def test_a_reminder_after_the_deadline_says_so(workspace: Workspace) -> None:
    remind_one(workspace, 15)
    remind_one(workspace, 22)
    before, after = [text_of(message) for message in messages(workspace)]
    assert "La date souhaitée est passée" not in before
    assert "La date souhaitée est passée" in after


def test_whose_turn_comes_is_told_how_to_sign(workspace: Workspace) -> None:
    for party in ("porteuse", "animateur"):
        sign(workspace, "plan-formation", party)
    sign(workspace, "convention-cadre", "porteuse")
    (done,) = remind_all(workspace, 7, CASE, parties=("tete-de-reseau",))
    assert to(done) == {"tete-de-reseau": DOCUMENTS[1:]}
    (message,) = messages(workspace)
    assert (
        "Renvoyez ensuite toutes les feuilles par la poste à cette adresse : APEAS, 12 rue de l’Exemple"
        in text_of(message)
    )


# Electronic signatures


def test_an_electronic_signatory_gets_the_archived_files_when_the_turn_has_come(workspace: Workspace) -> None:
    assert "animateur" not in to(send_all(workspace))
    sign(workspace, "plan-formation", "porteuse")
    done = send_all(workspace, 1)
    assert to(done) == {"animateur": ("plan-formation",)}
    message = read((done.written[0].path or Path()).read_bytes())
    files = {name: content for name, content in attached(message).items() if name.startswith(f"{CASE}.plan")}
    thread = history(workspace.acts(CASE)).threads[f"{CASE}.plan-formation.v1"]
    assert files == {
        f"{CASE}.plan-formation.v1.exemplaire-{one.number}.pdf": workspace.archive.get(one.pdf_sha256)
        for one in thread.issued.originals
    }
    assert "signez le fichier PDF joint à part (Plan de formation)" in text_of(message)


def signed_electronically(workspace: Workspace, tmp_path: Path, *, with_file: bool) -> bytes:
    """A second version of the framework convention, electronic, signed by the host with a made-up update."""
    void(workspace, CASE, "convention-cadre", reason="par voie électronique", clock=at(0))
    pack(
        workspace,
        CASE,
        step=None,
        documents=["convention-cadre"],
        means=Means.ELECTRONIC,
        ahead="pour l’essai",
        issued_on=None,
        converter=Remembering.tagging(),
        clock=at(0),
        sealer=sealer(workspace),
    )
    (original,) = history(workspace.acts(CASE)).threads[f"{CASE}.convention-cadre.v2"].issued.originals
    signed = workspace.archive.get(original.pdf_sha256) + b"\n% une signature\n"
    evidence = tmp_path / "signé.pdf"
    evidence.write_bytes(signed if with_file else b"une capture")
    sign(workspace, "convention-cadre", "porteuse", 1, evidence)
    return signed


def test_the_next_to_sign_gets_the_file_that_those_before_have_signed(
    workspace: Workspace, tmp_path: Path
) -> None:
    signed = signed_electronically(workspace, tmp_path, with_file=True)
    done = send_all(workspace, 1, documents=["convention-cadre"])
    assert to(done) == {"tete-de-reseau": ("convention-cadre",)}
    message = read((done.written[0].path or Path()).read_bytes())
    assert attached(message)[f"{CASE}.convention-cadre.v2.pdf"] == signed


def test_without_the_signed_file_the_next_gets_no_unsigned_one(workspace: Workspace, tmp_path: Path) -> None:
    signed_electronically(workspace, tmp_path, with_file=False)
    done = send_all(workspace, 1, documents=["convention-cadre"])
    assert to(done) == {}
    assert [type(failure) for failure in done.failures] == [Mismatch]
    assert mails(workspace) == []


# Whom one cannot write to


def test_who_has_no_address_is_named_with_the_place_to_fill_and_the_others_get_theirs(
    workspace: Workspace,
) -> None:
    edit(case_file(workspace), "    courriel: presidence@haute-durance.example\n", "")
    edit(workspace.root / "piles.toml", 'courriel = "presidence@tete-de-reseau.example"\n', "")
    sign(workspace, "plan-formation", "porteuse")
    done = send_all(workspace, 1)
    assert to(done) == {"animateur": ("plan-formation",)}
    assert [failure.remedy for failure in done.failures] == [
        "écrivez-la dans cases/embrunais.yaml : porteuse.representant.courriel",
        "écrivez-la dans piles.toml : tete_de_reseau.representant.courriel",
    ]
    assert "Mme Inès Vraisemblable-Durand" in done.failures[0].message
    assert {failure.exit_code for failure in done.failures} == {ExitCode.CASE_INVALID}


def test_a_document_that_names_someone_else_goes_to_nobody(workspace: Workspace) -> None:
    edit(case_file(workspace), "prenom: Inès", "prenom: Irène")
    done = send_all(workspace)
    assert to(done) == {"tete-de-reseau": DOCUMENTS[1:]}
    (failure,) = done.failures
    assert isinstance(failure, Mismatch)
    assert "Inès" in failure.message
    assert "Irène" in failure.message
    assert f"piles why {CASE}" in failure.remedy


def test_a_document_that_the_case_no_longer_matches_is_told(workspace: Workspace) -> None:
    edit(case_file(workspace), "nom: Collectif Haute-Durance Solidaire", "nom: Collectif de la Haute-Durance")
    assert send_all(workspace).stale == DOCUMENTS


def test_without_an_address_of_its_own_the_network_head_writes_to_nobody(workspace: Workspace) -> None:
    edit(workspace.root / "piles.toml", 'courriel_retour = "signatures@tete-de-reseau.example"\n', "")
    (first, *_) = send_all(workspace).failures
    assert "expediteur" in first.remedy
    assert mails(workspace) == []


def test_the_sender_and_the_address_to_answer_can_differ(workspace: Workspace) -> None:
    sender = '[courriel]\nexpediteur = "robot@tete-de-reseau.example"\n'
    edit(workspace.root / "piles.toml", "[courriel]\n", sender)
    send_all(workspace)
    for message in messages(workspace):
        assert message["From"].addresses[0].addr_spec == "robot@tete-de-reseau.example"
        assert message["Reply-To"].addresses[0].addr_spec == "signatures@tete-de-reseau.example"


def test_a_message_too_large_is_told_and_not_recorded(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("piles_docs.mail.message.LARGEST_MESSAGE_BYTES", 1000)
    done = send_all(workspace)
    assert {type(failure) for failure in done.failures} == {ToolFailed}
    assert mails(workspace) == []


def test_nobody_is_written_to_about_a_case_whose_data_were_erased(workspace: Workspace) -> None:
    ledger = workspace.ledger()
    send_all(workspace, parties=("porteuse",))
    ledger.append(CASE, [entry_of(Forgotten(on=at(0).today, reason="demande"))], expected=None, now=at(0).now)
    for done in (send_all(workspace, 30), remind_one(workspace, 30)):
        assert (done.written, done.failures) == ([], [])


def test_nobody_is_written_to_about_a_case_that_has_ended(workspace: Workspace) -> None:
    record_milestone(
        workspace, CASE, "abandon", on=at(1).today, note="faute de moyens", evidence=(), clock=at(1)
    )
    for done in (send_all(workspace, 30), remind_one(workspace, 30)):
        assert (done.written, done.failures) == ([], [])


# Texts


def test_a_broken_text_stops_all_before_anything_is_recorded(workspace: Workspace) -> None:
    edit(workspace.root / "templates/courriels/envoi.txt", "{{ appel }}", "{{ appell }}")
    done = send_all(workspace)
    assert done.is_cut_short
    (failure,) = done.failures
    assert isinstance(failure, TemplateInvalid)
    assert [(defect.file, defect.line) for defect in failure.defects] == [
        ("templates/courriels/envoi.txt", 3)
    ]
    assert mails(workspace) == []


def test_a_text_that_is_not_utf8_is_told(workspace: Workspace) -> None:
    (workspace.root / "templates/courriels/pied.txt").write_bytes("à bientôt".encode("latin-1"))
    (failure,) = send_all(workspace).failures
    assert isinstance(failure, TemplateInvalid)
    assert "UTF-8" in failure.message


# By a server


def test_a_server_gets_the_very_bytes_of_the_file(
    workspace: Workspace, mail_server: Callable[..., Any]
) -> None:
    server = mail_server()
    by_server(workspace, server.port)
    with smtp(workspace) as line:
        done = send_all(workspace, through=office(line))
    assert done.channel is Channel.SMTP
    received = server.received()
    assert [one.content for one in received] == [(one.path or Path()).read_bytes() for one in done.written]
    assert [(one.sender, one.to) for one in received] == [
        ("signatures@tete-de-reseau.example", "presidence@haute-durance.example"),
        ("signatures@tete-de-reseau.example", "presidence@tete-de-reseau.example"),
    ]
    assert [read(one.content)["X-Unsent"] for one in received] == [None, None]
    ends = [act for act in mails(workspace) if isinstance(act, MailEnded)]
    assert [(act.is_accepted, act.detail) for act in ends] == [(True, "250 2.0.0 Recu")] * 2


@pytest.mark.parametrize("trouble", ["refuse", "plus-tard"])
def test_who_is_refused_does_not_count_as_written_to_and_the_others_do(
    workspace: Workspace, mail_server: Callable[..., Any], trouble: str
) -> None:
    server = mail_server()
    by_server(workspace, server.port)
    edit(case_file(workspace), "presidence@haute-durance.example", f"{trouble}@haute-durance.example")
    with smtp(workspace) as line:
        done = send_all(workspace, through=office(line))
        assert to(done) == {"tete-de-reseau": DOCUMENTS[1:]}
        (failure,) = done.failures
        assert failure.exit_code is ExitCode.TOOL_FAILED
        assert ("550" if trouble == "refuse" else "451") in failure.message
        assert [act.is_accepted for act in mails(workspace) if isinstance(act, MailEnded)] == [False, True]
        assert len(list(messages(workspace))) == 1
        edit(case_file(workspace), f"{trouble}@haute-durance.example", "presidence@haute-durance.example")
        assert to(send_all(workspace, through=office(line, tokens(50)))) == {"porteuse": DOCUMENTS}
    assert [one.to for one in server.received()] == [
        "presidence@tete-de-reseau.example",
        "presidence@haute-durance.example",
    ]


def test_when_nobody_knows_whether_it_left_it_is_told_and_waits_for_the_delay(
    workspace: Workspace, mail_server: Callable[..., Any]
) -> None:
    server = mail_server()
    by_server(workspace, server.port)
    edit(case_file(workspace), "presidence@haute-durance.example", "perdu@haute-durance.example")
    with smtp(workspace) as line:
        done = send_all(workspace, through=office(line))
        assert [failure.exit_code for failure in done.failures] == [ExitCode.TOOL_FAILED]
        assert "on ne sait pas" in done.failures[0].message
        later = send_all(workspace, 3, through=office(line, tokens(50)))
        assert to(later) == {}
        assert [(mail.on, who) for mail, who in later.unanswered] == [
            (at(0).today, "Mme Inès Vraisemblable-Durand")
        ]
        again = send_all(workspace, 7, through=office(line, tokens(90)), parties=("porteuse",))
        assert len(again.unanswered) == 1
    assert [one.to for one in server.received()] == [
        "perdu@haute-durance.example",
        "presidence@tete-de-reseau.example",
        "perdu@haute-durance.example",
    ]


def test_a_server_that_is_not_there_leaves_no_trace(workspace: Workspace) -> None:
    by_server(workspace, 1)
    shutil.copy(case_file(workspace), workspace.root / "cases" / "autre.yaml")
    edit(workspace.root / "cases" / "autre.yaml", f"dossier: {CASE}", "dossier: autre")
    with smtp(workspace) as line:
        found = remind_all(workspace, 30, CASE, "autre", through=office(line))
    assert [(done.dossier, done.is_cut_short) for done in found] == [(CASE, True)]
    assert [failure.exit_code for failure in found[0].failures] == [ExitCode.TOOL_FAILED]
    assert mails(workspace) == []


def test_a_case_that_cannot_be_read_does_not_hide_the_others(workspace: Workspace) -> None:
    (workspace.root / "cases" / "abime.yaml").write_text("dossier: [", "utf-8")
    broken, sound = remind_all(workspace, 7)
    assert [type(failure) for failure in broken.failures] == [CaseInvalid]
    assert to(sound) == {"porteuse": DOCUMENTS}


# At the same time


def test_what_others_record_meanwhile_does_not_stop_a_message(workspace: Workspace) -> None:
    given = tokens()

    def token() -> str:
        name = given()
        if name == "00000000":
            act = MilestoneReached(on=at(0).today, milestone="validation-ca")
            workspace.ledger().append(CASE, [entry_of(act)], expected=None, now=at(0).now)
        return name

    done = send_all(workspace, through=office(new_token=token))
    assert to(done) == {"porteuse": DOCUMENTS, "tete-de-reseau": DOCUMENTS[1:]}
    sent = [act.message for act in mails(workspace) if isinstance(act, Mailed)]
    assert sent == ["<00000001@tete-de-reseau.example>", "<00000002@tete-de-reseau.example>"]


def test_who_was_written_to_meanwhile_is_not_written_to_again(workspace: Workspace) -> None:
    def token() -> str:
        act = Mailed(
            on=at(0).today,
            message="<autre@tete-de-reseau.example>",
            purpose=Purpose.SENDING,
            party="porteuse",
            references=tuple(f"{CASE}.{name}.v1" for name in DOCUMENTS),
            channel=Channel.SMTP,
        )
        if not mails(workspace):
            workspace.ledger().append(CASE, [entry_of(act)], expected=None, now=at(0).now)
        return "ici"

    done = send_all(workspace, through=office(new_token=token), parties=("porteuse",))
    assert to(done) == {}
    assert [act.message for act in mails(workspace)] == ["<autre@tete-de-reseau.example>"]  # type: ignore[union-attr]


def test_a_ledger_that_never_rests_is_given_up(workspace: Workspace) -> None:
    number = 0

    def token() -> str:
        nonlocal number
        number += 1
        act = Mailed(
            on=at(0).today,
            message=f"<{number}@x.example>",
            purpose=Purpose.SENDING,
            party="animateur",
            references=(f"{CASE}.plan-formation.v1",),
            channel=Channel.SMTP,
        )
        workspace.ledger().append(CASE, [entry_of(act)], expected=None, now=at(0).now)
        return "ici"

    done = send_all(workspace, through=office(new_token=token), parties=("porteuse",))
    assert [type(failure) for failure in done.failures] == [WouldOverwrite]
    assert {act.party for act in mails(workspace) if isinstance(act, Mailed)} == {"animateur"}


def test_a_file_that_a_stopped_run_did_not_finish_is_written_anew(workspace: Workspace) -> None:
    stopped = Mailed(
        on=at(0).today,
        message="<aaaabbbbcccc@tete-de-reseau.example>",
        purpose=Purpose.SENDING,
        party="porteuse",
        references=tuple(f"{CASE}.{name}.v1" for name in DOCUMENTS),
        channel=Channel.FILE,
    )
    workspace.ledger().append(CASE, [entry_of(stopped)], expected=None, now=at(0).now)
    left = workspace.out / CASE / "courriels" / f"{CASE}.porteuse.envoi.2025-03-20.aaaabbbb.eml"
    left.parent.mkdir()
    left.write_bytes(b"un fichier")
    done = send_all(workspace, 1)
    assert to(done) == {"porteuse": DOCUMENTS, "tete-de-reseau": DOCUMENTS[1:]}
    assert not left.exists()
    assert len(list(messages(workspace))) == 2
    assert verify(workspace) == ()
