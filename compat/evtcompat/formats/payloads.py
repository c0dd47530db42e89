"""`Payloads`: what a schema language knows about events on a topic, asked of one schema.

Payloads are written, framed, decoded and broken here and nowhere else: a matrix, fixtures and an exercise handle bytes
whose meaning only the format knows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from evtcompat.dataclasses import dataclass
from evtcompat.errors import UncheckedError
from evtcompat.model.readings import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from evtcompat.formats.encodings import Encoding
    from evtcompat.model.json_types import JSON
    from evtcompat.model.readings import Reading


class PayloadError(UncheckedError):
    """A payload cannot be written or read under a schema; the message is the decoder's.

    Attributes:
        refused: The decoder said so; otherwise it was never asked, because asking would be dangerous.
    """

    refused = True


@dataclass(frozen=True, slots=True)
class Generated:
    """A payload that was made to cover a part of its schema."""

    #: What is special about it, as a phrase.
    label: str
    #: Every boundary that it is the first to cover.
    covers: tuple[str, ...]
    body: bytes


class Covering(list[Generated]):
    """The payloads of one schema, where there may be more to cover.

    Attributes:
        uncovered: Boundaries that are known, and that none of them covers.
        stopped: The steps for payloads were spent before all boundaries were known.
    """

    def __init__(self, made: Iterable[Generated] = (), uncovered: int = 0, *, stopped: bool = False) -> None:
        super().__init__(made)
        self.uncovered = uncovered
        self.stopped = stopped


@dataclass(frozen=True, slots=True)
class PoisonMessage:
    """A whole message that is meant to be readable by nobody."""

    name: str
    #: What is wrong with it, as a phrase.
    label: str
    body: bytes
    content_type: str
    #: The schema that it was written with, when that is none of the subject's versions.
    schema: JSON = None

    def __hash__(self) -> int:
        """By name and bytes."""
        return hash((self.name, self.body))


class Container(Protocol):
    """Many payloads of one schema in one file."""

    @property
    def suffix(self) -> str:
        """Of such files: ``.avro``."""
        ...

    def write(self, bodies: Iterable[bytes]) -> bytes:
        """The file with these payloads; the same payloads give the same bytes."""
        ...

    def read(self, data: bytes) -> list[bytes]:
        """The payloads in a file, in order.

        Raises:
            PayloadError: It is no such file, or does not hold what it says.
        """
        ...


class Payloads(Protocol):
    """The payloads of one schema: written with it, and read with it.

    What has a body here serves a format whose only encoding is the bare one, and that knows nothing of poison.
    """

    @property
    def content(self) -> str:
        """SHA-256 of what the schema means to a decoder, in hexadecimal."""
        ...

    @property
    def container(self) -> Container | None:
        """How many payloads are put into one file; ``None`` where that is not done."""
        return None

    def generate(self, seed: int) -> Sequence[Generated]:
        """A small set of payloads that covers the boundaries of the schema; the same seed gives the same bytes.

        Each is valid for this schema by the decoder or validator. A `Covering` says what there would be beside.
        """
        ...

    def decode(self, body: bytes) -> object:
        """The value that a payload of this very schema carries, as JSON shows it.

        Raises:
            PayloadError: It is not valid for the schema.
        """
        ...

    def read(self, writer: Payloads, body: bytes) -> Reading:
        """What a reader with this schema makes of a payload that was written with `writer`, of the same format.

        Raises:
            PayloadError: The decoder cannot be asked; what it refuses is a reading.
        """
        ...

    def frame(self, encoding: Encoding, body: bytes, schema_id: int) -> bytes:  # noqa: ARG002 - the bare encoding
        """A payload in one of the format's encodings.

        Raises:
            ValueError: The encoding carries the schema id, and has no room for this one.
        """
        return body

    def unframe(self, encoding: Encoding, data: bytes) -> tuple[int, bytes]:
        """What an encoding with a mark says before the payload, and the payload.

        Raises:
            PayloadError: The bytes do not begin with that mark.
        """
        message = f"{len(data)} bytes are not in the encoding {encoding.name}"
        raise PayloadError(message)

    def poison(self, body: bytes, schema_id: int, newer_id: int) -> Iterable[PoisonMessage]:  # noqa: ARG002 - none
        """Messages that should be readable by no consumer with this schema. Several of one name: the first that works.

        Args:
            body: A payload of this schema, from which they are made.
            schema_id: The registry's id of this schema.
            newer_id: An id for the schema of a message that brings one with it.
        """
        return ()

    def refusal(self, message: bytes, content_type: str, writer_of: Callable[[int], Payloads | None]) -> str | None:  # noqa: ARG002 - no header is read
        """Why a consumer with this schema cannot read a message; ``None`` when it can.

        Args:
            message: Framed as messages of a topic usually are.
            content_type: What its header says.
            writer_of: What the consumer's registry has under a schema id.
        """
        reading = self.read(self, message)
        return reading.said if reading.outcome is Outcome.REFUSED else None
