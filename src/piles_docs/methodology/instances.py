"""Which documents a case has: one a recipient, one a year; and what each lacks."""

from __future__ import annotations

from piles_docs.case.models import Case, Meeting
from piles_docs.case.network_models import Network
from piles_docs.case.parties import Partner
from piles_docs.case.paths import value_at
from piles_docs.methodology.model import Document, Methodology
from piles_docs.methodology.parties import HOST, signatory
from piles_docs.methodology.states import Key

_MEETING_NEEDS = ("date", "heure", "lieu")


def keys(document: Document, case: Case) -> tuple[Key, ...]:
    """The documents of one kind that a case has; amendments aside, which come from what was signed."""
    match document.recipients:
        case None:
            return (Key(document.id, None, period(document, case)),)
        case "amended":
            return ()
        case "porteuse":
            return (Key(document.id, HOST, period(document, case)),)
        case occasion:
            return tuple(Key(document.id, partner.id) for partner in invited(case, occasion)) or (
                Key(document.id),
            )


def period(document: Document, case: Case) -> str | None:
    """The year that a yearly document is about, or None."""
    year = value_at(case, document.period) if document.period else None
    return None if year is None else str(year)


def invited(case: Case, occasion: str) -> tuple[Partner, ...]:
    """The partners invited to an occasion (`copil`, `financeurs`, `inauguration`, `partenaires`, …)."""
    return tuple(partner for partner in case.partenaires if occasion in partner.invite_a)


def meeting(document: Document, case: Case) -> Meeting | None:
    """The meeting that a document is about, where the case gives it."""
    if document.meeting is None:
        return None
    found: Meeting | None = getattr(case.rencontres, document.meeting.replace("-", "_"))
    return found


def lacks(document: Document, key: Key, case: Case, network: Network) -> tuple[str, ...]:
    """Paths of what a document needs and the case does not give, in the order to fill them in."""
    conditional = [
        path
        for condition in document.needs_if
        if value_at(case, condition.path) == condition.equals
        for path in condition.needs
    ]
    missing = [path for path in (*document.needs, *conditional) if _is_empty(value_at(case, path))]
    if document.meeting:
        paths = [f"rencontres.{document.meeting}.{name}" for name in _MEETING_NEEDS]
        missing += [path for path in paths if _is_empty(value_at(case, path))]
    if document.recipients not in {None, "amended", "porteuse"} and key.recipient is None:
        missing.append(f"partenaires.invite_a ({document.recipients})")
    for party in document.signatories:
        if signatory(party, case, network) is None and not any(party in path for path in missing):
            missing.append(party)
    return tuple(missing)


def _is_empty(value: object) -> bool:
    return value is None or value == ()


def documents_of_step(methodology: Methodology, number: int) -> tuple[Document, ...]:
    """The documents that belong to a step."""
    return tuple(document for document in methodology.documents if document.step == number)
