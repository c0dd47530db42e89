"""What a registry's answers hold, as typed values; an answer of another shape is refused by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Final, TypeVar

from evtcompat.dataclasses import dataclass
from evtcompat.model.json_types import JSON
from evtcompat.model.levels import Level
from evtcompat.model.verdicts import Policy
from evtcompat.registries.base import DEFAULT_TYPE, Answer, Compatibility, Reference, Registered


class ShapeError(ValueError):
    """An answer lacks a member or has one of another type. The message says which."""


@dataclass(frozen=True, slots=True)
class Schema:
    """A schema by its id."""

    id: int
    text: str
    type: str = DEFAULT_TYPE
    references: tuple[Reference, ...] = ()


_T = TypeVar("_T")
#: The versions of a subject are counted from 1, in 32 bits.
_HIGHEST: Final = 2**31 - 1


def registered(value: JSON) -> Registered:
    """A version of a subject.

    Raises:
        ShapeError: The value is none.
    """
    return Registered(
        subject=_text(value, "subject"),
        version=_version(value),
        id=_number(value, "id"),
        text=_text(value, "schema"),
        type=_optional(value, "schemaType") or DEFAULT_TYPE,
        references=references(value),
        metadata=_member(value, "metadata", optional=True),
        rule_set=_member(value, "ruleSet", optional=True),
        since=_day(value),
    )


def _day(value: JSON) -> str | None:
    """The day of registration: ``createTs`` where the record was written again since, else ``ts``, in milliseconds.

    Older registries, and others that speak this API, tell neither. A moment that is none decides
    nothing, and is passed over.
    """
    found = value if isinstance(value, dict) else {}
    moment = found.get("createTs") or found.get("ts")
    if not isinstance(moment, int) or isinstance(moment, bool) or moment <= 0:
        return None
    try:
        return datetime.fromtimestamp(moment // 1000, UTC).date().isoformat()
    except (OverflowError, OSError, ValueError):
        return None


def schema(schema_id: int, value: JSON) -> Schema:
    """A schema by id.

    Raises:
        ShapeError: The value is none.
    """
    return Schema(schema_id, _text(value, "schema"), _optional(value, "schemaType") or DEFAULT_TYPE, references(value))


def references(value: JSON) -> tuple[Reference, ...]:
    """The member ``references``; absent and ``null`` mean none.

    Raises:
        ShapeError: It is something else.
    """
    found = _member(value, "references", optional=True)
    if found is None:
        return ()
    if not isinstance(found, list):
        raise _shape(found, "references", "a list")
    return tuple(Reference(_text(item, "name"), _text(item, "subject"), _number(item, "version")) for item in found)


def answer(value: JSON) -> Answer:
    """What a compatibility request answers.

    Raises:
        ShapeError: ``is_compatible`` is missing or no truth value; it is never taken for granted.
    """
    compatible = _member(value, "is_compatible")
    if not isinstance(compatible, bool):
        raise _shape(compatible, "is_compatible", "true or false")
    messages = _member(value, "messages", optional=True) or []
    if not isinstance(messages, list):
        raise _shape(messages, "messages", "a list")
    return Answer(compatible, tuple(str(message) for message in messages))


def own_compatibility(value: JSON) -> Compatibility | None:
    """What `compatibility` reads; ``None`` when there is no level: a subject may have other settings of its own.

    Raises:
        ShapeError: It is something else.
    """
    has = isinstance(value, dict) and (value.get("compatibilityLevel") or value.get("compatibility"))
    return compatibility(value) if has or not isinstance(value, dict) else None


def compatibility(value: JSON) -> Compatibility:
    """The answer of ``GET /config`` (``compatibilityLevel``) or ``PUT /config`` (``compatibility``).

    Raises:
        ShapeError: No level, or one that Confluent's registry does not have, or such a policy.
    """
    key = "compatibilityLevel" if isinstance(value, dict) and "compatibilityLevel" in value else "compatibility"
    word = _text(value, key)
    other = _optional(value, "compatibility")
    if other is not None and other.upper() != word.upper():
        message = f"`{key}` is {word!r}, and `compatibility` is {other!r}"
        raise ShapeError(message)
    try:
        level = Level(word.upper())
    except ValueError as error:
        message = f"`{key}` is {word!r}, which is no compatibility level"
        raise ShapeError(message) from error
    named = _optional(value, "compatibilityPolicy") or Policy.STRICT.value
    try:
        policy = Policy(named.lower())
    except ValueError as error:
        message = f"`compatibilityPolicy` is {named!r}, which is no compatibility policy"
        raise ShapeError(message) from error
    normalize = _member(value, "normalize", optional=True)
    return Compatibility(level, policy, _optional(value, "compatibilityGroup"), normalize is True)


def identifier(value: JSON) -> int:
    """The member ``id``.

    Raises:
        ShapeError: It is missing or no number.
    """
    return _number(value, "id")


def mode(value: JSON) -> str:
    """The member ``mode``.

    Raises:
        ShapeError: It is missing or no text.
    """
    return _text(value, "mode")


def texts(value: JSON) -> tuple[str, ...]:
    """A list of texts.

    Raises:
        ShapeError: It is none.
    """
    return many(value, _as_text)


def numbers(value: JSON) -> tuple[int, ...]:
    """A list of the numbers that versions have.

    Raises:
        ShapeError: It is none.
    """
    return many(value, _as_version)


def many(value: JSON, read: Callable[[JSON], _T]) -> tuple[_T, ...]:
    """A list of what `read` reads.

    Raises:
        ShapeError: It is none.
    """
    if not isinstance(value, list):
        message = f"expected a list, found {_kind(value)}"
        raise ShapeError(message)
    return tuple(read(item) for item in value)


def _as_text(item: JSON) -> str:
    if not isinstance(item, str):
        message = f"expected a list of texts, found {_kind(item)} in it"
        raise ShapeError(message)
    return item


def _as_version(item: JSON) -> int:
    if not isinstance(item, int) or isinstance(item, bool):
        message = f"expected a list of whole numbers, found {_kind(item)} in it"
        raise ShapeError(message)
    return _in_range(item)


def _version(value: JSON) -> int:
    return _in_range(_number(value, "version"))


def _in_range(number: int) -> int:
    if not 0 < number <= _HIGHEST:
        message = f"{number} is no number of a version"
        raise ShapeError(message)
    return number


def _member(value: JSON, name: str, *, optional: bool = False) -> JSON:
    if not isinstance(value, dict):
        message = f"expected an object with `{name}`, found {_kind(value)}"
        raise ShapeError(message)
    if name not in value and not optional:
        message = f"the answer has no `{name}`"
        raise ShapeError(message)
    return value.get(name)


def _text(value: JSON, name: str) -> str:
    found = _member(value, name)
    if not isinstance(found, str):
        raise _shape(found, name, "text")
    return found


def _optional(value: JSON, name: str) -> str | None:
    found = _member(value, name, optional=True)
    if found is not None and not isinstance(found, str):
        raise _shape(found, name, "text")
    return found


def _number(value: JSON, name: str) -> int:
    found = _member(value, name)
    if not isinstance(found, int) or isinstance(found, bool):
        raise _shape(found, name, "a whole number")
    return found


def _shape(found: JSON, name: str, wanted: str) -> ShapeError:
    return ShapeError(f"`{name}` should be {wanted}, and is {_kind(found)}")


_KINDS: Sequence[tuple[type, str]] = (
    (bool, "a truth value"),
    (str, "text"),
    (list, "a list"),
    (dict, "an object"),
    (type(None), "null"),
)


def _kind(value: JSON) -> str:
    return next((word for kind, word in _KINDS if isinstance(value, kind)), "a number")
