"""Whom this workspace believes, and what its signatures can be completed with."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path

from piles_docs.errors import CaseInvalid
from piles_docs.methodology.acts import Level
from piles_docs.signing.signing import Services
from piles_docs.signing.trust import Root, Trust, read_certificates
from piles_docs.usecases.workspace import Workspace

FOLDER = "confiance"
"""Where staff put the certificates of the authorities that they believe."""


def trust_of(workspace: Workspace) -> Trust:
    """The roots that a workspace believes.

    Raises:
        CaseInvalid: A file of confiance/ holds no certificate, or piles.toml has defects.
    """
    roots = list(_own_roots(workspace.root / FOLDER))
    if workspace.network().signature.racines_du_systeme:
        roots += _system_roots()
    return Trust(tuple(roots))


def services_of(workspace: Workspace) -> Services:
    """What signatures can be completed with, and the level to reach.

    Raises:
        CaseInvalid: As `trust_of`; or a level is asked for that needs a time-stamping service.
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


def _own_roots(folder: Path) -> Iterator[Root]:
    for path in sorted(folder.glob("[!.]*")):
        for certificate in read_certificates(path.read_bytes(), name=f"{FOLDER}/{path.name}"):
            yield Root(certificate, f"dossier {FOLDER}/")


def _system_roots() -> Iterator[Root]:
    """The authorities that this system knows; what has no file of its own is not looked for."""
    paths = ssl.get_default_verify_paths()
    if paths.cafile and Path(paths.cafile).is_file():
        for certificate in read_certificates(Path(paths.cafile).read_bytes(), name=paths.cafile):
            yield Root(certificate, "autorités de ce système")
