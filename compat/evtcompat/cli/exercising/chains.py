"""From what the configuration says of a chain to what is exercised."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evtcompat.cli.exercising.services import described, service_consumers, service_spec
from evtcompat.dataclasses import replace
from evtcompat.exercise.chain import Chain, Step
from evtcompat.exercise.chain_run import ChainPlan

if TYPE_CHECKING:
    from evtcompat.config.exercise import ExerciseSettings
    from evtcompat.exercise.payloads import Payload
    from evtcompat.exercise.plan import ExerciseRequest
    from evtcompat.exercise.transports.base import Transport


def chain_roles(name: str, settings: ExerciseSettings) -> tuple[str, ...]:
    """``old`` and ``new``, or those of them that a service of the chain has.

    Raises:
        UsageError: The configuration describes no such chain.
    """
    found = described(settings.chains, "chain", name)
    roles = {role for step in found.steps for role in settings.services[step.service].commands}
    return tuple(role for role in ("old", "new") if role in roles)


def chain_plan(
    name: str, settings: ExerciseSettings, subject: str, payloads: tuple[Payload, ...], request: ExerciseRequest,
    transport: Transport, url: str,
) -> ChainPlan:  # fmt: skip
    """What is to be run of a chain that there is."""
    found = settings.chains[name]
    names = dict.fromkeys(step.service for step in found.steps)
    chain = Chain(
        name,
        tuple(Step(step.service, step.takes, step.sends) for step in found.steps),
        found.expect,
        correlation=found.correlation,
    )
    return ChainPlan(
        subject=subject,
        chain=chain if found.within is None else replace(chain, within=found.within),
        services={one: service_spec(one, settings, topics=chain.topics) for one in names},
        origins={(one, spec.role): spec for one in names for spec in service_consumers(one, settings)},
        payloads=payloads,
        request=request,
        transport=transport,
        url=url,
    )
