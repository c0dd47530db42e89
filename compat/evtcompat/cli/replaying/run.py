"""One run of `evtcompat replay`, from the words of the command line to the exit code."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import typer

from evtcompat.cli.replaying.readers import Readers
from evtcompat.cli.replaying.request import ReplayRequest
from evtcompat.cli.runs.context import CheckRequest, Environment, RunContext, open_workspaces
from evtcompat.cli.terminal.output import text_output
from evtcompat.cli.terminal.screen import terminal
from evtcompat.dataclasses import replace
from evtcompat.errors import UncheckedError, UsageError
from evtcompat.model.counts import counted
from evtcompat.model.verdicts import Verdict
from evtcompat.payloads.writing import check_fixtures
from evtcompat.replay.answer import Answer, Circumstances, answer_of, writers_of
from evtcompat.replay.engines.opening import engine_of
from evtcompat.replay.job import Job
from evtcompat.replay.ledger import opened_ledger
from evtcompat.replay.run import Progress, run
from evtcompat.replay.sources.finding import Found, Hints, find
from evtcompat.replay.sources.kinds import in_bytes
from evtcompat.replay.summarise import FAILING
from evtcompat.replay.world import World, world_of
from evtcompat.reporters.terminal import Terminal
from evtcompat.sources.models.named import named_models
from evtcompat.writing import check_report, write_report

if TYPE_CHECKING:
    from evtcompat.replay.splits import Split
    from evtcompat.replay.summary import Summary

FORMATS: Final = ("text", "json", "markdown")
#: Failing events that are kept of one kind.
_KEPT: Final = 3
#: The least part of the events that can be looked at.
_LEAST_PART: Final = 1e-12


def run_replay(request: ReplayRequest) -> int:
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
    check_report(request.save)
    check_report(request.output)
    engine = engine_of(request.engine, request.workers)
    with _asked(request, Environment()) as (job, readers):
        if request.save_failures is not None:
            check_fixtures(request.save_failures, job.subject)
        world = world_of(job)
        _check_readers(world)
        found = find(request.sources, world.recorded, Hints(request.kind, request.framing, request.column))
        _spare_sources(request, found)
        with opened_ledger(request.resume, job.digest, job.keep) as ledger:
            asked = run(
                job,
                found.splits,
                engine,
                ledger,
                most=request.limit,
                resolve=readers.resolve,
                progress=_progress(found.splits),
            )
        world, summary = world_of(asked), ledger.whole
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


def _spare_sources(request: ReplayRequest, found: Found) -> None:
    """What is written takes neither the place of recorded events nor of each other.

    Raises:
        UsageError: It would.
    """
    taken = {os.path.realpath(split.source): "holds recorded events" for split in found.splits}
    taken |= {os.path.realpath(one.position.source): "was named as recorded events" for one in found.damaged}
    for option, path in (("--resume", request.resume), ("--save", request.save), ("--output", request.output)):
        if path is None:
            continue
        reason = taken.setdefault(os.path.realpath(path), f"is where {option} writes")
        if reason != f"is where {option} writes":
            message = f"{option} {path}: {reason}"
            raise UsageError(message, hint="Choose another file.")


def _around(request: ReplayRequest, found: Found) -> Circumstances:
    return Circumstances(
        sources=request.sources,
        files_aside=tuple(found.aside),
        damaged=found.damaged,
        allowed=request.allow_corrupt,
        most=request.limit,
        unsure=found.unsure,
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
    text_output(text, request.output_format, request.output)


@contextmanager
def _asked(request: ReplayRequest, environment: Environment) -> Iterator[tuple[Job, Readers]]:
    """What is asked of every split, and where more writers are found."""
    with open_workspaces(environment) as workspaces:
        check = CheckRequest(policy=request.policy, config=request.config, registry=request.registry)
        context = RunContext.of(check, environment, workspaces)
        named = named_models(request.readers, environment.folder, environment.variables)
        readers = Readers(replace(context, models=named), replace(request, readers=named.paths))
        yield (
            Job(
                format=readers.format.name,
                subject=readers.subject,
                identity=readers.identity,
                readers=readers.readers,
                settings=readers.settings,
                history=readers.history,
                writers=readers.writers(),
                decode=request.decode == "always",
                profile=request.profile,
                every=_every(request.sample),
                time_path=tuple(request.time_field.split(".")) if request.time_field else (),
                since=_time(request.since, "--since"),
                until=_time(request.until, "--until"),
                keep=_KEPT if request.save_failures is not None else 0,
            ),
            readers,
        )


def _every(sample: float | None) -> int:
    if sample is None:
        return 1
    if not _LEAST_PART <= sample <= 1:
        message = f"--sample {sample}: a part of the events is at least {_LEAST_PART} and at most 1"
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


def _progress(splits: Sequence[Split]) -> Progress | None:
    """A line on standard error that tells how far the run is, where a person sees it."""
    if not sys.stderr.isatty():
        return None
    began = time.monotonic()
    files = all(map(in_bytes, splits))

    def told(done: int, whole: int, summary: Summary) -> None:
        failing = sum(
            hits.count
            for pair in summary.pairs.values()
            for outcome, hits in pair.outcomes.items()
            if outcome in FAILING
        )
        spent = time.monotonic() - began
        left = f", {_spent(spent * (whole - done) / done)} left" if 0 < done < whole else ""
        amount = f"{done / 1e6:,.0f} of {whole / 1e6:,.0f} MB, " if files else ""
        line = f"{done / whole:4.0%}  {amount}{counted(summary.events, 'event')}, {counted(failing, 'failure')}{left}"
        sys.stderr.write(f"\r{line:<78}" + ("\n" if done >= whole else ""))
        sys.stderr.flush()

    return told


def _spent(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
