"""Sequences: orders in which the payloads of a subject may arrive, as data for tests of consumers. Pure."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

from evtcompat.dataclasses import dataclass
from evtcompat.model.histories import version_name
from evtcompat.payloads.cases import Payload

#: Events in a burst, and the keys that they are spread over.
BURST: Final = 20
KEYS: Final = 3


@dataclass(frozen=True, slots=True)
class Event:
    """One delivery. The same event id twice is the same event twice."""

    #: The path of the payload below the folder, without a suffix: ``v1/01-smallest`` or ``poison/truncated``.
    payload: str
    event_id: str
    key: str


@dataclass(frozen=True, slots=True)
class DeliverySequence:
    """A named order of deliveries."""

    name: str
    #: What a consumer is held to, as a phrase.
    label: str
    events: tuple[Event, ...]


def sequences(
    subject: str,
    payloads: Mapping[str, Sequence[Payload]],
    poison: Sequence[str],
    folders: Mapping[str, str],
    seed: int,
) -> tuple[DeliverySequence, ...]:
    """The sequences of a subject; event ids depend on subject, seed and place only.

    Args:
        subject: Enters the event ids.
        payloads: By version, the oldest first; versions without a payload are passed over.
        poison: The names of poison payloads.
        folders: The folder of each version.
        seed: Enters the event ids.
    """
    good = {
        label: [f"{folders[label]}/{one.name}" for one in found if one.witness is None]
        for label, found in payloads.items()
    }
    labels = [label for label, names in good.items() if names]
    if not labels:
        return ()
    maker = _Maker(subject, seed)
    newest = labels[-1]
    found = [maker.sequence("twice", "the same event twice, under one event id", [good[newest][0]] * 2, same=True)]
    for older, newer in pairwise(labels):
        old, new = good[older], good[newer]
        words = (version_name(older), version_name(newer))
        trio = [old[0], new[0], old[1 % len(old)]]
        mixed = f"{words[0]}-{words[1]}-{words[0]}"
        found.append(maker.sequence(mixed, "two producers while a deployment is under way", trio))
        found.append(
            maker.sequence(f"{words[1]}-before-{words[0]}", "the newer version arrives first", [new[0], old[0]])
        )
    if poison:
        line = [good[newest][0]]
        for index, pill in enumerate(poison, 1):
            line += [f"poison/{pill}", good[newest][index % len(good[newest])]]
        found.append(maker.sequence("poison-between", "good events around each poison pill are all handled", line))
    burst = [good[newest][index % len(good[newest])] for index in range(BURST)]
    found.append(maker.sequence("burst", f"{BURST} events over {KEYS} keys, in order by key", burst, keys=KEYS))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Maker:
    subject: str
    seed: int

    def sequence(
        self, name: str, label: str, payloads: Sequence[str], *, same: bool = False, keys: int = 1
    ) -> DeliverySequence:
        events = tuple(
            Event(payload, self._id(name, 0 if same else index), f"{self.subject}-{index % keys + 1}")
            for index, payload in enumerate(payloads)
        )
        return DeliverySequence(name, label, events)

    def _id(self, name: str, index: int) -> str:
        text = "\x1f".join((str(self.seed), self.subject, name, str(index)))
        return str(uuid.UUID(bytes=hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16], version=4))
