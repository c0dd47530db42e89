"""Flows through several services, drawn as trees."""

from __future__ import annotations

import json
from collections.abc import Iterator

from evtcompat.exercise.chain import Chain, ChainCell, Flow, Sighting
from evtcompat.exercise.results import CellState
from evtcompat.reporters.exercise_load import milliseconds
from evtcompat.reporters.terminal import Terminal, printable

_STYLE = {CellState.OK: ("green",), CellState.FAILED: ("bold", "red"), CellState.UNCHECKED: ("bold", "red")}
#: Trees of flows that went wrong.
_MOST = 3
_LONGEST_BODY = 60
_LAST_LINES = 12


def chain_lines(cells: tuple[ChainCell, ...], terminal: Terminal) -> Iterator[str]:
    """Each run of a chain: a tree, and what went wrong; nothing without a chain."""
    for cell in cells:
        run = cell.run
        yield ""
        word = terminal.style(cell.state.value, *_STYLE[cell.state])
        yield f"{terminal.style(f'chain {run.chain.name}', 'bold')}  {run.role}  {word}"
        for text in (*cell.failures, run.unchecked):
            if text:
                yield from terminal.paragraphs(text, "  ")
        for flow in cell.wrong[:_MOST] or run.flows[:1]:
            yield ""
            yield from _tree(flow, run.chain, terminal.width)
        alike = len(run.flows) - 1
        if not cell.wrong and alike > 0:
            yield f"  and {alike} more event{'' if alike == 1 else 's'}, with all that is expected"
        for line in run.output.strip().splitlines()[-_LAST_LINES:]:
            yield f"    {printable(line)}".rstrip()


def _tree(flow: Flow, chain: Chain, width: int) -> Iterator[str]:
    yield f"  {printable(chain.root)}  {printable(flow.label)}"
    for line in _below(flow, chain, chain.root, "  ", set()):
        yield line if len(line) <= width else f"{line[: width - 3]}..."


def _below(flow: Flow, chain: Chain, topic: str, before: str, told: set[str]) -> Iterator[str]:
    """What the services did that take from a topic, each topic once."""
    links = [(step.service, sent) for step in chain.steps if step.takes == topic for sent in step.sends]
    links = [(service, sent) for service, sent in links if sent not in told]
    told |= {sent for _, sent in links}
    for number, (service, sent) in enumerate(links, start=1):
        last = number == len(links)
        entry = f"{before}{'`-' if last else '|-'} {printable(service)} -> {printable(sent)}"
        found, wanted = flow.of(sent), chain.wanted.get(sent, 0)
        for one in found:
            yield f"{entry}  {_shown(one)}"
        if len(found) < wanted:
            yield f"{entry}  missing" if not found else f"{entry}  {wanted - len(found)} more missing"
        elif not found:
            yield f"{entry}  nothing, as expected"
        yield from _below(flow, chain, sent, before + ("   " if last else "|  "), told)


def _shown(one: Sighting) -> str:
    body = printable(json.dumps(one.body, ensure_ascii=False))
    return f"+{milliseconds(one.at)}  {body if len(body) <= _LONGEST_BODY else body[:_LONGEST_BODY] + '...'}"


def chain_json(cell: ChainCell) -> dict[str, object]:
    """A chain as a report to a machine says it; moments in seconds since the event was sent."""
    run = cell.run
    return {
        "chain": run.chain.name,
        "consumer": run.role,
        "state": cell.state.value,
        "failures": list(cell.failures),
        "reason": run.unchecked,
        "flows": [
            {
                "event": flow.label,
                "seen": [{"topic": one.topic, "at": round(one.at, 4), "body": one.body} for one in flow.seen],
            }
            for flow in run.flows
        ],
        "strays": dict(run.strays),
        "output": run.output,
    }
