"""What `evtcompat explain` and `evtcompat rules` print."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from evtcompat.model.rules import RULE_PAGES, Rule, page_of_rule
from evtcompat.model.verdicts import Severity
from evtcompat.reporters.terminal import Terminal, inert_json

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}


def rule_page(rule: Rule, terminal: Terminal) -> str:
    """Everything that is known of a rule, for a person."""
    return "\n".join(_page(rule, terminal)) + "\n"


def _page(rule: Rule, terminal: Terminal) -> Iterator[str]:
    scope = rule.format or "every format"
    severity = terminal.style(rule.severity.value, "bold", _COLOURS[rule.severity])
    yield f"{terminal.style(rule.id, 'bold')}  {severity}  ({scope})"
    address = page_of_rule(rule.id, RULE_PAGES)
    for title, text in (
        ("What", rule.what),
        ("Why", rule.why),
        ("Example", rule.example),
        ("Remedy", rule.remedy),
        ("Limits", rule.limits),
        ("In a registry", rule.registry_name),
        ("Page", address),
    ):
        if text:
            yield ""
            yield terminal.style(title, "bold")
            for line in text.strip().splitlines():
                # what is indented is set as it stands (a schema); prose is wrapped
                yield from [f"  {line}"] if line.startswith(" ") or title == "Example" else terminal.wrap(line, "  ")


def rule_list(rules: Sequence[Rule], terminal: Terminal) -> str:
    """One line a rule."""
    longest = max((len(rule.id) for rule in rules), default=0)
    lines = []
    for rule in rules:
        severity = terminal.style(f"{rule.severity.value:<7}", _COLOURS[rule.severity])
        head = f"{rule.id:<{longest}}  "
        first, *rest = terminal.wrap(rule.what, f"{head}{' ' * 7}  ")
        lines += [f"{head}{severity}{first[len(head) + 7 :]}", *rest]
    return "\n".join(lines) + "\n"


def rules_json(rules: Sequence[Rule]) -> str:
    """The whole catalogue for a program."""
    values = [
        {
            "id": rule.id,
            "severity": rule.severity.value,
            "format": rule.format,
            "what": rule.what,
            "why": rule.why,
            "example": rule.example,
            "remedy": rule.remedy,
            "limits": rule.limits,
            "registry_name": rule.registry_name,
        }
        for rule in rules
    ]
    return inert_json(json.dumps(values, indent=2)) + "\n"
