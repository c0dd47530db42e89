"""`evtcompat check`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from evtcompat.reporters.available import DEFAULT, names

if TYPE_CHECKING:
    import typer  # `commands` puts it here before it evaluates the annotations: most calls get along without


def check(
    paths: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PATH",
            help="Schema files or folders, models (`shop.events:Order`); what the configuration names, or `.`.",
        ),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(
            metavar="BASELINE",
            help=(
                "What is deployed: a file or folder, `git:REF`, `git:merge-base:REF`, `registry`, "
                "`registry:SUBJECT@VERSION`, `lock`. Without it: the versions beside the file, and the file's own "
                "content in git."
            ),
        ),
    ] = None,
    level: Annotated[
        str | None,
        typer.Option(
            metavar="LEVEL",
            help=(
                "As registries name it: NONE, BACKWARD, FORWARD or FULL, each but NONE also with _TRANSITIVE. "
                "(default: FULL)"
            ),
        ),
    ] = None,
    policy: Annotated[
        str | None,
        typer.Option(
            metavar="lenient|strict",
            help="JSON Schema: may a writer send properties that its schema does not declare? (default: lenient, no)",
        ),
    ] = None,
    output_format: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            "-f",
            metavar="FORMAT[:FILE]",
            help=f"{', '.join(names())}; may be given several times. (default: {DEFAULT})",
        ),
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write the report there.", show_default=False)
    ] = None,
    fail_on: Annotated[
        str | None,
        typer.Option(metavar="error|warning|note", help="The least severity that fails the check. (default: error)"),
    ] = None,
    undecided: Annotated[
        str | None,
        typer.Option(
            metavar="exit|warn|error", help="What an undecided run ends with: code 4, 0 or 1. (default: exit)"
        ),
    ] = None,
    skipped: Annotated[
        str | None,
        typer.Option(
            metavar="list|fail",
            help="What looks like a schema and cannot be read as one: list it, or end with code 3. (default: list)",
        ),
    ] = None,
    staged: Annotated[
        bool, typer.Option("--staged", help="Check what is staged in git rather than the files; for commit hooks.")
    ] = False,
    changed: Annotated[
        bool, typer.Option("--changed", help="Only schemas that differ from the git baseline, deleted ones included.")
    ] = False,
    history: Annotated[
        bool,
        typer.Option(
            "--history",
            help="Show what did not change since the git baseline, too; it fails nothing.",
        ),
    ] = False,
    config: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The configuration. (default: the nearest evtcompat.toml or pyproject.toml)"),
    ] = None,
    save_witnesses: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write the payload of every finding there.", show_default=False)
    ] = None,
    explain_proof: Annotated[
        bool, typer.Option("--explain-proof", help="JSON Schema: show the arguments that settled each part.")
    ] = False,
    fix: Annotated[
        bool, typer.Option("--fix", help="Apply the fixes that are shown to the files, after asking, and check again.")
    ] = False,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Text: the answer on one line, and nothing else.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Text: unchanged subjects and files left aside, too.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="With --fix: do not ask.")] = False,
    ask: Annotated[
        bool, typer.Option("--ask", help="With a registry: ask it too, and flag where it differs from the prediction.")
    ] = False,
    observed: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Tell how many recorded events each finding hits.", show_default=False),
    ] = None,
    exercised: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE", help="HTML: show what `exercise --format json` wrote; repeatable.", show_default=False
        ),
    ] = None,
) -> None:
    """Compare schemas with what is deployed, and say which consumers break.

    Without any option it finds the versions beside a file (`order-placed-v1.avsc` for `-v2`) and the file's content at
    the git baseline (HEAD in a commit hook, else the merge base with the default branch).
    """
    if staged and not paths and not output_format and output is None:
        import os

        from evtcompat.sources.git.quick import nothing_staged

        if nothing_staged(Path.cwd(), os.environ):
            sys.stdout.write("Nothing is staged that evtcompat watches.\n")
            return

    from evtcompat.cli.checking.run import run_check
    from evtcompat.cli.options.words import member
    from evtcompat.cli.runs.context import CheckRequest
    from evtcompat.model.levels import Level
    from evtcompat.model.verdicts import Policy, Severity

    request = CheckRequest(
        paths=tuple(paths or ()),
        against=against,
        level=member(Level, level, "--level"),
        policy=member(Policy, policy, "--policy"),
        formats=tuple(output_format or ()),
        output=output,
        fail_on=member(Severity, fail_on, "--fail-on"),
        undecided=undecided,
        skipped=skipped,
        staged=staged,
        changed=changed,
        history=history,
        config=config,
        save_witnesses=save_witnesses,
        explain_proof=explain_proof,
        fix=fix,
        yes=yes,
        ask=ask,
        observed=observed,
        exercised=tuple(exercised or ()),
        quiet=quiet,
        verbose=verbose,
    )
    sys.exit(run_check(request))
