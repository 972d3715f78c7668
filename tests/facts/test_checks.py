"""Each check finds the fault that it is for, and lets right French pass: a check that cannot fail shows nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from piles_docs.french.typography import typeset

from . import checks

TIMELY = dt.date(2026, 11, 22)

WRONG: list[tuple[Callable[[str], list[str]], str]] = [
    (checks.placeholders, "Fait à {{ commune }}"),
    (checks.placeholders, "Le nom est None."),
    (checks.placeholders, "Jean &amp; Cie"),
    (checks.placeholders, "ci-après «\u00a0»"),
    (checks.spacing, "deux  espaces"),
    (checks.spacing, "un\u00a0 espace"),
    (checks.spacing, "une virgule , mal placée"),
    (checks.spacing, "un point ."),
    (checks.spacing, "le maire de Le Muy"),
    (checks.spacing, "à les Arcs"),
    (checks.spacing, "de le lundi"),
    (checks.spacing, "le siège du l’Atelier"),
    (checks.spacing, "près d’ Apt"),
    (checks.high_punctuation, "Vraiment ?"),
    (checks.high_punctuation, "Vraiment?"),
    (checks.high_punctuation, "10 €"),
    (checks.quotation_marks, "« Le Pôle\u00a0»"),
    (checks.quotation_marks, "«\u00a0Le Pôle »"),
    (checks.apostrophes, "l'Atelier"),
    (checks.abbreviations, "Mr Exemple"),
    (checks.abbreviations, "la 1ère séance"),
    (checks.abbreviations, "la 2ème séance"),
    (checks.abbreviations, "le 1 janvier 2026"),
    (checks.abbreviations, "M Exemple"),
    (checks.dates, "jeudi 11 décembre 2026"),
    (checks.dates, "le 31 février 2026"),
    (checks.months, "le 3 Janvier 2026"),
    (checks.months, "le 3 janv. 2026"),
    (checks.source_contact, "contact@apeas.fr"),
    (checks.one_form_of_piles, "Un Pôle d’Initiatives Locales d’Économie Solidaire (PILES), le piles"),
    (checks.one_form_of_piles, "Un PILES est un Pôle d’Initiatives Locales d’Économie Solidaire."),
    (checks.one_form_of_piles, "Un PILES."),
    (checks.wrong_count, "Les 5 PILES de la région"),
    (checks.promised_timetable, "Le lancement a lieu un an après la charte."),
    (checks.promised_timetable, "Elle s’engage à ouvrir le Pôle dans un délai de six mois."),
    (checks.leftovers, "Mme Exemple, , présidente"),
    (checks.leftovers, "le Collectif ()"),
    (checks.leftovers, "née ou né(e) à Apt"),
    (checks.leftovers, ", présidente"),
    (checks.leftovers, "par délibération en date du ."),
    (checks.amounts_in_words, "450,00\u202f€ (quatre cents euros)"),
    (checks.amounts_in_words, "450,00\u202f€ (beaucoup d’euros)"),
    (checks.ibans, "FR14 2004 1010 0505 0001 3M02 607"),
    (checks.ibans, "FR1420041010050500013M02606"),
    (checks.exclusive_court, "devant le tribunal judiciaire de Marseille"),
    (checks.exclusive_court, "les tribunaux d’Aix-en-Provence"),
    (checks.exclusive_court, "le tribunal a compétence exclusive"),
    (checks.endless, "Elle est renouvelée par tacite reconduction."),
    (checks.endless, "conclue pour une durée indéterminée"),
    (checks.price, "Aucune somme."),
    (checks.price, "sans contrepartie financière, pour 10,00\u202f€"),
    (checks.price, "10,00\u202f€ (dix euros), TVA non applicable"),
    (checks.price, "10,00\u202f€ (dix euros), TVA non applicable, le 3 mai 2026 : 9,00\u202f€"),
    (checks.own_legal_basis, "en application de la loi n° 2000-321"),
    (checks.own_legal_basis, "au-delà de 23\u202f000\u202f€"),
    (checks.authority, "L’animateur est placé sous l’autorité de la Tête de réseau."),
    (checks.authority, "l’animatrice est mise à disposition de l’APEAS"),
    (checks.unused_definitions, "ci-après dénommée «\u00a0la Structure\u00a0». Fin."),
]
RIGHT: list[tuple[Callable[[str], list[str]], str]] = [
    (checks.placeholders, "Le nom «\u00a0Pôle\u00a0» ; nul autre."),
    (checks.spacing, "Afin de les réunir, de le lui dire et à les entendre, le maire du Muy reçoit les habitants d’Apt."),
    (checks.high_punctuation, "Quoi\u202f? 14:30, www.cnil.fr/x?y=1 et 10\u202f% : voir\u00a0: 3\u202f€".replace(" : voir", "")),
    (checks.quotation_marks, "«\u00a0Le Pôle\u00a0»"),
    (checks.apostrophes, "l’Atelier, https://cnil.example/l'avis"),
    (checks.abbreviations, "M.\u00a0Exemple et Mme\u00a0Modèle, le 1er janvier 2026, la 1re et la 2e séance"),
    (checks.dates, "jeudi 10\u00a0décembre 2026 et le 29 février 2028"),
    (checks.months, "le 3 janvier 2026 ; Janvier est froid"),
    (checks.one_form_of_piles, "Un Pôle d’Initiatives Locales d’Économie Solidaire (PILES) ; les PILES ; d-1.piles.v1"),
    (checks.wrong_count, "Les PILES de la région"),
    (checks.promised_timetable, "Le lancement vient en moyenne un an après la charte."),
    (checks.leftovers, "Mme Exemple (présidente), née à Apt, etc., signe."),
    (checks.amounts_in_words, "1\u202f234,56\u202f€ (mille deux cent trente-quatre euros et cinquante-six centimes)"),
    (checks.ibans, "FR14\u00a02004\u00a01010\u00a00505\u00a00001\u00a03M02\u00a0606"),
    (checks.exclusive_court, "devant le tribunal territorialement compétent, selon le Code civil"),
    (checks.endless, "renouvelable par tacite reconduction pour une période déterminée de douze mois"),
    (checks.price, "sans contrepartie financière"),
    (checks.price, "10,00\u202f€ (dix euros), TVA non applicable, le 3 mai 2026\u00a0: 10,00\u202f€"),
    (checks.own_legal_basis, "23\u202f001\u202f€"),
    (checks.authority, "sous la seule autorité de la Structure ; elle met à disposition de la Structure des outils"),
    (checks.unused_definitions, "ci-après dénommée «\u00a0la Structure\u00a0». La Structure signe."),
]  # fmt: skip


@pytest.mark.parametrize(("check", "text"), WRONG)
def test_a_check_finds_its_fault(check: Callable[[str], list[str]], text: str) -> None:
    assert check(text)


@pytest.mark.parametrize(("check", "text"), RIGHT)
def test_a_check_lets_right_french_pass(check: Callable[[str], list[str]], text: str) -> None:
    assert check(text) == []


@pytest.mark.parametrize(
    ("text", "day", "is_right"),
    [
        ("le conseil départemental", dt.date(2015, 3, 21), False),
        ("le conseil départemental", dt.date(2015, 3, 22), True),
        ("le conseil général", dt.date(2015, 4, 3), False),
        ("la présidente du conseil général", dt.date(2011, 1, 5), True),
        ("le conseil général du Var (devenu conseil départemental)", TIMELY, True),
        ("France Travail", dt.date(2023, 12, 31), False),
        ("Pôle emploi", TIMELY, False),
        ("l’article 1375 du Code civil", dt.date(2016, 9, 30), False),
        ("l’article 1375 du Code civil", TIMELY, True),
        ("les articles 1316-1 et 1316-4 du Code civil", TIMELY, False),
        ("le RGPD", dt.date(2018, 5, 24), False),
        ("la loi n° 2014-856", dt.date(2014, 8, 1), False),
        ("le tribunal judiciaire", dt.date(2019, 12, 31), False),
        ("le tribunal de grande instance", TIMELY, False),
        ("le contrat d’engagement républicain", dt.date(2022, 1, 1), False),
        ("CUCS", TIMELY, False),
    ],
)
def test_words_and_law_have_their_time(text: str, day: dt.date, is_right: bool) -> None:
    assert (checks.anachronisms(text, day) == []) == is_right


@pytest.mark.parametrize(
    ("text", "is_right"),
    [
        ("SIRET 732\u00a0829\u00a0320\u00a000074", True),
        ("SIRET 732 829 320 00074", False),
        ("SIRET 732\u00a0829\u00a0320\u00a000075", False),
        ("SIREN 732\u00a0829\u00a0320", True),
        ("numéro SIREN 404\u00a0833\u00a0048", False),
    ],
)
def test_a_business_number_has_key_groups_and_owner(text: str, is_right: bool) -> None:
    assert (checks.business_numbers(text, [(None, "73282932000074")]) == []) == is_right


def test_an_rna_number_has_an_owner() -> None:
    assert checks.register_numbers("RNA W041234567", ["W041234567"]) == []
    assert checks.register_numbers("RNA W041234567", []) != []


@pytest.mark.parametrize(
    ("text", "is_right"),
    [
        ("Mme Lise Exemple, présidente, dûment habilitée", True),
        ("Mme Lise Exemple, président", False),
        ("Mme Lise Exemple\nprésident", False),
        ("Mme Lise Exemple, présidente, dûment habilité", False),
        ("M. Lise Exemple", False),
        ("Mme Lise Exemple et M. Noé Modèle, président", True),
    ],
)
def test_agreement_is_with_the_person_just_named(text: str, is_right: bool) -> None:
    people = [("Mme", "Lise Exemple"), ("M.", "Noé Modèle")]
    assert (checks.disagreements(text, people) == []) == is_right


@pytest.mark.parametrize(
    ("text", "is_right"),
    [
        ("L’Association Verdon Partagé (AVP). L’AVP signe.", True),
        ("L’AVP signe. L’Association Verdon Partagé.", False),
        ("L’Association verdon partagé", False),
    ],
)
def test_an_organisation_bears_one_name(text: str, is_right: bool) -> None:
    assert (checks.naming(text, "Association Verdon Partagé", "AVP") == []) == is_right


@pytest.mark.parametrize(
    ("text", "is_right"),
    [
        ("le maire du Muy, au Muy", True),
        ("le maire de Le Muy", False),
        ("à Le Muy", False),
        ("à Muy", False),
        ("83490 Le Muy", True),
    ],
)
def test_link_words_before_le_muy(text: str, is_right: bool) -> None:
    assert (checks.link_words(text, "Le Muy", de="du Muy", a="au Muy") == []) == is_right


@pytest.mark.parametrize("text", ["maire de Hyères", "maire de la Hyères"])
def test_link_words_before_hyeres(text: str) -> None:
    assert checks.link_words(text, "Hyères", de="d’Hyères")
    assert checks.link_words("le port d’Hyères", "Hyères", de="d’Hyères") == []


# Fact 52, and the words that go with it.
@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("quatre-vingts", 80), ("deux cents", 200), ("deux cent vingt", 220), ("mille", 1000),
        ("mille cinq cents", 1500), ("vingt et un mille", 21000), ("soixante et onze", 71), ("quatre-vingt-onze", 91),
        ("un million", 1_000_000), ("quatre-vingt-quinze", 95), ("deux mille cent quatre-vingt-un", 2181),
    ],
)  # fmt: skip
def test_numbers_in_words_are_read(words: str, number: int) -> None:
    assert checks.number_of(words) == number


def test_amounts_in_words_are_read() -> None:
    assert checks.cents_of_words("mille deux cent trente-quatre euros et cinquante-six centimes") == 123_456
    assert checks.cents_of_words("un million d’euros") == 100_000_000
    assert checks.amounts_in("1\u202f234,56\u202f€ et 80\u202f€") == [123_456, 8_000]


@pytest.mark.parametrize(
    ("text", "paper", "is_right"),
    [
        ("en deux (2) exemplaires originaux", True, True),
        ("en trois (3) exemplaires originaux", True, False),
        ("en deux (3) exemplaires originaux", True, False),
        ("Fait au Muy", True, False),
        ("une copie sur un support durable", False, True),
        ("en deux (2) exemplaires originaux, sur support durable", False, False),
        ("Fait au Muy", False, False),
    ],
)
def test_originals_are_counted(text: str, paper: bool, is_right: bool) -> None:
    assert (checks.originals(text, 2, paper=paper) == []) == is_right


@pytest.mark.parametrize(
    ("text", "headings", "is_right"),
    [
        ("voir l’article 2", ["Article 1 – Objet", "Article 2 – Durée"], True),
        ("voir l’article 3", ["Article 1 – Objet", "Article 2 – Durée"], False),
        ("voir les articles 1 et 4", ["Article 1 – Objet", "Article 2 – Durée"], False),
        ("l’article 1375 du Code civil", ["Article 1 – Objet"], True),
        ("", ["Article 1 – Objet", "Article 3 – Durée"], False),
        ("Annexe n° 1 : charte\nen annexe n° 2", ["Article 1 – Objet"], False),
    ],
)
def test_numbering_is_followed(text: str, headings: list[str], is_right: bool) -> None:
    assert (checks.numbering(text, headings) == []) == is_right


def test_what_must_and_must_not_be_said() -> None:
    assert checks.required("temps\u00a0plein", [("temps plein", "temps plein")]) == []
    assert checks.required("temps partiel", [("temps plein", "temps plein")]) == ["il manque : temps plein"]
    assert checks.forbidden("un jeune", [(r"\bjeune", "âge")])
    assert checks.forbidden("un déjeuner", [(r"\bjeune", "âge")]) == []


def test_dates_are_written_as_the_program_writes_them() -> None:
    assert checks.plain(typeset("1er mai 2026")) == checks.written(dt.date(2026, 5, 1))
