"""What a run checks with what: its paths, and where the histories come from that it asks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from evtcompat.checking.plans import Selection
from evtcompat.cli.runs.context import RunContext
from evtcompat.cli.runs.settling import settles
from evtcompat.config.values import LOCK_NAME
from evtcompat.dataclasses import replace
from evtcompat.errors import BaselineError, ConfigError, DocumentError, UncheckedError, UsageError
from evtcompat.sources.base import SourceOpener
from evtcompat.sources.baselines.against import Against, BaselineKind, split_version
from evtcompat.sources.histories.file_histories import Extent, file_source
from evtcompat.sources.select import select

if TYPE_CHECKING:
    from evtcompat.registries.base import SchemaRegistry
    from evtcompat.sources.published.gone_subjects import Claims, Lookup
    from evtcompat.sources.published.lock import LockSubjects
    from evtcompat.sources.published.registered import PublishedSubjects, RegistrySubjects


class Histories(NamedTuple):
    """What a run checks, and where the histories come from."""

    #: Files and folders as typed.
    paths: Sequence[str]
    source: SourceOpener
    #: The live registry, where they come from one.
    registry: RegistrySubjects | None = None
    #: The subject that a person names: that of one schema.
    subject: str | None = None


@contextmanager
def open_histories(context: RunContext, against: Against) -> Iterator[Histories]:
    """The histories that ``--against`` means.

    Raises:
        UsageError: A word of the request is wrong.
        UncheckedError: The registry or the lock cannot be had, or there is no git that is asked for what changed.
    """
    need_git(context, _paths(context))
    if against.kind is BaselineKind.REGISTRY:
        with open_registry_of(context) as registry:
            yield _registered(context, against, registry)
    elif against.kind is BaselineKind.LOCK:
        if context.request.ask:
            message = "--ask needs a registry, and --against lock works without one"
            raise UsageError(message, hint="Use --against registry.")
        yield _locked(context, against)
    else:
        yield _files(context, against)


def selected(context: RunContext, histories: Histories) -> Selection:
    """What there is to do.

    Raises:
        UncheckedError: The baseline as a whole cannot be had.
        UsageError: The baseline is meant for one schema, and there are several.
    """
    selection = select(context.workspaces, histories.paths, histories.source, context.layout, context.folder)
    schemas = len(selection.plans) + len(selection.unread)
    if histories.subject is not None and schemas > 1:
        message = f"--against {context.request.against} is one subject, but there are {schemas} schemas"
        raise UsageError(message, hint="Name one schema, or leave out the subject.")
    refused = () if histories.subject is not None else refused_models(context)
    return replace(selection, problems=(*selection.problems, *refused)) if refused else selection


def refused_models(context: RunContext) -> tuple[UncheckedError, ...]:
    """The models that the configuration lists and that nothing allows to import, where they would be checked."""
    if not context.config.models or context.request.paths or context.allowed_models:
        return ()
    modules = ", ".join(module for module, _ in context.config.models)
    message = f"the models of {modules} are unchecked: to import a module is to run it, and nobody allowed that"
    how = context.imports.how(context.environment.folder / context.config.folder)
    hint = f"{how}, or name them: evtcompat check {context.config.models[0][0]}:"
    return (UncheckedError(message, place=context.config.place("models"), hint=hint),)


def _files(context: RunContext, against: Against) -> Histories:
    request, paths = context.request, _paths(context)
    extent = Extent(request.changed or request.staged, settles(context, against), request.history)
    return Histories(paths, file_source(context.workspaces, against, context.terms, extent=extent))


def _paths(context: RunContext) -> Sequence[str]:
    if context.request.staged:
        # a hook is handed the files that match its patterns, never the deleted ones: git knows the rest
        return [*context.configured_paths, *context.request.paths]
    return context.request.paths or context.configured_paths


def need_git(context: RunContext, paths: Sequence[str]) -> None:
    """Git is there, where an option is about git: without it everything would be checked, or nothing of what was meant.

    Raises:
        BaselineError: It is not.
    """
    option = "--staged" if context.request.staged else "--changed" if context.request.changed else None
    locate = context.workspaces.locate
    if option is None or any(locate(path)[0].repository is not None for path in paths):
        return
    message = f"{option} asks git, and {locate(paths[0])[0].root} is not in a git repository"
    raise BaselineError(message, hint=f"Leave out {option}, or run in the repository.")


def open_registry_of(context: RunContext) -> SchemaRegistry:
    """The registry that the run means.

    Raises:
        UsageError: Nothing names one, or what does is wrong.
    """
    from evtcompat.registries.opening import open_registry

    return open_registry(context.request.registry, context.config.registry_url, context.environment.variables)


def lookup_of(context: RunContext, subjects: PublishedSubjects, wanted: str | None = None) -> Lookup:
    """How the schemas of a run find their subjects, under the names of the configuration."""
    from evtcompat.sources.published.gone_subjects import Lookup
    from evtcompat.sources.published.subject_names import SubjectNames

    config = context.config
    return Lookup(subjects, SubjectNames(config.subject_strategy, config.subjects.keys()), wanted)


def _registered(context: RunContext, against: Against, registry: SchemaRegistry) -> Histories:
    from evtcompat.sources.published.histories import published_source
    from evtcompat.sources.published.registered import RegistrySubjects

    wanted, version = split_version(against.value, "registry:") if against.value else (None, None)
    subjects = RegistrySubjects(registry, version)
    if wanted is not None and wanted not in subjects.names:
        message = f"the registry has no subject {wanted}"
        raise BaselineError(message, hint="`evtcompat registry subjects` lists those that it shows.")
    locked: AbstractSet[str] = frozenset()
    if context.workspaces.locate(context.folder or ".")[0].repository is None:
        with suppress(
            BaselineError, ConfigError
        ):  # there is none, or a damaged one: a check against the registry needs none
            locked = locked_subjects(context).asked_for
    lookup = lookup_of(context, subjects, wanted)
    paths = context.request.paths or context.configured_paths
    return Histories(paths, published_source(lookup, context.terms, _claims(context, locked)), subjects, wanted)


def _locked(context: RunContext, against: Against) -> Histories:
    from evtcompat.sources.published.histories import published_source

    wanted, version = split_version(against.value, "lock:") if against.value else (None, None)
    subjects = replace(locked_subjects(context), version=version)
    if wanted is not None and wanted not in subjects.names:
        message = f"the lock has no subject {wanted}"
        raise BaselineError(message, hint="`evtcompat lock` writes it anew.")
    claims = _claims(context, subjects.asked_for)
    paths = context.request.paths or context.configured_paths
    lookup = lookup_of(context, subjects, wanted)
    return Histories(paths, published_source(lookup, context.terms, claims), subject=wanted)


def locked_subjects(context: RunContext) -> LockSubjects:
    """The subjects of the lock beside the configuration.

    Raises:
        BaselineError: There is none, or it is damaged.
    """
    from evtcompat.sources.published.lock import LockSubjects, lock_of

    shown = context.config.folder / LOCK_NAME if context.folder is not None else Path(LOCK_NAME)
    return LockSubjects(lock_of(context.lock_text(), str(shown)))


def _claims(context: RunContext, locked: AbstractSet[str]) -> Claims:
    """What shows which published subjects are the repository's own."""
    from evtcompat.sources.published.gone_subjects import Claims

    return Claims(context.workspaces, covers_everything(context), context.config.subjects.keys(), locked)


def covers_everything(context: RunContext) -> bool:
    """Whether everything that the configuration names is under check, whichever words say so."""
    if not context.request.paths:
        return True

    def located(path: str) -> Path:
        workspace, inner = context.workspaces.locate(path)
        return workspace.root / inner

    try:
        named = [located(path) for path in context.request.paths]
        return all(any(one.is_relative_to(path) for path in named) for one in map(located, context.configured_paths))
    except DocumentError:  # no path at all, and a problem of the selection
        return False
