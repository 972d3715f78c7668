"""Who signs: the parties of a case and the persons who sign for them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the command line offers the names of parties without loading the case
    from piles_docs.case.models import Case
    from piles_docs.case.network_models import Network
    from piles_docs.case.parties import Person

NETWORK_HEAD, HOST, ANIMATOR, TRAINER = "tete-de-reseau", "porteuse", "animateur", "formateur"
PARTY_TITLES = {
    NETWORK_HEAD: "la tête de réseau",
    HOST: "la structure porteuse",
    ANIMATOR: "l’animateur ou l’animatrice",
    TRAINER: "le formateur ou la formatrice",
}
"""Who can sign, as a sentence calls them."""

SIGNING_ORDER = (HOST, ANIMATOR, TRAINER, NETWORK_HEAD)
"""Signing begins with the host structure and ends with the network head, who keeps the file."""


def in_signing_order(parties: Iterable[str]) -> tuple[str, ...]:
    """Put parties in the order in which they sign."""
    return tuple(sorted(parties, key=SIGNING_ORDER.index))


def signatory(party: str, case: Case, network: Network) -> Person | None:
    """The person who signs for a party, or None where the case does not say.

    Args:
        party: `tete-de-reseau`, `porteuse`, `animateur` or `formateur`.
        case: The case.
        network: The network head's own data.

    Raises:
        KeyError: There is no such party.
    """
    match party:
        case "tete-de-reseau":
            return network.tete_de_reseau.representant
        case "porteuse":
            return case.porteuse.representant
        case "animateur":
            return case.animateur
        case "formateur":
            return case.formation.formateur if case.formation else None
        case _:
            raise KeyError(party)


def party_name(party: str, case: Case, network: Network) -> str:
    """What a party is called in a message: the structure's short name, or the role."""
    match party:
        case "tete-de-reseau":
            return network.tete_de_reseau.sigle or network.tete_de_reseau.nom
        case "porteuse":
            return case.porteuse.sigle or case.porteuse.nom
        case _:
            return PARTY_TITLES[party]


def full_name(person: Person | None) -> str:
    """Civility, first name and name: « Mme Lise Exemple »; empty when nobody is known."""
    return f"{person.civilite} {person.prenom} {person.nom}" if person else ""
