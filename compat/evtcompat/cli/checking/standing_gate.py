"""A run judged once more, under the gate that stands at the baseline: only what the change touches."""

from __future__ import annotations

from evtcompat.checking.problems import problem_of
from evtcompat.checking.removals import removal_report
from evtcompat.checking.run import assemble
from evtcompat.checking.subjects import check_subject
from evtcompat.cli.runs.context import RunContext
from evtcompat.cli.runs.gating import Standing
from evtcompat.cli.runs.selecting import open_histories, selected
from evtcompat.config.values import SkippedAction
from evtcompat.errors import EvtcompatError, UncheckedError
from evtcompat.model.reports import Problem, Report
from evtcompat.sources.base import HistorySource
from evtcompat.sources.baselines.against import Against
from evtcompat.sources.baselines.baseline import Baseline, auto_baseline
from evtcompat.sources.baselines.workspace import Workspace, layout_in
from evtcompat.sources.documents.contents import Contents
from evtcompat.sources.documents.layout import Layout, layout_of
from evtcompat.sources.documents.opened import in_git
from evtcompat.sources.git.changes import disk_changes, untracked
from evtcompat.sources.histories.changed_only import ChangedOnly
from evtcompat.sources.names.suffixes import may_be_referred_to, may_be_schema
from evtcompat.sources.subjects.schema_tree import SchemaTree


def judged_again(context: RunContext, standing: Standing, against: Against) -> Report:
    """What the gate of the baseline answers of the files that the change touches.

    A change of the gate alone touches none: it passes, and stands from then on. A file that the baseline does not have
    and that the change itself leaves out was never under the gate.

    Args:
        context: The run under its own gate.
        standing: The gate at the baseline.
        against: What the run compares with.
    """
    if not _touches_schemas(standing):
        return assemble(())
    own = _Coverage(context)

    def only_changed(inner: HistorySource, now: SchemaTree, workspace: Workspace) -> HistorySource:
        baseline = _baseline(standing, now, workspace)
        return (
            inner if baseline is None else ChangedOnly(inner, now, baseline, lambda path: own.covers(workspace, path))
        )

    other = standing.context
    try:
        with open_histories(other, against) as histories:
            opener = histories.source
            selection = selected(
                other,
                histories._replace(
                    source=lambda now, workspace, paths: only_changed(opener(now, workspace, paths), now, workspace)
                ),
            )
            if (other.request.skipped or other.config.skipped.value) == SkippedAction.FAIL.value:
                selection = selection.leaving_nothing_unchecked()
            settings = other.run_settings(plan.subject for plan in selection.plans)
            reports = [removal_report(removal) for removal in selection.removals]
            reports += [check_subject(plan, settings) for plan in selection.plans]
    except EvtcompatError as error:
        return assemble((), problems=[_under_the_gate(error)])
    problems = [problem_of(error) for error in selection.problems if _touched(error, standing, own)]
    problems += [problem_of(error, subject) for subject, error in selection.unread]
    return assemble(reports, problems=problems)


def _under_the_gate(error: EvtcompatError) -> Problem:
    message = (
        f"the gate of the baseline, which counts until the change of it stands there, cannot be asked: {error.message}"
    )
    return problem_of(UncheckedError(message, place=error.place, hint=error.hint))


def _baseline(standing: Standing, now: SchemaTree, workspace: Workspace) -> Baseline | None:
    """What shows which files of a workspace the change touches; ``None`` where all count."""
    own = standing.baseline.workspace
    if own is not None and own.root == workspace.root:
        return standing.baseline
    if workspace.repository is None:
        return None
    try:
        return auto_baseline(standing.context.workspaces, workspace, now.layout)
    except UncheckedError:
        return None


def _touches_schemas(standing: Standing) -> bool:
    """Whether any file differs from the baseline that may be a schema, or what one refers to."""
    baseline = standing.baseline
    workspace, then = baseline.workspace, baseline.schemas
    if workspace is None or workspace.repository is None or then is None or baseline.commit is None:
        return True
    before, after = in_git(then.tree), in_git(workspace.tree)
    if before is not None and before.has_repositories:  # what differs in them shows in no name here
        return True
    if before is not None and after is not None:
        old, new = before.entries, after.entries
        changed = [path for path in old.keys() | new.keys() if old.get(path) != new.get(path)]
    else:
        changed = [*disk_changes(workspace.repository, baseline.commit), *untracked(workspace.repository)]
    layout, tree = then.layout, then.tree
    return any(
        may_be_referred_to(path) or may_be_schema(path) or layout.included(path) or layout.may_be_imported(path, tree)
        for path in changed
    )


def _touched(error: UncheckedError, standing: Standing, own: _Coverage) -> bool:
    """Whether a problem is about a file that the change touches, as far as it names one."""
    origin = None if error.place is None else error.place.origin
    then = standing.baseline.schemas
    if origin is None or then is None:
        return True
    workspace, path = own.context.workspaces.locate(own.context.environment.folder / origin)
    if standing.baseline.workspace is None or workspace.root != standing.baseline.workspace.root:
        return True
    now = workspace.tree
    if now.is_folder(path):
        return False  # what was in it and is gone is told for itself
    if not now.is_file(path):
        return True
    if not then.tree.is_file(path):
        return own.meets(workspace, path)
    try:
        return not Contents(now, then.tree).same(path)
    except UncheckedError:
        return True


class _Coverage:
    """Which files the run checks under its own gate."""

    def __init__(self, context: RunContext) -> None:
        self.context = context
        self._folders = [context.workspaces.locate(path) for path in context.request.paths or context.configured_paths]

    def meets(self, workspace: Workspace, path: str) -> bool:
        """Whether it looks at a file, schema or not."""
        below = any(
            where.root == workspace.root and (not inner or path == inner or path.startswith(f"{inner}/"))
            for where, inner in self._folders
        )
        return below and not self._layout(workspace).excluded(path)

    def covers(self, workspace: Workspace, path: str) -> bool:
        """Whether it takes a file for a schema and checks it."""
        return self.meets(workspace, path) and SchemaTree(workspace.tree, self._layout(workspace)).is_schema(path)

    def _layout(self, workspace: Workspace) -> Layout:
        layout = layout_of(self.context.config, models=self.context.models.models)
        return layout_in(workspace, layout, self.context.folder)
