"""jsonschema-rs, where it is installed: a hundred times as fast as `jsonschema`, which stays the judge.

It is asked whether an event is valid, and what is wrong with one that is not. What it refuses for a reason that was not
met before is given to the exact validator, too (`reading`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from evtcompat.dataclasses import dataclass
from evtcompat.model.places import child
from evtcompat.model.verdicts import Policy

if TYPE_CHECKING:
    from evtcompat.formats.json_schema.parse.parsing import Schema
    from evtcompat.model.json_types import JSON

#: Keywords that refuse a member because nobody declared it; the lenient policy lifts them.
CLOSING: Final = frozenset({"additionalProperties", "unevaluatedProperties"})
#: Keywords whose answer may turn where `CLOSING` ones are lifted inside of them, and not simply to "accepted".
_TURNING: Final = frozenset({"oneOf", "not", "if"})
#: Keywords of whose refusals lifting may make an acceptance.
_GIVING_WAY: Final = CLOSING | {"anyOf", "oneOf", "not", "if", "then", "else", "contains", "unevaluatedItems"}
_NAMED_PARTS: Final = frozenset({"properties", "patternProperties", "$defs", "definitions", "dependentSchemas"})
_INSTANCES: Final = frozenset({"const", "enum", "default", "examples"})


class Reason(NamedTuple):
    """Why an event is refused: the place of a keyword in the reader's document."""

    pointer: str
    keyword: str
    #: Whether it refuses the event under the lenient policy, too.
    certain: bool


@dataclass(frozen=True)
class Quick:
    """The validators of one reader under one policy."""

    #: The schema as it is written.
    _written: Any
    #: The schema with `CLOSING` keywords lifted; ``None`` where that cannot be written as a schema.
    _lifted: Any | None
    _policy: Policy

    def accepts(self, value: Any) -> bool:  # noqa: ANN401 - a JSON value
        """Whether the value is valid as written."""
        return bool(self._written.is_valid(value))

    def accepts_lifted(self, value: Any) -> bool | None:  # noqa: ANN401 - a JSON value
        """Whether the value is accepted by the policy; ``None`` where this cannot tell."""
        if self._policy is Policy.STRICT:
            return False
        return None if self._lifted is None else bool(self._lifted.is_valid(value))

    def reasons(self, value: Any) -> Iterator[Reason]:  # noqa: ANN401 - a JSON value
        """Why the value is not valid as written."""
        for error in self._written.iter_errors(value):
            path = error.schema_path
            pointer = ""
            for step in path:
                pointer = child(pointer, step)
            keyword = str(path[-1]) if path else ""
            missing = getattr(error.kind, "property", None)
            if keyword == "required" and isinstance(missing, str):
                pointer = f"{pointer}\n{missing}"  # told apart below, where the document is at hand
            yield Reason(pointer, keyword, not _GIVING_WAY & set(map(str, path)))


def quick_validator(schema: Schema, policy: Policy) -> Quick | None:
    """The validators of a reader; ``None`` where jsonschema-rs is not installed or does not take the schema."""
    try:
        import jsonschema_rs as library
    except ModuleNotFoundError:
        return None
    document = _plain(schema.value)
    written = _made(library, schema, document)
    if written is None:
        return None
    lifted = None
    if policy is Policy.LENIENT and not schema.documents and not _has(document, _TURNING):
        lifted = _made(library, schema, _lifted(document))
    return Quick(written, lifted, policy)


def _made(library: Any, schema: Schema, document: Any) -> Any | None:  # noqa: ANN401 - untyped library
    def retrieved(uri: str) -> Any:  # noqa: ANN401 - untyped library
        found = schema.library.references.lookup(uri)
        if found is None:
            raise LookupError(uri)
        return _plain(found.value)

    try:
        make: Callable[..., Any] = library.validator_cls_for(document)
        return make(
            document,
            validate_formats=False,
            retriever=retrieved,
            base_uri=schema.document.base_uri,
            # Never an engine that backtracks: events are anybody's.
            pattern_options=library.RegexOptions(),
        )
    except (ValueError, LookupError, TypeError):
        # a pattern or reference that the library does not take: the exact validator reads the schema all the same
        return None


def _plain(value: JSON) -> Any:  # noqa: ANN401 - untyped library
    """The value with numbers as the library takes them."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def _has(value: Any, words: frozenset[str]) -> bool:  # noqa: ANN401 - a JSON value
    if isinstance(value, dict):
        return not words.isdisjoint(value) or any(_has(inner, words) for inner in value.values())
    return isinstance(value, list) and any(_has(inner, words) for inner in value)


def _lifted(value: Any, *, names: bool = False) -> Any:  # noqa: ANN401 - a JSON value
    """The schema with ``false`` for unknown members taken away; `names`: the keys are no keywords."""
    if isinstance(value, list):
        return [_lifted(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    return {
        key: inner if not names and key in _INSTANCES else _lifted(inner, names=not names and key in _NAMED_PARTS)
        for key, inner in value.items()
        if names or key not in CLOSING or inner is not False
    }
