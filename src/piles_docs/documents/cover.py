"""The cover of a signature pack: what to sign, where, by when, and how to return it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from piles_docs.case.network_models import Network
from piles_docs.documents.filters import FILTERS
from piles_docs.documents.rendering import render
from piles_docs.documents.template import Template
from piles_docs.documents.view import Absent, Record, View
from piles_docs.methodology.acts import Means


@dataclass(frozen=True, slots=True, kw_only=True)
class ToSign:
    """One place to sign."""

    title: str
    reference: str
    original: int
    originals: int
    page: int
    """Page of the pack, from 1."""
    place: str
    """Where on that page, in words: « en bas à droite »."""
    means: Means
    unlocks: str
    """What the signature opens, in words; empty when it opens nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """The documents that the same people sign, in the order in which they do."""

    titles: tuple[str, ...]
    names: tuple[str, ...]
    reader: int
    """The place of the cover's reader among them, from 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """What the cover says."""

    signatory: str
    function: str
    on_behalf_of: str
    due_on: dt.date
    issued_on: dt.date
    to_sign: tuple[ToSign, ...]
    signed: tuple[tuple[str, dt.date], ...]
    """Title of what this signatory has signed already, and when."""
    read_only: tuple[tuple[str, int], ...]
    """Title and page of what is only to be read."""
    orders: tuple[Round, ...]
    """Who signs what, in order: one round for the documents that the same people sign."""
    head: str
    """The head of the case's chain at the issue: kept on paper, it shows a rewritten ledger."""


def make_cover(cover: Cover, network: Network, template: Template) -> bytes:
    """Make the cover as Word.

    Raises:
        TemplateInvalid: The template cannot be rendered as it is.
    """
    record = Record()
    head = network.tete_de_reseau
    pack = {
        "signataire": cover.signatory,
        "qualite": cover.function,
        "pour": cover.on_behalf_of,
        "date_limite": cover.due_on,
        "emis_le": cover.issued_on,
        "moyens": sorted({str(item.means) for item in cover.to_sign}),
        "deja_signe": [{"titre": title, "le": on} for title, on in cover.signed],
        "a_signer": [
            {
                "titre": item.title,
                "reference": item.reference,
                "exemplaire": item.original if item.originals > 1 else Absent("exemplaire", record),
                "exemplaires": item.originals,
                "page": item.page,
                "endroit": item.place,
                "moyen": str(item.means),
                "debloque": item.unlocks,
            }
            for item in cover.to_sign
        ],
        "annexes": [{"titre": title, "page": page} for title, page in cover.read_only],
        "tours": [
            {
                "titres": list(one.titles),
                "personnes": [
                    {"rang": rank, "nom": name, "est_ce_signataire": rank == one.reader + 1}
                    for rank, name in enumerate(one.names, 1)
                ],
                "est_premier": one.reader == 0,
                "est_dernier": one.reader == len(one.names) - 1,
                "precedent": one.names[one.reader - 1] if one.reader else "",
                "suivant": one.names[one.reader + 1] if one.reader + 1 < len(one.names) else "",
            }
            for one in cover.orders
        ],
        "retour": {
            "destinataire": head.sigle or head.nom,
            "adresse": FILTERS["adresse"](network.adresse_de_retour),
            "courriel": network.envoi.courriel_retour or "",
        },
        "registre": cover.head,
        "recommandation": "",
    }
    variables = {
        "pack": pack,
        "tete_de_reseau": View(head, "tete_de_reseau", record),
        "emetteur": View(head, "tete_de_reseau", record),
        "document": {
            "projet": False,
            "reference": "Dossier de signature",
            "exemplaire": Absent("exemplaire", record),
        },
    }
    return render(
        template, [variables], record=record, title="Documents à signer", dated=cover.issued_on
    ).docx
