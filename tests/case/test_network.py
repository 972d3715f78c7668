from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from piles_docs.case.network import NetworkReading, read_network
from piles_docs.errors import Severity


@pytest.fixture(scope="module")
def settings_file(root: Path) -> str:
    return (root / "piles.toml").read_text("utf-8")


def read(text: str | bytes) -> NetworkReading:
    return read_network(text, "piles.toml")


def test_the_repositorys_own_file_is_right_and_names_the_four_bearers(settings_file: str) -> None:
    reading = read(settings_file)
    assert reading.defects == ()
    network = reading.network
    assert network is not None
    assert network.tete_de_reseau.sigle == "APEAS"
    assert [hub.annee for hub in network.reseau] == [1997, 2005, 2007, 2010]
    assert network.envoi.delai_jours == 15
    assert network.document.convertisseur == "auto"
    assert network.registre.url is None
    assert network.adresse_de_retour == network.tete_de_reseau.siege


def test_an_address_of_return_can_be_given(settings_file: str) -> None:
    text = settings_file.replace("# retour =", "retour =")
    network = read(text).network
    assert network is not None
    assert network.adresse_de_retour.voie == "BP 1"


@pytest.mark.parametrize(
    ("old", "new", "line", "column", "said"),
    [
        ('siret = "900', 'siret = "901', 10, 1, "contient une erreur"),
        ('sigle = "APEAS"', 'sigel = "APEAS"', 6, 1, "« sigel » n’existe pas"),
        ('code_postal = "13001"', "code_postal = 13001", 16, 1, "n’est pas lu comme un texte"),
        ('commune = "Marseille"\n', "", 14, 1, "il manque « commune » dans « siege »"),
        ("annee = 2007", 'annee = "2007"', 41, 1, "pas un nombre possible"),
        ("delai_jours = 15", "delai_jours = 0", 49, 1, "pas un nombre possible"),
        ('convertisseur = "auto"', 'convertisseur = "dxpf"', 64, 1, "« dxpf » n’est pas"),
        ("[registre]", "[registrer]", 66, 1, "« registrer » n’existe pas"),
        ("# retour = {", 'retour = { boite = "1",', 53, 12, "« boite » n’existe pas"),
    ],
)  # fmt: skip
def test_a_mistake_is_shown_at_its_key(
    settings_file: str, old: str, new: str, line: int, column: int, said: str
) -> None:
    assert old in settings_file
    reading = read(settings_file.replace(old, new, 1))
    assert reading.network is None
    (defect,) = reading.defects
    assert said in defect.message
    assert (defect.line, defect.column) == (line, column)


def test_the_rules_of_an_organisation_hold_for_the_head(settings_file: str) -> None:
    text = settings_file.replace('forme = "association"', 'forme = "cooperative"')
    (defect,) = read(text).defects
    assert (defect.path, defect.line, defect.severity) == ("tete_de_reseau.rna", 11, Severity.ERROR)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://piles:secret@serveur.example/piles",
        "postgresql+psycopg://piles:se/cret@serveur.example:5433/piles",
        "postgresql://:secret@serveur.example/piles",
        "postgresql://piles@serveur.example/piles?sslmode=require&password=secret",
        "postgresql://piles@serveur.example/piles?sslpassword=secret",
    ],
)
def test_a_password_in_the_address_of_the_register_is_a_defect_that_does_not_repeat_it(
    settings_file: str, url: str
) -> None:
    text = settings_file.replace("# url =", f'url = "{url}" #')
    line = next(number for number, line in enumerate(text.splitlines(), 1) if line.startswith("url ="))
    (defect,) = read(text).defects
    assert (defect.path, defect.line, defect.severity) == ("registre.url", line, Severity.ERROR)
    assert "mot de passe" in defect.message
    assert "~/.pgpass" in defect.remedy
    assert "cret" not in defect.message + defect.remedy


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://piles@serveur.example:5433/piles?sslmode=require",
        "postgresql://serveur.example:5433/piles",
        "postgresql:///piles?host=/run/postgresql",
        "sqlite:///records/registre.sqlite",
    ],
)
def test_an_address_of_the_register_without_password_is_right(settings_file: str, url: str) -> None:
    network = read(settings_file.replace("# url =", f'url = "{url}" #')).network
    assert network is not None
    assert network.registre.url == url


def test_what_is_missing_altogether_is_said_of_the_file() -> None:
    (defect,) = read("").defects
    assert defect.message == "il manque « tete_de_reseau »"
    assert (defect.line, defect.column) == (None, None)


@pytest.mark.parametrize(
    ("text", "line"), [("a = \n", 1), ("[a]\n[a]\n", 2), ("a = '", None), ("a = " + "[" * 5000, None)]
)
def test_a_broken_file_is_refused_in_french(text: str, line: int | None) -> None:
    (defect,) = read(text).defects
    assert "TOML" in defect.message
    assert defect.line == line


def test_a_file_in_another_encoding_is_refused() -> None:
    assert "UTF-8" in read("é".encode("latin-1")).defects[0].message


@settings(deadline=None)
@given(st.one_of(st.text(), st.text("ab=[]{}.'\"\n#0 ")))
def test_no_text_at_all_crashes_the_reading(text: str) -> None:
    assert read(text).network is None
