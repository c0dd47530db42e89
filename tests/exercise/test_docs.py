"""docs/exercise.md: its files are written, its commands run, and what it shows is what they print."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from cli_harness import ROOT, Run

TEXT = (ROOT / "docs" / "exercise.md").read_text(encoding="utf-8")
FILES = re.compile(r"^```\w+ file=(\S+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SESSION = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.slow
def test_the_first_run_is_as_the_documentation_shows_it(run: Run, tmp_path: Path) -> None:
    for name, content in FILES.findall(TEXT):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    (session,) = SESSION.findall(TEXT)
    for part in re.split(r"^\$ ", session, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        if not command.startswith("evtcompat "):
            subprocess.run(["sh", "-c", command], cwd=tmp_path, check=True)
            continue
        result = run(*shlex.split(command)[1:], cwd=tmp_path)
        assert result.code == 1
        printed = result.out.replace(".".join(map(str, sys.version_info[:3])), "3.11.7")
        printed = re.sub(r"^ *[~^]+ *\n", "", printed.replace(f"{tmp_path}/", ""), flags=re.MULTILINE)
        assert printed == shown


def test_every_column_is_explained() -> None:
    from evtcompat.exercise.payloads import Fault, Sequence

    words = {member.value for group in (Sequence, Fault) for member in group if member.value}
    assert words == {
        word
        for row in re.findall(r"^\| ((?:`[\w-]+` ?)+)\|", TEXT, re.MULTILINE)
        for word in re.findall(r"[\w-]+", row)
    }
