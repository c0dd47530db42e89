"""Services with PostgreSQL behind the proxy: away, and slow to commit."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli_harness import Run
from exercise.postgres import postgres
from exercise.test_services import ORDERS, SERVICES

CONFIGURATION = """
[exercise.services.approvals]
new = ["{{python}}", "{services}/approvals.py"]
database = "{host}:{port}"
variables.BROKER = "{{broker}}"
variables.TOPIC = "{{topic}}"
variables.GROUP = "{{group}}"
variables.STORE = "{{database}}"
variables.TABLE = "orders_{{port}}"
variables.MODE = "{mode}"
ready = "log:listening"
within = 30
still = 1
[exercise.services.approvals.probe]
sql = "postgresql+psycopg://evtcompat@{host}:{port}/postgres"
query = "select id, shipped from orders_{{port}} order by id"
"""


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    pytest.importorskip("psycopg")
    with postgres(tmp_path_factory.mktemp("postgres")) as address:
        yield address


@pytest.mark.long
@pytest.mark.parametrize(("mode", "kinds"), [("right", []), ("publishes_first", ["not idempotent"])])
def test_a_handler_that_meets_a_database_that_has_not_committed(
    run: Run, tmp_path: Path, redis_url: str, database: tuple[str, int], mode: str, kinds: list[str]
) -> None:
    """What is published before the commit is handled before it, as soon as a commit takes a moment longer."""
    host, port = database
    text = CONFIGURATION.format(services=SERVICES, mode=mode, host=host, port=port)
    (tmp_path / "evtcompat.toml").write_text(text)
    (tmp_path / "exercise.json").write_text(json.dumps({"payloads": ORDERS}))
    words = ["exercise", "orders", "--fixtures", ".", "--transport", redis_url, "--service", "approvals"]
    report = json.loads(run(*words, "--delivery", "commit", "--format", "json", cwd=tmp_path).out)
    assert [cell["state"] for cell in report["levels"][0]["cells"]] == ["ok"], report
    (cell,) = report["levels"][1]["cells"]
    assert [failure["kind"] for failure in cell["failures"]] == kinds, cell
    if kinds:
        assert {"path": "/0/shipped", "old": True, "new": False} in cell["failures"][0]["differences"]


@pytest.mark.long
def test_a_database_to_which_no_commit_is_said_in_plain_text_is_told(
    run: Run, tmp_path: Path, redis_url: str, database: tuple[str, int]
) -> None:
    """A service that never turns to it: nothing was seen of the fault, and so nothing is said of the service."""
    host, port = database
    text = CONFIGURATION.format(services=SERVICES, mode="right", host=host, port=port)
    text = text.replace('STORE = "{database}"', f'STORE = "{host}:{port}"')
    (tmp_path / "evtcompat.toml").write_text(text)
    (tmp_path / "exercise.json").write_text(json.dumps({"payloads": ORDERS}))
    words = ["exercise", "orders", "--fixtures", ".", "--transport", redis_url, "--service", "approvals"]
    result = run(*words, "--delivery", "commit", cwd=tmp_path)
    assert result.code == 3, result.out
    assert "said no COMMIT to {database} in plain text" in " ".join(result.out.split())
