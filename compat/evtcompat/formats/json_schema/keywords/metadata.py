"""Keywords that describe: they constrain nothing."""

from __future__ import annotations

from typing import Final

from evtcompat.formats.json_schema.keywords.keyword import (
    FROM_6,
    FROM_7,
    FROM_2019,
    ONLY_7,
    AppliesTo,
    Holding,
    Keyword,
    Vocabulary,
    annotation,
)
from evtcompat.formats.json_schema.keywords.predicates import anything, array, flag, text

_META: Final = Vocabulary.META_DATA

KEYWORDS: Final = (
    Keyword("title", (annotation(text),), _META),
    Keyword("description", (annotation(text),), _META),
    Keyword("default", (annotation(anything),), _META),
    Keyword("examples", (annotation(array, FROM_6),), _META),
    Keyword("deprecated", (annotation(flag, FROM_2019),), _META),
    Keyword("readOnly", (annotation(flag, FROM_7),), _META),
    # The metaschema of draft 7 forgot it.
    Keyword("writeOnly", (annotation(anything, ONLY_7), annotation(flag, FROM_2019)), _META),
    Keyword("contentEncoding", (annotation(text, FROM_7),), Vocabulary.CONTENT),
    Keyword("contentMediaType", (annotation(text, FROM_7),), Vocabulary.CONTENT),
    Keyword(
        "contentSchema",
        (annotation(Holding.ONE, FROM_2019),),
        Vocabulary.CONTENT,
        applies_to=AppliesTo.NOTHING,
    ),
)
