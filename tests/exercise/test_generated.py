"""Payloads from a folder of `evtcompat fixtures generate`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cli_harness import Run
from evtcompat.errors import DocumentError
from evtcompat.exercise.generated import generated_payloads

VERSIONS = [
    {"version": label, "folder": f"v{label}", "payloads": [{"name": "01-smallest", "label": "smallest"}]}
    for label in ("1", "2")
]
PILL = {"name": "truncated", "label": "cut short", "content_type": "application/vnd.confluent.avro"}
PAYLOADS = {".json": b'{"a": 1}', ".wire": b"\0\0\0\0\1\2", ".bin": b"\2"}
FILES = {
    **{f"v{label}/01-smallest{suffix}": body for label in ("1", "2") for suffix, body in PAYLOADS.items()},
    "poison/truncated.bin": b"\0\0",
}
MANIFEST = {
    "evtcompat_fixtures": 1,
    "subject": "s",
    "format": "avro",
    "versions": VERSIONS,
    "poison": [PILL],
    "files": {path: hashlib.sha256(body).hexdigest() for path, body in FILES.items()},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of form 1 with one payload a version."""
    (tmp_path / "manifest.json").write_text(json.dumps(MANIFEST))
    for path, body in FILES.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(body)
    return tmp_path


def test_every_version_has_its_payloads_and_the_poison(folder: Path) -> None:
    found = generated_payloads(folder).payloads
    assert [(p.version, p.label, p.body, p.poison) for p in found] == [
        ("1", "smallest", b"\0\0\0\0\1\2", False),
        ("1", "cut short", b"\0\0", True),
        ("2", "smallest", b"\0\0\0\0\1\2", False),
        ("2", "cut short", b"\0\0", True),
    ]
    assert found[0].value == {"a": 1}
    assert {p.content_type for p in found} == {"application/vnd.confluent.avro"}


def test_another_encoding_is_another_file(folder: Path) -> None:
    assert generated_payloads(folder, "binary").payloads[0].body == b"\2"


def test_an_encoding_of_another_format_is_told_with_those_there_are(folder: Path) -> None:
    with pytest.raises(DocumentError, match=r"no encoding json\n  They have confluent, binary, single-object"):
        generated_payloads(folder, "json")


BROKEN: tuple[tuple[object, str], ...] = (
    ({"evtcompat_fixtures": 2}, "of form 2"),
    ({"evtcompat_fixtures": 1}, "not a manifest of evtcompat"),
    ([], "not a manifest of evtcompat"),
    ({**MANIFEST, "format": "thrift"}, "unknown format 'thrift'"),
)


@pytest.mark.parametrize(("manifest", "said"), BROKEN)
def test_a_manifest_that_is_wrong_is_told(folder: Path, manifest: object, said: str) -> None:
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(DocumentError, match=said):
        generated_payloads(folder)


def _of_another_payload(file: Path) -> None:
    """What the manifest says that readers see of it would be said of another one."""
    file.write_bytes(b'{"a": 2}')


def _folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


BAD: dict[str, Callable[[Path], None]] = {
    "has changed since": _of_another_payload,
    "cannot be read": Path.unlink,
    "cannot be read: Is": _folder,
}


@pytest.mark.parametrize("path", ["v1/01-smallest.json", "v2/01-smallest.wire"])
@pytest.mark.parametrize("said", BAD)
def test_a_version_of_which_no_payload_can_be_read_is_not_exercised(folder: Path, path: str, said: str) -> None:
    BAD[said](folder / path)
    with pytest.raises(DocumentError, match=said):
        generated_payloads(folder)


@pytest.mark.parametrize("said", BAD)
def test_one_payload_that_cannot_be_read_hides_none_of_the_others(folder: Path, said: str) -> None:
    BAD[said](folder / "poison/truncated.bin")
    found = generated_payloads(folder)
    assert [(payload.version, payload.poison) for payload in found.payloads] == [("1", False), ("2", False)]
    (unread,) = found.unread
    assert said in unread
    assert "poison/truncated.bin" in unread


def test_a_payload_outside_of_the_folder_is_none(folder: Path) -> None:
    (folder / "manifest.json").write_text(json.dumps({**MANIFEST, "poison": [{**PILL, "name": "../../secret"}]}))
    assert "leads out of the folder" in generated_payloads(folder).unread[0]


@pytest.mark.slow
def test_the_command_takes_such_a_folder(run: Run, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "sink.py").write_text(
        "def handle(body, dead_letter):\n    if len(body) < 6:\n        dead_letter(body, 'too short')\n"
    )
    arguments = ("exercise", "s", "--new", "sink:handle", "--fixtures", str(folder), "--delivery", "once")
    result = run(*arguments, "--delivery", "poison", cwd=tmp_path)
    assert (result.code, result.err) == (0, "")
    assert run(*arguments, "--encoding", "binary", cwd=tmp_path).code == 1
    assert run(*arguments, "--encoding", "rot13", cwd=tmp_path).code == 2


@pytest.mark.slow
def test_what_fixtures_generate_writes_is_exercised(run: Run, tmp_path: Path) -> None:
    """The sample subject of this repository: payloads of both versions, and poison, really reach a consumer."""
    made = tmp_path / "made"
    generated = run("fixtures", "generate", "order-placed", "--schemas", "schemas", "--output", str(made))
    assert generated.code == 0
    (tmp_path / "sink.py").write_text("def handle(body, dead_letter):\n    dead_letter(body)\n")
    arguments = ("exercise", "order-placed", "--new", "sink:handle", "--fixtures", str(made), "--format", "json")
    report = json.loads(run(*arguments, "--delivery", "once", "--delivery", "poison", cwd=tmp_path).out)
    assert report["versions"] == ["1", "2"]
    kinds = {cell["delivery"]: {f["kind"] for f in cell["failures"]} for cell in report["levels"][0]["cells"]}
    assert kinds == {"once": {"set aside"}, "poison": {"set aside"}}, "every good event is set aside, no poison is lost"
