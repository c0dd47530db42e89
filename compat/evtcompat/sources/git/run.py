"""Running git: one place for environment, options and the words of its failures."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from evtcompat.dataclasses import dataclass, field
from evtcompat.errors import BaselineError
from evtcompat.sources.git import safety

#: The variables that belong to one repository (``git rev-parse --local-env-vars``, and what git hands to hooks).
_LOCAL = frozenset(
    {
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_CONFIG",
        "GIT_CONFIG_COUNT",
        "GIT_CONFIG_PARAMETERS",
        "GIT_DIR",
        "GIT_GRAFT_FILE",
        "GIT_IMPLICIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_INTERNAL_SUPER_PREFIX",
        "GIT_NAMESPACE",
        "GIT_NO_REPLACE_OBJECTS",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_QUARANTINE_PATH",
        "GIT_REPLACE_REF_BASE",
        "GIT_SHALLOW_FILE",
        "GIT_WORK_TREE",
    }
)
_LOCAL_PREFIXES = ("GIT_CONFIG_KEY_", "GIT_CONFIG_VALUE_")
#: What gets a partial clone what it left out.
PARTIAL = (
    "A partial clone leaves out old contents. Run: git fetch --refetch --no-filter   (in CI: clone without a filter)"
)
#: What tells more about a repository that does not have what its commits name.
FSCK = "Run `git fsck` to see whether the repository is damaged."
_DUBIOUS = re.compile(r"dubious ownership in repository at '(?P<path>[^']*)'")


def foreign_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment for a repository other than the one that a hook runs for.

    Git exports `GIT_DIR`, `GIT_INDEX_FILE` and the like to hooks; in another repository they would make git read the
    wrong one. What belongs to the user (`GIT_CONFIG_GLOBAL`, `GIT_SSH`) stays.
    """
    return {
        name: value
        for name, value in environment.items()
        if name not in _LOCAL and not name.startswith(_LOCAL_PREFIXES)
    }


class Finished(NamedTuple):
    """A git command that ended."""

    code: int
    output: bytes
    errors: str


@dataclass(frozen=True)
class Git:
    """git, run in one folder with one environment.

    Attributes:
        folder: Where commands run.
        environment: As it was handed over; not changed by this object.
    """

    folder: Path
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ), repr=False)

    def arguments(self, arguments: Sequence[str]) -> list[str]:
        """The whole command line."""
        return ["git", *safety.OPTIONS, *arguments]

    def variables(self) -> dict[str, str]:
        """The whole environment."""
        return safety.variables(self.environment)

    def attempt(self, *arguments: str, stdin: bytes | None = None) -> Finished:
        """What the command answered, whatever its exit code.

        Raises:
            BaselineError: git cannot be run, does not answer in time, or refuses the repository because another user
                owns it.
        """
        try:
            process = subprocess.Popen(  # noqa: S603 - no shell; the first word is fixed
                self.arguments(arguments),
                cwd=self.folder,
                env=self.variables(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            )
        except OSError as error:
            raise not_run(error) from error
        with process:
            try:
                output, said = self._answer(process, command_of(arguments), stdin if stdin is not None else b"")
            except BaseException:
                process.kill()
                raise
        errors = said.decode("utf-8", "replace").strip()
        dubious = _DUBIOUS.search(errors)
        if dubious:
            message = f"git does not trust the repository {dubious['path']}: another user owns it"
            raise BaselineError(message, hint=f"Run: git config --global --add safe.directory {dubious['path']}")
        return Finished(process.returncode, output, errors)

    def _answer(self, process: subprocess.Popen[bytes], command: str, stdin: bytes) -> tuple[bytes, bytes]:
        """What a command writes until it ends. After a while a file is looked for that it may be waiting for.

        Raises:
            BaselineError: There is one, or the command does not answer in time.
        """
        seconds = safety.limit(self.environment)
        first = min(safety.SUSPICIOUS, seconds)
        try:
            return process.communicate(stdin, timeout=first)
        except subprocess.TimeoutExpired:
            stuck = safety.nested_special_file(self.folder)
        if stuck is not None:
            raise waits_for(*stuck)
        try:
            return process.communicate(timeout=seconds - first)
        except subprocess.TimeoutExpired as error:
            raise too_slow(command, seconds) from error

    def run(self, *arguments: str, stdin: bytes | None = None) -> bytes:
        """The output of a command that must succeed.

        Raises:
            BaselineError: It failed; the message has git's own words.
        """
        done = self.attempt(*arguments, stdin=stdin)
        if done.code:
            message = f"git {command_of(arguments)} failed: {done.errors or f'exit code {done.code}'}"
            raise BaselineError(message, hint=PARTIAL if "promisor" in done.errors else None)
        return done.output

    def line(self, *arguments: str) -> str | None:
        """The one line that a command prints, or ``None`` when it fails or prints nothing."""
        done = self.attempt(*arguments)
        return None if done.code else text(done.output).strip("\n") or None

    @cached_property
    def configured(self) -> tuple[str, ...]:
        """The keys of the configuration about remotes and filters: two questions for the price of one process."""
        return tuple(records(self.attempt("config", "-z", "--name-only", "--get-regexp", r"^(remote|filter)\.").output))

    def without_filters(self) -> tuple[str, ...]:
        """Options for a command that compares or writes contents of files, which would run the repository's filters."""
        return safety.unfiltered(self.configured)


def command_of(arguments: Sequence[str]) -> str:
    """The subcommand, after the options that every subcommand has."""
    words = iter(arguments)
    for word in words:
        if word not in ("-c", "-C"):
            return word
        next(words, None)
    return ""


def not_run(error: OSError) -> BaselineError:
    """The error for a git that cannot be started."""
    if isinstance(error, FileNotFoundError):
        message = "git is not installed, but the schemas lie in a git repository"
        return BaselineError(message, hint="Install git, or check a copy of them outside the repository.")
    message = f"git cannot be run: {error.strerror or error}"
    return BaselineError(message, hint="See that the first `git` on the PATH is a program that you may run.")


def too_slow(command: str, seconds: float) -> BaselineError:
    """The error for a git that does not answer."""
    message = f"git {command} has not answered in {seconds:g} s"
    hint = f"Run it by hand to see what it waits for; {safety.LIMIT_VARIABLE} names another limit, in seconds."
    return BaselineError(message, hint=hint)


def waits_for(path: Path, words: str) -> BaselineError:
    """The error for a file that git would wait for."""
    message = f"git would wait for {path}: {words}"
    return BaselineError(message, hint="Put a file there, or remove it.")


def text(output: bytes) -> str:
    """Output as text; bytes that are no UTF-8 (names of files) survive the way back through `os.fsencode`."""
    return os.fsdecode(output)


def records(output: bytes) -> list[str]:
    """The records of a ``-z`` listing."""
    return [text(record) for record in output.split(b"\0") if record]
