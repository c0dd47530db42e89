"""Whole services with a client of their own: what is found of them, and that nothing of them is left."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from cli_harness import Run
from evtcompat.exercise.process import run_to_end

pytestmark = pytest.mark.usefixtures("nothing_is_left")

SERVICES = Path(__file__).parent / "services"
ORDERS = [
    {"version": "1", "label": f"order {number}", "value": {"order_id": f"o{number}", "total": number + 0.5}}
    for number in (1, 2, 3)
]

CONFIGURATION = """
[exercise.services.orders]
old = ["{{python}}", "{services}/orders.py"]
new = ["{{python}}", "{services}/orders.py"]
variables.BROKER = "{{broker}}"
variables.TOPIC = "{{topic}}"
variables.GROUP = "{{group}}"
variables.DB = "{{folder}}/orders.db"
variables.MODE = "{mode}"
ready = "log:listening"
start-within = {start}
within = 5
stop-within = 0.5
probe = {{ sql = "sqlite:///{{folder}}/orders.db", query = "select id, total from orders order by id" }}
inherits = ["EVTCOMPAT_TEST"]

[exercise.services.typed]
new = "x"
variables.BROKER = "{{brokr}}"
probe = {{ webhook = true }}

[exercise.services.scripted]
new = "node {services}/orders.js"
variables.BROKER = "{{broker}}"
variables.TOPIC = "{{topic}}"
variables.GROUP = "{{group}}"
variables.OUT = "{{folder}}/out.jsonl"
variables.MODE = "{mode}"
ready = "log:listening"
within = 5
probe = {{ file = "{{folder}}/out.jsonl" }}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "exercise.json").write_text(json.dumps({"payloads": ORDERS}))
    return tmp_path


def arguments(project: Path, mode: str, redis_url: str, *deliveries: str, start: float = 20) -> list[str]:
    pytest.importorskip("sqlalchemy")
    (project / "evtcompat.toml").write_text(CONFIGURATION.format(services=SERVICES, mode=mode, start=start))
    chosen = [word for one in deliveries for word in ("--delivery", one)]
    return ["exercise", "orders", "--fixtures", ".", "--transport", redis_url, *chosen]


@pytest.mark.long
def test_a_service_is_exercised_with_its_own_client_and_database(run: Run, project: Path, redis_url: str) -> None:
    result = run(*arguments(project, "right", redis_url, "once"), "--service", "orders", cwd=project)
    assert result.code == 0, result.out
    assert "redis\n  consumer  payload  once\n  old       v1       ok\n  new       v1       ok\n" in result.out
    assert "started by {python}" in result.out
    assert "observed by sql select id, total from orders" in result.out


def mixed(project: Path) -> None:
    """The new service only has a mode of its own."""
    file = project / "evtcompat.toml"
    text = file.read_text().replace('orders.py"]\nnew = [', 'orders.py"]\nnew = ["env", "MODE=@", ')
    file.write_text(text)


MISTAKES = (
    ("amount", "once", "/0/total: 1.5 in the old consumer, 15.0 in the new one: too large by a factor of 10"),
    ("drops", "once", "in the old consumer, nothing in the new one"),
    ("twice", "twice", "not idempotent"),
)


@pytest.mark.long
@pytest.mark.parametrize(("mode", "delivery", "said"), MISTAKES)
def test_a_mistake_of_a_service_is_found(
    run: Run, project: Path, redis_url: str, mode: str, delivery: str, said: str
) -> None:
    words = arguments(project, "right", redis_url, delivery)
    mixed(project)
    file = project / "evtcompat.toml"
    file.write_text(file.read_text().replace("MODE=@", f"MODE={mode}"))
    result = run(*words, "--service", "orders", cwd=project)
    assert result.code == 1, result.out
    assert said in " ".join(result.out.split())
    assert "old       v1       ok" in result.out


BLIND = (
    ('{ file = "{folder}/ordres.jsonl" }', "the file {folder}/ordres.jsonl was not there from the first event"),
    ('{ log = "shipped [0-9]+" }', "no new line of the log matched `shipped [0-9]+` from the first event"),
    ("{ output = true }", "no event came to {output} from the first event"),
    ("{ webhook = true }", "no call came to {webhook} from the first event"),
    (
        '{ sql = "sqlite:///{folder}/orders.db", query = "select 1 from orders where total < 0" }',
        "the rows of `select 1 from orders where total < 0` stayed the same from the first event",
    ),
)


def probed(project: Path, probe: str) -> None:
    """The first service of the configuration is looked at by another probe."""
    file = project / "evtcompat.toml"
    before, _, after = file.read_text().partition("probe = { sql")
    file.write_text(f"{before}probe = {probe}\n{after.partition(chr(10))[2]}")


@pytest.mark.long
@pytest.mark.parametrize(("probe", "said"), BLIND)
def test_a_probe_that_never_sees_anything_leaves_every_column_unobserved(
    run: Run, project: Path, redis_url: str, probe: str, said: str
) -> None:
    words = arguments(project, "right", redis_url, "once", "twice", "burst", "retry")
    probed(project, probe)
    result = run(*words, "--service", "orders", cwd=project)
    assert result.code == 4, result.out
    assert "undecided: 8 cells, 8 unobserved" in result.out
    assert said in " ".join(result.out.split())


UNASKED = (
    ('{ sql = "sqlite:///{folder}/orders.db", query = "select * from ordres" }', "no such table: ordres"),
    ('{ http = "http://127.0.0.1:{port}/" }', "Connection refused"),
    ('{ sql = "nodb://x", query = "select 1" }', "Can't load plugin: sqlalchemy.dialects:nodb"),
)


@pytest.mark.long
@pytest.mark.parametrize(("probe", "said"), UNASKED)
def test_a_probe_that_cannot_be_asked_is_no_fault_of_the_service(
    run: Run, project: Path, redis_url: str, probe: str, said: str
) -> None:
    words = arguments(project, "right", redis_url, "once")
    probed(project, probe)
    file = project / "evtcompat.toml"
    file.write_text(file.read_text().replace("within = 5", "within = 1", 1))
    result = run(*words, "--service", "orders", cwd=project)
    assert result.code == 3, result.out
    assert said in " ".join((result.out + result.err).split())
    assert "probe" in result.out + result.err


HARM = (
    ("dies", 3, "orders ended with exit status 1 before it was ready"),
    ("never_ready", 3, "orders was not ready within 1 s (log:listening"),
    ("deaf", 0, "did not stop within 0.5 s of SIGTERM and was killed"),
    ("leaves_a_child", 0, "left 1 process behind, which were killed"),
    ("floods", 0, "passed"),
)


@pytest.mark.long
@pytest.mark.parametrize(("mode", "code", "said"), HARM)
def test_a_service_that_behaves_badly_is_told_in_a_line_and_cleaned_up(
    run: Run, project: Path, redis_url: str, mode: str, code: int, said: str
) -> None:
    start = 1 if mode == "never_ready" else 20
    words = arguments(project, mode, redis_url, "once", start=start)
    result = run(*words, "--service", "orders", cwd=project)
    assert result.code == code, result.out
    assert said in " ".join(result.out.split())


#: What a command before each scenario may do: its words, how it ended, and what it printed.
BEFORE = (
    ("printf 'ok '; printf '\\366'; exit 1", 1, "ok \\xf6"),
    ("sleep 701 & exit 0", 0, ""),
    ("echo begun; sleep 701", None, "begun\n"),
    ("setsid sleep 701 & sleep 0.2; exit 3", 3, ""),
)


@pytest.mark.parametrize(("script", "status", "printed"), BEFORE)
def test_a_command_is_over_when_its_process_is(script: str, status: int | None, printed: str, tmp_path: Path) -> None:
    """Whatever holds its output open is not waited for, but killed; what is not UTF-8 is shown escaped."""
    began = time.monotonic()
    found = run_to_end(["sh", "-c", script], folder=str(tmp_path), environment=os.environ, seconds=1)
    assert found == (status, printed)
    assert time.monotonic() - began < 10


@pytest.mark.slow
def test_what_is_to_be_run_before_each_scenario_is_told_when_it_fails(run: Run, project: Path, redis_url: str) -> None:
    words = arguments(project, "right", redis_url, "once")
    file = project / "evtcompat.toml"
    before = """before = ["sh", "-c", "printf 'no table \\\\366'; exit 7"]"""
    file.write_text(file.read_text().replace("within = 5", f"{before}\nwithin = 5", 1))
    result = run(*words, "--service", "orders", cwd=project)
    assert result.code == 3
    assert "ended with exit status 7" in " ".join(result.out.split())
    assert "no table \\xf6" in result.out


@pytest.mark.long
def test_every_fault_of_a_right_service_leaves_the_same_effect(run: Run, project: Path, redis_url: str) -> None:
    result = run(*arguments(project, "right", redis_url, "once"), "--service", "orders", "--faults", cwd=project)
    assert result.code == 0, result.out
    assert "payload  crash  retry  cut  reset  second  slow  narrow  hang\n" in result.out
    assert "old       v1       ok     ok     ok   ok     ok      ok    ok      ok\n" in result.out


@pytest.mark.long
@pytest.mark.parametrize(("mode", "word"), [("right", "ok"), ("gives_up", "not handled")])
def test_a_broker_that_restarts_has_what_it_was_given(run: Run, project: Path, mode: str, word: str) -> None:
    """A private one, which evtcompat can restart; a service that does not connect again ends."""
    words = [*arguments(project, mode, "redis:", "restart"), "--service", "orders", "--format", "json"]
    report = json.loads(run(*words, cwd=project).out)
    cells = [cell for cell in report["levels"][1]["cells"] if cell["consumer"] == "new"]
    kinds = [failure["kind"] for cell in cells for failure in cell["failures"]]
    assert kinds == ([] if word == "ok" else [word]), report
    assert [cell["delivery"] for cell in cells] == ["restart"]


@pytest.mark.long
def test_a_broker_that_does_not_come_again_leaves_what_was_seen_before(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = shutil.which("redis-server")
    if server is None:
        pytest.skip("needs redis-server")
    once = project / "bin" / "redis-server"
    once.parent.mkdir()
    once.write_text(f'#!/bin/sh\nmkdir "$0.ran" || exit 1\nexec {server} "$@"\n')
    once.chmod(0o755)
    words = [*arguments(project, "right", "redis:", "once", "restart"), "--service", "orders", "--format", "json"]
    monkeypatch.setenv("PATH", str(once.parent), prepend=os.pathsep)
    result = run(*words, cwd=project)
    assert result.code == 3
    cells = [cell for level in json.loads(result.out)["levels"] for cell in level["cells"]]
    told = {(cell["consumer"], cell["delivery"]): (cell["state"], cell["reason"]) for cell in cells}
    assert told["old", "once"] == ("ok", "")
    assert told["old", "restart"][0] == "unchecked"
    assert "Redis ended with exit code 1 before it listened" in told["old", "restart"][1]


@pytest.mark.long
@pytest.mark.parametrize(("mode", "kinds"), [("right", []), ("forgets", ["not idempotent"])])
def test_a_handler_that_meets_a_database_that_is_away(
    run: Run, project: Path, redis_url: str, mode: str, kinds: list[str]
) -> None:
    words = [*arguments(project, mode, redis_url, "database"), "--service", "orders", "--format", "json"]
    file = project / "evtcompat.toml"
    address = redis_url.removeprefix("redis://")
    stored = f'database = "{address}"\nvariables.STORE = "{{database}}"\nprobe = {{ log = "^stored" }}'
    lines = file.read_text().split("\n")
    file.write_text("\n".join(stored if line.startswith("probe = { sql") else line for line in lines))
    report = json.loads(run(*words, cwd=project).out)
    cells = {(cell["consumer"], cell["delivery"]): cell for cell in report["levels"][1]["cells"]}
    cell = cells["new", "database"]
    assert [failure["kind"] for failure in cell["failures"]] == kinds, cell


@pytest.mark.long
def test_a_service_that_acknowledges_before_it_has_written_loses_events(
    run: Run, project: Path, redis_url: str
) -> None:
    words = arguments(project, "acknowledges_first", redis_url, "crash")
    result = run(*words, "--service", "orders", cwd=project)
    assert result.code == 1, result.out
    assert "at the end the effect is not what it is without the fault 'crash'" in " ".join(result.out.split())


@pytest.mark.long
def test_an_effect_is_looked_at_when_it_holds_still_after_the_acknowledgement(
    run: Run, project: Path, redis_url: str
) -> None:
    """What a service had acknowledged by the time of a look is in it, and what comes shortly afterwards as well."""
    words = arguments(project, "right", redis_url, "once")
    mixed(project)
    file = project / "evtcompat.toml"
    file.write_text(file.read_text().replace("MODE=@", "MODE=acknowledges_late_and_first"))
    result = run(*words, "--service", "orders", cwd=project)
    assert result.code == 0, result.out


@pytest.mark.long
def test_a_service_in_another_language_is_exercised_alike(run: Run, project: Path, redis_url: str) -> None:
    if shutil.which("node") is None:
        pytest.skip("needs node")
    words = [*arguments(project, "right", redis_url, "once", "twice"), "--service", "scripted"]
    result = run(*words, cwd=project)
    assert result.code == 0, result.out
    words = [*arguments(project, "amount", redis_url, "once"), "--service", "scripted"]
    result = run(*words, cwd=project)
    assert result.code == 1
    assert "/0/total is 15, and the schema reads total as 1.5: too large by a factor of 10" in " ".join(
        result.out.split()
    )


def interrupt(words: list[str], number: signal.Signals, project: Path, redis_url: str) -> None:
    """Send a command a signal while events are on their way: it ends by that, and leaves no stream."""
    import redis

    process = subprocess.Popen([sys.executable, "-m", "evtcompat", *words], cwd=project, stdout=subprocess.DEVNULL)
    with closing(redis.Redis.from_url(redis_url)) as client:
        try:
            end = time.monotonic() + 60
            while not any(client.xlen(name) for name in client.keys("evtcompat-*")) and time.monotonic() < end:
                time.sleep(0.05)
            process.send_signal(number)
            assert process.wait(60) == 128 + number
        finally:
            process.kill()
            process.wait()
        assert client.keys("evtcompat-*") == []


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_run_leaves_no_service(number: signal.Signals, project: Path, redis_url: str) -> None:
    """Nor a stream; that nothing of the service is left is seen after every test."""
    words = [*arguments(project, "leaves_a_child", redis_url, "once"), "--service", "orders"]
    file = project / "evtcompat.toml"
    file.write_text(file.read_text().replace("within = 5", "within = 600").replace("select id", "select nothing"))
    interrupt(words, number, project, redis_url)


#: What may be interrupted besides cells: a load, and a chain.
LONG_RUNS = (("--service", "relay", "--rate", "20", "--for", "600"), ("--chain", "links"))
LINKS = """
[exercise.services.relay]
new = ["{{python}}", "{services}/relay.py"]
variables.BROKER = "{{broker}}"
variables.TOPIC = "{{topic}}"
variables.GROUP = "{{group}}"
variables.OUTPUTS = "{{output}}"
ready = "log:listening"
inherits = ["EVTCOMPAT_TEST"]
probe = {{ output = true }}

[exercise.chains.links]
steps = [
  {{ service = "relay", takes = "orders", sends = ["approvals"] }},
  {{ service = "relay", takes = "approvals", sends = ["shipments"] }},
]
expect = ["approvals", "shipments", "shipments"]
within = 600
"""


@pytest.mark.long
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize("kind", LONG_RUNS, ids=["load", "chain"])
def test_an_interrupted_load_or_chain_leaves_nothing(
    kind: tuple[str, ...], number: signal.Signals, project: Path, redis_url: str
) -> None:
    """No stream, no service, and none of the private server's files and processes."""
    (project / "evtcompat.toml").write_text(LINKS.format(services=SERVICES))
    words = ["exercise", "orders", "--fixtures", ".", *kind, "--transport", redis_url]
    interrupt(words, number, project, redis_url)


def test_a_port_that_something_else_holds_is_told(run: Run, project: Path, redis_url: str) -> None:
    words = arguments(project, "right", redis_url, "once")
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        file = project / "evtcompat.toml"
        file.write_text(file.read_text().replace("log:listening", f"port:{port}"))
        result = run(*words, "--service", "orders", cwd=project)
    assert result.code == 3
    said = f"something already listens on 127.0.0.1:{port}, where orders is to get ready"
    assert said in " ".join(result.out.split())


KAFKA = """
[exercise.services.kafka]
old = ["{{python}}", "{services}/kafka_orders.py"]
new = ["env", "MODE={mode}", "{{python}}", "{services}/kafka_orders.py"]
variables.BROKER = "{{broker}}"
variables.TOPIC = "{{topic}}"
variables.GROUP = "{{group}}"
variables.OUT = "{{folder}}/out.jsonl"
variables.MODE = "right"
ready = "log:listening"
within = 30
probe = {{ file = "{{folder}}/out.jsonl" }}
"""


@pytest.mark.long
@pytest.mark.parametrize(("mode", "code"), [("right", 0), ("unit", 1)])
def test_a_service_with_a_kafka_client_of_its_own(
    run: Run, project: Path, kafka_url: str, mode: str, code: int
) -> None:
    pytest.importorskip("confluent_kafka")
    (project / "evtcompat.toml").write_text(KAFKA.format(services=SERVICES, mode=mode))
    words = ["exercise", "orders", "--fixtures", ".", "--transport", kafka_url, "--service", "kafka"]
    refused = run(*words, "--delivery", "cut", cwd=project)
    assert (refused.code, "no proxy can stand there" in refused.err) == (2, True)
    result = run(*words, "--delivery", "twice", "--delivery", "once", cwd=project)
    assert result.code == code, result.out
    assert ("too large by a factor of 1,000" in result.out) == bool(code)


POISON = {"version": "1", "label": "cut", "file": "cut.json", "content_type": "application/json", "poison": True}


@pytest.mark.long
@pytest.mark.parametrize(("mode", "word"), [("right", "ok"), ("swallows", "no dead letter")])
def test_events_that_a_service_sends_and_sets_aside_are_seen(
    run: Run, project: Path, redis_url: str, mode: str, word: str
) -> None:
    (project / "exercise.json").write_text(json.dumps({"payloads": [*ORDERS, POISON]}))
    (project / "cut.json").write_bytes(b'{"order_')
    words = [*arguments(project, mode, redis_url, "once", "poison"), "--format", "json", "--service", "orders"]
    file = project / "evtcompat.toml"
    both = 'variables.OUT = "{output}"\nvariables.DEAD = "{dead-letters}"\nprobe = { output = true }'
    lines = file.read_text().replace('sqlite:///{folder}/orders.db", query', "x").split("\n")
    file.write_text("\n".join(both if line.startswith("probe = { sql") else line for line in lines))
    report = json.loads(run(*words, cwd=project).out)
    cells = {cell["delivery"]: cell for cell in report["levels"][0]["cells"] if cell["consumer"] == "new"}
    assert cells["once"]["state"] == "ok", report
    assert [one["kind"] for one in cells["poison"]["failures"]] == ([] if word == "ok" else [word]), report
    assert report["consumers"][0]["observes"] == "output"


WRONG = (
    (("--service", "order"), "describes no such service\n  Did you mean orders?"),
    (("--service", "orders", "--new", "a:b"), "exclude each other"),
    (("--service", "orders", "--delivery", "restart"), "a private server that keeps what it is given"),
    (("--service", "orders", "--delivery", "commit"), "`database` in its description"),
    (("--service", "orders", "--delivery", "registry-slow"), "`registry` in its description"),
    (("--service", "orders", "--rate", "5", "--faults"), "exclude each other"),
    (("--rate", "5"), "--rate needs a whole service"),
    (("--service", "typed"), "nothing is called {brokr} in '{brokr}'\n  Did you mean {broker}?"),
)


@pytest.mark.parametrize(("words", "said"), WRONG)
def test_wrong_usage_of_services_is_told(run: Run, project: Path, words: tuple[str, ...], said: str) -> None:
    base = arguments(project, "right", "redis://127.0.0.1:1")
    result = run(*base, *words, cwd=project)
    assert result.code == 2
    assert said in result.err
    without = [word for word in base if word not in ("--transport", "redis://127.0.0.1:1")]
    assert "a service consumes from a broker" in run(*without, "--service", "orders", cwd=project).err
