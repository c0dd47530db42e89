"""A schema that nests as deep as real ones do is checked by every command; a deeper one is refused, and ends no run."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from cli_harness import Run
from evtcompat.syntax.limits import MAXIMUM_NESTING

#: Records inside nullable fields of records: four levels of JSON each.
RECORDS = 260


def nested_records(leaf: str) -> str:
    opening = '{"type": "record", "name": "R%d", "fields": [{"name": "f", "default": null, "type": ["null", '
    begin = "".join(opening % level for level in range(RECORDS))
    return f'{begin}"{leaf}"{"]}]}" * RECORDS}'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("deep")
    (found / "order-v1.avsc").write_text(nested_records("int"), encoding="utf-8")
    (found / "order-v2.avsc").write_text(nested_records("string"), encoding="utf-8")
    (found / "small-v1.avsc").write_text('"int"', encoding="utf-8")
    (found / "small-v2.avsc").write_text('"long"', encoding="utf-8")
    for version in (1, 2):
        levels = MAXIMUM_NESTING * 100
        text = '{"type": "array", "items": ' * levels + '"int"' + "}" * levels
        (found / f"too-deep-v{version}.avsc").write_text(text, encoding="utf-8")
    return found


@pytest.mark.long
@pytest.mark.parametrize("form", ["text", "json", "markdown", "junit", "sarif", "html"])
def test_every_report_tells_what_is_wrong_in_the_deepest_part(run: Run, folder: Path, form: str) -> None:
    limit = sys.getrecursionlimit()
    result = run("check", "order-v2.avsc", "--level", "BACKWARD", "--format", form, cwd=folder)
    assert (result.code, result.err) == (1, "")
    assert "int" in result.out
    assert sys.getrecursionlimit() == limit


@pytest.mark.slow
@pytest.mark.parametrize("words", [("diff", "order-v1.avsc", "order-v2.avsc"), ("matrix", "order")])
def test_other_commands_go_as_deep(run: Run, folder: Path, words: tuple[str, ...]) -> None:
    assert run(*words, cwd=folder).code in (0, 1)


@pytest.mark.slow
def test_the_decoder_is_asked_about_a_deep_payload(run: Run, folder: Path) -> None:
    result = run("check", "order-v2.avsc", "--level", "BACKWARD", cwd=folder)
    assert "refused by fastavro" in " ".join(result.out.split())


@pytest.mark.slow
def test_what_is_too_deep_is_told_and_hides_nothing_else(run: Run, folder: Path) -> None:
    result = run("check", "too-deep-v2.avsc", "small-v2.avsc", cwd=folder)
    assert result.code == 1  # the older reader of small does not read a long
    assert f"nested deeper than {MAXIMUM_NESTING} levels" in result.out
    assert "type-mismatch" in result.out
