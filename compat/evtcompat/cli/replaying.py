"""One run of `evtcompat replay`, from the words of the command line to the exit code."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from evtcompat.cli.context import CheckRequest, Environment, RunContext, open_workspaces
from evtcompat.cli.diff_inputs import committed, registered
from evtcompat.cli.screen import terminal
from evtcompat.cli.selecting import open_registry_of
from evtcompat.errors import UncheckedError, UsageError
from evtcompat.model.histories import Version, version_name
from evtcompat.model.verdicts import Policy, Verdict
from evtcompat.replay.answer import Answer, Circumstances, answer_of, writers_of
from evtcompat.replay.engines.opening import engine_of
from evtcompat.replay.framing import framings, named_by
from evtcompat.replay.job import Job, portable
from evtcompat.replay.ledger import opened_ledger
from evtcompat.replay.run import run
from evtcompat.replay.sources.finding import Found, Hints, find
from evtcompat.replay.summarise import FAILING
from evtcompat.replay.world import World, world_of
from evtcompat.reporters.terminal import Terminal
from evtcompat.sources.against import BaselineKind, parse_against
from evtcompat.sources.naming import name_of
from evtcompat.sources.schema_tree import SchemaTree
from evtcompat.sources.workspace import layout_in
from evtcompat.writing import write_report

if TYPE_CHECKING:
    from evtcompat.formats.base import SchemaFormat
    from evtcompat.replay.summary import Summary

FORMATS: Final = ("text", "json", "markdown")
#: Failing events that are kept of one kind.
_KEPT: Final = 3


@dataclass(frozen=True, slots=True)
class ReplayRequest:
    """What a person asked for."""

    sources: tuple[str, ...]
    readers: tuple[str, ...]
    subject: str | None = None
    writers: tuple[str, ...] = ()
    registry: str | None = None
    decode: str = "auto"
    profile: bool = False
    time_field: str | None = None
    since: str | None = None
    until: str | None = None
    sample: float | None = None
    limit: int | None = None
    kind: str = ""
    framing: str = ""
    column: str = ""
    engine: str | None = None
    workers: int | None = None
    allow_corrupt: int = 0
    resume: Path | None = None
    save: Path | None = None
    save_failures: Path | None = None
    output_format: str = "text"
    output: Path | None = None
    policy: Policy | None = None
    config: Path | None = None


def run_replay(request: ReplayRequest, environment: Environment | None = None) -> int:
    """Carry the request out, write its report, and tell the exit code.

    Raises:
        UsageError: The request is wrong; nothing was looked at.
        UncheckedError: A source or a schema cannot be had.
    """
    if request.output_format not in FORMATS:
        message = f"unknown report format `{request.output_format}`"
        raise UsageError(message, hint=f"Known: {', '.join(FORMATS)}.")
    if request.decode not in ("auto", "always"):
        message = f"unknown word {request.decode!r} for --decode"
        raise UsageError(message, hint="Known: auto, always.")
    if request.limit is not None and request.limit < 1:
        message = f"--limit {request.limit}: at least one event has to be looked at"
        raise UsageError(message)
    engine = engine_of(request.engine, request.workers)
    with _job(request, environment or Environment()) as job:
        world = world_of(job)
        _check_readers(world)
        found = find(request.sources, world.recorded, Hints(request.kind, request.framing, request.column))
        with opened_ledger(request.resume, job.digest, job.keep) as ledger:
            summary = run(job, found.splits, engine, ledger, most=request.limit, progress=_progress())
        writers = writers_of(summary, world)
        answer = answer_of(summary, world, writers, _around(request, found))
    if request.save is not None:
        from evtcompat.replay.observed import observed_text

        write_report(request.save, observed_text(answer))
    if request.save_failures is not None:
        from evtcompat.replay.failures import save_failures

        typer.echo(save_failures(request.save_failures, summary, world, answer, writers), err=True)
    _write(answer, request)
    return answer.exit_code


def _around(request: ReplayRequest, found: Found) -> Circumstances:
    return Circumstances(
        sources=request.sources,
        files_aside=tuple(found.aside),
        damaged=found.damaged,
        allowed=request.allow_corrupt,
    )


def _write(answer: Answer, request: ReplayRequest) -> None:
    shown = Terminal() if request.output is not None else terminal()
    if request.output_format == "json":
        from evtcompat.reporters.replay_json import replay_json

        text = replay_json(answer)
    elif request.output_format == "markdown":
        from evtcompat.reporters.replay_markdown import replay_markdown

        text = replay_markdown(answer)
    else:
        from evtcompat.reporters.replay_text import replay_text

        text = replay_text(answer, shown)
    if request.output is None:
        typer.echo(text, nl=False, color=True)
    else:
        write_report(request.output, text)


@contextmanager
def _job(request: ReplayRequest, environment: Environment) -> Iterator[Job]:
    """What is asked of every split."""
    with open_workspaces(environment) as workspaces:
        check = CheckRequest(policy=request.policy, config=request.config, registry=request.registry)
        context = RunContext.of(check, environment, workspaces)
        readers = _Readers(context, request)
        settings = context.run_settings([readers.subject])
        settings = settings.for_subject(readers.format, context.terms(readers.subject, None).policy, context.severities)
        settings = replace(settings, options=replace(settings.options, witnesses=False))

        def carried(version: Version) -> Version:
            return portable(version, readers.format, settings)

        keys = readers.writers()
        yield Job(
            format=readers.format.name,
            subject=readers.subject,
            readers=tuple((name, carried(version)) for name, version in readers.readers),
            settings=settings,
            history=tuple(carried(version) for version in readers.history),
            writers={key: carried(version) for key, version in keys.items()},
            decode=request.decode == "always",
            profile=request.profile,
            every=_every(request.sample),
            time_path=tuple(request.time_field.split(".")) if request.time_field else (),
            since=_time(request.since, "--since"),
            until=_time(request.until, "--until"),
            keep=_KEPT if request.save_failures is not None else 0,
        )


def _every(sample: float | None) -> int:
    if sample is None:
        return 1
    if not 0 < sample <= 1:
        message = f"--sample {sample}: a part of the events is more than 0 and at most 1"
        raise UsageError(message, hint="--sample 0.01 looks at one event in a hundred.")
    return max(1, round(1 / sample))


def _time(word: str | None, option: str) -> int | None:
    """Milliseconds since 1970."""
    if word is None:
        return None
    try:
        found = datetime.fromisoformat(word)
    except ValueError as error:
        message = f"{word!r} is no time for {option}"
        raise UsageError(message, hint="Write 2026-05-03, or 2026-05-03T12:00:00+02:00.") from error
    return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1000)


class _Readers:
    """The readers that a person named, the subject that they are of, and its history."""

    def __init__(self, context: RunContext, request: ReplayRequest) -> None:
        self._context = context
        self._request = request
        self.history: tuple[Version, ...] = ()
        self._file: tuple[SchemaTree, str] | None = None
        meant = [parse_against(word, "the reader") for word in request.readers]
        for one in meant:
            if one.kind is BaselineKind.PATH and self._file is None:
                self._file = self._located(one.value)
        asked = any(one.kind is BaselineKind.REGISTRY for one in meant)
        if self._file is None and request.subject is not None and not asked:
            self._file = self._of_subject(request.subject)
        self.readers = [self._reader(word) for word in request.readers]
        self.subject = request.subject or self._subject()
        self.format = self._format_of(self.readers[0][1])
        self._read_history()

    def _located(self, path: str) -> tuple[SchemaTree, str]:
        context = self._context
        workspace, inner = context.workspaces.locate(path)
        return SchemaTree(workspace.tree, layout_in(workspace, context.layout, context.folder)), inner

    def _catalogued(self) -> tuple[Version, ...]:
        """The versions of the subject where the configuration says that schemas lie; none where it has no such subject.

        Raises:
            UsageError: A person named the subject, and there is none.
        """
        from evtcompat.payloads.subjects import Catalogue

        with Catalogue(self._context.environment.folder, config=self._context.config) as catalogue:
            try:
                return catalogue.subject(self.subject).versions
            except UsageError:
                if self._request.subject is not None:
                    raise
                return ()

    def _of_subject(self, name: str) -> tuple[SchemaTree, str]:
        """The newest file of a subject, which tells `git:REF` alone which file is meant."""
        from evtcompat.payloads.subjects import Catalogue

        with Catalogue(self._context.environment.folder, config=self._context.config) as catalogue:
            path = catalogue.subject(name).paths[-1]
        return self._located(path)

    def _reader(self, word: str) -> tuple[str, Version]:
        meant = parse_against(word, "the reader")
        if meant.kind is BaselineKind.REGISTRY:
            version = registered(meant.value, self._context)
        elif meant.kind is BaselineKind.PATH:
            tree, inner = self._located(meant.value)
            version = tree.schema_at(inner, otherwise="Name the file of the reader's schema.")
        elif meant.kind in (BaselineKind.GIT, BaselineKind.MERGE_BASE):
            beside = parse_against("." if self._file is None else self._file[1], "the reader")
            version = committed(meant, beside, self._context)
        else:
            message = f"--reader {word}: names no schema"
            raise UsageError(message, hint="Give a file, git:REF, git:REF:PATH or registry:SUBJECT@VERSION.")
        return version_name(version.label) if version.label else word, version

    def _subject(self) -> str:
        word = self._request.readers[0]
        meant = parse_against(word, "the reader")
        if meant.kind is BaselineKind.REGISTRY:
            return meant.value.partition("@")[0]
        if self._file is not None:
            return name_of(self._file[1]).subject
        return name_of((self.readers[0][1].document.origin or word).replace("\\", "/")).subject

    def _format_of(self, version: Version) -> SchemaFormat:
        from evtcompat.formats.loading import assumed, by_file_name

        origin = version.document.origin or ""
        return by_file_name(origin, everywhere=True) or assumed(version.document.value)

    def _read_history(self) -> None:
        registry = [parse_against(word, "the reader") for word in self._request.readers]
        names = [one.value.partition("@")[0] for one in registry if one.kind is BaselineKind.REGISTRY]
        if self._file is not None:
            tree, inner = self._file
            history = tree.history(inner)
            if history is not None:
                self.history = tuple(tree.version(named) for named in history.versions)
            if len(self.history) <= 1 or self._request.subject is not None:
                self.history = self._catalogued() or self.history
        elif names or self._request.registry is not None:
            self.history = tuple(version for _, version in self._registered(names[0] if names else self.subject))

    def _registered(self, subject: str) -> list[tuple[int, Version]]:
        """The versions of a subject in the registry, with their ids."""
        from evtcompat.sources.registered import history_of

        with open_registry_of(self._context) as client:
            found = client.history(subject).versions
            versions = history_of(found, client.version).versions
            return [(one.id, version) for one, version in zip(found, versions, strict=True)]

    def writers(self) -> Mapping[str, Version]:
        """The schemas that messages may name, by framing and key."""
        found: dict[str, Version] = {}
        recorded = self.format.recorded
        if self._request.registry is not None or any(word.startswith("registry:") for word in self._request.readers):
            for number, version in self._registered(self.subject):
                found[f"confluent:{number}"] = version
        for word in self._request.writers:
            key, equals, schema = word.partition("=")
            if not equals or not key or not schema:
                message = f"--writer {word}: not ID=SCHEMA"
                raise UsageError(message, hint="For example --writer 7=FILE, with the file of the schema.")
            _, version = self._reader(schema)
            framing = None if recorded is None else named_by(key.lower(), framings(recorded))
            if framing is None:
                message = f"--writer {word}: {key} is no id of a schema"
                raise UsageError(message, hint="A number, a UUID, or what the format's own framing has.")
            found[f"{framing.name}:{key.lower()}"] = version
        if recorded is not None:
            for version in (*self.history, *(version for _, version in self.readers), *found.values()):
                schema_of = self.format.parse(version.document, version.references)
                for key in recorded.fingerprints(schema_of):
                    for framed in recorded.framings:
                        found.setdefault(f"{framed.name}:{key}", version)
        return found


def _check_readers(world: World) -> None:
    """Every reader reads what it itself writes.

    Raises:
        UncheckedError: One does not: there is no use in asking what it makes of others.
    """
    for index, (name, version) in enumerate(world.job.readers):
        comparison = world.compared(index, version.label, version, world.readers[index])
        if comparison.verdict is Verdict.INCOMPATIBLE:
            finding = next(one for one in comparison.findings if one.severity.value == "error")
            message = f"{name} is not compatible with itself: {finding.rule}: {finding.message}"
            raise UncheckedError(message, place=finding.reader, hint=f"evtcompat explain {finding.rule}")


def _progress() -> Callable[[float, Summary], None] | None:
    """A line on standard error that tells how far the run is, where a person sees it."""
    if not sys.stderr.isatty():
        return None
    began = time.monotonic()

    def told(done: float, summary: Summary) -> None:
        failing = sum(
            hits.count
            for pair in summary.pairs.values()
            for outcome, hits in pair.outcomes.items()
            if outcome in FAILING
        )
        spent = time.monotonic() - began
        left = f", {_spent(spent * (1 - done) / done)} left" if 0 < done < 1 else ""
        line = f"{done:4.0%}  {summary.events:,} events, {failing:,} failures, {summary.corrupt:,} unreadable{left}"
        sys.stderr.write(f"\r{line:<78}" + ("\n" if done >= 1 else ""))
        sys.stderr.flush()

    return told


def _spent(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
