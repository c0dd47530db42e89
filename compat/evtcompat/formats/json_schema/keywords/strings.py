# ruff: noqa: ARG001 - one signature for all keywords
"""Keywords for strings."""

from __future__ import annotations

from typing import Final

from evtcompat.formats.json_schema.algebra import nodes
from evtcompat.formats.json_schema.algebra.kinds import Node
from evtcompat.formats.json_schema.algebra.nodes import TRUE, conjunction, negation, types
from evtcompat.formats.json_schema.dialect import DRAFTS, Handling
from evtcompat.formats.json_schema.keywords.context import Context
from evtcompat.formats.json_schema.keywords.counting import counting
from evtcompat.formats.json_schema.keywords.formats import checker_of_format, language_of_format
from evtcompat.formats.json_schema.keywords.keyword import (
    Definition,
    Holds,
    Keyword,
    Meaning,
    Vocabulary,
    decided,
)
from evtcompat.formats.json_schema.keywords.predicates import text
from evtcompat.formats.json_schema.keywords.scope import Contents, Scope
from evtcompat.formats.json_schema.rules.limits import diagnose_limit


def _min_length(context: Context, contents: Contents, scope: Scope) -> Node:
    """``minLength``."""
    return nodes.min_length(int(contents["minLength"]))


def _max_length(context: Context, contents: Contents, scope: Scope) -> Node:
    """``maxLength``."""
    longer = nodes.min_length(int(contents["maxLength"]) + 1)
    return negation(conjunction((types(("string",)), longer)))


def _pattern(context: Context, contents: Contents, scope: Scope) -> Node:
    """``pattern``, a search without anchors."""
    found = context.pattern(contents["pattern"], contents, "pattern")
    if found is None:
        return context.opaque(f"pattern {contents['pattern']!r}", "string", contents, "pattern")
    return TRUE if found.language.is_everything else nodes.matches(found)


def _format(context: Context, contents: Contents, scope: Scope) -> Node:
    """``format``, where the options assert it and the dialect knows it."""
    name = contents["format"]
    if not context.asserted:
        return TRUE
    modelled = language_of_format(name, scope.dialect)
    if modelled is not None:
        return nodes.matches(modelled)
    check = checker_of_format(name, scope.dialect)
    return TRUE if check is None else context.opaque(f"format {name!r}", "string", contents, "format", check)


_LENGTHS: Final = "lengths of strings"

KEYWORDS: Final = (
    counting("minLength", "string", _min_length, settled_by=_LENGTHS),
    counting("maxLength", "string", _max_length, settled_by=_LENGTHS),
    Keyword(
        "pattern",
        (decided(text),),
        Vocabulary.VALIDATION,
        Holds.TEXT,
        "string",
        meaning=Meaning.VALUE,
        compile=_pattern,
        settled_by="inclusion of regular languages",
        diagnose=diagnose_limit,
    ),
    Keyword(
        "format",
        (Definition(DRAFTS, Handling.FORMAT, text),),
        Vocabulary.FORMAT,
        meaning=Meaning.VALUE,
        compile=_format,
        settled_by="inclusion of regular languages",
        diagnose=diagnose_limit,
    ),
)
