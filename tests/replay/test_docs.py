"""docs/replay.md: what it shows is what its commands print, and its tables are complete."""

from __future__ import annotations

import re
import shlex

import pytest

from cli_harness import ROOT, Run
from evtcompat.model.readings import Outcome
from evtcompat.replay.sources import kinds

TEXT = (ROOT / "docs" / "replay.md").read_text(encoding="utf-8")
SESSION = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.slow
def test_the_page_shows_what_its_commands_print(run: Run) -> None:
    sessions = SESSION.findall(TEXT)
    assert sessions
    for session in sessions:
        for part in re.split(r"^\$ ", session, flags=re.MULTILINE)[1:]:
            command, _, shown = part.partition("\n")
            assert run(*shlex.split(command)[1:]).out.rstrip() == shown.rstrip(), command


def test_every_outcome_and_every_kind_is_explained() -> None:
    for outcome in Outcome:
        assert f"| `{outcome.value}` |" in TEXT
    for kind in kinds.NAMES:
        assert f"`{kind}`" in TEXT, kind
