"""When schemas came, as git tells."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from evtcompat.errors import EvtcompatError, UncheckedError

if TYPE_CHECKING:
    from evtcompat.model.histories import Version
    from evtcompat.sources.baselines.workspace import Workspaces
    from evtcompat.sources.git.history import PathHistory
    from evtcompat.sources.git.repository import Repository

#: What a document of a commit is called: the beginning of the commit's name, and the path.
_AT_COMMIT: Final = re.compile(r"(?P<commit>[0-9a-f]{7,40}):.+", re.DOTALL)

#: Likewise of the newest commit.
_AT_HEAD: Final = "HEAD:"


class Dates:
    """The days on which versions came. Each repository is asked once, when the first of its files is."""

    def __init__(self, workspaces: Workspaces) -> None:
        """Nothing is asked yet; `workspaces` stays open for as long as this is used."""
        self._workspaces = workspaces
        self._past: dict[Path, PathHistory | None] = {}

    def of(self, version: Version) -> str | None:
        """The day of the commit that brought the version; ``None`` for what no commit holds."""
        origin = version.document.origin
        if origin is None:
            return None
        at_commit = _AT_COMMIT.fullmatch(origin)
        at_head = origin.startswith(_AT_HEAD)
        try:
            workspace, path = self._workspaces.locate("." if at_commit else origin.removeprefix(_AT_HEAD))
        except EvtcompatError:  # a registry's name, or a ref's: no file
            return None
        past = self._of(workspace.root, workspace.repository)
        if past is None:
            return None
        if at_commit:
            return next((day for commit, day in past.dates.items() if commit.startswith(at_commit["commit"])), None)
        try:
            contents = past.of(path)
        except UncheckedError:  # the beginning is cut off a shallow clone
            return None
        return contents[-1 if at_head else 0].date if contents else None

    def _of(self, root: Path, repository: Repository | None) -> PathHistory | None:
        if root not in self._past:
            from evtcompat.sources.git.history import path_history

            head = None if repository is None else repository.head
            self._past[root] = None if repository is None or head is None else path_history(repository, head)
        return self._past[root]
