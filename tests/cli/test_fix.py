"""`check --fix`: the fixes of one report hold together, change nothing else in the file, and are checked again."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from cli_harness import Run, commit
from evtcompat import check, compare
from evtcompat.model.combined_patches import combined
from evtcompat.model.findings import Finding
from evtcompat.model.patches import Operation, apply_patch
from evtcompat.model.reports import Report
from evtcompat.model.verdicts import Verdict
from evtcompat.syntax.editing import rewritten
from formats.avro.random_pairs import pair
from reference_data import reference_rows

OLD = """{
  "type": "record", "name": "Order", "namespace": "shop",
  "fields": [
    {"name": "id", "type": "string"}
  ]
}
"""
NEW = """{
  // an order, as of this spring
  "type": "record", "name": "Order", "namespace": "shop",
  "fields": [
    {"name": "id", "type": "string"},
    {"name": "currency",   "type": "string"}, /* ISO 4217 */
    {"name": "state", "type": {"type": "enum", "name": "State", "symbols": ["NEW", "PAID"]}}
  ]
}
"""
FIXED = NEW.replace('"currency",   "type": "string"}', '"currency",   "type": "string", "default": ""}').replace(
    '"symbols": ["NEW", "PAID"]}}', '"symbols": ["NEW", "PAID"]}, "default": "NEW"}'
)


def project(folder: Path) -> Path:
    (folder / "order-v1.avsc").write_text(OLD)
    (folder / "order-v2.avsc").write_text(NEW)
    return folder


def test_every_fix_of_a_report_is_applied_in_the_layout_of_the_file(run: Run, tmp_path: Path) -> None:
    here = project(tmp_path)
    result = run("check", "order-v2.avsc", "--fix", "--yes", cwd=here)
    assert (result.code, (here / "order-v2.avsc").read_text()) == (0, FIXED)
    assert (here / "order-v1.avsc").read_text() == OLD
    assert "compatible" in result.out
    assert result.err.count("order-v2.avsc: Give") == 2
    assert result.err.count(" (for order)\n") == 2
    again = run("check", "order-v2.avsc", "--fix", "--yes", cwd=here)
    assert (again.code, again.err) == (0, "There is no fix to apply.\n")


@pytest.mark.slow
def test_what_is_mended_is_held_against_what_it_was_mended_for(run: Run, repository: Path) -> None:
    """Also where it is as it was committed now, and the commit is the first one."""
    (repository / "order.avsc").write_text(OLD)
    commit(repository, "an order")
    (repository / "order.avsc").write_text(OLD.replace('"string"', '"int"', 1))
    result = run("check", "--fix", "--yes", cwd=repository)
    assert (result.code, (repository / "order.avsc").read_text()) == (0, OLD), result.err
    assert "Compared with HEAD (the last commit)." in result.out


@pytest.mark.parametrize(
    ("options", "said"),
    [(("--fix",), "there is no terminal to ask at"), (("--fix", "--yes", "--staged"), "`git add` what it changed")],
)
def test_nothing_is_changed_unasked_or_unseen(options: tuple[str, ...], said: str, run: Run, tmp_path: Path) -> None:
    here = project(tmp_path)
    result = run("check", "order-v2.avsc", *options, cwd=here)
    assert (result.code, (here / "order-v2.avsc").read_text()) == (2, NEW)
    assert said in result.err


@pytest.mark.slow
def test_many_fixes_of_a_file_are_written_together_and_told_in_few_lines(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    properties = {f"f{number}": {"type": "string"} for number in range(300)}
    old = {"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "properties": properties}
    (tmp_path / "order-v1.json").write_text(json.dumps(old))
    (tmp_path / "order-v2.json").write_text(json.dumps({**old, "required": [*properties]}))
    written = []

    def counted(text: str, operations: Sequence[Operation], name: str) -> str:
        written.append(len(operations))
        return rewritten(text, operations, name)

    monkeypatch.setattr("evtcompat.cli.checking.fixing.rewritten", counted)
    said = run("check", "order-v2.json", "--fix", "--yes", cwd=tmp_path).err.splitlines()
    assert json.loads((tmp_path / "order-v2.json").read_text()) == {**old, "required": []}
    assert written == [300, 300]
    assert len(said) == 21
    assert said[-1] == "order-v2.json: 280 more; the report without --fix tells each."


@pytest.mark.slow
def test_a_fix_that_cannot_be_written_keeps_none_of_the_others_from_it(run: Run, tmp_path: Path) -> None:
    def text(*symbols: str) -> str:
        head = "$schema: https://json-schema.org/draft/2020-12/schema\ntype: object\nproperties:\n"
        return head + "".join(f"  {name}: {{enum: {of}}}\n" for name, of in zip("abcd", symbols, strict=True))

    (tmp_path / "order-v1.yaml").write_text(text("[x, u]", "[x, z]", "[x, z]", "[x, u]"))
    (tmp_path / "order-v2.yaml").write_text(text("[x]", "&it [x]", "*it", "[x]"))
    result = run("check", "order-v2.yaml", "--fix", "--yes", "--level", "BACKWARD", cwd=tmp_path)
    assert (tmp_path / "order-v2.yaml").read_text() == text("[x, u]", "&it [x]", "*it", "[x, u]"), result.err
    assert result.err.count("left to you: ") == 2
    assert "the anchor &it is used in several places" in result.err


def test_a_file_behind_a_link_that_leads_out_is_left_alone(run: Run, tmp_path: Path) -> None:
    (tmp_path / "repo").mkdir()
    here = project(tmp_path / "repo")
    (tmp_path / "elsewhere.avsc").write_text(NEW)
    (here / "order-v2.avsc").unlink()
    (here / "order-v2.avsc").symlink_to(tmp_path / "elsewhere.avsc")
    run("check", "order-v2.avsc", "--against", "order-v1.avsc", "--fix", "--yes", cwd=here)
    assert (tmp_path / "elsewhere.avsc").read_text() == NEW


def test_what_fixes_add_to_one_list_and_take_away_is_merged() -> None:
    old = {"$schema": "http://json-schema.org/draft-07/schema#", "enum": ["user", "ip", "auto"]}
    new = {**old, "enum": ["user", "ip", "autoblock"]}
    report = check(candidate=new, history=[old], level="FULL", format="json-schema")
    assert {one.fix.text for one in _shown(report) if one.fix} == {
        'Keep "auto" in `enum`',
        'Take "autoblock" out of `enum`',
    }
    assert _fixed(report, new) == old


DRAFT = {"$schema": "http://json-schema.org/draft-07/schema#"}


def required(*names: str, properties: tuple[str, ...] = ("a", "b", "c"), **more: object) -> dict[str, object]:
    asked = {"required": list(names)} if names else {}
    declared = {"properties": {name: {"type": "string"} for name in properties}} if properties else {}
    return {**DRAFT, "type": "object", **declared, **asked, **more}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (required("a", "b", "c"), required("a")),
        (required("a", "b"), required()),
        (required("a"), required("b")),
        (required("a", "b"), required("b", "c")),
        (required("a", "b", additionalProperties=False), required(properties=(), additionalProperties=False)),
        ({**DRAFT, "type": "string", "pattern": "^a"}, {**DRAFT, "type": "string", "pattern": "^b"}),
        ({**DRAFT, "type": "integer", "multipleOf": 3}, {**DRAFT, "type": "integer", "multipleOf": 7}),
    ],
)
def test_fixes_that_go_together_are_all_offered(old: dict[str, object], new: dict[str, object]) -> None:
    """Those that put something at the end of one list, that begin one list or object, and that set a member alike."""
    report = check(candidate=new, history=[old], level="FULL", format="json-schema")
    findings = [one for comparison in report.subjects[0].comparisons for one in comparison.result.findings]
    assert findings
    assert all(one.fix is not None and one.fix.patch for one in findings), [one.fix for one in findings]
    mended = check(candidate=_fixed(report, new), history=[old], level="FULL", format="json-schema")  # type: ignore[arg-type]  # a JSON value
    assert mended.verdict is Verdict.COMPATIBLE


def test_what_a_mended_schema_refers_to_is_found_from_where_it_stands(run: Run, repository: Path) -> None:
    """Fixes are tried on a schema that is nowhere on disk."""
    address = {**DRAFT, "type": "object"}
    address_of = {"address": {"$ref": "address.json"}}
    old, new = ({**DRAFT, "properties": {"kind": {"enum": list(kinds)}, **address_of}} for kinds in ("ab", "abc"))
    (repository / "address.json").write_text(json.dumps(address))
    (repository / "app.json").write_text(json.dumps(old))
    commit(repository, "one")
    (repository / "app.json").write_text(json.dumps(new))
    assert run("check", ".", "--fix", "--yes", cwd=repository).code == 0
    assert json.loads((repository / "app.json").read_text()) == old


def test_a_fix_that_contradicts_another_is_withheld_with_the_reason() -> None:
    """Both branches may be called C by themselves; both at once, Avro Java has two branches of one name."""

    def empty(name: str) -> dict[str, object]:
        return {"type": "record", "name": name, "fields": []}

    writer = {"type": "record", "name": "X", "fields": [{"name": "w", "type": [empty("A"), empty("B")]}]}
    fields = [{"name": "w", "type": empty("C")}, {"name": "m", "type": "int"}]
    reader = {"type": "record", "name": "X", "fields": fields}
    (subject,) = check(candidate=reader, history=[writer], level="BACKWARD", format="avro").subjects
    texts = [one.fix.text for one in subject.comparisons[0].result.findings if one.fix]
    beginning = "Withheld, as it does not go together with the other fixes: "
    assert (len(texts), sum(text.startswith(beginning) for text in texts)) == (3, 1)


def _shown(report: Report) -> list[Finding]:
    comparisons = [comparison for subject in report.subjects for comparison in subject.comparisons]
    return [one for comparison in comparisons for one in comparison.result.findings if one.fix and one.fix.patch]


def _fixed(report: Report, document: object) -> object:
    """The document with all fixes applied that the report shows."""
    shown = _shown(report)
    patches = {json.dumps(one.fix.patch, default=str): one.fix.patch for one in shown if one.fix is not None}
    together = combined(patches.values(), document)  # type: ignore[arg-type]  # a JSON value
    assert together is not None, "what is shown can be put together"
    return apply_patch(document, together)  # type: ignore[arg-type]  # a JSON value


def _holds_together(reader: object, writer: object, schema_format: str) -> bool:
    """Whether the fixes shown for a pair were applied, and took the errors away that they are for."""
    report = check(candidate=reader, history=[writer], level="BACKWARD", format=schema_format)  # type: ignore[arg-type, list-item]
    if not report.subjects or not any(
        finding.fix is not None and finding.fix.patch
        for comparison in report.subjects[0].comparisons
        for finding in comparison.result.findings
    ):
        return False
    fixed = _fixed(report, reader)
    before = compare(reader=reader, writer=writer, format=schema_format, witnesses=False)  # type: ignore[arg-type]
    after = compare(reader=fixed, writer=writer, format=schema_format, witnesses=False)  # type: ignore[arg-type]

    def errors(findings: object) -> set[tuple[str, str, str]]:
        return {
            (one.rule, one.reader.names or one.reader.pointer, one.writer.names or one.writer.pointer)
            for one in findings  # type: ignore[attr-defined]
            if one.severity.value == "error"
        }

    assert errors(after.findings) <= errors(before.findings), (reader, writer)
    return True


@pytest.mark.slow
def test_fixes_shown_hold_together_on_random_avro_pairs() -> None:
    tried = sum(_holds_together(*pair(seed), "avro") for seed in range(400))
    assert tried > 20


@pytest.mark.slow
def test_fixes_shown_hold_together_on_public_json_schemas() -> None:
    rows = reference_rows("json_real.jsonl.gz")[::6]
    assert sum(_holds_together(row["new"], row["old"], "json-schema") for row in rows) > 1
