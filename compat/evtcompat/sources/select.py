"""From the paths and the `--against` of a run to what is compared with what: DESIGN.md section 8, "Baselines".

    with Workspaces(view=View.DISK) as workspaces:
        selection = select(workspaces, ["schemas"], parse_against(None), layout, folder)

Without `--against` a candidate meets the union of (a) the lower versions beside it, those included that this change
deletes, and (b) its own file at the git baseline. With a file, a folder or a commit it meets what lies there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from evtcompat.checking.plans import Selection
from evtcompat.errors import DocumentError, UncheckedError, UsageError
from evtcompat.sources.against import Against, Kind
from evtcompat.sources.base import TermsOf, every_version
from evtcompat.sources.baseline import Baseline, auto_baseline, commit_baseline, path_baseline
from evtcompat.sources.files import Discovery, discover
from evtcompat.sources.layout import Layout
from evtcompat.sources.planner import Chosen, Planner
from evtcompat.sources.universe import Universe
from evtcompat.sources.workspace import Workspace, Workspaces, layout_in


def select(
    workspaces: Workspaces,
    paths: Sequence[str | Path],
    against: Against,
    layout: Layout | None = None,
    folder: Path | None = None,
    *,
    terms: TermsOf = every_version,
    changed: bool = False,
    always: Sequence[str | Path] = (),
) -> Selection:
    """What a run has to do.

    Args:
        workspaces: Open trees; they say which content is under check.
        paths: Files and folders as typed, relative to the workspaces' folder.
        against: Not `registry` nor `lock`: these have no files.
        layout: What the configuration says about files.
        folder: The configuration's folder; `Layout.folder` is worked out from it.
        terms: What is asked of each subject. Histories that are not needed whole hold the last version only.
        changed: Leave out plans that are not touched. Name every folder that may hold a schema that refers to a
            changed document: only what `paths` lead to is planned.
        always: More paths, which are planned whether touched or not.

    Returns:
        Plans sorted by subject and path. What cannot be read is a problem of the selection and hides nothing else.

    Raises:
        BaselineError: The baseline cannot be had; nothing can be compared then.
        UsageError: A baseline that is no file was asked for here, or one file for several candidates.
    """
    if against.kind in (Kind.REGISTRY, Kind.LOCK):
        message = f"a baseline of kind {against.kind.value} has no files"
        raise AssertionError(message)
    layout = layout or Layout()
    groups: dict[Path, tuple[Workspace, list[str]]] = {}
    pending: list[str | Path] = [*paths, *always]
    kept: set[tuple[Path, str]] = set()
    for path in always:
        with suppress(DocumentError):  # told below
            workspace, inner = workspaces.locate(path)
            kept.add((workspace.root, inner))
    searched: set[tuple[Path, str]] = set()
    parts: list[Selection] = []
    while pending:
        for path in pending:
            try:
                workspace, inner = workspaces.locate(path)
            except DocumentError as error:
                parts.append(Selection(problems=(error,)))
                continue
            if (workspace.root, inner) not in searched:
                searched.add((workspace.root, inner))
                groups.setdefault(workspace.root, (workspace, []))[1].append(inner)
        pending = []
        for workspace, inner_paths in groups.values():
            there = layout_in(workspace, layout, folder)
            chosen = Chosen(changed, frozenset(inner for root, inner in kept if root == workspace.root))
            part, outside = _select_in(workspaces, workspace, inner_paths, against, there, terms=terms, chosen=chosen)
            parts.append(part)
            pending += outside
        groups = {}
    return _merged(parts)


def _select_in(
    workspaces: Workspaces,
    workspace: Workspace,
    paths: Sequence[str],
    against: Against,
    layout: Layout,
    *,
    terms: TermsOf,
    chosen: Chosen,
) -> tuple[Selection, tuple[str, ...]]:
    """The part of the selection that lies in one workspace, and links that lead out of it."""
    now = Universe(workspace.tree, layout)
    baseline = _baseline(workspaces, workspace, paths, against, layout)
    present = [path for path in paths if _is_there(now, path) or not baseline.knows(path)]
    discovery = discover(workspace.tree, present, layout)
    now.add(discovery.candidates)
    if against.kind is Kind.PATH and baseline.single is not None and len(discovery.candidates) > 1:
        message = f"--against {against.value} is one file, but there are {len(discovery.candidates)} schemas to check"
        raise UsageError(message, hint="Name one schema, or give a folder or git:REF as the baseline.")
    followed = frozenset(workspace.tree.canonical(path) or path for path in chosen.always)
    planner = Planner(now, baseline, terms, chosen._replace(always=followed))
    selection = _without_moot_problems(planner.selection(paths, discovery), discovery)
    return replace(selection, problems=(*selection.problems, *_unmatched(now, baseline, paths))), discovery.outside


def _unmatched(now: Universe, baseline: Baseline, paths: Sequence[str]) -> Iterator[UncheckedError]:
    """Files that the configuration lists and that nobody finds, where they were looked for."""
    for subject, pattern in now.unmatched():
        looked_for = any(not path or pattern.startswith(f"{path}/") for path in paths)
        if looked_for and not baseline.knows(pattern):  # one that the baseline has was deleted, and is told as such
            message = f"the configuration lists {pattern} for the subject {subject}, and there is no such file"
            yield UncheckedError(message, hint="Correct the path in the table of subjects, or remove it.")


def _is_there(now: Universe, path: str) -> bool:
    return now.tree.is_file(path) or now.tree.is_folder(path)


def _without_moot_problems(selection: Selection, discovery: Discovery) -> Selection:
    """A folder without a schema is no problem when what it held was deleted: that is told as such."""
    if not selection.removals:
        return selection
    return replace(selection, problems=tuple(error for error in selection.problems if error not in discovery.empty))


def _baseline(
    workspaces: Workspaces, workspace: Workspace, paths: Sequence[str], against: Against, layout: Layout
) -> Baseline:
    if against.kind is Kind.AUTO:
        return auto_baseline(workspaces, workspace, layout)
    if against.kind is Kind.PATH:
        return path_baseline(workspaces, workspace, paths, against.value, layout)
    return commit_baseline(workspaces, workspace, against, paths, layout)


def _merged(parts: Sequence[Selection]) -> Selection:
    plans = {(plan.candidate.document.origin, plan.path): plan for part in parts for plan in part.plans}
    problems: dict[str, UncheckedError] = {}
    for part in parts:
        for problem in part.problems:
            problems.setdefault(str(problem), problem)
    return Selection(
        plans=tuple(sorted(plans.values(), key=lambda plan: (plan.subject, plan.path))),
        removals=tuple(removal for part in parts for removal in part.removals),
        skipped=tuple(sorted({skipped for part in parts for skipped in part.skipped})),
        problems=tuple(problems.values()),
        baselines=tuple(dict.fromkeys(sentence for part in parts for sentence in part.baselines)),
    )
