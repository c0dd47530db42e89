"""`evtcompat exercise` as a person or a CI job meets it."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from contextlib import closing
from pathlib import Path

import pytest

from cli_harness import ROOT, Run, git
from exercise.samples import CONSUMERS

PAYLOADS = [
    {"version": "1", "label": "status NEW", "key": "c", "value": {"order_id": "o1", "status": "NEW"}},
    {
        "version": "1",
        "label": "truncated",
        "file": "truncated.json",
        "content_type": "application/json",
        "poison": True,
    },
    {"version": "2", "label": "REFUNDED", "value": {"order_id": "o2", "status": "REFUNDED", "currency": "EUR"}},
    {
        "version": "2",
        "label": "truncated",
        "file": "truncated.json",
        "content_type": "application/json",
        "poison": True,
    },
]


@pytest.fixture
def payloads(tmp_path: Path) -> str:
    """A folder of payloads."""
    (tmp_path / "exercise.json").write_text(json.dumps({"payloads": PAYLOADS}))
    (tmp_path / "truncated.json").write_bytes(b'{"order_')
    return str(tmp_path)


@pytest.mark.slow
def test_consumers_that_are_right_exit_with_0(run: Run, payloads: str) -> None:
    result = run(
        "exercise", "order-placed", "--old", "shipping:old", "--new", "shipping:new", "--observe", "state",
        "--fixtures", payloads, cwd=CONSUMERS,
    )  # fmt: skip
    assert (result.code, result.err) == (0, "")
    assert result.out == (Path(__file__).parent / "passed.txt").read_text().replace("PYTHON", _python())


@pytest.mark.slow
def test_a_failure_exits_with_1_and_is_shown_with_payload_and_traceback(run: Run, payloads: str) -> None:
    result = run(
        "exercise", "order-placed", "--old", "shipping:enum_symbol", "--fixtures", payloads, "--observe", "state",
        "--delivery", "once", "--delivery", "twice", cwd=CONSUMERS,
    )  # fmt: skip
    assert (result.code, result.err) == (1, "")
    shown = result.out.replace(str(CONSUMERS), "CONSUMERS").replace(_python(), "PYTHON")
    shown = re.sub(r"^ *[~^]+ *\n", "", shown, flags=re.MULTILINE)  # the marks below code differ between Pythons
    shown = re.sub(r"line \d+", "line N", shown)
    assert shown == (Path(__file__).parent / "failed.txt").read_text()


def _python() -> str:
    return ".".join(map(str, sys.version_info[:3]))


@pytest.mark.slow
def test_an_effect_that_cannot_be_observed_exits_with_4(run: Run, payloads: str) -> None:
    """Never 0: nobody saw whether the second delivery had an effect."""
    arguments = ("exercise", "order-placed", "--new", "shipping:new", "--fixtures", payloads, "--delivery", "twice")
    result = run(*arguments, cwd=CONSUMERS)
    assert result.code == 4
    assert "name what to watch with --observe" in " ".join(result.out.split())
    assert run(*arguments, "--undecided", "warn", cwd=CONSUMERS).code == 0
    assert run(*arguments, "--undecided", "error", cwd=CONSUMERS).code == 1


@pytest.mark.slow
def test_the_json_report_says_it_all(run: Run, payloads: str) -> None:
    result = run(
        "exercise", "order-placed", "--new", "shipping:swallows_poison", "--fixtures", payloads, "--observe", "state",
        "--format", "json", "--seed", "7", cwd=CONSUMERS,
    )  # fmt: skip
    report = json.loads(result.out)
    assert (report["verdict"], report["seed"], result.code) == ("failed", 7, 1)
    cells = {(c["consumer"], *c["payload_versions"], c["delivery"]): c for c in report["levels"][0]["cells"]}
    assert cells["new", "1", "2", "reversed"]["state"] == "ok"
    (failure,) = cells["new", "1", "poison"]["failures"]
    assert failure["kind"] == "no dead letter"
    assert failure["payload"]["body_base64"] == "eyJvcmRlcl8="
    assert failure["payload"]["poison"] is True


@pytest.mark.slow
def test_the_junit_report_counts_cells(run: Run, payloads: str, tmp_path: Path) -> None:
    file = tmp_path / "report.xml"
    result = run(
        "exercise", "order-placed", "--new", "shipping:dies_on_poison", "--fixtures", payloads,
        "--format", "junit", "--output", str(file), cwd=CONSUMERS,
    )  # fmt: skip
    assert (result.code, result.out) == (1, "")
    root = ET.parse(file).getroot()  # noqa: S314 - our own file
    assert root.attrib == {
        "name": "evtcompat exercise", "tests": "11", "failures": "2", "errors": "0", "skipped": "2", "time": "0",
    }  # fmt: skip
    failure = root.find(".//testcase[@name='new / v1 / poison']/failure")
    assert failure is not None
    assert failure.get("type") == "blocked"
    assert "JSONDecodeError" in str(failure.text)


@pytest.mark.slow
def test_versions_are_chosen(run: Run, payloads: str) -> None:
    words = ("exercise", "x", "--new", "shipping:new", "--observe", "state", "--fixtures", payloads)
    result = run(*words, "--versions", "v2", "--format", "json", "--delivery", "once", cwd=CONSUMERS)
    assert json.loads(result.out)["versions"] == ["2"]
    result = run(*words, "--versions", "7", cwd=CONSUMERS)
    assert (result.code, "known: 1, 2" in result.err) == (2, True)


WRONG = (
    ((), "no consumer is named"),
    (("--old", "shipping"), "does not name a callable"),
    (("--old", "a:b", "--delivery", "thrice"), "--delivery thrice"),
    (("--old", "a:b", "--format", "sarif"), "--format sarif"),
    (("--old", "a:b", "--faults"), "--faults needs a broker"),
    (("--old", "a:b", "--delivery", "crash"), "--delivery crash needs a broker"),
    (("--new", "a:b", "--transport", "webhook://127.0.0.1:9/x"), "add --service NAME"),
    (("--old", "a:b", "--encoding", "binary"), "--encoding binary is for generated payloads"),
    (("--old", "a:b", "--delivery", "hang", "--transport", "redis://x"), "that fault cannot strike here"),
    (("--old", "a:b", "--new-python", "x"), "--new-python is given without --new"),
    (("--old", "a:b", "--transport", "pulsar://x"), "nothing here speaks pulsar://"),
)


@pytest.mark.parametrize(("arguments", "said"), WRONG)
def test_wrong_usage_exits_with_2(run: Run, payloads: str, arguments: tuple[str, ...], said: str) -> None:
    result = run("exercise", "order-placed", "--fixtures", payloads, *arguments, cwd=CONSUMERS)
    assert result.code == 2
    assert said in result.err


BAD = (
    ("no json", "cannot be read as JSON"),
    ("{}", "no list `payloads`"),
    ('{"payloads": [3]}', "/payloads/0 is no object"),
    ('{"payloads": [{"version": 1, "label": "x", "value": 1}]}', "/payloads/0/version must be a string"),
    ('{"payloads": [{"version": "1", "value": 1}]}', "/payloads/0 needs a version and a label"),
    ('{"payloads": [{"version": "1", "label": "x"}]}', "neither `file` nor `value`"),
    ('{"payloads": [{"version": "1", "label": "x", "values": 1}]}', "/payloads/0 has values; known are"),
    ('{"payloads": [{"version": "1", "label": "x", "file": "../secret"}]}', "leads out of the folder"),
    ('{"payloads": [{"version": "1", "label": "x", "file": "absent"}]}', "absent cannot be read"),
    ('{"payloads": [{"version": "1", "label": "x", "file": "a\\u0000b"}]}', r"no file can be called 'a\x00b'"),
    ('{"payloads": [{"version": "1", "label": "x", "value": "\\ud800"}]}', "half of a surrogate pair"),
    ('{"payloads": [{"version": "1", "label": "x", "value": 1, "key": "\\udc00"}]}', "half of a surrogate pair"),
    ('{"payloads": [{"version": "1", "label": "x", "value": 1, "headers": {"a": 1}}]}', "must be an object of strings"),
)


@pytest.mark.parametrize(("content", "said"), BAD)
def test_payloads_that_cannot_be_read_exit_with_3(run: Run, tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "exercise.json").write_text(content)
    result = run("exercise", "x", "--old", "shipping:old", "--fixtures", str(tmp_path), cwd=CONSUMERS)
    assert result.code == 3
    assert said in result.err


def test_payloads_of_another_subject_are_refused(run: Run) -> None:
    folder = "tests/fixtures/order-placed"
    result = run("exercise", "payment-captured", "--old", "x:y", "--fixtures", folder)
    assert (result.code, result.out) == (2, "")
    assert f"{folder} holds payloads of order-placed, not of payment-captured\n  Name that subject" in result.err


def test_a_folder_that_is_not_there_is_said_not_to_be(run: Run, tmp_path: Path) -> None:
    result = run("exercise", "x", "--old", "shipping:old", "--fixtures", str(tmp_path / "pll"), cwd=CONSUMERS)
    assert (result.code, "pll: there is no such folder" in result.err) == (3, True)


def test_versions_that_no_payload_could_be_written_with_are_named_with_the_reason(run: Run, tmp_path: Path) -> None:
    schema = '{"$schema": "http://json-schema.org/draft-07/schema#", "type": "string", "pattern": "^(?=a)b$"}'
    (tmp_path / "x-v1.schema.json").write_text(schema)
    assert run("fixtures", "generate", "x", "-o", "payloads", cwd=tmp_path).code == 0
    result = run("exercise", "x", "--new", "a:b", "--fixtures", "payloads", cwd=tmp_path)
    assert result.code == 3
    assert "no payload to exercise with (v1: no payload: the schema has no value" in " ".join(result.err.split())


UNSTARTED = (
    ("shipping:new", "stat", "--observe stat: AttributeError: module 'shipping' has no attribute 'stat'"),
    ("shipping:gone", "state", "AttributeError: module 'shipping' has no attribute 'gone'"),
    ("no_such_module:handle", "state", "ModuleNotFoundError: No module named 'no_such_module'"),
)


@pytest.mark.slow
@pytest.mark.parametrize(("consumer", "observe", "said"), UNSTARTED)
def test_why_a_consumer_cannot_be_started_is_said_once(
    run: Run, payloads: str, consumer: str, observe: str, said: str
) -> None:
    words = ("exercise", "x", "--new", consumer, "--observe", observe, "--fixtures", payloads, "--delivery", "once")
    result = run(*words, cwd=CONSUMERS)
    shown = " ".join(result.out.split())
    assert (result.code, shown.count(said)) == (3, 1), result.out
    assert shown.count("Error: ") == 1


def test_a_folder_without_payloads_exits_with_3(run: Run, tmp_path: Path) -> None:
    assert run("exercise", "x", "--old", "shipping:old", "--fixtures", str(tmp_path), cwd=CONSUMERS).code == 3


@pytest.mark.slow
def test_a_broker_that_is_not_there_exits_with_3_after_the_level_in_process(run: Run, payloads: str) -> None:
    pytest.importorskip("redis")
    result = run(
        "exercise", "x", "--new", "shipping:new", "--fixtures", payloads, "--transport", "redis://127.0.0.1:1",
        "--observe", "state", "--delivery", "once", cwd=CONSUMERS,
    )  # fmt: skip
    assert result.code == 3
    assert "2 ok, 2 unchecked" in result.out


@pytest.mark.slow
def test_a_transport_of_the_teams_own_is_named_by_its_function(
    run: Run, payloads: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOLDER_TRANSPORT", str(tmp_path))
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    result = run(
        "exercise", "x", "--new", "shipping:new", "--fixtures", payloads, "--transport", "folder_transport:connect",
        "--observe", "state", cwd=CONSUMERS,
    )  # fmt: skip
    assert result.code == 0
    assert "22 cells, 22 ok" in result.out
    assert "\nfolder\n" in result.out


@pytest.mark.slow
def test_a_git_ref_is_had_from_the_repository_at_hand(run: Run, repository: Path, payloads: str) -> None:
    (repository / "shipping.py").write_text((CONSUMERS / "shipping.py").read_text())
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "old")
    (repository / "shipping.py").write_text("def old(body):\n    raise ValueError('new code')\n")
    arguments = ("exercise", "x", "--fixtures", payloads, "--delivery", "once")
    assert run(*arguments, "--old", "shipping:old@git:HEAD", cwd=repository).code == 0
    assert run(*arguments, "--old", "shipping:old", cwd=repository).code == 1
    unknown = run(*arguments, "--old", "shipping:old@git:v9", cwd=repository)
    assert unknown.code == 3
    assert "v9" in unknown.err


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_an_interrupted_run_leaves_nothing_on_the_broker(
    number: signal.Signals, redis_url: str, payloads: str, tmp_path: Path
) -> None:
    """While a consumer hangs in the middle of a scenario: no stream, no process, no scratch folder.

    What was seen until then is reported.
    """
    import redis

    scratch = tmp_path / "scratch"
    scratch.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "compat"), "TMPDIR": str(scratch)}
    with closing(redis.Redis.from_url(redis_url)) as client:
        process = subprocess.Popen(
            [
                sys.executable, "-m", "evtcompat", "exercise", "x", "--new", "hostile:hangs_at_a_broker",
                "--fixtures", payloads, "--transport", redis_url, "--deadline", "600", "--delivery", "once",
            ],
            cwd=CONSUMERS, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        try:
            end = time.monotonic() + 60
            while not list(scratch.rglob("at-work")) and process.poll() is None and time.monotonic() < end:
                time.sleep(0.02)
            assert client.keys("evtcompat-*"), "the run got as far as the broker"
            process.send_signal(number)
            out, said = process.communicate(timeout=60)
        finally:
            process.kill()
            process.wait()
        assert process.returncode == 128 + number
        assert b"Traceback" not in said
        assert b"unchecked: 4 cells, 2 ok, 2 unchecked" in out
        assert b"the run was interrupted before this had come to its end; none seen" in out
        assert client.keys("evtcompat-*") == []
    assert list(scratch.iterdir()) == []


@pytest.mark.slow
def test_a_long_run_says_now_and_then_what_runs_where_nobody_sits_at_a_terminal(
    run: Run, payloads: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("evtcompat.cli.exercising.run._SPARSE", 0.0)
    words = ("exercise", "x", "--new", "shipping:new", "--observe", "state", "--fixtures", payloads)
    result = run(*words, "--versions", "2", "--delivery", "once", "--delivery", "twice", cwd=CONSUMERS)
    assert (result.code, result.err) == (
        0,
        "in process, 1 of 2: new / v2 / once\nin process, 2 of 2: new / v2 / twice\n",
    )
