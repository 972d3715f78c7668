"""Word to PDF once, and never again for the same bytes; and the names of the tools that did it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from concurrent.futures import Future
from functools import cache
from importlib.metadata import version
from pathlib import Path

from piles_docs.documents.conversion import Converter
from piles_docs.errors import ToolFailed
from piles_docs.usecases.files import write_atomically
from piles_docs.usecases.workspace import Workspace


@cache
def _version(name: str) -> str:
    return version(name)


def tools(converter: Converter | None) -> dict[str, str]:
    """Name and version of what documents are made with."""
    names = {name: _version(name) for name in ("piles-docs", "docxtpl", "python-docx")}
    return names | ({"convertisseur": converter.identity} if converter else {})


def to_pdf(
    workspace: Workspace,
    converter: Converter,
    documents: Mapping[str, bytes] | Iterable[tuple[str, bytes]],
) -> dict[str, bytes]:
    """Convert Word files, by name; what was converted before with the same tools is not converted again.

    Args:
        workspace: Where what was converted is kept.
        converter: Makes the PDF.
        documents: Word files by name. Where they come one by one, each is converted while the next is made.

    Raises:
        ToolFailed: Some documents could not be converted; the others were, and are not next time.
    """
    cache, identity = workspace.out / ".pdf", converter.identity.encode()
    paths: dict[str, Path] = {}
    begun: dict[str, Future[bytes]] = {}
    failures: list[ToolFailed] = []
    try:
        for name, content in documents.items() if isinstance(documents, Mapping) else documents:
            paths[name] = cache / f"{hashlib.sha256(content + identity).hexdigest()}.pdf"
            if not paths[name].is_file():
                begun[name] = converter.submit(name, content)
        for name, future in begun.items():
            try:
                write_atomically(paths[name], future.result())
            except ToolFailed as error:
                failures.append(error)
    finally:
        for future in begun.values():
            future.cancel()  # what another error or Ctrl-C leaves behind
    if failures:
        messages = dict.fromkeys(error.message for error in failures)  # a full disk is told once
        raise ToolFailed(" ; ".join(messages), remedy=failures[0].remedy)
    return {name: path.read_bytes() for name, path in paths.items()}
