#!/usr/bin/env python3
"""Renders the framework convention of the cases of a workspace, in this process, when it is asked to.

Reads a line of JSON a request, writes one an answer: `{"cases": [first, end]}` gives what a document took, on
average over these cases; with `"path": …` the document of the last one is kept. Usage:
python_child.py ours|whole|stock WORKSPACE, where `stock` is the docxtpl of this interpreter: docxtpl itself,
or docxtpl-ng.
"""

from __future__ import annotations

import gc
import io
import json
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import docxtpl
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import Environment
from PIL import Image

# The program's own compiler, which nobody else is given here, makes one as it loads, as docxtpl lets it.
docxtpl.DocxTemplate = docxtpl.DocxTemplate if sys.argv[1] != "stock" else lambda *_: None

from content import Articles, Content, contents, context, makers  # noqa: E402

from piles_docs.documents.language import environment, recording  # noqa: E402
from piles_docs.documents.rendering import Rendered, render  # noqa: E402
from piles_docs.documents.signature_box import (  # noqa: E402
    BOX_FIRST_PIXELS,
    BOX_HEIGHT_MM,
    BOX_HEIGHT_PIXELS,
    BOX_WIDTH_MM,
)
from piles_docs.usecases.workspace import Workspace  # noqa: E402

Engine = Callable[[], tuple[bytes, Articles | None]]


def ours(workspace: Workspace) -> list[Engine]:
    """The program's own rendering, which also sets typography and looks for each value on the page."""
    return [partial(_ours, of) for of in contents(workspace)]


def _ours(of: Content) -> tuple[bytes, None]:
    return render(of.template, of.variables, **of.others).docx, None


def whole(workspace: Workspace) -> list[Engine]:
    """The same from the case: what a template may name is gathered too."""
    return [partial(_whole, make) for make in makers(workspace)]


def _whole(make: Callable[[], Rendered]) -> tuple[bytes, None]:
    return make().docx, None


def stock(workspace: Workspace) -> list[Engine]:
    """docxtpl as its manual has it, with the same environment."""
    every = contents(workspace)
    picture = io.BytesIO()
    Image.new("RGBA", (BOX_FIRST_PIXELS, BOX_HEIGHT_PIXELS), (255, 255, 255, 0)).save(picture, "PNG")
    dressed = every[0].template.dressed()
    return [partial(_stock, dressed, of, picture.getvalue(), environment()) for of in every]


def _stock(dressed: bytes, of: Content, picture: bytes, jinja: Environment) -> tuple[bytes, Articles]:
    template, articles, output = DocxTemplate(io.BytesIO(dressed)), Articles(), io.BytesIO()

    def box() -> InlineImage:
        return InlineImage(template, io.BytesIO(picture), width=Mm(BOX_WIDTH_MM), height=Mm(BOX_HEIGHT_MM))

    with recording(of.record):
        template.render(context(of, articles, box), jinja_env=jinja, autoescape=True)
    template.save(output)
    return output.getvalue(), articles


def main() -> None:
    engines = {"ours": ours, "whole": whole, "stock": stock}[sys.argv[1]](Workspace(Path(sys.argv[2])))
    gc.collect()
    gc.freeze()  # the cases that wait, which no run would hold, are nothing that a collector has to walk
    for line in sys.stdin:
        request = json.loads(line)
        chosen = engines[slice(*request["cases"])]
        begun, before = time.perf_counter(), time.process_time()
        for engine in chosen:
            docx, articles = engine()
        wall, processor = time.perf_counter() - begun, time.process_time() - before
        if "path" in request:
            Path(request["path"]).write_bytes(docx)
        answer = {"wall": wall / len(chosen), "processor": processor / len(chosen)}
        print(json.dumps(answer | {"articles": articles.numbers if articles else None}), flush=True)


if __name__ == "__main__":
    main()
