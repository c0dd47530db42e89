"""Flows through several services: what is missing, what came twice, in which order, and how it is drawn."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli_harness import Run
from evtcompat.config.read import load_config_text
from evtcompat.errors import ConfigError, UncheckedError
from evtcompat.exercise.chain import Chain, ChainRun, Flow, Sighting, Step, judged_chain
from evtcompat.exercise.correlation import Correlation, new_id
from evtcompat.exercise.results import CellState
from evtcompat.exercise.transports.base import Record
from evtcompat.reporters.exercise_chain import chain_lines
from evtcompat.reporters.terminal import Terminal, width_of
from exercise.test_services import ORDERS, SERVICES

CHAIN = Chain(
    "fulfilment",
    (
        Step("approval", "orders", ("approvals",)),
        Step("shipping", "approvals", ("shipments", "labels")),
        Step("billing", "approvals", ("invoices",)),
    ),
    expect=(("approvals",), ("shipments", "invoices")),
)
RIGHT = ("approvals", "invoices", "shipments")


def flow(*topics: str) -> Flow:
    """What came to these topics, one after the other."""
    return Flow("event 1 (v1, plain)", tuple(Sighting(t, 0.01 * n, {"n": n}) for n, t in enumerate(topics, 1)))


SEEN: tuple[tuple[tuple[str, ...], str], ...] = (
    (RIGHT, ""),
    (("approvals", "shipments", "invoices"), ""),
    (("approvals", "shipments"), "nothing came to invoices within 10 s; seen: orders -> approvals -> shipments"),
    ((), "nothing came to approvals within 10 s; seen: orders"),
    (("approvals", *RIGHT), "2 events came to approvals, not 1"),
    (("invoices", "approvals", "shipments"), "shipments came before"),
    ((*RIGHT, "labels"), "an event came to labels, where none is expected"),
)


@pytest.mark.parametrize(("topics", "said"), SEEN[:5] + SEEN[6:])
def test_what_came_of_an_event_is_held_against_what_is_expected(topics: tuple[str, ...], said: str) -> None:
    cell = judged_chain(ChainRun("new", CHAIN, (flow(*topics),)))
    assert (cell.state is CellState.OK) == (not said)
    assert said in " / ".join(cell.failures)
    assert all(width_of(line) <= 80 for line in chain_lines((cell,), Terminal(width=80)))


def test_a_chain_through_which_nothing_was_sent_is_not_checked() -> None:
    cell = judged_chain(ChainRun("new", CHAIN))
    assert cell.state is CellState.UNCHECKED
    assert "nothing was sent" in " ".join(chain_lines((cell,), Terminal(width=80)))


def test_what_comes_too_early_is_told() -> None:
    cell = judged_chain(ChainRun("new", CHAIN, (flow("invoices", "approvals", "shipments"),)))
    assert cell.failures == ("event 1 (v1, plain): invoices came before approvals",)


@given(st.permutations(RIGHT))
def test_an_order_is_right_exactly_if_the_approval_comes_first(topics: list[str]) -> None:
    cell = judged_chain(ChainRun("new", CHAIN, (flow(*topics),)))
    assert (cell.state is CellState.OK) == (topics[0] == "approvals")


def test_a_flow_is_drawn_as_a_tree() -> None:
    cell = judged_chain(ChainRun("new", CHAIN, (flow("approvals", "shipments"),)))
    assert "\n".join(chain_lines((cell,), Terminal(width=80))).endswith(
        """
  orders  event 1 (v1, plain)
  `- approval -> approvals  +10.0 ms  {"n": 1}
     |- shipping -> shipments  +20.0 ms  {"n": 2}
     |- shipping -> labels  nothing, as expected
     `- billing -> invoices  missing"""
    )


def test_events_of_no_flow_and_services_that_end_are_told() -> None:
    run = ChainRun("new", CHAIN, (flow(*RIGHT),), {"invoices": 2}, ("billing ended with exit status 1",))
    assert judged_chain(run).failures == (
        "billing ended with exit status 1",
        "invoices: 2 events belong to no flow: `traceparent` was not passed on",
    )
    assert judged_chain(ChainRun("new", CHAIN, unchecked="no broker")).state is CellState.UNCHECKED


def test_of_many_wrong_flows_some_are_told_and_the_rest_is_counted() -> None:
    failures = judged_chain(ChainRun("new", CHAIN, (flow(),) * 9)).failures
    assert failures[-1] == "and 6 more events of which not all came, or too much"


@pytest.mark.parametrize("where", ["traceparent", "ce_id", "/order/id"])
def test_an_event_carries_the_id_that_it_was_given(where: str) -> None:
    correlation, flow_id = Correlation(where), new_id()
    record = correlation.given(Record("k", b'{"order": {"id": "o1"}}', {"a": "b"}), flow_id)
    assert correlation.of(record) == flow_id
    assert record.headers["a"] == "b"
    assert correlation.of(Record("k", b"not json", {})) == ""
    assert correlation.of(Record("k", b"{}", {"Traceparent": "x"})) == ""


@pytest.mark.parametrize("body", [b"\x00\x00\x00\x00\x01", b'{"order": {"id": 5}}', b"{}", b"[]"])
def test_an_event_that_cannot_carry_an_id_is_not_sent_without_one(body: bytes) -> None:
    """A flow that nothing tells from others would look like one of which nothing came."""
    with pytest.raises(UncheckedError, match="to which flow"):
        Correlation("/order/id").given(Record("k", body, {}), new_id())


CONFIGURATION = """
[exercise.services.approval]
new = ["env", "NAME=approval", "{{python}}", "{services}/relay.py"]
old = ["env", "NAME=approval", "MODE=right", "{{python}}", "{services}/relay.py"]
variables.BROKER = "{{broker}}"
variables.TOPIC = "{{topic}}"
variables.GROUP = "{{group}}"
variables.OUTPUTS = "{{output}}"
variables.MODE = "{mode}"
ready = "log:listening"

[exercise.services.fulfilment]
new = ["env", "NAME=fulfilment", "{{python}}", "{services}/relay.py"]
variables.BROKER = "{{broker}}"
variables.TOPIC = "{{topic}}"
variables.GROUP = "{{group}}"
variables.OUTPUTS = "{{output:shipments}},{{output:invoices}},{{output:letters}}"
ready = "log:listening"

[exercise.services.archive]
new = ["{{python}}", "{services}/relay.py"]
variables = {{ BROKER = "{{broker}}", TOPIC = "{{topic}}", GROUP = "{{group}}", OUTPUTS = "{{output}}" }}
ready = "log:listening"

[exercise.chains.orders]
steps = [
  {{ service = "approval", takes = "orders", sends = ["approvals"] }},
  {{ service = "fulfilment", takes = "approvals", sends = ["shipments", "invoices", "letters"] }},
  {{ service = "archive", takes = "shipments", sends = ["archived"] }},
]
expect = ["approvals", ["shipments", "invoices", "letters", "archived"]]
within = 20
"""


def configured(folder: Path, mode: str) -> list[str]:
    (folder / "evtcompat.toml").write_text(CONFIGURATION.format(services=SERVICES, mode=mode))
    (folder / "exercise.json").write_text(json.dumps({"payloads": ORDERS}))
    return ["exercise", "orders", "--fixtures", ".", "--chain", "orders"]


@pytest.mark.long
def test_three_events_come_to_three_queues_and_the_approval_transits_exactly_once(
    run: Run, tmp_path: Path, redis_url: str
) -> None:
    """Each of three orders is followed through three services and five topics."""
    result = run(*configured(tmp_path, "right"), "--transport", redis_url, "--format", "json", cwd=tmp_path)
    assert result.code == 0, result.out
    for chain in json.loads(result.out)["chains"]:
        assert [flow["event"] for flow in chain["flows"]] == [f"event {n} (v1, order {n})" for n in (1, 2, 3)]
        for flow in chain["flows"]:
            topics = [one["topic"] for one in flow["seen"]]
            assert topics[0] == "approvals"
            assert sorted(topics) == ["approvals", "archived", "invoices", "letters", "shipments"]


WRONG = (
    ("sends_twice", "2 events came to approvals, not 1"),
    ("forgets_one", "nothing came to approvals within 1 s; seen: orders"),
    ("loses_the_trace", "approvals: 3 events belong to no flow: `traceparent` was not passed on"),
)


@pytest.mark.long
@pytest.mark.parametrize(("mode", "said"), WRONG)
def test_a_service_that_breaks_the_chain_is_found(
    run: Run, tmp_path: Path, redis_url: str, mode: str, said: str
) -> None:
    """The new one; the deployed one is right."""
    words = configured(tmp_path, mode)
    file = tmp_path / "evtcompat.toml"
    if mode != "sends_twice":
        file.write_text(file.read_text().replace("within = 20", "within = 1"))
    result = run(*words, "--transport", redis_url, cwd=tmp_path)
    assert result.code == 1, result.out
    assert said in " ".join(result.out.split())
    assert "approval -> approvals" in result.out


MISTAKES = (
    ("steps = []", "has no steps"),
    ('steps = [{ service = "x", takes = "a", sends = ["b"] }]', "no service x is described"),
    ('steps = [{ service = "s", takes = "a", sends = ["b"] }]', "expects nothing"),
    ('steps = [{ service = "s", takes = "a", sends = ["b"] }]\nexpect = ["c"]', "names 'c', to which no service"),
    ('steps = [{ service = "s", takes = "a", sends = ["a"] }]\nexpect = ["a"]', "in a circle"),
    ('steps = [{ service = "s", takes = "a" }, { service = "s", takes = "b" }]\nexpect = ["a"]', "at a and b"),
    ('steps = [{ service = "s" }]', "needs `service` and `takes`"),
    (
        'steps = [{ service = "s", takes = "a", sends = ["b"] }]\nexpect = ["b"]\ncorrelation = "a b"',
        "must name a header",
    ),
)


@pytest.mark.parametrize(("text", "said"), MISTAKES)
def test_a_chain_that_is_described_wrongly_is_told(text: str, said: str) -> None:
    service = '[exercise.services.s]\nnew = "x"\nprobe = { webhook = true }\n'
    with pytest.raises(ConfigError) as told:
        load_config_text(f"{service}[exercise.chains.c]\n{text}\n", "evtcompat.toml")
    assert said in str(told.value)


USAGE = (
    (("--chain", "order"), "Did you mean orders?"),
    (("--chain", "orders"), "none is named"),
    (("--chain", "orders", "--faults", "--transport", "redis://127.0.0.1:1"), "a run of its own"),
    (("--service", "fulfilment", "--transport", "redis://127.0.0.1:1"), "use it with --chain."),
)


@pytest.mark.parametrize(("words", "said"), USAGE)
def test_wrong_usage_of_chains_is_told(run: Run, tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    base = configured(tmp_path, "right")[:-2]
    result = run(*base, *words, cwd=tmp_path)
    assert result.code == 2
    assert said in result.err
