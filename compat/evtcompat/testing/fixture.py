"""For pytest: ``pytest_plugins = ["evtcompat.testing.fixture"]`` and the fixture `schema_registry`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from evtcompat.testing.server import RegistryServer


@pytest.fixture
def schema_registry() -> Iterator[RegistryServer]:
    """An empty registry of its own for each test; `schema_registry.url` is where it listens."""
    with RegistryServer() as server:
        yield server
