"""An upgrade never turns an unchanged repository red: what the last release let pass still passes.

`tests/data/last_release.json` holds what the last release said of the samples. A release writes it anew
(``EVTCOMPAT_UPDATE_ANSWERS=1 pytest tests/test_upgrade.py``, see RELEASING.md). An answer that was a false "compatible"
may change at once; then it is listed here with the reason, and the changelog names it.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import pytest

from rule_cases import CASES, Case, all_cases

ANSWERS = Path(__file__).parent / "data" / "last_release.json"
#: Cases by their name that were called compatible wrongly, each with what is true.
WRONGLY_COMPATIBLE: dict[str, str] = {}
SAMPLES = all_cases()


def inputs(case: Case) -> str:
    """What tells that the documents of a case are still those that the last release saw."""
    digest = hashlib.sha256()
    for path in sorted(case.folder.rglob("*")):
        if path.is_file() and path.name != "expected.json":
            digest.update(path.relative_to(case.folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def answers(case: Case) -> dict[str, Any]:
    """By direction and policy: the verdict, and the rules of what fails; `test_rule_cases` holds them to the letter."""
    found: dict[str, Any] = {}
    for name, result in case.expected["results"].items():
        failing = sorted({one["rule"] for one in result["findings"] if one["severity"] == "error"})
        found[name] = {"verdict": result.get("verdict"), "errors": failing}
    return found


def test_the_samples_have_the_answers_of_the_last_release() -> None:
    """Most of the samples are still there to be compared with; a release brings the others."""
    if os.environ.get("EVTCOMPAT_UPDATE_ANSWERS"):
        content = {case.id: {"inputs": inputs(case), "answers": answers(case)} for case in SAMPLES}
        ANSWERS.write_text(json.dumps(content, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    known = json.loads(ANSWERS.read_text(encoding="utf-8"))
    left = [case.id for case in SAMPLES if case.id in known and known[case.id]["inputs"] == inputs(case)]
    assert len(left) > 0.8 * len(known)
    assert WRONGLY_COMPATIBLE.keys() <= known.keys()


@pytest.mark.parametrize("case", SAMPLES, ids=lambda case: case.id)
def test_what_passed_with_the_last_release_passes(case: Case) -> None:
    known = json.loads(ANSWERS.read_text(encoding="utf-8")).get(case.id)
    if known is None or known["inputs"] != inputs(case) or case.id in WRONGLY_COMPATIBLE:
        return  # the last release said nothing of it, or something wrong
    now = answers(case)
    for name, before in known["answers"].items():
        if before["errors"]:
            continue
        new = [rule for rule in now[name]["errors"] if rule not in before["errors"]]
        assert new == [], f"{name}: a rule that is new arrives as a warning for one minor version"
        assert before["verdict"] != "compatible" or now[name]["verdict"] == "compatible"


def test_the_cases_are_where_they_are_looked_for() -> None:
    assert CASES.is_dir()
    assert len(SAMPLES) > 100
