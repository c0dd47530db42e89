"""A worker holds little, whatever the file."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cli_harness import ROOT
from replay import orders

_LIMIT_MB = 300
_FILE = 400_000_000


def _block_again_and_again(path: Path) -> None:
    data = orders.container(orders.orders(2000, "1"), interval=16_000)
    head = data.index(data[-16:]) + 16
    _repeated(path, data[:head], data[head:])


def _repeated(path: Path, head: bytes, body: bytes) -> None:
    with path.open("wb") as file:
        file.write(head)
        for _ in range(_FILE // len(body)):
            file.write(body)


@pytest.mark.long
@pytest.mark.parametrize("kind", ["blocks", "prefixed", "base64"])
def test_a_large_file_takes_little_memory(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"orders.{kind}"
    messages = [orders.confluent(order) for order in orders.orders(2000, "1")]
    if kind == "blocks":
        _block_again_and_again(path)
    else:
        _repeated(path, b"", orders.prefixed(messages) if kind == "prefixed" else orders.base64_lines(messages))
    orders.write_schemas(tmp_path / "schemas")
    script = (
        "import pathlib, re, sys\n"
        "from evtcompat.cli.main import main\n"
        "try:\n"
        "    main()\n"
        "finally:\n"
        # the peak of this program; `ru_maxrss` also counts what the test's process held when it forked
        "    status = pathlib.Path('/proc/self/status').read_text()\n"
        "    print(int(re.search(r'VmHWM:\\s+(\\d+)', status)[1]) // 1024, file=sys.stderr)\n"
    )
    words = ["-r", "schemas/kind.avsc", "--writer", "7=schemas/order-v1.avsc", "--workers", "1", "-f", "json"]
    done = subprocess.run(
        [sys.executable, "-c", script, "replay", path.name, *words],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT / "compat"), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["events"] > 1_000_000
    assert int(done.stderr.split()[-1]) < _LIMIT_MB
