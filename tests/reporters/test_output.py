"""Every format can be written, to standard output and to a file, several at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from evtcompat.cli.terminal.output import Output, outputs_of, write
from evtcompat.errors import UsageError
from evtcompat.reporters.available import names
from evtcompat.reporters.github_report import render as github_report
from evtcompat.reporters.markdown_report import render as markdown_report
from reporters.sample_report import everything, hostile


def test_all_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    words = [f"{name}:{tmp_path / name}" for name in names()]
    write(hostile("\ud800 é"), outputs_of([*words, "github"], None))
    for name in names():
        assert (tmp_path / name).read_text(encoding="utf-8").endswith("\n")
    assert capsys.readouterr().out == github_report(hostile("\ud800 é"))


def test_github_fills_the_step_summary_and_keeps_what_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    write(everything(), [Output("text")])
    assert summary.read_text(encoding="utf-8") == "before\n"
    write(everything(), [Output("github")])
    assert summary.read_text(encoding="utf-8") == "before\n" + markdown_report(everything())
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path))
    with pytest.raises(UsageError, match=r"the step summary .* cannot be written"):
        write(everything(), [Output("github")])
