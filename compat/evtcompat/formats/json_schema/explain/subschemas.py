"""The index of one schema: its parts, where references lead, and which places a validator's path means."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from evtcompat.dataclasses import dataclass, replace
from evtcompat.errors import ReferenceMissingError
from evtcompat.formats.json_schema.keywords.table import HOLDING_BY_NAME, REFERRING
from evtcompat.formats.json_schema.library.violations import Violation
from evtcompat.formats.json_schema.parse.content_keys import content_key
from evtcompat.formats.json_schema.parse.shapes import violations as broken_shapes
from evtcompat.formats.json_schema.parse.simple_documents import may_refer
from evtcompat.formats.json_schema.validate.validator import validator_of
from evtcompat.formats.json_schema.validate.variants import Variants, texts_of, variants_of
from evtcompat.model.json_types import JSON
from evtcompat.model.places import Place, child
from evtcompat.model.pointers import found_at

if TYPE_CHECKING:
    from evtcompat.formats.json_schema.dialect import Dialect
    from evtcompat.formats.json_schema.parse.parsing import Schema
    from evtcompat.formats.json_schema.validate.validator import Validator


#: References on the way to a part of which its place tells.
_MOST_REFERENCES: Final = 16
_METASCHEMAS = ("http://json-schema.org/", "https://json-schema.org/")


@dataclass(slots=True, eq=False)
class Subschema:
    """A schema within a document. It never changes; see `Schema`."""

    value: Final[JSON]
    pointer: Final[str]
    #: The document, when it is another than the one compared.
    origin: Final[str | None]
    #: Resolves the references written here; ``None`` where the document needs none.
    resolver: Final[Any]
    #: The subschema and the keyword of the last reference on the way here; ``None`` where there was none.
    referrer: Final[tuple[Subschema, str] | None] = None

    @property
    def changeable(self) -> bool:
        """Whether its document is one that somebody here may change; the metaschemas of the drafts are not."""
        return self.origin is None or not self.origin.startswith(_METASCHEMAS)

    @property
    def keywords(self) -> Mapping[str, JSON]:
        """The schema's members; none for a boolean schema."""
        return self.value if isinstance(self.value, dict) else {}

    def at(self, *steps: str | int) -> str:
        """The pointer to something below the subschema."""
        pointer = self.pointer
        for step in steps:
            pointer = child(pointer, step)
        return pointer

    def place(self, *steps: str | int, names: str = "") -> Place:
        """The place of something below the subschema."""
        return Place(self.at(*steps), names=names, origin=self.origin, through=self._through())

    def _through(self) -> tuple[Place, ...]:
        """The references on the way here, the outermost first; a recursive schema has ever more of them."""
        found: deque[Place] = deque(maxlen=_MOST_REFERENCES)
        referrer = self.referrer
        while referrer is not None:
            part, keyword = referrer
            found.appendleft(Place(part.at(keyword), origin=part.origin))
            referrer = part.referrer
        return tuple(found)

    def member(self, *steps: str | int) -> JSON:
        """What the steps lead to, or ``None``, which is no schema."""
        return found_at(self.value, steps)


class _Part(NamedTuple):
    """All that the meaning of a part depends on that refers to nothing."""

    dialect: Dialect
    #: Whether ``format`` refuses what does not conform.
    asserted: bool
    content_key: bytes


class PartAnswers:
    """Which instances are accepted by parts that refer to nothing: the same by those of other versions that say so."""

    def __init__(self) -> None:
        """Nothing was asked yet."""
        #: By the part and the identity of the instance, which is kept so that no identity is used again.
        self._known: dict[tuple[_Part, int], tuple[JSON, bool]] = {}
        self._before: Mapping[tuple[_Part, int], tuple[JSON, bool]] = {}

    def start_from(self, before: PartAnswers) -> None:
        """What was asked before is known; what is not asked again is forgotten with the next start."""
        self._before = before._known

    def of(self, part: _Part, instance: JSON, ask: Callable[[], bool]) -> bool:
        """Whether a part accepts an instance."""
        key = part, id(instance)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._before.get(key) or (instance, ask())
        return found[1]


class SchemaIndex:
    """The parts of one schema, with a validator of it."""

    def __init__(self, schema: Schema, *, assert_formats: bool = False, validator: Validator | None = None) -> None:
        # The schema must not remember it, or both would wait for a collection.
        self.schema = schema
        self._asserted = assert_formats
        #: Of the schema as it is written.
        self.validator = validator or validator_of(schema, assert_formats=assert_formats)
        self.root = Subschema(schema.value, "", None, self._entered(schema.value, schema.library.root()))
        #: What its parts accept.
        self.answers = PartAnswers()
        #: By the identity of a list of branches, which is kept with what tells them apart.
        self._variants: dict[int, tuple[JSON, Variants | None]] = {}

    @property
    def siblings(self) -> bool:
        """Whether keywords beside `$ref` count."""
        return not self.schema.dialect.ref_hides_siblings

    def dialect_of(self, part: Subschema) -> Dialect:
        """The dialect that a subschema is written in."""
        if part.origin is None:
            return self.schema.dialect
        return self.schema.library.dialect_of(part.value)

    def document(self, origin: str | None) -> JSON:
        """A document of the schema by its origin; ``None`` is the one that is compared.

        Raises:
            KeyError: No reference has reached it.
        """
        return self.schema.value if origin is None else self.schema.library.value_of(origin)

    def is_schema(self, value: JSON) -> bool:
        """Whether a changed document still keeps to its metaschema."""
        return next(broken_shapes(value, self.schema.dialect, lambda _, dialect: dialect), None) is None

    def may_refer(self, value: JSON) -> bool:
        """Whether there may be a reference in a part of the schema."""
        if not self.schema.library.may_refer():
            return False
        key = content_key(value)
        return key is None or may_refer(key)

    def below(self, part: Subschema, *steps: str | int) -> Subschema | None:
        """The schema that the steps lead to from a subschema, or ``None`` where there is none."""
        value = part.member(*steps)
        if not isinstance(value, dict | bool) or (steps and steps[0] not in self.dialect_of(part).active):
            return None
        entered = self._entered(value, part.resolver)
        return Subschema(value, part.at(*steps), part.origin, entered, part.referrer)

    def members(self, part: Subschema, keyword: str) -> list[Subschema]:
        """The schemas that a keyword lists, such as the branches of ``anyOf``; none where it lists none."""
        listed = part.keywords.get(keyword)
        found = (self.below(part, keyword, index) for index in range(len(listed) if isinstance(listed, list) else 0))
        return [one for one in found if one is not None]

    def branches(self, part: Subschema, keyword: str, instance: JSON) -> list[Subschema]:
        """The branches of a choice but for those that a text in the instance tells apart from it."""
        listed = part.keywords.get(keyword)
        if not isinstance(listed, list):
            return []
        known = self._variants.get(id(listed))
        if known is None:
            found = variants_of(listed, self.dialect_of(part).active, partial(self._said, part))
            known = self._variants[id(listed)] = listed, found
        possible = known[1].possible(instance) if known[1] is not None else None
        indices = range(len(listed)) if possible is None else possible
        return [one for one in (self.below(part, keyword, index) for index in indices) if one is not None]

    def texts_of(self, branch: Subschema) -> Mapping[str, str]:
        """The members that can be one text only in a branch, with that text."""
        return texts_of(branch.value, self.dialect_of(branch).active, partial(self._said, branch))

    def _said(self, part: Subschema, reference: str) -> JSON:
        """What a reference in a part leads to; ``None`` where it leads nowhere."""
        found = self._target(replace(part, value={"$ref": reference}), "$ref")
        return None if found is None else found.value

    def _entered(self, value: JSON, resolver: Any) -> Any:  # noqa: ANN401 - see above
        """The resolver within a schema, which may be a resource of its own."""
        return self.schema.library.enter(value, resolver, self.schema.dialect) if isinstance(value, dict) else resolver

    def follow(self, part: Subschema) -> Subschema | None:
        """What the reference of a subschema leads to; ``None`` when it has none, or it leads nowhere."""
        return next(iter(self.targets(part)), None)

    def leads_to(self, reference: str, other: Subschema) -> bool:
        """Whether a reference at the root leads to a subschema equal to ``other``, within the document."""
        if not reference.startswith("#/") or other.origin is not None:
            return False
        found = self._target(replace(self.root, value={"$ref": reference}), "$ref")
        return found is not None and found.origin is None and found.value == other.value

    def targets(self, part: Subschema) -> list[Subschema]:
        """What the references of a subschema lead to: `$ref`, and the dynamic ones where the dialect has them."""
        keywords = part.keywords
        if keywords.keys().isdisjoint(REFERRING):
            return []
        active = self.schema.dialect.active
        found = (self._target(part, word) for word in REFERRING if word in keywords and word in active)
        return [one for one in found if one is not None]

    def conjoined(self, part: Subschema) -> list[Subschema]:
        """The subschema and what it refers to and joins: all that every value of it meets."""
        found: list[Subschema] = []
        visited: set[tuple[str | None, str]] = set()
        pending = [part]
        while pending:
            one = pending.pop(0)
            key = (one.origin, one.pointer)
            if key in visited:
                continue
            visited.add(key)
            targets = self.targets(one)
            if not targets or self.siblings:
                found.append(one)
                pending += self.members(one, "allOf")
            pending += targets
        return found

    def _target(self, part: Subschema, keyword: str) -> Subschema | None:
        reference = part.keywords[keyword]
        if not isinstance(reference, str):
            return None
        library = self.schema.library
        look = library.recursive if keyword == "$recursiveRef" else library.lookup
        try:
            target = look(reference, part.resolver, part.value)
        except ReferenceMissingError:
            return None
        located = library.located_target(reference, part.resolver, target)
        origin = None if located.document is library.document else located.document.origin
        entered = self._entered(target.contents, target.resolver)
        return Subschema(target.contents, located.pointer, origin, entered, (part, keyword))

    def accepts(self, part: Subschema, instance: JSON) -> bool:
        """Whether a subschema, as it is written, accepts an instance.

        Raises:
            ValidatorFailedError: The validator gives up.
        """
        if isinstance(part.value, bool):
            return part.value
        if part is self.root:
            return self.validator.accepts(instance)
        key = content_key(part.value)
        if key is None or may_refer(key):
            return self.validator.part_accepts(part.value, part.resolver, instance)
        own = _Part(self.schema.dialect, self._asserted, key)
        return self.answers.of(own, instance, lambda: self.validator.part_accepts(part.value, part.resolver, instance))

    def exact(self, value: JSON, seen: dict[int, tuple[JSON, JSON]] | None = None) -> JSON:
        """The value as the validator takes it: `Validator.exact`."""
        made: JSON = self.validator.exact(value, seen)
        return made

    def violations(self, instance: JSON) -> list[Violation]:
        """All violations that the validator finds in an instance.

        Raises:
            ValidatorFailedError: It gives up.
        """
        return self.validator.violations(instance)

    def locate(self, steps: Sequence[str | int], holder: JSON, start: Subschema) -> Subschema | None:
        """What a validator's schema path leads to, references included, which the path does not show.

        Args:
            steps: The path, without its last step, the keyword.
            holder: The schema at its end; it tells which way was taken where several are possible.
            start: Where the path begins.
        """
        found = self.ways(start, steps)
        for part in found:
            if part.value is holder:
                return part
        return next((part for part in found if _without_dialect(part.value) == _without_dialect(holder)), None)

    def ways(self, start: Subschema, steps: Sequence[str | int]) -> list[Subschema]:
        """The subschemas that a validator's schema path may lead to, each once."""
        found: list[Subschema] = []
        met: set[tuple[str | None, str, int]] = set()
        pending = [(start, 0)]
        while pending:
            part, taken = pending.pop()
            if (part.origin, part.pointer, taken) in met:
                continue
            met.add((part.origin, part.pointer, taken))
            if taken == len(steps):
                found.append(part)
            further = self._step(part, steps, taken)
            # What stands in the schema itself before what it refers to.
            pending += [(target, taken) for target in reversed(self.targets(part))]
            pending += [] if further is None else [further]
        return found

    def _step(self, part: Subschema, steps: Sequence[str | int], taken: int) -> tuple[Subschema, int] | None:
        """Where the next step of a path leads within a schema, and how many were taken then."""
        if taken == len(steps):
            return None
        step = steps[taken]
        if step in REFERRING:
            # The validator's path shows the dynamic references.
            target = self._target(part, str(step)) if step in part.keywords else None
            return None if target is None else (target, taken + 1)
        length = 2 if isinstance(part.keywords.get(str(step)), list) or step in HOLDING_BY_NAME else 1
        below = self.below(part, *steps[taken : taken + length]) if len(steps) - taken >= length else None
        return None if below is None else (below, taken + length)


def _without_dialect(schema: JSON) -> JSON:
    """A schema without `$schema`, which the validator's copy of the root lacks."""
    return {name: value for name, value in schema.items() if name != "$schema"} if isinstance(schema, dict) else schema
