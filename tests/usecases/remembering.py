"""A converter that tests share: what was made once is not made again."""

from __future__ import annotations

from concurrent.futures import Future
from typing import ClassVar

from piles_docs.documents.conversion import Converter, Embedded, find_converter


class Remembering(Converter):
    """A converter that makes the PDF of the same Word file once for all tests.

    The embedded one, which starts at once; or LibreOffice, where a PDF is to be signed electronically.
    """

    _made: ClassVar[dict[tuple[str, bytes], bytes]] = {}

    def __init__(self, converter: Converter | None = None) -> None:
        self._converter = converter or Embedded()

    @property
    def identity(self) -> str:
        return self._converter.identity

    @classmethod
    def tagging(cls) -> Remembering:
        """With LibreOffice, whose PDF has the tags that signature fields need."""
        return cls(find_converter("libreoffice"))

    def submit(self, name: str, docx: bytes) -> Future[bytes]:
        key = (self.identity, docx)
        if key not in self._made:
            self._made[key] = self._converter.submit(name, docx).result()
        done: Future[bytes] = Future()
        done.set_result(self._made[key])
        return done
