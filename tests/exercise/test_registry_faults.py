"""A service that asks a schema registry, which is away, slow, or does not have the id yet."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli_harness import Run
from exercise.test_services import SERVICES

SCHEMA = {
    "type": "record",
    "name": "Order",
    "fields": [{"name": "order_id", "type": "string"}, {"name": "count", "type": "int"}],
}
CONFIGURATION = """
[exercise.services.typed]
new = ["{{python}}", "{services}/typed_orders.py"]
variables.BROKER = "{{broker}}"
variables.TOPIC = "{{topic}}"
variables.GROUP = "{{group}}"
variables.OUT = "{{folder}}/out.jsonl"
variables.REGISTRY = "{{registry}}"
variables.MODE = "{mode}"
ready = "log:listening"
within = 20
probe = {{ file = "{{folder}}/out.jsonl" }}
"""


def generated(run: Run, folder: Path, mode: str) -> list[str]:
    """Payloads of one version, which has the id 77."""
    (folder / "evtcompat.toml").write_text(CONFIGURATION.format(services=SERVICES, mode=mode))
    (folder / "order-v1.avsc").write_text(json.dumps(SCHEMA))
    made = run("fixtures", "generate", "order", "-o", "fixtures", "--schema-id", "1=77", cwd=folder)
    assert made.code == 0, made.err
    return ["exercise", "order", "--fixtures", "fixtures", "--service", "typed", "--format", "json"]


FAULTS = ("registry", "registry-slow", "registry-unknown")


@pytest.mark.long
@pytest.mark.parametrize(("mode", "words"), [
    ("right", {"registry": [], "registry-slow": [], "registry-unknown": []}),
    ("drops_what_it_cannot_read",
     {"registry": ["not idempotent"], "registry-slow": [], "registry-unknown": ["not idempotent"]}),
])  # fmt: skip
def test_a_registry_of_its_own_has_the_ids_of_the_payloads_and_fails_on_demand(
    run: Run, tmp_path: Path, redis_url: str, mode: str, words: dict[str, list[str]]
) -> None:
    """Its address is all that the service is told; what waits for a schema loses nothing."""
    pytest.importorskip("werkzeug")
    deliveries = [word for fault in FAULTS for word in ("--delivery", fault)]
    result = run(*generated(run, tmp_path, mode), "--transport", redis_url, *deliveries, cwd=tmp_path)
    levels = json.loads(result.out)["levels"]
    assert [cell["state"] for cell in levels[0]["cells"]] == ["ok"], result.out
    found = {cell["delivery"]: [one["kind"] for one in cell["failures"]] for cell in levels[1]["cells"]}
    assert found == words, result.out


def test_payloads_without_ids_need_the_address_of_a_registry(run: Run, tmp_path: Path, redis_url: str) -> None:
    words = generated(run, tmp_path, "right")
    (tmp_path / "exercise.json").write_text('{"payloads": [{"version": "1", "label": "x", "value": 1}]}')
    words[words.index("fixtures")] = "."
    result = run(*words, "--transport", redis_url, cwd=tmp_path)
    assert result.code == 2
    assert "no ids of schemas are known" in result.err
