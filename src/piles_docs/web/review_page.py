"""The page of `piles receive --review`: pictures of signature boxes, and what to type about each.

One file that needs nothing else, as the page of `piles status`; nothing in it runs.
"""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from piles_docs.french.typography import typeset
from piles_docs.usecases.review import ToReview

_FOLDER = Path(__file__).parent


def review_page(items: Sequence[ToReview], today: dt.date) -> bytes:
    """Render the page, in UTF-8.

    Args:
        items: The boxes, in order.
        today: The day that the page tells.
    """
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"fr": typeset, "picture": _picture}
    style = (_FOLDER / "review.css").read_text("utf-8")
    page = environment.get_template("review.html.j2").render(
        items=items,
        today=today,
        style=style,
        policy="default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; "
        "form-action 'none'",
    )
    return page.encode()


def _picture(content: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(content).decode('ascii')}"
