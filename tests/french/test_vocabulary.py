from __future__ import annotations

import datetime as dt
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from piles_docs.french.vocabulary import vocabulary_at

LABOUR_CODE = dt.date(2008, 5, 1)
CODE_2016 = dt.date(2016, 10, 1)
RGPD = dt.date(2018, 5, 25)
BOUNDARIES = [
    ("conseil_departemental", dt.date(2015, 4, 2), "conseil général", "conseil départemental"),
    ("service_public_emploi", dt.date(2009, 1, 1), "ANPE", "Pôle emploi"),
    ("service_public_emploi", dt.date(2024, 1, 1), "Pôle emploi", "France Travail"),
    ("contrat_de_ville", dt.date(2007, 1, 1), "contrat de ville", "(CUCS)"),
    ("contrat_de_ville", dt.date(2015, 1, 1), "(CUCS)", "contrat de ville"),
    ("territoire_de_projet", dt.date(2014, 1, 27), "pays", "(PETR)"),
    ("direction_regionale_etat", dt.date(2009, 11, 10), "(DRTEFP)", "(DIRECCTE)"),
    ("direction_regionale_etat", dt.date(2021, 4, 1), "(DIRECCTE)", "(DREETS)"),
    ("dispositif_accompagnement", dt.date(2008, 1, 1), "(DLA)", "(DRA)"),
    ("dispositif_accompagnement", dt.date(2015, 1, 1), "(DRA)", "(DLA)"),
    ("tribunal_judiciaire", dt.date(2020, 1, 1), "tribunal de grande instance", "tribunal judiciaire"),
    ("article_originaux", CODE_2016, "article 1325 du Code civil", "article 1375 du Code civil"),
    ("articles_ecrit_electronique", CODE_2016, "articles 1316-1 et 1316-4 du", "articles 1366 et 1367 du"),
    ("article_force_obligatoire", CODE_2016, "article 1134 du Code civil", "article 1103 du Code civil"),
    ("articles_convention_formation", LABOUR_CODE, "L. 920-1 et", "L. 6353-1 et R. 6353-1"),
    ("articles_convention_formation", dt.date(2019, 1, 1), "et R. 6353-1 du", "et D. 6353-1 du"),
    ("article_information_stagiaire", LABOUR_CODE, "L. 920-5-3", "L. 6353-8"),
    ("article_reglement_stagiaires", LABOUR_CODE, "L. 920-5-1", "L. 6352-3"),
    ("protection_des_donnees", RGPD, "loi n° 78-17 du 6 janvier 1978 relative", "2016/679"),
    (
        "code_de_la_tva",
        dt.date(2026, 9, 1),
        "Code général des impôts",
        "Code des impositions sur les biens et services",
    ),
    ("rgpd", RGPD, "False", "True"),
    ("loi_ess", dt.date(2014, 8, 2), "False", "True"),
    ("contrat_engagement_republicain", dt.date(2022, 1, 2), "False", "True"),
]


@pytest.mark.parametrize(("term", "day", "before", "after"), BOUNDARIES)
def test_a_word_changes_on_its_day_and_not_the_day_before(
    term: str, day: dt.date, before: str, after: str
) -> None:
    eve = str(getattr(vocabulary_at(day - dt.timedelta(days=1)), term))
    then = str(getattr(vocabulary_at(day), term))
    assert before in eve
    assert after in then
    assert eve != then


@given(st.dates(dt.date(1990, 1, 1), dt.date(2100, 1, 1)))
def test_words_change_on_no_other_day(date: dt.date) -> None:
    eve = asdict(vocabulary_at(date - dt.timedelta(days=1)))
    changed = {term for term, word in asdict(vocabulary_at(date)).items() if word != eve[term]}
    assert changed == {term for term, day, *_ in BOUNDARIES if day == date}


# Domain reference, facts 11 to 17: from this day, and before it, what no document may contain.
@pytest.mark.parametrize(
    ("day", "never_before", "never_from"),
    [
        (dt.date(2015, 4, 3), "", "conseil général"),
        (dt.date(2015, 3, 22), "conseil départemental", ""),
        (dt.date(2024, 1, 1), "France Travail", "Pôle emploi"),
        (CODE_2016, "1375", "1325"),
        (CODE_2016, "1366", "1316"),
        (CODE_2016, "1103", "1134"),
        (RGPD, "RGPD", ""),
        (dt.date(2020, 1, 1), "tribunal judiciaire", "tribunal de grande instance"),
        (dt.date(2015, 1, 1), "", "CUCS"),
        (dt.date(2021, 4, 1), "DREETS", "DIRECCTE"),
    ],
)
@given(days=st.integers(1, 3000))
def test_no_word_is_used_outside_its_time(
    day: dt.date, never_before: str, never_from: str, days: int
) -> None:
    def all_words(date: dt.date) -> str:
        return " | ".join(str(word) for word in asdict(vocabulary_at(date)).values())

    assert not never_before or never_before not in all_words(day - dt.timedelta(days=days))
    assert not never_from or never_from not in all_words(day + dt.timedelta(days=days - 1))


def test_a_document_of_2011_speaks_as_in_2011() -> None:
    words = vocabulary_at(dt.date(2011, 1, 5))
    assert words.conseil_departemental == "conseil général"
    assert words.service_public_emploi == "Pôle emploi"
    assert words.territoire_de_projet == "pays"
    assert words.dispositif_accompagnement == "dispositif régional d’accompagnement (DRA)"
    assert not words.rgpd
    assert not words.loi_ess
    assert not words.contrat_engagement_republicain


def test_every_word_is_already_typeset_with_one_kind_of_apostrophe() -> None:
    for date in (dt.date(2011, 1, 5), dt.date(2026, 11, 22)):
        for word in asdict(vocabulary_at(date)).values():
            assert "'" not in str(word)
