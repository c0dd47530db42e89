"""Fixes: patches of the reader's document that were applied, and the pair compared again, before they are suggested."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, TypeAlias

from evtcompat.errors import SchemaError
from evtcompat.formats.avro.parse import parse
from evtcompat.formats.avro.rule import Patch
from evtcompat.formats.avro.rules import RULES
from evtcompat.formats.avro.types import AvroSchema
from evtcompat.model.documents import Document, FunctionReferences
from evtcompat.model.mismatches import Fix
from evtcompat.model.patches import apply_patch

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from evtcompat.formats.avro.rule import Occurrence
    from evtcompat.model.mismatches import Mismatch
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

    def fix(self, occurrence: Occurrence) -> Fix | None:
        """A change after which this mismatch is gone and no other has come; ``None`` where none is known.

        Parts that lie in a referenced document are left alone: a fix is an edit of the document that is compared.
        """
        chain = [occurrence]
        while chain[-1].cause is not None:
            chain.append(chain[-1].cause)
        # what keeps a branch from matching is best fixed where it lies
        if len(chain) > _MOST_LINKS:
            chain = [occurrence, *chain[-_MOST_LINKS:]]
        for one in reversed(chain):
            suggest = one.rule.fix
            patch = suggest(one) if suggest is not None and one.mismatch.reader.origin is None else None
            if patch is not None and self._fixes(occurrence.mismatch, patch):
                return Fix(patch.text, "reader", tuple(patch.operations))
        return None

    def _fixes(self, mismatch: Mismatch, patch: Patch) -> bool:
        """Whether the mismatch is gone after the patch, and no other has come."""
        if not self._left:
            return False
        self._left -= 1
        try:
            value = apply_patch(self._reader.document.value, patch.operations)
            references = FunctionReferences(self._reader.sources.get)
            fixed = parse(Document(value, self._reader.document.origin), references)
        except (SchemaError, LookupError):
            return False
        after = self._compare(fixed, self._writer)
        before = {_identity(one.mismatch) for one in self._found} - {_identity(mismatch)}
        gone = _identity(mismatch) not in [_identity(other) for other in after]
        asked: dict[int, bool] = {}
        return gone and all(_known(other, before, asked) for other in after)


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
