"""Compatibility levels, with the meaning that Confluent's registry gives them."""

from __future__ import annotations

from enum import Enum


class Direction(Enum):
    """Which side reads. BACKWARD: the candidate reads the baseline. FORWARD: the baseline reads the candidate."""

    BACKWARD = "backward"
    FORWARD = "forward"


_BOTH = (Direction.BACKWARD, Direction.FORWARD)


class Level(Enum):
    """A compatibility level; `directions` and `transitive` say what it asks for."""

    NONE = "NONE"
    BACKWARD = "BACKWARD"
    BACKWARD_TRANSITIVE = "BACKWARD_TRANSITIVE"
    FORWARD = "FORWARD"
    FORWARD_TRANSITIVE = "FORWARD_TRANSITIVE"
    FULL = "FULL"
    FULL_TRANSITIVE = "FULL_TRANSITIVE"

    @property
    def transitive(self) -> bool:
        """Whether every version of the history counts, and not only the latest."""
        return self.value.endswith("_TRANSITIVE")

    @property
    def directions(self) -> tuple[Direction, ...]:
        """The directions that must hold, backward first."""
        if self is Level.NONE:
            return ()
        word = self.value.removesuffix("_TRANSITIVE")
        return _BOTH if word == "FULL" else (Direction[word],)
