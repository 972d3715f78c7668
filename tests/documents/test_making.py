"""What a document may tell: only what was recorded, and only what was so on its day."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from piles_docs.documents.making import Order, make
from piles_docs.documents.template import text_of_document
from piles_docs.methodology.acts import Means
from piles_docs.methodology.model import load_methodology
from piles_docs.methodology.states import Key
from piles_docs.usecases.workspace import Workspace


def framework(dossier: str) -> Order:
    return Order(
        document=load_methodology().document("convention-cadre"),
        key=Key("convention-cadre"),
        reference=f"{dossier}.convention-cadre.v1",
        version=1,
        draft=False,
        means=Means.PAPER,
        originals=2,
        original=1,
    )


def text(order: Order, dossier: str, repository: Workspace) -> str:
    made = make(order, repository.case(dossier), repository.network(), repository.template(order.document.id))
    return text_of_document(made.docx).replace("\u00a0", " ")


def test_a_preamble_tells_of_a_committee_only_once_it_was_recorded(repository: Workspace) -> None:
    order = framework("embrunais")
    silent = text(order, "embrunais", repository)
    assert "a confirmé l’existence d’un besoin" not in silent
    assert "a considéré" not in silent
    assert "considéré que le projet" not in silent
    recorded = {"besoin-confirme": dt.date(2025, 8, 1), "copil-favorable": dt.date(2025, 9, 23)}
    told = text(replace(order, milestones=recorded), "embrunais", repository)
    assert "a confirmé l’existence d’un besoin" in told
    assert "Le comité de pilotage réuni le 23 septembre 2025" in told


@pytest.mark.parametrize(("annee", "printed"), [(2010, True), (2011, True), (2012, False)])
def test_a_hub_that_opened_later_is_not_in_an_earlier_document(
    annee: int, printed: bool, repository: Workspace
) -> None:
    order, case = framework("basse-argens-2011"), repository.case("basse-argens-2011")
    assert case.conventions.cadre is not None
    day = dt.date(2011, 3, 1)
    cadre = case.conventions.cadre.model_copy(update={"date": day})
    case = case.model_copy(update={"conventions": case.conventions.model_copy(update={"cadre": cadre})})
    network = repository.network()
    hub = network.reseau[0].model_copy(update={"nom": "PILES d’Ailleurs", "annee": annee})
    network = network.model_copy(update={"reseau": (*network.reseau, hub)})
    made = make(order, case, network, repository.template("convention-cadre"))
    assert ("PILES d’Ailleurs" in text_of_document(made.docx)) is printed
