"""Rules about one JSON Schema alone; `lint` finds what falls under them.

The texts stand apart, as listing the rules must not import the keywords.
"""

from __future__ import annotations

from typing import Final

from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity

RULES: Final = (
    Rule(
        "unknown-keyword",
        Severity.WARNING,
        "json-schema",
        "`{keyword}` is no keyword and is ignored; `{suggestion}` was probably meant.",
        what="A word that looks like a misspelt keyword.",
        why="JSON Schema ignores unknown keywords, so the constraint is not there: the schema accepts everything in "
        "that respect, and so does every comparison.",
        example='{"type": "string", "mexLength": 64}',
        remedy="Correct the spelling. That narrows the schema: treat it as a change, not as a cosmetic one.",
        limits="Only words near to a constraining keyword, with a value that would fit it, are reported.",
    ),
    Rule(
        "keyword-of-another-draft",
        Severity.WARNING,
        "json-schema",
        "`{keyword}` is no keyword of {draft} and is ignored there; {advice}.",
        what="A keyword of another draft than the one that the schema is read in.",
        why="Validators ignore it, so the constraint is not there.",
        example='{"$schema": "http://json-schema.org/draft-07/schema#", "prefixItems": [{"type": "string"}]}',
        remedy="Use the draft's own keyword, or declare the draft that knows it in `$schema`.",
    ),
    Rule(
        "keyword-beside-ref",
        Severity.WARNING,
        "json-schema",
        "`{keyword}` stands beside `$ref` and is ignored in {draft}.",
        what="A constraining keyword beside `$ref`, in a draft where `$ref` hides what stands beside it.",
        why="Up to draft 7 an object with `$ref` is that reference and nothing else.",
        example='{"$schema": "http://json-schema.org/draft-07/schema#", "definitions": {"code": {"type": "string"}}, '
        '"properties": {"code": {"$ref": "#/definitions/code", "maxLength": 8}}}',
        remedy='Wrap the reference: {"allOf": [{"$ref": "#/definitions/code"}], "maxLength": 8}.',
    ),
    Rule(
        "keyword-of-another-language",
        Severity.WARNING,
        "json-schema",
        "`{keyword}` is a word of {language} that JSON Schema ignores; {advice}.",
        what="A word that constrains in OpenAPI, in a draft before draft 4, or in another relative of JSON Schema.",
        why="A validator of JSON Schema ignores it: `nullable` does not let null pass, and `optional` frees from "
        "nothing. Code that is generated from the schema by a tool of the other language may read it all the same, so "
        "that producers and consumers disagree.",
        example='{"type": "string", "nullable": true}',
        remedy="Say it in the words of JSON Schema. That changes what the schema accepts: treat it as a change, not as "
        "a cosmetic one.",
        limits="Words that begin with `x-`, and words that only describe (`example`, `xml`), are not reported.",
    ),
    Rule(
        "unknown-format",
        Severity.NOTE,
        "json-schema",
        "`format` has no `{format}`; `{suggestion}` was probably meant.",
        what="A format that is nearly the name of one.",
        why="Validators that assert formats ignore the ones that they do not know.",
        example='{"type": "string", "format": "datetime"}',
        remedy="Correct the spelling. Where formats are asserted that narrows the schema.",
        limits="Only words near to a format of some draft are reported; formats of your own are left alone.",
    ),
    Rule(
        "metaschema-address",
        Severity.NOTE,
        "json-schema",
        "`$schema` is {address}, which is read as {draft}; the address of that is {known}.",
        what="A `$schema` that names a draft by another address than the draft's own.",
        why="An address is a name: `https://json-schema.org/draft-07/schema#` is not the one that draft 7 gives "
        "itself, and tools that compare addresses take the schema for one of no draft, or of the newest.",
        example='{"$schema": "https://json-schema.org/draft-07/schema#", "type": "object"}',
        remedy="Write the address as the draft does. It is evtcompat's reading as well, so nothing changes here.",
        cases={
            "latest": "`$schema` is {address}, whichever draft is the latest; it is read as {draft}. Name the draft, "
            "so that it does not change by itself."
        },
    ),
    Rule(
        "keyword-without-effect",
        Severity.NOTE,
        "json-schema",
        "`{keyword}` has no effect here: {reason}.",
        what="A keyword that constrains nothing where it stands.",
        why="A keyword that speaks of one type leaves values of other types alone, and some keywords only work beside "
        "another.",
        example='{"type": "integer", "minLength": 1}',
        remedy="Remove it, or use the keyword of the right type (`minimum` for numbers).",
        cases={"repeated": "`{keyword}` says something twice; once is enough, and the metaschema wants it so."},
    ),
)
