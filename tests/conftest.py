"""What tests of several rooms use, and how workers share the tests."""

from __future__ import annotations

import io
import shutil
import signal
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
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
