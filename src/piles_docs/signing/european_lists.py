"""The European Union's trusted lists: the qualified providers that states vouch for (eIDAS, article 22).

The Commission signs a list of the lists; it says where each state's list is and who signs it (decision (EU)
2015/1505). pyHanko reads lists and checks their signatures, with the Commission's signers that it brings. It
does not look at until when a list holds, nor tell from which list a provider came: that is done here.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from types import ModuleType

from asn1crypto import x509
from babel import Locale
from lxml import etree
from pyhanko.sign.validation.qualified.tsp import (
    BaseServiceInformation,
    CAServiceInformation,
    QcCertType,
    QTSTServiceInformation,
    TSPRegistry,
)

from piles_docs.errors import ToolFailed, ToolMissing
from piles_docs.signing.trust import ListedServices

LIST_OF_LISTS = "https://ec.europa.eu/tools/lotl/eu-lotl.xml"
Fetch = Callable[[str], Awaitable[str]]
"""Gives what is at an address."""

_Service = CAServiceInformation | QTSTServiceInformation
_NEXT_UPDATE = "{*}SchemeInformation/{*}NextUpdate/{*}dateTime"
_SIGNING = {QcCertType.QC_ESIGN, QcCertType.QC_ESEAL}
_OTHER_CODES = {"EL": "GR", "UK": "GB"}  # the lists' own, for Greece and the United Kingdom


@dataclass(frozen=True, slots=True)
class StateList:
    """A state's list, before it is read."""

    territory: str
    """A country code, as in the list of the lists."""
    url: str
    signers: Sequence[x509.Certificate]
    """Who may sign it."""

    @property
    def country(self) -> str:
        """The country in French."""
        code = _OTHER_CODES.get(self.territory.upper(), self.territory.upper())
        return str(Locale("fr").territories.get(code, code))


def check_is_installed() -> None:
    """Make sure that lists can be read.

    Raises:
        ToolMissing: What reads them is not installed; it is an extra.
    """
    if not (find_spec("signxml") and find_spec("xsdata")):
        raise ToolMissing(
            "lire les listes de confiance européennes demande des bibliothèques qui ne sont pas installées",
            remedy="installez-les, pip install 'piles-docs[europe]', ou ôtez listes_europeennes",
        )


async def read_european_lists(
    fetch: Fetch,
    *,
    now: dt.datetime,
    url: str = LIST_OF_LISTS,
    signers: Sequence[x509.Certificate] | None = None,
) -> tuple[ListedServices, tuple[str, ...]]:
    """Read the list of the lists, and the list of each state.

    Args:
        fetch: Gets a list.
        now: Lists that ended before are not believed.
        url: Of the list of the lists.
        signers: Who may sign it; the Commission's signers where None.

    Returns:
        The services, and what could not be read of the states' lists, as French sentences.

    Raises:
        ToolMissing: As `check_is_installed`.
        ToolFailed: The list of the lists cannot be had, or is not believed.
    """
    check_is_installed()
    states = await _states(fetch, now, url, signers)
    texts = await asyncio.gather(*(fetch(state.url) for state in states), return_exceptions=True)
    registry, sources, problems = TSPRegistry(), dict[bytes, str](), list[str]()
    for state, text in zip(states, texts, strict=True):
        services, told = _read_state(state, text, now)
        problems += told
        for service in services:
            _register(registry, service)
            for certificate in service.base_info.provider_certs:
                sources[certificate.sha256] = _source(state, certificate, service.base_info)
    return ListedServices(registry, sources), tuple(problems)


async def _states(
    fetch: Fetch, now: dt.datetime, url: str, signers: Sequence[x509.Certificate] | None
) -> list[StateList]:
    reader = _reader()
    try:
        text = await fetch(url)
        found = reader.validate_and_parse_lotl(text, list(signers) if signers else None)
        _check_is_current(text, now)
    except Exception as error:
        raise ToolFailed(
            f"la liste des listes de confiance européennes ne peut pas être lue ({_why(error)})",
            remedy="vérifiez le réseau et relancez ; si elle est refusée, mettez à jour piles-docs ; ou ôtez "
            "listes_europeennes de piles.toml",
        ) from error
    return [
        StateList(reference.territory, reference.location_uri, reference.tlso_certs)
        for reference in found.references
        if reader.LOTL_RULE not in reference.scheme_rules
    ]


def _read_state(
    state: StateList, text: str | BaseException, now: dt.datetime
) -> tuple[list[_Service], list[str]]:
    """The services of a state, and what could not be read of its list, as French sentences."""
    about = f"la liste de confiance ({state.country})"
    if isinstance(text, BaseException):
        return [], [f"{about} ne peut pas être lue ({_why(text)})"]
    try:
        services, unread = _services_of(state, text, now)
    except Exception as error:  # noqa: BLE001  # whatever is wrong with a state's list, the others serve
        return [], [f"{about} ne peut pas être lue ({_why(error)})"]
    return services, [f"{about} a un service qui n’est pas compris ({_why(error)})" for error in unread]


def _services_of(state: StateList, text: str, now: dt.datetime) -> tuple[list[_Service], list[Exception]]:
    """The services of a state that certify signatures, seals or time; and why others are not understood."""
    read, unread = _reader().trust_list_to_registry(text, list(state.signers))
    if not _told_until(text):
        return [], []  # closed, as that of a state that left: it vouches for nobody any more
    _check_is_current(text, now)
    authorities = {*read.known_certificate_authorities, *read.known_timestamp_authorities}
    found = {
        service for one in authorities for service in read.applicable_service_definitions(one, moment=None)
    }
    return [service for service in found if _is_for_signing(service.base_info)], unread


def _is_for_signing(service: BaseServiceInformation) -> bool:
    """Whether a service is for signatures or seals; one that says nothing is, others are for web sites."""
    kinds = service.additional_info_certificate_type
    return not kinds or bool(kinds & _SIGNING)


def _register(registry: TSPRegistry, service: _Service) -> None:
    if isinstance(service, CAServiceInformation):
        registry.register_ca(service)
    else:
        registry.register_tst(service)


def _source(state: StateList, certificate: x509.Certificate, service: BaseServiceInformation) -> str:
    provider = certificate.subject.native.get("organization_name") or service.service_name
    return f"liste de confiance européenne, {state.country}, prestataire {provider}"


def _check_is_current(text: str, now: dt.datetime) -> None:
    """Refuse a list whose next issue is overdue, and one that is closed (ETSI TS 119 612, 5.3.15)."""
    told = _told_until(text)
    if not told:
        raise ValueError("liste close")
    until = dt.datetime.fromisoformat(told).astimezone(dt.UTC)
    if until < now:
        raise ValueError(f"terminée le {until:%d/%m/%Y}")


def _told_until(text: str) -> str:
    """When the next issue of a list is due at the latest; empty where the list is closed."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    return (etree.fromstring(text.encode(), parser).findtext(_NEXT_UPDATE) or "").strip()


def _reader() -> ModuleType:
    """What reads lists: it needs the extra."""
    from pyhanko.sign.validation.qualified import eutl_parse  # noqa: PLC0415

    return eutl_parse


def _why(error: BaseException) -> str:
    """An error in a few words: they are shown in the middle of a sentence."""
    words = " ".join(str(error).split()) or type(error).__name__
    return words if len(words) <= 100 else f"{words[:99]}…"
