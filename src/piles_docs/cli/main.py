"""The `piles` command: finds the workspace, turns errors into French and an exit code."""

from __future__ import annotations

import ast
import gc
import gettext
import importlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path

import click

from piles_docs.cli.output import say_error
from piles_docs.errors import ExitCode, PilesError
from piles_docs.usecases.workspace import Workspace, find_workspace

# Name of each command and of the module that holds it, loaded when it is called.
COMMANDS = {
    "init": "init",
    "new": "new",
    "check": "check",
    "generate": "generate",
    "pack": "pack",
    "send": "send",
    "remind": "remind",
    "sign": "sign",
    "receive": "receive",
    "proof": "proof",
    "record": "record",
    "copies": "copies",
    "void": "void",
    "status": "status",
    "why": "why",
    "log": "log",
    "verify": "verify",
    "export": "export",
    "forget": "forget",
    "templates": "templates",
    "keys": "keys",
    "doctor": "doctor",
}


@dataclass(frozen=True, slots=True)
class Session:
    """What all commands share: where the workspace is, and how much to say."""

    folder: Path | None
    quiet: bool
    verbose: bool

    def workspace(self) -> Workspace:
        """Find the workspace: the one named, or the one around the current folder."""
        if self.folder is None:
            try:
                return find_workspace(Path.cwd())
            except FileNotFoundError as error:
                raise click.UsageError(
                    "Le dossier courant n’existe plus : placez-vous dans un autre."
                ) from error
        if not (self.folder / "piles.toml").is_file():
            raise click.UsageError(
                f"{self.folder} n’est pas un espace de travail : il n’y a pas de piles.toml."
            )
        return Workspace(self.folder)


class LazyGroup(click.Group):
    """Loads a command's module only when the command is called or its help is shown."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """All commands, in the order of a case's life."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # as above
        """Load a command by its name."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"piles_docs.cli.{COMMANDS[cmd_name]}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # as above
        """List the commands with the first words of their help, read from their source without loading it."""
        room = formatter.width - 6 - max(map(len, COMMANDS))
        rows = [
            (name, click.Command(name, help=_help_of(name)).get_short_help_str(room)) for name in COMMANDS
        ]
        with formatter.section("Commandes"):
            formatter.write_dl(rows)


def _help_of(name: str) -> str:
    """The docstring of a command."""
    source = Path(__file__).with_name(f"{COMMANDS[name]}.py").read_bytes()
    functions = {found.name: found for found in ast.parse(source).body if isinstance(found, ast.FunctionDef)}
    return ast.get_docstring(functions["command"]) or ""


@click.group(
    cls=LazyGroup,
    subcommand_metavar="COMMANDE [ARGUMENTS]…",
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.option(
    "--workspace",
    envvar="PILES_WORKSPACE",
    type=click.Path(path_type=Path, file_okay=False),
    help="L’espace de travail ; sinon celui du dossier courant.",
)
@click.option("--quiet", "-q", is_flag=True, help="Ne dire que les résultats et les erreurs.")
@click.option("--verbose", "-v", is_flag=True, help="Dire aussi le détail technique d’une erreur.")
@click.version_option(package_name="piles-docs", message="piles-docs %(version)s", help="Montrer la version.")
@click.pass_context
def piles(ctx: click.Context, workspace: Path | None, quiet: bool, verbose: bool) -> None:
    """Les documents d’un PILES : les préparer, les faire signer, savoir ce qui manque."""
    ctx.obj = Session(workspace, quiet, verbose)


def speak_french() -> None:
    """Make click's own words French too, whatever the machine's language; ours are French already."""
    os.environ["LANGUAGE"] = "fr"
    gettext.bindtextdomain("messages", str(Path(__file__).parent / "locale"))


def main() -> None:
    """Run the command and end the process with its exit code."""
    # A tenth of a short run would go into looking for garbage among modules that have just been loaded.
    gc.set_threshold(50_000)
    sys.exit(run(sys.argv[1:]))


def run(words: list[str]) -> int:
    """Run one command line; return its exit code."""
    speak_french()
    try:
        result = piles.main(args=words, prog_name="piles", standalone_mode=False)
    except PilesError as error:
        say_error(error)
        if {"-v", "--verbose"} & set(words):
            raise
        return int(error.exit_code)
    except click.exceptions.Abort:
        click.echo("Interrompu : rien n’a été fait à moitié.", err=True)
        return int(ExitCode.INTERRUPTED)
    except KeyboardInterrupt:
        click.echo("Interrompu : rien n’a été fait à moitié.", err=True)
        return int(ExitCode.INTERRUPTED)
    except click.exceptions.Exit as error:
        return error.exit_code
    except click.ClickException as error:
        error.show()
        return int(ExitCode.USAGE)
    except BrokenPipeError:
        sys.stderr.close()
        return int(ExitCode.DONE)
    return result if isinstance(result, int) else int(ExitCode.DONE)
