"""A new Avro rule is one module and one case folder, both of which `python -m tests.new_rule` begins."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from new_rule import ROOT, begin, files_of

RULE = "int-read-as-float"
MODULE = "compat/evtcompat/formats/avro/rules/int_read_as_float.py"
SIDES = {"old": "int", "new": "float"}
#: What a contributor fills in.
FILLED = {
    "    del difference  # or another one of `formats.avro.differences`\n": "",
    "return None  # or the breach, with the facts of the sentence": (
        "return Breach({}) if difference.kinds == (INT, FLOAT) else None"
    ),
    "from evtcompat.model.rules": "from evtcompat.formats.avro.types import FLOAT, INT\nfrom evtcompat.model.rules",
    'sentence="",': 'sentence="`{path}` is an int in {writer} and a float in {reader}",',
    "Severity.ERROR": "Severity.NOTE",
    "Evidence.REFUSED": "Evidence.NONE",
}


def python(root: Path, *arguments: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(root / "compat")}
    done = subprocess.run(
        [sys.executable, *arguments], cwd=root, env=environment, check=True, capture_output=True, text=True
    )
    return done.stdout


@pytest.mark.slow
def test_a_rule_that_is_begun_and_filled_in_is_found_and_explained(tmp_path: Path) -> None:
    """Nothing else is edited: not the catalogue, not the walk, not a reporter."""
    shutil.copytree(ROOT / "compat", tmp_path / "compat", ignore=shutil.ignore_patterns("__pycache__"))
    said = python(ROOT, "-m", "tests.new_rule", RULE, "--root", str(tmp_path))
    assert f"1. Fill in {MODULE}." in said
    module = (tmp_path / MODULE).read_text(encoding="utf-8")
    for empty, filled in FILLED.items():
        assert empty in module
        module = module.replace(empty, filled)
    (tmp_path / MODULE).write_text(module, encoding="utf-8")
    for side, kind in SIDES.items():
        (tmp_path / f"tests/cases/{RULE}/raised/{side}.avsc").write_text(f'"{kind}"', encoding="utf-8")
    found = python(tmp_path, "-m", "evtcompat", "diff", *(f"tests/cases/{RULE}/raised/{side}.avsc" for side in SIDES))
    assert f"note  {RULE}" in found
    assert "`(root)` is an int in the old schema and a float in the new schema." in found
    assert RULE in python(tmp_path, "-m", "evtcompat", "rules")


@pytest.mark.slow
def test_what_is_begun_is_well_formed(tmp_path: Path) -> None:
    begin(RULE, "avro", tmp_path)
    (tmp_path / MODULE).with_name("__init__.py").touch()
    written = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.*")}
    assert written - {f"{MODULE.rpartition('/')[0]}/__init__.py"} == set(files_of(RULE, "avro"))
    subprocess.run(
        [sys.executable, "-m", "ruff", "check", "--config", ROOT / "pyproject.toml", tmp_path / MODULE], check=True
    )


def test_json_schema_rules_have_cases_alone() -> None:
    assert {path.split("/")[0] for path in files_of("limit-raised", "json-schema")} == {"tests"}


@pytest.mark.parametrize(("rule", "said"), [("Float", "is no rule id"), ("type-mismatch", "is there already")])
def test_nothing_is_overwritten(rule: str, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        begin(rule, "avro", ROOT)
