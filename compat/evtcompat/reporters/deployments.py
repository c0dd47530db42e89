"""Deployments, the answer to "can I deploy?", and plans: text, JSON and Mermaid. Pure, but that the judge explains."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from evtcompat import __version__
from evtcompat.contracts.deployments import BUILT, UNNAMED
from evtcompat.model.json_texts import document
from evtcompat.model.verdicts import Severity, Verdict
from evtcompat.reporters.json_report import comparison_value, problem_value
from evtcompat.reporters.sentences import problem_lines, proof
from evtcompat.reporters.terminal import Terminal, inert_json, printable

if TYPE_CHECKING:
    from evtcompat.contracts.deciding import Decision, Judged
    from evtcompat.contracts.deployments import Build
    from evtcompat.contracts.judging import Judge
    from evtcompat.contracts.ordering import DeploymentPlan, Obstacle
    from evtcompat.contracts.systems import Pair
    from evtcompat.model.findings import Finding
    from evtcompat.model.reports import Problem

#: Of the JSON documents: grows when a field is renamed, removed or changes its meaning.
DEPLOYMENTS_VERSION: Final = 1
#: Findings told of one pair.
_MOST: Final = 3
_WORDS: Final = {
    Verdict.COMPATIBLE: ("yes", ("bold", "green")),
    Verdict.INCOMPATIBLE: ("no", ("bold", "red")),
    Verdict.UNDECIDED: ("not known", ("bold", "yellow")),
}


def used_text(build: Build) -> str:
    """What a version writes and reads, as a sentence goes on after a colon."""
    parts = []
    for verb, used in (("writes", build.writes), ("reads", build.reads)):
        if used:
            named = [name if one.name == UNNAMED else f"{name} ({one.name})" for name, one in sorted(used.items())]
            parts.append(f"{verb} {', '.join(named)}")
    if build.replays:
        parts.append(f"replays {', '.join(sorted(build.replays))}")
    return "; ".join(parts)


def running_text(found: Sequence[tuple[str, Sequence[Build]]], problems: Sequence[Problem], terminal: Terminal) -> str:
    """What runs where, for a person, and what of it cannot be read."""
    lines: list[str] = []
    for name, builds in found:
        lines.append(printable(name))
        lines += [
            f"  {printable(f'{one}  {used_text(one)}')}{'' if one.runs or name == BUILT else '  (runs no longer)'}"
            for one in builds
        ]
    lines += [line for one in problems for line in problem_lines(one, terminal)]
    return "\n".join(lines) + "\n"


def decision_text(decision: Decision, judge: Judge, terminal: Terminal) -> str:
    """The answer for a person: what goes wrong first, then the word."""
    lines: list[str] = []
    for problem in decision.unread:
        lines += [*problem_lines(problem, terminal), ""]
    for one in decision.pairs:
        if one.verdict is not Verdict.COMPATIBLE:
            lines += _told(one.pair, one.verdict, judge, terminal, standing=one.standing)
            lines.append("")
    word, style = _WORDS[decision.verdict]
    service = decision.build.service
    own = [one for one in decision.pairs if service in one.pair.services]
    wrong = _wrong_of(own)
    elsewhere = len(_wrong_of(decision.pairs)) - len(wrong)
    told = "nothing side by side"
    if own:
        told = f"{len(own)} pair{'' if len(own) == 1 else 's'} side by side, "
        told += f"{len(wrong)} not compatible" if wrong else "all compatible"
    if elsewhere:
        told += f"; of other services {elsewhere} not compatible"
    name = printable(f"{decision.build} to {decision.system.name}")
    lines.append(f"{name}: {terminal.style(word, *style)} ({told}).")
    if any(one.standing for one in _wrong_of(decision.pairs)):
        standing = "What stands today already is counted; --accept-standing leaves it out."
        if decision.accept_standing:
            standing = "What stands today already is not counted."
        lines += terminal.wrap(standing, "")
    return "\n".join(lines) + "\n"


def _wrong_of(pairs: Sequence[Judged]) -> list[Judged]:
    return [one for one in pairs if one.verdict is not Verdict.COMPATIBLE]


def decision_json(decision: Decision, judge: Judge) -> str:
    """The answer for a program."""
    return _json(
        {
            "service": decision.build.service,
            "version": decision.build.version,
            "environment": decision.system.name,
            "answer": _WORDS[decision.verdict][0],
            "verdict": decision.verdict.value,
            "accept_standing": decision.accept_standing,
            "pairs": [_judged_json(one, judge) for one in decision.pairs],
            "errors": [problem_value(problem) for problem in decision.unread],
        }
    )


def plan_text(plan: DeploymentPlan, judge: Judge, terminal: Terminal) -> str:
    """The plan for a person: steps, or why there are none and what helps."""
    lines: list[str] = []
    if plan.exists:
        for number, step in enumerate(plan.steps, 1):
            before = ", ".join(one.version for one in step.before) or "not running"
            lines.append(
                terminal.style(f"{number}. {printable(f'{step.build}')}", "bold") + f"  (now {printable(before)})"
            )
            for later, pair in step.because:
                lines += terminal.wrap(printable(f"before {later}: {_wrong(pair, judge)}"), "   ")
        if plan.steps:
            lines += terminal.wrap(
                "Every state on the way is compatible, with old and new instances of a service side by side. "
                "Each step can be taken back before the next one.",
                "",
            )
        else:
            lines.append(f"Nothing is to be done: {printable(plan.system.name)} runs all of it.")
        return "\n".join(lines) + "\n"
    for obstacle in plan.obstacles:
        lines += _obstacle(obstacle, judge, terminal)
        lines.append("")
    told = {pair for one in plan.obstacles for pair in one.pairs}
    for pair in plan.unknown:
        if pair not in told:
            lines += [*_told(pair, judge.verdict(*pair.schemas), judge, terminal), ""]
    lines.append(
        terminal.style(
            f"There is no order for {printable(plan.system.name)} in which every state is known to be compatible.",
            "bold",
        )
    )
    return "\n".join(lines) + "\n"


def plan_json(plan: DeploymentPlan, judge: Judge) -> str:
    """The plan for a program."""
    running = {name: [one.version for one in builds] for name, builds in plan.system.running.items()}
    steps = []
    for step in plan.steps if plan.exists else ():
        name = step.build.service
        during = {**running, name: [*(one.version for one in step.before), step.build.version]}
        running = {**running, name: [step.build.version]}
        steps.append(
            {
                "service": name,
                "from": [one.version for one in step.before],
                "to": step.build.version,
                "before": [{"service": later, "because": _wrong(pair, judge)} for later, pair in step.because],
                "during": during,
                "after": running,
            }
        )
    return _json(
        {
            "environment": plan.system.name,
            "exists": plan.exists,
            "steps": steps,
            "obstacles": [
                {
                    "services": list(one.services),
                    "pairs": [_pair_json(pair, judge) for pair in one.pairs],
                    "advice": _advice(one, judge),
                }
                for one in plan.obstacles
            ],
            "unknown": [_pair_json(pair, judge) for pair in plan.unknown],
        }
    )


def plan_mermaid(plan: DeploymentPlan) -> str:
    """The steps as a Mermaid flowchart; of a plan that does not exist what is in the way."""
    lines = ["flowchart TD"]
    if not plan.exists:
        for number, one in enumerate(plan.obstacles):
            lines.append(f"    o{number}[{_label('no order: ' + '; '.join(str(pair) for pair in one.pairs))}]")
        lines += ['    u["something is not known"]'] if not plan.obstacles else []
        return "\n".join(lines) + "\n"
    now = ", ".join(str(one) for builds in plan.system.running.values() for one in builds)
    lines.append(f"    s0[{_label(f'{plan.system.name}: {now}')}]")
    for number, step in enumerate(plan.steps, 1):
        before = ", ".join(one.version for one in step.before) or "new"
        lines.append(f"    s{number}[{_label(f'{number}. {step.build.service}: {before} to {step.build.version}')}]")
        lines.append(f"    s{number - 1} --> s{number}")
    numbers = {step.build.service: number for number, step in enumerate(plan.steps, 1)}
    for number, step in enumerate(plan.steps, 1):
        for later, pair in step.because:
            lines.append(f"    s{number} -. {_label(pair.subject)} .-> s{numbers[later]}")
    return "\n".join(lines) + "\n"


def _label(text: str) -> str:
    escaped = printable(text).replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;").replace(">", "&gt;")
    return f'"{escaped}"'


def _told(pair: Pair, verdict: Verdict, judge: Judge, terminal: Terminal, *, standing: bool = False) -> Iterator[str]:
    """What goes wrong between two versions, with the event."""
    reader, writer = (one.name for one in pair.schemas[1:])
    names = [] if {reader, writer} == {UNNAMED} else [f"{reader} of {writer}"]
    head = terminal.style(printable(f"{pair.reader} reads {pair.subject} of {pair.writer}"), "bold")
    word = terminal.style(verdict.value, "bold", "red" if verdict is Verdict.INCOMPATIBLE else "yellow")
    named = [] if pair.written is None else [f"{pair.writer.service} calls it {pair.written}"]
    notes = [*names, *named, *(["replayed"] if pair.replayed else []), *(["today already"] if standing else [])]
    beside = f"  ({printable(', '.join(notes))})" if notes else ""
    yield f"{head}  {word}{beside}"
    problem = judge.problem(pair)
    if problem is not None:
        yield from terminal.wrap(printable(problem.message), "  ")
        if problem.hint:
            yield from terminal.wrap(printable(problem.hint), "  next  ")
        return
    findings = _errors(pair, judge)
    for finding in findings[:_MOST]:
        yield from terminal.wrap(printable(finding.message), "  ")
        if finding.witness is not None:
            yield from terminal.wrap(proof(finding.witness), "  proof  ")
        if finding.fix is not None:
            yield from terminal.wrap(printable(finding.fix.text), "  fix  ")
    if len(findings) > _MOST:
        yield f"  and {len(findings) - _MOST} more (`--format json` has all)"
    comparison = judge.explained(pair)
    for part in comparison.undecided if comparison is not None and not findings else ():
        yield from terminal.wrap(printable(f"{part.path}: {part.reason}" if part.path else part.reason), "  ")


def _obstacle(obstacle: Obstacle, judge: Judge, terminal: Terminal) -> Iterator[str]:
    names = printable(" and ".join(obstacle.services))
    yield terminal.style(f"No order of {names} avoids this:" if len(obstacle.services) > 1 else f"{names}:", "bold")
    for pair in obstacle.pairs:
        yield from _told(pair, judge.verdict(*pair.schemas), judge, terminal)
    yield from terminal.wrap(printable(_advice(obstacle, judge)), "  do  ")


def _advice(obstacle: Obstacle, judge: Judge) -> str:
    """How the pair is taken apart: a version in between that serves both sides."""
    pair = obstacle.pairs[0]
    if judge.problem(pair) is not None:
        return "Record what is missing; then ask again."
    writer, reader = pair.writer.service, pair.reader.service
    subject = pair.subject
    expand = f"Expand: build a version of {writer} whose {subject} has what {pair.reader} needs beside what is new"
    if pair.replayed:
        return f"{reader} replays {subject}: build a version of it that reads what {pair.writer} wrote as well."
    if writer == reader:
        return (
            f"Build a version of {reader} in between that reads the {subject} of both and still writes the old one; "
            f"deploy it, then the version that writes the new one."
        )
    return f"{expand}, and deploy it. Move {reader} to what is new. Contract: deploy {writer} without what is old."


def _wrong(pair: Pair, judge: Judge) -> str:
    """Why a pair must not meet, in a clause."""
    if judge.verdict(*pair.schemas) is not Verdict.INCOMPATIBLE:
        return f"it is not known whether {pair}"
    findings = _errors(pair, judge)
    why = f" ({findings[0].rule})" if findings else ""
    return f"{pair.reader} cannot read {pair.subject} of {pair.writer}{why}"


def _errors(pair: Pair, judge: Judge) -> list[Finding]:
    comparison = judge.explained(pair)
    return [] if comparison is None else [one for one in comparison.findings if one.severity is Severity.ERROR]


def _judged_json(one: Judged, judge: Judge) -> dict[str, object]:
    return {**_pair_json(one.pair, judge, one.verdict), "standing": one.standing}


def _pair_json(pair: Pair, judge: Judge, verdict: Verdict | None = None) -> dict[str, object]:
    verdict = verdict or judge.verdict(*pair.schemas)
    value: dict[str, object] = {
        "subject": pair.subject,
        "reader": {"service": pair.reader.service, "version": pair.reader.version},
        "writer": {"service": pair.writer.service, "version": pair.writer.version},
        "replayed": pair.replayed,
        "verdict": verdict.value,
    }
    problem = judge.problem(pair)
    if problem is not None:
        value["problem"] = problem.message
    elif verdict is not Verdict.COMPATIBLE:
        comparison = judge.explained(pair)
        value["comparison"] = None if comparison is None else comparison_value(comparison)
    return value


def _json(content: dict[str, object]) -> str:
    head = {"evtcompat": __version__, "deployments_version": DEPLOYMENTS_VERSION}
    return inert_json(document(head | content).decode())
