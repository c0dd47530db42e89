"""`evtcompat lsp`."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, cast

from evtcompat.cli.terminal.ending import ASKED_TO_END, heard
from evtcompat.errors import UncheckedError
from evtcompat.reporters.terminal import printable

if TYPE_CHECKING:
    from typing import BinaryIO

    from evtcompat.model.reports import Report


def lsp() -> None:
    """Serve an editor over standard input and output (Language Server Protocol).

    The schemas that are open are checked as they stand in the editor, saved or not, against the same baseline as
    `evtcompat check` finds. Editors start it by themselves: see docs/editors.md.
    """
    try:
        from evtcompat.lsp.frames import Frames
        from evtcompat.lsp.server import server
    except ImportError as error:
        message = f"the language server needs another library: {error}"
        raise UncheckedError(message, hint="pip install 'evtcompat[lsp]'") from error
    made = server(checked_file, baseline_text)
    _tell_in_one_line()
    frames = Frames(sys.stdin.buffer)

    def leave(code: int) -> None:
        made.close()
        os._exit(code)  # a thread waits for the editor's next message, and the library would wait for that thread

    try:
        with heard((*ASKED_TO_END, signal.SIGINT), leave):
            made.start_io(stdin=cast("BinaryIO", frames))
    finally:
        made.close()
    if frames.fault is not None:
        raise UncheckedError(frames.fault, hint="The fault is the editor's: start the server anew.")
    sys.exit(made.exit_code)


def _tell_in_one_line() -> None:
    """What the library says of messages that it does not understand is a line each on standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(_OneLine())
    logger = logging.getLogger("pygls")
    logger.handlers = [handler]
    logger.propagate = False


class _OneLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """The first line of what was said, and what went wrong in short."""
        said = record.getMessage().partition("\n")[0]
        error = record.exc_info[1] if record.exc_info else None
        reason = "" if error is None else f": {type(error).__name__}: {error}".partition("\n")[0]
        return f"evtcompat lsp: {printable(said + reason)}"


def checked_file(path: Path, unsaved: Mapping[Path, bytes]) -> Report | None:
    """What a check of one file says, given the content that editors hold; ``None`` for what holds none.

    Raises:
        UsageError: The configuration is wrong.
        UncheckedError: The repository cannot be read.
    """
    from evtcompat.cli.checking.run import checked
    from evtcompat.cli.runs.context import CheckRequest, Environment, RunContext, open_workspaces
    from evtcompat.sources.baselines.workspace import layout_in
    from evtcompat.sources.documents.candidates import candidate_at
    from evtcompat.sources.documents.opened import opened
    from evtcompat.sources.documents.recognition import Passed

    environment = Environment(folder=path.parent)
    with open_workspaces(environment, unsaved=unsaved) as workspaces:
        context = RunContext.of(CheckRequest(paths=(path.name,)), environment, workspaces)
        workspace, relative = workspaces.locate(path)
        layout = layout_in(workspace, context.layout, context.folder)
        tree = opened(workspace.tree, is_version=layout.is_version, roots=layout.tree_roots)
        holds_events = bool(tree.events(relative)) and not layout.excluded(relative)
        if not holds_events and isinstance(candidate_at(tree, relative, layout), Passed):
            return None
        return checked(context).report


def baseline_text(path: Path, origin: str, unsaved: Mapping[Path, bytes]) -> str | None:
    """The text of the document that a check of a file calls `origin`; ``None`` for one that it does not compare with.

    Raises:
        UncheckedError: The repository cannot be read.
    """
    from evtcompat.cli.runs.context import CheckRequest, Environment, RunContext, open_workspaces
    from evtcompat.cli.runs.selecting import open_histories, selected
    from evtcompat.sources.baselines.against import parse_against

    environment = Environment(folder=path.parent)
    with open_workspaces(environment, unsaved=unsaved) as workspaces:
        context = RunContext.of(CheckRequest(paths=(path.name,)), environment, workspaces)
        with open_histories(context, parse_against(None)) as histories:
            for plan in selected(context, histories).plans:
                for version in (*plan.history, *([plan.published] if plan.published else [])):
                    if version.document.origin == origin:
                        return version.document.text
    return None
