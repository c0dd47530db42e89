"""docs/three-levels.md: its files are written, its tests pass on each level, and its commands run."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from cli_harness import ROOT, Run

TEXT = (ROOT / "docs" / "three-levels.md").read_text(encoding="utf-8")
FILES = re.findall(r"^```\w+ file=(\S+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
COMMANDS = re.findall(r"^evtcompat (.*)$", TEXT, re.MULTILINE)


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    for name, content in FILES:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    return tmp_path


def passed(folder: Path, *options: str) -> str:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *options]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout


@pytest.mark.slow
def test_functions_and_bus_are_tested_as_the_page_says(flow: Path) -> None:
    assert "5 passed" in passed(flow)


@pytest.mark.slow
def test_the_same_tests_pass_over_a_real_broker(flow: Path, redis_url: str) -> None:
    assert "5 passed" in passed(flow, "--evtcompat-transport", redis_url)


@pytest.mark.long
@pytest.mark.parametrize("command", COMMANDS)
def test_the_commands_of_the_page_run(run: Run, flow: Path, redis_url: str, command: str) -> None:
    command = command.replace("--rate 200 --for 30", "--rate 20 --for 2")
    words = [redis_url if word == "redis:" else word for word in shlex.split(command)]
    result = run(*words, cwd=flow)
    assert result.code == 0, result.out


@pytest.mark.long
def test_a_field_that_is_called_otherwise_on_the_wire_is_found_by_services_alone(
    run: Run, flow: Path, redis_url: str
) -> None:
    """What the functions agree on, one program spells in another way."""
    service = flow / "service.py"
    service.write_text(
        service.read_text().replace("json.dumps(made)", 'json.dumps(made).replace("order_id", "orderId")')
    )
    assert "5 passed" in passed(flow)
    (flow / "evtcompat.toml").write_text((flow / "evtcompat.toml").read_text().replace("within = 20", "within = 2"))
    words = [redis_url if word == "redis:" else word for word in shlex.split(COMMANDS[0])]
    result = run(*words, cwd=flow)
    assert result.code == 1
    assert "shipping ended with exit status 1" in result.out
