from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from piles_docs.case.explanations import explain
from piles_docs.case.positions import Positions
from piles_docs.case.reading import CaseReading, read_case
from piles_docs.case.record import Record
from piles_docs.errors import Defect, Severity

MINIMAL = """\
dossier: essai
piles: {nom: PILES du Verdon, region: PACA, departement: "04"}
porteuse:
  nom: Association Verdon Partagé
  forme: association
  siege: {code_postal: "04120", commune: Castellane}
  representant: {civilite: Mme, prenom: Lise, nom: Exemple, fonction: présidente}
"""
ENGLISH = re.compile(
    r"\b(?:input|should|valid|required|extra|permitted|field|expected|found|error|unable|greater|must)\b",
    re.IGNORECASE,
)


def read(text: str | bytes) -> CaseReading:
    return read_case(text, "cases/essai.yaml")


def only_defect(text: str | bytes) -> Defect:
    reading = read(text)
    assert reading.case is None
    (defect,) = reading.defects
    assert defect.severity is Severity.ERROR
    assert defect.file == "cases/essai.yaml"
    return defect


def test_the_least_that_a_case_needs_is_enough() -> None:
    reading = read(MINIMAL)
    assert reading.defects == ()
    assert reading.case is not None
    assert reading.case.signature == "papier"
    assert reading.case.rencontres.copil is None
    assert reading.case.conventions.cadre is None


def test_bytes_with_a_byte_order_mark_and_windows_line_ends_are_read() -> None:
    reading = read(b"\xef\xbb\xbf" + MINIMAL.replace("\n", "\r\n").encode())
    assert reading.defects == ()


def test_a_key_left_empty_is_a_key_not_given() -> None:
    reading = read(MINIMAL + "diagnostic:\nrencontres:\npartenaires:\n")
    assert reading.defects == ()


@pytest.mark.parametrize("text", ["", "\n\n", "# rien\n", b"", b"\xef\xbb\xbf"])
def test_an_empty_file_is_said_to_be_empty(text: str | bytes) -> None:
    assert only_defect(text).message == "le fichier est vide"


@pytest.mark.parametrize(
    ("text", "said", "line", "column"),
    [
        ("- a\n- b\n", "ne décrit pas un dossier", 1, 1),
        ("\nbonjour\n", "ne décrit pas un dossier", 2, 1),
        ("dossier: a\n---\ndossier: b\n", "plusieurs documents", 2, 1),
        ("dossier: a\n\tpiles: b\n", "tabulation", 2, 1),
        ("dossier: a: b\n", "deux-points est de trop", 1, 11),
        ("dossier: 'a\npiles: b\n", "guillemet ouvert ici", 1, 10),
        ("piles: [a,\nb: c", "crochet ouvert ici", 1, 8),
        ("piles: {a: b\n", "accolade ouverte ici", 1, 8),
        ("dossier: `a\n", "ne peut pas commencer par ce signe", 1, 10),
        ("dossier: a\nbonjour\npiles: b\n", "manque un deux-points", 3, 1),
        ("dossier: |\n  a\n b\n", "n’est pas alignée", 3, 2),
        ('dossier: "\\q"\n', "barre oblique inverse", 1, 12),
        ("%YAML 7.7\n---\na: 1\n", "n’est pas écrite comme YAML", 1, 1),
        ('a: "\\U00110000"\n', "n’est pas écrite comme YAML", None, None),
        ('a: "\\UFFFFFFFF"\n', "n’est pas écrite comme YAML", None, None),
        ("a: b\x07c\n", "caractère invisible (U+0007)", 1, 5),
        ("a: b\nc: \ud800\n", "caractère invisible (U+D800)", 2, 4),
        ("a: b\nc: \ue0020\ue003\n", "caractère invisible (U+E002)", 2, 4),
        ("a: \uf0b7 un\n", "caractère invisible (U+F0B7)", 1, 4),  # a bullet pasted from Word
        ("[" * 400, "imbriquées trop profondément", 1, 14),
    ],
)
def test_a_file_that_is_no_case_is_refused_in_french_at_its_place(
    text: str, said: str, line: int | None, column: int | None
) -> None:
    defect = only_defect(text)
    assert said in defect.message
    assert (defect.line, defect.column) == (line, column)


def test_a_file_that_is_not_utf_8_is_shown_the_first_wrong_byte() -> None:
    defect = only_defect("dossier: essai\nnom: é\n".encode("latin-1"))
    assert "pas en UTF-8" in defect.message
    assert (defect.line, defect.column) == (2, 6)


def test_utf_16_is_named() -> None:
    assert "UTF-16" in only_defect("dossier: essai".encode("utf-16")).message


def test_a_huge_file_is_refused_before_it_is_parsed() -> None:
    assert "mébioctet" in only_defect("a: b\n" * 10_000_000).message


def test_a_file_with_too_many_values_is_refused() -> None:
    assert "beaucoup trop de valeurs" in only_defect("- a\n" * 10_000).message


def test_exploding_anchors_are_refused_without_being_followed() -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    reading = read("\n".join(lines))
    said = [defect.message for defect in reading.defects]
    assert "« &a0 » est une ancre YAML" in said
    assert "« *a28 » reprend une valeur écrite ailleurs" in said


def test_an_alias_is_refused_once_where_it_stands() -> None:
    defect = only_defect(MINIMAL.replace("commune: Castellane", "commune: *chez_nous"))
    assert defect.message == "« *chez_nous » reprend une valeur écrite ailleurs"
    assert (defect.line, defect.column) == (6, 42)


def test_a_tag_is_refused() -> None:
    defect = only_defect(MINIMAL.replace("dossier: essai", "dossier: !!python/name:os.system essai"))
    assert "étiquette YAML" in defect.message


def test_an_anchored_key_is_refused() -> None:
    assert "ancre YAML" in only_defect(MINIMAL.replace("dossier:", "&d dossier:")).message


def test_a_key_written_twice_names_the_first_line() -> None:
    defect = only_defect(MINIMAL + "piles: {nom: [Autre, {a: b}]}\n")
    assert defect.message == "la clé « piles » est déjà écrite ligne 2"
    assert (defect.line, defect.column) == (8, 1)


def test_braces_without_quotes_ask_for_quotes() -> None:
    defect = only_defect(MINIMAL.replace("nom: Association Verdon Partagé", "nom: {{ porteuse }}"))
    assert "commence une clé" in defect.message
    assert "guillemets" in defect.remedy
    assert (defect.line, defect.column) == (4, 9)


@pytest.mark.parametrize(
    "name", ["{{ porteuse }}", "Léa & <Cie>", "Verdon 🌿👩‍🌾", "L'Isle-sur-la-Sorgue", "{% if %}"]
)
def test_template_marks_angle_brackets_and_emoji_are_text_kept_as_it_is(name: str) -> None:
    reading = read(MINIMAL.replace("Association Verdon Partagé", f'"{name}"\n  article: aucun'))
    assert reading.defects == ()
    assert reading.case is not None
    assert reading.case.porteuse.nom == name


@pytest.mark.parametrize(("escape", "code"), [("\\x07", "U+0007"), ("\\n", "U+000A"), ("\\u202e", "U+202E")])
def test_a_control_character_inside_a_value_is_a_defect(escape: str, code: str) -> None:
    defect = only_defect(MINIMAL.replace("Association Verdon Partagé", f'"Association {escape} V"'))
    assert code in defect.message
    assert (defect.line, defect.column, defect.path) == (4, 8, "porteuse.nom")


def test_letters_and_accents_written_apart_are_joined() -> None:
    reading = read(MINIMAL.replace("é", "e\u0301"))
    assert reading.case is not None
    assert reading.case.porteuse.nom == "Association Verdon Partagé"


@pytest.mark.parametrize(
    ("old", "new", "said", "remedy"),
    [
        (
            'code_postal: "04120"',
            "code_postal: 04120",
            "« code_postal » n’est pas lu comme un texte",
            '"04120"',
        ),
        ('departement: "04"', "departement: 04", "« departement » n’est pas lu comme un texte", '"04"'),
        ("  forme:", "  siret: 73282932000074\n  forme:", "« siret » n’est pas lu", '"73282932000074"'),
        ("nom: Exemple", "nom: true", "n’est pas lu comme un texte", 'nom: "true"'),
        ("nom: Exemple", "nom: 1.5", "n’est pas lu comme un texte", 'nom: "1.5"'),
        ("nom: Exemple", "nom: [a]", "« nom » attend un texte", "sans tiret"),
        ("nom: Exemple", "nom: ~", "« nom » est vide", "Nom de famille"),
        ("nom: Exemple", "nom: ''", "« nom » est vide", "donnez sa valeur"),
        (
            "prenom: Lise, ",
            "",
            "il manque « prenom » dans « representant »",
            "ajoutez la clé prenom (Prénom)",
        ),
        ("dossier: essai\n", "", "il manque « dossier »", "ajoutez la clé dossier"),
        ("prenom:", "Prénom:", "la clé « Prénom » n’existe pas", "écrivez plutôt « prenom »"),
        ("piles:", "xyz: 1\npiles:", "la clé « xyz » n’existe pas", "clés possibles : dossier"),
        ("piles:", "xyz:\npiles:", "la clé « xyz » n’existe pas", "clés possibles : dossier"),
        ("civilite: Mme", "civilite: Mr", "« Mr » n’est pas un mot attendu ici", "parmi : M., Mme"),
        ("civilite: Mme", "civilite: [a]", "cette valeur n’est pas un mot attendu ici", "parmi : M., Mme"),
        ("forme: association", "forme: asociation", "« asociation » n’est pas", "plutôt « association »"),
        ("dossier: essai", "dossier: Haut Verdon", "ne peut pas servir d’identifiant", "minuscules"),
        ("nom: Association Verdon", "nom: Verdon", "ne se devine pas", "ajoutez article"),
    ],
)
def test_each_mistake_is_said_with_what_to_do(old: str, new: str, said: str, remedy: str) -> None:
    assert MINIMAL.count(old) == 1
    defects = read(MINIMAL.replace(old, new)).defects
    (defect,) = [found for found in defects if said in found.message]
    assert remedy in defect.remedy
    assert defect.line is not None


@pytest.mark.parametrize(
    ("added", "said", "remedy"),
    [
        ("partenaires: {a: b}", "« partenaires » attend une liste", "tiret"),
        ("partenaires: [a]", "l’élément n° 1 de « partenaires » attend plusieurs clés", "id, nom"),
        (
            "partenaires: [{id: a, nom: B}]",
            "il manque « type » dans l’élément n° 1 de « partenaires »",
            "type",
        ),
        ("piles_antennes: [1]", "n’existe pas", "clés possibles"),
        (
            "dossier_ouvert_le: 12/10/2026",
            "« 12/10/2026 » n’est pas une date",
            "année-mois-jour : 2026-10-12",
        ),
        ("dossier_ouvert_le: 42/10/2026", "n’est pas une date", "année-mois-jour : 2026-12-10"),
        ("dossier_ouvert_le: 2026-02-30", "la date « 2026-02-30 » n’existe pas", "vérifiez"),
        ("dossier_ouvert_le: 0206-02-03", "l’année 206 semble fausse", "entre 1990 et 2100"),
        ("dossier_ouvert_le: 20260203", "n’est pas une date", "année-mois-jour"),
        ("dossier_ouvert_le: [a]", "cette valeur n’est pas une date", "année-mois-jour"),
        ("conventions: {cadre: {date: demain}}", "« demain » n’est pas une date", "ou le mot a-la-signature"),
        ("conventions: {cadre: {preavis_jours: '60'}}", "pas un nombre possible", "de 1 à 365"),
        ("conventions: {cadre: {contribution: aucun}}", "« aucun » n’est pas", "plutôt « aucune »"),
        (
            "conventions: {cadre: {contribution: 300}}",
            "« contribution » attend plusieurs clés",
            "montant, tva",
        ),
        (
            "conventions: {cadre: {contribution: {montant: 3, tva: taxable, echeances: []}}}",
            "« echeances » est vide",
            "donnez sa valeur",
        ),
        (
            "conventions: {cadre: {contribution: {montant: 0, tva: taxable, echeances: []}}}",
            "ne peut pas être nul",
            "contribution: aucune",
        ),
        ("budget: {charges: [{poste: a, montant: '1 500,50'}]}", "ce montant n’est pas un nombre", "1500.50"),
        ("budget: {charges: [{poste: a, montant: true}]}", "ce montant n’est pas un nombre", "1500.50"),
        ("budget: {charges: [{poste: a, montant: -3}]}", "le montant -3 n’est pas possible", "positif"),
        ("budget: {charges: [{poste: a, montant: 1.005}]}", "plus de deux décimales", "centime"),
        ("rencontres: {copil: {heure: 14h30}}", "pas une heure", '"14:30"'),
        ("rencontres: {copil: {heure: 14 h}}", "pas une heure", '"14:00"'),
        ("rencontres: {copil: {heure: midi}}", "pas une heure", '"14:30"'),
        ("rencontres: {copil: {heure: 14}}", "pas une heure", '"14:30"'),
        (
            "rencontres: {porteurs_de_projet: {}}",
            "n’existe pas dans « rencontres »",
            "« porteurs-de-projet »",
        ),
        (
            "rencontres: {copil: {ordre_du_jour: [1]}}",
            "l’élément n° 1 de « ordre_du_jour »",
            'guillemets : "1"',
        ),
        ("animateur: {civilite: Mme, prenom: A, nom: B, profil: {accueil: 4}}", "pas un nombre", "de 0 à 3"),
    ],
)
def test_mistakes_in_optional_sections_are_said_too(added: str, said: str, remedy: str) -> None:
    defects = read(MINIMAL + added + "\n").defects
    (defect,) = [found for found in defects if said in found.message]
    assert remedy in defect.remedy
    assert defect.line == 8


def test_all_defects_are_shown_at_once_in_the_order_of_the_file() -> None:
    text = (
        MINIMAL.replace("essai", "Essai")
        .replace('"04"', "04")
        .replace("Mme", "Mlle")
        .replace("forme", "form")
    )
    defects = read(text).defects
    assert [defect.path for defect in defects] == [
        "dossier",
        "piles.departement",
        "porteuse.forme",
        "porteuse.form",
        "porteuse.representant.civilite",
    ]
    assert [defect.line for defect in defects] == [1, 2, 3, 5, 7]
    assert str(defects[0]).startswith("cases/essai.yaml:1:10: erreur: ")


class Whole(Record):
    count: int


def test_a_refusal_that_has_no_sentence_of_its_own_is_still_french() -> None:
    with pytest.raises(ValidationError) as refused:
        Whole.model_validate({"count": "many"})
    (finding,) = explain(refused.value, Whole, Positions())
    assert finding.message == "« count » a une valeur qui ne convient pas"


def test_amounts_are_exact_and_dates_are_dates() -> None:
    reading = read(MINIMAL + "budget: {charges: [{poste: a, montant: 7500.50}, {poste: b, montant: .1}]}\n")
    assert reading.case is not None
    assert reading.case.budget is not None
    assert reading.case.budget.total_charges == Decimal("7500.60")


def test_the_hour_of_a_meeting_is_kept_in_one_form() -> None:
    reading = read(MINIMAL + "rencontres: {copil: {heure: 9:05}}\n")
    assert reading.case is not None
    assert reading.case.rencontres.copil is not None
    assert reading.case.rencontres.copil.heure == "09:05"


JUNK = st.sampled_from(
    [
        "",
        "~",
        "0",
        "-1",
        "true",
        "[]",
        "{}",
        "[a, {b: c}]",
        "{a: [b]}",
        "1.5",
        "'x'",
        "2026-13-45",
        '"\\x00"',
        "*a",
        "{{ a }}",
        "&b c",
        "!t d",
        "aucune",
        "9" * 50,
        "04120",
        "🌿",
        "- a",
        "a: b",
        "'",
        "[",
        "}",
        "\t",
        "? x",
        "<<",
    ]
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(data=st.data())
def test_no_mutation_of_a_case_crashes_or_speaks_english(sample: str, data: st.DataObject) -> None:
    words = re.split(r"([\w’'.@-]+)", sample)
    for _ in range(data.draw(st.integers(1, 4))):
        words[data.draw(st.integers(0, len(words) - 1))] = data.draw(JUNK)
    reading = read_case("".join(words), "haut-verdon.yaml")
    for defect in reading.defects:
        assert not ENGLISH.search(defect.message + " " + defect.remedy), defect
        assert defect.message[-1] != "."
        assert defect.remedy[-1] != "."
    assert (reading.case is None) == any(found.severity is Severity.ERROR for found in reading.defects)


@settings(deadline=None)
@given(st.one_of(st.text(), st.binary(), st.text("ab:-{}[]&*!|>'\"%@`#?, \n\\xuU0")))
def test_no_text_at_all_crashes_the_reading(text: str | bytes) -> None:
    assert read(text).case is None
