"""`piles keys`: make a key for trying out; tell what the seal's is worth, and whom the workspace believes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from piles_docs.cli.main import Session
from piles_docs.cli.options import the_clock
from piles_docs.cli.output import count, say, sentence, show_json, working
from piles_docs.cli.secrets import TerminalSecrets
from piles_docs.signing.certificates import Certificate
from piles_docs.signing.development_keys import Holder
from piles_docs.signing.standing import Standing
from piles_docs.usecases.keys import WARNING_DAYS, BelievedRoot, KeyList, SealKey, list_keys, new_key

SCHEMA = 1
"""Version of the JSON: keys may be added within one."""

STANDING_WORDS = {
    Standing.GOOD: "en règle : il peut signer",
    Standing.NOT_ASKED: "l’autorité qui l’a certifié ne dit pas s’il est révoqué",
    Standing.REVOKED: "révoqué : il ne peut plus signer",
    Standing.OUT_OF_TIME: "hors de ses dates : il ne peut pas signer",
    Standing.UNFIT: "il n’est pas fait pour signer des documents",
    Standing.UNTRUSTED: "il ne mène à aucune autorité que cet espace croit : il ne peut pas signer ici",
}


@click.group("keys", subcommand_metavar="COMMANDE [ARGUMENTS]…")
def command() -> None:
    """Les clés de signature : en faire une d’essai, savoir ce que vaut celle du cachet."""


@command.command("new")
@click.argument("path", metavar="FICHIER", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--name", required=True, metavar="NOM", help="Nom de la personne, ou de la structure.")
@click.option("--organisation", metavar="STRUCTURE", help="Structure de cette personne.")
@click.option(
    "--days",
    type=click.IntRange(1, 3650),
    default=730,
    metavar="JOURS",
    show_default=True,
    help="Durée de son certificat.",
)
@click.option("--rsa", "is_rsa", is_flag=True, help="Clé RSA de 2048 bits ; sinon P-256.")
@click.pass_obj
def new_command(
    session: Session, path: Path, name: str, organisation: str | None, days: int, is_rsa: bool
) -> None:
    """Faire une clé d’essai, que personne d’autre ne croira.

    Le mot de passe qui la protège est demandé, ou pris dans PILES_CLE_MOT_DE_PASSE. Le certificat de sa
    racine va dans confiance/ : cet espace-ci la croit.
    """
    workspace = session.workspace()
    made = new_key(
        workspace,
        path,
        Holder(name=name, organisation=organisation),
        passphrase=TerminalSecrets().new_passphrase(path.name),
        days=days,
        is_rsa=is_rsa,
        clock=the_clock(),
    )
    click.echo(f"clé d’essai : {made.path} ({_about(made.certificate)})")
    click.echo(f"sa racine, que cet espace croit désormais : {made.root_path.relative_to(workspace.root)}")
    click.echo("")
    click.echo(click.style("CLÉ D’ESSAI : personne d’autre que cet espace ne la croit.", bold=True))
    click.echo("Ce qu’elle signe ne prouve rien devant un tiers ni devant un juge : pour de vrais actes,")
    click.echo("demandez un certificat à un prestataire, et ôtez alors sa racine de confiance/.")
    click.echo("")
    click.echo("Pour en faire le cachet de cet espace, dans piles.toml :")
    click.echo("[signature]")
    click.echo(f'cle = "{made.setting}"')


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Le résultat pour un autre programme.")
@click.pass_obj
def list_command(session: Session, as_json: bool) -> None:
    """Dire ce que vaut la clé du cachet, et qui cet espace croit.

    Le mot de passe ou le code de la clé est demandé : sans lui, son certificat ne se lit pas.
    """
    with working("lecture de la clé…", quiet=session.quiet):
        found = list_keys(session.workspace(), TerminalSecrets(), the_clock())
    if as_json:
        show_json(_as_json(found))
        return
    _show_seal(found.seal)
    click.echo("")
    if not found.roots:
        click.echo("confiance/ ne contient aucune autorité.")
    for root in found.roots:
        click.echo(f"{root.file} : {root.certificate.subject}, {_until(root.certificate, root.days_left)}")
    for shortfall in found.shortfalls:
        say(f"Remarque : {sentence(shortfall)}", quiet=session.quiet)


def _show_seal(seal: SealKey | None) -> None:
    if seal is None:
        click.echo("Cachet : aucune clé n’est réglée dans [signature] de piles.toml.")
        return
    certificate, known = seal.known.certificate, seal.known
    click.echo(f"Cachet : {seal.source}")
    click.echo(f"    titulaire : {certificate.subject}")
    click.echo(f"    certifié par : {certificate.issuer}")
    click.echo(f"    {_until(certificate, seal.days_left)}")
    click.echo(f"    confiance : {known.anchor or 'aucune'}")
    click.echo(f"    {STANDING_WORDS[known.standing]}")
    if 0 <= seal.days_left < WARNING_DAYS:
        click.echo("    → demandez dès maintenant le certificat suivant")


def _about(certificate: Certificate) -> str:
    return f"{certificate.subject}, jusqu’au {certificate.ends_on.astimezone():%d/%m/%Y}"


def _until(certificate: Certificate, days_left: int) -> str:
    day = f"{certificate.ends_on.astimezone():%d/%m/%Y}"
    if days_left < 0:
        return f"a pris fin le {day}"
    return f"valable jusqu’au {day} ({count(days_left, 'jour')})"


def _as_json(found: KeyList) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "seal": _seal_as_json(found.seal) if found.seal else None,
        "roots": [_root_as_json(root) for root in found.roots],
        "shortfalls": list(found.shortfalls),
    }


def _seal_as_json(seal: SealKey) -> dict[str, Any]:
    return {
        "source": str(seal.source),
        **_certificate_as_json(seal.known.certificate),
        "days_left": seal.days_left,
        "standing": str(seal.known.standing),
        "anchor": seal.known.anchor,
    }


def _root_as_json(root: BelievedRoot) -> dict[str, Any]:
    return {"file": root.file, **_certificate_as_json(root.certificate), "days_left": root.days_left}


def _certificate_as_json(certificate: Certificate) -> dict[str, Any]:
    return {
        "subject": certificate.subject,
        "issuer": certificate.issuer,
        "begins_on": certificate.begins_on.isoformat(),
        "ends_on": certificate.ends_on.isoformat(),
        "certificate_sha256": certificate.sha256,
    }
