"""Serve command lines of `piles`: load the program once, then fork a process for each.

A process starts a second faster so; otherwise it is a run of `piles` like any other.
One request a line on stdin, as JSON; one answer a line on stdout: the exit code.
"""

from __future__ import annotations

import json
import os
import sys
from importlib import import_module
from typing import Any, NoReturn

COMMANDS = (
    *("check", "doctor", "generate", "keys", "pack", "receive"),
    *("record", "sign", "status", "verify", "why"),
)


def serve() -> None:
    """Load the program, then answer until stdin ends."""
    _load()
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if child == 0:
            _become(request)
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201  # the answer


def _load() -> None:
    for name in COMMANDS:
        import_module(f"piles_docs.cli.{name}")


def _become(request: dict[str, Any]) -> NoReturn:
    """Be the command: its surroundings, its folder, its words, its outputs."""
    from piles_docs.cli.main import main  # noqa: PLC0415

    os.environ.clear()
    os.environ.update(request["surroundings"])
    os.chdir(request["folder"])
    for number, name in ((0, os.devnull), (1, request["out"]), (2, request["err"])):
        descriptor = os.open(name, os.O_RDWR | os.O_CREAT, 0o600)
        os.dup2(descriptor, number)
        os.close(descriptor)
    sys.argv = ["piles", *request["words"]]
    try:
        main()
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001  # what the interpreter itself would do with it
        sys.excepthook(*sys.exc_info())
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    serve()
