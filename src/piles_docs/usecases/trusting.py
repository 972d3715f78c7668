"""Whom this workspace believes, and what its signatures can be completed with."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

from piles_docs.errors import CaseInvalid
from piles_docs.methodology.acts import Level
from piles_docs.signing.signing import Services
from piles_docs.signing.trust import Root, Trust, read_certificates
from piles_docs.usecases.european_lists import european_lists
from piles_docs.usecases.workspace import Workspace

FOLDER = "confiance"
"""Where staff put the certificates of the authorities that they believe."""


def trust_of(workspace: Workspace) -> Trust:
    """Whom a workspace believes.

    Raises:
        CaseInvalid: A file of confiance/ holds no certificate, or piles.toml has defects.
        ToolMissing, ToolFailed: The European lists are to be believed, and cannot be read.
    """
    settings = workspace.network().signature
    roots = [root for _, root in own_roots(workspace)]
    if settings.racines_du_systeme:
        roots += _system_roots()
    if not settings.listes_europeennes:
        return Trust(tuple(roots))
    listed, shortfalls = european_lists(workspace)
    return Trust(tuple(roots), listed, shortfalls)


def services_of(workspace: Workspace) -> Services:
    """What signatures can be completed with, and the level to reach.

    Raises:
        CaseInvalid: As `trust_of`; or a level is asked for that needs a time-stamping service.
        ToolMissing, ToolFailed: As `trust_of`.
    """
    settings = workspace.network().signature
    wanted = Level(settings.niveau) if settings.niveau else None
    if wanted not in {None, Level.B} and settings.horodatage is None:
        raise CaseInvalid(
            f"piles.toml demande le niveau {wanted} sans service d’horodatage",
            remedy="donnez son adresse dans [signature], horodatage, ou retirez niveau",
        )
    level = wanted or (Level.LTA if settings.horodatage else Level.B)
    return Services(trust=trust_of(workspace), time_stamp_url=settings.horodatage, level=level)


def own_roots(workspace: Workspace) -> Iterator[tuple[str, Root]]:
    """The roots of the folder confiance/, each with the name of its file.

    Raises:
        CaseInvalid: A file there holds no certificate, or cannot be read.
    """
    for path in sorted((workspace.root / FOLDER).glob("[!.]*")):
        if path.is_file():
            name = f"{FOLDER}/{path.name}"
            for certificate in read_certificates(_content(path, name), name=name):
                yield name, Root(certificate, f"dossier {FOLDER}/")


def _content(path: Path, name: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise CaseInvalid(
            f"{name} ne peut pas être lu ({error.strerror})",
            remedy="vérifiez que vous avez le droit de le lire",
        ) from error


def _system_roots() -> Iterator[Root]:
    """The authorities that this system knows: all in one file, or each in a file named by its hash.

    As OpenSSL looks for them, SSL_CERT_FILE and SSL_CERT_DIR included.
    """
    paths = ssl.get_default_verify_paths()
    files = [Path(paths.cafile)] if paths.cafile else _hashed_files(paths.capath)
    seen = set()
    for path in files:
        for certificate in read_certificates(_content(path, str(path)), name=str(path)):
            if certificate.sha256 not in seen:
                seen.add(certificate.sha256)
                yield Root(certificate, "autorités de ce système")


def _hashed_files(folder: str | None) -> list[Path]:
    """The files of a folder made by c_rehash; a link may lead nowhere."""
    found = sorted(Path(folder).glob("*.[0-9]")) if folder else []
    return [path for path in found if path.is_file()]
