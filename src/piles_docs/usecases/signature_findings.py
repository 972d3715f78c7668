"""What `piles doctor` says of a workspace's signatures; nobody is asked for a secret."""

from __future__ import annotations

from collections.abc import Iterator

from piles_docs.case.network_models import SignatureSettings
from piles_docs.errors import CaseInvalid, ToolMissing
from piles_docs.signing.european_lists import check_is_installed
from piles_docs.signing.standing import answers
from piles_docs.usecases.clock import Clock
from piles_docs.usecases.doctor import Finding
from piles_docs.usecases.key_sources import FileSource, KeySource, seal_source
from piles_docs.usecases.keys import WARNING_DAYS, days_left
from piles_docs.usecases.seal_memory import remembered
from piles_docs.usecases.trusting import own_roots
from piles_docs.usecases.workspace import Workspace

_SEAL, _STAMPS, _TRUST = "Cachet", "Horodatage", "Confiance"


def signature_findings(workspace: Workspace, clock: Clock) -> Iterator[Finding]:
    """Look at what a workspace signs with."""
    try:
        settings = workspace.network().signature
        source = seal_source(settings, workspace.root)
    except CaseInvalid as error:
        yield Finding(name="piles.toml", good=False, found=error.message, remedy=error.remedy)
        return
    yield _seal(workspace, source, clock)
    yield _time_stamps(settings)
    yield _trust(workspace, settings, clock, is_needed=source is not None)


def _seal(workspace: Workspace, source: KeySource | None, clock: Clock) -> Finding:
    """The key of the seal, and when its certificate ends."""
    if source is None:
        return Finding(name=_SEAL, good=True, found="aucune clé réglée : les documents se signent sur papier")
    if isinstance(source, FileSource) and not source.path.is_file():
        return Finding(
            name=_SEAL,
            good=False,
            found=f"{source} : absent",
            remedy="vérifiez cle dans [signature] de piles.toml",
        )
    known = remembered(workspace, source)
    if known is None:
        return Finding(
            name=_SEAL,
            good=True,
            found=f"{source}, fin du certificat inconnue (mot de passe non demandé)",
            remedy="piles keys list la lit, et elle sera connue ici ensuite",
        )
    day, left = f"{known.ends_on.astimezone():%d/%m/%Y}", days_left(known.ends_on, clock)
    if left < 0:
        return Finding(
            name=_SEAL,
            good=False,
            found=f"{source} ({known.subject}), certificat terminé le {day} : il ne peut plus sceller",
            remedy="demandez un nouveau certificat, et réglez-le dans [signature] de piles.toml",
        )
    ends_soon = left < WARNING_DAYS
    return Finding(
        name=_SEAL,
        good=True,
        is_warning=ends_soon,
        found=f"{source} ({known.subject}), certificat valable jusqu’au {day}",
        remedy=f"il ne reste que {left} jour{'s' if left > 1 else ''} : demandez le suivant"
        if ends_soon
        else "",
    )


def _time_stamps(settings: SignatureSettings) -> Finding:
    url = settings.horodatage
    if url is None:
        return Finding(
            name=_STAMPS,
            good=True,
            found="aucun service réglé : une signature ne se vérifie que tant que vaut son certificat",
        )
    answered = answers(url)
    return Finding(
        name=_STAMPS,
        good=answered,
        found=f"{url} répond" if answered else f"{url} ne répond pas comme il faut",
        remedy="" if answered else "vérifiez horodatage dans [signature] de piles.toml, et le réseau",
    )


def _trust(workspace: Workspace, settings: SignatureSettings, clock: Clock, *, is_needed: bool) -> Finding:
    """Whom the workspace believes; with nobody, no signature can stand."""
    try:
        roots = [root for _, root in own_roots(workspace)]
        if settings.listes_europeennes:
            check_is_installed()
    except (CaseInvalid, ToolMissing) as error:
        return Finding(name=_TRUST, good=False, found=error.message, remedy=error.remedy)
    others = [
        *(["autorités de ce système"] if settings.racines_du_systeme else []),
        *(["listes européennes"] if settings.listes_europeennes else []),
    ]
    found = ", ".join([f"{len(roots)} dans confiance/", *others])
    ended = [root for root in roots if days_left(root.certificate.not_valid_after, clock) < 0]
    if ended:
        return Finding(
            name=_TRUST,
            good=True,
            is_warning=True,
            found=f"{found} ; terminées : {len(ended)}",
            remedy="piles keys list les nomme",
        )
    if roots or others or not is_needed:
        return Finding(name=_TRUST, good=True, found=found)
    return Finding(
        name=_TRUST,
        good=True,
        is_warning=True,
        found="aucune autorité : aucune signature électronique ne sera crue",
        remedy="mettez dans confiance/ le certificat de l’autorité de chaque signataire",
    )
