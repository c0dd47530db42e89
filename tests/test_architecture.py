"""Which package may import which, who owns which library, who reads files, and no circles between files.

Imports inside functions count. `docs/architecture.md` draws the same picture. What has a reason to be otherwise is
listed with it, and an entry that is no longer needed fails.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from source_files import package_of, report, source_files

_NOUNS = {"model", "errors", "syntax"}
_FORMATS = {"formats", "formats.loading"}
_CONTAINERS = {"containers", "containers.loading"}
#: From below: each uses those before it, but for the last two, which know nothing of each other.
_TREES = {"sources.tree", "sources.names", "sources.git", "sources.models", "sources.documents", "sources.subjects"}
_HISTORIES = {"sources.baselines", "sources", "sources.removals", "sources.histories", "sources.published"}
_CHECK = _NOUNS | _FORMATS | _TREES | _HISTORIES | {"rules", "config", "checking", "registries"}
#: What the command line shows and takes, and what the work behind its commands has in common.
_SHOWN = {"cli.terminal", "cli.options"}
_WORK = {"payloads", "reading", "writing", "reporters", "reporters.available"}
#: What is like a part of the language, and any may import.
_LANGUAGE = {"dataclasses"}
#: A package or module, and what it may import beside that. Schema formats never import each other.
MAY_IMPORT: dict[str, set[str]] = {
    "__init__": {"api", "model", "errors"},
    "__main__": {"cli"},
    "errors": {"model"},
    "model": set(),
    "syntax": {"model", "errors"},
    "regular": {"errors"},
    "formats": _NOUNS,
    "formats.avro": _NOUNS | {"formats", "regular"},
    "formats.json_schema": _NOUNS | {"formats", "regular"},
    "formats.loading": _NOUNS | {"plugins", "formats", "formats.avro", "formats.json_schema"},
    "containers": _NOUNS | _FORMATS | {"containers.loading"},
    "containers.loading": _NOUNS | _FORMATS | {"plugins", "containers"},
    "folders": set(),
    "kafka_client": {"errors", "model"},
    "plugins": {"errors"},
    "reading": set(),
    "writing": _NOUNS | _FORMATS | {"reading"},
    "rules": _NOUNS | _FORMATS,
    "reporters.available": set(),
    "config": _NOUNS | _FORMATS | {"reading", "rules", "reporters.available"},
    "dataclasses": set(),
    "checking": _NOUNS | _FORMATS | {"rules", "config"},
    "registries": _NOUNS | _FORMATS | {"plugins", "folders", "reading", "writing"},
    "sources.tree": _NOUNS | {"reading"},
    "sources.names": _NOUNS | _FORMATS | _CONTAINERS | {"config", "sources.tree"},
    "sources.git": _NOUNS | {"reading", "sources.tree"},
    "sources.models": _NOUNS | _FORMATS | _CONTAINERS | {"reading", "sources.tree", "sources.names", "sources.git"},
    "sources.documents": _NOUNS
    | _FORMATS
    | _CONTAINERS
    | {"reading", "config", "registries"}
    | (_TREES - {"sources.documents", "sources.subjects"}),
    "sources.subjects": _NOUNS | _FORMATS | {"config"} | (_TREES - {"sources.subjects"}),
    "sources.baselines": _NOUNS | _FORMATS | _CONTAINERS | _TREES,
    "sources": _NOUNS | {"rules", "config", "checking", "sources.baselines"} | _TREES,
    "sources.removals": _NOUNS | _FORMATS | {"config", "checking", "sources.baselines", "sources"} | _TREES,
    "sources.histories": _NOUNS | _FORMATS | {"config", "checking"} | _TREES | (_HISTORIES - {"sources.published"}),
    "sources.published": _NOUNS
    | _FORMATS
    | {"reading", "checking", "registries"}
    | _TREES
    | (_HISTORIES - {"sources.histories"}),
    "api": _CHECK,
    "payloads": _CHECK | {"__init__", "folders", "reading", "writing"},
    "timelines": _CHECK | {"payloads", "reading", "writing"},
    "replay": _CHECK | {"payloads", "kafka_client", "reading", "writing"},
    "exercise": _NOUNS | _FORMATS | {"__init__", "plugins", "payloads", "kafka_client", "reading"},
    "contracts": _CHECK | {"payloads", "reading", "writing"},
    "reporters": _NOUNS
    | _FORMATS
    | {
        "__init__",
        "rules",
        "checking",
        "payloads",
        "timelines",
        "replay",
        "contracts",
        "exercise",
        "reporters.available",
    },
    "testing": _NOUNS | _FORMATS | {"rules", "registries", "checking", "api"},
    "lsp": _NOUNS | {"__init__", "reading", "rules"},
    "pytest_patterns": {"exercise"},
    "pytest_plugin": _CHECK
    | {
        "payloads",
        "contracts",
        "exercise",
        "testing",
        "reporters",
        "reporters.available",
        "cli.runs",
        "cli.contracting",
    },
    "cli.terminal": _NOUNS | {"folders", "writing", "reporters", "reporters.available"},
    "cli.options": {"errors"},
    "cli.runs": _CHECK | {"folders"},
    "cli.checking": _CHECK | _WORK | {"cli.runs", "cli.terminal", "exercise", "replay", "timelines"},
    "cli.contracting": _CHECK | _WORK | _SHOWN | {"cli.runs", "cli.checking", "contracts"},
    "cli.exercising": _CHECK | _WORK | _SHOWN | {"cli.runs", "exercise", "testing"},
    "cli.initialising": _CHECK | _WORK | {"cli.runs"},
    "cli.registering": _CHECK | _WORK | _SHOWN | {"cli.runs", "cli.checking", "testing"},
    "cli.replaying": _CHECK | _WORK | _SHOWN | {"cli.runs", "replay"},
    "cli.reporting": _CHECK | _WORK | _SHOWN | {"cli.runs", "cli.checking", "timelines"},
    "cli": _CHECK
    | _WORK
    | _SHOWN
    | {
        "__init__",
        "api",
        "timelines",
        "lsp",
        "cli.runs",
        "cli.checking",
        "cli.contracting",
        "cli.exercising",
        "cli.initialising",
        "cli.registering",
        "cli.replaying",
        "cli.reporting",
    },
}

#: A library (or `subprocess`), and the packages that may import it: one, unless each has a different program to run.
OWNERS = {
    "fastavro": {"formats.avro"},
    "jsonschema": {"formats.json_schema"},
    "jsonschema_specifications": {"formats.json_schema"},
    "referencing": {"formats.json_schema"},
    "yaml": {"syntax"},
    "requests": {"registries"},
    "urllib3": {"registries"},
    "platformdirs": {"folders"},
    "typer": {
        "cli",
        "cli.terminal",
        "cli.options",
        "cli.checking",
        "cli.exercising",
        "cli.registering",
        "cli.replaying",
    },
    "dataclasses": {"dataclasses", "exercise", "sources.models"},  # beside the first: what runs where evtcompat is not
    "deepdiff": {"exercise"},
    "redis": {"exercise"},
    "nats": {"exercise"},
    "pika": {"exercise"},
    "sqlalchemy": {"exercise"},
    "boto3": {"exercise", "registries"},  # SQS; Glue
    "botocore": {"exercise", "registries"},
    "kafka": {
        "kafka_client",
        "exercise",
    },  # the client; members of groups
    "orjson": {"formats.json_schema"},
    "jsonschema_rs": {"formats.json_schema"},
    "cramjam": {"formats.avro"},
    "lz4": {"formats.avro"},
    "backports": {"formats.avro", "replay"},  # zstd: blocks; whole files
    "fsspec": {"replay"},
    "pyarrow": {"replay"},
    "distributed": {"replay"},
    "pyspark": {"replay"},
    "py4j": {"replay"},
    "subprocess": {"sources.git", "sources.models", "exercise", "contracts"},  # git; models; consumers; producers
    "pygls": {"lsp"},
    "lsprotocol": {"lsp"},
    "werkzeug": {"testing"},
    "pytest": {"pytest_plugin", "pytest_patterns", "testing"},  # the two plugins
}


def test_packages_import_one_way() -> None:
    report(
        (
            f"{file.path} imports {imported.module}: {file.package} -> {target}"
            for file in source_files()
            for imported in file.imports
            if imported.internal
            for target in [package_of(imported.module)]
            if target not in {file.package, *_LANGUAGE, *MAY_IMPORT.get(file.package, ())}
        ),
        "A package uses what is below it. Move what both need to a lower one, or hand it over as an argument; where "
        "the arrow is right, add it to MAY_IMPORT and to docs/architecture.md.",
    )


def test_the_table_has_every_package_and_no_other() -> None:
    found = {file.package for file in source_files()}
    report((f"{name} is not in it" for name in found - MAY_IMPORT.keys()), "MAY_IMPORT says what a new package uses.")
    report((f"{name} is none" for name in MAY_IMPORT.keys() - found), "Take out of MAY_IMPORT what is gone.")


def test_every_library_has_one_owner() -> None:
    report(
        (
            f"{file.path} imports {imported.module}; its owner: {', '.join(OWNERS.get(library, ())) or 'nobody yet'}"
            for file in source_files()
            for imported in file.imports
            if not imported.internal
            for library in [imported.module.split(".")[0]]
            if library in OWNERS or library not in {*sys.stdlib_module_names, "_typeshed"}
            if file.package not in OWNERS.get(library, ())
        ),
        "Ask the package that owns the library for what it can do; a new library gets its owner in OWNERS.",
    )


#: The files that open others in a way of their own, and why: what strangers bring along `reading` reads, in bounds.
OPENING = {
    "reading.py": "the owner",
    "contracts/deployments.py": "a lock, which nobody reads",
    "cli/terminal/faults.py": "the device that swallows everything",
    "cli/main.py": "the device that swallows everything",
    "cli/terminal/output.py": "the summary of a CI step, which grows",
    "exercise/chain_run.py": "a channel, not a file",
    "exercise/git_tree.py": "an archive that git made",
    "exercise/process.py": "what Linux says of processes",
    "exercise/transports/laws.py": "a channel, not a file",
    "exercise/patterns.py": "a channel, not a file",
    "exercise/run.py": "a channel, not a file",
    "exercise/service_stage.py": "a channel, not a file",
    "exercise/servers.py": "where a server of its own writes its log",
    "kafka_client.py": "the person's own settings of a broker",
    "regular/ecma/character_classes.py": "data of the package",
    "reporters/json_report.py": "data of the package",
    "reporters/pages/frame.py": "data of the package",
    "registries/credentials.py": "the person's own list of registries",
    "replay/ledger.py": "the state of a replay, which grows",
    "replay/sources/kinds.py": "recorded events, of any size, a piece at a time",
    "replay/sources/opening.py": "recorded events, of any size, a piece at a time",
    "sources/git/history.py": "git's own list of commits",
    "sources/models/exporter.py": "runs in another interpreter, and reads what evtcompat wrote for it",
    "writing.py": "a device or a pipe that a person named for a report",
}


#: The files that import modules by names that are made at run time, which none of these tests sees, and why.
IMPORTING_BY_NAME = {
    "__init__.py": "the public names, once they are used",
    "cli/commands.py": "the command that runs, and no other",
    "cli/direct.py": "the command that runs, and no other",
    "containers/loading.py": "the built-in kinds",
    "dataclasses.py": "no module, but the methods of a class",
    "exercise/runner.py": "a consumer",
    "exercise/transports/opening.py": "the built-in transports",
    "formats/avro/rules/__init__.py": "a rule is found by being there",
    "formats/loading.py": "the built-in formats",
    "registries/opening.py": "the built-in kinds",
    "reporters/available.py": "a report is found by being there",
    "sources/models/exporter.py": "models of events",
}


def test_modules_are_imported_by_statements() -> None:
    found = {file.path for file in source_files() if file.called & {"import_module", "__import__", "exec", "eval"}}
    report(
        found - IMPORTING_BY_NAME.keys(),
        "Import it by a statement, inside the function where it is heavy, so that arrows and circles are seen.",
    )
    report(IMPORTING_BY_NAME.keys() - found, "Take out of IMPORTING_BY_NAME what does so no more.")


def test_one_module_looks_for_what_other_distributions_add() -> None:
    looking = {file.path for file in source_files() if any(text == "entry_points" for _, text in file.words)}
    report(looking ^ {"plugins.py"}, "`evtcompat.plugins` asks for entry points, and nothing else does.")


def test_one_module_reads_what_a_repository_brings_along() -> None:
    opening = {
        file.path
        for file in source_files()
        if file.package != "testing" and file.called & {"open", "read_bytes", "read_text"}
    }
    report(
        opening - OPENING.keys(),
        "`evtcompat.reading` reads files of strangers in bounds. Where it is no such file, add it to OPENING, and why.",
    )
    report(OPENING.keys() - opening, "Take out of OPENING what opens nothing any more.")


def test_no_circle_between_files() -> None:
    """Nor through an import inside a function. Imports for type checkers alone make no circle."""
    edges = {
        file.module: {found.module for found in file.imports if found.internal and not found.typing_only}
        for file in source_files()
    }
    circles = [circle for module in edges if (circle := circle_through(module, edges))]
    shortest = min(map(len, circles), default=0)
    report(
        {" -> ".join(circle) for circle in circles if len(circle) == shortest},
        "Move what both sides of a circle need to a module below them, or hand it over as an argument.",
    )


def circle_through(start: str, edges: Mapping[str, AbstractSet[str]]) -> list[str] | None:
    """The shortest way by imports from a module back to itself, written from the first of its names; or ``None``."""
    ways = {start: [start]}
    waiting = deque([start])
    while waiting:
        module = waiting.popleft()
        for following in sorted(edges.get(module, ())):
            if following == start:
                first = ways[module].index(min(ways[module]))
                return [*ways[module][first:], *ways[module][:first], min(ways[module])]
            if following not in ways:
                ways[following] = [*ways[module], following]
                waiting.append(following)
    return None


#: Lines of a function, its arguments left out.
LONGEST = 60


def test_every_function_fits_on_a_screen() -> None:
    report(
        (
            f"{file.path}:{name} has {lines}"
            for file in source_files()
            for name, lines in file.functions
            if lines > LONGEST
        ),
        f"No function is longer than {LONGEST} lines: take a step out of it that has a name of its own.",
    )
