"""`evtcompat matrix`."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evtcompat.cli.options.past import NEWEST, Past

if TYPE_CHECKING:
    from evtcompat.payloads.matrix import Subject


def matrix(
    subject: Annotated[
        str, typer.Argument(metavar="SUBJECT", help="The subject, for example `order-placed`.", show_default=False)
    ],
    schemas: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATH", help="Where its versions lie; what the configuration names, or `.`.", show_default=False
        ),
    ] = None,
    output_format: Annotated[
        str, typer.Option("--format", "-f", metavar="text|json|html", help="What is written.")
    ] = "text",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write the table there.", show_default=False)
    ] = None,
    policy: Annotated[
        str | None,
        typer.Option(metavar="lenient|strict", help="JSON Schema: as in `evtcompat check`. (default: lenient)"),
    ] = None,
    newest: Annotated[
        int | None,
        typer.Option(
            min=0,
            metavar="N",
            help="The newest versions, so many at most; 0: all, a page 50. (default: 10, or what --past says)",
            show_default=False,
        ),
    ] = None,
    past: Past = NEWEST,
    seed: Annotated[int, typer.Option(help="Combines the boundaries otherwise; the same seed, the same payloads.")] = 0,
) -> None:
    """Write payloads with every version of a subject, read each with every version, and show what became of them.

    A cell is ok, defaulted (the reader filled something in), lossy (a value was rounded, or absorbed by an enum's
    default), misread (a decoder that trusts the reader's schema takes it for another value) or refused (a decoder
    raised); the worst of its payloads counts. The table shows, it does not judge: the exit code is 0 once it is made.
    """
    from evtcompat.cli.fixtures import say_left_out
    from evtcompat.cli.options.words import member
    from evtcompat.cli.terminal.output import text_output
    from evtcompat.cli.terminal.progress import waiting
    from evtcompat.cli.terminal.screen import terminal
    from evtcompat.errors import UsageError
    from evtcompat.model.verdicts import Policy
    from evtcompat.payloads.matrix import ParsedSubject, matrix_of
    from evtcompat.payloads.subjects import Catalogue
    from evtcompat.reporters.matrix_json import matrix_json
    from evtcompat.reporters.matrix_text import matrix_text
    from evtcompat.writing import check_report

    if output_format not in ("text", "json", "html"):
        message = f"--format {output_format}: there is no such format"
        raise UsageError(message, hint="Known: text, json, html.")
    check_report(output)
    with Catalogue(Path.cwd(), schemas or (), policy=member(Policy, policy, "--policy"), past=past) as catalogue:
        found = catalogue.readable(subject)
        most = _most(found, newest)
        if output_format == "html":
            from evtcompat.reporters.history_page import history_page
            from evtcompat.sources.histories.dates import Dates
            from evtcompat.syntax import deep
            from evtcompat.timelines.making import MOST_VERSIONS, timeline_of

            date_of, most = Dates(catalogue.workspaces).of, min(most, MOST_VERSIONS)
            timeline = deep.retried(partial(timeline_of, found, date_of=date_of, seed=seed, newest=most))
            page = history_page([timeline])
            text_output(page, output_format, output)
            _say_older(found, most)
            say_left_out(found)
            return
        with waiting("Writing and reading payloads") as tell:
            made = matrix_of(ParsedSubject(found.newest(most)), seed, tell)
    if output_format == "json":
        text = matrix_json(made)
    else:
        text = matrix_text(made, None if output is not None else terminal())
    text_output(text, output_format, output)
    _say_older(found, most)
    say_left_out(found)


def _most(subject: Subject, newest: int | None) -> int:
    """How many versions are shown; of a single file `--past` has said that already."""
    if newest is None and len(set(subject.paths)) > 1:
        newest = NEWEST
    return newest or len(subject.versions)


def _say_older(subject: Subject, most: int) -> None:
    """Tell how many versions are not shown, on standard error."""
    older = len(subject.versions) - most
    if older > 0:
        typer.echo(f"the newest {most} of {most + older} versions; --newest N shows more", err=True)
