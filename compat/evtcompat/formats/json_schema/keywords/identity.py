"""Keywords of the core that name a schema, its dialect, or places in it, and those that keep schemas."""

from __future__ import annotations

from typing import Final

from evtcompat.formats.json_schema.keywords.keyword import (
    FROM_6,
    FROM_7,
    FROM_2019,
    ONLY_4,
    ONLY_2019,
    ONLY_2020,
    AppliesTo,
    Holding,
    Keyword,
    Vocabulary,
    annotation,
    structure,
)
from evtcompat.formats.json_schema.keywords.predicates import flag, matching, text, vocabularies

_IDENTIFIER = matching(r"[^#]*#?")
_ANCHOR = matching(r"[A-Za-z_][-A-Za-z0-9._]*")
_CORE: Final = Vocabulary.CORE

KEYWORDS: Final = (
    Keyword("$schema", (structure(text),), _CORE),
    Keyword("id", (structure(text, ONLY_4),), _CORE),
    Keyword("$id", (structure(text, FROM_6[:2]), structure(_IDENTIFIER, FROM_2019)), _CORE),
    Keyword(
        "$anchor",
        (structure(matching(r"[A-Za-z][-A-Za-z0-9.:_]*"), ONLY_2019), structure(_ANCHOR, ONLY_2020)),
        _CORE,
        anchors=True,
    ),
    Keyword("$dynamicAnchor", (structure(_ANCHOR, ONLY_2020),), _CORE, anchors=True),
    Keyword(
        "$recursiveAnchor",
        # Deprecated but listed in the metaschema of 2020-12, where it constrains nothing.
        (structure(flag, ONLY_2019), annotation(_ANCHOR, ONLY_2020)),
        _CORE,
        anchors=True,
    ),
    Keyword("$vocabulary", (structure(vocabularies, FROM_2019),), _CORE),
    Keyword("$comment", (annotation(text, FROM_7),), _CORE),
    # A place to keep schemas in every draft.
    Keyword("definitions", (structure(Holding.MAP),), _CORE, applies_to=AppliesTo.NOTHING),
    Keyword("$defs", (structure(Holding.MAP, FROM_2019),), _CORE, applies_to=AppliesTo.NOTHING),
)
