"""How a table of ``[exercise.chains]`` is read."""

from __future__ import annotations

from collections.abc import Iterator

from evtcompat.config.exercise import ChainSettings, StepSettings
from evtcompat.config.exercise_values import correlation, seconds
from evtcompat.config.toml_table import Table

_EXAMPLE = 'For example steps = [{ service = "shipping", takes = "orders", sends = ["shipments"] }]'


def chain_settings(table: Table, services: tuple[str, ...]) -> ChainSettings:
    """A chain as it is described.

    Args:
        table: The table of one chain.
        services: The names of the services that there are.

    Raises:
        ConfigError: A key is unknown, a service is not described, a topic is nowhere, or the steps make a circle.
    """
    table.only(("steps", "expect", "correlation", "within"))
    steps = tuple(_step(step, services) for step in table.tables("steps"))
    if not steps:
        table.fail(f"`{table.called()}` has no steps", hint=_EXAMPLE)
    sent = {topic for step in steps for topic in step.sends}
    roots = sorted({step.takes for step in steps} - sent)
    if len(roots) != 1 or _in_a_circle(steps):
        which = "in a circle" if not roots or _in_a_circle(steps) else f"at {' and '.join(roots)}"
        hint = "Exactly one topic is taken from that no service sends to; no event comes back to a service."
        table.fail(f"`{table.called('steps')}` begin {which}", "steps", hint=hint)
    expect = tuple(_expected(table, sent))
    if not expect:
        hint = 'For example expect = ["approvals", ["shipments", "invoices"]]: what comes first, then two in any order.'
        table.fail(f"`{table.called()}` expects nothing", hint=hint)
    return ChainSettings(steps, expect, correlation(table), seconds(table, "within"))


def _step(table: Table, services: tuple[str, ...]) -> StepSettings:
    table.only(("service", "takes", "sends"))
    service, takes = table.string("service"), table.string("takes")
    if service is None or takes is None:
        table.fail(f"`{table.called()}` needs `service` and `takes`", hint=_EXAMPLE)
    if service not in services:
        known = ", ".join(services) or "none"
        table.fail(
            f"`{table.called('service')}`: no service {service} is described", "service", hint=f"Known: {known}."
        )
    return StepSettings(service, takes, table.strings("sends") or ())


def _in_a_circle(steps: tuple[StepSettings, ...]) -> bool:
    """Whether an event may come back to a topic that it came from."""
    left = {step.takes for step in steps}
    while left:
        # topics from which nothing leads to another one that is left
        ends = {topic for topic in left if not any(s.takes == topic and left & set(s.sends) for s in steps)}
        if not ends:
            return True
        left -= ends
    return False


def _expected(table: Table, sent: set[str]) -> Iterator[tuple[str, ...]]:
    found = table.values.get("expect", [])
    if not isinstance(found, list):
        table.fail(f"`{table.called('expect')}` must be a list of topics", "expect")
    for entry in found:
        group = entry if isinstance(entry, list) else [entry]
        for topic in group:
            if not isinstance(topic, str) or topic not in sent:
                known = ", ".join(sorted(sent)) or "none"
                message = f"`{table.called('expect')}` names {topic!r}, to which no service of the chain sends"
                table.fail(message, "expect", hint=f"Known: {known}.")
        yield tuple(group)
