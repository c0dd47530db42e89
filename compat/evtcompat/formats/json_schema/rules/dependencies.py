"""Properties that the reader wants together."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from evtcompat.formats.json_schema.describe.wording import joined, quoted
from evtcompat.formats.json_schema.rules.diagnosis import Diagnosis, SuggestedFix
from evtcompat.formats.json_schema.rules.making import error

if TYPE_CHECKING:
    from evtcompat.formats.json_schema.explain.context import FailureContext


RULES: Final = (
    error(
        "dependency-demanded",
        "{missing} must come with `{property}` in {where} for {reader}, and {writer} may send `{property}` alone.",
        what="The reader demands properties that must accompany another, and the writer does not.",
        why="Events that carry the one without the others are refused.",
        example='before  {"properties": {"card": {}, "name": {}}}\n'
        'after   {"properties": {"card": {}, "name": {}}, "dependentRequired": {"card": ["name"]}}',
        remedy="Treat the companions as optional in the reader.",
    ),
)


def diagnose_dependency(context: FailureContext) -> Iterator[Diagnosis]:
    """Properties that come without those that must come with them: each under its own name."""
    keyword = context.keyword
    lists = context.value if isinstance(context.value, dict) else {}
    event = context.failure.instance if isinstance(context.failure.instance, dict) else {}
    for trigger, names in lists.items():
        missing = [quoted(str(name)) for name in names if name not in event] if isinstance(names, list) else []
        if trigger in event and missing:
            patch = context.removal(keyword, trigger)
            yield context.diagnosis(
                "dependency-demanded",
                {"property": trigger, "missing": joined(missing, "and")},
                context.writer_place(keyword, "dependencies", "dependentRequired"),
                steps=(keyword, trigger),
                patch=patch,
                reader_fix=SuggestedFix(f"do not ask for {joined(missing)} beside {quoted(trigger)}", patch),
                writer_fix=context.copied({keyword: {trigger: names}}, f"ask for the same beside {quoted(trigger)}"),
            )
