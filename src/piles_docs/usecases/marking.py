"""Mark the pages of what is issued, so that they are recognised when they come back on paper.

What is to be signed electronically is marked as well: its signatory may print and sign it all the same.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import count

from piles_docs.documents.page_marks import add_marks, obstacles
from piles_docs.ledger.acts import act_of
from piles_docs.ledger.store import Ledger
from piles_docs.methodology.acts import Issued
from piles_docs.methodology.page_codes import code_of


@dataclass(frozen=True, slots=True)
class Marked:
    """A PDF whose pages are marked, or that is as it was, with the reason."""

    content: bytes
    code: str | None
    warning: str | None = None
    """Why nothing recognises its pages, in French."""


def free_codes(ledger: Ledger, acts: Sequence[Issued]) -> dict[tuple[str, int], str]:
    """Give each original the name that its codes say, by reference and number.

    No other original of the ledger has it.

    Raises:
        RecordsBroken, ToolFailed: The ledger cannot be read.
    """
    wanted = [(act.reference, original.number) for act in acts for original in act.originals]
    codes: dict[tuple[str, int], str] = {}
    for attempt in count():
        tried = {item: code_of(*item, attempt) for item in wanted if item not in codes}
        if not tried:
            break
        taken = {*codes.values(), *_taken(ledger, tried.values())}
        for item, code in tried.items():
            if code not in taken:
                codes[item] = code
                taken.add(code)
    return codes


def _taken(ledger: Ledger, codes: Collection[str]) -> set[str]:
    acts = map(act_of, ledger.naming("issued", {f'"{code}"' for code in codes}))
    return {
        original.code
        for act in acts
        if isinstance(act, Issued)
        for original in act.originals
        if original.code
    }


def mark(pdf: bytes, code: str) -> Marked:
    """Mark all pages of an original, or none where something of the page stands in the way.

    Args:
        pdf: As the converter made it.
        code: What its codes are to say.
    """
    found = obstacles(pdf)
    if not found:
        return Marked(add_marks(pdf, code), code)
    others = f" ; et ailleurs, {len(found)} endroits en tout" if len(found) > 1 else ""
    return Marked(pdf, None, f"{found[0]}{others}")
