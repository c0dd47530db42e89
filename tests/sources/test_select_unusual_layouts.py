"""What a run compares with what where repositories, links and configurations lie in odd places."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from evtcompat.errors import ConfigError, DocumentError
from evtcompat.sources.base import Terms
from evtcompat.sources.baselines.against import parse_against
from evtcompat.sources.baselines.workspace import Workspaces
from evtcompat.sources.documents.layout import Layout
from evtcompat.sources.histories.file_histories import file_source
from evtcompat.sources.select import select

from .conftest import Repo, make_repo
from .selecting import ONE, THREE, TWO, lay, plans, run, text, told


@pytest.mark.slow
def test_a_schema_folder_that_is_a_link(repo: Repo) -> None:
    repo.save({"data/a.avsc": ONE})
    (repo.path / "schemas").symlink_to("data")
    repo.save({"data/a.avsc": ONE})
    repo.write("data/a.avsc", TWO)
    repo.git("add", "--all")
    for staged in (False, True):
        for path in ("schemas", "schemas/a.avsc", ""):
            selection = run(path, staged=staged)
            assert plans(selection) == [("data/a.avsc", [], "HEAD:data/a.avsc")]


@pytest.mark.slow
def test_a_linked_worktree_and_a_submodule_have_their_own_baselines(repo: Repo, tmp_path: Path) -> None:
    repo.save({"a.avsc": ONE})
    inner = make_repo(tmp_path / "inner")
    inner.save({"s/b.avsc": ONE})
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", inner.path.as_uri(), "sub")
    repo.commit("with a submodule")
    repo.write("sub/s/b.avsc", TWO)
    selection = run("")
    assert [plan.path for plan in selection.plans] == ["a.avsc"]
    assert "sub (a repository of its own; name it to check it)" in selection.skipped
    (plan,) = run("sub").plans
    pinned = repo.git("rev-parse", "HEAD:sub").strip()
    assert told(plan) == ("sub/s/b.avsc", [], f"{pinned[:10]}:s/b.avsc")
    assert plan.published is not None
    assert text(plan.published.document) == ONE
    repo.git("worktree", "add", "--quiet", "-b", "topic", str(tmp_path / "linked"))
    linked = Repo(Path(os.path.realpath(tmp_path / "linked")))
    linked.write("a.avsc", THREE)
    assert plans(run("a.avsc", here=linked.path)) == [("a.avsc", [], "HEAD:a.avsc")]


def test_what_git_ignores_is_not_searched_but_may_be_named(repo: Repo) -> None:
    repo.save({".gitignore": "target/\n", "a.avsc": ONE})
    repo.write("target/classes/a.avsc", ONE)
    assert [plan.path for plan in run("").plans] == ["a.avsc"]
    assert [plan.path for plan in run("target/classes/a.avsc").plans] == ["target/classes/a.avsc"]


def test_a_sparse_checkout_deletes_nothing(repo: Repo) -> None:
    repo.save({"in/a.avsc": ONE, "out/b.avsc": ONE})
    repo.git("sparse-checkout", "set", "in")
    assert not (repo.path / "out").exists()
    selection = run("")
    assert not selection.removals
    assert [plan.path for plan in selection.plans] == ["in/a.avsc"]


def test_links_in_circles_hide_nothing(plain: Path) -> None:
    lay(plain, {"a-v1.avsc": ONE, "a-v2.avsc": TWO})
    (plain / "loop.avsc").symlink_to("loop.avsc")
    (plain / "v3").symlink_to("v3")
    assert plans(run("a-v2.avsc")) == [("a-v2.avsc", ["a-v1.avsc"], None)]
    assert [told(plan)[0] for plan in run("").plans] == ["a-v2.avsc"]


def test_an_ambiguity_that_this_change_mends_is_no_problem(repo: Repo) -> None:
    repo.save({"a-v1.avsc": ONE, "a_v1.avsc": TWO})
    repo.git("mv", "a_v1.avsc", "a-v2.avsc")
    selection = run(staged=True)
    assert plans(selection) == [("a-v2.avsc", ["a-v1.avsc"], None)]
    assert not selection.removals, "version 1 still has a file"


def test_a_published_file_that_is_not_read_is_told_as_such(repo: Repo) -> None:
    repo.save({"a.avsc": "[" * 9000})
    repo.write("a.avsc", ONE)
    (problem,) = run("a.avsc").problems
    assert problem.message.startswith("the published file cannot be read")
    assert problem.place is not None
    assert problem.place.origin == "HEAD:a.avsc"


@pytest.mark.slow
def test_a_published_file_that_is_broken_comes_with_its_past(repo: Repo) -> None:
    for content in (ONE, TWO, "{"):
        repo.save({"a.avsc": content})
    repo.write("a.avsc", ONE)
    (plan,) = run("a.avsc").plans
    assert plan.published is not None
    assert isinstance(plan.published.flaw, DocumentError)
    assert plan.earlier is not None
    assert [one.document.text for one in plan.earlier()] == [TWO, ONE]


def test_patterns_see_paths_from_the_folder_of_the_configuration(repo: Repo) -> None:
    repo.save({"conf/s/a.avsc": ONE, "other/b.avsc": ONE})
    asked: list[tuple[str, str | None]] = []

    def terms(subject: str, path: str | None) -> Terms:
        asked.append((subject, path))
        return Terms()

    with Workspaces() as workspaces:
        found = select(
            workspaces, ["."], file_source(workspaces, parse_against(None), terms), Layout(), repo.path / "conf"
        )
    assert [plan.configured_path for plan in found.plans] == ["s/a.avsc", None]
    assert asked == [("conf/s/a", "s/a.avsc"), ("other/b", None)]


@pytest.mark.slow
def test_a_file_that_the_configuration_lists_and_nobody_finds_is_a_problem(repo: Repo) -> None:
    repo.save({"s/a.avsc": ONE, "s/b.avsc": ONE})
    layout = Layout(subjects={"one": ("s/a.avsc", "s/typo.avsc"), "two": ("t/*.avsc",), "three": ("s/b.avsc", "x/*")})
    selection = run("", layout=layout)
    assert [problem.message.split(",")[0] for problem in selection.problems] == [
        "the configuration lists s/typo.avsc for the subject one",
        "the configuration lists t/*.avsc for the subject two",
    ]
    assert {plan.subject for plan in selection.plans} == {"one", "three"}
    assert not run("s/b.avsc", layout=layout).problems
    (repo.path / "s" / "b.avsc").unlink()
    assert [one.subject for one in run("", layout=layout).removals] == ["three"]
    assert not any("s/b.avsc" in problem.message for problem in run("", layout=layout).problems)


def test_a_reference_root_outside_of_the_repository_is_wrong_configuration(repo: Repo) -> None:
    repo.save({"s/a.avsc": ONE})
    with pytest.raises(ConfigError, match=r"\.\./elsewhere lies outside"):
        run("s", layout=Layout(reference_roots=("../elsewhere",)), folder=repo.path)
    (repo.path / "t").mkdir()
    assert run("s", layout=Layout(reference_roots=("../t",)), folder=repo.path / "s").plans


@pytest.mark.slow
def test_an_event_in_one_language_does_not_stand_for_its_namesake_in_another(repo: Repo) -> None:
    draft = '{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object"}'
    repo.save({"a.avsc": ONE, "a.json": draft})
    (repo.path / "a.json").unlink()
    (removed,) = run(against="git:HEAD").removals
    assert removed.version.document.origin == "HEAD:a.json"
    repo.git("checkout", "a.json")
    repo.write("a.json", '{"no": "schema"}')
    (removed,) = run().removals
    assert removed.version.document.origin == "HEAD:a.json", "the edit is compared with the last commit"
