"""The gate and the waivers through the command line, from the finding to the day after the waiver's end."""

from __future__ import annotations

import json
import re
import shlex
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from acceptance.team import BREAKING, DEPLOYED, HARMLESS, ORDER, ROOT, RULE, event
from cli_harness import Result, Run
from evtcompat.cli.checking.run import run_check
from evtcompat.cli.checking.waiving import WaiverRequest, write_waiver
from evtcompat.cli.runs.context import CheckRequest, Environment
from sources.conftest import Repo

WAIVERS = "evtcompat-waivers.toml"


@pytest.fixture
def broken(repository: Path) -> Repo:
    """A branch on which a deployed schema is broken."""
    repo = Repo(repository)
    repo.save({ORDER: DEPLOYED})
    repo.git("checkout", "--quiet", "-b", "topic")
    repo.write(ORDER, BREAKING)
    return repo


def report(run: Run, repo: Repo, *arguments: str) -> tuple[int, dict[str, Any]]:
    result = run("check", *arguments, "--format", "json", cwd=repo.path)
    value: dict[str, Any] = json.loads(result.out)
    return result.code, value


def fingerprint(run: Run, repo: Repo) -> str:
    _, value = report(run, repo)
    (found,) = [
        finding["fingerprint"]
        for comparison in value["subjects"][0]["comparisons"]
        for finding in comparison["findings"]
        if finding["severity"] == "error"
    ]
    return str(found)


def waive(run: Run, repo: Repo, found: str, *, days: int = 90) -> Result:
    end = (date.today() + timedelta(days=days)).isoformat()  # noqa: DTZ011 - as the command line does
    return run("waive", found, "--reason", "billing v1 is off", "--owner", "ann", "--expires", end, cwd=repo.path)


def on(day: date, repo: Repo, capsys: pytest.CaptureFixture[str], *formats: str) -> Result:
    """A check on another day."""
    code = run_check(CheckRequest(formats=formats), Environment(folder=repo.path, today=day))
    captured = capsys.readouterr()
    return Result(code, captured.out, captured.err)


@pytest.mark.slow
def test_a_waived_finding_passes_and_is_shown(run: Run, broken: Repo) -> None:
    assert run("check", cwd=broken.path).code == 1
    written = waive(run, broken, fingerprint(run, broken))
    assert written.code == 0
    assert WAIVERS in written.out
    result = run("check", cwd=broken.path)
    assert result.code == 0
    assert f"waived  {RULE}" in result.out
    assert "by ann: billing v1 is off" in result.out
    assert "compatible (1 waived)" in result.out
    assert "gate-weakened" in result.out
    code, value = report(run, broken)
    assert code == 0
    assert value["verdict"] == "compatible"
    (finding,) = [f for c in value["subjects"][0]["comparisons"] for f in c["findings"] if f["waived"]]
    assert finding["waived"]["owner"] == "ann"


@pytest.mark.slow
def test_a_waiver_accepts_one_finding_and_no_other(run: Run, broken: Repo) -> None:
    waive(run, broken, fingerprint(run, broken))
    broken.write(ORDER, event("id", "currency", "country"))
    result = run("check", cwd=broken.path)
    assert result.code == 1
    assert f"waived  {RULE}" in result.out
    assert f"error  {RULE}" in result.out


@pytest.mark.slow
def test_reformatting_and_rebasing_keep_it(run: Run, broken: Repo) -> None:
    waive(run, broken, fingerprint(run, broken))
    broken.write(ORDER, json.dumps(json.loads(BREAKING), indent=7))
    assert run("check", cwd=broken.path).code == 0
    broken.commit()
    broken.git("checkout", "--quiet", "main")
    broken.save({"README": "more\n"})
    broken.git("checkout", "--quiet", "topic")
    broken.git("rebase", "--quiet", "main")
    assert run("check", cwd=broken.path).code == 0


@pytest.mark.slow
def test_only_a_finding_that_is_there_can_be_waived(run: Run, broken: Repo) -> None:
    result = waive(run, broken, "0" * 24)
    assert result.code == 2
    assert not (broken.path / WAIVERS).exists()
    assert waive(run, broken, fingerprint(run, broken), days=-1).code == 2
    assert not (broken.path / WAIVERS).exists()


@pytest.mark.slow
def test_from_the_day_before_its_end_to_the_day_after(
    run: Run, broken: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    waive(run, broken, fingerprint(run, broken), days=90)
    end = date.today() + timedelta(days=90)  # noqa: DTZ011 - idem
    early, soon, late = on(end - timedelta(days=15), broken, capsys), on(end, broken, capsys), None
    assert early.code == soon.code == 0
    assert "waiver-expiring" not in early.out
    assert f"{WAIVERS}:1:1  note  waiver-expiring" in soon.out
    late = on(end + timedelta(days=1), broken, capsys)
    assert late.code == 1
    assert f"{WAIVERS}:1:1  error  waiver-expired" in late.out
    assert f"error  {RULE}" in late.out


@pytest.mark.slow
def test_an_expired_waiver_is_an_error_though_nothing_needs_it(
    run: Run, broken: Repo, capsys: pytest.CaptureFixture[str]
) -> None:
    waive(run, broken, fingerprint(run, broken), days=1)
    broken.write(ORDER, HARMLESS)
    late = on(date.today() + timedelta(days=9), broken, capsys)  # noqa: DTZ011 - idem
    assert late.code == 1
    assert "waiver-expired" in late.out


@pytest.mark.slow
def test_one_that_nothing_needs_is_a_warning(run: Run, broken: Repo) -> None:
    waive(run, broken, fingerprint(run, broken))
    broken.write(ORDER, HARMLESS)
    result = run("check", cwd=broken.path)
    assert result.code == 0
    assert f"{WAIVERS}:1:1  warning  waiver-unused" in result.out
    assert run("check", "--fail-on", "warning", cwd=broken.path).code == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("then", "now", "says"),
    [
        ('level = "FULL"\n', 'level = "BACKWARD"\n', "`level` goes from FULL to BACKWARD"),
        ("", 'level = "BACKWARD"\n', "`level` goes from FULL to BACKWARD"),
        ('policy = "strict"\n', "", "`policy` goes from strict to lenient"),
        ("", f'[severity]\n{RULE} = "off"\n', f"the severity of {RULE} goes from error to off"),
        ("", 'exclude = ["more/**"]\n', "`exclude` gets `more/**`"),
        ('paths = ["schemas", "more"]\n', 'paths = ["schemas"]\n', "`paths` no longer covers `more`"),
        ('fail-on = "warning"\n', "", "`fail-on` goes from warning to error"),
        ("", 'undecided = "warn"\n', "`undecided` goes from exit to warn"),
        ('level = "FULL_TRANSITIVE"\n', None, "the whole configuration is removed"),
    ],
)
def test_a_weakened_gate_is_told(run: Run, repository: Path, then: str, now: str | None, says: str) -> None:
    """A warning, or what the baseline's configuration says; the change itself cannot silence it."""
    for severity, code in (("", 0), ('gate-weakened = "error"\n', 1)):
        repo = Repo(repository)
        repo.git("checkout", "--quiet", "-B", "main")
        own = (
            then if not severity else f"{then}\n[severity]\n{severity}" if "[severity]" not in then else then + severity
        )
        repo.save({ORDER: DEPLOYED, "evtcompat.toml": own, "more/b.avsc": DEPLOYED})
        repo.git("checkout", "--quiet", "-B", "topic")
        if now is None:
            (repo.path / "evtcompat.toml").unlink()
        else:
            silenced = now if "[severity]" in now else f"{now}[severity]\n"
            repo.write("evtcompat.toml", f'{silenced}gate-weakened = "off"\n')
        result = run("check", cwd=repo.path)
        assert says in " ".join(result.out.split()), result.out + result.err
        fails = bool(code) or "fail-on" in then  # the baseline's `fail-on` holds for the findings about the gate, too
        assert f"{'error' if fails else 'warning'}  gate-weakened" in result.out
        assert result.code == int(fails)


@pytest.mark.slow
def test_undecided(run: Run, repository: Path) -> None:
    """A pattern with a back-reference is beyond what can be decided."""
    draft = "https://json-schema.org/draft/2020-12/schema"
    old = {"$schema": draft, "type": "string", "pattern": r"^(a+)(b|c)\1$"}
    new = {"$schema": draft, "type": "string", "pattern": r"^(a+)b\1$"}
    repo = Repo(repository)
    repo.save({"schemas/s.json": json.dumps(old)})
    repo.write("schemas/s.json", json.dumps(new))
    codes = {
        action: run("check", "--level", "FORWARD", "--undecided", action, cwd=repo.path).code
        for action in ("exit", "warn", "error")
    }
    assert codes == {"exit": 4, "warn": 0, "error": 1}
    shown = run("check", "--level", "FORWARD", "--undecided", "warn", cwd=repo.path).out
    assert "undecided" in shown


@pytest.mark.slow
def test_changed_is_what_this_branch_changed(run: Run, broken: Repo) -> None:
    """`--changed`: schemas that differ from the merge base, those that others break included, and deleted ones."""
    broken.git("checkout", "--quiet", "main", "--force")
    holder = '{"type": "record", "name": "H", "fields": [{"name": "m", "type": "Money"}]}\n'
    money = event("amount", name="Money")
    broken.save(
        {"schemas/h.avsc": holder, "schemas/money.avsc": money, "schemas/old.avsc": DEPLOYED, "s.avsc": DEPLOYED}
    )
    broken.git("checkout", "--quiet", "-B", "topic")
    broken.write("schemas/money.avsc", event("amount", "currency", name="Money"))
    (broken.path / "schemas/old.avsc").unlink()
    broken.commit()
    broken.git("checkout", "--quiet", "main")
    broken.save({ORDER: HARMLESS})
    broken.git("checkout", "--quiet", "topic")
    code, value = report(run, broken, "--changed")
    assert code == 1
    found = {subject["subject"]: subject["state"] for subject in value["subjects"]}
    assert found == {"h": "compared", "money": "compared", "old": "removed"}
    assert "merge base with main" in value["baselines"][0]
    broken.git("checkout", "--quiet", "main")
    broken.git("checkout", "--quiet", "-B", "same")
    code, value = report(run, broken, "--changed")
    assert code == 0
    assert value["subjects"] == []
    assert "othing was compared" in run("check", "--changed", cwd=broken.path).out


def test_the_command_of_the_docs_writes_the_entry_of_the_docs(run: Run, repository: Path) -> None:
    """With the fingerprint of a real finding in place of the example's; the clock stands before its end."""
    page = (ROOT / "docs" / "waivers.md").read_text(encoding="utf-8")
    command = shlex.split(re.findall(r"```console\n\$ (.*?)\n```", page)[0])
    entry = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)[0]
    repo = Repo(repository)
    repo.save({"schemas/billing.avsc": DEPLOYED, ORDER: DEPLOYED})
    (repo.path / "schemas/billing.avsc").unlink()
    _, value = report(run, repo)
    found = value["subjects"][0]["findings"][0]["fingerprint"]
    options = dict(zip(command[3::2], command[4::2], strict=True))
    request = WaiverRequest(found, options["--reason"], options["--owner"], date.fromisoformat(options["--expires"]))
    write_waiver(request, Environment(folder=repo.path, today=date(2027, 6, 1)))
    assert (repo.path / WAIVERS).read_text(encoding="utf-8") == entry.replace(command[2], found)


@pytest.mark.slow
def test_a_commit_of_something_else_says_nothing_about_a_waiver(run: Run, broken: Repo) -> None:
    """The hook sees the subjects that are touched: that a waiver's subject is not among them means nothing."""
    waive(run, broken, fingerprint(run, broken))
    broken.commit()
    broken.write("schemas/other.avsc", DEPLOYED)
    broken.git("add", "--all")
    result = run("check", "--staged", cwd=broken.path)
    assert "1 new" in result.out
    assert "waiver-unused" not in result.out


@pytest.mark.slow
def test_fail_on_warning_counts_what_is_removed(run: Run, repository: Path) -> None:
    repo = Repo(repository)
    repo.save({"schemas/e-v1.avsc": DEPLOYED, "schemas/e-v2.avsc": HARMLESS, "README": "\n"})
    (repo.path / "schemas/e-v1.avsc").unlink()
    shown = run("check", cwd=repo.path)
    assert "warning  version-removed" in shown.out
    assert shown.code == 0
    assert run("check", "--fail-on", "warning", cwd=repo.path).code == 1
