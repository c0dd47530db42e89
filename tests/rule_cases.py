"""Cases by rule: `tests/cases/<rule-id>/<case>/` holds real documents and `expected.json`, all that is found for them.

A case is one of three, told by its files:

- ``old.avsc`` and ``new.avsc`` (or ``.json``): a pair, compared in both directions, JSON Schema under both policies;
- ``new.avsc`` (or ``.json``) alone: findings about one schema;
- ``old/`` and ``new/``: a repository's default branch and a branch of it, checked with the command line.

`tests/cases/<rule-id>/mirror.txt` says what the exchanged pair raises (`test_rule_symmetry.py`).

Files beside them are documents that they refer to. `expected.json` says what the case is about, with which options of
`compare` where it needs some, and the results to the letter.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from contextlib import chdir
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from cli_harness import Run, commit, git
from evtcompat import check, compare
from evtcompat.model.findings import Finding
from evtcompat.model.places import Place
from evtcompat.model.reports import Comparison

CASES = Path(__file__).parent / "cases"
#: What decoders say is told with their versions.
VERSIONS = re.compile(r"(fastavro|jsonschema) \d[\d.]*\d")
#: In the files of a repository case: a day, counted from today.
DAY = re.compile(r"TODAY([+-]\d+)?")


@dataclass(frozen=True)
class Case:
    """One folder."""

    folder: Path

    @property
    def rule(self) -> str:
        """The rule that it is about, whether it raises the rule or only nearly does."""
        return self.folder.parent.name

    @property
    def id(self) -> str:
        """``rule/case``."""
        return f"{self.rule}/{self.folder.name}"

    @property
    def is_repository(self) -> bool:
        """Whether it is a pair of branches."""
        return (self.folder / "new").is_dir()

    @property
    def expected(self) -> dict[str, Any]:
        """What `expected.json` holds now: it may just have been written."""
        content: dict[str, Any] = json.loads((self.folder / "expected.json").read_text(encoding="utf-8"))
        return content

    def raised(self) -> dict[str, set[str]]:
        """The rules that are expected to be found, by the name of the result (direction and policy)."""
        return {name: set(rules_in(result["findings"])) for name, result in self.expected["results"].items()}

    def fires(self) -> bool:
        """Whether its own rule is among them; a near miss otherwise."""
        return any(self.rule in rules for rules in self.raised().values())


def rules_in(findings: list[dict[str, Any]]) -> Iterator[str]:
    """The rules of findings and of their causes."""
    for finding in findings:
        yield finding["rule"]
        yield from rules_in(finding.get("because", []))


def all_cases() -> list[Case]:
    """Every case, by rule and name."""
    return [Case(path.parent) for path in sorted(CASES.glob("*/*/expected.json"))]


def results_of_schemas(case: Case) -> dict[str, Any]:
    """What is found for a pair or for one schema."""
    with chdir(case.folder):
        old, new = (next(iter(Path().glob(f"{name}.*")), None) for name in ("old", "new"))
        assert new is not None, f"{case.id} has no new.*"
        schema_format = "avro" if new.suffix == ".avsc" else "json-schema"
        results = {} if old is None else _pair(old, new, schema_format, case.expected.get("options", {}))
        alone = check(candidate=new, history=[], format=schema_format).subjects[0].findings
    if alone or old is None:
        results["new alone"] = {"findings": [_finding(one) for one in alone]}
    return results


def _pair(old: Path, new: Path, schema_format: str, options: dict[str, Any]) -> dict[str, Any]:
    results = {}
    for policy in ("strict", "lenient") if schema_format == "json-schema" else ("lenient",):
        for direction, reader, writer in (("new reads old", new, old), ("old reads new", old, new)):
            name = direction if schema_format == "avro" else f"{direction}, {policy}"
            found = compare(reader=reader, writer=writer, format=schema_format, policy=policy, **options)
            results[name] = _comparison(found)
    return results


def _comparison(found: Comparison) -> dict[str, Any]:
    result: dict[str, Any] = {"verdict": found.verdict.value, "registry_verdict": found.registry_verdict.value}
    result["findings"] = [_finding(one) for one in found.findings]
    if found.undecided:
        result["undecided"] = [one.reason for one in found.undecided]
    return result


def _finding(one: Finding) -> dict[str, Any]:
    found: dict[str, Any] = {
        "rule": one.rule,
        "severity": one.severity.value,
        "reader": _place(one.reader),
        "writer": _place(one.writer),
        "message": one.message,
        "fingerprint": one.fingerprint,
    }
    if one.because:
        found["because"] = [_finding(cause) for cause in one.because]
    if one.witness is not None:
        found["witness"] = {
            "kind": one.witness.kind.value,
            "value": one.witness.value,
            "observed": VERSIONS.sub(r"\1", one.witness.observed),
        }
    fixes = [fix for fix in (one.fix, *one.alternatives) if fix is not None]
    if fixes:
        found["fixes"] = [f"{fix.side}: {fix.text}" for fix in fixes]
    return found


def _place(place: Place) -> str:
    """``new.json#/properties/id (id)``."""
    return f"{place.origin or ''}#{place.pointer}" + (f" ({place.names})" if place.names else "")


def results_of_repository(case: Case, repository: Path, run: Run) -> dict[str, Any]:
    """What a check of the branch ``new`` says of the subjects and of the run; ``old`` is the default branch."""
    days: dict[str, str] = {}

    def day(match: re.Match[str]) -> str:
        written = (date.today() + timedelta(days=int(match[1] or 0))).isoformat()  # noqa: DTZ011 - as the command does
        days[written] = match[0]
        return written

    for commit_name in ("old", "new"):
        for path in repository.iterdir():
            if path.name != ".git":
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        shutil.copytree(case.folder / commit_name, repository, dirs_exist_ok=True)
        for path in repository.glob("*.toml"):
            path.write_text(DAY.sub(day, path.read_text(encoding="utf-8")), encoding="utf-8")
        commit(repository, commit_name)
        git(repository, "checkout", "--quiet", "-B", "topic")
    result = run("check", ".", "--format", "json", cwd=repository)
    report = json.loads(result.out)
    findings = [*report["findings"], *(one for subject in report["subjects"] for one in subject["findings"])]
    shown = [
        {
            "rule": one["rule"],
            "severity": one["severity"],
            "place": f"{(one['reader']['origin'] or '').rpartition(':')[2]}#{one['reader']['pointer']}",
            "message": re.sub(r"\d{4}-\d\d-\d\d", lambda match: days.get(match[0], match[0]), one["message"]),
        }
        for one in findings
    ]
    return {"check": {"exit_code": result.code, "verdict": report["verdict"], "findings": shown}}
