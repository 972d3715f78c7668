"""A converter that tests share: what was made once is not made again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from piles_docs.documents.conversion import Converter, Embedded, find_converter


class Remembering:
    """A converter that makes the PDF of the same Word file once for all tests.

    The embedded one, which starts at once; or LibreOffice, where a PDF is to be signed electronically.
    """

    _made: ClassVar[dict[tuple[str, bytes], bytes]] = {}

    def __init__(self, converter: Converter | None = None) -> None:
        self._converter = converter or Embedded()
        self.identity = self._converter.identity

    @classmethod
    def tagging(cls) -> Remembering:
        """With LibreOffice, whose PDF has the tags that signature fields need."""
        return cls(find_converter("libreoffice"))

    def convert(self, documents: Mapping[str, bytes]) -> dict[str, bytes]:
        new = {
            name: content for name, content in documents.items() if (self.identity, content) not in self._made
        }
        for name, pdf in (self._converter.convert(new) if new else {}).items():
            self._made[self.identity, new[name]] = pdf
        return {name: self._made[self.identity, content] for name, content in documents.items()}
