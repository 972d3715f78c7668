"""The identifiers of French administrative life: each function normalises one, or says why it cannot be.

Facts and test values: `reference/domain.md`, section 4.5.
"""

from __future__ import annotations

import re

import phonenumbers
from stdnum import exceptions, iban
from stdnum.fr import siren, siret

from piles_docs.french.places import departments

_SPACES = re.compile(r"[\s.\-]+")
_RNA = re.compile(r"W\d[0-9A-Z]\d{7}")
_TRAINING_NUMBER = re.compile(r"\d{11}", re.ASCII)
_POSTAL_CODE = re.compile(r"(?:0[1-9]|[1-8]\d|9[0-578])\d{3}", re.ASCII)
_EMAIL = re.compile(r"[^@\s,;<>()]+@(?:[^@\s,;<>().]+\.)+[^@\s,;<>().]{2,}")
_FRANCE = 33


class IdentifierError(ValueError):
    """An identifier cannot be right. Message and remedy are French, without final full stop."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy


def normalise_siren(text: str) -> str:
    """Return the nine digits of a SIREN; its Luhn sum must be right (INSEE, SIRENE register)."""
    try:
        return siren.validate(text)
    except exceptions.InvalidChecksum as error:
        message = (
            f"le SIREN « {text} » contient une erreur : son dernier chiffre ne correspond pas aux autres"
        )
        raise IdentifierError(message, "recopiez-le depuis l’avis de situation INSEE") from error
    except exceptions.ValidationError as error:
        message = f"« {text} » n’est pas un SIREN"
        raise IdentifierError(message, 'écrivez ses neuf chiffres, par exemple "732 829 320"') from error


def normalise_siret(text: str) -> str:
    """Return the fourteen digits of a SIRET.

    Luhn on the whole number and on its SIREN. La Poste's establishments follow another rule: the sum of
    the fourteen digits is a multiple of five, save for its seat, 356 000 000 00048, which passes Luhn.
    """
    try:
        return siret.validate(text)
    except exceptions.InvalidChecksum as error:
        message = (
            f"le SIRET « {text} » contient une erreur : son dernier chiffre ne correspond pas aux autres"
        )
        raise IdentifierError(message, "recopiez-le depuis l’avis de situation INSEE") from error
    except exceptions.ValidationError as error:
        message = f"« {text} » n’est pas un SIRET"
        remedy = 'écrivez ses quatorze chiffres, par exemple "732 829 320 00074"'
        raise IdentifierError(message, remedy) from error


def normalise_rna(text: str) -> str:
    """Return an association's RNA number: W and nine signs, a letter being allowed third (overseas)."""
    compact = _SPACES.sub("", text).upper()
    if not _RNA.fullmatch(compact):
        message = f"« {text} » n’est pas un numéro RNA"
        remedy = 'écrivez W suivi de neuf chiffres, comme sur le récépissé de la préfecture : "W041234567"'
        raise IdentifierError(message, remedy)
    return compact


def normalise_iban(text: str) -> str:
    """Return an IBAN without spaces; its mod-97 key must be right (ISO 13616)."""
    try:
        return iban.validate(text)
    except exceptions.InvalidChecksum as error:
        message = f"l’IBAN « {text} » contient une erreur : sa clé ne correspond pas aux autres chiffres"
        raise IdentifierError(message, "recopiez-le depuis le relevé d’identité bancaire") from error
    except exceptions.ValidationError as error:
        message = f"« {text} » n’est pas un IBAN"
        remedy = "recopiez-le depuis le relevé d’identité bancaire ; en France il commence par FR"
        raise IdentifierError(message, remedy) from error


def normalise_training_number(text: str) -> str:
    """Return the eleven digits of a training body's declaration of activity (C. trav. R.6351-6)."""
    compact = _SPACES.sub("", text)
    if not _TRAINING_NUMBER.fullmatch(compact):
        message = f"« {text} » n’est pas un numéro de déclaration d’activité"
        raise IdentifierError(message, 'écrivez ses onze chiffres, par exemple "93 13 11594 13"')
    return compact


def normalise_email(text: str) -> str:
    """Return an e-mail address with its domain in lower case."""
    compact = text.strip()
    if not _EMAIL.fullmatch(compact):
        message = f"« {text} » n’est pas une adresse de courriel"
        raise IdentifierError(message, "écrivez une seule adresse, comme prenom.nom@structure.example")
    local, _, domain = compact.partition("@")
    return f"{local}@{domain.lower()}"


def normalise_phone(text: str) -> str:
    """Return a phone number: ten digits for France, `+` and digits (E.164) for elsewhere."""
    remedy = 'écrivez dix chiffres, par exemple "04 00 00 00 00", ou le numéro international avec son +'
    message = f"« {text} » n’est pas un numéro de téléphone"
    try:
        number = phonenumbers.parse(text, "FR")
    except phonenumbers.NumberParseException as error:
        raise IdentifierError(message, remedy) from error
    if not phonenumbers.is_possible_number(number):
        raise IdentifierError(message, remedy)
    if number.country_code == _FRANCE:
        return f"0{number.national_number}"
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def normalise_postal_code(text: str) -> str:
    """Return the five digits of a French postal code."""
    compact = _SPACES.sub("", text)
    if not _POSTAL_CODE.fullmatch(compact):
        message = f"« {text} » n’est pas un code postal"
        raise IdentifierError(message, 'écrivez ses cinq chiffres entre guillemets, par exemple "04120"')
    return compact


def normalise_department(text: str) -> str:
    """Return a department's official code (INSEE): 01 to 95, 2A, 2B, 971 to 976."""
    compact = text.strip().upper()
    if compact not in departments():
        message = f"« {text} » n’est pas un code de département"
        raise IdentifierError(message, 'écrivez le code officiel entre guillemets, par exemple "04" ou "2A"')
    return compact
