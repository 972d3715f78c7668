"""Facts 86 to 90: what holds for all the documents of a case together, and between cases."""

from __future__ import annotations

import datetime as dt
import difflib
import json
import re
from dataclasses import replace

import pytest

from piles_docs.errors import Severity
from piles_docs.french.vocabulary import vocabulary_at

from . import checks
from .cases import Generated, as_case, generate
from .papers import ACTS, CHARTER, Bundle, Paper, bundle, make_bundle
from .samples import every_case, report
from .test_every_document import people

EARLY, LATE = dt.date(2011, 1, 5), dt.date(2026, 11, 22)
LAW = r"RGPD|2016/679|78-17|CNIL|Commission nationale de l’informatique|2014-856|économie sociale et solidaire|engagement républicain|données"


def dated(generated: Generated, day: dt.date) -> Bundle:
    """The case with nothing changed but the day its documents are made."""
    return make_bundle(replace(generated, issued=dict.fromkeys(generated.issued, day)))


def undated() -> Generated:
    """A complete case whose conventions are dated on signature, and whose partners' names are of no time."""
    data = json.loads(generate(0).text)
    for convention in data["conventions"].values():
        convention["date"] = "a-la-signature"
        convention["contribution"] = "aucune"
    timeless = {"commune", "epci", "association", "initiative", "autre"}
    data["partenaires"] = [one for one in data["partenaires"] if one["type"] in timeless]
    case, defects, _ = as_case(data)
    assert case, defects
    return replace(generate(0), case=case, signed={}, reached={})


def timeless(line: str, day: dt.date) -> str:
    """A line with its dates and the words that depend on them taken out."""
    words = vocabulary_at(day)
    terms = [
        str(getattr(words, name))
        for name in words.__dataclass_fields__
        if isinstance(getattr(words, name), str)
    ]
    line = checks.plain(line)
    for term in sorted(terms, key=len, reverse=True):
        line = re.sub(rf"(?<![\w-]){re.escape(checks.plain(term))}(?![\w-])", "<terme>", line)
    line = line.replace(checks.written(day), "<date>")
    return re.sub(r"Textes? applicables?", "Texte applicable", line)


def changes(early: Paper, late: Paper) -> list[str]:
    """What differs between a document of 2011 and the same of 2026, words and citations of their day aside."""
    before = [timeless(line.text, EARLY) for line in early.lines]
    after = [timeless(line.text, LATE) for line in late.lines]
    differing = [
        line[1:]
        for line in difflib.unified_diff(before, after, n=0)
        if line[:1] in "-+" and line[:3] not in {"---", "+++"}
    ]
    return [
        f"autre que le droit et les mots : « {line} »"
        for line in differing
        if not re.search(LAW, line, re.IGNORECASE)
    ]


def test_a_later_date_changes_words_and_law_alone() -> None:
    generated = undated()
    early, late = dated(generated, EARLY), dated(generated, LATE)
    pairs = list(zip(early.papers, late.papers, strict=True))
    assert len(pairs) > 12
    assert [
        fault for one, other in pairs for fault in [f"{one.name}: {fault}" for fault in changes(one, other)]
    ] == []
    assert any(one.text != other.text for one, other in pairs)
    for one, other in pairs:
        if one.id in ACTS:
            assert "2016/679" in other.text
            assert "2016/679" not in one.text


def test_a_change_that_is_not_of_words_or_law_would_be_seen() -> None:
    paper = bundle(0).papers[0]
    line = replace(paper.lines[0], text="Une phrase de plus.")
    assert changes(paper, replace(paper, lines=(line, *paper.lines))) == [
        "autre que le droit et les mots : « Une phrase de plus. »"
    ]


@every_case
def test_what_the_case_lacks_leaves_no_trace(made: Bundle) -> None:
    assert report(made.papers, lambda paper: checks.leftovers(paper.text)) == []


def test_cases_without_anything_optional_still_make_their_documents() -> None:
    data = json.loads(generate(0).text)
    host = data["porteuse"]
    for key in ("sigle", "objet", "siret", "siren", "rna", "iban", "deliberation", "administrateurs_communs"):
        host.pop(key, None)
    host["siege"].pop("voie")
    for key in ("courriel", "telephone"):
        host["representant"].pop(key)
    data["piles"].pop("antennes")
    for key in ("animateur", "poste", "formation", "budget", "dossier_ouvert_le"):
        data.pop(key, None)
    for partner in data["partenaires"]:
        partner.pop("siege", None)
        partner.pop("representant", None)
    case, defects, _ = as_case(data)
    assert case, defects
    made = make_bundle(replace(generate(0), case=case))
    assert made.failures == ()
    assert {paper.id for paper in made.papers} >= {CHARTER, *ACTS, "invitation-copil", "profil-de-poste"}
    assert (
        report(made.papers, lambda paper: [*checks.leftovers(paper.whole), *checks.spacing(paper.whole)])
        == []
    )


@pytest.mark.parametrize(
    ("name", "surname", "commune"),
    [
        ("L’Atelier d’Ici & d’Ailleurs", "d’Aventure", "L’Isle-sur-la-Sorgue"),
        ('Œuvre <Solidaire> & Fils "Éphémère"', "Le Brouillon-Martinet", "La Seyne-sur-Mer"),
        (
            "Association " + "pour l’égalité et la réciprocité " * 6,
            "de La Tour-d’Auvergne-Lefictif",
            "Les Arcs",
        ),
        ("Ça {{ va }} {% 100 % %}", "Müller-Ștefan", "Hyères"),
    ],
)
def test_unusual_values_are_printed_right(name: str, surname: str, commune: str) -> None:
    data = json.loads(generate(0).text)
    data["porteuse"] |= {"nom": name, "article": "aucun", "sigle": None}
    data["porteuse"]["representant"]["nom"] = surname
    data["porteuse"]["siege"]["commune"] = commune
    case, defects, _ = as_case(data)
    assert case, defects
    made = make_bundle(replace(generate(0), case=case))
    assert made.failures == ()
    for paper in made.of(CHARTER, "convention-amorcage", "convention-cadre", "invitation-reseau"):
        text = checks.plain(paper.text)
        assert checks.plain(name.strip()) in text, paper.name
        assert surname in text, paper.name
        assert commune.removeprefix("Les ") in text, paper.name


def test_steps_out_of_order_are_a_warning_that_names_both() -> None:
    data = json.loads(generate(0).text)
    data["conventions"]["amorcage"] |= {"date": "2010-12-01", "debut": "2010-12-01", "fin": "2011-06-30"}
    data["conventions"]["cadre"] |= {"date": "2010-11-02", "debut": "2010-11-02"}
    case, defects, _ = as_case(data)
    assert case is not None
    told = [checks.plain(one.message) for one in defects if one.severity is Severity.WARNING]
    assert any(
        "la convention cadre" in message
        and "2 novembre 2010" in message
        and ("1er décembre 2010" in message or "amorçage" in message)
        for message in told
    ) or any("1er décembre 2010" in message and "amorçage" in message for message in told), told
    assert make_bundle(replace(generate(0), case=case)).failures == ()


def test_two_cases_never_leak_into_each_other() -> None:
    first, second = generate(0), generate(4)
    alone = {paper.name: paper.word for paper in make_bundle(first).papers}
    other = make_bundle(second)
    again = make_bundle(first)
    assert {paper.name: paper.word for paper in again.papers} == alone
    for made, stranger in ((again, other), (other, again)):
        own = {name for _, name in people(made)} | {made.generated.case.porteuse.nom}
        strangers = {name for _, name in people(stranger)} | {
            stranger.generated.case.porteuse.nom,
            stranger.generated.case.dossier + ".",
        }
        text = "\n".join(paper.whole for paper in made.papers)
        leaked = [name for name in strangers - own if name.replace("'", "’") in text]
        assert leaked == []
