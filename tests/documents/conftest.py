"""What the tests of documents share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .known import forget


@pytest.fixture(autouse=True)
def nothing_known() -> Iterator[None]:
    """Each test begins as a process does."""
    forget()
    yield
    forget()
