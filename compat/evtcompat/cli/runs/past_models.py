"""The Python modules of commits: what the configuration that stood there lists, beside what is under check."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from evtcompat.config.values import OWN_FILE, PYPROJECT
from evtcompat.dataclasses import replace
from evtcompat.errors import BaselineError, ConfigError, UncheckedError

if TYPE_CHECKING:
    from evtcompat.cli.runs.context import RunContext
    from evtcompat.config import Config
    from evtcompat.sources.baselines.workspace import Workspace
    from evtcompat.sources.git.objects import GitTree
    from evtcompat.sources.models.importing import Models
    from evtcompat.sources.models.named import Listed


class PastModels:
    """Gives the modules of a commit that may be imported. Each commit is asked once."""

    def __init__(self, context: RunContext) -> None:
        """Nothing is read yet."""
        self._context = context
        self._known: dict[str | None, Models | None] = {}
        #: By the ids of the files that may be the configuration: most commits of a long past have the same.
        self._configs: dict[tuple[object, ...], Config | UncheckedError | None] = {}

    def __call__(self, tree: GitTree) -> Models | None:
        """Those of a commit; ``None`` where it has none.

        Raises:
            ConfigError: The person's own configuration is wrong.
        """
        if tree.commit not in self._known:
            self._known[tree.commit] = self._at(tree)
        return self._known[tree.commit]

    def _at(self, tree: GitTree) -> Models | None:
        context, config = self._context, self._config(tree)
        listed: Listed = ()
        folder = context.config.folder
        unknown = config if isinstance(config, UncheckedError) else None
        if config is not None and not isinstance(config, UncheckedError) and config.models:
            listed, folder = replace(context, config=config).allowed_models, config.folder
        if not listed and context.models.models is None:
            return None
        about_all = context.request.staged or not context.request.paths
        return context.models.at_commit(tree, listed, folder, about_all=about_all, unknown=unknown)

    def _config(self, tree: GitTree) -> Config | UncheckedError | None:
        """The configuration of a commit, or why it cannot be read."""
        if self._workspace.root != tree.top:
            return None
        entries = [tree.entries.get(path) for path in self._files]
        told = self._context.request.config is None and not any(one is not None and one.is_link for one in entries)
        key = tuple(entries) if told else (tree.commit,)
        if key not in self._configs:
            try:
                self._configs[key] = self._context.configuration_at(self._workspace, tree)
            except BaselineError as error:
                self._configs[key] = error
            except ConfigError as error:
                self._configs[key] = BaselineError(error.message, place=error.place, hint=error.hint)
        return self._configs[key]

    @cached_property
    def _workspace(self) -> Workspace:
        return self._context.workspaces.locate(self._context.environment.folder)[0]

    @cached_property
    def _files(self) -> Sequence[str]:
        """The files that may be the configuration where nobody names one, from the root of the repository."""
        here, top = self._context.workspaces.here, self._workspace.root
        folders = (one.relative_to(top) for one in (here, *here.parents) if one.is_relative_to(top))
        return [(folder / name).as_posix() for folder in folders for name in (OWN_FILE, PYPROJECT)]
