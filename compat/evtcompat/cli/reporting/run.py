"""One run of `evtcompat report`: from the names of subjects to their histories as a page, or as a site."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from evtcompat.cli.checking.exercised import of_subjects, saved_exercises
from evtcompat.cli.runs.context import CheckRequest, Environment, RunContext, open_workspaces
from evtcompat.cli.terminal.output import text_output
from evtcompat.dataclasses import replace
from evtcompat.errors import EvtcompatError, UncheckedError, UsageError, told_as_fault
from evtcompat.model.counts import counted
from evtcompat.payloads.matrix import Subject
from evtcompat.payloads.subjects import Catalogue
from evtcompat.reporters.history_page import history_page
from evtcompat.reporters.terminal import printable
from evtcompat.sources.histories.dates import Dates
from evtcompat.syntax import deep
from evtcompat.timelines.grids import Kept
from evtcompat.timelines.making import DateOf, timeline_of
from evtcompat.writing import check_report

if TYPE_CHECKING:
    from evtcompat.model.exercised import Exercised
    from evtcompat.model.timelines import Timeline
    from evtcompat.model.verdicts import Policy
    from evtcompat.sources.published.registered import Published, PublishedSubjects

#: Where versions may be.
SOURCES = ("files", "registry", "lock")
#: On a page of more subjects, payloads of what works are left to `evtcompat matrix` and to a site.
_FEW = 20


class Histories(NamedTuple):
    """The subjects that a person asked for."""

    #: Their names, each with how its versions are read; that raises an `UncheckedError` where they cannot be.
    found: Sequence[tuple[str, Callable[[], Subject]]]
    date_of: DateOf
    #: Ends the processes that they are read with; a later question starts others.
    rest: Callable[[], None]
    #: Why nothing is found elsewhere.
    elsewhere: Sequence[UncheckedError] = ()
    #: What was saved of exercises, by their names.
    exercised: Mapping[str, tuple[Exercised, ...]] = MappingProxyType({})


def run_report(
    names: Sequence[str],
    source: str,
    schemas: Sequence[str],
    output: Path | None,
    site: Path | None,
    policy: Policy | None,
    past: int,
    *,
    exercised: Sequence[Path] = (),
    workers: int | None = None,
) -> int:
    """Write what was asked for; the answer is the exit code.

    Raises:
        UsageError: A word is wrong, there is no such subject, or nothing can be written there.
        UncheckedError: The registry, the lock or a saved exercise cannot be had, or a folder holds no schema at all.
    """
    if source not in SOURCES:
        message = f"unknown word {source!r} for --from"
        raise UsageError(message, hint=f"Known: {', '.join(SOURCES)}.")
    if site is not None and output is not None:
        message = "--output writes one page, and --site a folder of them"
        raise UsageError(message, hint="Give one of them.")
    check_report(output)
    saved = saved_exercises(exercised, Path.cwd())
    with ExitStack() as stack:
        if source == "files":
            histories = _of_files(stack, names, schemas, policy, past)
        else:
            histories = _published(stack, names, source, policy)
        if not histories.found and histories.elsewhere:
            raise histories.elsewhere[0]
        if not histories.found:
            message = "there is no subject"
            raise UsageError(message, hint="--schemas FOLDER looks elsewhere, and --from registry asks the registry.")
        histories = histories._replace(exercised=of_subjects(saved, [name for name, _ in histories.found]))
        if site is not None:
            return _write_site(histories, site, workers)
        timelines, problems = _read(histories)
    text_output(history_page(timelines, problems), "html", output)
    return _told([*problems, *(one for timeline in timelines for one in _unread(timeline))])


def _unread(timeline: Timeline) -> list[str]:
    return [f"{timeline.subject}: {one}" for one in timeline.unread]


def _told(problems: Sequence[str]) -> int:
    """Tell what could not be read; the answer is the exit code."""
    for problem in problems:
        sys.stderr.write(f"{printable(problem)}\n")
    return 3 if problems else 0


def _read(histories: Histories) -> tuple[list[Timeline], list[str]]:
    kept = Kept.ALL if len(histories.found) <= _FEW else Kept.FAILING
    timelines: list[Timeline] = []
    problems = [*map(_line, histories.elsewhere)]
    for at in range(len(histories.found)):
        made = _drawn(histories, kept, at)
        if isinstance(made, str):
            problems.append(made)
        else:
            timelines.append(made)
    return timelines, problems


def _timeline(name: str, subject: Callable[[], Subject], kept: Kept, date_of: DateOf) -> Timeline:
    return timeline_of(replace(subject(), name=name), kept, date_of)


def _drawn(histories: Histories, kept: Kept, at: int) -> Timeline | str:
    """The timeline of the subject at a place, or why there is none, as one line."""
    name, subject = histories.found[at]
    try:
        with told_as_fault(f"drawing the history of {name}"):
            timeline = deep.retried(partial(_timeline, name, subject, kept, histories.date_of))
    except EvtcompatError as error:
        place = f" at {error.place}" if isinstance(error, UncheckedError) and error.place is not None else ""
        return f"{name}: {error.message}{place}"
    return replace(timeline, exercised=histories.exercised.get(name, ()))


def _write_site(histories: Histories, folder: Path, workers: int | None) -> int:
    """The folder is a site; the answer is the exit code.

    Raises:
        UsageError: It is no folder to write to.
        UncheckedError: A process that draws pages died, or there is no room. The folder is as it was.
    """
    from evtcompat.cli.reporting.site import Drawing
    from evtcompat.reporters.pages.site import common_pages, paths_of
    from evtcompat.timelines.folder import SiteFolder

    names = [name for name, _ in histories.found]
    with SiteFolder(folder, paths_of(names)) as written:
        pages = list(Drawing(names, partial(_drawn, histories, Kept.ALL), written, histories.rest).pages(workers))
        for path, text in common_pages([page.row for page in pages], "Event schemas"):
            written.write(path, text)
        gone = written.finish()
    lacking = sum(bool(page.problems) for page in pages)
    subjects = counted(len(pages), "subject") + (f" ({lacking} not whole)" if lacking else "")
    sys.stdout.write(printable(f"{folder / 'index.html'}: {subjects}, {gone} old files removed") + "\n")
    return _told([*map(_line, histories.elsewhere), *(problem for page in pages for problem in page.problems)])


def _line(error: UncheckedError) -> str:
    return f"{error.place}: {error.message}"


def _of_files(
    stack: ExitStack, names: Sequence[str], schemas: Sequence[str], policy: Policy | None, past: int
) -> Histories:
    catalogue = stack.enter_context(Catalogue(Path.cwd(), schemas, policy=policy, past=past))
    date_of = Dates(catalogue.workspaces).of
    if not names:
        return Histories(catalogue.every(), date_of, catalogue.workspaces.rest, catalogue.without_schemas())
    catalogue.refuse_unknown(names)
    found = [(name, partial(catalogue.subject, name, partly=True)) for name in dict.fromkeys(names)]
    return Histories(found, date_of, catalogue.workspaces.rest)


def _published(stack: ExitStack, names: Sequence[str], source: str, policy: Policy | None) -> Histories:
    from evtcompat.cli.runs.selecting import locked_subjects, open_registry_of
    from evtcompat.sources.published.registered import RegistrySubjects

    environment = Environment()
    workspaces = stack.enter_context(open_workspaces(environment))
    context = RunContext.of(CheckRequest(policy=policy), environment, workspaces)
    subjects: PublishedSubjects
    if source == "registry":
        subjects = RegistrySubjects(stack.enter_context(open_registry_of(context)))
    else:
        subjects = locked_subjects(context)
    unknown = [name for name in names if name not in subjects.names]
    if unknown:
        message = f"the {source} has no subject {unknown[0]}"
        raise UsageError(message, hint="`evtcompat registry subjects` lists those that the registry shows.")
    found = subjects.read(list(dict.fromkeys(names)) or sorted(subjects.names))
    subjects_found = [(name, partial(_subject, one, context)) for name, one in found.items()]
    return Histories(subjects_found, lambda _: None, workspaces.rest)


def _subject(found: Published | UncheckedError, context: RunContext) -> Subject:
    if isinstance(found, UncheckedError):
        raise found
    return Subject(
        name=found.subject,
        format=found.format,
        versions=found.history.versions,
        policy=context.request.policy or found.policy,
        settings=context.config.format_settings.get(found.format.name, {}),
    )
