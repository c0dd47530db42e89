"""`evtcompat init`: what it finds, what it writes, and what it leaves as it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from acceptance.team import BREAKING, DEPLOYED
from cli_harness import Run
from sources.conftest import Repo

HOOKS = ".pre-commit-config.yaml"
GITHUB = ".github/workflows/event-schemas.yml"
GITLAB = ".gitlab-ci.yml"
SCHEMA = json.dumps({"$schema": "http://json-schema.org/draft-07/schema#", "type": "object"})
TREE = {
    "schemas/order-v1.avsc": DEPLOYED,
    "schemas/order-v2.avsc": DEPLOYED,
    "schemas/paid.v1.schema.json": SCHEMA,
    "topics/paid.yaml": (
        "services:\n  producers: [acme/shop]\n  consumers: [acme/billing]\n"
        "schemas:\n  - {version: 1, resource: paid.v1.schema.json}\n"
    ),
    "pom.xml": (
        "<schemaRegistryUrls><param>https://registry.example.com/</param></schemaRegistryUrls>"
        "<artifactId>kafka-schema-registry-maven-plugin</artifactId>"
    ),
    "CODEOWNERS": "/schemas @acme/events\n",
}


@pytest.fixture
def repo(repository: Path) -> Repo:
    found = Repo(repository)
    found.save(TREE)
    return found


def state(repo: Repo) -> dict[str, bytes]:
    files = (path for path in repo.path.rglob("*") if path.is_file() and ".git/" not in path.as_posix())
    return {path.relative_to(repo.path).as_posix(): path.read_bytes() for path in files}


@pytest.mark.slow
def test_it_says_what_there_is_and_writes_what_checks_it(run: Run, repo: Repo) -> None:
    (repo.path / ".github").mkdir()
    before = state(repo)
    told = run("init", "--dry-run", cwd=repo.path)
    assert (told.code, state(repo)) == (0, before)
    for words in (
        "2 subjects in 3 files",
        "https://registry.example.com",
        "of 1 subject, from topics/paid.yaml",
        "CODEOWNERS, by subjects: @acme/events (2)",
        "order, paid",
    ):
        assert words in told.out
    assert run("init", cwd=repo.path).out.splitlines()[-1] == "Next: evtcompat check"
    written = state(repo)
    assert written.keys() - before.keys() == {"evtcompat.toml", HOOKS, GITHUB}
    assert 'producers = ["shop"]' in written["evtcompat.toml"].decode()
    assert run("init", cwd=repo.path).code == 0
    assert state(repo) == written
    checked = run("check", cwd=repo.path)
    assert (checked.code, "gate-weakened" in checked.out) == (0, False)
    repo.write("schemas/order-v2.avsc", BREAKING)
    assert run("check", cwd=repo.path).code == 1


#: Configurations of pre-commit to which the hook is added, with the text before which it stands.
KEPT = {
    "indented": ("# ours\nrepos:\n  - repo: local\n    hooks:\n      - id: x  # why\n", None),
    "flush": ("repos:\n- repo: local\n  hooks:\n  - id: x\n    name: x\n\n# the end\n", None),
    "not last": ("repos:\n  - repo: local\n    hooks: [{id: x}]\n\ndefault_stages: [commit]\n", "default_stages"),
    "first": ("minimum_pre_commit_version: 3.2.0\nrepos:\n", None),
    "Windows": ("repos:\r\n  - repo: local\r\n    hooks:\r\n      - id: x\r\n", None),
}


@pytest.mark.parametrize("name", KEPT)
def test_an_existing_list_of_hooks_is_kept_and_gets_one_more(name: str, run: Run, repo: Repo) -> None:
    text, after = KEPT[name]
    (repo.path / HOOKS).write_bytes(text.encode())
    run("init", cwd=repo.path)
    now = (repo.path / HOOKS).read_bytes().decode()
    left = iter(now.splitlines())
    assert all(line in left for line in text.splitlines()), "every line is there, in its order"
    old, new = yaml.safe_load(text), yaml.safe_load(now)
    assert new["repos"][:-1] == (old["repos"] or [])
    assert new["repos"][-1]["hooks"][0]["id"] == "evtcompat"
    assert {**new, "repos": None} == {**old, "repos": None}
    assert ("\r\n" in now) == ("\r\n" in text)
    assert after is None or now.index("evtcompat") < now.index(after)


@pytest.mark.parametrize("text", ["repos: []\n", "repos: [\n", "- x\n"])
def test_hooks_that_cannot_be_added_to_stay_as_they_are(text: str, run: Run, repo: Repo) -> None:
    repo.write(HOOKS, text)
    assert "add the hook by hand" in run("init", cwd=repo.path).out
    assert (repo.path / HOOKS).read_text(encoding="utf-8") == text


def test_a_gitlab_pipeline_is_kept_and_gets_the_job(run: Run, repo: Repo) -> None:
    repo.write(GITLAB, "# ours\nstages: [test]\n")
    run("init", cwd=repo.path)
    text = (repo.path / GITLAB).read_text(encoding="utf-8")
    assert text.startswith("# ours\nstages: [test]\n")
    assert yaml.safe_load(text)["evtcompat"]["script"][-1].startswith("evtcompat check")


def test_what_is_chosen_wins_over_what_is_there(run: Run, repo: Repo) -> None:
    (repo.path / ".github").mkdir()
    run("init", "--ci", "none", cwd=repo.path)
    assert not (repo.path / GITHUB).exists()
    assert run("init", "--ci", "jenkins", cwd=repo.path).code == 2


def test_a_configuration_is_never_written_over(run: Run, repo: Repo) -> None:
    repo.write("pyproject.toml", "[tool.evtcompat]\nlevel = 'BACKWARD'\n")
    assert "it stays as it is" in run("init", cwd=repo.path).out
    assert not (repo.path / "evtcompat.toml").exists()


def test_where_there_is_no_schema_it_says_so(run: Run, tmp_path: Path) -> None:
    assert "No event schemas were found" in run("init", "--dry-run", cwd=tmp_path).out


def test_classes_that_are_models_are_said_with_the_command_that_checks_them(run: Run, repo: Repo) -> None:
    model = "from pydantic import BaseModel\n\nclass Placed(BaseModel):\n    total: int\n"
    repo.write("shop/events.py", model)
    repo.write("tests/test_events.py", model)
    repo.write("shop/other.py", "from pydantic import ValidationError\n\nclass Placed(Base):\n    pass\n")
    told = " ".join(run("init", "--dry-run", cwd=repo.path).out.split())
    assert (
        "Python models, which `evtcompat check PACKAGE.MODULE:` checks where they are events: shop/events.py." in told
    )


#: Files that say who writes and reads `order`, and what the configuration makes of them.
OWNERS = {
    "two topics of one schema": (
        {
            "topics/a.yaml": "services: {producers: [a/shop], consumers: [b]}\nschemas: [{resource: order-v2.avsc}]\n",
            "topics/b.yaml": "services: {producers: [shop], consumers: [c]}\nschemas: [{resource: order-v2.avsc}]\n",
        },
        ["topics/a.yaml", 'producers = ["shop"]', 'consumers = ["b", "c"]'],
    ),
    "Backstage names the file": (
        {
            "catalog-info.yaml": (
                "kind: API\nmetadata: {name: orders}\nspec: {definition: {$text: ./schemas/order-v2.avsc}}\n"
                "---\nkind: Component\nmetadata: {name: shop}\nspec: {providesApis: [orders]}\n"
                "---\nkind: Component\nmetadata: {name: billing}\nspec: {consumesApis: [default/orders]}\n"
            )
        },
        ["catalog-info.yaml", 'producers = ["shop"]', 'consumers = ["billing"]'],
    ),
    "Backstage calls it alike": (
        {
            "shop/catalog-info.yaml": (
                "kind: API\nmetadata: {name: Order}\nspec: {}\n---\n"
                "kind: Component\nmetadata: {name: shop}\nspec: {providesApis: ['api:default/order', Order]}\n"
            )
        },
        ["shop/catalog-info.yaml", 'producers = ["shop"]', "consumers = []"],
    ),
    "CODEOWNERS": (
        {".github/CODEOWNERS": "* @acme/all\n*.avsc @acme/events  # schemas\n"},
        ["# .github/CODEOWNERS says who looks after", '# producers = ["events"]'],
    ),
    "AsyncAPI": (
        {
            "asyncapi.yaml": (
                "asyncapi: 3.0.0\ninfo: {title: shop, version: 1.0.0}\n"
                "channels: {paid: {address: paid, messages: {Paid: {payload: {type: object}}}}}\n"
                "operations: {sendPaid: {action: send, channel: {$ref: '#/channels/paid'}}}\n"
            )
        },
        [],
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", OWNERS)
def test_who_writes_and_reads_is_taken_from_the_files_that_say_so(name: str, run: Run, repository: Path) -> None:
    files, expected = OWNERS[name]
    repo = Repo(repository)
    repo.save({"schemas/order-v1.avsc": DEPLOYED, "schemas/order-v2.avsc": DEPLOYED, **files})
    told = " ".join(run("init", "--dry-run", cwd=repo.path).out.split())
    assert next(iter(files)) in told
    run("init", cwd=repo.path)
    written = state(repo)
    assert [line for line in expected if line not in written["evtcompat.toml"].decode()] == []
    assert run("check", cwd=repo.path).code == 0
    assert run("init", cwd=repo.path).code == 0
    assert state(repo) == written


#: Build files and configurations near the schemas that say where the registry is.
REGISTRIES = {
    "pom.xml": "<artifactId>kafka-schema-registry-maven-plugin</artifactId><schemaRegistryUrl>URL/</schemaRegistryUrl>",
    "build.gradle": "schemaRegistry {\n    url = 'URL'\n}\n",
    "registry/build.gradle.kts": 'schemaRegistry {\n    url.set("URL")\n}\n',
    "karapace.config.json": (
        '{"advertised_hostname": "registry.example.com", "host": "127.0.0.1", "port": 8081, "registry_host": "x"}'
    ),
}


@pytest.mark.parametrize("name", REGISTRIES)
def test_the_registry_is_found_where_a_file_nearby_names_it(name: str, run: Run, repository: Path) -> None:
    url = "http://registry.example.com:8081"
    repo = Repo(repository)
    repo.save({"schemas/order.avsc": DEPLOYED, name: REGISTRIES[name].replace("URL", url)})
    assert f"Registry: {url} ({name})." in run("init", cwd=repo.path).out
    assert f'url = "{url}"' in (repo.path / "evtcompat.toml").read_text(encoding="utf-8")
    assert run("check", cwd=repo.path).code == 0


@pytest.mark.parametrize("columns", [80, 140])
def test_no_word_is_broken_by_the_edge_of_the_screen(columns: int, run: Run, repo: Repo) -> None:
    told = run("init", cwd=repo.path, columns=columns).out
    assert all(len(line) <= columns or " " not in line.strip() for line in told.splitlines())


def test_what_cannot_be_written_is_not_told_as_written(run: Run, repo: Repo) -> None:
    (repo.path / ".github").mkdir()
    (repo.path / ".github" / "workflows").symlink_to("nowhere")
    result = run("init", "--ci", "github", cwd=repo.path)
    assert result.code == 2
    assert "cannot be written" in result.err
    assert ": written" not in result.out
    assert not (repo.path / "evtcompat.toml").exists()
