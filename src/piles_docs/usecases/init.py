"""Make a new workspace: templates, piles.toml, an example case."""

from __future__ import annotations

from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from piles_docs.errors import WouldOverwrite
from piles_docs.usecases.files import write_atomically

_SEED = (
    "piles.toml",
    "templates",
    "templates/blocs",
    "templates/courriels",
    "cases/haut-verdon.yaml",
    "cases/dossier.schema.json",
)


def init(folder: Path) -> tuple[str, ...]:
    """Fill a folder with what a new workspace needs; return the names of what was made.

    Raises:
        WouldOverwrite: The folder holds something already.
        ToolFailed: The folder cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise WouldOverwrite(
            f"{folder} n’est pas vide", remedy="choisissez un dossier neuf : piles init mon-espace"
        )
    made = []
    for name in _SEED:
        for path, content in _contents(seed().joinpath(*name.split("/")), name):
            write_atomically(folder / path, content)
            made.append(path)
    write_atomically(folder / ".gitignore", b"out/\nrecords/\ncles/\n*.p12\n*.pfx\n")
    return tuple(made)


def seed() -> Traversable:
    """Where the first files come from: the installed package, or the repository, a workspace itself."""
    packaged = files("piles_docs").joinpath("seed")
    return packaged if packaged.is_dir() else Path(__file__).resolve().parents[3]


def _contents(source: Traversable, name: str) -> list[tuple[str, bytes]]:
    if source.is_file():
        return [(name, source.read_bytes())]
    return [
        (f"{name}/{item.name}", item.read_bytes())
        for item in sorted(source.iterdir(), key=lambda item: item.name)
        if item.name.endswith((".docx", ".txt")) and not item.name.startswith(("~", "."))
    ]
