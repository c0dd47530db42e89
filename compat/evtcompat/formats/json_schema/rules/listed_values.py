"""Values that the writer sends and the reader's `enum` or `const` does not list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from evtcompat.formats.json_schema.describe.value_types import without
from evtcompat.formats.json_schema.describe.wording import joined, listed, quoted, shown
from evtcompat.formats.json_schema.rules.diagnosis import Diagnosis, SuggestedFix
from evtcompat.formats.json_schema.rules.making import error
from evtcompat.model.json_types import JSON
from evtcompat.model.patches import add, remove, replace

if TYPE_CHECKING:
    from evtcompat.formats.json_schema.explain.context import FailureContext


RULES: Final = (
    error(
        "value-not-listed",
        "{where} may be {missing} in {writer}, which {reader} does not list.",
        what="The writer sends values that the reader's `enum` does not list.",
        why="One unknown value refuses the whole event. Adding a value to an enum breaks consumers that are not yet "
        "updated; removing one breaks the reading of old events.",
        example='before  {"enum": ["NEW", "PAID", "SHIPPED"]}\nafter   {"enum": ["NEW", "PAID"]}',
        remedy="Deploy consumers that know the value before producers send it; keep values that stored events carry.",
    ),
    error(
        "values-limited",
        "{where} is limited to {accepts} by {reader}, and {writer} sends {sends} that it allows.",
        what="The reader lists the admitted values and the writer does not.",
        why="Events with any other value are refused.",
        example='before  {"type": "string"}\nafter   {"type": "string", "enum": ["NEW", "PAID"]}',
        remedy="List the values in the writer first, or accept others in the reader.",
    ),
    error(
        "const-changed",
        "{where} is always {sends} in {writer}, and {reader} accepts only {accepts}.",
        what="Reader and writer fix the value differently.",
        why="Every event of the writer is refused. `0` and `false` are different values, `1` and `1.0` are not.",
        example='before  {"const": "v1"}\nafter   {"const": "v2"}',
        remedy="Accept both values with `enum`.",
    ),
    error(
        "value-fixed",
        "{where} must be {accepts} for {reader}, and {writer} sends {sends} that it allows.",
        what="The reader fixes a value that the writer leaves free.",
        why="Events with any other value are refused.",
        example='before  {"type": "string"}\nafter   {"const": "EUR"}',
        remedy="Fix the value in the writer first.",
    ),
)


def diagnose_value(context: FailureContext) -> Iterator[Diagnosis]:
    """A value that `enum` or `const` does not list."""
    keyword = context.keyword
    accepted = context.value if keyword == "enum" and isinstance(context.value, list) else [context.value]
    sent = _sent_values(context)
    yield _unlisted(context, accepted) if sent is None else _listed_otherwise(context, accepted, sent)


def _sent_values(context: FailureContext) -> list[JSON] | None:
    """The values that the writer lists; ``None`` where it lists none."""
    beside = context.writer_with("enum", "const")
    if beside is None:
        return None
    values = beside.part.keywords.get("enum")
    return values if isinstance(values, list) else [beside.part.keywords["const"]]


def _unlisted(context: FailureContext, accepted: list[JSON]) -> Diagnosis:
    """The writer lists no values."""
    keyword, types = context.keyword, context.sent_types()
    return context.diagnosis(
        "values-limited" if keyword == "enum" else "value-fixed",
        {"accepts": listed(accepted), "sends": f"any {joined(types)}" if types else "anything"},
        context.writer_place("enum", "const"),
        reader_fix=SuggestedFix(f"leave {quoted(keyword)} out", context.removal(keyword)),
        writer_fix=context.copied({keyword: context.value}, f"send only {listed(accepted)}"),
    )


def _listed_otherwise(context: FailureContext, accepted: list[JSON], sent: list[JSON]) -> Diagnosis:
    """The writer lists others."""
    keyword = context.keyword
    missing = without(sent, accepted)
    return context.diagnosis(
        "const-changed" if keyword == "const" and len(sent) == 1 else "value-not-listed",
        {"accepts": listed(accepted), "sends": listed(sent), "missing": listed(missing)},
        context.writer_place("enum", "const"),
        reader_fix=_accepting(context, accepted, sent, missing),
        writer_fix=_unsent(context, without(sent, missing), missing),
    )


def _accepting(context: FailureContext, accepted: list[JSON], sent: list[JSON], missing: list[JSON]) -> SuggestedFix:
    """The fix that lets the reader accept what is sent."""
    own = context.part.at(context.keyword)
    if context.keyword == "enum":
        text = f"keep {listed(missing, 'and')} in `enum`"
        return SuggestedFix(text, (replace(own, [*accepted, *missing]),))
    if len(sent) == 1:
        return SuggestedFix(f"keep {shown(sent[0])}", (replace(own, sent[0]),))
    operations = remove(own), add(context.part.at("enum"), [*accepted, *missing])
    return SuggestedFix(f"accept {listed(missing, 'and')} too", operations)


def _unsent(context: FailureContext, kept: list[JSON], missing: list[JSON]) -> SuggestedFix | None:
    """The fix that takes values out of the writer's `enum`, where others are left."""
    beside = context.writer_with("enum", "const")
    if beside is None or not kept or "enum" not in beside.part.keywords:
        return None
    operations = (replace(beside.part.at("enum"), kept),)
    return SuggestedFix(f"take {listed(missing, 'and')} out of `enum`", operations, beside.part.origin)
