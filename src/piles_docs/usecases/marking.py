"""Name the originals of what is issued in the codes of their pages, each by a name of its own.

What is to be signed electronically is named as well: its signatory may print and sign it all the same.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import count

from piles_docs.ledger.acts import act_of
from piles_docs.ledger.store import Ledger
from piles_docs.methodology.acts import Issued
from piles_docs.methodology.page_codes import code_of


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
