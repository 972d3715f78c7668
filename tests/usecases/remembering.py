"""A converter that tests share: what was made once is not made again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from piles_docs.documents.conversion import Embedded


class Remembering(Embedded):
    """The embedded converter, that makes the PDF of the same Word file once for all tests."""

    _made: ClassVar[dict[bytes, bytes]] = {}

    def convert(self, documents: Mapping[str, bytes]) -> dict[str, bytes]:
        for name, content in documents.items():
            if content not in self._made:
                self._made[content] = super().convert({name: content})[name]
        return {name: self._made[content] for name, content in documents.items()}
