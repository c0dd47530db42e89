"""Schemas in a document that holds several have histories as if each had a file of its own."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path
from types import SimpleNamespace

import pytest

from evtcompat.checking.plans import Plan, Selection
from evtcompat.containers import loading
from evtcompat.errors import DocumentError
from evtcompat.formats.containers import Beside, Contained, Contents, SchemaContainer, SourceText
from evtcompat.formats.loading import by_name
from evtcompat.model.documents import Document
from evtcompat.model.places import Place
from evtcompat.sources.documents.document_files import read_document
from evtcompat.sources.documents.layout import Layout
from evtcompat.syntax.documents import locate, parse_document

from .conftest import Repo
from .containers import protocol
from .selecting import lay, run

ONE = protocol({"OrderPlaced": {"orderId": "string"}, "OrderCancelled": {"orderId": "string"}})
TWO = protocol({"OrderPlaced": {"orderId": "string", "total": "long"}, "OrderCancelled": {"orderId": "string"}})


def told(selection: Selection) -> dict[str, tuple[str, list[str]]]:
    """By subject: the path, and where the versions below and the published one come from."""

    def baselines(plan: Plan) -> list[str]:
        known = [*plan.history, *([plan.published] if plan.published else [])]
        return [f"{one.document.origin} {one.label or ''}".strip() for one in known]

    return {plan.subject: (plan.path, baselines(plan)) for plan in selection.plans}


def fields(plan: Plan) -> list[object]:
    value = plan.candidate.document.value
    assert isinstance(value, dict)
    listed = value["fields"]
    assert isinstance(listed, list)
    return [one["name"] for one in listed if isinstance(one, dict)]


def test_each_schema_meets_its_own_at_the_baseline(repo: Repo) -> None:
    repo.save({"shop.avpr": ONE})
    repo.write("shop.avpr", TWO)
    selection = run(against="git:HEAD")
    assert told(selection) == {
        "OrderPlaced": ("shop.avpr#OrderPlaced", ["HEAD:shop.avpr"]),
        "OrderCancelled": ("shop.avpr#OrderCancelled", ["HEAD:shop.avpr"]),
    }
    assert not selection.problems
    placed = next(plan for plan in selection.plans if plan.subject == "OrderPlaced")
    assert fields(placed) == ["orderId", "total"]


def test_only_what_differs_in_a_container_is_changed(repo: Repo) -> None:
    repo.save({"shop.avpr": ONE})
    repo.write("shop.avpr", TWO)
    assert [plan.subject for plan in run(against="git:HEAD", changed=True).plans] == ["OrderPlaced"]


@pytest.mark.slow
def test_a_path_names_a_container_or_one_schema_of_it(repo: Repo) -> None:
    repo.save({"shop.avpr": ONE})
    assert {plan.subject for plan in run("shop.avpr").plans} == {"OrderPlaced", "OrderCancelled"}
    assert {plan.subject for plan in run("shop.avpr#OrderPlaced").plans} == {"OrderPlaced"}
    (problem,) = run("shop.avpr#Order").problems
    assert problem.message == "shop.avpr holds no schema called Order"
    assert problem.hint == "There are: shop.avpr#OrderPlaced, shop.avpr#OrderCancelled."


def test_what_is_taken_out_of_a_container_is_removed(repo: Repo) -> None:
    repo.save({"shop.avpr": ONE})
    repo.write("shop.avpr", protocol({"OrderPlaced": {"orderId": "string"}}))
    assert [removal.subject for removal in run(against="git:HEAD").removals] == ["OrderCancelled"]


@pytest.mark.parametrize("staged", [False, True])
def test_a_container_that_is_gone_takes_its_schemas_with_it(repo: Repo, *, staged: bool) -> None:
    repo.save({"shop.avpr": ONE, "other.avsc": '{"type": "record", "name": "A", "fields": []}'})
    repo.git("rm", "--quiet", "shop.avpr")
    assert {removal.subject for removal in run(staged=staged).removals} == {"OrderPlaced", "OrderCancelled"}


def test_a_document_that_becomes_another_kind_takes_its_schemas_with_it(repo: Repo) -> None:
    repo.save({"shop.json": ONE, "other.avsc": '{"type": "record", "name": "A", "fields": []}'})
    repo.write("shop.json", '{"name": "shop", "version": "1.0.0"}')
    assert {removal.subject for removal in run(against="git:HEAD").removals} == {"OrderPlaced", "OrderCancelled"}


def test_a_schema_follows_its_container_to_another_path(repo: Repo) -> None:
    repo.save({"shop.avpr": ONE})
    repo.git("mv", "shop.avpr", "events.avpr")
    repo.write("events.avpr", TWO)
    plans = {plan.subject: plan.renamed_from for plan in run(against="git:HEAD").plans}
    assert plans == {"OrderPlaced": "shop.avpr#OrderPlaced", "OrderCancelled": "shop.avpr#OrderCancelled"}


def test_a_schema_is_not_taken_for_another_that_is_much_alike(repo: Repo) -> None:
    envelope = {f"common{number}": "string" for number in range(20)}
    one = {"Placed": {**envelope, "a": "int"}, "Kept": {"x": "int"}}
    other = {"Kept": {"x": "int"}, "Shipped": {**envelope, "b": "int"}}
    repo.save({"shop.avpr": protocol(one)})
    repo.write("shop.avpr", protocol(other))
    selection = run(against="git:HEAD")
    assert [removal.subject for removal in selection.removals] == ["Placed"]
    assert {plan.subject: plan.renamed_from for plan in selection.plans} == {"Kept": None, "Shipped": None}


def test_the_version_of_a_container_is_that_of_its_schemas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(tmp_path, {"shop-v1.avpr": ONE, "shop-v2.avpr": TWO})
    monkeypatch.chdir(tmp_path)
    assert told(run()) == {
        "OrderPlaced": ("shop-v2.avpr#OrderPlaced", ["shop-v1.avpr 1"]),
        "OrderCancelled": ("shop-v2.avpr#OrderCancelled", ["shop-v1.avpr 1"]),
    }


def test_schemas_of_two_containers_are_different_subjects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lay(tmp_path, {"a.avpr": ONE, "b.avpr": TWO})
    monkeypatch.chdir(tmp_path)
    assert len(run().plans) == 4
    assert all(not plan.history for plan in run().plans)


@pytest.mark.slow
def test_the_past_of_a_schema_is_what_its_container_held(repo: Repo) -> None:
    first = repo.save({"shop.avpr": ONE})
    repo.save({"shop.avpr": ONE.replace("\n", "\n ")}, "another layout")
    repo.save({"shop.avpr": TWO})
    three = {"orderId": "string", "total": "long", "note": "string"}
    repo.write("shop.avpr", protocol({"OrderPlaced": three, "OrderCancelled": {"orderId": "string"}}))
    placed = next(plan for plan in run(against="git:HEAD").plans if plan.subject == "OrderPlaced")
    assert [one.document.origin for one in placed.history] == [f"{first[:10]}:shop.avpr"]
    assert placed.published is not None
    assert placed.published.document.origin == "HEAD:shop.avpr"


def test_a_configured_pattern_counts_for_what_is_in_a_container(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay(tmp_path, {"a.avpr": ONE, "b.avpr": TWO})
    monkeypatch.chdir(tmp_path)
    selection = run(layout=Layout(exclude=("b.avpr",)), folder=tmp_path)
    assert {plan.path for plan in selection.plans} == {"a.avpr#OrderPlaced", "a.avpr#OrderCancelled"}
    listed = Layout(subjects={"order": ("a.avpr#OrderPlaced", "b.avpr#OrderPlaced")})
    assert told(run(layout=listed, folder=tmp_path))["order"] == ("b.avpr#OrderPlaced", ["a.avpr 1"])


def test_a_place_is_that_of_the_container_text() -> None:
    lines = protocol({"Order": {"currency": "Currency"}}, [{"type": "enum", "name": "Currency", "symbols": ["EUR"]}])
    contained = loading.by_suffix("x.avpr")
    assert contained is not None
    document = parse_document(lines, "x.avpr")
    (order,) = contained.contents(document, "x.avpr", _Nothing()).schemas
    place = locate(order.document, Place(pointer="/fields/0/type/symbols/0"))
    assert place.source is not None
    assert place.source[place.column - 1 : place.end_column - 1] == '"EUR"'  # type: ignore[operator]
    assert place.line == lines[: lines.index('"EUR"')].count("\n") + 1


class _Nothing(Beside):
    def text(self, path: str, reference: str) -> None:
        raise AssertionError(path, reference)


def test_one_schema_of_a_container_is_read_by_its_name(tmp_path: Path) -> None:
    lay(tmp_path, {"a.avpr": ONE})
    assert read_document(tmp_path / "a.avpr#OrderPlaced").value["name"] == "OrderPlaced"  # type: ignore[index,call-overload]
    with pytest.raises(DocumentError, match="holds several schemas"):
        read_document(tmp_path / "a.avpr")
    with pytest.raises(DocumentError, match="holds no schema called Order"):
        read_document(tmp_path / "a.avpr#Order")


class _Lines(SchemaContainer):
    """A line a schema: its name, and the schema as JSON."""

    name, noun, holds, suffixes = "lines", "a list of schemas", "lines", (".lines",)

    def read(self, source: SourceText, beside: Beside) -> Document:
        del beside
        return Document(None, source.origin, source.text, "lines", source.base_uri, lambda _: (0, 0))

    def contents(self, document: Document, path: str, beside: Beside) -> Contents:
        del path, beside
        lines = [line.split(" ", 1) for line in (document.text or "").splitlines()]
        found = [Contained(name, by_name("avro"), replace(document, value=json.loads(rest))) for name, rest in lines]
        return Contents(tuple(found))


def test_a_kind_of_another_distribution_is_found_by_its_entry_point(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry = EntryPoint("lines", "another_distribution:LINES", loading.GROUP)
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: [entry] if group == loading.GROUP else [])
    monkeypatch.setitem(sys.modules, "another_distribution", SimpleNamespace(LINES=_Lines()))
    loading.plugged_in.cache_clear()
    try:
        repo.save({"shop.lines": 'order {"type": "record", "name": "Order", "fields": []}\n'})
        assert told(run("shop.lines", against="git:HEAD")) == {"order": ("shop.lines#order", ["HEAD:shop.lines"])}
    finally:
        loading.plugged_in.cache_clear()


def record(name: str, **fields: object) -> dict[str, object]:
    listed = [{"name": field, "type": kind} for field, kind in fields.items()]
    return {"type": "record", "name": name, "namespace": "com.shop", "fields": listed}


LINE = record("Line", sku="string")
PLACED = record("OrderPlaced", lines={"type": "array", "items": "Line"})
CANCELLED = record("OrderCancelled", orderId="string")


def test_types_of_which_one_uses_another_are_no_union(repo: Repo) -> None:
    """What no other type of the list uses is an event, of whatever kind it is; none is left out."""
    spare = {"type": "enum", "name": "Spare", "symbols": ["A"]}
    repo.save({"shop.avsc": json.dumps([LINE, PLACED, CANCELLED, spare])})
    assert set(told(run())) == {"OrderPlaced", "OrderCancelled", "Spare"}
    (placed,) = run("shop.avsc#OrderPlaced").plans
    assert placed.candidate.document.value == {
        **PLACED,
        "fields": [{"name": "lines", "type": {"type": "array", "items": LINE}}],
    }


@pytest.mark.parametrize(
    "branches",
    [
        [record("Placed"), record("Cancelled")],
        [record("Only")],
        ["null", LINE, PLACED],
        ["com.shop.Line", PLACED],
        [record("Tree", inner=["null", "Tree"]), record("Leaf")],
        [{"type": ["null", "string"]}, {"type": {"type": "array", "items": "Line"}, "name": "Named"}],
    ],
)
def test_branches_of_which_none_uses_another_are_a_union(repo: Repo, branches: list[object]) -> None:
    """A branch that is no definition makes a union of any list."""
    repo.save({"line.avsc": json.dumps(LINE), "topic.avsc": json.dumps(branches)})
    assert "topic" in told(run())


@pytest.mark.parametrize("pattern", ["shop.avsc", "*.avsc"])
def test_a_list_that_is_said_to_be_a_version_of_a_subject_is_a_union(repo: Repo, pattern: str) -> None:
    """The configuration knows what is sent: a branch may be a part of another one and an event all the same."""
    repo.save({"shop.avsc": json.dumps([LINE, PLACED])})
    layout = Layout(subjects={"shop-value": (pattern,)})
    assert told(run(layout=layout, folder=repo.path, against="git:HEAD")) == {
        "shop-value": ("shop.avsc", ["HEAD:shop.avsc"])
    }
    layout = Layout(subjects={"shop-value": ("shop.avsc#OrderPlaced",)})
    assert told(run(layout=layout, folder=repo.path, against="git:HEAD")) == {
        "shop-value": ("shop.avsc#OrderPlaced", ["HEAD:shop.avsc"])
    }


def test_a_list_of_types_may_gain_one_and_is_missed_when_it_loses_one(repo: Repo) -> None:
    repo.save({"shop.avsc": json.dumps([LINE, PLACED, CANCELLED])})
    repo.write("shop.avsc", json.dumps([LINE, PLACED, CANCELLED, record("OrderSent")]))
    assert told(run(against="git:HEAD"))["OrderSent"] == ("shop.avsc#OrderSent", [])
    repo.write("shop.avsc", json.dumps([LINE, PLACED]))
    assert [removal.subject for removal in run(against="git:HEAD").removals] == ["OrderCancelled"]


def test_places_in_a_list_of_types_are_those_of_its_file(repo: Repo) -> None:
    """A type that an event uses stands where the list defines it; comments count."""
    text = f"// the line\n[{json.dumps(LINE)},\n {json.dumps(PLACED)}]"
    repo.save({"shop.avsc": text})
    (plan,) = run().plans
    place = locate(plan.candidate.document, Place(pointer="/fields/0/type/items/fields/0"))
    assert (place.line, place.source) == (2, text.splitlines()[1])


@pytest.mark.parametrize("first", ["union", "record", "list"])
def test_a_file_that_begins_or_ceases_to_list_types_loses_no_subject(repo: Repo, first: str) -> None:
    """What was the schema of the file is removed or renamed, never compared with what is no such schema."""
    nested = {**PLACED, "fields": [{"name": "lines", "type": {"type": "array", "items": LINE}}]}
    contents: dict[str, object] = {"union": [LINE, CANCELLED], "record": nested, "list": [LINE, PLACED, CANCELLED]}
    repo.save({"shop.avsc": json.dumps(contents[first])})
    repo.write("shop.avsc", json.dumps(contents["record" if first == "list" else "list"]))
    selection = run(against="git:HEAD")
    removed = {removal.subject for removal in selection.removals}
    renamed = {plan.subject: plan.renamed_from for plan in selection.plans}
    if first == "union":
        assert (removed, renamed) == ({"shop"}, {"OrderPlaced": None, "OrderCancelled": None})
    elif first == "record":
        assert (removed, renamed) == (set(), {"OrderPlaced": "shop.avsc", "OrderCancelled": None})
    else:
        assert (removed, renamed) == ({"OrderCancelled"}, {"shop": "shop.avsc#OrderPlaced"})
        assert told(selection)["shop"][1] == ["HEAD:shop.avsc"]


def test_the_past_of_a_schema_is_not_the_list_that_its_file_once_was(repo: Repo) -> None:
    repo.save({"order.avsc": json.dumps([LINE, PLACED])})
    repo.save({"order.avsc": json.dumps(CANCELLED)})
    repo.write("order.avsc", json.dumps(record("OrderCancelled", orderId="string", why="string")))
    (plan,) = run(against="git:HEAD").plans
    assert [known.document.value for known in plan.history] == []
    assert plan.published is not None
    assert plan.published.document.value == CANCELLED
