"""The recorded transcripts, where they are to be had."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

_FOLDER = Path(os.environ.get("EVTCOMPAT_REFERENCE") or Path(__file__).parents[3] / "shared" / "reference")


def transcripts() -> list[dict[str, Any]]:
    """Every recorded request and answer, in order; the test is skipped without them."""
    path = _FOLDER / "registry_transcripts.json"
    if not path.is_file():
        pytest.skip(f"no reference data at {path}")
    found: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))["transcripts"]
    return found
