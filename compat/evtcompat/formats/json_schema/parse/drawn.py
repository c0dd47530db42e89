"""What a schema takes from the documents that it refers to: the parts that its references reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evtcompat.errors import ReferenceMissingError
from evtcompat.formats.json_schema.keywords.table import REFERRING
from evtcompat.formats.json_schema.parse.parsing import Schema
from evtcompat.model.canonical import content_hash

if TYPE_CHECKING:
    from referencing._core import Resolver
    from referencing.jsonschema import Schema as Contents

    from evtcompat.model.json_types import JSON


def drawn(schema: Schema) -> list[str]:
    """The contents of these parts; of whole documents where it is not settled which parts are reached.

    That is so with dynamic references, and where what looks like a reference (in an example, say) leads nowhere.
    """
    if not schema.documents:
        return []
    try:
        found = _reached(schema)
    except ReferenceMissingError:
        found = None
    return found or [content_hash(one.value) for one in schema.documents.values()]


def _reached(schema: Schema) -> list[str] | None:
    """What references lead to, in the order of the names of members; ``None`` where that is not settled."""
    library = schema.library
    reached: list[JSON] = []
    pending: list[tuple[JSON, Resolver[Contents] | None]] = [(schema.value, library.root())]
    seen: set[int] = set()
    while pending:
        part, base = pending.pop()
        if isinstance(part, list):
            pending += [(one, base) for one in part]
        if not isinstance(part, dict) or id(part) in seen:
            continue
        seen.add(id(part))
        dialect = library.dialect_of(part)
        words = [word for word in REFERRING if isinstance(part.get(word), str)]
        if words and (words != ["$ref"] or isinstance(part.get(dialect.id_keyword), str)):
            return None
        base = library.enter(part, base, dialect)
        if words:
            target = library.lookup(str(part["$ref"]), base, part)
            # what stands around a part says how it is read: one dialect ignores what another applies
            reached.append([library.dialect_of(target.contents).name, target.contents])
            pending.append((target.contents, target.resolver))
        pending += [(part[name], base) for name in sorted(part)]
    return [content_hash(one) for one in reached]
