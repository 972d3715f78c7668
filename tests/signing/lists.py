"""Trusted lists of the tests' own: a list of the lists and the list of one state, signed and served here."""

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
_FOR = "http://uri.etsi.org/TrstSvc/TrustedList/SvcInfoExt"
_LIST = """
<TrustServiceStatusList xmlns="http://uri.etsi.org/02231/v2#" xmlns:a="http://uri.etsi.org/02231/v2/additionaltypes#"
  TSLTag="http://uri.etsi.org/19612/TSLTag"><SchemeInformation>
<TSLVersionIdentifier>5</TSLVersionIdentifier><TSLSequenceNumber>1</TSLSequenceNumber>
<TSLType>http://uri.etsi.org/TrstSvc/TrustedList/TSLType/{kind}</TSLType>
<SchemeInformationURI><URI xml:lang="en">https://lists.example/</URI></SchemeInformationURI>
<SchemeTerritory>{territory}</SchemeTerritory>
{pointers}
<ListIssueDateTime>2026-01-01T00:00:00Z</ListIssueDateTime>
<NextUpdate>{until}</NextUpdate>
</SchemeInformation>{providers}</TrustServiceStatusList>
"""
_POINTER = """<OtherTSLPointer><ServiceDigitalIdentities><ServiceDigitalIdentity><DigitalId>
<X509Certificate>{certificate}</X509Certificate></DigitalId></ServiceDigitalIdentity></ServiceDigitalIdentities>
<TSLLocation>{url}</TSLLocation><AdditionalInformation>
<OtherInformation><SchemeTerritory>{territory}</SchemeTerritory></OtherInformation>
<OtherInformation><a:MimeType>application/vnd.etsi.tsl+xml</a:MimeType></OtherInformation>
</AdditionalInformation></OtherTSLPointer>"""
_SERVICE = """<TSPService><ServiceInformation>
<ServiceTypeIdentifier>{kind}</ServiceTypeIdentifier><ServiceName><Name xml:lang="en">{name}</Name></ServiceName>
<ServiceDigitalIdentity><DigitalId><X509Certificate>{certificate}</X509Certificate></DigitalId></ServiceDigitalIdentity>
<ServiceStatus>{status}</ServiceStatus><StatusStartingTime>{since}</StatusStartingTime>
<ServiceInformationExtensions><Extension Critical="false"><AdditionalServiceInformation>
<URI xml:lang="en">{purpose}</URI></AdditionalServiceInformation></Extension></ServiceInformationExtensions>
</ServiceInformation></TSPService>"""


@dataclass
class Lists:
    """What is served; change a field, then `publish`."""

    authority: Authority
    url: str = ""
    territory: str = "FR"
    status: str = "granted"
    purpose: str = "ForeSignatures"
    state_signer: str = STATE_SIGNER
    list_signer: str = LIST_SIGNER
    state_ends_in: int | None = 30
    """Days; None where it is closed."""
    list_ends_in: int = 30
    pages: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)

    @property
    def signers(self) -> tuple[x509.Certificate, ...]:
        """Who is expected to sign the list of the lists."""
        return (x509.Certificate.load(_der(self.authority, LIST_SIGNER)),)

    def publish(self) -> None:
        """Sign both lists and serve them."""
        pointer = _POINTER.format(
            certificate=_text(self.authority, STATE_SIGNER),
            url=f"{self.url}/etat.xml",
            territory=self.territory,
        )
        services = [
            _SERVICE.format(
                kind=kind,
                name=name,
                certificate=_text(self.authority, name),
                status=f"{_STATUS}/{self.status}",
                since="2010-01-01T00:00:00Z",
                purpose=f"{_FOR}/{self.purpose}",
            )
            for kind, name in ((CA_QC_URI, "emettrice"), (QTST_URI, "horodatage"))
        ]
        provider = (
            f"<TrustServiceProvider><TSPServices>{''.join(services)}</TSPServices></TrustServiceProvider>"
        )
        whole = _LIST.format(
            kind="EUlistofthelists",
            territory="EU",
            pointers=f"<PointersToOtherTSL>{pointer}</PointersToOtherTSL>",
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
