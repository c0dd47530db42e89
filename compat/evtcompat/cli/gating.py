"""Whether the change under check weakens its own gate: the configuration and waivers before and after it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from evtcompat.checking.plans import Plan
from evtcompat.cli.context import RunContext
from evtcompat.cli.reading import reader_of, reader_of_tree
from evtcompat.config import Config, find_config
from evtcompat.errors import ConfigError
from evtcompat.model.findings import Finding
from evtcompat.sources.against import Against, BaselineKind
from evtcompat.sources.baseline import auto_baseline
from evtcompat.sources.layout import Layout


def gate_findings(context: RunContext, against: Against, plans: Sequence[Plan]) -> tuple[Finding, ...]:
    """The findings of rule `gate-weakened`; none outside git, or when a baseline was named.

    Raises:
        BaselineError: The git baseline cannot be determined.
        ConfigError: The waivers at the baseline or under change are broken.
    """
    if against.kind is not BaselineKind.AUTO:
        return ()
    config, workspaces = context.config, context.workspaces
    workspace, _ = workspaces.locate(context.environment.folder)
    baseline = auto_baseline(workspaces, workspace, Layout(default_branch=config.default_branch))
    if workspace.repository is None or baseline.schemas is None:
        return ()
    tree = baseline.schemas.tree

    read_then, read_now = reader_of_tree(workspaces, workspace, tree), reader_of(workspaces)

    def origin(path: Path) -> str:
        return tree.origin(workspaces.locate(path)[1])

    start = workspaces.here if config.origin is None else config.folder
    try:
        before = find_config(start, root=workspace.root, read=read_then, origin=origin)
    except ConfigError as error:
        from evtcompat.checking.gate import unreadable

        return unreadable(error, config)
    now = config if config.origin is not None else None
    old = before or Config()
    if old == config and read_now(start / config.waivers) is None:
        return ()  # nothing asks for less, and nothing is waived: the usual case, which need not load what compares
    from evtcompat.checking.gate import weakened
    from evtcompat.config.waivers import load_waivers

    subjects = [(plan.subject, plan.configured_path) for plan in plans]
    path = start / old.waivers
    try:
        waivers_before = load_waivers(path, origin=origin(path), read=read_then)
    except ConfigError as error:
        from evtcompat.checking.gate import unreadable

        return (*weakened(before, now, subjects=subjects), *unreadable(error, config))
    path = start / config.waivers
    waivers_after = load_waivers(path, read=read_now)
    return weakened(before, now, waivers_before=waivers_before, waivers_after=waivers_after, subjects=subjects)
