"""A schema language that evtcompat has never heard of gets every command and every report through one entry point.

A schema is a line of columns, ``id:int,name:string?``, of which those with a question mark may be left empty; an event
is a line of values. All that there is of it stands here; the commands find it as they would find a stranger's.
"""
# ruff: noqa: ARG002 - methods of protocols

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cli_harness import commit
from evtcompat.errors import SchemaError
from evtcompat.formats.base import DEFAULTS, Decision, Options, Schema, SchemaFormat
from evtcompat.formats.encodings import Encoding
from evtcompat.formats.payloads import Generated, PayloadError, Payloads, PoisonMessage
from evtcompat.model.canonical import content_hash
from evtcompat.model.documents import Document, References
from evtcompat.model.mismatches import Explanation, Mismatch
from evtcompat.model.places import Place, tokens
from evtcompat.model.readings import Outcome, Reading
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity, Verdict
from evtcompat.reporters.available import names

WORDS = ("{writer} may leave out {column}, which {reader} needs", "A column is missing.", "why", "`a:int`", "Add it.")
MISSING = Rule("column-missing", Severity.ERROR, "columns", *WORDS)
TYPES = {"int": int, "string": str}


@dataclass(frozen=True)
class Columns(Payloads):
    types: Mapping[str, str]
    optional: frozenset[str]
    documents: Mapping[str, Document] = field(default_factory=dict)

    @property
    def content(self) -> str:
        return content_hash([dict(self.types), sorted(self.optional)])

    def generate(self, seed: int) -> list[Generated]:
        whole = {name: str(seed) if type_ == "int" else "x" for name, type_ in self.types.items()}
        least = whole | dict.fromkeys(self.optional, "")
        return [Generated("a line", (), ",".join(line.values()).encode()) for line in (whole, least)]

    def decode(self, body: bytes) -> dict[str, object]:
        try:
            written = zip(self.types, body.decode().split(","), strict=True)
            given = [(name, text) for name, text in written if text or name not in self.optional]
            return {name: TYPES[self.types[name]](text) for name, text in given}
        except ValueError as error:
            raise PayloadError(str(error)) from error

    def read(self, writer: Payloads, body: bytes) -> Reading:
        assert isinstance(writer, Columns)
        try:
            written = writer.decode(body)
        except PayloadError as error:
            return Reading(Outcome.REFUSED, said=error.message)
        if needed := self.types.keys() - written - self.optional:
            return Reading(Outcome.REFUSED, said=f"there is no column {min(needed)}")
        return Reading(Outcome.OK, {name: value for name, value in written.items() if name in self.types})

    def poison(self, body: bytes, schema_id: int, newer_id: int) -> list[PoisonMessage]:
        return [PoisonMessage("one-too-many", "a value without a column", body + b",?", "text/csv")]


class ColumnsFormat(SchemaFormat):
    name, title, noun, registry_type = "columns", "Columns", "a line of columns", "COLUMNS"
    sign, suffixes = "lines of columns end with .cols", (".cols",)
    encodings = (Encoding("csv", ".csv", "text/csv"),)
    decoder = "columns 1"
    rules = (MISSING,)

    def read(self, text: str, origin: str | None, *, name: str = "", base_uri: str | None = None) -> Document:
        columns = text.strip().split(",")

        def span_of(path: str) -> tuple[int, int]:
            at = int(tokens(path)[0]) if path else 0
            start = sum(len(column) + 1 for column in columns[:at])
            return start, start + len(columns[at])

        return Document(list(columns), origin, text, "columns", base_uri, span_of)

    def parse(self, document: Document, references: References, options: Options = DEFAULTS) -> Columns:
        assert isinstance(document.value, list)
        columns = [str(column).partition(":") for column in document.value]
        for at, (name, _, type_) in enumerate(columns):
            if type_.removesuffix("?") not in TYPES:
                message = f"the column {name} has no type"
                raise SchemaError(message, place=Place(f"/{at}"))
        types = {name: type_.removesuffix("?") for name, _, type_ in columns}
        return Columns(types, frozenset(name for name, _, type_ in columns if type_.endswith("?")))

    def compare(self, reader: Schema, writer: Schema, options: Options) -> Decision:
        assert isinstance(reader, Columns) and isinstance(writer, Columns)  # noqa: PT018 - for the type checker
        sure = writer.types.keys() - writer.optional | reader.optional
        missing = [(at, name) for at, name in enumerate(reader.types) if name not in sure]
        found = tuple(Mismatch(MISSING.id, Place(f"/{at}", name), Place(), {"column": name}) for at, name in missing)
        return Decision.explained(Explanation(found), Verdict.INCOMPATIBLE if found else Verdict.COMPATIBLE)

    def payloads(self, schema: Schema, options: Options = DEFAULTS) -> Columns:
        assert isinstance(schema, Columns)
        return schema


FORMAT = ColumnsFormat()
COMMANDS = [
    ("check schemas/order-v2.cols", 1, "schemas/order-v2.cols:1:8  error  column-missing  (backward: v2 reads v1)"),
    ("check", 1, "V1 may leave out name"),
    (
        "check user.cols --against git:HEAD",
        1,
        "user.cols:1:8  error  column-missing  (backward: your change reads HEAD)",
    ),
    ("check bad.cols", 3, "bad.cols:1:8  unchecked\n  the column name has no type"),
    ("diff schemas/order-v1.cols schemas/order-v2.cols", 0, "+ name:string"),
    ("diff git:HEAD user.cols", 0, "error  column-missing  (new reads old)"),
    ("rules", 0, "column-missing"),
    ("explain column-missing", 0, "Add it."),
    ("matrix order", 0, "v1  1 payload  ok          refused"),
    ("fixtures generate order -o made", 0, "made: 7 files"),
    ("fixtures verify made", 0, ""),
    *((f"check --format {name}", 1, "column-missing") for name in names()),
]


@pytest.mark.slow
def test_it_gets_every_command_and_every_report(repository: Path, tmp_path: Path) -> None:
    info = tmp_path / "columns-1.0.dist-info"
    files = {
        "schemas/order-v1.cols": "id:int",
        "schemas/order-v2.cols": "id:int,name:string",
        "user.cols": "id:int,mail:string?",
        "bad.cols": "id:int,name",
        "evtcompat.toml": 'include = ["schemas/*.cols"]',
        f"{info}/METADATA": "Metadata-Version: 2.1\nName: columns\nVersion: 1.0\n",
        f"{info}/entry_points.txt": f"[evtcompat.formats]\ncolumns = {Path(__file__).stem}:FORMAT\n",
    }
    for name, text in files.items():
        (repository / name).parent.mkdir(exist_ok=True)
        (repository / name).write_text(text)
    commit(repository, "schemas")
    (repository / "user.cols").write_text("id:int,mail:string")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([*sys.path, str(tmp_path)])}
    for command, code, told in COMMANDS:
        words = [sys.executable, "-m", "evtcompat", *command.split()]
        done = subprocess.run(words, cwd=repository, env=environment, capture_output=True, text=True, check=False)
        assert (done.returncode, told in done.stdout) == (code, True), (command, done.stdout, done.stderr)
