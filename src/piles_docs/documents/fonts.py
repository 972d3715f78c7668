"""The font that our documents are set in: where it is, and which it is."""

from __future__ import annotations

import hashlib
import os
import shutil
from contextlib import suppress
from pathlib import Path

FONT = "Liberation Sans"
_FOLDERS = ("~/.local/share/fonts", "~/.fonts", "/usr/share/fonts", "/usr/local/share/fonts")
_SETTINGS = ("~/.config/fontconfig", "/etc/fonts")
"""Where fontconfig, which chooses among fonts, is told how."""


def font_identity() -> str:
    """Name the font file that will be used for our documents, with its digest, or say that it is missing."""
    path = find_font()
    if path is None:
        return f"sans la police {FONT}"
    return f"{FONT} {hashlib.sha256(path.read_bytes()).hexdigest()[:16]}"


def font_dates() -> str:
    """A digest that changes whenever `font_identity` may, without asking the program that chooses fonts.

    A font outside the usual folders that is written over is not noticed.
    """
    facts = []
    for place in (*_FOLDERS, *_SETTINGS):
        for folder, _, names in os.walk(_at(place)):
            ours = [name for name in names if name.startswith("LiberationSans-Regular")]
            for path in (Path(folder, name) for name in (".", *ours)):
                with suppress(OSError):
                    facts.append(f"{path} {path.stat().st_mtime_ns}")
    return hashlib.sha256("\n".join(facts).encode(errors="surrogateescape")).hexdigest()


def _at(place: str) -> str:
    return os.path.expanduser(place)  # noqa: PTH111  # Path fails without a home


def find_font() -> Path | None:
    """The file of our documents' font, or None where the system would put another in its place."""
    import subprocess  # noqa: PLC0415  # slow to load

    matcher = shutil.which("fc-match")
    folders = [Path(_at(place)) for place in _FOLDERS]
    if matcher is None:
        return next(
            (path for folder in folders for path in sorted(folder.rglob("LiberationSans-Regular.ttf"))), None
        )
    words = [matcher, "--format", "%{family}|%{file}", FONT]
    answer = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603  # the program found on PATH
    family, _, file = answer.stdout.partition("|")
    return Path(file) if FONT in family and Path(file).is_file() else None
