"""Compiled templates are kept for the next process, in a place that nobody else writes, or made again."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from docx.document import Document as WordDocument
from lxml import etree

from piles_docs.documents import compile_cache
from piles_docs.documents.compile_cache import compiled_from
from piles_docs.documents.compiled import Compiled
from piles_docs.documents.passages import CUT, SET
from piles_docs.documents.rendering import render
from piles_docs.documents.template import Template, text_of_document
from piles_docs.documents.view import Record
from piles_docs.documents.word_archive import read_members
from piles_docs.errors import TemplateInvalid

AsTemplate = Callable[[WordDocument], Template]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "piles-docs" / "modeles"


@pytest.fixture
def template(word: WordDocument, as_template: AsTemplate, folder: Path) -> Template:
    word.sections[0].footer.paragraphs[0].text = "Une association"
    letterhead = as_template(word).content  # without a tag, unlike the one of the repository
    word.add_paragraph("Entre {{ nom }} et « {{ nom }} », l'article {{ article('un') }} :")
    return replace(as_template(word), letterhead=letterhead)


def _text(template: Template, nom: str = "Verdon Partagé") -> str:
    made = render(template, [{"nom": nom}], record=Record(), title="Essai", dated=dt.date(2026, 1, 1))
    return text_of_document(made.docx)


def _in_another_process(template: Template, monkeypatch: pytest.MonkeyPatch, *, may_compile: bool) -> str:
    compiled_from.cache_clear()
    with monkeypatch.context() as patch:
        if not may_compile:
            patch.setattr(compile_cache, "compile_template", None)
        return _text(template)


def test_another_process_finds_what_was_compiled(
    template: Template, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = _text(template)
    assert "Entre Verdon Partagé et «\u00a0Verdon Partagé\u00a0», l’article\u00a01\u00a0:" in first
    assert len(list(folder.iterdir())) == 1
    assert _in_another_process(template, monkeypatch, may_compile=False) == first


def test_it_lies_where_only_its_owner_reads_and_writes(template: Template, folder: Path) -> None:
    compiled_from.cache_clear()
    _text(template)
    assert {path.stat().st_mode & 0o777 for path in (folder, *folder.iterdir())} == {0o700, 0o600}


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-1])


def _alter(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def _lend(file: Path) -> None:
    file.chmod(0o660)


def _redirect(file: Path) -> None:
    elsewhere = file.with_suffix(".ailleurs")
    file.rename(elsewhere)
    file.symlink_to(elsewhere)


def _block(file: Path) -> None:
    file.unlink()
    file.mkdir()


@pytest.mark.parametrize("spoil", [_cut, _alter, _lend, _redirect, _block, os.truncate])
def test_what_may_not_be_ours_is_never_run(
    spoil: Callable[..., None], template: Template, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled_from.cache_clear()
    first = _text(template)
    (file,) = folder.iterdir()
    if spoil is os.truncate:
        os.truncate(file, 0)
    else:
        spoil(file)
    monkeypatch.setattr(Compiled, "load", None)
    assert _in_another_process(template, monkeypatch, may_compile=True) == first


def test_a_cache_that_cannot_be_written_costs_only_time(
    template: Template, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "fichier").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "fichier"))
    assert "Verdon" in _in_another_process(template, monkeypatch, may_compile=True)


def test_another_letterhead_block_or_version_of_a_library_is_another_compiled_template(
    template: Template, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    compiled_from.cache_clear()
    _text(template)
    _text(replace(template, blocks=(("un", template.content),)))
    _text(replace(template, letterhead=template.content))
    compile_cache._tools.cache_clear()
    with monkeypatch.context() as patch:
        patch.setattr(compile_cache, "version", lambda name: "99")
        compiled_from.cache_clear()
        _text(template)
    compile_cache._tools.cache_clear()
    assert len(list(folder.iterdir())) == 4


def test_the_oldest_are_forgotten(template: Template, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compile_cache, "_MOST_FILES", 3)
    folder.mkdir(parents=True)
    for rank in range(5):
        (folder / f"{rank}.compile").write_bytes(b"")
        os.utime(folder / f"{rank}.compile", (rank, rank))
    compiled_from.cache_clear()
    _text(template)
    assert {"3.compile", "4.compile"} < {path.name for path in folder.iterdir()}
    assert len(list(folder.iterdir())) == 3


def test_threads_share_a_template_and_never_each_other_s_names(template: Template) -> None:
    names = [f"Structure numéro {rank}" for rank in range(200)]
    with ThreadPoolExecutor(8) as threads:
        texts = list(threads.map(lambda nom: _text(template, nom), names))
    for name, text in zip(names, texts, strict=True):
        assert text.count(name) == 2
        assert text.count("Structure numéro") == 2


def test_no_document_keeps_the_marks_of_what_was_set_when_it_was_compiled(template: Template) -> None:
    made = render(template, [{"nom": "x"}], record=Record(), title="Essai", dated=dt.date(2026, 1, 1))
    members = read_members(made.docx, name="")
    assert len(members) > 5
    for mark in (SET, CUT, "piles-"):
        assert [name for name, content in members.items() if mark.encode() in content] == []


@pytest.mark.parametrize("tags", ["", "{{ nom }}"])
@pytest.mark.parametrize(
    "forged",
    [
        '<piles-box n="0"/>',
        '<piles-box n="99"/>',
        '<piles-box n="x"/>',
        '<piles-kept n="0"/>',
        CUT,
        "piles-stays",
        SET,
    ],
)
def test_a_template_that_holds_marks_of_the_program_is_refused(
    forged: str, tags: str, word: WordDocument, as_template: AsTemplate, folder: Path
) -> None:
    paragraph = word.add_paragraph(f"texte {tags}")
    if forged.startswith("<"):
        paragraph.runs[0]._r.append(etree.fromstring(forged))
    else:
        paragraph._p.set(forged, "")
    with pytest.raises(TemplateInvalid, match="ce que Word n’écrit jamais"):
        compiled_from(as_template(word))


def test_a_fixed_paragraph_that_speaks_of_xml_keeps_every_letter(
    word: WordDocument, as_template: AsTemplate, folder: Path
) -> None:
    letterhead = as_template(word).content
    said = 'Écrivez xmlns:w="https://exemple.example" dans le fichier.'
    word.add_paragraph(said)
    word.add_paragraph("{{ nom }}")
    assert said in _text(replace(as_template(word), letterhead=letterhead))


def test_who_has_no_home_compiles_each_time(template: Template, monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setattr(Path, "home", nowhere)
    assert "Verdon" in _in_another_process(template, monkeypatch, may_compile=True)
