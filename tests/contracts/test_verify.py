"""`evtcompat contract`: every event that is written has what a consumer needs, or one that has not is shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli_harness import Run
from contracts.folders import contract, json_object, order, record, write, write_versions

V1 = order(("orderId", "string"), ("total", "long"))
NEEDS = 'needs = ["orderId", "lines[].sku"]\nwritten-against = "1"\n'


def test_a_rename_breaks_the_consumer_that_needs_the_field_and_no_other(run: Run, tmp_path: Path) -> None:
    write_versions(tmp_path, V1, order(("orderId", "string"), ("total", "long"), line=[("articleId", "string")]))
    contract(tmp_path, "shipping", NEEDS)
    contract(tmp_path, "billing", 'needs = ["total"]\nwritten-against = "1"\n')
    result = run("contract", "verify", cwd=tmp_path)
    assert result.code == 1
    assert "order  v2 has all that billing needs." in result.out
    assert "Breaks shipping: it needs lines[].sku." in result.out
    assert '"lines": [{"articleId": ""}]}  refused by fastavro' in result.out
    assert "order  v2 breaks shipping (1 error)." in result.out
    assert run("contract", "verify", "--consumer", "billing", cwd=tmp_path).code == 0


@pytest.mark.parametrize("suffix", [".avsc", ".json"])
def test_what_no_contract_mentions_may_come_and_go(run: Run, tmp_path: Path, suffix: str) -> None:
    if suffix == ".avsc":
        write_versions(tmp_path, V1, order(("orderId", "string"), ("currency", "string")))
    else:
        line = {"type": "object", "properties": {"sku": {"type": "string"}}, "required": ["sku"]}
        lines = {"type": "array", "items": line}
        first = json_object("orderId", "lines", orderId={"type": "string"}, lines=lines, total={"type": "integer"})
        second = json_object("orderId", "lines", orderId={"type": "string"}, lines=lines, note={"type": "string"})
        write_versions(tmp_path, first, second, suffix=suffix)
    contract(tmp_path, "shipping", NEEDS)
    assert run("contract", "verify", cwd=tmp_path).code == 0


def test_a_closed_reader_breaks_by_its_own_choice_and_is_told_so(run: Run, tmp_path: Path) -> None:
    first = json_object("id", id={"type": "string"})
    write_versions(tmp_path, first, json_object("id", id={"type": "string"}, note={"type": "string"}), suffix=".json")
    write(tmp_path / "contracts" / "order" / "closed.json", json_object("id", id={"type": "string"}, closed=True))
    contract(tmp_path, "audit", 'schema = "closed.json"\n')
    contract(tmp_path, "search", 'needs = ["id"]\nwritten-against = "1"\n')
    result = run("contract", "verify", cwd=tmp_path)
    assert result.code == 1
    assert "Breaks audit: it forbids what it does not mention." in result.out
    assert "The consumer chose so" in " ".join(result.out.split())
    assert '"note"' in result.out
    assert "order  v2 has all that search needs." in result.out
    assert run("contract", "verify", "--writers", "1", cwd=tmp_path).code == 0


def test_a_needed_property_is_named_with_its_path(run: Run, tmp_path: Path) -> None:
    line = {"type": "object", "properties": {"sku": {"type": "string"}}, "required": ["sku"]}
    other = {"type": "object", "properties": {"article": {"type": "string"}}}
    versions = [json_object("lines", lines={"type": "array", "items": one}) for one in (line, other)]
    write_versions(tmp_path, *versions, suffix=".json")
    contract(tmp_path, "shipping", 'needs = ["lines[].sku"]\nwritten-against = "1"\n')
    assert "Breaks shipping: it needs lines[].sku." in run("contract", "verify", cwd=tmp_path).out


def test_every_version_that_is_still_written_is_held_against_the_contract(run: Run, tmp_path: Path) -> None:
    write_versions(tmp_path, V1, order(("orderId", "string"), ("total", "long"), ("currency", "string")))
    contract(tmp_path, "billing", 'needs = ["currency"]\nwritten-against = "2"\n')
    assert run("contract", "verify", cwd=tmp_path).code == 0
    result = run("contract", "verify", "--writers", "all", cwd=tmp_path)
    assert result.code == 1
    assert "order  v1 breaks billing (1 error)." in result.out
    assert "order  v2 has all that billing needs." in result.out


def test_the_machine_readable_reports_name_the_consumer(run: Run, tmp_path: Path) -> None:
    write_versions(tmp_path, V1, order(("total", "long")))
    contract(tmp_path, "shipping", NEEDS)
    report = json.loads(run("contract", "verify", "--format", "json", cwd=tmp_path).out)
    assert report["subjects"][0]["consumer"] == "shipping"
    finding = report["subjects"][0]["comparisons"][0]["findings"][0]
    assert finding["message"].startswith("Breaks shipping: it needs orderId.")
    assert finding["witness"]["confirmed_by"].startswith("fastavro")
    assert finding["writer"]["origin"] == "order-v2.avsc"
    assert finding["reader"]["origin"] == "contracts/order/shipping.toml"
    assert "Breaks shipping" in run("contract", "verify", "--format", "github", cwd=tmp_path).out
    assert "order for shipping" in run("contract", "verify", "--format", "markdown", cwd=tmp_path).out


def test_types_that_a_contract_was_begun_with_stay_when_the_schema_moves(run: Run, tmp_path: Path) -> None:
    """A schema without versions is edited in place; the contract is not carried along."""
    write(tmp_path / "order.avsc", V1)
    assert run("contract", "init", "order", "shipping", "--needs", "total", cwd=tmp_path).code == 0
    assert run("contract", "verify", cwd=tmp_path).code == 0
    write(tmp_path / "order.avsc", order(("orderId", "string"), ("total", "string")))
    result = run("contract", "verify", cwd=tmp_path)
    assert (result.code, "Breaks shipping: it needs total." in result.out) == (1, True)


def test_a_contract_may_be_begun_with_all_that_is_promised(run: Run, tmp_path: Path) -> None:
    write_versions(tmp_path, V1)
    assert run("contract", "init", "order", "shipping", cwd=tmp_path).code == 0
    text = (tmp_path / "contracts" / "order" / "shipping.toml").read_text()
    assert '"orderId",\n    "total",\n    "lines[].sku",' in text
    assert run("contract", "init", "order", "shipping", cwd=tmp_path).code == 2
    assert run("contract", "init", "order", "shipping", "--needs", "total", "--replace", cwd=tmp_path).code == 0
    assert run("contract", "list", cwd=tmp_path).out.splitlines()[1] == "  needs  total"


LISTED: dict[str, object] = {
    ".avsc": record(
        "Order",
        ("legs", {"type": "array", "items": "string"}),
        ("meta", {"type": "map", "values": ["null", "long"]}),
        ("grid", {"type": "array", "items": {"type": "map", "values": record("Cell", ("x", "int"))}}),
    ),
    ".json": json_object(
        "legs",
        "meta",
        "grid",
        legs={"type": "array", "items": {"type": "string"}},
        meta={"type": "object", "additionalProperties": {"type": "integer"}},
        grid={
            "type": "array",
            "items": {"type": "object", "additionalProperties": json_object("x", x={"type": "integer"})},
        },
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("suffix", LISTED)
def test_a_contract_that_was_begun_with_any_path_is_verified(run: Run, tmp_path: Path, suffix: str) -> None:
    """Items and values of maps are parts as fields are."""
    write_versions(tmp_path, LISTED[suffix], suffix=suffix)
    paths = ("legs", "legs[]", "meta{}", "grid[]", "grid[]{}", "grid[]{}.x")
    for number, needs in enumerate([*paths, *(f"{path}?" for path in paths)]):
        begun = run("contract", "init", "order", f"c{number}", "--needs", needs, cwd=tmp_path)
        assert begun.code == 0, needs
    verified = run("contract", "verify", cwd=tmp_path)
    assert (verified.code, verified.out.startswith("No consumer breaks.")) == (0, True), verified.out


def test_a_reader_that_can_do_without_a_list_does_not_need_its_items(run: Run, tmp_path: Path) -> None:
    write_versions(tmp_path, LISTED[".json"], suffix=".json")
    assert run("contract", "init", "order", "shipping", "--needs", "legs[]", cwd=tmp_path).code == 0
    file = tmp_path / "contracts" / "order" / "shipping.toml"
    text = file.read_text()
    for old, new, said in (
        ('"required"', '"examples"', "the reader in this contract can do without `legs[]`"),
        ('"items"', '"default"', "the reader in this contract does not ask for `legs[]`"),
    ):
        assert old in text
        file.write_text(text.replace(old, new))
        result = run("contract", "verify", cwd=tmp_path)
        assert (result.code, said in " ".join(result.out.split())) == (3, True)


def test_usage_tells_what_may_go_and_what_was_never_promised(run: Run, tmp_path: Path) -> None:
    write_versions(
        tmp_path,
        json_object("id", id={"type": "string"}, note={"type": "string"}, old={"type": "string"}),
        json_object("id", id={"type": "string"}, note={"type": "string"}, old={"type": "string"}, new={}),
        suffix=".json",
    )
    contract(tmp_path, "search", 'needs = ["id", "note"]\nwritten-against = "1"\n')
    contract(tmp_path, "audit", 'needs = ["id", "new?"]\nwritten-against = "2"\n')
    out = run("contract", "usage", cwd=tmp_path).out
    assert "Nobody  needs old: no contract keeps them." in out
    assert "Everybody  needs id." in out
    assert "Older  search wrote its contract against v1, and v2 is the newest." in out
    assert "Unpromised  search needs note, which was never promised in every event." in out
    told = json.loads(run("contract", "usage", "--format", "json", cwd=tmp_path).out)["usage"][0]
    assert told["fields"][0] == {"path": "id", "described": True, "needed_by": ["audit", "search"], "read_by": []}
    assert (told["nobody"], told["unpromised"]) == (["old"], {"search": ["note"]})
    assert "| `new` | may read |" in run("contract", "usage", "--format", "markdown", cwd=tmp_path).out


BAD = {
    "unknown subject": ("ordr", NEEDS, "there is no subject called ordr"),
    "unknown field": ("order", 'needs = ["lines[].skuu"]\nwritten-against = "1"\n', "Did you mean `lines[].sku`?"),
    "no path": ("order", 'needs = ["lines[.sku"]\nwritten-against = "1"\n', "is no path from"),
    "no version": ("order", 'needs = ["orderId"]\n', "written-against"),
    "unknown version": ("order", 'needs = ["orderId"]\nwritten-against = "7"\n', "order has no version 7"),
    "two forms": ("order", 'needs = ["orderId"]\nschema = "x.avsc"\n', "in one of the forms"),
    "no form": ("order", 'written-against = "1"\n', "in one of the forms"),
    "unknown key": ("order", f"{NEEDS}need = 1\n", "Did you mean `needs`?"),
    "no such file": ("order", 'schema = "x.avsc"\n', "there is no such file"),
    "an absolute path": ("order", 'schema = "/etc/passwd"\n', "must be relative to this file"),
    "no schema": ("order", 'schema = "broken.avsc"\n', "broken.avsc"),
    "another language": ("order", 'schema = "other.json"\n', "the reader is a JSON Schema"),
    "no TOML": ("order", "needs = [", "not valid TOML"),
    "a reader that asks for less": (
        "order",
        'needs = ["total"]\nformat = "avro"\nreader = \'{"type": "record", "name": "Order", "fields": []}\'\n',
        "does not ask for `total`",
    ),
}


@pytest.mark.parametrize(("subject", "text", "said"), BAD.values(), ids=BAD)
def test_a_contract_that_cannot_be_read_is_clear_and_never_green(
    run: Run, tmp_path: Path, subject: str, text: str, said: str
) -> None:
    write_versions(tmp_path, V1)
    contract(tmp_path, "billing", 'needs = ["total"]\nwritten-against = "1"\n')
    contract(tmp_path, "shipping", text, subject)
    write(tmp_path / "contracts" / "order" / "broken.avsc", {"type": "record"})
    write(tmp_path / "contracts" / "order" / "other.json", json_object(id={}))
    for command in ("verify", "list", "usage"):
        result = run("contract", command, cwd=tmp_path)
        assert (command, result.code) == (command, 3)
        assert said in " ".join(result.out.split())
        assert "billing" in result.out, "one bad contract hides no other"


def test_two_contracts_of_one_consumer_count_as_none(run: Run, tmp_path: Path) -> None:
    write_versions(tmp_path, V1)
    contract(tmp_path, "shipping", NEEDS)
    contract(tmp_path, "shipping2", f'consumer = "shipping"\n{NEEDS}')
    result = run("contract", "verify", cwd=tmp_path)
    assert result.code == 3
    assert "shipping has two contracts about order" in result.out


def test_a_folder_without_contracts_is_not_green(run: Run, tmp_path: Path) -> None:
    write_versions(tmp_path, V1)
    assert run("contract", "verify", cwd=tmp_path).code == 3
    (tmp_path / "contracts").mkdir()
    assert run("contract", "verify", cwd=tmp_path).code == 3


def test_a_finding_of_a_contract_can_be_waived(run: Run, tmp_path: Path) -> None:
    write_versions(tmp_path, V1, order(("total", "long")))
    contract(tmp_path, "shipping", NEEDS)
    report = json.loads(run("contract", "verify", "--format", "json", cwd=tmp_path).out)
    finding = report["subjects"][0]["comparisons"][0]["findings"][0]
    waiver = {"fingerprint": finding["fingerprint"], "rule": finding["rule"], "subject": "order"}
    waiver |= {"reason": "shipping moves tomorrow", "owner": "orders"}
    lines = [f"{key} = {json.dumps(value)}" for key, value in waiver.items()]
    write(tmp_path / "evtcompat-waivers.toml", "\n".join(["[[waivers]]", *lines, "expires = 2099-01-01"]))
    assert run("contract", "verify", cwd=tmp_path).code == 0


#: What `contract init` is asked for that could never be read, and what is said.
UNREADABLE = {
    "a pact of HTTP": (("--pact", "http.json"), "the pact has HTTP interactions and no message"),
    "a pact with two messages": (("--pact", "two.json"), "the pact has 2 messages, and the contract says of none"),
    "a message that is not there": (("--pact", "two.json", "--message", "c"), 'the pact has no message "c"'),
    "no schema": (("--schema", "none.json"), "type"),
    "another language": (("--schema", "order.avsc"), "the reader is an Avro schema, and order is a JSON Schema"),
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_init_writes_no_contract_that_cannot_be_read(case: str, run: Run, tmp_path: Path) -> None:
    words, said = UNREADABLE[case]
    write_versions(tmp_path / "schemas", json_object("id", id={"type": "string"}), suffix=".json")
    write(tmp_path / "http.json", {"interactions": [{"description": "a", "request": {}, "response": {}}]})
    write(tmp_path / "two.json", {"messages": [{"description": one, "contents": {"id": "1"}} for one in "ab"]})
    write(tmp_path / "none.json", {"type": 3})
    write(tmp_path / "order.avsc", V1)
    result = run("contract", "init", "order", "shipping", "--schemas", "schemas", *words, cwd=tmp_path)
    assert (result.code, said in result.err) == (3, True), result.err
    assert not (tmp_path / "contracts").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--message", "placed"), "--message has no effect without --pact"),
        (("--needs", "id", "--message", "placed"), "--message has no effect without --pact"),
        (("--needs", "id", "--model-folder", "gone"), "--model-folder has no effect without --model"),
        (("--schema", "order-v1.json", "--model-folder", "."), "--model-folder has no effect without --model"),
        (("--needs", "id", "--schema", "order-v1.json"), "--needs and --schema both say what is needed"),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, tuple) else "",
)
def test_an_option_of_init_without_an_effect_is_refused(
    words: tuple[str, ...], said: str, run: Run, tmp_path: Path
) -> None:
    write_versions(tmp_path, json_object("id", id={"type": "string"}), suffix=".json")
    result = run("contract", "init", "order", "shipping", *words, cwd=tmp_path)
    assert (result.code, said in result.err) == (2, True), result.err
    assert not (tmp_path / "contracts").exists()


def test_a_reader_that_the_configuration_calls_one_schema_is_one(run: Run, tmp_path: Path) -> None:
    """An array of Avro types that `[subjects]` lists is a union in contracts, too, whatever its types use."""
    array = [record("Placed", ("id", "string")), record("Batch", ("orders", {"type": "array", "items": "Placed"}))]
    write(tmp_path / "schemas" / "order.avsc", array)
    write(tmp_path / "contracts" / "order" / "reader.avsc", array)
    contract(tmp_path, "shipping", 'schema = "reader.avsc"\n')
    subjects = '[subjects]\norder = ["schemas/order.avsc"]\nreader = ["contracts/order/reader.avsc"]\n'
    write(tmp_path / "evtcompat.toml", subjects)
    result = run("contract", "verify", cwd=tmp_path)
    assert result.code == 0, result.out
    write(tmp_path / "contracts" / "order" / "reader.avsc", json.dumps([record("Batch", ("orders", "string"))]))
    assert run("contract", "verify", cwd=tmp_path).code == 1
