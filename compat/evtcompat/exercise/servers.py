"""Private brokers: started from the distribution's binary on a free port of the loopback, and removed afterwards."""

from __future__ import annotations

import itertools
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from evtcompat.dataclasses import dataclass, field
from evtcompat.errors import UncheckedError, UsageError
from evtcompat.exercise.payloads import Fault
from evtcompat.exercise.process import MARK, kill_marked
from evtcompat.reading import read_file

_READY = 120.0
_END = 15.0
_SLICE = 0.02
_LAST_LINES = 5
#: A scheme alone; what stands behind `?` is for the transport: ``sqs:?queue=standard``.
_PRIVATE = re.compile(r"([a-z]+):(?://)?(\?[\w=&-]*)?")


#: Below what systems give to clients: from 32768 on under Linux, from 49152 on elsewhere.
_PORTS: Final = range(20_000, 32_000)
#: Waits until whoever holds the other end of its input is gone, by `kill -9` as well, and removes what that left. In a
#: process of its own: nothing else hears of such an end.
_HEIR: Final = """
import glob, os, shutil, signal, sys
group, mark, folder = int(sys.argv[1]), sys.argv[2].encode(), sys.argv[3]
sys.stdin.buffer.read()
def kill(end, number):
    try:
        end(number, signal.SIGKILL)
    except OSError:
        pass
kill(os.killpg, group)
for name in glob.glob("/proc/[0-9]*/environ"):
    try:
        with open(name, "rb") as environ:
            marked = mark in environ.read().split(b"\\0")
    except OSError:
        continue
    if marked:
        kill(os.kill, int(name.split("/")[2]))
shutil.rmtree(folder, ignore_errors=True)
"""
#: Faults of which a proxy between the service and its broker is the cause.
_LED = (Fault.CUT, Fault.RESET, Fault.SLOW, Fault.NARROW, Fault.HANG)


@dataclass(frozen=True, slots=True)
class _Kind:
    """A server that can be started."""

    #: As a person calls it.
    name: str
    #: The first of these that is there is run.
    binaries: tuple[str, ...]
    #: From the port and an empty folder to the arguments.
    arguments: Callable[[int, Path], list[str]]
    #: From the port to the URL of the transport.
    url: str
    install: str
    #: From port and folder to environment variables.
    variables: Callable[[int, Path], Mapping[str, str]] = lambda _port, _folder: {}
    #: Whether what it was given is there again after a restart.
    keeps: bool = True
    #: Faults that say nothing of a service here, with the reason.
    unfit: Mapping[Fault, str] = field(default_factory=dict)


def free_port() -> int:
    """A port of the loopback that nothing listens on, and that no system gives to whoever connects.

    A client's own end would take the place of a server that is away for a moment; one that connects to an address where
    nothing listens may even meet itself there.

    Raises:
        UncheckedError: There is none.
    """
    first = random.randrange(len(_PORTS))  # noqa: S311 - nothing secret
    for port in itertools.chain(_PORTS[first:], _PORTS[:first]):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    message = f"no port of 127.0.0.1 is free between {_PORTS.start} and {_PORTS.stop}"
    raise UncheckedError(message)


def _redis(port: int, folder: Path) -> list[str]:
    # Every write is in the file before it is answered, and there again after a restart.
    return ["--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder), "--save", "", "--appendonly", "yes"]


def _nats(port: int, folder: Path) -> list[str]:
    return ["-a", "127.0.0.1", "-p", str(port), "-js", "-sd", str(folder)]


def _sqs(port: int, folder: Path) -> list[str]:
    del folder
    return ["-H", "127.0.0.1", "-p", str(port)]


def _kafka(port: int, folder: Path) -> list[str]:
    data = folder / "data"
    return ["start", "--data-dir", str(data), "--host", "127.0.0.1", "--only", "kafka", "--kafka-port", str(port)]


def _rabbit(port: int, folder: Path) -> dict[str, str]:
    (folder / "plugins").write_text("[].")
    (folder / "rabbitmq.conf").write_text(f"listeners.tcp.1 = 127.0.0.1:{port}\n")
    return {
        "HOME": str(folder),
        "RABBITMQ_NODENAME": f"evtcompat{port}@localhost",
        "RABBITMQ_CONFIG_FILE": str(folder / "rabbitmq.conf"),
        "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "plugins"),
        "RABBITMQ_MNESIA_BASE": str(folder / "data"),
        "RABBITMQ_LOG_BASE": str(folder / "log"),
        "RABBITMQ_PID_FILE": str(folder / "pid"),
        "RABBITMQ_CONF_ENV_FILE": str(folder / "none"),
        "RABBITMQ_DIST_PORT": str(free_port()),
        # The daemon that knows the ports of Erlang nodes outlives the server: a private one can be ended with it.
        "ERL_EPMD_PORT": str(free_port()),
        "ERL_EPMD_ADDRESS": "127.0.0.1",
    }


_KINDS = {
    "redis": _Kind("Redis", ("redis-server",), _redis, "redis://127.0.0.1:{}", "apt-get install redis-server"),
    "nats": _Kind("NATS", ("nats-server",), _nats, "nats://127.0.0.1:{}", "apt-get install nats-server"),
    "amqp": _Kind(
        "RabbitMQ",
        # the one on the path is a script that changes the user, and with it the rights on the folder
        ("/usr/lib/rabbitmq/bin/rabbitmq-server", "rabbitmq-server"),
        lambda _port, _folder: [],
        "amqp://guest:guest@127.0.0.1:{}",
        "apt-get install rabbitmq-server",
        _rabbit,
    ),
    "kafka": _Kind(
        "broker that speaks the Kafka protocol",
        ("noida-db",),
        _kafka,
        "kafka://127.0.0.1:{}",
        "pip install noida-db",
        keeps=False,
        unfit={Fault.CRASH: "this broker never takes a partition from a member that was killed"},
    ),
    "sqs": _Kind(
        "emulation of SQS", ("moto_server",), _sqs, "sqs://127.0.0.1:{}", "pip install 'moto[server]'", keeps=False
    ),
}


def is_private(text: str) -> bool:
    """Whether a transport is named by its scheme alone: ``redis:``."""
    return _PRIVATE.fullmatch(text) is not None and not text.startswith("webhook:")


def restarts(text: str | None) -> bool:
    """Whether a transport is a private server that is as it was after a restart."""
    if text is None or not is_private(text):
        return False
    kind = _KINDS.get(text.partition(":")[0])
    return kind is not None and kind.keeps


def unfit(text: str | None) -> Mapping[Fault, str]:
    """The faults that cannot strike a service over a transport, or say nothing of it, with the reason."""
    scheme = (text or "").partition(":")[0]
    kind = _KINDS.get(scheme)
    led = dict.fromkeys(_LED, "clients go on at the address that the broker tells them: no proxy can stand there")
    own = kind.unfit if text is not None and kind is not None and is_private(text) else {}
    return {**(led if scheme == "kafka" else {}), **own}


@dataclass(slots=True)
class PrivateServer:
    """A server that lives as long as the context that opened it."""

    kind: _Kind
    binary: str
    folder: Path
    #: What the transport is told besides: ``?queue=standard``.
    query: str = ""
    port: int = field(default_factory=free_port)
    _mark: str = field(default_factory=lambda: uuid.uuid4().hex)
    _variables: Mapping[str, str] = field(default_factory=dict)
    _process: subprocess.Popen[bytes] | None = None
    _heir: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it listens, as the transport's URL."""
        return self.kind.url.format(self.port) + self.query

    @property
    def keeps(self) -> bool:
        """Whether what it was given is there again after a restart."""
        return self.kind.keeps

    def start(self) -> None:
        """It listens.

        Raises:
            UncheckedError: It does not.
        """
        self._variables = self._variables or self.kind.variables(self.port, self.folder)
        log = self.folder / "output.log"
        with log.open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603 - a server that the person asked for
                [self.binary, *self.kind.arguments(self.port, self.folder)],
                cwd=self.folder,
                env={**os.environ, **self._variables, MARK: self._mark},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self._heir = subprocess.Popen(  # noqa: S603 - our own interpreter and words
            [sys.executable, "-I", "-S", "-c", _HEIR, str(self._process.pid), f"{MARK}={self._mark}", str(self.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        if not _listens(self.port, self._process):
            last = read_file(log).decode("utf-8", "replace").strip().splitlines()[-_LAST_LINES:]
            code = self._process.poll()
            what = (
                f"did not start within {_READY:g} s"
                if code is None
                else f"ended with exit code {code} before it listened"
            )
            message = f"{self.kind.name} {what}: {' / '.join(last) or 'it printed nothing'}"
            raise UncheckedError(message)

    def restart(self) -> None:
        """It was away and listens again, on the same port, with what it was given.

        Raises:
            UncheckedError: It does not start again.
        """
        self.stop()
        self.start()

    def stop(self) -> None:
        """Nothing of it runs."""
        heir, self._heir = self._heir, None
        if heir is not None:  # first: once the server has ended, its number may be that of another process
            heir.kill()
            heir.communicate()
        process, self._process = self._process, None
        if process is not None:
            _end(process, self._mark)


@contextmanager
def private_server(text: str) -> Iterator[PrivateServer]:
    """A server that lives as long as the context; its data, and what it started, end with it.

    Args:
        text: The scheme with its colon, ``redis:``.

    Raises:
        UsageError: No server of that kind can be started from here.
        UncheckedError: Its program is not installed, or does not start.
    """
    scheme = text.partition(":")[0]
    kind = _KINDS.get(scheme)
    if kind is None:
        message = f"--transport {text}: no such server can be started from here"
        known = ", ".join(f"{one}:" for one in _KINDS)
        raise UsageError(message, hint=f"{known} can; another needs its address, as in {scheme}://HOST:PORT")
    binary = next((found for one in kind.binaries if (found := _program(one))), None)
    if binary is None:
        program = kind.binaries[-1]
        where = "neither on the path nor beside Python"
        message = f"--transport {text} starts a private {kind.name}, and {program} is {where}"
        raise UncheckedError(message, hint=f"{kind.install}; or name a server that runs: {kind.url.format('PORT')}")
    with tempfile.TemporaryDirectory(prefix="evtcompat-server-", ignore_cleanup_errors=True) as folder:
        server = PrivateServer(kind, binary, Path(folder), f"?{text.partition('?')[2]}" if "?" in text else "")
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _program(name: str) -> str | None:
    """On the path, or beside the interpreter: `pip install` puts it there, and an environment need not be activated."""
    return shutil.which(name) or shutil.which(name, path=str(Path(sys.executable).parent))


def _listens(port: int, process: subprocess.Popen[bytes]) -> bool:
    end = time.monotonic() + _READY
    while time.monotonic() < end and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return True
        time.sleep(_SLICE)
    return False


def _end(process: subprocess.Popen[bytes], mark: str) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(_END)
    except subprocess.TimeoutExpired:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    kill_marked(mark)  # daemons that left the group
