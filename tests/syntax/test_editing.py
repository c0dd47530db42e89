"""A patch of a JSON text changes what it names, and leaves every other character as it was."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls import called
from evtcompat.model.json_types import JSON
from evtcompat.model.patches import Operation, add, apply_patch, move, remove, replace
from evtcompat.model.places import child
from evtcompat.syntax.editing import edited, rewritten

SPREAD = """{
    // the order
    "type": "record",
    "fields": [
        {"name": "a", "type": "int"},   /* first */
        {"name": "b", "type": "int"}
    ],
    "empty": {}
}
"""
CASES = {
    "a member of an object on one line": (
        add("/fields/0/default", 0),
        SPREAD.replace('"a", "type": "int"}', '"a", "type": "int", "default": 0}'),
    ),
    "a member of an object on many lines": (
        add("/doc", "é"),
        SPREAD.replace('"empty": {}', '"empty": {},\n    "doc": "é"'),
    ),
    "a member of an empty object": (add("/empty/x", [1]), SPREAD.replace("{}", '{"x": [1]}')),
    "a member that is there": (add("/type", "x"), SPREAD.replace('"record"', '"x"')),
    "another value": (replace("/fields/1/type", "long"), SPREAD.replace('"b", "type": "int"', '"b", "type": "long"')),
    "an item at the end": (add("/fields/-", {"n": 1}), SPREAD.replace("}\n    ]", '},\n        {"n": 1}\n    ]')),
    "an item between": (add("/fields/1", 7), SPREAD.replace('{"name": "b"', '7,\n        {"name": "b"')),
    "without the last member": (remove("/empty"), SPREAD.replace(',\n    "empty": {}', "")),
    "without the last item": (
        remove("/fields/1"),
        SPREAD.replace(',   /* first */\n        {"name": "b", "type": "int"}', ""),
    ),
    "without the first member": (remove("/fields/0/name"), SPREAD.replace('{"name": "a", ', "{")),
    "moved": (
        move("/fields/0/type", "/fields/0/kind"),
        SPREAD.replace('"a", "type": "int"', '"a", "kind": "int"'),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_what_a_person_sees(name: str) -> None:
    operation, expected = CASES[name]
    assert edited(SPREAD, [operation], comments=True) == expected


LISTED = """{
    "enum": [
        "a",  // first
        "b",
        "c"
    ],
    "pairs": [["a"], ["b", "c"]]
}
"""


@pytest.mark.parametrize("operation", [replace("/enum", ["a", "c", "d"]), add("/enum", ["a", "c", "d"])])
def test_the_items_that_stay_in_a_list_keep_their_layout(operation: Operation) -> None:
    expected = LISTED.replace('        "b",\n        "c"', '        "c",\n        "d"')
    assert rewritten(LISTED, [operation], "a.avsc") == expected


def test_a_list_that_is_put_before_another_one_leaves_that_as_it_is() -> None:
    assert rewritten(LISTED, [add("/pairs/1", ["b"])], "a.avsc") == LISTED.replace('["b", "c"]', '["b"], ["b", "c"]')


def test_many_changes_of_a_text_read_it_once() -> None:
    """Each but the first is one of a text that is no longer as it was read."""

    def calls_for(size: int) -> int:
        symbols = [f"s{number}" for number in range(size)]
        kept: list[JSON] = [*symbols[::2], *(f"t{number}" for number in range(size // 2))]
        text = json.dumps({"enum": symbols})
        made, calls = called(lambda: rewritten(text, [replace("/enum", kept)], "a.json"))
        assert made == json.dumps({"enum": kept})
        return calls

    assert calls_for(800) < 5 * calls_for(200)


def test_what_was_put_in_is_changed_as_what_was_there() -> None:
    made = [
        add("/fields/1", {"name": "c", "type": []}),
        add("/fields/1/type/-", "int"),
        add("/fields/1/doc", "new"),
        remove("/fields/0"),
        remove("/fields/1"),
        replace("/fields/0/name", "d"),
        move("/fields/0", "/empty/moved"),
    ]
    text = edited(SPREAD, made, comments=True)
    assert '"fields": [\n        \n    ],' in text
    assert '"empty": {"moved": {"name": "d", "type": ["int"], "doc": "new"}}\n' in text
    for wrong in (remove("/fields/2"), add("/fields/3", 1), remove("/type/x"), remove(""), replace("/none/x", 1)):
        with pytest.raises(LookupError):
            edited(SPREAD, [wrong], comments=True)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


def pointers(value: Any, pointer: str = "") -> list[str]:  # noqa: ANN401 - a JSON value
    found = [pointer]
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, inner in items:
        found += pointers(inner, child(pointer, step))
    return found


@pytest.mark.slow
@given(JSON_VALUES, st.data(), JSON_VALUES, st.sampled_from([None, 1, 4, "\t"]))
def test_the_text_says_what_the_patch_says(value: Any, data: st.DataObject, new: Any, indent: int | str | None) -> None:  # noqa: ANN401 - JSON values
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    at = data.draw(st.sampled_from(pointers(value)))
    holder: Any = value
    kind = data.draw(st.sampled_from(["add", "replace", "remove"]))
    if kind == "add":
        for step in [token.replace("~1", "/").replace("~0", "~") for token in at.split("/")[1:]]:
            holder = holder[int(step)] if isinstance(holder, list) else holder[step]
        name = data.draw(st.text(max_size=3)) if isinstance(holder, dict) else "-"
        operation = add(child(at, name) if isinstance(holder, (dict, list)) else at, new)
    else:
        operation = replace(at, new) if kind == "replace" or not at else remove(at)
    if operation["op"] == "add" and not at and not isinstance(value, (dict, list)):
        return
    assert json.loads(edited(text, [operation])) == apply_patch(value, [operation])
