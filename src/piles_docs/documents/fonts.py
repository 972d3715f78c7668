"""The font that our documents are set in: where it is, and which it is."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

FONT = "Liberation Sans"
_FOLDERS = ("~/.local/share/fonts", "/usr/share/fonts", "/usr/local/share/fonts")


def font_identity() -> str:
    """Name the font file that will be used for our documents, with its digest, or say that it is missing."""
    path = find_font()
    if path is None:
        return f"sans la police {FONT}"
    return f"{FONT} {hashlib.sha256(path.read_bytes()).hexdigest()[:16]}"


def find_font() -> Path | None:
    """The file of our documents' font, or None where the system would put another in its place."""
    matcher = shutil.which("fc-match")
    folders = [Path(os.path.expanduser(place)) for place in _FOLDERS]  # noqa: PTH111  # Path fails without a home
    if matcher is None:
        return next(
            (path for folder in folders for path in sorted(folder.rglob("LiberationSans-Regular.ttf"))), None
        )
    words = [matcher, "--format", "%{family}|%{file}", FONT]
    answer = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603  # the program found on PATH
    family, _, file = answer.stdout.partition("|")
    return Path(file) if FONT in family and Path(file).is_file() else None
