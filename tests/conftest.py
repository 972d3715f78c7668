"""What tests of several rooms use, and how workers share the tests."""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import trustme
from docx import Document
from docx.document import Document as WordDocument

from piles_docs.documents.conversion import Converter, Embedded, LibreOffice
from piles_docs.documents.making import Order, make
from piles_docs.documents.rendering import Rendered
from piles_docs.documents.template import Template
from piles_docs.methodology.acts import Means
from piles_docs.methodology.model import load_methodology
from piles_docs.methodology.states import Key
from piles_docs.usecases.workspace import Workspace

from .authority import Authority, CscServer, SoftToken
from .documents import verapdf
from .documents.verapdf import VeraPdf
from .ledger.postgresql_server import PostgresqlServer, binaries, running

ROOT = Path(__file__).parents[1]

# A run in the background ignores Ctrl-C, and so would the commands that tests interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep the tests of a file with one worker, where no test says otherwise: they share what was made."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.location[0]))


@pytest.fixture(scope="session")
def repository() -> Workspace:
    """The repository is itself a workspace; nothing here writes into it."""
    return Workspace(ROOT)


@pytest.fixture(params=["libreoffice", "dxpdf"], scope="session")
def converter(request: pytest.FixtureRequest) -> Converter:
    found = _converter(request.param)
    if found is None:
        pytest.skip("LibreOffice is not installed here")
    return found


@cache
def _converter(name: str) -> Converter | None:
    """One object for each name, so that what was made with it can be found again."""
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if name == "dxpdf":
        return Embedded()
    return LibreOffice(Path(program)) if program else None


@pytest.fixture
def word() -> WordDocument:
    """An empty Word document, to be written into."""
    return Document()


@pytest.fixture
def as_template(repository: Workspace) -> Callable[[WordDocument], Template]:
    """Makes a template of a Word document, with the letterhead of the repository."""

    def template(document: WordDocument) -> Template:
        content = io.BytesIO()
        document.save(content)
        letterhead = (ROOT / "templates" / "papier-en-tete.docx").read_bytes()
        return Template(name="templates/essai.docx", content=content.getvalue(), letterhead=letterhead)

    return template


@pytest.fixture
def rendered(
    repository: Workspace, as_template: Callable[[WordDocument], Template]
) -> Callable[..., Rendered]:
    """Renders a Word document as if it were the template of the charter, for a case of the repository.

    Named values replace those of the host structure.
    """

    def render(document: WordDocument, dossier: str = "embrunais", **of_the_host: object) -> Rendered:
        case = repository.case(dossier)
        case = case.model_copy(update={"porteuse": case.porteuse.model_copy(update=of_the_host)})
        order = Order(
            document=load_methodology().document("charte"),
            key=Key("charte"),
            reference=f"{dossier}.charte.v1",
            version=1,
            draft=True,
            means=Means.PAPER,
            originals=1,
        )
        return make(order, case, repository.network(), as_template(document))

    return render


@dataclass(frozen=True)
class Received:
    """A message that the mail server of the tests took."""

    sender: str
    to: str
    is_encrypted: bool
    user: str | None
    content: bytes


@dataclass(frozen=True)
class MailServer:
    """A real mail server, and what it took."""

    port: int
    folder: Path

    def received(self) -> list[Received]:
        """All messages, in the order they came."""
        found = []
        for path in sorted(self.folder.glob("*.json")):
            about: dict[str, Any] = json.loads(path.read_text("utf-8"))
            found.append(
                Received(
                    sender=about["sender"],
                    to=about["to"][0],
                    is_encrypted=about["is_encrypted"],
                    user=about["user"],
                    content=path.with_suffix(".eml").read_bytes(),
                )
            )
        return found


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The certificate of an authority of our own, and what a server on this machine shows, signed by it."""
    folder = tmp_path_factory.mktemp("certificats")
    made = trustme.CA()
    made.cert_pem.write_to_path(str(folder / "autorite.pem"))
    shown = made.issue_cert("localhost", "127.0.0.1").private_key_and_cert_chain_pem
    shown.write_to_path(str(folder / "serveur.pem"))
    return folder / "autorite.pem", folder / "serveur.pem"


@pytest.fixture
def mail_server(
    tmp_path: Path, authority: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., MailServer]]:
    """Starts mail servers, by how the line is encrypted; their certificate is trusted."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority[0]))
    script = ROOT / "tests" / "mail" / "server.py"
    with ExitStack() as held:

        def start(security: str = "aucune", **settings: str) -> MailServer:
            folder = tmp_path / "courrier"
            folder.mkdir(exist_ok=True)
            wanted = {
                "folder": str(folder),
                "security": security,
                "certificate": str(authority[1]),
                **settings,
            }
            process = held.enter_context(
                subprocess.Popen(
                    [sys.executable, str(script), json.dumps(wanted)], stdout=subprocess.PIPE, text=True
                )
            )
            held.callback(process.terminate)
            assert process.stdout
            return MailServer(int(process.stdout.readline()), folder)

        yield start


@pytest.fixture(scope="session")
def vera() -> Iterator[VeraPdf]:
    """The real veraPDF; one for each worker."""
    if absent := verapdf.missing():
        if os.environ.get("CI") == "true":
            pytest.fail(f"veraPDF cannot run: {absent} missing; scripts/setup develop installs it")
        pytest.skip(f"veraPDF cannot run here: {absent} missing (scripts/setup develop)")
    with VeraPdf() as engine:
        yield engine


@pytest.fixture(scope="session")
def signing_authority(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Authority]:
    """An authority that certifies those who sign, and its services; one for each worker."""
    with Authority(tmp_path_factory.mktemp("autorite")) as one:
        yield one


@pytest.fixture(scope="session")
def csc_server(signing_authority: Authority) -> Iterator[CscServer]:
    """A server that signs from afar, with keys that the authority certified."""
    with CscServer(signing_authority) as one:
        yield one


@pytest.fixture(scope="session")
def soft_token(signing_authority: Authority) -> Iterator[SoftToken]:
    """A card made of software, with a key that the authority certified."""
    module = SoftToken.installed()
    if module is None:
        if os.environ.get("CI") == "true":
            pytest.fail("SoftHSM is not installed; scripts/setup develop installs it")
        pytest.skip("SoftHSM is not installed here")
    with SoftToken(signing_authority, module) as one:
        yield one


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[PostgresqlServer]:
    """A PostgreSQL server for the tests of this worker."""
    programs = binaries()
    if programs is None:
        if os.environ.get("CI") == "true":
            pytest.fail("PostgreSQL is not installed; scripts/setup develop installs it")
        pytest.skip("PostgreSQL is not installed here")
    with running(programs) as one:
        yield one
