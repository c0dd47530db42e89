"""The search for the causes of one incompatible pair, one after the other.

The engine gives an event that the reader refuses; the reader's validator says at which keyword. That keyword is a
cause: the event breaks it whatever else stands in the schema. It is patched, the engine is asked again, and so on,
until no event is refused any more (then the list is complete, and the patches together are a proven fix) or the
questions are used up. So every error finding is fatal by construction, and none is found for a compatible pair.

An event may break more than it was found for. Each cause is shown with one that breaks nothing else, where there is
such an event (`isolate`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress

from evtcompat.dataclasses import replace
from evtcompat.formats.json_schema.algebra.readable import is_readable
from evtcompat.formats.json_schema.explain.batch import events_by_place
from evtcompat.formats.json_schema.explain.causes import Cause, FoundCause, KnownCauses
from evtcompat.formats.json_schema.explain.diagnose import Refusals, diagnosed
from evtcompat.formats.json_schema.explain.fixes import with_fixes
from evtcompat.formats.json_schema.explain.isolate import Isolation
from evtcompat.formats.json_schema.explain.patched import PatchedSchema
from evtcompat.formats.json_schema.explain.questions import PairQuestions
from evtcompat.formats.json_schema.explain.subschemas import SchemaIndex
from evtcompat.formats.json_schema.options import Options
from evtcompat.formats.json_schema.rules.diagnosis import Diagnosis
from evtcompat.formats.json_schema.validate.validator import ValidatorFailedError, patterns_disputed
from evtcompat.formats.json_schema.witness.check import WitnessCheck, otherwise_spelt
from evtcompat.model.json_types import JSON
from evtcompat.model.patches import Operation
from evtcompat.model.places import tokens
from evtcompat.model.pointers import document_order, found_at
from evtcompat.model.verdicts import Verdict

#: Questions to the engine about a pair: so many one after the other, and so many after a batch of the rest.
_ONE_BY_ONE = 7
_AT_LAST = 24
#: Diagnoses of one pair, after which no further event is looked for: one event may break a thousand rules.
_MOST_DIAGNOSES = 3_000
#: Questions about half of the causes, a quarter of them, ..., and the fewest that one is asked about.
_GROUPS = 8
_MANY = 6


class CauseSearch:
    """The search for one pair."""

    def __init__(
        self, refusals: Refusals, writer: SchemaIndex, options: Options, questions: PairQuestions, isolation: Isolation
    ) -> None:
        reader = refusals.reader
        self._refusals = refusals
        self._reader = reader
        self._writer = writer
        self._options = options
        self._questions = questions
        self._isolation = isolation
        self._lenient = options.lifted
        self._found: dict[tuple[object, ...], FoundCause] = {}
        #: Where patches moved something: the document, where it is now, where it was.
        self._moves: list[tuple[str | None, str, str]] = []
        #: Why the reader as it was written refuses an event, by its identity; with the event, so that no identity is
        #: used again.
        self._diagnosed: dict[int, tuple[JSON, tuple[Diagnosis, ...]]] = {}
        self._diagnoses = 0
        #: The reader with all causes patched so far.
        self._patched = PatchedSchema(reader)
        #: Whether the reader as patched reads every event.
        self._complete = False

    def causes(self, event: JSON, before: KnownCauses | None = None) -> tuple[Cause, ...]:
        """The causes, starting from an event that the reader refuses; empty when none could be diagnosed.

        Args:
            event: The event.
            before: What is known of a pair that is much alike: its events may serve here as well.

        Raises:
            ValidatorFailedError: The validator gives up on an event.
        """
        diagnosed = self._patch(self._reader, event)
        if before is not None:
            self._patch_as_before(before)
        if diagnosed and self._follow(_ONE_BY_ONE):
            # Too many to be found one after the other.
            # What is added to an event that breaks nothing breaks one thing.
            base = self._questions.unbroken(event)
            asked = self._questions.answer_part, self._questions.unbroken_part
            for other in events_by_place(self._reader, self._writer, base, *asked):
                if self._exhausted:
                    break
                if self._questions.breaks(other):
                    self._patch(self._reader, other)
            self._follow(_AT_LAST)
        found = [one for one in map(self._as_written, self._found.values()) if one is not None]
        shown = [one.cause for one in found]
        if not self._options.witnesses:
            return tuple(shown)
        if self._complete and self._options.fixes:
            # Where a patch itself brought about a cause, the reader's fixes are proven together with one more only.
            proven = len(found) == len(self._found)
            sides = self._options.fixes if proven else self._options.fixes - {"reader"}
            shown = list(with_fixes(found, self._reader, self._writer, self._questions, sides))
        together = self._inseparable(shown)
        return tuple(self._settled(one if one.diagnosis.key in together else self._isolated(one)) for one in shown)

    def _inseparable(self, causes: Iterable[Cause]) -> set[tuple[object, ...]]:
        """The keys of causes that no event breaks alone, as far as few questions tell.

        Where even a reader that half of the causes are taken out of refuses all that the reader refuses, each event
        breaks one of the other half: no cause of the first half has an event of its own.
        """
        found: set[tuple[object, ...]] = set()
        several = [one.diagnosis for one in causes if len(self._diagnosed_as_written(one.event)) > 1]
        pending = [several[: len(several) // 2], several[len(several) // 2 :]]
        for _ in range(_GROUPS):
            pending = [group for group in pending if len(group) >= _MANY]
            if not pending or self._exhausted:
                break
            some = pending.pop()
            patched = self._without(some)
            if patched is not None and self._isolation.excluded(patched):
                found.update(one.key for one in some)
            else:
                pending += [some[: len(some) // 2], some[len(some) // 2 :]]
        return found

    def _without(self, diagnoses: Iterable[Diagnosis]) -> PatchedSchema | None:
        """The reader as it was written with some of its causes patched; ``None`` where that cannot be done."""
        patched = PatchedSchema(self._reader)
        operations = {(str(each["path"]), one.reader.origin): each for one in diagnoses for each in one.patch or ()}
        ordered = sorted(((each, origin) for (_, origin), each in operations.items()), key=_position, reverse=True)
        try:
            for operation, origin in ordered:
                patched = patched.patched([operation], origin)
        except LookupError:
            return None
        return patched

    def _isolated(self, cause: Cause) -> Cause:
        """The cause with an event that is refused for it alone, where there is one; else with its own."""
        diagnosis = cause.diagnosis
        if len(self._diagnosed_as_written(cause.event)) == 1:
            return cause
        witness = self._alone(diagnosis)
        try:
            found = self._diagnosed_as_written(witness.value) if witness else ()
        except ValidatorFailedError:
            return cause
        if witness is None or len(found) != 1 or not found[0].says_the_same(diagnosis):
            return cause
        return cause._replace(event=witness.value, diagnosis=replace(diagnosis, message=found[0].message))

    def _settled(self, cause: Cause) -> Cause:
        """The cause with an event over which engines for patterns agree, where a text of it spelt otherwise gives one.

        They only differ over texts that are hard to read.
        """
        if is_readable(cause.event) or not self._disputed(cause.event):
            return cause
        broken = len(self._diagnosed_as_written(cause.event))
        for event in otherwise_spelt(cause.event):
            if self._exhausted:
                break
            if not self._questions.breaks(event) or self._disputed(event):
                continue
            try:
                found = self._diagnosed_as_written(event)
            except ValidatorFailedError:
                continue
            same = next((one for one in found if one.says_the_same(cause.diagnosis)), None)
            if same is not None and len(found) <= broken:
                return cause._replace(event=event, diagnosis=replace(cause.diagnosis, message=same.message))
        return cause

    def _disputed(self, event: JSON) -> bool:
        return patterns_disputed(self._reader.schema, event, assert_formats=self._options.assert_formats)

    def _patch_as_before(self, before: KnownCauses) -> None:
        """Patches what the events of the pair before break in this one as well."""
        # that the same reader refuses them is known
        breaks = self._questions.produces if before.refusals is self._refusals else self._questions.breaks
        for one in before.causes:
            if self._exhausted:
                break
            if one.diagnosis.key not in self._found and breaks(one.event):
                self._patch(self._reader, one.event)

    def _alone(self, diagnosis: Diagnosis) -> WitnessCheck | None:
        """An event that is refused for one thing alone."""
        if diagnosis.patch is None or self._exhausted:
            return None
        try:
            patched = PatchedSchema(self._reader).patched(diagnosis.patch, diagnosis.reader.origin)
        except LookupError:
            return None
        return self._isolation.witness(patched)

    def _follow(self, questions: int) -> bool:
        """Asks, diagnoses and patches so many times; whether there may be more to find elsewhere."""
        for _ in range(questions):
            if self._exhausted:
                break
            answer = self._questions.answer(self._patched, PatchedSchema(self._writer))
            self._complete = answer.verdict is Verdict.COMPATIBLE
            if answer.verdict is not Verdict.INCOMPATIBLE:
                return not self._complete
            patched = SchemaIndex(self._patched.schema(), assert_formats=self._options.assert_formats)
            if not self._patch(patched, answer.instance):
                return False
        return True

    def _patch(self, index: SchemaIndex, event: JSON) -> bool:
        """Diagnoses why a reader refuses an event, and patches it there; whether anything new was patched."""
        as_written = index is self._reader
        found = self._diagnosed_as_written(event) if as_written else self._diagnose(index, event)
        operations = [
            (operation, one.cause.diagnosis.reader.origin)
            for one in self._take(found, event, as_written=as_written)
            for operation in one.patch
        ]
        ordered = sorted(operations, key=_position, reverse=True)
        try:
            self._apply(ordered)
        except LookupError:
            for one in ordered:
                with suppress(LookupError):  # another operation has taken the place away
                    self._apply((one,))
        return bool(operations)

    def _apply(self, operations: Sequence[tuple[Operation, str | None]]) -> None:
        """Patches the reader.

        Raises:
            LookupError: An operation names what does not exist; nothing is patched then.
        """
        patched = self._patched
        for origin in dict.fromkeys(origin for _, origin in operations):
            patched = patched.patched([one for one, place in operations if place == origin], origin)
        self._patched = patched
        for operation, origin in operations:
            if operation["op"] == "move":
                self._moves.append((origin, str(operation["path"]), str(operation["from"])))

    def _as_written(self, found: FoundCause) -> FoundCause | None:
        """A cause as it shows in the reader as it was written; ``None`` when only a patch brought it about."""
        if found.as_written:
            return found
        cause = found.cause
        for other in self._diagnosed_as_written(cause.event):
            if other.key == cause.diagnosis.key:
                return found._replace(cause=cause._replace(diagnosis=other))
        return None

    def _diagnosed_as_written(self, event: JSON) -> tuple[Diagnosis, ...]:
        """Why the reader as it was written refuses an event."""
        known = self._diagnosed.get(id(event))
        if known is None:
            found = self._diagnose(self._reader, event)
            known = self._diagnosed[id(event)] = event, found
        return known[1]

    def _diagnose(self, index: SchemaIndex, event: JSON) -> tuple[Diagnosis, ...]:
        """Why a reader refuses an event."""
        refusals = self._refusals if index is self._reader else Refusals(index, lenient=self._lenient)
        found = diagnosed(refusals, self._writer, event)
        self._diagnoses += len(found)
        return found

    @property
    def complete(self) -> bool:
        """Whether the causes that were found are all: with them patched, the reader reads every event."""
        return self._complete

    @property
    def _exhausted(self) -> bool:
        """Whether so much was diagnosed that no further event is looked for."""
        return self._diagnoses >= _MOST_DIAGNOSES

    def _take(self, found: Iterable[Diagnosis], event: JSON, *, as_written: bool) -> list[FoundCause]:
        """Keeps what is new, and returns it."""
        taken: list[FoundCause] = []
        for one in map(self._in_original, found):
            known = self._found.get(one.key)
            if known is None:
                fix = one.reader_fix if one.patch is not None else None
                patch = fix.operations if fix else one.patch or ()
                self._found[one.key] = FoundCause(Cause(one, event), patch, fix, as_written)
            elif known.fix is not None and one.patch is not None and not as_written:
                # The reader that has the suggested fix still breaks there: take the keyword away instead, and suggest
                # nothing.
                self._found[one.key] = known._replace(patch=one.patch, fix=None)
            else:
                continue
            taken.append(self._found[one.key])
        return taken

    def _in_original(self, one: Diagnosis) -> Diagnosis:
        """The diagnosis with its pointer into the reader as it was written, before anything was patched."""
        pointer = one.reader.pointer
        for origin, moved, source in reversed(self._moves):
            if origin == one.reader.origin and (pointer == moved or pointer.startswith(f"{moved}/")):
                pointer = source + pointer[len(moved) :]
        head, _, last = pointer.rpartition("/")
        if head.endswith("/required") and last.isdigit():
            required = found_at(self._reader.document(one.reader.origin), tokens(head))
            if isinstance(required, list) and one.facts.get("property") in required:
                pointer = f"{head}/{required.index(str(one.facts['property']))}"
        return one if pointer == one.reader.pointer else replace(one, reader=replace(one.reader, pointer=pointer))


def _position(located: tuple[Operation, str | None]) -> tuple[tuple[int, str], ...]:
    return document_order(str(located[0]["path"]))
