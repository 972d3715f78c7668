"""The article of a name, and the link words that contract or elide with it.

Rules: de + le = du, de + les = des, à + le = au, à + les = aux; *la* and *l’* never contract. *de*, *le* and
*la* are elided before a vowel or a mute h, never before an h aspiré, *onze*, *oui*, nor an initial
("de A. Tremblay"). Sigles follow their first letter: l’APEAS, la SNCF. Every result is written with the
typographic apostrophe.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files
from typing import Final

from piles_docs.french.communes import communes_named


class Article(StrEnum):
    """The article that a name takes inside a sentence, as the case file writes it."""

    LE = "le"
    LA = "la"
    ELIDED = "l'"
    LES = "les"
    NONE = "aucun"

    @classmethod
    def _missing_(cls, value: object) -> Article | None:
        """Accept what people and word processors write: a typographic apostrophe, capitals."""
        if not isinstance(value, str):
            return None
        written = value.strip().lower().replace("’", "'")
        return next((article for article in cls if article.value == written), None)


_OWN_ARTICLE: Final = re.compile(r"(?:(?P<word>le|la|les|aux)\s+|(?P<elided>l’)\s*)(?=\S)", re.IGNORECASE)
_OWN_ARTICLES: Final = {"le": Article.LE, "la": Article.LA, "les": Article.LES, "aux": Article.LES}
_VOWELS: Final = frozenset("aeiou")
_NEVER_ELIDED: Final = frozenset({"onze", "onzieme", "oui", "ouistiti", "uhlan", "ululement"})
_ELIDED_Y: Final = frozenset({"yeuse", "yeux", "yonne", "yerres", "yevre", "yevres", "yenne"})


def folded(text: str) -> str:
    """Return a key to compare names by: lower case, no accents or ligatures, straight apostrophes."""
    plain = unicodedata.normalize("NFD", text.lower().replace("œ", "oe").replace("æ", "ae").replace("’", "'"))
    return "".join(character for character in plain if not unicodedata.combining(character))


@lru_cache(maxsize=1024)  # the same words and names come back in all documents
def elides(name: str) -> bool:
    """Tell whether *de*, *le* or *la* lose their vowel before `name`."""
    if re.match(r"\w\.(?!\w)", name):
        return False
    word = _first_word(name)
    if word in _NEVER_ELIDED:
        return False
    if word.startswith("h"):
        return not _is_sigle(name) and not _has_aspirated_h(word)
    if word.startswith("y"):
        return not _is_sigle(name) and (word in _ELIDED_Y or word[1:2] not in _VOWELS | {""})
    return word[:1] in _VOWELS


def with_le(name: str, article: Article) -> str:
    """Return `name` behind its article: "l’Association Verdon Partagé", "le Haut-Verdon", "Annot"."""
    return _articled(name, article)[2]


def with_de(name: str, article: Article) -> str:
    """Return `name` linked by *de*: "du Haut-Verdon", "de l’Association …", "d’Annot".

    A name that begins with its own article keeps it, and contracts: "Le Cairn" gives "du Cairn".
    """
    article, bare, whole = _articled(name, article)
    match article:
        case Article.LE:
            return f"du {bare}"
        case Article.LES:
            return f"des {bare}"
        case Article.NONE if elides(whole):
            return f"d’{whole}"
        case _:
            return f"de {whole}"


def with_a(name: str, article: Article) -> str:
    """Return `name` linked by *à*: "au Haut-Verdon", "à l’Association …", "aux Amis du Verdon"."""
    article, bare, whole = _articled(name, article)
    match article:
        case Article.LE:
            return f"au {bare}"
        case Article.LES:
            return f"aux {bare}"
        case _:
            return f"à {whole}"


def with_dans(name: str, article: Article) -> str:
    """Return where it happens: "dans le Haut-Verdon"; a name without article is a town: "à Castellane"."""
    article, _, whole = _articled(name, article)
    return f"à {whole}" if article is Article.NONE else f"dans {whole}"


def article_of_commune(name: str) -> tuple[Article, str]:
    """Return the article inside a commune's name, and the rest: *le* and "Muy", *aucun* and "Annot"."""
    article, bare, _ = _articled(name, Article.NONE)
    return article, bare


def commune_with_de(name: str) -> str:
    """Return a commune linked by *de*: "du Muy", "des Arcs", "de La Seyne-sur-Mer", "d’Hyères".

    In communes *y* is always elided ("d’Yutz"). Before an h, INSEE's liaison code (TNCC) decides, except that
    a first word whose h is aspiré in the language is never elided ("de Houilles", as its people say); hamlets
    and names of former days, which have no code, follow the language.
    """
    article, _, whole = _articled(name, Article.NONE)
    if article is not Article.NONE:
        return with_de(name, Article.NONE)
    return f"d’{whole}" if _commune_elides(whole) else f"de {whole}"


def commune_with_a(name: str) -> str:
    """Return a commune linked by *à*: "au Muy", "aux Arcs", "à La Seyne-sur-Mer", "à L’Isle"."""
    return with_a(name, Article.NONE)


def _articled(name: str, article: Article) -> tuple[Article, str, str]:
    """Return the article that counts, the name without it, and the name with it."""
    name = name.strip().replace("'", "’")
    own = _OWN_ARTICLE.match(name)
    if own:
        word = own["word"]
        return _OWN_ARTICLES[word.lower()] if word else Article.ELIDED, name[own.end() :], name
    # Before an h the person who wrote "le" or "la" knows better than any list.
    if article in {Article.LE, Article.LA} and elides(name) and not folded(name).startswith("h"):
        article = Article.ELIDED
    match article:
        case Article.NONE:
            return article, name, name
        case Article.ELIDED:
            return article, name, f"l’{name}"
        case _:
            return article, name, f"{article} {name}"


def _commune_elides(name: str) -> bool:
    initial = folded(name)[:1]
    if initial != "h":
        return initial in _VOWELS | {"y"}
    # Where two communes of one name differ, no elision is never wrong: "de Hauteville".
    return not _has_aspirated_h(_first_word(name)) and all(
        commune.link == "1" for commune in communes_named(name)
    )


def _first_word(name: str) -> str:
    return re.split(r"[\W\d_]", folded(name))[0]


def _is_sigle(name: str) -> bool:
    word = re.split(r"\W", name)[0]
    return len(word) > 1 and word.isupper()


def _has_aspirated_h(word: str) -> bool:
    return word in _aspirated_h() or word.rstrip("sx") in _aspirated_h()


@cache
def _aspirated_h() -> frozenset[str]:
    lines = files(__package__).joinpath("aspirated_h.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(folded(line) for line in lines if line and not line.startswith("#"))
