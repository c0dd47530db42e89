"""A line about a version that is not as it was recorded is told, and never taken for one that runs nowhere."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

from cli_harness import Run
from evtcompat.contracts.deployments import Deployments, Recorded
from evtcompat.errors import DocumentError

USED: Final = {"order": {"version": "v1", "schema": "0c1d2e3f0c1d2e3f0c1d2e3f"}}
LINE: Final[dict[str, Any]] = {"version": "1", "runs": True, "at": "2026-01-01", "writes": USED, "reads": {}}
WRONG: Final[tuple[object, ...]] = (None, 0, 1, 1.5, "", "no", [], [True], {}, {"a": 1})
#: Each member, with the values that it may not have.
MEMBERS: Final[dict[str, tuple[object, ...]]] = {
    "version": tuple(one for one in WRONG if not isinstance(one, str)),
    "runs": WRONG,
    "at": tuple(one for one in WRONG if not isinstance(one, str)),
    "writes": (*(one for one in WRONG if one != {}), {"order": []}, {"order": {}}, {"order": "v1"}),
    "reads": ({"order": {"version": [], "schema": "0c"}}, {"order": {"version": "v1", "schema": {}}}),
    "replays": ("order", 5, {"order": 1}, [5], [["order"]]),
}


def read(folder: Path, line: str) -> Recorded:
    """What the folder says of an environment with this one line, once it could be read as a whole."""
    (folder / "prod").mkdir(parents=True, exist_ok=True)
    (folder / "prod" / "shipping.jsonl").write_text(line + "\n")
    found = Deployments(folder, "deployments").recorded("prod")
    for problem in found.problems:
        raise problem
    return found


def test_a_line_as_it_is_recorded_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, json.dumps(LINE))


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, wrong in MEMBERS.items() for value in wrong])
def test_a_member_of_another_type_is_told(name: str, value: object, tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"no line of a version that was recorded|the version is no string"):
        read(tmp_path, json.dumps({**LINE, name: value}))


@pytest.mark.parametrize("name", ["version", "runs", "at", "writes", "reads"])
def test_a_member_that_is_missing_or_stands_twice_is_told(name: str, tmp_path: Path) -> None:
    for line in (
        json.dumps({word: value for word, value in LINE.items() if word != name}),
        f"{json.dumps(LINE)[:-1]}, {json.dumps(name)}: {json.dumps(LINE[name])}}}",
    ):
        with pytest.raises(DocumentError, match="no line of a version that was recorded"):
            read(tmp_path, line)


def test_what_may_run_is_never_a_yes(run: Run, tmp_path: Path) -> None:
    """A version whose line cannot be read may be the one that breaks."""
    read(tmp_path / "deployments", json.dumps(LINE))
    line = tmp_path / "deployments" / "prod" / "shipping.jsonl"
    line.write_text(json.dumps({**LINE, "runs": "yes"}) + "\n")
    built = tmp_path / "deployments" / "built"
    built.mkdir()
    (built / "orders.jsonl").write_text(json.dumps({**LINE, "runs": False, "writes": {}}) + "\n")
    result = run("can-i-deploy", "orders", "1", "--to", "prod", cwd=tmp_path)
    assert result.code == 3, result.out
    assert "shipping.jsonl:1" in result.out + result.err
