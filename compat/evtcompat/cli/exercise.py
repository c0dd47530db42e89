"""`evtcompat exercise`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evtcompat.cli.options.numbers import a_number


def exercise(
    subject: Annotated[
        str, typer.Argument(metavar="SUBJECT", help="The subject, for example `order-placed`.", show_default=False)
    ],
    old: Annotated[
        str | None,
        typer.Option(
            metavar="CONSUMER",
            help=(
                "The deployed consumer: `package.module:callable`, with `@venv:FOLDER`, `@git:REF` or `@wheel:FILE` "
                "behind it when its code is not the one here."
            ),
        ),
    ] = None,
    new: Annotated[str | None, typer.Option(metavar="CONSUMER", help="The consumer under change, likewise.")] = None,
    service: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="A whole service instead of functions: a table `exercise.services.NAME` of the configuration.",
        ),
    ] = None,
    chain: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help="Several services after one another: a table `exercise.chains.NAME` of the configuration.",
        ),
    ] = None,
    fixtures: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="The payloads: a folder that `evtcompat fixtures generate` or you wrote."),
    ] = None,
    encoding: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            help=(
                "Of generated payloads: confluent, binary, single-object or json (default: confluent, for JSON json); "
                "and what `fixtures generate --wire` has written: glue, glue-zlib, confluent-header."
            ),
        ),
    ] = None,
    observe: Annotated[
        str,
        typer.Option(
            metavar="returns|NAME",
            help=(
                "What shows a consumer's effect, to compare new with old and to judge repeated deliveries by: its "
                "return value, or a list or a function in its module (`state`) or another one "
                "(`package.module:state`)."
            ),
        ),
    ] = "nothing",
    agree: Annotated[
        str | None,
        typer.Option(
            metavar="FUNCTION",
            help=(
                "`package.module:function`, called with what the reader's schema says it saw and with the effect: "
                "False or an exception where they do not agree. Without it, fields are compared by their names."
            ),
        ),
    ] = None,
    config: Annotated[
        Path | None, typer.Option("--config", metavar="FILE", help="The configuration, instead of the nearest one.")
    ] = None,
    transport: Annotated[
        str | None,
        typer.Option(
            metavar="URL",
            help=(
                "A real broker for a second level: `redis://`, `kafka://`, `nats://`, `amqp://` or `sqs://` with "
                "HOST:PORT, or your own. `redis:`, `nats:`, `amqp:`, `sqs:` and `kafka:` start a private one."
            ),
        ),
    ] = None,
    faults: Annotated[
        bool,
        typer.Option(
            "--faults", help="A third level: crash before ack, duplicate, broker cut off and healed, and more."
        ),
    ] = False,
    rate: Annotated[
        float | None,
        typer.Option(
            min=0.1,
            callback=a_number,
            metavar="N",
            help="A service under load instead: so many events a second; old beside new, latency, lag over time.",
        ),
    ] = None,
    seconds: Annotated[
        float,
        typer.Option("--for", min=1, max=86_400, callback=a_number, metavar="SECONDS", help="How long --rate lasts."),
    ] = 30.0,
    level: Annotated[
        str, typer.Option(metavar="LEVEL", help="Which consumers must read which versions, as in `check`.")
    ] = "FULL",
    delivery: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help=(
                "Only once, twice, mixed, reversed, shuffled, poison or burst, or a fault such as crash; several times "
                "for several."
            ),
        ),
    ] = None,
    versions: Annotated[
        list[str] | None,
        typer.Option(metavar="VERSION", help="Only the payloads of these versions; several times for several."),
    ] = None,
    seed: Annotated[int, typer.Option(help="The same seed gives the same deliveries.")] = 0,
    deadline: Annotated[
        float, typer.Option(min=0.1, max=86_400, callback=a_number, help="Seconds that a consumer has for one event.")
    ] = 10.0,
    old_python: Annotated[
        str | None, typer.Option(metavar="PATH", help="The interpreter, or virtual environment, of the old consumer.")
    ] = None,
    new_python: Annotated[str | None, typer.Option(metavar="PATH", help="Likewise of the new one.")] = None,
    output_format: Annotated[
        str, typer.Option("--format", "-f", metavar="text|json|junit", help="What is written.")
    ] = "text",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write the report there.", show_default=False)
    ] = None,
    undecided: Annotated[
        str,
        typer.Option(
            metavar="exit|warn|error", help="What a run ends with that could not observe something: 4, 0 or 1."
        ),
    ] = "exit",
) -> None:
    """Run your old and new consumers on the payloads of every version: in order, twice, out of order, and broken.

    Exit codes: 0 all cells are fine, 1 a consumer failed, 2 wrong usage, 3 something could not be run, 4 an effect
    could not be observed.
    """
    from evtcompat.cli.exercising.run import Request, run_exercise
    from evtcompat.cli.options.words import member
    from evtcompat.model.levels import Level

    request = Request(
        subject=subject,
        service=service,
        chain=chain,
        consumers={"old": (old, old_python), "new": (new, new_python)},
        fixtures=fixtures,
        encoding=encoding,
        observe=observe,
        agree=agree,
        config=config,
        transport=transport,
        faults=faults,
        load=None if rate is None else (rate, seconds),
        level=member(Level, level, "--level") or Level.FULL,
        deliveries=tuple(delivery or ()),
        versions=tuple(versions or ()),
        seed=seed,
        deadline=deadline,
        format=output_format,
        output=output,
        undecided=undecided,
    )
    raise typer.Exit(run_exercise(request))
