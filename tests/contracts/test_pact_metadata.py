"""What a pact asks of the metadata of a message is kept, shown, and held against headers that a document describes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import jsonschema
import pytest

from cli_harness import Run
from contracts.folders import contract, json_object, write, write_versions
from contracts.test_pacts import message, rule
from evtcompat.contracts.pacts.reading import headers_reader_of, read_pact
from evtcompat.model.documents import Document
from evtcompat.model.json_types import JSON
from reference_data import ELSEWHERE

DOCUMENT = """
asyncapi: 3.0.0
info: {{title: Orders, version: 1.0.0}}
channels:
  orders:
    messages:
      Placed:
        headers: {headers}
        payload: {{type: object, properties: {{id: {{type: string}}}}, required: [id]}}
"""
QUEUE = json.dumps({"type": "object", "properties": {"queue": {"const": "orders"}}, "required": ["queue"]})


def asking(metadata: Mapping[str, JSON], rules: Mapping[str, JSON] | None = None) -> dict[str, JSON]:
    """A pact whose message has this metadata, with these rules."""
    listed: dict[str, JSON] = {name: {"matchers": [one]} for name, one in (rules or {}).items()}
    matching: JSON = {"body": {"$": {"matchers": [rule("type")]}}, "metadata": listed}
    return message({"id": "1"}, metadata=dict(metadata), matchingRules=matching)


#: Metadata, rules about it, headers that are accepted, and headers that are not.
MEANINGS: list[tuple[dict[str, JSON], dict[str, JSON], list[JSON], list[JSON]]] = [
    ({"queue": "a"}, {}, [{"queue": "a"}, {"queue": "a", "more": 1}], [{}, {"queue": "b"}, {"queue": None}]),
    ({"queue": "a"}, {"queue": rule("type")}, [{"queue": "b"}], [{}, {"queue": 1}]),
    ({"queue": "a"}, {"$.queue": rule("type")}, [{"queue": "b"}], [{}, {"queue": 1}]),
    ({"x-id": "1"}, {"x-id": rule("regex", regex=r"\d+")}, [{"x-id": "22"}], [{"x-id": "a"}, {}]),
    ({"a.b": "1"}, {"a.b": rule("type")}, [{"a.b": "2"}], [{"a": {"b": "1"}}]),
    ({"n": 1}, {"n": rule("integer")}, [{"n": 2}], [{"n": "2"}, {"n": 2.5}]),
    ({"queue": "a", "contentType": "application/json"}, {}, [{"queue": "a"}], [{"contentType": "application/json"}]),
]  # fmt: skip


@pytest.mark.parametrize(("metadata", "rules", "accepted", "refused"), MEANINGS)
def test_metadata_are_headers_with_the_rules_of_their_names(
    metadata: dict[str, JSON], rules: dict[str, JSON], accepted: list[JSON], refused: list[JSON]
) -> None:
    schema = headers_reader_of(read_pact(Document(asking(metadata, rules))).messages)
    assert isinstance(schema, dict)
    validator = jsonschema.Draft202012Validator(schema)
    assert [one for one in accepted if not validator.is_valid(one)] == []
    assert [one for one in refused if validator.is_valid(one)] == []


@pytest.mark.parametrize("metadata", [{}, {"contentType": "application/json"}, {"Content-Type": "text/json"}])
def test_the_type_of_the_content_is_no_header(metadata: dict[str, JSON]) -> None:
    assert headers_reader_of(read_pact(Document(asking(metadata))).messages) is None


#: What the document says of headers, and the exit code with what is said.
HEADERS = {
    QUEUE: (0, "Placed.headers"),
    json.dumps({"type": "object", "properties": {"queue": {"type": "string"}}}): (
        1,
        "Breaks shipping: it needs queue.",
    ),
    json.dumps({"$ref": "gone.json"}): (3, "gone.json"),
}


@pytest.mark.parametrize("headers", HEADERS)
def test_headers_that_a_document_describes_are_held_against_the_metadata(
    headers: str, run: Run, tmp_path: Path
) -> None:
    code, said = HEADERS[headers]
    write(tmp_path / "asyncapi.yaml", DOCUMENT.format(headers=headers))
    write(tmp_path / "pact.json", asking({"queue": "orders", "contentType": "application/json"}))
    contract(tmp_path, "shipping", 'pact = "../../pact.json"\n', subject="Placed")
    result = run("contract", "verify", cwd=tmp_path)
    assert (result.code, said in result.out) == (code, True), result.out


def test_what_is_asked_of_metadata_is_shown_with_the_states(run: Run, tmp_path: Path) -> None:
    write_versions(tmp_path, json_object("id", id={"type": "string"}), suffix=".json")
    pact = asking({"contentType": "application/json", "queue": "orders"}, {"queue": rule("type")})
    write(tmp_path / "pact.json", pact)
    contract(tmp_path, "shipping", 'pact = "../../pact.json"\n')
    assert run("contract", "verify", cwd=tmp_path).code == 0  # no document describes headers
    out = run("contract", "list", cwd=tmp_path).out
    assert 'metadata  contentType "application/json"\n  metadata  queue (type) "orders"\n' in out
    (told,) = json.loads(run("contract", "list", "--format", "json", cwd=tmp_path).out)["contracts"]
    assert told["metadata"] == ['contentType "application/json"', 'queue (type) "orders"']


def test_events_that_are_really_produced_are_about_the_event_alone(run: Run, tmp_path: Path) -> None:
    write(tmp_path / "asyncapi.yaml", DOCUMENT.format(headers=QUEUE))
    write(tmp_path / "pact.json", asking({"queue": "orders"}))
    contract(tmp_path, "shipping", 'pact = "../../pact.json"\n', subject="Placed")
    write(tmp_path / "events.jsonl", '{"id": "1"}\n')
    result = run("contract", "verify", "--produced", "events.jsonl", cwd=tmp_path)
    assert "Compared with 1 event of events.jsonl." in result.out
    assert "produced-event-refused" not in result.out


@pytest.mark.skipif(not (ELSEWHERE / "pacts").is_dir(), reason="needs the public pacts")
def test_metadata_of_public_pacts_become_readers_with_nothing_left_out() -> None:
    asked = 0
    for path in sorted((ELSEWHERE / "pacts").iterdir()):
        value = json.loads(path.read_text(encoding="utf-8"))
        several = [one for one in value.get("interactions", ()) if one.get("type") == "Asynchronous/Messages"]
        messages = read_pact(Document(value)).messages
        for source, one in zip([*value.get("messages", ()), *several], messages, strict=True):
            metadata = source.get("metadata", source.get("metaData")) or {}
            assert len(one.metadata.shown) == len(metadata), path.name
            assert one.metadata.undecided == ()
            if one.metadata.schema is not None:
                asked += 1
                jsonschema.Draft202012Validator(one.metadata.schema).validate(metadata)
    assert asked > 8
