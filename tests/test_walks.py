"""The walks of `docs/architecture.md`: every step is there, in the order in which it is called."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from acceptance.team import BREAKING, DEPLOYED
from cli_harness import commit
from source_files import ROOT

PAGE = (ROOT.parent.parent / "docs" / "architecture.md").read_text(encoding="utf-8")
STEP = re.compile(r"`(?P<file>[\w/]+\.py):(?P<name>[\w.]+)`|`(?P<next>[.\w]+)`")
#: Prints which functions of the package were called, by module and name, each where it was called first.
TRACE = """
import json, sys
from evtcompat.cli.main import main
called = {}
def note(frame, event, _):
    if event == "call":
        path = frame.f_code.co_filename.replace("\\\\", "/").rpartition("/evtcompat/")[2]
        called.setdefault((path, frame.f_code.co_qualname), None)
sys.setprofile(note)
try:
    main()
except SystemExit:
    pass
sys.setprofile(None)
sys.stdout.write("\\n" + json.dumps(list(called)))
"""
WAIVER = """
[[waivers]]
fingerprint = "0123456789abcdef01234567"
rule = "type-mismatch"
subject = "order"
reason = "r"
owner = "o"
expires = 2999-01-01
"""
DRAFT = "https://json-schema.org/draft/2020-12/schema"


def steps(title: str, folder: str = "") -> list[tuple[str, str]]:
    """The functions of the numbered list below a title, whose paths begin in a folder of the package."""
    listed = PAGE[PAGE.index(title) :].partition("\n\n")[2].partition("\n\n")[0]
    found: list[tuple[str, str]] = []
    for match in STEP.finditer(listed):
        if match["file"]:
            found.append((folder + match["file"], match["name"]))
        elif match["next"].startswith("."):  # of the same class
            path, name = found[-1]
            found.append((path, name.partition(".")[0] + match["next"]))
        elif (ROOT / found[-1][0]).read_text(encoding="utf-8").find(f"def {match['next']}(") >= 0:
            found.append((found[-1][0], match["next"]))
    return found


def called(repository: Path, files: dict[str, str], path: str) -> list[tuple[str, str]]:
    """The functions that a check of a path calls, in the order of the first calls."""
    for name, text in files.items():
        (repository / name).write_text(text, encoding="utf-8")
    commit(repository, "schemas")
    words = [sys.executable, "-c", TRACE, "check", path]
    done = subprocess.run(words, cwd=repository, capture_output=True, text=True, check=True)
    return [(path, name) for path, name in json.loads(done.stdout.splitlines()[-1])]


def hold(walk: list[tuple[str, str]], order: list[tuple[str, str]]) -> None:
    """Every step is called, and none before the one that is listed above it."""
    assert [step for step in walk if step not in order] == [], "not called: mend docs/architecture.md"
    assert walk == sorted(walk, key=order.index), "called in another order: mend docs/architecture.md"


@pytest.mark.slow
def test_the_walk_of_an_avro_schema(repository: Path) -> None:
    files = {"order-v1.avsc": DEPLOYED, "order-v2.avsc": BREAKING, "evtcompat-waivers.toml": WAIVER}
    walk = steps("**`evtcompat check a.avsc`**")
    assert len(walk) > 24
    hold(walk, called(repository, files, "order-v2.avsc"))


@pytest.mark.slow
def test_the_walk_of_a_pair_of_json_schemas(repository: Path) -> None:
    files = {
        f"order-v{number}.json": json.dumps(
            {"$schema": DRAFT, "properties": {"id": {"type": "integer", "maximum": most}}}
        )
        for number, most in ((1, 9), (2, 5))
    }
    walk = steps("**A pair of JSON Schemas**", "formats/json_schema/")
    assert len(walk) > 12
    hold(walk, called(repository, files, "order-v2.json"))
