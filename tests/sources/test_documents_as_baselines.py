"""A document that holds several schemas, checked against another file of its kind that a person names."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli_harness import Run, commit

IDL = '@namespace("a.b") protocol P {{ record Order {{ {0} id; }} {1} }}'
API = """\
asyncapi: 3.0.0
info: {{title: Shop, version: 1.0.0}}
components:
  messages:
    Order: {{payload: {{type: object, properties: {{id: {{type: {0}}}}}, required: [id]}}}}
{1}"""
#: Suffix -> the document, the types of a field before and after, an event that is there before only and after only.
KINDS = {
    "avdl": (IDL, ("int", "string"), "record Gone { int id; }", "record New { int id; }"),
    "yaml": (API, ("string", "integer"), "    Gone: {payload: {type: string}}", "    New: {payload: {type: array}}"),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("against", ["old/shop.", "old/deployed.", "old", "git:HEAD:old/shop."])
def test_each_event_is_compared_with_that_of_its_name(kind: str, against: str, repository: Path, run: Run) -> None:
    """Whatever the file of the baseline is called: one is changed, one is new, one is gone."""
    text, (before, after), gone, new = KINDS[kind]
    (repository / "old").mkdir()
    (repository / "now").mkdir()
    for name in ("shop",) if against == "old" else ("shop", "deployed"):
        (repository / "old" / f"{name}.{kind}").write_text(text.format(before, gone))
    commit(repository, "deployed")
    (repository / "now" / f"shop.{kind}").write_text(text.format(after, new))
    other = against + kind if against.endswith(".") else against
    result = run("check", f"now/shop.{kind}", "--against", other, cwd=repository)
    assert result.code == 1, result.out
    assert "2 of 3 subjects break consumers (Gone, Order). 1 changed, 1 new, 1 removed." in result.out


def test_a_document_is_no_baseline_of_a_schema(repository: Path, run: Run) -> None:
    text, (before, _), gone, _ = KINDS["yaml"]
    (repository / "deployed.yaml").write_text(text.format(before, gone))
    (repository / "order.json").write_text('{"$schema": "https://json-schema.org/draft/2020-12/schema"}')
    result = run("check", "order.json", "--against", "deployed.yaml", cwd=repository)
    assert (result.code, "an AsyncAPI document" in result.out) == (3, True), result.out
