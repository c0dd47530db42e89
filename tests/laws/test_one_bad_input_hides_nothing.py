"""Every command over several subjects: break each input in every way, and the answers about the others are the same.

Nor does any of it end in a fault of evtcompat, or is an answer green that was not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import cycle
from pathlib import Path
from typing import Final

import pytest

from cli_harness import Result, Run
from laws.projects import SUBJECTS, WAYS, copied, ended, made_once

Answers = Mapping[str, object]


def _reported(result: Result) -> Answers:
    """Of a report as JSON: what is said of each subject."""
    found: dict[str, list[object]] = {}
    for one in json.loads(result.out)["subjects"] if result.out else ():
        found.setdefault(one["subject"].rpartition("/")[2], []).append(one)
    return found


def _in_blocks(result: Result) -> Answers:
    """Of a text: the lines about each subject, from the one that begins with its name."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in result.out.splitlines():
        first = re.match(r"[\w-]+", line)
        if first is not None:
            lines = found.setdefault(first[0], [])
        if line:
            lines.append(line)
    return found


#: Commands that answer about all subjects at once, with the way to what is said of each.
TOGETHER: Final[Mapping[str, tuple[tuple[str, ...], Callable[[Result], Answers]]]] = {
    "check": (("check", "schemas", "--format", "json"), _reported),
    "contract verify": (("contract", "verify", "--format", "json"), _reported),
    "contract list": (("contract", "list"), _in_blocks),
    "contract usage": (("contract", "usage"), _in_blocks),
}
#: Commands that answer about one subject, among the files of all.
ALONE: Final[Mapping[str, tuple[str, ...]]] = {
    "matrix": ("matrix", "{}", "--schemas", "schemas"),
    "fixtures generate": ("fixtures", "generate", "{}", "--schemas", "schemas", "--output", "new/{}"),
    "fixtures verify": ("fixtures", "verify", "made/{}"),
    "can-i-deploy": ("can-i-deploy", "{}-writer", "2", "--to", "dev"),
}
#: Commands whose answer is about the project: only that they end as they should.
WHOLE: Final = (
    ("init", "--dry-run"),
    ("fixtures", "verify", "made"),
    ("plan", "cherry-writer=2", "--to", "dev"),
    ("replay", "events", "--reader", "schemas/berry-v2.json", "--writer", "1=schemas/berry-v1.json"),
)

#: The inputs that are broken, each with the subject that it is about.
INPUTS: Final = {
    "schemas/apple-v1.avsc": "apple",
    "schemas/apple-v2.avsc": "apple",
    "schemas/berry-v1.json": "berry",
    "schemas/berry-v2.json": "berry",
    "schemas/date.yaml": "Date",
    "contracts/apple/mail.toml": "apple",
    "made/apple/manifest.json": "apple",
    "made/berry/manifest.json": "berry",
    "deployments/built/apple-writer.jsonl": "apple",
    "deployments/dev/apple-reader.jsonl": "apple",
}


def answers(run: Run, folder: Path, path: str) -> Iterator[tuple[str, str, object]]:
    """What every command says: the command, the subject and the answer about it.

    A folder of the name `broken` is one in which the file at the path is.
    """
    broken, is_broken = INPUTS[path], folder.name == "broken"
    for name, (words, told) in TOGETHER.items():
        result = ended(run(*words, cwd=folder), words)
        for subject, said in told(result).items():
            if subject in SUBJECTS and subject != broken:
                yield name, subject, said
        if is_broken and name == "check":
            assert result.code, "what cannot be read, or is gone, is not green"
    for name, words in ALONE.items():
        for subject in SUBJECTS:
            spoken = tuple(word.format(subject) for word in words)
            result = ended(run(*spoken, cwd=folder), spoken)
            if subject != broken:
                yield name, subject, _alone(result, name, subject, path)
    for words in WHOLE:
        result = ended(run(*words, cwd=folder), words)
        if is_broken and words[0] == path.replace("made/", "fixtures/").partition("/")[0]:
            assert result.code, "what cannot be verified is not green"


def _alone(result: Result, name: str, subject: str, path: str) -> object:
    """What a command about one subject says of it."""
    if name != "can-i-deploy" or not path.startswith("deployments/dev/"):
        return result.code, result.out
    # what runs there may meet any service: what cannot be read keeps every answer from yes, and hides no pair
    assert result.code or "unchecked" not in result.out
    return _in_blocks(result).get(f"{subject}-reader")


@pytest.fixture
def master(built: Path, run: Run) -> Path:
    """The healthy project, made once."""
    return made_once(built, run)


def holds(run: Run, master: Path, tmp_path: Path, path: str, ways: tuple[str, ...]) -> None:
    def told(folder: Path) -> dict[tuple[str, str], object]:
        return {(command, subject): said for command, subject, said in answers(run, folder, path)}

    healthy = told(copied(master, tmp_path / "project"))
    for way in ways:
        folder = copied(master, tmp_path / "broken")
        WAYS[way](folder / path)
        broken = told(folder)
        assert {about: broken.get(about) for about in healthy} == healthy, way


#: Each way once, each input in turn.
SOME: Final = list(zip(WAYS, cycle(INPUTS), strict=False))


@pytest.mark.slow
@pytest.mark.parametrize(("way", "path"), SOME[::5], ids=str)
def test_the_others_are_told_as_before(way: str, path: str, run: Run, master: Path, tmp_path: Path) -> None:
    holds(run, master, tmp_path, path, (way,))


@pytest.mark.long
@pytest.mark.parametrize("path", INPUTS)
def test_the_others_are_told_as_before_whatever_is_broken(path: str, run: Run, master: Path, tmp_path: Path) -> None:
    holds(run, master, tmp_path, path, tuple(WAYS))
