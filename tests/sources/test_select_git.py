"""What a run compares with what inside a repository: commits, branches, changes and the index."""

from __future__ import annotations

from pathlib import Path

import pytest

from evtcompat.errors import BaselineError
from evtcompat.model.levels import Level
from evtcompat.sources.base import Terms
from evtcompat.sources.baselines.against import parse_against
from evtcompat.sources.baselines.workspace import Workspaces
from evtcompat.sources.documents.layout import Layout
from evtcompat.sources.histories.file_histories import file_source
from evtcompat.sources.select import select

from .conftest import Repo, make_repo, record
from .selecting import JSON_ONE, ONE, THREE, TWO, plans, run, text, told


def test_an_edited_file_meets_itself_as_committed(repo: Repo) -> None:
    repo.save({"s/a.avsc": ONE})
    repo.write("s/a.avsc", TWO)
    (plan,) = run("s", changed=True).plans
    assert told(plan) == ("s/a.avsc", [], "HEAD:s/a.avsc")
    assert plan.published is not None
    assert (text(plan.published.document), text(plan.candidate.document)) == (ONE, TWO)
    assert not plan.versioned


def test_the_union_a_published_version_edited_in_place_meets_itself_and_those_below(repo: Repo) -> None:
    repo.save({"a-v1.avsc": ONE, "a-v2.avsc": TWO})
    repo.write("a-v2.avsc", THREE)
    (plan,) = run("a-v2.avsc").plans
    assert told(plan) == ("a-v2.avsc", ["a-v1.avsc"], "HEAD:a-v2.avsc")
    assert plan.versioned


@pytest.mark.slow
def test_a_changed_first_version_checks_the_later_ones_again(repo: Repo) -> None:
    repo.save({"a-v1.avsc": ONE, "a-v2.avsc": TWO, "a-v3.avsc": THREE})
    repo.write("a-v1.avsc", TWO)
    for selection in (run("a-v1.avsc"), run("", changed=True)):
        assert [told(plan)[0] for plan in selection.plans] == ["a-v1.avsc", "a-v2.avsc", "a-v3.avsc"]
        assert selection.plans[0].published is not None
        assert told(selection.plans[1])[1] == ["HEAD:a-v1.avsc", "a-v1.avsc"], "as published, and as it is now"
    assert len(run("a-v3.avsc", changed=True).plans) == 1


@pytest.mark.slow
def test_what_is_not_touched_is_left_out_of_a_changed_run(repo: Repo) -> None:
    repo.save({"a-v1.avsc": ONE, "a-v2.avsc": TWO, "b.avsc": record("B", "x")})
    repo.write("b.avsc", record("B", "x", "y"))
    assert [plan.subject for plan in run("", changed=True).plans] == ["b"]
    assert [plan.subject for plan in run().plans] == ["a", "b"]


@pytest.mark.slow
def test_line_ends_alone_are_no_change(repo: Repo) -> None:
    repo.git("config", "core.autocrlf", "true")
    repo.save({"a.avsc": ONE.replace(", ", ",\n")})
    repo.write("a.avsc", ONE.replace(", ", ",\r\n").replace("\n", "\r\n").replace("\r\r", "\r"))
    (plan,) = run(against="git:HEAD").plans
    assert not run(against="git:HEAD", changed=True).plans
    assert plan.published is not None
    assert plan.published.document.value == plan.candidate.document.value


@pytest.mark.slow
def test_a_changed_document_touches_the_schemas_that_refer_to_it(repo: Repo) -> None:
    order = record("Order", "x", namespace="shop").replace('"string"', '"Money"')
    invoice = record("Invoice", "x", namespace="shop").replace('"string"', '["null", "shop.Order"]')
    money = record("Money", "amount", namespace="shop")
    repo.save({"order.avsc": order, "invoice.avsc": invoice, "money.avsc": money, "other.avsc": ONE})
    repo.write("money.avsc", record("Money", "value", namespace="shop"))
    selection = run("order.avsc", "invoice.avsc", "other.avsc")
    assert {plan.subject: plan.references_changed for plan in selection.plans} == {
        "invoice": True, "order": True, "other": False,
    }  # fmt: skip
    plan = next(plan for plan in selection.plans if plan.subject == "order")
    assert plan.published is not None
    assert text(plan.candidate.references.lookup("shop.Money")) == record("Money", "value", namespace="shop")
    assert text(plan.published.references.lookup("shop.Money")) == money
    (repo.path / "money.avsc").unlink()
    assert {plan.subject for plan in run("", changed=True).plans} == {"order", "invoice"}


@pytest.mark.slow
def test_deleted_schemas_are_told(repo: Repo) -> None:
    repo.save({"s/a-v1.avsc": ONE, "s/a-v2.avsc": TWO, "s/b ü.avsc": ONE, "s/c.json": JSON_ONE, "s/data.json": "{}"})
    for path in ("a-v1.avsc", "b ü.avsc", "c.json", "data.json"):
        (repo.path / "s" / path).unlink()
    selection = run("s")
    assert {(one.subject, one.path, one.whole_subject) for one in selection.removals} == {
        ("a", "s/a-v1.avsc", False),
        ("b ü", "s/b ü.avsc", True),
        ("c", "s/c.json", True),
    }
    assert plans(selection) == [("s/a-v2.avsc", ["HEAD:s/a-v1.avsc"], "HEAD:s/a-v2.avsc")]
    assert [one.subject for one in run("s/b ü.avsc").removals] == ["b ü"]
    (repo.path / "s" / "a-v2.avsc").unlink()
    assert {one.subject for one in run("s").removals} == {"a", "b ü", "c"}
    assert not run("s").problems


def test_a_subject_is_gone_once_with_all_its_versions_and_their_other_names(repo: Repo) -> None:
    """What stands for it is its newest version; a version that lay in two files is gone once, too."""
    yaml = "$schema: https://json-schema.org/draft/2020-12/schema\ntype: object\n"
    kept = {"kept/1.0.0.json": JSON_ONE, "kept/1.0.0.yaml": yaml, "kept/1.1.0.json": JSON_ONE}
    repo.save({f"gone/{name}": yaml for name in ("1.0.0.yaml", "1.10.0.yaml", "1.9.0.yaml", "current.yaml")} | kept)
    repo.git("rm", "-q", "-r", "gone", "kept/1.0.0.json", "kept/1.0.0.yaml")
    assert {(one.subject, one.version.document.origin, one.whole_subject) for one in run("").removals} == {
        ("gone", "HEAD:gone/1.10.0.yaml", True),
        ("kept", "HEAD:kept/1.0.0.json", False),
    }
    assert len(run("").removals) == 2


def test_a_subject_whose_newest_version_got_another_name_is_not_gone(repo: Repo) -> None:
    """An older version that is deleted with the rename is a version less of the subject that goes on."""
    repo.save({"a/order.0.avsc": ONE, "a/order.1.avsc": record("Order", "a", "b")})
    repo.git("rm", "-q", "a/order.0.avsc")
    repo.git("mv", "a/order.1.avsc", "order.avsc")
    selection = run("")
    assert [(plan.identity, plan.renamed_from) for plan in selection.plans] == [("order", "a/order.1.avsc")]
    assert [(one.identity, one.path, one.whole_subject) for one in selection.removals] == [
        ("order", "a/order.0.avsc", False)
    ]


def test_a_version_that_is_replaced_still_meets_the_one_that_is_deleted(repo: Repo) -> None:
    repo.save({"a-v1.avsc": ONE})
    repo.git("mv", "a-v1.avsc", "a-v2.avsc")
    repo.write("a-v2.avsc", TWO)
    selection = run("a-v2.avsc")
    assert plans(selection) == [("a-v2.avsc", ["HEAD:a-v1.avsc"], None)]
    assert [(one.path, one.whole_subject) for one in selection.removals] == [("a-v1.avsc", False)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a-v2.avsc", "a-v1.avsc"),
        pytest.param("v2/a.avsc", "v1/a.avsc", marks=pytest.mark.slow),
        pytest.param("a/1-0-1.avsc", "a/1-0-0.avsc", marks=pytest.mark.slow),
        pytest.param("a-v1.0.0.avsc", "a-v1.0.0-rc.1.avsc", marks=pytest.mark.slow),
    ],
)
@pytest.mark.parametrize("committed", [False, True])
def test_a_version_that_a_lower_one_replaces_is_met_too(old: str, new: str, repo: Repo, *, committed: bool) -> None:
    repo.save({old: ONE, "other.txt": ""})
    (repo.path / old).unlink()
    repo.write(new, TWO)
    if committed:
        repo.commit()
    selection = run("", against="git:HEAD~1" if committed else None)
    assert plans(selection) == [(new, [f"HEAD{'~1' if committed else ''}:{old}"], None)]
    assert [(one.path, one.whole_subject) for one in selection.removals] == [(old, False)]


def test_what_a_lower_version_replaces_is_met_beside_what_stays_below_it(repo: Repo) -> None:
    repo.save({"a-v1.avsc": ONE, "a-v3.avsc": TWO, "a-v4.avsc": THREE})
    repo.git("rm", "-q", "a-v3.avsc", "a-v4.avsc")
    repo.write("a-v2.avsc", TWO)
    assert plans(run("")) == [("a-v2.avsc", ["a-v1.avsc", "HEAD:a-v3.avsc", "HEAD:a-v4.avsc"], None)]


def test_a_version_that_is_filled_in_meets_none_above_it(repo: Repo) -> None:
    repo.save({"a-v1.avsc": ONE, "a-v2.avsc": TWO, "a-v4.avsc": THREE})
    repo.git("rm", "-q", "a-v2.avsc")
    repo.write("a-v3.avsc", TWO)
    filled = next(plan for plan in run("").plans if plan.path == "a-v3.avsc")
    assert [one.document.origin for one in filled.history] == ["a-v1.avsc", "HEAD:a-v2.avsc"]


@pytest.mark.parametrize("stays", [False, True])
def test_a_first_version_stands_for_the_latest_that_was_none_yet(repo: Repo, *, stays: bool) -> None:
    """Whether that is called by its number now, or is a copy of it."""
    repo.save({"a-latest.avsc": ONE})
    repo.write("a-v1.avsc", TWO)
    repo.write("a-latest.avsc", TWO)
    if not stays:
        (repo.path / "a-latest.avsc").unlink()
    assert plans(run("")) == [("a-v1.avsc", ["HEAD:a-latest.avsc"], None)]


@pytest.mark.parametrize("new", ["s/a-v1.avsc", "s/a-v3.avsc"])
def test_the_only_version_of_a_listed_subject_may_be_replaced(new: str, repo: Repo) -> None:
    layout = Layout(subjects={"orders": ("s/*.avsc",)})
    repo.save({"s/a-v2.avsc": ONE})
    (repo.path / "s/a-v2.avsc").unlink()
    repo.write(new, TWO)
    selection = run("", layout=layout)
    assert plans(selection) == [(new, ["HEAD:s/a-v2.avsc"], None)]
    assert [(one.path, one.whole_subject) for one in selection.removals] == [("s/a-v2.avsc", False)]


def test_a_renamed_and_edited_file_meets_what_it_was(repo: Repo) -> None:
    repo.save({"s/order.avsc": record("Order", "a", "b"), "s/other.avsc": ONE})
    (repo.path / "t x").mkdir()
    repo.git("mv", "s/order.avsc", "t x/bestellung.avsc")
    repo.write("t x/bestellung.avsc", record("Order", "a"))
    selection = run("")
    plan = next(plan for plan in selection.plans if plan.subject == "bestellung")
    assert told(plan) == ("t x/bestellung.avsc", [], "HEAD:s/order.avsc")
    assert plan.renamed_from == "s/order.avsc"
    assert not selection.removals


@pytest.mark.slow
@pytest.mark.parametrize("named", ["new/b.avsc", "new"])
def test_a_renamed_and_edited_file_meets_what_it_was_wherever_that_lay(named: str, repo: Repo) -> None:
    repo.save({"a.avsc": record("A", "x", "y"), "old.avsc": record("B", "p", "q"), "gone.avsc": record("C", "z")})
    for path, content in (("new/b.avsc", record("B", "p", "r")), ("other/a.avsc", record("A", "x"))):
        repo.write(path, content)
    for path in ("a.avsc", "old.avsc", "gone.avsc"):
        (repo.path / path).unlink()
    for changed in (False, True):
        selection = run(named, changed=changed)
        assert plans(selection) == [("new/b.avsc", [], "HEAD:old.avsc")]
        assert not selection.removals, "nobody asked for what lay elsewhere"


def test_a_new_file_is_not_what_another_new_file_has_become(repo: Repo) -> None:
    repo.save({"a.avsc": record("A", "x", "y")})
    repo.write("moved.avsc", record("A", "x", "y"))
    repo.write("like-it.avsc", record("N", "x", "y"))
    (repo.path / "a.avsc").unlink()
    assert plans(run("like-it.avsc")) == [("like-it.avsc", [], None)]


def test_a_commit_is_the_baseline(repo: Repo) -> None:
    first = repo.save({"s/a.avsc": ONE, "s/b-v1.avsc": ONE})
    repo.git("tag", "v1.0")
    repo.save({"s/a.avsc": TWO})
    repo.save({"s/a.avsc": THREE, "s/b-v2.avsc": TWO, "s/c.avsc": ONE})
    for ref in ("v1.0", "HEAD~2", first):
        selection = run("s", against=f"git:{ref}")
        assert plans(selection) == [
            ("s/a.avsc", [], f"{ref}:s/a.avsc"),
            ("s/b-v2.avsc", [f"{ref}:s/b-v1.avsc"], None),
            ("s/c.avsc", [], None),
        ]
        assert selection.baselines == (ref,)
    assert plans(run("s/a.avsc", against="git:v1.0:s/b-v1.avsc")) == [("s/a.avsc", ["v1.0:s/b-v1.avsc"], None)]
    with pytest.raises(BaselineError, match="no commit called 'nothing'"):
        run("s", against="git:nothing")
    with pytest.raises(BaselineError, match="no such file"):
        run("s", against="git:v1.0:nothing")


@pytest.mark.slow
def test_the_whole_past_of_a_file_counts_for_transitive_levels(repo: Repo) -> None:
    repo.save({"old.avsc": ONE})
    repo.git("mv", "old.avsc", "a.avsc")
    repo.commit()
    repo.save({"a.avsc": TWO})
    repo.write("a.avsc", THREE)
    (plan,) = run("a.avsc", against="git:HEAD").plans
    assert [text(one.document) for one in plan.history] == [ONE]
    assert plan.published is not None
    assert text(plan.published.document) == TWO
    with Workspaces() as workspaces:
        source = file_source(workspaces, parse_against("git:HEAD"), lambda _, __: Terms(Level.FULL))
        (short,) = select(workspaces, ["a.avsc"], source).plans
    assert short.history == ()


@pytest.mark.slow
def test_a_branch_meets_the_merge_base(repo: Repo) -> None:
    base = repo.save({"a.avsc": ONE})
    repo.git("checkout", "--quiet", "-b", "topic")
    repo.save({"a.avsc": THREE})
    repo.git("checkout", "--quiet", "main")
    repo.save({"a.avsc": TWO})
    repo.git("checkout", "--quiet", "topic")
    for against in (None, "git:merge-base:main"):
        selection = run("a.avsc", against=against)
        assert plans(selection) == [("a.avsc", [], f"{base[:10]}:a.avsc")]
        assert selection.baselines == (f"{base[:10]} (merge base with main)",)


@pytest.mark.slow
def test_an_unresolvable_baseline_is_never_a_new_subject(repo: Repo, tmp_path: Path) -> None:
    repo.save({"a.avsc": ONE})
    repo.save({"a.avsc": TWO})
    clone = repo.clone(tmp_path / "clone", "--depth=1")
    with pytest.raises(BaselineError, match="shallow clone"):
        run("a.avsc", here=clone.path)


def test_before_the_first_commit_everything_is_new(repo: Repo) -> None:
    repo.write("a.avsc", ONE)
    assert plans(run()) == [("a.avsc", [], None)]
    repo.git("add", "a.avsc")
    assert plans(run(staged=True)) == [("a.avsc", [], None)]


def test_paths_are_told_from_the_folder_that_the_command_runs_in(repo: Repo) -> None:
    repo.save({"s/deep/a.avsc": ONE, "t/b.avsc": TWO})
    selection = run("deep", "../t", here=repo.path / "s")
    assert {told(plan)[0] for plan in selection.plans} == {"deep/a.avsc", "../t/b.avsc"}


# what is staged


@pytest.mark.slow
def test_the_staged_content_is_checked_and_not_the_one_on_disk(repo: Repo) -> None:
    repo.save({"a.avsc": ONE, "b.avsc": ONE})
    repo.write("a.avsc", TWO)
    repo.git("add", "a.avsc")
    repo.write("a.avsc", "{ broken on disk")
    repo.write("new.avsc", "{ never staged")
    repo.git("rm", "--quiet", "--cached", "b.avsc")
    selection = run(staged=True)
    assert plans(selection) == [("a.avsc", [], "HEAD:a.avsc")]
    assert text(selection.plans[0].candidate.document) == TWO
    assert [one.subject for one in selection.removals] == ["b"]


@pytest.mark.slow
def test_a_temporary_index_is_the_one_that_counts(repo: Repo) -> None:
    """`git commit -a` and `git commit PATH` hand the hook an index of their own."""
    repo.save({"a.avsc": ONE, "b.avsc": ONE})
    repo.write("a.avsc", TWO)
    repo.write("b.avsc", TWO)
    repo.git("add", "b.avsc")
    seen = repo.path / "seen"
    hook = repo.path / ".git" / "hooks" / "pre-commit"
    hook.write_text(f'#!/bin/sh\nenv | grep ^GIT_ > "{seen}"\ncp "$GIT_INDEX_FILE" "{repo.path}/saved-index"\n')
    hook.chmod(0o755)
    repo.git("commit", "--quiet", "-m", "one path", "a.avsc")
    variables = dict(line.split("=", 1) for line in seen.read_text().splitlines())
    assert "GIT_INDEX_FILE" in variables
    repo.git("update-ref", "HEAD", "HEAD~1")
    environment = {**variables, "GIT_INDEX_FILE": str(repo.path / "saved-index")}
    selection = run(staged=True, changed=True, environment=environment)
    assert [told(plan)[0] for plan in selection.plans] == ["a.avsc"]


@pytest.mark.slow
def test_another_repository_is_not_read_with_the_variables_of_this_one(repo: Repo, tmp_path: Path) -> None:
    repo.save({"a.avsc": ONE})
    other = make_repo(tmp_path / "other")
    other.save({"b.avsc": ONE})
    other.write("b.avsc", TWO)
    environment = {"GIT_DIR": ".git", "GIT_INDEX_FILE": ".git/index", "GIT_WORK_TREE": "."}
    selection = run("a.avsc", str(other.path / "b.avsc"), environment=environment)
    assert {plan.path: text(plan.published.document) if plan.published else None for plan in selection.plans} == {
        "a.avsc": None,
        "b.avsc": ONE,
    }


@pytest.mark.slow
def test_a_push_is_checked_as_it_is_pushed(repo: Repo) -> None:
    base = repo.save({"a.avsc": ONE})
    repo.git("checkout", "--quiet", "-b", "topic")
    pushed = repo.save({"a.avsc": TWO})
    repo.git("checkout", "--quiet", "main")
    environment = {"PRE_COMMIT_FROM_REF": base, "PRE_COMMIT_TO_REF": pushed}
    selection = run(staged=True, environment=environment)
    assert plans(selection) == [("a.avsc", [], f"{base[:10]}:a.avsc")]
    assert text(selection.plans[0].candidate.document) == TWO


@pytest.mark.parametrize("below", ["pdu-v4.avsc", "pdu.avsc"])
def test_a_new_version_follows_its_subject_and_not_a_file_that_is_gone_and_like_it(below: str, repo: Repo) -> None:
    lines = record("U", *"abcdefgh").replace("}, {", "},\n{")
    repo.save({f"s/{below}": ONE, "s/unsigned-pdu.avsc": lines})
    (repo.path / "s/unsigned-pdu.avsc").unlink()
    repo.write("s/pdu-v6.avsc", lines.replace('"U"', '"P"'))
    selection = run("s")
    (plan,) = [plan for plan in selection.plans if plan.path == "s/pdu-v6.avsc"]
    assert ([one.document.origin for one in plan.history], plan.renamed_from) == ([f"s/{below}"], None)
    assert [removal.path for removal in selection.removals] == ["s/unsigned-pdu.avsc"]


def test_all_versions_of_a_subject_may_be_renamed_and_edited_at_once(repo: Repo) -> None:
    lines = record("O", *"abcdefgh").replace("}, {", "},\n{")
    repo.save({"s/orders-v1.avsc": ONE, "s/orders-v2.avsc": lines})
    for version, content in ((1, ONE), (2, lines.replace('"O"', '"P"'))):
        repo.git("mv", f"s/orders-v{version}.avsc", f"s/paid-v{version}.avsc")
        repo.write(f"s/paid-v{version}.avsc", content)
    (plan,) = [plan for plan in run("s").plans if plan.path == "s/paid-v2.avsc"]
    assert plan.renamed_from == "s/orders-v2.avsc"


@pytest.mark.parametrize("new", ["s/order-v4.avdl", "s/bestellung.avdl"])
def test_what_may_have_become_a_file_that_cannot_be_read_is_not_gone(new: str, repo: Repo) -> None:
    text = 'protocol P {\n  import idl "note-v1.avdl";\n  record Order {\n    Note note;\n  }\n}\n'
    repo.save({
        "s/order-v3.avdl": text, "s/note-v1.avdl": "protocol N { record Note { string text; } }",
        "s/other.avsc": ONE, "s/broken.avsc": TWO,
    })  # fmt: skip
    repo.git("mv", "s/order-v3.avdl", new)
    repo.git("mv", "s/note-v1.avdl", "s/note-v2.avdl")
    repo.git("rm", "-q", "s/other.avsc")
    repo.write("s/broken.avsc", "{")
    selection = run("")
    assert [one.path for one in selection.removals] == ["s/note-v1.avdl#Note", "s/other.avsc"]
    places = {one.place.origin for one in selection.problems if one.place}
    assert places == {new, "s/broken.avsc"}
