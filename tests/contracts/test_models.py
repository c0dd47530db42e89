"""Python models as contracts: what their validation takes, by the schema, and by the model itself where it is asked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pydantic
import pytest

from cli_harness import Result, Run
from contracts.folders import contract, json_object, order, write, write_versions

#: What the person who runs the check allows outside of the repository.
ALLOWED = {"EVTCOMPAT_ALLOW_IMPORTS": "1"}
HEAD = """
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Literal, Optional
import msgspec
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator
"""
VALIDATED = """
class M(BaseModel):
    n: int
    @field_validator('n')
    @classmethod
    def {}(cls, n):
        if {}: raise ValueError('{}')
        return n
"""
TEXT, WHOLE = {"type": "string"}, {"type": "integer"}
DATE = {"type": "string", "format": "date-time"}


def verify(run: Run, folder: Path, *words: str, environment: Mapping[str, str] = ALLOWED) -> Result:
    return run("contract", "verify", *words, cwd=folder, environment=environment)


def model_contract(folder: Path, model: str, schema: object, *later: object) -> None:
    """A subject whose consumer is the model `M` of a module."""
    write_versions(folder, schema, *later, suffix=".json")
    write(folder / "shop" / "events.py", HEAD + model)
    contract(folder, "shipping", 'model = "shop.events:M"\n')


ID = json_object("id", id=TEXT)
#: By case: the model, what is written, and the exit code with what is said.
CASES = {
    "all that it needs": ("class M(BaseModel):\n    id: str\n", ID, 0, "v1 has all that shipping needs"),
    "a part is missing": ("class M(BaseModel):\n    id: str\n    total: int\n", ID, 1, "total: Field required"),
    "a part may be missing": ("class M(BaseModel):\n    id: str\n    total: int = 0\n", ID, 0, ""),
    "a null is no text": (
        "class M(BaseModel):\n    id: str\n",
        json_object("id", id={"type": ["string", "null"]}),
        1,
        "id: Input should be a valid string",
    ),
    "by alias": ("class M(BaseModel):\n    order: str = Field(alias='id')\n", ID, 0, ""),
    "a dataclass": ("@dataclass\nclass M:\n    id: str\n    total: int\n", ID, 1, "total: Field required"),
    "a dataclass with defaults": ("@dataclass\nclass M:\n    id: str\n    n: int = field(default=0)\n", ID, 0, ""),
    "a structure of msgspec": ("class M(msgspec.Struct):\n    id: int\n", ID, 1, f"and msgspec {msgspec.__version__}"),
    "a date is no text": (
        "class M(BaseModel):\n    at: datetime\n", json_object("at", at=TEXT), 1, "at: Input should be a valid date",
    ),
    "a date is a date": ("class M(BaseModel):\n    at: datetime\n", json_object("at", at=DATE), 0, ""),
    "a new part of a closed model": (
        "class M(BaseModel):\n    model_config = ConfigDict(extra='forbid')\n    id: str\n",
        json_object("id", id=TEXT, note=TEXT),
        1,
        "Breaks shipping: it forbids what it does not mention.",
    ),
    "the consumer chose so": (
        "class M(msgspec.Struct, forbid_unknown_fields=True):\n    id: str\n",
        json_object("id", id=TEXT, note=TEXT),
        1,
        "The consumer chose so",
    ),
    "a validator that refuses": (
        VALIDATED.format("some", "n < 1", "none at all"),
        json_object("n", n={"type": "integer", "minimum": 0}),
        1,
        "model-refuses-event (forward: shipping reads v1) Breaks shipping. The model shop.events:M refuses an event",
    ),
    "a validator of which nothing is known": (
        "def same(n): return n\nclass M(BaseModel):\n    n: Annotated[int, AfterValidator(same)]\n",
        json_object("n", n=WHOLE),
        4,
        "its own code `same` decides as well what it takes",
    ),
    "code after a dataclass is made": (
        "@dataclass\nclass M:\n    id: str\n    def __post_init__(self):\n        assert self.id, 'empty'\n",
        ID,
        1,
        "refuses an event that its schema takes",
    ),
    "what the schema refuses and the model takes": (
        "class M(BaseModel):\n    tags: set[str]\n",
        json_object("tags", tags={"type": "array", "items": TEXT}),
        4,
        "and the model takes it",
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_a_model_takes_what_its_validation_takes(case: str, run: Run, tmp_path: Path) -> None:
    model, schema, code, said = CASES[case]
    model_contract(tmp_path, model, schema)
    result = verify(run, tmp_path)
    assert (result.code, said in " ".join(result.out.split())) == (code, True), result.out


@pytest.mark.slow
def test_the_payload_is_refused_by_the_schema_and_by_the_model_itself(run: Run, tmp_path: Path) -> None:
    model_contract(tmp_path, "class M(BaseModel):\n    id: str\n    total: int\n", ID)
    report = json.loads(verify(run, tmp_path, "--format", "json").out)
    (found,) = report["subjects"][0]["comparisons"][0]["findings"]
    assert found["rule"] == "required-property-not-sent"
    assert found["witness"]["confirmed_by"].endswith(f" and pydantic {pydantic.VERSION}")
    module: dict[str, type[pydantic.BaseModel]] = {}
    exec(HEAD + "class M(BaseModel):\n    id: str\n    total: int\n", module)  # noqa: S102 - the text above
    with pytest.raises(pydantic.ValidationError, match="Field required"):
        module["M"].model_validate(found["witness"]["value"])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "environment", "code"),
    [
        ((), {}, 3),
        ((), {"EVTCOMPAT_ALLOW_IMPORTS": "0"}, 3),
        (("--model", "shop.events:Other"), {}, 3),
        (("--model", "shop.events:M"), {}, 0),
        (("--model", "shop.events:"), {}, 0),
        ((), ALLOWED, 0),
    ],
)
def test_nothing_is_imported_that_nobody_allowed(
    words: tuple[str, ...], environment: dict[str, str], code: int, run: Run, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.delenv("EVTCOMPAT_ALLOW_IMPORTS", raising=False)
    ran = tmp_path / "ran"
    model_contract(tmp_path, f"open({str(ran)!r}, 'w').close()\nclass M(BaseModel):\n    id: str\n", ID)
    contract(tmp_path, "search", 'needs = ["id"]\nwritten-against = "1"\n')
    result = verify(run, tmp_path, *words, environment=environment)
    assert (result.code, ran.exists()) == (code, code == 0)
    assert "v1 has all that search needs" in result.out
    assert ("needs the model shop.events:M" in result.out) == (code == 3)


BAD = {
    "no class": ('model = "shop.events"', "names no model"),
    "a module that is not there": ('model = "shop.gone:M"', "there is no module shop.gone"),
    "a class that is not there": ('model = "shop.events:Gone"', "the module has nothing of this name"),
    "a module that fails": ('model = "shop.fails:M"', "cannot be imported: ValueError: no database"),
    "no model": ('model = "shop.events:plain"', "no schema can be made of the model plain"),
    "a folder without a model": ('needs = ["id"]\nwritten-against = "1"\nfolder = "x"', "there is none"),
    "two forms": ('model = "shop.events:M"\nneeds = ["id"]', "found `needs` and `model`"),
    "another language": ('model = "shop.events:M"', "the reader is a JSON Schema, and order is an Avro schema"),
}


@pytest.mark.slow
@pytest.mark.parametrize("case", BAD)
def test_a_model_that_cannot_be_had_is_clear_and_never_green(case: str, run: Run, tmp_path: Path) -> None:
    text, said = BAD[case]
    model_contract(tmp_path, "plain = 3\nclass M(BaseModel):\n    id: str\n", ID)
    write(tmp_path / "shop" / "fails.py", "raise ValueError('no database')\n")
    if case == "another language":
        (tmp_path / "order-v1.json").unlink()
        write_versions(tmp_path, order(("id", "string")))
    contract(tmp_path, "shipping", text)
    result = verify(run, tmp_path)
    assert (result.code, said in " ".join(result.out.split())) == (3, True), result.out


@pytest.mark.slow
def test_init_writes_a_model_with_the_folder_of_its_module(run: Run, tmp_path: Path) -> None:
    write_versions(tmp_path, ID, suffix=".json")
    source = tmp_path / "services" / "shipping" / "src"
    write(source / "shop" / "events.py", HEAD + "class M(BaseModel):\n    id: str\n")
    words = ("contract", "init", "order", "shipping", "--model", "shop.events:M")
    missing = run(*words, cwd=tmp_path)
    assert (missing.code, "there is no module shop.events" in missing.err) == (3, True)
    done = run(*words, "--model-folder", "services/shipping", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    text = (tmp_path / "contracts" / "order" / "shipping.toml").read_text(encoding="utf-8")
    assert 'model = "shop.events:M"\nfolder = "../../services/shipping"\nwritten-against = "1"\n' in text
    assert verify(run, tmp_path).code == 0
    both = run(*words, "--needs", "id", "--replace", cwd=tmp_path)
    assert (both.code, "both say what is needed" in both.err) == (2, True)


@pytest.mark.slow
def test_events_that_are_really_produced_are_read_by_the_model_itself(run: Run, tmp_path: Path) -> None:
    model_contract(tmp_path, VALIDATED.format("even", "n % 2", "odd"), json_object("n", n={"enum": [2, 4, 5]}))
    write(tmp_path / "events.jsonl", '{"n": 2}\n{"n": 5}\n')
    out = " ".join(verify(run, tmp_path, "--produced", "events.jsonl").out.split())
    assert "events.jsonl:2:1 error produced-event-refused" in out
    assert "event 2 is refused by shipping: n: Value error, odd" in out
    assert "event 1" not in out


@pytest.mark.slow
def test_what_a_version_reads_with_a_model_is_kept_without_the_model(run: Run, tmp_path: Path) -> None:
    model_contract(tmp_path, "class M(BaseModel):\n    at: datetime\n", json_object("at", at=DATE))
    for words in (("shop", "1", "--writes", "order"), ("shipping", "1")):
        assert run("deploy", "record", *words, "--env", "prod", cwd=tmp_path, environment=ALLOWED).code == 0
    write_versions(tmp_path, json_object("at", at=DATE), json_object("at", at=TEXT), suffix=".json")
    assert run("deploy", "record", "shop", "2", "--writes", "order", cwd=tmp_path).code == 0
    (tmp_path / "shop" / "events.py").unlink()
    result = run(
        "can-i-deploy", "shop", "2", "--to", "prod", cwd=tmp_path, environment={"EVTCOMPAT_ALLOW_IMPORTS": "0"}
    )
    assert result.code == 1
    assert "shipping 1 reads order of shop 2  incompatible" in result.out
    assert run("can-i-deploy", "shop", "1", "--to", "prod", cwd=tmp_path).code == 0
