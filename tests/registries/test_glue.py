"""What AWS Glue alone has: its words for compatibility, what becomes of a version later, its addresses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli_harness import Run
from evtcompat.errors import UsageError
from evtcompat.model.levels import Level
from evtcompat.registries import errors
from evtcompat.registries.base import Reference, Registered, SchemaRegistry
from evtcompat.registries.credentials import find_target
from evtcompat.registries.opening import open_registry
from evtcompat.testing import RegistryServer
from registries.aws import ACCOUNT, needs
from registries.kinds_under_test import ALONE

if TYPE_CHECKING:
    from registries.glue_emulation import Emulation

V1 = json.dumps({"type": "record", "name": "Order", "fields": [{"name": "id", "type": "int", "default": 0}]})
V2 = json.dumps({"type": "record", "name": "Order", "fields": []})
ARN = f"arn:aws:glue:eu-west-1:{ACCOUNT}:registry/shop"


@pytest.fixture
def glue() -> Iterator[Emulation]:
    needs("boto3", "moto", "flask")
    from registries.glue_emulation import emulation

    with emulation() as running:
        yield running


@pytest.fixture
def client(glue: Emulation) -> Iterator[SchemaRegistry]:
    with open_registry(glue.address, None, ALONE) as opened:
        opened.register("order", V1, kind="AVRO")
        yield opened


WORDS = {
    "NONE": (Level.NONE, "NONE"),
    "BACKWARD": (Level.BACKWARD, "BACKWARD"),
    "BACKWARD_ALL": (Level.BACKWARD_TRANSITIVE, "BACKWARD_ALL (here BACKWARD_TRANSITIVE)"),
    "FORWARD": (Level.FORWARD, "FORWARD"),
    "FORWARD_ALL": (Level.FORWARD_TRANSITIVE, "FORWARD_ALL (here FORWARD_TRANSITIVE)"),
    "FULL": (Level.FULL, "FULL"),
    "FULL_ALL": (Level.FULL_TRANSITIVE, "FULL_ALL (here FULL_TRANSITIVE)"),
    # nothing may be added, so that what somebody would like to add has to get on with all
    "DISABLED": (Level.FULL_TRANSITIVE, "DISABLED (here FULL_TRANSITIVE)"),
}


@pytest.mark.slow
@pytest.mark.parametrize("word", WORDS)
def test_its_words_are_levels_and_are_shown(glue: Emulation, client: SchemaRegistry, word: str) -> None:
    glue.ask("order", word)
    level, shown = WORDS[word]
    compatibility, own = client.compatibility("order")

    assert (compatibility.level, str(compatibility), own) == (level, shown, True)
    assert client.history("order").mode == client.mode("order") == ("DISABLED" if word == "DISABLED" else "READWRITE")


def test_the_words_are_those_of_aws() -> None:
    needs("boto3")
    from botocore.session import Session

    shape = Session().get_service_model("glue").shape_for("Compatibility")
    assert sorted(shape.enum) == sorted(WORDS)


@pytest.mark.slow
def test_a_schema_that_takes_no_version_is_told_so(
    glue: Emulation, client: SchemaRegistry, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before anything is registered, and by the client as well."""
    glue.ask("order", "DISABLED")
    with pytest.raises(errors.OperationNotPermittedError, match="its compatibility is DISABLED"):
        client.register("order", V2, kind="AVRO")
    monkeypatch.setenv("EVTCOMPAT_REGISTRY_URL", glue.address)
    monkeypatch.setenv("EVTCOMPAT_CACHE", "off")
    (tmp_path / "order.avsc").write_text(V2)
    result = run("registry", "register", "order.avsc", "--yes", cwd=tmp_path)

    assert result.code in (1, 3)
    assert "takes no new version of it: its mode is DISABLED" in result.out
    assert "level DISABLED (here FULL_TRANSITIVE)" in run("registry", "versions", "order", cwd=tmp_path).out
    assert len(glue.versions("order")) == 1


@pytest.mark.slow
def test_a_version_is_waited_for_until_it_is_judged(glue: Emulation, client: SchemaRegistry) -> None:
    with glue.judges("PENDING", "PENDING", "AVAILABLE"):
        assert client.register("order", V2, kind="AVRO") == glue.versions("order")[1].schema_version_id
        assert client.versions("order") == (1, 2)
    with glue.judges("PENDING"):
        assert client.versions("order") == (1,)
        assert client.find("order", V2, kind="AVRO") is None


@pytest.mark.slow
def test_a_refused_version_is_told_by_the_command(
    glue: Emulation, client: SchemaRegistry, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.versions("order") == (1,)
    monkeypatch.setenv("EVTCOMPAT_REGISTRY_URL", glue.address)
    monkeypatch.setenv("EVTCOMPAT_CACHE", "off")
    (tmp_path / "order.avsc").write_text(V2)
    with glue.judges("PENDING", "FAILURE"):
        result = run("registry", "register", "order.avsc", "--yes", cwd=tmp_path)
        assert "1  id" in run("registry", "versions", "order", cwd=tmp_path).out

    assert result.code == 1
    assert "refuses the new version of order as incompatible" in result.err
    assert "Registered: nothing. Not registered: order." in result.err


@pytest.mark.slow
def test_a_schema_has_one_language(client: SchemaRegistry) -> None:
    with pytest.raises(errors.RegistryUnsupportedError, match="holds AVRO schemas, and no JSON"):
        client.register("order", "{}", kind="JSON")


@pytest.mark.slow
def test_what_glue_cannot_keep_is_not_dropped(client: SchemaRegistry) -> None:
    found = Registered("order", 2, 7, V2, metadata={"properties": {"owner": "shop"}})
    with pytest.raises(errors.RegistryUnsupportedError, match="metadata and rules"):
        client.copy(found, references=(), keep_id=False)
    assert client.versions("order") == (1,)


@pytest.mark.slow
def test_what_glue_cannot_hold_is_told_before_anything_is_promoted(
    glue: Emulation, client: SchemaRegistry, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """References, metadata; what it can hold goes there, and comes back."""
    assert client.subjects() == ("order",)
    monkeypatch.setenv("EVTCOMPAT_CACHE", "off")
    monkeypatch.setenv("EVTCOMPAT_REGISTRY_PROD_URL", glue.address)
    uses = json.dumps({"type": "record", "name": "Uses", "fields": [{"name": "to", "type": "Order"}]})
    with RegistryServer() as server, open_registry(server.url, None, ALONE) as dev:
        monkeypatch.setenv("EVTCOMPAT_REGISTRY_DEV_URL", server.url)
        dev.register("shared", V1, kind="AVRO")
        dev.register("uses", uses, kind="AVRO", references=[Reference("Order", "shared", 1)])
        dev.copy(Registered("owned", 0, 0, V1, metadata={"properties": {"a": "b"}}), references=(), keep_id=False)
        promote = ("registry", "promote")
        for subject, words in (("uses", "refers to Order"), ("owned", "metadata and rules")):
            result = run(*promote, subject, "--from", "dev", "--to", "prod", "--yes", cwd=tmp_path)
            assert result.code == 3
            assert words in result.out
            assert "Nothing was promoted." in result.err
            assert client.subjects() == ("order",)

        assert run(*promote, "shared", "--from", "dev", "--to", "prod", "--yes", cwd=tmp_path).code == 0
        assert client.version("shared").text == dev.version("shared").text
        assert run(*promote, "order", "--from", "prod", "--to", "dev", "--yes", cwd=tmp_path).code == 0
        assert dev.version("order").version == 1
        server.store.settings.modes[""] = "IMPORT"
        client.register("order", V2, kind="AVRO")
        kept = run(*promote, "order", "--from", "prod", "--to", "dev", "--yes", cwd=tmp_path)
        assert kept.code == 3
        assert "ids are numbers here" in kept.out


@pytest.mark.slow
def test_a_version_that_is_deleted_between_two_calls(
    glue: Emulation, client: SchemaRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    from moto.glue.exceptions import SchemaVersionNotFoundFromSchemaVersionIdException

    def gone(*_: object) -> None:
        raise SchemaVersionNotFoundFromSchemaVersionIdException(glue.versions("order")[0].schema_version_id)

    monkeypatch.setattr(glue.backend, "get_schema_version", gone)
    with pytest.raises(errors.VersionNotFoundError, match="was listed a moment ago and is gone now"):
        client.history("order")


@pytest.mark.slow
def test_versions_come_from_the_cache_as_long_as_they_are_the_same(
    glue: Emulation, client: SchemaRegistry, tmp_path: Path
) -> None:
    """A UUID never means another schema: a subject that began again is read again."""
    environ = {"EVTCOMPAT_CACHE_DIR": str(tmp_path), "EVTCOMPAT_CONFIG_DIR": str(tmp_path)}
    with open_registry(glue.address, None, environ) as cached:
        assert cached.history("order") == client.history("order")
    with open_registry(glue.address, None, environ) as cached, pytest.MonkeyPatch.context() as patch:
        patch.setattr(glue.backend, "get_schema_version", None)
        assert [version.text for version in cached.history("order").versions] == [V1]
    glue.client.delete_schema(SchemaId={"RegistryName": "shop", "SchemaName": "order"})
    client.register("order", V2, kind="AVRO")
    with open_registry(glue.address, None, environ) as cached:
        assert [version.text for version in cached.history("order").versions] == [V2]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("address", "url"),
    [
        (ARN, f"glue://eu-west-1/{ACCOUNT}/shop"),
        (f"glue://eu-west-1/{ACCOUNT}/shop", f"glue://eu-west-1/{ACCOUNT}/shop"),
        ("glue://EU-West-1/shop/", "glue://eu-west-1/shop"),
    ],
)
def test_a_registry_is_named_with_its_account(glue: Emulation, client: SchemaRegistry, address: str, url: str) -> None:
    """Or by AWS's own name; with the account in it, a lock or a diff cannot mean another account's."""
    assert client.subjects() == ("order",)
    with open_registry(address, None, ALONE) as named:
        assert str(named.address) == url
        assert named.history("order").versions == client.history("order").versions
        named.register("click", V1, kind="AVRO")
        assert named.versions("click") == (1,)
    assert sorted(glue.backend.registries["shop"].schemas) == ["click", "order"]
    target = find_target(None, environ={"EVTCOMPAT_REGISTRY_URL": address})
    assert target.address.url == url


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("glue://eu-west-1/a/b", "is no address of a registry in AWS Glue"),
        ("glue://eu-west-1:80/a", "is no address of a registry in AWS Glue"),
        ("glue://ann:x@eu-west-1/a", "must not hold a user or a password"),
        ("glue:///a", "names a host"),
        ("glue://evil.example.com/a", "cannot be opened"),
    ],
)
def test_an_address_that_is_none_is_refused(address: str, words: str) -> None:
    needs("boto3")
    with pytest.raises(UsageError, match=words):
        open_registry(address, None, ALONE)


def test_the_profile_is_named_by_the_place() -> None:
    needs("boto3")
    environ = {**ALONE, "EVTCOMPAT_REGISTRY_PROD_URL": "glue://eu-west-1/shop"}
    with pytest.raises(UsageError, match="nosuch"):
        open_registry("prod", None, {**environ, "EVTCOMPAT_REGISTRY_PROD_AWS_PROFILE": "nosuch"})
    with pytest.raises(UsageError, match="takes the credentials of AWS"):
        open_registry("prod", None, {**environ, "EVTCOMPAT_REGISTRY_PROD_USERNAME": "ann"})


@pytest.mark.slow
def test_a_registry_that_is_not_there(glue: Emulation) -> None:
    del glue
    with (
        open_registry("glue://eu-west-1/nosuch", None, ALONE) as client,
        pytest.raises(errors.RegistryNotFoundError) as caught,
    ):
        client.subjects()
    assert "aws glue list-registries" in (caught.value.hint or "")


@pytest.mark.slow
def test_without_credentials_nothing_is_asked(glue: Emulation, monkeypatch: pytest.MonkeyPatch) -> None:
    del glue
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    with (
        open_registry("glue://eu-west-1/shop", None, ALONE) as client,
        pytest.raises(errors.RegistryUnauthorizedError) as caught,
    ):
        client.subjects()
    assert "Unable to locate credentials" in caught.value.message
    assert "AWS_PROFILE" in (caught.value.hint or "")


@pytest.mark.slow
@pytest.mark.usefixtures("client")
def test_a_report_says_that_its_answer_is_not_predicted(glue: Emulation, run: Run, tmp_path: Path) -> None:
    """It has rules of its own: what a Confluent registry would say is said of that one."""
    (tmp_path / "order.avsc").write_text(V2)
    result = run(
        "check",
        "order.avsc",
        "--against",
        "registry",
        cwd=tmp_path,
        environment={"EVTCOMPAT_REGISTRY_URL": glue.address},
    )

    said = " ".join(result.out.split())
    assert "A Confluent registry would accept it; what AWS Glue would say is not predicted." in said, result
