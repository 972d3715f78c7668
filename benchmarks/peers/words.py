"""The framework convention, rendered warm: each contender in a process of its own that has done it before.

A turn is twenty documents, one after the other, of twenty cases that nobody has rendered yet: nothing of
what a case says can be kept from one document for the next. The first finds the processor's caches full of
what the others did.
"""

from __future__ import annotations

import itertools
import json
import os
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import environments
import many
from content import Articles, comparable, contents, in_docxtemplater
from timing import Children, Comparison, Contender, Took

from piles_docs.usecases.workspace import Workspace

HERE = Path(__file__).resolve().parent
WARM, DOCUMENTS = 3, 20
"""How many turns do not count, and how many documents are one."""


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
    warm = 1 if alone else WARM
    workspace = many.make_workspace(folder / "cases", 1 + DOCUMENTS * (warm + runs))
    for name, ask in _children(children, workspace, folder, notes, alone=alone):
        path = folder / f"{name}.docx"
        answer = ask(cases=[0, 1], path=str(path))
        numbers = answer.get("articles")
        found = comparable(path.read_bytes(), Articles(numbers) if numbers else None)
        expected = expected or found
        if found != expected:
            differing = [line for line in found if line not in expected]
            raise SystemExit(f"{name} writes something else: {differing[:3]}")
        turns = ([first, first + DOCUMENTS] for first in itertools.count(1, DOCUMENTS))
        contenders.append(Contender(name, partial(_render, ask, turns)))
    notes.append(
        f"Before the clock starts, these documents are compared: the same {len(expected)} paragraphs to the "
        "letter, but for no-break spaces and typographic apostrophes, which only the program sets."
    )
    return Comparison("framework convention, warm, as Word", contenders, runs, warm)


def _render(ask: Callable[..., dict[str, Any]], turns: Iterator[list[int]]) -> Took:
    answer = ask(cases=next(turns))
    return Took(answer["wall"], answer["processor"])


def _children(
    children: Children, workspace: Workspace, folder: Path, notes: list[str], *, alone: bool
) -> Iterator[tuple[str, Callable[..., dict[str, Any]]]]:
    script, cases = HERE / "python_child.py", workspace.root
    yield "piles-docs", children.start([sys.executable, script, "ours", cases])
    yield "piles-docs, from the case", children.start([sys.executable, script, "whole", cases])
    yield "stock docxtpl", children.start([sys.executable, script, "stock", cases])
    if alone:
        return
    source = {**os.environ, "PYTHONPATH": str(HERE.parents[1] / "src")}
    yield "docxtpl-ng", children.start([environments.docxtpl_ng(), script, "stock", cases], env=source)
    try:
        installed = environments.docxtemplater()
    except environments.Absent as lack:
        notes.append(f"docxtemplater was not measured: no {lack}.")
        return
    translated = [in_docxtemplater(of) for of in contents(workspace)]
    (folder / "template.docx").write_bytes(translated[0][0])
    data = [values for _, values in translated]
    (folder / "data.json").write_text(json.dumps(data, ensure_ascii=False), "utf-8")
    words = ["node", HERE / "docxtemplater" / "render.cjs", folder / "template.docx", folder / "data.json"]
    yield "docxtemplater", children.start(words, cwd=installed)
