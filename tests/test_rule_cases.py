"""Every rule has its documentation, a case that raises it and a near miss that does not; all cases hold to the letter.

Run with EVTCOMPAT_UPDATE_CASES=1 to write `expected.json` anew, and read the difference before committing it. A new
rule begins with ``python -m tests.new_rule ID``.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from cli_harness import Run
from evtcompat.model.rules import Rule
from evtcompat.rules.catalogue import catalogue
from rule_cases import CASES, Case, all_cases, results_of_repository, results_of_schemas
from source_files import report

ALL = all_cases()
SCHEMAS = [case for case in ALL if not case.is_repository]
REPOSITORIES = [case for case in ALL if case.is_repository]
#: Rules that files alone cannot raise, each with the test that does.
RAISED_ELSEWHERE = {
    "channel-message-removed": "sources/test_lost_entries.py",
    "channel-removed": "sources/test_lost_entries.py",
    "model-refuses-event": "contracts/test_models.py",
    "operation-removed": "sources/test_lost_entries.py",
    "produced-event-refused": "contracts/test_produced.py",
    "registry-disagrees": "registries/test_lock_and_commands.py",
}


def hold(case: Case, found: dict[str, Any]) -> None:
    """The results are those of `expected.json`, which is written first where that is asked for."""
    found = json.loads(json.dumps(found))
    if os.environ.get("EVTCOMPAT_UPDATE_CASES"):
        content = {**case.expected, "results": found}
        (case.folder / "expected.json").write_text(
            json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )
    assert found == json.loads((case.folder / "expected.json").read_text(encoding="utf-8"))["results"]


@pytest.mark.parametrize("case", SCHEMAS, ids=lambda case: case.id)
def test_schemas_have_exactly_these_findings(case: Case) -> None:
    hold(case, results_of_schemas(case))


@pytest.mark.slow
@pytest.mark.parametrize("case", REPOSITORIES, ids=lambda case: case.id)
def test_a_change_of_a_repository_has_exactly_these_findings(case: Case, repository: Path, run: Run) -> None:
    hold(case, results_of_repository(case, repository, run))


@pytest.mark.parametrize("rule", catalogue().values(), ids=lambda rule: rule.id)
def test_every_rule_is_explained_raised_and_nearly_raised(rule: Rule) -> None:
    assert all((rule.sentence, rule.what, rule.why, rule.example, rule.remedy))
    if rule.id in RAISED_ELSEWHERE:
        assert rule.id in (CASES.parent / RAISED_ELSEWHERE[rule.id]).read_text(encoding="utf-8")
        return
    fires = [case.fires() for case in ALL if case.rule == rule.id]
    lacking = [what for what, fired in (("raises it", True), ("nearly raises it", False)) if fired not in fires]
    report(
        (f"tests/cases/{rule.id}: no case {what}" for what in lacking),
        "Add a folder with the schemas and expected.json, as `python -m tests.new_rule` begins one.",
    )


def test_every_folder_is_named_after_a_rule() -> None:
    assert {path.name for path in CASES.iterdir()} == set(catalogue()) - set(RAISED_ELSEWHERE)


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.id)
def test_a_case_says_what_it_is_about(case: Case) -> None:
    assert re.fullmatch(r"\S.*\.", case.expected["about"]), "one sentence"
    assert set(case.expected) <= {"about", "options", "results"}
    for rules in case.raised().values():
        assert rules <= set(catalogue())
