"""The pages that the program itself knows, such as a page a rule, and the commands with their options."""

from __future__ import annotations

import ast
import dataclasses
import inspect
import json
import re
import shutil
import sys
from collections.abc import Iterator
from enum import Enum
from importlib.resources import files
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
sys.path[:0] = [str(ROOT / "compat"), str(ROOT / "tests")]

from typer.main import get_command  # noqa: E402 - after the path is set

from evtcompat.cli.application import app  # noqa: E402
from evtcompat.cli.commands import COMMANDS  # noqa: E402
from evtcompat.config.read import _TOP_KEYS as TOP_KEYS  # noqa: E402
from evtcompat.config.values import Config  # noqa: E402
from evtcompat.errors import EvtcompatError  # noqa: E402
from evtcompat.formats.base import DEFAULTS  # noqa: E402
from evtcompat.formats.loading import built_in, by_name  # noqa: E402
from evtcompat.model.documents import NoReferences  # noqa: E402
from evtcompat.model.rules import Rule  # noqa: E402
from evtcompat.rules.catalogue import catalogue  # noqa: E402
from rule_cases import Case, all_cases  # noqa: E402


def generate(folder: Path) -> None:
    """The folder holds the pages of this checkout, and nothing else."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "rules").mkdir(parents=True)
    rules = [catalogue()[name] for name in sorted(catalogue())]
    cases = [case for case in all_cases() if not case.is_repository and case.fires()]
    for rule in rules:
        shown = next((case for case in cases if case.rule == rule.id), None)
        _write(folder / "rules" / f"{rule.id}.md", _rule(rule, shown))
    _write(folder / "rules.md", _rules(rules))
    _write(folder / "commands.md", _commands())
    _write(folder / "configuration.md", _configuration())
    _write(folder / "benchmarks.md", _benchmarks())
    schema = "report.schema.json"
    (folder / schema).write_bytes(files("evtcompat.reporters").joinpath(schema).read_bytes())


def _write(path: Path, lines: Iterator[str]) -> None:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _rules(rules: list[Rule]) -> Iterator[str]:
    yield "# Rules\n"
    yield "Each finding belongs to one rule. `evtcompat explain RULE` prints the same page.\n"
    yield "| rule | severity | schemas | what it finds |\n|---|---|---|---|"
    for rule in rules:
        link, scope = f"[{rule.id}](rules/{rule.id}.md)", rule.format or "all"
        yield f"| {link} | {rule.severity.value} | {scope} | {_cell(rule.what)} |"
    yield "\n```{toctree}\n:hidden:\n"
    yield from (f"rules/{rule.id}" for rule in rules)
    yield "```"


def _rule(rule: Rule, case: Case | None) -> Iterator[str]:
    yield f"# {rule.id}\n"
    yield f"*{rule.severity.value}, {rule.format or 'schemas of every format'}*\n"
    yield f"{rule.what}\n"
    yield f"{rule.why}\n"
    yield f"```text\n{rule.example.strip()}\n```\n"
    yield f"## What to do\n\n{rule.remedy}\n"
    if rule.limits:
        yield f"## Limits\n\n{rule.limits}\n"
    if case is not None:
        yield "## Seen\n"
        yield f"{case.expected['about']}\n"
        yield from _seen(rule, case)
    words = [rule.registry_name] if rule.registry_name else _registry_words(rule, case)
    if words:
        yield "## What a Confluent registry calls it\n"
        yield from (f"- `{word}`" for word in words)
        yield ""


def _seen(rule: Rule, case: Case) -> Iterator[str]:
    """The documents of a case, and the first finding of the rule in it."""
    for path in sorted(case.folder.iterdir(), key=lambda one: (not one.name.startswith("old"), one.name)):
        if path.name != "expected.json":
            yield f"`{path.name}`\n\n```json\n{path.read_text(encoding='utf-8').strip()}\n```\n"
    for name, result in case.expected["results"].items():
        for finding in result["findings"]:
            if finding["rule"] == rule.id:
                yield from _finding(name, finding)
                return


def _registry_words(rule: Rule, case: Case | None) -> list[str]:
    """What a registry calls the changes of a case, where it refuses them."""
    if case is None or rule.format is None:
        return []
    documents = {path.stem: path for path in case.folder.iterdir() if path.stem in {"old", "new"}}
    if len(documents) < 2:  # noqa: PLR2004 - a pair
        return []
    schema_format = by_name(rule.format)
    words: dict[str, None] = {}
    for reader, writer in (("new", "old"), ("old", "new")):
        try:
            sides = [
                schema_format.parse(
                    schema_format.read(path.read_text(encoding="utf-8"), path.name, name=path.name), NoReferences()
                )
                for path in (documents[reader], documents[writer])
            ]
            words |= dict.fromkeys(schema_format.refusals(*sides, DEFAULTS))
        except EvtcompatError:
            continue  # a case whose documents refer to others
    return list(words)


def _finding(name: str, finding: dict[str, Any]) -> Iterator[str]:
    yield f"{name}:\n\n> {finding['message']}\n"
    witness = finding.get("witness")
    if witness:
        yield f"```json\n{json.dumps(witness, indent=1, ensure_ascii=False)}\n```\n"


def _configuration() -> Iterator[str]:
    """Every key, from the table of the reader and from what stands beside the fields that the keys become."""
    yield "# Configuration keys\n"
    yield "They stand in `evtcompat.toml`, or in `[tool.evtcompat]` of `pyproject.toml`."
    yield "The [guide](../../configuration.md) has all of them in one file, and says which setting wins.\n"
    yield "| key | what it says | without it |\n|---|---|---|"
    fields = {one.name: one for one in dataclasses.fields(Config)}
    comments = field_comments(Path(inspect.getfile(Config)), "Config")
    for key in TOP_KEYS:
        for shown, name in FIELDS_OF_KEYS.get(key, {key: key.replace("-", "_")}).items():
            said = comments[name].replace("`None`", "absent, it")
            yield f"| `{shown}` | {_cell(said)} | {_cell(_default(fields[name]))} |"
    for schema_format in built_in():
        for setting in schema_format.settings:
            words = ", ".join(f"`{one}`" for one in setting.choices) or "`true`, `false`"
            yield f"| `{schema_format.name}.{setting.name}` | {words} | |"


#: Keys that are called otherwise than the fields of `Config` that they become.
FIELDS_OF_KEYS = {
    "severity": {"severity": "severities"},
    "registry": {"registry.url": "registry_url", "registry.subject-name-strategy": "subject_strategy"},
}


def field_comments(path: Path, name: str) -> dict[str, str]:
    """The comments that begin with ``#:`` above the fields of a class, by field."""
    lines = path.read_text(encoding="utf-8").splitlines()
    start = next(index for index, line in enumerate(lines) if line.startswith(f"class {name}"))
    found: dict[str, str] = {}
    comment: list[str] = []
    for line in lines[start + 1 :]:
        if line and not line.startswith(" "):
            break
        text = line.strip()
        if text.startswith("#:"):
            comment.append(text.removeprefix("#:").strip())
        elif match := re.match(r"(\w+): ", text):
            found.setdefault(match[1], " ".join(comment).replace("``", "`"))
            comment = []
        else:
            comment = []
    return found


def _default(field: dataclasses.Field[Any]) -> str:
    value = field.default
    if value is dataclasses.MISSING or value is None or value == ():
        return ""
    if isinstance(value, Enum):
        return f"`{value.value}`"
    items = value if isinstance(value, tuple) else (value,)
    return ", ".join(f"`{one}`" for one in items)


def _benchmarks() -> Iterator[str]:
    """Every benchmark, in its own words."""
    yield "# Benchmarks\n"
    yield "What evtcompat costs is measured by scripts of the repository, on your machine: figures of another one"
    yield "say little. Each prints what it measured; those that compare run both sides in turn.\n"
    for path in sorted((ROOT / "benchmarks").glob("*.py")):
        source = path.read_text(encoding="utf-8")
        if '__name__ == "__main__"' not in source:  # a part of one
            continue
        said = ast.get_docstring(ast.parse(source)) or ""
        yield f"## {path.stem}\n"
        for part in said.split("\n\n"):
            yield f"```text\n{part}\n```\n" if part.startswith("    ") else f"{part}\n"


def _commands() -> Iterator[str]:
    yield "# Commands\n"
    yield "`evtcompat COMMAND --help` says the same.\n"
    group = get_command(app)
    for name in COMMANDS:
        command = group.get_command(None, name)  # type: ignore[attr-defined]
        subcommands = getattr(command, "commands", {})
        yield from _command(f"evtcompat {name}", command, "##")
        for sub, found in subcommands.items():
            yield from _command(f"evtcompat {name} {sub}", found, "###")


def _command(name: str, command: Any, level: str) -> Iterator[str]:  # noqa: ANN401 - Typer's own classes have no names
    yield f"{level} {name}\n\n{command.help or ''}\n"
    rows = [row for row in map(_parameter, command.params) if row]
    if rows and not getattr(command, "commands", {}):
        yield "| | |\n|---|---|"
        yield from rows
        yield ""


def _parameter(parameter: Any) -> str:  # noqa: ANN401 - see above
    if parameter.name == "help" or getattr(parameter, "hidden", False):
        return ""
    names = ", ".join(parameter.opts) if parameter.param_type_name == "option" else ""
    word = "" if getattr(parameter, "is_flag", False) else str(parameter.metavar or parameter.name.upper())
    said = " ".join(filter(None, (names, word))).replace("|", "\\|")
    return f"| `{said}` | {_cell(getattr(parameter, 'help', '') or '')} |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
