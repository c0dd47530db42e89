"""What an old commit has that cannot be read here may be right: it is unchecked, and no version that nobody had."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

import pytest

from cli_harness import Run
from sources.conftest import Repo, make_repo

_HEAD = "from pydantic import BaseModel\n"


def _model(kind: str, more: str = "", head: str = "") -> str:
    return f"{head}{_HEAD}class Placed(BaseModel):\n    cents: {kind}\n{more}"


def _listed(module: str) -> str:
    return f'level = "FULL_TRANSITIVE"\n[[models]]\nmodule = "{module}"\n'


def _asyncapi(*names: str, reference: str = "") -> str:
    payload = {"type": "object", "properties": {name: {"type": "integer"} for name in names}}
    message = {"$ref": reference} if reference else {"name": "Placed", "payload": payload}
    components = {"messages": {"Placed": message}}
    channels = {"c": {"publish": {"message": {"$ref": "#/components/messages/Placed"}}}}
    return json.dumps(
        {"asyncapi": "2.6.0", "info": {"title": "t", "version": "1"}, "channels": channels, "components": components}
    )


def _idl(fields: str, before: str = "") -> str:
    return f"protocol P {{ {before} record Placed {{ {fields} }} }}"


class Past(NamedTuple):
    """Commits by the files that each writes (``None`` removes), the last one not committed."""

    commits: list[dict[str, str | None]]
    code: int
    said: str
    #: The commit whose configuration git has lost.
    lost: str | None = None


_NOTE = "    note: str = ''\n"
_EVENTS: dict[str, str | None] = {"evtcompat.toml": _listed("shop.events")}
_RENAMED: dict[str, str | None] = {
    "evtcompat.toml": _listed("shop.messages"), "shop/events.py": None, "shop/messages.py": _model("int"),
}  # fmt: skip
_EDIT: dict[str, str | None] = {"shop/messages.py": _model("int", _NOTE)}
_LEVEL = 'level = "FULL_TRANSITIVE"\n'

PASTS = {
    "a module that needs what is not installed": Past(
        [
            {**_EVENTS, "shop/events.py": _model("str", head="import no_such_module\n")},
            {"shop/events.py": _model("int")},
            {"shop/events.py": _model("int", _NOTE)},
        ],
        3,
        "No module named 'no_such_module'",
    ),
    "a model of which no schema can be made": Past(
        [
            {**_EVENTS, "shop/events.py": _model("Callable", head="from typing import Callable\n")},
            {"shop/events.py": _model("int")},
            {"shop/events.py": _model("int", _NOTE)},
        ],
        3,
        "no schema can be made of the model Placed",
    ),
    "a text that is no Python": Past(
        [
            {**_EVENTS, "shop/events.py": "class Placed(:\n"},
            {"shop/events.py": _model("int")},
            {"shop/events.py": _model("int", _NOTE)},
        ],
        0,
        "compatible",
    ),
    "a renamed module, and a configuration that git has lost": Past(
        [{**_EVENTS, "shop/events.py": _model("str")}, {"shop/events.py": _model("int")}, _RENAMED, _EDIT],
        3,
        "evtcompat.toml",
        "HEAD~2",
    ),
    "a renamed module, and a configuration that was broken": Past(
        [
            {"evtcompat.toml": f"{_EVENTS['evtcompat.toml']}[", "shop/events.py": _model("str")},
            {"shop/events.py": _model("int")},
            _RENAMED,
            _EDIT,
        ],
        3,
        "evtcompat.toml",
    ),
    "an event that refers to a file of another place": Past(
        [
            {"evtcompat.toml": _LEVEL, "api.json": _asyncapi(reference="https://example.org/m.json")},
            {"api.json": _asyncapi("cents")},
            {"api.json": _asyncapi("cents", "note")},
        ],
        3,
        "https://example.org/m.json leads to no file of this repository",
    ),
    "an import of Avro IDL that is kept elsewhere": Past(
        [
            {"evtcompat.toml": _LEVEL, "p.avdl": _idl("Money cents;", 'import idl "money.avdl";')},
            {"p.avdl": _idl("int cents;")},
            {"p.avdl": _idl("int cents; int note = 0;")},
        ],
        3,
        "there is no file money.avdl, which is imported here",
    ),
    "a document that is none": Past(
        [
            {"evtcompat.toml": _LEVEL, "api.json": '{"asyncapi": "2.6.0",'},
            {"api.json": _asyncapi("cents")},
            {"api.json": _asyncapi("cents", "note")},
        ],
        0,
        "compatible",
    ),
}  # fmt: skip


def _write(repo: Repo, files: Mapping[str, str | None]) -> None:
    for path, text in files.items():
        if text is None:
            (repo.path / path).unlink()
        else:
            repo.write(path, text)


@pytest.mark.slow
@pytest.mark.parametrize("law", PASTS)
def test_what_cannot_be_read_of_the_past_is_unchecked(law: str, run: Run, make: Repo) -> None:
    past = PASTS[law]
    for files in past.commits[:-1]:
        _write(make, files)
        make.commit()
    _write(make, past.commits[-1])
    if past.lost is not None:
        oid = make.git("rev-parse", f"{past.lost}:evtcompat.toml")
        (make.path / ".git" / "objects" / oid[:2] / oid[2:]).unlink()
    result = run("check", ".", cwd=make.path, environment={"EVTCOMPAT_ALLOW_IMPORTS": "1"})
    assert result.code == past.code, result.out
    assert past.said in " ".join(result.out.split())


@pytest.fixture
def make(tmp_path_factory: pytest.TempPathFactory) -> Repo:
    """An empty repository."""
    return make_repo(tmp_path_factory.mktemp("past") / "shop")
