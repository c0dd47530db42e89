"""A list of causes that may not be whole says so wherever it is shown, and accepting it accepts nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

from cli_harness import Run
from evtcompat import compare
from evtcompat.model.verdicts import Verdict
from evtcompat.reporters.available import names
from formats.json_schema.schemas import SEVEN

_MANY: Final = 1_500


def described(fields: int, kind: str) -> dict[str, Any]:
    return {"$schema": SEVEN, "type": "object", "properties": {f"p{n}": {"type": kind} for n in range(fields)}}


@pytest.mark.parametrize("policy", ["lenient", "strict"])
@pytest.mark.parametrize("fields", [1, 5, 40, 400])
def test_a_list_that_is_whole_leaves_nothing_open(fields: int, policy: str) -> None:
    found = compare(
        reader=described(fields, "string"), writer=described(fields, "integer"), format="json-schema", policy=policy
    )
    assert len(found.findings) == fields
    assert not found.undecided


@pytest.mark.slow
def test_a_list_that_is_cut_says_so() -> None:
    found = compare(reader=described(_MANY, "string"), writer=described(_MANY, "integer"), format="json-schema")
    assert found.verdict is Verdict.INCOMPATIBLE
    assert 0 < len(found.findings) < _MANY, "otherwise there is nothing to say"
    (one,) = found.undecided
    assert one.reason == f"more may break than the {len(found.findings):,} causes that are listed"
    assert one.hint == "Mend what is listed, and check again."


@pytest.fixture
def cut(tmp_path: Path) -> Path:
    (tmp_path / "s-v1.json").write_text(json.dumps(described(_MANY, "integer")))
    (tmp_path / "s-v2.json").write_text(json.dumps(described(_MANY, "string")))
    return tmp_path


@pytest.mark.slow
def test_every_report_says_that_a_list_is_cut(cut: Path, run: Run) -> None:
    formats = [word for name in names() for word in ("--format", f"{name}:{name}.out")]
    assert run("check", "s-v2.json", "--level", "BACKWARD", *formats, cwd=cut).code == 1
    silent = [name for name in names() if "more may break than the" not in (cut / f"{name}.out").read_text()]
    assert silent == []


@pytest.mark.slow
def test_whoever_waives_all_that_is_listed_has_not_waived_the_rest(cut: Path, run: Run) -> None:
    words = ("check", "s-v2.json", "--level", "BACKWARD")
    report = json.loads(run(*words, "--format", "json", cwd=cut).out)
    (subject,) = report["subjects"]
    (comparison,) = subject["comparisons"]
    waivers = [
        f'[[waivers]]\nfingerprint = "{one["fingerprint"]}"\nrule = "{one["rule"]}"\nsubject = "s"\n'
        'reason = "nobody reads it"\nowner = "me"\nexpires = 2099-01-01\n'
        for one in comparison["findings"]
    ]
    (cut / "evtcompat-waivers.toml").write_text("\n".join(waivers))
    result = run(*words, cwd=cut)
    assert result.code == 4, result.out[:500]
