"""The case, whole: one file of `cases/`, as `design/case-format.md` describes it."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from piles_docs.case.parties import Animator, Organisation, Partner, Person
from piles_docs.case.record import Record
from piles_docs.case.values import (
    Amount,
    ArticleWord,
    Day,
    Department,
    DueAmount,
    Hour,
    Means,
    PostalCode,
    SigningDate,
    Slug,
    Text,
    TrainingNumber,
    one_of,
    whole_number,
)

NOTHING_DUE = "aucune"
"""The word of a convention by which no party owes money to another."""

CONTRIBUTION_TAGS = frozenset({"contribution: aucune", "contribution: montant"})
"""What pydantic adds to an error's place to say which side of `contribution` it tried: not keys."""


class Territory(Record):
    """The territory's everyday name."""

    nom: Text = Field(description="Nom du territoire, sans article : Haut-Verdon")
    article: ArticleWord = Field(description="Article du nom : le donne « du Haut-Verdon »")


class Hub(Record):
    """The PILES itself."""

    nom: Text = Field(description="Nom du PILES : PILES du Haut-Verdon")
    region: Text = Field(description="Région : Provence-Alpes-Côte d’Azur")
    departement: Department = Field(description='Code officiel du département, entre guillemets : "04"')
    territoire: Territory | None = Field(default=None, description="Territoire couvert")
    antennes: tuple[Text, ...] = Field(default=(), description="Communes où le PILES tient une antenne")


_TrainingWord = Literal["reseau", "organisme-declare"]


_VatWord = Literal["non-applicable-293B", "exoneree-261-7-1b", "exoneree-261-4-4a", "taxable"]


class Instalment(Record):
    """One payment of a contribution."""

    le: Day = Field(description="Date d’échéance")
    montant: DueAmount = Field(description="Montant en euros")


class Contribution(Record):
    """What one party pays under a convention: amount, VAT position and schedule, never one alone."""

    montant: DueAmount = Field(description="Montant total en euros")
    tva: Annotated[_VatWord, one_of(_VatWord)] = Field(
        description="TVA : non applicable (CGI 293 B), exonérée (CGI 261, 7-1° b ou 4-4° a) ou taxable"
    )
    echeances: tuple[Instalment, ...] = Field(
        min_length=1, description="Échéances, dont la somme fait le montant"
    )
    autorisation: Text | None = Field(
        default=None,
        description="Si elle est payée sur une subvention, l’acte du financeur qui l’autorise, avec sa date",
    )


def _contribution_tag(value: object) -> str:
    return "contribution: aucune" if isinstance(value, str) else "contribution: montant"


_NothingDueWord = Literal["aucune"]
ContributionOrNone = Annotated[
    Annotated[Contribution, Tag("contribution: montant")]
    | Annotated[_NothingDueWord, one_of(_NothingDueWord), Tag("contribution: aucune")],
    Discriminator(_contribution_tag),
]


class Training(Record):
    """The animateur's three days of training (source, step 6)."""

    mode: Annotated[_TrainingWord, one_of(_TrainingWord)] | None = Field(
        default=None,
        description="reseau (transmission entre pairs) ou organisme-declare (formation déclarée)",
    )
    dates: tuple[Day, ...] = Field(default=(), description="Les trois jours de formation")
    lieu: Text | None = Field(default=None, description="Commune où se tient la formation")
    formateur: Person | None = Field(default=None, description="Formateur ou formatrice")
    nda: TrainingNumber | None = Field(
        default=None, description="Numéro de déclaration d’activité, avec organisme-declare"
    )
    prix: ContributionOrNone | None = Field(
        default=None, description="Prix de la formation, avec organisme-declare, ou le mot aucune"
    )


class Venue(Record):
    """Where a meeting is held."""

    nom: Text | None = Field(default=None, description="Salle ou bâtiment : salle des fêtes")
    voie: Text | None = Field(default=None, description="Numéro et voie")
    code_postal: PostalCode | None = Field(default=None, description="Code postal entre guillemets")
    commune: Text = Field(description="Nom de la commune")


class Decision(Record):
    """What a meeting decided: the thing, who does it, by when."""

    quoi: Text = Field(description="Décision ou action")
    qui: Text = Field(description="Qui s’en charge")
    pour_le: Day | None = Field(default=None, description="Pour quelle date")


_InterestWord = Literal["oui", "non", "a-preciser"]


class Opinion(Record):
    """The interest that one partner sees in a PILES, or not (source, step 4)."""

    partenaire: Text = Field(description="Identifiant d’un partenaire, ou nom d’un organisme")
    interet: Annotated[_InterestWord, one_of(_InterestWord)] = Field(description="oui, non ou a-preciser")
    precisions: Text | None = Field(default=None, description="Précisions et réserves")


_ConclusionWord = Literal["favorable", "a-eclaircir", "defavorable"]


class Minutes(Record):
    """What was said and decided at a meeting; without it, the minutes are printed as a form to fill in."""

    presents: tuple[Text, ...] = Field(
        default=(),
        description="Présents : identifiants de partenaires, porteuse, tete-de-reseau, "
        "ou « nom, qualité, organisme »",
    )
    excuses: tuple[Text, ...] = Field(default=(), description="Excusés, écrits de la même façon")
    besoins: tuple[Text, ...] = Field(default=(), description="Besoins constatés par le diagnostic")
    ressources: tuple[Text, ...] = Field(default=(), description="Ressources du territoire")
    a_verifier: tuple[Text, ...] = Field(default=(), description="Ce qui reste à vérifier")
    echanges: tuple[Text, ...] = Field(default=(), description="Ce qui a été dit, un point par ligne")
    avis: tuple[Opinion, ...] = Field(default=(), description="Intérêt exprimé par chaque partenaire")
    conclusion: Annotated[_ConclusionWord, one_of(_ConclusionWord)] | None = Field(
        default=None, description="favorable, a-eclaircir ou defavorable"
    )
    decisions: tuple[Decision, ...] = Field(default=(), description="Décisions et premières pistes d’action")
    prochaine_rencontre: Text | None = Field(default=None, description="Date, lieu et sujets de la prochaine")
    animation: Text | None = Field(default=None, description="Qui a animé la réunion")
    redaction: Text | None = Field(default=None, description="Qui a rédigé le compte rendu")


class Meeting(Record):
    """A meeting to which letters invite."""

    date: Day | None = Field(default=None, description="Date de la rencontre")
    heure: Hour | None = Field(default=None, description='Heure, entre guillemets : "14:30"')
    lieu: Venue | None = Field(default=None, description="Lieu de la rencontre")
    ordre_du_jour: tuple[Text, ...] = Field(default=(), description="Points de l’ordre du jour")
    reponse_avant: Day | None = Field(default=None, description="Date limite de réponse")
    compte_rendu: Minutes | None = Field(
        default=None, description="Ce qui a été dit et décidé (comité de pilotage)"
    )


class Meetings(Record):
    """The meetings of the seven steps."""

    reseau: Meeting | None = Field(default=None, description="Étape 1 : rencontre régionale du réseau")
    ca: Meeting | None = Field(
        default=None, description="Étape 2 : présentation au conseil d’administration de la structure"
    )
    copil: Meeting | None = Field(default=None, description="Étape 4 : premier comité de pilotage")
    financeurs: Meeting | None = Field(default=None, description="Étape 5 : premier tour de table financier")
    inauguration: Meeting | None = Field(default=None, description="Étape 7 : inauguration")
    partenaires: Meeting | None = Field(
        default=None, description="Étape 7 : réunion d’information des partenaires de terrain"
    )
    porteurs_de_projet: Meeting | None = Field(
        default=None,
        alias="porteurs-de-projet",
        description="Étape 7 : première réunion d’information collective des porteurs de projet",
    )


class Diagnostic(Record):
    """The diagnostic of the territory, which the bearer carries out (source, step 3)."""

    debut: Day | None = Field(default=None, description="Début du diagnostic")
    fin: Day | None = Field(default=None, description="Fin du diagnostic")
    perimetre: Text | None = Field(
        default=None, description="Périmètre : les dix-neuf communes du Haut-Verdon"
    )


class Convention(Record):
    """A convention between the head of the network and the bearer: seeding (step 3) or framework (step 6)."""

    lieu: Text | None = Field(default=None, description="Commune de signature : « Fait à … »")
    date: SigningDate | None = Field(
        default=None, description="Date de signature, ou a-la-signature pour la laisser à la main"
    )
    debut: Day | None = Field(default=None, description="Premier jour d’effet")
    fin: Day | None = Field(default=None, description="Dernier jour d’effet")
    preavis_jours: Annotated[int, whole_number(1, 365)] | None = Field(
        default=None, description="Délai de la mise en demeure avant résiliation, en jours"
    )
    contribution: ContributionOrNone | None = Field(
        default=None, description="Contribution financière, ou le mot aucune"
    )


class AnnualConvention(Convention):
    """The yearly convention of the network (source, step 7)."""

    annee: Annotated[int, whole_number(1997, 2100)] | None = Field(default=None, description="Année couverte")
    calendrier: tuple[Day, ...] = Field(default=(), description="Dates prévues des rencontres du réseau")


class Conventions(Record):
    """The three conventions."""

    amorcage: Convention | None = Field(default=None, description="Étape 3 : convention d’amorçage")
    cadre: Convention | None = Field(default=None, description="Étape 6 : convention cadre")
    annuelle: AnnualConvention | None = Field(default=None, description="Étape 7 : convention annuelle")


class Expense(Record):
    """One line of what the PILES costs."""

    poste: Text = Field(description="Poste de dépense")
    montant: Amount = Field(description="Montant en euros")


_FundingWord = Literal["demande", "acquis"]


class Income(Record):
    """One line of what pays for the PILES."""

    financeur: Text = Field(description="Identifiant d’un partenaire, ou texte libre : Autofinancement")
    montant: Amount = Field(description="Montant en euros")
    etat: Annotated[_FundingWord, one_of(_FundingWord)] = Field(description="demande ou acquis")


class Budget(Record):
    """The provisional budget of the PILES."""

    charges: tuple[Expense, ...] = Field(default=(), description="Dépenses")
    produits: tuple[Income, ...] = Field(default=(), description="Recettes")

    @property
    def total_charges(self) -> Decimal:
        """The sum of the expenses, in euros."""
        return sum((line.montant for line in self.charges), Decimal(0))

    @property
    def total_produits(self) -> Decimal:
        """The sum of the income, in euros."""
        return sum((line.montant for line in self.produits), Decimal(0))


_ContractWord = Literal["cdi", "cdd"]


class Position(Record):
    """The job that the bearer offers (source, step 6)."""

    contrat: Annotated[_ContractWord, one_of(_ContractWord)] | None = Field(
        default=None, description="Contrat de travail : cdi ou cdd"
    )
    fin: Day | None = Field(default=None, description="Dernier jour d’un contrat à durée déterminée")
    salaire_brut_mensuel: DueAmount | None = Field(default=None, description="Salaire brut mensuel, en euros")
    convention_collective: Text | None = Field(
        default=None, description="Convention collective : convention collective nationale ECLAT (IDCC 1518)"
    )
    candidatures_avant: Day | None = Field(default=None, description="Date limite des candidatures")


class Case(Record):
    """One case: a structure, its territory, and the road to its PILES."""

    dossier: Slug = Field(description="Nom du dossier : le nom du fichier sans .yaml")
    dossier_ouvert_le: Day | None = Field(default=None, description="Date d’ouverture du dossier")
    piles: Hub = Field(description="Le PILES")
    porteuse: Organisation = Field(description="La structure porteuse")
    animateur: Animator | None = Field(default=None, description="Étape 6 : l’animateur ou l’animatrice")
    poste: Position | None = Field(default=None, description="Étape 6 : le poste proposé")
    formation: Training | None = Field(default=None, description="Étape 6 : la formation")
    partenaires: tuple[Partner, ...] = Field(default=(), description="Les partenaires du territoire")
    rencontres: Meetings = Field(default_factory=Meetings, description="Les rencontres")
    diagnostic: Diagnostic | None = Field(default=None, description="Étape 3 : le diagnostic de territoire")
    conventions: Conventions = Field(default_factory=Conventions, description="Les conventions")
    budget: Budget | None = Field(default=None, description="Étape 5 : le budget prévisionnel")
    signature: Means = Field(default="papier", description="Manière de signer, pour qui n’en a pas d’autre")

    def means_of(self, person: Person) -> Means:
        """Return how a person signs: in their own way if the file says so, else in the case's."""
        return person.signature or self.signature
