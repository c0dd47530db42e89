"""The pictures of pages in README and documentation, from real runs: `python docs/pictures/pages.py`.

A shop is made in a folder that is gone afterwards, with a history in git whose days are always the same; evtcompat is
run there, and Chromium takes the pictures. It needs what tests of pages need (`.ci/run`: chromium, playwright-core).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(ROOT / "compat"), str(ROOT / "tests")]

from browser.driver import look  # noqa: E402 - after the path is set

ID = {"name": "orderId", "type": "string"}
TOTAL = {"name": "total", "type": {"type": "bytes", "logicalType": "decimal", "precision": 12, "scale": 2}}
PLACED = {"name": "placedAt", "type": {"type": "long", "logicalType": "timestamp-millis"}}
STATUS = ["UNKNOWN", "PLACED", "PAID"]
#: The versions of the subject: the day of each, and its fields.
VERSIONS: tuple[tuple[str, list[dict[str, Any]]], ...] = (
    ("2026-01-12", [ID, {"name": "total", "type": "double"}, PLACED]),
    ("2026-02-03", [ID, {"name": "total", "type": "double"}, PLACED, {"name": "note", "type": "string"}]),
    ("2026-02-17", [ID, TOTAL, PLACED, {"name": "note", "type": ["null", "string"], "default": None}]),
    (
        "2026-04-08",
        [
            ID,
            TOTAL,
            PLACED,
            {"name": "note", "type": ["null", "string"], "default": None},
            {
                "name": "status",
                "type": {"type": "enum", "name": "Status", "symbols": STATUS, "default": "UNKNOWN"},
                "default": "UNKNOWN",
            },
            {"name": "couponCode", "type": ["null", "string"], "default": None},
        ],
    ),
    (
        "2026-06-22",
        [
            ID,
            TOTAL,
            PLACED,
            {
                "name": "status",
                "type": {"type": "enum", "name": "Status", "symbols": [*STATUS, "SHIPPED"], "default": "UNKNOWN"},
                "default": "UNKNOWN",
            },
            {"name": "couponCode", "type": ["null", "string"], "default": None},
            {"name": "channel", "type": "string", "default": "WEB"},
        ],
    ),
)
#: What somebody is about to commit.
CHANGE = [
    ID,
    TOTAL,
    PLACED,
    {
        "name": "status",
        "type": {"type": "enum", "name": "Status", "symbols": [*STATUS, "SHIPPED"], "default": "UNKNOWN"},
        "default": "UNKNOWN",
    },
    {"name": "channel", "type": "string", "default": "WEB"},
    {"name": "currency", "type": "string"},
]


def schema(fields: list[dict[str, Any]]) -> str:
    """An Avro schema, a field a line."""
    rows = ",\n".join(f"    {json.dumps(field)}" for field in fields)
    return f'{{"type": "record", "name": "OrderPlaced", "namespace": "shop.orders",\n  "fields": [\n{rows}\n  ]}}\n'


def shop(folder: Path) -> None:
    """A repository with the versions of `VERSIONS`, and the change on top of them that is not committed."""
    subprocess.run(["git", "init", "-q", "-b", "main", folder], check=True)
    (folder / "evtcompat.toml").write_text(
        'paths = ["schemas"]\n[owners.order-placed]\nproducers = ["checkout"]\nconsumers = ["shipping", "billing"]\n',
        encoding="utf-8",
    )
    (folder / "schemas").mkdir()
    for number, (day, fields) in enumerate(VERSIONS, 1):
        (folder / "schemas" / f"order-placed-v{number}.avsc").write_text(schema(fields), encoding="utf-8")
        _commit(folder, f"order-placed v{number}", day)
    subprocess.run(["git", "switch", "-q", "-c", "currency"], cwd=folder, check=True)
    (folder / "schemas" / f"order-placed-v{len(VERSIONS) + 1}.avsc").write_text(schema(CHANGE), encoding="utf-8")


def _commit(folder: Path, message: str, day: str) -> None:
    moment = f"{day}T10:00:00+0000"
    names = {
        f"GIT_{who}_{what}": value
        for who in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "a"), ("EMAIL", "a@example.com"), ("DATE", moment))
    }
    subprocess.run(["git", "add", "-A"], cwd=folder, check=True)
    subprocess.run(["git", "commit", "-q", "-m", message], cwd=folder, check=True, env={**os.environ, **names})


def run(folder: Path, *arguments: str) -> None:
    """Evtcompat of this checkout, in a folder."""
    path = os.pathsep.join([str(ROOT / "compat"), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-m", "evtcompat", *arguments], cwd=folder, env={**os.environ, "PYTHONPATH": path}, check=False
    )
    if done.returncode not in (0, 1):
        raise SystemExit(done.returncode)


def main() -> None:
    """Every picture is taken anew."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shop(folder / "shop")
        run(folder / "shop", "check", "schemas/order-placed-v6.avsc", "--format", f"html:{folder / 'change.html'}")
        run(folder / "shop", "report", "order-placed", "-o", str(folder / "history.html"))
        change, history = (folder / "change.html").as_uri(), (folder / "history.html").as_uri()
        matrix: list[dict[str, Any]] = [
            {"go": "#s0m-0-2"},
            {"evaluate": "document.querySelector('h3 ~ h3').scrollIntoView()"},
        ]
        shots: list[tuple[str, dict[str, Any], list[dict[str, Any]], int, int]] = [
            (change, {"screenshot": str(HERE / "report.png")}, [], 1000, 1080),
            (history, {"screenshot": str(HERE / "history.png"), "of": ".scroll:has(table.lives)"}, [], 900, 800),
            (history, {"screenshot": str(HERE / "matrix.png")}, matrix, 760, 780),
        ]
        for url, shot, steps, width, height in shots:
            look(folder, url, *steps, shot, width=width, height=height)


if __name__ == "__main__":
    main()
