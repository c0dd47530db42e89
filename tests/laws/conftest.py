"""A folder for the healthy project that a file of tests makes once and breaks in copies."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def folder_of_all(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Not there until it is made."""
    return tmp_path_factory.mktemp("laws") / "built"


@pytest.fixture
def built(folder_of_all: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The same for all tests of the file; what commands cache is each test's own."""
    monkeypatch.setenv("EVTCOMPAT_CACHE_DIR", str(tmp_path / "cache"))
    return folder_of_all
