"""The validator of one schema: `jsonschema`, with some keywords replaced (`keywords`).

Numbers with a fraction are handed over as `Decimal`, so that the library compares them exactly. ``format`` is left
alone unless it is asserted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import cache, cached_property, partial
from itertools import compress
from operator import is_not
from typing import TYPE_CHECKING, NamedTuple

from evtcompat.formats.json_schema.exact import Value, values_in
from evtcompat.formats.json_schema.library.violations import Violation
from evtcompat.formats.json_schema.parse.derived import derived
from evtcompat.formats.json_schema.parse.parsing import Schema
from evtcompat.formats.json_schema.validate.answers import Answers
from evtcompat.formats.json_schema.validate.apart import ApartMembers, apart
from evtcompat.formats.json_schema.validate.patterns import Patterns, beyond_the_library
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


class _Exact(NamedTuple):
    """The object that was made exact last, the names of its members, and what was made of them."""

    value: dict[str, Value] = {}  # noqa: RUF012 - never changed
    names: tuple[str, ...] | None = None
    members: list[Value] = []  # noqa: RUF012 - never changed


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


class Validator:
    """Asks the library about instances of one schema as it is written, whatever a policy makes of it."""

    def __init__(self, schema: Schema, assert_formats: bool) -> None:  # noqa: FBT001 - handed on by `derived`
        self._value = schema.value
        self._dialect = schema.dialect
        self._library = schema.library
        self._assert_formats = assert_formats
        self._patterns = derived(schema, Patterns)
        self._unfinished: _Unfinished | None = None
        #: As in `Run`; the explanation asks about the parts of one event again and again.
        self._accepted: dict[object, tuple[bool, object, object]] = {}
        self._made: dict[object, Value] = {}
        #: Of a caller none of whose values changes.
        self._exact = _Exact()
        #: By the identities of parts, which are those of the schema: a validator of one without references in it.
        self._parts: dict[int, Value] = {}
        self._answers = Answers(schema, asserted=assert_formats)
        #: What is left for the instance whose members are asked about one by one: all of them share it.
        self._left = _Allowance(None)

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

    def exact(self, value: Value, seen: dict[int, tuple[Value, Value]] | None = None) -> Value:
        """The value as `library_value` makes it, of which a part that another one had is the same object.

        Values that differ in few places, as payloads of one schema do, are looked at where they differ.

        Args:
            value: Any JSON value.
            seen: Kept by a caller none of whose values changes: a part of several is made once, and what is equal
                stays one object.
        """
        if seen is None:
            if len(self._made) > _MOST_KEPT:
                self._made, self._exact = {}, _Exact()
            return _library_value(value, {}, self._made)
        if type(value) is not dict:
            return _library_value(value, seen, self._made)
        last, names = self._exact, tuple(value)
        others: Iterable[int]
        if names == last.names:
            members = last.members.copy()
            others = compress(range(len(members)), map(is_not, value.values(), last.value.values()))
        else:
            members, others = [None] * len(names), range(len(names))
        for at in others:
            members[at] = _library_value(value[names[at]], seen, self._made)
        self._exact = _Exact(value, names, members)
        key = names, tuple(map(id, members))
        found = self._made.get(key)
        return self._made.setdefault(key, dict(zip(names, members, strict=True))) if found is None else found

    def accepts(self, instance: Value) -> bool:
        """Whether the schema accepts an instance.

        Raises:
            ValidatorFailedError: It gives up.
        """
        with _giving_up():
            if self._apart is not None and type(instance) is dict:
                self._left.renew(instance)
                return self._apart.accepts(instance, self._member_accepted)
            return bool(self._validator(instance, disputes=None).is_valid(instance))

    def accepts_member(self, instance: dict[str, Value], name: str, member: Value) -> bool:
        """Whether the schema says nothing against a member, where the others are those of an instance that it accepts.

        Only of a schema that `is_apart`, which has answered for the instance: then it accepts what has this member.

        Raises:
            ValidatorFailedError: It gives up.
        """
        with _giving_up():
            if self._apart is None:
                return self.accepts({**instance, name: member})
            self._left.renew(instance)
            return self._apart.accepts_member(name, member, self._member_accepted)

    def exact_member(self, value: Value, seen: dict[int, tuple[Value, Value]]) -> Value:
        """What `exact` makes of a member of a value; of a caller none of whose values changes."""
        return _library_value(value, seen, self._made)

    def _member_accepted(self, name: str, part: Value, member: Value) -> bool:
        """Whether the library accepts a member where ``properties`` declares it."""
        return self._answers.answer(part, member, partial(self._ask_member, name, part, member), self._left)

    def _ask_member(self, name: str, part: Value, member: Value) -> bool:
        if not isinstance(part, dict) or self._answers.refers(part):
            asking = self._validator(member, disputes=None, steps=self._left)
            errors = asking.descend(member, part, path=name, schema_path=name)
            return next(errors, None) is None
        # without references nothing leads elsewhere, and one validator is as good as a new one for each member
        asked = self._parts.get(id(part))
        if asked is None or asked.format_checker.accepted is not self._accepted:
            asking = self._validator(member, disputes=None, steps=self._left, refers=False)
            asked = self._parts[id(part)] = asking.evolve(schema=part)
        return next(asked.iter_errors(member), None) is None

    def part_accepts(self, part: JSON, resolver: Value, instance: Value) -> bool:
        """Whether a part of the schema does, whose references start from a resolver where it needs one.

        Raises:
            ValidatorFailedError: It gives up.
        """
        changes = {} if resolver is None else {"_resolver": resolver}
        with _giving_up():
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
        with _giving_up():
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
        with _giving_up():
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
        if len(self._accepted) > _MOST_KEPT:
            self._accepted = {}
        accepted = self._accepted if disputes is None else {}
        left = _Allowance(instance) if steps is None else steps
        run = library.run(self._dialect, left, self._patterns, self._assert_formats, disputes, accepted=accepted)
        resolver = self._resolver if refers and self._library.may_refer() else library.nowhere
        return library.exact_class(self._dialect)(self._value, format_checker=run, _resolver=resolver)


def validator_of(schema: Schema, *, assert_formats: bool = False) -> Validator:
    """The validator of a schema; always the same one."""
    return derived(schema, Validator, assert_formats)


def confirmed_by() -> str:
    """What reports call the validator, with its version."""
    from evtcompat.formats.json_schema.library.validators import name_and_version

    return name_and_version()


def confirmed_for(schema: Schema, instance: Value) -> str:
    """The same for what it says of an instance, where a part was not the library's to say."""
    if beyond_the_library(schema, instance):
        return f"{confirmed_by()}, patterns by evtcompat"
    return confirmed_by()


def library_value(value: Value) -> Value:
    """The value with whole numbers as `int`: what the library takes for integers in every draft.

    What is equal in it, member for member, is one object afterwards: a run looks at one object once.
    """
    return _library_value(value, {}, {})


def _library_value(value: Value, seen: dict[int, tuple[Value, Value]], made: dict[object, Value]) -> Value:
    """The same, by the objects that were seen, which are kept beside it, and by what was made of them."""
    kind = type(value)
    if kind in _AS_THEY_ARE:
        return made.setdefault((kind, value), value)
    if isinstance(value, (dict, list, tuple)):
        found = seen.get(id(value))
        if found is None:
            names = tuple(value) if isinstance(value, dict) else None
            inner = value.values() if isinstance(value, dict) else value
            members = [
                made.setdefault((type(one), one), one)
                if type(one) in _AS_THEY_ARE  # asked here too, as most are
                else _library_value(one, seen, made)
                for one in inner
            ]
            copied = members if names is None else dict(zip(names, members, strict=True))
            found = seen[id(value)] = value, made.setdefault((names, tuple(map(id, members))), copied)
        return found[1]
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Decimal) and value == value.to_integral_value():
        value = int(value)
    digits = value.as_tuple() if isinstance(value, Decimal) else value  # 0.50 is told as it was written
    return made.setdefault((type(value), digits), value)


#: Types whose values a JSON document and the library spell alike.
_AS_THEY_ARE = frozenset((str, int, bool, type(None)))


#: Seen, beside a spent budget: ECMA-262 patterns that `re` rejects, schemas that apply themselves more often than the
#: stack allows.
_FAILURES = (
    *(BudgetExceededError, re.error, RecursionError),
    *(ArithmeticError, TypeError, AttributeError, LookupError, ValueError),
)


@contextmanager
def _giving_up() -> Iterator[None]:
    """Around what the library does with an instance.

    Raises:
        ValidatorFailedError: The library fails, or takes longer than it may.
    """
    try:
        yield
    except _FAILURES as failure:
        raise ValidatorFailedError(failure) from failure


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
