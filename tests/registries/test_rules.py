"""The rules of data contracts as Confluent's registry takes and refuses them, in schemas and in settings."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import requests

from evtcompat.model.json_types import JSON
from evtcompat.testing import RegistryServer

SCHEMA = json.dumps({"type": "record", "name": "A", "fields": []})


def rule(name: str = "r", mode: str = "WRITE", **more: JSON) -> JSON:
    return {"name": name, "kind": "CONDITION", "type": "CEL", "mode": mode, "expr": "true", **more}


GOOD: dict[str, dict[str, JSON]] = {
    "none": {},
    "no list": {"domainRules": None},
    "empty": {"domainRules": []},
    "each mode of its list": {
        "migrationRules": [rule(f"m{mode}", mode) for mode in ("UPGRADE", "DOWNGRADE", "UPDOWN")],
        "domainRules": [rule(f"d{mode}", mode) for mode in ("WRITE", "READ", "WRITEREAD")],
        "encodingRules": [rule(f"e{mode}", mode) for mode in ("WRITE", "READ", "WRITEREAD")],
    },
    "two actions": {"domainRules": [rule(mode="WRITEREAD", onSuccess="NONE,ERROR", onFailure="DLQ,NONE")]},
    "a longest name": {"domainRules": [rule("_" + "x" * 63)]},
}
BAD: dict[str, tuple[JSON, int, str]] = {
    "no name": ({"domainRules": [{"kind": "CONDITION", "type": "CEL", "mode": "WRITE"}]}, 42210, "Missing rule name"),
    "an empty name": ({"domainRules": [rule("")]}, 42210, "Empty rule name"),
    "a long name": ({"domainRules": [rule("x" * 65)]}, 42210, "Rule name too long"),
    "a name that begins badly": ({"domainRules": [rule("1r")]}, 42210, "Illegal initial character in rule name: 1r"),
    "a name with a space": ({"domainRules": [rule("a b")]}, 42210, "Illegal character in rule name: a b"),
    "one name twice": (
        {"migrationRules": [rule("r", "UPGRADE")], "domainRules": [rule("r")]},
        42210,
        "Found rule with duplicate name 'r'",
    ),
    "no type": ({"domainRules": [{"name": "r", "kind": "CONDITION", "mode": "WRITE"}]}, 42210, "Missing rule type"),
    "a mode of another list": (
        {"domainRules": [rule(mode="UPGRADE")]},
        42210,
        "Domain rules can only be WRITE, READ, WRITEREAD",
    ),
    "a migration that reads": (
        {"migrationRules": [rule(mode="READ")]},
        42210,
        "Migration rules can only be UPGRADE, DOWNGRADE, UPDOWN",
    ),
    "an encoding that migrates": (
        {"encodingRules": [rule(mode="UPDOWN")]},
        42210,
        "Encoding rules can only be WRITE, READ, WRITEREAD",
    ),
    "two actions one way": (
        {"domainRules": [rule(onFailure="DLQ,NONE")]},
        42210,
        "Multiple actions only valid with WRITEREAD and UPDOWN",
    ),
    "no kind of rule": ({"domainRules": [rule(kind="FILTER")]}, 400, "RuleKind"),
    "no mode": ({"domainRules": [rule(mode="SOMETIMES")]}, 400, "RuleMode"),
    "no list": ({"domainRules": {}}, 400, "ArrayList"),
    "no rule": ({"domainRules": ["r"]}, 400, "Rule"),
    "no rule set": ("r", 400, "RuleSet"),
}


@pytest.fixture
def server() -> Iterator[RegistryServer]:
    with RegistryServer() as running:
        yield running


def _register(server: RegistryServer, rules: JSON) -> requests.Response:
    return requests.post(f"{server.url}/subjects/a/versions", json={"schema": SCHEMA, "ruleSet": rules}, timeout=9)


def _configure(server: RegistryServer, name: str, rules: JSON) -> requests.Response:
    return requests.put(f"{server.url}/config/a", json={"compatibility": "NONE", name: rules}, timeout=9)


@pytest.mark.parametrize("name", GOOD)
def test_good_rules_are_kept(server: RegistryServer, name: str) -> None:
    assert _register(server, GOOD[name]).status_code == 200
    for setting in ("defaultRuleSet", "overrideRuleSet"):
        assert _configure(server, setting, GOOD[name]).status_code == 200
    told = {key: rules for key, rules in GOOD[name].items() if rules is not None}
    assert requests.get(f"{server.url}/subjects/a/versions/1", timeout=9).json().get("ruleSet", {}) == told


@pytest.mark.parametrize("name", BAD)
def test_bad_rules_are_refused(server: RegistryServer, name: str) -> None:
    """And nothing is registered or set."""
    rules, code, words = BAD[name]
    answers = [
        _register(server, rules),
        *(_configure(server, one, rules) for one in ("defaultRuleSet", "overrideRuleSet")),
    ]
    for answer in answers:
        assert answer.status_code == (422 if code > 999 else 400)
        assert answer.json()["error_code"] == code
        assert words in answer.json()["message"]
    assert server.store.rows == {}
    assert requests.get(f"{server.url}/config/a", timeout=9).status_code == 404


def test_a_registry_without_contracts_reads_none() -> None:
    with RegistryServer("karapace") as server:
        assert _register(server, "anything").status_code == 200
