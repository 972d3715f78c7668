"""What the codes of a page say, and where its marks stand."""

from __future__ import annotations

import string
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piles_docs.methodology.page_codes import ALPHABET, MOST_PAGES, Mark, PageCode, code_of
from piles_docs.methodology.page_marks import POINTS_PER_MM, PageMarks

NAMES = st.text(ALPHABET, min_size=8, max_size=8)
A4 = (210 * POINTS_PER_MM, 297 * POINTS_PER_MM)


@st.composite
def codes(draw: st.DrawFn) -> PageCode:
    pages = draw(st.integers(1, MOST_PAGES))
    return PageCode(draw(NAMES), draw(st.integers(1, pages)), pages, draw(st.sampled_from(Mark)))


@given(codes())
def test_a_code_is_read_as_it_was_written(code: PageCode) -> None:
    assert PageCode.read(code.text) == code
    assert len(code.text) == 16
    assert set(code.text) <= set(ALPHABET)
    assert code.text.startswith("P1")


@given(codes(), st.integers(0, 15), st.sampled_from(string.ascii_uppercase + string.digits + "é /a"))
def test_one_wrong_character_is_always_noticed(code: PageCode, place: int, wrong: str) -> None:
    text = code.text
    spoilt = text[:place] + wrong + text[place + 1 :]
    assert PageCode.read(spoilt) == (code if spoilt == text else None)


@given(codes(), st.integers(0, 15), st.integers(0, 15))
def test_any_two_characters_that_changed_places_are_noticed(code: PageCode, one: int, other: int) -> None:
    symbols = list(code.text)
    symbols[one], symbols[other] = symbols[other], symbols[one]
    swapped = "".join(symbols)
    assert PageCode.read(swapped) == (code if swapped == code.text else None)


def test_every_single_error_in_one_code() -> None:
    text = PageCode("7F3K9X2M", 3, 4, Mark.TOP_RIGHT).text
    for place in range(16):
        for wrong in set(ALPHABET) - {text[place]}:
            assert PageCode.read(text[:place] + wrong + text[place + 1 :]) is None


@given(st.text(string.ascii_uppercase + string.digits, min_size=16, max_size=16) | st.text(max_size=20))
def test_a_foreign_code_is_not_ours(text: str) -> None:
    read = PageCode.read(text)
    assert read is None or read.text == text


@pytest.mark.parametrize(
    "text",
    ["", "https://exemple.fr/inscription", "P17F3K9X2M0304A", "p17f3k9x2m0304a0", "P27F3K9X2M0304A0"],
)
def test_other_codes(text: str) -> None:
    assert PageCode.read(text) is None


def with_right_check(said: str) -> str:
    """A code whose check is right, whatever it says."""
    return next(said + check for check in ALPHABET if sums_up(said + check))


def sums_up(text: str) -> bool:
    # Written anew, by tables: the powers of the root of x⁵ + x² + 1, and the product as a sum of logarithms.
    powers = [1]
    for _ in range(30):
        doubled = powers[-1] * 2
        powers.append(doubled ^ 0b100101 if doubled > 31 else doubled)
    total = 0
    for place, symbol in enumerate(reversed(text)):
        value = ALPHABET.index(symbol)
        total ^= powers[(powers.index(value) + place) % 31] if value else 0
    return total == 0


@given(codes())
def test_the_check_is_the_documented_one(code: PageCode) -> None:
    assert sums_up(code.text)


@pytest.mark.parametrize("pages", ["0004", "0504", "0000"])
def test_a_page_that_cannot_be(pages: str) -> None:
    assert PageCode.read(with_right_check(f"P17F3K9X2M{pages}A")) is None


@pytest.mark.parametrize(
    ("document", "page", "pages"),
    [("7F3K9X2M", 0, 4), ("7F3K9X2M", 5, 4), ("7F3K9X2M", 1, 100), ("7F3K9X2", 1, 1), ("7F3K9X2O", 1, 1)],
)
def test_what_cannot_be_written(document: str, page: int, pages: int) -> None:
    with pytest.raises(ValueError, match=r"no"):
        PageCode(document, page, pages, Mark.TOP_RIGHT)


def test_what_stands_beside_the_code() -> None:
    assert PageCode("7F3K9X2M", 3, 4, Mark.BOTTOM_LEFT).short == "7F3K9X2M 03/04"


@given(st.text(max_size=30), st.integers(1, 9), st.integers(0, 3))
def test_the_name_of_an_original(reference: str, original: int, attempt: int) -> None:
    name = code_of(reference, original, attempt)
    assert name == code_of(reference, original, attempt)
    assert PageCode.read(PageCode(name, 1, 1, Mark.TOP_RIGHT).text)
    assert name not in {
        code_of(reference, original + 1, attempt),
        code_of(reference, original, attempt + 1),
        code_of(reference + "a", original, attempt),
    }


def test_a_name_stays_what_it_was_printed_as() -> None:
    assert code_of("haut-verdon.charte.v1", 1) == "8N46RH18"


def inside(inner: tuple[float, ...], outer: tuple[float, ...]) -> bool:
    return outer[0] < inner[0] and outer[1] < inner[1] and inner[2] < outer[2] and inner[3] < outer[3]


def overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


@given(st.floats(284, 2000), st.floats(284, 2000))
def test_marks_are_on_the_page_and_apart(width: float, height: float) -> None:
    marks = PageMarks.of(width, height)
    assert marks
    assert all(inside(area, (0, 0, width, height)) for area in marks.clear)
    assert not any(overlap(one, other) for one, other in combinations(marks.clear, 2))
    assert sum(inside(mark, area) for mark in marks.codes.values() for area in marks.clear) == 2
    assert sum(inside(mark, area) for mark in marks.squares for area in marks.clear) == 2


def test_marks_of_a4() -> None:
    marks = PageMarks.of(*A4)
    assert marks
    in_mm = [
        [round(side / POINTS_PER_MM, 3) for side in mark] for mark in (*marks.codes.values(), *marks.squares)
    ]
    assert in_mm == [[186, 273, 198, 285], [12, 12, 24, 24], [12, 279, 18, 285], [192, 12, 198, 18]]


def test_a_page_too_small_for_marks() -> None:
    assert PageMarks.of(A4[0], 280) is None
