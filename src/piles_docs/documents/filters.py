"""The French filters that templates use; each takes what a template can hold and gives a text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Protocol

from piles_docs.case.parties import guess_article
from piles_docs.documents.view import Absent
from piles_docs.french import articles, formatting
from piles_docs.french.agreement import agree, gender_of
from piles_docs.french.amounts import amount_in_words, in_figures, number_in_words, ordinal
from piles_docs.french.articles import Article
from piles_docs.french.dates import written_date, written_hour
from piles_docs.french.places import department
from piles_docs.french.protocol import in_order_of_precedence
from piles_docs.french.salutation import UNKNOWN_READER, closing, salutation


class Someone(Protocol):
    """A person as a template sees it."""

    civilite: str
    prenom: str
    nom: str
    fonction: Any
    appellation: Any


def _link(
    with_name: Callable[[str, Article], str], with_commune: Callable[[str], str]
) -> Callable[[Any], str]:
    """Make a filter that takes an organisation, a territory, or the name of a commune."""

    def link(thing: Any) -> str:  # a view or a text
        if isinstance(thing, str):
            return with_commune(thing)
        return with_name(str(thing.nom), _article(thing))

    return link


def _article(thing: Any) -> Article:  # a view
    found = thing.article_effectif if hasattr(thing, "article_effectif") else thing.article
    return Article(str(found))


def _verb(thing: Any, singular: str, plural: str) -> str:  # a view
    """The verb that follows a name: Les Amis de l’Échange étudient, Verdon Partagé étudie."""
    return plural if _article(thing) is Article.LES else singular


def _word_article(word: str) -> Article:
    return guess_article(word) or Article.LE


def _person_agrees(person: Someone, words: str) -> str:
    return agree(words, gender_of(person.civilite))


def _function(person: Someone) -> str:
    return agree(str(person.fonction), gender_of(person.civilite))


def _function_with_article(person: Someone) -> str:
    function = _function(person)
    if articles.elides(function):
        return f"l’{function}"
    return f"{'le' if person.civilite == 'M.' else 'la'} {function}"


def _call(person: Any) -> str:  # a person, or an absent one
    if isinstance(person, Absent):
        return UNKNOWN_READER
    return salutation(
        gender_of(person.civilite), _text(person.fonction), _text(getattr(person, "appellation", None))
    )


def _closing(*, plural: bool) -> Callable[..., str]:
    def close(person: Any, body: str | None = None) -> str:  # a person, or an absent one
        function = None if isinstance(person, Absent) else _text(person.fonction)
        return closing(function, body=_text(body), plural=plural)

    return close


def _text(value: object) -> str | None:
    """A text, or None for what is absent: asking is not printing, so nothing is noted as missing."""
    return str(value) if value else None


def _address(place: Any) -> str:  # a seat or a venue
    town = " ".join(str(part) for part in (place.code_postal, place.commune) if part)
    return ", ".join(str(part) for part in (getattr(place, "nom", None), place.voie, town) if part)


def _hour(hour: dt.time | str) -> str:
    return written_hour(hour if isinstance(hour, str) else f"{hour:%H:%M}")


def _join(words: Any) -> str:  # a list of texts
    return formatting.join_words([str(word) for word in words])


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


FILTERS: Mapping[str, Callable[..., Any]] = {
    "de": _link(articles.with_de, articles.commune_with_de),
    "a": _link(articles.with_a, articles.commune_with_a),
    "le": _link(articles.with_le, str),
    "dans": _link(articles.with_dans, articles.commune_with_a),
    "verbe": _verb,
    "de_mot": lambda word: articles.with_de(word, _word_article(word)),
    "le_mot": lambda word: articles.with_le(word, _word_article(word)),
    "departement": lambda code: department(code).name,
    "departement_de": lambda code: department(code).with_de,
    "departement_dans": lambda code: department(code).with_dans,
    "date": written_date,
    "date_longue": lambda date: written_date(date, weekday=True),
    "dates": lambda days: formatting.join_words([written_date(day) for day in days]),
    "heure": _hour,
    "montant": lambda amount: in_figures(Decimal(amount)),
    "montant_en_lettres": lambda amount: amount_in_words(Decimal(amount)),
    "en_lettres": number_in_words,
    "rang": ordinal,
    "par_preseance": in_order_of_precedence,
    "identite": lambda person: f"{person.civilite} {person.prenom} {person.nom}",
    "civilite": lambda person: "Madame" if person.civilite == "Mme" else "Monsieur",
    "accorde": _person_agrees,
    "fonction": _function,
    "fonction_avec_article": _function_with_article,
    "appel": _call,
    "formule": _closing(plural=False),
    "formule_nous": _closing(plural=True),
    "adresse": _address,
    "siret": formatting.format_siret,
    "nda": formatting.format_training_number,
    "iban": formatting.format_iban,
    "telephone": formatting.format_phone,
    "liste": _join,
    "majuscule": _capital,
}
"""By the name that templates use; docs/modeles.md explains them to staff."""

TAKES_ABSENT = frozenset({"appel", "formule", "formule_nous"})
"""Filters that have an answer for a person who is not known."""
