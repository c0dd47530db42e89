"""`check --fix` in documents that hold several schemas: a fix stands where the schema is written, and nowhere else."""

from __future__ import annotations

import html
import json
import re
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest

from cli_harness import Result, Run

Change = tuple[str, str]


def fixed(run: Run, folder: Path, files: Mapping[str, str], *changes: tuple[str, Change]) -> Result:
    """What `check --fix` says of files after changes of what was committed."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com"]
    for words in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "first"]):
        subprocess.run([*git, *words], cwd=folder, check=True)
    for name, (before, after) in changes:
        text = (folder / name).read_text()
        assert text.count(before) == 1, (name, before)
        (folder / name).write_text(text.replace(before, after))
    return run("check", "--against", "git:HEAD", "--fix", "--yes", cwd=folder)


YAML = """\
asyncapi: 3.0.0
info: {title: Shop, version: 1.0.0}
channels: {}
components:
  messages:
    OrderPlaced:
      payload: {$ref: '#/components/schemas/Order'}   # an order
    OrderSent:
      payload:
        type: object
        properties:
          order: {$ref: '#/components/schemas/Order'}
    Parcel:
      payload: {$ref: 'parcel.yaml'}
    Paid:
      payload: {$ref: 'Paid.avsc'}
    Rated:
      payload:
        schemaFormat: application/vnd.apache.avro+yaml;version=1.9.0
        schema:
          type: record
          name: Rated
          fields:
          - {name: stars, type: int}   # one to five
  schemas:
    Order:
      # what was ordered
      type: object
      required: [orderId]  # never empty
      properties:
        orderId: {type: string}
        total: {type: integer}
"""
PARCEL = """\
# a parcel
$schema: http://json-schema.org/draft-07/schema#
type: object
properties:
  weight: {type: number}   # kilograms
"""
PAID = """\
{ "type": "record", "name": "Paid",   // by whom
  "fields": [ {"name": "by", "type": "string"} ] }
"""
FILES = {"asyncapi.yaml": YAML, "parcel.yaml": PARCEL, "Paid.avsc": PAID}
NEEDED = ("[orderId]", "[orderId, total]")


@pytest.mark.slow
def test_a_fix_in_yaml_changes_its_line_and_no_other_byte(run: Run, tmp_path: Path) -> None:
    """A schema that two events share is mended once, and the line says for which."""
    result = fixed(run, tmp_path, FILES, ("asyncapi.yaml", NEEDED))
    assert (result.code, (tmp_path / "asyncapi.yaml").read_text()) == (0, YAML), result.out
    assert result.err.count("asyncapi.yaml: Make `total` optional") == 1
    assert "optional (for OrderPlaced, OrderSent)\n" in result.err


@pytest.mark.slow
def test_a_fix_of_avro_in_yaml_keeps_comments(run: Run, tmp_path: Path) -> None:
    line = "          - {name: stars, type: int}   # one to five\n"
    change = (line, f"{line}          # why\n          - name: note\n            type: string\n")
    result = fixed(run, tmp_path, FILES, ("asyncapi.yaml", change))
    mended = YAML.replace(*change).replace(
        "type: string\n  schemas", 'type: string\n            default: ""\n  schemas'
    )
    assert (result.code, (tmp_path / "asyncapi.yaml").read_text()) == (0, mended), result.out


@pytest.mark.slow
def test_a_schema_in_another_file_is_mended_there(run: Run, tmp_path: Path) -> None:
    changes = [
        ("parcel.yaml", ("properties:", "required: [weight]\nproperties:")),
        ("Paid.avsc", ('"string"} ]', '"string"}, {"name": "n", "type": "int"} ]')),
    ]
    result = fixed(run, tmp_path, FILES, *changes)
    assert result.code == 0, result.out + result.err
    assert (tmp_path / "asyncapi.yaml").read_text() == YAML
    assert "weight]" not in (tmp_path / "parcel.yaml").read_text()
    assert (tmp_path / "parcel.yaml").read_text().startswith("# a parcel\n")
    assert '{"name": "n", "type": "int", "default": 0} ]' in (tmp_path / "Paid.avsc").read_text()


PROTOCOL = """\
{
  "protocol": "Shop", "namespace": "com.shop",
  "types": [
    {"type": "enum", "name": "Currency", "symbols": ["EUR",  "USD"]},
    {"type": "record", "name": "Placed", "fields": [{"name": "currency", "type": "Currency"}]},
    {"type": "record", "name": "Paid", "fields": [{"name": "currency", "type": "Currency"}]}
  ]
}
"""


@pytest.mark.parametrize("name", ["shop.avpr", "shop.avsc"])
@pytest.mark.slow
def test_a_type_that_several_records_use_is_mended_where_it_is_written(run: Run, tmp_path: Path, name: str) -> None:
    listed = PROTOCOL[PROTOCOL.index("[") : PROTOCOL.rindex("]") + 1]
    text = PROTOCOL if name == "shop.avpr" else f"// all\n{listed}\n"
    enum = '["EUR",  "USD"]'
    result = fixed(run, tmp_path, {name: text}, (name, (enum, '["EUR"]')))
    assert (result.code, result.err.count("a default that stands for unknown symbols")) == (0, 1), result.out
    assert (tmp_path / name).read_text() == text.replace(enum, '["EUR"], "default": "EUR"')


@pytest.mark.slow
def test_a_yaml_file_of_one_schema_is_edited_too(run: Run, tmp_path: Path) -> None:
    change = ("type: object", "type: object\nrequired: [a, weight]   # all")
    result = fixed(run, tmp_path, {"parcel.yaml": PARCEL}, ("parcel.yaml", change))
    assert result.code == 0, result.out + result.err
    mended = PARCEL.replace(*change).replace("[a, weight]", "[]")
    assert (tmp_path / "parcel.yaml").read_text() == mended


REFUSED = {
    "an anchor": (
        "asyncapi.yaml",
        YAML.replace("Order:\n      # what", "Again: *order\n    Order: &order\n      # what").replace(
            "    Again: *order\n    Order: &order", "    Order: &order"
        )
        + "    Again: *order\n",
        NEEDED,
        "the anchor &order is used in several places",
    ),
    "another language": (
        "shop.avdl",
        "protocol Shop {\n  record Placed { string id; }\n}\n",
        ("id;", "id; string total;"),
        "only JSON and YAML are edited in place",
    ),
    "words of another dialect": (
        "openapi.json",
        json.dumps(
            {
                "openapi": "3.0.3",
                "info": {"title": "Shop", "version": "1"},
                "paths": {},
                "x-webhooks": {
                    "placed": {
                        "post": {
                            "requestBody": {
                                "content": {
                                    "application/json": {
                                        "schema": {
                                            "type": "object",
                                            "properties": {"a": {"type": "string", "nullable": True}},
                                        }
                                    }
                                }
                            }
                        }
                    }
                },
            }
        ),
        ('"type": "string"', '"type": "integer"'),
        "what it changes is not written there as it is read",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", REFUSED)
def test_what_is_written_otherwise_is_left_with_the_reason(run: Run, tmp_path: Path, name: str) -> None:
    path, text, change, why = REFUSED[name]
    others = {other: content for other, content in FILES.items() if other != "asyncapi.yaml"}
    result = fixed(run, tmp_path, {**(others if path == "asyncapi.yaml" else {}), path: text}, (path, change))
    assert (result.code, (tmp_path / path).read_text()) == (1, text.replace(*change)), result.out + result.err
    assert f"{path}: left to you: " in result.err
    assert re.search(r" \(for [A-Za-z, ]+\) \(", result.err)
    assert f"({why})" in result.err


@pytest.mark.slow
def test_git_applies_the_patch_that_a_page_shows_of_a_yaml_document(run: Run, tmp_path: Path) -> None:
    """It makes of the document what `--fix` makes of it."""
    fixed(run, tmp_path, FILES)
    (tmp_path / "asyncapi.yaml").write_text(YAML.replace(*NEEDED))
    run("check", "--against", "git:HEAD", "--format", "html:page.html", cwd=tmp_path)
    shown = re.findall(
        r"git apply</code>.*?<pre id=\"[^\"]*\">(.*?)</pre>", (tmp_path / "page.html").read_text(), re.DOTALL
    )
    patch = html.unescape(re.sub("<[^>]+>", "", shown[0]))
    subprocess.run(["git", "apply"], input=f"{patch}\n", text=True, cwd=tmp_path, check=True)
    assert (tmp_path / "asyncapi.yaml").read_text() == YAML
