"""Parts of a schema document, and the ways between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from evtcompat.errors import ReferenceMissingError
from evtcompat.formats.json_schema.shapes import violations
from evtcompat.formats.json_schema.validate.validator import validator_of
from evtcompat.formats.json_schema.validate.violations import Violation
from evtcompat.model.json_types import JSON
from evtcompat.model.places import Place, child

if TYPE_CHECKING:
    from evtcompat.formats.json_schema.dialects import Dialect
    from evtcompat.formats.json_schema.parse import Schema


_METASCHEMAS = ("http://json-schema.org/", "https://json-schema.org/")


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A schema within a document."""

    value: JSON
    pointer: str
    #: The document, when it is another than the one compared.
    origin: str | None
    #: Resolves the references written here; ``None`` where the document needs none.
    resolver: Any

    @property
    def changeable(self) -> bool:
        """Whether its document is one that somebody here may change; the metaschemas of the drafts are not."""
        return self.origin is None or not self.origin.startswith(_METASCHEMAS)

    @property
    def keywords(self) -> Mapping[str, JSON]:
        """The schema's members; none for a boolean schema."""
        return self.value if isinstance(self.value, dict) else {}

    def at(self, *steps: str | int) -> str:
        """The pointer to something below the part."""
        pointer = self.pointer
        for step in steps:
            pointer = child(pointer, step)
        return pointer

    def place(self, *steps: str | int, names: str = "") -> Place:
        """The place of something below the part."""
        return Place(self.at(*steps), names=names, origin=self.origin)

    def member(self, *steps: str | int) -> JSON:
        """What the steps lead to, or ``None``, which is no schema."""
        value: JSON = self.value
        for step in steps:
            known = isinstance(value, dict) and step in value
            known = known or (isinstance(value, list) and isinstance(step, int) and step < len(value))
            if not known:
                return None
            value = value[step]  # type: ignore[index] # known to be there
        return value


#: Keywords that hold schemas by name.
_BY_NAME = frozenset(("properties", "patternProperties", "dependentSchemas", "dependencies", "$defs", "definitions"))


#: Keywords that refer to a schema.
_REFERRING = ("$ref", "$dynamicRef", "$recursiveRef")


class Side:
    """One schema of the pair, with a validator of it."""

    def __init__(self, schema: Schema, assert_formats: bool) -> None:  # noqa: FBT001 - handed on by `derived`
        self.schema = schema
        self._validator = validator_of(schema, assert_formats=assert_formats)
        self.root = Part(schema.value, "", None, self._entered(schema.value, schema.library.root()))

    @property
    def siblings(self) -> bool:
        """Whether keywords beside `$ref` count."""
        return not self.schema.dialect.ref_hides_siblings

    def dialect_of(self, part: Part) -> Dialect:
        """The dialect that a part is written in."""
        if part.origin is None:
            return self.schema.dialect
        return self.schema.library.located(part.value).dialect

    def document(self, origin: str | None) -> JSON:
        """A document of the side by its origin; ``None`` is the one that is compared.

        Raises:
            KeyError: No reference has reached it.
        """
        return self.schema.value if origin is None else self.schema.library.value_of(origin)

    def is_schema(self, value: JSON) -> bool:
        """Whether a changed document still keeps to its metaschema."""
        return next(violations(value, self.schema.dialect, lambda _, dialect: dialect), None) is None

    def below(self, part: Part, *steps: str | int) -> Part | None:
        """The schema that the steps lead to from a part, or ``None`` where there is none."""
        value = part.member(*steps)
        if not isinstance(value, dict | bool):
            return None
        return Part(value, part.at(*steps), part.origin, self._entered(value, part.resolver))

    def _entered(self, value: JSON, resolver: Any) -> Any:  # noqa: ANN401 - see above
        """The resolver within a schema, which may be a resource of its own."""
        return self.schema.library.enter(value, resolver, self.schema.dialect) if isinstance(value, dict) else resolver

    def follow(self, part: Part) -> Part | None:
        """The part that the reference of a part leads to; ``None`` when it has none, or it leads nowhere."""
        return next(self.targets(part), None)

    def says(self, reference: str, other: Part) -> bool:
        """Whether a reference at the root leads to the same words as ``other``, within the document."""
        if not reference.startswith("#/") or other.origin is not None:
            return False
        found = self._target(replace(self.root, value={"$ref": reference}), "$ref")
        return found is not None and found.origin is None and found.value == other.value

    def targets(self, part: Part) -> Iterator[Part]:
        """The parts that the references of a part lead to: `$ref`, and the dynamic ones where the dialect has them."""
        for keyword in _REFERRING:
            if keyword in part.keywords and keyword in self.schema.dialect.active:
                found = self._target(part, keyword)
                if found is not None:
                    yield found

    def conjoined(self, part: Part) -> list[Part]:
        """The part and what it refers to and joins: all that every value of it meets."""
        found: list[Part] = []
        seen: set[tuple[str | None, str]] = set()
        pending = [part]
        while pending:
            one = pending.pop(0)
            key = (one.origin, one.pointer)
            if key in seen:
                continue
            seen.add(key)
            targets = list(self.targets(one))
            if not targets or self.siblings:
                found.append(one)
                members = one.keywords.get("allOf")
                for index in range(len(members)) if isinstance(members, list) else ():
                    member = self.below(one, "allOf", index)
                    if member is not None:
                        pending.append(member)
            pending += targets
        return found

    def _target(self, part: Part, keyword: str) -> Part | None:
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
        return Part(target.contents, located.pointer, origin, self._entered(target.contents, target.resolver))

    def accepts(self, part: Part, instance: JSON) -> bool:
        """Whether the part, as it is written, accepts an instance.

        Raises:
            ValidatorFailedError: The validator gives up.
        """
        if isinstance(part.value, bool):
            return part.value
        if part is self.root:
            return self._validator.accepts(instance)
        return self._validator.part_accepts(part.value, part.resolver, instance)

    def errors(self, instance: JSON) -> list[Violation]:
        """What the document's validator says against an instance.

        Raises:
            ValidatorFailedError: It gives up.
        """
        return self._validator.violations(instance)

    def locate(self, steps: Sequence[str | int], holder: JSON, start: Part) -> Part | None:
        """The part that a validator's schema path leads to, references included, which the path does not show.

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

    def ways(self, start: Part, steps: Sequence[str | int]) -> list[Part]:
        """The parts that a validator's schema path may lead to."""
        return list(self._ways(start, tuple(steps), frozenset()))

    def _ways(self, part: Part, steps: tuple[str | int, ...], seen: frozenset[int]) -> Iterator[Part]:
        if not steps:
            yield part
        elif steps[0] in _REFERRING:
            # The validator's path shows the dynamic references.
            target = self._target(part, str(steps[0])) if steps[0] in part.keywords else None
            if target is not None:
                yield from self._ways(target, steps[1:], frozenset())
        else:
            length = 2 if isinstance(part.keywords.get(str(steps[0])), list) or steps[0] in _BY_NAME else 1
            below = self.below(part, *steps[:length]) if len(steps) >= length else None
            if below is not None:
                yield from self._ways(below, steps[length:], frozenset())
        if id(part.value) not in seen:
            for target in self.targets(part):
                yield from self._ways(target, steps, seen | {id(part.value)})


def _without_dialect(schema: JSON) -> JSON:
    """A schema without `$schema`, which the validator's copy of the root lacks."""
    return {name: value for name, value in schema.items() if name != "$schema"} if isinstance(schema, dict) else schema
