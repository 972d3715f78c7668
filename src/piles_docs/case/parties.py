"""Who is in a case: people, organisations, partners, and where they are."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, ValidationInfo, field_validator

from piles_docs.case.record import Record
from piles_docs.case.values import (
    ArticleWord,
    Civility,
    Day,
    Email,
    Form,
    Hour,
    Iban,
    Means,
    Phone,
    PostalCode,
    Rna,
    Siren,
    Siret,
    Slug,
    Text,
    TrainingNumber,
    one_of,
    refusal,
    whole_number,
)
from piles_docs.french.articles import Article

_FIRST_WORDS = {
    Article.ELIDED: """agence association assemblée atelier entraide entreprise établissement état epl eplefpa
        espace université union office institut""",
    Article.LA: """banque caisse chambre commune communauté coopérative direction fédération fondation ligue
        commission mairie maison métropole mission mutuelle préfecture régie région scic scop société
        ville""",
    Article.LE: """bureau centre collectif collège comité conseil département directoire foyer
        groupement lycée parc pays pôle réseau syndicat""",
}
_ARTICLES = {word: article for article, words in _FIRST_WORDS.items() for word in words.split()}
_WORD = re.compile(r"\w+")


ALSACE_MOSELLE = frozenset({"57", "67", "68"})
"""The departments where associations are governed by articles 21 to 79 of the Code civil local."""


def guess_article(name: str) -> Article | None:
    """Return the article that a name's first word calls for, or None when it is a proper name.

    "Association Verdon Partagé" takes l', "Commune de Castellane" la; "PECOS" might take none or some.
    """
    word = _WORD.match(name.strip().lower())
    return _ARTICLES.get(word[0]) if word else None


class Address(Record):
    """A postal address."""

    voie: Text | None = Field(default=None, description="Numéro et voie : 3 place de la Fontaine")
    code_postal: PostalCode = Field(description='Code postal entre guillemets : "04120"')
    commune: Text = Field(description="Nom de la commune, avec son article : Le Muy, Les Arcs, Castellane")


class Person(Record):
    """Someone who is named, writes or signs."""

    civilite: Civility = Field(description="Mme ou M.")
    prenom: Text = Field(description="Prénom")
    nom: Text = Field(description="Nom de famille")
    fonction: Text | None = Field(
        default=None, description="Fonction, en minuscules : présidente, directeur, maire"
    )
    courriel: Email | None = Field(default=None, description="Adresse de courriel")
    telephone: Phone | None = Field(default=None, description='Téléphone : "04 00 00 00 00"')
    signature: Means | None = Field(
        default=None, description="Manière de signer de cette personne, si elle n’est pas celle du dossier"
    )


class Representative(Person):
    """Who signs for an organisation; the function (« qualité ») stands beside the name in every act."""

    fonction: Text = Field(description="Fonction, en minuscules : présidente, directeur, maire")
    appellation: Text | None = Field(
        default=None, description="Appel voulu par la personne dans une lettre : Madame le Maire"
    )
    fin_de_mandat: Day | None = Field(default=None, description="Dernier jour du mandat")


class Deliberation(Record):
    """The decision by which an organisation's board authorises its representative to sign."""

    organe: Text | None = Field(default=None, description="Organe qui a délibéré : conseil d’administration")
    convoque_le: Day | None = Field(default=None, description="Date de la convocation")
    date: Day | None = Field(default=None, description="Date de la séance")
    heure: Hour | None = Field(default=None, description='Heure d’ouverture, entre guillemets : "18:30"')
    lieu: Text | None = Field(default=None, description="Lieu de la séance : salle des fêtes de Castellane")
    membres: Annotated[int, whole_number(1, 500)] | None = Field(
        default=None, description="Nombre de membres en exercice"
    )
    presents: Annotated[int, whole_number(0, 500)] | None = Field(
        default=None, description="Membres présents"
    )
    representes: Annotated[int, whole_number(0, 500)] | None = Field(
        default=None, description="Membres représentés (pouvoirs)"
    )
    quorum: Annotated[int, whole_number(0, 500)] | None = Field(
        default=None, description="Nombre de présents exigé par les statuts"
    )
    pour: Annotated[int, whole_number(0, 500)] | None = Field(default=None, description="Votes pour")
    contre: Annotated[int, whole_number(0, 500)] | None = Field(default=None, description="Votes contre")
    abstentions: Annotated[int, whole_number(0, 500)] | None = Field(default=None, description="Abstentions")
    president: Person | None = Field(
        default=None,
        description="Personne qui a présidé la séance, si ce n’est pas qui représente la structure",
    )
    secretaire: Person | None = Field(default=None, description="Secrétaire de séance")


class Organisation(Record):
    """A legal person that is party to the acts: the bearer of the PILES, or the head of the network."""

    nom: Text = Field(description="Dénomination complète")
    sigle: Text | None = Field(default=None, description="Sigle, s’il y en a un")
    article: ArticleWord | None = Field(
        default=None,
        validate_default=True,
        description="Article devant le nom ; à écrire quand le premier mot du nom ne le dit pas",
    )
    forme: Form = Field(description="association, etablissement-public, cooperative, collectivite ou autre")
    forme_juridique: Text | None = Field(
        default=None,
        description="Forme juridique exacte, en minuscules : société coopérative d’intérêt collectif anonyme",
    )
    rcs: Text | None = Field(
        default=None,
        description="Pour une société, ville du greffe où elle est immatriculée : Digne-les-Bains",
    )
    objet: Text | None = Field(
        default=None,
        description="Objet statutaire, à l’infinitif : développer l’entraide dans le Haut-Verdon",
    )
    siege: Address = Field(description="Adresse du siège")
    siren: Siren | None = Field(default=None, description="SIREN, neuf chiffres entre guillemets")
    siret: Siret | None = Field(default=None, description="SIRET, quatorze chiffres entre guillemets")
    rna: Rna | None = Field(default=None, description="Numéro RNA d’une association : W041234567")
    representant: Representative = Field(
        description="Personne qui représente la structure et signe pour elle"
    )
    deliberation: Deliberation | None = Field(
        default=None, description="Délibération qui autorise la signature"
    )
    iban: Iban | None = Field(default=None, description="IBAN, entre guillemets")
    administrateurs_communs: tuple[Person, ...] = Field(
        default=(), description="Personnes membres à la fois des deux conseils (C. com. L.612-5)"
    )

    @field_validator("article", mode="after")
    @classmethod
    def _article_is_known(cls, article: Article | None, info: ValidationInfo) -> Article | None:
        name = info.data.get("nom")
        if article is None and name is not None and guess_article(name) is None:
            raise refusal(
                f"l’article à mettre devant « {name} » ne se devine pas",
                'ajoutez article: le, la, "l\'", les ou aucun (« aucun » donne « de PECOS »)',
            )
        return article

    @property
    def article_effectif(self) -> Article:
        """The article to print before the name: the one given, else the one its first word calls for."""
        return self.article or guess_article(self.nom) or Article.NONE

    @property
    def numero_siren(self) -> str | None:
        """The nine digits of the SIREN, which also begin the SIRET."""
        return self.siren or (self.siret[:9] if self.siret else None)

    @property
    def est_de_droit_local(self) -> bool:
        """Whether an association is one of Alsace-Moselle: its Code civil local, and no RNA (fact 10)."""
        return self.forme == "association" and self.siege.code_postal[:2] in ALSACE_MOSELLE

    @property
    def est_publique(self) -> bool:
        """Whether it is a public body: its acts may belong to the administrative judge (fact 63)."""
        return self.forme in {"etablissement-public", "collectivite"}


class NetworkHead(Organisation):
    """The head of the network, from piles.toml."""

    nda: TrainingNumber | None = Field(
        default=None, description="Numéro de déclaration d’activité de formation, si elle est en vigueur"
    )


class Profile(Record):
    """What the animateur or animatrice already masters: 0 discovers … 3 masters."""

    economie_solidaire: Annotated[int, whole_number(0, 3)] = Field(
        alias="economie-solidaire", description="Économie solidaire, de 0 (découvre) à 3 (maîtrise)"
    )
    accueil: Annotated[int, whole_number(0, 3)] = Field(
        description="Accueil et accompagnement de projets, de 0 (découvre) à 3 (maîtrise)"
    )
    animation: Annotated[int, whole_number(0, 3)] = Field(
        description="Animation de dynamiques collectives, de 0 (découvre) à 3 (maîtrise)"
    )
    outils: Annotated[int, whole_number(0, 3)] = Field(
        description="Outils des PILES, de 0 (découvre) à 3 (maîtrise)"
    )


class Animator(Person):
    """The animateur or animatrice whom the bearer employs (source, step 6)."""

    embauche_le: Day | None = Field(default=None, description="Date d’embauche")
    profil: Profile | None = Field(
        default=None, description="Acquis de la personne, qui règlent sa formation"
    )


_PartnerWord = Literal[
    "region",
    "departement",
    "commune",
    "epci",
    "pays",
    "etat",
    "chambre",
    "service-emploi",
    "dra",
    "association",
    "initiative",
    "citoyen",
    "autre",
]
_InvitationWord = Literal["copil", "financeurs", "inauguration", "partenaires", "porteurs-de-projet"]
PartnerType = Annotated[_PartnerWord, one_of(_PartnerWord)]
Invitation = Annotated[_InvitationWord, one_of(_InvitationWord)]


class Partner(Record):
    """A partner of the PILES on its territory, who is met, invited, and may fund (source, steps 4 and 5)."""

    id: Slug = Field(description="Identifiant court et unique dans le dossier : mairie-castellane")
    nom: Text = Field(description="Nom complet du partenaire")
    article: ArticleWord | None = Field(
        default=None, description="Article devant le nom, s’il ne se devine pas"
    )
    type: PartnerType = Field(description="Nature du partenaire")
    siege: Address | None = Field(default=None, description="Adresse où écrire")
    representant: Representative | None = Field(default=None, description="Personne à qui l’on écrit")
    invite_a: tuple[Invitation, ...] = Field(default=(), description="Rencontres où ce partenaire est invité")

    @property
    def article_effectif(self) -> Article:
        """The article to print before the name; none before a proper name that gives no other hint."""
        return self.article or guess_article(self.nom) or Article.NONE
