"""`evtcompat diff OLD NEW`."""

from __future__ import annotations

from typing import Annotated

import typer


def diff(
    old: Annotated[
        str,
        typer.Argument(
            metavar="OLD",
            help=(
                "The schema that is deployed: a file; `git:REF` or `git:merge-base:REF`, NEW as it was there; "
                "`git:REF:PATH`, with the path from the repository's root; `registry:SUBJECT@VERSION`."
            ),
            show_default=False,
        ),
    ],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The schema under change: the same.", show_default=False)],
    policy: Annotated[
        str, typer.Option("--policy", metavar="lenient|strict", help="JSON Schema: as in `evtcompat check`.")
    ] = "lenient",
) -> None:
    """Show what changed between two schemas, each change with its judgement."""
    from functools import partial

    from evtcompat.api import compare, load
    from evtcompat.checking.marks import with_marks_listed
    from evtcompat.cli.options.words import member
    from evtcompat.cli.runs.diff_inputs import format_of, sides, version_of
    from evtcompat.cli.terminal.output import show
    from evtcompat.cli.terminal.screen import terminal
    from evtcompat.dataclasses import replace
    from evtcompat.errors import UsageError
    from evtcompat.model.verdicts import Policy
    from evtcompat.reporters.diff import diff_page

    chosen = member(Policy, policy, "--policy") or Policy.LENIENT
    with sides(old, new) as (then, now):
        told, problem = format_of((then, now))
        try:
            found, (before, after) = load(then, now, format=told)
        except UsageError as error:  # its words are those of the Python API
            raise problem or error from None
        was, now_is = version_of(then, found), version_of(now, found)
        asked = partial(compare, format=found.name, policy=chosen, witnesses=False)
        then_called, now_called = partial(replace, label="the old schema"), partial(replace, label="the new schema")
        backward = asked(reader=now_called(found.aligned(now_is, was)), writer=then_called(was))
        forward = asked(reader=then_called(found.aligned(was, now_is)), writer=now_called(now_is))
        backward = with_marks_listed(backward, found, now_is, was)
        page = diff_page(before, after, backward, forward, terminal())
    show(page, "text")
