"""Where schemas find what they do not define themselves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evtcompat.errors import ReferenceMissingError
from evtcompat.formats.avro.format import AVRO
from evtcompat.formats.base import Options, SchemaFormat
from evtcompat.formats.json_schema.format import JSON_SCHEMA
from evtcompat.model.documents import Document
from evtcompat.model.json_types import JSON
from evtcompat.sources.documents.document_files import disk, read_document
from evtcompat.sources.documents.layout import Layout
from evtcompat.sources.documents.references import Library, document_references, folder_references
from evtcompat.sources.git.objects import commit_tree
from evtcompat.sources.git.repository import find_repository

from .conftest import Repo, record

ORDER = json.dumps(
    {
        "type": "record",
        "name": "Order",
        "namespace": "shop",
        "fields": [
            {"name": "total", "type": "Money"},
            {"name": "lines", "type": {"type": "array", "items": ["null", "shop.parts.Line"]}},
            {"name": "next", "type": ["null", "Order"]},
        ],
    }
)


def library(root: Path, files: dict[str, str], layout: Layout | None = None) -> Library:
    for path, content in files.items():
        full = root / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_text(content)
    return Library(disk(root, root), layout)


def found(where: Library, name: str, path: str, schema_format: SchemaFormat = AVRO) -> str | None:
    document = where.references(path, schema_format).lookup(name)
    return None if document is None else document.origin


def test_names_that_an_avro_schema_defines_and_uses() -> None:
    value: JSON = {
        "type": "record", "name": "a.b.Outer", "namespace": "ignored",
        "fields": [
            {"name": "x", "type": {"type": "record", "name": "Inner", "fields": [{"name": "y", "type": "Short"}]}},
            {"name": "z", "type": {"type": "map", "values": {"type": "enum", "name": "c.E", "symbols": []}}},
            {"name": "n", "type": {"type": "long", "logicalType": "timestamp-millis"}, "default": "NoName"},
            {"name": "w", "type": {"type": "Wrapped"}},
        ],
    }  # fmt: skip
    names = AVRO.names(Document(value=value))
    assert names.own == "a.b.Outer"
    assert names.defined == {"a.b.Outer", "a.b.Inner", "c.E"}
    assert names.used == {"Short", "a.b.Short", "Wrapped", "a.b.Wrapped"}


def test_an_avro_name_is_found_in_the_folder_and_inside_other_records(tmp_path: Path) -> None:
    outer = json.dumps(
        {"type": "record", "name": "Cart", "namespace": "shop", "fields": [
            {"name": "l", "type": {"type": "record", "name": "Line", "namespace": "shop.parts", "fields": []}}]}
    )  # fmt: skip
    where = library(
        tmp_path,
        {
            "s/order.avsc": ORDER,
            "s/money.avsc": record("Money", "amount", namespace="shop"),
            "s/cart.avsc": outer,
            "s/broken.avsc": "{",
            "other/tax.avsc": record("Tax", "rate", namespace="shop"),
        },
    )
    assert found(where, "shop.Money", "s/order.avsc") == "s/money.avsc"
    assert found(where, "shop.parts.Line", "s/order.avsc") == "s/cart.avsc"
    assert found(where, "shop.Tax", "s/order.avsc") == "other/tax.avsc"
    assert where.dependencies("s/order.avsc", AVRO) == {"s/money.avsc", "s/cart.avsc"}


def test_an_avro_name_is_found_below_the_configured_roots(tmp_path: Path) -> None:
    layout = Layout(folder="conf", reference_roots=("../common", "own"))
    files = {
        "conf/s/order.avsc": ORDER,
        "common/deep/money.avsc": record("Money", "amount", namespace="shop"),
        "conf/own/line.avsc": record("Line", namespace="shop.parts"),
    }
    where = library(tmp_path, files, layout)
    assert found(where, "shop.Money", "conf/s/order.avsc") == "common/deep/money.avsc"
    assert found(where, "shop.parts.Line", "conf/s/order.avsc") == "conf/own/line.avsc"


def test_outside_git_a_root_may_lie_above_the_configuration(tmp_path: Path) -> None:
    library(tmp_path / "common", {"deep/money.avsc": record("Money", "amount", namespace="shop")})
    where = library(tmp_path / "conf", {"s/order.avsc": ORDER}, Layout(reference_roots=("../common",)))
    assert found(where, "shop.Money", "s/order.avsc") == str(tmp_path / "common" / "deep" / "money.avsc")
    assert found(where, "shop.Tax", "s/order.avsc") is None


def test_the_newest_version_of_a_file_defines_its_name(tmp_path: Path) -> None:
    files = {f"money-v{number}.avsc": record("Money", f"f{number}") for number in (2, 9, 10)}
    assert found(library(tmp_path, files), "Money", "order.avsc") == "money-v10.avsc"


def test_an_older_version_of_a_schema_does_not_define_what_it_lacks(tmp_path: Path) -> None:
    nested = json.dumps(
        {"type": "record", "name": "Order", "fields": [{"name": "m", "type": json.loads(record("Money", "a"))}]}
    )
    where = library(tmp_path, {"order-v1.avsc": nested, "order-v2.avsc": ORDER})
    assert found(where, "Money", "order-v2.avsc") is None
    assert found(where, "Money", "invoice.avsc") == "order-v1.avsc"


def test_two_files_that_define_a_name_differently_are_named(tmp_path: Path) -> None:
    where = library(tmp_path, {"a.avsc": record("Money", "x"), "b.avsc": record("Money", "y")})
    with pytest.raises(ReferenceMissingError, match=r"Money is defined differently in a\.avsc and b\.avsc"):
        found(where, "Money", "order.avsc")
    same = library(tmp_path / "same", {"a.avsc": record("Money", "x"), "b.avsc": record("Money", "x")})
    assert found(same, "Money", "order.avsc") == "a.avsc"


_ID = {"$schema": "http://json-schema.org/draft-07/schema#", "$id": "https://example.com/money"}


@pytest.mark.parametrize(
    ("name", "files"),
    [
        ("shop.Money", {f"{at}/money.avsc": record("Money", at, namespace="shop") for at in ("s", "copy")}),
        (_ID["$id"], {f"{at}/money.json": json.dumps({**_ID, "title": at}) for at in ("s", "copy")}),
    ],
)
def test_an_excluded_file_defines_only_what_no_other_file_does(
    name: str, files: dict[str, str], tmp_path: Path
) -> None:
    kind: SchemaFormat = AVRO if name == "shop.Money" else JSON_SCHEMA
    *_, copy = files
    layout = Layout(exclude=("copy",))
    whole = library(tmp_path / "whole", files, layout)
    for asking in ("order", "copy/order", "s/order"):
        located = whole.locate(name, asking, kind)
        assert located is not None
        assert located.startswith("s/"), asking
    assert library(tmp_path / "alone", {copy: files[copy]}, layout).locate(name, "order", kind) == copy
    with pytest.raises(ReferenceMissingError) as caught:
        library(tmp_path / "both", files).locate(name, "order", kind)
    assert "`exclude`" in (caught.value.hint or "")


def test_a_commit_answers_with_its_own_files(repo: Repo) -> None:
    first = repo.save({"s/order.avsc": ORDER, "s/money.avsc": record("Money", "old", namespace="shop")})
    repo.save({"s/money.avsc": record("Money", "new", namespace="shop")})
    repository = find_repository(repo.path)
    assert repository is not None
    with repository.blobs:
        then = Library(commit_tree(repository, first, "v1", repo.path))
        document = then.references("s/order.avsc", AVRO).lookup("shop.Money")
        assert document is not None
        assert document.origin == "v1:s/money.avsc"
        assert document.text == record("Money", "old", namespace="shop")


DRAFT = "https://json-schema.org/draft/2020-12/schema"


def schema(identifier: str | None = None, **keywords: object) -> str:
    return json.dumps({"$schema": DRAFT, **({"$id": identifier} if identifier else {}), **keywords})


def test_a_uri_is_found_by_file_by_identifier_and_by_place(tmp_path: Path) -> None:
    where = library(
        tmp_path,
        {
            "s/orders/order.json": schema("https://acme.example/schemas/orders/order.json"),
            "s/orders/a b ü.json": schema(),
            "s/orders/line.yaml": f"$schema: {DRAFT}\n$id: urn:acme:line\n",
            "s/common/money.json": schema(),
            "s/common/other.json": schema("https://elsewhere.example/other.json"),
        },
    )

    def lookup(uri: str) -> str | None:
        return found(where, uri, "s/orders/order.json", JSON_SCHEMA)

    assert lookup("file:///s/common/money.json") == "s/common/money.json"
    assert lookup("file:///s/orders/a%20b%20%C3%BC.json#/$defs/x") == "s/orders/a b ü.json"
    assert lookup("urn:acme:line") == "s/orders/line.yaml"
    assert lookup("https://acme.example/schemas/orders/order.json") == "s/orders/order.json"
    assert lookup("https://acme.example/schemas/common/money.json") == "s/common/money.json"
    assert lookup("https://acme.example/schemas/common/other.json") is None, "it has another identifier"
    assert lookup("https://acme.example/nothing.json") is None
    assert lookup("http://[bad") is None


def test_a_metaschema_is_that_of_the_specification_whatever_copies_of_it_say(tmp_path: Path) -> None:
    seven = "http://json-schema.org/draft-07/schema"
    copies = {
        f"bundle-{kind}.json": schema(definitions={"m": {"$id": seven, "properties": {"title": {"type": kind}}}})
        for kind in ("string", "integer")
    }
    form = schema(properties={"label": {"$ref": f"{seven}#/properties/title"}})
    where = library(tmp_path, {**copies, "form.json": form})
    document = where.document("form.json", JSON_SCHEMA)
    assert document is not None
    parsed = JSON_SCHEMA.parse(document, where.references("form.json", JSON_SCHEMA))
    assert [*parsed.documents] == [seven]


def test_relative_references_start_from_the_file(tmp_path: Path) -> None:
    files = {
        "s/order.json": schema(
            properties={"m": {"$ref": "common/money.json#/$defs/m"}, "n": {"const": {"$ref": "no.json"}}}
        ),
        "s/common/money.json": schema(items={"$ref": "currency.json"}),
        "s/common/currency.json": schema(),
    }
    where = library(tmp_path, files)
    assert where.names("s/order.json", JSON_SCHEMA).used == {"file:///s/common/money.json"}
    assert where.dependencies("s/order.json", JSON_SCHEMA) == {"s/common/money.json", "s/common/currency.json"}


def test_each_reference_is_followed_from_the_file_that_it_stands_in(tmp_path: Path) -> None:
    """Also where a folder around that has it is not one around the schema, and in circles that never end otherwise."""
    files = {
        "s/type/x.json": schema(properties={"a": {"$ref": "core/a.json"}}),
        "s/core/a.json": schema(properties={
            "b": {"$ref": "module/b.json#/definitions/t"}, "beside": {"$ref": "beside.json"},
            "up": {"$ref": "../up.json"},
            "a": {"$ref": "core/a.json"}, "x": {"$ref": "type/x.json#"},
        }),
        "s/core/beside.json": schema(type="integer"),
        "s/up.json": schema(type="boolean"),
        "s/module/b.json": schema(definitions={"t": {"$ref": "core/beside.json"}}),
    }  # fmt: skip
    where = library(tmp_path, files)
    assert where.dependencies("s/type/x.json", JSON_SCHEMA) == files.keys() - {"s/type/x.json"}
    document = where.document("s/type/x.json", JSON_SCHEMA)
    assert document is not None
    parsed = JSON_SCHEMA.parse(document, where.references("s/type/x.json", JSON_SCHEMA))
    payloads = JSON_SCHEMA.payloads(parsed, Options())
    for text, outcome in (
        (b'{"a": {"a": {"a": {"b": 1}}}}', "ok"),
        (b'{"a": {"a": {"x": {"a": {"b": ""}}}}}', "refused"),
    ):
        assert payloads.read(payloads, text).outcome.value == outcome
    assert {"s/core/a.json", "s/module/b.json", "s/core/beside.json", "s/up.json"} <= parsed.documents.keys()
    files["s/module/b.json"] = schema(definitions={"t": {"$ref": "core/nothing.json"}})
    where = library(tmp_path, files)
    with pytest.raises(ReferenceMissingError, match=r"the reference 'core/nothing\.json' leads nowhere") as raised:
        JSON_SCHEMA.parse(document, where.references("s/type/x.json", JSON_SCHEMA))
    assert raised.value.place is not None
    assert raised.value.place.origin == "s/module/b.json"


@pytest.mark.parametrize(
    "uri",
    [
        "file:///../secret.json",
        "file:///%2e%2e/secret.json",
        "file:///link/secret.json",
        "file:///link.json",
        "file://host/s/order.json",
        "file:///etc/hostname",
        "https://acme.example/../../secret.json",
    ],
)
def test_a_file_outside_of_the_tree_is_never_read(uri: str, tmp_path: Path) -> None:
    (tmp_path / "secret.json").write_text(schema())
    root = tmp_path / "root"
    where = library(root, {"s/order.json": schema("https://acme.example/s/order.json")})
    (root / "link").symlink_to("..")
    (root / "link.json").symlink_to("../secret.json")
    assert found(where, uri, "s/order.json", JSON_SCHEMA) is None


def test_a_folder_on_disk_answers_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    library(
        tmp_path,
        {"s/order.json": schema(items={"$ref": "../common/money.json"}), "common/money.json": schema(),
         "s/m.avsc": record("Money")},
    )  # fmt: skip
    document = read_document(Path("s/order.json"))
    (used,) = JSON_SCHEMA.names(document).used
    answer = folder_references(Path("s"), JSON_SCHEMA).lookup(used)
    assert answer is not None
    assert answer.origin == "common/money.json"
    assert folder_references(Path("s"), AVRO).lookup("Money") is not None
    assert folder_references(Path("s"), AVRO).lookup("Nothing") is None


def test_documents_answer_by_the_names_that_they_define() -> None:
    money = Document(value=json.loads(record("Money", "a", namespace="shop")))
    assert document_references([money], AVRO).lookup("shop.Money") is money
    assert document_references([money], AVRO).lookup("Money") is None
    other = Document(value=json.loads(record("Money", "b", namespace="shop")))
    with pytest.raises(ReferenceMissingError):
        document_references([money, other], AVRO)
