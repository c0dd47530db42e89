"""The causes of an incompatible pair, one after the other.

The engine gives an event that the reader refuses; the reader's validator says at which keyword. That keyword is a
cause: the event breaks it whatever else stands in the schema. It is mended, the engine is asked again, and so on, until
no event is refused any more (then the list is complete, and the mends together are a proven fix) or the questions are
used up. So every error finding is fatal by construction, and none is found for a compatible pair.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from evtcompat.json_schema.walk.causes import Cause, causes
from evtcompat.json_schema.walk.limits import LIMIT_NAMERS
from evtcompat.json_schema.walk.members import MEMBER_NAMERS, counterpart
from evtcompat.json_schema.walk.naming import Named, Namer, Repair, Scene, name_open, name_other, open_to
from evtcompat.json_schema.walk.parts import Side
from evtcompat.json_schema.walk.patching import Operation, patched
from evtcompat.model.json_types import JSON
from evtcompat.model.mismatches import Fix
from evtcompat.model.places import Place, tokens

#: Questions to the engine for one pair, those about fixes included.
QUESTIONS = 12
_FOR_FIXES = 2

_NAMERS: Mapping[str, Namer] = {**LIMIT_NAMERS, **MEMBER_NAMERS}

#: Causes that an open place does not explain better: they say themselves that nothing was declared.
_OF_THE_OBJECT = ("additionalProperties", "unevaluatedProperties", "propertyNames")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the engine says of a mended pair."""

    included: bool
    #: An event that the reader refuses, when the engine found one.
    event: JSON = None
    refuted: bool = False


#: Decides "this reader value reads that writer value".
Ask = Callable[[JSON, JSON], Asked]
#: The side that a changed value makes; ``None`` when it is no schema any more.
Load = Callable[[JSON], Side | None]


@dataclass(frozen=True, slots=True)
class Explained:
    """One cause, with the event that showed it and the fixes that were proven."""

    named: Named
    event: JSON
    reader_fix: Fix | None = None
    writer_fix: Fix | None = None


def name(scene: Scene) -> Iterator[Named]:
    """The cause under its rule or rules; a combination is entered where one of its branches is meant."""
    cause = scene.cause
    if cause.branches:
        inner = counterpart(cause)
        if inner:
            for one in inner:
                yield from name(replace(scene, cause=one))
            return
    if open_to(scene) and cause.keyword not in _OF_THE_OBJECT:
        yield from name_open(scene)
        return
    yield from _NAMERS.get(cause.keyword, name_other)(scene)


def named_causes(reader: Side, writer: Side, event: JSON, *, lenient: bool) -> tuple[Named, ...]:
    """Why the reader refuses an event of the writer, each cause once."""
    found: dict[tuple[object, ...], Named] = {}
    for cause in causes(reader, event, lenient=lenient):
        for one in name(Scene(cause, reader, writer, event)):
            found.setdefault(key_of(one), one)
    return tuple(found.values())


def key_of(one: Named) -> tuple[object, ...]:
    """Equal for two causes that are one finding."""
    return one.rule, one.reader.origin, one.reader.pointer, one.facts.get("property")


class Explanation:
    """The loop over the causes of one pair."""

    def __init__(self, reader: Side, writer: Side, ask: Ask, load: Load, *, lenient: bool, fixes: bool) -> None:
        self._reader = reader
        self._writer = writer
        self._ask = ask
        self._load = load
        self._lenient = lenient
        self._fixes = fixes
        self._questions = QUESTIONS - (_FOR_FIXES if fixes else 0)
        #: By key; the operations are those that took the cause out of the way.
        self._found: dict[tuple[object, ...], tuple[Explained, tuple[Operation, ...], Repair | None]] = {}
        self._moves: list[tuple[str, str]] = []
        #: Whether the reader as mended reads every event.
        self.complete = False

    def run(self, event: JSON) -> tuple[Explained, ...]:
        """The causes, starting from an event that the reader refuses; empty when none could be named."""
        side, value = self._reader, self._reader.schema.value
        while True:
            fresh = self._take(named_causes(side, self._writer, event, lenient=self._lenient), event)
            operations = [operation for one in fresh for operation in one]
            mended = self._mended(value, operations)
            if mended is None or self._questions == 0:
                break
            self._questions -= 1
            asked = self._ask(mended, self._writer.schema.value)
            self.complete = asked.included
            loaded = self._load(mended) if asked.refuted else None
            if loaded is None:
                break
            side, value, event = loaded, mended, asked.event
        found = [one for one, _, _ in self._found.values()]
        return tuple(self._with_fixes(found) if self._fixes and self.complete else found)

    def _take(self, named: Iterable[Named], event: JSON) -> list[tuple[Operation, ...]]:
        """Keeps what is new, and returns what takes each cause out of the way."""
        reliefs: list[tuple[Operation, ...]] = []
        for one in named:
            key = key_of(one)
            known = self._found.get(key)
            if known is None:
                repair = one.reader_repair if one.relief is not None else None
                relief = repair.operations if repair else one.relief or ()
                self._found[key] = Explained(self._original(one), event), relief, repair
            elif known[2] is not None and one.relief is not None:
                # The repair did not help: take the keyword away instead, and show no repair.
                relief = one.relief
                self._found[key] = known[0], relief, None
            else:
                continue
            reliefs.append(relief)
        return reliefs

    def _mended(self, value: JSON, operations: list[Operation]) -> JSON:
        """The reader after the operations, the last of a list first; ``None`` when nothing changes."""
        if not operations:
            return None
        for operation in sorted(operations, key=_position, reverse=True):
            try:
                value = patched(value, (operation,))
            except LookupError:
                continue  # another operation has taken the place away
            if operation["op"] == "move":
                self._moves.append((str(operation["path"]), str(operation["from"])))
        return value

    def _original(self, one: Named) -> Named:
        """The cause with its pointer into the reader as it was written, before anything was mended."""
        pointer = one.reader.pointer
        for moved, source in reversed(self._moves):
            if pointer == moved or pointer.startswith(f"{moved}/"):
                pointer = source + pointer[len(moved) :]
        head, _, last = pointer.rpartition("/")
        if head.endswith("/required") and last.isdigit() and one.reader.origin is None:
            required = _at(self._reader.schema.value, head)
            if isinstance(required, list) and one.facts.get("property") in required:
                pointer = f"{head}/{required.index(str(one.facts['property']))}"
        return replace(one, reader=replace(one.reader, pointer=pointer))

    def _with_fixes(self, found: list[Explained]) -> list[Explained]:
        """The causes with their fixes: the reader's were proven by the loop, the writer's are proven here."""
        fixed = [
            replace(one, reader_fix=Fix(repair.text, "reader", repair.operations) if repair else None)
            for one, _, repair in self._found.values()
        ]
        if not any(one.named.writer_repair for one in found):
            return fixed
        writer = self._writer.schema.value
        reader: JSON = self._reader.schema.value
        try:
            for one, relief, _ in self._found.values():
                if one.named.writer_repair:
                    writer = patched(writer, one.named.writer_repair.operations)
                else:
                    reader = patched(reader, relief)
        except LookupError:
            return fixed
        if not self._ask(reader, writer).included or not self._ask({"not": {}}, writer).refuted:
            return fixed
        return [
            replace(one, writer_fix=Fix(repair.text, "writer", repair.operations))
            if (repair := one.named.writer_repair)
            else one
            for one in fixed
        ]


def _position(operation: Operation) -> tuple[tuple[int, str], ...]:
    return tuple((int(step) if step.isdigit() else -1, step) for step in tokens(str(operation["path"])))


def _at(value: JSON, pointer: str) -> JSON:
    for step in tokens(pointer):
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and step.isdigit() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
    return value


def first_cause(reader: Side, event: JSON) -> Cause | None:
    """The first thing that the reader's validator says against an event, if it says anything."""
    return next(iter(causes(reader, event, lenient=False)), None)


def refused(cause: Cause | None) -> Named:
    """The fallback: an event is refused, and no difference of structure was found that explains it."""
    place = cause.part.place(*((cause.keyword,) if cause.keyword else ()), names=cause.names) if cause else Place()
    facts = {"where": f"`{place.names}`" if place.names else "the event", "keyword": cause.keyword if cause else ""}
    return Named("instance-refused", place, Place(), facts, None)
