"""Types that the writer sends and the reader does not accept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from evtcompat.dataclasses import replace as replaced
from evtcompat.formats.json_schema.describe.value_types import admits, common_types, type_names
from evtcompat.formats.json_schema.describe.wording import of_types
from evtcompat.formats.json_schema.rules.branches import without_branch
from evtcompat.formats.json_schema.rules.diagnosis import Diagnosis, SuggestedFix
from evtcompat.formats.json_schema.rules.making import error
from evtcompat.model.json_types import JSON
from evtcompat.model.patches import replace

if TYPE_CHECKING:
    from evtcompat.formats.json_schema.explain.context import FailureContext


RULES: Final = (
    error(
        "type-changed",
        "{where} is {sends} in {writer}, and {reader} accepts only {accepts}.",
        what="The types that the writer sends and those that the reader accepts have nothing in common.",
        why="Every event that carries the value is refused.",
        example='before  {"type": "string"}\nafter   {"type": "integer"}',
        remedy="Accept both types for a while, or put the new type under a new property.",
    ),
    error(
        "type-not-accepted",
        "{where} may be {sends} in {writer}, and {reader} accepts only {accepts}.",
        what="The writer sends types that the reader does not accept, beside others that it does.",
        why="Events with the other types are refused: a null where null was allowed, a fraction where integers are "
        "expected.",
        example='before  {"type": ["string", "null"]}\nafter   {"type": "string"}',
        remedy="Keep accepting all types that are sent; narrow the producers first.",
    ),
)


def diagnose_type(context: FailureContext) -> Iterator[Diagnosis]:
    """A type that the reader does not admit."""
    accepted = type_names({"type": context.value}) or ()
    sent = context.sent_types()
    unread = [name for name in sent or () if not admits(accepted, name)]
    shared = sent is None or common_types(accepted, sent)
    fix = SuggestedFix("accept any type", context.removal("type")) if sent is None else None
    if unread:
        widened = [name for name in accepted if not ("number" in unread and name == "integer")] + unread
        value: JSON = widened[0] if len(widened) == 1 else list(widened)
        fix = SuggestedFix(f"accept {of_types(unread, 'and')} too", (replace(context.part.at("type"), value),))
    yield context.diagnosis(
        "type-not-accepted" if shared else "type-changed",
        {"accepts": of_types(accepted), "sends": of_types(sent) if sent else "anything"},
        context.writer_place("type", "enum", "const"),
        reader_fix=fix,
        writer_fix=_sent_only(context, accepted) if shared else None,
    )


def _sent_only(context: FailureContext, accepted: tuple[str, ...]) -> SuggestedFix | None:
    """The fix by which the writer sends no other types: without the branch that sends nothing else, if it has one."""
    text = f"send only {of_types(accepted)}"
    sent = context.writer_with("type", "enum", "const")
    if sent is None or sent.branch is None or common_types(accepted, type_names(sent.part.keywords)):
        return context.copied({"type": context.value}, text)
    fix = without_branch(sent)
    return None if fix is None else replaced(fix, text=f"{text}: {fix.text}")
