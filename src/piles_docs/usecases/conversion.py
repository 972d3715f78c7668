"""Word to PDF once, and never again for the same bytes; and the names of the tools that did it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version

from piles_docs.documents.conversion import Converter
from piles_docs.usecases.files import write_atomically
from piles_docs.usecases.workspace import Workspace


@cache
def _version(name: str) -> str:
    return version(name)


def tools(converter: Converter | None) -> dict[str, str]:
    """Name and version of what documents are made with."""
    names = {name: _version(name) for name in ("piles-docs", "docxtpl", "python-docx")}
    return names | ({"convertisseur": converter.identity} if converter else {})


def to_pdf(workspace: Workspace, converter: Converter, documents: Mapping[str, bytes]) -> dict[str, bytes]:
    """Convert Word files, by name; what was converted before with the same tools is not converted again.

    Raises:
        ToolFailed: A document could not be converted.
    """
    cache = workspace.out / ".pdf"
    identity = converter.identity.encode()
    paths = {
        name: cache / f"{hashlib.sha256(content + identity).hexdigest()}.pdf"
        for name, content in documents.items()
    }
    wanted = {name: content for name, content in documents.items() if not paths[name].is_file()}
    for name, pdf in converter.convert(wanted).items():
        write_atomically(paths[name], pdf)
    return {name: paths[name].read_bytes() for name in documents}
