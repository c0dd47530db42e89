"""The layouts of public repositories, selected without a configuration."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from evtcompat.checking.plans import Plan, Selection

from .conftest import record
from .selecting import JSON_ONE, ONE, TWO, lay, plans, run

DRAFT = "https://json-schema.org/draft-07/schema#"
PLACED = record("Placed", "a").replace('"string"', '"shop.Money"')
YAML_ONE = f'$schema: "{DRAFT}"\ntype: object\n'


def schema(**more: object) -> str:
    return json.dumps({"$schema": DRAFT, "type": "object", **more})


def subjects(selection: Selection) -> dict[str, list[str | None]]:
    assert not selection.problems, [str(problem) for problem in selection.problems]
    found: dict[str, list[str | None]] = {}
    for plan in selection.plans:
        found.setdefault(plan.subject, []).append(plan.candidate.label)
    return found


def test_names_that_are_versions_a_working_copy_and_a_twin_are_one_subject(plain: Path) -> None:
    one, two = schema(**{"$id": "/page/create/1.0.0"}), schema(**{"$id": "/page/create/1.1.0", "title": "x"})
    lay(plain, {
        "page/create/1.0.0.yaml": one, "page/create/1.0.0.json": one, "page/create/1.1.0.yaml": two,
        "page/create/current.yaml": schema(**{"$id": "/page/create/1.1.0", "allOf": [{"title": "x"}]}),
        "page/create/latest.yaml": two,
    })  # fmt: skip
    selection = run("")
    assert subjects(selection) == {"create": ["1.1.0"]}
    assert selection.skipped == (
        "page/create/1.0.0.yaml (the same as page/create/1.0.0.json)",
        "page/create/current.yaml (the working copy of page/create/1.1.0.yaml)",
        "page/create/latest.yaml (the same as page/create/1.1.0.yaml)",
    )


def test_a_working_copy_of_a_version_to_come_is_checked_as_it(plain: Path) -> None:
    lay(plain, {
        "page/1.0.0.json": schema(**{"$id": "/page/1.0.0"}),
        "page/current.json": schema(**{"$id": "/page/1.1.0", "title": "x"}),
    })  # fmt: skip
    assert plans(run("")) == [
        ("page/1.0.0.json", [], None),
        ("page/current.json", ["page/1.0.0.json"], None),
    ]


def test_a_file_called_current_where_no_file_is_called_by_a_version_is_a_subject(plain: Path) -> None:
    lay(plain, {"sensors/current.json": JSON_ONE, "sensors/voltage.json": JSON_ONE})
    assert sorted(subjects(run(""))) == ["current", "voltage"]


def test_a_folder_called_by_a_language_tells_it_and_each_language_has_its_own_versions(plain: Path) -> None:
    lay(plain, {
        "com.shop/click/avro/1-0-0": ONE, "com.shop/click/avro/1-0-1": TWO,
        "com.shop/click/jsonschema/1-0-1": JSON_ONE, "com.shop/click/jsonschema/1-0-2": JSON_ONE,
    })  # fmt: skip
    assert plans(run("")) == [
        ("com.shop/click/avro/1-0-1", ["com.shop/click/avro/1-0-0"], None),
        ("com.shop/click/jsonschema/1-0-2", ["com.shop/click/jsonschema/1-0-1"], None),
    ]


def test_a_version_in_another_language_beside_the_schemas_is_left_aside(plain: Path) -> None:
    lay(plain, {"bom-1.2.schema.json": JSON_ONE, "bom-1.3.proto": 'syntax = "proto3";'})
    selection = run("")
    assert subjects(selection) == {"bom": ["1.2"]}
    assert selection.skipped == ("bom-1.3.proto (Protocol Buffers are not read)",)


def test_two_files_that_claim_one_version_and_differ_are_a_problem(plain: Path) -> None:
    lay(plain, {"a/1.0.0.json": JSON_ONE, "a/1.0.0.yaml": YAML_ONE + "title: x\n"})
    assert "both claim to be version 1.0.0 of a" in run("").problems[0].message


#: Paths of two versions each, and the subject.
PAIRS = [
    ("versions/list-0.5.schema.json", "versions/list-0.6.schema.json", "list"),
    ("versions/list-0.5.schema.json", "list.schema.json", "list"),
    ("9/0/shop.v9_0.placed.avsc", "10/0/shop.v10_0.placed.avsc", "shop.placed"),
    ("s/9/0/placed.avsc", "s/10/0/placed.avsc", "placed"),
    ("placed/version=1/placed.avsc", "placed/version=2/placed.avsc", "placed"),
    ("PlacedV1.avsc", "PlacedV2.avsc", "Placed"),
    ("bom-1.2-strict.json", "bom-1.3-strict.json", "bom-strict"),
    ("shop+placed+v1_schema.avsc", "shop+placed+v2_schema.avsc", "shop+placed"),
    ("com.shop/click/jsonschema/1-0-0", "com.shop/click/jsonschema/1-0-1", "click"),
]


@pytest.mark.parametrize(("older", "newer", "subject"), PAIRS, ids=[pair[0] for pair in PAIRS])
def test_the_newer_meets_the_older(older: str, newer: str, subject: str, plain: Path) -> None:
    avro = older.endswith(".avsc")
    lay(plain, {older: ONE if avro else schema(), newer: TWO if avro else schema(title="x")})
    selection = run("")
    ((origin, below, _),) = plans(selection)
    assert (origin, below, selection.plans[0].subject) == (newer, [older], subject)


def test_subjects_of_one_name_are_told_apart(plain: Path) -> None:
    lay(plain, {"com.shop/click/1.avsc": ONE, "org.ads/click/1.avsc": ONE, "org.ads/view/1.avsc": ONE})
    selection = run("")
    assert subjects(selection) == {"com.shop/click": ["1"], "org.ads/click": ["1"], "view": ["1"]}
    assert [plan.identity for plan in selection.plans] == ["com.shop/click", "org.ads/click", "org.ads/view"]
    (alone,) = run("org.ads/click").plans
    assert (alone.subject, alone.identity) == ("click", "org.ads/click")


def test_what_the_tree_defines_is_found_without_a_configuration(plain: Path) -> None:
    lay(plain, {
        "orders/placed.avsc": PLACED,
        "types/money.avsc": record("Money", "a", namespace="shop"),
        "events/page.json": schema(**{"$id": "page$event", "properties": {"a": {"$ref": "common/user.json"}}}),
        "common/user.json": schema(**{"$id": "common/user.json"}),
        "mediawiki/create.json": schema(allOf=[{"$ref": "/fragment/common/2.0.0#"}]),
        "fragment/common/2.0.0.yaml": f'$schema: "{DRAFT}"\n$id: /fragment/common/2.0.0\n',
        "fragment/common/current.yaml": f'$schema: "{DRAFT}"\n$id: /fragment/common/2.0.0\ntitle: x\n',
        "kafka/view.json": schema(allOf=[{"$ref": "file://user.json#"}]),
    })  # fmt: skip
    for plan in run("").plans:
        names = plan.format.names(plan.candidate.document).used
        for name in names:
            assert plan.candidate.references.lookup(name) is not None, (plan.path, name)


@pytest.mark.parametrize("named", [{}, {"$id": "https://shop.example/schemas/order.json"}], ids=["by path", "by $id"])
def test_a_reference_in_the_notation_that_is_published_means_the_file_in_the_other(
    named: dict[str, str], plain: Path
) -> None:
    """Sources in YAML refer to one another as the JSON that is made of them; two files of the name decide nothing."""
    lay(plain, {
        "order.yaml": schema(**named, properties={"a": {"$ref": "./money.json"}, "b": {"$ref": "units.json"}}),
        "money.yaml": schema(title="money"), "units.yaml": schema(), "units.yml": schema(),
    })  # fmt: skip
    (plan,) = (one for one in run("").plans if one.path == "order.yaml")
    found = {name.rpartition("/")[2]: plan.candidate.references.lookup(name) for name in _used(plan)}
    assert {name: None if one is None else one.origin for name, one in found.items()} == {
        "money.json": "money.yaml",
        "units.json": None,
    }


def _used(plan: Plan) -> Iterable[str]:
    return plan.format.names(plan.candidate.document).used


def test_a_path_with_a_folder_in_it_is_read_from_the_nearest_folder_around_that_has_it(plain: Path) -> None:
    """Tools read such references from where they run; a name alone means the file beside the schema, or none."""
    refs = {"a": {"$ref": "shared/money.json"}, "b": {"$ref": "units.json"}, "c": {"$ref": "shared/gone.json"}}
    lay(plain, {
        "schemas/shop/order.json": schema(properties=refs),
        "schemas/shared/money.json": schema(properties={"a": {"$ref": "unit.json"}}),
        "schemas/shared/unit.json": schema(),
        "shared/money.json": schema(title="another"),
        "schemas/units.json": schema(),
    })  # fmt: skip
    (order,) = (plan for plan in run("").plans if plan.subject == "order")
    references = order.candidate.references
    found = {name: references.lookup(name) for name in order.format.names(order.candidate.document).used}
    assert {name.rpartition("/")[2]: None if one is None else one.origin for name, one in found.items()} == {
        "money.json": "schemas/shared/money.json",
        "units.json": None,
        "gone.json": None,
    }
    money = references.lookup(next(name for name in found if name.endswith("money.json")))
    assert money is not None
    assert order.format.names(money).used == {"file:///schemas/shared/unit.json"}


def test_of_several_definitions_the_nearest_counts(plain: Path) -> None:
    lay(plain, {
        "a/placed.avsc": PLACED, "a/types/money.avsc": record("Money", "a", namespace="shop"),
        "b/placed.avsc": PLACED, "b/types/money.avsc": record("Money", "b", namespace="shop"),
    })  # fmt: skip
    for plan in run("").plans:
        found = plan.candidate.references.lookup("shop.Money")
        if plan.path.endswith("placed.avsc"):
            assert found is not None
            assert found.origin == plan.path.replace("placed", "types/money")
