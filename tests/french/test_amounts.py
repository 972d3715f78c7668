from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piles_docs.french.agreement import Gender
from piles_docs.french.amounts import amount_in_words, in_figures, number_in_words, ordinal

SMALL = ["zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze",
         "douze", "treize", "quatorze", "quinze", "seize"]  # fmt: skip
VALUES = {word: value for value, word in enumerate(SMALL)} | {
    "vingt": 20, "trente": 30, "quarante": 40, "cinquante": 50, "soixante": 60,
}  # fmt: skip
SCALES = {"mille": 1_000, "million": 1_000_000, "milliard": 1_000_000_000}


def number_of(words: str) -> int:
    """Read a French number: an oracle that shares nothing with the writer."""
    total = group = 0
    for word in re.split(r"[ -]", words.replace("quatre-vingt", "octante")):
        single = word.rstrip("s") if word not in VALUES else word
        if single == "et":
            continue
        if single in SCALES:
            total += (group or 1) * SCALES[single]
            group = 0
        elif single == "cent":
            group = (group or 1) * 100
        else:
            group += 80 if single == "octante" else VALUES[single]
    return total + group


TENS = ["", "", "vingt", "trente", "quarante", "cinquante", "soixante"]


def below_hundred(number: int) -> str:
    """Write up to ninety-nine in the traditional spelling: hyphens below a hundred, but around "et"."""
    if number < 17:
        return SMALL[number]
    if number < 20:
        return f"dix-{SMALL[number - 10]}"
    if number >= 80:
        return "quatre-vingts" if number == 80 else f"quatre-vingt-{below_hundred(number - 80)}"
    tens = TENS[min(number // 10, 6)]
    rest = number - min(number // 10, 6) * 10
    if rest in {1, 11}:
        return f"{tens} et {SMALL[rest]}"
    return f"{tens}-{below_hundred(rest)}" if rest else tens


def written(number: int, *, is_last: bool = True) -> str:
    """Write a number by the rules of grammar: *cent* and *vingt* take an s where nothing but a noun follows."""
    if number >= 1_000_000:
        scale, noun = (10**9, "milliard") if number >= 10**9 else (10**6, "million")
        many, rest = divmod(number, scale)
        head = f"{written(many)} {noun}{'s' if many > 1 else ''}"
        return f"{head} {written(rest, is_last=is_last)}" if rest else head
    if number >= 1000:
        many, rest = divmod(number, 1000)
        head = "mille" if many == 1 else f"{written(many, is_last=False)} mille"
        return f"{head} {written(rest, is_last=is_last)}" if rest else head
    if number >= 100:
        many, rest = divmod(number, 100)
        head = "cent" if many == 1 else f"{SMALL[many]} cent"
        if rest:
            return f"{head} {written(rest, is_last=is_last)}"
        return f"{head}s" if many > 1 and is_last else head
    words = below_hundred(number)
    return words if is_last else words.replace("quatre-vingts", "quatre-vingt")


def test_every_number_up_to_ten_thousand_is_written_by_the_rules() -> None:
    wrong = {
        number: number_in_words(number)
        for number in range(10_001)
        if number_in_words(number) != written(number)
    }
    assert wrong == {}


@settings(derandomize=True, max_examples=300)
@given(st.integers(0, 10**9) | st.integers(0, 10**6).map(lambda number: number * 1000))
def test_large_numbers_are_written_by_the_rules(number: int) -> None:
    assert number_in_words(number) == written(number)


@settings(derandomize=True, max_examples=300)
@given(st.integers(0, 10**9), st.integers(0, 99))
def test_amounts_are_written_by_the_rules(euros: int, cents: int) -> None:
    link = " d’" if euros and euros % 10**6 == 0 else " "
    whole = f"{written(euros)}{link}euro{'s' if euros > 1 else ''}"
    small = f"{written(cents)} centime{'s' if cents > 1 else ''}"
    expected = whole if not cents else small if not euros else f"{whole} et {small}"
    assert amount_in_words(Decimal(euros * 100 + cents) / 100) == expected


@pytest.mark.parametrize(
    ("number", "man", "woman"), [(1, "1er", "1re"), (2, "2e", "2e"), (11, "11e", "11e"), (21, "21e", "21e")]
)
def test_a_rank_is_written_in_figures(number: int, man: str, woman: str) -> None:
    assert ordinal(number) == man
    assert ordinal(number, Gender.FEMININE) == woman


@pytest.mark.parametrize("number", [0, -1])
def test_what_is_no_rank_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="not a rank"):
        ordinal(number)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0, "zéro"), (1, "un"), (21, "vingt et un"), (71, "soixante et onze"), (80, "quatre-vingts"),
        (81, "quatre-vingt-un"), (91, "quatre-vingt-onze"), (200, "deux cents"), (220, "deux cent vingt"),
        (280, "deux cent quatre-vingts"), (1_000, "mille"), (1_500, "mille cinq cents"),
        (21_000, "vingt et un mille"), (80_000, "quatre-vingt mille"), (200_000, "deux cent mille"),
        (1_000_000, "un million"), (80_000_000, "quatre-vingts millions"), (2_000, "deux mille"),
    ],
)  # fmt: skip
def test_a_number_is_written_in_words(number: int, expected: str) -> None:
    assert number_in_words(number) == expected


@given(st.integers(0, 10**12 - 1))
def test_words_and_figures_say_the_same_number(number: int) -> None:
    assert number_of(number_in_words(number)) == number


@given(st.integers(1, 10**9))
def test_vingt_and_cent_take_an_s_only_when_multiplied_and_last(number: int) -> None:
    words = number_in_words(number)
    assert not re.search(r"(?:vingts|cents)[ -](?!million|milliard)", words)
    assert not re.search(r"milles|(?<!quatre-)vingts|(?:^|mille )cents", words)


@pytest.mark.parametrize(
    ("number", "expected"), [(1, "une"), (21, "vingt et une"), (11, "onze"), (1_000_000, "un million")]
)
def test_un_agrees_with_what_is_counted(number: int, expected: str) -> None:
    assert number_in_words(number, Gender.FEMININE) == expected


# Domain reference, fact 52.
@pytest.mark.parametrize(
    ("amount", "figures", "words"),
    [
        ("0", "0,00 €", "zéro euro"),
        ("0.01", "0,01 €", "un centime"),
        ("1", "1,00 €", "un euro"),
        ("1.50", "1,50 €", "un euro et cinquante centimes"),
        ("71", "71,00 €", "soixante et onze euros"),
        ("80", "80,00 €", "quatre-vingts euros"),
        ("91", "91,00 €", "quatre-vingt-onze euros"),
        ("200", "200,00 €", "deux cents euros"),
        ("220", "220,00 €", "deux cent vingt euros"),
        ("1000", "1 000,00 €", "mille euros"),
        ("1234.56", "1 234,56 €", "mille deux cent trente-quatre euros et cinquante-six centimes"),
        ("1500.000", "1 500,00 €", "mille cinq cents euros"),
        ("21000", "21 000,00 €", "vingt et un mille euros"),
        ("1E6", "1 000 000,00 €", "un million d’euros"),
        ("3000000.10", "3 000 000,10 €", "trois millions d’euros et dix centimes"),
        ("1000200", "1 000 200,00 €", "un million deux cents euros"),
        ("2000000000", "2 000 000 000,00 €", "deux milliards d’euros"),
    ],
)
def test_an_amount_is_written_in_figures_and_in_words(amount: str, figures: str, words: str) -> None:
    assert in_figures(Decimal(amount)) == figures.replace(" ", "\u202f")
    assert amount_in_words(Decimal(amount)) == words


@given(st.decimals(0, 10**9, places=2))
def test_amounts_in_words_and_in_figures_agree(amount: Decimal) -> None:
    figures = in_figures(amount).removesuffix("\u202f€").replace("\u202f", "").replace(",", ".")
    assert Decimal(figures) == amount
    words = re.fullmatch(
        r"(?:(?P<euros>.+?) (?:d’)?euros?)?(?: et )?(?:(?P<cents>.+) centimes?)?", amount_in_words(amount)
    )
    assert words
    assert number_of(words["euros"] or "zéro") + Decimal(number_of(words["cents"] or "zéro")) / 100 == amount


def test_a_deficit_shows_its_sign() -> None:
    assert in_figures(Decimal(-1200)) == "−1\u202f200,00\u202f€"


@pytest.mark.parametrize("amount", ["0.001", "NaN", "Infinity"])
def test_an_amount_finer_than_a_cent_or_no_number_is_refused(amount: str) -> None:
    for write in (in_figures, amount_in_words):
        with pytest.raises(ValueError, match="not an amount"):
            write(Decimal(amount))


def test_nothing_negative_is_written_in_words() -> None:
    with pytest.raises(ValueError, match="negative"):
        number_in_words(-1)
    for amount in ("-1", "-0.50"):
        with pytest.raises(ValueError, match="negative"):
            amount_in_words(Decimal(amount))
