"""The versions of a schema in git's history are those of the schema with what it refers to, as of each commit."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from cli_harness import Run
from evtcompat.sources.baselines.workspace import Workspaces
from evtcompat.sources.documents.layout import Layout
from evtcompat.sources.git.blobs import Blobs
from evtcompat.sources.git.objects import GitTree, commit_tree
from evtcompat.sources.git.repository import Repository
from evtcompat.sources.histories.committed import Committed, Past
from evtcompat.sources.names.naming import name_of
from evtcompat.sources.subjects.schema_tree import SchemaTree
from sources.conftest import Repo

_DRAFT_7 = "http://json-schema.org/draft-07/schema#"


def _order(reference: str = "address.json", **more: object) -> str:
    return json.dumps({"$schema": _DRAFT_7, "type": "object", "properties": {"addr": {"$ref": reference}, **more}})


def _address(kind: str) -> str:
    return json.dumps({"$schema": _DRAFT_7, "type": "object", "properties": {"zip": {"type": kind}}})


def _common(kind: str, other: str) -> str:
    definitions = {"addr": json.loads(_address(kind)), "other": {"type": other}}
    return json.dumps({"$schema": _DRAFT_7, "definitions": definitions})


def _beside_a_reference(dialect: str) -> str:
    """The older dialect ignores what the newer one applies."""
    definitions = {"x": {"$ref": "#/definitions/y", "maxLength": 3}, "y": {"type": "string"}}
    return json.dumps({"$schema": dialect, "definitions": definitions})


def _record(name: str, field: str, kind: str) -> str:
    return json.dumps({"type": "record", "name": name, "fields": [{"name": field, "type": kind}]})


def _asyncapi(reference: str) -> str:
    message = {"name": "order", "payload": {"type": "object", "properties": {"addr": {"$ref": reference}}}}
    return json.dumps(
        {
            "asyncapi": "2.6.0",
            "info": {"title": "Shop", "version": "1"},
            "channels": {"c": {"publish": {"message": message}}},
        }
    )


#: By what they show: the commits, the files that each writes (``None``: removes), and which of them make a version.
_HISTORIES: Mapping[str, tuple[list[dict[str, str | None]], list[int]]] = {
    "only the referenced file changes": (
        [{"order.json": _order(), "address.json": _address("string")}, {"address.json": _address("integer")}],
        [0, 1],
    ),
    "the schema changes between": (
        [
            {"order.json": _order(), "address.json": _address("string")},
            {"order.json": _order(k={"enum": ["a"]})},
            {"address.json": _address("integer")},
        ],
        [0, 1, 2],
    ),
    "what is referred to through another": (
        [
            {"order.json": _order("a/one.json"), "a/one.json": _order("two.json"), "a/two.json": _address("string")},
            {"a/two.json": _address("integer")},
        ],
        [0, 1],
    ),
    "a part that nothing refers to": (
        [
            {"order.json": _order("common.json#/definitions/addr"), "common.json": _common("string", "string")},
            {"common.json": _common("string", "integer")},
            {"common.json": _common("integer", "integer")},
        ],
        [0, 2],
    ),
    "another notation": (
        [
            {"order.json": _order("address.yaml"), "address.yaml": "type: object\nproperties: {zip: {type: string}}\n"},
            {"address.yaml": "type: object\nproperties: {zip: {type: integer}}\n"},
        ],
        [0, 1],
    ),
    "the referenced file is renamed": (
        [
            {"order.json": _order(), "address.json": _address("string")},
            {"order.json": _order("place.json"), "place.json": _address("string"), "address.json": None},
            {"place.json": _address("integer")},
        ],
        [0, 1, 2],
    ),
    "an Avro name": (
        [
            {"order.avsc": _record("Order", "addr", "Addr"), "addr.avsc": _record("Addr", "zip", "string")},
            {"addr.avsc": _record("Addr", "zip", "int")},
        ],
        [0, 1],
    ),
    "an Avro name that a nearer file defined": (
        [
            {"s/order.avsc": _record("Order", "addr", "Addr"), "all/addr.avsc": _record("Addr", "zip", "int")},
            {"s/addr.avsc": _record("Addr", "zip", "string")},
            {"s/addr.avsc": None},
        ],
        [0, 1, 2],
    ),
    "an $id": (
        [
            {
                "order.json": _order("https://e.org/place"),
                "x/a.json": json.dumps({"$id": "https://e.org/place", "type": "string"}),
            },
            {"x/a.json": json.dumps({"$id": "https://e.org/place", "type": "integer"})},
        ],
        [0, 1],
    ),
    "a file that a document of several is made of": (
        [
            {"api.json": _asyncapi("parts.json#/definitions/addr"), "parts.json": _common("string", "string")},
            {"parts.json": _common("string", "integer")},
            {"parts.json": _common("integer", "integer")},
        ],
        [0, 2],
    ),
}


def _save(repo: Repo, files: Mapping[str, str | None]) -> str:
    for path, text in files.items():
        if text is None:
            repo.git("rm", "--quiet", path)
    repo.save({path: text for path, text in files.items() if text is not None})
    return "git-" + repo.git("rev-parse", "--short=7", "HEAD").strip()


def _cells(run: Run, repo: Repo, *arguments: str) -> list[dict[str, Any]]:
    result = run("matrix", "order", "--format", "json", *arguments, cwd=repo.path)
    assert result.code in (0, 1), result.err
    found: list[dict[str, Any]] = json.loads(result.out)["cells"]
    return found


@pytest.mark.slow
@pytest.mark.parametrize("what", _HISTORIES)
def test_a_commit_that_changes_only_what_a_schema_refers_to_makes_a_version(
    run: Run, repository: Path, what: str
) -> None:
    """Each version reads what was written with itself, and not all read what was written with others."""
    repo = Repo(repository)
    commits, versions = _HISTORIES[what]
    labels = [_save(repo, files) for files in commits]
    cells = _cells(run, repo)
    assert list(dict.fromkeys(cell["writer"] for cell in cells)) == [labels[at] for at in versions]
    assert all(cell["outcome"] == "ok" for cell in cells if cell["reader"] == cell["writer"])
    assert any(cell["outcome"] != "ok" for cell in cells)


@pytest.mark.slow
def test_the_dialect_that_a_part_of_another_file_is_read_in_makes_a_version(run: Run, repository: Path) -> None:
    """The part itself is the same; the installed library goes on in the dialect that it began with."""
    repo = Repo(repository)
    dialects = (_DRAFT_7, "https://json-schema.org/draft/2020-12/schema")
    first, second = ({"common.json": _beside_a_reference(one)} for one in dialects)
    labels = [_save(repo, {"order.json": _order("common.json#/definitions/x"), **first}), _save(repo, second)]
    assert list(dict.fromkeys(cell["writer"] for cell in _cells(run, repo))) == labels


@pytest.mark.slow
def test_an_edit_of_a_referenced_file_that_is_not_committed_is_a_version(run: Run, repository: Path) -> None:
    repo = Repo(repository)
    label = _save(repo, {"order.json": _order(), "address.json": _address("string")})
    repo.write("address.json", _address("integer"))
    assert list(dict.fromkeys(cell["writer"] for cell in _cells(run, repo))) == [label, "now"]
    assert list(dict.fromkeys(cell["writer"] for cell in _cells(run, repo, "--past", "0"))) == ["1"]


@pytest.mark.slow
def test_payloads_are_what_the_schema_meant_at_the_commit(run: Run, repository: Path, tmp_path: Path) -> None:
    repo = Repo(repository)
    kinds = {}
    for kind in ("string", "integer"):
        kinds[_save(repo, {"order.json": _order(), "address.json": _address(kind)})] = kind
    folder = tmp_path / "fixtures"
    assert run("fixtures", "generate", "order", "-o", str(folder), cwd=repo.path).code == 0
    for label, kind in kinds.items():
        payloads = [json.loads(path.read_text("utf-8")) for path in (folder / label).glob("*.json")]
        found = [one["addr"]["zip"] for one in payloads if "zip" in one.get("addr", {})]
        assert found
        assert all(isinstance(one, str) is (kind == "string") for one in found)
    assert run("fixtures", "verify", str(folder), cwd=repo.path).code == 0


@pytest.mark.slow
def test_recorded_events_are_told_with_the_version_of_what_was_referred_to(run: Run, repository: Path) -> None:
    import fastavro

    repo = Repo(repository)
    labels = []
    for kind, value in (("string", "x"), ("int", 1)):
        addr = _record("Addr", "zip", kind)
        labels.append(_save(repo, {"order.avsc": _record("Order", "addr", "Addr"), "addr.avsc": addr}))
        whole = {"type": "record", "name": "Order", "fields": [{"name": "addr", "type": json.loads(addr)}]}
        with (repo.path / f"{kind}.avro").open("wb") as file:
            fastavro.writer(file, whole, [{"addr": {"zip": value}}])
    result = run("replay", "*.avro", "--reader", "order.avsc", "--format", "json", cwd=repo.path)
    assert {one["version"] for one in json.loads(result.out)["writers"]} == set(labels)


#: What a schema was, and its referenced file, the oldest first; then the schema under check.
_CHECKED: Mapping[str, tuple[list[tuple[str, str]], str]] = {
    "an older state of the referenced file": (
        [("a", "string"), ("b", "integer")],
        "c",
    ),
    "the same text with another referenced file": (
        [("a", "string"), ("a", "integer")],
        "b",
    ),
}


@pytest.mark.parametrize("what", _CHECKED)
def test_a_transitive_check_meets_versions_with_what_they_referred_to(run: Run, repository: Path, what: str) -> None:
    """That the address was another is found, wherever the schema itself did not change."""
    repo = Repo(repository)
    states, now = _CHECKED[what]
    for mark, kind in states:
        repo.save({"order.json": _order(k={"description": mark}), "address.json": _address(kind)})
    repo.write("order.json", _order(k={"description": now}))
    result = run("check", "order.json", "--level", "FULL_TRANSITIVE", "--format", "json", cwd=repo.path)
    assert result.code == 1, result.err
    (subject,) = json.loads(result.out)["subjects"]
    verdicts = [(one["baseline"]["origin"], one["verdict"]) for one in subject["comparisons"]]
    assert {verdict for origin, verdict in verdicts if not origin.startswith("HEAD:")} == {"incompatible"}
    assert {verdict for origin, verdict in verdicts if origin.startswith("HEAD:")} == {"compatible"}


@pytest.mark.slow
def test_the_page_of_a_check_has_what_was_published_beside_what_is_referred_to_now(run: Run, repository: Path) -> None:
    repo = Repo(repository)
    repo.save({"order.json": _order(), "address.json": _address("string")})
    repo.write("address.json", _address("integer"))
    result = run("check", "order.json", "--format", "html:page.html", cwd=repo.path)
    assert result.code == 1, result.err
    assert "between HEAD and your change" in (repo.path / "page.html").read_text("utf-8")


def _past(repo: Repo, path: str, most: int) -> Committed:
    with Workspaces(repo.path) as workspaces:
        workspace, _ = workspaces.locate(path)
        schemas = SchemaTree(workspace.tree, Layout())
        candidate = schemas.candidate(path)
        assert candidate is not None
        assert schemas.named(path) == name_of(path)
        return Past(workspaces).versions(workspace, schemas, candidate, most)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Callable[[], tuple[int, int]]:
    """How many contents git was asked for so far, and how many commits were listed."""
    counts = [0, 0]
    read, listed = Blobs.read, commit_tree

    def reading(self: Blobs, oid: str, origin: str | None = None) -> bytes:
        counts[0] += 1
        return read(self, oid, origin)

    def listing(repository: Repository, commit: str, label: str, shown_from: Path) -> GitTree:
        counts[1] += 1
        return listed(repository, commit, label, shown_from)

    monkeypatch.setattr(Blobs, "read", reading)
    monkeypatch.setattr("evtcompat.sources.histories.commit_trees.commit_tree", listing)
    return lambda: (counts[0], counts[1])


def test_commits_that_change_nothing_of_a_schema_cost_nothing(
    repository: Path, counted: Callable[[], tuple[int, int]]
) -> None:
    """Neither more commits nor more files beside the schema make git be asked for more, but for each file once."""
    repo = Repo(repository)
    repo.save({"s/order.avsc": _record("Order", "addr", "Addr"), "s/addr.avsc": _record("Addr", "zip", "string")})
    costs: list[tuple[int, int]] = []
    for kind, versions in (("int", 2), ("long", 3)):
        for at in range(12):
            repo.save({"s/other.avsc": _record("Other", f"f{at}{kind}", "int")})
        repo.save({"s/addr.avsc": _record("Addr", "zip", kind)})
        read, listed = counted()
        assert len(_past(repo, "s/order.avsc", 100).versions) == versions
        now_read, now_listed = counted()
        costs.append((now_read - read, now_listed - listed))
    (first, first_listed), (second, second_listed) = costs
    # one more version: its schema, what that refers to, and what else lies in its folder
    assert second_listed - first_listed <= 2
    assert second - first <= 10
