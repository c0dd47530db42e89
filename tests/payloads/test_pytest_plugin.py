"""The plugin as a team uses it: real pytest runs in a project of its own."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from payloads.histories import ROOT

pytest_plugins = ["pytester"]

TEST = """
    import pytest
    from evtcompat.pytest_plugin import payloads

    @pytest.mark.evtcompat("order-placed", reader="latest")
    def test_value(payload):
        assert payload.reader == "2"
        assert payload.expected["eventId"] == payload.value["eventId"]
        assert payload.bytes("confluent")[5:] == payload.bytes()
        if payload.writer == "1":
            assert payload.outcome.value == "defaulted"
            assert payload.expected["channel"] == "WEB"

    @payloads("order-placed", outcome="defaulted")
    def test_defaulted(payload):
        assert payload.writer == "1"

    @pytest.mark.evtcompat("order-placed")
    def test_sequence(sequence):
        assert all(one.bytes("confluent") is not None for one in sequence.deliveries)

    @pytest.mark.evtcompat("order-placed")
    def test_poison(poison):
        assert poison.said
"""


def _plugin() -> str:
    """The plugin's name where it is installed, else its module."""
    return (
        "evtcompat"
        if any(one.name == "evtcompat" for one in entry_points(group="pytest11"))
        else "evtcompat.pytest_plugin"
    )


@pytest.fixture
def project(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project with the sample schemas and no fixtures yet."""
    schemas = pytester.mkdir("schemas")
    for path in (ROOT / "schemas").glob("*.*"):
        (schemas / path.name).write_bytes(path.read_bytes())
    pytester.makeini("[pytest]\npythonpath = " + str(ROOT / "compat"))
    return pytester


def run(project: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """A pytest of its own: in this one, modules of evtcompat that are loaded already would be loaded twice."""
    return project.runpytest_subprocess("-p", _plugin(), "-p", "no:xdist", *arguments)


@pytest.mark.slow
def test_update_writes_the_fixtures_and_the_tests_run_on_them(project: pytest.Pytester) -> None:
    project.makepyfile(TEST)
    result = run(project, "--evtcompat-update", "-q")
    outcomes = result.parseoutcomes()
    assert outcomes.get("passed", 0) > 30
    assert set(outcomes) == {"passed"}
    manifest = project.path / "tests" / "fixtures" / "order-placed" / "manifest.json"
    before = manifest.read_bytes()
    again = run(project, "-q")
    assert again.parseoutcomes() == outcomes
    assert manifest.read_bytes() == before


@pytest.mark.slow
def test_ids_tell_writer_reader_and_payload(project: pytest.Pytester) -> None:
    project.makepyfile(TEST)
    listed = run(project, "--evtcompat-update", "--collect-only", "-q")
    listed.stdout.fnmatch_lines(
        ["*test_value?v1-read-by-v2-01-smallest?", "*test_sequence?v1-v2-v1?", "*test_poison?truncated?"]
    )


@pytest.mark.slow
def test_missing_fixtures_are_a_collection_error_that_tells_the_next_step(project: pytest.Pytester) -> None:
    project.makepyfile(TEST)
    result = run(project)
    result.stdout.fnmatch_lines(["*order-placed*manifest.json: cannot be read*", "*--evtcompat-update*"])
    assert result.ret != 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("mark", "told"),
    [
        ('evtcompat("order-placed", reader="9")', "there is no version 9"),
        ('evtcompat("order-placed", colour="red")', "colour is not known"),
        ("evtcompat()", "use @pytest.mark.evtcompat"),
        ('evtcompat("../secret")', "is no name of a subject"),
    ],
)
def test_a_wrong_mark_says_what_is_wrong(project: pytest.Pytester, mark: str, told: str) -> None:
    project.makepyfile(f"import pytest\n@pytest.mark.{mark}\ndef test_it(payload): pass\n")
    result = run(project, "--evtcompat-update")
    result.stdout.fnmatch_lines([f"*{told}*"])
    assert result.ret != 0


@pytest.mark.slow
def test_an_update_keeps_seed_and_schema_ids(project: pytest.Pytester) -> None:
    from evtcompat.payloads.folder import Folder, objects

    environment = {"PYTHONPATH": str(ROOT / "compat"), "PATH": "/usr/bin:/bin"}
    command = [
        sys.executable,
        "-m",
        "evtcompat",
        "fixtures",
        "generate",
        "order-placed",
        "-o",
        "tests/fixtures/order-placed",
    ]
    more = ["--seed", "3", "--schema-id", "1=7", "--schema-id", "v2=9"]
    subprocess.run([*command, *more], cwd=project.path, env=environment, check=True)
    project.makepyfile(TEST)
    assert set(run(project, "--evtcompat-update", "-q").parseoutcomes()) == {"passed"}
    manifest = Folder(project.path / "tests" / "fixtures" / "order-placed").manifest
    assert manifest["seed"] == 3
    assert [entry["schema_id"] for entry in objects(manifest, "versions")] == [7, 9]


@pytest.mark.slow
def test_the_plugin_is_inert_until_a_test_is_marked(tmp_path: Path) -> None:
    """Loading it brings in no engine and no library of evtcompat's."""
    heavy = ("fastavro", "jsonschema", "typer", "yaml", "requests", "evtcompat.checking.check", "evtcompat.payloads")
    script = f"import sys; import evtcompat.pytest_plugin; print([one for one in {heavy!r} if one in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT / "compat")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
