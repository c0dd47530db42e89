"""What a schema says of an object by its members is what the library says of the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evtcompat.formats.json_schema.parse.parsing import parse
from evtcompat.formats.json_schema.validate.validator import ValidatorFailedError, validator_of
from evtcompat.model.documents import Document, NoReferences

if TYPE_CHECKING:
    from evtcompat.model.json_types import JSON

DRAFT = "https://json-schema.org/draft/2020-12/schema"
PARTS: dict[str, JSON] = {
    "text": {"type": "string", "maxLength": 3},
    "count": {"type": "integer", "minimum": 0},
    "never": False,
    "any": True,
    "inner": {"type": "object", "properties": {"deep": {"type": "null"}}, "required": ["deep"]},
}
VALUES: st.SearchStrategy[JSON] = st.sampled_from(
    [None, True, 0, -1, 1.5, "a", "long", {"deep": None}, {"deep": 1}, [], {}]
)
OBJECTS = st.lists(st.dictionaries(st.sampled_from([*PARTS, "other"]), VALUES), min_size=1, max_size=6)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(OBJECTS, st.lists(st.sampled_from(list(PARTS)), unique=True), st.sampled_from([None, True, False]))
def test_an_object_is_accepted_exactly_where_the_library_finds_nothing_against_the_whole(
    objects: list[dict[str, JSON]],
    required: list[JSON],
    rest: bool | None,  # noqa: FBT001 - drawn
) -> None:
    value: dict[str, JSON] = {"$schema": DRAFT, "type": "object", "properties": PARTS, "required": list(required)}
    if rest is not None:
        value["additionalProperties"] = rest
    schema = parse(Document(value), NoReferences())
    whole = validator_of(parse(Document({**value, "minProperties": 0}), NoReferences()))  # asks for all at once
    apart = validator_of(schema)
    seen: dict[int, tuple[JSON, JSON]] = {}
    for one in objects:
        exact = apart.exact(one, seen)
        assert exact == whole.exact(one)
        assert apart.accepts(exact) is (not whole.violations(one))
        assert (apart.violation(exact) is None) is apart.accepts(exact)


@pytest.mark.slow
@pytest.mark.parametrize("members", [1, 10, 40])
def test_an_instance_has_the_steps_of_the_whole_however_many_members_it_has(members: int) -> None:
    """One budget over everything: asked one by one, many members take no longer than asked together."""
    parts: dict[str, JSON] = {
        f"p{at}": {"type": "array", "items": {"anyOf": [{"const": 1000 * at + one} for one in range(100)]}}
        for at in range(members)
    }
    value: dict[str, JSON] = {"$schema": DRAFT, "type": "object", "properties": parts}
    instance: JSON = {f"p{at}": [1000 * at + 99 - one % 50 for one in range(100)] for at in range(members)}

    def answer(schema: dict[str, JSON]) -> bool | str:
        validator = validator_of(parse(Document(schema), NoReferences()))
        try:
            return validator.accepts(validator.exact(instance))
        except ValidatorFailedError as failure:
            return str(failure)

    assert answer(value) == answer({**value, "minProperties": 0})
    assert answer(value) == (True if members == 1 else "it would take too long")
