"""Running git: one place for environment, options and the words of its failures."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from evtcompat.errors import BaselineError

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
#: No prompts, no locks, nothing fetched because an object of a partial clone is missing, messages in English.
_OURS = {"GIT_NO_LAZY_FETCH": "1", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
#: ``protocol.allow=never`` keeps git versions without ``GIT_NO_LAZY_FETCH`` off the network, too.
_OPTIONS = ("--no-pager", "-c", "protocol.allow=never", "-c", "core.quotePath=false")
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
        return ["git", *_OPTIONS, *arguments]

    def variables(self) -> dict[str, str]:
        """The whole environment."""
        return {**self.environment, **_OURS}

    def attempt(self, *arguments: str, stdin: bytes | None = None) -> Finished:
        """What the command answered, whatever its exit code.

        Raises:
            BaselineError: git is not installed, or refuses the repository because somebody else owns it.
        """
        try:
            done = subprocess.run(  # noqa: S603 - no shell; the first word is fixed
                self.arguments(arguments),
                cwd=self.folder,
                env=self.variables(),
                input=stdin if stdin is not None else b"",
                capture_output=True,
                check=False,
            )
        except FileNotFoundError as error:
            message = "git is not installed, but the schemas lie in a git repository"
            raise BaselineError(message, hint="Install git, or check a copy of them outside the repository.") from error
        errors = done.stderr.decode("utf-8", "replace").strip()
        dubious = _DUBIOUS.search(errors)
        if dubious:
            message = f"git does not trust the repository {dubious['path']}: another user owns it"
            raise BaselineError(message, hint=f"Run: git config --global --add safe.directory {dubious['path']}")
        return Finished(done.returncode, done.stdout, errors)

    def run(self, *arguments: str, stdin: bytes | None = None) -> bytes:
        """The output of a command that must succeed.

        Raises:
            BaselineError: It failed; the message has git's own words.
        """
        done = self.attempt(*arguments, stdin=stdin)
        if done.code:
            message = f"git {arguments[0]} failed: {done.errors or f'exit code {done.code}'}"
            raise BaselineError(message)
        return done.output

    def line(self, *arguments: str) -> str | None:
        """The one line that a command prints, or ``None`` when it fails or prints nothing."""
        done = self.attempt(*arguments)
        return None if done.code else text(done.output).strip("\n") or None


def text(output: bytes) -> str:
    """Output as text; bytes that are no UTF-8 (names of files) survive the way back through `os.fsencode`."""
    return os.fsdecode(output)


def records(output: bytes) -> list[str]:
    """The records of a ``-z`` listing."""
    return [text(record) for record in output.split(b"\0") if record]
