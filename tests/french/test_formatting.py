from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piles_docs.french.formatting import (
    format_iban,
    format_phone,
    format_siret,
    format_training_number,
    join_words,
)


def plain(text: str) -> str:
    assert " " not in text
    return text.replace("\u00a0", " ")


def test_a_siret_and_a_siren_are_printed_in_groups() -> None:
    assert plain(format_siret("73282932000074")) == "732 829 320 00074"
    assert plain(format_siret("732 829 320 00074")) == "732 829 320 00074"
    assert plain(format_siret("732829320")) == "732 829 320"


def test_an_iban_is_printed_by_fours() -> None:
    assert plain(format_iban("FR1420041010050500013M02606")) == "FR14 2004 1010 0505 0001 3M02 606"
    assert plain(format_iban("be68 5390 0754 7034")) == "BE68 5390 0754 7034"


def test_a_training_body_s_number_is_printed_as_its_receipt_shows_it() -> None:
    assert plain(format_training_number("93130000000")) == "93 13 00000 00"


@pytest.mark.parametrize(
    "number",
    [
        "0400000000",
        "04.00.00.00.00",
        "04 00 00 00 00",
        "+33400000000",
        "+33 (0)4 00 00 00 00",
        "0033400000000",
    ],
)
def test_a_french_telephone_number_is_printed_by_pairs(number: str) -> None:
    assert plain(format_phone(number)) == "04 00 00 00 00"


@pytest.mark.parametrize("number", ["+3222000000", "3949"])
def test_another_telephone_number_stays_as_given(number: str) -> None:
    assert format_phone(number) == number


@given(st.text("0123456789", min_size=1, max_size=40))
def test_grouping_loses_no_digit(digits: str) -> None:
    for write in (format_siret, format_iban):
        assert write(digits).replace("\u00a0", "") == digits


@pytest.mark.parametrize(
    ("words", "expected"), [([], ""), (["a"], "a"), (["a", "b"], "a et b"), (["a", "b", "c"], "a, b et c")]
)
def test_a_list_reads_as_a_sentence(words: list[str], expected: str) -> None:
    assert join_words(words) == expected
