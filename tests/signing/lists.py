"""Trusted lists of the tests' own: a list of the lists and the list of one state, signed and served here.

They have the shape of those that are published (ETSI TS 119 612, version 6, seen in the lists of the Union, Belgium and
Estonia of 2025 and 2026): the list of the lists points to itself, to pages for people and to its former signers; a
service says in three ways which key it has, and of its past only in two; what it adds is critical.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from asn1crypto import pem, x509
from lxml import etree
from pyhanko.sign.validation.qualified.tsp import CA_QC_URI, QTST_URI
from signxml.xades.xades import XAdESSigner

from ..authority import Authority

STATE_SIGNER, LIST_SIGNER = "porteuse", "tete-de-reseau-cachet"  # RSA both
_STATUS = "http://uri.etsi.org/TrstSvc/TrustedList/Svcstatus"
_TSL = "application/vnd.etsi.tsl+xml"
_LIST = """
<TrustServiceStatusList xmlns="http://uri.etsi.org/02231/v2#" xmlns:a="http://uri.etsi.org/02231/v2/additionaltypes#"
  xmlns:q="http://uri.etsi.org/TrstSvc/SvcInfoExt/eSigDir-1999-93-EC-TrustedList/#"
  xmlns:x="http://uri.etsi.org/01903/v1.3.2#" TSLTag="http://uri.etsi.org/19612/TSLTag"><SchemeInformation>
<TSLVersionIdentifier>6</TSLVersionIdentifier><TSLSequenceNumber>1</TSLSequenceNumber>
<TSLType>http://uri.etsi.org/TrstSvc/TrustedList/TSLType/{kind}</TSLType>
<SchemeOperatorName><Name xml:lang="en">Invented</Name><Name xml:lang="fr">Inventé</Name></SchemeOperatorName>
<SchemeInformationURI><URI xml:lang="en">https://lists.example/lotl-pivot-1.xml</URI>
<URI xml:lang="en">https://lists.example/</URI></SchemeInformationURI>
<SchemeTerritory>{territory}</SchemeTerritory><HistoricalInformationPeriod>65535</HistoricalInformationPeriod>
{pointers}
<ListIssueDateTime>2026-01-01T00:00:00Z</ListIssueDateTime>
<NextUpdate>{until}</NextUpdate>
</SchemeInformation>{providers}</TrustServiceStatusList>
"""
_POINTER = """<OtherTSLPointer><ServiceDigitalIdentities>{identities}</ServiceDigitalIdentities>
<TSLLocation>{url}</TSLLocation><AdditionalInformation>
<OtherInformation><SchemeTypeCommunityRules>
<URI xml:lang="en">http://uri.etsi.org/TrstSvc/TrustedList/schemerules/{rules}</URI>
</SchemeTypeCommunityRules></OtherInformation>
<OtherInformation><SchemeTerritory>{territory}</SchemeTerritory></OtherInformation>
<OtherInformation><a:MimeType>{mime_type}</a:MimeType></OtherInformation>
</AdditionalInformation></OtherTSLPointer>"""
_IDENTITY = """<ServiceDigitalIdentity><DigitalId>
<X509Certificate>{certificate}</X509Certificate></DigitalId></ServiceDigitalIdentity>"""
_SERVICE = """<TSPService><ServiceInformation>
<ServiceTypeIdentifier>{kind}</ServiceTypeIdentifier><ServiceName><Name xml:lang="en">{name}</Name></ServiceName>
<ServiceDigitalIdentity><DigitalId><X509Certificate>{certificate}</X509Certificate></DigitalId>
{identity}</ServiceDigitalIdentity>
<ServiceStatus>{status}</ServiceStatus><StatusStartingTime>{since}</StatusStartingTime>
<ServiceInformationExtensions>{extensions}</ServiceInformationExtensions>
</ServiceInformation><ServiceHistory>{history}</ServiceHistory></TSPService>"""
_PAST = """<ServiceHistoryInstance>
<ServiceTypeIdentifier>{kind}</ServiceTypeIdentifier><ServiceName><Name xml:lang="en">{name}</Name></ServiceName>
<ServiceDigitalIdentity>{identity}</ServiceDigitalIdentity>
<ServiceStatus>{status}</ServiceStatus><StatusStartingTime>{since}</StatusStartingTime>
<ServiceInformationExtensions>{extensions}</ServiceInformationExtensions></ServiceHistoryInstance>"""
_KEY = """<DigitalId><X509SubjectName>{subject}</X509SubjectName></DigitalId>
<DigitalId><X509SKI>{key}</X509SKI></DigitalId>"""
_PURPOSE = """<Extension Critical="true"><AdditionalServiceInformation>
<URI xml:lang="en">http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/{purpose}</URI>
</AdditionalServiceInformation></Extension>"""
_QUALIFICATIONS = """<Extension Critical="true"><q:Qualifications><q:QualificationElement>
<q:Qualifiers><q:Qualifier uri="http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt/QCQSCDStatusAsInCert"/></q:Qualifiers>
<q:CriteriaList assert="atLeastOne"><q:PolicySet><q:PolicyIdentifier><x:Identifier>1.2.3.4</x:Identifier>
</q:PolicyIdentifier></q:PolicySet></q:CriteriaList></q:QualificationElement></q:Qualifications></Extension>"""


@dataclass(frozen=True)
class Service:
    """A service of a state's list."""

    kind: str
    holder: str
    """Whose certificate."""
    status: str = "granted"
    purposes: tuple[str, ...] = ("ForeSignatures",)
    past: tuple[tuple[str, str], ...] = ()
    """Statuses that it had, each with its first day."""
    since: str = "2020-01-01"
    more: str = ""
    """Further extensions."""

    def xml(self, authority: Authority) -> str:
        """As it is written in the list."""
        certificate = x509.Certificate.load(_der(authority, self.holder))
        key = base64.b64encode(
            certificate.key_identifier_value.native if certificate.key_identifier_value else b""
        )
        qualified = _QUALIFICATIONS if self.kind == CA_QC_URI else ""
        purposes = "".join(_PURPOSE.format(purpose=one) for one in self.purposes if qualified)
        told = {
            "kind": self.kind,
            "name": self.holder,
            "identity": _KEY.format(subject=certificate.subject.human_friendly, key=key.decode("ascii")),
            "extensions": qualified + purposes + self.more,
        }
        past = (
            _PAST.format(**told, status=f"{_STATUS}/{status}", since=f"{since}T00:00:00Z")
            for status, since in self.past
        )
        return _SERVICE.format(
            **told,
            certificate=_text(authority, self.holder),
            status=f"{_STATUS}/{self.status}",
            since=f"{self.since}T00:00:00Z",
            history="".join(past),
        )


AUTHORITY, STAMPS = Service(CA_QC_URI, "emettrice"), Service(QTST_URI, "horodatage")


@dataclass
class Lists:
    """What is served; change a field, then `publish`."""

    authority: Authority
    url: str = ""
    territory: str = "FR"
    services: tuple[Service, ...] = (AUTHORITY, STAMPS)
    state_signer: str = STATE_SIGNER
    list_signer: str = LIST_SIGNER
    state_ends_in: int | None = 30
    """Days; None where it is closed."""
    list_ends_in: int | None = 30
    pages: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @property
    def signers(self) -> tuple[x509.Certificate, ...]:
        """Who is expected to sign the list of the lists."""
        return (x509.Certificate.load(_der(self.authority, LIST_SIGNER)),)

    def publish(self) -> None:
        """Sign both lists and serve them."""
        pointers = [
            self._pointer("/liste.xml", [LIST_SIGNER], "EUlistofthelists", "EU"),
            self._pointer(
                "/etat.pdf", [STATE_SIGNER], "EUcommon", self.territory, mime_type="application/pdf"
            ),
            self._pointer("/etat.xml", ["animateur", STATE_SIGNER], "EUcommon", self.territory),
        ]
        services = "".join(service.xml(self.authority) for service in self.services)
        provider = (
            "<TrustServiceProvider><TSPInformation><TSPName><Name xml:lang='fr'>Inventé</Name></TSPName>"
            f"</TSPInformation><TSPServices>{services}</TSPServices></TrustServiceProvider>"
        )
        whole = _LIST.format(
            kind="EUlistofthelists",
            territory="EU",
            pointers=f"<PointersToOtherTSL>{''.join(pointers)}</PointersToOtherTSL>",
            until=_until(self.list_ends_in),
            providers="",
        )
        state = _LIST.format(
            kind="EUgeneric",
            territory=self.territory,
            pointers="",
            until=_until(self.state_ends_in),
            providers=f"<TrustServiceProviderList>{provider}</TrustServiceProviderList>",
        )
        self.pages = {
            "/liste.xml": _signed(self.authority, whole, self.list_signer),
            "/etat.xml": _signed(self.authority, state, self.state_signer),
        }

    def _pointer(
        self, page: str, signers: list[str], rules: str, territory: str, *, mime_type: str = _TSL
    ) -> str:
        certificates = (_text(self.authority, signer) for signer in signers)
        return _POINTER.format(
            identities="".join(_IDENTITY.format(certificate=certificate) for certificate in certificates),
            url=self.url + page,
            rules=rules,
            territory=territory,
            mime_type=mime_type,
        )


@contextmanager
def serving(authority: Authority) -> Iterator[Lists]:
    """Serve lists on this machine."""
    lists = Lists(authority)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            lists.asked.append(self.path)
            content = lists.pages.get(self.path)
            self.send_response(200 if content else 404)
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *words: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        lists.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        lists.publish()
        try:
            yield lists
        finally:
            server.shutdown()
            thread.join()


def _until(days: int | None) -> str:
    if days is None:
        return ""
    moment = datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)
    return f"<dateTime>{moment.isoformat().replace('+00:00', 'Z')}</dateTime>"


def _signed(authority: Authority, text: str, signer: str) -> bytes:
    key = (authority.folder / f"{signer}.pem").read_bytes()
    certificate = authority.certificate(signer).decode("ascii")
    root = XAdESSigner().sign(etree.fromstring(text.strip()), key=key, cert=certificate)
    content: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8")
    return content


def _der(authority: Authority, name: str) -> bytes:
    _, _, der = pem.unarmor(authority.certificate(name))
    return bytes(der)


def _text(authority: Authority, name: str) -> str:
    return base64.b64encode(_der(authority, name)).decode("ascii")
