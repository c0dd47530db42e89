"""References end to end: from files into a registry, from there into a folder, and back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli_harness import Run
from evtcompat.registries.base import Reference
from evtcompat.registries.confluent.client import ConfluentRegistry
from evtcompat.registries.credentials import find_target
from evtcompat.registries.names import file_names, subject_of_file
from evtcompat.testing import Fault, RegistryServer

DRAFT = "http://json-schema.org/draft-07/schema#"


def _record(name: str, *fields: tuple[str, object]) -> str:
    listed = [{"name": field, "type": kind} for field, kind in fields]
    return json.dumps({"type": "record", "name": name, "namespace": "shop", "fields": listed})


def _object(**properties: object) -> str:
    return json.dumps({"$schema": DRAFT, "type": "object", "properties": properties})


AVRO = {
    "order.avsc": _record("Order", ("id", "long"), ("to", "shop.Address"), ("by", "Person")),
    "person.avsc": _record("Person", ("home", "Address")),
    "address.avsc": _record("Address", ("street", "string")),
}
JSON = {
    "order.json": _object(to={"$ref": "parts/address.json"}, by={"$ref": "parts/person.json#/properties/name"}),
    "parts/person.json": _object(name={"type": "string"}, home={"$ref": "address.json"}),
    "parts/address.json": _object(street={"type": "string"}),
}


@pytest.fixture(params=[AVRO, JSON], ids=["avro", "json"])
def project(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    folder = tmp_path / "project"
    for name, text in request.param.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def _first(project: Path) -> str:
    return "order.avsc" if (project / "order.avsc").exists() else "order.json"


@pytest.mark.slow
def test_round_trip(run: Run, registry: RegistryServer, project: Path) -> None:
    """Register one file with all that it refers to, pull, check, compare, register again: nothing is left to do."""
    plan = run("registry", "register", _first(project), "--dry-run", cwd=project)
    assert plan.code == 0, plan
    lines = [line for line in plan.out.splitlines() if not line.startswith(" ")]
    assert [line.split()[1] for line in lines] == ["SUBJECT", "address", "person", "order"]
    assert "begins the subject address, as another refers to it" in plan.out
    assert registry.store.rows == {}

    done = run("registry", "register", _first(project), "--yes", cwd=project)
    assert done.code == 0, done
    assert "order: registered as version 1 with id 3" in done.out
    assert "is registered already" in run("registry", "register", _first(project), "--yes", cwd=project).out

    pulled = run("registry", "pull", "pulled", "--subject", "order", cwd=project)
    assert "3 subjects, 3 versions" in pulled.out
    for command in (
        ("check", "pulled"),
        ("check", "pulled", "--against", "registry", "--ask"),
        ("registry", "diff", "pulled", "--subject", "order"),
    ):
        result = run(*command, cwd=project)
        assert result.code == 0, result
    again = run("registry", "register", "pulled", cwd=project)
    assert again.code == 0, again
    assert again.out.count("is registered already, as version 1 of ") == 3


@pytest.mark.slow
def test_a_failure_in_the_middle_says_what_is_done_and_the_next_run_does_the_rest(
    run: Run, registry: RegistryServer, project: Path
) -> None:
    registry.faults.add(Fault(where="POST /subjects/person/versions", status=403, times=None))

    failed = run("registry", "register", _first(project), "--yes", cwd=project)

    assert failed.code == 3
    assert "Registered: address. Not registered: person, order." in failed.err
    assert "Run the same command again" in failed.err
    registry.faults.clear()
    again = run("registry", "register", _first(project), "--yes", cwd=project)
    assert again.code == 0, again
    assert "is registered already, as version 1 of address" in again.out
    assert [*registry.store.rows] == ["address", "person", "order"]


@pytest.mark.slow
def test_references_follow_the_files_else_the_last_version(run: Run, registry: RegistryServer, tmp_path: Path) -> None:
    """A file that defines the name wins, and the plan says what the reference was; without it the last one stays."""
    (tmp_path / "order.avsc").write_text(AVRO["order.avsc"].replace("Person", "long"))
    (tmp_path / "address.avsc").write_text(AVRO["address.avsc"])
    assert run("registry", "register", "order.avsc", "--yes", cwd=tmp_path).code == 0

    optional = json.loads(AVRO["address.avsc"])
    optional["fields"].append({"name": "door", "type": "string", "default": ""})
    (tmp_path / "address.avsc").write_text(json.dumps(optional))
    updated = run("registry", "register", "order.avsc", "--yes", cwd=tmp_path)
    assert (
        "refers to shop.Address = address@new (defined in address.avsc; as in version 1 it was address@1)"
        in updated.out
    )

    (tmp_path / "address.avsc").unlink()
    order = json.loads((tmp_path / "order.avsc").read_text())
    order["fields"].append({"name": "note", "type": "string", "default": ""})
    (tmp_path / "order.avsc").write_text(json.dumps(order))
    reused = run("registry", "register", "order.avsc", "--yes", cwd=tmp_path)
    assert reused.code == 0, reused
    assert "refers to shop.Address = address@2 (as in version 2)" in reused.out
    with ConfluentRegistry(find_target(registry.url, environ={})) as client:
        assert client.version("order").references == (Reference("shop.Address", "address", 2),)


def test_a_typed_reference_needs_no_file(run: Run, registry: RegistryServer, tmp_path: Path) -> None:
    with ConfluentRegistry(find_target(registry.url, environ={})) as client:
        client.register("address-value", AVRO["address.avsc"])
    (tmp_path / "person.avsc").write_text(AVRO["person.avsc"])

    typed = ("--reference", "shop.Address=address-value@1")
    result = run("registry", "register", "person.avsc", "--yes", *typed, cwd=tmp_path)

    assert result.code == 0, result
    assert "refers to shop.Address = address-value@1 (as typed)" in result.out


def test_schemas_in_a_circle_are_named(run: Run, registry: RegistryServer, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(_object(b={"$ref": "b.json"}))
    (tmp_path / "b.json").write_text(_object(a={"$ref": "a.json"}))

    result = run("registry", "register", "a.json", "--yes", cwd=tmp_path)

    assert result.code == 3
    assert "refer to one another in a circle: a -> b -> a" in result.err
    assert registry.store.rows == {}


def test_what_the_registry_would_refuse_is_told_before_anything_is_registered(
    run: Run, registry: RegistryServer, tmp_path: Path
) -> None:
    """A registry without a policy is strict; ours is lenient."""
    with ConfluentRegistry(find_target(registry.url, environ={})) as client:
        client.register("click", _object(id={}), kind="JSON")
    (tmp_path / "click.json").write_text(_object(id={}, mail={"type": "string"}))
    (tmp_path / "new.json").write_text(_object())

    result = run("registry", "register", "click.json", "new.json", "--yes", cwd=tmp_path)

    assert result.code == 1
    assert "would refuse it: OPTIONAL_PROPERTY_ADDED_TO_OPEN_CONTENT_MODEL" in result.out
    assert "Nothing was registered." in result.err
    assert [*registry.store.rows] == ["click"]


def test_a_read_only_registry_is_told_before_anything_is_registered(
    run: Run, registry: RegistryServer, tmp_path: Path
) -> None:
    registry.store.settings.modes["click"] = "READONLY"
    (tmp_path / "click.json").write_text(_object())
    (tmp_path / "new.json").write_text(_object())

    result = run("registry", "register", "click.json", "new.json", "--yes", cwd=tmp_path)

    assert result.code == 3
    assert "takes no new version of it: its mode is READONLY" in result.out
    assert registry.store.rows == {}


HOSTILE = ["../../etc/passwd", "a/b", ".hidden", "con", "Order", "order", "ORDER", "%", "", "ü", "a b", "x" * 200, "."]


@pytest.mark.slow
def test_hostile_and_alike_names_come_back(run: Run, registry: RegistryServer, tmp_path: Path) -> None:
    """Every subject gets a folder of its own inside the folder, on any file system, and is found again."""
    with ConfluentRegistry(find_target(registry.url, environ={})) as client:
        for subject in [name for name in HOSTILE if name]:
            client.register(subject, AVRO["address.avsc"])
    pulled = run("registry", "pull", "pulled", cwd=tmp_path)
    assert pulled.code == 0, pulled
    folders = [one.name for one in (tmp_path / "pulled").iterdir()]
    assert len({name.casefold() for name in folders}) == len(HOSTILE) - 1
    assert {subject_of_file(name) for name in folders} == {name for name in HOSTILE if name}
    assert [one.name for one in tmp_path.iterdir() if one.name not in ("cache", "config")] == ["pulled"]
    again = run("registry", "register", "pulled", cwd=tmp_path)
    assert again.out.count("is registered already, as version 1 of ") == len(HOSTILE) - 1, again
    assert run("registry", "diff", "pulled", cwd=tmp_path).code == 0


@given(st.sets(st.text(st.characters(codec="utf-8"), max_size=12), max_size=6))
def test_file_names_are_reversible_and_told_apart_without_case(subjects: set[str]) -> None:
    alike = subjects | {subject.swapcase() for subject in subjects}

    names = file_names(alike)

    assert {subject: subject_of_file(name) for subject, name in names.items()} == {one: one for one in alike}
    assert len({name.casefold() for name in names.values()}) == len(alike)
    assert not any(name.startswith(".") or "/" in name for name in names.values())


@pytest.mark.slow
def test_a_pulled_folder_counts_what_is_not_read(run: Run, registry: RegistryServer, tmp_path: Path) -> None:
    """A subject in Protobuf is one that no check has seen; what `pull` writes for itself is nobody's schema."""
    with ConfluentRegistry(find_target(registry.url, environ={})) as client:
        client.register("address", AVRO["address.avsc"])
        refers = [Reference("shop.Address", "address", 1)]
        client.register("order", _record("Order", ("to", "shop.Address")), references=refers)
        client.register("proto", 'syntax = "proto3";', kind="PROTOBUF")
    assert run("registry", "pull", "pulled", cwd=tmp_path).code == 0
    (tmp_path / "pulled/order/service.proto").write_text('syntax = "proto3";')

    for against in ((), ("--against", "registry")):
        result = run("check", "pulled", *against, "-v", cwd=tmp_path)
        assert result.code == 0, result
        assert "2 skipped" in result.out
        assert "pulled/proto/1.proto (Protocol Buffers are not read)" in result.out
        assert "references.json" not in result.out
        strict = run("check", "pulled", *against, "--skipped", "fail", cwd=tmp_path)
        assert strict.code == 3, strict
        assert "pulled/proto/1.proto" in strict.out
        assert "service.proto" not in strict.out


@pytest.mark.slow
def test_protobuf_is_carried_as_it_is(run: Run, registry: RegistryServer, tmp_path: Path) -> None:
    """Pulled, locked and compared unchanged; a check counts it as unchecked."""
    text = 'syntax = "proto3";\n\nmessage  A {}\n'
    with ConfluentRegistry(find_target(registry.url, environ={})) as client:
        client.register("proto-value", text, kind="PROTOBUF")
    assert run("registry", "pull", "pulled", cwd=tmp_path).code == 0
    assert (tmp_path / "pulled" / "proto-value" / "1.proto").read_text() == text
    assert run("registry", "diff", "pulled", cwd=tmp_path).code == 0
    assert run("lock", cwd=tmp_path).code == 0
    assert run("lock", "--check", cwd=tmp_path).code == 0
    checked = run("check", "pulled", cwd=tmp_path)
    assert (checked.code, "proto-value/1.proto" in checked.out + checked.err) == (3, True), checked
