"""What generated cases are made of: invented people, and real places with the link words that they take.

The link words and the polite calls are written here by hand, from domain reference 4.1, 4.2 and 6.3: the tests
compare documents with them, so they owe nothing to the program.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Commune:
    """A commune, and how a sentence leads to it."""

    name: str
    postal_code: str
    department: str
    de: str
    a: str


COMMUNES = (
    Commune("Le Muy", "83490", "83", "du Muy", "au Muy"),
    Commune("La Seyne-sur-Mer", "83500", "83", "de La Seyne-sur-Mer", "à La Seyne-sur-Mer"),
    Commune("Les Arcs", "83460", "83", "des Arcs", "aux Arcs"),
    Commune("Hyères", "83400", "83", "d’Hyères", "à Hyères"),
    Commune("L’Isle-sur-la-Sorgue", "84800", "84", "de L’Isle-sur-la-Sorgue", "à L’Isle-sur-la-Sorgue"),
    Commune("Castellane", "04120", "04", "de Castellane", "à Castellane"),
    Commune("Annot", "04240", "04", "d’Annot", "à Annot"),
    Commune("Les Mées", "04190", "04", "des Mées", "aux Mées"),
    Commune("Embrun", "05200", "05", "d’Embrun", "à Embrun"),
    Commune("Antibes", "06600", "06", "d’Antibes", "à Antibes"),
    Commune("La Ciotat", "13600", "13", "de La Ciotat", "à La Ciotat"),
    Commune("Apt", "84400", "84", "d’Apt", "à Apt"),
    Commune("Le Havre", "76600", "76", "du Havre", "au Havre"),
    Commune("Les Sables-d’Olonne", "85100", "85", "des Sables-d’Olonne", "aux Sables-d’Olonne"),
    Commune("Évreux", "27000", "27", "d’Évreux", "à Évreux"),
    Commune("Ajaccio", "20000", "2A", "d’Ajaccio", "à Ajaccio"),
    Commune("Les Abymes", "97139", "971", "des Abymes", "aux Abymes"),
    Commune("Saint-Pierre", "97410", "974", "de Saint-Pierre", "à Saint-Pierre"),
)
ALSACE_MOSELLE_COMMUNES = (
    Commune("Yutz", "57970", "57", "d’Yutz", "à Yutz"),
    Commune("Erstein", "67150", "67", "d’Erstein", "à Erstein"),
    Commune("Colmar", "68000", "68", "de Colmar", "à Colmar"),
)

DEPARTMENTS = {
    "01": "de l’Ain", "04": "des Alpes-de-Haute-Provence", "05": "des Hautes-Alpes", "06": "des Alpes-Maritimes",
    "13": "des Bouches-du-Rhône", "26": "de la Drôme", "27": "de l’Eure", "28": "d’Eure-et-Loir", "30": "du Gard",
    "34": "de l’Hérault", "35": "d’Ille-et-Vilaine", "37": "d’Indre-et-Loire", "38": "de l’Isère",
    "41": "de Loir-et-Cher", "47": "de Lot-et-Garonne", "49": "de Maine-et-Loire", "54": "de Meurthe-et-Moselle",
    "57": "de la Moselle", "67": "du Bas-Rhin", "68": "du Haut-Rhin", "71": "de Saône-et-Loire", "75": "de Paris",
    "76": "de la Seine-Maritime", "77": "de Seine-et-Marne", "82": "de Tarn-et-Garonne", "83": "du Var",
    "84": "de Vaucluse", "85": "de la Vendée", "90": "du Territoire de Belfort", "95": "du Val-d’Oise",
    "2A": "de la Corse-du-Sud", "971": "de la Guadeloupe", "974": "de La Réunion", "976": "de Mayotte",
}  # fmt: skip

TERRITORIES = (
    ("Haut-Verdon", "le", "du Haut-Verdon", "dans le Haut-Verdon"),
    ("Embrunais", "l'", "de l’Embrunais", "dans l’Embrunais"),
    ("Alpilles", "les", "des Alpilles", "dans les Alpilles"),
    ("basse vallée de l'Argens", "la", "de la basse vallée de l’Argens", "dans la basse vallée de l’Argens"),
    ("Dracénie", "la", "de la Dracénie", "dans la Dracénie"),
    ("Hauts Plateaux", "les", "des Hauts Plateaux", "dans les Hauts Plateaux"),
    ("Hurepoix", "le", "du Hurepoix", "dans le Hurepoix"),
)
"""Name, article, and the two link words."""

WOMEN = (
    "Lise",
    "Anne-Éloïse",
    "Zoé",
    "Inès",
    "Marie-Ange",
    "Ghislaine",
    "Maëlle",
    "Odile",
    "Émilie",
    "Françoise",
)
MEN = ("Noé", "Jean-Marie", "Karim", "Rémi", "Gaël", "Étienne", "Jean-François", "Loïc", "Benoît", "Hugo")
SURNAMES = (
    "Exemple", "de La Fiction", "d’Hypothèse", "Le Personnage", "Vraisemblable-Durand", "O’Modèle", "Spécimen",
    "de Témoin", "L’Échantillon", "Prétexte", "Figurant", "Simulacre", "des Épreuves", "Maquette", "Canevas",
    "Le Brouillon-Martinet", "Archétype", "du Patron", "Gabarit", "Paradigme-Lefictif", "Ébauche", "Allégorie",
    "Parabole", "Le Prototype", "Esquisse", "d’Aventure", "Conjecture", "Postulat", "Théorème", "Lemme",
    "Corollaire-Desbois", "Variante", "de l’Alibi", "Utopie", "Légende", "Rêverie", "Chimère-Valmy", "Énigme",
    "Silhouette", "Imaginaire", "Mirage", "Fantaisie", "Fable", "Conte-Dupré", "Récit", "Nouvelle", "Satire",
)  # fmt: skip

_LONG = (
    "pour la promotion, l’accompagnement et le développement des initiatives solidaires, coopératives et citoyennes "
    "des vallées, des plateaux et de la haute plaine"
)
# Name, sigle, article, and the name behind de.
ASSOCIATIONS = (
    ("Association Verdon Partagé", "AVP", "l'", "de l’Association Verdon Partagé"),
    ("Argens & Cie Entraide", None, "aucun", "d’Argens & Cie Entraide"),
    ("Les Amis de l'Échange", "LADE", "les", "des Amis de l’Échange"),
    ("Le Cairn", None, "le", "du Cairn"),
    ("L'Arbre à Palabres", None, "l'", "de L’Arbre à Palabres"),
    ("Collectif d'Entraide et d'Initiatives", "CEI", None, "du Collectif d’Entraide et d’Initiatives"),
    (
        f"Association {_LONG}",
        "APADIS",
        None,
        f"de l’Association {_LONG}",
    ),
)
ESTABLISHMENTS = (
    (
        "Établissement public local Les Restanques",
        "EPL Les Restanques",
        None,
        "de l’Établissement public local Les Restanques",
    ),
    ("Lycée agricole des Hautes Terres", None, None, "du Lycée agricole des Hautes Terres"),
)
COOPERATIVES = (
    ("Coopérative d'activité Le Grand Large", "CAGL", None, "de la Coopérative d’activité Le Grand Large"),
    ("Oseraie & Compagnons", None, "l'", "de l’Oseraie & Compagnons"),
)
AUTHORITIES = (
    ("Commune des Arcs", None, None, "de la Commune des Arcs"),
    (
        "Communauté de communes Alpes et Durance",
        "CCAD",
        None,
        "de la Communauté de communes Alpes et Durance",
    ),
)
OTHERS = (
    ("Fondation Hameau Vivant", None, None, "de la Fondation Hameau Vivant"),
    ("Groupement d'intérêt public Rives", "GIP Rives", None, "du Groupement d’intérêt public Rives"),
)
ORGANISATIONS = {
    "association": ASSOCIATIONS,
    "etablissement-public": ESTABLISHMENTS,
    "cooperative": COOPERATIVES,
    "collectivite": AUTHORITIES,
    "autre": OTHERS,
}
HEADS = (
    ("Agence Provençale pour une Économie Alternative et Solidaire", "APEAS", "l'", "association"),
    ("Réseau Solidaire du Sud", None, None, "association"),
    ("Fédération des Pôles & Initiatives", "FPI", None, "association"),
)


@dataclass(frozen=True, slots=True)
class Office:
    """A function in both genders, and how a letter calls its holder; None where the reference does not say."""

    man: str
    woman: str
    call: tuple[str, str]
    """Of a man, of a woman."""
    regards: tuple[str, ...]
    """What the closing may express."""


HIGH, DISTINGUISHED, GREETINGS = "haute considération", "considération distinguée", "salutations"
MAYOR = Office("maire", "maire", ("Monsieur le Maire", "Madame la Maire"), (HIGH,))
HEAD_OF_ASSEMBLY = Office(
    "président", "présidente", ("Monsieur le Président", "Madame la Présidente"), (HIGH,)
)
CHAIR = Office("président", "présidente", ("Monsieur le Président", "Madame la Présidente"), (GREETINGS,))
CO_CHAIR = Office(
    "coprésident", "coprésidente", ("Monsieur le Coprésident", "Madame la Coprésidente"), (GREETINGS,)
)
DIRECTOR = Office(
    "directeur", "directrice", ("Monsieur le Directeur", "Madame la Directrice"), (DISTINGUISHED,)
)
PREFECT = Office("préfet", "préfète", ("Monsieur le Préfet", "Madame la Préfète"), (HIGH,))
REGIONAL = Office(
    "conseiller régional", "conseillère régionale",
    ("Monsieur le Conseiller régional", "Madame la Conseillère régionale"), (HIGH, DISTINGUISHED),
)  # fmt: skip
GENERAL = Office(
    "conseiller général", "conseillère générale",
    ("Monsieur le Conseiller général", "Madame la Conseillère générale"), (HIGH, DISTINGUISHED),
)  # fmt: skip
DEPARTMENTAL = Office(
    "conseiller départemental", "conseillère départementale",
    ("Monsieur le Conseiller départemental", "Madame la Conseillère départementale"), (HIGH, DISTINGUISHED),
)  # fmt: skip
DEPUTY = Office("adjoint", "adjointe", ("Monsieur l’Adjoint", "Madame l’Adjointe"), (HIGH, DISTINGUISHED))
OFFICER = Office("chargé de mission", "chargée de mission", ("Monsieur", "Madame"), (GREETINGS,))
COORDINATOR = Office("coordinateur", "coordinatrice", ("Monsieur", "Madame"), (GREETINGS,))
RESIDENT = Office("habitant", "habitante", ("Monsieur", "Madame"), (GREETINGS,))
TRAINER = Office("formateur", "formatrice", ("Monsieur", "Madame"), (GREETINGS,))
OFFICES = (
    MAYOR, HEAD_OF_ASSEMBLY, CO_CHAIR, DIRECTOR, PREFECT, REGIONAL, GENERAL, DEPARTMENTAL, DEPUTY, OFFICER,
    COORDINATOR, RESIDENT, TRAINER,
)  # fmt: skip

HOST_OFFICES = {
    "association": (CHAIR, CO_CHAIR),
    "etablissement-public": (DIRECTOR,),
    "cooperative": (DIRECTOR, CHAIR),
    "collectivite": (MAYOR, HEAD_OF_ASSEMBLY),
    "autre": (DIRECTOR, CHAIR),
}
BOARDS = {
    "association": ("conseil d'administration", "assemblée générale", "bureau"),
    "etablissement-public": ("conseil d'administration",),
    "cooperative": ("conseil d'administration", "assemblée générale"),
    "collectivite": ("conseil municipal",),
    "autre": ("conseil d'administration", "comité directeur"),
}
PARTNER_OFFICES = {
    "region": (HEAD_OF_ASSEMBLY, REGIONAL),
    "departement": (HEAD_OF_ASSEMBLY, GENERAL, DEPARTMENTAL),
    "commune": (MAYOR, DEPUTY),
    "epci": (HEAD_OF_ASSEMBLY,),
    "pays": (HEAD_OF_ASSEMBLY, OFFICER),
    "etat": (PREFECT, DIRECTOR),
    "chambre": (DIRECTOR,),
    "service-emploi": (DIRECTOR,),
    "dra": (OFFICER,),
    "association": (CHAIR, CO_CHAIR),
    "initiative": (COORDINATOR, CHAIR),
    "citoyen": (RESIDENT,),
    "autre": (OFFICER,),
}
