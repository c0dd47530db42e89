"""Witnesses: a payload that the writer may produce and that goes wrong in the reader."""

from __future__ import annotations

from enum import Enum

from evtcompat.dataclasses import dataclass


class WitnessKind(Enum):
    """What happens to the payload."""

    #: A real decoder or validator was seen to raise.
    REFUSED = "refused"
    #: It decodes, to another meaning.
    MISREAD = "misread"
    #: The rules refuse it, the decoders tried here do not.
    RULE_ONLY = "rule-only"


@dataclass(frozen=True, slots=True)
class Witness:
    """A value that the writer schema allows, with its bytes, that goes wrong in the reader."""

    kind: WitnessKind
    #: The value as JSON shows it (bytes as Avro's JSON encoding writes them, logical types as their primitive).
    value: object
    #: The encoded value.
    payload: bytes
    #: ``avro-binary`` or ``json``.
    encoding: str
    #: The decoder or validator, with its version, that was seen to refuse or misread; ``""`` for `RULE_ONLY`.
    confirmed_by: str
    #: What the decoders tried said, or what was read instead of what was written.
    observed: str
    #: The member that the value lacks at the finding's place, where that is what goes wrong; ``""`` otherwise.
    lacks: str = ""
