"""`evtcompat replay`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def replay(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE...",
            help=(
                "Files, folders, patterns, addresses (`s3://bucket/events/`) or topics "
                "(`kafka://host:9092/orders`) of recorded events."
            ),
            show_default=False,
        ),
    ],
    reader: Annotated[
        list[str],
        typer.Option(
            "--reader",
            "-r",
            metavar="SCHEMA",
            help="Who reads: a file, a model (`shop.events:Order`), `git:REF`, `git:REF:PATH`, "
            "`registry:SUBJECT@VERSION`; several if repeated.",
            show_default=False,
        ),
    ],
    subject: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Whose history the events are of; that of the first reader.", show_default=False
        ),
    ] = None,
    writer: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ID=SCHEMA",
            help="The schema that messages with an id were written with, where no registry is asked.",
            show_default=False,
        ),
    ] = None,
    registry: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Asked for the schemas that messages name by id.", show_default=False),
    ] = None,
    decode: Annotated[
        str, typer.Option(metavar="auto|always", help="Decode every event, even where its outcome is proved.")
    ] = "auto",
    profile: Annotated[
        bool, typer.Option("--profile", help="Count which optional fields, branches, symbols and defaults occur.")
    ] = False,
    time_field: Annotated[
        str | None,
        typer.Option(metavar="FIELD", help="Where an event has its time: `placedAt`, `meta.time`.", show_default=False),
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="TIME", help="Only events from then on: 2026-05-03.", show_default=False)
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="TIME", help="Only events before then.", show_default=False)
    ] = None,
    sample: Annotated[
        float | None, typer.Option(metavar="PART", help="Look at this part of the events: 0.01.", show_default=False)
    ] = None,
    limit: Annotated[
        int | None, typer.Option(metavar="N", help="Look at the first N events, and no more.", show_default=False)
    ] = None,
    kind: Annotated[
        str | None,
        typer.Option(
            metavar="KIND",
            help="How sources are written, where they do not tell: blocks, prefixed, base64, lines, parquet, arrow.",
            show_default=False,
        ),
    ] = None,
    framing: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="How messages name their schema: confluent, glue, single-object, none.",
            show_default=False,
        ),
    ] = None,
    column: Annotated[
        str | None, typer.Option(metavar="NAME", help="The column of a table with the events.", show_default=False)
    ] = None,
    engine: Annotated[
        str | None,
        typer.Option(
            metavar="ENGINE",
            help="`dask://HOST:PORT`, `spark://HOST:PORT`, `local[*]`; processes here without it.",
            show_default=False,
        ),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(metavar="N", help="Processes here. (default: one a core)", show_default=False)
    ] = None,
    allow_corrupt: Annotated[
        int, typer.Option(metavar="N", min=0, help="Parts that may be unreadable before the run counts as unchecked.")
    ] = 0,
    resume: Annotated[
        Path | None,
        typer.Option(metavar="STATE", help="Keep what was found there, and go on from it.", show_default=False),
    ] = None,
    save: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write what was seen, for `check --observed`.", show_default=False),
    ] = None,
    save_failures: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Write failing events there, as fixtures.", show_default=False),
    ] = None,
    output_format: Annotated[
        str, typer.Option("--format", "-f", metavar="text|json|markdown", help="What is written.")
    ] = "text",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write the report there.", show_default=False)
    ] = None,
    policy: Annotated[
        str | None,
        typer.Option(metavar="lenient|strict", help="JSON Schema: as in `evtcompat check`. (default: lenient)"),
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The configuration. (default: the nearest evtcompat.toml or pyproject.toml)"),
    ] = None,
) -> None:
    """Ask recorded events what a reader makes of them, and which versions are still out there.

    Where the schemas prove what becomes of an event, it is counted and not opened; where they do not, the parts in
    question are looked at. Exit codes: 0 every event is read, 1 recorded events are refused or misread, 3 too much
    could not be read (see --allow-corrupt), or there was no event.
    """
    from evtcompat.cli.options.words import member
    from evtcompat.cli.replaying.request import ReplayRequest
    from evtcompat.cli.replaying.run import run_replay
    from evtcompat.model.verdicts import Policy

    request = ReplayRequest(
        sources=tuple(sources),
        readers=tuple(reader),
        subject=subject,
        writers=tuple(writer or ()),
        registry=registry,
        decode=decode,
        profile=profile,
        time_field=time_field,
        since=since,
        until=until,
        sample=sample,
        limit=limit,
        kind=kind or "",
        framing=framing or "",
        column=column or "",
        engine=engine,
        workers=workers,
        allow_corrupt=allow_corrupt,
        resume=resume,
        save=save,
        save_failures=save_failures,
        output_format=output_format,
        output=output,
        policy=member(Policy, policy, "--policy"),
        config=config,
    )
    raise typer.Exit(run_replay(request))
