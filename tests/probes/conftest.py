"""`pytest tests/probes --update` writes the golden files anew; look at their difference before committing it."""

from __future__ import annotations

import contextlib

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    with contextlib.suppress(ValueError):  # tests/parse has the same option
        parser.addoption("--update", action="store_true", help="write what is read now into the golden files")
