"""Keywords that lead to another schema."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from evtcompat.formats.json_schema.algebra.kinds import Node
from evtcompat.formats.json_schema.algebra.nodes import TRUE
from evtcompat.formats.json_schema.keywords.context import Context
from evtcompat.formats.json_schema.keywords.keyword import (
    FROM_6,
    ONLY_4,
    ONLY_2019,
    ONLY_2020,
    Definition,
    Evaluate,
    Holds,
    InPlace,
    Keyword,
    Vocabulary,
    annotation,
    structure,
)
from evtcompat.formats.json_schema.keywords.predicates import anything, text
from evtcompat.formats.json_schema.keywords.scope import Contents, Scope


def _compiled(keyword: str, context: Context, contents: Contents, scope: Scope) -> Node:
    return context.referred(contents, scope, keyword)


def _in_place(keyword: str, context: Context, contents: Contents, scope: Scope) -> Iterator[InPlace]:
    if isinstance(contents[keyword], str):
        target, inner = context.target(contents, scope, keyword)
        yield TRUE, target, context.entered(target, inner, enter=False) if isinstance(target, dict) else None


def _reference(name: str, *definitions: Definition, anchors: bool = False) -> Keyword:
    return Keyword(
        name,
        definitions,
        Vocabulary.CORE,
        Holds.TEXT,
        refers=True,
        anchors=anchors,
        compile=partial(_compiled, name),
        evaluate=Evaluate(in_place=partial(_in_place, name)),
    )


KEYWORDS: Final = (
    # The metaschema of draft 4 does not mention it; one that is no string is refused where it is followed.
    _reference("$ref", structure(anything, ONLY_4), structure(text, FROM_6)),
    _reference("$dynamicRef", structure(text, ONLY_2020), anchors=True),
    # Deprecated but listed in the metaschema of 2020-12, where it constrains nothing.
    _reference("$recursiveRef", structure(text, ONLY_2019), annotation(text, ONLY_2020), anchors=True),
)
