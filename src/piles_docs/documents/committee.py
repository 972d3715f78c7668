"""Who comes to a meeting and what was decided there: the identifiers of a case become names to print."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from piles_docs.documents.filters import FILTERS
from piles_docs.documents.view import Absent, View
from piles_docs.methodology.parties import HOST, NETWORK_HEAD

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Committee:
    """What minutes and an attendance sheet print in rows.

    Each list is made when a template asks for it, so that a document notes as read what it prints, no more.
    """

    meeting: View | Absent
    occasion: str
    """What `invite_a` calls the meeting."""
    bodies: Mapping[str, View]
    """The host, the head of the network and the partners, by identifier."""

    @property
    def invites(self) -> list[Row]:
        """Those who sign the convention, then the partners invited (see `participant`)."""
        return self._participants(
            name
            for name, body in self.bodies.items()
            if name in {HOST, NETWORK_HEAD} or self.occasion in body.invite_a
        )

    @property
    def presents(self) -> list[Row]:
        """Who came, by the minutes (see `participant`)."""
        return self._participants(self.meeting.compte_rendu.presents)

    @property
    def excuses(self) -> list[Row]:
        """Who sent excuses, by the minutes (see `participant`)."""
        return self._participants(self.meeting.compte_rendu.excuses)

    @property
    def avis(self) -> list[Row]:
        """What each partner thinks: `organisme`, `interet` and `precisions`."""
        return [
            {
                "organisme": self._name(opinion.partenaire),
                "interet": opinion.interet,
                "precisions": opinion.precisions,
            }
            for opinion in self.meeting.compte_rendu.avis
        ]

    @property
    def decisions(self) -> list[Row]:
        """What was decided: `quoi`, `qui` and `pour_le`."""
        return [
            {"quoi": decision.quoi, "qui": self._name(decision.qui), "pour_le": decision.pour_le}
            for decision in self.meeting.compte_rendu.decisions
        ]

    def participant(self, entry: str) -> Row:
        """Read one entry of an attendance list.

        Args:
            entry: The identifier of a body, whose representative came, or « nom, qualité, organisme »; the
                last part may be an identifier too, and the last two may be missing.

        Returns:
            `nom`, `qualite` and `organisme`, each a text; empty where it is not known.
        """
        if body := self.bodies.get(entry):
            person = body.representant
            return {
                "nom": FILTERS["identite"](person) if person else "",
                "qualite": FILTERS["fonction"](person) if person else "",
                "organisme": body.nom,
            }
        name, *rest = (part.strip() for part in entry.split(","))
        names_body = len(rest) > 1 or (len(rest) == 1 and rest[0] in self.bodies)
        return {
            "nom": name,
            "qualite": ", ".join(rest[:-1] if names_body else rest),
            "organisme": self._name(rest[-1]) if names_body else "",
        }

    def _participants(self, entries: Iterable[str]) -> list[Row]:
        return [self.participant(entry) for entry in entries]

    def _name(self, word: str) -> str:
        """The name of the body that a word identifies, else the word itself."""
        return str(self.bodies[word].nom) if word in self.bodies else word
