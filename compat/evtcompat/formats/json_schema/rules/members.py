"""Rules about the members of objects, arrays and combinations in pairs of JSON Schemas."""

from __future__ import annotations

from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity


def _error(rule_id: str, sentence: str, *, what: str, why: str, example: str, remedy: str, limits: str = "") -> Rule:
    return Rule(rule_id, Severity.ERROR, "json-schema", sentence, what, why, example, remedy, limits)


MEMBER_RULES: tuple[Rule, ...] = (
    _error(
        "property-became-required",
        "{names} is optional in {writer} and required by {reader}: {reader} refuses events that leave it out.",
        what="A property that the writer declares without requiring it is required by the reader.",
        why="Producers on the writer's version may leave the property out, and consumers on the reader's version "
        "refuse every such event. A default in the schema does not help: validators do not fill it in.",
        example='before  {"properties": {"discount": {"type": "number"}}}\n'
        'after   {"properties": {"discount": {"type": "number"}}, "required": ["discount"]}',
        remedy="Keep it optional and let the consumer handle its absence, or require it only once no producer and no "
        "stored event leaves it out.",
    ),
    _error(
        "required-property-added",
        "{names} is required by {reader} and not declared by {writer}: {reader} refuses events that come without it.",
        what="The reader requires a property that the writer's schema does not declare.",
        why="Events of the writer's version do not carry the property, or carry it by chance only.",
        example='before  {"properties": {"id": {"type": "string"}}, "required": ["id"]}\n'
        'after   {"properties": {"id": {"type": "string"}, "currency": {"type": "string"}}, '
        '"required": ["id", "currency"]}',
        remedy="Add the property as optional. Require it in a later version, when no event without it is left.",
    ),
    _error(
        "property-removed",
        "{names} is sent by {writer} and not declared by {reader}, whose object admits no other properties: "
        "{reader} refuses events that carry it.",
        what="A property that the writer declares is missing from a reader object that is closed "
        "(`additionalProperties` or `unevaluatedProperties` is false).",
        why="A closed object refuses every property that it does not declare. Under the lenient policy this is no "
        "finding: there the reader ignores what it does not know.",
        example='before  {"properties": {"id": {}, "note": {}}, "additionalProperties": false}\n'
        'after   {"properties": {"id": {}}, "additionalProperties": false}',
        remedy="Keep the declaration until no producer sends the property and no stored event carries it, "
        "or open the object.",
    ),
    _error(
        "content-model-closed",
        "Undeclared properties in {where} are admitted by {writer} and not by {reader}: {reader} refuses "
        "events that carry one.",
        what="The reader closes an object that the writer leaves open, or opens only for some names.",
        why="Producers on the writer's version may add properties that nobody declared.",
        example='before  {"type": "object"}\nafter   {"type": "object", "additionalProperties": false}',
        remedy="Leave the object open, or close it in the writer first and wait until older events are gone. "
        "If producers never send undeclared properties, the lenient policy says so.",
    ),
    _error(
        "property-added",
        "{where} is constrained by {reader}, and neither declared nor excluded by {writer}: an event of "
        "{writer} may carry anything under that name, and {reader} refuses what does not fit.",
        what="The reader declares a property with a schema where the writer's object is open.",
        why="An open object admits any value under any undeclared name, the new one included. Producers rarely do "
        "that; under the lenient policy, which assumes that they send declared properties only, this is no finding.",
        example='before  {"properties": {"id": {"type": "string"}}}\n'
        'after   {"properties": {"id": {"type": "string"}, "note": {"type": "string"}}}',
        remedy="Use the lenient policy if producers send declared properties only; otherwise close the writer's "
        "object first, or choose a name that is certainly unused.",
    ),
    _error(
        "map-values-constrained",
        "Values under names that are not declared ({where}) are constrained by {reader} and not by {writer}: "
        "{reader} refuses events whose values do not fit.",
        what="The reader gives a schema for undeclared or pattern-named properties that the writer leaves open.",
        why="Events of the writer may hold any value there.",
        example='before  {"type": "object"}\nafter   {"type": "object", "additionalProperties": {"type": "string"}}',
        remedy="Leave the values open in the reader, or constrain them in the writer first.",
    ),
    _error(
        "items-constrained",
        "{where} is constrained by {reader} and not by {writer}: {reader} refuses events whose items do not fit.",
        what="The reader gives a schema for items that the writer leaves open.",
        why="Events of the writer may hold any value there.",
        example='before  {"type": "array"}\nafter   {"type": "array", "items": {"type": "string"}}',
        remedy="Leave the items open in the reader, or constrain them in the writer first.",
    ),
    _error(
        "property-forbidden",
        "No value at all is accepted for {where} by {reader}, and {writer} may send one.",
        what="The reader's schema for a place is `false`, or can hold nothing.",
        why="Every event that carries something there is refused.",
        example='before  {"properties": {"note": {"type": "string"}}}\nafter   {"properties": {"note": false}}',
        remedy="Keep accepting the property and ignore its value.",
    ),
    _error(
        "property-names-narrowed",
        "Property names in {where} must {accepts} for {reader}, which refuses events with other names; {writer} "
        "admits such names.",
        what="The reader's `propertyNames` refuses a name that the writer admits.",
        why="One refused name refuses the whole event.",
        example='before  {"type": "object"}\nafter   {"type": "object", "propertyNames": {"maxLength": 20}}',
        remedy="Accept the names that were admitted before.",
    ),
    _error(
        "dependency-added",
        "{missing} must come with `{property}` in {where} for {reader}, and {writer} may send `{property}` alone.",
        what="The reader demands properties that must accompany another, and the writer does not.",
        why="Events that carry the one without the others are refused.",
        example='before  {"properties": {"card": {}, "name": {}}}\n'
        'after   {"properties": {"card": {}, "name": {}}, "dependentRequired": {"card": ["name"]}}',
        remedy="Treat the companions as optional in the reader.",
    ),
    _error(
        "items-removed",
        "{where} may have more items in {writer} than {reader} admits: {reader} refuses the longer lists.",
        what="The reader's list ends where the writer's goes on: a tuple without further items, or no items at all.",
        why="Events with the longer list are refused.",
        example='before  {"prefixItems": [{}, {}]}\nafter   {"prefixItems": [{}, {}], "items": false}',
        remedy="Keep accepting further items and ignore them.",
    ),
    _error(
        "branch-removed",
        "{where} may be {sends} in {writer}, and `{keyword}` in {reader} has no branch that accepts it.",
        what="A branch of the writer's `anyOf` or `oneOf` has no counterpart in the reader.",
        why="Events of that branch are refused.",
        example='before  {"oneOf": [{"title": "card", "type": "object"}, {"title": "code", "type": "string"}]}\n'
        'after   {"oneOf": [{"title": "card", "type": "object"}]}',
        remedy="Keep the branch in the reader until no event of its kind is left.",
        limits="Which branch is the counterpart is told by types and constants; where several could be, the finding "
        "names the whole combination.",
    ),
    _error(
        "no-branch-accepts",
        "{where} may be {sends} in {writer}, and `{keyword}` in {reader} has no branch that accepts it.",
        what="The reader has a combination where the writer has a plain schema, and no branch of it fits.",
        why="Events that fit no branch are refused.",
        example='before  {"type": "string"}\nafter   {"anyOf": [{"type": "integer"}, {"type": "null"}]}',
        remedy="Add a branch that accepts what is sent.",
    ),
    _error(
        "branches-overlap",
        "{where} may fit branches {branches} of `oneOf` in {reader} at once, and exactly one may fit: {reader} refuses "
        "events that {writer} may send.",
        what="Branches of the reader's `oneOf` accept the same value.",
        why="`oneOf` refuses what more than one branch accepts, so a branch added or widened can refuse old events.",
        example='before  {"oneOf": [{"type": "integer"}]}\n'
        'after   {"oneOf": [{"type": "integer"}, {"type": "number"}]}',
        remedy="Use `anyOf`, or make the branches exclude each other by a constant that names the variant.",
    ),
    _error(
        "not-widened",
        "Values of {where} that {writer} may send are excluded by {reader}: those that fit `{excluded}`.",
        what="The reader's `not` excludes more than the writer does.",
        why="Under `not` directions turn round: what widens the inner schema narrows the outer one.",
        example='before  {"not": {"const": "X"}}\nafter   {"not": {"enum": ["X", "Y"]}}',
        remedy="Exclude no more than before.",
    ),
    _error(
        "instance-refused",
        "An event that {writer} may produce is refused by {reader}{by}.",
        what="An event was found that the reader refuses, and no single difference of structure explains it.",
        why="The event is real: an independent validator accepts it for the writer and refuses it for the reader.",
        example='before  {"type": "string"}\nafter   {"type": "string", "allOf": [false]}',
        remedy="Compare the place in both schemas with the event at hand.",
    ),
    # A warning, not an error: an incompatible pair has an event that is refused, and here there is no event at all.
    Rule(
        "writer-unsatisfiable",
        Severity.WARNING,
        "json-schema",
        "No event satisfies {writer}: {reason}. That {reader} reads all its events says nothing.",
        what="The writer's schema contradicts itself.",
        why='Every reader reads "all events" of a schema that has none. The answer is empty, and the schema is '
        "certainly not what was meant.",
        example='{"type": "object", "required": ["id"], "properties": {}, "additionalProperties": false}',
        remedy="Find the contradiction: a required property that a closed object does not declare, bounds that cross, "
        "or an `allOf` whose members exclude each other.",
    ),
)
