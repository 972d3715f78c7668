"""LibreOffice as a library, in a process of its own: started by `office.Warm`, with nothing but Python's own.

It is told on the standard input, a line for each document, to make `document.pdf` of `document.docx` in its
folder, and answers with a line. When the standard input ends, whoever started it is gone, however that came:
the process then gives way to the removal of its folder.

LibreOfficeKit.h is the source of the structures. What they begin with has not changed since LibreOffice 4.3;
functions are added at their ends.
"""

from __future__ import annotations

import ctypes
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from queue import SimpleQueue

READY, DONE, FAILED, NO_LIBRARY = "ready", "done", "failed", "no library"
PROFILE = "profile"
"""Where the profile is, in the folder."""
_LIBRARIES = ("libsofficeapp.so", "libmergedlo.so")  # the second where all libraries are made into one


class _Document(ctypes.Structure):
    """LibreOfficeKitDocument."""


class _Office(ctypes.Structure):
    """LibreOfficeKit."""


_a_document, _an_office, _text = ctypes.POINTER(_Document), ctypes.POINTER(_Office), ctypes.c_char_p


class _DocumentClass(ctypes.Structure):
    _fields_ = (
        ("size", ctypes.c_size_t),
        ("destroy", ctypes.CFUNCTYPE(None, _a_document)),
        # To an address, in a format, with the options of its filter.
        ("save_as", ctypes.CFUNCTYPE(ctypes.c_int, _a_document, _text, _text, _text)),
    )


class _OfficeClass(ctypes.Structure):
    _fields_ = (
        ("size", ctypes.c_size_t),
        ("destroy", ctypes.CFUNCTYPE(None, _an_office)),
        ("load", ctypes.CFUNCTYPE(_a_document, _an_office, _text)),
    )


_Document._fields_ = (("functions", ctypes.POINTER(_DocumentClass)),)
_Office._fields_ = (("functions", ctypes.POINTER(_OfficeClass)),)


def main() -> None:
    """Start LibreOffice, and convert until the standard input ends.

    The words of the command: LibreOffice's folder of programs, the folder to work in, the filter's options.
    """
    programs, folder, options = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3].encode()
    # What LibreOffice itself prints must not be taken for an answer.
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    orders: SimpleQueue[str] = SimpleQueue()
    threading.Thread(target=_listen, args=(orders, folder), daemon=True).start()
    convert = _start(programs, folder, options)
    answers.write(f"{READY if convert else NO_LIBRARY}\n")
    while convert and orders.get():
        answers.write(f"{DONE if convert() else FAILED}\n")


def _listen(orders: SimpleQueue[str], folder: Path) -> None:
    for line in sys.stdin:
        orders.put(line)
    # By another program, so that all threads of LibreOffice are gone before: they would write there again.
    os.execv("/bin/rm", ["rm", "-rf", "--", str(folder)])  # noqa: S606  # the folder that was made for us


def _start(programs: Path, folder: Path, options: bytes) -> Callable[[], bool] | None:
    """LibreOffice, as a function that converts the document of the folder and tells whether it could."""
    hook = _hook(programs)
    office = hook and hook(str(programs).encode(), (folder / PROFILE).as_uri().encode())
    if not office:
        return None
    source, target = ((folder / name).as_uri().encode() for name in ("document.docx", "document.pdf"))

    def convert() -> bool:
        document = office.contents.functions.contents.load(office, source)
        if not document:
            return False
        functions = document.contents.functions.contents
        is_saved = functions.save_as(document, target, b"pdf", options)
        functions.destroy(document)
        return bool(is_saved)

    return convert


def _hook(programs: Path) -> ctypes._NamedFuncPointer | None:
    for name in _LIBRARIES:
        try:
            hook = ctypes.CDLL(str(programs / name)).libreofficekit_hook_2
        except (OSError, AttributeError):  # it is not there, or an empty one in the place of the other
            continue
        hook.argtypes, hook.restype = (_text, _text), _an_office
        return hook
    return None


if __name__ == "__main__":
    main()
