"""Servers that evtcompat starts for a run: which there are, and that nothing of them is left."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

import pytest

from cli_harness import ROOT
from evtcompat.errors import UncheckedError, UsageError
from evtcompat.exercise.payloads import Fault
from evtcompat.exercise.servers import is_private, private_server, unfit
from evtcompat.exercise.transports.base import Record, TransportError
from evtcompat.exercise.transports.opening import open_transport

needs_redis = pytest.mark.skipif(
    shutil.which("redis-server") is None, reason="needs redis-server (apt-get install redis-server)"
)


@pytest.mark.slow
@needs_redis
@pytest.mark.usefixtures("nothing_is_left")
def test_a_private_server_ends_with_its_data_when_evtcompat_is_killed(tmp_path: Path) -> None:
    """By SIGKILL, of which evtcompat hears nothing."""
    script = (
        "from evtcompat.exercise.servers import private_server\n"
        "with private_server('redis:'): print(flush=True); input()"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "compat"), "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", script], env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"\n"
        assert len(list(tmp_path.glob("evtcompat-server-*"))) == 1
        process.kill()
    end = time.monotonic() + 30
    while list(tmp_path.iterdir()) and time.monotonic() < end:
        time.sleep(0.02)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
@needs_redis
def test_a_private_server_ends_with_its_data_and_its_processes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("redis")
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with private_server("redis:") as server:
        url = server.url
        assert open_transport(url).upstream() is not None
        assert list(tmp_path.iterdir())
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(TransportError, match="redis: cannot"):
        open_transport(url).open("evtcompat-x")


def test_where_no_server_is_installed_the_line_that_installs_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(UncheckedError) as told, private_server("nats:"):
        pass
    assert "nats-server is neither on the path nor beside Python" in told.value.message
    assert "apt-get install nats-server" in str(told.value.hint)


def test_a_server_that_cannot_be_started_from_here_needs_its_address() -> None:
    with pytest.raises(UsageError, match=r"pulsar://HOST:PORT"), private_server("pulsar:"):
        pass


@pytest.mark.parametrize(
    ("text", "private"),
    [("redis:", True), ("redis://", True), ("sqs:?queue=standard", True), ("webhook:", False), ("redis://h", False)],
)
def test_a_scheme_alone_names_a_private_server(text: str, private: bool) -> None:  # noqa: FBT001 - a column
    assert is_private(text) == private


@pytest.mark.long
def test_a_private_broker_of_the_kafka_protocol_is_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Installed with `pip` beside the interpreter, in an environment that need not be activated."""
    for library in ("kafka", "noida_db"):
        pytest.importorskip(library)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("PATH", os.defpath)
    with private_server("kafka:") as server, closing(open_transport(server.url).open("evtcompat-k")) as channel:
        channel.send(Record("k", b"1"))
        received = channel.receive(30)
        assert received is not None
        assert received.record.body == b"1"
    assert list(tmp_path.iterdir()) == []
    assert Fault.CRASH in unfit("kafka:")
