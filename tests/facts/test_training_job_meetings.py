"""Facts 66 to 73: the training programme and its attendance sheet, the job, the steering committee, the diagnostic."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import replace

import pytest

from piles_docs.errors import Severity
from piles_docs.french.dates import holiday
from piles_docs.methodology.training import SKILLS

from . import checks
from .cases import as_case, generate
from .papers import Bundle, Paper, make_bundle
from .samples import every_case, report
from .test_every_document import people

PROGRAMME, ATTENDANCE, JOB = "plan-formation", "emargement-formation", "profil-de-poste"
MINUTES, COMMITTEE_SHEET, TERMS = "compte-rendu-copil", "emargement-copil", "cahier-des-charges-diagnostic"
HALF_DAY = re.compile(
    r"(?i)(?P<date>(?:lun|mar|mercre|jeu|vendre|same)di \d+(?:er)? \w+ \d{4}), (?P<moment>matin|après-midi)"
)
LASTS = re.compile(r"\b(\d) h(?: (\d\d))?(?=\)|$)", re.MULTILINE)


def half_days(paper: Paper) -> list[str]:
    return [match[0].lower() for match in HALF_DAY.finditer(checks.plain(paper.text))]


def hours(paper: Paper) -> float:
    """The sum of the durations of the half-days, as the table gives them."""
    rows = {line.row for line in paper.lines if HALF_DAY.search(checks.plain(line.text))}
    total = 0.0
    for row in rows:
        cell = checks.plain("\n".join(line.text for line in paper.lines if line.row == row))
        durations = [int(match[1]) + int(match[2] or 0) / 60 for match in LASTS.finditer(cell)]
        total += durations[-1] if durations else 0
    return total


@every_case
def test_the_programme_lasts_three_days(made: Bundle) -> None:
    def check(paper: Paper) -> list[str]:
        found = half_days(paper)
        return [
            *([] if len(found) == len(set(found)) == 6 else [f"demi-journées : {found}"]),
            *([] if hours(paper) == 21 else [f"{hours(paper)} heures"]),
            *checks.required(paper.text, [(r"trois jours", "trois jours"), (r"\b21 heures\b", "21 heures")]),
        ]

    assert report(made.of(PROGRAMME), check) == []


def modules(paper: Paper) -> list[str]:
    rows = [line.row for line in paper.lines if HALF_DAY.search(checks.plain(line.text))]
    return [
        next(line.text for line in paper.lines if line.row == row and line.cell != first_cell(paper, row))
        for row in rows
    ]


def first_cell(paper: Paper, row: int | None) -> int | None:
    return next(line.cell for line in paper.lines if line.row == row)


def test_another_profile_gets_another_combination_of_the_same_length() -> None:
    combinations = []
    for mastered in (SKILLS[:2], SKILLS[2:]):
        data = json.loads(generate(0).text)
        data["animateur"]["profil"] = {skill: 3 if skill in mastered else 0 for skill in SKILLS}
        case, defects, _ = as_case(data)
        assert case, defects
        (paper,) = make_bundle(replace(generate(0), case=case)).of(PROGRAMME)
        assert hours(paper) == 21
        combinations.append(tuple(modules(paper)))
    assert combinations[0] != combinations[1]


@every_case
def test_the_programme_says_all_that_a_programme_says(made: Bundle) -> None:
    def check(paper: Paper) -> list[str]:
        formation = paper.case.formation
        assert formation
        assert formation.formateur
        assert formation.lieu
        trainer = f"{formation.formateur.prenom} {formation.formateur.nom}".replace("'", "’")
        words = (
            "objectifs",
            "prérequis",
            "contenu",
            "méthode",
            "moyens",
            "durée",
            "évaluation",
            "émargement",
        )
        return checks.required(
            paper.text,
            [
                *((word, word) for word in words),
                (r"formateur|formatrice", "qui forme"),
                (re.escape(trainer), "son nom"),
                (re.escape(formation.lieu.replace("'", "’")), "le lieu"),
                *((checks.written(day), "une date") for day in formation.dates),
            ],
        )

    assert report(made.of(PROGRAMME), check) == []


@every_case
def test_the_declaration_of_activity_is_printed_where_there_is_one_and_nowhere_else(made: Bundle) -> None:
    def check(paper: Paper) -> list[str]:
        formation = paper.case.formation
        assert formation
        text = re.sub(r"ne vaut pas (?:un )?agrément de l’État", "", checks.plain(paper.text))
        faults = checks.forbidden(text, [(r"agréée? par l’État|agrément de l’État", "agrément")])
        if formation.mode == "organisme-declare":
            number = r" ?".join(str(formation.nda))
            region = r"auprès du préfet de (?:la )?région "
            return faults + checks.required(
                text,
                [
                    (
                        rf"déclaration d’activité enregistrée sous le numéro {number} {region}",
                        "la mention de la déclaration",
                    )
                ],
            )
        return faults + checks.forbidden(
            text,
            [
                (r"déclaration d’activité", "déclaration sans numéro"),
                (r"6353-1|6353", "article de la formation déclarée"),
            ],
        )

    assert report(made.of(PROGRAMME, ATTENDANCE), check) == []


@every_case
def test_training_days_are_working_days_after_the_framework(made: Bundle) -> None:
    def check(paper: Paper) -> list[str]:
        days = [checks.dates_in(match["date"])[0] for match in HALF_DAY.finditer(checks.plain(paper.text))]
        department = paper.case.piles.departement
        off = [
            f"{day} n’est pas travaillé" for day in days if day.isoweekday() == 7 or holiday(day, department)
        ]
        early = [
            f"{day} précède la convention cadre"
            for day in days
            if day < made.generated.signed["convention-cadre"]
        ]
        overlap = (
            [] if len(half_days(paper)) == len(set(half_days(paper))) else ["deux séances au même moment"]
        )
        return off + early + overlap

    assert report(made.of(PROGRAMME, ATTENDANCE), check) == []


@pytest.mark.parametrize(
    ("day", "is_refused"),
    [("2011-05-08", True), ("2011-07-14", True), ("2011-04-25", True), ("2011-05-09", False)],
    ids=["Sunday", "14 July", "Easter Monday", "Monday"],
)
def test_a_training_day_off_is_refused(day: str, is_refused: bool) -> None:
    data = json.loads(generate(0).text)
    data["formation"]["dates"] = [day, "2011-05-10", "2011-05-11"]
    case, defects, _ = as_case(data)
    assert (case is None) == is_refused
    assert (
        any(one.path.startswith("formation.dates") and one.severity is Severity.ERROR for one in defects)
        == is_refused
    )


def test_training_before_the_framework_convention_is_flagged() -> None:
    data = json.loads(generate(0).text)
    signed = dt.date(2010, 12, 1)
    data["conventions"]["cadre"] |= {"date": signed.isoformat(), "debut": signed.isoformat()}
    data["animateur"]["embauche_le"] = None
    data["formation"]["dates"] = ["2010-11-02", "2010-11-03", "2010-11-04"]
    case, defects, _ = as_case(data)
    assert case is not None
    told = [one for one in defects if one.path.startswith("formation") or "formation" in one.message]
    assert told, "training before the framework convention goes without a word"
    assert all(one.severity is Severity.WARNING for one in told)


@every_case
def test_the_attendance_sheet_has_a_cell_a_half_day_for_both(made: Bundle) -> None:
    programmes = made.of(PROGRAMME)

    def check(paper: Paper) -> list[str]:
        case = paper.case
        assert case.animateur
        assert case.formation
        assert case.formation.formateur
        names = [
            f"{one.prenom} {one.nom}".replace("'", "’") for one in (case.animateur, case.formation.formateur)
        ]
        text = checks.plain(paper.text)
        title = next(line.text for line in programmes[0].lines if line.style == "Title") if programmes else ""
        modules_of = modules(programmes[0]) if programmes else []
        return [
            *([] if len(half_days(paper)) == 6 else [f"{len(half_days(paper))} demi-journées"]),
            *([] if hours(paper) == 21 else [f"{hours(paper)} heures"]),
            *(
                [
                    f"colonne de {name}"
                    for name in names
                    if not re.search(rf"Signature de[^\n]*{re.escape(name)}", text)
                ]
            ),
            *([] if checks.plain(title) in text else [f"un autre titre que « {title} »"]),
            *(f"module absent : {module}" for module in modules_of if checks.plain(module) not in text),
        ]

    assert report(made.of(ATTENDANCE), check) == []


@every_case
def test_the_job_offer_says_what_the_law_asks_and_nothing_that_it_forbids(made: Bundle) -> None:
    def check(paper: Paper) -> list[str]:
        host = paper.case.porteuse
        assert paper.order.issued_on
        return [
            *checks.required(
                paper.text,
                [
                    (r"temps plein", "temps plein"),
                    (rf"employeur[\s\S]{{0,40}}{re.escape(checks.plain(host.nom.replace(chr(39), '’')))}", "l’employeur"),
                    (checks.written(paper.order.issued_on), "la date de l’offre"),
                    (r"postuler|candidature", "comment postuler"),
                    (re.escape(host.siege.commune.replace("'", "’")), "où écrire"),
                    (r"H/F|animateur ou (?:une )?animatrice", "le titre pour les deux sexes"),
                ],
            ),
            *checks.forbidden(
                paper.text,
                [(r"\bâgée?s?\b|\bâge\b|\bjeunes?\b", "âge"), (r"nationalité", "nationalité"),
                 (r"situation (?:de famille|familiale)|célibataire|mariée?\b|enfants?\b", "famille"),
                 (r"(?:homme|femme) (?:souhaité|de préférence)|de préférence (?:un homme|une femme)", "sexe")],
            ),
        ]  # fmt: skip

    assert report(made.of(JOB), check) == []


@every_case
def test_minutes_are_no_deliberation_and_list_who_signed_the_sheet(made: Bundle) -> None:
    sheets = made.of(COMMITTEE_SHEET)

    def check(paper: Paper) -> list[str]:
        title = "\n".join(line.text for line in paper.lines if line.style in {"Title", "Subtitle"})
        known = [name for _, name in people(made)]
        here = {
            name
            for name in known
            if name in checks.plain(paper.section("Participants", "Ordre du jour", "Conclusions"))
        }
        there = {name for name in known if sheets and name in checks.plain(sheets[0].text)}
        return [
            *checks.required(title, [(r"compte rendu|relevé de décisions", "le titre")]),
            *checks.required(
                paper.text,
                [(r"présente?s?\b", "les présents"), (r"excusée?s?\b", "les excusés"), (r"décision", "les décisions"),
                 (r"qui s’en charge|responsable", "qui s’en charge"), (r"pour quelle date|échéance|pour le", "pour quand")],
            ),
            *checks.forbidden(paper.text, [(r"délibération|délibér", "délibération"), (r"quorum", "quorum")]),
            *([] if not sheets or here == there else [f"présents {sorted(here)}, émargement {sorted(there)}"]),
        ]  # fmt: skip

    assert report(made.of(MINUTES), check) == []


@every_case
def test_the_terms_of_reference_share_the_tasks_and_promise_no_timetable(made: Bundle) -> None:
    def check(paper: Paper) -> list[str]:
        return [
            *checks.required(
                paper.text,
                [(r"structure", "la structure"), (r"tête de réseau|appui", "l’appui"),
                 (r"(?:rédige|conduit|réalise)", "une tâche de la structure"), (r"(?:appuie|conseille|donne son avis)", "une tâche de l’appui"),
                 (r"indicati|prévisionnel|sans (?:valeur d’)?engagement|indication", "un calendrier sans promesse")],
            ),
            *checks.forbidden(paper.text, [(r"délai (?:impératif|de rigueur)|au plus tard le", "calendrier promis")]),
        ]  # fmt: skip

    assert report(made.of(TERMS), check) == []
