"""What `piles status` prints: one case, many cases, filters, JSON, CSV."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from piles_docs.cli.main import run
from piles_docs.cli.status_csv import COLUMNS
from piles_docs.methodology.acts import Forgotten, InkState, Scanned, ScannedBox, ScannedPage
from piles_docs.usecases.reports import CaseReport
from piles_docs.usecases.workspace import Workspace

from .network import TODAY, issued, make_network, record

ROOT = Path(__file__).parents[2]
Said = tuple[int, str, str]
Ask = Callable[..., Said]


@pytest.fixture
def ask(capsysbinary: pytest.CaptureFixture[bytes], monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Runs `piles status` in a workspace; the exit code and what it said."""
    monkeypatch.setenv("COLUMNS", "100")

    def status(workspace: Workspace, *words: str) -> Said:
        code = run(["--workspace", str(workspace.root), "status", *words, "--as-of", TODAY.isoformat()])
        said = capsysbinary.readouterr()
        return code, said.out.decode(), said.err.decode()

    return status


def cells(text: str) -> list[dict[str, str]]:
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text[1:], newline=""), delimiter=";"))


# ---------------------------------------------------------------- one case


def test_a_lone_case_is_told_whole(tmp_path: Path, ask: Ask) -> None:
    workspace = make_network(tmp_path, "val")
    code, out, _ = ask(workspace)
    assert code == 0
    assert out == ask(workspace, "val")[1]
    assert out.startswith("\nval – PILES du Luberon, en cours\n")
    assert re.search(r"^1 Rencontre et interconnaissance +en cours +la structure", out, re.MULTILINE)


def test_a_named_case_is_told_whole_with_what_ends(various: Workspace, ask: Ask) -> None:
    _, out, _ = ask(various, "col")
    assert "convention-amorcage   émis    0/4          copil" in out
    assert "col : Convention cadre (convention-cadre) : prend fin le 27 décembre 2026, dans 35 jours\n" in out
    assert "Dossier " not in out


def test_a_case_whose_personal_data_were_erased_says_so(various: Workspace, ask: Ask) -> None:
    record(various, "bourg", Forgotten(on=TODAY))
    assert "ont été effacées" in ask(various, "bourg")[1]
    (case,) = json.loads(ask(various, "bourg", "--json")[1])["cases"]
    assert case["forgotten"] is True


# ---------------------------------------------------------------- who is missing


def test_each_missing_signature_says_whose_turn_it_is(various: Workspace, ask: Ask) -> None:
    code, out, err = ask(various, "--missing")
    assert out.splitlines() == [
        (
            "bourg : Mme Lise Exemple (porteuse) n’a pas signé charte, émis il y a 40 jours ; c’est son tour ; "
            "il faut cette signature pour atteindre l’étape 3, « Diagnostic de territoire »"
        ),
        (
            "col : Mme Lise Exemple (porteuse) n’a pas signé convention-amorcage, exemplaires 1 et 2, "
            "émis il y a 12 jours ; c’est son tour ; "
            "il faut cette signature pour atteindre l’étape 4, « Premier comité de pilotage »"
        ),
        (
            "col : M. Camille Fictif (tete-de-reseau) n’a pas signé convention-amorcage, exemplaires 1 et 2, "
            "émis il y a 12 jours ; attend d’abord Mme Lise Exemple (porteuse) ; "
            "il faut cette signature pour atteindre l’étape 4, « Premier comité de pilotage »"
        ),
    ]
    assert code == 10
    assert "etang.yaml" in err
    assert ask(various, "--missing", "bourg")[0] == 3
    assert ask(various, "--missing", "amont")[:2] == (0, "")


def test_boxes_to_look_at_are_named_with_the_missing_signatures(various: Workspace, ask: Ask) -> None:
    box = ScannedBox(party="porteuse", state=InkState.UNCERTAIN)
    page = ScannedPage(scan_page=1, reference="bourg.charte.v1", original=1, page=1, boxes=(box,))
    record(various, "bourg", Scanned(on=TODAY, scan_sha256="0" * 64, file_pages=1, pages=(page,), process=""))
    line = (
        "bourg : la case de Mme Lise Exemple (porteuse) sur charte, exemplaire 1, est à regarder : "
        "piles receive --review PAGE.html\n"
    )
    assert ask(various, "--missing", "bourg") == (3, line, "")
    assert line in ask(various, "bourg")[1]
    assert "1 case à regarder" in ask(various)[1]
    assert ask(various, "--missing", "bourg", "--party", "tete-de-reseau")[:2] == (0, "")
    assert ask(various, "--missing", "--party", "porteuse")[1].count("est à regarder") == 1
    (case,) = json.loads(ask(various, "bourg", "--json")[1])["cases"]
    assert case["missing"] == []
    assert case["uncertain"] == [
        {"name": "charte", "party": "porteuse", "signatory": "Mme Lise Exemple", "original": 1}
    ]


# ---------------------------------------------------------------- many cases


def test_many_cases_have_a_line_each_and_a_summary(various: Workspace, ask: Ask) -> None:
    code, out, err = ask(various)
    lines = out.splitlines()
    table = [re.split(r"   +", line) for line in lines[: lines.index("")]]
    assert table[0] == ["Dossier", "Étape", "Attend", "Signature la plus attendue", "Fin proche"]
    assert [row[:2] for row in table[2:]] == [
        ["amont", "1/7"],
        ["bourg", "2/7"],
        ["col", "1/7"],
        ["dent", "clos"],
    ]
    assert table[3][2:] == [
        "la signature de « Charte » par la structure porteuse (+ 1)",
        "40 jours : charte, Mme Lise Exemple (porteuse)",
        "–",
    ]
    assert table[4][4] == "convention-cadre prend fin le 27 décembre 2026, dans 35 jours"
    assert lines[lines.index("") + 1 :] == [
        "4 dossiers (étape 1 : 2, étape 2 : 1, clos : 1).",
        (
            "5 signatures manquent ; la plus attendue : bourg, charte, Mme Lise Exemple (porteuse), "
            "émis il y a 40 jours."
        ),
        "1 convention arrive à échéance ou l’a dépassée, sans suite signée.",
        "1 dossier à corriger : etang.",
    ]
    assert code == 10
    assert "cases/etang.yaml" in err


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", "amont bourg col dent"),
        ("--step 1", "amont col"),
        ("--step 2", "bourg"),
        ("--step 8", ""),
        ("--party porteuse", "bourg col"),
        ("--party tete-de-reseau", "col"),
        ("--party animateur", ""),
        ("--older-than 0", "bourg col"),
        ("--older-than 12", "bourg col"),
        ("--older-than 13", "bourg"),
        ("--older-than 41", ""),
        ("--party tete-de-reseau --older-than 13", ""),
        ("--step 1 --party porteuse --older-than 12", "col"),
        ("--step 2 --party tete-de-reseau", ""),
    ],
)
def test_filters_combine_and_hold_for_every_face(
    words: str, found: str, various: Workspace, ask: Ask, tmp_path: Path
) -> None:
    names, filters = found.split(), words.split()
    text = ask(various, *filters)[1]
    assert [line.split()[0] for line in text.split("\n\n")[0].splitlines()[2:]] == names or (
        not names and text.startswith("0 dossier.")
    )
    told = json.loads(ask(various, *filters, "--json")[1])
    assert [case["dossier"] for case in told["cases"]] == names
    rows = cells(ask(various, *filters, "--csv")[1])
    assert list(dict.fromkeys(row["dossier"] for row in rows)) == [*names, "etang"]
    ask(various, *filters, "--html", str(tmp_path / "page.html"))
    page = (tmp_path / "page.html").read_text("utf-8")
    assert re.findall(r'<article id="(\w+)"', page) == names
    assert "etang" in page


def test_lists_of_signatures_hold_only_those_that_are_meant(various: Workspace, ask: Ask) -> None:
    words = ("--party", "tete-de-reseau")
    assert [line.split(" (")[0] for line in ask(various, "--missing", *words)[1].splitlines()] == [
        "col : M. Camille Fictif"
    ]
    rows = cells(ask(various, "--csv", "--missing", *words)[1])
    assert [(row["partie"], row["exemplaire"]) for row in rows if row["partie"]] == [
        ("tete-de-reseau", "1"),
        ("tete-de-reseau", "2"),
    ]
    (case,) = json.loads(ask(various, "--json", *words)[1])["cases"]
    assert {item["party"] for item in case["missing"]} == {"porteuse", "tete-de-reseau"}


@pytest.mark.parametrize(
    "words",
    [("--step", "9"), ("--step", "0"), ("--party", "maire"), ("--older-than", "-1"), ("--json", "--csv")],
)
def test_what_is_no_filter_is_refused(words: tuple[str, ...], various: Workspace, ask: Ask) -> None:
    code, out, err = ask(various, *words)
    assert (code, out) == (2, "")
    assert err


# ---------------------------------------------------------------- JSON


def test_the_json_is_the_reports_and_names_what_cannot_be_read(various: Workspace, ask: Ask) -> None:
    told: dict[str, Any] = json.loads(ask(various, "--json")[1])
    page = (ROOT / "docs/status-json.md").read_text("utf-8")
    top = re.findall(r"^\| `(\w+)` \|", page.split("## Top")[1].split("## ")[0], re.MULTILINE)
    assert list(told) == top
    assert [list(case) for case in told["cases"]] == [[field.name for field in fields(CaseReport)]] * 4
    (unreadable,) = told["unreadable"]
    assert (unreadable["dossier"], unreadable["exit_code"]) == ("etang", 10)
    assert unreadable["defects"][0]["file"] == "cases/etang.yaml"
    assert told["cases"][2]["endings"][0]["days_left"] == 35


def test_without_any_case_the_json_is_whole(tmp_path: Path, ask: Ask) -> None:
    told = json.loads(ask(make_network(tmp_path), "--json")[1])
    assert (told["cases"], told["unreadable"]) == ([], [])


# ---------------------------------------------------------------- CSV


def test_the_csv_has_a_line_for_each_signature_or_case(various: Workspace, ask: Ask) -> None:
    code, out, _ = ask(various, "--csv")
    assert code == 10
    assert out.replace("\r\n", "").count("\n") == out.replace("\r\n", "").count("\r") == 0
    rows = cells(out)
    assert all(tuple(row) == COLUMNS for row in rows)
    assert [row["dossier"] for row in rows] == ["amont", "bourg", *["col"] * 4, "dent", "etang"]
    assert rows[1] == {
        "dossier": "bourg",
        "piles": "PILES du Luberon",
        "etat": "en cours",
        "etape": "2",
        "attend": "la signature de « Charte » par la structure porteuse ; "
        "le conseil d’administration a validé le projet (jalon validation-ca)",
        "document": "charte",
        "exemplaire": "1",
        "partie": "porteuse",
        "signataire": "Mme Lise Exemple",
        "moyen": "papier",
        "emis_le": "2026-10-13",
        "depuis_jours": "40",
        "avant_le": "2026-10-28",
        "a_son_tour": "oui",
        "attend_d_abord": "",
        "ecrit_le": "",
        "ouvre": "l’étape 3, « Diagnostic de territoire »",
        "fin_proche": "",
    }
    second = rows[3]
    assert (second["a_son_tour"], second["attend_d_abord"]) == ("non", "Mme Lise Exemple (porteuse)")
    assert second["fin_proche"] == "convention-cadre : 2026-12-27"
    assert (rows[-1]["etat"], rows[-1]["document"]) == ("à corriger", "")
    only = cells(ask(various, "--csv", "--missing")[1])
    assert [row["dossier"] for row in only] == ["bourg", *["col"] * 4, "etang"]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "＝"])
def test_no_cell_is_a_formula(start: str, various: Workspace, ask: Ask) -> None:
    attack = f'{start}HYPERLINK("http://x.example";"cliquez")'
    record(various, "amont", issued("amont", "charte", {"porteuse": attack}))
    row = cells(ask(various, "--csv", "amont")[1])[0]
    assert row["signataire"] == f"'{attack}"
