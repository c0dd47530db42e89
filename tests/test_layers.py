"""The import table: which room may import which, and who owns which library. Imports inside functions count too."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "compat" / "evtcompat"

#: A room (a folder or a module of the package) and the rooms that it may import.
TABLE: dict[str, set[str]] = {
    "__init__": {"api", "model", "errors"},
    "__main__": {"cli"},
    "errors": {"model"},
    "model": set(),
    "syntax": {"model", "errors"},
    "regular": {"errors"},
    "formats": {"model", "errors", "syntax", "regular"},
    "rules": {"model", "errors", "syntax", "formats"},
    "config": {"model", "errors", "rules"},
    "checking": {"model", "errors", "formats", "rules", "syntax", "config"},
    "registries": {"model", "errors", "syntax", "formats"},
    "sources": {"model", "errors", "syntax", "formats", "config", "registries"},
    "api": {"model", "errors", "formats", "checking", "rules", "syntax", "sources"},
    "reporters": {"__init__", "model", "rules"},
    "payloads": {
        "__init__",
        "model",
        "errors",
        "formats",
        "checking",
        "rules",
        "syntax",
        "sources",
        "config",
        "reporters",
    },
    "exercise": {"__init__", "model", "errors", "payloads", "reporters", "formats", "syntax"},
    "testing": {"model", "errors", "formats", "checking", "rules", "registries", "syntax", "api"},
    "pytest_plugin": {"model", "errors", "payloads", "exercise", "sources", "config", "testing"},
}
#: A library and the one room that may import it.
OWNERS = {
    "fastavro": {"formats"},
    "jsonschema": {"formats"},
    "jsonschema_rs": {"formats"},
    "referencing": {"formats"},
    "yaml": {"syntax"},
    "requests": {"registries"},
    "urllib3": {"registries"},
    "platformdirs": {"registries"},
    "typer": {"cli"},
    "deepdiff": {"reporters"},
    "redis": {"exercise"},
    "kafka": {"exercise"},
    "subprocess": {"sources", "exercise"},
    "werkzeug": {"testing"},
}


def room_of(module: str) -> str:
    """The room that a dotted name below the package lies in."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def imports() -> Iterator[tuple[str, str, str]]:
    """(room, file, imported module) of every import in the package."""
    for path in sorted(ROOT.rglob("*.py")):
        relative = path.relative_to(ROOT)
        room = relative.parts[0].removesuffix(".py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    yield room, str(relative), alias.name
            elif isinstance(node, ast.ImportFrom) and node.module is not None:
                assert node.level == 0, f"{relative}: relative import"
                yield room, str(relative), node.module


def test_rooms_import_one_way() -> None:
    wrong = []
    for room, file, module in imports():
        if module.split(".")[0] != "evtcompat" or room == "cli":
            continue
        target = room_of(module)
        if target != room and target not in TABLE[room]:
            wrong.append(f"{file} imports {module}")
    assert wrong == []


def test_every_library_has_one_owner() -> None:
    wrong = [
        f"{file} imports {module}"
        for room, file, module in imports()
        if room not in OWNERS.get(module.split(".")[0], {room})
    ]
    assert wrong == []


@pytest.mark.parametrize("room", sorted(TABLE))
def test_every_room_of_the_table_exists(room: str) -> None:
    assert (ROOT / room).is_dir() or (ROOT / f"{room}.py").is_file()
