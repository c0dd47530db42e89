"""Subject and version from a path."""

from __future__ import annotations

import itertools

import pytest

from evtcompat.model.subjects import forms, shortest
from evtcompat.sources.names.naming import name_of, order_of
from evtcompat.sources.names.subject_histories import subject_histories

#: path, folder, subject, label
TABLE = [
    ("schemas/order-placed-v2.avsc", "schemas", "order-placed", "2"),
    ("order_placed_v2.avsc", "", "order_placed", "2"),
    ("order.placed.v2.avsc", "", "order.placed", "2"),
    ("OrderPlaced.V10.avsc", "", "OrderPlaced", "10"),
    ("order-placed-v02.avsc", "", "order-placed", "02"),
    ("com.acme.OrderPlaced.v2.avsc", "", "com.acme.OrderPlaced", "2"),
    ("order-placed-v1.2.0.json", "", "order-placed", "1.2.0"),
    ("order-placed-v1.2.json", "", "order-placed", "1.2"),
    ("order-placed-v1-0-2.json", "", "order-placed", "1-0-2"),
    ("order-placed-1.2.0.json", "", "order-placed", "1.2.0"),
    ("order-placed-1-0-0.json", "", "order-placed", "1-0-0"),
    ("order-placed.1.2.0.yaml", "", "order-placed", "1.2.0"),
    ("order-placed.2.avsc", "", "order-placed", "2"),
    ("order-placed-v1.2.0-rc.1.json", "", "order-placed", "1.2.0-rc.1"),
    ("order-placed-v2-rc1.avsc", "", "order-placed", "2-rc1"),
    ("order-placed-v1beta2.avsc", "", "order-placed", "1beta2"),
    ("order-placed-v2.schema.json", "", "order-placed", "2"),
    ("order-placed.v2.schema.yml", "", "order-placed", "2"),
    ("shop/order-placed/v2.avsc", "shop", "order-placed", "2"),
    ("shop/order-placed/2.avsc", "shop", "order-placed", "2"),
    ("shop/order-placed/1-0-0", "shop", "order-placed", "1-0-0"),
    ("shop/order-placed/1-0-0.json", "shop", "order-placed", "1-0-0"),
    ("shop/order-placed/1.2.0", "shop", "order-placed", "1.2.0"),
    ("shop/order-placed/1.2.0.json", "shop", "order-placed", "1.2.0"),
    ("shop/order-placed/1.2.0.yaml", "shop", "order-placed", "1.2.0"),
    ("shop/order-placed/1.0.json", "shop", "order-placed", "1.0"),
    ("com.acme/order-placed/jsonschema/1-0-0", "com.acme", "order-placed", "1-0-0"),
    ("shop/index/1.0.0.yaml", "shop", "index", "1.0.0"),
    ("shop/order-placed/index.json", "shop", "order-placed", None),
    ("v2/order-placed.avsc", "", "order-placed", "2"),
    ("shop/v2/order-placed.avsc", "shop", "order-placed", "2"),
    ("v2/shop/order-placed.avsc", "shop", "order-placed", "2"),
    ("shop/1.2.0/order-placed.json", "shop", "order-placed", "1.2.0"),
    ("shop/order-placed/v2/schema.avsc", "shop", "order-placed", "2"),
    ("shop/order-placed/schema-v2.avsc", "shop", "order-placed", "2"),
    ("shop/order-placed/schema.json", "shop", "order-placed", None),
    ("shop/v1/order-placed-v3.avsc", "shop/v1", "order-placed", "3"),
    ("shop/order-placed-latest.avsc", "shop", "order-placed", "latest"),
    ("shop/order-placed/latest.avsc", "shop", "order-placed", "latest"),
    ("shop/order-placed/latest", "shop", "order-placed", "latest"),
    ("latest/order-placed.avsc", "", "order-placed", "latest"),
    ("order-placed.avsc", "", "order-placed", None),
    ("Bestellung ausgeführt-v2.avsc", "", "Bestellung ausgeführt", "2"),
    ("a folder/注文-v3.json", "a folder", "注文", "3"),
    ("2.avsc", "", "schema", "2"),
    ("shop/orders/src/main/avro/v2.avsc", "shop/orders/src/main/avro", "orders", "2"),
    ("orders/src/main/resources/schema-v2.avsc", "orders/src/main/resources", "orders", "2"),
    ("orders/resources/v2.avsc", "orders/resources", "orders", "2"),
    ("src/main/avro/2.avsc", "src/main/avro", "schema", "2"),
    ("src/main/avro/order/2.avsc", "src/main/avro", "order", "2"),
    ("src/order/avro/2.avsc", "src", "order", "2"),
    # further layouts of public repositories
    ("OrderPlacedV2.avsc", "", "OrderPlaced", "2"),
    ("order-placed-1.0.avsc", "", "order-placed", "1.0"),
    ("order_placed_v1_0.avsc", "", "order_placed", "1_0"),
    ("order-placed-v1-0.avsc", "", "order-placed", "1-0"),
    ("order-placed-1.0-SNAPSHOT.schema.json", "", "order-placed", "1.0-SNAPSHOT"),
    ("shop+order+placed+v1_schema.avsc", "", "shop+order+placed", "1"),
    ("order.placed.1.schema.json", "", "order.placed", "1"),
    ("shop.v0_9_1.placed.avsc", "", "shop.placed", "0_9_1"),
    ("com.shop.v1.OrderPlaced.avsc", "", "com.shop.OrderPlaced", "1"),
    ("bom-1.3-strict.schema.json", "", "bom-strict", "1.3"),
    ("odcs-v3.0.2-strict.json", "", "odcs-strict", "3.0.2"),
    ("odcs-3.0.2-strict.json", "", "odcs-strict", "3.0.2"),
    ("odcs/v3.0.2-strict.json", "odcs", "strict", "3.0.2"),
    ("odcs/v3.0.2-rc.1.json", "", "odcs", "3.0.2-rc.1"),
    ("odcs-v3.0.2-m1.json", "", "odcs", "3.0.2-m1"),
    ("odcs-v3.0.2-map.json", "", "odcs-map", "3.0.2"),
    ("odcs-v3.0.2-RC1.json", "", "odcs", "3.0.2-RC1"),
    ("odcs-v3.0.2-rc1-strict.json", "", "odcs", "3.0.2-rc1-strict"),
    ("odcs-v3.0.2-1.json", "", "odcs", "3.0.2-1"),
    ("odcs-v3.1.0-20260505.json", "", "odcs", "3.1.0-20260505"),
    ("odcs-3.1-2026-05-05.json", "", "odcs", "3.1-2026-05-05"),
    ("s/10/0/shop.v10_0.placed.avsc", "s", "shop.placed", "10_0"),
    ("s/10/0/placed.avsc", "s", "placed", "10.0"),
    ("s/version=2/placed.avsc", "s", "placed", "2"),
    ("s/placed/version=2.avsc", "s", "placed", "2"),
    ("s/versions/placed-0.5.schema.json", "s", "placed", "0.5"),
    ("s/versions/v2/placed.json", "s", "placed", "2"),
    ("s/versions/placed.json", "s/versions", "placed", None),
    ("events/placed/versioned/0.0.1/schema.json", "events", "placed", "0.0.1"),
    ("study-v1/study-v1.4.schema.json", "study-v1", "study-v1", "4"),
    ("study-v1/study-v1-latest.json", "study-v1", "study-v1", "latest"),
    ("study-v1/study-v2.json", "study-v1", "study", "2"),
    ("com.acme/order-placed/avro/1-0-0", "com.acme", "order-placed", "1-0-0"),
    ("shop/2026-04/placed.json", "shop", "placed", "2026-04"),
    ("shop/2026-04-draft/data/placed.json", "shop/data", "placed", "2026-04-draft"),
    ("shop/2026-04-01/placed.json", "shop", "placed", "2026-04-01"),
    ("shop/placed/2026-04.json", "shop/placed", "2026-04", None),
    ("shop/placed-2026-04.json", "shop", "placed-2026-04", None),
    ("shop/2026-13/placed.json", "shop/2026-13", "placed", None),
    # near misses: a number that is part of the name
    ("sha-256.avsc", "", "sha-256", None),
    ("iso_8601.json", "", "iso_8601", None),
    ("ipv4.avsc", "", "ipv4", None),
    ("order-placed-2.avsc", "", "order-placed-2", None),
    ("2024-01.avsc", "", "2024-01", None),
    ("IPV4.avsc", "", "IPV4", None),
    ("current.avsc", "", "current", None),
    ("orders-v1-value.avsc", "", "orders-v1-value", None),
    ("2024/orders/created.avsc", "2024/orders", "created", None),
    ("v.avsc", "", "v", None),
    ("-v2.avsc", "", "-v2", None),
    ("view-vip.avsc", "", "view-vip", None),
]


@pytest.mark.parametrize(("path", "folder", "subject", "label"), TABLE, ids=[row[0] for row in TABLE])
def test_a_path_tells_subject_and_version(path: str, folder: str, subject: str, label: str | None) -> None:
    named = name_of(path)
    assert (named.folder, named.subject, named.label) == (folder, subject, label)
    assert (named.order is None) == (label in (None, "latest"))
    assert named.is_latest == (label == "latest")


def test_versions_are_ordered_by_number_and_pre_releases_stand_before_their_release() -> None:
    labels = [
        "0.9", "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11",
        "1.0.0-rc.1", "1.0.0", "1.0.1", "1.2.0", "1.10.0", "2alpha1", "2beta1", "2-rc9", "2-rc10", "2", "2-0-1",
        "2-1-0", "v9", "v10", "11",
    ]  # fmt: skip
    for low, high in itertools.combinations(labels, 2):
        first, second = order_of(low), order_of(high)
        assert first is not None
        assert second is not None
        assert first < second, (low, high)


def test_a_draft_of_a_month_comes_before_it_and_after_the_month_before() -> None:
    months = ["2026-04", "2025-11", "2025-11-draft", "2025-10"]
    assert sorted(months, key=lambda month: order_of(month) or ((), ())) == months[::-1]


def test_a_day_after_a_version_says_what_became_of_it() -> None:
    days = ["3.0.2", "3.1.0-rc.1", "3.1.0", "v3.1.0-20260505", "3.1.0-2026-06-01", "3.1.1"]
    assert sorted(days, key=lambda day: order_of(day) or ((), ())) == days


def test_what_states_a_version_may_have_any_pre_release() -> None:
    """A build of a service is no name of a file: what Semantic Versioning says of it holds."""
    first, second = order_of("1.4.0-abc123"), order_of("1.4.0")
    assert first is not None
    assert second is not None
    assert first < second


def test_a_variant_of_a_version_is_no_version_before_it() -> None:
    files = [f"s/odcs-v{version}.json" for version in ("3.0.1-strict", "3.0.1", "3.0.2-strict", "3.0.2")]
    assert ordered(*files) == {"odcs": files[1::2], "odcs-strict": files[::2]}


@pytest.mark.parametrize("group", [("1", "1.0", "1.0.0", "v1", "01", "1-0-0", "1.0.0+build")])
def test_a_version_may_be_written_in_several_ways(group: tuple[str, ...]) -> None:
    assert len({order_of(label) for label in group}) == 1


def ordered(*paths: str, subjects: dict[str, list[str]] | None = None) -> dict[str, list[str]]:
    """The files of each subject in order."""
    found = subject_histories(paths, subjects)
    assert not found.problems
    return {history.subject: [named.path for named in history.versions] for history in found.all}


def test_v10_comes_after_v9() -> None:
    assert ordered("a-v10.avsc", "a-v9.avsc", "a-v1.avsc") == {"a": ["a-v1.avsc", "a-v9.avsc", "a-v10.avsc"]}


def test_several_subjects_share_a_folder() -> None:
    assert ordered("s/a-v1.avsc", "s/b-v1.avsc", "s/a-v2.avsc", "s/c.avsc") == {
        "a": ["s/a-v1.avsc", "s/a-v2.avsc"],
        "b": ["s/b-v1.avsc"],
        "c": ["s/c.avsc"],
    }


def test_the_same_name_in_two_folders_is_two_subjects() -> None:
    found = subject_histories(["orders/created-v1.avsc", "payments/created-v1.avsc"])
    assert not found.problems
    assert [history.folder for history in found.all] == ["orders", "payments"]


def test_layouts_may_be_mixed() -> None:
    paths = ["s/v1/a.avsc", "s/a-v2.avsc", "s/a/3.avsc", "s/a/v4/schema.avsc"]
    assert ordered(*reversed(paths)) == {"a": paths}


AMBIGUOUS = [
    ("s/a-v1.avsc", "s/a_v1.avsc"),
    ("s/a-v1.avsc", "s/a-v01.avsc"),
    ("s/a/1.0.json", "s/a/1.0.0.json"),
    ("s/a-v2.json", "s/a-v2.yaml"),
    ("s/a/1-0-0", "s/a/1-0-0.json"),
    ("s/a.json", "s/a.yaml"),
    ("s/v1/a.avsc", "s/a-v1.avsc"),
    ("s/a/latest.json", "s/a-latest.json"),
]


@pytest.mark.parametrize("pair", AMBIGUOUS, ids=" ".join)
def test_two_files_that_claim_one_version_are_a_problem_that_names_both(pair: tuple[str, str]) -> None:
    found = subject_histories([*pair, "s/b-v1.avsc"])
    (problem,) = found.problems
    assert pair[0] in problem.message
    assert pair[1] in problem.message
    assert set(found.by_path) == {"s/b-v1.avsc"}


def test_one_event_in_two_languages_has_two_histories() -> None:
    found = subject_histories(["a-v1.avsc", "a-v2.avsc", "a-v1.json", "a-v2.json"])
    assert not found.problems
    assert [history.paths for history in found.all] == [("a-v1.avsc", "a-v2.avsc"), ("a-v1.json", "a-v2.json")]


def test_a_file_without_a_version_is_the_work_in_progress() -> None:
    assert ordered("a.avsc", "a-v1.avsc", "a-v2.avsc") == {"a": ["a-v1.avsc", "a-v2.avsc", "a.avsc"]}


def test_a_file_without_a_version_is_what_came_before_v2() -> None:
    assert ordered("a.avsc", "a-v2.avsc", "a-v3.avsc") == {"a": ["a.avsc", "a-v2.avsc", "a-v3.avsc"]}


def test_latest_is_no_version_of_its_own() -> None:
    (history,) = subject_histories(["a/1.avsc", "a/latest.avsc", "a/2.avsc"]).all
    assert [named.path for named in history.versions] == ["a/1.avsc", "a/2.avsc"]
    assert [named.path for named in history.latest] == ["a/latest.avsc"]
    assert [named.path for named in history.below("a/latest.avsc")] == ["a/1.avsc", "a/2.avsc"]


def test_a_map_orders_files_that_no_name_orders() -> None:
    paths = ["x/first.avsc", "x/second.avsc", "x/other.avsc"]
    assert ordered(*paths, subjects={"orders": ["x/second.avsc", "x/first.avsc"]}) == {
        "orders": ["x/second.avsc", "x/first.avsc"],
        "other": ["x/other.avsc"],
    }
    (history,) = subject_histories(paths[:2], {"orders": ["x/second.avsc", "x/first.avsc"]}).all
    assert [named.label for named in history.versions] == ["1", "2"]


def test_a_glob_of_the_map_is_ordered_by_version_then_by_number_in_the_name() -> None:
    paths = ["h/a-v10.avsc", "h/a-v9.avsc", "g/b10.avsc", "g/b9.avsc"]
    assert ordered(*paths, subjects={"a": ["g/*.avsc", "h/*.avsc"]}) == {
        "a": ["g/b9.avsc", "g/b10.avsc", "h/a-v9.avsc", "h/a-v10.avsc"]
    }


def test_a_file_of_two_mapped_subjects_is_a_problem() -> None:
    found = subject_histories(["a.avsc"], {"one": ["a.avsc"], "two": ["*.avsc"]})
    (problem,) = found.problems
    assert "a.avsc" in problem.message
    assert "one" in problem.message
    assert "two" in problem.message


@pytest.mark.parametrize("names", [["a/x", "b/x", "b/y"], ["x", "a/x"], ["c/a/x", "c/b/x", "c/b/y"], ["s/one"]])
def test_a_subject_is_shown_by_the_shortest_name_that_no_other_has(names: list[str]) -> None:
    shown = shortest(names)
    assert len(set(shown.values())) == len(names)
    for name, short in shown.items():
        assert short in forms(name)
        shorter = [form for form in forms(name) if len(form) < len(short)]
        assert all(any(form in forms(other) for other in names if other != name) for form in shorter)
