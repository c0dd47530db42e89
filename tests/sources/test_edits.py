"""On the default branch an edit of whatever schemas are made of is compared with the last commit; no other edit is."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Final

import pytest

from cli_harness import Run

from .conftest import Repo, record

_DRAFT: Final = "http://json-schema.org/draft-07/schema#"
_AMOUNT: Final = '{"amount": {"type": "integer"}}'


def _referring(to: str) -> str:
    return json.dumps({"$schema": _DRAFT, "type": "object", "properties": {"a": {"$ref": to}}})


def _api(to: str) -> str:
    payload = f"channels: {{c: {{subscribe: {{message: {{name: M, payload: {{$ref: '{to}'}}}}}}}}}}"
    return f"asyncapi: 2.6.0\ninfo: {{title: t, version: '1'}}\n{payload}\n"


def _replace(path: str, old: str, new: str) -> Callable[[Repo], object]:
    return lambda repo: (repo.path / path).write_text((repo.path / path).read_text().replace(old, new))


def _link_to_string(repo: Repo) -> None:
    (repo.path / "money.json").unlink()
    (repo.path / "money.json").symlink_to("text.json")


_PULLED: Final = '{{"1": [{{"name": "n.M", "subject": "m", "version": {0}, "file": "../m/{0}.avsc"}}]}}'
_NAMED: Final = '{{"type": "record", "name": "M", "namespace": "n", "fields": [{{"name": "a", "type": "{}"}}]}}'

#: By name: what stood there before, what the last commit adds, and the edit that nobody commits.
_EDITS: Final[Mapping[str, tuple[Mapping[str, str], Mapping[str, str], Callable[[Repo], object]]]] = {
    "a part of a document": (
        {"defs/money.json": _AMOUNT},
        {"s/o.schema.json": _referring("../defs/money.json#/amount")},
        _replace("defs/money.json", "integer", "string"),
    ),
    "YAML": (
        {"defs/money.yaml": "amount: {type: integer}\n"},
        {"s/o.schema.json": _referring("../defs/money.yaml#/amount")},
        _replace("defs/money.yaml", "integer", "string"),
    ),
    "a name without a suffix": (
        {"money": '{"type": "integer"}'},
        {"o.schema.json": _referring("money")},
        _replace("money", "integer", "string"),
    ),
    "through another document": (
        {"money.json": _AMOUNT, "total.json": '{"total": {"$ref": "money.json#/amount"}}'},
        {"o.schema.json": _referring("total.json#/total")},
        _replace("money.json", "integer", "string"),
    ),
    "an address": (
        {"m.json": '{"$id": "https://example.com/money", "d": {"type": "integer"}}'},
        {"o.schema.json": _referring("https://example.com/money#/d")},
        _replace("m.json", "integer", "string"),
    ),
    "a hidden folder": (
        {".defs/money.json": _AMOUNT},
        {"s/o.schema.json": _referring("../.defs/money.json#/amount")},
        _replace(".defs/money.json", "integer", "string"),
    ),
    "a document of events": (
        {"money.json": _AMOUNT},
        {"api.yaml": _api("money.json#/amount")},
        _replace("money.json", "integer", "string"),
    ),
    "a link": (
        {"number.json": _AMOUNT, "text.json": _AMOUNT.replace("integer", "string"), "money.json": ">number.json"},
        {"o.schema.json": _referring("money.json#/amount")},
        _link_to_string,
    ),
    "what a registry says": (
        {"m/1.avsc": _NAMED.format("int"), "m/2.avsc": _NAMED.format("string"), "o/references.json": _PULLED.format(1)},
        {"o/1.avsc": json.dumps({"type": "record", "name": "O", "fields": [{"name": "m", "type": "n.M"}]})},
        lambda repo: repo.write("o/references.json", _PULLED.format(2)),
    ),
    "what a registry said": (
        {"m/1.avsc": _NAMED.format("int"), "m/2.avsc": _NAMED.format("string"), "o/references.json": _PULLED.format(1)},
        {"o/1.avsc": json.dumps({"type": "record", "name": "O", "fields": [{"name": "m", "type": "n.M"}]})},
        lambda repo: (repo.path / "o/references.json").unlink(),
    ),
}


def _save(repo: Repo, files: Mapping[str, str]) -> None:
    for path, content in files.items():
        if content.startswith(">"):
            (repo.path / path).symlink_to(content[1:])
        else:
            repo.write(path, content)
    repo.commit()


@pytest.mark.parametrize("name", _EDITS)
def test_an_edit_of_what_a_new_schema_is_made_of_is_compared(name: str, repo: Repo, run: Run) -> None:
    before, added, edit = _EDITS[name]
    _save(repo, before)
    _save(repo, added)
    edit(repo)
    result = run("check", ".", cwd=repo.path)
    assert "Compared with HEAD (the last commit)." in result.out
    assert result.code == 1, result.out


@pytest.mark.parametrize("deleted", ["money.json", "total.json"])
def test_what_a_new_schema_was_made_of_is_missed(deleted: str, repo: Repo, run: Run) -> None:
    _save(repo, {"money.json": _AMOUNT, "total.json": '{"total": {"$ref": "money.json#/amount"}}'})
    _save(repo, {"o.schema.json": _referring("total.json#/total")})
    (repo.path / deleted).unlink()
    result = run("check", ".", cwd=repo.path)
    assert "Compared with HEAD (the last commit)." in result.out
    assert result.code == 3, result.out


@pytest.mark.parametrize("edited", ["README.md", "package.json", "notes.yaml", "other/money.json"])
def test_an_edit_of_what_no_schema_is_made_of_leaves_the_last_commit_under_check(
    edited: str, repo: Repo, run: Run
) -> None:
    """As where a build writes a version number before it checks."""
    aside = {"README.md": "1", "package.json": '{"version": 1}', "notes.yaml": "a: 1\n", "other/money.json": _AMOUNT}
    schema = {"s/money.json": _AMOUNT, "s/o.schema.json": _referring("money.json#/amount"), "a.avsc": record("A", "a")}
    _save(repo, {**aside, **schema})
    _save(repo, {"s/money.json": _AMOUNT.replace("integer", "string")})
    assert run("check", ".", cwd=repo.path).code == 1
    repo.write(edited, aside[edited].replace("1", "2").replace("integer", "string"))
    result = run("check", ".", cwd=repo.path)
    assert result.code == 1, result.out
    assert "(the commit before the last)" in result.out
