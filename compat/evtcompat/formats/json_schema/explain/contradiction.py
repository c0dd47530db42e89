"""Where a writer schema that no event satisfies contradicts itself, and by which keywords."""

from __future__ import annotations

from collections.abc import Iterator

from evtcompat.dataclasses import dataclass, replace
from evtcompat.errors import SchemaError
from evtcompat.formats.json_schema.decide import decide
from evtcompat.formats.json_schema.describe import paths
from evtcompat.formats.json_schema.describe.wording import joined, quoted
from evtcompat.formats.json_schema.dialect import Handling
from evtcompat.formats.json_schema.exact import dump
from evtcompat.formats.json_schema.explain.subschemas import SchemaIndex, Subschema
from evtcompat.formats.json_schema.options import Options
from evtcompat.formats.json_schema.parse.parsing import Schema, variant
from evtcompat.formats.json_schema.rules.unsatisfiable import unsatisfiable
from evtcompat.model.json_types import JSON
from evtcompat.model.mismatches import Mismatch
from evtcompat.model.patches import apply_patch
from evtcompat.model.patches import replace as replaced
from evtcompat.model.places import Place
from evtcompat.model.verdicts import Policy

#: Parts that are asked about on the way down, and keywords of the innermost one.
_QUESTIONS = 24
#: Steps for each of them.
_BUDGET = 2_000
#: Values are shown up to this length.
_SHORT = 40


def contradiction(schema: Schema, options: Options) -> Mismatch:
    """The finding, at the innermost part that by itself makes the whole impossible, as far as questions reach."""
    writer = SchemaIndex(schema, assert_formats=options.assert_formats)
    search = _Search(writer, options)
    if search.impossible(""):
        found = search.innermost(_Step(writer.root, ""))
        place, reason = found if found is not None else (Place(), "its demands exclude each other")
    else:
        # What is declared does not suffice, and under the lenient policy there is nothing else.
        place, reason = Place(), "what it declares does not suffice for what it demands"
    return unsatisfiable(place, reason)


@dataclass(frozen=True, slots=True)
class _Step:
    """A subschema that every event meets."""

    part: Subschema
    names: str
    #: What led into a member or an item: its place, and what every event holds there; ``None`` on the same place.
    by: tuple[Place, str] | None = None


class _Search:
    """Questions about one schema."""

    def __init__(self, writer: SchemaIndex, options: Options) -> None:
        self._index = writer
        self._writer = writer.schema
        self._anything = variant(writer.schema, {})
        self._options = replace(options, budget=_BUDGET, policy=Policy.STRICT)
        self._left = _QUESTIONS

    def impossible(self, pointer: str, document: JSON = None) -> bool:
        """Whether nothing satisfies a part of the document, or of a changed one."""
        if self._left == 0:
            return False
        self._left -= 1
        writer = self._writer if document is None else variant(self._writer, document)
        try:
            return decide(self._anything, writer, self._options, writer_pointer=pointer).vacuous
        except SchemaError:
            # Without the keyword that was taken away, a reference leads nowhere.
            return False

    def innermost(self, step: _Step) -> tuple[Place, str] | None:
        """Where the contradiction is, and which."""
        passed: dict[str, None] = {}
        entered: tuple[Place, str] | None = None
        while True:
            passed[step.part.pointer] = None
            deeper = next((one for one in self._needed(step) if self._leads_on(one)), None)
            if deeper is None:
                return self._keywords(step)
            entered = deeper.by or entered
            if deeper.part.pointer in passed:
                if entered is None:
                    return None
                place, what = entered
                return place, f"every {what} would have to hold another, without end"
            step = deeper

    def _leads_on(self, step: _Step) -> bool:
        return step.part.origin is None and self.impossible(step.part.pointer)

    def _needed(self, step: _Step) -> Iterator[_Step]:
        """The parts that every event meets if it meets this one."""
        index, part, names = self._index, step.part, step.names
        for target in index.targets(part):
            yield _Step(target, names)
        for member in index.members(part, "allOf"):
            yield _Step(member, names)
        required = part.keywords.get("required")
        for position, name in enumerate(required if isinstance(required, list) else ()):
            below = index.below(part, "properties", str(name))
            if below is not None:
                place = part.place("required", position, names=names)
                yield _Step(below, paths.member(names, str(name)), (place, f"required {quoted(str(name))}"))
        least, items = part.keywords.get("minItems"), index.below(part, "items")
        if isinstance(least, int) and least > 0 and items is not None:
            yield _Step(items, paths.item(names), (part.place("minItems", names=names), "item"))

    def _keywords(self, step: _Step) -> tuple[Place, str]:
        """As few keywords of a part as contradict each other."""
        part, place = step.part, step.part.place(names=step.names)
        where = f"at {quoted(step.names)}, " if step.names else ""
        if not isinstance(part.value, dict):
            return place, f"{where}nothing is admitted"
        kept = dict(part.value)
        for word in part.value:
            less = {name: value for name, value in kept.items() if name != word}
            document = apply_patch(self._writer.value, (replaced(part.pointer, less),))
            if less and not word.startswith("$") and self.impossible(part.pointer, document):
                kept = less
        known = self._index.dialect_of(part).keywords
        words = [word for word in kept if known.get(word) in (Handling.DECIDED, Handling.FORMAT)]
        if not words:
            return place, f"{where}its demands exclude each other"
        first = next((word for word in words if word != "type"), words[0])
        if len(words) > 2:  # noqa: PLR2004 - the type goes without saying where two others remain
            words = [word for word in words if word != "type"]
        shown = joined([_said(word, kept[word]) for word in words], "and")
        reason = f"{shown} exclude each other" if len(words) > 1 else f"nothing satisfies {shown}"
        return part.place(first, names=step.names), where + reason


def _said(word: str, value: JSON) -> str:
    text = dump(value)
    return f"{quoted(word)} {text}" if len(text) <= _SHORT else quoted(word)
