#!/usr/bin/env python3
"""Renders the framework convention in this process when it is asked to.

Reads a line of JSON a request, writes one an answer: `{"do": "render"}` gives what it took,
`{"do": "write", "path": …}` keeps the document too. Usage: python_child.py ours|whole|stock, where `stock` is
the docxtpl of this interpreter: docxtpl itself, or docxtpl-ng.
"""

from __future__ import annotations

import io
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import docxtpl
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from PIL import Image

# The program's own compiler, which nobody else is given here, makes one as it loads, as docxtpl lets it.
docxtpl.DocxTemplate = docxtpl.DocxTemplate if sys.argv[1] != "stock" else lambda *_: None

from content import Articles, context, maker  # noqa: E402
from content import content as content_of_the_case  # noqa: E402

from piles_docs.documents.language import environment  # noqa: E402
from piles_docs.documents.rendering import render  # noqa: E402
from piles_docs.documents.signature_box import (  # noqa: E402
    BOX_FIRST_PIXELS,
    BOX_HEIGHT_MM,
    BOX_HEIGHT_PIXELS,
    BOX_WIDTH_MM,
)

Engine = Callable[[], tuple[bytes, Articles | None]]


def ours() -> Engine:
    """The program's own rendering, which also sets typography and looks for each value on the page."""
    of = content_of_the_case()
    return lambda: (render(of.template, of.variables, **of.others).docx, None)


def whole() -> Engine:
    """The same from the case: what a template may name is gathered anew."""
    make = maker()
    return lambda: (make().docx, None)


def stock() -> Engine:
    """docxtpl as its manual has it, with the same environment."""
    of = content_of_the_case()
    dressed = of.template.dressed()
    jinja = environment(of.record)
    picture = io.BytesIO()
    Image.new("RGBA", (BOX_FIRST_PIXELS, BOX_HEIGHT_PIXELS), (255, 255, 255, 0)).save(picture, "PNG")

    def engine() -> tuple[bytes, Articles]:
        template, articles, output = DocxTemplate(io.BytesIO(dressed)), Articles(), io.BytesIO()

        def box() -> InlineImage:
            return InlineImage(
                template, io.BytesIO(picture.getvalue()), width=Mm(BOX_WIDTH_MM), height=Mm(BOX_HEIGHT_MM)
            )

        template.render(context(of, articles, box), jinja_env=jinja, autoescape=True)
        template.save(output)
        return output.getvalue(), articles

    return engine


def main() -> None:
    engine = {"ours": ours, "whole": whole, "stock": stock}[sys.argv[1]]()
    for line in sys.stdin:
        request = json.loads(line)
        begun, before = time.perf_counter(), time.process_time()
        docx, articles = engine()
        took = {"wall": time.perf_counter() - begun, "processor": time.process_time() - before}
        if request["do"] == "write":
            Path(request["path"]).write_bytes(docx)
        answer = took | {"articles": articles.numbers if articles else None}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
