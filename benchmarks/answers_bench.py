"""What asks a checkout: its functions and its commands, with the answers as JSON that is the same everywhere."""

from __future__ import annotations

import base64
import contextlib
import dataclasses
import enum
import hashlib
import importlib
import io
import math
import os
import re
import signal
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import FrameType
from typing import Literal, NamedTuple, TypeAlias

JSON: TypeAlias = "bool | int | float | str | list[JSON] | dict[str, JSON] | None"
SchemaFormat: TypeAlias = Literal["avro", "json-schema"]

REPORTS = ("text", "json", "sarif", "junit", "github", "gitlab", "markdown")


@dataclass(frozen=True)
class Inputs:
    """Where the questions come from.

    Attributes:
        checkout: Whose answers are asked for.
        reference: The reference data.
        samples: A folder of sample schemas, ``NAME-vN.avsc`` and ``.json``, with those to refuse in ``rejected``.
        cases: A folder such as ``tests/cases``, of folders that each hold cases with two files, ``old`` and ``new``; or
            ``None``.
        parts: Which parts.
        sample: Every how many-th unit.
    """

    checkout: Path
    reference: Path
    samples: Path
    cases: Path | None
    parts: tuple[str, ...]
    sample: int


class Answer(NamedTuple):
    """One line of a dump."""

    kind: str
    id: str
    answer: JSON


class TooLongError(BaseException):
    """The time for one answer is over. No `Exception`: whoever catches those must not catch this."""


# The answers as JSON


def plain(value: object) -> JSON:
    """Any value of the public model in terms of JSON's types; of objects, what their public attributes hold."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else {"float": str(value)}
    if isinstance(value, enum.Enum):
        return plain(value.value)
    if isinstance(value, bytes | bytearray):
        return {"base64": base64.b64encode(value).decode("ascii")}
    if isinstance(value, Mapping):
        if all(isinstance(name, str) for name in value):
            return {name: plain(item) for name, item in value.items()}
        return {"mapping": [[plain(name), plain(item)] for name, item in value.items()]}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, BaseException):
        return {"error": type(value).__name__, "message": str(value)}
    names = _attributes(value)
    if not names or isinstance(value, date):
        return {type(value).__name__: str(value)}
    return {name: _read(value, name) for name in names}


def _attributes(value: object) -> list[str]:
    """The names of the public fields and properties of an object of the package."""
    kind = type(value)
    if not kind.__module__.startswith("evtcompat"):
        return []
    names = {one.name for one in dataclasses.fields(kind)} if dataclasses.is_dataclass(kind) else set()
    for one in kind.__mro__:
        names |= {name for name, member in vars(one).items() if isinstance(member, property)}
        names |= set(vars(one).get("__annotations__", ()))
    return sorted(name for name in names if not name.startswith("_"))


def _read(value: object, name: str) -> JSON:
    """An attribute, or the error that reading it raises: some are found out when they are first read."""
    try:
        return plain(getattr(value, name))
    except Exception as error:  # noqa: BLE001 - whatever is raised is the answer
        return plain(error)


class Normaliser:
    """Replaces what differs from run to run, or tells one checkout's place from another's."""

    def __init__(self, checkout: Path, version: str) -> None:
        spelled = re.escape(version)
        self._rules = [
            (re.compile(r"(127\.0\.0\.1|localhost):\d+"), r"\1:PORT"),
            (re.compile(rf'("?evtcompat"?:? "?){spelled}(?![\w.])'), r"\1VERSION"),
            (re.compile(rf'("(?:semanticV|v)ersion": "){spelled}"'), r'\1VERSION"'),
        ]
        self._paths: list[tuple[str, str]] = []
        for path, word in ((checkout, "CHECKOUT"), (Path(sys.prefix), "PYTHON"), (Path(sys.base_prefix), "PYTHON")):
            self.hide(path, word)

    def hide(self, path: Path, word: str) -> None:
        """From now on `path` is shown as `word`."""
        spellings = {str(path), str(path.resolve())} - {"/", "/usr"}
        self._paths = sorted({*self._paths, *((one, word) for one in spellings)}, key=lambda one: -len(one[0]))

    def __call__(self, text: str) -> str:
        """The text without what differs."""
        for path, word in self._paths:
            text = text.replace(path, word)
        for pattern, replacement in self._rules:
            text = pattern.sub(replacement, text)
        text, addresses = re.subn(r"0x[0-9a-fA-F]{6,}", "0xADDRESS", text)
        if addresses:  # the digest over a manifest that shows one
            text = re.sub(r'"seal": "[0-9a-f]{64}"', '"seal": "SEAL"', text)
        return text

    def error(self, text: str) -> str:
        """Standard error without what differs; of a traceback only what was raised."""
        return re.sub(r"(?m)^Traceback \(most recent call last\):\n(?:(?: .*)?\n)*", "TRACEBACK\n", self(text))


class Bench:
    """What a unit works with: a clock, the command line, and folders to run it in.

    Args:
        inputs: Whose answers are asked for.
        seconds: CPU time for one answer; ten times as much may pass on the wall.
    """

    def __init__(self, inputs: Inputs, seconds: float) -> None:
        import evtcompat

        home = inputs.checkout / "compat"
        if not Path(evtcompat.__file__).resolve().is_relative_to(home.resolve()):
            message = f"evtcompat was imported from {evtcompat.__file__}, not from {home}"
            raise RuntimeError(message)
        self.normalise = Normaliser(inputs.checkout, evtcompat.__version__)
        self._seconds = seconds
        project = tomllib.loads((inputs.checkout / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        module, _, name = project["scripts"]["evtcompat"].partition(":")
        self._main: Callable[[], None] = getattr(importlib.import_module(module), name)
        for number in (signal.SIGPROF, signal.SIGALRM):
            signal.signal(number, self._stop)

    @staticmethod
    def _stop(_number: int, _frame: FrameType | None) -> None:
        raise TooLongError

    def ask(self, work: Callable[[], object]) -> JSON:
        """The value that `work` returns, the error that it raises, or ``{"timeout": true}``."""
        signal.setitimer(signal.ITIMER_PROF, self._seconds)
        signal.setitimer(signal.ITIMER_REAL, 10 * self._seconds)
        try:
            return plain(work())
        except TooLongError:
            return {"timeout": True}
        except Exception as error:  # noqa: BLE001 - whatever is raised is the answer
            return plain(error)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
            signal.setitimer(signal.ITIMER_REAL, 0)

    @contextlib.contextmanager
    def folder(self) -> Iterator[Path]:
        """An empty folder, which answers call ``FOLDER``."""
        with tempfile.TemporaryDirectory(prefix="answers-") as name:
            self.normalise.hide(Path(name), "FOLDER")
            yield Path(name)

    def run(self, folder: Path, *arguments: str, files: Iterable[str] = (), apart: bool = False) -> JSON:
        """Exit code, output and written `files` of a command that runs in `folder`.

        With `apart` it runs in a process of its own. That takes longer to start; but CPython 3.11 may spend most of a
        long run on memory for frames if a hot call happens to stand at the end of a chunk of its stack, as it did for
        the largest input when the command was called from here.
        """
        return self.ask(lambda: self._run(folder, arguments, files, self._apart if apart else self._captured))

    def check(self, folder: Path, *arguments: str, apart: bool = False) -> JSON:
        """`run` of a command with a report in every format, by the format's name."""
        names = {f"report.{name}": name for name in REPORTS[1:]}
        formats = [word for file, name in names.items() for word in ("--format", f"{name}:{file}")]
        return self.run(folder, *arguments, "--format", "text", *formats, files=names, apart=apart)

    def output(self, folder: Path, *arguments: str) -> str:
        """The standard output of a command, as it is; empty if it took too long."""
        found: list[str] = []
        self.ask(lambda: found.append(self._captured(folder, arguments)[1]))
        return "".join(found)

    def _run(
        self,
        folder: Path,
        arguments: Sequence[str],
        files: Iterable[str],
        run: Callable[[Path, Sequence[str]], tuple[int, str, str]],
    ) -> JSON:
        code, output, errors = run(folder, arguments)
        answer: dict[str, JSON] = {"code": code, "out": self.normalise(output), "err": self.normalise.error(errors)}
        for name in files:
            file = folder / name
            answer[name] = self.normalise(file.read_bytes().decode("utf-8")) if file.is_file() else None
            file.unlink(missing_ok=True)
        return answer

    @staticmethod
    def _apart(folder: Path, arguments: Sequence[str]) -> tuple[int, str, str]:
        program = [sys.executable, "-m", "evtcompat", *arguments]
        done = subprocess.run(program, cwd=folder, check=False, capture_output=True, stdin=subprocess.DEVNULL)
        return done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8")

    def _captured(self, folder: Path, arguments: Sequence[str]) -> tuple[int, str, str]:
        output, errors = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="\n") for _ in range(2))
        before, given, environment = Path.cwd(), sys.argv, dict(os.environ)
        code: object = "the command did not leave by sys.exit"
        try:
            os.chdir(folder)
            sys.argv = ["evtcompat", *arguments]
            with contextlib.redirect_stdout(output), contextlib.redirect_stderr(errors):
                self._main()
        except SystemExit as left:
            code = 0 if left.code is None else left.code
        finally:
            os.chdir(before)
            sys.argv = given
            os.environ.clear()
            os.environ.update(environment)
        if not isinstance(code, int):
            errors.write(f"{code}\n")
            code = 1
        texts = []
        for stream in (output, errors):
            stream.flush()
            texts.append(stream.buffer.getvalue().decode("utf-8"))
        return code, texts[0], texts[1]

    def digests(self, folder: Path) -> JSON:
        """The SHA-256 of every file below a folder by its path, of texts without what differs from run to run."""
        found: dict[str, JSON] = {}
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                data = path.read_bytes()
                with contextlib.suppress(UnicodeDecodeError):
                    data = self.normalise(data.decode("utf-8")).encode("utf-8")
                found[path.relative_to(folder).as_posix()] = hashlib.sha256(data).hexdigest()
        return found
