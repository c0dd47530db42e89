"""A path that leads elsewhere than at the baseline is compared with what it led to, or refused; never passed over."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

import pytest

from cli_harness import Run

from .conftest import Repo, record

_ONE: Final = record("A", "a")
#: Neither reads the other.
_OTHER: Final = json.dumps(
    {"type": "record", "name": "A", "fields": [{"name": "a", "type": {"type": "map", "values": "int"}}]}
)
_MORE: Final = json.dumps(
    {"type": "record", "name": "A", "fields": [*json.loads(_ONE)["fields"], {"name": "z", "type": "int", "default": 0}]}
)
_DRAFT: Final = "http://json-schema.org/draft-07/schema#"
_API: Final = """asyncapi: 2.6.0
info: {{title: t, version: '1'}}
channels:
  dates:
    subscribe:
      message:
        name: Date
        payload:
          type: object
          properties: {{id: {{type: {}}}}}
"""


def _referring(to: str) -> str:
    return json.dumps({"$schema": _DRAFT, "type": "object", "properties": {"a": {"$ref": to}}})


#: By name: the files, and what a link led to and leads to, by the path of the link. `>` begins what a link leads to.
_BREAKING: Final[Mapping[str, tuple[Mapping[str, str], Mapping[str, tuple[str, str]]]]] = {
    "a file": ({"s/a.avsc": _ONE, "s/b.avsc": _OTHER}, {"s/link.avsc": ("a.avsc", "b.avsc")}),
    "versions": ({"s/v1.avsc": _ONE, "s/v2.avsc": _OTHER}, {"s/current.avsc": ("v1.avsc", "v2.avsc")}),
    "a name without suffix": ({"s/a.avsc": _ONE, "s/b.avsc": _OTHER}, {"s/link": ("a.avsc", "b.avsc")}),
    "the name of the link alone": ({"s/a.blob": _ONE, "s/b.blob": _OTHER}, {"s/link.avsc": ("a.blob", "b.blob")}),
    "a version that is a link": ({"s/a.avsc": _ONE, "s/b.avsc": _OTHER}, {"order-v1.avsc": ("s/a.avsc", "s/b.avsc")}),
    "a folder": ({"blue/o.avsc": _ONE, "green/o.avsc": _OTHER}, {"live": ("blue", "green")}),
    "a hidden folder": ({".blue/o.avsc": _ONE, ".green/o.avsc": _OTHER}, {"live": (".blue", ".green")}),
    "a chain": ({"a.avsc": _ONE, "b.avsc": _OTHER, "link.avsc": ">mid.avsc"}, {"mid.avsc": ("a.avsc", "b.avsc")}),
    "a chain of folders": ({"blue/o.avsc": _ONE, "green/o.avsc": _OTHER, "live": ">mid"}, {"mid": ("blue", "green")}),
    "links in a folder": (
        {"a.avsc": _ONE, "b.avsc": _OTHER, "blue/o.avsc": ">../a.avsc", "green/o.avsc": ">../b.avsc"},
        {"live": ("blue", "green")},
    ),
    "another subject": ({"x/a.avsc": _ONE, "y/b.avsc": _OTHER}, {"z/link.avsc": ("../x/a.avsc", "../y/b.avsc")}),
    "a document of events": (
        {"a.yaml": _API.format("integer"), "b.yaml": _API.format("string")},
        {"api.yaml": ("a.yaml", "b.yaml")},
    ),
    "what a schema refers to": (
        {"a.json": '{"type": "integer"}', "b.json": '{"type": "string"}', "o.schema.json": _referring("t.json")},
        {"t.json": ("a.json", "b.json")},
    ),
    "equal texts that refer to others": (
        {
            "blue/t.json": '{"type": "integer"}',
            "green/t.json": '{"type": "string"}',
            "blue/o.schema.json": _referring("t.json"),
            "green/o.schema.json": _referring("t.json"),
        },
        {"live": ("blue", "green")},
    ),
}


def _write(repo: Repo, files: Mapping[str, str]) -> None:
    for path, content in files.items():
        if content.startswith(">"):
            _link(repo.path / path, content[1:])
        else:
            repo.write(path, content)


def _link(path: Path, target: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.symlink_to(target)


def _moved(repo: Repo, files: Mapping[str, str], links: Mapping[str, tuple[str, str]]) -> str:
    """The commit before the links led elsewhere, which they do on disk only."""
    repo.save({"README": "nothing"})
    _write(repo, files)
    for path, (target, _) in links.items():
        _link(repo.path / path, target)
    repo.git("add", "--all")
    repo.commit("before")
    for path, (_, target) in links.items():
        _link(repo.path / path, target)
    return repo.git("rev-parse", "HEAD").strip()


def _codes(repo: Repo, run: Run, before: str) -> dict[str, int]:
    """What the ways of asking answer, by the words."""
    asked = {
        "disk": run("check", ".", "--against", f"git:{before}", cwd=repo.path),
        "disk, changed": run("check", ".", "--against", f"git:{before}", "--changed", cwd=repo.path),
    }
    repo.git("add", "--all")
    asked["hook"] = run("check", "--staged", cwd=repo.path)
    repo.commit("after")
    asked["commit"] = run("check", ".", "--against", f"git:{before}", cwd=repo.path)
    asked["the commit before"] = run("check", ".", cwd=repo.path)
    for words, result in asked.items():
        assert "fault in evtcompat" not in result.out + result.err, words
    return {words: result.code for words, result in asked.items()}


@pytest.mark.slow
@pytest.mark.parametrize("name", _BREAKING)
def test_what_is_read_by_a_link_is_compared_with_what_it_led_to(name: str, repo: Repo, run: Run) -> None:
    before = _moved(repo, *_BREAKING[name])
    assert set(_codes(repo, run, before).values()) == {1}


@pytest.mark.parametrize("target", ["a.avsc", "same.avsc", "more.avsc"])
def test_a_link_that_leads_to_what_its_readers_can_read_breaks_nothing(target: str, repo: Repo, run: Run) -> None:
    files = {"a.avsc": _ONE, "same.avsc": _ONE, "more.avsc": _MORE}
    before = _moved(repo, files, {"link.avsc": ("a.avsc", target)})
    assert run("check", ".", "--against", f"git:{before}", cwd=repo.path).code == 0


def _outside(folder: Path) -> None:
    (folder / "link.avsc").unlink()
    (folder / "link.avsc").write_text(_OTHER)


_REFUSED: Final[Mapping[str, Callable[[Path], None]]] = {
    "nowhere": lambda path: _link(path, "nowhere.avsc"),
    "in a circle": lambda path: _link(path, "link.avsc"),
    "to no schema": lambda path: _link(path, "README"),
    "to a schema of another language": lambda path: _link(path, "other.schema.json"),
    "to what does not parse": lambda path: _link(path, "torn.avsc"),
    "to what nobody can read": lambda path: _link(path, "pipe.avsc"),
}


@pytest.mark.parametrize("name", _REFUSED)
def test_a_link_that_leads_to_nothing_comparable_is_no_pass(name: str, repo: Repo, run: Run) -> None:
    files = {"a.avsc": _ONE, "torn.avsc": "{", "other.schema.json": _referring("#")}
    before = _moved(repo, files, {"link.avsc": ("a.avsc", "a.avsc")})
    os.mkfifo(repo.path / "pipe.avsc")
    link = repo.path / "link.avsc"
    _REFUSED[name](link)
    result = run("check", "link.avsc", "a.avsc", "--against", f"git:{before}", cwd=repo.path)
    assert result.code == 3, result.out
    assert "link.avsc" in result.out or str(link.readlink()) in result.out


@pytest.mark.parametrize("becomes", ["another link", "a file", "a link inside", "the same link"])
def test_what_a_link_led_to_outside_of_the_repository_is_known_to_nobody(
    becomes: str, repo: Repo, run: Run, tmp_path: Path
) -> None:
    outside = tmp_path / "elsewhere"
    outside.mkdir()
    for name in ("a.avsc", "b.avsc"):
        (outside / name).write_text(_ONE)
    before = _moved(repo, {"x.avsc": _ONE}, {"link.avsc": (str(outside / "a.avsc"), str(outside / "a.avsc"))})
    if becomes == "another link":
        _link(repo.path / "link.avsc", str(outside / "b.avsc"))
    elif becomes == "a file":
        _outside(repo.path)
    elif becomes == "a link inside":
        _link(repo.path / "link.avsc", "x.avsc")
    result = run("check", ".", cwd=repo.path)
    assert before
    assert result.code == (0 if becomes == "the same link" else 3), result.out


def test_a_link_whose_target_is_compared_with_the_same_is_told_once(repo: Repo, run: Run) -> None:
    repo.save({"s/v1.avsc": _ONE})
    _link(repo.path / "s/current.avsc", "v1.avsc")
    repo.git("add", "--all")
    repo.commit("before")
    repo.write("s/v2.avsc", _OTHER)
    _link(repo.path / "s/current.avsc", "v2.avsc")
    result = run("check", ".", "--format", "json", cwd=repo.path)
    assert result.code == 1
    assert len(json.loads(result.out)["subjects"]) == 1


def test_a_report_names_the_link_and_both_files(repo: Repo, run: Run) -> None:
    _moved(repo, *_BREAKING["a file"])
    text = run("check", ".", cwd=repo.path).out
    assert "s/link.avsc leads to it" in text
    assert "s/b.avsc:1:" in text
    assert "HEAD:s/a.avsc:1:" in text
    subjects = json.loads(run("check", ".", "--format", "json", cwd=repo.path).out)["subjects"]
    assert [one["link"] for one in subjects if "link" in one] == ["s/link.avsc"]


def test_links_that_lead_into_one_another_end(repo: Repo, run: Run) -> None:
    """Every folder has two links to the next one: names of files by way of them double with each."""
    repo.save({"README": "nothing"})
    for number in range(30):
        for name in ("left", "right"):
            _link(repo.path / f"f{number}" / name, f"../f{number + 1}")
    repo.write("f30/o.avsc", _ONE)
    shutil.copytree(repo.path / "f0", repo.path / "g0", symlinks=True)
    _link(repo.path / "live", "f0")
    repo.git("add", "--all")
    repo.commit("before")
    _link(repo.path / "live", "g0")
    assert run("check", ".", cwd=repo.path).code == 0
