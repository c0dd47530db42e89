"""The first question of a commit hook: is anything staged that evtcompat watches? Light: most commits touch no schema.

Only a plain "no" ends here. Whatever could make the answer depend on more than names is left to the whole check.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

from evtcompat.reading import LARGEST_CONFIGURATION, read_file
from evtcompat.sources.git import safety

#: What a schema, a document that schemas refer to, or the gate's own files end with.
_WATCHED = (".avsc", ".avdl", ".avpr", ".proto", ".json", ".jsonschema", ".schema", ".yaml", ".yml", ".toml")
#: The head of a table of TOML, as people write it.
_HEADER = re.compile(rb"^[ \t]*\[\[?[ \t]*[A-Za-z]", re.MULTILINE)
_OWN = re.compile(rb"[ \t]*\[\[?[ \t]*tool[ \t]*\.[ \t]*evtcompat\b")
#: Other ways to open or fill the table: `[tool]` with dotted keys below it, keys with quotes, keys before any table.
_UNUSUAL = re.compile(
    rb"""^[ \t]*(?:\[[ \t]*tool[ \t]*\]|tool[ \t]*[.=])|["']tool["']|["']evtcompat["'][ \t]*[].=]""",
    re.MULTILINE,
)
#: The modes of a change of which one side is a link, or a repository of its own.
_LEADING = re.compile(r":(?:\d+ )?(?:120000|160000)")
#: A character of a quoted word that is written by its number, which may be any of those looked for here.
_ESCAPED = re.compile(rb"\\[uUx]")
_LOCK = "evtcompat.lock"
_CONFIGURATIONS = ("evtcompat.toml", "pyproject.toml")


def nothing_staged(folder: Path, environment: Mapping[str, str]) -> bool:
    """Whether it is certain that the next commit touches nothing that evtcompat watches.

    ``False`` when git does not answer, when pre-commit runs for a push, when a configuration names files by patterns of
    its own, or when a staged file has no suffix (``order-placed/1-0-0`` may be a schema) or is or was a link or a
    repository, whose name says nothing of what lies behind it.
    """
    if environment.get("PRE_COMMIT_FROM_REF") or environment.get("PRE_COMMIT_ORIGIN"):
        return False
    if safety.special_file(folder) is not None:
        return False
    question = ("diff", "--cached", "--raw", "--no-renames", "--no-relative", "--no-ext-diff", "-z")
    try:
        done = subprocess.run(  # noqa: S603 - no shell, fixed words
            ["git", *safety.OPTIONS, *question],  # noqa: S607 - the git that the user has
            cwd=folder,
            env=safety.variables(environment),
            capture_output=True,
            check=False,
            timeout=safety.limit(environment),
        )
    except (OSError, subprocess.TimeoutExpired):
        return False  # the whole check says what is wrong with git
    if done.returncode:
        return False
    lines = [os.fsdecode(line) for line in done.stdout.split(b"\0") if line]
    changes = zip(lines[::2], lines[1::2], strict=True)
    return not any(_watched(name) or _LEADING.match(modes) for modes, name in changes) and not _own_patterns(folder)


def _watched(path: str) -> bool:
    name = path.rpartition("/")[2].lower()
    return name == _LOCK or "." not in name[1:] or name.endswith(_WATCHED) or name.rpartition(".")[2].isdigit()


def _own_tables(text: bytes) -> bytes:
    """The tables of evtcompat in a pyproject.toml; all of it where that needs a TOML parser."""
    if _ESCAPED.search(text):
        return text
    if b"evtcompat" not in text:
        return b""
    if _UNUSUAL.search(text):
        return text
    ends = [*(match.start() for match in _HEADER.finditer(text)), len(text)]
    tables = (text[start:end] for start, end in pairwise(ends))
    return b"".join(table for table in tables if _OWN.match(table))


def _own_patterns(folder: Path) -> bool:
    """Whether a configuration at or above the folder may name files that look like none of those watched."""
    for parent in (folder, *folder.parents):
        for name in _CONFIGURATIONS:
            try:
                text = read_file(parent / name, LARGEST_CONFIGURATION)
            except FileNotFoundError:
                continue
            except OSError:
                return True
            ours = text if name == _CONFIGURATIONS[0] else _own_tables(text)
            if b"include" in ours or b"subjects" in ours or b"waivers" in ours or _ESCAPED.search(ours):
                return True
        if (parent / ".git").exists():
            break
    return False
