"""The mistakes of `ledger.py` planted into whole services with clients of their own, over several brokers."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from evtcompat.errors import UncheckedError
from evtcompat.exercise.consumers import ConsumerSpec, Origin
from evtcompat.exercise.payloads import Fault, Sequence
from evtcompat.exercise.plan import FAULTS_OF_SERVICES, ExerciseRequest
from evtcompat.exercise.probes import ProbeSettings
from evtcompat.exercise.report import ExerciseReport
from evtcompat.exercise.run import ExercisePlan, exercise
from evtcompat.exercise.servers import private_server
from evtcompat.exercise.services import ServiceSpec
from evtcompat.exercise.transports.opening import open_transport
from exercise.ledger_samples import MISTAKES, PAYLOADS
from exercise.samples import CONSUMERS, wrong

SERVICE = Path(__file__).parent / "services" / "ledger_service.py"


def service(old: str, new: str) -> ServiceSpec:
    """A service that runs one consumer before the change, and another one after it."""
    started = {role: ("env", f"CONSUMER={name}", sys.executable, str(SERVICE)) for role, name in
               (("old", old), ("new", new))}  # fmt: skip
    named = {"URL": "{url}", "TOPIC": "{topic}", "GROUP": "{group}", "DEAD": "{dead-letters}"}
    return ServiceSpec(
        "ledger",
        started,
        variables={**named, "PYTHONPATH": str(CONSUMERS)},
        ready="log:listening",
        probe=ProbeSettings("file", "{folder}/ledger.json"),
        within=10,
        still=0.1,
    )


def exercised(
    url: str,
    new: str,
    *sequences: Sequence,
    old: str = "old",
    faults: tuple[Fault, ...] = (),
    restart: Callable[[], None] | None = None,
) -> ExerciseReport:
    """Both services with all payloads."""
    request = ExerciseRequest(versions=("1", "2"), sequences=sequences or tuple(Sequence), faults=faults)
    return exercise(
        ExercisePlan(
            subject="order-priced",
            payloads=PAYLOADS,
            consumers=tuple(ConsumerSpec(role, "ledger", Origin.HERE, "") for role in ("old", "new")),
            request=request,
            transport=open_transport(url),
            url=url,
            faults=bool(faults),
            service=service(old, new),
            restart=restart,
        )
    )


@pytest.fixture(params=["redis", "nats"])
def url(request: pytest.FixtureRequest) -> str:
    return str(request.getfixturevalue(f"{request.param}_url"))


#: Of a service that ends there is no exception to be seen: the event is not handled.
WORDS = {"raised": "not handled"}


@pytest.mark.long
@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_planted_mistake_of_a_service_is_found(mistake: str, url: str) -> None:
    word, sequence = MISTAKES[mistake]
    found = wrong(exercised(url, mistake, sequence))
    assert WORDS.get(word, word) in found.values(), found
    assert all(": new /" in name for name in found), "the old service is right"


@pytest.mark.long
def test_nothing_is_reported_of_right_services(url: str) -> None:
    """In any delivery, and with every fault."""
    assert wrong(exercised(url, "new", faults=FAULTS_OF_SERVICES)) == {}


@pytest.mark.long
@pytest.mark.parametrize(
    "mistake", ["amount_off_by_ten", "counts_each_delivery", "swallows_poison", "needs_the_new_field"]
)
def test_a_planted_mistake_of_a_service_is_found_over_rabbitmq(mistake: str, amqp_url: str) -> None:
    word, sequence = MISTAKES[mistake]
    assert WORDS.get(word, word) in wrong(exercised(amqp_url, mistake, sequence)).values()


@pytest.mark.long
def test_nothing_is_reported_of_right_services_over_rabbitmq(amqp_url: str) -> None:
    assert wrong(exercised(amqp_url, "new", Sequence.ONCE, Sequence.POISON, faults=(Fault.CRASH, Fault.CUT))) == {}


@pytest.mark.long
@pytest.mark.parametrize("scheme", ["redis", "nats", "amqp"])
def test_right_services_have_the_same_effect_when_their_broker_restarts(scheme: str) -> None:
    """It is away in the midst of the events, and has kept them."""
    with ExitStack() as stack:
        try:
            server = stack.enter_context(private_server(f"{scheme}:"))
        except UncheckedError as error:
            pytest.skip(f"{error.message} ({error.hint})")
        report = exercised(server.url, "new", Sequence.ONCE, faults=(Fault.RESTART,), restart=server.restart)
        assert wrong(report) == {}
        assert [cell.scenario.delivery for cell in report.levels[1].cells] == ["restart"] * 4
