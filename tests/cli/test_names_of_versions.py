"""What sentences call two schemas that stand under one version, and several that read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli_harness import Run, commit
from evtcompat.testing import RegistryServer

ONE = {"id": "string"}
MORE = {**ONE, "total": "int"}


def write(folder: Path, name: str, fields: dict[str, str]) -> None:
    record = {
        "type": "record",
        "name": "Order",
        "fields": [{"name": one, "type": type_} for one, type_ in fields.items()],
    }
    (folder / name).write_text(json.dumps(record, indent=1), encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("against", ["git:HEAD", "lock", "registry"])
def test_an_edited_version_is_called_a_change_whatever_it_is_compared_with(
    against: str, run: Run, repository: Path, registry: RegistryServer
) -> None:
    write(repository, "order-v1.avsc", ONE)
    assert run("registry", "register", "order-v1.avsc", "--yes", cwd=repository).code == 0
    assert run("lock", cwd=repository).code == 0
    commit(repository, "published")
    out = run("check", "--against", against, cwd=repository).out
    assert "your change" not in out, "nothing is changed yet"
    write(repository, "order-v1.avsc", MORE)
    out = " ".join(run("check", "--against", against, cwd=repository, columns=1000).out.split())
    assert "(backward: your change reads v1 as published)" in out
    assert "Consumers on your change cannot read events written with v1 as published: `Order.total`" in out
    assert "v1 reads" not in out
    del registry


@pytest.mark.slow
def test_two_with_one_label_are_told_apart_and_several_read(run: Run, repository: Path) -> None:
    (repository / "evtcompat.toml").write_text('level = "FORWARD"\n')
    write(repository, "order-v1.avsc", MORE)
    commit(repository, "published")
    write(repository, "order-v1.avsc", {**MORE, "city": "string"})
    write(repository, "order-v2.avsc", ONE)
    out = " ".join(run("check", "order-v2.avsc", cwd=repository, columns=1000).out.split())
    assert "(forward: v1 as published and v1 read v2)" in out
    assert "(forward: v1 reads v2)" in out, "of one alone"
