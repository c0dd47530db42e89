"""What AWS Glue leaves out, says twice or in words that it does not have: unchecked, and never a shorter history."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType
from typing import Any, Final, TypeAlias

import pytest

from evtcompat.registries import errors
from evtcompat.registries.base import SchemaRegistry
from evtcompat.registries.credentials import find_target
from evtcompat.registries.retries import Patience
from registries.aws import ACCOUNT, aws_environment, needs

HURRY: Final = Patience(connect=2, read=2, whole=4, retries=0)
ARN: Final = f"arn:aws:glue:eu-west-1:{ACCOUNT}:schema/shop/order"
UUIDS: Final = {1: "11111111-2222-4333-8444-555555555555", 2: "22222222-2222-4333-8444-555555555555"}
TEXT: Final = '{"type":"record","name":"Order","fields":[]}'
SCHEMA: Final = {
    "SchemaName": "order",
    "SchemaArn": ARN,
    "DataFormat": "AVRO",
    "Compatibility": "BACKWARD",
    "LatestSchemaVersion": 2,
    "SchemaStatus": "AVAILABLE",
}
Asked: TypeAlias = Mapping[str, Any]
Answer: TypeAlias = Callable[[Asked], str]


def listed(*numbers: int, **members: object) -> str:
    """A page of versions."""
    items = (
        {"SchemaArn": ARN, "SchemaVersionId": UUIDS[number], "VersionNumber": number, "Status": "AVAILABLE"}
        for number in numbers
    )
    return json.dumps({"Schemas": [{**item, **members} for item in items]})


def paged(page: str, token: str) -> str:
    """The page, with more behind it."""
    return json.dumps({**json.loads(page), "NextToken": token})


def _version(asked: Asked) -> str:
    uuid = asked.get("SchemaVersionId", UUIDS[2])
    number = next(number for number, one in UUIDS.items() if one == uuid)
    found = {"SchemaVersionId": uuid, "VersionNumber": number, "SchemaArn": ARN, "Status": "AVAILABLE"}
    return json.dumps({**found, "SchemaDefinition": TEXT, "DataFormat": "AVRO"})


SOUND: Final[Mapping[str, Answer]] = {
    "ListSchemas": lambda _: json.dumps({"Schemas": [{"SchemaName": "order", "SchemaStatus": "AVAILABLE"}]}),
    "GetSchema": lambda _: json.dumps(SCHEMA),
    "ListSchemaVersions": lambda _: listed(1, 2),
    "GetSchemaVersion": _version,
}


@contextmanager
def answering(
    patch: pytest.MonkeyPatch,
    status: int = 200,
    encoding: str = "utf-8",
    more: Mapping[str, Answer] = MappingProxyType({}),
    **otherwise: Answer,
) -> Iterator[SchemaRegistry]:
    """A client of a registry with a schema of two versions, some of whose answers are others."""
    needs("boto3")
    from evtcompat.registries.glue.client import GlueRegistry

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            operation = self.headers["X-Amz-Target"].partition(".")[2]
            body = {**SOUND, **more, **otherwise}[operation](asked).encode(encoding)
            self.send_response(status if operation in {**more, **otherwise} else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        aws_environment(patch, f"http://127.0.0.1:{server.server_address[1]}")
        with GlueRegistry(find_target("glue://eu-west-1/shop", environ={}), patience=HURRY) as client:
            yield client
        server.shutdown()
        thread.join()


@pytest.mark.slow
def test_what_is_listed_as_a_whole_is_the_history(monkeypatch: pytest.MonkeyPatch) -> None:
    """In pages, and with pages that hold nothing, as AWS may send them."""
    pages = {None: paged('{"Schemas": []}', "a"), "a": paged(listed(2), "b"), "b": listed(1)}
    with answering(monkeypatch, ListSchemaVersions=lambda asked: pages[asked.get("NextToken")]) as client:
        assert [one.version for one in client.history("order").versions] == [1, 2]


_TWICE: Final = json.dumps({"Schemas": [json.loads(listed(1))["Schemas"][0], json.loads(listed(2))["Schemas"][0]]})
PARTS: Final[Mapping[str, tuple[Answer, str]]] = {
    "nothing": (lambda _: '{"Schemas": []}', "without 2, which it calls the latest"),
    "the first alone": (lambda _: listed(1), "without 2, which it calls the latest"),
    "none that counts": (lambda _: listed(1, 2, Status="FAILURE"), "without 2, which it calls the latest"),
    "a status of another case": (lambda _: listed(1, 2, Status="available"), "`Status` is 'available'"),
    "a status that is none": (lambda _: listed(1, 2, Status=""), "`Status` is ''"),
    "no status": (lambda _: listed(1, 2, Status=None), "no `Status`"),
    "a page that leads to itself": (lambda _: paged(listed(1), "a"), "the list is not whole"),
    "pages in a circle": (
        lambda asked: paged(listed(1), "b" if asked.get("NextToken") == "a" else "a"),
        "the list is not whole",
    ),
    "empty pages without end": (lambda asked: paged('{"Schemas": []}', f"{asked.get('NextToken')}+"), "without an end"),
    "a member twice": (lambda _: f'{listed(1, 2)[:-1]}, "Schemas": []}}', "'Schemas' twice"),
    "two schemas of one number": (lambda _: _TWICE.replace('"VersionNumber": 2', '"VersionNumber": 1'), "twice"),
    "null among the versions": (lambda _: '{"Schemas": [null]}', "no null"),
}


@pytest.mark.slow
@pytest.mark.parametrize("what", PARTS)
def test_a_part_of_a_history_is_none(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is missing in it would pass as new."""
    answer, words = PARTS[what]
    with answering(monkeypatch, ListSchemaVersions=answer) as client:
        with pytest.raises(errors.RegistryAnswerError) as caught:
            client.history("order")
        found = client.histories(["order"])["order"]
    assert words in caught.value.message
    assert isinstance(found, errors.RegistryAnswerError)


@pytest.mark.slow
def test_a_list_that_goes_on_after_the_latest_version_is_not_a_history(monkeypatch: pytest.MonkeyPatch) -> None:
    """One of the two answers is old: with which version to compare is not known."""
    schema = json.dumps({**SCHEMA, "LatestSchemaVersion": 1})
    latest = pytest.raises(errors.RegistryAnswerError, match="lists version 2 of order, and calls 1 the latest")
    with answering(monkeypatch, GetSchema=lambda _: schema) as client, latest:
        client.history("order")


@pytest.mark.slow
@pytest.mark.parametrize("told", [3, None])
def test_the_latest_that_was_refused_or_deleted_hides_nothing(
    told: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The number of such a version may be told of the schema; the one that counts is asked for."""
    schema = json.dumps({**SCHEMA, "LatestSchemaVersion": told})
    with answering(monkeypatch, GetSchema=lambda _: schema) as client:
        assert [one.version for one in client.history("order").versions] == [1, 2]


@pytest.mark.slow
@pytest.mark.parametrize(
    "body",
    ["", "null", "[]", "5", '"x"', "[" * 20_000, '{"__type": 5}', '{"__type": []}', '{"__type": {}, "Message": [1]}'],
    ids=lambda body: body[:20],
)
@pytest.mark.parametrize("status", [400, 500])
def test_a_refusal_of_any_shape_is_one_of_the_registry(status: int, body: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever it is, botocore reads it as an error of AWS."""
    with answering(monkeypatch, status, GetSchema=lambda _: body) as client:
        with pytest.raises(errors.RegistryCallError, match=f"HTTP {status}"):
            client.history("order")
        assert client.subjects() == ("order",)


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32-le"])
def test_what_is_read_of_an_answer_is_what_was_looked_at(encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """JSON may come in other encodings than the one that botocore takes for granted."""
    with answering(monkeypatch, encoding=encoding) as client:
        assert client.subjects() == ("order",)
        assert [one.version for one in client.history("order").versions] == [1, 2]
    refused = '{"__type": "AccessDeniedException"}'
    forbidden = pytest.raises(errors.RegistryForbiddenError)
    with answering(monkeypatch, 400, encoding, GetSchema=lambda _: refused) as client, forbidden:
        client.history("order")


@pytest.mark.slow
@pytest.mark.parametrize(
    "otherwise",
    [
        {"GetSchema": lambda _: json.dumps({**SCHEMA, "SchemaName": "other", "Compatibility": "NONE"})},
        {"GetSchema": lambda _: json.dumps({**SCHEMA, "SchemaArn": ARN + "-2", "Compatibility": "NONE"})},
        {"ListSchemaVersions": lambda _: listed(1, 2, SchemaArn=ARN + "-2")},
    ],
)
def test_an_answer_about_another_schema_is_refused(
    otherwise: Mapping[str, Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its level and its versions say nothing about the one that was asked for."""
    other = pytest.raises(errors.RegistryAnswerError, match="when asked for order")
    with answering(monkeypatch, more=otherwise) as client, other:
        client.history("order")
