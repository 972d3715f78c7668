"""The questions that `piles new` asks, in their order; the models themselves judge the answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from piles_docs.case.models import Case
from piles_docs.case.organisation_checks import has_rna
from piles_docs.case.parties import guess_article
from piles_docs.case.paths import field_at

Answers = Mapping[str, str]
"""What was answered, by dotted path; a question that was not answered is not there."""


def _always(_answers: Answers) -> bool:
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question; question and help are French."""

    path: str
    question: str
    help: str
    is_required: bool = True
    is_asked: Callable[[Answers], bool] = _always
    """Tells, from the earlier answers, whether the question makes sense."""

    def refusal(self, answer: str) -> str | None:
        """Return what is wrong with an answer and what to do, in French, or None when it is right."""
        if not answer.strip():
            return "cette réponse est nécessaire" if self.is_required else None
        try:
            _adapter(self.path).validate_python(answer)
        except ValidationError as error:
            context = error.errors()[0]["ctx"]
            return f"{context['message']} ; {context['remedy']}"
        return None


@cache
def _adapter(path: str) -> TypeAdapter[Any]:
    field = field_at(Case, tuple(path.split("."))) or FieldInfo()
    # A field keeps apart the constraints that its annotation was written with.
    annotation: Any = Annotated[(field.annotation, field.description, *field.metadata)]
    return TypeAdapter(annotation)


def _article_is_unknown(answers: Answers) -> bool:
    return guess_article(answers["porteuse.nom"]) is None


def _rna_is_possible(answers: Answers) -> bool:
    return has_rna(answers["porteuse.forme"], answers["porteuse.siege.code_postal"])


QUESTIONS = (
    Question(
        path="dossier",
        question="Nom court du dossier ?",
        help="minuscules sans accent, chiffres et tirets ; ce sera le nom du fichier : haut-verdon",
    ),
    Question(path="piles.nom", question="Nom du PILES ?", help="par exemple : PILES du Haut-Verdon"),
    Question(path="piles.region", question="Région ?", help="par exemple : Provence-Alpes-Côte d'Azur"),
    Question(path="piles.departement", question="Code du département ?", help="par exemple : 04, ou 2A"),
    Question(
        path="porteuse.nom",
        question="Nom complet de la structure porteuse ?",
        help="tel qu’il est dans ses statuts : Association Verdon Partagé",
    ),
    Question(
        path="porteuse.article",
        question="Quel article devant ce nom ?",
        help="le, la, l', les, ou aucun (« aucun » donne « de PECOS »)",
        is_asked=_article_is_unknown,
    ),
    Question(
        path="porteuse.sigle",
        question="Son sigle ?",
        help="laissez vide s’il n’y en a pas",
        is_required=False,
    ),
    Question(
        path="porteuse.forme",
        question="Sa forme ?",
        help="association, etablissement-public, cooperative, collectivite ou autre",
    ),
    Question(
        path="porteuse.siege.voie",
        question="Numéro et voie de son siège ?",
        help="laissez vide s’il n’y en a pas",
        is_required=False,
    ),
    Question(path="porteuse.siege.code_postal", question="Code postal ?", help="cinq chiffres : 04120"),
    Question(
        path="porteuse.siege.commune", question="Commune ?", help="avec son article : Le Muy, Castellane"
    ),
    Question(
        path="porteuse.siret",
        question="Numéro SIRET ?",
        help="quatorze chiffres ; laissez vide si vous ne l’avez pas sous la main",
        is_required=False,
    ),
    Question(
        path="porteuse.rna",
        question="Numéro RNA ?",
        help="W suivi de neuf chiffres ; laissez vide si vous ne l’avez pas sous la main",
        is_required=False,
        is_asked=_rna_is_possible,
    ),
    Question(
        path="porteuse.representant.civilite",
        question="Civilité de la personne qui signe pour la structure ?",
        help="Mme ou M.",
    ),
    Question(path="porteuse.representant.prenom", question="Son prénom ?", help="par exemple : Lise"),
    Question(path="porteuse.representant.nom", question="Son nom ?", help="par exemple : Exemple"),
    Question(
        path="porteuse.representant.fonction",
        question="Sa fonction ?",
        help="en minuscules et à son genre : présidente, directeur",
    ),
    Question(
        path="porteuse.representant.courriel",
        question="Son courriel ?",
        help="laissez vide s’il n’est pas connu",
        is_required=False,
    ),
    Question(
        path="porteuse.representant.telephone",
        question="Son téléphone ?",
        help="laissez vide s’il n’est pas connu",
        is_required=False,
    ),
)
"""The guided questions, in the order in which they are asked."""
