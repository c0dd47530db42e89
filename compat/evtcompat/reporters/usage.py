"""Contracts as lists, and the table of who needs what: text, JSON and Markdown. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from evtcompat import __version__
from evtcompat.model.json_texts import document
from evtcompat.reporters.escape import code, markdown
from evtcompat.reporters.sentences import problem_lines
from evtcompat.reporters.terminal import Terminal, inert_json, printable

if TYPE_CHECKING:
    from evtcompat.contracts.model import Contract
    from evtcompat.contracts.usage import Usage
    from evtcompat.model.reports import Problem

#: Of both JSON documents: grows when a field is renamed, removed or changes its meaning.
CONTRACTS_VERSION: Final = 1
#: The first line of the Markdown, by which a later run knows that it may replace the file.
MARKER: Final = "<!-- evtcompat contract usage -->"
#: What a cell of the table says: whether a consumer cannot do without a part, reads it, or does not mention it.
MARKS: Final = {True: "needs", False: "may read", None: ""}


def contracts_text(contracts: Sequence[Contract], problems: Sequence[Problem], terminal: Terminal) -> str:
    """The contracts for a person, one a paragraph."""
    lines = []
    for one in contracts:
        against = f", written against {printable(one.written_against)}" if one.written_against else ""
        name = terminal.style(f"{printable(one.subject)}  {printable(one.consumer)}", "bold")
        lines.append(f"{name}  {printable(str(one.place))}{against}")
        if one.needs:
            lines += terminal.wrap(printable(", ".join(one.needs)), "  needs  ")
        else:
            lines.append(f"  {one.form.value}  {printable(one.written_in or '')}")
        for state in one.states:
            lines += terminal.wrap(printable(state), "  given  ")
        for asked in () if one.about_headers else one.metadata:
            lines += terminal.wrap(printable(asked), "  metadata  ")
        for part in one.undecided:
            lines += terminal.wrap(printable(f"{part.path}: {part.reason}" if part.path else part.reason), "  open  ")
    lines += [line for one in problems for line in problem_lines(one, terminal)]
    if not contracts and not problems:
        lines.append("There is no contract.")
    return "\n".join(lines) + "\n"


def contracts_json(contracts: Sequence[Contract], problems: Sequence[Problem]) -> str:
    """The contracts for a program."""
    listed = [
        {
            "subject": one.subject,
            "consumer": one.consumer,
            "origin": one.place.origin,
            "form": one.form.value,
            "format": one.format.name,
            "needs": list(one.needs),
            "written_against": one.written_against,
            "states": list(one.states),
            "metadata": list(one.metadata),
            "about_headers": one.about_headers,
            "undecided": [{"path": part.path, "reason": part.reason} for part in one.undecided],
            "reader": one.reader.document.value,
        }
        for one in contracts
    ]
    return _json({"contracts": listed}, problems)


def usage_text(found: Sequence[Usage], problems: Sequence[Problem], terminal: Terminal) -> str:
    """The tables for a person, and below each what follows from it."""
    lines: list[str] = []
    for usage in found:
        if lines:
            lines.append("")
        lines.append(terminal.style(f"{printable(usage.subject)}  {printable(usage.version)}", "bold"))
        rows = [["", *usage.consumers], *_rows(usage)]
        widths = [max(len(printable(row[column])) for row in rows) for column in range(len(rows[0]))]
        lines += [
            "  ".join(printable(cell).ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
        for head, text in conclusions(usage):
            lines += terminal.wrap(printable(text), f"{head}  ")
    lines += [line for one in problems for line in problem_lines(one, terminal)]
    if not found and not problems:
        lines.append("There is no contract.")
    return "\n".join(lines) + "\n"


def usage_markdown(found: Sequence[Usage], problems: Sequence[Problem]) -> str:
    """The tables for a page."""
    lines = [MARKER]
    for usage in found:
        lines += [f"### {markdown(usage.subject)} {markdown(usage.version)}", ""]
        lines.append("| | " + " | ".join(code(name, in_table=True) for name in usage.consumers) + " |")
        lines.append("|---|" + "---|" * len(usage.consumers))
        for path, *cells in _rows(usage):
            lines.append(f"| {code(path, in_table=True)} | " + " | ".join(cells) + " |")
        lines += ["", *(f"- **{head}** {markdown(text)}" for head, text in conclusions(usage)), ""]
    for one in problems:
        lines.append("- **Unchecked** " + markdown(f"{one.place or one.subject}: {one.message}"))
    return "\n".join(lines) + "\n"


def usage_json(found: Sequence[Usage], problems: Sequence[Problem]) -> str:
    """The tables for a program."""
    listed = [
        {
            "subject": one.subject,
            "version": one.version,
            "consumers": list(one.consumers),
            "fields": [
                {
                    "path": row.path,
                    "described": row.described,
                    "needed_by": [name for name, needed in row.needed.items() if needed],
                    "read_by": [name for name, needed in row.needed.items() if not needed],
                }
                for row in one.rows
            ],
            "nobody": list(one.nobody),
            "everybody": list(one.everybody),
            "older": dict(one.older),
            "unpromised": {name: list(paths) for name, paths in one.unpromised.items()},
        }
        for one in found
    ]
    return _json({"usage": listed}, problems)


def _rows(usage: Usage) -> Iterator[list[str]]:
    for row in usage.rows:
        yield [row.path, *(MARKS[row.needed.get(name)] for name in usage.consumers)]


def conclusions(usage: Usage) -> Iterator[tuple[str, str]]:
    """What follows from a table: a word that says of whom, and a sentence that goes on from it."""
    if usage.nobody:
        yield "Nobody", f"needs {', '.join(usage.nobody)}: no contract keeps them."
    if usage.everybody:
        yield "Everybody", f"needs {', '.join(usage.everybody)}."
    for name, version in usage.older.items():
        yield "Older", f"{name} wrote its contract against {version}, and {usage.version} is the newest."
    for name, paths in usage.unpromised.items():
        verb = "was" if len(paths) == 1 else "were"
        yield "Unpromised", f"{name} needs {', '.join(paths)}, which {verb} never promised in every event."


def _json(content: dict[str, object], problems: Sequence[Problem]) -> str:
    errors = [{"message": one.message, "hint": one.hint, "place": one.place} for one in problems]
    head = {"evtcompat": __version__, "contracts_version": CONTRACTS_VERSION}
    return inert_json(document(head | content | {"errors": errors}).decode())
