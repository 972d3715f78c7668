"""Keys that sign: make one for trying out, tell what the seal's is worth and whom this workspace believes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from asn1crypto import x509

from piles_docs.errors import PilesError, SigningFailed, UsageError, WouldOverwrite
from piles_docs.signing.certificates import Certificate
from piles_docs.signing.development_keys import LONGEST_NAME, Holder, make_development_key
from piles_docs.signing.standing import KeyStanding, standing_of
from piles_docs.usecases.clock import Clock
from piles_docs.usecases.files import write_new
from piles_docs.usecases.key_sources import KeySource, Secrets, open_key, seal_source
from piles_docs.usecases.seal_memory import remember
from piles_docs.usecases.trusting import FOLDER, own_roots, trust_of
from piles_docs.usecases.workspace import Workspace

WARNING_DAYS = 60
"""A certificate that ends sooner than this is to be renewed: it takes weeks to have one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key that was made."""

    path: Path
    root_path: Path
    """The certificate of its root, that this workspace believes from now on."""
    certificate: Certificate
    setting: str
    """How piles.toml names it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BelievedRoot:
    """A certificate of confiance/."""

    file: str
    certificate: Certificate
    days_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SealKey:
    """The key of the seal."""

    source: KeySource
    known: KeyStanding
    days_left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyList:
    """With what this workspace seals, and whom it believes."""

    seal: SealKey | None
    roots: tuple[BelievedRoot, ...]
    shortfalls: tuple[str, ...]
    """What of the believed could not be read, in French."""


def new_key(
    workspace: Workspace,
    path: Path,
    holder: Holder,
    *,
    passphrase: str,
    days: int,
    is_rsa: bool,
    clock: Clock,
) -> NewKey:
    """Make a key for trying out, and believe its root.

    Raises:
        WouldOverwrite: A file of one of the two names is there.
        UsageError: A name is empty or too long.
        SigningFailed: The passphrase is empty.
        ToolFailed: The folder cannot be written.
    """
    root_path = workspace.root / FOLDER / f"racine-essai-{path.stem}.pem"
    for taken in (path, root_path):
        if taken.exists() or taken.is_symlink():
            raise WouldOverwrite(f"{taken} existe déjà", remedy="donnez un autre nom de fichier à la clé")
    for value in (holder.name, holder.organisation):
        if value is not None and not 0 < len(value.strip()) <= LONGEST_NAME:
            raise UsageError(
                f"un nom dans un certificat a de 1 à {LONGEST_NAME} caractères", remedy="abrégez-le"
            )
    if not passphrase:
        raise SigningFailed(
            "une clé sans mot de passe peut être utilisée par quiconque en trouve le fichier",
            remedy="donnez-lui un mot de passe",
        )
    made = make_development_key(holder, passphrase, begins_at=clock.now, days=days, is_rsa=is_rsa)
    write_new(path, made.pkcs12, mode=0o600)
    try:
        write_new(root_path, made.root)
    except PilesError:
        path.unlink()  # a key whose root is kept nowhere would never be believed
        raise
    return NewKey(
        path=path,
        root_path=root_path,
        certificate=Certificate.of(x509.Certificate.load(made.certificate)),
        setting=_setting(path, workspace.root),
    )


def list_keys(workspace: Workspace, secrets: Secrets, clock: Clock) -> KeyList:
    """Tell what the seal's key is worth, and whom this workspace believes.

    Raises:
        SigningFailed: The key does not open.
        CaseInvalid: piles.toml or confiance/ has defects.
    """
    trust = trust_of(workspace)
    roots = tuple(
        BelievedRoot(
            file=file,
            certificate=Certificate.of(root.certificate),
            days_left=days_left(root.certificate.not_valid_after, clock),
        )
        for file, root in own_roots(workspace)
    )
    source = seal_source(workspace.network().signature, workspace.root)
    seal = None
    if source is not None:
        known = standing_of(open_key(source, secrets), trust)
        remember(workspace, source, known.certificate)
        seal = SealKey(source=source, known=known, days_left=days_left(known.certificate.ends_on, clock))
    return KeyList(seal=seal, roots=roots, shortfalls=trust.shortfalls)


def days_left(end: dt.datetime, clock: Clock) -> int:
    """Whole days until an end; less than 0 once it has passed."""
    return (end - clock.now) // dt.timedelta(days=1)


def _setting(path: Path, root: Path) -> str:
    """The path as piles.toml takes it: from the workspace, where it is inside."""
    whole, base = path.resolve(), root.resolve()
    return whole.relative_to(base).as_posix() if whole.is_relative_to(base) else whole.as_posix()
