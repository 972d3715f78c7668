"""Word to PDF by the converter that installs with this program, where LibreOffice is not."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path

from piles_docs.documents.converter import Converter
from piles_docs.documents.fonts import font_identity
from piles_docs.errors import ToolFailed


class Embedded(Converter):
    """dxpdf, a converter that installs with this program: no tags, no PDF/A, line breaks of its own."""

    @cached_property
    def identity(self) -> str:
        """The converter's version and the font it finds."""
        from importlib.metadata import version  # noqa: PLC0415  # slow to load

        return f"dxpdf {version('dxpdf')}, {font_identity()}"

    def submit(self, name: str, docx: bytes) -> Future[bytes]:
        """See Converter.submit; it is converted at once, for what the library says is kept from the user."""
        import dxpdf  # noqa: PLC0415  # 20 MB that only this converter needs

        done: Future[bytes] = Future()
        try:
            with _quiet():
                done.set_result(dxpdf.convert(docx))
        except (RuntimeError, ValueError, OSError) as error:
            failed = ToolFailed(
                f"le convertisseur intégré n’a pas pu convertir {name} en PDF ({error})",
                remedy="installez une police de caractères (piles doctor dit laquelle) ou LibreOffice",
            )
            failed.__cause__ = error
            done.set_exception(failed)
        return done


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep a library's own remarks, written straight to the standard error, away from the user."""
    kept = os.dup(2)
    try:
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)
