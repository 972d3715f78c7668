"""One act for each kind of structure that may carry a PILES: what must be read in it, and what must not."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest

from piles_docs.case.models import Case
from piles_docs.case.reading import read_case
from piles_docs.documents.making import Order, make
from piles_docs.documents.template import text_of_document
from piles_docs.errors import Severity
from piles_docs.methodology.acts import Means
from piles_docs.methodology.model import load_methodology
from piles_docs.methodology.states import Key
from piles_docs.usecases.workspace import Workspace

Text = Callable[..., str]
SEAT = 'siege: {voie: 3 place de la Fontaine, code_postal: "04120", commune: Castellane}'


@pytest.fixture
def text(repository: Workspace) -> Text:
    """The text of a document of the sample case, its bearer being described otherwise."""

    def read(document: str, bearer: str, *, recipient: str | None = None, **changes: Any) -> str:
        source = (repository.root / "cases/haut-verdon.yaml").read_text("utf-8")
        start, end = source.index("porteuse:"), source.index("\nanimateur:")
        case = read_case(source[:start] + bearer.strip() + source[end:], "cases/haut-verdon.yaml")
        assert case.case is not None, case.defects
        assert not [found for found in case.defects if found.severity is Severity.ERROR], case.defects
        return _made(repository, case.case, document, recipient, **changes)

    return read


def _made(
    repository: Workspace, case: Case, document: str, recipient: str | None = None, **changes: Any
) -> str:
    kind = load_methodology().document(document)
    order = Order(
        document=kind,
        key=Key(document, recipient),
        reference=f"{case.dossier}.{document}.v1",
        version=1,
        draft=False,
        means=Means.PAPER,
        originals=len(kind.signatories),
        original=1 if len(kind.signatories) > 1 else None,
        issued_on=changes.pop("issued_on", dt.date(2026, 11, 22)),
        **changes,
    )
    made = make(order, case, repository.network(), repository.template(document))
    return re.sub(r"[\u00a0\u202f ]+", " ", text_of_document(made.docx))


def test_a_public_establishment_has_a_director_no_rna_and_either_judge(text: Text) -> None:
    page = text(
        "convention-amorcage",
        f"""
porteuse:
  nom: Établissement public local Les Restanques
  forme: etablissement-public
  forme_juridique: établissement public local d’enseignement et de formation professionnelle agricoles
  {SEAT}
  representant: {{civilite: Mme, prenom: Solène, nom: Le Personnage, fonction: directrice}}
""",
    )
    bearer = page.partition("ET\n")[0]
    assert (
        "établissement public local d’enseignement et de formation professionnelle agricoles, dont le siège"
        in bearer
    )
    assert "que représente Mme Solène Le Personnage, directrice, agissant en cette qualité" in bearer
    assert "association" not in bearer
    assert "répertoire national" not in bearer
    assert "porté devant la juridiction compétente" in page
    assert "tribunal" not in page


def test_a_cooperative_gives_its_form_and_its_registration(text: Text) -> None:
    page = text(
        "convention-cadre",
        f"""
porteuse:
  nom: Coopérative des Gorges
  forme: cooperative
  forme_juridique: société coopérative d’intérêt collectif à responsabilité limitée, à capital variable
  rcs: Digne-les-Bains
  {SEAT}
  siret: "732 829 320 00074"
  representant: {{civilite: M., prenom: Jean, nom: d’Avril, fonction: gérante}}
""",
    )
    assert (
        "société coopérative d’intérêt collectif à responsabilité limitée, à capital variable, dont" in page
    )
    assert "732 829 320 RCS Digne-les-Bains" in page
    assert "M. Jean d’Avril, gérant, agissant" in page
    assert "Pour la Coopérative des Gorges" in page
    assert "devant le tribunal territorialement compétent" in page


def test_a_municipality_and_its_woman_mayor_who_prefers_madame_le_maire(text: Text) -> None:
    bearer = """
porteuse:
  nom: Commune du Muy
  forme: collectivite
  siege: {voie: place de la Victoire, code_postal: "83490", commune: Le Muy}
  representant: {civilite: Mme, prenom: Ève, nom: de La Tour, fonction: maire, appellation: Madame le Maire}
"""
    letter = text("presentation-ca", bearer, recipient="porteuse")
    assert letter.count("Madame le Maire,") >= 2
    assert "Monsieur" not in letter
    assert "Je vous prie d’agréer, Madame le Maire, l’expression de ma haute considération." in letter
    act = text("charte", bearer)
    assert "Fait au Muy, à la date" in act
    assert "La Commune du Muy adhère" in act
    assert "que représente Mme Ève de La Tour, maire" in text("convention-amorcage", bearer)


@pytest.mark.parametrize(
    ("commune", "code", "made_there"),
    [
        ("La Seyne-sur-Mer", "83500", "Fait à La Seyne-sur-Mer"),
        ("Les Arcs", "83460", "Fait aux Arcs"),
        ("Hyères", "83400", "Fait à Hyères"),
        ("L’Isle-sur-la-Sorgue", "84800", "Fait à L’Isle-sur-la-Sorgue"),
    ],
)
def test_a_structure_without_siret_wherever_it_sits(
    commune: str, code: str, made_there: str, text: Text
) -> None:
    page = text(
        "charte",
        f"""
porteuse:
  nom: Les Amis de l’Échange
  article: les
  forme: association
  siege: {{code_postal: "{code}", commune: "{commune}"}}
  representant: {{civilite: M., prenom: Al, nom: Bi, fonction: président}}
""",
    )
    assert made_there in page
    assert "SIRET" not in page
    assert "Les Amis de l’Échange adhèrent à la présente charte et en font siennes les valeurs" in page
    assert "Adhésion des Amis de l’Échange" in page


def test_an_association_of_alsace_moselle_is_one_of_its_civil_code(text: Text) -> None:
    page = text(
        "convention-amorcage",
        """
porteuse:
  nom: Association Vosges Solidaires
  forme: association
  siege: {voie: 1 rue Droite, code_postal: "67000", commune: Strasbourg}
  representant: {civilite: Mme, prenom: Al, nom: Bi, fonction: présidente}
""",
    )
    bearer = page.partition("ET\n")[0]
    assert "association régie par les articles 21 à 79-III du Code civil local" in bearer
    assert "1901" not in bearer


def test_a_common_administrator_is_told_in_the_act_too(text: Text) -> None:
    page = text(
        "convention-cadre",
        f"""
porteuse:
  nom: Association Verdon Partagé
  forme: association
  {SEAT}
  representant: {{civilite: Mme, prenom: Al, nom: Bi, fonction: présidente}}
  administrateurs_communs: [{{civilite: M., prenom: Jo, nom: Du}}]
""",
    )
    assert "l’article L. 612-5 du Code de commerce" in page
    assert "Jo Du" not in page
    assert "dûment habilitée" not in page


def test_an_act_of_2011_has_the_words_and_the_law_of_2011(repository: Workspace) -> None:
    page = _made(
        repository, repository.case("basse-argens-2011"), "convention-cadre", issued_on=dt.date(2011, 1, 5)
    )
    assert "article 1325 du Code civil" in page
    assert "conseil général" in page
    assert "Pôle emploi" in page
    for later in (
        "RGPD",
        "1375",
        "départemental du Var",
        "conseil départemental",
        "2014-856",
        "France Travail",
    ):
        assert later not in page
