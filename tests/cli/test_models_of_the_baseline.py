"""The baseline has a configuration, modules and names of its own: its models are looked for as it calls them."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

from cli_harness import Run
from sources.conftest import Repo, make_repo

ALLOWED = {"EVTCOMPAT_ALLOW_IMPORTS": "1"}
HEAD = "from typing import Union\nfrom pydantic import BaseModel\n"
PLACED = "class Placed(BaseModel):\n    id: str\n    cents: int\n"
PAID = "class Paid(BaseModel):\n    amount: int\n"
BOTH = "AnyOrder = Union[Placed, Paid]\n"
AVRO = '{"type": "record", "name": "P", "fields": []}'


def listed(*modules: str, names: str = "", paths: str = "") -> str:
    """A configuration."""
    head = f'paths = ["{paths}"]\n' if paths else ""
    return head + "".join(f'[[models]]\nmodule = "{one}"\nnames = [{names}]\n' for one in modules)


def broken(text: str) -> str:
    return text.replace(": int", ": str")


class Change(NamedTuple):
    """Files of a commit, and what becomes of them: ``None`` is deleted."""

    before: Mapping[str, str]
    after: Mapping[str, str | None]
    code: int
    #: By subject, the rules of its errors; of one that nothing is compared with, ``new``.
    found: Mapping[str, set[str]]
    #: What is said of the gate besides that the baseline's counts as well.
    gate: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


EVENTS = {"evtcompat.toml": listed("shop.events"), "shop/events.py": HEAD + PLACED}
TWO = {**EVENTS, "evtcompat.toml": listed("shop.events", "shop.pay"), "shop/pay.py": HEAD + PAID}
RENAMED = {"evtcompat.toml": listed("shop.messages"), "shop/events.py": None, "shop/messages.py": HEAD + PLACED}
WITHOUT_PAY = {"evtcompat.toml": listed("shop.events")}
NARROW = {"evtcompat.toml": listed("shop.events", paths="schemas"), "schemas/p.avsc": AVRO}
TYPE = {"type-changed"}
GONE = {"subject-removed"}
UNLISTED = "`[[models]]` no longer lists `{}`"
PAY = (UNLISTED.format("shop.pay"),)

#: By law.
LAWS = {
    "a module that is renamed is compared with what it was": Change(
        EVENTS, {**RENAMED, "shop/messages.py": broken(HEAD + PLACED)}, 1, {"Placed": TYPE},
    ),
    "a module that is only renamed weakens nothing": Change(EVENTS, RENAMED, 0, {"Placed": set()}),
    "so is one that is named, and not looked for": Change(
        EVENTS, {**RENAMED, "shop/messages.py": broken(HEAD + PLACED)}, 1, {"Placed": TYPE}, words=("shop.messages:",),
    ),
    "a module that became a package": Change(
        EVENTS, {"shop/events.py": None, "shop/events/__init__.py": broken(HEAD + PLACED)}, 1, {"Placed": TYPE},
    ),
    "a module that moved below src": Change(
        EVENTS,
        {"shop/__init__.py": None, "shop/events.py": None, "src/shop/events.py": broken(HEAD + PLACED)},
        1, {"Placed": TYPE},
    ),
    "a module outside of the paths of the configuration": Change(
        {**EVENTS, **NARROW},
        {**RENAMED, "evtcompat.toml": listed("shop.messages", paths="schemas"),
         "shop/messages.py": broken(HEAD + PLACED)},
        1, {"Placed": TYPE, "p": set()},
    ),
    "a class that moved to another listed module": Change(
        TWO, {"shop/events.py": HEAD, "shop/pay.py": HEAD + PAID + broken(PLACED)}, 1, {"Placed": TYPE, "Paid": set()},
    ),
    "a class that left a module which stays, and is listed no more": Change(
        TWO, {"evtcompat.toml": listed("shop.events"), "shop/pay.py": HEAD,
              "shop/events.py": HEAD + PLACED + broken(PAID)},
        1, {"Placed": set(), "Paid": TYPE},
    ),
    "such a class that says what it said": Change(
        TWO, {"evtcompat.toml": listed("shop.events"), "shop/pay.py": HEAD, "shop/events.py": HEAD + PLACED + PAID},
        0, {"Placed": set(), "Paid": set()},
    ),
    "a module that is left out weakens the gate": Change(
        TWO, {**WITHOUT_PAY, "shop/events.py": HEAD + PLACED + "\n"}, 0, {"Placed": set()}, PAY,
    ),
    "the baseline's gate judges what is left out": Change(
        TWO, {**WITHOUT_PAY, "shop/pay.py": broken(HEAD + PAID)}, 1, {"Placed": set(), "Paid": TYPE}, PAY,
    ),
    "a module that is left out and loses a class": Change(
        TWO, {**WITHOUT_PAY, "shop/pay.py": HEAD}, 1, {"Placed": set(), "Paid": GONE}, PAY,
    ),
    "a module that is left out and deleted": Change(
        TWO, {**WITHOUT_PAY, "shop/pay.py": None}, 1, {"Placed": set(), "Paid": GONE}, PAY,
    ),
    "the last module, with the configuration": Change(
        EVENTS, {"evtcompat.toml": None, "shop/events.py": None, "p.avsc": AVRO}, 1, {"Placed": GONE, "p": {"new"}},
        ("the whole configuration is removed; the defaults hold", UNLISTED.format("shop.events")),
    ),
    "a module outside of the paths that is deleted": Change(
        {**TWO, **NARROW, "evtcompat.toml": listed("shop.events", "shop.pay", paths="schemas")},
        {"evtcompat.toml": listed("shop.events", paths="schemas"), "shop/pay.py": None},
        1, {"Placed": set(), "Paid": GONE, "p": set()}, PAY,
    ),
    "a module without models held none": Change(
        {**TWO, "shop/pay.py": HEAD}, {**WITHOUT_PAY, "shop/events.py": HEAD + PLACED + "\n"}, 0, {"Placed": set()},
    ),
    "a module that could not be imported, and is gone": Change(
        {**EVENTS, "shop/events.py": HEAD + PLACED + "import nowhere\n"}, RENAMED, 3, {"Placed": {"new"}},
        (UNLISTED.format("shop.events"),),
    ),
    "a name that is new is not there yet": Change(
        {**EVENTS, "shop/events.py": HEAD + PLACED + PAID},
        {"evtcompat.toml": listed("shop.events", names='"AnyOrder"'), "shop/events.py": HEAD + PLACED + PAID + BOTH},
        0, {"AnyOrder": {"new"}},
    ),
    "so is one that the command line names": Change(
        {"shop/events.py": HEAD + PLACED + PAID}, {"shop/events.py": HEAD + PLACED + PAID + BOTH},
        0, {"AnyOrder": {"new"}}, words=("shop.events:AnyOrder",),
    ),
    "a name that is new, of what was there, is compared": Change(
        {**EVENTS, "shop/events.py": HEAD + PLACED + PAID + BOTH},
        {"evtcompat.toml": listed("shop.events", names='"AnyOrder"'),
         "shop/events.py": HEAD + PLACED + PAID + "AnyOrder = Placed\n"},
        1, {"Placed": set(), "Paid": set(), "AnyOrder": {"required-property-not-sent"}},
    ),
    "a name that is left out weakens the gate": Change(
        {"evtcompat.toml": listed("shop.events", names='"AnyOrder"'), "shop/events.py": HEAD + PLACED + PAID + BOTH},
        {"evtcompat.toml": listed("shop.events"), "shop/events.py": HEAD + PLACED + PAID + BOTH + "\n"},
        0, {"Placed": set(), "Paid": set()}, (UNLISTED.format("shop.events:AnyOrder"),),
    ),
    "a name that says no more than its module does not": Change(
        {**EVENTS, "evtcompat.toml": listed("shop.events", names='"Placed"')},
        {"evtcompat.toml": listed("shop.events"), "shop/events.py": HEAD + PLACED + "\n"}, 0, {"Placed": set()},
    ),
}  # fmt: skip


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    monkeypatch.delenv("EVTCOMPAT_ALLOW_IMPORTS", raising=False)
    monkeypatch.setenv("EVTCOMPAT_CONFIG_DIR", str(tmp_path / "own"))
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    return make_repo(tmp_path / "shop")


def change(shop: Repo, before: Mapping[str, str], after: Mapping[str, str | None]) -> None:
    shop.save({"README": "before there was a gate"})
    shop.save({"shop/__init__.py": "", **before})
    for path, text in after.items():
        if text is None:
            (shop.path / path).unlink()
        else:
            shop.write(path, text)
    shop.git("add", "--all")


@pytest.mark.slow
@pytest.mark.parametrize("law", LAWS)
def test_models_are_compared_with_those_that_the_baseline_names(law: str, run: Run, shop: Repo) -> None:
    before, after, code, expected, gate, words = LAWS[law]
    change(shop, before, after)
    result = run("check", *words, "--format", "json", cwd=shop.path, environment=ALLOWED)
    report = json.loads(result.out)
    found = {
        one["subject"]: {
            *({"new"} if one["state"] == "new" else ()),
            *(finding["rule"] for part in (one, *one["comparisons"]) for finding in part["findings"]),
        }
        for one in report["subjects"]
    }
    weakened = [one["message"] for one in report["findings"] if one["rule"] == "gate-weakened"]
    said = [one.removeprefix("This change weakens its own gate: ").removesuffix(".") for one in weakened]
    assert (result.code, found) == (code, expected), result.out
    assert tuple(one for one in said if not one.startswith("the gate of the baseline")) == gate


@pytest.mark.slow
@pytest.mark.parametrize("said", ["", "0"])
def test_nothing_of_the_baseline_is_imported_that_nobody_allows(said: str, run: Run, shop: Repo) -> None:
    """Neither what its configuration lists, nor beside what a person names now."""
    trace = f"open({str(shop.path.parent / 'ran')!r}, 'w').close()\n"
    own = shop.path.parent / "own" / "config.toml"
    own.parent.mkdir()
    own.write_text(f'allow-imports = ["{shop.path.parent.as_posix()}/{"shop" if said else "other"}"]\n')
    change(shop, {**TWO, "shop/pay.py": trace + PAID}, {"evtcompat.toml": "", "shop/pay.py": None})
    variables = {"EVTCOMPAT_ALLOW_IMPORTS": said}
    listing = run("check", "--against", "git:HEAD", cwd=shop.path, environment=variables)
    named = run("check", "shop.events:", "--against", "git:HEAD", cwd=shop.path, environment=variables)
    assert not (shop.path.parent / "ran").exists()
    assert (listing.code, named.code) == (3, 0), listing.out + named.out
    for module in ("shop.events", "shop.pay"):
        assert UNLISTED.format(module) in " ".join(listing.out.split())


@pytest.mark.slow
@pytest.mark.parametrize("rest", ["", "p.avsc"])
def test_what_the_person_allows_is_never_said_to_be_forbidden(rest: str, run: Run, shop: Repo) -> None:
    """Where the change drops every module, also beside another schema that it touches."""
    change(shop, {**EVENTS, "p.avsc": AVRO}, {"evtcompat.toml": "", **({rest: AVRO + "\n"} if rest else {})})
    result = run("check", "--staged", cwd=shop.path, environment=ALLOWED)
    assert (result.code, "nobody allowed" in result.out) == (0, False), result.out
    assert UNLISTED.format("shop.events") in " ".join(result.out.split())
