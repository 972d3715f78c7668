"""Bytes to text: size, encoding and invisible characters, before any parser sees them."""

from __future__ import annotations

import codecs

from piles_docs.case.positions import Finding, Mark
from piles_docs.case.values import is_unprintable

MAX_BYTES = 1024 * 1024
"""A case file is a few thousand bytes; beyond one mebibyte it is something else."""


class UnreadableError(ValueError):
    """The file cannot be read at all; holds the one finding that says why."""

    def __init__(self, message: str, remedy: str, mark: Mark | None = None) -> None:
        super().__init__(message)
        self.finding = Finding(path=(), message=message, remedy=remedy, mark=mark)


def decode(content: str | bytes) -> str:
    """Return a file's text, without byte order mark.

    Raises:
        UnreadableError: The file is too big, is not UTF-8, or holds control characters.
    """
    if len(content) > MAX_BYTES:
        raise UnreadableError(
            "le fichier dépasse un mébioctet : ce n’est pas une description écrite à la main",
            "vérifiez que vous avez choisi le bon fichier",
        )
    text = content if isinstance(content, str) else _decoded(content)
    text = text.removeprefix("\ufeff")
    _refuse_control_characters(text)
    return text


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8").removeprefix("\ufeff")
        remedy = "dans votre éditeur, enregistrez-le avec l’encodage UTF-8"
        if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            raise UnreadableError("le fichier est en UTF-16, pas en UTF-8", remedy) from error
        raise UnreadableError("le fichier n’est pas en UTF-8", remedy, _mark_after(before)) from error


def _mark_after(text: str) -> Mark:
    return Mark(line=text.count("\n") + 1, column=len(text) - text.rfind("\n"))


def _refuse_control_characters(text: str) -> None:
    found = {character for character in set(text) - set("\t\n\r") if is_unprintable(character)}
    if found:
        place = min(map(text.index, found))
        raise UnreadableError(
            f"le fichier contient un caractère invisible (U+{ord(text[place]):04X})",
            "effacez-le et retapez ce passage au clavier",
            _mark_after(text[:place]),
        )
