"""Where pairs with answers of other implementations are: `tests/data`, and a folder that not everybody has."""

from __future__ import annotations

import gzip
import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

#: What was made for this project; `README.md` there says how.
DATA = Path(__file__).parent / "data"
#: Pairs out of public repositories, which are not ours to hand on.
ELSEWHERE = Path(os.environ.get("EVTCOMPAT_REFERENCE") or Path(__file__).parents[2] / "shared" / "reference")


def reference_rows(name: str) -> tuple[dict[str, Any], ...]:
    """The lines of a file of JSON lines, parsed anew; the test is skipped where the file is not to be had."""
    return tuple(json.loads(line) for line in _text(name).splitlines())


@cache
def _text(name: str) -> str:
    path = DATA / name
    if not path.is_file():
        path = ELSEWHERE / name
    if not path.is_file():
        pytest.skip(f"{name} holds pairs out of public repositories; EVTCOMPAT_REFERENCE names the folder that has it")
    content = path.read_bytes()
    return (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
