"""What the codes at the corners of an issued page say: which document, which page, which corner.

A code names a document; it is neither a secret nor a proof. Who can print can print one.
See docs/adr/0013-page-codes.md.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum

LAYOUT = "P1"
"""What every code begins with: the layout of `page_marks`, version 1. Other marks would be `P2`."""
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's 32 symbols: without I, L, O and U, which are misread. All of a code is made of them."""
MOST_PAGES = 99
"""There are two digits for the page."""

_ID_CHARACTERS = 8
_ID = re.compile(rf"[{ALPHABET}]{{{_ID_CHARACTERS}}}")
_CODE = re.compile(
    rf"{LAYOUT}(?P<document>[{ALPHABET}]{{{_ID_CHARACTERS}}})"
    rf"(?P<page>[0-9]{{2}})(?P<pages>[0-9]{{2}})(?P<mark>[AB])[{ALPHABET}]"
)
_BITS = 5  # in a symbol
_FIELD_POLYNOMIAL = 0b100101  # x⁵ + x² + 1, which is primitive: its root runs through all 31 non-zero values


class Mark(StrEnum):
    """At which corner of the page a code stands."""

    TOP_RIGHT = "A"
    BOTTOM_LEFT = "B"


@dataclass(frozen=True, slots=True)
class PageCode:
    """One code: 16 upper-case letters and digits, just what fits into the smallest QR code at level Q.

    Written `P1`, document (8), page (2), number of pages (2), mark (1), check (1): `P17F3K9X2M0304AY`.
    """

    document: str
    """Which original of which issued document: `Original.code` in the ledger."""
    page: int
    """From 1."""
    pages: int
    """Of the document; at most `MOST_PAGES`."""
    mark: Mark

    def __post_init__(self) -> None:
        """Refuse what cannot be written.

        Raises:
            ValueError: The document's name has other symbols or another length, or there is no such page.
        """
        if not _ID.fullmatch(self.document):
            raise ValueError(f"not the name of a document: {self.document!r}")
        if not 1 <= self.page <= self.pages <= MOST_PAGES:
            raise ValueError(f"no such page: {self.page} of {self.pages}")

    @property
    def text(self) -> str:
        """What the code holds."""
        said = f"{LAYOUT}{self.document}{self.page:02}{self.pages:02}{self.mark}"
        return said + ALPHABET[_times_root(_checksum(said))]

    @property
    def short(self) -> str:
        """What stands beside the code for the eye: `7F3K9X2M 03/04`."""
        return f"{self.document} {self.page:02}/{self.pages:02}"

    @classmethod
    def read(cls, text: str) -> PageCode | None:
        """Read what a code holds; None for a code that is not ours, or was misread."""
        found = _CODE.fullmatch(text)
        if not found or _checksum(text):
            return None
        page, pages = int(found["page"]), int(found["pages"])
        if not 1 <= page <= pages:
            return None
        return cls(found["document"], page, pages, Mark(found["mark"]))


def code_of(reference: str, original: int, attempt: int = 0) -> str:
    """The name of an original in its codes: always the same for the same one.

    Args:
        reference: Of the issued document. It holds no person's name, and neither does what is made of it.
        original: Its number, from 1.
        attempt: How many names were taken already; one pair of documents in a million million shares one.
    """
    said = "\n".join([reference, str(original), *([str(attempt)] if attempt else [])])
    digest = hashlib.sha256(said.encode()).digest()
    number = int.from_bytes(digest) >> (8 * len(digest) - _BITS * _ID_CHARACTERS)
    ranks = [number >> (_BITS * place) & 31 for place in reversed(range(_ID_CHARACTERS))]
    return "".join(ALPHABET[rank] for rank in ranks)


def _checksum(text: str) -> int:
    """Nil for a whole code: the value, at the field's root, of the polynomial whose coefficients it is.

    This is a Reed-Solomon code with one check symbol over the field of 32 elements. Each symbol has a weight
    of its own and none is nil. So any one wrong symbol is found, and any two that changed places.
    """
    value = 0
    for symbol in text:
        value = _times_root(value) ^ ALPHABET.index(symbol)
    return value


def _times_root(value: int) -> int:
    doubled = value << 1
    return doubled ^ _FIELD_POLYNOMIAL if doubled >> _BITS else doubled
