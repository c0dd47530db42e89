"""Combinations of which no branch accepts what is sent, or more than one does."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from evtcompat.formats.json_schema.describe.branches import constant, label, title
from evtcompat.formats.json_schema.describe.value_types import type_names
from evtcompat.formats.json_schema.describe.wording import joined, of_types, quoted
from evtcompat.formats.json_schema.rules.diagnosis import Diagnosis, SuggestedFix
from evtcompat.formats.json_schema.rules.making import error
from evtcompat.model.patches import Operation, add, move, remove

if TYPE_CHECKING:
    from evtcompat.formats.json_schema.explain.applied import Applied
    from evtcompat.formats.json_schema.explain.context import FailureContext


RULES: Final = (
    error(
        "branch-not-accepted",
        "{where} may be {sends} in {writer}, and `{keyword}` in {reader} has no branch that accepts it.",
        what="A branch of the writer's `anyOf` or `oneOf` has no counterpart in the reader.",
        why="Events of that branch are refused.",
        example='before  {"oneOf": [{"title": "card", "type": "object"}, {"title": "code", "type": "string"}]}\n'
        'after   {"oneOf": [{"title": "card", "type": "object"}]}',
        remedy="Keep the branch in the reader until no event of its kind is left.",
        limits="Which branch is the counterpart is told by types and constants; where several could be, the finding "
        "names the whole combination.",
    ),
    error(
        "no-branch-accepts",
        "{where} may be {sends} in {writer}, and `{keyword}` in {reader} has no branch that accepts it.",
        what="The reader has a combination where the writer has a plain schema, and no branch of it fits.",
        why="Events that fit no branch are refused.",
        example='before  {"type": "string"}\nafter   {"anyOf": [{"type": "integer"}, {"type": "null"}]}',
        remedy="Add a branch that accepts what is sent.",
    ),
    error(
        "branches-overlap",
        "{where} may fit branches {branches} of `oneOf` in {reader} at once, and exactly one may fit: {reader} refuses "
        "events that {writer} may send.",
        what="Branches of the reader's `oneOf` accept the same value.",
        why="`oneOf` refuses what more than one branch accepts, so a branch added or widened can refuse old events.",
        example='before  {"oneOf": [{"type": "integer"}]}\n'
        'after   {"oneOf": [{"type": "integer"}, {"type": "number"}]}',
        remedy="Use `anyOf`, or make the branches exclude each other by a constant that names the variant.",
    ),
)


def diagnose_combination(context: FailureContext) -> Iterator[Diagnosis]:
    """A combination that no branch or more than one branch of answers for."""
    yield _unanswered(context) if context.failure.branches else _overlap(context)


def _unanswered(context: FailureContext) -> Diagnosis:
    keyword = context.keyword
    #: The branch of the writer's own combination that the event went through.
    taken = next((one for one in context.applied() if one.branch is not None), None)
    sent = taken or context.first_applied()
    patch: tuple[Operation, ...] = context.removal(keyword)
    fix = None
    schema = context.for_reader(sent.part) if sent else None
    if schema is not None:
        patch = (add(f"{context.part.at(keyword)}/-", schema),)
        text = f"keep the branch in {quoted(keyword)}" if taken else f"add a branch for it to {quoted(keyword)}"
        fix = SuggestedFix(text, patch)
    place = sent.part.place(names=sent.names) if sent else None
    if taken is not None and taken.branch is not None:
        place = taken.branch.place(names=context.names)
    return context.diagnosis(
        "branch-not-accepted" if taken else "no-branch-accepts",
        {"keyword": keyword, "sends": _described(context, sent)},
        place,
        patch=patch,
        reader_fix=fix,
        writer_fix=without_branch(taken),
    )


def _overlap(context: FailureContext) -> Diagnosis:
    listed = context.value if isinstance(context.value, list) else []
    overlapping = [
        index
        for index in range(len(listed))
        if (branch := context.reader.below(context.part, "oneOf", index))
        and context.reader.accepts(branch, context.failure.instance)
    ]
    patch: tuple[Operation, ...] = context.removal("oneOf")
    fix = None
    if "anyOf" not in context.part.keywords:
        patch = (move(context.part.at("oneOf"), context.part.at("anyOf")),)
        fix = SuggestedFix("write `anyOf` instead of `oneOf`", patch)
    return context.diagnosis(
        "branches-overlap",
        {"branches": joined([label(listed[index], str(index)) for index in overlapping], "and")},
        context.writer_place("oneOf", "anyOf"),
        patch=patch,
        reader_fix=fix,
    )


def without_branch(taken: Applied | None) -> SuggestedFix | None:
    """The fix that takes a branch out of the writer's combination, unless it is the first."""
    if taken is None or taken.branch is None or not taken.branch.changeable:
        return None
    pointer = taken.branch.pointer
    index = pointer.rpartition("/")[2]
    if index == "0":
        return None
    return SuggestedFix(f"drop branch {label(taken.branch.value, index)}", (remove(pointer),), taken.branch.origin)


def _described(context: FailureContext, sent: Applied | None) -> str:
    """A branch or schema by its title, its reference or its types."""
    if sent is None:
        return "anything"
    types = context.sent_types() if sent.branch is None else type_names(sent.part.keywords)
    parts = [part.value for part in (sent.branch, sent.part) if part is not None]
    called = next((word for part in parts for word in title(part)), "")
    fixed = next((word for part in parts for word in constant(part)), "")
    if fixed and not called:
        return f"{of_types(types or ('object',))} with {fixed}"
    return called or (of_types(types) if types else "anything")
