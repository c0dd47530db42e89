"""The causes of an incompatible pair, one after the other.

The engine gives an event that the reader refuses; the reader's validator says at which keyword. That keyword is a
cause: the event breaks it whatever else stands in the schema. It is mended, the engine is asked again, and so on, until
no event is refused any more (then the list is complete, and the mends together are a proven fix) or the questions are
used up. So every error finding is fatal by construction, and none is found for a compatible pair.

An event may break more than it was found for. Each finding is shown with one that breaks nothing else, where there is
such an event (`apart`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from evtcompat.formats.json_schema.validate.validator import ValidatorFailedError
from evtcompat.formats.json_schema.walk.causes import Cause, causes
from evtcompat.formats.json_schema.walk.changed import Changed
from evtcompat.formats.json_schema.walk.limits import LIMIT_NAMERS
from evtcompat.formats.json_schema.walk.members import MEMBER_NAMERS, counterpart, name_property_names
from evtcompat.formats.json_schema.walk.naming import (
    Named,
    Namer,
    Repair,
    Scene,
    name_open,
    name_other,
    open_to,
    refused_at,
)
from evtcompat.formats.json_schema.walk.parts import Side
from evtcompat.formats.json_schema.walk.patching import Operation, patched
from evtcompat.formats.json_schema.walk.sweeping import AskPart, swept
from evtcompat.formats.json_schema.walk.views import Seen
from evtcompat.formats.json_schema.walk.wording import where
from evtcompat.model.json_types import JSON
from evtcompat.model.mismatches import Fix
from evtcompat.model.places import Place, tokens

#: Questions to the engine about a pair: so many one after the other, and so many after a sweep over the rest.
_ONE_BY_ONE = 7
_AT_LAST = 24

_NAMERS: Mapping[str, Namer] = {**LIMIT_NAMERS, **MEMBER_NAMERS}

#: Causes that an open place does not explain better: they say themselves that nothing was declared.
_OF_THE_OBJECT = ("additionalProperties", "unevaluatedProperties", "propertyNames")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the engine says of a mended pair."""

    included: bool
    #: Whether it is included only because the writer produces nothing.
    vacuous: bool = False
    #: An event that the reader refuses, when the engine found one.
    event: JSON = None
    refuted: bool = False


#: Decides "this reader reads that writer".
Ask = Callable[[Changed, Changed], Asked]
#: Whether the writer may produce an event that the reader refuses, as the policy reads both.
Breaks = Callable[[JSON], bool]
#: Finds an event of the writer that the reader refuses as it was written, and accepts as changed; tells whether it did.
Alone = Callable[[Changed], tuple[bool, JSON]]
#: The side that changed documents make.
Load = Callable[[Changed], Side]


@dataclass(frozen=True, slots=True)
class Explained:
    """One cause, with an event that shows it, alone where there is such an event, and the fixes that were proven."""

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
    if cause.by == "propertyNames":
        yield from name_property_names(scene)
        return
    if open_to(scene) and cause.keyword not in _OF_THE_OBJECT:
        yield from name_open(scene)
        return
    yield from _NAMERS.get(cause.keyword, name_other)(scene)


def named_causes(reader: Side, writer: Side, event: JSON, *, lenient: bool) -> tuple[Named, ...]:
    """Why the reader refuses an event of the writer, each cause once."""
    found: dict[tuple[object, ...], Named] = {}
    known: Seen = {}
    for cause in causes(reader, event, lenient=lenient):
        for one in name(Scene(cause, reader, writer, event, known)):
            found.setdefault(key_of(one), one)
    return tuple(found.values())


def key_of(one: Named) -> tuple[object, ...]:
    """Equal for two causes that are one finding."""
    branch = one.writer.pointer if one.rule == "branch-removed" else ""
    return one.rule, one.reader.origin, one.reader.pointer, one.facts.get("property"), branch


@dataclass(frozen=True, slots=True)
class Questions:
    """How the engine is asked; the steps are counted there."""

    ask: Ask
    ask_part: AskPart
    load: Load
    breaks: Breaks
    alone: Alone


@dataclass(frozen=True, slots=True)
class _Known:
    """A cause that was found."""

    explained: Explained
    #: What took it out of the way.
    relief: tuple[Operation, ...]
    #: The repair, where the relief is one.
    repair: Repair | None
    #: Whether it was named with nothing mended.
    written: bool


class Explanation:
    """The loop over the causes of one pair."""

    def __init__(self, reader: Side, writer: Side, questions: Questions, *, lenient: bool, shown: bool) -> None:
        self._reader = reader
        self._writer = writer
        self._questions = questions
        self._lenient = lenient
        #: Whether events and fixes are shown.
        self._shown = shown
        self._found: dict[tuple[object, ...], _Known] = {}
        self._moves: list[tuple[str | None, str, str]] = []
        #: The causes of events against the reader as it was written, by identity; with the event, so that no identity
        #: is used again.
        self._named: dict[int, tuple[JSON, tuple[Named, ...]]] = {}
        #: The reader with all causes mended so far.
        self._mended = Changed(reader, {})
        #: Whether the reader as mended reads every event.
        self.complete = False

    def run(self, event: JSON) -> tuple[Explained, ...]:
        """The causes, starting from an event that the reader refuses; empty when none could be named."""
        if self._mend(self._reader, event) and self._follow(_ONE_BY_ONE):
            # Too many to be found one after the other.
            for other in swept(self._reader, self._writer, event, self._questions.ask_part):
                if self._questions.breaks(other):
                    self._mend(self._reader, other)
            self._follow(_AT_LAST)
        known = [one for one in map(self._as_written, self._found.values()) if one is not None]
        if not self._shown:
            return tuple(one.explained for one in known)
        told = [one.explained for one in known]
        if self.complete:
            # Where mending itself brought about a cause, the reader's repairs are proven together with one more only.
            told = list(self._with_fixes(known, reader=len(known) == len(self._found)))
        return tuple(map(self._alone, told))

    def _alone(self, one: Explained) -> Explained:
        """The cause with an event that is refused for it alone, where there is one; else with its own."""
        named = one.named
        if len(self._named_as_written(one.event)) == 1 or named.relief is None:
            return one
        try:
            relieved = Changed(self._reader, {}).patched(named.relief, named.reader.origin)
        except LookupError:
            return one
        found, event = self._questions.alone(relieved)
        try:
            said = self._named_as_written(event) if found else ()
        except ValidatorFailedError:
            return one
        if len(said) != 1 or not _same_finding(said[0], named):
            return one
        return replace(one, event=event, named=replace(named, said=said[0].said))

    def _follow(self, questions: int) -> bool:
        """Asks, names and mends so many times; whether there may be more to find."""
        for _ in range(questions):
            asked = self._questions.ask(self._mended, Changed(self._writer, {}))
            self.complete = asked.included
            if not asked.refuted or not self._mend(self._questions.load(self._mended), asked.event):
                return False
        return True

    def _mend(self, side: Side, event: JSON) -> bool:
        """Names why `side` refuses an event, and mends the reader there; whether anything new was mended."""
        written = side is self._reader
        named = (
            self._named_as_written(event) if written else named_causes(side, self._writer, event, lenient=self._lenient)
        )
        operations = [
            (operation, one.explained.named.reader.origin)
            for one in self._take(named, event, written=written)
            for operation in one.relief
        ]
        for operation, origin in sorted(operations, key=_position, reverse=True):
            try:
                self._mended = self._mended.patched((operation,), origin)
            except LookupError:
                continue  # another operation has taken the place away
            if operation["op"] == "move":
                self._moves.append((origin, str(operation["path"]), str(operation["from"])))
        return bool(operations)

    def _as_written(self, known: _Known) -> _Known | None:
        """A cause as it shows against the reader as it was written; ``None`` when only mending brought it about."""
        one = known.explained
        if known.written:
            return known
        for other in self._named_as_written(one.event):
            if key_of(other) == key_of(one.named):
                return replace(known, explained=replace(one, named=other))
        return None

    def _named_as_written(self, event: JSON) -> tuple[Named, ...]:
        """Why the reader as it was written refuses an event."""
        known = self._named.get(id(event))
        if known is None:
            found = named_causes(self._reader, self._writer, event, lenient=self._lenient)
            known = self._named[id(event)] = event, found
        return known[1]

    def _take(self, named: Iterable[Named], event: JSON, *, written: bool) -> list[_Known]:
        """Keeps what is new, and returns it."""
        taken: list[_Known] = []
        for one in map(self._original, named):
            key = key_of(one)
            known = self._found.get(key)
            if known is None:
                repair = one.reader_repair if one.relief is not None else None
                relief = repair.operations if repair else one.relief or ()
                self._found[key] = _Known(Explained(one, event), relief, repair, written)
            elif known.repair is not None and one.relief is not None:
                # The repair did not help: take the keyword away instead, and show no repair.
                self._found[key] = replace(known, relief=one.relief, repair=None)
            else:
                continue
            taken.append(self._found[key])
        return taken

    def _original(self, one: Named) -> Named:
        """The cause with its pointer into the reader as it was written, before anything was mended."""
        pointer = one.reader.pointer
        for origin, moved, source in reversed(self._moves):
            if origin == one.reader.origin and (pointer == moved or pointer.startswith(f"{moved}/")):
                pointer = source + pointer[len(moved) :]
        head, _, last = pointer.rpartition("/")
        if head.endswith("/required") and last.isdigit():
            required = _at(self._reader.document(one.reader.origin), head)
            if isinstance(required, list) and one.facts.get("property") in required:
                pointer = f"{head}/{required.index(str(one.facts['property']))}"
        return replace(one, reader=replace(one.reader, pointer=pointer))

    def _with_fixes(self, known: list[_Known], *, reader: bool) -> Iterator[Explained]:
        """The causes with their fixes: the reader's were proven by the loop, the writer's are proven here."""
        proven = self._writer_is_mended(known)
        for one in known:
            named = one.explained.named
            ours = self._fix(self._reader, "reader", named.reader_repair, named.reader.origin) if reader else None
            theirs = named.writer_repair if proven else None
            yield replace(
                one.explained,
                reader_fix=ours if one.repair else None,
                writer_fix=self._fix(self._writer, "writer", theirs, theirs.origin) if theirs else None,
            )

    def _fix(self, side: Side, word: str, repair: Repair | None, origin: str | None) -> Fix | None:
        """The repair as it is shown; ``None`` if it carries words of one draft to another that has none for them."""
        if repair is None:
            return None
        if origin is not None:
            # No edit of the document that is compared.
            return Fix(_sentence(f"{repair.text} in {origin}"), word)
        same = self._reader.schema.dialect is self._writer.schema.dialect
        if not same and not side.is_schema(patched(side.schema.value, repair.operations)):
            return None
        return Fix(_sentence(repair.text), word, repair.operations)

    def _writer_is_mended(self, known: list[_Known]) -> bool:
        """Whether the writer's repairs, with the reader's where the writer has none, make the pair compatible."""
        writer, reader = Changed(self._writer, {}), Changed(self._reader, {})
        repairs = [repair for one in known if (repair := one.explained.named.writer_repair)]
        if not repairs or _conflict(repairs):
            return False
        try:
            for one in known:
                repair = one.explained.named.writer_repair
                if repair is not None:
                    writer = writer.patched(repair.operations, repair.origin)
                else:
                    reader = reader.patched(one.relief, one.explained.named.reader.origin)
        except LookupError:
            return False
        ask = self._questions.ask
        asked = ask(reader, writer)
        if not asked.included or asked.vacuous:
            return False
        # Equal documents are included without a look at what they admit, which may be nothing.
        nothing = Changed(self._reader, {None: {"not": {}}})
        return reader.value() != writer.value() or ask(nothing, writer).refuted


def _same_finding(one: Named, other: Named) -> bool:
    """Whether two causes are told in the same words of the same places."""
    return (one.rule, one.reader, one.writer, one.facts) == (other.rule, other.reader, other.writer, other.facts)


def _conflict(repairs: Iterable[Repair]) -> bool:
    """Whether one of them would undo another: they say different things at one place."""
    said: dict[tuple[str | None, object], Operation] = {}
    return any(
        said.setdefault((repair.origin, operation["path"]), operation) != operation
        for repair in repairs
        for operation in repair.operations
        if not str(operation["path"]).endswith("/-")
    )


def _position(located: tuple[Operation, str | None]) -> tuple[tuple[int, str], ...]:
    return tuple((int(step) if step.isdigit() else -1, step) for step in tokens(str(located[0]["path"])))


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


def refused(cause: Cause | None, said: str) -> Named:
    """The fallback: an event is refused, and no difference of structure was found that explains it."""
    place = cause.part.place(*((cause.keyword,) if cause.keyword else ()), names=cause.names) if cause else Place()
    facts = refused_at(cause, where(place.names))
    return Named("instance-refused", place, Place(), facts, None, said=cause.messages[0] if cause else said)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
