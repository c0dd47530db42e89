"""Glue's names for compatibility, and what they are here.

Source: https://docs.aws.amazon.com/glue/latest/dg/schema-registry.html#schema-registry-compatibility
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from evtcompat.model.levels import Level
from evtcompat.registries.base import READWRITE, Compatibility

#: The word with which a schema takes no new version.
DISABLED: Final = "DISABLED"
#: What a schema is begun with, as AWS's own serializers begin one.
FIRST: Final = "BACKWARD"
_LEVELS: Final[Mapping[str, Level]] = {
    "NONE": Level.NONE,
    # takes no new version at all: what somebody would like to add is held against it as if all were asked for
    DISABLED: Level.FULL_TRANSITIVE,
    "BACKWARD": Level.BACKWARD,
    "BACKWARD_ALL": Level.BACKWARD_TRANSITIVE,
    "FORWARD": Level.FORWARD,
    "FORWARD_ALL": Level.FORWARD_TRANSITIVE,
    "FULL": Level.FULL,
    "FULL_ALL": Level.FULL_TRANSITIVE,
}


def compatibility_of(word: str) -> Compatibility | None:
    """What a word of Glue asks of new versions; ``None`` for one that it does not have."""
    level = _LEVELS.get(word)
    if level is None:
        return None
    return Compatibility(level, word=None if level.value == word else word)


def mode_of(word: str) -> str:
    """Whether a schema takes new versions: `READWRITE`, or Glue's word for a schema that does not."""
    return DISABLED if word == DISABLED else READWRITE
