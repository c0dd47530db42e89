"""A number sign separates a document from what is in it; in the name of a file or a folder it separates nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from acceptance.team import BREAKING, DEPLOYED
from cli_harness import Run
from sources.conftest import Repo


@pytest.mark.slow
@pytest.mark.parametrize("words", [("check",), ("check", "--staged")], ids=" ".join)
@pytest.mark.parametrize("path", ["c#/order.avsc", "schemas/order#1.avsc", "a#b/c#d/order.avsc", "x.yaml#y/order.avsc"])
def test_a_schema_whose_path_has_one_is_compared_with_its_past(
    path: str, words: tuple[str, ...], run: Run, repository: Path
) -> None:
    repo = Repo(repository)
    repo.save({path: DEPLOYED, "schemas/other.avsc": DEPLOYED.replace("Order", "Other")})
    repo.write(path, BREAKING)
    repo.git("add", "--all")
    result = run(*words, cwd=repo.path)
    assert (result.code, "could not be checked" in result.out) == (1, False), result.out
