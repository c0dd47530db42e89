"""From what the configuration says of a service to what is exercised."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from typing import TypeVar

from evtcompat.config.exercise import ExerciseSettings
from evtcompat.config.values import near
from evtcompat.dataclasses import replace
from evtcompat.errors import UsageError
from evtcompat.exercise.consumers import ConsumerSpec, Origin
from evtcompat.exercise.probes import ProbeSettings
from evtcompat.exercise.service_stage import PLACEHOLDERS, WORD
from evtcompat.exercise.services import ServiceSpec

_T = TypeVar("_T")

_FIELDS = {"start-within": "start_within", "within": "within", "stop-within": "stop_within", "still": "still"}


def service_spec(name: str, settings: ExerciseSettings, *, topics: tuple[str, ...] = ()) -> ServiceSpec:
    """The service of that name.

    Args:
        name: The service.
        settings: What the configuration says.
        topics: The topics of the chain that it is a part of: ``{output:approvals}``.

    Raises:
        UsageError: The configuration describes none, or names something in braces that there is not.
    """
    found = described(settings.services, "service", name)
    spec = ServiceSpec(
        name=name,
        commands=found.commands,
        variables=found.variables,
        inherits=found.inherits,
        ready=found.ready,
        stop=signal.Signals[found.stop],
        before=found.before,
        database=found.database,
        group=found.group,
        registry=found.registry,
        redrive=found.redrive,
        correlation=found.correlation,
        probe=ProbeSettings(*found.probe, found.query),
    )
    if not topics and not found.probe[0]:
        message = f"[exercise.services.{name}]: nothing shows the effect of it alone"
        raise UsageError(message, hint="Give it a `probe`, or use it with --chain.")
    _only_known_words(spec, topics)
    return replace(spec, **{_FIELDS[key]: seconds for key, seconds in found.seconds.items()})  # type: ignore[arg-type]  # names and types are those of the table


def _only_known_words(spec: ServiceSpec, topics: tuple[str, ...]) -> None:
    """Nothing in braces that is never filled in: a typing error would reach the service as it stands."""
    texts = [*spec.variables.values(), *spec.before, spec.ready, spec.probe.what, spec.probe.query]
    texts += [word for words in spec.commands.values() for word in words]
    for text in texts:
        for word, topic in WORD.findall(text):
            if topic and (word != "output" or topic not in topics):
                message = f"[exercise.services.{spec.name}]: nothing is called {{{word}:{topic}}} in {text!r}"
                hint = (
                    f"Known here: {', '.join(f'{{output:{one}}}' for one in topics)}"
                    if topics
                    else "Use it with --chain."
                )
                raise UsageError(message, hint=hint)
            if word not in PLACEHOLDERS:
                message = f"[exercise.services.{spec.name}]: nothing is called {{{word}}} in {text!r}"
                meant = near(word, sorted(PLACEHOLDERS))
                known = f"Known: {', '.join(sorted(PLACEHOLDERS))}."
                raise UsageError(message, hint=f"Did you mean {{{meant}}}?" if meant else known)


def service_consumers(name: str, settings: ExerciseSettings) -> tuple[ConsumerSpec, ...]:
    """The old and the new service, or the one that there is, with where the code of each comes from."""
    found = described(settings.services, "service", name)
    specs = []
    for role in found.commands:
        word, _, where = found.origins.get(role, "here:").partition(":")
        specs.append(ConsumerSpec(role, name, Origin(word), where))
    return tuple(specs)


def described(table: Mapping[str, _T], kind: str, name: str) -> _T:
    """What the configuration says of a service or a chain.

    Args:
        table: What it says of each, by name.
        kind: What the option and the messages call it: ``service``.
        name: Its name, as a person wrote it.

    Raises:
        UsageError: The configuration describes none of that name.
    """
    found = table.get(name)
    if found is not None:
        return found
    meant = near(name, table)
    known = f"Known: {', '.join(table) or 'none'}; docs/exercise.md shows how."
    message = f"--{kind} {name}: the configuration describes no such {kind}"
    raise UsageError(message, hint=f"Did you mean {meant}?" if meant else known)
