"""Say what is installed, what is missing, and how to get it."""

from __future__ import annotations

import platform
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version

from piles_docs.documents.conversion import LibreOffice, find_converter
from piles_docs.documents.fonts import FONT, find_font
from piles_docs.errors import ToolFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    name: str
    good: bool
    found: str
    remedy: str = ""
    is_warning: bool = False
    """Whether it is good today, and asks for something before long."""


def examine() -> Iterator[Finding]:
    """Look at the tools that the work needs, one after the other."""
    yield Finding(name="Python", good=True, found=platform.python_version())
    yield Finding(name="piles-docs", good=True, found=version("piles-docs"))
    converter = find_converter()
    if isinstance(converter, LibreOffice):
        try:
            slow = "" if converter.can_stay_open() else " (démarré à chaque lot : plus lent, mêmes PDF)"
            yield Finding(name="Conversion en PDF", good=True, found=converter.identity + slow)
        except ToolFailed as error:
            yield Finding(name="Conversion en PDF", good=False, found=error.message, remedy=error.remedy)
    else:
        yield Finding(
            name="Conversion en PDF",
            good=True,
            found=f"{converter.identity} (LibreOffice absent : ni PDF/A ni PDF/UA)",
            remedy="pour LibreOffice : apt-get install libreoffice-writer-nogui",
        )
    font = find_font()
    yield Finding(
        name=f"Police {FONT}",
        good=font is not None,
        found=font.name if font else "absente : la mise en page changerait",
        remedy="" if font else "relancez scripts/setup run, ou : apt-get install fonts-liberation2",
    )
    free = shutil.disk_usage(".").free // (1024 * 1024)
    yield Finding(
        name="Place sur le disque",
        good=free > 200,
        found=f"{free} Mo libres",
        remedy="" if free > 200 else "libérez au moins 200 Mo",
    )
