"""Random but valid cases, the same for the same number: as a user could write them, from 2008 to 2028.

Each number decides the legal form of the bearer, the era, the means of signing and the genders in turn, so that a
dozen neighbours cover them all; chance does the rest. Everything optional is left out now and then.
"""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from piles_docs.case.models import Case
from piles_docs.case.network_models import Network
from piles_docs.case.reading import read_case
from piles_docs.errors import Defect
from piles_docs.french.dates import is_working_day

from .stock import (
    ALSACE_MOSELLE_COMMUNES,
    BOARDS,
    COMMUNES,
    DEPARTMENTS,
    HEAD_OF_ASSEMBLY,
    HEADS,
    HOST_OFFICES,
    MAYOR,
    MEN,
    ORGANISATIONS,
    PARTNER_OFFICES,
    SURNAMES,
    TERRITORIES,
    TRAINER,
    WOMEN,
    Commune,
    Office,
)

FORMS = tuple(ORGANISATIONS)
ERAS = tuple(
    dt.date.fromisoformat(day)
    for day in (
        "2010-02-01", "2014-09-15", "2022-05-02", "2025-05-05", "2018-05-28", "2015-09-01", "2008-02-04", "2017-11-06",
        "2019-03-04", "2026-09-07", "2021-05-03", "2023-03-06", "2012-05-07", "2013-11-04", "2016-11-07",
    )
)  # fmt: skip
"""The day each case is opened; its documents follow over some sixteen months."""
LEAVES_OUT = 0.15
"""How often a value that a case may lack is left out."""

_CALENDARS = ("04", "57", "971", "972", "973", "974", "976")
"""Departments that have each of the calendars of public holidays."""

Person = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """A case, the network it joins, and the days on which its documents are made."""

    number: int
    case: Case
    network: Network
    text: str
    """The case file."""
    warnings: tuple[Defect, ...]
    issued: Mapping[str, dt.date]
    """By document."""
    signed: Mapping[str, dt.date]
    """By signed document that others recall."""
    reached: Mapping[str, dt.date]
    """By milestone."""


@cache
def generate(number: int) -> Generated:
    """Make the case of this number."""
    return _Builder(number).build()


def as_case(data: Mapping[str, Any]) -> tuple[Case | None, tuple[Defect, ...], str]:
    """Read a case as the program reads its file; JSON is YAML too."""
    text = json.dumps(data, ensure_ascii=False, indent=1)
    reading = read_case(text, f"cases/{data['dossier']}.yaml")
    return reading.case, reading.defects, text


def with_key(number: int, digits: int) -> str:
    """Append to a number the key that makes its Luhn sum right; the whole has that many digits."""
    body = f"{number:0{digits - 1}d}"
    total = 0
    for rank, digit in enumerate(reversed(body)):
        doubled = int(digit) * (2 if rank % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return body + str(-total % 10)


class _Builder:
    def __init__(self, number: int) -> None:
        self.number = number
        self.random = random.Random(f"facts {number}")  # noqa: S311  # a game of chance, the same each time
        self.form = FORMS[number % len(FORMS)]
        self.complete = number % 4 == 0
        self.means = ("papier", "electronique", "mixte")[number % 3]
        self.day = ERAS[number % len(ERAS)] + dt.timedelta(days=7 * self.random.randrange(6))
        self.surnames = self.random.sample(SURNAMES, len(SURNAMES))
        self.alsace = self.form == "association" and number % 3 == 2

    def build(self) -> Generated:
        network = Network.model_validate(self.network())
        data = self.pruned(self.data())
        case, defects, text = as_case(data)
        assert case, (self.number, [str(defect) for defect in defects])
        road = self.road()
        return Generated(
            number=self.number,
            case=case,
            network=network,
            text=text,
            warnings=defects,
            issued=self.issued(case, road),
            signed={
                "charte": road["charte"],
                "convention-amorcage": road["amorcage"],
                "convention-cadre": road["cadre"],
                "convention-annuelle": road["annuelle"],
            },
            reached={
                "rencontre-faite": road["reseau"],
                "validation-ca": road["ca"],
                "besoin-confirme": road["fin-diagnostic"],
                "copil-favorable": road["copil"],
                "tour-de-table-tenu": road["financeurs"],
            },
        )

    # Days

    def road(self) -> dict[str, dt.date]:
        """The days of the seven steps: working days, in order."""
        after = {
            "reseau": 30, "ca": 58, "deliberation": 58, "charte": 72, "amorcage": 86, "diagnostic": 93,
            "fin-diagnostic": 170, "copil": 198, "financeurs": 247, "cadre": 310, "embauche": 338, "formation": 352,
            "annuelle": 394, "partenaires": 420, "inauguration": 436, "porteurs-de-projet": 448, "renouvellement": 560,
        }  # fmt: skip
        days = {name: self.day + dt.timedelta(days=count) for name, count in after.items()}
        return {name: self.working(day) for name, day in days.items()}

    def working(self, day: dt.date) -> dt.date:
        """The first working day from a day on, wherever in France."""
        while day.isoweekday() > 5 or not all(is_working_day(day, code) for code in _CALENDARS):
            day += dt.timedelta(days=1)
        return day

    def issued(self, case: Case, road: Mapping[str, dt.date]) -> dict[str, dt.date]:
        month = dt.timedelta(days=30)
        meetings = {
            "invitation-reseau": "reseau", "presentation-ca": "ca", "invitation-copil": "copil",
            "invitation-financeurs": "financeurs", "invitation-inauguration": "inauguration",
            "invitation-partenaires": "partenaires", "invitation-porteurs-de-projet": "porteurs-de-projet",
        }  # fmt: skip
        days = {document: road[name] - month for document, name in meetings.items()}
        return days | {
            "deliberation": road["deliberation"],
            "charte": road["charte"],
            "cahier-des-charges-diagnostic": road["amorcage"],
            "convention-amorcage": road["amorcage"],
            "emargement-copil": road["copil"],
            "compte-rendu-copil": road["copil"],
            "convention-cadre": road["cadre"],
            "profil-de-poste": road["cadre"],
            "plan-formation": road["embauche"],
            "emargement-formation": road["embauche"],
            "convention-annuelle": road["annuelle"],
            "avenant": road["annuelle"],
            "renouvellement": road["renouvellement"],
        }

    # People and bodies

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def person(self, office: Office | None = None, *, woman: bool | None = None) -> Person:
        is_woman = self.chance(0.5) if woman is None else woman
        person: Person = {
            "civilite": "Mme" if is_woman else "M.",
            "prenom": self.random.choice(WOMEN if is_woman else MEN),
            "nom": self.surnames.pop(),
        }
        if office:
            # Staff also write the masculine for a woman: the program makes it agree.
            agreed = is_woman and not self.chance(0.2)
            person["fonction"] = office.woman if agreed else office.man
        return person

    def reachable(self, person: Person, domain: str) -> Person:
        return person | {
            "courriel": f"contact@{domain}.example",
            "telephone": "04 00 00 00 " + f"{self.number % 100:02d}",
        }

    def seat(self, commune: Commune) -> dict[str, str]:
        street = self.random.choice(
            ("12 rue de l'Exemple", "3 bis, place de la Fontaine", "chemin des Écoles")
        )
        return {"voie": street, "code_postal": commune.postal_code, "commune": self.typed(commune.name)}

    def typed(self, text: str) -> str:
        """With the apostrophe of the keyboard, half of the time."""
        return text.replace("’", "'") if self.chance(0.5) else text.replace("'", "’")

    def board(self, organe: str, day: dt.date) -> dict[str, Any]:
        members = self.random.randrange(5, 31)
        present = self.random.randrange(members // 2 + 1, members)
        represented = self.random.randrange(0, members - present + 1)
        against = self.random.randrange(0, 2)
        abstaining = self.random.randrange(0, 2)
        return {
            "organe": organe,
            "convoque_le": (day - dt.timedelta(days=15)).isoformat(),
            "date": day.isoformat(),
            "heure": "18:30",
            "lieu": "salle des Fêtes",
            "membres": members,
            "presents": present,
            "representes": represented,
            "quorum": members // 2 + 1,
            "pour": present + represented - against - abstaining,
            "contre": against,
            "abstentions": abstaining,
            "secretaire": self.person(),
        }

    def network(self) -> dict[str, Any]:
        name, sigle, article, form = HEADS[self.number % len(HEADS)]
        commune = self.random.choice(COMMUNES[:12])
        siren = with_key(90_000_000 + self.number, 9)
        day = self.day - dt.timedelta(days=200)
        return {
            "tete_de_reseau": {
                "nom": self.typed(name),
                "sigle": sigle,
                "article": article,
                "forme": form,
                "objet": "promouvoir l'économie solidaire",
                "siege": self.seat(commune),
                "siret": with_key(int(siren) * 10_000 + 1, 14),
                "rna": f"W{130_000_000 + self.number}",
                "representant": self.reachable(
                    self.person(HOST_OFFICES["association"][0], woman=self.number % 4 < 2), "tete"
                ),
                "deliberation": self.board("conseil d'administration", day) if self.chance(0.3) else None,
                "iban": "FR14 2004 1010 0505 0001 3M02 606" if self.number % 3 else None,
                "nda": "93 13 00000 00" if self.number % 2 else None,
            },
            "reseau": [
                {"nom": "PILES de Marseille", "porteuse": "APEAS", "annee": 1997},
                {"nom": "PILES de Nice", "porteuse": "PECOS", "annee": 2005},
            ],
        }

    def organisation(self, road: Mapping[str, dt.date]) -> dict[str, Any]:
        names = ORGANISATIONS[self.form]
        name, sigle, article, _ = names[self.number // len(FORMS) % len(names)]
        commune = self.random.choice(ALSACE_MOSELLE_COMMUNES if self.alsace else COMMUNES)
        siren = with_key(91_000_000 + self.number, 9)
        office, organe = self.random.choice(HOST_OFFICES[self.form]), self.random.choice(BOARDS[self.form])
        if self.form == "collectivite":
            is_commune = name.startswith("Commune ")
            office = MAYOR if is_commune else HEAD_OF_ASSEMBLY
            organe = "conseil municipal" if is_commune else "conseil communautaire"
        deliberation = self.board(organe, road["deliberation"])
        has_rna = self.form == "association" and not self.alsace
        identifier = self.random.choice(("siret", "siret", "siren", "none"))
        return {
            "nom": self.typed(name),
            "sigle": sigle,
            "article": article,
            "forme": self.form,
            "objet": self.typed("développer l'entraide & l'initiative locale"),
            "siege": self.seat(commune),
            "siret": with_key(int(siren) * 10_000 + 1, 14) if identifier == "siret" else None,
            "siren": siren if identifier in {"siret", "siren"} else None,
            "rna": f"W{830_000_000 + self.number}" if has_rna else None,
            "representant": self.reachable(self.person(office, woman=self.number % 2 == 0), "porteuse"),
            "deliberation": deliberation if self.complete or self.number % 4 != 2 else None,
            "iban": "FR14 2004 1010 0505 0001 3M02 606" if self.chance(0.5) else None,
            "administrateurs_communs": [self.person()] if self.number % 5 == 1 else [],
        }

    def partners(self, road: Mapping[str, dt.date]) -> list[dict[str, Any]]:
        first, last = self.day, road["renouvellement"]
        wanted = (
            [*PARTNER_OFFICES]
            if self.complete
            else self.random.sample([*PARTNER_OFFICES], self.random.randrange(0, 9))
        )
        found = []
        for kind in wanted:
            commune = self.random.choice(COMMUNES)
            name, article = _partner_name(kind, commune, first, last)
            offices = [office for office in PARTNER_OFFICES[kind] if _exists(office, first, last)]
            if name is None or not offices:
                continue
            partner: dict[str, Any] = {"id": f"partenaire-{kind}", "nom": self.typed(name), "type": kind}
            if article:
                partner["article"] = article
            if self.chance(0.8):
                partner["siege"] = self.seat(commune)
            if self.chance(0.7):
                partner["representant"] = self.person(self.random.choice(offices))
                if kind == "commune" and partner["representant"]["fonction"] == "maire" and self.chance(0.3):
                    woman = partner["representant"]["civilite"] == "Mme"
                    partner["representant"]["appellation"] = (
                        "Madame le Maire" if woman else "Monsieur le Maire"
                    )
            partner["invite_a"] = [
                occasion
                for occasion in ("copil", "financeurs", "inauguration", "partenaires")
                if self.chance(0.5) and (occasion != "financeurs" or kind in _FUNDERS)
            ]
            found.append(partner)
        return found

    # The case

    def data(self) -> dict[str, Any]:
        road = self.road()
        host = self.organisation(road)
        seat = next(
            one
            for one in (*COMMUNES, *ALSACE_MOSELLE_COMMUNES)
            if one.postal_code == host["siege"]["code_postal"]
        )
        department = seat.department if self.chance(0.6) else self.random.choice(sorted(DEPARTMENTS))
        territory, article, with_de, _ = self.random.choice(TERRITORIES)
        partners = self.partners(road)
        return {
            "dossier": f"dossier-{self.number}",
            "dossier_ouvert_le": self.day.isoformat(),
            "piles": {
                "nom": f"PILES {with_de}",
                "region": self.typed("Provence-Alpes-Côte d'Azur"),
                "departement": department,
                "territoire": {"nom": self.typed(territory), "article": article},
                "antennes": [one.name for one in self.random.sample(COMMUNES, self.random.randrange(0, 5))],
            },
            "porteuse": host,
            "animateur": self.animator(road),
            "poste": self.position(road),
            "formation": self.training(road),
            "partenaires": partners,
            "rencontres": self.meetings(road),
            "diagnostic": {
                "debut": road["diagnostic"].isoformat(),
                "fin": road["fin-diagnostic"].isoformat(),
                "perimetre": self.typed("les dix-neuf communes de l'arrière-pays"),
            },
            "conventions": self.conventions(road),
            "budget": self.budget(partners),
            "signature": "electronique" if self.means == "electronique" else "papier",
        }

    def animator(self, road: Mapping[str, dt.date]) -> Person:
        person = self.person(woman=self.number % 3 != 1)
        skills = ("economie-solidaire", "accueil", "animation", "outils")
        return person | {
            "courriel": "animation@porteuse.example",
            "embauche_le": road["embauche"].isoformat(),
            "profil": {skill: self.random.randrange(4) for skill in skills},
            "signature": "electronique" if self.means == "mixte" else None,
        }

    def position(self, road: Mapping[str, dt.date]) -> dict[str, Any]:
        fixed = self.chance(0.5)
        return {
            "contrat": "cdd" if fixed else "cdi",
            "fin": (road["embauche"] + dt.timedelta(days=700)).isoformat() if fixed else None,
            "salaire_brut_mensuel": self.amount(2000, 2800),
            "convention_collective": "convention collective nationale ECLAT (IDCC 1518)"
            if self.chance(0.5)
            else None,
            "candidatures_avant": (road["cadre"] + dt.timedelta(days=20)).isoformat(),
        }

    def training(self, road: Mapping[str, dt.date]) -> dict[str, Any]:
        declared = self.number % 2 == 1
        first = road["formation"]
        second = self.working(first + dt.timedelta(days=1))
        days = [first, second, self.working(second + dt.timedelta(days=6))]
        return {
            "mode": "organisme-declare" if declared else "reseau",
            "nda": "93 13 00000 00" if declared else None,
            "prix": self.contribution(road["formation"]) if declared else None,
            "dates": [day.isoformat() for day in days],
            "lieu": self.random.choice(COMMUNES).name,
            "formateur": self.person(TRAINER if self.chance(0.5) else None, woman=self.number % 4 in {1, 2}),
        }

    def meetings(self, road: Mapping[str, dt.date]) -> dict[str, Any]:
        names = ("reseau", "ca", "copil", "financeurs", "inauguration", "partenaires", "porteurs-de-projet")
        return {name: self.meeting(road[name], copil=name == "copil") for name in names}

    def meeting(self, day: dt.date, *, copil: bool) -> dict[str, Any]:
        commune = self.random.choice(COMMUNES)
        agenda = (
            ["Conclusions du diagnostic", self.typed("Premières pistes d'action")]
            if copil
            else ["Accueil", "Échange"]
        )
        return {
            "date": day.isoformat(),
            "heure": self.random.choice(("09:00", "14:30", "18:30", "10:15")),
            "lieu": {"nom": "salle Polyvalente"} | self.seat(commune),
            "ordre_du_jour": agenda,
            "reponse_avant": (day - dt.timedelta(days=8)).isoformat(),
        }

    def conventions(self, road: Mapping[str, dt.date]) -> dict[str, Any]:
        year = road["annuelle"].year
        ends = {
            "amorcage": road["amorcage"] + dt.timedelta(days=300),
            "cadre": dt.date(road["cadre"].year + 3, 12, 31),
            "annuelle": dt.date(year, 12, 31),
        }
        found: dict[str, Any] = {}
        for name, end in ends.items():
            at_signature = self.chance(0.3)
            found[name] = {
                "lieu": self.random.choice(COMMUNES).name,
                "date": "a-la-signature" if at_signature else road[name].isoformat(),
                "debut": road[name].isoformat(),
                "fin": end.isoformat(),
                "preavis_jours": self.random.choice((15, 30, 45, 60, 80, 90)),
                "contribution": self.contribution(road[name]),
            }
        found["annuelle"]["annee"] = year
        return found

    def contribution(self, day: dt.date) -> Any:  # a word, or a group of keys
        if self.chance(0.4):
            return "aucune"
        cents = self.random.choice(
            (8_000, 20_000, 22_000, 100_000, 150_000, 2_100_000, 7_100, 9_100, 100_000_000, 123_456)
        )
        first = cents // 2
        parts = [cents] if self.chance(0.5) else [first, cents - first]
        return {
            "montant": cents / 100,
            "tva": self.random.choice(
                ("non-applicable-293B", "exoneree-261-7-1b", "exoneree-261-4-4a", "taxable")
            ),
            "echeances": [
                {"le": (day + dt.timedelta(days=60 * rank)).isoformat(), "montant": part / 100}
                for rank, part in enumerate(parts, 1)
            ],
            "autorisation": "lettre de la Région du 3 mars 2010" if self.chance(0.3) else None,
        }

    def amount(self, least: int, most: int) -> float:
        return self.random.randrange(least * 100, most * 100) / 100

    def budget(self, partners: list[dict[str, Any]]) -> dict[str, Any]:
        funders = [partner["id"] for partner in partners if "financeurs" in partner["invite_a"]]
        lines = [
            {
                "financeur": funder,
                "montant": self.amount(1000, 20000),
                "etat": self.random.choice(("demande", "acquis")),
            }
            for funder in funders
        ]
        lines.append({"financeur": "Autofinancement", "montant": self.amount(500, 9000), "etat": "acquis"})
        total = round(sum(round(line["montant"] * 100) for line in lines)) / 100
        return {"charges": [{"poste": "Fonctionnement & salaires", "montant": total}], "produits": lines}

    def pruned(self, data: dict[str, Any]) -> dict[str, Any]:
        """Without some of what a case may lack; a complete case keeps everything."""
        if self.complete:
            return data
        if self.chance(0.05):  # seldom: nearly every document says where the PILES is
            data["piles"]["territoire"] = None
        for path in _OPTIONAL:
            *groups, last = path.split(".")
            places: list[Any] = [data]
            for group in groups:
                places = [place[group] for place in places if isinstance(place, dict) and place.get(group)]
                places = [one for place in places for one in (place if isinstance(place, list) else [place])]
            for place in places:
                if isinstance(place, dict) and place.get(last) and self.chance(LEAVES_OUT):
                    place[last] = [] if isinstance(place[last], list) else None
        return data


_FUNDERS = frozenset({"region", "departement", "commune", "epci", "pays", "etat", "autre"})

_OPTIONAL = (
    "dossier_ouvert_le", "piles.antennes", "porteuse.sigle", "porteuse.objet", "porteuse.siege.voie",
    "porteuse.siret", "porteuse.siren", "porteuse.rna", "porteuse.representant.courriel",
    "porteuse.representant.telephone", "porteuse.deliberation.secretaire", "porteuse.deliberation.heure",
    "porteuse.deliberation.lieu", "animateur", "animateur.courriel", "animateur.embauche_le", "poste",
    "poste.contrat", "poste.salaire_brut_mensuel", "poste.candidatures_avant", "formation", "partenaires.siege.voie",
    "diagnostic", "budget", *(
        f"rencontres.{meeting}{key}"
        for meeting in ("reseau", "ca", "copil", "financeurs", "inauguration", "partenaires", "porteurs-de-projet")
        for key in ("", ".lieu.nom", ".lieu.voie", ".lieu.code_postal", ".ordre_du_jour", ".reponse_avant")
    ),
    *(
        f"conventions.{convention}{key}"
        for convention in ("amorcage", "cadre", "annuelle")
        for key in ("", ".preavis_jours", ".contribution")
    ),
)  # fmt: skip


def _exists(office: Office, first: dt.date, last: dt.date) -> bool:
    """Whether an office keeps its name over a case: general councils became departmental on 2 April 2015."""
    if "général" in office.man:
        return last < dt.date(2015, 3, 22)
    return "départemental" not in office.man or first >= dt.date(2015, 4, 2)


def _partner_name(
    kind: str, commune: Commune, first: dt.date, last: dt.date
) -> tuple[str | None, str | None]:
    """A partner's name and, where it must be given, its article; none where the name changed during the case."""
    dated = {
        "service-emploi": (("2009-01-01", "ANPE", "l'"), ("2024-01-01", "Pôle emploi", "aucun"), (None, "France Travail", "aucun")),
        "etat": (
            ("2009-11-10", "Préfecture de région", None),
            ("2021-04-01", "DIRECCTE", "la"),
            (None, "DREETS", "la"),
        ),
        "departement": (("2015-03-22", "Conseil général du Var", "le"), (None, "Département du Var", None)),
        "dra": (("2015-01-01", "Réseau local d'accompagnement du Var", None), (None, "Agence d'accompagnement du Var", None)),
        "pays": (("2014-01-27", "Pays de la Haute Vallée", None), (None, "PETR de la Haute Vallée", "le")),
    }  # fmt: skip
    if kind in dated:
        ends = [until for until, _, _ in dated[kind] if until]
        if any(first <= dt.date.fromisoformat(day) <= last for day in ends):
            return None, None
        return next(
            (name, article)
            for until, name, article in dated[kind]
            if until is None or last.isoformat() < until
        )
    return {
        "region": ("Région Provence-Alpes-Côte d'Azur", None),
        "commune": (f"Commune {commune.de}", None),
        "epci": ("Communauté de communes Lacs & Vallées", None),
        "chambre": ("Chambre de métiers et de l'artisanat", None),
        "association": ("Les Tisserands de l'Ubaye", "les"),
        "initiative": ("Épicerie solidaire La Halte", "l'"),
        "citoyen": ("Comité d'habitants du Vieux Bourg", None),
        "autre": ("Banque coopérative du Sud", None),
    }[kind]
