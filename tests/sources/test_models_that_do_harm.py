"""Modules of models that lead in a circle, are very long, or answer in the place of what describes them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from cli_harness import Run, commit
from evtcompat.errors import DocumentError
from evtcompat.model.json_types import JSON
from evtcompat.reading import LARGEST_MODULE
from evtcompat.sources.models import importing
from evtcompat.sources.models.places import span_finder

from .test_models import container


@pytest.mark.slow
def test_models_that_contain_one_another_are_events(tmp_path: Path) -> None:
    """Each is a part of the other: with none of them an event, neither would be checked."""
    text = """
        from __future__ import annotations
        from pydantic import BaseModel
        class Inner(BaseModel):
            n: int
        class A(BaseModel):
            b: B | None = None
            inner: Inner
        class B(BaseModel):
            a: A | None = None
        class Node(BaseModel):
            leaf: Leaf | None = None
        class Leaf(Node):
            n: int
        class Tree(BaseModel):
            kids: list[Tree] = []
        class Alone(BaseModel):
            n: int
    """
    found = container(tmp_path, text)
    assert set(found.events) == {f"shop/events.py#{name}" for name in ("A", "B", "Node", "Leaf", "Tree", "Alone")}


@pytest.mark.slow
@pytest.mark.parametrize(
    "answer",
    [
        "",
        "[]",
        "5",
        "null",
        "[" * 50_000,
        "{}",
        '{"failed": {}, "documents": [], "models": 5}',
        '{"failed": {}, "documents": 5, "models": []}',
        '{"failed": {}, "documents": [], "models": [{"name": 5}]}',
        '{"failed": {}, "documents": [], "models": [{"name": "A", "format": "avro"}]}',
        '{"failed": {}, "documents": [{"name": "A"}], "models": []}',
    ],
    ids=lambda answer: answer[:40],
)
def test_a_module_that_answers_itself_is_told(tmp_path: Path, answer: str) -> None:
    """It runs in the process that describes it, and may write where that writes."""
    text = f"""
        import json, os, sys
        with open(json.load(open(sys.argv[1]))["answer"], "w") as file:
            file.write({answer!r})
        os._exit(0)
    """
    with pytest.raises(DocumentError, match=r"importing shop\.events answers cannot be read"):
        container(tmp_path, text)


def test_a_module_beyond_all_modules_is_not_imported(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="more than 4 MiB, and is not imported") as refused:
        container(tmp_path, "x = 1\n" * (LARGEST_MODULE // 6 + 1))
    assert refused.value.hint


def test_a_module_is_parsed_once_for_all_of_its_models(monkeypatch: pytest.MonkeyPatch) -> None:
    """A long one takes seconds, and may have hundreds of models."""
    parsed: list[str] = []
    parse = ast.parse

    def counted(text: str) -> ast.Module:
        parsed.append(text)
        return parse(text)

    monkeypatch.setattr(ast, "parse", counted)
    text = "".join(f"class M{number}:\n    a: int\n" for number in range(200))
    schema: JSON = {"properties": {"a": {"type": "integer"}}}
    spans = {span_finder(text, schema, f"M{number}", {})("/properties/a") for number in range(200)}
    assert len(parsed) == 1
    assert {text[start:end] for start, end in spans} == {"a: int"}
    assert len(spans) == 200


@pytest.mark.slow
def test_a_module_that_does_not_end_is_waited_for_once(
    repository: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the baseline has it as well, in other words."""
    monkeypatch.setattr(importing, "DEADLINE", 2.0)
    module = repository / "shop" / "events.py"
    module.parent.mkdir()
    count = repository.parent / "imports"
    for text in ("", "# again"):
        module.write_text(f"open({str(count)!r}, 'a').write('x')\nwhile True: pass{text}\n")
        commit(repository, "a module")
    result = run("check", "shop.events:", cwd=repository)
    assert result.code == 3
    assert "did not come to an end" in result.out
    assert count.read_text() == "x"
