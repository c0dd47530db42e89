"""What is the same at the baseline is read once: neither git nor a parser is asked for it a second time."""

from __future__ import annotations

import json
from types import ModuleType
from typing import Final

import pytest

from cli_harness import Run
from evtcompat.syntax import documents, yaml_text

from .conftest import Repo, isolate

pytestmark = pytest.mark.slow

_SCHEMA: Final = """$schema: http://json-schema.org/draft-07/schema#
title: {name}
type: object
properties:
  id: {{type: {kind}}}
"""
FILES: Final = {
    "events/placed/1.0.0.yaml": _SCHEMA.format(name="placed", kind="string"),
    "events/placed/1.1.0.yaml": _SCHEMA.format(name="placed again", kind="string"),
    "events/paid/1.0.0.yaml": _SCHEMA.format(name="paid", kind="integer"),
    # nothing in them says that they are schemas; what lies beside them does
    "events/part.json": json.dumps({"type": "object", "properties": {"id": {"type": "string"}}}),
    "events/whole.json": json.dumps({"$schema": "http://json-schema.org/draft-07/schema#", "type": "object"}),
    "package.json": json.dumps({"name": "events"}),
}


def _lose(repo: Repo, *names: str) -> None:
    """Let git have no content of the files, but for those that are named."""
    for line in repo.git("ls-tree", "-r", "HEAD").splitlines():
        words = line.split()
        if words[3] not in names:
            (repo.path / ".git" / "objects" / words[2][:2] / words[2][2:]).unlink()


def _parsed(patch: pytest.MonkeyPatch, module: ModuleType, name: str) -> list[str]:
    """The texts that a parser is given from here on."""
    parse, parsed = getattr(module, name), list[str]()

    def noted(text: str, *arguments: object, **words: object) -> object:
        parsed.append(text)
        return parse(text, *arguments, **words)

    patch.setattr(module, name, noted)
    return parsed


def test_git_is_not_asked_for_what_lies_here_as_it_is_there(
    repo: Repo, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    isolate(monkeypatch)
    repo.save(FILES)
    repo.write("events/paid/1.0.0.yaml", _SCHEMA.format(name="paid", kind="string"))
    arguments = ("check", ".", "--history", "--format", "json", "--against", "git:HEAD")
    whole = run(*arguments, cwd=repo.path)
    assert whole.code == 1
    _lose(repo, "events/paid/1.0.0.yaml")
    assert run(*arguments, cwd=repo.path).out == whole.out


def test_a_schema_that_is_the_same_at_the_baseline_is_parsed_once(
    repo: Repo, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    isolate(monkeypatch)
    repo.save(FILES)
    parsed = _parsed(monkeypatch, yaml_text, "parse_yaml")
    assert run("check", ".", "--against", "git:HEAD", cwd=repo.path).code == 0
    texts = sorted(text for path, text in FILES.items() if path.endswith(".yaml"))
    assert sorted(parsed) == texts


def test_data_that_is_the_same_at_the_baseline_is_parsed_once(
    repo: Repo, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also what has words of a schema: that nothing else decides what it is was found out as it was read."""
    isolate(monkeypatch)
    data = {
        "tests/list.yaml": "- type: object\n  properties: {id: {type: string}}\n",
        "data/named.yaml": "$schema: https://example.com/settings.json\ntype: object\n",
    }
    repo.save(FILES | data)
    parsed = _parsed(monkeypatch, yaml_text, "parse_yaml")
    assert run("check", ".", "--against", "git:HEAD", cwd=repo.path).code == 0
    assert {text: parsed.count(text) for text in data.values()} == dict.fromkeys(data.values(), 1)


def test_a_document_that_looks_like_a_container_and_is_none_is_parsed_once(
    repo: Repo, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    isolate(monkeypatch)
    text = json.dumps(
        {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "definitions": {"id": {"type": "string"}},
            "type": "object",
            "properties": {"id": {"$ref": "#/definitions/id"}},
        }
    )
    repo.save({"order.json": text})
    parsed = _parsed(monkeypatch, documents, "parse_json")
    assert run("check", ".", "--against", "git:HEAD", cwd=repo.path).code == 0
    assert parsed == [text]


def test_what_lost_the_company_that_made_it_a_schema_is_still_one(
    repo: Repo, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    isolate(monkeypatch)
    repo.save(FILES)
    (repo.path / "events/whole.json").unlink()
    report = json.loads(run("check", ".", "--format", "json", cwd=repo.path).out)
    states = {one["subject"]: one["state"] for one in report["subjects"]}
    assert (states["whole"], states["part"]) == ("removed", "unchanged")
