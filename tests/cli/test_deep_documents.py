"""A schema that nests as deep as real ones do is checked by every command; a deeper one is refused, and ends no run."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Final

import pytest

from cli_harness import Run
from evtcompat.syntax.limits import MAXIMUM_NESTING

#: Records inside nullable fields of records: four levels of JSON each.
RECORDS = 260


_DIALECT = '"$schema": "https://json-schema.org/draft/2020-12/schema", '
#: Other shapes: what the outermost says besides, what opens and closes a level, what stands at the bottom in either
#: version, and how many levels are read.
SHAPES: Final = {
    "arrays": ("", '"type": "array", "items": ', ('"int"', '"string"'), MAXIMUM_NESTING - 10),
    "maps": ("", '"type": "map", "values": ', ('"int"', '"string"'), MAXIMUM_NESTING - 10),
    "lists": (
        _DIALECT,
        '"minItems": 1, "type": "array", "items": ',
        ('{"type": "integer"}', '{"type": "string"}'),
        500,
    ),
}
AVRO: Final = ("arrays", "maps")


def nested_records(leaf: str) -> str:
    opening = '{"type": "record", "name": "R%d", "fields": [{"name": "f", "default": null, "type": ["null", '
    begin = "".join(opening % level for level in range(RECORDS))
    return f'{begin}"{leaf}"{"]}]}" * RECORDS}'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("deep")
    (found / "order-v1.avsc").write_text(nested_records("int"), encoding="utf-8")
    (found / "order-v2.avsc").write_text(nested_records("string"), encoding="utf-8")
    for name, (head, level, leaves, levels) in SHAPES.items():
        for version, leaf in enumerate(leaves, 1):
            suffix = "avsc" if name in AVRO else "json"
            text = f"{{{head}{level}" + f"{{{level}" * (levels - 1) + leaf + "}" * levels
            (found / f"{name}-v{version}.{suffix}").write_text(text, encoding="utf-8")
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


@pytest.mark.long
@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("form", ["text", "json", "markdown", "html", "github"])
def test_every_report_shows_a_payload_as_deep_as_a_schema_may_be(run: Run, folder: Path, name: str, form: str) -> None:
    suffix = "avsc" if name in AVRO else "json"
    result = run("check", f"{name}-v2.{suffix}", "--level", "BACKWARD", "--format", form, cwd=folder)
    assert result.code == 1
    assert "string" in result.out


@pytest.mark.long
@pytest.mark.parametrize("name", SHAPES)
def test_fixtures_and_histories_hold_payloads_as_deep(run: Run, folder: Path, tmp_path: Path, name: str) -> None:
    written = str(tmp_path / "fixtures")
    assert run("fixtures", "generate", name, "--output", written, cwd=folder).code == 0
    assert run("fixtures", "verify", written, cwd=folder).code == 0
    assert run("report", name, "--output", str(tmp_path / "page.html"), cwd=folder).code == 0
    assert run("matrix", name, cwd=folder).code == 0


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
