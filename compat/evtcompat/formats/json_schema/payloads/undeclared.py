"""What a lenient reader ignores: members that its schema refuses only because nobody declared them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from evtcompat.formats.json_schema.keywords.table import CLOSING
from evtcompat.formats.json_schema.validate.validator import ValidatorFailedError
from evtcompat.formats.payloads import PayloadError
from evtcompat.model.json_values import json_copy
from evtcompat.model.places import tokens
from evtcompat.model.pointers import found_at
from evtcompat.syntax import deep

if TYPE_CHECKING:
    from evtcompat.formats.json_schema.library.violations import Violation
    from evtcompat.formats.json_schema.parse.parsing import Schema
    from evtcompat.formats.json_schema.validate.validator import Validator
    from evtcompat.model.json_types import JSON

#: Undeclared members of one payload that are left out, one object after the other.
_MOST_OBJECTS: Final = 64


class UndecidablePayloadError(PayloadError):
    """The validator can neither accept nor refuse a payload."""

    refused = False


def violation_of(schema: Schema, validator: Validator, value: object) -> Violation | None:
    """What the validator has against a value, on a stack that is deep enough for the schema.

    Raises:
        UndecidablePayloadError: It gives up.
    """
    try:
        return deep.run(schema.nesting, lambda: validator.violation(validator.exact(value)))
    except ValidatorFailedError as failure:
        message = f"the validator gives up on a payload: {failure}"
        raise UndecidablePayloadError(message) from failure


def with_declared_alone(schema: Schema, validator: Validator, value: object) -> tuple[object, list[str]] | None:
    """What `without_undeclared` makes of a value, where a look at its members tells that.

    The schema says of each declared member what it says whatever the others are, accepts the value without the others,
    and so a lenient reader takes it. ``None`` where more is to be asked.
    """
    declared = validator.declared_alone
    if declared is None or not isinstance(value, dict):
        return None
    others = [name for name in value if name not in declared]
    if not others or not all(_stands_in_messages(name) for name in others):
        return None
    kept = {name: member for name, member in value.items() if name in declared}
    try:
        is_accepted = deep.run(schema.nesting, lambda: validator.accepts(validator.exact(kept)))
    except ValidatorFailedError:
        return None
    return (kept, others) if is_accepted else None


def _stands_in_messages(name: str) -> bool:
    """Whether the validator's messages name a member as it is written, so that it is known by them."""
    return repr(name) == f"'{name}'"


def without_undeclared(schema: Schema, validator: Validator, value: object) -> tuple[object, list[str]]:
    """The value without the members that the schema, as written, refuses for being undeclared; and their names."""
    value = json_copy(value)
    ignored: list[str] = []
    for _ in range(_MOST_OBJECTS):
        violation = violation_of(schema, validator, value)
        if violation is None or violation.keyword not in CLOSING:
            break
        target = found_at(value, tokens(violation.pointer))  # type: ignore[arg-type]  # a JSON value
        extra = _extra(schema, validator, value, target, violation) if isinstance(target, dict) else []
        if not isinstance(target, dict) or not extra:
            break
        for name in extra:
            del target[name]
            ignored.append(_named(tokens(violation.pointer), name))
    return value, ignored


def _extra(
    schema: Schema, validator: Validator, value: object, target: dict[str, JSON], violation: Violation
) -> list[str]:
    """The members that the violation by an object is about: without them the validator no longer tells it."""
    named = [name for name in target if f"'{name}'" in violation.message]
    backup = dict(target)
    for name in named:
        del target[name]
    again = violation_of(schema, validator, value)
    place_of = validator.place_of
    gone = again is None or (place_of(again).pointer, again.pointer, again.message) != (
        place_of(violation).pointer,
        violation.pointer,
        violation.message,  # an object may have several of them, each told by itself
    )
    target.clear()
    target.update(backup)
    return named if gone else []


def _named(path: tuple[str, ...], name: str) -> str:
    text = ""
    for token in path:
        text += f"[{token}]" if token.isdigit() else f".{token}" if text else token
    return f"{text}.{name}" if text else name
