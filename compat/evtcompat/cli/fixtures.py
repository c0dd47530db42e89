"""`evtcompat fixtures generate` and `evtcompat fixtures verify`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from evtcompat.cli.options.past import NEWEST, Past
from evtcompat.model.counts import counted

if TYPE_CHECKING:
    from evtcompat.payloads.matrix import Subject

app = typer.Typer(
    name="fixtures",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Payloads of every version on disk, with what each reader must see.",
    context_settings={"help_option_names": ["-h", "--help"]},
)

_Schemas = Annotated[
    list[str] | None,
    typer.Option(
        "--schemas",
        metavar="PATH",
        help="Where the versions lie; what the configuration names, or `.`.",
        show_default=False,
    ),
]


@app.command()
def generate(
    subject: Annotated[
        str, typer.Argument(metavar="SUBJECT", help="The subject, for example `order-placed`.", show_default=False)
    ],
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="A folder of its own.", show_default=False)
    ],
    schemas: _Schemas = None,
    policy: Annotated[
        str | None,
        typer.Option(metavar="lenient|strict", help="JSON Schema: as in `evtcompat check`. (default: lenient)"),
    ] = None,
    past: Past = NEWEST,
    seed: Annotated[int, typer.Option(help="Combines the boundaries otherwise; the same seed, the same bytes.")] = 0,
    schema_id: Annotated[
        list[str] | None,
        typer.Option(
            metavar="VERSION=ID",
            help=(
                "What your registry calls a version: an id of Confluent's wire format (default: 1, 2, 3 ...), or a "
                "UUID of Glue's and of Confluent's header (default: made of the schema)."
            ),
            show_default=False,
        ),
    ] = None,
    wire: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME",
            help=(
                "A wire format besides those of the format: `glue`, `glue-zlib` (compressed), or `confluent-header` "
                "(the schema's guid in a header)."
            ),
            show_default=False,
        ),
    ] = None,
) -> None:
    """Write payloads of every version, with what each reader must see, poison and sequences, for tests of consumers.

    The folder must be empty, or one that this command wrote: nothing else is ever overwritten.
    """
    from evtcompat.cli.options.words import member
    from evtcompat.cli.terminal.progress import waiting
    from evtcompat.dataclasses import replace
    from evtcompat.errors import UsageError
    from evtcompat.formats.wire import BY_UUID
    from evtcompat.model.histories import version_name
    from evtcompat.model.verdicts import Policy
    from evtcompat.payloads.contents import Ids, folder_contents
    from evtcompat.payloads.matrix import MOST_PAYLOADS, ParsedSubject, matrix_of
    from evtcompat.payloads.subjects import Catalogue
    from evtcompat.payloads.writing import check_fixtures, write_folder
    from evtcompat.reporters.terminal import printable

    wires = tuple(dict.fromkeys(wire or ()))
    if unknown := [name for name in wires if name not in BY_UUID]:
        message = f"--wire {unknown[0]}: one of {', '.join(BY_UUID)}"
        raise UsageError(message)
    with Catalogue(Path.cwd(), schemas or (), policy=member(Policy, policy, "--policy"), past=past) as catalogue:
        parsed = ParsedSubject(catalogue.readable(subject))
        check_fixtures(output, parsed.subject.name)
        with waiting("Writing and reading payloads") as tell:
            made = matrix_of(parsed, seed, tell)
        contents = folder_contents(parsed, made, Ids.parse(parsed.subject.labels, schema_id or ()), wires)
    written = write_folder(output, contents)
    size = len(contents.manifest) + sum(len(data) for data in contents.files.values())
    typer.echo(
        printable(f"{output}: {counted(len(contents.files) + 1, 'file')}, {size / 1024:.0f} KiB; {written.words()}")
    )
    for version in made.versions:
        called = version_name(version.label)
        if version.stopped:
            text = f"{called}: {version.uncovered} boundaries have no payload, and there may be more: "
            typer.echo(printable(f"{text}the schema leads to too many to try all"))
        elif version.uncovered:
            text = f"{called}: {version.uncovered} boundaries have no payload: at most {MOST_PAYLOADS} are made"
            typer.echo(printable(text))
    say_left_out(replace(parsed.subject, left_out=(*parsed.subject.left_out, *contents.left_out)))


@app.command()
def verify(
    folders: Annotated[
        list[Path], typer.Argument(metavar="DIR", help="Fixture folders, or folders of such.", show_default=False)
    ],
    schemas: _Schemas = None,
) -> None:
    """Read every fixture again with today's schemas, and list what no longer holds, one line a problem.

    Exit codes: 0 everything holds, 1 something does not, 3 it could not be verified.
    """
    from evtcompat.cli.terminal.progress import each
    from evtcompat.errors import UncheckedError, UsageError, told_as_fault
    from evtcompat.payloads.folder import find_folders
    from evtcompat.payloads.subjects import Catalogue
    from evtcompat.payloads.verifying import verify_folder
    from evtcompat.reporters.terminal import printable

    problems: list[str] = []
    unread: list[UncheckedError] = []
    with Catalogue(Path.cwd(), schemas or ()) as catalogue:
        made: list[Path] = []
        for folder in folders:
            found = find_folders(folder)
            if not found:
                message = f"{folder}: there are no fixtures here: no manifest.json of evtcompat"
                raise UncheckedError(message, hint=f"evtcompat fixtures generate SUBJECT -o {folder}")
            made += found
        for one in each(made, "Verifying"):
            try:
                with told_as_fault(f"verifying {one}"):
                    problems += verify_folder(one, catalogue)
            except UncheckedError as error:  # the others are verified all the same
                named = str(one) in str(error)
                unread.append(error if named else UncheckedError(f"{one}: {error.message}", hint=error.hint))
            except UsageError as error:  # a subject that is gone is no wrong word of whoever calls
                unread.append(UncheckedError(f"{one}: {error.message}", hint=error.hint))
    for problem in problems:
        typer.echo(printable(problem))
    for other in unread if problems else unread[1:]:
        typer.echo(printable(f"evtcompat: {other}"), err=True)
    if problems:
        raise typer.Exit(1)
    if unread:
        raise unread[0]


def say_left_out(subject: Subject) -> None:
    """Tell which old versions could not be read, and end with 3 where there are such.

    Raises:
        UncheckedError: There are.
    """
    from evtcompat.errors import UncheckedError

    if subject.left_out:
        message = f"left out, as they cannot be read: {'; '.join(subject.left_out)}"
        raise UncheckedError(
            message,
            hint="Everything else is as shown. `exclude` leaves a file out for good, --past N older contents of git.",
        )
