"""The work behind `evtcompat contract list` and `usage`: contracts as a table, and who needs which part."""

from __future__ import annotations

from collections.abc import Sequence

from evtcompat.checking.problems import problem_of
from evtcompat.cli.contracting.contracts import Opened
from evtcompat.contracts.model import Contract
from evtcompat.contracts.usage import Usage, usage_of
from evtcompat.errors import EvtcompatError, UsageError
from evtcompat.model.reports import Problem


def listing(opened: Opened) -> tuple[tuple[Sequence[Contract], Sequence[Problem]], int]:
    """The contracts, what is wrong with others, and the exit code."""
    contracts = opened.contracts()
    problems = [problem_of(error) for error in contracts.problems]
    return (contracts.all, problems), 3 if problems else 0


def table_text(found: tuple[Sequence[Contract], Sequence[Problem]], output_format: str, *, to_file: bool) -> str:
    """The list of contracts as text or JSON.

    Raises:
        UsageError: There is no such format.
    """
    from evtcompat.cli.terminal.screen import terminal
    from evtcompat.reporters.terminal import Terminal
    from evtcompat.reporters.usage import contracts_json, contracts_text

    if output_format == "json":
        return contracts_json(*found)
    if output_format == "text":
        return contracts_text(*found, Terminal() if to_file else terminal())
    message = f"--format {output_format}: there is no such format"
    raise UsageError(message, hint="Known: text, json.")


def usages(opened: Opened) -> tuple[Sequence[Usage], Sequence[Problem], int]:
    """The usage of each subject that has contracts, what could not be read, and the exit code."""
    contracts = opened.contracts()
    problems = [problem_of(error) for error in contracts.problems]
    found = []
    for name in sorted({one.subject for one in contracts.all}):
        try:
            found.append(usage_of(opened.subject(name), [one for one in contracts.all if one.subject == name]))
        except EvtcompatError as error:
            problems.append(problem_of(error, name))
    return found, problems, 3 if problems else 0


def usage_page(found: Sequence[Usage], problems: Sequence[Problem], output_format: str, *, to_file: bool) -> str:
    """The usage of subjects in a format.

    Raises:
        UsageError: There is no such format.
    """
    from evtcompat.cli.terminal.screen import terminal
    from evtcompat.reporters import usage
    from evtcompat.reporters.terminal import Terminal
    from evtcompat.reporters.usage_html import usage_html

    formats = {"json": usage.usage_json, "markdown": usage.usage_markdown, "html": usage_html}
    if output_format == "text":
        return usage.usage_text(found, problems, Terminal() if to_file else terminal())
    if output_format not in formats:
        message = f"--format {output_format}: there is no such format"
        raise UsageError(message, hint=f"Known: text, {', '.join(formats)}.")
    return formats[output_format](found, problems)
