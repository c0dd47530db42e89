"""A PostgreSQL server for tests, on a free port of 127.0.0.1; it runs as nobody, as it refuses to run as root."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from evtcompat.exercise.servers import free_port

_READY = 60.0


def _program(name: str) -> str:
    """Debian keeps the programs of each release in a folder of its own."""
    found = shutil.which(name) or next(map(str, sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))), None)
    if found is None:
        pytest.skip(f"needs {name} (apt-get install postgresql)")
    return str(found)


@contextmanager
def postgres(folder: Path) -> Iterator[tuple[str, int]]:
    """Host and port of an empty server with the user `evtcompat` and the database `postgres`."""
    initdb, server = _program("initdb"), _program("postgres")
    data, port = folder / "data", free_port()
    data.mkdir()
    user = {"user": "nobody", "group": "nogroup"} if os.geteuid() == 0 else {}
    if user:
        for one in (data, folder, *folder.parents):
            if one in (Path("/"), Path("/tmp")):  # noqa: S108 - anybody may go there already
                break
            one.chmod(one.stat().st_mode | 0o055)
        shutil.chown(data, **user)
    made = [initdb, "-D", str(data), "-U", "evtcompat", "-A", "trust", "--no-sync", "--locale", "C", "-E", "UTF8"]
    subprocess.run(made, check=True, capture_output=True, cwd="/", **user)  # type: ignore[call-overload]  # user and group
    options = ["-D", str(data), "-c", f"port={port}", "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]
    options += ["-c", "unix_socket_directories="]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen([server, *options], stdout=log, stderr=log, cwd="/", **user)  # type: ignore[call-overload]  # user and group
        try:
            _wait(process, folder / "log")
            yield "127.0.0.1", port
        finally:
            process.terminate()
            process.wait(_READY)


def _wait(process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _READY
    while "ready to accept connections" not in log.read_text(errors="replace"):
        if process.poll() is not None or time.monotonic() > end:
            pytest.fail(f"postgres did not start: {log.read_text(errors='replace')}")
        time.sleep(0.05)
