"""The payloads of a check's findings, as files."""

from __future__ import annotations

import json
from pathlib import Path

import fastavro
import pytest

from cli_harness import Run
from evtcompat.api import check
from evtcompat.errors import UsageError
from evtcompat.model.reports import Report
from evtcompat.payloads.folder import is_ours, objects, read_manifest, seal_holds
from evtcompat.payloads.witnesses import save_witnesses, witness_contents
from payloads.histories import ROOT, record

OLD = record({"name": "id", "type": "string"})
NEW = record({"name": "id", "type": "string"}, {"name": "total", "type": "long"})


def report() -> Report:
    return check(candidate=NEW, history=[OLD], level="FULL", subject="order-placed")


def test_a_refused_payload_is_refused_from_its_file(tmp_path: Path) -> None:
    """What a consumer's regression test does with it."""
    save_witnesses(report(), tmp_path / "witnesses")
    manifest = read_manifest(tmp_path / "witnesses")
    (entry,) = objects(manifest, "witnesses")
    assert (entry["rule"], entry["expected"]) == ("reader-field-missing-default-value", "reject")
    assert (entry["direction"], entry["encoding"]) == ("backward", "avro-binary")
    path = tmp_path / "witnesses" / f"{entry['payload']}.bin"
    with path.open("rb") as file:
        assert fastavro.schemaless_reader(file, OLD, None) == json.loads(path.with_suffix(".json").read_bytes())
    with path.open("rb") as file, pytest.raises(Exception, match="No default value for field total"):
        fastavro.schemaless_reader(file, OLD, NEW)
    assert seal_holds(manifest)


def test_the_same_report_gives_the_same_bytes() -> None:
    assert witness_contents(report()) == witness_contents(report())


def test_findings_that_are_gone_take_their_files_with_them_and_nothing_else(tmp_path: Path) -> None:
    folder = tmp_path / "witnesses"
    save_witnesses(report(), folder)
    (folder / "notes.txt").write_text("mine", encoding="utf-8")
    save_witnesses(check(candidate=OLD, history=[OLD], subject="order-placed"), folder)
    assert sorted(path.name for path in folder.rglob("*")) == ["manifest.json", "notes.txt"]
    with pytest.raises(UsageError):
        save_witnesses(report(), tmp_path)


def test_a_subject_from_a_stranger_stays_in_the_folder(tmp_path: Path) -> None:
    wild = check(candidate=NEW, history=[OLD], subject="../../etc/passwd\x1b[2J")
    save_witnesses(wild, tmp_path / "witnesses")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["witnesses"]


def test_check_saves_witnesses_and_verify_watches_over_them(run: Run, tmp_path: Path) -> None:
    for path in [ROOT / "schemas" / "order-placed-v2.avsc", ROOT / "schemas" / "rejected" / "order-placed-v3.avsc"]:
        (tmp_path / path.name).write_bytes(path.read_bytes())
    result = run("check", "order-placed-v3.avsc", "--save-witnesses", "w", cwd=tmp_path)
    assert result.code == 1, result.err
    assert is_ours(tmp_path / "w")
    assert run("fixtures", "verify", "w", cwd=tmp_path).code == 0
    mended = tmp_path / "order-placed-v3.avsc"
    text = mended.read_text(encoding="utf-8")
    mended.write_text(text.replace('"name": "currency", ', '"name": "currency", "default": "EUR", '), encoding="utf-8")
    told = run("fixtures", "verify", "w", cwd=tmp_path)
    assert told.code == 1
    assert "proved reader-field-missing-default-value in v3, and is " in told.out
    mended.write_text(text, encoding="utf-8")
    payload = next((tmp_path / "w").rglob("*.bin"))
    payload.write_bytes(payload.read_bytes() + b"x")
    broken = run("fixtures", "verify", "w", cwd=tmp_path)
    assert broken.code == 1
    assert len(broken.out.splitlines()) == 1
