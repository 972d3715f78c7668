"""Where the revisions of a PDF end, to find the issued file that a returned one continues."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

_END = re.compile(rb"%%EOF(?:\r\n|\n|\r)?")
_MOST_ENDS = 200
"""Of a PDF with a dozen signatures at the highest level, a hundred are not used."""


def ends(content: bytes) -> Iterator[int]:
    """Where revisions may end, in bytes from the start: a line end after `%%EOF` may belong to it or not."""
    for count, found in enumerate(_END.finditer(content)):
        if count == _MOST_ENDS:
            return
        marker = found.start() + len(b"%%EOF")
        yield from range(marker, found.end() + 1)


def revisions(content: bytes) -> Iterator[str]:
    """The SHA-256, in hexadecimal, of each beginning of a file that may be a whole revision, shortest first.

    A file that was only signed begins with the issued bytes, so that one of these is the digest that the
    archive knows them by. Nothing of the file is understood for it; only the first 200 are told.
    """
    digest, done = hashlib.sha256(), 0
    for end in ends(content):
        digest.update(memoryview(content)[done:end])
        done = end
        yield digest.copy().hexdigest()
