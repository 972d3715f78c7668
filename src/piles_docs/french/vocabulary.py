"""Words and law by the date of a document: a case of 2011 prints as 2011 (domain reference, section 3)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """What institutions and texts were called on a date."""

    conseil_departemental: str
    service_public_emploi: str
    contrat_de_ville: str
    territoire_de_projet: str
    direction_regionale_etat: str
    dispositif_accompagnement: str
    tribunal_judiciaire: str
    article_originaux: str
    """As many originals as parties, each stating their number."""
    articles_ecrit_electronique: str
    """Electronic writing and signature."""
    article_force_obligatoire: str
    """A contract binds those who made it."""
    protection_des_donnees: str
    rgpd: bool
    loi_ess: bool
    """Whether the law of 31 July 2014 on the social and solidarity economy exists."""
    contrat_engagement_republicain: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """A word that changed on a day; the source beside it."""

    name: str
    on: dt.date
    before: str | bool
    after: str | bool


_CHANGES = (
    # Loi n° 2013-403 of 17 May 2013: new assemblies from the election of 22 March 2015.
    _Change(name="conseil_departemental", on=dt.date(2015, 3, 22), before="conseil général", after="conseil départemental"),
    # Loi n° 2023-1196 of 18 December 2023.
    _Change(name="service_public_emploi", on=dt.date(2024, 1, 1), before="Pôle emploi", after="France Travail"),
    # Loi n° 2014-173 of 21 February 2014; the CUCS ended on 31 December 2014.
    _Change(
        name="contrat_de_ville",
        on=dt.date(2015, 1, 1),
        before="contrat urbain de cohésion sociale (CUCS)",
        after="contrat de ville",
    ),
    # Loi n° 2014-58 of 27 January 2014, art. 79.
    _Change(
        name="territoire_de_projet",
        on=dt.date(2014, 1, 28),
        before="pays",
        after="pôle d’équilibre territorial et rural (PETR)",
    ),
    # Décret n° 2020-1545 of 9 December 2020.
    _Change(name="direction_regionale_etat", on=dt.date(2021, 4, 1), before="DIRECCTE", after="DREETS"),
    # No end date of the DRA is known; the label is not met after the middle of the 2010s.
    _Change(
        name="dispositif_accompagnement",
        on=dt.date(2016, 1, 1),
        before="dispositif régional d’accompagnement (DRA)",
        after="dispositif local d’accompagnement (DLA)",
    ),
    # Loi n° 2019-222 of 23 March 2019.
    _Change(
        name="tribunal_judiciaire",
        on=dt.date(2020, 1, 1),
        before="tribunal de grande instance",
        after="tribunal judiciaire",
    ),
    # Ordonnance n° 2016-131 of 10 February 2016, in force on 1 October 2016.
    _Change(
        name="article_originaux",
        on=dt.date(2016, 10, 1),
        before="article 1325 du Code civil",
        after="article 1375 du Code civil",
    ),
    _Change(
        name="articles_ecrit_electronique",
        on=dt.date(2016, 10, 1),
        before="articles 1316-1 et 1316-4 du Code civil",
        after="articles 1366 et 1367 du Code civil",
    ),
    _Change(
        name="article_force_obligatoire",
        on=dt.date(2016, 10, 1),
        before="article 1134 du Code civil",
        after="article 1103 du Code civil",
    ),
    # Regulation (EU) 2016/679 applies from 25 May 2018.
    _Change(
        name="protection_des_donnees",
        on=dt.date(2018, 5, 25),
        before="loi n° 78-17 du 6 janvier 1978 relative à l’informatique, aux fichiers et aux libertés",
        after="règlement (UE) 2016/679 du 27 avril 2016 (RGPD) et la loi n° 78-17 du 6 janvier 1978 modifiée",
    ),
    _Change(name="rgpd", on=dt.date(2018, 5, 25), before=False, after=True),
    # Loi n° 2014-856 of 31 July 2014, in force on 2 August 2014.
    _Change(name="loi_ess", on=dt.date(2014, 8, 2), before=False, after=True),
    # Décret n° 2021-1947 of 31 December 2021.
    _Change(name="contrat_engagement_republicain", on=dt.date(2022, 1, 2), before=False, after=True),
)


def vocabulary_at(date: dt.date) -> Vocabulary:
    """The words and texts in force on a document's date."""
    words = {change.name: change.after if date >= change.on else change.before for change in _CHANGES}
    return Vocabulary(**words)  # type: ignore[arg-type]  # the table's types are checked by its test


