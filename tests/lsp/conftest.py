"""A schema that an editor opens."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli_harness import commit
from lsp.editor import FIELDS, order


@pytest.fixture
def schema(repository: Path) -> Path:
    """A committed schema."""
    path = repository / "schemas" / "order.avsc"
    path.parent.mkdir()
    path.write_text(order(*FIELDS), encoding="utf-8")
    commit(repository, "first")
    return path
