"""libyaml's parser and PyYAML's own give the same values and positions, whichever a machine has.

But for a value that is not written at all (``{a: }``): it has no place of its own, and each parser chooses one.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from evtcompat.errors import DocumentError
from evtcompat.syntax import yaml_text
from evtcompat.syntax.yaml_text import parse_yaml

TEXTS = {
    "a schema": "$schema: http://json-schema.org/draft-07/schema#\ntype: object\nproperties:\n  é: {type: string}\n",
    "flow": '{"a": [1, 2.50, {b: c}], d: e}\n',
    "lists": "- a\n- - b\n  - c\n-\n  d: e\n- null\n",
    "anchors and merge": "base: &b {x: 1}\nother:\n  <<: *b\n  y: *b\n",
    "block scalars": "a: |\n  one\n  two\nb: >-\n  folded\n  text\nc: 'it''s'\nd: \"\\u00e9\\n\"\n",
    "comments and blank lines": "# first\n\na: 1 # beside\n\n\nb:\n  # inside\n  c: 2\n",
    "windows line ends": "a: 1\r\nb:\r\n  - c\r\n  - d\r\n",
    "wide characters": "\U0001f600: \U0001f680\nnext: ü\n",
    "a document start": "---\na: 1\n...\n",
    "tagged": "a: !!str 1\nb: !!int 2\n",
}


def read(text: str, monkeypatch: pytest.MonkeyPatch, loader: object) -> object:
    monkeypatch.setattr(yaml_text, "_FAST", loader)
    try:
        return parse_yaml(text, "x.yaml")
    except DocumentError as error:
        return str(error)


@pytest.mark.skipif(not yaml.__with_libyaml__, reason="PyYAML was built without libyaml: there is one parser only")
@pytest.mark.parametrize("name", TEXTS)
def test_values_and_positions_are_the_same(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    slow = read(TEXTS[name], monkeypatch, None)
    assert read(TEXTS[name], monkeypatch, yaml.CSafeLoader) == slow
    assert not isinstance(slow, str) or name == "anchors and merge"


@pytest.mark.parametrize(
    "text", ["a: b: c\n", "{a: 1", "\t- a\n", "a: 'x\n", "a: 1\na: 2\n", "x: \ud800\n", "%YAML 9\n---\n", "a: &a *a\n"]
)
def test_faults_are_told_in_the_same_words(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(text, monkeypatch, getattr(yaml, "CSafeLoader", None)) == read(text, monkeypatch, None)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=9),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=9), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(VALUES, st.booleans(), st.integers(20, 200))
def test_what_pyyaml_writes_is_read_alike(value: Any, flow: bool, width: int) -> None:  # noqa: ANN401, FBT001 - JSON values
    text = yaml.safe_dump(value, default_flow_style=flow, allow_unicode=True, width=width)
    with pytest.MonkeyPatch.context() as patch:
        slow = read(text, patch, None)
        assert read(text, patch, getattr(yaml, "CSafeLoader", None)) == slow
        assert json.dumps(slow, default=str)
