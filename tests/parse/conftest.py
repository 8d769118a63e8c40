"""`pytest tests/parse --update` writes the golden files anew; look at their difference before committing it."""

from __future__ import annotations

from contextlib import suppress

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    with suppress(ValueError):  # another folder's conftest may have it already
        parser.addoption("--update", action="store_true", help="write what is read now into the golden files")
