"""What a real decoder made of an event: its value under the reader's schema beside the value that was written.

Both are fastavro's, without logical types: what Python's own types cannot hold is none of the reader's trouble.
"""

from __future__ import annotations

from collections.abc import Callable
from operator import itemgetter
from typing import Any, Final, TypeAlias

from evtcompat.formats.avro.matching import AmbiguousFieldError, writer_field
from evtcompat.formats.avro.payloads.datum import Branch
from evtcompat.formats.avro.payloads.leaves import is_decimal, leaf_rule, same_leaf
from evtcompat.formats.avro.payloads.notes import READ_AS, misnamed, taken
from evtcompat.formats.avro.recorded.pairing import fits
from evtcompat.formats.avro.types import (
    ARRAY,
    Container,
    Fixed,
    Primitive,
    Record,
    Type,
    Union,
)
from evtcompat.model.readings import Outcome

#: ``compare(read, written)`` is the outcome of a value that was read.
Compare: TypeAlias = Callable[[Any, Any], Outcome]

_OK: Final = Outcome.OK


def worse(one: Outcome, other: Outcome) -> Outcome:
    """The worse of two outcomes."""
    return one if one.weight >= other.weight else other


class Comparer:
    """Makes the comparisons of one reader and one writer.

    Fields that are read as they were written are compared all at once.
    """

    def __init__(self, *, decimals: bool = False) -> None:
        """Nothing is compared yet.

        Args:
            decimals: Whether fastavro has read the writer's decimals on bytes as such; see `carriers_of`.
        """
        self._decimals = decimals
        self._records: dict[tuple[int, int], Compare] = {}

    def of(self, ours: Type, theirs: Type) -> Compare | None:
        """How values of the two types are compared; ``None`` where they are equal or have changed."""
        if isinstance(theirs, Union):
            return self._from_union(ours, theirs)
        if isinstance(ours, Union):
            return self._into_union(ours, theirs)
        if isinstance(ours, Record) and isinstance(theirs, Record):
            return self._record(ours, theirs)
        if isinstance(ours, Container) and isinstance(theirs, Container):
            item = self.of(ours.of, theirs.of)
            if item is None:
                return None
            return _items(item) if ours.kind == ARRAY else _values(item)
        if isinstance(ours, Primitive | Fixed) and isinstance(theirs, Primitive | Fixed):
            return self._primitive(ours, theirs)
        return None

    def _primitive(self, ours: Primitive | Fixed, theirs: Primitive | Fixed) -> Compare | None:
        rule = leaf_rule(ours, theirs)
        if self._decimals and is_decimal(theirs):
            return lambda _, written: _OK if rule is None else rule.outcome(written)
        if rule is None:
            return None if ours.kind == theirs.kind else _leaf
        outcome = rule.outcome
        return lambda read, written: worse(outcome(written), _leaf(read, written))

    def _from_union(self, ours: Type, theirs: Union) -> Compare | None:
        """By the branch of the written value, which its type tells where it does not say so itself; see `several`."""
        branches = [(branch, self.of(ours, branch)) for branch in theirs.branches]
        if all(compare is None for _, compare in branches):
            return None
        return _by_branch(branches)

    def _into_union(self, ours: Union, theirs: Type) -> Compare | None:
        """By the branch that was taken; not the first that fits, where equal schemas are not resolved."""
        fitting = {id(branch): self.of(branch, theirs) for branch in ours.branches if fits(branch, theirs)}
        if len(fitting) < 2 and not isinstance(theirs, Record):  # noqa: PLR2004 - there is a choice
            return next(iter(fitting.values()), None)
        if all(compare is None for compare in fitting.values()):
            return None

        def compare(read: Any, written: Any) -> Outcome:  # noqa: ANN401 - a decoder's values
            branch = taken(ours, theirs, read, written)
            if misnamed(ours, branch, theirs):
                return Outcome.MISREAD
            return (fitting.get(id(branch)) or as_whole)(read, written)

        return compare

    def _record(self, ours: Record, theirs: Record) -> Compare:
        key = (id(ours), id(theirs))
        known = self._records.get(key)
        if known is not None:
            return known
        later: list[Compare] = []

        # of a record inside itself; a function, as calling an object would recurse through C frames
        def compare(read: Any, written: Any) -> Outcome:  # noqa: ANN401 - a decoder's values
            return later[0](read, written)

        self._records[key] = compare
        made = self._fields(ours, theirs)
        later.append(made)
        self._records[key] = made
        return made

    def _fields(self, ours: Record, theirs: Record) -> Compare:
        alike: list[tuple[str, str]] = []
        others: list[tuple[str, str, Compare]] = []
        defaulted = False
        for row in ours.fields:
            try:
                source = writer_field(row, ours, theirs)
            except AmbiguousFieldError:
                source = theirs.row(row.name) if row.name in theirs.types else None
            if source is None:
                defaulted = True
                continue
            compare = self.of(row.type, source.type)
            if compare is None:
                alike.append((row.name, source.name))
            else:
                others.append((row.name, source.name, compare))
        return _record(alike, others, Outcome.DEFAULTED if defaulted else _OK)


def _by_branch(branches: list[tuple[Type, Compare | None]]) -> Compare:
    """The comparison of the branch that a written value is of."""

    def compare(read: Any, written: Any) -> Outcome:  # noqa: ANN401 - a decoder's values
        if type(written) is Branch:
            return (branches[written.index][1] or as_whole)(read, written.value)
        kinds = READ_AS[type(written)]
        each = next(each for branch, each in branches if branch.kind in kinds)
        return (each or as_whole)(read, written)  # outside of the generator, which would recurse through C frames

    return compare


def several(union: Union) -> bool:
    """Whether there are branches of which fastavro reads values of one type, so that a value has to say its branch."""
    kinds = [branch.kind for branch in union.branches]
    return any(sum(kind in alike for kind in kinds) > 1 for alike in READ_AS.values())


def _value(written: Any) -> Any:  # noqa: ANN401 - a decoder's value
    """A written value, without the branch that it may say."""
    return written.value if type(written) is Branch else written


def _record(alike: list[tuple[str, str]], others: list[tuple[str, str, Compare]], least: Outcome) -> Compare:
    mine = _getter([name for name, _ in alike])
    other = _getter([name for _, name in alike])

    def compare(read: Any, written: Any) -> Outcome:  # noqa: ANN401 - a decoder's values
        found = least
        if mine(read) != other(written):
            found = worse(found, _one_by_one(alike, read, written))
        for name, source, each in others:
            inner = each(read[name], written[source])
            if inner is not _OK:
                found = worse(found, inner)
        return found

    return compare


def _getter(names: list[str]) -> Callable[[Any], Any]:
    return itemgetter(*names) if names else _empty


def _empty(_: object) -> None:
    return None


def _one_by_one(alike: list[tuple[str, str]], read: Any, written: Any) -> Outcome:  # noqa: ANN401 - a decoder's values
    """Values that should be equal and are not, as a whole: NaN differs from itself."""
    equal = all(same(read[name], written[source]) for name, source in alike)
    return _OK if equal else Outcome.LOSSY


def same(read: Any, written: Any) -> bool:  # noqa: ANN401 - a decoder's values
    """Whether two decoded values are one, NaN being itself; the written one may say the branches of unions."""
    written = _value(written)
    if isinstance(read, dict) and isinstance(written, dict):
        return read.keys() == written.keys() and all(same(read[key], value) for key, value in written.items())
    if isinstance(read, list) and isinstance(written, list):
        return len(read) == len(written) and all(map(same, read, written))
    return same_leaf(read, written)


def as_whole(read: object, written: object) -> Outcome:
    """The comparison of values that should be equal as they are."""
    return _OK if same(read, written) else Outcome.LOSSY


def _leaf(read: object, written: object) -> Outcome:
    return _OK if same_leaf(read, written) else Outcome.LOSSY


def _items(item: Compare) -> Compare:
    def compare(read: Any, written: Any) -> Outcome:  # noqa: ANN401 - a decoder's values
        found = _OK
        for one, other in zip(read, written, strict=True):
            found = worse(found, item(one, other))
        return found

    return compare


def _values(item: Compare) -> Compare:
    def compare(read: Any, written: Any) -> Outcome:  # noqa: ANN401 - a decoder's values
        found = _OK
        for key, other in written.items():
            found = worse(found, item(read[key], other))
        return found

    return compare
