"""What a template can name: every variable with its parts, and every filter, each with a French description.

The case's variables come from the models of the case file; those that the program adds are described here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from typing import get_args, get_origin

from piles_docs.case.models import Case, Meeting
from piles_docs.case.network_models import Network
from piles_docs.case.parties import NetworkHead, Organisation, Partner
from piles_docs.case.paths import records_in
from piles_docs.case.record import Record
from piles_docs.methodology.model import load_methodology


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """Something that a template can name."""

    name: str
    """As a template writes it: `porteuse.siege.commune`; `partenaires[].nom` for the items of a list."""
    description: str
    parts: Mapping[str, Variable] = field(default_factory=dict)
    """What can follow its name; nothing for a single value."""
    many: bool = False
    """A list; its parts are those of each item."""

    @property
    def item(self) -> Variable:
        """One item of a list."""
        return replace(self, name=f"{self.name}[]", many=False)

    def all(self) -> Iterator[Variable]:
        """This variable and all that it holds."""
        yield self
        for part in self.parts.values():
            yield from part.all()


VALUE_NAMES = frozenset(
    name for kind in (str, int, Decimal, dt.date, dt.time) for name in dir(kind) if not name.startswith("_")
)
"""What can follow the name of a single value: `date.year`, `nom.upper`."""

_PROPERTIES = {
    "article_effectif": "Article à mettre devant le nom",
    "numero_siren": "Les neuf chiffres du SIREN, pris au besoin dans le SIRET",
    "est_de_droit_local": "Vrai pour une association d’Alsace-Moselle",
    "est_publique": "Vrai pour un établissement public ou une collectivité",
    "total_charges": "Somme des charges",
    "total_produits": "Somme des produits",
    "adresse_de_retour": "Adresse où revient le papier signé",
}
"""What the models compute."""

_ACT = {
    "titre": "Titre de l’acte",
    "reference": "Référence de l’acte",
    "signe_le": "Date de la dernière signature",
    "fin": "Dernier jour d’effet",
}
_DOCUMENT = {
    "titre": "Titre du document",
    "numero": "Pour un avenant : son numéro d’ordre",
    "reference": "Référence du document",
    "version": "Version, à partir de 1",
    "projet": "Vrai pour un projet, faux une fois émis",
    "exemplaire": "Numéro de cet exemplaire, quand il y en a plusieurs",
    "exemplaires": "Nombre d’exemplaires",
    "moyen": "papier ou electronique",
    "date": "Date du document ; absente quand elle est laissée à la main",
}
_SIGNATORY = {
    "partie": "porteuse, tete-de-reseau, animateur ou formateur",
    "nom": "Civilité, prénom et nom",
    "qualite": "Fonction",
    "pour": "Au nom de qui ; vide pour qui signe pour soi",
    "date_a_la_main": "Vrai sur papier",
    "case": "Emplacement de la signature",
}
_CHANGE = {
    "stipulation": "Article ou annexe que l’avenant change : Article 17 – Résiliation",
    "ajoutee": "Vrai quand l’acte signé ne l’a pas",
    "supprimee": "Vrai quand elle n’est plus écrite",
    "redaction": "Sa nouvelle rédaction ; seule dans son paragraphe",
}
_MODULE = {
    "titre": "Titre du module",
    "objectifs": "Objectifs du module, une liste",
    "contenu": "Contenu du module, une liste",
    "methode": "Méthode du module",
}
_SESSION = {
    "date": "Jour de la demi-journée",
    "moment": "matin ou après-midi",
    "debut": "Heure de début",
    "fin": "Heure de fin",
    "heures": "Durée",
}
_CATALOGUE = {
    **_MODULE,
    "domaine": "Domaine du module",
    "heures": "Durée du module",
    "retenu": "Vrai quand le plan le comprend",
}
_PARTICIPANT = {"nom": "Civilité, prénom et nom", "qualite": "Fonction", "organisme": "Nom de l’organisme"}
_COMMITTEE = {
    "invites": ("Ceux qui portent le projet et les partenaires invités", _PARTICIPANT),
    "presents": ("Les présents, d’après le compte rendu", _PARTICIPANT),
    "excuses": ("Les excusés, d’après le compte rendu", _PARTICIPANT),
    "avis": (
        "L’intérêt exprimé par chacun",
        {
            "organisme": "Nom de l’organisme",
            "interet": "oui, non ou a-preciser",
            "precisions": "Précisions et réserves",
        },
    ),
    "decisions": (
        "Les décisions",
        {"quoi": "Décision ou action", "qui": "Qui s’en charge", "pour_le": "Pour quelle date"},
    ),
}
_TERMS = {
    "conseil_departemental": "L’assemblée du département",
    "service_public_emploi": "ANPE, Pôle emploi ou France Travail",
    "contrat_de_ville": "Le contrat de ville ou le CUCS",
    "territoire_de_projet": "Le pays ou le PETR",
    "direction_regionale_etat": "DRTEFP, DIRECCTE ou DREETS",
    "dispositif_accompagnement": "DLA ou DRA",
    "tribunal_judiciaire": "Tribunal de grande instance ou tribunal judiciaire",
    "article_originaux": "Article du Code civil sur le nombre d’originaux",
    "articles_ecrit_electronique": "Articles sur l’écrit et la signature électroniques",
    "article_force_obligatoire": "Article sur la force obligatoire du contrat",
    "articles_convention_formation": "Articles sur la convention de formation",
    "article_information_stagiaire": "Article sur ce que le stagiaire sait avant de s’inscrire",
    "article_reglement_stagiaires": "Article sur le règlement applicable aux stagiaires",
    "code_de_la_tva": "Code dont on cite les articles sur la TVA",
    "protection_des_donnees": "Textes sur les données personnelles",
    "rgpd": "Vrai quand le RGPD s’applique",
    "loi_ess": "Vrai quand la loi de 2014 sur l’économie sociale et solidaire est en vigueur",
    "contrat_engagement_republicain": "Vrai quand ce contrat est demandé aux associations subventionnées",
}
_TO_SIGN = {
    "titre": "Titre du document",
    "reference": "Référence du document",
    "exemplaire": "Numéro de l’exemplaire, quand il y en a plusieurs",
    "exemplaires": "Nombre d’exemplaires",
    "page": "Page où signer",
    "endroit": "Où, sur cette page",
    "moyen": "papier ou electronique",
    "debloque": "Ce que la signature ouvre",
}
_TURN = {
    "titres": "Titres des documents que les mêmes personnes signent",
    "est_premier": "Vrai quand ce signataire signe le premier",
    "est_dernier": "Vrai quand il signe le dernier",
    "precedent": "Qui signe avant lui",
    "suivant": "Qui signe après lui",
}
_PROOF = {
    "titre": "Titre de l’acte",
    "reference": "Référence de l’acte",
    "version": "Version, à partir de 1",
    "projet": "Nom du PILES",
    "emis_le": "Date d’émission",
    "pages": "Nombre de pages de l’acte",
    "exemplaire": "Numéro de l’original dont on fait la preuve",
    "exemplaires": "Nombre d’originaux",
    "empreinte_emis": "SHA-256 du PDF émis",
    "empreinte_signe": "SHA-256 du PDF signé",
    "est_mixte": "Vrai quand une partie signe sur papier et une autre par voie électronique",
    "tete": "Tête du registre, à l’établissement de ce fichier",
    "empreinte_tete": "Empreinte entière du dernier fait enregistré",
    "etabli_le": "Quand ce fichier est établi, à la seconde",
    "reserves": "Ce qui n’a pas été vérifié ou est plus mince, une liste",
}
_CERTIFICATE = {
    "nom": "À quel nom il est",
    "emetteur": "L’autorité qui l’a délivré",
    "empreinte": "Son empreinte SHA-256",
    "debut": "Premier jour de validité",
    "fin": "Dernier jour de validité",
}
_PROOF_SIGNATORY = {
    "nom": "Qui signe, comme l’acte l’imprime",
    "partie": "La partie : la structure porteuse",
    "pour": "Au nom de qui ; vide pour qui signe pour soi",
    "moyen": "papier ou electronique",
    "signe_le": "Date de la signature ; absente tant qu’elle manque",
}
_SIGNATURE = {
    "niveau": "B-B, B-T, B-LT ou B-LTA",
    "niveau_explique": "Ce que ce niveau veut dire",
    "heure_annoncee": "L’heure, d’après le signataire ; vide s’il n’en donne pas",
    "heure_attestee": "L’heure, d’après un service d’horodatage ; vide sans horodatage",
    "ancre": "La racine de confiance où mène le certificat",
}
_PROOF_LISTS = {
    "courriels": (
        "Les courriels au sujet de l’acte",
        {
            "le": "Quand, à la seconde",
            "nom": "À qui",
            "adresse": "À quelle adresse",
            "objet": "Envoi ou rappel",
            "suite": "Ce que l’on sait de son départ",
        },
    ),
    "journal": (
        "Les faits enregistrés au sujet de l’acte",
        {
            "numero": "Numéro du fait",
            "enregistre_le": "Quand, à la seconde",
            "fait": "Ce qui s’est passé",
            "empreinte": "Empreinte du fait",
        },
    ),
    "pieces": (
        "Les fichiers joints",
        {"nom": "Nom du fichier", "description": "Ce que c’est", "empreinte": "Son SHA-256"},
    ),
    "verifications": (
        "Ce que chacun peut vérifier",
        {
            "but": "Ce que l’on vérifie",
            "reponse": "Ce qui s’affiche quand tout va bien",
            "commandes": "Les commandes, une liste",
        },
    ),
}
_FUNCTIONS = {
    "article": 'Numérote un article : article("duree")',
    "renvoi": 'Renvoie à un article : renvoi("duree")',
}

FILTER_DESCRIPTIONS = {
    "de": "Avec de : de l’Association Verdon Partagé",
    "a": "Avec à : à l’Association Verdon Partagé",
    "le": "Avec l’article : le Haut-Verdon",
    "dans": "Avec dans : dans le Haut-Verdon",
    "de_mot": "Nom commun avec de : du conseil d’administration",
    "le_mot": "Nom commun avec l’article : le conseil d’administration",
    "verbe": 'Verbe accordé avec le nom de la structure : verbe("étudie", "étudient")',
    "departement": "Nom du département d’après son code",
    "departement_de": "Nom du département avec de",
    "departement_dans": "Nom du département avec dans",
    "date": "Date en lettres : 10 décembre 2026",
    "dates": "Plusieurs dates en lettres",
    "date_longue": "Date avec le jour : jeudi 10 décembre 2026",
    "heure": "Heure : 14 h 30",
    "rang": "Nombre ordinal : 1er, 2e",
    "par_preseance": "Partenaires invités, dans l’ordre protocolaire ; avec la commune de la cérémonie",
    "montant": "Montant en euros : 300,00 €",
    "montant_en_lettres": "Montant en lettres : trois cents euros",
    "en_lettres": "Nombre en lettres : neuf",
    "identite": "Civilité, prénom et nom",
    "civilite": "Madame ou Monsieur",
    "accorde": 'Accord avec la personne : accorde("habilité")',
    "fonction": "Fonction, accordée : présidente",
    "fonction_avec_article": "Fonction avec son article : la présidente",
    "appel": "Appel d’une lettre : Monsieur le Maire",
    "formule": "Formule de politesse, quand une personne signe",
    "formule_nous": "Formule de politesse, quand plusieurs signent",
    "adresse": "Adresse sur une ligne",
    "siret": "SIRET ou SIREN, chiffres groupés",
    "nda": "Numéro de déclaration d’activité, chiffres groupés",
    "iban": "IBAN, caractères groupés",
    "telephone": "Téléphone : 04 00 00 00 00",
    "liste": "Liste de mots : Castellane et Annot",
    "majuscule": "Majuscule au début",
}
"""The French filters, in one line each; docs/modeles.md has an example of each."""


@cache
def document_variables() -> Mapping[str, Variable]:
    """What the template of a document can name, by first name."""
    case = _parts((Case,), "")
    network = _parts((Network,), "")
    acts = ("charte", "convention_amorcage", "convention_cadre", "convention_annuelle")
    added = [
        network["tete_de_reseau"],
        network["reseau"],
        _group(
            "emetteur",
            "Sur le papier de qui le document est écrit",
            _parts((NetworkHead,), "emetteur."),
        ),
        _added("document", "Le document que l’on fait", _DOCUMENT),
        _added("signataires", "Ceux qui signent ce document, une liste", _SIGNATORY, many=True),
        _group(
            "destinataire",
            "À qui la lettre est écrite : un partenaire ou la structure porteuse",
            _parts((Partner, Organisation), "destinataire."),
        ),
        _group("rencontre", "La rencontre dont parle ce document", _parts((Meeting,), "rencontre.")),
        _group(
            "actes",
            "Les documents déjà signés du dossier",
            {name: _added(f"actes.{name}", f"Acte signé : {name.replace('_', ' ')}", _ACT) for name in acts},
        ),
        _added(
            "jalons",
            "Les dates des jalons atteints",
            {one.id.replace("-", "_"): f"Quand {one.title}" for one in load_methodology().milestones},
        ),
        _added("acte", "Pour un avenant : l’acte qu’il modifie", _ACT),
        _added("modifications", "Pour un avenant : ce qui change, une liste", _CHANGE, many=True),
        _committee(),
        _plan(),
        _added("termes", "Les mots et la loi à la date du document", _TERMS),
        *_functions(),
    ]
    return case | {variable.name: variable for variable in added}


@cache
def cover_variables() -> Mapping[str, Variable]:
    """What the template of a pack's cover can name, by first name."""
    pack = {
        name: Variable(name=f"pack.{name}", description=description)
        for name, description in {
            "signataire": "Qui signe",
            "qualite": "Sa fonction",
            "pour": "Au nom de qui",
            "date_limite": "Avant quand",
            "emis_le": "Date d’émission",
            "moyens": "Les manières de signer : papier, electronique",
            "registre": "Le numéro et l’empreinte du dernier fait enregistré, à garder",
            "recommandation": "Un conseil",
        }.items()
    }
    person = {"rang": "Rang", "nom": "Nom", "est_ce_signataire": "Vrai pour qui lit cette page"}
    back = {"destinataire": "À qui renvoyer", "adresse": "Adresse postale", "courriel": "Courriel"}
    pack |= {
        "a_signer": _added("pack.a_signer", "Ce qui est à signer, une liste", _TO_SIGN, many=True),
        "deja_signe": _added(
            "pack.deja_signe", "Ce qu’il a déjà signé, une liste", {"titre": "Titre", "le": "Date"}, many=True
        ),
        "annexes": _added(
            "pack.annexes", "Ce qui est à lire, une liste", {"titre": "Titre", "page": "Page"}, many=True
        ),
        "tours": replace(
            turns := _added("pack.tours", "Qui signe quoi, dans quel ordre, une liste", _TURN, many=True),
            parts={
                **turns.parts,
                "personnes": _added(
                    "pack.tours[].personnes", "Ceux qui signent, une liste", person, many=True
                ),
            },
        ),
        "retour": _added("pack.retour", "Où renvoyer", back),
    }
    known = document_variables()
    shared = ("tete_de_reseau", "emetteur", "document", "signataires", "article", "renvoi")
    return {
        "pack": _group("pack", "Ce que reçoit un signataire", pack),
        **{name: known[name] for name in shared},
    }


@cache
def proof_variables() -> Mapping[str, Variable]:
    """What the template of a proof file can name, by first name."""
    signatories = _added("preuve.signataires", "Ceux qui signent, une liste", _PROOF_SIGNATORY, many=True)
    signature = _added(
        "preuve.signataires[].electronique", "Sa signature électronique, si elle est dans le PDF", _SIGNATURE
    )
    certificate = _added(f"{signature.name}.certificat", "Son certificat", _CERTIFICATE)
    signature = replace(signature, parts={**signature.parts, "certificat": certificate})
    parts = {
        **_added("preuve", "", _PROOF).parts,
        **{
            name: _added(f"preuve.{name}", f"{description}, une liste", row, many=True)
            for name, (description, row) in _PROOF_LISTS.items()
        },
        "signataires": replace(signatories, parts={**signatories.parts, "electronique": signature}),
        "cachet": _added(
            "preuve.cachet", "Le certificat du cachet de ce fichier, s’il en porte un", _CERTIFICATE
        ),
    }
    known = document_variables()
    shared = ("tete_de_reseau", "emetteur", "document", "signataires", "article", "renvoi")
    return {
        "preuve": _group("preuve", "Ce que dit le fichier de preuve", parts),
        **{name: known[name] for name in shared},
    }


def _functions() -> Iterator[Variable]:
    for name, description in _FUNCTIONS.items():
        yield Variable(name=name, description=description)


def _committee() -> Variable:
    parts = {
        name: _added(f"comite.{name}", f"{description}, une liste", row, many=True)
        for name, (description, row) in _COMMITTEE.items()
    }
    return _group("comite", "Pour une rencontre : qui est venu, et ce qui s’est décidé", parts)


def _plan() -> Variable:
    sessions = _added("plan.seances", "Les six demi-journées, une liste", _SESSION, many=True)
    module = _added("plan.seances[].module", "Le module de la demi-journée", _MODULE)
    parts = {
        "heures": Variable(name="plan.heures", description="Nombre d’heures"),
        "jours": Variable(name="plan.jours", description="Nombre de jours"),
        "seances": replace(sessions, parts={**sessions.parts, "module": module}),
        "catalogue": _added("plan.catalogue", "Tous les modules, une liste", _CATALOGUE, many=True),
    }
    return _group("plan", "Pour la formation : le plan combiné selon le profil", parts)


def _group(name: str, description: str, parts: Mapping[str, Variable]) -> Variable:
    return Variable(name=name, description=description, parts=parts)


def _added(name: str, description: str, parts: Mapping[str, str], *, many: bool = False) -> Variable:
    inside = f"{name}[]." if many else f"{name}."
    return Variable(
        name=name,
        description=description,
        parts={
            part: Variable(name=inside + part, description=words, many=words.endswith(", une liste"))
            for part, words in parts.items()
        },
        many=many,
    )


def _parts(models: Iterable[type[Record]], inside: str) -> dict[str, Variable]:
    """The fields and computed values of groups of keys, by the name that a template gives them."""
    parts: dict[str, Variable] = {}
    for model in models:
        for name, found in model.model_fields.items():
            many = _holds_list(found.annotation)
            full = f"{inside}{name}"
            parts[name] = Variable(
                name=full,
                description=found.description or "",
                parts=_parts(records_in(found.annotation), f"{full}[]." if many else f"{full}."),
                many=many,
            )
        for name, description in _PROPERTIES.items():
            if isinstance(getattr(model, name, None), property):
                parts[name] = Variable(name=f"{inside}{name}", description=description)
    return parts


def _holds_list(annotation: object) -> bool:
    return get_origin(annotation) is tuple or any(map(_holds_list, get_args(annotation)))
