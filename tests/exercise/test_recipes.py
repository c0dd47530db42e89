"""docs/recipes.md: each service is run as it stands there and is right, and with one mistake in it, which is found."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cli_harness import ROOT, Run

TEXT = (ROOT / "docs" / "recipes.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"^```\w+ file=(\S+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL))
#: An environment with what the recipes need, which `.ci/run` makes; and the modules of Node.
PYTHON = Path(os.environ.get("EVTCOMPAT_RECIPES", ROOT / ".venv-recipes"))
NODE = Path(os.environ.get("EVTCOMPAT_NODE_MODULES", ROOT / ".node" / "node_modules"))
RECIPES = {
    "confluent": "kafka",
    "aiokafka": "kafka",
    "faststream": "nats",
    "celery": "amqp",
    "protean": "redis",
    "node": "redis",
}


def needs(recipe: str) -> None:
    """The recipe's library is here."""
    if recipe == "node":
        if shutil.which("node") is None or not (NODE / "ioredis").is_dir():
            pytest.skip(f"needs node, and ioredis in {NODE}")
    elif not (PYTHON / "bin" / "python").exists():
        pytest.skip(f"needs an environment with the libraries of the recipes: .ci/run makes {PYTHON}")


def written(recipe: str, folder: Path) -> None:
    for name, content in FILES.items():
        if name.startswith((f"{recipe}/", "payloads/")):
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(content)


@pytest.mark.long
@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_works_as_it_is_written_and_shows_a_mistake(
    run: Run, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, recipe: str
) -> None:
    needs(recipe)
    monkeypatch.setenv("NODE_PATH", str(NODE))
    url = request.getfixturevalue(f"{RECIPES[recipe]}_url") + ("?body=data" if recipe == "protean" else "")
    written(recipe, tmp_path)
    here = tmp_path / recipe
    configuration = here / "evtcompat.toml"
    if recipe != "node":
        text = configuration.read_text()
        table = f'[exercise.services.shipping]\nnew-from = "venv:{PYTHON}"\n'
        configuration.write_text(text.replace("[exercise.services.shipping]\n", table))
    words = ["exercise", "orders", "--service", "shipping", "--fixtures", "../payloads", "--transport", url]
    words += ["--delivery", "once", "--delivery", "twice"]
    result = run(*words, cwd=here)
    assert result.code == 0, result.out
    source = next(path for path in here.iterdir() if path.stem == "shipping")
    source.write_text(source.read_text().replace('total: order["total"]', 'total: order["total"] * 10')
                      .replace('"total": order["total"]', '"total": order["total"] * 10'))  # fmt: skip
    result = run(*words, cwd=here)
    assert result.code == 1, result.out
    assert "too large by a factor of 10" in " ".join(result.out.split())


@pytest.mark.long
def test_a_broker_of_another_kind_takes_the_place_of_the_option(tmp_path: Path, redis_url: str) -> None:
    """Where there is no Docker: a class with the two methods that the recipe calls, of a server that runs."""
    written("testcontainers", tmp_path)
    host, port = redis_url.removeprefix("redis://").split(":")
    (tmp_path / "stub" / "testcontainers").mkdir(parents=True)
    (tmp_path / "stub" / "testcontainers" / "redis.py").write_text(
        f"""
from contextlib import contextmanager
from types import SimpleNamespace

@contextmanager
def RedisContainer():
    yield SimpleNamespace(get_container_host_ip=lambda: {host!r}, get_exposed_port=lambda port: {port})
"""
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path / "stub"), *filter(None, sys.path)])}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "testcontainers"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert "1 passed" in done.stdout, done.stdout + done.stderr
