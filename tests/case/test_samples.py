from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from piles_docs.case.models import Case
from piles_docs.case.paths import flatten
from piles_docs.case.reading import read_case

CASES = sorted(Path(__file__).parents[2].joinpath("cases").glob("*.yaml"))


def read(path: Path) -> Case:
    reading = read_case(path.read_bytes(), path.name)
    assert reading.defects == ()
    assert reading.case is not None
    return reading.case


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_sample_case_has_no_defect_and_no_real_mailbox(path: Path) -> None:
    values = flatten(read(path))
    for key, text in values.items():
        assert not key.endswith("courriel") or text.endswith(".example")


def test_the_samples_show_the_moments_and_bearers_that_differ() -> None:
    cases = {path.stem: read(path) for path in CASES}
    forms = {case.porteuse.forme for case in cases.values()}
    assert {"association", "etablissement-public"} <= forms
    assert {case.porteuse.representant.civilite for case in cases.values()} == {"Mme", "M."}
    assert cases["luberon"].conventions.amorcage is None
    assert cases["embrunais"].conventions.annuelle is not None
    assert cases["centre-var"].porteuse.rna is None


def test_the_2011_sample_holds_no_date_after_2011_but_ends_of_terms() -> None:
    values = flatten(read(next(path for path in CASES if path.stem == "basse-argens-2011")))
    dates = {key: text for key, text in values.items() if re.fullmatch(r"\d{4}-\d\d-\d\d", text)}
    late = [key for key, text in dates.items() if date.fromisoformat(text).year not in {2010, 2011}]
    assert late == ["conventions.cadre.fin"]


def test_the_running_sample_lies_in_the_past_of_november_2026() -> None:
    values = flatten(read(next(path for path in CASES if path.stem == "embrunais")))
    days = [
        text for key, text in values.items() if re.fullmatch(r"\d{4}-\d\d-\d\d", text) and "fin" not in key
    ]
    assert max(days) < "2026-11-24"
