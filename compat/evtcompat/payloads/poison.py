"""Poison: messages that no consumer of a subject can read, each tried on the real decoder before it is called so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from evtcompat.dataclasses import dataclass
from evtcompat.formats.payloads import PoisonMessage
from evtcompat.formats.wire import UNKNOWN_ID
from evtcompat.payloads.cases import Matrix

if TYPE_CHECKING:
    from evtcompat.formats.payloads import Payloads
    from evtcompat.payloads.matrix import ParsedSubject


@dataclass(frozen=True, slots=True)
class Poison:
    """One message that must end in the dead-letter queue."""

    message: PoisonMessage
    #: What the decoder, or the framing, said of it.
    said: str

    @property
    def name(self) -> str:
        """The message's name, unique in its subject."""
        return self.message.name


def poison(parsed: ParsedSubject, matrix: Matrix, ids: Mapping[str, int]) -> tuple[Poison, ...]:
    """The poison of a subject, made from a payload of the newest version that has any.

    Each is one that this version refuses; what turned out readable is left out.
    """
    labels = [label for label in parsed.subject.labels if matrix.payloads[label]]
    if not labels:
        return ()
    newest = labels[-1]
    payload = max(matrix.payloads[newest], key=lambda one: (one.witness is None, len(one.body)))
    found: dict[str, Poison] = {}
    for message in parsed.payloads[newest].poison(payload.body, ids[newest], max(ids.values()) + 1):
        said = refusal(parsed, newest, ids, message)
        if said is not None and message.name not in found:
            found[message.name] = Poison(message, said)
    return tuple(found.values())


def refusal(parsed: ParsedSubject, reader: str, ids: Mapping[str, int], message: PoisonMessage) -> str | None:
    """Why a consumer with the reader's schema cannot read a message; ``None`` when it can.

    Args:
        parsed: The subject.
        reader: The consumer's version.
        ids: The schema ids that the consumer's registry knows. A schema that comes with the message stands there under
            every id but `UNKNOWN_ID`.
        message: The message.
    """
    own = None if message.schema is None else parsed.payloads_of(message.schema)
    labels = {schema_id: label for label, schema_id in ids.items()}

    def writer_of(schema_id: int) -> Payloads | None:
        if own is not None and schema_id != UNKNOWN_ID:
            return own
        label = labels.get(schema_id)
        return None if label is None else parsed.payloads[label]

    return parsed.payloads[reader].refusal(message.body, message.content_type, writer_of)
