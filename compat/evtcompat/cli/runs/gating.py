"""The gate at the baseline of the change under check, and what the change weakens of it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from evtcompat.checking.plans import Plan
from evtcompat.cli.runs.context import RunContext, shown
from evtcompat.cli.runs.past_models import PastModels
from evtcompat.cli.runs.reading import reader_of, reader_of_tree
from evtcompat.config import Config
from evtcompat.config.find import Reader
from evtcompat.dataclasses import replace
from evtcompat.errors import BaselineError, ConfigError, EvtcompatError
from evtcompat.model.findings import Finding
from evtcompat.model.places import Place
from evtcompat.sources.baselines.against import Against, BaselineKind
from evtcompat.sources.baselines.baseline import Baseline, auto_baseline, commit_baseline
from evtcompat.sources.baselines.workspace import Workspace, layout_in
from evtcompat.sources.documents.layout import Layout, layout_of
from evtcompat.sources.documents.opened import in_git
from evtcompat.sources.removals.removals import history_or_none
from evtcompat.sources.subjects.schema_tree import SchemaTree
from evtcompat.sources.tree import Tree


class Standing(NamedTuple):
    """The gate of the baseline, where the change under check has another."""

    #: The run under it.
    context: RunContext
    #: What the change is compared with to see which files it touches.
    baseline: Baseline


class GateChange(NamedTuple):
    """What a change does to its gate."""

    #: Of rule `gate-weakened`.
    findings: tuple[Finding, ...] = ()
    standing: Standing | None = None


class _Then(NamedTuple):
    """The gate's files at the baseline."""

    workspace: Workspace
    baseline: Baseline
    tree: Tree
    read: Reader
    #: ``None`` where there is none, or a broken one: nobody knows what it asked for, and the defaults stand.
    config: Config | None
    broken: ConfigError | None = None


def gate_change(context: RunContext, against: Against, plans: Sequence[Plan]) -> GateChange:
    """What the change under check does to its gate; nothing outside git.

    The gate stands at the commit that a person names, else at the git baseline of a check without ``--against``.

    Raises:
        BaselineError: The git baseline cannot be determined, and the check or its gate rests on it.
        ConfigError: The waivers under change are broken.
    """
    start = context.environment.folder / (context.request.config.parent if context.request.config else "")
    workspace, _ = context.workspaces.locate(start)
    if workspace.repository is None:
        return GateChange()
    try:
        then = gate_then(context, against, workspace)
    except BaselineError as error:
        if against.kind is BaselineKind.PATH:
            return GateChange()
        if against.kind not in (BaselineKind.REGISTRY, BaselineKind.LOCK):
            raise
        if not _has_gate(context):
            return GateChange()
        message = f"it is not known whether this change weakens its own gate: {error.message}"
        raise BaselineError(message, place=error.place, hint=error.hint) from error
    return GateChange(_findings(context, then, plans), _standing(context, against, then))


def _has_gate(context: RunContext) -> bool:
    """Whether a file of the repository has a say in the check, so that a change of it could weaken something."""
    files = (context.read(_beside(context, context.config.waivers)), context.lock_text())
    return context.config.origin is not None or files != (None, None)


def gate_then(context: RunContext, against: Against, workspace: Workspace) -> _Then:
    """The gate at the baseline.

    Where the change points at another default branch, the baseline is that of the branch which stood: otherwise it
    could name one that has the change already.

    Raises:
        BaselineError: The baseline cannot be determined.
    """
    if against.kind in (BaselineKind.GIT, BaselineKind.MERGE_BASE):
        now = SchemaTree(workspace.tree, Layout())
        commit = commit_baseline(context.workspaces, workspace, against._replace(path=None), (), now)
        return _at(context, workspace, commit)
    asked = context.config.default_branch

    def automatic(branch: str | None) -> _Then:
        found = auto_baseline(context.workspaces, workspace, Layout(default_branch=branch))
        return _at(context, workspace, found)

    if asked is None:
        found = automatic(None)
    else:
        try:
            found = automatic(None)
        except BaselineError:  # the repository itself does not say which branch is meant: only the setting does
            return automatic(asked)
    stood = None if found.config is None else found.config.default_branch
    return found if stood is None else automatic(stood)


def _at(context: RunContext, workspace: Workspace, baseline: Baseline) -> _Then:
    """The gate in a commit: what the same command finds there."""
    if baseline.schemas is None:
        message = f"{workspace.root} is not in git"
        raise AssertionError(message)
    tree = baseline.schemas.tree
    read = reader_of_tree(context.workspaces, workspace, tree)
    config: Config | None
    broken = None
    try:
        config = context.configuration_at(workspace, tree)
    except ConfigError as error:
        config, broken = None, error
    return _Then(workspace, baseline, tree, read, config, broken)


def _beside(context: RunContext, name: str) -> Path:
    """A file beside the configuration."""
    return context.environment.folder / context.config.folder / name


def _standing(context: RunContext, against: Against, then: _Then) -> Standing | None:
    """The gate of the baseline, if pairs could be judged otherwise by it."""
    if then.baseline.commit is None:
        return None  # before the first commit no gate stands
    config = then.config or Config()
    other = context.under(config, then.read)
    lock = against.kind is BaselineKind.LOCK and _lock_differs(context, other)
    if not lock and not _moved(context, other):
        if config == context.config:
            return None
        from evtcompat.checking.gate import judges_otherwise

        if not judges_otherwise(config, context.config):
            return None
    return Standing(other, replace(then.baseline, schemas=_schemas(other, then)))


def _schemas(context: RunContext, then: _Then) -> SchemaTree:
    """The schemas at the baseline as a configuration sees them."""
    layout = layout_of(context.config, models=context.models.models, models_at=PastModels(context))
    return SchemaTree(then.tree, layout_in(then.workspace, layout, context.folder))


def _lock_differs(context: RunContext, other: RunContext) -> bool:
    """Whether the baseline has a lock, and not the one under check."""
    then = other.lock_text()
    return then is not None and then != context.lock_text()


def _findings(context: RunContext, then: _Then, plans: Sequence[Plan]) -> tuple[Finding, ...]:
    """What the change weakens.

    Raises:
        ConfigError: The waivers under change are broken.
    """
    config, now_read = context.config, reader_of(context.workspaces)
    now = config if config.origin is not None else None
    before = then.config or Config()
    other = context.under(before, then.read)
    found: list[Finding] = []
    if then.broken is not None:
        from evtcompat.checking.gate import unreadable

        found += unreadable(then.broken, config)
    elif now_read(_beside(context, config.waivers)) is not None or before != config or _moved(context, other):
        found += _of_configuration(context, other, then, now, plans)
    old_lock = other.lock_text()
    if old_lock is not None:
        name = then.tree.origin(context.workspaces.locate_entry(other.lock_path)[1])
        found += _of_lock(context, (old_lock, name), then.config)
    return tuple(found)


def _moved(one: RunContext, other: RunContext) -> bool:
    """Whether both have a configuration, in different folders."""
    folders = [each.folder for each in (one, other)]
    return (
        None not in folders
        and len({os.path.realpath(each.environment.folder / (each.folder or "")) for each in (one, other)}) > 1
    )


def _of_configuration(
    context: RunContext, other: RunContext, then: _Then, now: Config | None, plans: Sequence[Plan]
) -> tuple[Finding, ...]:
    """What the configuration and the waivers under check weaken.

    Raises:
        ConfigError: The waivers under change are broken.
    """
    from evtcompat.checking.gate import Moved, unreadable, weakened
    from evtcompat.config.waivers import load_waivers

    moved: Moved | None = None
    if _moved(context, other):
        here, there = (
            Path(os.path.realpath(each.environment.folder / each.config.folder)) for each in (context, other)
        )

        def moved(path: str) -> str | None:
            full = here / path
            return full.relative_to(there).as_posix() if full.is_relative_to(there) else None

    judge = partial(
        weakened,
        then.config,
        now,
        subjects=_subjects(context, other, then, plans),
        moved=moved,
        lost=_lost(context, other, then),
        unlisted=_unlisted(context, other, then, plans),
    )
    path = _beside(other, other.config.waivers)
    try:
        before = load_waivers(path, origin=then.tree.origin(context.workspaces.locate_entry(path)[1]), read=then.read)
    except ConfigError as error:
        return (*judge(), *unreadable(error, context.config))
    path = _beside(context, context.config.waivers)
    after = load_waivers(path, origin=shown(path, context.environment.folder), read=reader_of(context.workspaces))
    return judge(waivers_before=before, waivers_after=after)


def _subjects(
    context: RunContext, other: RunContext, then: _Then, plans: Sequence[Plan]
) -> list[tuple[str, str | None]]:
    """The subjects of the run and, where settings of single subjects differ, those of the baseline."""
    found = [(plan.subject, plan.configured_path) for plan in plans]
    if _moved(context, other) or context.config.overrides != other.config.overrides:
        layout = layout_in(then.workspace, layout_of(context.config), context.folder)
        schemas = _schemas(other, then)
        for path in sorted(_found(other, schemas)):
            history = history_or_none(schemas, path)
            if history is not None:
                found.append((history.subject, layout.relative(path)))
    return found


def _lost(context: RunContext, other: RunContext, then: _Then) -> list[tuple[str | None, str | None]]:
    """The schemas of the baseline that its own configuration finds and the one under check does not."""
    if not _moved(context, other) and _files_of(context.config) == _files_of(other.config):
        return []
    now, before = _schemas(context, then), _schemas(other, then)
    lost = _found(other, before) - _found(context, now)
    return [(before.layout.relative(path), now.layout.relative(path)) for path in sorted(lost)]


def _unlisted(context: RunContext, other: RunContext, then: _Then, plans: Sequence[Plan]) -> Sequence[str]:
    """The Python models of the baseline that its own configuration lists and the one under check does not."""
    before, now = other.config, context.config
    tree = in_git(then.tree)
    if tree is None or not before.models or (before.models, before.folder) == (now.models, now.folder):
        return ()
    from evtcompat.cli.runs.model_gate import unlisted_models

    return unlisted_models(context, other, tree, plans)


def _files_of(config: Config) -> tuple[object, ...]:
    """What a configuration says about which files are schemas."""
    return config.origin is None, config.paths, config.include, config.exclude, config.subjects


def _found(context: RunContext, schemas: SchemaTree) -> frozenset[str]:
    """The schemas of a tree, and the documents that hold some, below the paths that a configuration names."""
    tree = schemas.tree
    inner = [context.workspaces.locate(path)[1] for path in context.configured_paths]
    files = {file for path in inner for file in (tree.walk(path).files if tree.is_folder(path) else (path,))}
    looked_at = (file for file in files if not schemas.layout.excluded(file))
    return frozenset(file for file in looked_at if schemas.is_schema(file) or schemas.met_events(file))


def _of_lock(context: RunContext, old: tuple[str, str], config: Config | None) -> tuple[Finding, ...]:
    """What the lock under check weakens.

    Args:
        context: The run.
        old: Text and name of the lock at the baseline.
        config: The configuration at the baseline.
    """
    from evtcompat.checking.gate import told
    from evtcompat.registries.lockfile import parse_lock
    from evtcompat.sources.published.lock_gate import lock_changes
    from evtcompat.syntax.toml_places import key_places

    def place(text: str | None, origin: str, key: tuple[str | int, ...] = ()) -> Place:
        if text is None:
            return Place(origin=origin)
        line, column = key_places(text).get(key, (1, 1))
        return Place(origin=origin, line=line, column=column)

    name = shown(context.lock_path, context.environment.folder)
    try:
        text = context.lock_text()
        if text == old[0]:
            return ()
        before, after = parse_lock(*old), None if text is None else parse_lock(text, name)
    except EvtcompatError as error:
        change = f"what the lock lets pass is not known: {error.message}"
        return told([(change, Place(origin=name), Place(origin=old[1]))], config)
    changes = lock_changes(before, after)
    return told([(one.text, place(text, name, one.new), place(*old, one.old)) for one in changes], config)
