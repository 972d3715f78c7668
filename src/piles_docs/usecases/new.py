"""Write a new case file, never over another."""

from __future__ import annotations

from pathlib import Path

from piles_docs.case.reading import read_case
from piles_docs.case.writing import commented_case
from piles_docs.errors import CaseInvalid, Defect, UsageError, WouldOverwrite
from piles_docs.usecases.files import write_atomically
from piles_docs.usecases.workspace import Workspace


def new_from_answers(
    workspace: Workspace, dossier: str, answers: dict[str, str]
) -> tuple[str, tuple[Defect, ...]]:
    """Write a commented case file from answers; return its name and what remains to be seen.

    Raises:
        WouldOverwrite: The case exists.
        CaseInvalid: The answers do not make a case.
    """
    return _write(workspace, dossier, commented_case(answers).encode())


def new_from_file(workspace: Workspace, dossier: str, source: Path) -> tuple[str, tuple[Defect, ...]]:
    """Take a file as a new case; its `dossier` must be the new name.

    Raises:
        UsageError: The file cannot be read.
        WouldOverwrite: The case exists.
        CaseInvalid: It is not a case.
    """
    try:
        content = source.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{source.name} ne peut pas être lu ({error.strerror})", remedy="vérifiez le chemin du fichier"
        ) from error
    return _write(workspace, dossier, content)


def _write(workspace: Workspace, dossier: str, content: bytes) -> tuple[str, tuple[Defect, ...]]:
    name = f"cases/{dossier}.yaml"
    path = workspace.root / name
    if path.exists():
        raise WouldOverwrite(f"{name} existe déjà", remedy="choisissez un autre nom, ou complétez ce fichier")
    reading = read_case(content, name)
    if reading.case is None:
        raise CaseInvalid(
            f"{name} ne peut pas être créé", remedy="corrigez le fichier d’origine", defects=reading.defects
        )
    write_atomically(path, content)
    return name, reading.defects
