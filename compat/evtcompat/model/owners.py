"""Who writes and who reads a subject."""

from __future__ import annotations

from evtcompat.dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Owners:
    """Which services write and read a subject; either may be empty when nobody wrote it down."""

    producers: tuple[str, ...] = ()
    consumers: tuple[str, ...] = ()
    #: Those of the consumers that read it from the beginning.
    replays: tuple[str, ...] = ()

    def joined(self, other: Owners) -> Owners:
        """What both say, each service once."""
        return Owners(
            tuple(dict.fromkeys((*self.producers, *other.producers))),
            tuple(dict.fromkeys((*self.consumers, *other.consumers))),
            tuple(dict.fromkeys((*self.replays, *other.replays))),
        )

    @property
    def both(self) -> tuple[str, ...]:
        """The services that write it and read it."""
        return tuple(name for name in self.consumers if name in self.producers)

    @property
    def only_consumers(self) -> tuple[str, ...]:
        """The services that read it and do not write it."""
        return tuple(name for name in self.consumers if name not in self.producers)

    @property
    def only_producers(self) -> tuple[str, ...]:
        """The services that write it and do not read it."""
        return tuple(name for name in self.producers if name not in self.consumers)
