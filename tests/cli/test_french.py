from __future__ import annotations

import gettext
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

CATALOGUE = files("piles_docs.cli").joinpath("locale", "fr", "LC_MESSAGES")
ENGLISH = (
    "Usage:",
    "Error:",
    "Missing",
    "No such",
    "Invalid",
    "Show this",
    "Commands:",
    "Try '",
    "Got unexpected",
)


def test_the_compiled_catalogue_says_what_its_source_says() -> None:
    with CATALOGUE.joinpath("messages.po").open("rb") as source:
        written = [message for message in read_po(source, locale="fr") if message.id]
    with CATALOGUE.joinpath("messages.mo").open("rb") as compiled:
        french = gettext.GNUTranslations(compiled)

    for message in written:
        if not isinstance(message.id, str):
            one, many = message.id
            assert (french.ngettext(one, many, 1), french.ngettext(one, many, 2)) == tuple(
                message.string or ()
            )
        else:
            assert french.gettext(message.id) == message.string


@pytest.mark.parametrize(
    "words",
    [
        ["--help"],
        ["pack", "--help"],
        ["record", "haut-verdon", "--help"],
        ["templates", "check", "--help"],
        ["templates", "diff", "charte", "--with", "absent.docx"],
        ["inconnue"],
        ["pack"],
        ["pack", "haut-verdon", "--step", "99"],
        ["status", "--as-of", "12/10/2026"],
        ["status", "--inconnue"],
        ["init", "un", "deux"],
        ["pack", "haut-verdon", "--means", "fax"],
    ],
)
def test_every_word_of_the_command_line_is_french_on_any_machine(words: list[str], tmp_path: Path) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "piles_docs", *words],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={"LANG": "de_DE.UTF-8", "LANGUAGE": "de", "PATH": "/usr/bin:/bin", "PYTHONIOENCODING": "utf-8"},
    )
    said = answer.stdout + answer.stderr

    assert said
    assert not [word for word in ENGLISH if word in said]
    assert answer.returncode == (0 if "--help" in words else 2)
