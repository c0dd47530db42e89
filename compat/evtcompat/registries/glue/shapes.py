"""Whether an answer is one that AWS's own description of the operation allows.

botocore reads answers leniently: what is no JSON becomes an answer without members, and nothing would be missed.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import NoneType
from typing import Any, Final

from evtcompat.model.json_texts import loads
from evtcompat.model.json_types import JSON

#: Of an error: what it is, and what it says.
_TOLD: Final = ("__type", "code", "Code", "message", "Message")
_SCALARS: Final[Mapping[str, type]] = {"string": str, "integer": int, "long": int, "boolean": bool}


def misshapen(value: JSON, shape: Any, name: str = "the answer") -> str | None:  # noqa: ANN401 - botocore has no types
    """What is wrong with an answer, as a sentence's end; ``None`` when nothing is.

    Args:
        value: Of the answer.
        shape: Of botocore's model: what it should be.
        name: What to call the value.
    """
    if value is None:
        return None
    kind = shape.type_name
    if kind == "structure":
        if not isinstance(value, dict):
            return f"{name} should be an object"
        found = (misshapen(value.get(key), member, f"`{key}`") for key, member in shape.members.items())
        return next((problem for problem in found if problem), None)
    if kind == "list":
        if not isinstance(value, list):
            return f"{name} should be a list"
        if None in value:
            return f"{name} should have no null in it"
        found = (misshapen(item, shape.member, f"an item of {name}") for item in value)
        return next((problem for problem in found if problem), None)
    wanted = _SCALARS.get(kind)
    if wanted is None or (isinstance(value, wanted) and isinstance(value, bool) == (wanted is bool)):
        return None
    return f"{name} should be {'a truth value' if wanted is bool else 'text' if wanted is str else 'a number'}"


def told(body: bytes) -> JSON:
    """What a refusal tells, if it is one of AWS: an object whose code and words, where it has some, are text.

    Otherwise an empty object: botocore takes any JSON for an error of AWS, and fails on what is none.
    """
    try:
        value: JSON = loads(body, unique=True)
    except ValueError:
        return {}
    if isinstance(value, dict) and all(isinstance(value.get(name, ""), str | NoneType) for name in _TOLD):
        return value
    return {}
