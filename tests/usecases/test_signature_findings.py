from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from piles_docs.usecases.clock import Clock
from piles_docs.usecases.doctor import Finding
from piles_docs.usecases.keys import list_keys
from piles_docs.usecases.sealing import Sealer
from piles_docs.usecases.signature_findings import signature_findings
from piles_docs.usecases.workspace import Workspace

from ..authority import Authority
from ..signing.forms import form

ROOT = Path(__file__).parents[2]
NOW = dt.datetime.now(dt.UTC)
CLOCK = Clock(today=NOW.date(), now=NOW)


@dataclass
class Told:
    """The passphrase of the authority's keys, and how often it was asked for."""

    asked: int = 0

    def passphrase(self, name: str) -> str:
        self.asked += 1
        return Authority.PASSPHRASE

    def pin(self, name: str) -> str:
        raise AssertionError(name)

    def one_time_password(self, name: str) -> str:
        raise AssertionError(name)

    def bearer(self) -> str | None:
        return None


@pytest.fixture
def workspace(tmp_path: Path, signing_authority: Authority) -> Callable[..., Workspace]:
    """Makes a workspace that believes the authority, with the key of somebody as its seal."""

    def made(name: str | None = None, *lines: str) -> Workspace:
        text = (ROOT / "piles.toml").read_text("utf-8")
        if name:
            (tmp_path / "cachet.p12").write_bytes(signing_authority.pkcs12(name))
            lines = ('cle = "cachet.p12"', *lines)
        (tmp_path / "piles.toml").write_text("\n".join([text, *lines, ""]), "utf-8")
        (tmp_path / "confiance").mkdir(exist_ok=True)
        (tmp_path / "confiance/racine.pem").write_bytes(signing_authority.root)
        return Workspace(tmp_path)

    return made


def found(workspace: Workspace, name: str, clock: Clock = CLOCK) -> Finding:
    return next(finding for finding in signature_findings(workspace, clock) if finding.name == name)


def in_days(days: int) -> Clock:
    return Clock(today=CLOCK.today + dt.timedelta(days), now=CLOCK.now + dt.timedelta(days))


@pytest.mark.parametrize(
    ("name", "is_good", "is_warning", "told"),
    [
        ("porteuse", True, False, "fichier cachet.p12 (Lise Exemple), certificat valable jusqu’au"),
        ("soon", True, True, "certificat valable jusqu’au"),
        ("expired", False, False, "fichier cachet.p12 (Lise Exemple), certificat terminé le"),
    ],
)
def test_the_end_of_the_seal_is_known_once_its_key_was_read(
    workspace: Callable[..., Workspace], name: str, is_good: bool, is_warning: bool, told: str
) -> None:
    space = workspace(name)
    assert "fin du certificat inconnue" in found(space, "Cachet").found
    list_keys(space, Told(), CLOCK)
    finding = found(space, "Cachet")
    assert (finding.good, finding.is_warning) == (is_good, is_warning)
    assert told in finding.found
    assert bool(finding.remedy) == (is_warning or not is_good)


@pytest.mark.parametrize(("days", "is_warning"), [(1500 - 61, False), (1500 - 59, True)])
def test_the_warning_comes_sixty_days_before(
    workspace: Callable[..., Workspace], days: int, is_warning: bool
) -> None:
    space = workspace("porteuse")
    list_keys(space, Told(), CLOCK)
    assert found(space, "Cachet", in_days(days)).is_warning == is_warning


def test_a_sealed_document_makes_the_end_known_and_asks_once(workspace: Callable[..., Workspace]) -> None:
    space, told = workspace("tete-de-reseau-cachet"), Told()
    sealer = Sealer(space, told)
    for _ in range(2):
        sealer.seal(form(), NOW)
    assert told.asked == 1
    assert "certificat valable jusqu’au" in found(space, "Cachet").found


def test_what_is_remembered_is_about_one_key_only(workspace: Callable[..., Workspace]) -> None:
    space = workspace("porteuse")
    list_keys(space, Told(), CLOCK)
    (space.root / "cachet.p12").write_bytes(b"another")
    assert "fin du certificat inconnue" in found(space, "Cachet").found
    (space.root / "cachet.p12").unlink()
    assert found(space, "Cachet").found == "fichier cachet.p12 : absent"


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"source": 1}', "\x00"])
def test_a_damaged_memory_is_no_memory(workspace: Callable[..., Workspace], content: str) -> None:
    space = workspace("porteuse")
    list_keys(space, Told(), CLOCK)
    (space.out / ".cachet.json").write_text(content, "utf-8")
    assert "fin du certificat inconnue" in found(space, "Cachet").found


def test_the_time_stamping_service_is_asked(
    workspace: Callable[..., Workspace], signing_authority: Authority
) -> None:
    space = workspace(None, f'horodatage = "{signing_authority.time_stamp_url}"')
    assert found(space, "Horodatage").found.endswith("répond")
    space = workspace(None, f'horodatage = "{signing_authority.dead_url}"')
    assert not found(space, "Horodatage").good
    assert "ne se vérifie que tant que" in found(workspace(), "Horodatage").found


def test_nobody_believed_matters_where_there_is_a_seal(workspace: Callable[..., Workspace]) -> None:
    space = workspace()
    assert found(space, "Confiance").found == "1 dans confiance/"
    assert found(space, "Confiance", in_days(8000)).is_warning
    (space.root / "confiance/racine.pem").unlink()
    assert not found(space, "Confiance").is_warning
    space = workspace("porteuse")
    (space.root / "confiance/racine.pem").unlink()
    assert "aucune signature électronique ne sera crue" in found(space, "Confiance").found


def test_a_network_file_with_defects_is_told(workspace: Callable[..., Workspace]) -> None:
    (finding,) = signature_findings(workspace(None, "inconnu = 1"), CLOCK)
    assert (finding.name, finding.good) == ("piles.toml", False)
