"""What makes PDF from Word, whichever program does it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from concurrent.futures import Future


class Converter(ABC):
    """Makes PDF from Word; the same bytes in give the same bytes out."""

    @property
    @abstractmethod
    def identity(self) -> str:
        """Name and version, and the fonts it will use: what a PDF depends on beside its Word file.

        To ask for it starts nothing that converts.
        """

    @property
    def stamp(self) -> str:
        """Changes whenever `identity` may; told sooner, for a command that may find nothing to do."""
        return self.identity

    @abstractmethod
    def submit(self, name: str, docx: bytes) -> Future[bytes]:
        """Begin to convert a Word file, while the caller goes on with the next.

        Args:
            name: What messages call it.
            docx: The Word file.

        Returns:
            Its PDF, later: `result()` waits for it, and raises ToolFailed, which names the document, where it
            could not be made. What is cancelled before then is left undone.
        """

    def convert(self, documents: Mapping[str, bytes]) -> dict[str, bytes]:
        """Convert Word files, by name, to PDF files by the same names.

        Raises:
            ToolFailed: A document could not be converted; the message names it.
        """
        begun: dict[str, Future[bytes]] = {}
        try:
            for name, docx in documents.items():
                begun[name] = self.submit(name, docx)
            return {name: future.result() for name, future in begun.items()}
        finally:
            for future in begun.values():
                future.cancel()  # what an error or Ctrl-C leaves behind
