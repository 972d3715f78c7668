"""European lists, signed with keys of the tests and served on this machine: the Union's own are not asked."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pyhanko.sign.validation.qualified.eutl_parse import latest_known_lotl_tlso_certs

from piles_docs.errors import ToolFailed, ToolMissing
from piles_docs.methodology.acts import Level
from piles_docs.signing.european_lists import StateList, check_is_installed, read_european_lists
from piles_docs.signing.keys import read_key_file
from piles_docs.signing.signing import Services, sign
from piles_docs.signing.standing import Standing, standing_of
from piles_docs.signing.trust import ListedServices, Trust
from piles_docs.usecases import european_lists as kept
from piles_docs.usecases.european_lists import ListSource
from piles_docs.usecases.trusting import trust_of
from piles_docs.usecases.workspace import Workspace

from ..authority import Authority
from .forms import form
from .lists import AUTHORITY, STAMPS, Lists, Service, serving

ROOT = Path(__file__).parents[2]
NOW = datetime.now(UTC)


@pytest.fixture
def lists(signing_authority: Authority) -> Iterator[Lists]:
    with serving(signing_authority) as one:
        yield one


def read(lists: Lists, *, now: datetime = NOW) -> tuple[ListedServices, tuple[str, ...]]:
    async def fetch(url: str) -> str:
        return lists.pages[url.removeprefix(lists.url)].decode()

    return asyncio.run(
        read_european_lists(fetch, now=now, url=f"{lists.url}/liste.xml", signers=lists.signers)
    )


def standing(authority: Authority, listed: ListedServices, holder: str = "porteuse") -> Standing:
    key = read_key_file(authority.pkcs12(holder), Authority.PASSPHRASE, name=holder)
    return standing_of(key, Trust(listed=listed)).standing


def test_a_listed_provider_is_believed_and_named(lists: Lists, signing_authority: Authority) -> None:
    listed, problems = read(lists)
    assert problems == ()
    trust = Trust(listed=listed)
    key = read_key_file(signing_authority.pkcs12("porteuse"), Authority.PASSPHRASE, name="porteuse")
    known = standing_of(key, trust)
    assert known.standing == Standing.GOOD
    assert known.anchor == (
        "AC Émettrice d’Essai (liste de confiance européenne, France, prestataire emettrice)"
    )
    services = Services(trust=trust, time_stamp_url=signing_authority.time_stamp_url, level=Level.LTA)
    signed = sign(form(), "porteuse", key, services, moment=NOW)
    assert (signed.level, signed.shortfall) == (Level.LTA, None)


def test_a_certificate_of_nobody_listed_is_not_believed(lists: Lists, signing_authority: Authority) -> None:
    listed, _ = read(lists)
    assert standing(signing_authority, listed, "impostor") == Standing.UNTRUSTED


@pytest.mark.parametrize(
    "service",
    [
        replace(AUTHORITY, status="withdrawn"),
        replace(
            AUTHORITY,
            status="withdrawn",
            past=(("granted", "2016-07-01"), ("undersupervision", "2010-01-01")),
        ),
        replace(AUTHORITY, status="recognisedatnationallevel"),
        replace(AUTHORITY, purposes=("ForWebSiteAuthentication",)),
        replace(AUTHORITY, kind="http://uri.etsi.org/TrstSvc/Svctype/Certstatus/OCSP/QC"),
        replace(AUTHORITY, kind="http://uri.etsi.org/TrstSvc/Svctype/CA/PKC"),
    ],
    ids=["withdrawn", "once granted", "of the state alone", "for web sites", "answers", "not qualified"],
)
def test_a_service_that_is_not_for_qualified_signatures_now_is_not_believed(
    lists: Lists, signing_authority: Authority, service: Service
) -> None:
    lists.services = (service,)
    lists.publish()
    listed, problems = read(lists)
    assert standing(signing_authority, listed) == Standing.UNTRUSTED
    assert problems == ()


def test_a_service_that_is_listed_for_several_uses_is_believed_for_its_signatures(
    lists: Lists, signing_authority: Authority
) -> None:
    lists.services = (
        replace(AUTHORITY, purposes=("ForWebSiteAuthentication",)),
        replace(AUTHORITY, purposes=("ForeSeals", "ForeSignatures"), past=(("granted", "2016-07-01"),)),
        replace(AUTHORITY, purposes=("RootCA-QC", "ForeSignatures"), holder="racine"),
        STAMPS,
    )
    lists.publish()
    listed, problems = read(lists)
    assert standing(signing_authority, listed) == Standing.GOOD
    assert problems == ()


def test_a_service_that_is_not_understood_is_told_and_the_others_serve(
    lists: Lists, signing_authority: Authority
) -> None:
    unknown = '<Extension Critical="true"><x:Identifier>essai</x:Identifier></Extension>'
    lists.services = (replace(AUTHORITY, more=unknown), STAMPS)
    lists.publish()
    listed, (problem,) = read(lists)
    assert problem.startswith("la liste de confiance (France) a un service qui n’est pas compris (")
    assert standing(signing_authority, listed) == Standing.UNTRUSTED
    assert len(listed.sources) == 1


def test_a_state_whose_list_is_closed_vouches_for_nobody_and_is_no_problem(lists: Lists) -> None:
    """As the last one of a state that left: the list of the lists points to it still."""
    lists.state_ends_in = None
    lists.publish()
    listed, problems = read(lists)
    assert (listed.sources, problems) == ({}, ())


@pytest.mark.parametrize(
    ("change", "value", "told"),
    [
        ("state_signer", "tete-de-reseau-cachet", "None of the candidate"),
        ("state_ends_in", -1, "terminée le"),
    ],
)
def test_a_state_whose_list_is_not_sound_is_told_and_not_believed(
    lists: Lists, change: str, value: object, told: str
) -> None:
    setattr(lists, change, value)
    lists.publish()
    listed, (problem,) = read(lists)
    assert listed.sources == {}
    assert problem.startswith(f"la liste de confiance (France) ne peut pas être lue ({told}")


@pytest.mark.parametrize(
    ("change", "value"),
    [
        ("list_signer", "porteuse"),
        ("list_ends_in", -1),
        ("list_ends_in", None),
        ("list_signer", "impostor"),
    ],
)
def test_a_list_of_the_lists_that_is_not_sound_ends_the_work(
    lists: Lists, change: str, value: object
) -> None:
    if value == "impostor":
        lists.pages["/liste.xml"] = lists.pages["/liste.xml"].replace(b"/etat.xml", b"/faux.xml")
    else:
        setattr(lists, change, value)
        lists.publish()
    with pytest.raises(ToolFailed, match="liste des listes de confiance européennes"):
        read(lists)


@pytest.mark.parametrize("page", ["/liste.xml", "/etat.xml"])
@pytest.mark.parametrize(
    "content", [b"", b"<html/>", b"<!DOCTYPE a [<!ENTITY b SYSTEM '/etc/passwd'>]><a>&b;</a>"]
)
def test_what_is_no_list_is_told(lists: Lists, page: str, content: bytes) -> None:
    lists.pages[page] = content
    if page == "/liste.xml":
        with pytest.raises(ToolFailed):
            read(lists)
    else:
        assert len(read(lists)[1]) == 1


def test_the_commissions_signers_are_those_that_count_unless_others_are_named(lists: Lists) -> None:
    async def fetch(url: str) -> str:
        return lists.pages["/liste.xml"].decode()

    assert latest_known_lotl_tlso_certs()
    with pytest.raises(ToolFailed):
        asyncio.run(read_european_lists(fetch, now=NOW))


@pytest.mark.parametrize(("code", "country"), [("FR", "France"), ("EL", "Grèce"), ("XX", "XX")])
def test_countries_are_named_in_french(code: str, country: str) -> None:
    assert StateList(code, "", ()).country == country


def test_without_its_libraries_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "signxml", None)
    with pytest.raises(ToolMissing, match="bibliothèques qui ne sont pas installées") as caught:
        check_is_installed()
    assert "piles-docs[europe]" in caught.value.remedy


# ---------------------------------------------------------------- as a workspace reads them


@pytest.fixture
def workspace(tmp_path: Path, lists: Lists, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """A workspace that believes the lists of the tests, and nobody else."""
    text = (ROOT / "piles.toml").read_text("utf-8")
    (tmp_path / "piles.toml").write_text(f"{text}\nlistes_europeennes = true\n", "utf-8")
    monkeypatch.setattr(kept, "COMMISSION", ListSource(f"{lists.url}/liste.xml", lists.signers))
    return Workspace(tmp_path)


def forget() -> None:
    """Be another command."""
    kept._read.cache_clear()


def test_a_workspace_asks_once_a_day(workspace: Workspace, lists: Lists) -> None:
    for _ in range(2):
        forget()
        trust = trust_of(workspace)
        assert trust.listed
        assert len(trust.listed.sources) == 2
    assert lists.asked == ["/liste.xml", "/etat.xml"]


def test_what_was_kept_serves_while_the_network_is_away_and_until_it_ends(
    workspace: Workspace, lists: Lists, monkeypatch: pytest.MonkeyPatch
) -> None:
    trust_of(workspace)
    monkeypatch.setattr(kept, "_SECONDS_KEPT", 0)
    lists.pages.clear()
    forget()
    assert trust_of(workspace).listed
    assert len(lists.asked) == 4


def test_a_list_that_begins_with_a_mark_of_its_encoding_is_read_and_kept(
    workspace: Workspace, lists: Lists
) -> None:
    lists.pages = {page: b"\xef\xbb\xbf" + content for page, content in lists.pages.items()}
    for _ in range(2):
        forget()
        trust = trust_of(workspace)
        assert trust.listed
        assert len(trust.listed.sources) == 2
        assert trust.shortfalls == ()


def test_what_was_kept_is_checked_again(workspace: Workspace, lists: Lists) -> None:
    trust_of(workspace)
    for path in (workspace.out / ".listes-europeennes").iterdir():
        path.write_bytes(path.read_bytes().replace(b"granted", b"Granted"))
    forget()
    trust = trust_of(workspace)
    assert trust.listed
    assert trust.listed.sources == {}
    assert trust.shortfalls[0].startswith("la liste de confiance (France) ne peut pas être lue")


def test_without_network_and_without_anything_kept_the_work_ends(workspace: Workspace, lists: Lists) -> None:
    forget()
    lists.pages.clear()
    with pytest.raises(ToolFailed, match="404"):
        trust_of(workspace)
