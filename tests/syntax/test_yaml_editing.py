"""A patch of a YAML text changes what it names, and leaves every other character as it was, or is refused."""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from evtcompat.model.json_types import JSON
from evtcompat.model.patches import add, apply_patch, move, remove, replace
from evtcompat.model.places import child, tokens
from evtcompat.model.pointers import resolved
from evtcompat.syntax.editing import rewritten
from evtcompat.syntax.errors import UneditableError
from evtcompat.syntax.yaml_text import parse_yaml

SPREAD = """\
# the order
type: object   # always
required: [id, 'total']  # both
properties:
  id: {type: string}
  total:
    # in cents
    type: integer
    enum:
      - 1   # one
      - 2
    items:
    - name: a
      kind: b
    - name: c
  note: |
    of several
    lines

  empty: {}
  bare:

# the end
"""
CASES = {
    "a member of a flow object": (
        add("/properties/id/default", "x"),
        ("id: {type: string}", "id: {type: string, default: x}"),
    ),
    "a member of a block": (
        add("/properties/total/minimum", 0),
        ("    - name: c\n", "    - name: c\n    minimum: 0\n"),
    ),
    "a member of the whole": (add("/title", "An order"), ("  bare:\n", '  bare:\ntitle: "An order"\n')),
    "a member of an item": (
        add("/properties/total/items/0/x", 1),
        ("      kind: b\n", "      kind: b\n      x: 1\n"),
    ),
    "a member of nothing": (add("/properties/empty/a", [1]), ("{}", "{a: [1]}")),
    "a member that is there": (add("/type", ["object", "null"]), ("type: object ", 'type: [object, "null"] ')),
    "a value": (replace("/properties/total/type", "number"), ("type: integer", "type: number")),
    "no value": (replace("/properties/bare", {"type": "string"}), ("bare:\n", "bare: {type: string}\n")),
    "an item at the end of a flow list": (add("/required/-", "note"), ("'total']", "'total', note]")),
    "an item before another": (add("/required/0", "note"), ("[id", "[note, id")),
    "an item at the end of a block": (
        add("/properties/total/enum/-", 3),
        ("      - 2\n", "      - 2\n      - 3\n"),
    ),
    "an item in a block": (add("/properties/total/enum/1", 3), ("      - 2\n", "      - 3\n      - 2\n")),
    "an item of a list at its key": (
        add("/properties/total/items/-", {"name": "d"}),
        ("    - name: c\n", "    - name: c\n    - {name: d}\n"),
    ),
    "without a member": (remove("/properties/total/type"), ("    type: integer\n", "")),
    "without a text": (remove("/properties/note"), ("  note: |\n    of several\n    lines\n\n", "")),
    "without the first member of an item": (
        remove("/properties/total/items/0/name"),
        ("- name: a\n      kind", "- kind"),
    ),
    "without the only member of an item": (remove("/properties/total/items/1/name"), ("- name: c", "- {}")),
    "without a block": (
        remove("/properties/total/items"),
        ("    items:\n    - name: a\n      kind: b\n    - name: c\n", ""),
    ),
    "without an item of a flow list": (remove("/required/1"), ("[id, 'total']", "[id]")),
    "without the first item": (remove("/required/0"), ("[id, 'total']", "['total']")),
    "without an item of a block": (remove("/properties/total/enum/1"), ("      - 2\n", "")),
    "another list, item by item": (replace("/required", ["total", "no"]), ("[id, 'total']", "['total', \"no\"]")),
    "a block that another value takes the place of": (
        replace("/properties/total/items", []),
        ("items:\n    - name: a\n      kind: b\n    - name: c", "items: []"),
    ),
    "moved": (move("/properties/id/type", "/properties/id/kind"), ("{type: string}", "{kind: string}")),
}


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("name", CASES)
def test_what_a_person_sees(name: str, ends: str) -> None:
    operation, (before, after) = CASES[name]
    assert SPREAD.count(before) == 1
    expected = SPREAD.replace(before, after).replace("\n", ends)
    assert rewritten(SPREAD.replace("\n", ends), [operation], "a.yaml") == expected


SHARED = """\
base: &base {type: string}
alone: &alone {type: string}
lines:
  - &line
    sku: {type: string}   # of ours
  - *line
same: *base
more:
  <<: *base
  format: date
"""
REFUSED = {
    "the anchor &base is used in several places": add("/base/default", "x"),
    "the anchor &line is used in several places": replace("/lines/0/sku/type", "integer"),
    "it is written elsewhere, at the anchor &line": add("/lines/1/sku/default", "x"),
    "it is written elsewhere, at the anchor &base": add("/same/default", "x"),
    "type comes from a merge key (<<)": replace("/more/type", "integer"),
    "it has the anchor &alone": replace("/alone", 1),
    "there are comments in what changes": replace("/lines", 1),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_stands_at_several_places_is_refused_with_the_reason(why: str) -> None:
    with pytest.raises(UneditableError) as raised:
        rewritten(SHARED, [REFUSED[why]], "a.yaml")
    assert str(raised.value) == why


def test_beside_what_is_shared_everything_can_be_changed() -> None:
    assert rewritten(SHARED, [add("/alone/default", "x")], "a.yaml") == SHARED.replace(
        "&alone {type: string}", "&alone {type: string, default: x}"
    )
    assert rewritten(SHARED, [add("/more/default", "x")], "a.yaml") == f"{SHARED}  default: x\n"
    assert rewritten(SHARED, [replace("/same", 1)], "a.yaml") == SHARED.replace("same: *base", "same: 1")


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-9, 9)
    | st.sampled_from(["a", "no", "1", "", "a: b", "#", "é", "a\nb", "- x"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b", "no", "1", "x y"]), inner, max_size=3)
    ),
    max_leaves=12,
)


STYLES = {"flow": True, "block": False, "flow in block": None}


def pointers(value: JSON, at: str = "") -> list[str]:
    found = [at]
    if isinstance(value, dict):
        found += [one for key, inner in value.items() for one in pointers(inner, child(at, key))]
    if isinstance(value, list):
        found += [one for index, inner in enumerate(value) for one in pointers(inner, child(at, index))]
    return found


@given(VALUES, st.sampled_from(list(STYLES)), VALUES, st.data())
def test_a_changed_text_says_what_the_patch_of_the_value_says(
    value: JSON, style: str, new: JSON, data: st.DataObject
) -> None:
    """In every layout that a dumper writes; what cannot be done without another change is refused."""
    text = yaml.dump(value, default_flow_style=STYLES[style], allow_unicode=True, sort_keys=False)
    value, _ = parse_yaml(text, None)
    at = data.draw(st.sampled_from(pointers(value)))
    choices = [replace(at, new)]
    if at:
        choices.append(remove(at))
    if isinstance(parse_yaml(text, None)[0], dict | list):
        held = [one for one in pointers(value) if isinstance(_at(value, one), dict | list)]
        holder = data.draw(st.sampled_from(held))
        choices.append(add(child(holder, "new" if isinstance(_at(value, holder), dict) else "-"), new))
    operation = data.draw(st.sampled_from(choices))
    try:
        made = rewritten(text, [operation], "a.yaml")
    except UneditableError:
        return
    assert json.dumps(parse_yaml(made, None)[0], default=float) == json.dumps(
        apply_patch(value, [operation]), default=float
    )


def _at(value: JSON, pointer: str) -> JSON:
    return resolved(value, tokens(pointer))
