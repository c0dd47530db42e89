"""What the table ``[exercise]`` says, as values."""

from __future__ import annotations

from dataclasses import dataclass

from evtcompat.config.globs import names


@dataclass(frozen=True, slots=True)
class IntendedDifference:
    """A place at which the new consumer's effect is meant to be another one than the old consumer's."""

    #: Keys from the top of the effect: ``/*/total``.
    path: str
    reason: str
    #: Patterns; empty for every subject.
    subjects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ExerciseSettings:
    """What the configuration says about exercising consumers."""

    differences: tuple[IntendedDifference, ...] = ()

    def differences_of(self, subject: str) -> tuple[IntendedDifference, ...]:
        """The intended differences of a subject."""
        return tuple(one for one in self.differences if not one.subjects or names(one.subjects, subject))
