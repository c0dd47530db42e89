"""From the paths of a run to what is checked with what; the same way for every `HistorySource`.

with Workspaces(view=View.DISK) as workspaces:
source = file_source(workspaces, parse_against(None), terms)
selection = select(workspaces, ["schemas"], source, layout, folder)
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from evtcompat.checking.baselines import without_repeated
from evtcompat.checking.majors import declared
from evtcompat.checking.plans import Plan, Removal, Selection
from evtcompat.config.values import DEFAULT_LEVEL, DEFAULT_POLICY, AcrossMajors
from evtcompat.dataclasses import replace
from evtcompat.errors import DocumentError, UncheckedError, told_as_fault
from evtcompat.model.documents import EitherReferences
from evtcompat.model.histories import Version
from evtcompat.model.subjects import order, shortest
from evtcompat.model.verdicts import Policy
from evtcompat.sources.base import HistorySource, Past, SourceOpener, Unread
from evtcompat.sources.baselines.workspace import Workspace, Workspaces, layout_in
from evtcompat.sources.documents.files import Discovery, discover
from evtcompat.sources.documents.layout import Layout
from evtcompat.sources.subjects.listed_subjects import refuse_unclear, unmatched
from evtcompat.sources.subjects.near_misses import near_misses
from evtcompat.sources.subjects.schema_tree import Current, SchemaTree


def select(
    workspaces: Workspaces,
    paths: Sequence[str | Path],
    source: SourceOpener,
    layout: Layout | None = None,
    folder: Path | None = None,
) -> Selection:
    """What a run has to do.

    Args:
        workspaces: Open trees; they say which content is under check.
        paths: Files and folders as typed, relative to the workspaces' folder.
        source: Where histories come from.
        layout: What the configuration says about files.
        folder: The configuration's folder; `Layout.folder` is worked out from it.

    Returns:
        What can be compared; what cannot is listed in `problems` and hides nothing else.

    Raises:
        BaselineError: The baseline as a whole cannot be had.
        UsageError: The baseline is meant for one schema, and there are several; or the configuration's table of
            subjects is unclear.
    """
    pending: list[str | Path] = list(paths)
    searched: set[tuple[Path, str]] = set()
    parts: list[Selection] = []
    while pending:
        groups: dict[Path, _Group] = {}
        for path in pending:
            try:
                around, entry = workspaces.locate_entry(path)
                workspace, inner = workspaces.locate(path)
                if _leads_nowhere(around.root / entry):  # what is wrong is the link, which a person named
                    workspace, inner = around, entry
            except DocumentError as error:
                parts.append(Selection(problems=(error,)))
                continue
            if (workspace.root, inner) not in searched:
                searched.add((workspace.root, inner))
                groups.setdefault(workspace.root, _Group(workspace, [], [])).paths.append(inner)
            if around.root / entry != workspace.root / inner:
                groups.setdefault(around.root, _Group(around, [], [])).links.append(entry)
        pending = []
        for group in groups.values():
            found = replace(layout_in(group.workspace, layout or Layout(), folder), roots=tuple(group.paths))
            now = SchemaTree(group.workspace.tree, found)
            try:
                histories = source(now, group.workspace, group.paths)
            except UncheckedError as error:
                if not parts:
                    raise
                parts.append(Selection(problems=(error,)))  # met through a link: it hides nothing of what was named
                continue
            part, further = _select_in(now, histories, group.paths, group.links)
            parts.append(part)
            pending += (group.workspace.root / path for path in further)
    return _merged(parts)


def _leads_nowhere(path: Path) -> bool:
    """Whether a path is, or leads through, a link to nothing."""
    there, is_link = os.path.exists, os.path.islink  # which answer of what may not be looked at, too
    return not there(path) and any(is_link(one) and not there(one) for one in (path, *path.parents))


class _Group(NamedTuple):
    """What was named in one workspace."""

    workspace: Workspace
    #: From its root, links followed.
    paths: list[str]
    #: The links that were named, from its root: they may have been files once.
    links: list[str]


def _select_in(
    now: SchemaTree, source: HistorySource, paths: Sequence[str], links: Sequence[str]
) -> tuple[Selection, tuple[str, ...]]:
    """The part of the selection that lies in one workspace, and what it leads to in others, from its root."""
    refuse_unclear(now)
    there = [path for path in paths if now.tree.is_file(path) or now.tree.is_folder(path) or not source.knows(path)]
    discovery = discover(now.tree, there, now.layout, now.company)
    now.add(discovery.candidates, discovery.passed)
    plans: list[Plan] = []
    judged: list[Current] = []
    problems: list[UncheckedError] = list(discovery.problems)
    unread: list[tuple[str, UncheckedError]] = []
    for current in source.chosen([*paths, *links], discovery):
        try:
            planned = current if isinstance(current, UncheckedError) else _planned(now, source, current)
        except UncheckedError as error:
            planned = error
        if isinstance(planned, Plan):
            plans.append(planned)
            own = isinstance(current, Current) and current.led_to is None
            judged += [current] if isinstance(current, Current) and own and not planned.settled else []
        elif isinstance(planned, Unread):
            unread.append(planned)
        elif planned is not None:
            problems.append(planned)
    entered = source.entered(there, discovery)
    passed_by = {discovery.repositories[path] for path in entered}
    removals: list[Removal] = []
    for removed in source.removals():
        if isinstance(removed, Removal):
            removals.append(removed)
        elif isinstance(removed, Unread):
            unread.append(removed)
        else:
            problems.append(removed)
    if removals or entered:
        problems = _without_obsolete(problems, discovery)
    selection = Selection(
        plans=without_repeated(plans),
        removals=tuple(removals),
        skipped=(*(one for one in discovery.skipped if one not in passed_by), *source.skipped()),
        lookalikes=discovery.lookalikes,
        problems=(*problems, *_unmatched(now, source, paths)),
        unread=tuple(unread),
        baselines=(source.reason,) if source.reason else (),
        notes=(*(one.mismatch for one in near_misses(now, judged)), *source.notes()),
    )
    return selection, (*discovery.outside, *entered)


def _planned(now: SchemaTree, source: HistorySource, current: Current) -> Plan | Unread | None:
    """The plan of a schema; ``None`` where it need not be checked.

    Raises:
        UncheckedError: What it meets cannot be determined.
    """
    with told_as_fault(now.comparing(current.path)):
        past = source.past(current)
        if not isinstance(past, Past):
            return past
        version = now.version(current.named, current.candidate)
    if past.references is not None:
        version = replace(version, references=EitherReferences(version.references, past.references))
    schema_format = current.candidate.format
    return Plan(
        subject=past.subject,
        format=schema_format,
        candidate=version,
        history=past.versions,
        level=past.terms.level or DEFAULT_LEVEL,
        published=past.published,
        earlier=past.earlier,
        whole=past.whole,
        majors=_majors(version, past, current),
        versioned=current.named.order is not None,
        references_changed=past.references_changed,
        policy=(past.terms.policy or DEFAULT_POLICY) if schema_format.policies else None,
        registry_policy=(past.terms.registry_policy or Policy.STRICT) if schema_format.policies else None,
        registry_mode=past.mode,
        unpredicted_registry=past.unpredicted,
        link=past.link,
        renamed_from=past.renamed_from,
        settled=past.settled,
        shown=past.settled and source.shows_settled,
        severities=past.terms.severities,
        path=current.path,
        owners=current.candidate.owners,
        configured_path=now.layout.relative(current.path),
        deployed=past.deployed,
        identity=past.identity,
    )


def _majors(candidate: Version, past: Past, current: Current) -> tuple[Version, ...]:
    """The versions with which the candidate starts anew; a file that was only given another name starts nothing."""
    if past.renamed_from is not None:
        return ()
    across, published, schema_format = past.terms.across_majors, past.published, current.candidate.format
    kept = {one.label for one in current.history.versions}
    found = declared(candidate.label, [one for one in past.versions if one.label in kept], across)
    if across is not AcrossMajors.DECLARED or published is None:
        return found
    old, new = (one.label or schema_format.version(one.document) for one in (published, candidate))
    return (*found, published) if declared(new, [replace(published, label=old)], across) else found


def _unmatched(now: SchemaTree, source: HistorySource, paths: Sequence[str]) -> Iterator[UncheckedError]:
    """Files that the configuration lists and that nobody finds, where they were looked for."""
    for subject, pattern in unmatched(now):
        looked_for = any(not path or pattern.startswith(f"{path}/") for path in paths)
        if looked_for and not source.accounts_for(pattern):
            message = f"the configuration lists {pattern} for the subject {subject}, and there is no such file"
            yield UncheckedError(message, hint="Correct the path in the table of subjects, or remove it.")


def _without_obsolete(problems: list[UncheckedError], discovery: Discovery) -> list[UncheckedError]:
    """A folder without a schema is no problem when what it held was deleted: that is reported instead."""
    return [error for error in problems if error not in discovery.empty]


def _merged(parts: Sequence[Selection]) -> Selection:
    identities = [plan.identity for part in parts for plan in part.plans]
    identities += [removal.identity for part in parts for removal in part.removals]
    names = shortest(filter(None, identities))
    plans = {(plan.candidate.document.origin, plan.path): plan for part in parts for plan in part.plans}
    plans = {key: replace(plan, subject=names.get(plan.identity, plan.subject)) for key, plan in plans.items()}
    problems: dict[str, UncheckedError] = {}
    for part in parts:
        for problem in part.problems:
            problems.setdefault(str(problem), problem)
    return Selection(
        plans=tuple(sorted(plans.values(), key=lambda plan: (order(plan.subject), plan.path))),
        removals=tuple(
            replace(removal, subject=names.get(removal.identity, removal.subject))
            for part in parts
            for removal in part.removals
        ),
        skipped=tuple(sorted({skipped for part in parts for skipped in part.skipped})),
        lookalikes=tuple(dict(lookalike for part in parts for lookalike in part.lookalikes).items()),
        problems=tuple(problems.values()),
        unread=tuple(unread for part in parts for unread in part.unread),
        baselines=tuple(dict.fromkeys(sentence for part in parts for sentence in part.baselines)),
        notes=tuple(note for part in parts for note in part.notes),
    )
