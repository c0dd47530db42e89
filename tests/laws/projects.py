"""A project with everything that commands read, and ways to break each of its files."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from cli_harness import Result, Run

DRAFT7: Final = "http://json-schema.org/draft-07/schema#"
SUBJECTS: Final = ("apple", "berry", "cherry")
EVENTS: Final = '{"id": "x", "n": 1}\n' * 3


def record(name: str, **kinds: Any) -> str:  # noqa: ANN401 - any JSON
    """An Avro record; a type with a default is a pair."""
    fields = [
        {"name": field, "type": kind[0], "default": kind[1]}
        if isinstance(kind, tuple)
        else {"name": field, "type": kind}
        for field, kind in kinds.items()
    ]
    return json.dumps({"type": "record", "name": name, "fields": fields})


def described(**kinds: str) -> str:
    """A JSON Schema of an object whose first property is required."""
    properties = {name: {"type": kind} for name, kind in kinds.items()}
    return json.dumps({"$schema": DRAFT7, "type": "object", "properties": properties, "required": [next(iter(kinds))]})


_ASYNCAPI: Final = """asyncapi: 2.6.0
info: {title: t, version: '1'}
channels:
  dates:
    subscribe:
      message:
        name: Date
        payload:
          type: object
          properties: {id: {type: string}}
"""

#: What people wrote, by path. One subject breaks in each language, and one does not.
WRITTEN: Final[Mapping[str, str]] = {
    "evtcompat.toml": "",
    "schemas/apple-v1.avsc": record("Apple", id="string", n="int"),
    "schemas/apple-v2.avsc": record("Apple", id="string", n="string"),
    "schemas/berry-v1.json": described(id="string", n="integer"),
    "schemas/berry-v2.json": described(id="string", n="string"),
    "schemas/cherry-v1.avsc": record("Cherry", id="string", n="int"),
    "schemas/cherry-v2.avsc": record("Cherry", id="string", n="int", m=("int", 0)),
    "schemas/date.yaml": _ASYNCAPI,
    **{f"contracts/{name}/mail.toml": 'needs = ["id", "n"]\nwritten-against = "1"\n' for name in SUBJECTS},
    **{f"events/{name}.jsonl": EVENTS for name in SUBJECTS},
}


def project(folder: Path, run: Run) -> Path:
    """The project, with what commands write: fixtures of each subject, and which services run."""
    for path, text in WRITTEN.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")

    def done(*words: str) -> None:
        result = run(*words, cwd=folder)
        assert result.code == 0, (words, result.out, result.err)

    for name in SUBJECTS:
        done("fixtures", "generate", name, "--schemas", "schemas", "--output", f"made/{name}")
        done("deploy", "record", f"{name}-writer", "1", "--env", "dev", "--writes", f"{name}@1")
        done("deploy", "record", f"{name}-writer", "2", "--writes", f"{name}@2")
        done("deploy", "record", f"{name}-reader", "1", "--env", "dev", "--reads", f"{name}@1")
    return folder


def made_once(folder: Path, run: Run, more: Mapping[str, str] | None = None) -> Path:
    """The healthy project with more files, made by whoever asks first."""
    if not folder.exists():
        folder.mkdir()
        project(folder, run)
        for name, text in (more or {}).items():
            (folder / name).write_text(text, encoding="utf-8")
    return folder


def ended(result: Result, words: tuple[str, ...]) -> Result:
    """The result, which is of a kind that a person is told about."""
    said = result.out + result.err
    assert result.code in range(6), (words, said)
    assert "fault in evtcompat" not in said, (words, said)
    assert "Traceback" not in said, (words, said)
    return result


def copied(master: Path, folder: Path) -> Path:
    """A project of its own."""
    shutil.rmtree(folder, ignore_errors=True)
    return Path(shutil.copytree(master, folder, symlinks=True))


def _schema(**words: object) -> bytes:
    return json.dumps({"$schema": DRAFT7, **words}).encode()


def _field(**words: object) -> bytes:
    return json.dumps({"type": "record", "name": "A", "fields": [{"name": "a", **words}]}).encode()


def _decimal(**words: object) -> bytes:
    return _field(type={"type": "bytes", "logicalType": "decimal", **words})


#: What may stand in the place of any file.
CONTENTS: Final[Mapping[str, bytes]] = {
    "nothing": b"",
    "white space": b" \n\t ",
    "half of an object": b'{"type": "record", "name": ',
    "text": b"hello\n",
    "null characters": b"\0" * 50,
    "no UTF-8": b'{"type": "record", "name": "\xff"}',
    "UTF-16": '{"type": "int"}'.encode("utf-16"),
    "two byte-order marks": b"\xef\xbb\xbf\xef\xbb\xbf{}",
    "a number": b"17",
    "null": b"null",
    "a list": b"[]",
    "lists without end": b"[" * 100_000,
    "objects without end": b'{"a": ' * 50_000,
    "5,000 digits": b'{"$schema": "' + DRAFT7.encode() + b'", "maximum": ' + b"9" * 5_000 + b"}",
    "an exponent of nine digits": b'{"$schema": "' + DRAFT7.encode() + b'", "maximum": 1e999999999}',
    "a member twice": b'{"type": "record", "name": "A", "name": "B", "fields": []}',
    "NaN": b'{"type": "record", "name": "A", "fields": [{"name": "a", "type": "double", "default": NaN}]}',
    "half a character": b'{"type": "record", "name": "A\\ud800", "fields": []}',
    "half a character as a default": _field(type="string", default="\ud800"),
    "a null character in a name": b'{"type": "record", "name": "A\\u0000", "fields": []}',
    "a pointer of Git LFS": b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 12\n",
    "a merge conflict": b"<<<<<<< HEAD\n{}\n=======\n[]\n>>>>>>> x\n",
    "a reference that is a number": b'{"$schema": "http://json-schema.org/draft-04/schema#", "properties": '
    b'{"a": {"$ref": 5}}}',
    "a reference to itself": _schema(**{"$ref": "#"}),
    "a reference to nowhere": _schema(properties={"a": {"$ref": "https://example.com/gone"}}),
    "no regular expression": _schema(pattern="(["),
    "a regular expression without end": _schema(type="string", pattern="^(a|a)*b$", minLength=40),
    "properties that are none": _schema(properties=[1]),
    "a type that is a number": b'{"type": 5}',
    "fields that are a number": b'{"type": "record", "name": "A", "fields": 5}',
    "a name that is a number": b'{"type": "record", "name": 7, "fields": []}',
    "symbols that are an object": b'{"type": "enum", "name": "A", "symbols": {"a": 1}}',
    "a negative size": b'{"type": "fixed", "name": "A", "size": -1}',
    "a size beyond everything": b'{"type": "fixed", "name": "A", "size": 99999999999999999999}',
    "a default of 400 digits": _field(type="double", default=10**400),
    "a scale that is an object": _decimal(precision="x", scale={}),
    "a precision beyond everything": _decimal(precision=10**14, scale=10**11),
    "a record in itself": _field(type="A"),
    "an unknown type": _field(type="Money"),
    "a protocol without types": b'{"protocol": "P", "types": 5}',
    "an AsyncAPI document that is none": b"asyncapi: [1]\n",
    "a bomb of aliases": b"a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n",
    "a Python object": b"!!python/object/apply:os.system ['x']\n",
    "TOML of another form": b"needs = 5\n",
    "a date in TOML": b"needs = [1979-05-27]\nwritten-against = 1\n",
    "a manifest without a subject": b'{"evtcompat_fixtures": 1, "format": "avro"}',
    "a manifest of nothing": b'{"evtcompat_fixtures": 1, "subject": "apple", "format": "avro", "versions": [5]}',
    "a manifest of a wrong version": b'{"evtcompat_fixtures": 1, "subject": "apple", "format": "avro", "versions": '
    b'[{"version": [], "payloads": {}}], "files": []}',
}


def _removed(path: Path) -> None:
    path.unlink()


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _link_to(target: str) -> Callable[[Path], None]:
    def link(path: Path) -> None:
        path.unlink()
        path.symlink_to(target.format(path.name))

    return link


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def _holding(data: bytes) -> Callable[[Path], None]:
    return lambda path: _write(path, data)


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)


#: Ways to break a file, by what it is afterwards.
WAYS: Final[Mapping[str, Callable[[Path], None]]] = {
    **{name: _holding(data) for name, data in CONTENTS.items()},
    "gone": _removed,
    "a folder": _folder,
    "a link to nowhere": _link_to("nowhere"),
    "a link to itself": _link_to("{}"),
    "a link out of the project": _link_to("/etc/hostname"),
    "a named pipe": _pipe,
}
#: One way a kind, for commands that take long.
FEW: Final = ("text", "a list", "gone", "a folder", "lists without end", "no UTF-8")
