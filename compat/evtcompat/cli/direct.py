"""Calls that need no parser of a command line: a command, names of files, and options in their long form.

A hook or an editor calls `evtcompat check` so, again and again, and loading Typer costs more than the check. What
stands here follows from the signature of the command, whose annotations only Typer evaluates. Everything else (help,
the short form of an option, a mistake) is Typer's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, Final

#: The commands that are worth it; each is a function of a module of its name, and takes `paths`.
_COMMANDS = ("check",)
#: Options after which a person is asked, which is Typer's as well.
_ASKING = ("fix",)
#: What an option's value becomes, by the beginning of its annotation; a switch has none.
_VALUES: Final[dict[str, type]] = {"Annotated[str | None,": str, "Annotated[Path | None,": Path}
_MANY_VALUES: Final[dict[str, type]] = {"Annotated[list[str] | None,": str, "Annotated[list[Path] | None,": Path}
_SWITCH: Final = "Annotated[bool,"
#: The first name that an annotation gives to its option, where it gives any.
_NAMED: Final = re.compile(r"typer\.Option\('(--[a-z-]+)'")


def direct_call(arguments: Sequence[str]) -> Callable[[], None] | None:
    """The call that the arguments ask for, or ``None`` where it takes a parser to tell."""
    if not arguments or arguments[0] not in _COMMANDS:
        return None
    command: Callable[..., None] = getattr(import_module(f"evtcompat.cli.{arguments[0]}"), arguments[0])
    known = _options(command)
    given: dict[str, Any] = {}
    paths: list[str] = []
    words = iter(arguments[1:])
    for word in words:
        if not word.startswith("-"):
            paths.append(word)
            continue
        name, annotation = known.get(word, ("", ""))
        if annotation == _SWITCH:
            given[name] = True
            continue
        value = next(words, "-")
        if not name or value.startswith("-"):
            return None
        if annotation in _VALUES:
            given[name] = _VALUES[annotation](value)
        else:
            given.setdefault(name, []).append(_MANY_VALUES[annotation](value))
    return partial(command, paths=paths, **given)


def _options(command: Callable[..., None]) -> dict[str, tuple[str, str]]:
    """The options of a command by their long form: the parameter, and how its annotation begins."""
    found = {}
    for name, annotation in command.__annotations__.items():
        begins = f"{str(annotation).partition(',')[0]},"
        if name not in (*_ASKING, "paths") and begins in (*_VALUES, *_MANY_VALUES, _SWITCH):
            called = _NAMED.search(str(annotation))
            found[called[1] if called else f"--{name.replace('_', '-')}"] = name, begins
    return found
