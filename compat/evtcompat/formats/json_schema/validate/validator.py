"""The validator of one schema: `jsonschema`, with some keywords replaced (`keywords`).

Numbers with a fraction are handed over as `Decimal`, so that the library compares them exactly. ``format`` is left
alone unless it is asserted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from functools import cache, cached_property, partial
from typing import TYPE_CHECKING, Final, NamedTuple

from evtcompat.formats.json_schema.exact import Value, values_in
from evtcompat.formats.json_schema.library.violations import Violation
from evtcompat.formats.json_schema.parse.derived import derived
from evtcompat.formats.json_schema.parse.parsing import Schema
from evtcompat.formats.json_schema.parse.part_keys import PartKeys
from evtcompat.formats.json_schema.validate.answers import Answers
from evtcompat.formats.json_schema.validate.apart import ApartMembers, apart
from evtcompat.formats.json_schema.validate.library_values import LibraryValues, Seen
from evtcompat.formats.json_schema.validate.patterns import Patterns, beyond_the_library, patterns_of
from evtcompat.model.json_types import JSON
from evtcompat.model.places import Place, child
from evtcompat.regular.steps import BudgetExceededError, Steps

if TYPE_CHECKING:
    from evtcompat.formats.json_schema.dialect import Dialect
    from evtcompat.formats.json_schema.validate.run import Nowhere, Run

#: Parts of a schema that are asked about an instance in one validation, and so many more for each value in it.
_STEPS = 12_000
_STEPS_PER_VALUE = 1
#: Answers about parts and values that are kept from one validation to the next.
_MOST_KEPT = 20_000


class ValidatorFailedError(Exception):
    """The validator can neither accept nor refuse an instance.

    Attributes:
        too_long: It ran out of steps.
    """

    def __init__(self, failure: Exception) -> None:
        self.too_long = isinstance(failure, BudgetExceededError)
        super().__init__("it would take too long" if self.too_long else f"{type(failure).__name__}: {failure}")


class Examination(NamedTuple):
    """The validator's answer about an instance, and how far it can be relied on."""

    #: The first violation; ``None`` if the instance is accepted.
    violation: Violation | None
    #: The library, left as it is, may answer otherwise.
    disputed: bool
    #: For which keywords.
    disputes: tuple[str, ...] = ()


class _Unfinished(NamedTuple):
    """An instance that was refused, of which not all violations were asked for."""

    instance: Value
    first: Value
    rest: Iterator[Value]


class _Library(NamedTuple):
    """What asks the library, which is imported with it."""

    exact_class: Callable[[Dialect], Value]
    run: type[Run]
    nowhere: Nowhere
    context_of: Callable[[Value], Iterable[Value]]


@cache
def _library() -> _Library:
    """Imported once and not for every instance, which would pay for the question whether it is."""
    from evtcompat.formats.json_schema.validate.branches import context_of
    from evtcompat.formats.json_schema.validate.classes import exact_class
    from evtcompat.formats.json_schema.validate.run import NOWHERE, Run

    return _Library(exact_class, Run, NOWHERE, context_of)


class _Allowance(Steps):
    """The steps of one validation; the values in its instance are counted once they matter."""

    __slots__ = ("_instance",)

    def __init__(self, instance: Value) -> None:
        super().__init__(_STEPS)
        self._instance: tuple[Value] | None = (instance,)

    def renew(self, instance: Value) -> None:
        """All steps are there again, for another validation."""
        self.used, self.limit, self._instance = 0, _STEPS, (instance,)

    def spend(self, count: int = 1) -> None:
        """See `Steps`."""
        if self.limit is not None and self.used + count <= self.limit:
            self.used += count
            return
        if self._instance is not None:
            self.limit = _STEPS + _STEPS_PER_VALUE * values_in(*self._instance)
            self._instance = None
        super().spend(count)


class _ValidatorCache:
    """What the questions about one schema leave to the next, as the explanation of a pair and its payloads ask many.

    Attributes:
        values: The values that were made for the library.
        accepted: As in `Run`.
        parts: By the identities of parts, which are those of the schema: a validator of one without references in it.
        answers: What is known of declared members and their values.
        left: What is left for the instance whose members are asked about one by one: all of them share it.
    """

    __slots__ = ("accepted", "answers", "left", "parts", "values")

    def __init__(self, answers: Answers) -> None:
        self.values = LibraryValues()
        self.accepted: dict[object, tuple[bool, object, object]] = {}
        self.parts: dict[int, Value] = {}
        self.answers = answers
        self.left = _Allowance(None)


class Validator:
    """Asks the library about instances of one schema as it is written, whatever a policy makes of it."""

    def __init__(self, schema: Schema, assert_formats: bool) -> None:  # noqa: FBT001 - handed on by `derived`
        self._value = schema.value
        self._dialect = schema.dialect
        self._library = schema.library
        self._assert_formats = assert_formats
        self._patterns = derived(schema, Patterns)
        self._content_cache = schema.content_cache
        self._unfinished: _Unfinished | None = None
        #: How many parts of the schema `accepts` and `accepts_member` asked so far.
        self.asked = 0

    @cached_property
    def _cache(self) -> _ValidatorCache:
        """What one question leaves to the next; a schema that is asked once, as for a witness, needs none of it."""
        keys = PartKeys(self._library)
        return _ValidatorCache(Answers(keys, self._content_cache, self._dialect, asserted=self._assert_formats))

    @cached_property
    def _resolver(self) -> Value:
        """References lead where the schema's own lead: from the document's place, then from its `$id`."""
        return self._library.entered_root()

    @cached_property
    def _apart(self) -> ApartMembers | None:
        return apart(self._value, _library().exact_class(self._dialect).VALIDATORS)

    @property
    def is_apart(self) -> bool:
        """Whether the schema is one of objects that says of each declared member what it says whatever the others are.

        Beside them it speaks of nothing but the names.
        """
        return self._apart is not None

    def declares(self, name: str) -> bool:
        """Whether the schema is such a one, and declares a member."""
        return self._apart is not None and self._apart.declares(name)

    @property
    def declared_alone(self) -> Collection[str] | None:
        """The members that such a schema declares, where it refuses all others; ``None`` for any other schema."""
        return None if self._apart is None else self._apart.declared_alone

    def exact(self, value: Value, seen: Seen | None = None) -> Value:
        """See `LibraryValues.exact`; `accepts` tells of a value that comes from here faster than of another."""
        return self._cache.values.exact(value, seen)

    def accepts(self, instance: Value) -> bool:
        """Whether the schema accepts an instance.

        Raises:
            ValidatorFailedError: It gives up.
        """
        with _GIVING_UP:
            if self._apart is not None and type(instance) is dict:
                self._cache.left.renew(instance)
                with self._counting(self._cache.left):
                    return self._apart.accepts(instance, self._member_accepted)
            asking = self._validator(instance, disputes=None)
            with self._counting(asking.format_checker.steps):
                return bool(asking.is_valid(instance))

    def accepts_member(self, instance: dict[str, Value], name: str, member: Value) -> bool:
        """Whether the schema says nothing against a member, where the others are those of an instance that it accepts.

        Only of a schema that `is_apart`, which has answered for the instance: then it accepts what has this member.

        Raises:
            ValidatorFailedError: It gives up.
        """
        with _GIVING_UP:
            if self._apart is None:
                return self.accepts({**instance, name: member})
            self._cache.left.renew(instance)
            with self._counting(self._cache.left):
                return self._apart.accepts_member(name, member, self._member_accepted)

    @contextmanager
    def _counting(self, steps: Steps) -> Iterator[None]:
        """Counts among `asked` what is used meanwhile."""
        before = steps.used
        try:
            yield
        finally:
            self.asked += steps.used - before

    def exact_member(self, value: Value, seen: Seen) -> Value:
        """What `exact` makes of a member of a value; of a caller none of whose values changes."""
        return self._cache.values.member(value, seen)

    def _member_accepted(self, name: str, part: Value, member: Value) -> bool:
        """Whether the library accepts a member where ``properties`` declares it."""
        known = self._cache
        return known.answers.answer(part, member, partial(self._ask_member, name, part, member), known.left)

    def _ask_member(self, name: str, part: Value, member: Value) -> bool:
        known = self._cache
        if not isinstance(part, dict) or known.answers.refers(part):
            asking = self._validator(member, disputes=None, steps=known.left)
            errors = asking.descend(member, part, path=name, schema_path=name)
            return next(errors, None) is None
        # without references nothing leads elsewhere, and one validator is as good as a new one for each member
        asked = known.parts.get(id(part))
        if asked is None or asked.format_checker.accepted is not known.accepted:
            asking = self._validator(member, disputes=None, steps=known.left, refers=False)
            asked = known.parts[id(part)] = asking.evolve(schema=part)
        return next(asked.iter_errors(member), None) is None

    def part_accepts(self, part: JSON, resolver: Value, instance: Value) -> bool:
        """Whether a part of the schema does, whose references start from a resolver where it needs one.

        Raises:
            ValidatorFailedError: It gives up.
        """
        changes = {} if resolver is None else {"_resolver": resolver}
        with _GIVING_UP:
            return bool(self._validator(instance, disputes=None).evolve(schema=part, **changes).is_valid(instance))

    def violation(self, instance: Value) -> Violation | None:
        """The first thing that the schema refuses; ``None`` if it accepts the instance.

        Raises:
            ValidatorFailedError: It gives up.
        """
        return self._first(instance, None)

    def examine(self, instance: Value) -> Examination:
        """The same, with whether the library as it is may answer otherwise.

        Raises:
            ValidatorFailedError: It gives up.
        """
        disputes: list[str] = []
        violation = self._first(instance, disputes)
        return Examination(violation, bool(disputes), tuple(dict.fromkeys(disputes)))

    def violations(self, instance: Value) -> list[Violation]:
        """All that the schema refuses; what `violation` found of this very instance last is not looked for again.

        Raises:
            ValidatorFailedError: It gives up.
        """
        unfinished, self._unfinished = self._unfinished, None
        with _GIVING_UP:
            if unfinished is not None and unfinished.instance is instance:
                return [_violation(unfinished.first), *map(_violation, unfinished.rest)]
            return [_violation(error) for error in self._validator(instance, disputes=None).iter_errors(instance)]

    def place_of(self, violation: Violation) -> Place:
        """Where in the schema's documents a violation's keyword stands."""
        located = self._library.located(violation.schema)
        pointer = located.pointer
        if isinstance(violation.schema, dict) and violation.keyword in violation.schema:
            pointer = child(pointer, violation.keyword)
        return Place(pointer=pointer, origin=located.document.origin)

    def _first(self, instance: Value, disputes: list[str] | None) -> Violation | None:
        if disputes is None and self._apart is not None and type(instance) is dict and self.accepts(instance):
            return None
        with _GIVING_UP:
            errors = self._validator(instance, disputes=disputes).iter_errors(instance)
            error = next(errors, None)
        if error is None:
            return None
        self._unfinished = _Unfinished(instance, error, errors)
        return _violation(error, whole=False)

    def _validator(
        self, instance: Value, *, disputes: list[str] | None, steps: _Allowance | None = None, refers: bool = True
    ) -> Value:
        """The library's validator for one instance, of which `steps` are left where it is a part of another one.

        Without `refers` it is for a part in which there is no reference.
        """
        library = _library()
        accepted = self._accepted() if disputes is None else {}
        left = _Allowance(instance) if steps is None else steps
        run = library.run(self._dialect, left, self._patterns, self._assert_formats, disputes, accepted=accepted)
        resolver = self._resolver if refers and self._library.may_refer() else library.nowhere
        return library.exact_class(self._dialect)(self._value, format_checker=run, _resolver=resolver)

    def _accepted(self) -> dict[object, tuple[bool, object, object]]:
        known = self._cache
        if len(known.accepted) > _MOST_KEPT:
            known.accepted = {}
        return known.accepted


def validator_of(schema: Schema, *, assert_formats: bool = False) -> Validator:
    """The validator of a schema; always the same one."""
    return derived(schema, Validator, assert_formats)


@cache
def confirmed_by() -> str:
    """What reports call the validator, with its version."""
    from evtcompat.formats.json_schema.library.validators import name_and_version

    return name_and_version()


def confirmed_for(schema: Schema, instance: Value) -> str:
    """The same for what it says of an instance, where a part was not the library's to say."""
    if beyond_the_library(patterns_of(schema), instance):
        return f"{confirmed_by()}, patterns by evtcompat"
    return confirmed_by()


def patterns_disputed(schema: Schema, instance: Value, *, assert_formats: bool = False) -> bool:
    """Whether the library as it is may read a pattern of a schema otherwise over an instance; false if it fails."""
    # without a pattern, in it or in what it refers to, there is nothing to be read otherwise
    if not patterns_of(schema):
        return False
    try:
        return "pattern" in validator_of(schema, assert_formats=assert_formats).examine(instance).disputes
    except ValidatorFailedError:
        return False


#: Seen, beside a spent budget: ECMA-262 patterns that `re` rejects, schemas that apply themselves more often than the
#: stack allows.
FAILURES: Final = (
    *(BudgetExceededError, re.error, RecursionError),
    *(ArithmeticError, TypeError, AttributeError, LookupError, ValueError),
)


class _GivingUp:
    """Around what the library does with an instance.

    Raises:
        ValidatorFailedError: The library fails, or takes longer than it may.
    """

    def __enter__(self) -> None:
        """Nothing has failed yet."""

    def __exit__(self, _: object, failure: BaseException | None, __: object) -> None:
        """See the class."""
        if isinstance(failure, FAILURES):
            raise ValidatorFailedError(failure) from failure


_GIVING_UP: Final = _GivingUp()


def _violation(error: Value, *, whole: bool = True) -> Violation:
    """An error of the library as a value of our own, with what is to say of branches where the whole is asked for."""
    return Violation(
        error.validator,
        error.message,
        error.schema,
        error.instance,
        tuple(error.relative_schema_path),
        tuple(error.relative_path),
        tuple(map(_violation, _library().context_of(error))) if whole else (),
    )
