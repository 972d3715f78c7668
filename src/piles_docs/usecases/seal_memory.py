"""Remembers in out/ what the certificate of the seal says, for whoever may not ask for its passphrase.

A PKCS#12 file hides its certificate too, and a card is not always there; `piles doctor` asks nobody anything.
So each use of the key leaves here what its certificate says, which every sealed document says as well. It
counts only for the key that piles.toml names, byte for byte where it is a file, and only warns.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from piles_docs.errors import ToolFailed
from piles_docs.signing.certificates import Certificate
from piles_docs.usecases.files import write_privately
from piles_docs.usecases.key_sources import FileSource, KeySource
from piles_docs.usecases.workspace import Workspace

_NAME = ".cachet.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class RememberedSeal:
    """What the certificate of the seal said when it was last used."""

    subject: str
    ends_on: dt.datetime


def remember(workspace: Workspace, source: KeySource, certificate: Certificate) -> None:
    """Keep what a certificate says; where out/ cannot be written, it is not kept."""
    kept = {
        "source": _digest(source),
        "subject": certificate.subject,
        "ends_on": certificate.ends_on.isoformat(),
    }
    content = json.dumps(kept, ensure_ascii=False).encode()
    with suppress(OSError):
        if _file(workspace).read_bytes() == content:
            return
    with suppress(ToolFailed):
        write_privately(_file(workspace), content)


def remembered(workspace: Workspace, source: KeySource) -> RememberedSeal | None:
    """What is remembered of a key, if anything."""
    try:
        kept = json.loads(_file(workspace).read_bytes())
        if kept["source"] != _digest(source):
            return None
        return RememberedSeal(
            subject=str(kept["subject"]), ends_on=dt.datetime.fromisoformat(kept["ends_on"])
        )
    except (OSError, ValueError, LookupError, TypeError):
        return None


def _file(workspace: Workspace) -> Path:
    return workspace.out / _NAME


def _digest(source: KeySource) -> str:
    content = repr(source).encode()
    if isinstance(source, FileSource):
        with suppress(OSError):
            content = source.path.read_bytes()
    return hashlib.sha256(content).hexdigest()
