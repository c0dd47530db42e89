"""What the keywords have in common that set the smallest or largest count: of items, of members, of characters."""

from __future__ import annotations

from evtcompat.formats.json_schema.keywords.keyword import (
    FROM_6,
    ONLY_4,
    Compile,
    Holds,
    Keyword,
    Meaning,
    Vocabulary,
    decided,
)
from evtcompat.formats.json_schema.keywords.predicates import count, written_count
from evtcompat.formats.json_schema.rules.limits import diagnose_limit


def counting(name: str, type_: str, compiled: Compile, *, settled_by: str) -> Keyword:
    """A keyword of all drafts that bounds a count by itself; see `Keyword` for the arguments."""
    return Keyword(
        name,
        (decided(written_count, ONLY_4), decided(count, FROM_6)),
        Vocabulary.VALIDATION,
        Holds.NUMBER,
        type_,
        meaning=Meaning.SCALAR,
        compile=compiled,
        settled_by=settled_by,
        diagnose=diagnose_limit,
    )
