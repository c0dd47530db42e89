"""Which package may import which, who owns which library, no circles between files, and formats as packages.

Imports inside functions count. `docs/architecture.md` draws the same picture. What has a reason to be otherwise is
listed with it, and an entry that is no longer needed fails.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict

import pytest

from source_files import ROOT, package_of, source_files

_NOUNS = {"model", "errors", "syntax"}
_FORMATS = {"formats", "formats.loading"}
_CONTAINERS = {"containers", "containers.loading"}
_CHECK = _NOUNS | _FORMATS | {"rules", "config", "checking", "sources", "registries"}
#: A package or module, and what it may import. Schema formats never import each other.
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
    "checking": _NOUNS | _FORMATS | {"rules", "config"},
    "registries": _NOUNS | _FORMATS | {"plugins", "folders", "reading", "writing"},
    "sources": _NOUNS | _FORMATS | _CONTAINERS | {"reading", "rules", "config", "checking", "registries"},
    "api": _CHECK,
    "payloads": _CHECK | {"__init__", "reading", "writing"},
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
    | {"payloads", "contracts", "exercise", "testing", "cli", "reporters", "reporters.available"},
    "cli": _CHECK
    | {
        "__init__",
        "api",
        "payloads",
        "timelines",
        "replay",
        "contracts",
        "exercise",
        "reporters",
        "reporters.available",
        "testing",
        "lsp",
        "folders",
        "reading",
        "writing",
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
    "typer": {"cli"},
    "deepdiff": {"reporters", "exercise"},  # what changed in a schema; in an effect
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
    "subprocess": {"sources", "exercise", "contracts"},  # git; consumers and brokers; producers
    "pygls": {"lsp"},
    "lsprotocol": {"lsp"},
    "werkzeug": {"testing"},
    "pytest": {"pytest_plugin", "pytest_patterns", "testing"},  # the two plugins
}

FORMAT_WORDS = re.compile(r"avro|avsc|json[-_ ]?schema(?!store)", re.IGNORECASE)
#: The files outside the formats' own packages that name a format, and why; a package has one such table for a reason.
NAMING = {
    "cli/help_pages.py": "the files of the examples",
    "contracts/pacts/reading.py": "the language of the readers that pacts become: they speak of JSON",
    "containers/loading.py": "the built-in containers",
    "formats/loading.py": "the built-in formats",
    "registries/base.py": "what a registry means when it names no type",
    "registries/errors.py": "what a Confluent registry takes references for",
    "sources/models/exporter.py": "what libraries of models call what they make",
    "sources/models/recognition.py": "what libraries of models are called",
    "sources/models/importing.py": "files that an import may need, and the dialect of what libraries make",
    "sources/files.py": "what a folder without a schema lacks",
    "sources/git/quick.py": "suffixes of files that are worth a look, before anything is imported",
    "sources/other_kinds.py": "documents that are refused with the name of what they are, and what to do",
    "sources/recognition.py": "what a document lacks that is no schema",
    "sources/naming.py": "words in file names that are no part of the subject",
    "sources/subject_folders.py": "folders between a subject and its versions",
}


def test_packages_import_one_way() -> None:
    wrong = defaultdict(list)
    for file in source_files():
        for imported in file.imports:
            target = package_of(imported.module)
            if imported.internal and target not in {file.package, *MAY_IMPORT[file.package]}:
                wrong[f"{file.package} -> {target}"].append(f"{file.path} imports {imported.module}")
    assert wrong == {}


@pytest.mark.parametrize("package", sorted(MAY_IMPORT))
def test_every_package_of_the_table_exists(package: str) -> None:
    path = ROOT / package.replace(".", "/")
    assert path.is_dir() or path.with_suffix(".py").is_file()


def test_every_library_has_one_owner() -> None:
    wrong = [
        f"{file.path} imports {imported.module}"
        for file in source_files()
        for imported in file.imports
        if not imported.internal
        for library in [imported.module.split(".")[0]]
        if library in OWNERS or library not in {*sys.stdlib_module_names, "_typeshed"}
        if file.package not in OWNERS.get(library, ())
    ]
    assert wrong == []


#: The files that open others in a way of their own, and why: what strangers bring along `reading` reads, in bounds.
OPENING = {
    "reading.py": "the owner",
    "contracts/deployments.py": "a lock, which nobody reads",
    "cli/main.py": "the device that swallows everything",
    "cli/output.py": "the summary of a CI step, which grows",
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


def test_one_module_looks_for_what_other_distributions_add() -> None:
    looking = {file.path for file in source_files() if any(text == "entry_points" for _, text in file.words)}
    assert looking == {"plugins.py"}


def test_one_module_reads_what_a_repository_brings_along() -> None:
    opening = {
        file.path
        for file in source_files()
        if file.package != "testing" and file.called & {"open", "read_bytes", "read_text"}
    }
    assert sorted(opening - OPENING.keys()) == []
    assert sorted(OPENING.keys() - opening) == [], "open nothing any more"


def test_no_circle_between_files() -> None:
    """Nor through an import inside a function. Imports for type checkers alone make no circle."""
    edges = {
        file.module: {found.module for found in file.imports if found.internal and not found.typing_only}
        for file in source_files()
    }

    def reached_from(module: str) -> set[str]:
        reached: set[str] = set()
        waiting = [module]
        while waiting:
            new = edges.get(waiting.pop(), set()) - reached
            reached |= new
            waiting += new
        return reached

    assert [module for module in edges if module in reached_from(module)] == []


def test_only_formats_name_formats() -> None:
    """Checking, rules, reporters, payloads, exercise, configuration and command line work for any format."""
    naming = defaultdict(list)
    for file in source_files():
        if not file.package.startswith("formats.") or file.package == "formats.loading":
            for line, text in file.words:
                if FORMAT_WORDS.search(text):
                    naming[file.path].append(f"{line}: {text}")
    assert {path: found for path, found in naming.items() if path not in NAMING} == {}
    assert NAMING.keys() - naming.keys() == set(), "name none any more"
