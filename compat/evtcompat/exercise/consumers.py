"""How a consumer is named on the command line: `package.module:callable`, and where its code comes from."""

from __future__ import annotations

import re
from enum import Enum

from evtcompat.dataclasses import dataclass
from evtcompat.errors import UsageError


class Origin(Enum):
    """Where a consumer's code comes from. ``value`` is the word before the colon."""

    HERE = "here"
    VENV = "venv"
    GIT = "git"
    WHEEL = "wheel"


@dataclass(frozen=True, slots=True)
class ConsumerSpec:
    """A consumer as it was asked for."""

    #: ``old`` or ``new``.
    role: str
    #: ``package.module:callable``.
    target: str
    origin: Origin = Origin.HERE
    #: The environment's folder, the git ref, or the wheel's path.
    where: str = ""
    #: The interpreter to use instead of the one that the origin implies.
    python: str | None = None

    @property
    def name(self) -> str:
        """As a person wrote it."""
        return self.target if self.origin is Origin.HERE else f"{self.target}@{self.origin.value}:{self.where}"


_TARGET = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*(\.[^\W\d]\w*)*")
_EXPECTED = "expected package.module:callable, or that with @venv:FOLDER, @git:REF or @wheel:FILE behind it"


def parse_consumer(role: str, text: str, *, python: str | None = None) -> ConsumerSpec:
    """The consumer that `text` names.

    Raises:
        UsageError: It is no such name; the message says what is expected.
    """
    target, at, source = text.partition("@")
    if not _TARGET.fullmatch(target):
        message = f"--{role} {text}: {target!r} does not name a callable"
        raise UsageError(message, hint=_EXPECTED)
    if not at:
        return ConsumerSpec(role, target, python=python)
    word, _, where = source.partition(":")
    origins = {origin.value: origin for origin in Origin if origin is not Origin.HERE}
    if word not in origins or not where:
        message = f"--{role} {text}: {source!r} does not say where the code comes from"
        raise UsageError(message, hint=_EXPECTED)
    return ConsumerSpec(role, target, origins[word], where, python)
