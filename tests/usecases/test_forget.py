"""A case forgotten: no name is left anywhere, and what was signed is still proved."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from piles_docs.documents.conversion import Embedded
from piles_docs.errors import Mismatch, UsageError
from piles_docs.ledger.archive import Archive
from piles_docs.methodology.acts import Signed
from piles_docs.usecases.clock import Clock
from piles_docs.usecases.forget import forget, plan_erasure
from piles_docs.usecases.pack import pack
from piles_docs.usecases.record import record_milestone, record_signature
from piles_docs.usecases.verify import verify
from piles_docs.usecases.workspace import Workspace

from .conftest import make_workspace

CASE, OTHER = "embrunais", "luberon"
CLOCK = Clock(today=dt.date(2026, 1, 20), now=dt.datetime(2026, 1, 20, 9, tzinfo=dt.UTC))
NAMES = (b"Vraisemblable", "Maëlle".encode(), b"Haute-Durance")
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The framework convention signed by both, with a scan that another case cites too; for copying."""
    workspace = make_workspace(tmp_path_factory.mktemp("graine"))
    shutil.copy(ROOT / "cases" / f"{OTHER}.yaml", workspace.root / "cases")
    scan = workspace.root / "scan.pdf"
    scan.write_bytes(b"%PDF-1.7 un scan")
    own = workspace.root / "lettre.pdf"
    own.write_bytes(b"%PDF-1.7 une lettre de Mme Vraisemblable")
    record_milestone(
        workspace, CASE, "rencontre-faite", on=CLOCK.today, note="vue avec Mme Vraisemblable", evidence=[scan, own],
        clock=CLOCK,
    )  # fmt: skip
    record_milestone(
        workspace, OTHER, "rencontre-faite", on=CLOCK.today, note=None, evidence=[scan], clock=CLOCK
    )
    pack(
        workspace, CASE, step=None, documents=["convention-cadre"], means=None, ahead="accord de Mme Vraisemblable",
        issued_on=None, converter=Embedded(), clock=CLOCK,
    )  # fmt: skip
    for party in ("porteuse", "tete-de-reseau"):
        record_signature(
            workspace, CASE, "convention-cadre", party=party, on=CLOCK.today, original=None, means=None,
            note="devant Maëlle", evidence=(), clock=CLOCK,
        )  # fmt: skip
    scan.unlink()
    own.unlink()
    return workspace.root


@pytest.fixture
def recorded(seed: Path, tmp_path: Path) -> Workspace:
    return Workspace(shutil.copytree(seed, tmp_path / "espace"))


def traces(workspace: Workspace) -> list[Path]:
    """Files outside the templates that hold a name of the case, as far as bytes tell."""
    return [
        path
        for path in workspace.root.rglob("*")
        if path.is_file()
        and workspace.root / "templates" not in path.parents
        and any(name in path.read_bytes() for name in NAMES)
    ]


def test_no_name_is_left_anywhere_and_the_chain_still_proves_the_signatures(recorded: Workspace) -> None:
    assert traces(recorded)
    digests = [event.digest for event in recorded.ledger().events(CASE)]
    forget(recorded, CASE, reason="demande d’effacement", clock=CLOCK)
    assert traces(recorded) == []
    events = recorded.ledger().events(CASE)
    assert [event.digest for event in events[:-1]] == digests
    signed = [act for act in recorded.acts(CASE) if isinstance(act, Signed)]
    assert {(act.party, act.on, act.note) for act in signed} == {
        ("porteuse", CLOCK.today, None),
        ("tete-de-reseau", CLOCK.today, None),
    }
    assert [finding for finding in verify(recorded) if not finding.harmless] == []


def test_what_another_case_cites_is_kept(recorded: Workspace) -> None:
    forget(recorded, CASE, reason="demande", clock=CLOCK)
    assert {recorded.archive.get(sha256) for sha256 in recorded.archive.sha256s()} == {b"%PDF-1.7 un scan"}


def test_what_still_binds_is_told_before(recorded: Workspace) -> None:
    plan = plan_erasure(recorded, CASE, CLOCK)
    assert plan.binding == ("embrunais.convention-cadre.v1",)
    assert plan.waiting == ()
    end = dt.date(2029, 1, 31)  # the framework convention's, in the case
    for day, binds in ((dt.date(2034, 1, 31), True), (dt.date(2034, 2, 1), False)):
        later = Clock(today=day, now=CLOCK.now)
        assert bool(plan_erasure(recorded, CASE, later).binding) is binds, end


def test_a_case_forgotten_takes_no_more_acts_even_if_its_file_comes_back(recorded: Workspace) -> None:
    file = recorded.root / "cases" / f"{CASE}.yaml"
    text = file.read_bytes()
    forget(recorded, CASE, reason="demande", clock=CLOCK)
    with pytest.raises(UsageError, match="pas de dossier"):
        recorded.case(CASE)
    file.write_bytes(text)
    with pytest.raises(Mismatch, match="effacées"):
        record_milestone(recorded, CASE, "validation-ca", on=CLOCK.today, note=None, evidence=(), clock=CLOCK)


def test_without_a_reason_or_a_case_nothing_is_erased(recorded: Workspace) -> None:
    with pytest.raises(UsageError, match="raison"):
        forget(recorded, CASE, reason=" ", clock=CLOCK)
    with pytest.raises(UsageError, match="pas de dossier"):
        plan_erasure(recorded, "../ailleurs", CLOCK)
    assert traces(recorded)


class Killed(BaseException):
    """The program ends here."""


@pytest.mark.parametrize("where", ["erase_personal", "erase", "_remove_files"])
def test_an_erasure_that_was_stopped_is_finished_by_the_same_command(
    recorded: Workspace, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    def killed(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        targets: dict[str, Callable[[], None]] = {
            "erase_personal": lambda: patch.setattr("piles_docs.ledger.store.Ledger.erase_personal", killed),
            "erase": lambda: patch.setattr(Archive, "erase", killed),
            "_remove_files": lambda: patch.setattr("piles_docs.usecases.forget._remove_files", killed),
        }
        targets[where]()
        with pytest.raises(Killed):
            forget(recorded, CASE, reason="demande", clock=CLOCK)
    assert plan_erasure(recorded, CASE, CLOCK).is_begun
    assert [finding for finding in verify(recorded) if not finding.harmless] == []
    forget(recorded, CASE, reason="demande", clock=CLOCK)
    assert traces(recorded) == []
    assert sum(event.kind == "forgotten" for event in recorded.ledger().events(CASE)) == 1


def test_a_case_of_which_nothing_was_recorded_is_found_again_after_a_stop(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = workspace.out / CASE / "drafts" / "charte.docx"
    draft.parent.mkdir(parents=True)
    draft.write_bytes(NAMES[0])

    def killed(*_: object, **__: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr("piles_docs.usecases.forget.shutil.rmtree", killed)
        with pytest.raises(Killed):
            forget(workspace, CASE, reason="demande", clock=CLOCK)
    forget(workspace, CASE, reason="demande", clock=CLOCK)
    assert traces(workspace) == []
