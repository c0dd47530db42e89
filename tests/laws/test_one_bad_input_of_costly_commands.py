"""The same law for commands that take long, with one way a kind: one bad input hides nothing about the others."""

from __future__ import annotations

import json
import shutil
import tomllib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest

from cli_harness import Run
from evtcompat.reporters.pages.site import path_of
from laws.projects import FEW, SUBJECTS, WAYS, copied, ended, made_once

WAIVE: Final = ("waive", "--all", "--reason", "r", "--owner", "ann", "--expires", "2999-01-01", "--path", "schemas")
_CONSUMER: Final = """def handle(message):
    pass
"""


def _pages(folder: Path) -> Mapping[str, object]:
    """The pages of a site by subject."""
    pages = {name: folder / "site" / path_of(name) for name in SUBJECTS}
    return {name: page.read_text(encoding="utf-8") for name, page in pages.items() if page.exists()}


def _waivers(folder: Path) -> Mapping[str, object]:
    """The waivers by subject."""
    file = folder / "evtcompat-waivers.toml"
    found: dict[str, list[object]] = {}
    for one in tomllib.loads(file.read_text(encoding="utf-8"))["waivers"] if file.exists() else ():
        found.setdefault(one["subject"], []).append(one)
    return found


#: Commands about all subjects, with the way to what is written of each.
WRITTEN: Final[Mapping[str, tuple[tuple[str, ...], Callable[[Path], Mapping[str, object]]]]] = {
    "report": (("report", "--schemas", "schemas", "--site", "site"), _pages),
    "waive": (WAIVE, _waivers),
}
#: Commands about one subject, among the files of all.
ALONE: Final[Mapping[str, tuple[str, ...]]] = {
    "report SUBJECT": ("report", "{}", "--schemas", "schemas"),
    "diff": ("diff", "schemas/{}-v1.{}", "schemas/{}-v2.{}"),
    "exercise": ("exercise", "{}", "--new", "consumer:handle", "--fixtures", "made/{}", "--delivery", "once"),
}
_SUFFIXES: Final = {"apple": "avsc", "berry": "json", "cherry": "avsc"}
#: The inputs that are broken, each with the subject that it is about and the commands that read it.
INPUTS: Final = {
    "schemas/apple-v1.avsc": ("apple", ("report", "waive", "report SUBJECT", "diff")),
    "schemas/berry-v2.json": ("berry", ("report", "waive", "report SUBJECT", "diff")),
    "schemas/date.yaml": ("Date", ("report", "waive")),
    "made/apple/manifest.json": ("apple", ("exercise",)),
    "made/berry/v1/01-all-properties.json": ("berry", ("exercise",)),
}


#: The ways after which there is a file, and no document.
UNREADABLE: Final = ("text", "lists without end", "no UTF-8")


def answers(run: Run, folder: Path, path: str) -> Iterator[tuple[str, str, object]]:
    """What the commands say that read a file: the command, the subject and the answer about it."""
    broken, commands = INPUTS[path]
    for name in commands:
        if name in WRITTEN:
            words, told = WRITTEN[name]
            ended(run(*words, cwd=folder), words)
            yield from ((name, subject, said) for subject, said in told(folder).items() if subject != broken)
            continue
        for subject in SUBJECTS:
            spoken = tuple(_filled(word, subject) for word in ALONE[name])
            result = ended(run(*spoken, cwd=folder), spoken)
            if subject != broken:
                yield name, subject, (result.code, result.out)
            elif folder.name in UNREADABLE:
                assert result.code, "what cannot be read is not green"


def _filled(word: str, subject: str) -> str:
    return word.format(*((subject, _SUFFIXES[subject]) if word.endswith(".{}") else (subject,)))


@pytest.fixture
def master(built: Path, run: Run) -> Path:
    """The healthy project, made once, with a consumer."""
    return made_once(built, run, {"consumer.py": _CONSUMER})


@pytest.mark.slow
@pytest.mark.parametrize("path", INPUTS)
def test_the_others_are_told_as_before(path: str, run: Run, master: Path, tmp_path: Path) -> None:
    def told(folder: Path) -> dict[tuple[str, str], object]:
        return {(command, subject): said for command, subject, said in answers(run, folder, path)}

    healthy = told(copied(master, tmp_path / "project"))
    assert healthy
    assert (master / path).is_file()
    for way in FEW:
        folder = copied(master, tmp_path / way)
        WAYS[way](folder / path)
        broken = told(folder)
        assert {about: broken.get(about) for about in healthy} == healthy, way


#: What a file of the version that is left can be told from.
_KEPT: Final = "v2"


@pytest.mark.slow
@pytest.mark.parametrize("subject", ["apple", "berry"])
@pytest.mark.parametrize("way", UNREADABLE)
def test_a_version_that_cannot_be_read_takes_none_of_the_others_from_a_page(
    way: str, subject: str, run: Run, master: Path, tmp_path: Path
) -> None:
    folder = copied(master, tmp_path / "broken")
    file = f"schemas/{subject}-v1.{_SUFFIXES[subject]}"
    WAYS[way](folder / file)
    for words in ((), (subject,)):
        result = ended(run("report", *words, "--schemas", "schemas", "--site", "site", cwd=folder), ("report", way))
        assert (result.code, file in result.err) == (3, True)
        page = (folder / "site" / path_of(subject)).read_text(encoding="utf-8")
        assert _KEPT in page
        assert file in page
        shutil.rmtree(folder / "site")


@pytest.mark.slow
@pytest.mark.parametrize("way", UNREADABLE)
def test_what_was_found_is_waived_and_the_rest_is_told(way: str, run: Run, master: Path, tmp_path: Path) -> None:
    folder = copied(master, tmp_path / "broken")
    (folder / "schemas/date-v1.avsc").write_text("{}", encoding="utf-8")
    WAYS[way](folder / "schemas/date-v1.avsc")
    result = ended(run(*WAIVE, cwd=folder), ("waive", way))
    assert _waivers(folder).keys() == {"apple", "berry"}
    assert (result.code, "date-v1.avsc" in result.err) == (3, True)


@pytest.mark.slow
@pytest.mark.parametrize("way", FEW)
def test_one_payload_that_cannot_be_read_takes_none_of_the_others_from_an_exercise(
    way: str, run: Run, master: Path, tmp_path: Path
) -> None:
    folder = copied(master, tmp_path / "project")
    words = ("exercise", "apple", "--new", "consumer:handle", "--fixtures", "made/apple", "--delivery", "once")
    whole = json.loads(run(*words, "--format", "json", cwd=folder).out)
    file = sorted((folder / "made/apple/v1").glob("*.wire"))[1]
    WAYS[way](file)
    result = ended(run(*words, "--format", "json", cwd=folder), words)
    told = json.loads(result.out)
    (unread,) = told["unread"]
    assert (result.code, told["verdict"], file.name in unread) == (3, "unchecked", True)
    assert told["versions"] == whole["versions"]
    (first, *others), (first_whole, *others_whole) = (
        [cell for one in report["levels"] for cell in one["cells"]] for report in (told, whole)
    )
    assert first["events"] == first_whole["events"] - 1
    assert (first["state"], others) == (first_whole["state"], others_whole)
    for form, sign in (("text", "unchecked"), ("junit", 'errors="1"')):
        shown = run(*words, "--format", form, cwd=folder)
        assert (shown.code, file.name in shown.out, sign in shown.out) == (3, True, True)


_MODULE: Final = "from pydantic import BaseModel\nclass {}(BaseModel):\n    id: str\n"


@pytest.mark.slow
@pytest.mark.parametrize("way", FEW)
def test_a_module_that_cannot_be_imported_hides_no_model_of_another(way: str, run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    for name in ("Apple", "Berry"):
        (folder / f"{name.lower()}s.py").write_text(_MODULE.format(name), encoding="utf-8")
    words = ("export", "apples:", "berrys:", "-o", "made")
    assert run(*words, cwd=folder).code == 0
    healthy = (folder / "made/Berry.json").read_bytes()
    WAYS[way](folder / "apples.py")
    (folder / "made/Berry.json").unlink()
    checked = ended(run(*words, "--check", cwd=folder), words)
    written = ended(run(*words, cwd=folder), words)
    if way in ("gone", "a folder"):  # a word that names no module any more is a mistake in the call
        assert (checked.code, written.code) == (2, 2)
        return
    assert (checked.code, written.code) == (1, 3)
    assert "made/Berry.json is missing" in checked.out
    assert "apples" in checked.err
    assert (folder / "made/Berry.json").read_bytes() == healthy
