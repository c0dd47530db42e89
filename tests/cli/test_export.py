"""`evtcompat export` writes the schemas of models, and nothing over a person's file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli_harness import Run

EVENTS = (
    "from pydantic import BaseModel\nclass Order(BaseModel):\n    id: str\nclass Bill(BaseModel):\n    sum: float\n"
)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    (tmp_path / "events.py").write_text(EVENTS)
    return tmp_path


@pytest.mark.slow
def test_each_model_is_a_file_that_is_checked_like_any_other(run: Run, shop: Path) -> None:
    done = run("export", "events:", "-o", "schemas", cwd=shop)
    assert (done.code, sorted(done.out.split())) == (0, ["schemas/Bill.json", "schemas/Order.json"])
    assert json.loads((shop / "schemas" / "Order.json").read_text())["required"] == ["id"]
    assert run("check", "schemas", cwd=shop).code == 0
    assert run("export", "events:", "-o", "schemas", "--check", cwd=shop).code == 0


@pytest.mark.slow
def test_what_is_stale_or_missing_is_told(run: Run, shop: Path) -> None:
    assert run("export", "events:Order", "-o", "schemas", cwd=shop).code == 0
    (shop / "events.py").write_text(EVENTS.replace("id: str", "id: int"))
    done = run("export", "events:", "-o", "schemas", "--check", cwd=shop)
    assert done.code == 1
    assert "schemas/Order.json is stale" in done.out
    assert "schemas/Bill.json is missing" in done.out
    assert "evtcompat export events: -o schemas" in done.out
    assert run("export", "events:", "-o", "schemas", cwd=shop).code == 0
    assert run("export", "events:", "-o", "schemas", "--check", cwd=shop).code == 0


@pytest.mark.slow
def test_a_file_of_a_person_stays(run: Run, shop: Path) -> None:
    (shop / "schemas").mkdir()
    (shop / "schemas" / "Order.json").write_text("{}")
    done = run("export", "events:", "-o", "schemas", cwd=shop)
    assert done.code == 2
    assert "was not written by this command" in done.err
    assert ((shop / "schemas" / "Order.json").read_text(), (shop / "schemas" / "Bill.json").exists()) == ("{}", False)


@pytest.mark.slow
def test_a_link_out_of_the_folder_is_not_followed(
    run: Run, shop: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (shop / "schemas").symlink_to(outside)
    assert run("export", "events:", "-o", "schemas", cwd=shop).code == 2
    assert list(outside.iterdir()) == []


@pytest.mark.slow
def test_what_is_no_model_is_refused(run: Run, shop: Path) -> None:
    for word, code in (("schemas", 2), ("gone:", 2), ("events:Gone", 3)):
        assert run("export", word, "-o", "schemas", cwd=shop).code == code
    assert not (shop / "schemas").exists()


@pytest.mark.slow
def test_models_are_checked_where_the_person_allows_what_the_configuration_lists(run: Run, shop: Path) -> None:
    (shop / "evtcompat.toml").write_text('[[models]]\nmodule = "events"\n')
    refused = run("check", cwd=shop)
    assert refused.code == 3
    assert "nobody allowed that" in refused.out
    assert "EVTCOMPAT_ALLOW_IMPORTS=1" in refused.out
    allowed = run("check", cwd=shop, environment={"EVTCOMPAT_ALLOW_IMPORTS": "1"})
    assert (allowed.code, "2 new" in allowed.out) == (0, True)
