"""A file stays PDF/A-2a and PDF/UA-1 by the real veraPDF, from the issue to the last signature."""

from __future__ import annotations

import pytest

from piles_docs.methodology.acts import Level

from ..documents.verapdf import VeraPdf
from .honest import HEAD, HOST, Honest


@pytest.mark.parametrize("document", ["convention-amorcage", "invitation-copil"])
def test_the_file_stays_pdf_a_and_pdf_ua_from_the_issue_to_the_last_signature(
    honest: Honest, document: str, vera: VeraPdf
) -> None:
    files = {"issued and sealed": honest.sealed(honest.pages[document].unsealed)}
    files["signed by one"] = honest.signed_by(files["issued and sealed"], HOST, Level.LTA)
    files["signed by all"] = honest.signed_by(files["signed by one"], HEAD)
    broken = {
        (name, standard): vera.broken_rules(content, standard)
        for name, content in files.items()
        for standard in ("PDF/A-2a", "PDF/UA-1")
    }
    assert not any(broken.values()), broken
