"""`evtcompat contract`: what each consumer needs of an event."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from evtcompat.cli.options.numbers import a_number

app = typer.Typer(
    name="contract",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="What each consumer needs of an event, held against what is produced.",
)

Folder = Annotated[
    Path | None,
    typer.Option(
        "--contracts", metavar="DIR", help="The folder of contracts. (default: what the configuration says, contracts)"
    ),
]
Schemas = Annotated[
    list[str] | None,
    typer.Option(metavar="PATH", help="Where the subjects lie; what the configuration names, or `.`."),
]
Config = Annotated[Path | None, typer.Option(metavar="FILE", help="The configuration, as in `check`.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write it there.")]
Model = Annotated[
    list[str] | None,
    typer.Option(
        metavar="MODULE:NAME",
        help="A contract's Python model that may be imported, which runs its module. EVTCOMPAT_ALLOW_IMPORTS=1 in your "
        "environment allows all.",
    ),
]
Table = Annotated[str, typer.Option("--format", "-f", metavar="text|json", help="What is written.")]


@app.command()
def init(
    subject: Annotated[str, typer.Argument(metavar="SUBJECT", help="For example `order-placed`.", show_default=False)],
    consumer: Annotated[str, typer.Argument(metavar="CONSUMER", help="For example `shipping`.", show_default=False)],
    needs: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATH", help="A part that it needs, such as `lines[].sku`; with `?` one that it can do without."
        ),
    ] = None,
    reader: Annotated[
        Path | None, typer.Option("--schema", metavar="FILE", help="The consumer's own reader schema instead.")
    ] = None,
    pact: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The consumer's Pact file with messages instead.")
    ] = None,
    message: Annotated[
        str | None, typer.Option(metavar="DESCRIPTION", help="With --pact: the message that is meant.")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(metavar="MODULE:NAME", help="The consumer's Python model instead; its module is imported."),
    ] = None,
    model_folder: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="With --model: where the module lies. (default: the configuration's folder)"),
    ] = None,
    against: Annotated[
        str | None, typer.Option(metavar="VERSION", help="The version that types are taken from. (default: the newest)")
    ] = None,
    replace: Annotated[bool, typer.Option("--replace", help="Write an existing contract anew.")] = False,
    folder: Folder = None,
    schemas: Schemas = None,
    config: Config = None,
) -> None:
    """Write what a consumer needs into the folder that it shares with the producers.

    Without --needs, --schema, --pact and --model the consumer needs every part that the version promises: take out what
    it does not read. The types of the parts are written down with them, so that no later change of the schema moves
    them.
    """
    from evtcompat.cli.contracting.beginning import Beginning, Forms, write_contract
    from evtcompat.cli.contracting.contracts import Asked, open_contracts
    from evtcompat.reporters.terminal import printable

    forms = Forms(reader, pact, message, model, model_folder)
    beginning = Beginning(subject, consumer, tuple(needs or ()), forms, against, replace)
    asked = Asked(contracts=folder, schemas=tuple(schemas or ()), config=config)
    with open_contracts(asked) as opened:
        typer.echo(printable(write_contract(opened, beginning)))


@app.command("list")
def list_(
    output_format: Table = "text",
    output: Output = None,
    model: Model = None,
    folder: Folder = None,
    schemas: Schemas = None,
    config: Config = None,
) -> None:
    """List the contracts, and what each one asks for."""
    from evtcompat.cli.contracting.contracts import Asked, open_contracts
    from evtcompat.cli.contracting.tables import listing, table_text
    from evtcompat.cli.terminal.output import text_output
    from evtcompat.writing import check_report

    check_report(output)
    asked = Asked(contracts=folder, schemas=tuple(schemas or ()), config=config, models=tuple(model or ()))
    with open_contracts(asked) as opened:
        found, code = listing(opened)
    text_output(table_text(found, output_format, to_file=output is not None), output_format, output)
    raise typer.Exit(code)


@app.command()
def verify(
    subjects: Annotated[
        list[str] | None, typer.Argument(metavar="SUBJECT", help="Only contracts about these subjects.")
    ] = None,
    consumer: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only contracts of these consumers.")
    ] = None,
    writers: Annotated[
        str | None,
        typer.Option(
            metavar="newest|all|VERSIONS",
            help="The versions that are written, separated by commas. (default: the newest, and what running "
            "services write)",
        ),
    ] = None,
    policy: Annotated[
        str | None, typer.Option(metavar="lenient|strict", help="JSON Schema: as in `evtcompat check`.")
    ] = None,
    output_format: Annotated[
        list[str] | None,
        typer.Option("--format", "-f", metavar="FORMAT[:FILE]", help="As in `evtcompat check`. (default: text)"),
    ] = None,
    output: Output = None,
    produced: Annotated[
        str | None,
        typer.Option(
            metavar="FILE|MODULE:FUNCTION",
            help="Events of a subject that are really produced: lines, or a function.",
        ),
    ] = None,
    deadline: Annotated[
        float,
        typer.Option(min=0.1, max=86_400, callback=a_number, metavar="SECONDS", help="What that function may take."),
    ] = 30.0,
    undecided: Annotated[
        str | None,
        typer.Option(metavar="exit|warn|error", help="What an undecided run ends with: code 4, 0 or 1."),
    ] = None,
    staged: Annotated[
        bool, typer.Option("--staged", help="In a commit hook: contracts and schemas as they are staged.")
    ] = False,
    model: Model = None,
    folder: Folder = None,
    schemas: Schemas = None,
    config: Config = None,
) -> None:
    """Hold what is produced against what each consumer needs, and show the event that breaks whom.

    Every event that a version may send is compared, not an example. Adding what a contract does not mention breaks
    nothing, unless the consumer's own schema forbids it. Exit codes are those of `check`.
    """
    from evtcompat.cli.contracting.contracts import Asked, verify_contracts
    from evtcompat.cli.options.words import member
    from evtcompat.model.verdicts import Policy

    asked = Asked(
        contracts=folder,
        schemas=tuple(schemas or ()),
        config=config,
        policy=member(Policy, policy, "--policy"),
        subjects=tuple(subjects or ()),
        consumers=tuple(consumer or ()),
        writers=writers,
        formats=tuple(output_format or ()),
        output=output,
        undecided=undecided,
        produced=produced,
        deadline=deadline,
        staged=staged,
        models=tuple(model or ()),
    )
    raise typer.Exit(verify_contracts(asked))


@app.command()
def usage(
    subjects: Annotated[list[str] | None, typer.Argument(metavar="SUBJECT", help="Only these subjects.")] = None,
    output_format: Annotated[
        str, typer.Option("--format", "-f", metavar="text|json|markdown|html", help="What is written.")
    ] = "text",
    output: Output = None,
    model: Model = None,
    folder: Folder = None,
    schemas: Schemas = None,
    config: Config = None,
) -> None:
    """Show which consumer needs which part of an event: what nobody needs may go.

    It also tells contracts that are older than the schema, and those that ask for what was never promised.
    """
    from evtcompat.cli.contracting.contracts import Asked, open_contracts
    from evtcompat.cli.contracting.tables import usage_page, usages
    from evtcompat.cli.terminal.output import text_output
    from evtcompat.writing import check_report

    check_report(output)
    asked = Asked(
        contracts=folder,
        schemas=tuple(schemas or ()),
        config=config,
        subjects=tuple(subjects or ()),
        models=tuple(model or ()),
    )
    with open_contracts(asked) as opened:
        found, problems, code = usages(opened)
    page = usage_page(found, problems, output_format, to_file=output is not None)
    text_output(page, output_format, output)
    raise typer.Exit(code)
