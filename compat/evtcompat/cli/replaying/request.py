"""What a person asked of `evtcompat replay`."""

from __future__ import annotations

from pathlib import Path

from evtcompat.dataclasses import dataclass
from evtcompat.model.verdicts import Policy


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
