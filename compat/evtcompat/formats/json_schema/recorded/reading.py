"""One reader and JSON events: quickly validated where that is installed, exactly where anything is in doubt."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Final

from evtcompat.dataclasses import dataclass, field
from evtcompat.formats.json_schema.algebra.membership import holds
from evtcompat.formats.json_schema.policy import accepted
from evtcompat.formats.json_schema.recorded.quick import Quick, quick_validator
from evtcompat.formats.json_schema.recorded.text import parsed, quick_parser
from evtcompat.formats.json_schema.validate.library_values import library_value
from evtcompat.formats.json_schema.validate.validator import Validator, ValidatorFailedError, validator_of
from evtcompat.formats.recorded import Batch, DamagedError, Deviation
from evtcompat.model.places import tokens
from evtcompat.model.readings import Outcome
from evtcompat.model.verdicts import Policy
from evtcompat.syntax import deep
from evtcompat.syntax.json_text import deeper

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from evtcompat.formats.json_schema.library.violations import Violation
    from evtcompat.formats.json_schema.parse.parsing import Schema
    from evtcompat.model.findings import Finding

#: The quick validator is held against the exact one for so many events of a reason, and for one in so many after.
_CONFIRMED: Final = 20
_THEN_ONE_IN: Final = 10_000


@dataclass
class JsonReading:
    """See `evtcompat.formats.recorded.Reading`. Every event is opened: a text says nothing of itself but itself."""

    schema: Schema
    policy: Policy
    assert_formats: bool
    findings: Sequence[Finding]
    #: Events of a reason that the exact validator is asked about before the quick one is believed.
    confirmed: int = _CONFIRMED

    proved: ClassVar[bool] = False
    projected: ClassVar[bool] = False
    base: ClassVar[Outcome] = Outcome.OK
    base_hits: ClassVar[tuple[int, ...]] = ()
    #: How many events were refused for the same reasons, and the findings that such an event hits.
    _reasons: dict[tuple[str, ...], tuple[int, ...]] = field(default_factory=dict, init=False)
    _met: dict[tuple[str, ...], int] = field(default_factory=dict, init=False)
    #: Reasons of which the exact validator thinks otherwise.
    _disputed: set[tuple[str, ...]] = field(default_factory=set, init=False)

    @cached_property
    def _quick(self) -> Quick | None:
        return None if self.assert_formats else quick_validator(self.schema, self.policy)

    @cached_property
    def _validator(self) -> Validator:
        return validator_of(self.schema, assert_formats=self.assert_formats)

    def judge(self, batch: Batch) -> list[Deviation]:
        """See `Reading`."""
        quick = self._quick
        if quick is None:
            return self.decode(batch)
        found: list[Deviation] = []
        loads, accepts = quick_parser(), quick.accepts
        for index, payload in enumerate(batch.parts):
            try:
                if accepts(loads(payload)):
                    continue
            except (ValueError, OverflowError):  # not JSON, or a number that only the exact parser takes
                found += self._exactly(index, payload)
                continue
            found += self._doubted(quick, index, payload)
        return found

    def decode(self, batch: Batch) -> list[Deviation]:
        """See `Reading`: by jsonschema, with exact numbers."""
        return [found for index, payload in enumerate(batch.parts) for found in self._exactly(index, payload)]

    def _doubted(self, quick: Quick, index: int, payload: bytes) -> Iterator[Deviation]:
        """An event that is not valid as written, by the quick validator."""
        value = quick_parser()(payload)
        reasons = list(quick.reasons(value))
        key = tuple(sorted({reason.pointer for reason in reasons}))
        refused = any(reason.certain for reason in reasons) or quick.accepts_lifted(value) is False
        known = self._met.get(key, 0)
        self._met[key] = known + 1
        sure = refused or quick.accepts_lifted(value) is True
        if not sure or key in self._disputed or known < self.confirmed or known % _THEN_ONE_IN == 0:
            exact = self._exactly(index, payload)
            if sure and bool(exact) is not refused:
                self._disputed.add(key)
            yield from exact
        elif refused:
            yield Deviation(index, Outcome.REFUSED, self._hits(key), payload)

    def _exactly(self, index: int, payload: bytes) -> list[Deviation]:
        """An event by the exact validator. Where types contain themselves, it nests as deep as it likes."""
        return deep.run(deeper(payload, self.schema.nesting), lambda: list(self._asked(index, payload)))

    def _asked(self, index: int, payload: bytes) -> Iterator[Deviation]:
        try:
            violations = self._violations(library_value(parsed(payload)))
        except (DamagedError, RecursionError) as error:
            yield Deviation(index, None, (), payload, str(error))
            return
        except ValidatorFailedError as error:
            yield Deviation(index, None, (), payload, f"the validator gives up: {error}")
            return
        if violations:
            key = tuple(sorted({self._pointer(violation) for violation in violations}))
            first = violations[0]
            said = f"{first.pointer or '(root)'}: {first.summary}"
            yield Deviation(index, Outcome.REFUSED, self._hits(key), payload, said)

    def _violations(self, value: Any) -> list[Violation]:  # noqa: ANN401 - a JSON value
        """What the reader refuses the value for; nothing where the policy accepts it."""
        found = self._validator.violations(value)
        if found and self.policy is Policy.LENIENT and holds(accepted(self.schema, self.policy), value):
            return []
        return found

    def _pointer(self, violation: Violation) -> str:
        place = self._validator.place_of(violation)
        if violation.keyword == "required" and isinstance(violation.schema, dict):
            required = violation.schema.get("required")
            for name in required if isinstance(required, list) else ():
                if violation.message.startswith(repr(name)):
                    return f"{place.pointer}\n{name}"
        return place.pointer

    def _hits(self, key: tuple[str, ...]) -> tuple[int, ...]:
        known = self._reasons.get(key)
        if known is None:
            places = [self._located(pointer) for pointer in key]
            known = tuple(
                index
                for index, finding in enumerate(self.findings)
                if any(_meet(place, finding.reader.pointer) for place in places)
            )
            self._reasons[key] = known
        return known

    def _located(self, pointer: str) -> str:
        """The place of a reason: for a member that is missing, its name's in the list."""
        place, _, name = pointer.partition("\n")
        if not name:
            return place
        value: Any = self.schema.value
        for token in tokens(place):
            value = value.get(token) if isinstance(value, dict) else value[int(token)]
        return f"{place}/{value.index(name)}" if isinstance(value, list) and name in value else place


def _meet(place: str, finding: str) -> bool:
    """Whether one of two places is the other, or in it."""
    one, other = tokens(place), tokens(finding)
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]
