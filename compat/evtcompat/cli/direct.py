"""Calls that need no parser of a command line: a command, names of files, and options that are said or not.

A hook or an editor calls `evtcompat check` so, again and again, and loading Typer costs more than the check. What
stands here follows from the signature of the command, whose annotations only Typer evaluates. Everything else (help,
an option with a value, a mistake) is Typer's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module

#: The commands that are worth it; each is a function of a module of its name, and takes `paths`.
_COMMANDS = ("check",)
#: Options after which a person is asked, which is Typer's as well.
_ASKING = ("fix",)


def direct_call(arguments: Sequence[str]) -> Callable[[], None] | None:
    """The call that the arguments ask for, or ``None`` where it takes a parser to tell."""
    if not arguments or arguments[0] not in _COMMANDS:
        return None
    command: Callable[..., None] = getattr(import_module(f"evtcompat.cli.{arguments[0]}"), arguments[0])
    switches = {
        f"--{name.replace('_', '-')}": name
        for name, annotation in command.__annotations__.items()
        if str(annotation).startswith("Annotated[bool,") and name not in _ASKING
    }
    words = arguments[1:]
    options = {word for word in words if word.startswith("-")}
    if not switches.keys() >= options:
        return None
    return partial(
        command, paths=[word for word in words if word not in options], **{switches[word]: True for word in options}
    )
