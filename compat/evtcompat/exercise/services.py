"""A service under exercise: how it starts, when it is ready, and how it ends with everything that it started."""

from __future__ import annotations

import os
import re
import shlex
import signal
import socket
import subprocess
import threading
import time
import uuid
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

from evtcompat.dataclasses import dataclass, field
from evtcompat.exercise.environments import Launch
from evtcompat.exercise.probes import HttpProbe, ProbeError, ProbeSettings
from evtcompat.exercise.process import FOLDER, MARK, StartError, kill_marked, marked_processes, spoken_status

_SLICE = 0.02
#: Lines of the log that a message shows, and characters of one that are kept.
_LAST, _WIDE = 12, 400
#: Lines that a pattern found; a log without end must not fill the memory.
_MOST_FOUND = 10_000
#: What of the surrounding environment a service is given besides what the configuration names.
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "TEMP", "JAVA_HOME", "NODE_PATH", "LD_LIBRARY_PATH")


@dataclass(frozen=True, slots=True)
class ServiceSpec:
    """A service as the configuration describes it."""

    name: str
    #: Role -> arguments, with placeholders.
    commands: Mapping[str, tuple[str, ...]]
    #: Environment variables, with placeholders.
    variables: Mapping[str, str] = field(default_factory=dict)
    #: Names of variables of the surrounding environment that it is given too.
    inherits: tuple[str, ...] = ()
    #: ``port:8080``, an HTTP address, or ``log:PATTERN``; ``""`` when it is ready once it runs.
    ready: str = ""
    stop: signal.Signals = signal.SIGTERM
    #: Run before each scenario, with placeholders: migrations, an empty database.
    before: tuple[str, ...] = ()
    #: Host and port of the service's database; its variables name it as ``{database}``, so that it can be cut off.
    database: tuple[str, int] | None = None
    #: Its consumer group, where it has one of its own; ``""`` for the one that evtcompat made.
    group: str = ""
    #: The URL of the schema registry; its variables name it as ``{registry}``.
    registry: str = ""
    #: How often a message is received before the queue itself sets it aside; 0: never.
    redrive: int = 0
    #: What of an event says to which flow it belongs.
    correlation: str = "traceparent"
    probe: ProbeSettings = field(default_factory=lambda: ProbeSettings("log", ".*"))
    #: Seconds until it must be ready, until an event must have its effect, and until it must have stopped.
    start_within: float = 30.0
    within: float = 10.0
    stop_within: float = 5.0
    #: Seconds for which an effect must hold still.
    still: float = 0.3


def environment_of(spec: ServiceSpec, launch: Launch, fill: Callable[[str], str], folder: Path) -> dict[str, str]:
    """The environment of what a service is made of: little of the one that evtcompat runs in, and what was named."""
    inherited = {name: os.environ[name] for name in (*_INHERITED, *spec.inherits) if name in os.environ}
    own = {name: fill(value) for name, value in spec.variables.items()}
    paths = os.pathsep.join(launch.paths)
    return {**inherited, "PYTHONPATH": paths, FOLDER: str(folder), "PYTHONUNBUFFERED": "1", **own}


class Log:
    """What a service prints, read all the time: the last lines, and the lines that a pattern found."""

    def __init__(self, stream: IO[bytes] | None, patterns: tuple[str, ...]) -> None:
        """Reads at once."""
        self._stream = stream
        self._last: deque[str] = deque(maxlen=_LAST)
        self._found: dict[str, list[str]] = {pattern: [] for pattern in patterns}
        self._thread = threading.Thread(target=self._read, name="evtcompat-log", daemon=True)
        self._thread.start()

    def _read(self) -> None:
        while self._stream is not None:
            try:
                raw = self._stream.readline(_WIDE * 100)
            except (OSError, ValueError):  # closed by `finish`
                return
            if not raw:
                return
            line = raw.decode("utf-8", "backslashreplace").rstrip("\r\n")[:_WIDE]
            self._last.append(line)
            for pattern, found in self._found.items():
                if len(found) < _MOST_FOUND and re.search(pattern, line):
                    found.append(line)

    def found(self, pattern: str) -> list[str]:
        """The lines in which the pattern was found, in order."""
        return list(self._found[pattern])

    def last(self) -> str:
        """The last lines."""
        return "\n".join(tuple(self._last))

    def finish(self) -> None:
        """Everything that was printed has been read, unless something still holds the stream."""
        self._thread.join(1.0)
        if self._stream is not None and not self._thread.is_alive():
            self._stream.close()


@dataclass(slots=True)
class ServiceProcess:
    """One running instance. After `end` or `kill` nothing is left of it, nor (on Linux) of what it detached."""

    spec: ServiceSpec
    role: str
    launch: Launch
    #: Puts the values of this instance into a text.
    fill: Callable[[str], str]
    folder: Path
    log: Log = field(init=False)
    _process: subprocess.Popen[bytes] = field(init=False)
    _mark: str = field(default_factory=lambda: uuid.uuid4().hex)

    def __post_init__(self) -> None:
        """The process runs; it may not be ready yet.

        Raises:
            StartError: It cannot be started, or something else listens where it is to listen.
        """
        address = _address(self.fill(self.spec.ready))
        if address is not None and _listens(address):
            message = f"something already listens on {address[0]}:{address[1]}, where {self.spec.name} is to get ready"
            raise StartError(message)
        command = [self.fill(word) for word in self.spec.commands[self.role]]
        try:
            self._process = subprocess.Popen(  # noqa: S603 - the service that the person named
                command,
                cwd=self.launch.folder,
                env={**environment_of(self.spec, self.launch, self.fill, self.folder), MARK: self._mark},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            message = f"{shlex.join(command)}: {error.strerror}"
            raise StartError(message) from error
        self.log = Log(self._process.stdout, self._patterns())

    def _patterns(self) -> tuple[str, ...]:
        wanted = [self.spec.ready.removeprefix("log:")] if self.spec.ready.startswith("log:") else []
        return (*wanted, *([self.spec.probe.what] if self.spec.probe.kind == "log" else []))

    def wait_ready(self) -> None:
        """The service is ready.

        Raises:
            StartError: It died, or is not ready in time; with its last lines.
        """
        ready = self.fill(self.spec.ready)
        end, attempts, said = time.monotonic() + self.spec.start_within, 0, "it does not say so"
        while time.monotonic() < end:
            gone = self.gone()
            if gone:
                message = f"{self.spec.name} {gone} before it was ready"
                raise StartError(message, self.log.last())
            attempts += 1
            try:
                if self._is_ready(ready):
                    return
            except ProbeError as error:
                said = str(error)
            time.sleep(_SLICE)
        asked = f"{ready}, {attempts} attempts: {said}"
        message = f"{self.spec.name} was not ready within {self.spec.start_within:g} s ({asked})"
        raise StartError(message, self.log.last())

    def _is_ready(self, ready: str) -> bool:
        if not ready:
            return True
        if ready.startswith("log:"):
            return bool(self.log.found(self.spec.ready.removeprefix("log:")))
        if ready.startswith("port:"):
            address = _address(ready)
            return address is not None and _listens(address)
        HttpProbe(ready).look()
        return True

    def gone(self) -> str:
        """How the process ended; ``""`` while it runs."""
        status = self._process.poll()
        return "" if status is None else f"ended with {spoken_status(status)}"

    def end(self) -> str:
        """The service has been told to stop, and is gone; ``""``, or what it did not do by itself."""
        said = ""
        if self._process.poll() is None:
            with suppress(ProcessLookupError):
                self._process.send_signal(self.spec.stop)
            try:
                self._process.wait(self.spec.stop_within)
            except subprocess.TimeoutExpired:
                heard = f"within {self.spec.stop_within:g} s of {self.spec.stop.name}"
                said = f"{self.role}: {self.spec.name} did not stop {heard} and was killed"
        left = 0 if said else len(marked_processes(self._mark))
        if left:
            said = f"{self.role}: {self.spec.name} left {left} process{'es' * (left > 1)} behind, which were killed"
        self.kill()
        return said

    def kill(self) -> None:
        """Everything of it is dead at once."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        kill_marked(self._mark)
        self.log.finish()


def _address(ready: str) -> tuple[str, int] | None:
    """Where a readiness probe connects to."""
    if ready.startswith("port:"):
        host, _, port = ready.removeprefix("port:").rpartition(":")
        return (host or "127.0.0.1", int(port)) if port.isdigit() else None
    found = re.match(r"https?://([^/:]+):(\d+)", ready)
    return None if found is None else (found[1], int(found[2]))


def _listens(address: tuple[str, int]) -> bool:
    try:
        with socket.create_connection(address, 1):
            return True
    except OSError:
        return False
