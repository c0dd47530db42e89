"""The documents about the code say what the code says."""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "compat" / "evtcompat"
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
STEP = re.compile(r"`((?:[\w.]+/)*[\w]+\.py)(?::([\w.]+))?`")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_within_the_repository_leads_somewhere(document: Path) -> None:
    targets = [
        link.partition("#")[0]
        for link in LINK.findall(document.read_text(encoding="utf-8"))
        if "://" not in link and not link.startswith("reference/generated/")  # made for the site, not kept
    ]
    assert [target for target in targets if target and not (document.parent / target).exists()] == []


def names_in(path: Path) -> set[str]:
    """The functions, classes and methods that a module defines, methods with their class too."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
        if isinstance(node, ast.ClassDef):
            found |= {f"{node.name}.{inner.name}" for inner in node.body if isinstance(inner, ast.FunctionDef)}
    return found


def test_every_step_of_the_walks_is_in_the_code() -> None:
    """A step is a file and what is called in it; a name alone is in the file before it."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    bases = (PACKAGE, PACKAGE / "formats" / "json_schema", ROOT)
    missing = []
    for file, name in STEP.findall(text):
        path = next((base / file for base in bases if (base / file).is_file()), None)
        if path is None:
            missing += [] if any(PACKAGE.rglob(file)) or any((ROOT / "tests").rglob(file)) else [file]
        elif name and name not in names_in(path):
            missing.append(f"{file}:{name}")
    assert missing == []


def test_the_picture_of_the_layers_is_what_the_code_says() -> None:
    """Draw it anew with `python docs/pictures/layers.py`."""
    done = subprocess.run([sys.executable, "docs/pictures/layers.py", "--check"], cwd=ROOT, check=False)
    assert done.returncode == 0


def test_a_reporter_is_one_module(tmp_path: Path) -> None:
    """The recipe of CONTRIBUTING, carried out on a copy of the package."""
    shutil.copytree(PACKAGE, tmp_path / "evtcompat", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "evtcompat" / "reporters" / "short_report.py").write_text(
        "def render(report, terminal=None):\n    return f'{report.verdict.value}\\n'\n"
    )
    done = subprocess.run(
        [sys.executable, "-m", "evtcompat", "check", "schemas/order-placed-v2.avsc", "--format", "short"],
        cwd=ROOT,
        env={"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin:/bin:/usr/local/bin"},
        check=False,
        capture_output=True,
        text=True,
    )
    assert (done.stdout, done.returncode) == ("compatible\n", 0), done.stderr
