"""Plans and decisions against brute force: every state of small systems, tried one by one."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evtcompat.contracts.deciding import can_deploy
from evtcompat.contracts.deployments import Build, Used
from evtcompat.contracts.ordering import deployment_plan
from evtcompat.contracts.systems import Ask, System
from evtcompat.model.verdicts import Verdict

SUBJECTS = ("s", "t")
#: What each of the schemas of a subject is called; a reader and a writer of one subject have one each.
KEYS = "abc"
#: The pairs of a reader's and a writer's schema that are compatible, by subject.
Table = Mapping[str, frozenset[tuple[str, str]]]


@st.composite
def builds(draw: st.DrawFn, service: str, version: str) -> Build:
    def used() -> dict[str, Used]:
        chosen = draw(st.lists(st.sampled_from(SUBJECTS), unique=True, max_size=2))
        return {subject: Used(key := draw(st.sampled_from(KEYS)), key) for subject in chosen}

    reads = used()
    replays = frozenset(draw(st.lists(st.sampled_from(sorted(reads)), unique=True))) if reads else frozenset[str]()
    return Build(service, version, used(), reads, replays)


@st.composite
def systems(draw: st.DrawFn) -> tuple[System, list[Build], Table]:
    services = [f"x{number}" for number in range(draw(st.integers(1, 5)))]
    running: dict[str, tuple[Build, ...]] = {}
    targets: list[Build] = []
    for name in services:
        versions = [draw(builds(name, number)) for number in "123"]
        old = draw(st.sampled_from([(0,), (0,), (0, 1), ()]))
        if old:
            running[name] = tuple(versions[number] for number in old)
        if not old or draw(st.integers(0, 3)):
            targets.append(versions[draw(st.sampled_from([2, 2, 1]))])
    retired = tuple(draw(builds("gone", number)) for number in "12"[: draw(st.integers(0, 2))])
    pairs = [(reader, writer) for reader in KEYS for writer in KEYS]
    table = {
        subject: frozenset(pairs) - frozenset(draw(st.lists(st.sampled_from(pairs), max_size=4)))
        for subject in SUBJECTS
    }
    return System("prod", running, retired), targets, table


def ask_of(table: Table) -> Ask:
    def ask(subject: str, reader: Used, writer: Used) -> Verdict:
        return Verdict.COMPATIBLE if (reader.key, writer.key) in table[subject] else Verdict.INCOMPATIBLE

    return ask


def fine(running: list[Build], retired: list[Build], table: Table) -> bool:
    """Whether everything that reads in a state can read everything that is there."""
    for reader in running:
        for subject, used in reader.reads.items():
            there = [*running, *(retired if subject in reader.replays else [])]
            written = [one.writes[subject].key for one in there if subject in one.writes]
            if any((used.key, key) not in table[subject] for key in written):
                return False
    return True


def states(system: System, order: tuple[Build, ...]) -> Iterator[tuple[list[Build], list[Build]]]:
    """What runs, and what ran and left events, at each moment of an order."""
    running = {name: list(known) for name, known in system.running.items()}
    retired = list(system.retired)
    yield [one for known in running.values() for one in known], list(retired)
    for build in order:
        old = running.get(build.service, [])
        if old == [build]:
            continue
        running[build.service] = [*(one for one in old if one != build), build]
        yield [one for known in running.values() for one in known], list(retired)
        retired += [one for one in old if one != build]
        running[build.service] = [build]
        yield [one for known in running.values() for one in known], list(retired)


def safe(system: System, order: tuple[Build, ...], table: Table) -> bool:
    return all(fine(running, retired, table) for running, retired in states(system, order))


@pytest.mark.slow
@settings(max_examples=100, deadline=None)
@given(systems())
def test_there_is_a_plan_exactly_where_an_order_is_safe(made: tuple[System, list[Build], Table]) -> None:
    system, targets, table = made
    plan = deployment_plan(system, targets, ask_of(table))
    possible = any(safe(system, order, table) for order in permutations(targets))
    assert plan.exists is possible
    if plan.exists:
        assert safe(system, tuple(step.build for step in plan.steps), table)
        moved = {step.build for step in plan.steps}
        assert all(build in moved or system.running.get(build.service) == (build,) for build in targets)
    else:
        wrong = [pair for obstacle in plan.obstacles for pair in obstacle.pairs]
        assert wrong
        assert all(ask_of(table)(*pair.schemas) is Verdict.INCOMPATIBLE for pair in wrong)


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(systems())
def test_a_version_can_be_deployed_exactly_where_its_roll_out_is_safe(made: tuple[System, list[Build], Table]) -> None:
    system, targets, table = made
    for build in targets:
        decision = can_deploy(system, build, ask_of(table))
        assert (decision.verdict is Verdict.COMPATIBLE) is safe(system, (build,), table)


def test_what_stands_already_can_be_left_out() -> None:
    """A repair has to be deployable beside what is broken."""
    writer, reader = Build("w", "1", {"s": Used("b", "b")}), Build("r", "1", {}, {"s": Used("a", "a")})
    repair = Build("r", "2", {}, {"s": Used("b", "b")})
    system = System("prod", {"w": (writer,), "r": (reader,)})
    ask = ask_of({"s": frozenset({("b", "b")})})
    assert can_deploy(system, repair, ask).verdict is Verdict.INCOMPATIBLE
    assert can_deploy(system, repair, ask, accept_standing=True).verdict is Verdict.COMPATIBLE
    assert not deployment_plan(system, [repair], ask).exists
    assert deployment_plan(system, [repair], ask, accept_standing=True).exists


def test_what_is_not_known_is_never_a_yes() -> None:
    writer, reader = Build("w", "1", {"s": Used("a", "a")}), Build("r", "1", {}, {"s": Used("a", "a")})
    system = System("prod", {"w": (writer,)})
    for verdict in (Verdict.UNDECIDED, Verdict.UNCHECKED):
        decision = can_deploy(system, reader, lambda *_, verdict=verdict: verdict)
        assert decision.verdict is Verdict.UNDECIDED
        assert not deployment_plan(system, [reader], lambda *_, verdict=verdict: verdict).exists


def test_two_hundred_services_are_planned_in_seconds() -> None:
    """A chain in which each has to go before the next, and one subject that everybody reads."""
    running, targets, rows = {}, [], {}
    for number in range(200):
        subject = f"e{number}"
        rows[subject] = frozenset({("old", "old"), ("new", "old"), ("new", "new")})
        reads = {f"e{number - 1}": "old"} if number else {}
        for version, key in (("1", "old"), ("2", "new")):
            writes = {subject: Used(key, key), **({"all": Used("a", "a")} if number == 0 else {})}
            read = {name: Used(key, key) for name in reads} | {"all": Used("a", "a")}
            build = Build(f"x{number:03}", version, writes, read)
            if version == "1":
                running[build.service] = (build,)
            else:
                targets.append(build)
    rows["all"] = frozenset({("a", "a")})
    start = time.process_time()
    plan = deployment_plan(System("prod", running), targets, ask_of(rows))
    assert time.process_time() - start < 10
    assert [step.build.service for step in plan.steps] == [f"x{number:03}" for number in reversed(range(200))]


def test_names_that_may_be_forms_of_one_subject_meet() -> None:
    """What one repository calls `order` and another `shop/order` is compared, and never left out as if nobody met."""
    writer = Build("w", "2", {"order": Used("b", "b")})
    ask = ask_of({"shop/order": frozenset({("a", "a")}), "reorder": frozenset()})
    system = System("prod", {"r": (Build("r", "1", {}, {"shop/order": Used("a", "a")}),)})
    assert can_deploy(system, writer, ask).verdict is Verdict.INCOMPATIBLE
    assert not deployment_plan(system, [writer], ask).exists
    other = System("prod", {"r": (Build("r", "1", {}, {"reorder": Used("a", "a")}),)})
    assert can_deploy(other, writer, ask).pairs == ()
    both = Build("w", "3", {"order": Used("b", "b"), "shop/order": Used("a", "a")})
    assert [pair.written for pair in System("prod", {"w": (both,), **system.running}).pairs()] == [None]
