"""Fixes: patches of the reader's document that were applied, and the pair compared again, before they are suggested."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

from evtcompat.errors import SchemaError
from evtcompat.formats.avro.parse import parse
from evtcompat.formats.avro.rule import Patch
from evtcompat.formats.avro.rules import RULES
from evtcompat.formats.avro.types import AvroSchema
from evtcompat.model.documents import Document, FunctionReferences
from evtcompat.model.mismatches import Fix
from evtcompat.model.patches import apply_patch
from evtcompat.model.places import tokens
from evtcompat.model.pointers import resolved

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from evtcompat.formats.avro.rule import Occurrence
    from evtcompat.model.mismatches import Mismatch
    from evtcompat.model.patches import Operation
    from evtcompat.model.places import Place

#: The mismatches of a pair of schemas, reader first; without witnesses and fixes.
Compare: TypeAlias = Callable[[AvroSchema, AvroSchema], "tuple[Mismatch, ...]"]

#: The rule, the place in the writer, and the field in question.
_Identity: TypeAlias = "tuple[str, Place, object]"

#: Fixes are tried for so many mismatches of a pair, and fewer where comparing again is long; each costs a comparison.
MOST: Final = 40
_MOST_COMPARED: Final = 4000
#: In recursive types what keeps one branch from matching is another branch, and so on, once for every pair of records:
#: so many links are tried where the chain ends, and so many comparisons are made for all mismatches of a pair.
_MOST_LINKS: Final = 4
_MOST_TRIES: Final = 3 * MOST
#: So many fixes are tried with one another first, and fewer each by itself at once.
_MANY: Final = 6
#: How the place of an item that is added to a list ends.
_END: Final = ("-",)


class Fixer:
    """Suggests changes to the reader of one pair."""

    def __init__(self, reader: AvroSchema, writer: AvroSchema, compare: Compare, found: Sequence[Occurrence]) -> None:
        """`found` are the mismatches that the pair has now; `compare` compares again."""
        self._reader = reader
        self._writer = writer
        self._compare = compare
        self._found = found
        size = _size([one.mismatch for one in found])
        #: The comparisons that are left.
        self._left = max(_MOST_LINKS, min(_MOST_TRIES, _MOST_COMPARED // size))

    def fixes(self, occurrences: Sequence[Occurrence]) -> list[Fix | None]:
        """For each mismatch a change after which it is gone and no other has come; ``None`` where none is known.

        Those of many are tried with one another; where that does not hold, each by itself. Parts that lie in a
        referenced document are left alone: a fix is an edit of the document that is compared.
        """
        together = self._together(occurrences) if len(occurrences) >= _MANY else {}
        return [together.get(index) or self._alone(one) for index, one in enumerate(occurrences)]

    def _together(self, occurrences: Sequence[Occurrence]) -> dict[int, Fix]:
        """Fixes that hold with one another, by the number of the mismatch."""
        fixes: dict[int, Fix] = {}
        apart = self._apart(occurrences)
        pending = [apart]
        while pending:
            some = pending.pop()
            if len(some) < _MANY:
                continue
            operations = [operation for _, patch in some for operation in patch.operations]
            if self._fix([occurrences[index].mismatch for index, _ in some], operations):
                fixes |= {index: Fix(patch.text, "reader", tuple(patch.operations)) for index, patch in some}
            else:
                pending += [some[: len(some) // 2], some[len(some) // 2 :]]
        return fixes

    def _apart(self, occurrences: Sequence[Occurrence]) -> list[tuple[int, Patch]]:
        """The first suggestion for each, where it sets members of which none lies in what another sets."""
        found: list[tuple[int, Patch]] = []
        places: set[tuple[str, ...]] = set()
        for index, one in enumerate(occurrences):
            patch = next(_suggestions(one), None)
            paths = [] if patch is None else [tuple(tokens(str(each["path"]))) for each in patch.operations]
            if patch is not None and all(
                self._moves_nothing(path) and (path[-1:] == _END or path not in places) for path in paths
            ):
                found.append((index, patch))
                places.update(paths)
        inside = {path for path in places if any(path[:length] in places for length in range(len(path)))}
        return [
            (index, patch)
            for index, patch in found
            if inside.isdisjoint(tuple(tokens(str(each["path"]))) for each in patch.operations)
        ]

    def _moves_nothing(self, path: tuple[str, ...]) -> bool:
        """Whether what is set at a place moves no other: it is a member of an object, or the end of a list."""
        try:
            return path[-1:] == _END or isinstance(resolved(self._reader.document.value, path[:-1]), dict)
        except LookupError:
            return False

    def _alone(self, occurrence: Occurrence) -> Fix | None:
        """A fix that holds by itself."""
        for patch in _suggestions(occurrence):
            if not self._left:
                return None
            self._left -= 1
            if self._fix([occurrence.mismatch], patch.operations):
                return Fix(patch.text, "reader", tuple(patch.operations))
        return None

    def _fix(self, mismatches: Sequence[Mismatch], operations: Sequence[Operation]) -> bool:
        """Whether mismatches are gone after a patch, and no other has come."""
        try:
            value = apply_patch(self._reader.document.value, operations)
            references = FunctionReferences(self._reader.sources.get)
            fixed = parse(Document(value, self._reader.document.origin), references)
        except (SchemaError, LookupError):
            return False
        after = self._compare(fixed, self._writer)
        promised = {_identity(one) for one in mismatches}
        before = {_identity(one.mismatch) for one in self._found} - promised
        asked: dict[int, bool] = {}
        return promised.isdisjoint(map(_identity, after)) and all(_known(other, before, asked) for other in after)


def _suggestions(occurrence: Occurrence) -> Iterator[Patch]:
    """What rules suggest for a mismatch, and for what makes it, the deepest first: it is best fixed where it lies."""
    chain = [occurrence]
    while chain[-1].cause is not None:
        chain.append(chain[-1].cause)
    if len(chain) > _MOST_LINKS:
        chain = [occurrence, *chain[-_MOST_LINKS:]]
    for one in reversed(chain):
        suggest = one.rule.fix
        patch = suggest(one) if suggest is not None and one.mismatch.reader.origin is None else None
        if patch is not None:
            yield patch


def _known(mismatch: Mismatch, before: AbstractSet[_Identity], asked: dict[int, bool]) -> bool:
    """Whether a mismatch was there before a fix, or follows from such as were: a union's from those of its branch.

    Mismatches share their causes, so the answer is kept by the id of each; `asked` lives as long as the mismatches do.
    """
    if _identity(mismatch) in before or RULES[mismatch.rule].acceptable_after_fix:
        return True
    found = asked.get(id(mismatch))
    if found is None:
        causes = mismatch.because
        found = asked[id(mismatch)] = bool(causes) and all(_known(cause, before, asked) for cause in causes)
    return found


def _size(mismatches: Sequence[Mismatch]) -> int:
    """How many mismatches there are, causes included, each once; at least 1."""
    seen: set[int] = set()
    pending = list(mismatches)
    while pending:
        one = pending.pop()
        if id(one) not in seen:
            seen.add(id(one))
            pending += one.because
    return max(1, len(seen))


def _identity(mismatch: Mismatch) -> _Identity:
    """What stays the same of a mismatch when another part of the reader changes."""
    return mismatch.rule, mismatch.writer, mismatch.facts.get("field")


def tries(count: int) -> int:
    """For how many of `count` mismatches a fix is tried."""
    return max(1, min(MOST, _MOST_COMPARED // max(count, 1)))
