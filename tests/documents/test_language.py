"""The language of templates does what Jinja's sandbox does, and notes what is printed."""

from __future__ import annotations

import html
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup

from piles_docs.documents.language import Names, language, ours, recording
from piles_docs.documents.view import BLANK, Record


class Word(str):
    """A text of another type."""

    __slots__ = ()


class Picture:
    def __html__(self) -> str:
        return "<dessin/>"


@ours
def twice(text: str, *, between: str = "") -> str:
    return f"{text}{between}{text}"


def rendered(source: str, record: Record, **names: Any) -> str:
    with recording(record):
        return language().from_string(source).render(names)


VALUES = st.one_of(
    st.text(st.sampled_from("aé<>&'\" ")),
    st.integers(),
    st.booleans(),
    st.floats(allow_nan=False),
    st.text(st.sampled_from("a<&")).map(Markup),
    st.text(st.sampled_from("a<&")).map(Word),
    st.just(Picture()),
)
SOURCES = st.sampled_from(
    [
        "{{ a }}",
        "{{ a }}, {{ b }}",
        "{% for x in (a, b) %}{{ x }}-{{ loop.index }}{% endfor %}",
        "{% set c %}<b>{{ a }}</b>{% endset %}{{ c }}",
        "{% autoescape false %}{{ a }}{% endautoescape %}{{ b }}",
        "{% autoescape b %}{{ a }}{% endautoescape %}",
        "{% macro m(x) %}[{{ x }}]{% endmacro %}{{ m(a) }}",
        "{{ {'items': a, 'cle': b}.cle }}{{ {'items': a}.items is string }}",
        "{{ a if b else '<non>' }}{{ 'fixe & sûr' }}{{ a|string|upper }}{{ a ~ b }}",
    ]
)


@given(source=SOURCES, a=VALUES, b=VALUES)
def test_a_template_prints_what_it_prints_in_jinja_s_own_sandbox(source: str, a: object, b: object) -> None:
    stock = SandboxedEnvironment(autoescape=True).from_string(source).render(a=a, b=b)
    assert html.unescape(rendered(source, Record(), a=a, b=b)) == html.unescape(stock)


@pytest.mark.parametrize(
    ("value", "noted"),
    [
        ("d'Été & Cie", ["d'Été & Cie"]),
        (1500, ["1500"]),
        (Word("<x>"), ["<x>"]),
        (Markup("<b>"), []),
        (Picture(), []),
    ],
)
def test_each_text_that_is_printed_is_noted_as_it_was_and_markup_is_not(
    value: object, noted: list[str]
) -> None:
    record = Record()
    rendered("{{ a }}{% autoescape false %}{{ a }}{% endautoescape %}", record, a=value)
    assert list(record.printed) == noted


def test_a_constant_is_noted_at_each_rendering() -> None:
    template = language().from_string("{{ 'Article' }}")
    for record in (Record(), Record()):
        with recording(record):
            template.render()
        assert list(record.printed) == ["Article"]


def test_what_is_ours_is_called_in_loops_and_with_names_too() -> None:
    source = "{{ f('a') }}{{ f('b', between='<') }}{% for x in 'cd' %}{{ f(x) }}{% endfor %}"
    assert rendered(source, Record(), f=twice) == "aab&lt;bccdd"


def test_what_is_not_safe_is_not_made_safe_by_saying_so() -> None:
    record = Record()
    assert rendered("{{ f.__globals__ }}{{ ''.__class__ }}", record, f=twice) == BLANK * 2
    assert set(record.unknown) == {"__globals__", "__class__"}


def test_the_first_layer_that_has_a_name_gives_its_value() -> None:
    program = language().from_string(
        "{{ a }}{{ b }}{{ c is defined }}{{ range(2)|join }}{% set a = 9 %}{{ a }}"
    )
    with recording(Record()):
        made = "".join(program.root_render_func(Names(program, [{"a": 1}, {"a": 2, "b": 3}])))
    assert made == "13False019"


def test_each_thread_notes_for_itself() -> None:
    program = language().from_string("{{ a }}{{ attendre() }}{{ inconnu }}")
    both = threading.Barrier(8)

    def record_of(rank: int) -> Record:
        record = Record()
        with recording(record):
            program.render(a=f"nom {rank}", attendre=lambda: both.wait(20) and "")
        return record

    with ThreadPoolExecutor(8) as threads:
        records = list(threads.map(record_of, range(8)))
    for rank, record in enumerate(records):
        assert f"nom {rank}" in record.printed
        assert sum(name.startswith("nom") for name in record.printed) == 1
        assert list(record.unknown) == ["inconnu"]
