"""Writing a new case file: what was answered, then every later step, ready to be uncommented."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from piles_docs.case.organisation_checks import has_rna
from piles_docs.case.questions import Answers
from piles_docs.case.schema import SCHEMA_COMMENT

_PLAIN = re.compile(r"[^\W\d_][\w ’.()/-]*", re.UNICODE)
_RESERVED = {"true", "false", "null", "yes", "no", "on", "off"}


def commented_case(answers: Answers) -> str:
    """Return the text of a new case file.

    Args:
        answers: What was answered to `questions.QUESTIONS`, by path; each answer was accepted.
    """
    return "\n".join([SCHEMA_COMMENT, _HEADER, *_identity(answers), _LATER_STEPS])


def _identity(answers: Answers) -> Iterator[str]:
    yield _line(answers, "dossier")
    yield ""
    yield "## Le PILES. departement est le code officiel, entre guillemets."
    yield "piles:"
    for key in ("nom", "region", "departement"):
        yield _line(answers, f"piles.{key}")
    yield "  # territoire: {nom: Haut-Verdon, article: le}"
    yield "  # antennes: [Castellane, Annot]"
    yield ""
    yield "## La structure qui porte le PILES, et la personne qui signe pour elle."
    yield "porteuse:"
    yield _line(answers, "porteuse.nom")
    yield _line(answers, "porteuse.sigle", example="AVP")
    yield _line(answers, "porteuse.article", example="\"l'\"   ## le, la, l', les ou aucun")
    yield _line(answers, "porteuse.forme")
    yield "  # objet: développer l'entraide et les activités solidaires"
    yield "  siege:"
    yield _line(answers, "porteuse.siege.voie", example="3 place de la Fontaine")
    yield _line(answers, "porteuse.siege.code_postal")
    yield _line(answers, "porteuse.siege.commune")
    yield _line(answers, "porteuse.siret", example='"732 829 320 00074"')
    if has_rna(answers["porteuse.forme"], answers["porteuse.siege.code_postal"]):
        yield _line(answers, "porteuse.rna", example="W041234567")
    yield "  representant:"
    for key in ("civilite", "prenom", "nom", "fonction"):
        yield _line(answers, f"porteuse.representant.{key}")
    yield _line(answers, "porteuse.representant.courriel", example="presidence@structure.example")
    yield _line(answers, "porteuse.representant.telephone", example='"04 00 00 00 00"')
    yield "    # fin_de_mandat: 2027-06-30"


def _line(answers: Answers, path: str, example: str = "") -> str:
    *groups, key = path.split(".")
    indent = "  " * len(groups)
    answer = answers.get(path, "").strip()
    return f"{indent}{key}: {_quoted(answer)}" if answer else f"{indent}# {key}: {example}"


def _quoted(text: str) -> str:
    is_plain = _PLAIN.fullmatch(text) and text.lower() not in _RESERVED
    return text if is_plain else json.dumps(text, ensure_ascii=False)


_HEADER = """\
## Description d’un dossier PILES. Les lignes qui commencent par ## expliquent ; celles qui commencent par
## un seul # sont des exemples : retirez ce # et l’espace qui le suit, puis mettez vos valeurs.
## Dates : année-mois-jour. Nombres qui commencent par 0 (code postal, téléphone) : entre guillemets.
"""

_LATER_STEPS = """
## Étape 2 : la délibération qui autorise la signature. Ajoutez-la sous porteuse, à la suite de representant.
  # deliberation:
  #   organe: conseil d'administration
  #   convoque_le: 2026-09-25
  #   date: 2026-10-12
  #   membres: 9
  #   presents: 7
  #   representes: 1
  #   quorum: 5          ## nombre de présents exigé par les statuts
  #   pour: 8
  #   contre: 0
  #   abstentions: 0

## Étape 3 : le diagnostic de territoire, fait par la structure.
# diagnostic: {debut: 2026-10-20, fin: 2026-11-30, perimetre: les dix-neuf communes du Haut-Verdon}

## Étapes 4, 5 et 7 : les partenaires. id est un nom court, unique dans ce dossier.
## type : region, departement, commune, epci, pays, etat, chambre, service-emploi, dra, association,
## initiative, citoyen ou autre. invite_a : copil, financeurs, inauguration, partenaires, porteurs-de-projet.
# partenaires:
#   - id: mairie-castellane
#     nom: Commune de Castellane
#     type: commune
#     siege: {voie: place Marcel-Sauvaire, code_postal: "04120", commune: Castellane}
#     representant: {civilite: M., prenom: Paul, nom: Spécimen, fonction: maire}
#     invite_a: [copil, financeurs, inauguration]

## Les rencontres : reseau, ca, copil, financeurs, inauguration, partenaires, porteurs-de-projet.
# rencontres:
#   copil:
#     date: 2026-12-10
#     heure: "14:30"
#     lieu: {nom: salle des fêtes, voie: 1 rue Nationale, code_postal: "04120", commune: Castellane}
#     ordre_du_jour: [Conclusions du diagnostic, Échange, Premières pistes d'action]
#     reponse_avant: 2026-12-03

## Étapes 3, 6 et 7 : les conventions. date: a-la-signature laisse la date à écrire en signant.
## contribution: le mot aucune, ou montant, tva (non-applicable-293B, exoneree-261-7-1b,
## exoneree-261-4-4a ou taxable) et echeances, dont la somme fait le montant.
# conventions:
#   amorcage:
#     {lieu: Castellane, date: 2026-10-15, debut: 2026-10-15, fin: 2027-06-30, contribution: aucune}
#   cadre:
#     {lieu: Castellane, date: a-la-signature, debut: 2027-01-01, fin: 2029-12-31, preavis_jours: 60}
#   annuelle:
#     annee: 2027
#     lieu: Castellane
#     date: a-la-signature
#     debut: 2027-01-01
#     fin: 2027-12-31
#     contribution:
#       montant: 300
#       tva: non-applicable-293B
#       echeances: [{le: 2027-03-31, montant: 300}]

## Étape 5 : le budget prévisionnel. financeur : l’id d’un partenaire, ou un texte ; etat : demande ou acquis.
# budget:
#   charges: [{poste: Salaire, montant: 34000}, {poste: Fonctionnement, montant: 6000}]
#   produits:
#     - {financeur: mairie-castellane, montant: 10000, etat: demande}
#     - {financeur: Autofinancement, montant: 30000, etat: acquis}

## Étape 6 : l’animateur ou l’animatrice, et ses trois jours de formation.
## profil : de 0 (découvre) à 3 (maîtrise). mode : reseau, ou organisme-declare (ajoutez alors nda).
# animateur:
#   {civilite: M., prenom: Noé, nom: Modèle, courriel: animation@structure.example, embauche_le: 2027-01-04,
#    profil: {economie-solidaire: 1, accueil: 3, animation: 2, outils: 0}}
# formation:
#   {mode: reseau, dates: [2027-01-18, 2027-01-19, 2027-01-25], lieu: Castellane,
#    formateur: {civilite: Mme, prenom: Ana, nom: Témoin}}

## Manière de signer : papier ou electronique. Une personne peut avoir la sienne.
# signature: papier
"""
