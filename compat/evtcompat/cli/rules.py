"""`evtcompat rules`."""

from __future__ import annotations

from typing import Annotated

import typer


def rules(
    json: Annotated[bool, typer.Option("--json", help="One JSON array with everything that is known of each.")] = False,
) -> None:
    """List every rule with its default severity."""
    from evtcompat.cli.terminal.output import show
    from evtcompat.cli.terminal.screen import terminal
    from evtcompat.reporters.rule_page import rule_list, rules_json
    from evtcompat.rules.catalogue import catalogue

    known = tuple(catalogue().values())
    if json:
        show(rules_json(known), "json")
    else:
        show(rule_list(known, terminal()), "text")
