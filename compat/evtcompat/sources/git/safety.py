"""What keeps git from running anything that a repository under check brings along, and from waiting for ever.

A repository's own configuration (``.git/config``) may name programs: a file-system monitor, hooks, filters, a pager, an
external diff, a program that shows signatures. None of them is needed to read what a repository holds.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from evtcompat.errors import ConfigError
from evtcompat.reading import kind_of_special

#: Options of every git command. ``protocol.allow=never`` keeps git versions without ``GIT_NO_LAZY_FETCH`` off the
#: network.
OPTIONS: Final = (
    "--no-pager",
    *("-c", "core.fsmonitor=false"),
    *("-c", f"core.hooksPath={os.devnull}"),
    *("-c", "log.showSignature=false"),
    *("-c", "protocol.allow=never"),
    *("-c", "core.quotePath=false"),
    *("-c", "advice.graftFileDeprecated=false"),
)
#: No prompts, no locks, nothing fetched because an object of a partial clone is missing, messages in English, and every
#: object and every parent as it was committed: what replaces them is known to nobody else.
VARIABLES: Final[Mapping[str, str]] = {
    "GIT_GRAFT_FILE": os.devnull,
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
#: Variables by which a program could be named as well; whoever runs evtcompat may have them for their own work.
UNSET: Final = frozenset({"GIT_EXTERNAL_DIFF", "GIT_TRACE_SETUP"})
#: The seconds that one git command may take.
LIMIT: Final = 120.0
#: Names another limit, in seconds.
LIMIT_VARIABLE: Final = "EVTCOMPAT_GIT_TIMEOUT"
#: Seconds from which on a number is a typing error.
_LONGEST: Final = 100_000

#: What git reads of a checkout before it answers anything. It waits for a pipe for as long as it is let, and reads a
#: device without end.
_READ_FIRST: Final = (
    *(f".git/{name}" for name in ("HEAD", "config", "index", "packed-refs", "shallow", "commondir", "info/grafts")),
    *(".git/info/exclude", ".git/info/attributes", ".gitignore", ".gitattributes", ".gitmodules", ".git"),
)

#: The same in each folder, when git comes to it.
_READ_IN_FOLDERS: Final = (".gitignore", ".gitattributes")
#: Seconds after which a git that has not answered may be waiting for one of them.
SUSPICIOUS: Final = 3.0


def special_file(folder: Path) -> tuple[Path, str] | None:
    """A file of the checkout that a folder lies in, which git would wait for, and what it is; ``None`` without one."""
    top = next((parent for parent in (folder, *folder.parents) if os.path.lexists(parent / ".git")), None)
    if top is None:
        return None
    for name in _READ_FIRST:
        words = kind_of_special(top / name)
        if words is not None:
            return top / name, words
    return None


def nested_special_file(folder: Path) -> tuple[Path, str] | None:
    """As `special_file`, in every folder of the checkout, as far as one comes in `SUSPICIOUS` seconds."""
    until = time.monotonic() + SUSPICIOUS
    top = next((parent for parent in (folder, *folder.parents) if os.path.lexists(parent / ".git")), folder)
    for here, folders, files in os.walk(top):
        if time.monotonic() > until:
            break
        folders[:] = [name for name in folders if name != ".git"]
        for name in _READ_IN_FOLDERS:
            words = kind_of_special(Path(here, name)) if name in files else None
            if words is not None:
                return Path(here, name), words
    return None


def limit(environment: Mapping[str, str]) -> float:
    """The seconds that one git command may take.

    Raises:
        ConfigError: The environment names another limit, and that is no positive number.
    """
    text = environment.get(LIMIT_VARIABLE)
    if not text:
        return LIMIT
    try:
        asked = float(text)
    except ValueError:
        asked = 0.0
    if not 0 < asked < _LONGEST:
        message = f"{LIMIT_VARIABLE} must be a positive number of seconds; found {text!r}"
        raise ConfigError(message, hint=f"Correct it, or leave it out: {LIMIT:g} s then hold.")
    return asked


def variables(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment of a git command."""
    return {**{name: value for name, value in environment.items() if name not in UNSET}, **VARIABLES}


def unfiltered(keys: Iterable[str]) -> tuple[str, ...]:
    """The options under which none of the filters of a configuration is run.

    Args:
        keys: Keys of the configuration that begin with ``filter.``, as ``git config --name-only`` lists them.
    """
    drivers = sorted({key.removeprefix("filter.").rpartition(".")[0] for key in keys if key.startswith("filter.")})
    return tuple(
        word
        for driver in drivers
        for option in ("clean=", "smudge=", "process=", "required=false")
        for word in ("-c", f"filter.{driver}.{option}")
    )
