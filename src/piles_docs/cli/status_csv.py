"""The CSV of `piles status`, for a spreadsheet in France: semicolons, and a mark that says UTF-8.

RFC 4180 otherwise. One line for each missing signature; a case that misses none has one line.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from piles_docs.usecases.choice import Choice
from piles_docs.usecases.reports import CaseOverview, MissingReport, Unreadable

BYTE_ORDER_MARK = "\ufeff"
COLUMNS = (
    "dossier",
    "piles",
    "etat",
    "etape",
    "attend",
    "document",
    "exemplaire",
    "partie",
    "signataire",
    "moyen",
    "emis_le",
    "depuis_jours",
    "avant_le",
    "a_son_tour",
    "attend_d_abord",
    "ecrit_le",
    "ouvre",
    "fin_proche",
)
# What a spreadsheet takes for the beginning of a formula, full-width forms too; so would a cell's new line.
_FORMULA = tuple("=+-@\t\r\n＝＋－＠")


def heading() -> str:
    """Write what comes before the cases."""
    return BYTE_ORDER_MARK + _line(COLUMNS)


def lines(case: CaseOverview, choice: Choice, *, only_missing: bool) -> Iterator[str]:
    """Write the lines of a case; none when only missing signatures are wanted and it misses none."""
    about = (
        case.dossier,
        case.piles,
        case.state_title,
        "" if case.is_closed else str(case.current_step),
        " ; ".join(waiting.text for waiting in case.waiting_for),
    )
    ends = " ; ".join(f"{ending.name} : {ending.ends_on}" for ending in case.endings)
    missing = choice.missing(case)
    for item in missing:
        yield _line((*about, *_cells(item), ends))
    if not missing and not only_missing:
        yield _line((*about, *[""] * (len(COLUMNS) - len(about) - 1), ends))


def _cells(item: MissingReport) -> tuple[str, ...]:
    return (
        item.name,
        str(item.original),
        item.party,
        item.signatory,
        item.means,
        item.issued_on,
        str(item.since_days),
        item.due_on or "",
        "oui" if item.turn else "non",
        f"{item.after.signatory} ({item.after.party})" if item.after else "",
        item.mailed_on or "",
        item.opens,
    )


def unreadable_line(found: Unreadable) -> str:
    """Write the line of a case that cannot be read."""
    cells = (found.dossier, "", "à corriger", "", found.message)
    return _line((*cells, *[""] * (len(COLUMNS) - len(cells))))


def _line(cells: tuple[str, ...]) -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerow([_harmless(cell) for cell in cells])
    return text.getvalue()


def _harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
