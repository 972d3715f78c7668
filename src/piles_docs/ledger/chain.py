"""Verification of one chain: pure, event after event, so that no chain is too long for the memory."""

from __future__ import annotations

from collections.abc import Iterable

from piles_docs.ledger.events import FIRST_PREVIOUS, JsonObject, digest_of, sha256_of
from piles_docs.ledger.findings import Finding, FindingKind
from piles_docs.ledger.heads import Head
from piles_docs.ledger.rows import UNREADABLE, StoredEvent, read_facts


class ChainCheck:
    """The chain of one case, being read in order from its first event."""

    def __init__(self, dossier: str) -> None:
        self.dossier = dossier
        self._sequence = 0
        self._digest = FIRST_PREVIOUS
        self._link: Finding | None = None
        self._unreadable: Finding | None = None
        self._personal: list[Finding] = []
        self._erased = 0

    def take(self, row: StoredEvent) -> JsonObject | None:
        """Check the next event.

        Returns:
            Its facts; None for an event that cannot be read, and for all that follow it.
        """
        if self._unreadable is not None:
            return None
        link = self._link or self._broken_link(row)
        altered = row.personal is not None and sha256_of(row.personal) != row.personal_sha256
        try:
            # What bears its right digests was written by this program: only its facts are to be read.
            facts = read_facts(row, whole=altered or link is not None)
        except UNREADABLE:
            message = "cet événement est illisible : il a été abîmé ou modifié"
            self._unreadable = self._finding(FindingKind.UNREADABLE, message, row)
            return None
        self._link = link
        if altered:
            message = "les données personnelles de cet événement ont été modifiées après son enregistrement"
            self._personal.append(self._finding(FindingKind.PERSONAL_ALTERED, message, row))
        elif row.personal is None and row.personal_sha256 is not None:
            self._erased += 1
        self._sequence, self._digest = row.sequence, row.digest
        return facts

    def findings(self, head: Head | None) -> tuple[Finding, ...]:
        """What was found, once the last event was taken.

        Args:
            head: the end of the chain as the ledger keeps it apart; None when it keeps none.

        Returns:
            At most one finding for the first broken link (what follows hangs on it), one for each event
            whose personal data were altered, one for the first event that cannot be read, one when the
            chain, otherwise whole, does not end where its head says, and one, harmless, that counts the
            events whose personal data are erased.
        """
        found = [] if self._link is None else [self._link]
        found += self._personal
        if self._unreadable is not None:
            found.append(self._unreadable)
        elif self._link is None and head != Head(self.dossier, self._sequence, self._digest):
            found.append(head_finding(self.dossier, self._sequence, head))
        if self._erased:
            found.append(self._erased_finding())
        return tuple(found)

    def _broken_link(self, row: StoredEvent) -> Finding | None:
        """Tell what is wrong between an event and the one before, if anything."""
        expected = self._sequence + 1
        if row.sequence != expected:
            message = f"l’événement n° {expected} manque : le suivant porte le n° {row.sequence}"
            return self._finding(FindingKind.GAP, message, row)
        computed = digest_of(
            dossier=row.dossier,
            sequence=row.sequence,
            kind=row.kind,
            recorded_at=row.recorded_at,
            facts=row.facts,
            personal_sha256=row.personal_sha256,
            previous=row.previous,
        )
        if computed != row.digest:
            message = "cet événement a été modifié après son enregistrement"
            return self._finding(FindingKind.ALTERED, message, row)
        if row.previous != self._digest:
            message = "cet événement ne s’enchaîne pas au précédent : l’un des deux a été remplacé"
            return self._finding(FindingKind.BROKEN_LINK, message, row)
        return None

    def _finding(self, kind: FindingKind, message: str, row: StoredEvent) -> Finding:
        return Finding(kind=kind, message=message, dossier=self.dossier, sequence=row.sequence)

    def _erased_finding(self) -> Finding:
        plural = "s" if self._erased > 1 else ""
        return Finding(
            kind=FindingKind.PERSONAL_ERASED,
            message=f"données personnelles effacées ({self._erased} événement{plural}) ; "
            "les preuves sont conservées",
            dossier=self.dossier,
        )


def head_finding(dossier: str, last: int, head: Head | None) -> Finding:
    """Tell that a chain, which ends at event `last` (0: it has none), does not end where its head says."""
    if head is None:
        message = f"le registre ne garde pas la fin de ce dossier, l’événement n° {last}"
    elif head.sequence > last:
        message = (
            f"ce dossier finissait à l’événement n° {head.sequence}, "
            + (f"sa chaîne s’arrête au n° {last}" if last else "il n’en a plus aucun")
            + " : des événements ont été retirés"
        )
    else:
        message = f"la fin de ce dossier, l’événement n° {last}, n’est pas celle que le registre garde à part"
    return Finding(kind=FindingKind.HEAD, message=message, dossier=dossier, sequence=last or None)


def verify_chain(rows: Iterable[StoredEvent], head: Head | None = None) -> tuple[Finding, ...]:
    """Check a chain given whole and in order, as `ChainCheck` does; without a head, its end is not judged."""
    check: ChainCheck | None = None
    last: StoredEvent | None = None
    for row in rows:
        check = check or ChainCheck(row.dossier)
        check.take(row)
        last = row
    if check is None or last is None:
        return ()
    return check.findings(head or Head(check.dossier, last.sequence, last.digest))
