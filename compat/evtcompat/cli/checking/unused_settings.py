"""What a configuration says to no avail: one of a folder that is not used here, and patterns that match nothing."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Final, NamedTuple

from evtcompat.checking.plans import Plan, Selection
from evtcompat.cli.runs.context import RunContext, shown
from evtcompat.cli.runs.selecting import covers_everything
from evtcompat.config.find import nearest_configurations
from evtcompat.config.globs import is_pattern, matches, names
from evtcompat.config.values import near
from evtcompat.model.mismatches import Mismatch
from evtcompat.model.places import Place
from evtcompat.sources.baselines.against import Against, BaselineKind
from evtcompat.sources.git.changes import would_ignore
from evtcompat.sources.tree import WorkTree, passed_over

#: As many files are named one by one.
_SHOWN: Final = 4
#: So many files and folders are looked at for a pattern; where there are more, it may match one of them.
_MOST_LOOKED_AT: Final = 50_000
_WILDCARDS: Final = re.compile(r"\*+|\?|\[[^\]]*\]")


def unused_settings(context: RunContext, against: Against, selection: Selection) -> Iterator[Mismatch]:
    """What to tell of settings that have no effect on a run.

    Patterns are told of only where everything was looked at: a check of one file cannot know what the others are.
    """
    yield from _unused_files(context, selection.plans)
    request = context.request
    if context.folder is None or request.changed or request.staged or not covers_everything(context):
        return
    idle = [*_idle_file_patterns(context, selection.plans)]
    # a registry has subjects that are no files, and so has what cannot be read
    if against.kind not in (BaselineKind.REGISTRY, BaselineKind.LOCK) and not (selection.problems or selection.unread):
        idle += _idle_subject_patterns(context, selection)
    if not idle:
        return
    disk = context.workspaces.locate(context.folder)[0].tree
    if isinstance(disk, WorkTree) and not disk.off_disk():  # a sparse checkout has not everything
        yield from (one.mismatch for one in idle)


def _unused_files(context: RunContext, plans: Sequence[Plan]) -> Iterator[Mismatch]:
    if context.request.config is not None:  # a person has chosen
        return
    here = context.workspaces.here
    origins = {plan.candidate.document.origin for plan in plans}
    files = (os.path.normpath(os.path.join(here, origin)) for origin in origins if origin)  # noqa: PTH118 - many
    folders = {os.path.dirname(file) for file in files}  # noqa: PTH120 - many
    used = None if context.folder is None else Path(os.path.realpath(context.environment.folder / context.folder))
    nearest = nearest_configurations(sorted(folders))
    unused = [shown(path, here) for path in sorted(nearest) if path.parent != used]
    if unused:
        place = Place(origin=unused[0])
        rest = len(unused) - _SHOWN
        listed = ", ".join(unused[:_SHOWN]) + (f" and {rest} more" if rest > 0 else "")
        facts = {"files": listed, "is": "is" if len(unused) == 1 else "are", "used": context.config.origin or "none"}
        yield Mismatch("configuration-not-used", place, place, facts)


class _Idle(NamedTuple):
    """A pattern that matches nothing."""

    pattern: str
    key: str
    noun: str
    place: Place
    meant: str | None = None

    @property
    def mismatch(self) -> Mismatch:
        meant = "" if self.meant is None else f"; did you mean {self.meant}?"
        facts = {"pattern": self.pattern, "key": self.key, "noun": self.noun, "meant": meant}
        return Mismatch("pattern-matches-nothing", self.place, self.place, facts)


def _idle_file_patterns(context: RunContext, plans: Sequence[Plan]) -> Iterator[_Idle]:
    config = context.config
    keys = [("include", config.include, config.place("include")), ("exclude", config.exclude, config.place("exclude"))]
    keys += [
        ("overrides.paths", one.paths, config.place("overrides", number, "paths"))
        for number, one in enumerate(config.overrides)
    ]
    folder = Path(os.path.realpath(context.environment.folder / config.folder))
    paths = [plan.configured_path for plan in plans if plan.configured_path is not None]
    for key, patterns, place in keys:
        for pattern in patterns:
            if key == "exclude":  # one that is about a kind of files anywhere may wait for the first of them
                known = is_pattern(pattern.removeprefix("./").partition("/")[0])
            else:
                known = any(matches((pattern,), path) for path in paths)
            if not known and not _may_match(folder, pattern) and not _comes_and_goes(context, folder, pattern):
                yield _Idle(pattern, key, "file", place)


def _may_match(folder: Path, pattern: str) -> bool:
    """Whether a pattern matches a file or folder, of whatever kind, as far as that is looked for."""
    parts = pattern.split("/")
    fixed = [*takewhile(lambda part: not is_pattern(part), parts)]
    start = folder.joinpath(*fixed)
    if len(fixed) == len(parts) or not os.path.lexists(start):
        return os.path.lexists(start)
    looked_at = 0
    for above, folders, files in os.walk(start):
        if ".git" in folders:
            folders.remove(".git")
        relative = os.path.relpath(above, folder)
        prefix = "" if relative == "." else f"{relative}/"
        looked_at += len(folders) + len(files)
        if looked_at > _MOST_LOOKED_AT or any(matches((pattern,), prefix + name) for name in (*folders, *files)):
            return True
    return False


def _comes_and_goes(context: RunContext, folder: Path, pattern: str) -> bool:
    """Whether what a pattern is about need not be there: git ignores it, or a walk never enters it."""
    sample = _WILDCARDS.sub("x", pattern)
    if any(map(passed_over, filter(None, sample.removeprefix("./").split("/")))):
        return True
    repository = context.workspaces.locate(folder)[0].repository
    inside = (folder / sample, folder / sample / "x")
    return repository is not None and any(would_ignore(repository, path) for path in inside)


def _idle_subject_patterns(context: RunContext, selection: Selection) -> Iterator[_Idle]:
    config = context.config
    named = [(one.subject, one.identity) for one in selection.plans]
    named += [(one.subject, one.identity) for one in selection.removals]
    known = {name for names_of_one in named for name in names_of_one if name}
    keys = [
        ("overrides.subjects", pattern, config.place("overrides", number, "subjects"))
        for number, one in enumerate(config.overrides)
        for pattern in one.subjects
    ]
    keys += [("owners", pattern, config.place("owners", pattern)) for pattern in config.owners]
    for key, pattern, place in keys:
        if not any(names((pattern,), subject) for subject in known):
            yield _Idle(pattern, key, "subject", place, None if is_pattern(pattern) else near(pattern, known))
