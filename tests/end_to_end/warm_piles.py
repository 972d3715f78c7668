"""Serve command lines of `piles`: load the program once, then fork a process for each.

A process starts a second faster so; otherwise it is a run of `piles` like any other.
One request a line on stdin, as JSON; one answer a line on stdout: the exit code.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys
from typing import Any, NoReturn


def serve() -> None:
    """Answer until stdin ends; what one command loaded is there for those that follow."""
    import piles_docs.cli.main  # noqa: F401, PLC0415

    for line in sys.stdin:
        request = json.loads(line)
        told, telling = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(told)
            _become(request, telling)
        os.close(telling)
        with os.fdopen(told, encoding="utf-8") as names:
            loaded = names.read().split()
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201  # the answer
        _load(loaded)


def _load(names: list[str]) -> None:
    for name in names:
        with contextlib.suppress(ImportError):  # what a library makes up as it runs
            importlib.import_module(name)


def _become(request: dict[str, Any], telling: int) -> NoReturn:
    """Be the command: its surroundings, its folder, its words, its outputs; tell which modules it loaded."""
    before = set(sys.modules)
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
    os.write(telling, " ".join(name for name in sys.modules if name not in before).encode())
    os._exit(code)


if __name__ == "__main__":
    serve()
