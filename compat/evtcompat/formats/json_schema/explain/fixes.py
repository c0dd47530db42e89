"""Fixes that are shown: suggested by the rules, and proven by the engine."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from evtcompat.dataclasses import replace
from evtcompat.formats.json_schema.explain.causes import Cause, FoundCause
from evtcompat.formats.json_schema.explain.patched import PatchedSchema
from evtcompat.formats.json_schema.explain.questions import PairQuestions
from evtcompat.formats.json_schema.explain.subschemas import SchemaIndex
from evtcompat.formats.json_schema.rules.diagnosis import SuggestedFix
from evtcompat.model.combined_patches import as_combined, combined
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
    patches = _writer_patches(found, reader, writer, questions) if "writer" in sides else {}
    same_dialect = reader.schema.dialect is writer.schema.dialect
    for one in found:
        diagnosis = one.cause.diagnosis
        ours = diagnosis.reader_fix if of_reader and one.fix else None
        theirs = diagnosis.writer_fix if patches else None
        if theirs is not None:
            operations = as_combined(theirs.operations, patches[theirs.origin])
            theirs = replace(theirs, operations=operations)
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


def _writer_patches(
    found: Sequence[FoundCause], reader: SchemaIndex, writer: SchemaIndex, questions: PairQuestions
) -> Mapping[str | None, Sequence[Operation]]:
    """What the writer's fixes do to each document, by origin, where that makes the pair compatible; else nothing.

    Of causes that the writer has no fix for the reader's patches are made.
    """
    our_patched, their_patched = PatchedSchema(reader), PatchedSchema(writer)
    wanted: dict[str | None, list[Sequence[Operation]]] = {}
    together: dict[str | None, Sequence[Operation]] = {}
    try:
        for one in found:
            fix = one.cause.diagnosis.writer_fix
            if fix is not None:
                wanted.setdefault(fix.origin, []).append(fix.operations)
            else:
                our_patched = our_patched.patched(one.patch, one.cause.diagnosis.reader.origin)
        for origin, patches in wanted.items():
            operations = combined(patches, writer.document(origin))
            if operations is None:
                return {}
            together[origin] = operations
            their_patched = their_patched.patched(operations, origin)
    except LookupError:
        return {}
    if not together:
        return {}
    answer = questions.answer(our_patched, their_patched)
    if answer.verdict is not Verdict.COMPATIBLE or answer.vacuous:
        return {}
    if our_patched.value() == their_patched.value():
        # Equal documents are included without a look at what they admit, which may be nothing.
        nothing = PatchedSchema(reader, {None: {"not": {}}})
        if questions.answer(nothing, their_patched).verdict is not Verdict.INCOMPATIBLE:
            return {}
    return together
