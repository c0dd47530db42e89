"""Real brokers on free ports of 127.0.0.1, one of each kind for all tests of this folder."""

from __future__ import annotations

import importlib.util
import shutil
import signal
import socket
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from evtcompat.errors import UncheckedError
from evtcompat.exercise.servers import free_port, private_server
from evtcompat.exercise.transports.base import Transport
from evtcompat.exercise.transports.opening import open_transport
from exercise.leftovers import living

_START = 20.0


def _listening(port: int, process: subprocess.Popen[bytes]) -> bool:
    end = time.monotonic() + _START
    while time.monotonic() < end and process.poll() is None:
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                return True
        except OSError:
            time.sleep(0.02)
    return False


def _served(command: Callable[[int], list[str]], folder: Path) -> Iterator[int]:
    port = free_port()
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command(port), cwd=folder, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    try:
        if not _listening(port, process):
            pytest.fail(f"{command(port)[0]} did not start: {(folder / 'log').read_text(errors='replace')}")
        yield port
    finally:
        process.terminate()
        process.wait(_START)


@pytest.fixture(scope="session", autouse=True)
def signals_are_heard() -> None:
    """Programs that tests start do not inherit that a signal is ignored, as they would below `nohup`."""
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an empty Redis server."""
    server = shutil.which("redis-server")
    if server is None or importlib.util.find_spec("redis") is None:
        pytest.skip("needs redis-server (apt-get install redis-server) and redis-py (pip install 'evtcompat[redis]')")
    options = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    for port in _served(lambda port: [server, "--port", str(port), *options], tmp_path_factory.mktemp("redis")):
        yield f"redis://127.0.0.1:{port}"


@pytest.fixture(scope="session")
def kafka_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of an empty broker that speaks the Kafka protocol."""
    found = importlib.util.find_spec("noida_db")
    if found is None or found.origin is None or importlib.util.find_spec("kafka") is None:
        pytest.skip("needs noida-db (tests/exercise/broker-requirements.txt) and kafka-python")
    binary = Path(found.origin).with_name("noida-db")
    binary.chmod(0o755)  # the wheel's own launcher does the same
    folder = tmp_path_factory.mktemp("kafka")
    options = ["--data-dir", str(folder / "data"), "--host", "127.0.0.1", "--only", "kafka"]
    for port in _served(lambda port: [str(binary), "start", *options, "--kafka-port", str(port)], folder):
        yield f"kafka://127.0.0.1:{port}"


@pytest.fixture(scope="session", params=["redis", "kafka"])
def broker(request: pytest.FixtureRequest) -> Transport:
    """Each real broker in turn."""
    return open_transport(request.getfixturevalue(f"{request.param}_url"))


def _private(scheme: str, library: str) -> Iterator[str]:
    """A server of the kind that `--transport SCHEME:` starts."""
    if importlib.util.find_spec(library) is None:
        pytest.skip(f"needs {library}")
    with ExitStack() as stack:
        try:
            url = stack.enter_context(private_server(f"{scheme}:")).url
        except UncheckedError as error:
            pytest.skip(f"{error.message} ({error.hint})")
        yield url


@pytest.fixture(scope="session")
def nats_url() -> Iterator[str]:
    """The URL of an empty NATS server with JetStream."""
    yield from _private("nats", "nats")


@pytest.fixture(scope="session")
def amqp_url() -> Iterator[str]:
    """The URL of an empty RabbitMQ server."""
    yield from _private("amqp", "pika")


@pytest.fixture(scope="session")
def sqs_url() -> Iterator[str]:
    """The URL of an empty emulation of SQS."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        yield from _private("sqs", "boto3")


@pytest.fixture(scope="session", params=["redis", "nats"])
def queue(request: pytest.FixtureRequest) -> Transport:
    """Each broker that hands out records within milliseconds, in turn."""
    return open_transport(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture(scope="session", params=["amqp", "sqs", "sqs standard"])
def slow_broker(request: pytest.FixtureRequest) -> Transport:
    """Each broker that takes seconds to start, in turn."""
    scheme, _, queue = request.param.partition(" ")
    url = request.getfixturevalue(f"{scheme}_url")
    return open_transport(f"{url}?queue={queue}" if queue else url)


@pytest.fixture
def nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """After the test, no process lives that inherits what ``EVTCOMPAT_TEST`` is during it."""
    mark = uuid.uuid4().hex
    monkeypatch.setenv("EVTCOMPAT_TEST", mark)
    yield
    end = time.monotonic() + 10
    while living(mark) and time.monotonic() < end:
        time.sleep(0.02)
    assert living(mark) == set()
