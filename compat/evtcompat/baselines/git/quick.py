"""The first question of a commit hook: is anything staged that evtcompat watches? Light: most commits touch no schema.

Only a plain "no" ends here. Whatever could make the answer depend on more than names is left to the whole check.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

#: What a schema, a document that schemas refer to, or the gate's own files end with.
_WATCHED = (".avsc", ".avdl", ".avpr", ".proto", ".json", ".jsonschema", ".yaml", ".yml", ".toml")
_CONFIGURATIONS = ("evtcompat.toml", "pyproject.toml")


def nothing_staged(folder: Path, environment: Mapping[str, str]) -> bool:
    """Whether it is certain that the next commit touches nothing that evtcompat watches.

    ``False`` when git cannot tell, when pre-commit runs for a push, when a configuration names files by patterns of its
    own, or when a staged file has no suffix (``order-placed/1-0-0`` may be a schema).
    """
    if environment.get("PRE_COMMIT_FROM_REF") or environment.get("PRE_COMMIT_ORIGIN"):
        return False
    command = [
        "git",
        "--no-pager",
        "diff",
        "--cached",
        "--name-only",
        "--no-renames",
        "--no-relative",
        "--no-ext-diff",
        "-z",
    ]
    try:
        done = subprocess.run(command, cwd=folder, env=dict(environment), capture_output=True, check=False)  # noqa: S603 - no shell, fixed words
    except OSError:
        return False  # the whole check says what is wrong with git
    if done.returncode:
        return False
    names = [os.fsdecode(name) for name in done.stdout.split(b"\0") if name]
    return not any(_watched(name) for name in names) and not _own_patterns(folder)


def _watched(path: str) -> bool:
    name = path.rpartition("/")[2].lower()
    return "." not in name[1:] or name.endswith(_WATCHED) or name.rpartition(".")[2].isdigit()


def _own_patterns(folder: Path) -> bool:
    """Whether a configuration at or above the folder may name files that do not look like schemas."""
    for parent in (folder, *folder.parents):
        for name in _CONFIGURATIONS:
            try:
                text = (parent / name).read_bytes()
            except FileNotFoundError:
                continue
            except OSError:
                return True
            ours = name == _CONFIGURATIONS[0] or b"tool.evtcompat" in text
            if ours and (b"include" in text or b"subjects" in text):
                return True
        if (parent / ".git").exists():
            break
    return False
