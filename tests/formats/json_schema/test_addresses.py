"""Which dialect a ``$schema`` names, and which it was probably meant to name."""

from __future__ import annotations

import pytest

from evtcompat.errors import SchemaError
from evtcompat.formats.base import Recognition
from evtcompat.formats.json_schema.addresses import LATEST, METASCHEMAS, dialect_named, near_miss
from evtcompat.formats.json_schema.dialects import DIALECTS, by_uri
from evtcompat.formats.json_schema.format import JSON_SCHEMA
from evtcompat.model.documents import Document, NoReferences

OF_7 = METASCHEMAS["draft 7"]
OF_2020 = METASCHEMAS["2020-12"]
IGLU = "http://iglucentral.com/schemas/com.snowplowanalytics.self-desc/schema/jsonschema/1-0-0#"


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda one: one.name)
@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("fragment", ["", "#"])
def test_scheme_and_empty_fragment_make_no_other_draft(dialect: object, scheme: str, fragment: str) -> None:
    named = next(one for one in DIALECTS if one is dialect)
    address = f"{scheme}://{named.uri.partition('://')[2]}{fragment}"
    assert dialect_named(address) == named.name
    assert by_uri(address) is named
    assert near_miss(address) is None
    assert JSON_SCHEMA.recognise({"$schema": address}) is Recognition.DECLARED
    assert JSON_SCHEMA.parse(Document({"$schema": address}), NoReferences()).dialect is named


@pytest.mark.parametrize(
    ("address", "dialect"),
    [
        (IGLU, "draft 4"),
        (IGLU.replace("http:", "https:").removesuffix("#"), "draft 4"),
        ("https://spec.openapis.org/oas/3.1/dialect/base", "2020-12"),
        ("http://json-schema.org/draft-07/hyper-schema#", "draft 7"),
        ("http://json-schema.org/schema#", LATEST),
        ("https://json-schema.org/schema", LATEST),
    ],
)
def test_other_metaschemas_are_read_as_what_they_build_on(address: str, dialect: str) -> None:
    assert dialect_named(address) == dialect
    assert JSON_SCHEMA.recognise({"$schema": address}) is Recognition.DECLARED


NEAR = [
    ("http://json-schema.org/draft-07/schema/", OF_7),
    ("http://json-schema.org/draft-07/schema#/", OF_7),
    ("http://json-schema.org/draft-07/schema.json", OF_7),
    ("http://json-schema.org/draft-7/schema#", OF_7),
    ("http://json-schema.org/draft07/schema#", OF_7),
    ("http://json-schema.org/draft/07/schema#", OF_7),
    ("http://json-schema.org/draft-07/shcema#", OF_7),
    ("http://json-schema.org/draft-07/", OF_7),
    ("http://www.json-schema.org/draft-07/schema#", OF_7),
    ("http://jsonschema.org/draft-07/schema#", OF_7),
    ("http://json-shema.org/draft-07/schema#", OF_7),
    ("http://json-schema.com/draft-07/schema#", OF_7),
    ("htp://json-schema.org/draft-07/schema#", OF_7),
    ("http:/json-schema.org/draft-07/schema#", OF_7),
    ("//json-schema.org/draft-07/schema#", OF_7),
    ("json-schema.org/draft-07/schema#", OF_7),
    ("HTTP://JSON-SCHEMA.ORG/draft-07/schema#", OF_7),
    (" http://json-schema.org/draft-07/schema# ", OF_7),
    ("draft-07", OF_7),
    ("Draft 7", OF_7),
    ("json-schema-draft-07", OF_7),
    ("http://json-schema.org/draft-4/schema#", METASCHEMAS["draft 4"]),
    ("http://json-schema.org/draft-06/schem#", METASCHEMAS["draft 6"]),
    ("https://json-schema.org/draft/2019-9/schema", METASCHEMAS["2019-09"]),
    ("https://json-schema.org/draft/2020-12/schema/", OF_2020),
    ("https://json-schema.org/draft/2020-12", OF_2020),
    ("https://json-schema.org/draft-2020-12/schema", OF_2020),
    ("https://json-schema.org/0.1.0-draft/2020-12/schema", OF_2020),
    ("2020-12", OF_2020),
    ("http://json-schema.org/", OF_2020),
    ("http://json-schema.org/draft-07/hyper-schema/", "http://json-schema.org/draft-07/hyper-schema#"),
    (IGLU.replace("1-0-0", "1-0-1"), IGLU),
    ("https://spec.openapis.org/oas/3.1/dialect/base/", "https://spec.openapis.org/oas/3.1/dialect/base"),
    # drafts that are not read: the nearest one that is
    ("http://json-schema.org/draft-03/schema#", METASCHEMAS["draft 4"]),
    ("http://json-schema.org/draft-05/schema#", METASCHEMAS["draft 4"]),
    ("https://json-schema.org/draft/next/schema", OF_2020),
]


@pytest.mark.parametrize(("address", "known"), NEAR)
def test_a_near_miss_is_told_with_the_address_that_was_meant(address: str, known: str) -> None:
    found = near_miss(address)
    assert found is not None
    assert found.known == known
    assert dialect_named(found.known) is not None
    assert JSON_SCHEMA.recognise({"$schema": address}) is not Recognition.DECLARED
    like = JSON_SCHEMA.resemblance({"$schema": address})
    assert like is not None
    assert (address in like.reason, known in like.reason, known in like.hint) == (True, True, True)


@pytest.mark.parametrize("address", [address for address, _ in NEAR if by_uri(address) is None])
def test_a_near_miss_that_names_no_draft_is_refused_with_the_one_that_was_meant(address: str) -> None:
    with pytest.raises(SchemaError) as refused:
        JSON_SCHEMA.parse(Document({"$schema": address}), NoReferences())
    assert refused.value.hint is not None
    assert dict(NEAR)[address] in refused.value.hint


@pytest.mark.parametrize(
    "address",
    [
        "https://json.schemastore.org/tsconfig",
        "https://docs.renovatebot.com/renovate-schema.json",
        "https://biomejs.dev/schemas/1.9.4/schema.json",
        "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "https://schemas.example.com/draft-07/schema#",
        "https://example.com/schemas/2020-12/order.json",
        "https://spec.openapis.org/oas/3.0/schema/2021-09-28",
        "https://json-schema.org/learn/examples/address.schema.json",
        "http://json-schema.org/geo",
        "./node_modules/tool/schema.json",
        "7",
        "",
        "#",
    ],
)
def test_the_address_of_another_schema_marks_what_that_describes(address: str) -> None:
    assert near_miss(address) is None
    assert JSON_SCHEMA.resemblance({"$schema": address, "extends": ["x"]}) is None
    assert JSON_SCHEMA.describes({"$schema": address}) == address
