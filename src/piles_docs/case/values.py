"""The kinds of value that a case file holds: text, word of a list, date, hour, amount, identifier.

Each refuses in French, with what to do; so no validator here is one of pydantic's own.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from difflib import get_close_matches
from enum import EnumMeta
from typing import Annotated, Final, Literal, get_args

from pydantic import (
    AfterValidator,
    BeforeValidator,
    PlainValidator,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import PydanticCustomError

from piles_docs.case import identifiers
from piles_docs.french import articles

REFUSAL: Final = "piles_refusal"
"""The pydantic error type of all our refusals; their `ctx` holds `message` and `remedy`."""

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_ISO_DATE = re.compile(r"(\d{4})-(\d\d?)-(\d\d?)", re.ASCII)
_FRENCH_DATE = re.compile(r"(\d\d?)[/.](\d\d?)[/.](\d{4})", re.ASCII)
_HOUR = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)", re.ASCII)
_SPOKEN_HOUR = re.compile(r"([01]?\d|2[0-3])\s*[hH:]\s*([0-5]\d)?", re.ASCII)
_FIRST_YEAR, _LAST_YEAR = 1990, 2100
_LARGEST_AMOUNT = Decimal(1_000_000_000)


def refusal(message: str, remedy: str) -> PydanticCustomError:
    """Make the error by which a validator refuses a value; both texts French, without final full stop."""
    return PydanticCustomError(REFUSAL, "{message}", {"message": message, "remedy": remedy})


def is_unprintable(character: str) -> bool:
    """Tell whether a character can't stand in a document: control, private, override, or not in XML 1.0.

    Emoji, joiners and every script are printable; line breaks and tabs are not part of a value.
    """
    return (
        unicodedata.category(character) in {"Cc", "Co", "Cs", "Zl", "Zp"}
        or character in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\ufffe\uffff"
    )


def _printable(text: str) -> str:
    for character in text:
        if is_unprintable(character):
            raise refusal(
                f"ce texte contient un caractère invisible (U+{ord(character):04X})",
                "retapez la valeur au clavier, sur une seule ligne, au lieu de la coller",
            )
    return text


def _slug(text: str) -> str:
    if not _SLUG.fullmatch(text):
        raise refusal(
            f"« {text} » ne peut pas servir d’identifiant",
            "n’employez que des minuscules sans accent, des chiffres et des tirets : haut-verdon",
        )
    return text


def _identifier(normalise: Callable[[str], str]) -> AfterValidator:
    def validate(text: str) -> str:
        try:
            return normalise(text)
        except identifiers.IdentifierError as error:
            raise refusal(error.message, error.remedy) from error

    return AfterValidator(validate)


def one_of(words: object) -> BeforeValidator:
    """Make the validator of a word out of a `Literal` or a `StrEnum`; it suggests the nearest one."""
    known: tuple[str, ...] = tuple(words) if isinstance(words, EnumMeta) else get_args(words)

    def validate(value: object) -> object:
        text = value.replace("’", "'").strip() if isinstance(value, str) else value
        if text in known:
            return text
        near = get_close_matches(str(value).lower(), known, n=1)
        said = "cette valeur" if isinstance(value, (dict, list)) else f"« {value} »"
        remedy = f"écrivez plutôt « {near[0]} »" if near else f"choisissez parmi : {', '.join(known)}"
        raise refusal(f"{said} n’est pas un mot attendu ici", remedy)

    return BeforeValidator(validate)


def _real_date(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _day(value: object) -> date:
    found = value if isinstance(value, date) and not isinstance(value, datetime) else None
    if isinstance(value, str) and (iso := _ISO_DATE.fullmatch(value.strip())):
        found = _real_date(*iso.groups())
        if found is None:
            raise refusal(f"la date « {value} » n’existe pas", "vérifiez le jour et le mois")
    if found is None:
        french = _FRENCH_DATE.fullmatch(value.strip()) if isinstance(value, str) else None
        meant = _real_date(*reversed(french.groups())) if french else None
        example = meant.isoformat() if meant else "2026-12-10"
        said = "cette valeur" if isinstance(value, (dict, list)) else f"« {value} »"
        raise refusal(f"{said} n’est pas une date", f"écrivez année-mois-jour : {example}")
    if not _FIRST_YEAR <= found.year <= _LAST_YEAR:
        raise refusal(
            f"l’année {found.year} semble fausse", f"écrivez une année entre {_FIRST_YEAR} et {_LAST_YEAR}"
        )
    return found


def _signing_date(value: object) -> object:
    if isinstance(value, str) and value.strip() == AT_SIGNATURE:
        return AT_SIGNATURE
    try:
        return _day(value)
    except PydanticCustomError as error:
        context = error.context or {}
        remedy = f"{context['remedy']}, ou le mot {AT_SIGNATURE}"
        raise refusal(str(context["message"]), remedy) from error


def _hour(value: object) -> str:
    text = value.strip() if isinstance(value, str) else ""
    if found := _HOUR.fullmatch(text):
        return f"{int(found[1]):02d}:{found[2]}"
    meant = _SPOKEN_HOUR.fullmatch(text)
    example = f"{int(meant[1]):02d}:{meant[2] or '00'}" if meant else "14:30"
    raise refusal(
        "cette valeur n’est pas une heure", f'écrivez heures:minutes entre guillemets : "{example}"'
    )


def _amount(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        raise refusal(
            "ce montant n’est pas un nombre",
            "écrivez-le en chiffres, sans espace ni €, avec un point pour les centimes : 1500.50",
        )
    amount = Decimal(value)
    if not 0 <= amount <= _LARGEST_AMOUNT:
        raise refusal(f"le montant {value} n’est pas possible", "écrivez un montant positif, en euros")
    if amount != round(amount, 2):
        raise refusal(f"le montant {value} a plus de deux décimales", "arrondissez-le au centime")
    return amount


def _due_amount(amount: Decimal) -> Decimal:
    if amount == 0:
        raise refusal("un montant dû ne peut pas être nul", "si rien n’est dû, écrivez contribution: aucune")
    return amount


def whole_number(smallest: int, largest: int) -> BeforeValidator:
    """Make the validator of a whole number between two bounds, both allowed."""

    def validate(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not smallest <= value <= largest:
            raise refusal(
                "ce n’est pas un nombre possible ici",
                f"écrivez un nombre entier de {smallest} à {largest}, sans guillemets",
            )
        return value

    return BeforeValidator(validate)


AT_SIGNATURE: Final = "a-la-signature"
"""The word that stands for a date which the signature itself will give."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1), AfterValidator(_printable)]
Slug = Annotated[
    Text, AfterValidator(_slug), WithJsonSchema({"type": "string", "pattern": f"^{_SLUG.pattern}$"})
]

Siren = Annotated[Text, _identifier(identifiers.normalise_siren)]
Siret = Annotated[Text, _identifier(identifiers.normalise_siret)]
Rna = Annotated[Text, _identifier(identifiers.normalise_rna)]
Iban = Annotated[Text, _identifier(identifiers.normalise_iban)]
TrainingNumber = Annotated[Text, _identifier(identifiers.normalise_training_number)]
Email = Annotated[Text, _identifier(identifiers.normalise_email)]
Phone = Annotated[Text, _identifier(identifiers.normalise_phone)]
PostalCode = Annotated[Text, _identifier(identifiers.normalise_postal_code)]
Department = Annotated[Text, _identifier(identifiers.normalise_department)]

_DATE_SCHEMA: Final = {"type": "string", "format": "date"}
_AMOUNT_SCHEMA: Final = {"type": "number", "minimum": 0}
Day = Annotated[date, PlainValidator(_day), WithJsonSchema(_DATE_SCHEMA)]
SigningDate = Annotated[
    date | Literal["a-la-signature"],
    PlainValidator(_signing_date),
    WithJsonSchema({"anyOf": [_DATE_SCHEMA, {"const": AT_SIGNATURE}]}),
]
Hour = Annotated[
    str, PlainValidator(_hour), WithJsonSchema({"type": "string", "pattern": f"^(?:{_HOUR.pattern})$"})
]
Amount = Annotated[Decimal, PlainValidator(_amount), WithJsonSchema(_AMOUNT_SCHEMA)]
DueAmount = Annotated[
    Decimal,
    PlainValidator(_amount),
    AfterValidator(_due_amount),
    WithJsonSchema({"type": "number", "exclusiveMinimum": 0}),
]

_CivilityWord = Literal["M.", "Mme"]
_FormWord = Literal["association", "etablissement-public", "cooperative", "collectivite", "autre"]
_MeansWord = Literal["papier", "electronique"]
Civility = Annotated[_CivilityWord, one_of(_CivilityWord)]
ArticleWord = Annotated[articles.Article, one_of(articles.Article)]
Form = Annotated[_FormWord, one_of(_FormWord)]
Means = Annotated[_MeansWord, one_of(_MeansWord)]
