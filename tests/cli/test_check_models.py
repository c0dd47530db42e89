"""A check of Python models asks the model itself, and calls nothing proved that it answers otherwise."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path

import pydantic
import pytest

from cli_harness import Result, Run
from sources.conftest import Repo, make_repo

HEAD = """
from dataclasses import dataclass
from datetime import datetime
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
import msgspec

MOST = 5

def few(n):
    return n < MOST

"""
PLAIN = "class M(BaseModel):\n    id: str\n    n: int = 0\n"
#: A validator that asks a function of the module.
CHECKED = """
    @field_validator('n')
    @classmethod
    def small(cls, n):
        assert {}, 'too many'
        return n
"""
FEW = CHECKED.format("few(n)")


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    monkeypatch.delenv("EVTCOMPAT_ALLOW_IMPORTS", raising=False)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    return make_repo(tmp_path / "shop")


def checked(run: Run, shop: Repo, before: str, after: str, *words: str) -> Result:
    """A check of the model `M` against the commit before."""
    shop.save({"events.py": before if before.startswith("\n") else HEAD + before})
    shop.write("events.py", after if after.startswith("\n") else HEAD + after)
    return run("check", "events:M", *words, cwd=shop.path)


def found(result: Result) -> Mapping[str, list[str]]:
    """By direction, the rules of the errors, and what is undecided."""
    (subject,) = json.loads(result.out)["subjects"]
    return {
        one["direction"]: [
            *(finding["rule"] for finding in one["findings"] if finding["severity"] == "error"),
            *(part["reason"] for part in one["undecided"]),
        ]
        for one in subject["comparisons"]
    }


def own(name: str) -> str:
    return f"its own code `{name}` decides as well what it takes, and no schema says what that is"


#: By law: the model before and after, and by direction what is found.
LAWS = {
    "a payload that both refuse is proof": (
        PLAIN, PLAIN.replace("n: int = 0", "n: int"), {"backward": ["optional-property-required"], "forward": []},
    ),
    "what the model does not forbid is taken": (PLAIN, PLAIN + "    more: str = ''\n", {"backward": [], "forward": []}),
    "a closed model refuses what it does not declare": (
        "class M(BaseModel):\n    model_config = ConfigDict(extra='forbid')\n    id: str\n",
        "class M(BaseModel):\n    model_config = ConfigDict(extra='forbid')\n    id: str\n    more: str = ''\n",
        {"backward": [], "forward": ["property-not-declared"]},
    ),
    "a model makes values of texts": (
        PLAIN, PLAIN.replace("id: str", "id: datetime"), {"backward": ["format-refused"], "forward": []},
    ),
    "a validator that is new decides": (
        PLAIN + "    at: str\n",
        PLAIN + "    at: str\n" + CHECKED.format("n").replace("'n'", "'at'").replace("small", "full"),
        {"backward": ["model-refuses-event", own("M.full")], "forward": []},
    ),
    "a validator that stands the same at both sides is no part of the change": (
        PLAIN + FEW, PLAIN + "    more: int = 0\n" + FEW, {"backward": [], "forward": []},
    ),
    "a validator is another where what it uses is another": (
        HEAD + PLAIN + FEW,
        HEAD.replace("5", "4") + PLAIN + FEW,
        {"backward": [own("M.small")], "forward": [own("M.small")]},
    ),
    "a validator that uses what cannot be followed is not known": (
        "LIMITS = {'n': 5}\n" + PLAIN + CHECKED.format("n < LIMITS['n']"),
        "LIMITS = {'n': 5}\n" + PLAIN + "    more: int = 0\n" + CHECKED.format("n < LIMITS['n']"),
        {"backward": [own("M.small")], "forward": [own("M.small")]},
    ),
    "code after a structure is made": (
        "class M(msgspec.Struct):\n    id: str\n",
        "class M(msgspec.Struct):\n    id: str\n    def __post_init__(self):\n        assert self.id\n",
        {"backward": ["model-refuses-event", own("M.__post_init__")], "forward": []},
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("law", LAWS)
def test_a_model_is_what_its_schema_and_its_own_code_take(law: str, run: Run, shop: Repo) -> None:
    before, after, expected = LAWS[law]
    result = checked(run, shop, before, after, "--format", "json")
    answered = found(result)
    assert answered == expected
    errors = any("-" in one and " " not in one for one in [*answered["backward"], *answered["forward"]])
    assert result.code == (1 if errors else 4 if any(answered.values()) else 0)


@pytest.mark.slow
def test_the_report_says_what_the_model_answered(run: Run, shop: Repo) -> None:
    """The answer is that of the model that reads: of the work tree, and of the commit where that is the reader."""
    result = checked(run, shop, PLAIN, PLAIN.replace("n: int = 0", "n: str = ''"), "--format", "json")
    (subject,) = json.loads(result.out)["subjects"]
    backward, forward = (one["findings"][0]["witness"] for one in subject["comparisons"])
    assert backward["confirmed_by"].endswith(f" and pydantic {pydantic.VERSION}")
    assert backward["observed"].endswith("pydantic: n: Input should be a valid string")
    assert "pydantic: n: Input should be a valid integer" in forward["observed"]


@pytest.mark.slow
def test_a_payload_that_only_the_schema_refuses_proves_nothing(run: Run, shop: Repo) -> None:
    before = "class M(BaseModel):\n    tags: list[str]\n"
    result = checked(run, shop, before, before.replace("list", "set"))
    assert result.code == 4
    said = " ".join(result.out.split())
    assert "(unique-items-demanded), and the model takes it (pydantic" in said
    assert "unchanged" not in said


@pytest.mark.slow
def test_an_event_that_its_own_model_refuses_is_not_written(run: Run, shop: Repo) -> None:
    """A bound that only a validator has is no break where the writer keeps to it as well, under another name."""
    some = CHECKED.format("n > 0")
    result = checked(run, shop, PLAIN + some, PLAIN + some.replace("small", "enough"), "--format", "json")
    assert found(result) == {"backward": [own("M.enough")], "forward": [own("M.small")]}


@pytest.mark.slow
def test_what_a_model_refuses_for_another_reason_is_no_answer(run: Run, shop: Repo) -> None:
    """The payload that its schema refuses is none that the other side makes, and its own model says so."""
    some = CHECKED.format("n").replace("'n'", "'id'")
    result = checked(run, shop, PLAIN + some, PLAIN.replace("n: int", "n: bool") + some, "--format", "json")
    (subject,) = json.loads(result.out)["subjects"]
    witness = subject["comparisons"][0]["findings"][0]["witness"]
    assert witness["value"]["id"] == ""
    assert "pydantic" not in witness["confirmed_by"]
    assert "the model that writes it refuses it as well (pydantic" in witness["observed"]


@pytest.mark.slow
def test_a_model_that_never_read_what_it_writes_is_not_broken_by_a_change(run: Run, shop: Repo) -> None:
    """It stood before; a change that brings it is an error."""
    before = "from pydantic import Json\nclass M(BaseModel):\n    id: str\n    v: Json[list[int]] = '[]'\n"
    result = checked(run, shop, before, before + "    more: int = 0\n", "--format", "json")
    assert (result.code, found(result)) == (0, {"backward": [], "forward": []})
    other = before.replace("Json[list[int]] = '[]'", "list[int] = []")
    result = checked(run, shop, other, before, "--format", "json")
    assert (result.code, found(result)["backward"]) == (1, ["type-changed"])


@pytest.mark.slow
def test_a_change_of_code_alone_is_a_change(run: Run, shop: Repo) -> None:
    shop.save({"events.py": HEAD + PLAIN + FEW, "evtcompat.toml": '[[models]]\nmodule = "events"\n'})
    allowed = {"EVTCOMPAT_ALLOW_IMPORTS": "1"}
    shop.write("events.py", HEAD + PLAIN + "\n" + FEW)
    assert run("check", cwd=shop.path, environment=allowed).code == 0
    shop.write("events.py", HEAD.replace("n < MOST", "n <= MOST") + PLAIN + FEW)
    assert run("check", cwd=shop.path, environment=allowed).code == 4


@pytest.mark.slow
def test_a_model_that_cannot_be_asked_is_unchecked(run: Run, shop: Repo) -> None:
    """It is there when it is described, and gone when it is asked."""
    seen = shop.path / "seen"
    gone = f"import pathlib\nseen = pathlib.Path({str(seen)!r})\nassert not seen.exists(), 'busy'\nseen.touch()\n"
    result = checked(run, shop, PLAIN, gone + PLAIN.replace("n: int = 0", "n: int"))
    assert result.code == 3
    assert "events cannot be imported: AssertionError: busy" in result.out
