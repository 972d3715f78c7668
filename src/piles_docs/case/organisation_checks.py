"""Rules across the fields of one organisation: its identifiers, and the deliberation of its board."""

from __future__ import annotations

from collections.abc import Iterator

from piles_docs.case.parties import ALSACE_MOSELLE, Deliberation, Organisation
from piles_docs.case.positions import Finding, Path
from piles_docs.errors import Severity
from piles_docs.french.dates import written_date


def check_organisation(organisation: Organisation, path: Path) -> Iterator[Finding]:
    """Yield what contradicts itself in an organisation found at a path."""
    yield from _identifiers(organisation, path)
    yield from _common_administrators(organisation, path)
    if organisation.deliberation is not None:
        yield from _deliberation(organisation.deliberation, (*path, "deliberation"))


def has_rna(form: str, postal_code: str) -> bool:
    """Tell whether an organisation of this form, seated there, has an RNA number.

    Associations of the loi 1901 only; Alsace-Moselle keeps its own register (fact 10).
    """
    return form == "association" and postal_code[:2] not in ALSACE_MOSELLE


def _identifiers(organisation: Organisation, path: Path) -> Iterator[Finding]:
    """A SIRET starts with its SIREN (fact 9); an RNA is printed only for those who have one (fact 10)."""
    if organisation.siren and organisation.siret and not organisation.siret.startswith(organisation.siren):
        yield Finding(
            path=(*path, "siret"),
            message="le SIRET ne commence pas par le SIREN indiqué",
            remedy="corrigez l’un des deux ; le SIRET suffit, le SIREN peut être retiré",
        )
    if organisation.rna and not has_rna(organisation.forme, organisation.siege.code_postal):
        yield Finding(
            path=(*path, "rna"),
            message="seule une association a un numéro RNA, et aucune en Alsace-Moselle",
            remedy="retirez la clé rna, ou corrigez la forme ou le code postal",
        )


def _common_administrators(organisation: Organisation, path: Path) -> Iterator[Finding]:
    """People on both boards may make the act a « convention réglementée » (C. com. L.612-5; fact 38)."""
    if organisation.administrateurs_communs:
        names = ", ".join(f"{person.prenom} {person.nom}" for person in organisation.administrateurs_communs)
        yield Finding(
            path=(*path, "administrateurs_communs"),
            message=f"membre des deux conseils ({names}) : voir l’article L.612-5 du Code de commerce",
            remedy="faites vérifier s’il faut un rapport à l’assemblée générale avant de signer",
            severity=Severity.WARNING,
        )


def _deliberation(deliberation: Deliberation, path: Path) -> Iterator[Finding]:
    """The numbers of a deliberation must agree, its quorum be reached, its vote be won (facts 39 and 40).

    Each rule waits until the file gives all the numbers it compares.
    """
    yield from _attendance(deliberation, path)
    yield from _votes(deliberation, path)
    if deliberation.convoque_le and deliberation.date and deliberation.convoque_le > deliberation.date:
        yield Finding(
            path=(*path, "convoque_le"),
            message=f"la convocation est postérieure à la séance du {written_date(deliberation.date)}",
            remedy="corrigez l’une des deux dates",
        )


def _attendance(deliberation: Deliberation, path: Path) -> Iterator[Finding]:
    members, present = deliberation.membres, deliberation.presents
    represented = deliberation.representes or 0
    if members is not None and present is not None and present + represented > members:
        yield Finding(
            path=(*path, "presents"),
            message=f"{present} présents et {represented} représentés font plus que {members} membres",
            remedy="corrigez ces nombres d’après le procès-verbal",
        )
    if present is not None and deliberation.quorum is not None and present < deliberation.quorum:
        yield Finding(
            path=(*path, "presents"),
            message=f"le quorum de {deliberation.quorum} n’est pas atteint avec {present} présents",
            remedy="corrigez ces nombres ; si le quorum manquait vraiment, l’organe doit délibérer à nouveau",
        )


def _votes(deliberation: Deliberation, path: Path) -> Iterator[Finding]:
    for_it, against, abstaining = deliberation.pour, deliberation.contre, deliberation.abstentions
    if for_it is not None and against is not None and for_it <= against:
        yield Finding(
            path=(*path, "pour"),
            message=f"avec {for_it} voix pour et {against} contre, la délibération n’est pas adoptée",
            remedy="corrigez les votes ; sans vote favorable, la structure ne peut pas signer",
        )
    if deliberation.presents is None or for_it is None:
        return
    cast = for_it + (against or 0) + (abstaining or 0)
    voters = deliberation.presents + (deliberation.representes or 0)
    if cast != voters:
        yield Finding(
            path=(*path, "pour"),
            message=f"{cast} votes sont comptés pour {voters} membres présents ou représentés",
            remedy="pour, contre et abstentions doivent faire ensemble les présents et représentés",
        )
