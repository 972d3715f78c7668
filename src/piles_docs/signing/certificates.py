"""Who a certificate is about, and until when it holds."""

from __future__ import annotations

import datetime as dt
import unicodedata
from dataclasses import dataclass

from asn1crypto import x509


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What is told of a certificate."""

    sha256: str
    """Its fingerprint, in hexadecimal."""
    subject: str
    """Whose it is, as printed: the common name."""
    words: frozenset[str]
    """The words of the names in it, without accents or capitals."""
    issuer: str
    begins_on: dt.datetime
    ends_on: dt.datetime

    @classmethod
    def of(cls, certificate: x509.Certificate) -> Certificate:
        """Tell what a certificate says."""
        subject = certificate.subject.native
        names = [subject.get(kind) for kind in ("common_name", "given_name", "surname")]
        return cls(
            sha256=certificate.sha256.hex(),
            subject=_first(names) or certificate.subject.human_friendly,
            words=frozenset(word for name in names for word in name_words(_first([name]))),
            issuer=_first([certificate.issuer.native.get("common_name")])
            or certificate.issuer.human_friendly,
            begins_on=certificate.not_valid_before,
            ends_on=certificate.not_valid_after,
        )

    def names(self, person: str) -> bool:
        """Tell whether this is a person's certificate: each word of the name is in it.

        Args:
            person: As printed in the document, with or without a title: « Mme Lise Exemple ».
        """
        wanted = name_words(person) - _TITLES
        return bool(wanted) and wanted <= self.words


_TITLES = frozenset({"m", "mme", "monsieur", "madame", "dr", "me"})


def name_words(name: str) -> frozenset[str]:
    """The words of a name, so that two ways to write it are the same: « LEFÈVRE Zoé », « Zoe Lefèvre »."""
    plain = unicodedata.normalize("NFKD", name.replace("œ", "oe").replace("Œ", "OE").replace("æ", "ae"))
    letters = "".join(
        letter if letter.isalnum() else " " for letter in plain if not unicodedata.combining(letter)
    )
    return frozenset(letters.casefold().split())


def _first(values: list[object]) -> str:
    """The first of some values that is there; a name may be given several times."""
    for value in values:
        if isinstance(value, list):
            return " ".join(map(str, value))
        if value:
            return str(value)
    return ""
