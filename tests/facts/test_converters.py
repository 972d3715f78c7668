"""LibreOffice and the embedded converter give the same text."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pypdfium2
import pytest

from piles_docs.documents.conversion import Embedded, LibreOffice

from . import checks
from .papers import bundle

COMPLETE = 4


def pages_of(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return [page.get_textpage().get_text_range() for page in document]
    finally:
        document.close()


def squeezed(text: str) -> str:
    """Without spaces, bullets, nor the hyphens that a line’s end can add or hide."""
    return re.sub(r"[\s\u00ad\ufffe\u0002\u200b•-]+", "", text).replace("'", "’")


def text_of(pdf: bytes, margin: tuple[str, ...]) -> str:
    """The text of all pages run together, without what header and footer repeat on each."""
    repeated = [re.sub(r"\d+", r"\\d+", re.escape(squeezed(line))) for line in margin]
    pages = [squeezed(page) for page in pages_of(pdf)]
    for line in sorted(repeated, key=len, reverse=True):
        pages = [re.sub(line, "", page, count=1) for page in pages]
    return "".join(pages)


def test_both_converters_give_the_same_text() -> None:
    program = shutil.which("soffice") or shutil.which("libreoffice")
    if program is None:
        pytest.skip("LibreOffice is not installed here")
    kinds = {paper.id: paper for paper in bundle(COMPLETE).papers}
    assert len(kinds) > 15
    words = {name: paper.word for name, paper in kinds.items()}
    offices, embedded = LibreOffice(Path(program)).convert(words), Embedded().convert(words)
    different = []
    for name, paper in kinds.items():
        here, there = (text_of(pdfs[name], paper.margin) for pdfs in (offices, embedded))
        for line in paper.lines:
            wanted = squeezed(line.text)
            if not (wanted in here and wanted in there):
                told = f"LibreOffice {wanted in here}, dxpdf {wanted in there}"
                different.append(f"{name}: « {checks.plain(line.text)[:120]} » {told}")
        # Nothing else is on the pages; the head of a table that goes on overleaf is one of the lines.
        lines = sorted({squeezed(line.text) for line in paper.lines}, key=len, reverse=True)
        rests = (re.sub("|".join(map(re.escape, lines)), "", text) for text in (here, there))
        different += [f"{name}: « {rest[:120]} » is in no line of the document" for rest in rests if rest]
    assert different == []
