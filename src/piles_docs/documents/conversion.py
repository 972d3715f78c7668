"""Word to PDF, by LibreOffice where it is, by the embedded converter where it is not."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path

from piles_docs.documents.converter import Converter
from piles_docs.documents.embedded import Embedded
from piles_docs.documents.libreoffice import LibreOffice
from piles_docs.errors import ToolMissing

__all__ = ["Converter", "Embedded", "LibreOffice", "find_converter"]


def find_converter(preference: str = "auto") -> Converter:
    """Choose the converter: LibreOffice when present, else the embedded one.

    Args:
        preference: `auto`, `libreoffice` or `dxpdf`, from piles.toml.

    Raises:
        ToolMissing: LibreOffice was asked for and is not installed.
    """
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if preference != "dxpdf" and program:
        return _one_for_all(Path(program))
    if preference == "libreoffice":
        raise ToolMissing(
            "LibreOffice n’est pas installé",
            remedy='apt-get install libreoffice-writer-nogui, ou convertisseur = "auto" dans piles.toml',
        )
    return Embedded()


@cache
def _one_for_all(program: Path) -> LibreOffice:
    """One for the whole run of a command, however often it is asked for: it takes 270 MB."""
    return LibreOffice(program)
