"""A real browser: Chromium, driven by playwright-core (npm). `look.mjs` says what a step may be."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

#: Where npm installed playwright-core and axe-core: `.ci/run` does.
MODULES = Path(os.environ.get("EVTCOMPAT_NODE_MODULES", Path(__file__).parents[2] / ".node" / "node_modules"))
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

needs_browser = pytest.mark.skipif(
    CHROMIUM is None or shutil.which("node") is None or not (MODULES / "playwright-core").is_dir(),
    reason="needs Chromium, Node.js and playwright-core (npm): see .ci/run",
)

#: No part of the page is wider than the window.
NO_SIDEWAYS = {"evaluate": "document.documentElement.scrollWidth - innerWidth"}


@dataclass(frozen=True)
class Seen:
    """What a browser saw."""

    requests: list[str]
    #: Of the console, of scripts, and dialogs that opened.
    errors: list[str]
    #: One of each step that has one.
    results: list[Any]


def look(folder: Path, url: str, *steps: dict[str, Any], **options: Any) -> Seen:  # noqa: ANN401 - JSON
    """Open a page and do what the steps say."""
    request = folder / "request.json"
    asked = {"modules": str(MODULES), "chromium": CHROMIUM, "url": url, "steps": steps, **options}
    request.write_text(json.dumps(asked), encoding="utf-8")
    done = subprocess.run(
        ["node", str(Path(__file__).parent / "look.mjs"), str(request)],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    return Seen(found["requests"], found["errors"], found["results"])
