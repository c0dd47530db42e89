"""Where a consumer's code comes from, made ready to run: an interpreter, import paths and a working folder."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from evtcompat.dataclasses import dataclass
from evtcompat.errors import UncheckedError
from evtcompat.exercise.consumers import ConsumerSpec, Origin

#: Writes the tree of a git ref into an empty folder; raises an `UncheckedError` when it cannot.
GitExport = Callable[[str, Path], None]

_PIP_DEADLINE = 120
#: Variables that would make another environment import this one's code.
_OURS = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "__PYVENV_LAUNCHER__")


@dataclass(frozen=True, slots=True)
class Launch:
    """How to start a consumer's process."""

    python: str
    #: Put before everything else on the consumer's import path.
    paths: tuple[str, ...]
    folder: str
    environment: Mapping[str, str]


def prepare(spec: ConsumerSpec, scratch: Path, *, here: Path, export: GitExport | None) -> Launch:
    """The launch of a consumer; what has to be unpacked lies in `scratch`, which the caller removes.

    Args:
        spec: The consumer.
        scratch: An existing folder.
        here: The folder that evtcompat was started in; `src` in it is importable too.
        export: How to have a git ref's tree.

    Raises:
        UncheckedError: The environment, ref or wheel cannot be had.
    """
    if spec.origin is Origin.HERE:
        python = spec.python and _interpreter(spec.python, spec)
        return Launch(python or sys.executable, _importable(here), str(here), dict(os.environ))
    environment = {name: value for name, value in os.environ.items() if name not in _OURS}
    if spec.origin is Origin.VENV:
        return Launch(_interpreter(spec.where, spec), (), str(here), environment)
    python = _interpreter(spec.python, spec) if spec.python else sys.executable
    target = scratch / spec.role
    target.mkdir()
    if spec.origin is Origin.GIT:
        if export is None:
            message = f"{spec.name}: no git at hand to have {spec.where} from"
            raise UncheckedError(message, hint="name a virtual environment (@venv:FOLDER) or a wheel (@wheel:FILE)")
        export(spec.where, target)
        return Launch(python, _importable(target), str(target), environment)
    _install(Path(spec.where), target, python, spec)
    return Launch(python, (str(target),), str(here), environment)


def _importable(folder: Path) -> tuple[str, ...]:
    """A project's root and, where it has one, its `src`."""
    return tuple(str(path) for path in (folder / "src", folder) if path.is_dir())


def _interpreter(where: str, spec: ConsumerSpec) -> str:
    """The interpreter in an environment's folder, or `where` itself when it is one."""
    path = Path(where).expanduser()
    for candidate in (path / "bin" / "python", path / "Scripts" / "python.exe", path):
        if candidate.is_file() and os.access(candidate, os.X_OK):
            return str(candidate.absolute())  # not resolved: a link into the base interpreter is what makes it a venv
    found = shutil.which(where)
    if found:
        return found
    message = f"{spec.name}: no Python interpreter at {where}"
    raise UncheckedError(message, hint="name the folder of a virtual environment, or its python")


def _install(wheel: Path, target: Path, python: str, spec: ConsumerSpec) -> None:
    if not wheel.is_file():
        message = f"{spec.name}: there is no file {wheel}"
        raise UncheckedError(message, hint="Give the path of a .whl file, from the folder that the command runs in.")
    # --no-index and --no-deps: nothing is fetched, and nothing but this wheel is installed.
    options = ["--quiet", "--disable-pip-version-check", "--no-input", "--no-deps", "--no-index", "--no-compile"]
    command = [python, "-m", "pip", "install", *options, "--target", str(target), str(wheel.absolute())]
    try:
        done = subprocess.run(  # noqa: S603 - the interpreter that the user named
            command, check=False, capture_output=True, encoding="utf-8", errors="backslashreplace",
            timeout=_PIP_DEADLINE, stdin=subprocess.DEVNULL,
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired) as error:
        message = f"{spec.name}: pip did not install {wheel.name}: {error}"
        raise UncheckedError(message) from error
    if done.returncode:
        said = (done.stderr.strip() or done.stdout.strip() or f"exit status {done.returncode}").splitlines()[-1]
        message = f"{spec.name}: pip could not install {wheel.name}: {said}"
        raise UncheckedError(message, hint="name a virtual environment that has it installed: @venv:FOLDER")
