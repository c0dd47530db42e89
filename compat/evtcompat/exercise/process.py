"""The consumer's process, seen from outside: started, asked, timed, killed with everything that it started."""

from __future__ import annotations

import base64
import os
import select
import signal
import socket
import struct
import subprocess
import tempfile
import threading
import time
import uuid
from collections import deque
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from evtcompat.dataclasses import dataclass
from evtcompat.exercise.environments import Launch
from evtcompat.exercise.payloads import Delivery
from evtcompat.exercise.results import Outcome, Picture
from evtcompat.exercise.runner import MAX_FRAME, frame
from evtcompat.model.json_texts import loads

RUNNER = Path(__file__).with_name("runner.py")
#: Marks the environment of everything that one consumer's process starts.
MARK = "EVTCOMPAT_CELL"
#: A folder of the scenario's own, which outlives a crash of the consumer.
FOLDER = "EVTCOMPAT_CELL_DIR"
#: Seconds that the runner's own watchdog may be late before the process is killed from here.
_GRACE = 2.0
_SLICE = 0.02
_TAIL = 4000
_HANG_MARK = "Timeout ("
_FORGED = "the consumer wrote to evtcompat's own socket"


class StartError(Exception):
    """The consumer could not be imported or started.

    Attributes:
        traceback: As the consumer's environment printed it, or ``""``.
    """

    def __init__(self, message: str, traceback: str = "") -> None:
        super().__init__(message)
        self.traceback = traceback


class _GoneError(Exception):
    """The process ended or did not answer in time."""

    def __init__(self, outcome: Outcome, message: str) -> None:
        super().__init__(message)
        self.outcome = outcome


@dataclass(frozen=True, slots=True)
class Started:
    """What a consumer said of itself when it started."""

    file: str
    python: str
    observes: str


@dataclass(frozen=True, slots=True)
class Handled:
    """What one delivery did."""

    outcome: Outcome
    error: str = ""
    traceback: str = ""
    value: Picture | None = None
    before: Picture | None = None
    after: Picture | None = None
    dead_letters: tuple[bytes, ...] = ()
    output: str = ""


class RunnerProcess:
    """One process with one consumer. After `close` nothing is left of it, nor (on Linux) of what it detached."""

    def __init__(self, launch: Launch, cell_folder: Path) -> None:
        """Starts the interpreter; the consumer is imported by `start`.

        Raises:
            StartError: The interpreter cannot be run.
        """
        self._mark = uuid.uuid4().hex
        ours, theirs = socket.socketpair()
        self._channel = ours
        environment = {**launch.environment, MARK: self._mark, FOLDER: str(cell_folder), "PYTHONUNBUFFERED": "1"}
        try:
            with theirs:
                self._process: subprocess.Popen[bytes] = subprocess.Popen(  # noqa: S603 - the interpreter that the user named
                    [launch.python, str(RUNNER), str(theirs.fileno())],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    cwd=launch.folder,
                    env=environment,
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,
                )
        except OSError as error:
            ours.close()
            message = f"{launch.python} cannot be run: {error.strerror}"
            raise StartError(message) from error
        self._tail = _Tail(self._process.stdout)
        self._paths = launch.paths
        self._python = launch.python
        self.alive = True

    def start(self, target: str, observe: str, deadline: float) -> Started:
        """The consumer is imported.

        Raises:
            StartError: It is not, with what its environment said.
        """
        request = {"op": "start", "consumer": target, "observe": observe, "paths": list(self._paths)}
        try:
            answer = self._ask(request, deadline)
        except _GoneError as error:
            raise StartError(str(error), self._tail.text()) from error
        if not answer.get("started"):
            raise StartError(self._not_started(str(answer.get("error"))), str(answer.get("traceback")))
        try:
            return Started(str(answer["file"]), str(answer["python"]), str(answer["observes"]))
        except KeyError as error:
            raise StartError(_FORGED, self._tail.text()) from error

    def _not_started(self, error: str) -> str:
        if not error.startswith("ModuleNotFoundError"):
            return error
        first = f", first in {', '.join(self._paths)}" if self._paths else ""
        hint = "@venv:FOLDER behind the consumer names another environment"
        return f"{error} ({self._python} looked for it{first}; {hint})"

    def handle(self, delivery: Delivery, headers: Mapping[str, str], body: bytes, deadline: float) -> Handled:
        """What the consumer did with one delivery; never raises because of the consumer."""
        request = {
            "op": "handle",
            "id": delivery.event_id,
            "key": delivery.key,
            "headers": dict(headers),
            "content_type": delivery.payload.content_type,
            "body": base64.b64encode(body).decode("ascii"),
        }
        try:
            return _handled(self._ask(request, deadline))
        except _GoneError as error:
            self.kill()
            output = self._tail.text()
            before, mark, after = output.rpartition(_HANG_MARK)
            hung = error.outcome is Outcome.HUNG and bool(mark)
            return Handled(
                error.outcome,
                error=str(error),
                traceback=mark + after if hung else "",
                output=before if hung else output,
            )

    def agrees(self, function: str, expected: object, effect: object, deadline: float) -> str:
        """Why the user's function does not agree; ``""`` when it does.

        Raises:
            StartError: It did not answer.
        """
        request = {"op": "agree", "function": function, "expected": expected, "effect": effect}
        try:
            answer = self._ask({**request, "paths": list(self._paths)}, deadline)
        except _GoneError as error:
            raise StartError(str(error), self._tail.text()) from error
        return "" if answer.get("agrees") is True else str(answer.get("error") or "it returned False")

    def kill(self) -> None:
        """The process, its group and whatever it started and detached are dead."""
        if not self.alive:
            return
        self.alive = False
        _kill_all(self._process, self._mark)
        self._channel.close()
        self._tail.finish()

    close = kill

    def _ask(self, request: Mapping[str, object], deadline: float) -> dict[str, object]:
        started = time.monotonic()
        try:
            self._channel.settimeout(deadline + _GRACE)
            self._channel.sendall(frame({**request, "deadline": deadline}))
        except OSError as error:
            raise self._gone(started, deadline) from error
        length = struct.unpack(">I", self._exactly(4, started, deadline))[0]
        if length > MAX_FRAME:
            raise _GoneError(Outcome.EXITED, _FORGED)
        try:
            answer = loads(self._exactly(length, started, deadline))
        except ValueError as error:
            raise _GoneError(Outcome.EXITED, _FORGED) from error
        if not isinstance(answer, dict):
            raise _GoneError(Outcome.EXITED, _FORGED)
        return answer

    def _exactly(self, count: int, started: float, deadline: float) -> bytes:
        parts = bytearray()
        while len(parts) < count:
            readable, _, _ = select.select([self._channel], [], [], _SLICE)
            if readable:
                try:
                    part = self._channel.recv(count - len(parts))
                except OSError as error:
                    raise self._gone(started, deadline) from error
                if not part:
                    raise self._gone(started, deadline)
                parts += part
            elif self._process.poll() is not None or time.monotonic() - started > deadline + _GRACE:
                # Not only the end of the stream counts: a child that the consumer left behind may hold it open.
                raise self._gone(started, deadline)
        return bytes(parts)

    def _gone(self, started: float, deadline: float) -> _GoneError:
        if time.monotonic() - started >= deadline:
            return _GoneError(Outcome.HUNG, f"no answer within {deadline:g} s")
        try:
            status = self._process.wait(_GRACE)
        except subprocess.TimeoutExpired:
            return _GoneError(Outcome.EXITED, "the consumer closed evtcompat's own socket")
        return _GoneError(Outcome.EXITED, f"the process ended with {spoken_status(status)}")


class _Tail:
    """The end of what a process prints, read all the time so that it never blocks on a full pipe."""

    def __init__(self, stream: IO[bytes] | None) -> None:
        self._stream = stream
        self._parts: deque[bytes] = deque()
        self._size = 0
        self._thread = threading.Thread(target=self._drain, name="evtcompat-tail", daemon=True)
        self._thread.start()

    def _drain(self) -> None:
        while self._stream is not None:
            try:
                part = os.read(self._stream.fileno(), 65536)
            except (OSError, ValueError):  # closed by `finish`
                return
            if not part:
                return
            self._parts.append(part)
            self._size += len(part)
            while self._size - len(self._parts[0]) > _TAIL:
                self._size -= len(self._parts.popleft())

    def text(self) -> str:
        """The last characters, once the process has ended; what is not UTF-8 is escaped."""
        self._thread.join(_GRACE)
        return b"".join(tuple(self._parts))[-_TAIL:].decode("utf-8", "backslashreplace")

    def finish(self) -> None:
        """The stream is closed and the thread has ended."""
        self._thread.join(_GRACE)
        if self._stream is not None and not self._thread.is_alive():
            self._stream.close()


def _handled(answer: Mapping[str, object]) -> Handled:
    """What the runner answered.

    Raises:
        _GoneError: The runner did not write it.
    """
    try:
        return _read(answer)
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        raise _GoneError(Outcome.EXITED, _FORGED) from error


def _read(answer: Mapping[str, object]) -> Handled:
    letters = answer.get("dead_letters")
    return Handled(
        Outcome(answer["outcome"]),
        error=str(answer.get("error", "")),
        traceback=str(answer.get("traceback", "")),
        value=_picture(answer.get("value")),
        before=_picture(answer.get("before")),
        after=_picture(answer.get("after")),
        dead_letters=tuple(base64.b64decode(letter["body"]) for letter in letters) if isinstance(letters, list) else (),
    )


def _picture(value: object) -> Picture | None:
    if not isinstance(value, dict):
        return None
    text = value.get("text")
    return Picture(
        str(value["digest"]), str(value["excerpt"]), bool(value["none"]), text if isinstance(text, str) else None
    )


def run_to_end(
    command: Sequence[str], *, folder: str | None, environment: Mapping[str, str], seconds: float
) -> tuple[int | None, str]:
    """How a command ended, ``None`` when it had to be killed, and the end of what it printed.

    The process is waited for, and not the end of its output, which something that it left behind may hold open. Nothing
    of it is left afterwards, nor (on Linux) of what it detached.

    Raises:
        OSError: It cannot be started.
    """
    mark = uuid.uuid4().hex
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(  # noqa: S603 - a command that the user named
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=folder,
            env={**environment, MARK: mark},
            start_new_session=True,
        )
        try:
            status: int | None = process.wait(seconds)
        except subprocess.TimeoutExpired:
            status = None
        finally:
            _kill_all(process, mark)
        output.seek(max(0, output.seek(0, os.SEEK_END) - _TAIL))
        return status, output.read(_TAIL).decode("utf-8", "backslashreplace")


def _kill_all(process: subprocess.Popen[bytes], mark: str) -> None:
    """The process, its group and whatever it started and detached are dead."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    kill_marked(mark)


def spoken_status(status: int) -> str:
    """How a process ended: ``exit status 3``, ``signal SIGKILL``."""
    if status >= 0:
        return f"exit status {status}"
    try:
        return f"signal {signal.Signals(-status).name}"
    except ValueError:
        return f"signal {-status}"


def marked_processes(mark: str) -> list[int]:
    """The processes with a mark in their environment, also those that left the group (daemons); Linux shows it."""
    wanted = f"{MARK}={mark}".encode()
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # gone meanwhile, or somebody else's
            if wanted in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
    return found


def kill_marked(mark: str) -> None:
    """No process carries the mark any more."""
    for process in marked_processes(mark):
        with suppress(ProcessLookupError, PermissionError):
            os.kill(process, signal.SIGKILL)
