"""The explanation of a pair that was decided.

What only an incompatible pair, or one with formats, needs is imported where it is needed: most pairs are compatible.
"""

from __future__ import annotations

from typing import Final

from evtcompat.formats.json_schema.decide import Answer
from evtcompat.formats.json_schema.options import Options
from evtcompat.formats.json_schema.parse.content_keys import content_key, fragment_of
from evtcompat.formats.json_schema.parse.parsing import Schema
from evtcompat.model.mismatches import Explanation, Mismatch, Undecided
from evtcompat.model.pointers import document_order
from evtcompat.model.verdicts import Verdict
from evtcompat.syntax import deep

_FORMAT: Final = fragment_of("format")
_WORD: Final = b"format"


def explain(reader: Schema, writer: Schema, answer: Answer, options: Options) -> Explanation:
    """The findings about a pair, given what `decide` answered for it.

    Returns:
        For an incompatible pair at least one mismatch of severity error, each with a witness that the reader refuses at
        that very place, and nowhere else where such a witness was found. For a compatible pair none of severity error,
        unless the writer can produce nothing at all (`writer-unsatisfiable`). For any pair the warnings that need no
        reasoning. Sorted by place in the reader. Open is whether more breaks, where that is not known.
    """
    return deep.run(max(reader.nesting, writer.nesting), lambda: _explain(reader, writer, answer, options))


def _explain(reader: Schema, writer: Schema, answer: Answer, options: Options) -> Explanation:
    found: list[Mismatch] = []
    undecided: tuple[Undecided, ...] = ()
    if answer.verdict is Verdict.INCOMPATIBLE:
        from evtcompat.formats.json_schema.explain.findings import findings

        causes = findings(reader, writer, answer, options)
        found, undecided = [*causes.mismatches], causes.undecided
    elif answer.vacuous:
        from evtcompat.formats.json_schema.explain.contradiction import contradiction

        found.append(contradiction(writer, options))
    if not options.assert_formats and reader.value is not writer.value and _formats(reader) and _formats(writer):
        from evtcompat.formats.json_schema.explain.subschemas import SchemaIndex
        from evtcompat.formats.json_schema.rules.formats import changed_formats

        found += changed_formats(SchemaIndex(reader), SchemaIndex(writer))
    return Explanation(tuple(sorted(found, key=_order)) if len(found) > 1 else tuple(found), undecided)


def _formats(schema: Schema) -> bool:
    """Whether there may be a ``format`` in the schema or in a document that it refers to."""
    if schema.library.documents:
        return True
    key = content_key(schema.value) if schema.content_key is None else schema.content_key
    # What the word alone is not found in is looked through in a third of the time.
    return key is None or (_WORD in key and _FORMAT in key)


def _order(one: Mismatch) -> tuple[str, tuple[tuple[int, str], ...], str]:
    return one.reader.origin or "", document_order(one.reader.pointer), one.rule
