"""The documents that break their metaschema, found in one walk by the shapes of keywords.

Validating a schema against its metaschema with a general validator costs more than the whole comparison. This check
gives the same yes or no (a test holds it against the metaschemas themselves); the wording of a no comes from the
validator, see `parse`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import unquote

from evtcompat.formats.json_schema.dialect import Dialect
from evtcompat.formats.json_schema.keywords import predicates
from evtcompat.formats.json_schema.keywords.keyword import Holding
from evtcompat.formats.json_schema.keywords.table import checks, holdings
from evtcompat.model.places import child


def violations(  # noqa: C901 - one walk
    value: object, dialect: Dialect, dialect_of: Callable[[dict[str, object], Dialect], Dialect]
) -> Iterator[str]:
    """The pointers at which a document breaks its metaschema; empty if and only if it is a schema.

    ``dialect_of`` tells the dialect of an embedded resource.
    """
    stack: list[tuple[object, str, Dialect]] = [(value, "", dialect)]
    while stack:
        schema, pointer, dialect = stack.pop()
        if isinstance(schema, bool):
            if not dialect.boolean_schemas:
                yield pointer
            continue
        if not isinstance(schema, dict):
            yield pointer
            continue
        if pointer and "$schema" in schema:
            dialect = dialect_of(schema, dialect)
        known, held = checks(dialect.name), holdings(dialect.name)
        for keyword, member in schema.items():
            check = known.get(keyword)
            if check is not None:
                if not check(member):
                    yield child(pointer, keyword)
                continue
            how = held.get(keyword)
            if how is not None:
                yield from _children(how, member, child(pointer, keyword), dialect, stack)
        if dialect.boolean_exclusive:
            for flag, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
                if flag in schema and bound not in schema:
                    yield child(pointer, flag)


def stands_for_schema(ref: str, dialect: Dialect) -> bool:
    """Whether a reference leads to where a schema stands, so that `violations` of the whole has looked at that.

    A pointer may lead to anything: into a keyword that nobody knows, or to a map of schemas.
    """
    fragment = unquote(ref.partition("#")[2])
    if not fragment.startswith("/"):
        return True
    steps = fragment[1:].split("/")
    held = holdings(dialect.name)
    while steps:
        how = held.get(steps.pop(0))
        if how is None:
            return False
        if how in (Holding.LIST, Holding.MAP, Holding.DEPENDENCIES):
            if not steps:
                return False
            steps.pop(0)
        elif how is Holding.ONE_OR_LIST and steps and steps[0].isdigit():
            steps.pop(0)
    return True


def _children(
    how: Holding, member: object, pointer: str, dialect: Dialect, stack: list[tuple[object, str, Dialect]]
) -> Iterator[str]:
    if how is Holding.ONE or (how is Holding.ONE_OR_LIST and not isinstance(member, list)):
        stack.append((member, pointer, dialect))
    elif how is Holding.ONE_OR_FLAG:
        if not isinstance(member, bool):
            stack.append((member, pointer, dialect))
    elif how in (Holding.LIST, Holding.ONE_OR_LIST):
        if not isinstance(member, list) or not member:
            yield pointer
        else:
            stack.extend((item, child(pointer, index), dialect) for index, item in enumerate(member))
    elif not isinstance(member, dict):
        yield pointer
    else:
        for name, item in member.items():
            if how is Holding.DEPENDENCIES and isinstance(item, list):
                if not predicates.names(item):
                    yield child(pointer, name)
            else:
                stack.append((item, child(pointer, name), dialect))
