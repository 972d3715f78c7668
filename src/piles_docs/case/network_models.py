"""The workspace's piles.toml: who heads the network, what is open, and the settings."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from piles_docs.case.parties import Address, NetworkHead
from piles_docs.case.record import Record
from piles_docs.case.values import Email, Text, one_of, whole_number

_ConverterWord = Literal["auto", "libreoffice", "dxpdf"]


class OpenHub(Record):
    """A PILES already open."""

    nom: Text = Field(description="Nom du PILES")
    porteuse: Text = Field(description="Structure qui le porte")
    annee: Annotated[int, whole_number(1997, 2100)] = Field(description="Année d’ouverture")


class Sending(Record):
    """How packs leave and come back."""

    delai_jours: Annotated[int, whole_number(1, 365)] = Field(
        default=15, description="Délai laissé aux signataires, en jours"
    )
    rappel_jours: Annotated[int, whole_number(1, 365)] = Field(
        default=7, description="Jours entre deux courriels à la même personne sur le même document"
    )
    alerte_fin_jours: Annotated[int, whole_number(1, 730)] = Field(
        default=90, description="Jours avant la fin d’une convention où le programme le signale"
    )
    retour: Address | None = Field(default=None, description="Adresse de retour, si ce n’est pas le siège")
    courriel_retour: Email | None = Field(default=None, description="Courriel où renvoyer les documents")


_SecurityWord = Literal["starttls", "tls", "aucune"]


class MailSettings(Record):
    """How mail leaves; without a server, it is written as files to be sent by a person."""

    expediteur: Email | None = Field(default=None, description="Adresse d’expédition ; sinon courriel_retour")
    serveur: Text | None = Field(default=None, description="Serveur d’envoi (SMTP)")
    port: Annotated[int, whole_number(1, 65535)] = Field(default=587, description="Port du serveur")
    securite: Annotated[_SecurityWord, one_of(_SecurityWord)] = Field(
        default="starttls", description="Chiffrement : starttls, tls ou aucune"
    )
    utilisateur: Text | None = Field(
        default=None, description="Nom d’utilisateur ; le mot de passe est dans PILES_SMTP_MOT_DE_PASSE"
    )


class DocumentSettings(Record):
    """How documents are made."""

    convertisseur: Annotated[_ConverterWord, one_of(_ConverterWord)] = Field(
        default="auto", description="Programme qui fait les PDF : auto, libreoffice ou dxpdf"
    )


class RegisterSettings(Record):
    """Where the ledger is kept."""

    url: Text | None = Field(
        default=None,
        description="Adresse d’une base PostgreSQL partagée, sans mot de passe ; "
        "sinon un fichier dans records/",
    )


class TokenSettings(Record):
    """A key on a card or a token; its PIN is asked for, or in PILES_CLE_CODE."""

    module: Text = Field(description="Bibliothèque PKCS#11 du fabricant, chemin complet")
    jeton: Text = Field(description="Nom du jeton")
    cle: Text = Field(description="Nom de la clé et de son certificat sur le jeton")


class RemoteSettings(Record):
    """A remote signing service (CSC 1.0.4); its token is in PILES_CSC_JETON."""

    service: Text = Field(description="Adresse du service, jusqu’à /csc/v1 exclu")
    certificat: Text = Field(description="Identifiant du certificat chez ce service (credentialID)")


_LevelWord = Literal["B-B", "B-T", "B-LT", "B-LTA"]


class SignatureSettings(Record):
    """With what the network head seals, and how long signatures are to be checkable."""

    cle: Text | None = Field(
        default=None,
        description="Clé du cachet, fichier PKCS#12 ; son mot de passe est demandé, ou dans "
        "PILES_CLE_MOT_DE_PASSE",
    )
    jeton: TokenSettings | None = Field(default=None, description="Ou la clé du cachet sur une carte")
    distant: RemoteSettings | None = Field(default=None, description="Ou la clé du cachet chez un service")
    horodatage: Text | None = Field(default=None, description="Adresse du service d’horodatage (RFC 3161)")
    niveau: Annotated[_LevelWord, one_of(_LevelWord)] | None = Field(
        default=None, description="Niveau à atteindre ; sinon B-LTA avec un horodatage, B-B sans"
    )
    racines_du_systeme: bool = Field(
        default=False, description="Croire aussi les autorités que ce système connaît"
    )
    listes_europeennes: bool = Field(
        default=False,
        description="Croire aussi les prestataires qualifiés des listes de confiance de l’Union",
    )


class Network(Record):
    """piles.toml, whole."""

    tete_de_reseau: NetworkHead = Field(description="La tête de réseau")
    reseau: tuple[OpenHub, ...] = Field(default=(), description="Les PILES déjà ouverts")
    envoi: Sending = Field(default_factory=Sending, description="Envoi et retour des parapheurs")
    courriel: MailSettings = Field(default_factory=MailSettings, description="Envoi des courriels")
    document: DocumentSettings = Field(default_factory=DocumentSettings, description="Fabrication")
    registre: RegisterSettings = Field(default_factory=RegisterSettings, description="Registre")
    signature: SignatureSettings = Field(
        default_factory=SignatureSettings, description="Signature électronique"
    )

    @property
    def adresse_de_retour(self) -> Address:
        """Where signed paper comes back: the address given, else the head's seat."""
        return self.envoi.retour or self.tete_de_reseau.siege
