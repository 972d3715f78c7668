"""The framework convention, rendered warm: each contender in a process of its own that has done it before."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import environments
from content import Articles, comparable, content, in_docxtemplater
from timing import Children, Comparison, Contender, Took

HERE = Path(__file__).resolve().parent
WARM = 10


def comparison(children: Children, folder: Path, runs: int, notes: list[str], *, alone: bool) -> Comparison:
    """Who renders it; those whose words are not the program's do not compete.

    Args:
        children: Where they live.
        folder: For files.
        runs: How many that count.
        notes: What the report has to say of it.
        alone: Without those that must be installed first.
    """
    contenders: list[Contender] = []
    expected: list[str] = []
    for name, ask in _children(children, folder, notes, alone=alone):
        path = folder / f"{name}.docx"
        answer = ask(do="write", path=str(path))
        numbers = answer.get("articles")
        found = comparable(path.read_bytes(), Articles(numbers) if numbers else None)
        expected = expected or found
        if found != expected:
            differing = [line for line in found if line not in expected]
            raise SystemExit(f"{name} writes something else: {differing[:3]}")
        contenders.append(Contender(name, partial(_render, ask)))
    notes.append(
        f"Before the clock starts, these documents are compared: the same {len(expected)} paragraphs to the "
        "letter, but for no-break spaces and typographic apostrophes, which only the program sets."
    )
    return Comparison("framework convention, warm, as Word", contenders, runs, 1 if alone else WARM)


def _render(ask: Callable[..., dict[str, Any]]) -> Took:
    answer = ask(do="render")
    return Took(answer["wall"], answer["processor"])


def _children(
    children: Children, folder: Path, notes: list[str], *, alone: bool
) -> Iterator[tuple[str, Callable[..., dict[str, Any]]]]:
    script = HERE / "python_child.py"
    yield "piles-docs", children.start([sys.executable, script, "ours"])
    yield "piles-docs, from the case", children.start([sys.executable, script, "whole"])
    yield "stock docxtpl", children.start([sys.executable, script, "stock"])
    if alone:
        return
    source = {**os.environ, "PYTHONPATH": str(HERE.parents[1] / "src")}
    yield "docxtpl-ng", children.start([environments.docxtpl_ng(), script, "stock"], env=source)
    try:
        installed = environments.docxtemplater()
    except environments.Absent as lack:
        notes.append(f"docxtemplater was not measured: no {lack}.")
        return
    template, data = in_docxtemplater(content())
    (folder / "template.docx").write_bytes(template)
    (folder / "data.json").write_text(json.dumps(data, ensure_ascii=False), "utf-8")
    words = ["node", HERE / "docxtemplater" / "render.cjs", folder / "template.docx", folder / "data.json"]
    yield "docxtemplater", children.start(words, cwd=installed)
