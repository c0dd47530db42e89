"""What every kind of registry owes to the rest: the laws of `SchemaRegistry`, over HTTP, one kind like the other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from cli_harness import Run
from evtcompat.errors import RegistryError
from evtcompat.model.levels import Level
from evtcompat.registries import errors
from evtcompat.registries.base import LATEST, Reference, Registered, SchemaRegistry
from evtcompat.registries.opening import open_registry
from registries.kinds_under_test import ALONE, KINDS, Kind, running


def record(*fields: tuple[str, object], name: str = "Order", **more: object) -> str:
    """An Avro schema as text; every field has the default 0."""
    listed = [{"name": field, "type": kind, "default": 0} for field, kind in fields]
    return json.dumps({"type": "record", "name": name, "fields": listed, **more})


V1, V2 = record(("id", "int")), record(("id", "int"), ("n", "int"))
BAD = json.dumps({"type": "record", "name": "Order", "fields": [{"name": "id", "type": "string"}]})
PROTO = 'syntax = "proto3";\n// as it is\nmessage  Order {}\n'


@pytest.fixture(params=sorted(KINDS))
def kind(request: pytest.FixtureRequest) -> Iterator[Kind]:
    with running(request.param) as found:
        yield found


@pytest.fixture
def client(kind: Kind) -> Iterator[SchemaRegistry]:
    with kind.open() as opened:
        yield opened


@pytest.mark.slow
def test_what_is_not_there_is_told_by_its_own_error(client: SchemaRegistry) -> None:
    assert client.subjects() == ()
    assert client.find("order", V1, kind="AVRO") is None
    assert client.mode("order") == client.mode() == "READWRITE"
    assert client.compatibility("order")[1] is False
    for ask in (lambda: client.versions("order"), lambda: client.history("order")):
        with pytest.raises(errors.SubjectNotFoundError):
            ask()
    with pytest.raises(errors.RegistryNotFoundError):
        client.version("order", LATEST)
    made = client.register("order", V1, kind="AVRO")
    with pytest.raises(errors.VersionNotFoundError):
        client.version("order", 7)
    unknown = made + 7 if isinstance(made, int) else f"{0:08}-0000-0000-0000-{0:012}"
    with pytest.raises(errors.RegisteredSchemaNotFoundError):
        client.by_id(unknown)


@pytest.mark.slow
def test_an_id_of_another_kind_is_named_so(client: SchemaRegistry) -> None:
    made = client.register("order", V1, kind="AVRO")
    other = 7 if isinstance(made, str) else f"{0:08}-0000-0000-0000-{0:012}"
    with pytest.raises(errors.RegisteredSchemaNotFoundError, match="ids are"):
        client.by_id(other)


@pytest.mark.slow
def test_what_is_registered_is_what_is_read(client: SchemaRegistry) -> None:
    """The same again changes nothing, in whichever layout; a version is found by its schema, number and id."""
    first = client.register("order", V1, kind="AVRO")
    assert client.register("order", V1, kind="AVRO") == first
    second = client.register("order", V2, kind="AVRO")

    assert first != second
    assert client.versions("order") == (1, 2)
    newest = client.version("order", LATEST)
    assert (newest.subject, newest.version, newest.id, newest.type) == ("order", 2, second, "AVRO")
    assert json.loads(newest.text) == json.loads(V2)
    assert client.version("order", 1).id == first
    for text in (V1, json.dumps(json.loads(V1), indent=4)):
        found = client.find("order", text, kind="AVRO")
        assert found is not None
        assert (found.version, found.id) == (1, first)
    by_id = client.by_id(first)
    assert (json.loads(by_id.text), by_id.type) == (json.loads(V1), "AVRO")


#: Kinds that tell no day: Karapace has none in its answers.
DATELESS = {"karapace"}


@pytest.mark.slow
def test_a_version_tells_the_day_of_its_registration_where_the_kind_knows_it_read_anew_and_from_the_cache(
    kind: Kind, tmp_path: Path
) -> None:
    before = datetime.now(UTC).date().isoformat()
    environment = {
        "EVTCOMPAT_CACHE_DIR": str(tmp_path / "cache"),
        "EVTCOMPAT_CONFIG_DIR": ALONE["EVTCOMPAT_CONFIG_DIR"],
    }
    days: list[str | None] = []
    for _ in range(2):
        with open_registry(kind.address, None, environment) as opened:
            if not days:
                opened.register("order", V1, kind="AVRO")
            days += [opened.version("order", 1).since, *(one.since for one in opened.history("order").versions)]
    after = datetime.now(UTC).date().isoformat()
    assert set(days) <= ({None} if kind.name in DATELESS else {before, after})


@pytest.mark.slow
def test_a_history_has_the_versions_and_the_terms(client: SchemaRegistry) -> None:
    """And what cannot be read stands in the place of its subject only."""
    for text in (V1, V2):
        client.register("order", text, kind="AVRO")
    read = client.histories(["order", "nosuch", "order"])

    assert list(read) == ["order", "nosuch"]
    assert isinstance(read["nosuch"], errors.SubjectNotFoundError)
    state = client.history("order")
    assert state == read["order"]
    assert [version.version for version in state.versions] == [1, 2]
    assert state.compatibility.level is Level.BACKWARD
    assert state.mode == "READWRITE"
    assert client.compatibility("order") == (state.compatibility, state.own_level)


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists come by five."""
    for client in ("confluent", "glue"):
        monkeypatch.setattr(f"evtcompat.registries.{client}.client._PAGE", 5)
    monkeypatch.setattr("evtcompat.registries.confluent.client._FULL_PAGE", 5)


@pytest.mark.slow
@pytest.mark.usefixtures("small_pages")
def test_subjects_are_sorted_and_begin_as_asked(client: SchemaRegistry) -> None:
    """All of them, by however many pages they come."""
    names = [f"order-{number:02}" for number in range(17)]
    for name in reversed(names):
        client.register(name, V1, kind="AVRO")
    client.register("Click", V1, kind="AVRO")

    assert client.subjects() == ("Click", *names)
    assert client.subjects(prefix="order-1") == tuple(names[10:])


@pytest.mark.slow
@pytest.mark.usefixtures("small_pages")
def test_many_versions_come_in_order(client: SchemaRegistry) -> None:
    for number in range(1, 13):
        client.register("order", record(*((f"f{one}", "int") for one in range(number))), kind="AVRO")

    assert client.versions("order") == tuple(range(1, 13))
    assert [version.version for version in client.history("order").versions] == list(range(1, 13))


@pytest.mark.slow
def test_a_version_that_breaks_is_refused_and_is_no_version(client: SchemaRegistry, kind: Kind) -> None:
    """Also where the registry answers first and compares later."""
    client.register("order", V1, kind="AVRO")
    acting = nullcontext() if kind.refusing is None else cast("AbstractContextManager[None]", kind.refusing())
    with acting:
        with pytest.raises(errors.IncompatibleSchemaError) as caught:
            client.register("order", BAD, kind="AVRO")
        assert client.versions("order") == (1,)
        assert client.find("order", BAD, kind="AVRO") is None

    assert caught.value.exit_code == 1
    assert kind.address in caught.value.message


@pytest.mark.slow
def test_what_it_would_say_is_told_before_or_refused_by_name(client: SchemaRegistry, kind: Kind) -> None:
    client.register("order", V1, kind="AVRO")
    if client.foretells:
        assert client.judged("order", V2, kind="AVRO").compatible
        assert client.judged("order", V2, kind="AVRO", versions=(1,)).compatible
        assert not client.judged("order", BAD, kind="AVRO").compatible
        return
    with pytest.raises(errors.RegistryUnsupportedError, match="before it is registered"):
        client.judged("order", V2, kind="AVRO")
    assert kind.name == "glue"


@pytest.mark.slow
@pytest.mark.parametrize("language", ["AVRO", "JSON"])
def test_references_are_kept_or_refused_by_name(client: SchemaRegistry, kind: Kind, language: str) -> None:
    texts = {
        "AVRO": (record(name="Address"), record(("to", "Address")).replace(', "default": 0', "")),
        "JSON": ('{"type": "object"}', '{"properties": {"to": {"$ref": "Address"}}}'),
    }
    address, order = texts[language]
    client.register("address", address, kind=language)
    refers = [Reference("Address", "address", 1)]
    if language in kind.references:
        client.register("order", order, kind=language, references=refers)
        assert client.version("order").references == tuple(refers)
        assert client.find("order", order, kind=language, references=refers) is not None
        return
    with pytest.raises(errors.ReferencesUnsupportedError) as caught:
        client.register("order", order, kind=language, references=refers)
    assert caught.value.hint
    assert client.subjects() == ("address",)


@pytest.mark.slow
def test_what_is_no_schema_is_refused(client: SchemaRegistry) -> None:
    with pytest.raises(errors.InvalidSchemaError):
        client.register("order", '{"type": "record"', kind="AVRO")
    assert client.subjects() == ()


def test_protobuf_is_kept_as_it_comes(client: SchemaRegistry, kind: Kind) -> None:
    if "PROTOBUF" not in kind.carries:
        with pytest.raises(RegistryError):
            client.register("proto", PROTO, kind="PROTOBUF")
        return
    client.register("proto", PROTO, kind="PROTOBUF")
    found = client.version("proto")
    assert (found.text, found.type, found.format) == (PROTO, "PROTOBUF", None)
    assert client.find("proto", PROTO, kind="PROTOBUF") == found


@pytest.mark.slow
def test_a_copy_gets_a_number_of_its_own(client: SchemaRegistry) -> None:
    client.register("order", V1, kind="AVRO")
    schema_id, number = client.copy(Registered("order", 9, 99, V2), references=(), keep_id=False)

    assert number == 2
    assert client.version("order", 2).id == schema_id


def test_ids_are_kept_in_a_mode_that_permits_it_only(client: SchemaRegistry) -> None:
    with pytest.raises(RegistryError):
        client.copy(Registered("order", 9, "1f5ce8a0-0000-0000-0000-000000000000", V1), references=(), keep_id=True)
    assert client.subjects() == ()


@pytest.mark.slow
@pytest.mark.parametrize("name", ["../../x", "..", "a/b", "ä ö?x=1&y#z", "%2e%2e", "a\nb"])
def test_a_hostile_name_is_a_name_or_is_refused(client: SchemaRegistry, kind: Kind, name: str) -> None:
    client.register("order", V1, kind="AVRO")
    try:
        client.register(name, V2, kind="AVRO")
    except errors.RegistryRejectedError:
        assert not kind.any_name
        assert client.subjects() == ("order",)
        return
    assert json.loads(client.version(name).text) == json.loads(V2)
    assert client.subjects() == tuple(sorted(["order", name]))
    assert client.versions("order") == (1,)


@pytest.mark.long
def test_a_team_works_with_it(kind: Kind, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Register, check, break, pull, diff and lock: the same commands, whichever the kind."""
    monkeypatch.setenv("EVTCOMPAT_REGISTRY_URL", kind.address)
    monkeypatch.setenv("EVTCOMPAT_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("EVTCOMPAT_CONFIG_DIR", str(tmp_path / "config"))
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "order-v1.avsc").write_text(V1)

    def code(*command: str) -> int:
        result = run(*command, cwd=folder)
        assert "Traceback" not in result.err
        return result.code

    register = ("registry", "register", "order-v1.avsc", "--subject", "order", "--yes")
    assert code(*register) == 0
    assert "is registered already, as version 1" in run(*register, cwd=folder).out
    assert code("lock") == code("lock", "--check") == 0
    (folder / "order-v2.avsc").write_text(BAD)
    assert code("check", "order-v2.avsc", "--against", "registry:order") == 1
    assert code("check", "order-v2.avsc", "--against", "lock:order") == 1
    assert code("registry", "register", "order-v2.avsc", "--subject", "order", "--yes") == 1
    (folder / "order-v2.avsc").write_text(V2)
    assert code("registry", "register", "order-v2.avsc", "--subject", "order", "--yes") == 0
    assert code("lock", "--check") == 5
    assert code("registry", "pull", "pulled") == 0
    assert [path.name for path in sorted((folder / "pulled").rglob("*.avsc"))] == ["1.avsc", "2.avsc"]
    assert code("registry", "diff", "pulled") == 0
    assert code("check", "pulled") == 0
    assert code("lock") == code("lock", "--check") == 0
    assert "order" in run("registry", "subjects", cwd=folder).out
    assert "BACKWARD" in run("registry", "versions", "order", cwd=folder).out
