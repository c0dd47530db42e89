"""What a run works with: the words of the command line, the configuration, the environment and the trees."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path

from evtcompat.checking.plans import RunSettings
from evtcompat.cli.runs.past_models import PastModels
from evtcompat.cli.runs.reading import reader_of, reader_of_tree
from evtcompat.config import DEFAULT_POLICY, Config, find_config, load_config
from evtcompat.config.find import Reader, read_text
from evtcompat.config.imports import FILE_NAME, ImportPermission
from evtcompat.config.values import LOCK_NAME
from evtcompat.dataclasses import dataclass, field, replace
from evtcompat.formats.base import Options
from evtcompat.model.levels import Level
from evtcompat.model.verdicts import Policy, Severity
from evtcompat.rules.judge import Severities
from evtcompat.sources.base import Terms
from evtcompat.sources.baselines.workspace import View, Workspace, Workspaces
from evtcompat.sources.documents.layout import Layout, layout_of
from evtcompat.sources.models.named import Listed, NamedModels, named_models
from evtcompat.sources.names.suffixes import plugged_suffixes
from evtcompat.sources.tree import Tree


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """What a person asked of a check; ``None`` leaves it to the configuration."""

    paths: tuple[str, ...] = ()
    against: str | None = None
    level: Level | None = None
    policy: Policy | None = None
    formats: tuple[str, ...] = ()
    output: Path | None = None
    fail_on: Severity | None = None
    undecided: str | None = None
    skipped: str | None = None
    staged: bool = False
    changed: bool = False
    #: Compare what did not change since the git baseline, too, and show it.
    history: bool = False
    config: Path | None = None
    save_witnesses: Path | None = None
    explain_proof: bool = False
    #: Apply the fixes that the report shows to the files, and check again.
    fix: bool = False
    #: Do not ask before files are changed.
    yes: bool = False
    ask: bool = False
    #: What `replay --save` wrote.
    observed: Path | None = None
    #: What `exercise --format json` wrote.
    exercised: tuple[Path, ...] = ()
    quiet: bool = False
    verbose: bool = False
    #: Show each subject over time: a report is asked for that does.
    timelines: bool = False
    #: The registry as URL or name; the environment and the configuration name it otherwise.
    registry: str | None = None


@dataclass(frozen=True, slots=True)
class Environment:
    """What a run reads besides files: injected, so that tests can choose it."""

    folder: Path = field(default_factory=Path.cwd)
    variables: Mapping[str, str] = field(default_factory=lambda: dict(os.environ))
    today: date = field(default_factory=date.today)


def open_workspaces(
    environment: Environment, *, staged: bool = False, unsaved: Mapping[Path, bytes] | None = None
) -> Workspaces:
    """The trees of a run, none of them read yet; use them as a context manager."""
    view = View.STAGED if staged else View.DISK
    return Workspaces(environment.folder, environment.variables, view=view, unsaved=unsaved or {})


def shown(path: Path, folder: Path) -> str:
    """What messages call a file."""
    return os.path.relpath(path, folder)


def configuration(environment: Environment, named: Path | None = None, *, read: Reader = read_text) -> Config:
    """The configuration that a person named, or the nearest one; the defaults when there is none.

    Raises:
        ConfigError: It is wrong, or the file that was named is not there.
        BaselineError: `read` cannot read the repository.
    """
    folder = environment.folder
    if named is not None:
        return load_config(folder / named, origin=str(named))
    return find_config(folder, read=read, origin=lambda path: shown(path, folder)) or Config()


@dataclass(frozen=True, slots=True)
class RunContext:
    """One run: what was asked, under which configuration, where, and of which trees."""

    request: CheckRequest
    environment: Environment
    config: Config
    workspaces: Workspaces
    #: Reads the gate's own files where they do not come from what is under check: from the baseline.
    gate_reader: Reader | None = None
    #: The Python models that are checked, and the modules that may be imported for them.
    models: NamedModels = field(default_factory=NamedModels)

    @classmethod
    def of(cls, request: CheckRequest, environment: Environment, workspaces: Workspaces) -> RunContext:
        """The context with the configuration found; in a commit hook the staged one: what is to be committed decides.

        Raises:
            ConfigError: The configuration is wrong, the person's own as well, or the file that was named is not there.
            BaselineError: The repository cannot be read.
        """
        read = reader_of(workspaces) if request.staged else read_text
        config = configuration(environment, request.config, read=read)
        if config.origin is not None:
            workspaces.enclose(environment.folder / config.folder, config.default_branch)
        named = named_models(request.paths, environment.folder, environment.variables)
        context = cls(replace(request, paths=named.paths), environment, config, workspaces, models=named)
        return replace(context, models=named.with_listed(context.allowed_models, config.folder))

    def configuration_at(self, workspace: Workspace, tree: Tree) -> Config | None:
        """The configuration that the same command finds in a commit of a workspace; ``None`` where there is none.

        Raises:
            ConfigError: It is wrong.
        """
        read = reader_of_tree(self.workspaces, workspace, tree)

        def origin(path: Path) -> str:
            return tree.origin(self.workspaces.locate_entry(path)[1])

        file = None if self.request.config is None else self.environment.folder / self.request.config
        if file is not None and read(file) is not None:
            return load_config(file, read=read, origin=origin(file))
        return find_config(self.workspaces.here, root=workspace.root, read=read, origin=origin)

    def under(self, config: Config, read: Reader) -> RunContext:
        """The run under the configuration of a commit, with the modules that either lists, as far as they are there.

        Args:
            config: The configuration.
            read: Reads the gate's own files in that commit.
        """
        other = replace(self, config=config, gate_reader=read)
        models = self.models.with_listed(other.allowed_models, config.folder, as_far_as_there=True)
        return replace(other, models=models)

    @property
    def allowed_models(self) -> Listed:
        """What the configuration lists of modules, where the person allows to import that; else nothing.

        Raises:
            ConfigError: See `ImportPermission.allows`.
        """
        models, folder = self.config.models, self.environment.folder / self.config.folder
        return models if models and self.imports.allows(folder) else ()

    @property
    def imports(self) -> ImportPermission:
        """What the person allows to import that no command line names."""
        from evtcompat.folders import config_folder

        def top() -> Path:
            return self.workspaces.locate(self.environment.folder / self.config.folder)[0].root

        file = config_folder(self.environment.variables) / FILE_NAME
        return ImportPermission(self.environment.variables, file, top)

    @property
    def configured_paths(self) -> list[str]:
        """Where to look when nobody names a path."""
        if not self.config.origin:
            return ["."]
        return [*(str(self.config.folder / path) for path in self.config.paths), *self.models.listed]

    @property
    def folder(self) -> Path | None:
        """The folder of the configuration; ``None`` when there is none."""
        return None if self.config.origin is None else self.config.folder

    @property
    def layout(self) -> Layout:
        """What the configuration says about files."""
        named = () if self.request.staged else plugged_suffixes(self.request.paths)
        models, at = self.models.models, PastModels(self)
        return layout_of(self.config, by_hook=self.request.staged, suffixes=named, models=models, models_at=at)

    @property
    def read(self) -> Reader:
        """Reads the gate's own files."""
        if self.gate_reader is not None:
            return self.gate_reader
        return reader_of(self.workspaces) if self.request.staged else read_text

    @property
    def lock_path(self) -> Path:
        """Where the lock is: beside the configuration."""
        return self.environment.folder / self.config.folder / LOCK_NAME

    def lock_text(self) -> str | None:
        """The text of the lock; ``None`` when there is none.

        Raises:
            BaselineError: It cannot be read.
        """
        if self.gate_reader is not None or self.request.staged:
            return self.read(self.lock_path)
        from evtcompat.sources.published.lock import lock_text

        return lock_text(self.lock_path, shown(self.lock_path, self.environment.folder))

    @property
    def severities(self) -> Severities:
        """How much rules weigh where no subject has a say."""
        return self._severities(self.config.severities)

    def terms(self, subject: str, path: str | None) -> Terms:
        """What holds for a subject whose candidate lies at `path`: the command line's words, then the configuration's.

        Args:
            subject: The subject.
            path: From the folder of the configuration; ``None`` when it lies elsewhere.
        """
        own = self.config.settings(subject, path)
        return Terms(
            self.request.level or own.level,
            self.request.policy or own.policy,
            self._severities(own.severities),
            own.across_majors,
        )

    def run_settings(self, subjects: Iterable[str]) -> RunSettings:
        """What holds for the whole run over these subjects."""
        owners = {subject: found for subject in subjects if (found := self.config.owners_of(subject)) is not None}
        policy = self.request.policy or self.config.policy or DEFAULT_POLICY
        return RunSettings(
            options=Options(proofs=self.request.explain_proof, settings={"policy": policy}),
            format_settings=self.config.format_settings,
            severities=self.severities,
            owners=owners,
        )

    def _severities(self, overrides: Mapping[str, Severity | None]) -> Severities:
        return Severities(overrides, self.request.fail_on or self.config.fail_on)
