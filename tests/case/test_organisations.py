"""What follows from an organisation's form, seat and numbers."""

from __future__ import annotations

import pytest

from piles_docs.case.models import Case
from piles_docs.case.parties import Organisation


@pytest.fixture
def host(sample_case: Case) -> Organisation:
    return sample_case.porteuse


def test_a_siren_begins_the_siret_and_one_is_enough(host: Organisation) -> None:
    assert host.numero_siren == "732829320"
    alone = host.model_copy(update={"siret": None, "siren": "732829320"})
    assert alone.numero_siren == "732829320"
    assert host.model_copy(update={"siret": None}).numero_siren is None


@pytest.mark.parametrize(
    ("form", "code", "is_local"),
    [
        ("association", "67000", True),
        ("association", "04120", False),
        ("cooperative", "67000", False),
    ],
)
def test_an_association_of_alsace_moselle_is_of_local_law(
    host: Organisation, form: str, code: str, is_local: bool
) -> None:
    seat = host.siege.model_copy(update={"code_postal": code})
    assert host.model_copy(update={"forme": form, "siege": seat}).est_de_droit_local is is_local


@pytest.mark.parametrize(
    ("form", "is_public"),
    [("association", False), ("etablissement-public", True), ("collectivite", True), ("autre", False)],
)
def test_a_public_establishment_and_a_local_authority_are_public(
    host: Organisation, form: str, is_public: bool
) -> None:
    assert host.model_copy(update={"forme": form}).est_publique is is_public
