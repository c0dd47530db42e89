"""Fixes that are shown: suggested by the rules, and proven by the engine."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from evtcompat.formats.json_schema.explain.causes import Cause, FoundCause
from evtcompat.formats.json_schema.explain.patched import PatchedSchema
from evtcompat.formats.json_schema.explain.questions import PairQuestions
from evtcompat.formats.json_schema.explain.subschemas import SchemaIndex
from evtcompat.formats.json_schema.rules.diagnosis import SuggestedFix
from evtcompat.model.mismatches import Fix
from evtcompat.model.patches import Operation, apply_patch
from evtcompat.model.verdicts import Verdict


def with_fixes(
    found: Sequence[FoundCause],
    reader: SchemaIndex,
    writer: SchemaIndex,
    questions: PairQuestions,
    sides: Collection[str],
) -> Iterator[Cause]:
    """The causes with their fixes.

    Args:
        found: All causes of the pair.
        reader: The reader as it is written.
        writer: The writer as it is written.
        questions: Asks the engine about the pair.
        sides: Whose fixes: the reader's where they are proven, as their patches together make the pair compatible; the
            writer's, which are proven here.
    """
    of_reader = "reader" in sides
    of_writer = "writer" in sides and _writer_fixes_hold(found, reader, writer, questions)
    same_dialect = reader.schema.dialect is writer.schema.dialect
    for one in found:
        diagnosis = one.cause.diagnosis
        ours = diagnosis.reader_fix if of_reader and one.fix else None
        theirs = diagnosis.writer_fix if of_writer else None
        yield one.cause._replace(
            reader_fix=_shown(ours, "reader", reader, diagnosis.reader.origin, same_dialect=same_dialect),
            writer_fix=_shown(theirs, "writer", writer, theirs.origin if theirs else None, same_dialect=same_dialect),
        )


def _shown(
    fix: SuggestedFix | None, side: str, index: SchemaIndex, origin: str | None, *, same_dialect: bool
) -> Fix | None:
    """The fix as it is shown; ``None`` if the patched document is no schema of its draft."""
    if fix is None:
        return None
    text = fix.text[:1].upper() + fix.text[1:]
    if origin is not None:
        # No edit of the document that is compared.
        return Fix(f"{text} in {origin}", side)
    if not same_dialect and not index.is_schema(apply_patch(index.schema.value, fix.operations)):
        return None
    return Fix(text, side, fix.operations)


def _writer_fixes_hold(
    found: Sequence[FoundCause], reader: SchemaIndex, writer: SchemaIndex, questions: PairQuestions
) -> bool:
    """Whether the writer's fixes, with the reader's patches where the writer has none, make the pair compatible."""
    our_patched, their_patched = PatchedSchema(reader), PatchedSchema(writer)
    fixes = [fix for one in found if (fix := one.cause.diagnosis.writer_fix)]
    if not fixes or _conflict(fixes):
        return False
    try:
        for one in found:
            fix = one.cause.diagnosis.writer_fix
            if fix is not None:
                their_patched = their_patched.patched(fix.operations, fix.origin)
            else:
                our_patched = our_patched.patched(one.patch, one.cause.diagnosis.reader.origin)
    except LookupError:
        return False
    answer = questions.answer(our_patched, their_patched)
    if answer.verdict is not Verdict.COMPATIBLE or answer.vacuous:
        return False
    if our_patched.value() != their_patched.value():
        return True
    # Equal documents are included without a look at what they admit, which may be nothing.
    nothing = PatchedSchema(reader, {None: {"not": {}}})
    return questions.answer(nothing, their_patched).verdict is Verdict.INCOMPATIBLE


def _conflict(fixes: Iterable[SuggestedFix]) -> bool:
    """Whether one of them would undo another: they say different things at one place."""
    known: dict[tuple[str | None, object], Operation] = {}
    return any(
        known.setdefault((fix.origin, operation["path"]), operation) != operation
        for fix in fixes
        for operation in fix.operations
        if not str(operation["path"]).endswith("/-")
    )
