from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piles_docs.french.typography import NARROW_NO_BREAK_SPACE, NO_BREAK_SPACE, typeset

WORDS = [
    "'", "’", "«", "»", ":", ";", "!", "?", "%", "€", ",", ".", "-", "(", ")", "§", "h", "n°", "Nº", "M.", "MM.",
    "Mme", "Mmes", "art.", "article", "Articles", "Annexe", "alinéa", "p.", "L.", "R.", "1er", "5)", "5", "14", "04",
    "00", "500", "00074", "732", "0", "+33", "1 500", "12 h 30", "janvier", "août", "heures", "jour", "euros", "km",
    "m²", "k€", "1er août", "D. 5", "x04 00 00 00 14", "04 00 00 00 14", "+33 4 00 00 00 14", "732 829 320 00074",
    "3.500 000", "xp. 5", "L. 14", "www.x ; y", "x", "Lise", "@", "a@b.example", "https://", "www.", "14:30", "2021-1947",
]  # fmt: skip
SPACES = [" ", "\u00a0", "\u202f"]
# Pieces that set the rules against each other, in any order; and words one after the other.
pieces = st.lists(
    st.one_of(st.sampled_from([*WORDS, *SPACES, "  "]), st.text(st.characters(codec="latin-1"), max_size=3))
).map("".join)
sentences = st.lists(
    st.tuples(st.sampled_from(WORDS), st.sampled_from([*SPACES, *" " * 5])).map("".join), max_size=20
).map("".join)


# The rules written for people to read, each beginning with what stands before the space.
_MONTHS = "janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre"
# A pattern must match text that is already set as well, or a second pass would find new matches: hence S.
_S = f"[ {NO_BREAK_SPACE}{NARROW_NO_BREAK_SPACE}]"
_NO_BREAK = [
    " (?=[:»])",
    "(?<=«) ",
    r"(?<=\b[nN][°º]) (?=\w)",
    r"(?:(?<=\bM\.)|(?<=\bMM\.)|(?<=\bMme)|(?<=\bMmes)) (?=\w)",
    r"(?<=\bart\.) (?=\w)",
    r"(?<=\b[LRD]\.) (?=\d)",
    r"(?:(?<=\b[aA]rticle)|(?<=\b[aA]rticles)) (?=(?:[LRD]\.?\s?)?\d)",
    r"(?:(?<=\b[aA]nnexe)|(?<=\b[aA]linéa)|(?<=\bp\.)|(?<=§)) (?=\d)",
    rf"(?:(?<=\d)|(?<=\d(?:er))) (?=(?:{_MONTHS})\b)",
    r"(?:(?<=\d)|(?<=\d\))) (?=(?:heures?|jours?|mois|ans?|semaines?|minutes?|euros?|pages?)\b)",
    rf"(?<!\d)\d{{1,2}}{_S}h(?:{_S}\d\d)?\b",
    rf"\b0\d(?:{_S}\d\d){{4}}\b",  # telephone
    rf"\+33{_S}\d(?:{_S}\d\d){{4}}\b",
    rf"\b\d{{3}}(?:{_S}\d{{3}}){{2}}{_S}\d{{5}}\b",  # SIRET
]
_NARROW = [
    " (?=[;!?%€])",
    rf"(?<![\w.,-])\d{{1,3}}(?:{_S}\d{{3}})+(?![\w-])",  # thousands: 1 500
    r"(?<=\d) (?=(?:km|kg|ha|m²|k€|M€)(?!\w))",
]
_ADDRESS = r"(?:https?://|\bwww\.)[^\s«»<>]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"


def plain(text: str) -> str:
    """Each rule by itself, one after the other."""
    done = text.replace("'", "’")
    for rules, space in ((_NO_BREAK, NO_BREAK_SPACE), (_NARROW, NARROW_NO_BREAK_SPACE)):
        for rule in rules:
            done = re.sub(rule, lambda match, space=space: match[0].replace(" ", space), done)  # type: ignore[misc]
    for address in re.finditer(_ADDRESS, text):
        done = done[: address.start()] + address[0] + done[address.end() :]
    return done


@settings(max_examples=3000)
@given(st.one_of(pieces, sentences))
def test_the_quick_search_sets_what_the_plain_rules_set(text: str) -> None:
    assert typeset(text) == plain(text)


@given(pieces)
def test_setting_keeps_the_length_and_touches_only_spaces_and_apostrophes(text: str) -> None:
    done = typeset(text)
    assert len(done) == len(text)
    for before, after in zip(text, done, strict=True):
        assert before == after or (before, after) in {("'", "’"), (" ", "\u00a0"), (" ", "\u202f")}


@given(pieces)
def test_setting_twice_is_setting_once(text: str) -> None:
    assert typeset(typeset(text)) == typeset(text)


@given(pieces.filter(lambda text: not re.search(r"https?:|www|@", text)))
def test_no_breakable_space_is_left_beside_french_punctuation(text: str) -> None:
    assert not re.search(r" [;!?:%€»]|« |'", typeset(text))


UNTOUCHED = [
    "accueil@piles.example", "a.b+c@verdon-partage.example", "https://piles.example/l'an?a=1;b=2!c",
    "www.piles.example/d'ici", "14:30", "2021-1947", "2016/679", "haut-verdon.convention-cadre.v1",
    "invitation-copil.mairie-castellane.v2", "96-142", "04120",
]  # fmt: skip


@given(pieces, st.sampled_from(UNTOUCHED), pieces)
def test_addresses_hours_and_references_are_left_alone(before: str, kept: str, after: str) -> None:
    assert kept in typeset(f"{before} {kept} {after}")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("l'aide d'Annot", "l’aide d’Annot"),
        ("Objet : réunion", "Objet~: réunion"),
        ("oui ; non ! quoi ?", "oui_; non_! quoi_?"),
        ("« piles »", "«~piles~»"),
        ("20 % de 1 500,00 €", "20_% de 1_500,00_€"),
        ("1 000 000 habitants", "1_000_000 habitants"),
        ("lot 2 1500 pièces", "lot 2 1500 pièces"),
        ("en 2026 300 personnes", "en 2026 300 personnes"),
        ("loi n° 2014-856, N° 3", "loi n°~2014-856, N°~3"),
        ("M. Paul et Mme Lise, M. le Maire", "M.~Paul et Mme~Lise, M.~le Maire"),
        ("MM. X et Y, Mmes Z", "MM.~X et Y, Mmes~Z"),
        ("art. 3, article 4, articles 5 et 6, L. 121-1", "art.~3, article~4, articles~5 et 6, L.~121-1"),
        ("article L.6353-1, article R. 12", "article~L.6353-1, article~R.~12"),
        ("cet article dit", "cet article dit"),
        ("le 5 janvier 2011, le 1er mai", "le 5~janvier 2011, le 1er~mai"),
        ("14 h 30, 9 h, 24 h/24", "14~h~30, 9~h, 24~h/24"),
        ("tél. 04 00 00 00 00", "tél. 04~00~00~00~00"),
        ("tél. +33 4 00 00 00 00.", "tél. +33~4~00~00~00~00."),
        ("annexe 2, l'alinéa 4, p. 12, § 5", "annexe~2, l’alinéa~4, p.~12, §~5"),
        ("1 500,00 € (mille cinq cents euros)", "1_500,00_€ (mille cinq cents euros)"),
        ("de 14 h 30 à 16 h : 2 heures", "de 14~h~30 à 16~h~: 2~heures"),
        ("Objet : l'invitation du 1er mai 2026 à 9 h", "Objet~: l’invitation du 1er~mai 2026 à 9~h"),
        ("art. L. 6353-1 du Code", "art.~L.~6353-1 du Code"),
        ("3 place de la Fontaine, 04120 Castellane", "3 place de la Fontaine, 04120 Castellane"),
        ("SIRET 732 829 320 00074", "SIRET 732~829~320~00074"),
        ("SIREN 732 829 320.", "SIREN 732_829_320."),
        ("trois jours (21 heures), soixante (60) jours", "trois jours (21~heures), soixante (60)~jours"),
        ("3 joursans", "3 joursans"),
        ("à 12 km", "à 12_km"),
        ("à 14:30, décret 2021-1947", "à 14:30, décret 2021-1947"),
        ("04120 Castellane", "04120 Castellane"),
        ("voir https://a.example/l'an?x=1 ; merci", "voir https://a.example/l'an?x=1_; merci"),
        ("« www.piles.example/l'an »", "«~www.piles.example/l'an~»"),
        ("l'adresse d'accueil@piles.example !", "l’adresse d’accueil@piles.example_!"),
    ],
)
def test_a_sentence_is_set(text: str, expected: str) -> None:
    assert typeset(text) == expected.replace("~", NO_BREAK_SPACE).replace("_", NARROW_NO_BREAK_SPACE)
