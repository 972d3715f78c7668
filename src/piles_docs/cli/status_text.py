"""The text of `piles status`: one case whole, or many with a line each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from piles_docs.cli.output import count
from piles_docs.cli.tables import one_line_table, table
from piles_docs.french.delays import ago, count_days
from piles_docs.french.formatting import join_words
from piles_docs.usecases.choice import Choice, Summary, by_signature, oldest
from piles_docs.usecases.reports import (
    CaseOverview,
    CaseReport,
    DocumentReport,
    MissingReport,
    UncertainReport,
)

_REACHED = 8


def detail(case: CaseReport, choice: Choice, width: int) -> Iterator[str]:
    """Tell one case whole: steps, issued documents, missing signatures, conventions that end."""
    yield ""
    yield f"{case.dossier} – {case.piles}, {case.state_title}"
    if case.forgotten:
        yield "Les données personnelles de ce dossier ont été effacées."
    yield from table(("Étape", "État", "Attend"), list(_steps(case)), width)
    documents = [
        (document.name, _state(document), _signatures(document), ", ".join(document.unlocks))
        for document in case.documents
        if document.reference
    ]
    if documents:
        yield from table(("Document", "État", "Signatures", "Ouvre"), documents, width)
    yield from missing_lines(case.dossier, choice.missing(case))
    yield from uncertain_lines(case.dossier, choice.uncertain(case))
    for ending in case.endings:
        yield f"{case.dossier} : {ending.title} ({ending.name}) : {ending.text}"


def uncertain_lines(dossier: str, uncertain: Iterable[UncertainReport]) -> Iterator[str]:
    """Tell which boxes of scanned pages wait for a person's eye."""
    for item in uncertain:
        yield (
            f"{dossier} : la case de {item.signatory} ({item.party}) sur {item.name}, "
            f"exemplaire {item.original}, est à regarder : piles receive --review PAGE.html"
        )


def _steps(case: CaseReport) -> Iterator[tuple[str, str, str]]:
    for step in case.steps:
        waits = "\n".join(waiting.text for waiting in step.waiting_for)
        if step.ahead:
            waits += f"\n(émis en avance : {step.ahead})"
        shown = waits if step.number == case.current_step or step.ahead else ""
        yield f"{step.number} {step.title}", step.state_title, shown


def _state(document: DocumentReport) -> str:
    stale = f", périmé ({count(len(document.stale), 'changement')})" if document.stale else ""
    return f"{document.state_title}{stale}"


def _signatures(document: DocumentReport) -> str:
    received = sum(signature.state == "received" for signature in document.signatures)
    level = f", {document.level}" if document.level else ""
    return f"{received}/{len(document.signatures)}{level}" if document.signatures else "–"


def missing_lines(dossier: str, missing: Iterable[MissingReport]) -> Iterator[str]:
    """Tell who has not signed what: one line for each document and party, its originals together."""
    for items in by_signature(missing):
        item = items[0]
        yield (
            f"{dossier} : {item.signatory} ({item.party}) n’a pas signé {item.name}{_which(items)}, "
            f"émis {ago(item.since_days)} ; {turn(item)}"
            f"{f' ; il faut cette signature pour atteindre {item.opens}' if item.opens else ''}"
        )


def turn(item: MissingReport) -> str:
    """Tell whether it is for this person to sign now, or who signs before."""
    if item.after is None:
        return "c’est son tour"
    return f"attend d’abord {item.after.signatory} ({item.after.party})"


def _which(items: Sequence[MissingReport]) -> str:
    if items[0].originals == 1:
        return ""
    numbers = join_words([str(item.original) for item in items])
    return f", exemplaire{'s' if len(items) > 1 else ''} {numbers}"


class NetworkText:
    """Many cases, a line each, then what they come to; only the cells are kept."""

    def __init__(self, choice: Choice) -> None:
        self._choice = choice
        self._rows: list[tuple[str, ...]] = []

    def add(self, case: CaseOverview) -> None:
        """Add a case."""
        first = oldest(self._choice.missing(case))
        self._rows.append((case.dossier, _place(case), _waits(case), _oldest(first), _ends(case)))

    def lines(self, summary: Summary, width: int | None) -> Iterator[str]:
        """Lay out the lines."""
        if self._rows:
            titles = ("Dossier", "Étape", "Attend", "Signature la plus attendue", "Fin proche")
            yield from one_line_table(titles, self._rows, width)
            yield ""
        yield from summary_lines(summary)


def _place(case: CaseOverview) -> str:
    if case.is_closed or case.current_step == _REACHED:
        return case.state_title
    return f"{case.current_step}/7"


def _waits(case: CaseOverview) -> str:
    if case.is_closed:
        return f"– ({case.ended_by_title})"
    if not case.waiting_for:
        return "–"
    others = len(case.waiting_for) - 1
    return f"{case.waiting_for[0].text}{f' (+ {others})' if others else ''}"


def _oldest(item: MissingReport | None) -> str:
    return f"{count_days(item.since_days)} : {item.name}, {item.signatory} ({item.party})" if item else "–"


def _ends(case: CaseOverview) -> str:
    return " ; ".join(f"{ending.name} {ending.text}" for ending in case.endings) or "–"


def summary_lines(summary: Summary) -> Iterator[str]:
    """Tell what cases come to together."""
    places = [
        f"en réseau : {number}" if step == _REACHED else f"étape {step} : {number}"
        for (step, _), number in sorted(summary.steps.items())
    ]
    if summary.closed:
        places.append(f"clos : {summary.closed}")
    where = f" ({', '.join(places)})" if places else ""
    yield f"{count(summary.cases, 'dossier')}{where}."
    if summary.oldest is None:
        yield "Aucune signature ne manque."
    else:
        dossier, item = summary.oldest
        verb = "manquent" if summary.missing > 1 else "manque"
        yield (
            f"{count(summary.missing, 'signature')} {verb} ; la plus attendue : "
            f"{dossier}, {item.name}, {item.signatory} ({item.party}), émis {ago(item.since_days)}."
        )
    if summary.uncertain:
        yield f"{count(summary.uncertain, 'case')} à regarder : piles receive --review PAGE.html"
    if summary.endings:
        verbs = ("arrivent", "l’ont dépassée") if summary.endings > 1 else ("arrive", "l’a dépassée")
        conventions = count(summary.endings, "convention")
        yield f"{conventions} {verbs[0]} à échéance ou {verbs[1]}, sans suite signée."
    if summary.unreadable:
        names = ", ".join(found.dossier for found in summary.unreadable)
        yield f"{count(len(summary.unreadable), 'dossier')} à corriger : {names}."
