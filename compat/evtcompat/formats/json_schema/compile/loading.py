"""A document as a schema of which every part can be compiled."""

from __future__ import annotations

from urllib.parse import urlsplit

from evtcompat.dataclasses import replace
from evtcompat.errors import SchemaError
from evtcompat.formats.json_schema.compile.compiled import compiled
from evtcompat.formats.json_schema.dialect import Dialect
from evtcompat.formats.json_schema.keywords.scope import Reading
from evtcompat.formats.json_schema.keywords.table import subschemas
from evtcompat.formats.json_schema.parse.parsing import Schema, parse
from evtcompat.model.documents import Document, References
from evtcompat.model.json_types import JSON
from evtcompat.model.places import Place, child
from evtcompat.regular.steps import BudgetExceededError
from evtcompat.syntax import deep


def load_schema(document: Document, references: References | None = None, default: Dialect | None = None) -> Schema:
    """The schema that a document writes, compiled as written; of the `default` dialect when it names none.

    Raises:
        SchemaError: It is none, a pattern in it is no regular expression, a reference leads nowhere or round in a
            circle, or it is beyond a limit; the place points at the offending part.
    """
    schema = parse(document, references, default)
    if not schema.library.simple and _may_hold_no_address(schema.value, schema.dialect.id_keyword):
        _check_identifiers(schema)
    levels = _levels(schema)
    if levels > schema.nesting or schema.documents:
        schema = replace(schema, nesting=max(schema.nesting, levels), draws_on_others=bool(schema.documents))
    return schema


def _may_hold_no_address(value: JSON, keyword: str) -> bool:
    """Whether an identifier in a document holds what only an address of a wrong form does; most hold nothing such."""
    pending: list[JSON] = [value]
    while pending:
        part = pending.pop()
        if isinstance(part, dict):
            if keyword in part:
                named = part[keyword]
                if isinstance(named, str) and not (named.isascii() and "[" not in named and "]" not in named):
                    return True
            pending += [one for one in part.values() if isinstance(one, (dict, list))]
        elif isinstance(part, list):
            pending += [one for one in part if isinstance(one, (dict, list))]
    return False


def _check_identifiers(schema: Schema) -> None:
    """Refuse identifiers that references could not start from.

    Raises:
        SchemaError: One is no address.
    """
    keyword = schema.dialect.id_keyword
    pending: list[tuple[str, JSON]] = [("", schema.value)]
    while pending:
        pointer, part = pending.pop()
        if not isinstance(part, dict):
            continue
        try:
            urlsplit(str(part.get(keyword, "")))
        except ValueError as error:
            message = f"`{keyword}` is no address: {str(error)[0].lower()}{str(error)[1:]}"
            raise SchemaError(message, place=Place(child(pointer, keyword), origin=schema.document.origin)) from error
        pending.extend((place, inner) for place, _, inner in subschemas(part, pointer))


def _levels(schema: Schema) -> int:
    """How deep the schema leads by way of its references."""

    def levels() -> int:
        made = compiled(schema)
        made.at("", Reading.WRITTEN)
        return made.levels

    try:
        try:
            return deep.run(schema.nesting, levels)
        except RecursionError:
            # A shallow document may lead through many references, one after the other.
            schema.cache.clear()
            return deep.run(deep.SHALLOW + 1, levels)
    except BudgetExceededError:
        # Whoever asks about its values is told so; of how deep it leads nothing is known.
        return deep.SHALLOW + 1
