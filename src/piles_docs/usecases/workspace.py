"""The workspace: the folder that holds piles.toml, and what its files say.

Each method loads the rooms that it needs: most take longer to load than a question about a state takes to
answer, and every command begins by finding its workspace.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

from piles_docs.errors import CaseInvalid, TemplateInvalid, UsageError, has_errors

if TYPE_CHECKING:
    from piles_docs.case.models import Case
    from piles_docs.case.network_models import Network
    from piles_docs.case.reading import CaseReading
    from piles_docs.documents.template import Template
    from piles_docs.ledger.archive import Archive
    from piles_docs.ledger.store import Ledger
    from piles_docs.methodology.acts import Act

LARGEST_FILE_BYTES = 1024 * 1024
LETTERHEAD = "papier-en-tete"
_CONVERTERS = ("auto", "libreoffice", "dxpdf")
LEDGER_URL = "PILES_REGISTRE_URL"
"""The environment variable that says where the ledger is, before piles.toml does: it may hold a password."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """The folder of a network head: its identity, templates, cases, and what the program makes of them."""

    root: Path

    @property
    def out(self) -> Path:
        """What can be deleted and made again."""
        return self.root / "out"

    @property
    def records(self) -> Path:
        """The ledger and the archived bytes: the folder to back up."""
        return self.root / "records"

    @property
    def archive(self) -> Archive:
        """The bytes that were issued or came back."""
        from piles_docs.ledger.archive import Archive

        return Archive(self.records / "archive")

    @property
    def ledger_file(self) -> Path:
        """Where the ledger is kept unless piles.toml says otherwise."""
        return self.records / "registre.sqlite"

    def ledger(self) -> Ledger:
        """The ledger; nothing is created before the first act.

        Raises:
            CaseInvalid: piles.toml has defects.
            UsageError: The address given for the ledger is not understood.
        """
        from piles_docs.ledger.store import Ledger

        return Ledger.open(self.ledger_place(), base=self.root)

    def ledger_place(self) -> Path | str:
        """Where the ledger is: a URL, or a file."""
        url = os.environ.get(LEDGER_URL) or self.network().registre.url
        return url or self.ledger_file

    def network(self) -> Network:
        """Read piles.toml.

        Raises:
            CaseInvalid: It has defects; all are in the error.
        """
        from piles_docs.case.network import read_network

        reading = read_network(_read(self.root / "piles.toml"), "piles.toml")
        if reading.network is None or has_errors(reading.defects):
            raise CaseInvalid(
                "piles.toml ne peut pas être lu tel quel",
                remedy="corrigez-le puis relancez",
                defects=reading.defects,
            )
        return reading.network

    def preferred_converter(self) -> str:
        """Who makes the PDF, as piles.toml says: `auto`, `libreoffice` or `dxpdf`.

        Read without the rest of the file, for a command that may find nothing to do.

        Raises:
            CaseInvalid: As `network`.
        """
        try:
            settings = tomllib.loads(_read(self.root / "piles.toml").decode("utf-8-sig"))
            value = settings.get("document", {}).get("convertisseur", "auto")
        except (ValueError, AttributeError):
            value = None
        return value if value in _CONVERTERS else self.network().document.convertisseur

    def case_file(self, dossier: str) -> Path:
        """Where a case is described."""
        return self.root / "cases" / f"{dossier}.yaml"

    def dossiers(self) -> list[str]:
        """The cases of the workspace, sorted."""
        try:
            names = os.listdir(self.root / "cases")  # noqa: PTH208  # thousands of paths take their time
        except (FileNotFoundError, NotADirectoryError):
            return []
        return sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml"))

    def choose(self, wanted: Sequence[str]) -> list[str]:
        """Return the cases a command is about: those named, or all.

        Raises:
            UsageError: A case is not there; the nearest name is suggested.
        """
        known = self.dossiers()
        there = set(known)
        for dossier in wanted:
            if dossier not in there:
                near = difflib.get_close_matches(dossier, known, n=1)
                raise UsageError(
                    f"il n’y a pas de dossier « {dossier} »",
                    remedy=f"vouliez-vous dire « {near[0]} » ?"
                    if near
                    else "les dossiers sont les fichiers de cases/",
                )
        return list(wanted) or known

    def read(self, dossier: str) -> CaseReading:
        """Read a case file with all its defects."""
        from piles_docs.case.reading import read_case

        path = self.case_file(dossier)
        return read_case(_read(path), f"cases/{path.name}")

    def case(self, dossier: str) -> Case:
        """Read a case that has no error.

        Raises:
            CaseInvalid: It has errors; all are in it.
            UsageError: There is no such case.
        """
        self.choose([dossier])
        return self.chosen_case(dossier)

    def chosen_case(self, dossier: str) -> Case:
        """Read a case that `choose` gave: with thousands of them, it is not looked for in the folder again.

        Raises:
            CaseInvalid: It has errors; all are in it.
        """
        reading = self.read(dossier)
        if reading.case is None or has_errors(reading.defects):
            raise CaseInvalid(
                f"le dossier {dossier} contient des erreurs",
                remedy="corrigez-les puis relancez ; piles check les montre",
                defects=reading.defects,
            )
        return reading.case

    def acts(self, dossier: str) -> tuple[Act, ...]:
        """What has happened to a case, in order."""
        return self.chronicle()(dossier)

    def chronicle(self) -> Callable[[str], tuple[Act, ...]]:
        """What tells of any case what has happened to it, in order; for many cases, it is made once.

        Raises:
            CaseInvalid, UsageError: As `ledger`.
        """
        from piles_docs.ledger.acts import act_of
        from piles_docs.ledger.reading import read_chain

        place = self.ledger_place()
        chain = partial(read_chain, place) if isinstance(place, Path) else self.ledger().events
        return lambda dossier: tuple(map(act_of, chain(dossier)))

    def template(self, document: str) -> Template:
        """Read a Word template with its letterhead.

        Raises:
            TemplateInvalid: One of the two files is not there.
        """
        from piles_docs.documents.template import Template

        names = [f"templates/{document}.docx", f"templates/{LETTERHEAD}.docx"]
        contents = []
        for name in names:
            path = self.root / name
            if not path.is_file():
                raise TemplateInvalid(
                    f"le modèle {name} manque",
                    remedy="reprenez-le d’un espace neuf : piles init autre-dossier",
                )
            contents.append(_content(path))
        return Template(name=names[0], content=contents[0], letterhead=contents[1], blocks=self.blocks())

    def blocks(self) -> tuple[tuple[str, bytes], ...]:
        """The shared blocks of text that templates include, by name."""
        from piles_docs.documents.blocks import FOLDER

        files = sorted((self.root / FOLDER).glob("[!~.]*.docx"))
        return tuple((path.stem, _content(path)) for path in files)

    def mail_texts(self) -> dict[str, str]:
        """The texts of messages, by file name.

        Raises:
            TemplateInvalid: One is not UTF-8 text.
        """
        from piles_docs.documents.mail_text import FOLDER

        found = {}
        for path in sorted((self.root / "templates" / FOLDER).glob("[!~.]*.txt")):
            try:
                found[path.name] = path.read_text("utf-8-sig")
            except UnicodeDecodeError as error:
                raise TemplateInvalid(
                    f"templates/{FOLDER}/{path.name} n’est pas un texte en UTF-8",
                    remedy="réenregistrez-le en choisissant l’encodage UTF-8",
                ) from error
        return found


def _content(path: Path) -> bytes:
    """The bytes of a template, read again only where its size or dates say that they may be others."""
    about = path.stat()
    return _content_once(path, (about.st_size, about.st_mtime_ns, about.st_ctime_ns))


@lru_cache(maxsize=256)
def _content_once(path: Path, about: tuple[int, int, int]) -> bytes:  # noqa: ARG001  # part of the key
    return path.read_bytes()


def find_workspace(start: Path) -> Workspace:
    """Find the workspace by walking up from a folder.

    Raises:
        UsageError: No folder above holds piles.toml.
    """
    for folder in (start, *start.parents):
        if (folder / "piles.toml").is_file():
            return Workspace(folder)
    raise UsageError(
        f"aucun espace de travail ici : pas de piles.toml dans {start.name}/ ni au-dessus",
        remedy="placez-vous dans votre espace, ou donnez --workspace, ou créez-en un : piles init DOSSIER",
    )


def _read(path: Path) -> bytes:
    """Read a file that staff wrote, as far as its reader needs to tell that it is too large."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_FILE_BYTES + 1)
    except OSError as error:
        raise CaseInvalid(
            f"{path.name} ne peut pas être ouvert ({error.strerror})",
            remedy="vérifiez que le fichier existe et que vous avez le droit de le lire",
        ) from error
