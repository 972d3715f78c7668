"""What a process keeps from one document for the next."""

from __future__ import annotations

from piles_docs.documents import forms, passages


def forget() -> None:
    """Be as a process that has just begun."""
    passages._known.clear()
    forms._known.clear()
