"""The test registry with the profile `confluent` answers as Confluent's documents say: walks of requests."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import pytest
import requests

from evtcompat.testing import RegistryServer


class Step(NamedTuple):
    """A request, and what its answer has: a status, and members or the whole value."""

    method: str
    path: str
    body: Any = None
    status: int = 200
    has: Any = None


def _record(name: str, *fields: str, **members: Any) -> str:  # noqa: ANN401 - JSON
    listed = [{"name": field, "type": "string", "default": ""} for field in fields]
    return json.dumps({"type": "record", "name": name, **members, "fields": listed})


def _new(subject: str, schema: str, status: int = 200, has: Any = None, **body: Any) -> Step:  # noqa: ANN401 - JSON
    return Step("POST", f"/subjects/{subject}/versions", {"schema": schema, **body}, status, has)


def _rule(name: str, expression: str) -> dict[str, str]:
    return {"name": name, "kind": "CONDITION", "type": "CEL", "mode": "WRITE", "expr": expression}


INNER = {"type": "record", "name": "I", "fields": []}
OUTER = {"type": "record", "name": "O", "namespace": "a.b"}
WALKS: dict[str, list[Step]] = {
    "a namespace that follows from its place makes no other schema": [
        _new("short", json.dumps({**OUTER, "fields": [{"name": "i", "type": INNER}]}), has={"id": 1}),
        _new(
            "long",
            json.dumps({**OUTER, "fields": [{"name": "i", "type": {**INNER, "namespace": "a.b"}}]}),
            has={"id": 1},
        ),
        _new(
            "dotted",
            json.dumps({"name": "a.b.O", "type": "record", "fields": [{"type": INNER, "name": "i"}]}),
            has={"id": 1},
        ),
    ],
    "a language is always named": [
        _new("s", '"int"'),
        Step("GET", "/subjects/s/versions/1", has={"schemaType": "AVRO", "schema": '"int"'}),
        Step("GET", "/schemas/ids/1", has={"schemaType": "AVRO"}),
    ],
    "metadata and rules are kept, inherited and put together with the settings": [
        Step("PUT", "/config/s", {"compatibility": "NONE", "overrideMetadata": {"properties": {"team": "b"}}}),
        Step("PUT", "/config/s", {"defaultRuleSet": {"domainRules": [_rule("r", "1")]}}, has={"compatibility": "NONE"}),
        _new(
            "s",
            _record("S", "a"),
            metadata={"properties": {"team": "a", "owner": "x"}},
            ruleSet={"domainRules": [_rule("q", "1")]},
        ),
        _new("s", _record("S", "b")),
        Step("GET", "/subjects/s/versions/2", has={
            "metadata": {"properties": {"team": "b", "owner": "x"}},
            "ruleSet": {"domainRules": [_rule("r", "1"), _rule("q", "1")]},
        }),
        Step("GET", "/subjects/s/metadata?key=owner&value=x", has={"version": 2}),
        Step("GET", "/subjects/s/metadata?key=owner&value=y", status=404, has={"error_code": 40403}),
    ],
    "versions of another compatibility group are not compared": [
        Step("PUT", "/config/s", {"compatibilityGroup": "major"}, has={"compatibilityGroup": "major"}),
        _new("s", '"int"', metadata={"properties": {"major": "1"}}),
        _new("s", '"bytes"', status=409, metadata={"properties": {"major": "1"}}),
        _new("s", '"bytes"', metadata={"properties": {"major": "2"}}),
    ],
    "the policy is that of the subject, and strict without": [
        _new("s", '{"type":"object","properties":{"a":{}}}', schemaType="JSON"),
        _new("s", '{"type":"object","properties":{"a":{},"b":{"type":"string"}}}', schemaType="JSON", status=409),
        Step("PUT", "/config/s", {"compatibilityPolicy": "loose"}, 422, {"error_code": 42203}),
        Step("PUT", "/config/s", {"compatibilityPolicy": "LENIENT"}),
        Step(
            "GET",
            "/config/s?defaultToGlobal=true",
            has={"compatibilityPolicy": "LENIENT", "compatibilityLevel": "BACKWARD"},
        ),
        _new("s", '{"type":"object","properties":{"a":{},"b":{"type":"string"}}}', schemaType="JSON"),
    ],
    "reserved fields stay free and stay reserved": [
        Step("PUT", "/config", {"compatibility": "NONE", "validateFields": True}),
        _new("s", _record("S", "mail"), status=409, metadata={"properties": {"confluent:reserved": "x, mail"}}),
        _new("s", _record("S", "a"), metadata={"properties": {"confluent:reserved": "mail"}}),
        _new("s", _record("S", "b"), status=409, metadata={"properties": {"confluent:reserved": "x"}}),
    ],
    "an alias leads to a subject, and no further": [
        _new("real", '"int"'),
        Step("PUT", "/config/other", {"alias": "real"}),
        Step("PUT", "/config/third", {"alias": "other"}),
        Step("GET", "/subjects/other/versions/1", has={"subject": "real"}),
        Step("GET", "/subjects/third/versions", status=404),
    ],
    "read-only keeps everything but the mode as it is": [
        _new("s", '"int"'),
        Step("PUT", "/mode", {"mode": "READONLY"}),
        _new("s", '"long"', status=422, has={"error_code": 42205}),
        Step("DELETE", "/subjects/s", status=422, has={"error_code": 42205}),
        Step("DELETE", "/subjects/s/versions/1", status=422),
        Step("PUT", "/config/s", {"compatibility": "NONE"}, 422),
        Step("DELETE", "/config/s", status=422),
        Step("PUT", "/mode/s", {"mode": "READWRITE"}),
        _new("s", '"long"'),
    ],
    "an import names its id, and an id has one schema": [
        _new("s", '"int"', status=422, id=7, has={"error_code": 42205}),
        Step("PUT", "/mode/s", {"mode": "IMPORT"}),
        _new("s", '"int"', status=422, has={"error_code": 42205}),
        _new("s", '"int"', id=7, version=3, has={"id": 7}),
        _new("s", '"int"', id=7, version=3, has={"id": 7}),
        _new("s", '"string"', status=422, id=7, has={"error_code": 42205}),
        Step("GET", "/subjects/s/versions", has=[3]),
        Step("PUT", "/mode/s", {"mode": "READWRITE"}),
        Step("PUT", "/mode/s", {"mode": "IMPORT"}, 422),
        Step("PUT", "/mode/s?force=true", {"mode": "IMPORT"}),
    ],
    "what is referred to stays, in a context, too": [
        _new(":.dev:a", _record("A")),
        _new(
            ":.dev:b",
            json.dumps({"type": "array", "items": "A"}),
            references=[{"name": "A", "subject": "a", "version": 1}],
        ),
        Step("GET", "/contexts/.dev/subjects/a/versions/1/referencedby", has=[2]),
        Step("DELETE", "/contexts/.dev/subjects/a", status=422, has={"error_code": 42206}),
    ],
    "a path below a context means its subjects, ids and settings": [
        _new("a", '"int"', has={"id": 1}),
        Step("POST", "/contexts/.dev/subjects/a/versions", {"schema": '"string"'}, has={"id": 1}),
        Step("GET", "/contexts/.dev/subjects", has=[":.dev:a"]),
        Step("GET", "/contexts/.dev/schemas/ids/1", has={"schema": '"string"'}),
        Step("GET", "/schemas/ids/1", has={"schema": '"int"'}),
        Step("GET", "/contexts", has=[".", ".dev"]),
        Step("PUT", "/contexts/.dev/config", {"compatibility": "NONE"}),
        Step("GET", "/config/:.dev:a?defaultToGlobal=true", has={"compatibilityLevel": "NONE"}),
        Step("GET", "/config", has={"compatibilityLevel": "BACKWARD"}),
        Step("PUT", "/config/:.__GLOBAL:", {"compatibility": "FULL"}),
        Step("GET", "/config/:.test:a?defaultToGlobal=true", has={"compatibilityLevel": "FULL"}),
    ],
    "what was deleted is shown when it is asked for": [
        _new("a", '"int"'),
        _new("b", '"int"'),
        Step("DELETE", "/subjects/b"),
        Step("GET", "/subjects?deletedOnly=true&deleted=true", has=["b"]),
        Step("GET", "/subjects?limit=0", has=["a"]),
        Step("GET", "/schemas/ids/1/subjects?deleted=true", has=["a", "b"]),
        Step("GET", "/schemas/ids/1/versions?deleted=true&offset=1&limit=1", has=[{"subject": "b", "version": 1}]),
        Step("DELETE", "/subjects/a"),
        Step("DELETE", "/subjects/a?permanent=true"),
        Step("DELETE", "/subjects/b?permanent=true"),
        Step("GET", "/schemas/ids/1", status=404, has={"error_code": 40403}),
        _new("a", '"long"', has={"id": 2}),
    ],
    "nothing that is not there can be reset": [
        Step("DELETE", "/config/s", status=404, has={"error_code": 40401}),
        Step("DELETE", "/mode/s", status=404, has={"error_code": 40401}),
        Step("PUT", "/config", {"compatibility": "FULL"}),
        Step("DELETE", "/config", has={"compatibilityLevel": "FULL"}),
        Step("GET", "/config", has={"compatibilityLevel": "BACKWARD"}),
        Step("PUT", "/config", {}, has={"compatibility": "BACKWARD"}),
    ],
    "errors are JSON": [
        Step("GET", "/nowhere", status=404, has={"error_code": 404}),
        Step("PATCH", "/subjects", status=405, has={"error_code": 405}),
        Step("GET", "/subjects?limit=x", status=404, has={"error_code": 404}),
    ],
    "Protobuf is kept as it comes, and not compared": [
        _new("p", 'syntax = "proto3";', schemaType="PROTOBUF"),
        Step("GET", "/subjects/p/versions/1", has={"schemaType": "PROTOBUF", "schema": 'syntax = "proto3";'}),
        Step("GET", "/schemas/types", has=["JSON", "AVRO", "PROTOBUF"]),
    ],
}  # fmt: skip


@pytest.mark.parametrize("law", WALKS)
def test_confluent_answers_so(law: str) -> None:
    with RegistryServer() as server, requests.Session() as session:
        for step in WALKS[law]:
            answer = session.request(step.method, server.url + step.path, json=step.body, timeout=10)
            shown = f"{step.method} {step.path}: {answer.status_code} {answer.text}"
            assert answer.status_code == step.status, shown
            value = answer.json()
            if isinstance(step.has, dict):
                assert {key: value.get(key) for key in step.has} == step.has, shown
            elif step.has is not None:
                assert value == step.has, shown


def test_a_guid_names_a_schema_in_every_context() -> None:
    with RegistryServer() as server, requests.Session() as session:
        for subject in ("a", ":.dev:b"):
            session.post(f"{server.url}/subjects/{subject}/versions", json={"schema": '"int"'}, timeout=10)
        guid = session.get(f"{server.url}/subjects/a/versions/1", timeout=10).json()["guid"]

        found = session.get(f"{server.url}/schemas/guids/{guid}", timeout=10).json()
        ids = session.get(f"{server.url}/schemas/guids/{guid}/ids", timeout=10).json()

    assert found["schema"] == '"int"'
    assert ids == [{"context": ".", "id": 1}, {"context": ".dev", "id": 1}]
