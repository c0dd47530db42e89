"""Python models are events: described in a process of their own, now and at the baseline, where a person allows it."""

from __future__ import annotations

import json
import os
import sys
import textwrap
import time
from pathlib import Path

import pytest

from evtcompat.errors import DocumentError, UsageError
from evtcompat.formats.base import DEFAULTS
from evtcompat.model.documents import NoReferences
from evtcompat.model.places import Place
from evtcompat.sources.documents.document_files import disk
from evtcompat.sources.documents.layout import Layout
from evtcompat.sources.documents.opened import Container, OpenedTree
from evtcompat.sources.models import importing
from evtcompat.sources.models.named import NamedModels, named_models
from evtcompat.syntax.documents import locate

from .conftest import Repo
from .selecting import run

EVENTS = """
from datetime import datetime
from decimal import Decimal
from pydantic import BaseModel, Field, computed_field

print("noise")

class Base(BaseModel):
    event_id: str

class Money(BaseModel):
    cents: int

class OrderPlaced(Base):
    order_id: str = Field(alias="orderId")
    total: Money
    rate: Decimal = Decimal(1)

    @computed_field
    @property
    def size(self) -> int:
        return 1

class _Private(BaseModel):
    a: int
"""
OTHERS = """
import dataclasses
from typing import Union
from typing_extensions import TypedDict
from dataclasses_avroschema import AvroModel
import msgspec
from pydantic import BaseModel

@dataclasses.dataclass
class Plain:
    name: str
    count: int = 0

class Typed(TypedDict):
    name: str

class Struct(msgspec.Struct):
    name: str
    old: int = msgspec.field(name="was", default=1)

@dataclasses.dataclass
class Record(AvroModel):
    a: int

Either = Union[Plain, Typed]
"""


def models(folder: Path, *paths: str) -> NamedModels:
    return named_models(paths, folder, os.environ)


def container(folder: Path, text: str, word: str = "shop.events:") -> Container:
    (folder / "shop").mkdir(exist_ok=True)
    (folder / "shop" / "events.py").write_text(textwrap.dedent(text))
    found = OpenedTree(disk(folder), models(folder, word).models).container("shop/events.py")
    assert found is not None
    return found


@pytest.mark.slow
def test_the_models_of_a_module_are_events_and_what_they_contain_is_not(tmp_path: Path) -> None:
    found = container(tmp_path, EVENTS)
    assert found.events == ("shop/events.py#OrderPlaced",)
    assert set(found.schemas) == {f"shop/events.py#{name}" for name in ("Base", "Money", "OrderPlaced")}


@pytest.mark.slow
def test_a_reader_reads_what_validation_takes_and_a_writer_writes_what_serialisation_yields(tmp_path: Path) -> None:
    placed = container(tmp_path, EVENTS).schemas["shop/events.py#OrderPlaced"]
    reads, writes = placed.document.value, placed.written.value if placed.written is not None else None
    assert isinstance(reads, dict)
    assert isinstance(writes, dict)
    assert set(reads["properties"]) == {"event_id", "orderId", "total", "rate"}  # type: ignore[arg-type]
    assert set(writes["properties"]) == {*reads["properties"], "size"}  # type: ignore[arg-type,misc]
    for document in (placed.document, placed.written):
        assert document is not None
        placed.format.parse(document, NoReferences(), DEFAULTS)


#: A part of the schema of a model, and the words of the module that write it.
PLACES = {
    "": "class OrderPlaced",
    "/properties/orderId/type": "order_id: str",
    "/properties/event_id": "event_id: str",
    "/required/1": "order_id: str",
    "/$defs/Money": "class Money",
    "/$defs/Money/properties/cents": "cents: int",
    "/properties/size": "class OrderPlaced",
}


@pytest.mark.slow
@pytest.mark.parametrize("pointer", PLACES)
def test_a_place_is_that_of_the_class_and_the_field(tmp_path: Path, pointer: str) -> None:
    placed = container(tmp_path, EVENTS).schemas["shop/events.py#OrderPlaced"]
    place = locate(placed.document, Place(pointer=pointer))
    assert place.line == EVENTS[: EVENTS.index(PLACES[pointer])].count("\n") + 1
    assert place.source is not None
    assert place.column == place.source.index(PLACES[pointer]) + 1


@pytest.mark.slow
def test_models_of_every_library_are_read(tmp_path: Path) -> None:
    found = container(tmp_path, OTHERS, "shop.events:Either")
    assert not found.problems
    formats = {path.rpartition("#")[2]: one.format.name for path, one in found.schemas.items()}
    other = dict.fromkeys(("Plain", "Typed", "Struct", "Either"), "json-schema")
    assert formats == {**other, "Record": "avro"}
    struct = found.schemas["shop/events.py#Struct"].document.value
    assert isinstance(struct, dict)
    assert set(struct["properties"]) == {"name", "was"}  # type: ignore[arg-type]


@pytest.mark.slow
def test_a_module_is_compared_with_itself_at_the_baseline(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    repo.save({"shop/__init__.py": "", "shop/base.py": "A = str\n", "shop/events.py": module("A")})
    repo.write("shop/base.py", "A = int\n")
    named = models(repo.path, "shop.events:")
    selection = run(*named.paths, against="git:HEAD", layout=Layout(models=named.models))
    assert not selection.problems
    (plan,) = selection.plans
    assert (plan.subject, plan.path) == ("Event", "shop/events.py#Event")
    assert plan.published is not None
    types = [
        one.document.value["properties"]["a"]["type"]  # type: ignore[index,call-overload]
        for one in (plan.published, plan.candidate)
    ]
    assert types == ["string", "integer"]


@pytest.mark.slow
def test_a_commit_takes_generated_modules_of_the_package_from_the_work_tree(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What git ignores is in no commit; what it tracks is as it was there."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    files = {"src/shop/__init__.py": "from shop._version import VERSION\n", "src/shop/base.py": "A = str\n"}
    repo.save({".gitignore": "_version.py\n", **files, "src/shop/events.py": module("A")})
    named = models(repo.path, "shop.events:")
    selection = run(*named.paths, layout=Layout(models=named.models))
    (problem,) = selection.problems
    assert "No module named 'shop._version'" in str(problem)
    assert "generate it" in str(problem.hint)
    repo.write("src/shop/_version.py", "VERSION = 1\n")
    repo.write("src/shop/base.py", "A = int\n")
    for staged, types in ((False, ["string", "integer"]), (True, ["string", "string"])):
        selection = run(*named.paths, against="git:HEAD", staged=staged, layout=Layout(models=named.models))
        assert not selection.problems
        (plan,) = selection.plans
        assert plan.published is not None
        assert types == [
            one.document.value["properties"]["a"]["type"]  # type: ignore[index,call-overload]
            for one in (plan.published, plan.candidate)
        ]


@pytest.mark.slow
def test_an_edit_of_a_module_that_a_model_imports_is_compared_with_the_last_commit(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the module of the model itself stays as it is."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    repo.save({"shop/__init__.py": "", "shop/base.py": "A = str\n", "shop/events.py": module("A")})
    repo.write("shop/base.py", "A = int\n")
    named = models(repo.path, "shop.events:Event")
    (plan,) = run(*named.paths, layout=Layout(models=named.models)).plans
    assert plan.published is not None


def module(kind: str) -> str:
    return f"from pydantic import BaseModel\nfrom .base import A\nclass Event(BaseModel):\n    a: {kind}\n"


@pytest.mark.slow
def test_a_module_that_nobody_named_is_not_imported(tmp_path: Path) -> None:
    trace = tmp_path / "imported"
    text = f"open({str(trace)!r}, 'w').close()\nfrom pydantic import BaseModel\nclass A(BaseModel):\n    a: int\n"
    (tmp_path / "events.py").write_text(text)
    tree = OpenedTree(disk(tmp_path), models(tmp_path, "schemas").models)
    assert (tree.container("events.py"), trace.exists()) == (None, False)
    tree = OpenedTree(disk(tmp_path), models(tmp_path, "events:A").models)
    assert (tree.container("events.py") is not None, trace.exists()) == (True, True)


#: A module that does not behave, and what is said of it.
BAD = {
    "import nothing_of_this_name": "cannot be imported: ModuleNotFoundError: No module named 'nothing_of_this_name'",
    "class A(:\n    pass": "cannot be imported: SyntaxError",
    "raise SystemExit(0)": "cannot be imported: SystemExit: 0",
    "import os\nos._exit(3)": "ended its interpreter with exit code 3",
    "while True: pass": "did not come to an end",
}


@pytest.mark.slow
@pytest.mark.parametrize("text", BAD)
def test_a_module_that_cannot_be_imported_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(importing, "DEADLINE", 2.0 if text.startswith("while") else 30.0)
    with pytest.raises(DocumentError) as refused:
        container(tmp_path, text)
    assert BAD[text] in refused.value.message
    assert refused.value.hint


@pytest.mark.slow
def test_threads_and_children_of_a_module_are_not_waited_for(tmp_path: Path) -> None:
    text = """
        import subprocess, sys, threading, time
        from pydantic import BaseModel
        threading.Thread(target=lambda: time.sleep(600)).start()
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        class A(BaseModel):
            a: int
    """
    started = time.monotonic()
    assert container(tmp_path, text).events == ("shop/events.py#A",)
    assert time.monotonic() - started < 25


@pytest.mark.slow
def test_a_model_without_a_schema_hides_no_other(tmp_path: Path) -> None:
    text = """
        from typing import Callable
        from pydantic import BaseModel
        class Bad(BaseModel):
            a: Callable[[], int]
        class Good(BaseModel):
            a: int
    """
    found = container(tmp_path, text, "shop.events:Gone")
    assert set(found.schemas) == {"shop/events.py#Good"}
    assert set(found.problems) == {"shop/events.py#Bad", "shop/events.py#Gone"}


@pytest.mark.slow
def test_a_module_sees_no_credentials(tmp_path: Path) -> None:
    text = """
        import json, os, pathlib
        from pydantic import BaseModel
        pathlib.Path(__file__).with_name("seen.json").write_text(json.dumps(dict(os.environ)))
        class A(BaseModel):
            a: int
    """
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "events.py").write_text(textwrap.dedent(text))
    secret = {**os.environ, "EVTCOMPAT_REGISTRY_PASSWORD": "secret", "AWS_SECRET_ACCESS_KEY": "secret"}
    named = named_models(["shop.events:A"], tmp_path, secret)
    assert OpenedTree(disk(tmp_path), named.models).container("shop/events.py") is not None
    seen = json.loads((tmp_path / "shop" / "seen.json").read_text())
    assert "secret" not in seen.values()
    assert "PATH" in seen


def test_a_word_that_names_no_module_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"there is no module shop\.event in \., src, lib, python"):
        models(tmp_path, "shop.event:A")


def test_a_file_is_no_model(tmp_path: Path) -> None:
    (tmp_path / "a:b").write_text("{}")
    assert models(tmp_path, "a:b", "c.avsc").paths == ("a:b", "c.avsc")


def test_what_the_configuration_lists_is_imported_where_the_person_allows_it(tmp_path: Path) -> None:
    (tmp_path / "src" / "shop").mkdir(parents=True)
    (tmp_path / "src" / "shop" / "events.py").write_text("")
    named = named_models([], tmp_path, {"EVTCOMPAT_ALLOW_IMPORTS": "1"})
    found = named.with_listed([("shop.events", ("Either",))], Path())
    assert found.listed == ("src/shop/events.py",)
    assert found.models is not None
    assert [one.names for one in found.models.modules.values()] == [("Either",)]
