"""The subcommands by name. One is imported when it is asked for: building all of them costs more than a short check."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any, cast

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from evtcompat.cli.help_pages import epilog_of, group_of

#: In the order of the help. Each lives in a file of its name: a function of that name, or the Typer `app` of a group.
COMMANDS = (
    "init",
    "check",
    "diff",
    "exercise",
    "explain",
    "export",
    "matrix",
    "report",
    "rules",
    "waive",
    "lock",
    "fixtures",
    "registry",
    "replay",
    "lsp",
    "contract",
    "deploy",
    "can-i-deploy",
    "plan",
)


class Commands(TyperGroup):
    """A group whose commands are loaded one by one."""

    def invoke(self, ctx: Any) -> object:  # noqa: ANN401 - of a library that Typer has within itself
        """Carry out the command; what Typer would end with 1, which means "incompatible", ends as other faults do."""
        try:
            return super().invoke(ctx)
        except (EOFError, BrokenPipeError) as fault:
            from evtcompat.cli.terminal.faults import ended_by

            sys.exit(ended_by(fault))
        except Exception as error:  # one of Typer's own is among them, which it does not show around; all go on
            option = getattr(error, "option_name", None)
            if type(error).__name__ == "NoSuchOption" and any(option in known.opts for known in self.params):
                said = f"No such option here: {option} stands before the command: evtcompat {option} ..."
                error.message = said  # type: ignore[attr-defined]  # what Typer prints
            raise

    def list_commands(self, ctx: object) -> list[str]:
        """Every name, without an import."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: object, cmd_name: str) -> TyperCommand | TyperGroup | None:
        """The command, or ``None`` for an unknown name."""
        del ctx
        if cmd_name not in COMMANDS:
            for name in COMMANDS:  # what the base class chooses its "Did you mean" from
                self.commands[name] = _loaded(name)
            return None
        return _loaded(cmd_name)


def _loaded(name: str) -> TyperCommand | TyperGroup:
    function = name.replace("-", "_")
    module = import_module(f"evtcompat.cli.{function}")
    vars(module).setdefault("typer", typer)  # see `direct`
    group = getattr(module, "app", None)
    if group is None:
        group = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
        group.command(name)(getattr(module, function))
    command = cast("TyperCommand | TyperGroup", get_command(group))
    command.rich_help_panel = group_of(name) or "Commands"
    for word, one in {name: command, **_inner(name, command)}.items():
        one.help = _reflowed(one.help)
        one.epilog = epilog_of(word)
    return command


def _inner(name: str, command: TyperCommand | TyperGroup) -> dict[str, TyperCommand | TyperGroup]:
    """The commands of a group by what a person types."""
    inner = getattr(command, "commands", {})
    return {f"{name} {word}": one for word, one in inner.items()}


def _reflowed(text: str | None) -> str | None:
    """Paragraphs as one line each: Typer keeps a docstring's line breaks, and adds those of the terminal's width."""
    return None if text is None else "\n\n".join(" ".join(part.split()) for part in text.split("\n\n"))
