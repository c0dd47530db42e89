"""A new major version declares that it breaks: it is told, and fails nothing unless the configuration says so."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from acceptance.team import BREAKING, DEPLOYED, event
from cli_harness import Run
from sources.conftest import Repo


def check(run: Run, folder: Path, files: dict[str, str]) -> tuple[int, str]:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    result = run("check", cwd=folder)
    return result.code, result.out


@pytest.mark.parametrize(("older", "newer"), [("1-0-2", "2-0-0"), ("1.4.0", "2.0.0"), ("1.4.0", "2.0.0-rc.1")])
def test_a_new_major_version_is_incompatible_and_declared(older: str, newer: str, run: Run, tmp_path: Path) -> None:
    code, out = check(run, tmp_path, {f"order/{older}.avsc": DEPLOYED, f"order/{newer}.avsc": BREAKING})
    assert (code, "incompatible" in out, "declared" in out) == (0, True, True)
    assert "in any order" not in out
    assert check(run, tmp_path, {"evtcompat.toml": 'across-majors = "error"\n'})[0] == 1


@pytest.mark.parametrize(
    ("older", "newer"), [("1-0-2", "1-1-0"), ("1.4.0", "1.5.0"), ("2.0.0", "2.0.1"), ("v1", "v2"), ("1.0", "2.0")]
)
def test_any_other_version_declares_nothing(older: str, newer: str, run: Run, tmp_path: Path) -> None:
    code, out = check(run, tmp_path, {f"order/{older}.avsc": DEPLOYED, f"order/{newer}.avsc": BREAKING})
    assert (code, "declared" in out) == (1, False)


def test_what_else_breaks_fails_beside_it(run: Run, tmp_path: Path) -> None:
    files = {"order/1.0.0.avsc": DEPLOYED, "order/2.0.0.avsc": BREAKING}
    files |= {"pay/v1.avsc": DEPLOYED, "pay/v2.avsc": BREAKING}
    assert check(run, tmp_path, files)[0] == 1


def test_a_renamed_file_declares_nothing(run: Run, repository: Path) -> None:
    repo = Repo(repository)
    repo.save({"order/1.0.0.avsc": event("id", "a", "b", "c", "d")})
    repo.git("checkout", "--quiet", "-b", "topic")
    repo.git("mv", "order/1.0.0.avsc", "order/2.0.0.avsc")
    repo.write("order/2.0.0.avsc", event("id", "a", "b", "c", "d", "e"))
    assert run("check", cwd=repo.path).code == 1


@pytest.mark.slow
def test_a_file_that_states_its_version_declares_where_the_configuration_says_so(run: Run, repository: Path) -> None:
    def schema(version: str, *required: str) -> str:
        return json.dumps({
            "$schema": "http://json-schema.org/draft-07/schema#", "$id": f"https://example.com/{version}/order.json",
            "type": "object", "required": required, "properties": {"a": {"type": "string"}},
        })  # fmt: skip

    repo = Repo(repository)
    repo.save({"order.json": schema("1-0-0"), "evtcompat.toml": 'across-majors = "declared"\n'})
    repo.git("checkout", "--quiet", "-b", "topic")
    repo.write("order.json", schema("2-0-0", "a"))
    assert run("check", cwd=repo.path).code == 0
    repo.write("order.json", schema("1-1-0", "a"))
    assert run("check", cwd=repo.path).code == 1


def test_declaring_more_than_before_weakens_the_gate(run: Run, repository: Path) -> None:
    repo = Repo(repository)
    repo.save({"order.avsc": DEPLOYED, "evtcompat.toml": 'across-majors = "error"\n'})
    repo.git("checkout", "--quiet", "-b", "topic")
    repo.write("evtcompat.toml", 'across-majors = "declared"\n')
    assert "`across-majors` goes from error to declared" in run("check", cwd=repo.path).out
