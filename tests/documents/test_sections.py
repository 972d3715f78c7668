"""What an amendment rewrites: the articles of the signed act that the case writes differently, and no other."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from piles_docs.documents.making import Order, make
from piles_docs.documents.sections import Rewriting, rewritings
from piles_docs.documents.template import text_of
from piles_docs.methodology.acts import Means
from piles_docs.methodology.model import load_methodology
from piles_docs.methodology.states import Key
from piles_docs.usecases.workspace import Workspace

DUE = {"montant": 300, "tva": "taxable", "echeances": [{"le": dt.date(2026, 12, 31), "montant": 300}]}


def changed(repository: Workspace, paths: list[str], **of_the_convention: Any) -> tuple[Rewriting, ...]:
    """What the framework convention of the complete case rewrites when some of its data change."""
    case, network = repository.case("embrunais"), repository.network()
    act, template = load_methodology().document("convention-cadre"), repository.template("convention-cadre")
    order = Order(
        document=act,
        key=Key(act.id),
        reference="embrunais.convention-cadre.v1",
        version=1,
        draft=False,
        means=Means.PAPER,
        originals=2,
        original=1,
    )
    assert case.conventions.cadre is not None
    other = type(case.conventions.cadre).model_validate(
        case.conventions.cadre.model_dump(by_alias=True) | of_the_convention
    )
    now = case.model_copy(update={"conventions": case.conventions.model_copy(update={"cadre": other})})
    before, after = (make(order, one, network, template).docx for one in (case, now))
    printing = {title for path in paths for title in template.sections_printing(path)}
    return rewritings(before, after, printing)


def wording(rewriting: Rewriting) -> str:
    return " ".join(" ".join(text_of(paragraph).split()) for paragraph in rewriting.wording)


def titles(found: tuple[Rewriting, ...]) -> list[str]:
    return [rewriting.heading.partition("– ")[2] for rewriting in found]


def test_a_longer_notice_rewrites_the_article_on_termination_with_both_its_delays(
    repository: Workspace,
) -> None:
    found = changed(repository, ["conventions.cadre.preavis_jours"], preavis_jours=90)
    assert titles(found) == ["Résiliation"]
    assert wording(found[0]).count("quatre-vingt-dix (90) jours") == 2
    assert "soixante" not in wording(found[0])
    assert found[0].before


def test_a_new_contribution_is_written_out_with_its_tax_and_its_schedule(repository: Workspace) -> None:
    found = changed(repository, ["conventions.cadre.contribution"], contribution=DUE)
    (finances,) = [one for one in found if one.heading.endswith("Modalités financières")]
    text = wording(finances)
    assert "300,00 €" in text.replace("\u202f", " ")
    assert "trois cents euros" in text
    assert "TVA au taux en vigueur" in text
    assert any(element.tag.endswith("}tbl") for element in finances.wording)
    assert "sans contrepartie" not in text


def test_nothing_is_rewritten_where_the_wording_stays(repository: Workspace) -> None:
    assert changed(repository, ["conventions.cadre.preavis_jours"]) == ()


def test_a_change_that_is_not_asked_for_is_left_out(repository: Workspace) -> None:
    assert changed(repository, ["conventions.cadre.contribution"], preavis_jours=90) == ()


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("conventions.cadre.preavis_jours", "Résiliation"),
        ("conventions.cadre.fin", "Durée et renouvellement"),
        ("conventions.cadre.contribution.montant", "Modalités financières"),
        ("piles.antennes.0", "Objet"),
    ],
)
def test_a_template_knows_which_sections_print_a_value(path: str, title: str, repository: Workspace) -> None:
    assert title in repository.template("convention-cadre").sections_printing(path)


def test_the_parties_and_the_preamble_are_no_stipulations(repository: Workspace) -> None:
    assert (
        repository.template("convention-cadre").sections_printing("tete_de_reseau.representant.nom") == set()
    )
