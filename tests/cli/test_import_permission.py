"""Modules that no command line names are imported where a person allows it on their own machine, and nowhere else."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli_harness import Result, Run
from contracts.folders import contract, json_object, write_versions
from evtcompat.config.imports import ImportPermission
from evtcompat.errors import ConfigError
from sources.conftest import Repo, make_repo

EVENTS = "from pydantic import BaseModel\nclass Order(BaseModel):\n    id: str\n"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repo:
    """A repository whose configuration lists a module that leaves a trace when it is imported."""
    monkeypatch.delenv("EVTCOMPAT_ALLOW_IMPORTS", raising=False)
    monkeypatch.setenv("EVTCOMPAT_CONFIG_DIR", str(tmp_path / "own"))
    repo = make_repo(tmp_path / "src" / "shop")
    trace = f"open({str(tmp_path / 'ran')!r}, 'w').close()\n"
    repo.save({"evtcompat.toml": '[[models]]\nmodule = "events"\n', "events.py": trace + EVENTS})
    return repo


def permission(tmp_path: Path, text: str) -> ImportPermission:
    file = tmp_path / "own" / "config.toml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return ImportPermission({}, file)


#: What a person's own file says, and whether it allows the folder ``src/shop`` below `{}`.
SAID = {
    "allow-imports = true": True,
    "allow-imports = false": False,
    "allow-imports = []": False,
    "": False,
    'allow-imports = ["{}/src/shop"]': True,
    'allow-imports = ["{}/src"]': True,
    'allow-imports = ["{}/src/other", "{}/src/shop/"]': True,
    'allow-imports = ["{}/src/shop/events"]': False,
    'allow-imports = ["{}/src/sho"]': False,
    'allow-imports = ["{}/src/shop/../other"]': False,
    'allow-imports = ["{}/link"]': True,
    'allow-imports = ["~/src/shop"]': True,
}


@pytest.mark.parametrize("text", SAID)
def test_a_person_names_the_folders(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    (tmp_path / "src" / "shop").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "src")
    allowed = permission(tmp_path, text.replace("{}", tmp_path.as_posix()))
    assert allowed.allows(tmp_path / "src" / "shop") is SAID[text]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("allow-imports = 1", "`allow-imports` must be an array of strings"),
        ('allow-imports = ["shop"]', 'from the root or from the home folder; found "shop"'),
        ("allow-import = true", "unknown key `allow-import`"),
        ("allow-imports", "not valid TOML"),
    ],
)
def test_a_file_that_makes_no_sense_is_told_and_allows_nothing(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refused:
        permission(tmp_path, text).allows(tmp_path)
    assert said in refused.value.message
    assert refused.value.place is not None
    assert refused.value.place.origin == str(tmp_path / "own" / "config.toml")


@pytest.mark.parametrize(("value", "allowed"), [("1", True), ("0", False), ("yes", False), ("", True)])
def test_the_environment_has_the_last_word(value: str, allowed: bool, tmp_path: Path) -> None:  # noqa: FBT001
    said = permission(tmp_path, "allow-imports = true")
    asked = ImportPermission({"EVTCOMPAT_ALLOW_IMPORTS": value}, said.file)
    assert asked.allows(tmp_path) is allowed


def check(run: Run, shop: Repo) -> tuple[Result, bool]:
    """A check of what the configuration lists, and whether its module was imported."""
    result = run("check", cwd=shop.path)
    return result, (shop.path.parent.parent / "ran").exists()


@pytest.mark.slow
def test_what_nobody_allows_is_unchecked_and_the_message_names_both_ways(run: Run, shop: Repo) -> None:
    result, ran = check(run, shop)
    assert (result.code, ran) == (3, False)
    said = "".join(result.out.split())
    own = shop.path.parent.parent / "own" / "config.toml"
    for way in ("EVTCOMPAT_ALLOW_IMPORTS=1", f'allow-imports = ["{shop.path.as_posix()}"]', str(own), "check events:"):
        assert way.replace(" ", "") in said


@pytest.mark.slow
def test_what_the_person_allows_for_this_folder_is_checked(run: Run, shop: Repo) -> None:
    permission(shop.path.parent.parent, f'allow-imports = ["{shop.path.as_posix()}"]\n')
    result, ran = check(run, shop)
    assert (result.code, ran) == (0, True), result.out


@pytest.mark.slow
def test_the_permission_for_another_repository_is_none(run: Run, shop: Repo) -> None:
    permission(shop.path.parent.parent, f'allow-imports = ["{shop.path.parent.as_posix()}/other"]\n')
    result, ran = check(run, shop)
    assert (result.code, ran) == (3, False)


@pytest.mark.slow
@pytest.mark.parametrize("where", ["", ".config/evtcompat"])
def test_a_repository_allows_nothing_for_itself(
    where: str, run: Run, shop: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the person's folder of configuration is the repository, or lies in it."""
    shop.write(f"{where}/config.toml", "allow-imports = true\n")
    monkeypatch.setenv("EVTCOMPAT_CONFIG_DIR", str(shop.path / where))
    result, ran = check(run, shop)
    assert (result.code, ran) == (3, False)
    assert "where it allows nothing" in " ".join(result.out.split())


@pytest.mark.slow
@pytest.mark.parametrize("command", [("matrix", "Order"), ("fixtures", "generate", "Order", "-o", "made")])
def test_other_commands_look_where_the_configuration_says_with_the_same_permission(
    command: tuple[str, ...], run: Run, shop: Repo
) -> None:
    own = shop.path.parent.parent
    refused = run(*command, cwd=shop.path)
    assert (refused.code, (own / "ran").exists()) == (2, False)
    said = " ".join(refused.err.split())
    assert "Nobody allowed to import the models of events. Set EVTCOMPAT_ALLOW_IMPORTS=1" in said
    assert "--schemas events:" in said
    permission(own, f'allow-imports = ["{shop.path.as_posix()}"]\n')
    allowed = run(*command, cwd=shop.path)
    assert (allowed.code, (own / "ran").exists()) == (0, True), allowed.err


@pytest.mark.slow
def test_a_contract_needs_the_same_permission(run: Run, shop: Repo) -> None:
    """For the folder that its module lies in, which need not be the repository's."""
    beside = shop.path.parent / "shipping"
    beside.mkdir()
    (beside / "models.py").write_text(EVENTS)
    write_versions(shop.path, json_object("id", id={"type": "string"}), suffix=".json")
    contract(shop.path, "shipping", 'model = "models:Order"\nfolder = "../../../shipping"\n')
    own = shop.path.parent.parent
    permission(own, f'allow-imports = ["{shop.path.as_posix()}"]\n')
    refused = run("contract", "verify", cwd=shop.path)
    assert (refused.code, "nobody allowed that" in " ".join(refused.out.split())) == (3, True)
    permission(own, f'allow-imports = ["{shop.path.as_posix()}", "{beside.as_posix()}"]\n')
    assert run("contract", "verify", cwd=shop.path).code == 0
