"""Rules about types, values and limits in pairs of JSON Schemas."""

from __future__ import annotations

from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity

_REFUSED = "{where} must {accepts} for {reader}, which refuses all other events; in {writer} it {sends}."


def _error(rule_id: str, sentence: str, *, what: str, why: str, example: str, remedy: str) -> Rule:
    return Rule(rule_id, Severity.ERROR, "json-schema", sentence, what, why, example, remedy)


def _limit(rule_id: str, thing: str, before: str, after: str, *, remedy: str = "") -> Rule:
    """A limit that became tighter, or was added."""
    return _error(
        rule_id,
        _REFUSED,
        what=f"The reader limits {thing} more tightly than the writer, or limits it and the writer does not.",
        why="Events between the two limits are valid for producers and refused by consumers.",
        example=f"before  {before}\nafter   {after}",
        remedy=remedy
        or "Keep the wider limit in the reader until no event beyond the new one is left; tighten the producers first.",
    )


VALUE_RULES: tuple[Rule, ...] = (
    _error(
        "type-changed",
        "{where} is {sends} in {writer}, and {reader} accepts only {accepts}.",
        what="The types that the writer sends and those that the reader accepts have nothing in common.",
        why="Every event that carries the value is refused.",
        example='before  {"type": "string"}\nafter   {"type": "integer"}',
        remedy="Accept both types for a while, or put the new type under a new property.",
    ),
    _error(
        "type-narrowed",
        "{where} may be {sends} in {writer}, and {reader} accepts only {accepts}.",
        what="The writer sends types that the reader does not accept, beside others that it does.",
        why="Events with the other types are refused: a null where null was allowed, a fraction where integers are "
        "expected.",
        example='before  {"type": ["string", "null"]}\nafter   {"type": "string"}',
        remedy="Keep accepting all types that are sent; narrow the producers first.",
    ),
    _error(
        "enum-value-removed",
        "{where} may be {missing} in {writer}, which {reader} does not list.",
        what="The writer sends values that the reader's `enum` does not list.",
        why="One unknown value refuses the whole event. Adding a value to an enum breaks consumers that are not yet "
        "updated; removing one breaks the reading of old events.",
        example='before  {"enum": ["NEW", "PAID", "SHIPPED"]}\nafter   {"enum": ["NEW", "PAID"]}',
        remedy="Deploy consumers that know the value before producers send it; keep values that stored events carry.",
    ),
    _error(
        "enum-added",
        "{where} is limited to {accepts} by {reader}, and {writer} sends {sends}.",
        what="The reader lists the admitted values and the writer does not.",
        why="Events with any other value are refused.",
        example='before  {"type": "string"}\nafter   {"type": "string", "enum": ["NEW", "PAID"]}',
        remedy="List the values in the writer first, or accept others in the reader.",
    ),
    _error(
        "const-changed",
        "{where} is always {sends} in {writer}, and {reader} accepts only {accepts}.",
        what="Reader and writer fix the value differently.",
        why="Every event of the writer is refused. `0` and `false` are different values, `1` and `1.0` are not.",
        example='before  {"const": "v1"}\nafter   {"const": "v2"}',
        remedy="Accept both values with `enum`.",
    ),
    _error(
        "const-added",
        "{where} must be {accepts} for {reader}, and {writer} sends {sends}.",
        what="The reader fixes a value that the writer leaves free.",
        why="Events with any other value are refused.",
        example='before  {"type": "string"}\nafter   {"const": "EUR"}',
        remedy="Fix the value in the writer first.",
    ),
    _limit("minimum-raised", "a number from below", '{"minimum": 0}', '{"minimum": 1}'),
    _limit("maximum-lowered", "a number from above", '{"maximum": 1000}', '{"maximum": 100}'),
    _limit("multiple-of-changed", "a number to multiples", '{"type": "number"}', '{"multipleOf": 0.01}'),
    _limit("min-length-raised", "the length of a text from below", '{"minLength": 0}', '{"minLength": 1}'),
    _limit("max-length-lowered", "the length of a text", '{"maxLength": 255}', '{"maxLength": 64}'),
    _limit(
        "pattern-changed",
        "a text by a pattern",
        '{"pattern": "^[A-Za-z0-9-]+$"}',
        '{"pattern": "^[a-z0-9-]+$"}',
        remedy="Accept every text that matched before; a pattern that means the same in other words is no finding.",
    ),
    _limit("min-items-raised", "the number of items from below", '{"type": "array"}', '{"minItems": 1}'),
    _limit("max-items-lowered", "the number of items", '{"maxItems": 100}', '{"maxItems": 10}'),
    _limit(
        "min-properties-raised", "the number of properties from below", '{"type": "object"}', '{"minProperties": 1}'
    ),
    _limit("max-properties-lowered", "the number of properties", '{"maxProperties": 20}', '{"maxProperties": 10}'),
    _limit("format-refused", "a text by a format that is asserted", '{"type": "string"}', '{"format": "uuid"}'),
    _limit("contains-changed", "what an array must contain", '{"type": "array"}', '{"contains": {"const": "primary"}}'),
    _error(
        "unique-items-added",
        "{where} may repeat items in {writer}, and {reader} wants each once.",
        what="The reader sets `uniqueItems` and the writer does not.",
        why="Events with a repeated item are refused.",
        example='before  {"type": "array"}\nafter   {"type": "array", "uniqueItems": true}',
        remedy="Let the consumer drop repeated items.",
    ),
    Rule(
        "format-changed",
        Severity.WARNING,
        "json-schema",
        "{where} has the format {accepts} for {reader} and {sends} in {writer}; formats are not asserted here, so this "
        "refuses nothing, but a consumer that parses the text may fail.",
        what="`format` differs between reader and writer.",
        why="A format is an annotation unless a validator is told to assert it. Code that parses the text by its "
        "format breaks without any validator noticing.",
        example='before  {"type": "string", "format": "date"}\nafter   {"type": "string", "format": "date-time"}',
        remedy="Check how consumers parse the text. Set `assert_formats` if your validators assert formats.",
    ),
)
