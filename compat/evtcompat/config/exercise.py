"""What the table ``[exercise]`` says, as values."""

from __future__ import annotations

from collections.abc import Mapping

from evtcompat.config.globs import names
from evtcompat.dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class IntendedDifference:
    """A place at which the new consumer's effect is meant to be another one than the old consumer's."""

    #: Keys from the top of the effect: ``/*/total``.
    path: str
    reason: str
    #: Patterns; empty for every subject.
    subjects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceSettings:
    """A service that may be exercised: how it is started, and what shows its effect."""

    #: Role (``old``, ``new``) -> arguments; what stands in braces is filled in.
    commands: Mapping[str, tuple[str, ...]]
    #: Role -> ``git:REF`` or ``venv:FOLDER``, where its code is not the one here.
    origins: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    inherits: tuple[str, ...] = ()
    ready: str = ""
    stop: str = "SIGTERM"
    before: tuple[str, ...] = ()
    #: Host and port of the service's database.
    database: tuple[str, int] | None = None
    #: The consumer group of a service that makes its own.
    group: str = ""
    #: The URL of the schema registry; ``""`` for none, or a private one that knows the fixtures' schemas.
    registry: str = ""
    #: How often SQS hands a message out before it sets it aside; 0: never.
    redrive: int = 0
    #: ``traceparent``, the name of a header, or the place of a field: ``/order_id``.
    correlation: str = "traceparent"
    #: ``sql``, ``http``, ``file``, ``log`` or ``webhook``, and its URL, path or pattern.
    probe: tuple[str, str] = ("log", ".*")
    query: str = ""
    #: Seconds by ``start-within``, ``within``, ``stop-within``, ``still``; what is absent has its default.
    seconds: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StepSettings:
    """A service in a chain."""

    #: One of the services of the configuration.
    service: str
    takes: str
    sends: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ChainSettings:
    """Several services, and what is to come of an event."""

    steps: tuple[StepSettings, ...]
    #: Groups of topics, in order; within a group any order is right.
    expect: tuple[tuple[str, ...], ...]
    correlation: str = "traceparent"
    within: float | None = None


@dataclass(frozen=True, slots=True)
class ExerciseSettings:
    """What the configuration says about exercising consumers."""

    differences: tuple[IntendedDifference, ...] = ()
    services: Mapping[str, ServiceSettings] = field(default_factory=dict)
    chains: Mapping[str, ChainSettings] = field(default_factory=dict)

    def differences_of(self, subject: str) -> tuple[IntendedDifference, ...]:
        """The intended differences of a subject."""
        return tuple(one for one in self.differences if not one.subjects or names(one.subjects, subject))
