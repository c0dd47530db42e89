"""Limits of numbers, lengths and sizes, patterns and asserted formats that the writer does not keep to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from evtcompat.dataclasses import dataclass
from evtcompat.formats.json_schema.describe.wording import quoted, shown
from evtcompat.formats.json_schema.rules.diagnosis import Diagnosis, SuggestedFix
from evtcompat.formats.json_schema.rules.making import limit
from evtcompat.model.json_types import JSON
from evtcompat.model.patches import add, remove, replace

if TYPE_CHECKING:
    from evtcompat.formats.json_schema.explain.applied import Applied
    from evtcompat.formats.json_schema.explain.context import FailureContext


RULES: Final = (
    limit("minimum-not-met", "a number from below", '{"minimum": 0}', '{"minimum": 1}'),
    limit("maximum-exceeded", "a number from above", '{"maximum": 1000}', '{"maximum": 100}'),
    limit("multiple-of-changed", "a number to multiples", '{"type": "number"}', '{"multipleOf": 0.01}'),
    limit("min-length-not-met", "the length of a text from below", '{"minLength": 0}', '{"minLength": 1}'),
    limit("max-length-exceeded", "the length of a text", '{"maxLength": 255}', '{"maxLength": 64}'),
    limit(
        "pattern-changed",
        "a text by a pattern",
        '{"pattern": "^[A-Za-z0-9-]+$"}',
        '{"pattern": "^[a-z0-9-]+$"}',
        remedy="Accept every text that matched before; a pattern that means the same in other words is no finding.",
    ),
    limit("min-items-not-met", "the number of items from below", '{"type": "array"}', '{"minItems": 1}'),
    limit("max-items-exceeded", "the number of items", '{"maxItems": 100}', '{"maxItems": 10}'),
    limit(
        "min-properties-not-met", "the number of properties from below", '{"type": "object"}', '{"minProperties": 1}'
    ),
    limit("max-properties-exceeded", "the number of properties", '{"maxProperties": 20}', '{"maxProperties": 10}'),
    limit("format-refused", "a text by a format that is asserted", '{"type": "string"}', '{"format": "uuid"}'),
)


@dataclass(frozen=True, slots=True)
class Limit:
    """A keyword that limits, and how to say it."""

    rule: str
    #: What a value must do, with one place for the limit.
    phrase: str
    #: The same where the limit itself is excluded.
    exclusive: str = ""
    #: Keywords that the writer may say it with.
    kin: tuple[str, ...] = ()
    #: The same where the limit is 1, for things that are counted.
    one: str = ""


def _counted(rule: str, amount: str, thing: str, things: str) -> Limit:
    return Limit(rule, f"have {amount} {{}} {things}", one=f"have {amount} {{}} {thing}")


_LOWER = Limit("minimum-not-met", "be at least {}", "be more than {}", ("minimum", "exclusiveMinimum"))
_UPPER = Limit("maximum-exceeded", "be at most {}", "be less than {}", ("maximum", "exclusiveMaximum"))

LIMITS: Final[Mapping[str, Limit]] = {
    "minimum": _LOWER,
    "exclusiveMinimum": _LOWER,
    "maximum": _UPPER,
    "exclusiveMaximum": _UPPER,
    "multipleOf": Limit("multiple-of-changed", "be a multiple of {}"),
    "minLength": _counted("min-length-not-met", "at least", "character", "characters"),
    "maxLength": _counted("max-length-exceeded", "at most", "character", "characters"),
    "pattern": Limit("pattern-changed", "match `{}`"),
    "minItems": _counted("min-items-not-met", "at least", "item", "items"),
    "maxItems": _counted("max-items-exceeded", "at most", "item", "items"),
    "minContains": _counted("contains-changed", "at least", "item that fits `{kind}`", "items that fit `{kind}`"),
    "maxContains": _counted("contains-changed", "at most", "item that fits `{kind}`", "items that fit `{kind}`"),
    "minProperties": _counted("min-properties-not-met", "at least", "property", "properties"),
    "maxProperties": _counted("max-properties-exceeded", "at most", "property", "properties"),
    "format": Limit("format-refused", "have the format `{}`"),
}
_NUMBERS = (int, float, Decimal)


def phrase(keyword: str, schema: Mapping[str, JSON]) -> str:
    """What a schema's keyword demands, in words."""
    limit = LIMITS[keyword]
    value = schema[keyword]
    twin = schema.get("exclusiveMinimum" if keyword == "minimum" else "exclusiveMaximum")
    excluded = keyword.startswith("exclusive") or (keyword in ("minimum", "maximum") and twin is True)
    words = limit.exclusive if excluded and limit.exclusive else limit.phrase
    if limit.one and value == 1:
        words = limit.one
    return words.format(value if isinstance(value, str) else shown(value), kind=shown(schema.get("contains")))


def diagnose_limit(context: FailureContext) -> Iterator[Diagnosis]:
    """A limit that the writer has otherwise, or not at all."""
    keyword, keywords = context.keyword, context.part.keywords
    limit = LIMITS[keyword]
    kin = limit.kin or (keyword,)
    if _is_implied(keywords, keyword, kin):
        return  # the other one is a failure of its own
    beside = context.writer_with(*kin)
    written = [word for word in kin if beside and not isinstance(beside.part.keywords.get(word, True), bool)]
    sends = " and ".join(phrase(word, beside.part.keywords) for word in written) if beside else ""
    patch = tuple(remove(context.part.at(word)) for word in kin if word in keywords)
    words = (keyword, *kin, "contains") if keyword in ("minContains", "maxContains") else (keyword, *kin)
    demanded = {word: keywords[word] for word in dict.fromkeys(words) if word in keywords}
    yield context.diagnosis(
        limit.rule,
        {
            "accepts": phrase(keyword, keywords),
            "sends": f"must {sends}" if sends else f"has no such limit{_annotated(context)}",
            "keyword": keyword,
        },
        context.writer_place(*kin),
        patch=patch,
        reader_fix=_as_in_writer(context, beside, kin) or SuggestedFix(f"leave {quoted(keyword)} out", patch),
        writer_fix=context.copied(demanded, f"set {quoted(keyword)} to {shown(context.value)}"),
    )


def _annotated(context: FailureContext) -> str:
    """What may look like a limit of the writer and is none."""
    beside = context.writer_with("format") if context.keyword in ("pattern", "minLength", "maxLength") else None
    return f" (`format` {shown(beside.part.keywords['format'])} is not asserted)" if beside else ""


def _is_implied(schema: Mapping[str, JSON], keyword: str, kin: Sequence[str]) -> bool:
    """Whether a bound beside one refuses whatever it refuses."""
    for other in kin:
        value, beside = schema[keyword], schema.get(other)
        if other == keyword or not isinstance(value, _NUMBERS) or not isinstance(beside, _NUMBERS):
            continue
        if isinstance(beside, bool):
            continue
        if beside == value:
            return other.startswith("exclusive")
        return (beside > value) is (keyword in ("minimum", "exclusiveMinimum"))
    return False


def _as_in_writer(context: FailureContext, beside: Applied | None, kin: Sequence[str]) -> SuggestedFix | None:
    """The fix that gives the reader the writer's limit, in the words of the reader's draft."""
    words = {word: beside.part.keywords[word] for word in kin if word in beside.part.keywords} if beside else {}
    if beside is None or not words:
        return None
    translated = context.in_reader_words(beside, words)
    if translated is None:
        return None
    own = [word for word in kin if word in context.part.keywords]
    kept = " and ".join(f"{quoted(word)} at {shown(value)}" for word, value in translated.items())
    operations = [
        *(remove(context.part.at(word)) for word in own if word not in translated),
        *((replace if word in own else add)(context.part.at(word), value) for word, value in translated.items()),
    ]
    return SuggestedFix(f"keep {kept}", tuple(operations))
