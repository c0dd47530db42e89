"""What a real Karapace answered, asked again of the test registry with the profile `karapace`, and of the client."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import requests

from evtcompat.errors import RegistryError
from evtcompat.registries import errors
from evtcompat.registries.confluent.client import ConfluentRegistry
from evtcompat.registries.credentials import find_target
from evtcompat.testing import Account, Fault, RegistryServer
from reference_data import DATA

TRANSCRIPTS: list[dict[str, Any]] = json.loads((DATA / "registry_transcripts.json").read_text())["transcripts"]
#: Recorded answers that the test registry gives otherwise: (section, name) and why. A stale entry fails.
KNOWN = {
    "errors|avro bad name": "Java reads such names with validation off; the profile of Confluent refuses them",
    "json|compat add required": "Karapace lets a property become required; Confluent and the truth do not",
    "delete|subjects deleted=true": "Karapace lists names it only knows a level of; `p` was Protobuf and left out",
}
_PASSWORDS = {"admin": "admin-password", "reader": "reader-password"}
_ACCOUNTS = [
    Account("admin", _PASSWORDS["admin"], write=".*"),
    Account("reader", _PASSWORDS["reader"], read="a.*"),
]


def _ask(url: str, transcript: dict[str, Any]) -> tuple[int, Any]:
    request = transcript["request"]
    headers = {"Content-Type": "application/vnd.schemaregistry.v1+json", **request.get("headers", {})}
    if transcript["name"] == "wrong content type":
        headers["Content-Type"] = "text/plain"
    user = request.get("auth")
    if user:
        password = "wrong" if transcript["name"] == "bad password" else _PASSWORDS[user]
        headers["Authorization"] = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
    body = request["body"]
    data = None if body is None or body == "" else b"nope" if body == "nope" else json.dumps(body)
    answer = requests.request(request["method"], url + request["path"], data=data, headers=headers, timeout=10)
    try:
        return answer.status_code, answer.json()
    except ValueError:
        return answer.status_code, answer.text


def _comparable(section: str, value: Any) -> Any:  # noqa: ANN401 - JSON
    """What of an answer is the API's and not the wording of one checker or one instance."""
    if isinstance(value, dict):
        shown = {key: _comparable(section, item) for key, item in value.items()}
        if isinstance(value.get("messages"), list):
            shown["messages"] = bool(value["messages"])
        if value.get("error_code") in (409, 42201):
            shown["message"] = type(value["message"]).__name__
        if "karapace_version" in value or "healthy" in value:
            return {"healthy": value["healthy"]}
        if isinstance(value.get("message"), list):
            shown["message"] = [
                {key: item[key] for key in ("type", "loc", "msg") if key in item} for item in value["message"]
            ]
        return shown
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return sorted(value)
    return [_comparable(section, item) for item in value] if isinstance(value, list) else value


@pytest.mark.slow
def test_the_test_registry_answers_as_the_recorded_one() -> None:
    """Status and body are the same, but for wording, and for the differences that are known by name."""
    differences: list[str] = []
    statuses = 0
    with RegistryServer("karapace") as server, RegistryServer("karapace", accounts=_ACCOUNTS) as guarded:
        requests.post(f"{server.url}/subjects/s1/versions", json={"schema": '"string"'}, timeout=10)
        for transcript in TRANSCRIPTS:
            section, name = transcript["section"], transcript["name"]
            status, body = _ask(guarded.url if section == "auth" else server.url, transcript)
            wanted = transcript["response"]
            statuses += status == wanted["status"]
            same = (status, _comparable(section, body)) == (
                wanted["status"],
                _comparable(section, wanted["body"]),
            )
            if not same:
                differences.append(f"{section}|{name}")

    assert sorted(differences) == sorted(KNOWN)
    assert statuses == len(TRANSCRIPTS) - 1


_TYPES = {
    401: errors.RegistryUnauthorizedError,
    404: errors.RegistryUnsupportedError,
    405: errors.RegistryUnsupportedError,
    406: errors.RegistryRejectedError,
    409: errors.IncompatibleSchemaError,
    415: errors.RegistryRejectedError,
    422: errors.RegistryRejectedError,
    500: errors.RegistryServerError,
    40401: errors.SubjectNotFoundError,
    40402: errors.VersionNotFoundError,
    40403: errors.RegisteredSchemaNotFoundError,
    40404: errors.SubjectNotFoundError,
    40406: errors.VersionNotFoundError,
    40407: errors.VersionNotFoundError,
    40408: errors.SettingNotFoundError,
    42201: errors.InvalidSchemaError,
    42202: errors.InvalidVersionError,
    42203: errors.InvalidLevelError,
    42206: errors.ReferencedElsewhereError,
    44302: errors.ReferencesUnsupportedError,
}
_EXIT_CODES = {409: 1, 42202: 2, 42203: 2}


@pytest.mark.slow
def test_every_recorded_error_becomes_its_typed_error() -> None:
    """Type and exit code follow the code, the message names registry, request and what the registry said."""
    failed = [one for one in TRANSCRIPTS if one["response"]["status"] >= 400]
    assert len(failed) > 40
    with RegistryServer() as server, ConfluentRegistry(find_target(server.url, environ={})) as client:
        for transcript in failed:
            wanted = transcript["response"]
            body = wanted["body"]
            server.faults.clear()
            server.faults.add(
                Fault(
                    status=wanted["status"],
                    body=body if isinstance(body, str) else json.dumps(body),
                    media_type=wanted["content_type"],
                    times=None,
                    headers={"Retry-After": "1000"},
                )
            )
            code = body.get("error_code", wanted["status"]) if isinstance(body, dict) else wanted["status"]

            # only what is to be registered is incompatible: to a question the same answer is a refusal
            registers = code == 409
            ask: Callable[[str], object] = (
                partial(client.register, text="{}", kind="AVRO") if registers else client.versions
            )
            with pytest.raises(RegistryError) as caught:
                ask("some-subject")

            assert type(caught.value) is _TYPES[code], transcript["name"]
            assert caught.value.exit_code == _EXIT_CODES.get(code, 3)
            message = str(caught.value)
            assert server.url in message
            assert f"{'POST' if registers else 'GET'} /subjects/some-subject" in message
            if isinstance(body, dict) and isinstance(body["message"], list):
                assert body["message"][0]["msg"] in message
