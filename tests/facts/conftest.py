from __future__ import annotations

import pytest

from .papers import Bundle, bundle


@pytest.fixture
def made(request: pytest.FixtureRequest) -> Bundle:
    """All the documents of the generated case whose number the test is given."""
    return bundle(request.param)
