"""A registry that the environment names, for the tests of commands."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from evtcompat.testing import RegistryServer


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[RegistryServer]:
    """The cache and the user's folder are the test's own."""
    monkeypatch.setenv("EVTCOMPAT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("EVTCOMPAT_CONFIG_DIR", str(tmp_path / "config"))
    with RegistryServer() as server:
        monkeypatch.setenv("EVTCOMPAT_REGISTRY_URL", server.url)
        yield server
