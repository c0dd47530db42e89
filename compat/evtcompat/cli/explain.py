"""`evtcompat explain RULE`."""

from __future__ import annotations

from typing import Annotated

import typer


def explain(
    rule: Annotated[
        str, typer.Argument(metavar="RULE", help="A rule's id, as it stands in a report.", show_default=False)
    ],
) -> None:
    """Say what a rule finds, why it breaks whom, and what to do instead."""
    from evtcompat.cli.terminal.output import show
    from evtcompat.cli.terminal.screen import terminal
    from evtcompat.errors import UsageError
    from evtcompat.reporters.rule_page import rule_page
    from evtcompat.rules.catalogue import catalogue

    known = catalogue()
    found = known.get(rule)
    if found is None:
        import difflib

        near = difflib.get_close_matches(rule, known, n=1)
        hint = f"Did you mean `{near[0]}`? " if near else ""
        message = f"there is no rule `{rule}`"
        raise UsageError(message, hint=f"{hint}`evtcompat rules` lists all.")
    show(rule_page(found, terminal()), "text")
