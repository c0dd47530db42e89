"""Real commits in real repositories: what the hook lets pass is what is committed, not what lies in the work tree."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from acceptance.team import BREAKING, DEPLOYED, HARMLESS, ORDER, RULE, Team, event, with_script
from sources.conftest import make_repo


@pytest.mark.slow
def test_a_break_is_refused_and_a_harmless_change_is_not(team: Team) -> None:
    team.base({ORDER: DEPLOYED})
    team.stage(ORDER, BREAKING)
    refused = team.checked_commit()
    assert refused.refused
    assert refused.says(f"{ORDER}:3:3 error {RULE}", "proof", "Deploy")
    team.stage(ORDER, HARMLESS)
    assert not team.checked_commit().refused


@pytest.mark.slow
def test_staged_content_counts_though_it_was_never_saved(any_team: Team) -> None:
    """The break is staged; the file on disk is as deployed again."""
    any_team.base({ORDER: DEPLOYED})
    any_team.stage(ORDER, BREAKING)
    any_team.write(ORDER, DEPLOYED)
    assert any_team.checked_commit().says(RULE, "1 changed")
    assert any_team.git("diff", "--cached", "--name-only") == ORDER


@pytest.mark.slow
def test_content_that_is_not_staged_does_not_count(team: Team) -> None:
    team.base({ORDER: DEPLOYED})
    team.stage(ORDER, HARMLESS)
    team.write(ORDER, BREAKING)
    team.write("schemas/never-staged.avsc", "{")
    assert not team.checked_commit().refused
    assert (team.path / ORDER).read_text() == BREAKING


@pytest.mark.slow
def test_partial_staging(team: Team) -> None:
    """Of two edits in one file the harmless one is staged, then the other one."""
    team.base({ORDER: DEPLOYED})
    team.stage(ORDER, HARMLESS)
    team.write(ORDER, event("id", "currency", optional=("note",)))
    assert not team.checked_commit().refused
    team.git("add", ORDER)
    assert team.checked_commit().says(RULE)


@pytest.mark.slow
def test_commit_all(any_team: Team) -> None:
    """`git commit -a` stages into a temporary index."""
    any_team.base({ORDER: DEPLOYED})
    any_team.write(ORDER, BREAKING)
    assert any_team.checked_commit("--all").says(RULE)
    any_team.write(ORDER, HARMLESS)
    assert not any_team.checked_commit("--all").refused
    assert any_team.git("show", f"HEAD:{ORDER}") == HARMLESS.rstrip("\n")


@pytest.mark.slow
def test_commit_of_a_path(any_team: Team) -> None:
    """`git commit PATH` leaves out what else is staged: a break there does not count, one in PATH does."""
    other = "schemas/other.avsc"
    any_team.base({ORDER: DEPLOYED, other: DEPLOYED})
    any_team.write(ORDER, HARMLESS)
    any_team.stage(other, BREAKING)
    assert not any_team.checked_commit("--", ORDER).refused
    assert any_team.git("diff", "--cached", "--name-only") == other
    any_team.write(ORDER, BREAKING)
    any_team.stage(other, HARMLESS)
    refused = any_team.checked_commit("--", ORDER)
    assert refused.says(RULE, ORDER)
    assert not refused.says(other)


@pytest.mark.slow
def test_commit_of_a_path_from_a_folder_below(any_team: Team) -> None:
    any_team.base({ORDER: DEPLOYED})
    any_team.write(ORDER, BREAKING)
    assert any_team.checked_commit("order.avsc", cwd=any_team.path / "schemas").says(RULE)


@pytest.mark.slow
def test_amend(any_team: Team) -> None:
    """The amended commit is compared with the one that it replaces: that one was let pass."""
    any_team.base({ORDER: DEPLOYED})
    any_team.stage(ORDER, HARMLESS)
    assert not any_team.checked_commit().refused
    any_team.stage(ORDER, BREAKING)
    assert any_team.checked_commit("--amend").says(RULE)
    any_team.stage(ORDER, event("id", optional=("note", "more")))
    assert not any_team.checked_commit("--amend").refused


@pytest.mark.slow
def test_a_deleted_subject(team: Team) -> None:
    """pre-commit passes no deleted file."""
    team.base({ORDER: DEPLOYED, "schemas/other.avsc": DEPLOYED})
    team.git("rm", "--quiet", ORDER)
    refused = team.checked_commit()
    assert refused.refused
    assert refused.says("subject-removed", "order")


@pytest.mark.slow
def test_a_deleted_version_beside_another_change(any_team: Team) -> None:
    any_team.base({"schemas/order-v1.avsc": DEPLOYED, "schemas/order-v2.avsc": HARMLESS})
    any_team.git("rm", "--quiet", "schemas/order-v1.avsc")
    any_team.stage("schemas/other.avsc", event("else", name="Other"))
    outcome = any_team.checked_commit()
    assert outcome.says("version-removed")


@pytest.mark.slow
def test_a_renamed_schema_is_compared_with_what_it_was(any_team: Team) -> None:
    any_team.base({ORDER: event(*"abcdefgh")})
    any_team.git("mv", ORDER, "schemas/order-event.avsc")
    outcome = any_team.checked_commit()
    assert not outcome.says("subject-removed")
    assert outcome.says("Renamed from schemas/order.avsc.")
    any_team.git("reset", "--quiet", "--hard", "HEAD~1" if not outcome.refused else "HEAD")
    any_team.git("mv", ORDER, "schemas/order-event.avsc")
    any_team.stage("schemas/order-event.avsc", event(*"abcdefgh", "currency"))
    assert any_team.checked_commit().says(RULE, "HEAD:schemas/order.avsc")


@pytest.mark.slow
def test_a_changed_reference_breaks_the_schemas_that_use_it(any_team: Team) -> None:
    """Only the address is staged; the order, which refers to it, is not."""
    address = "schemas/address.json"
    draft = "https://json-schema.org/draft/2020-12/schema"
    order = {"$schema": draft, "type": "object", "properties": {"to": {"$ref": "address.json"}}, "required": ["to"]}
    before = {"type": "object", "properties": {"street": {"type": "string"}}}
    after = {"type": "object", "properties": {"street": {"type": "string"}}, "required": ["street"]}
    any_team.base({"schemas/order.json": json.dumps(order), address: json.dumps(before, indent=1)})
    any_team.stage(address, json.dumps(after, indent=1))
    refused = any_team.checked_commit()
    assert refused.refused
    assert refused.says("schemas/address.json:", "error", "order", "backward")


@pytest.mark.slow
def test_a_changed_reference_in_avro(any_team: Team) -> None:
    money = "schemas/money.avsc"
    order = '{"type": "record", "name": "Order", "fields": [{"name": "total", "type": "Money"}]}\n'
    any_team.base({"schemas/order.avsc": order, money: event("amount", name="Money")})
    any_team.stage(money, event("amount", "currency", name="Money"))
    refused = any_team.checked_commit()
    assert refused.says(RULE, "order FULL", "money FULL", "2 changed")


@pytest.mark.slow
def test_a_merge_that_breaks(team: Team) -> None:
    """A branch that was never checked is merged: git runs the hook for merges that need no help, too."""
    team.base({ORDER: DEPLOYED})
    team.git("checkout", "--quiet", "-b", "topic")
    team.base({ORDER: BREAKING})
    team.git("checkout", "--quiet", "main")
    team.base({"README": "another commit\n"})
    merged = team.run("git", "merge", "--no-ff", "-m", "merge", "topic")
    assert merged.refused
    assert merged.says(RULE)


@pytest.mark.slow
def test_a_merge_whose_conflict_is_resolved(any_team: Team) -> None:
    """Compared with the branch that is merged into; the resolution decides."""
    any_team.base({ORDER: DEPLOYED})
    any_team.git("checkout", "--quiet", "-b", "topic")
    any_team.base({ORDER: event("id", optional=("theirs",))})
    any_team.git("checkout", "--quiet", "main")
    any_team.base({ORDER: event("id", optional=("ours",))})
    assert any_team.run("git", "merge", "topic").refused
    any_team.stage(ORDER, event("id", "theirs", optional=("ours",)))
    assert any_team.checked_commit().says(RULE)
    any_team.stage(ORDER, event("id", optional=("ours", "theirs")))
    assert not any_team.checked_commit().refused
    assert len(any_team.git("rev-list", "--parents", "-1", "HEAD").split()) == 3


@pytest.mark.slow
def test_a_conflict_that_is_not_resolved_is_not_green(unguarded: Team) -> None:
    team = unguarded
    with_script(team)
    team.base({ORDER: DEPLOYED})
    team.git("checkout", "--quiet", "-b", "topic")
    team.base({ORDER: event("id", optional=("theirs",))})
    team.git("checkout", "--quiet", "main")
    team.base({ORDER: event("id", optional=("ours",))})
    assert team.run("git", "merge", "topic").refused
    outcome = team.evtcompat("check", "--staged")
    assert outcome.code == 3
    assert outcome.says(ORDER, "merge conflict that is not resolved")


@pytest.mark.slow
def test_the_first_commit(any_team: Team) -> None:
    """Nothing is deployed: a new subject; but versions beside each other are compared, and what is broken is told."""
    any_team.stage("schemas/broken.avsc", "{")
    assert any_team.checked_commit().says("schemas/broken.avsc:1:2", "unchecked")
    any_team.git("rm", "--quiet", "--cached", "-f", "schemas/broken.avsc")
    any_team.stage("schemas/order-v1.avsc", DEPLOYED)
    any_team.stage("schemas/order-v2.avsc", BREAKING)
    assert any_team.checked_commit().says(RULE, "v2 reads v1")
    any_team.stage("schemas/order-v2.avsc", HARMLESS)
    assert not any_team.checked_commit().refused


@pytest.mark.slow
def test_a_new_subject(any_team: Team) -> None:
    any_team.base({"README": "\n"})
    any_team.stage(ORDER, DEPLOYED)
    outcome = any_team.checked_commit()
    assert not outcome.refused
    assert outcome.says("1 new")


@pytest.mark.slow
def test_detached_head(any_team: Team) -> None:
    any_team.base({ORDER: DEPLOYED})
    any_team.git("checkout", "--quiet", "--detach")
    any_team.stage(ORDER, BREAKING)
    assert any_team.checked_commit().says(RULE)


@pytest.mark.slow
def test_a_linked_worktree(any_team: Team, tmp_path: Path) -> None:
    """The hooks are those of the main checkout; the index and HEAD are the worktree's own."""
    any_team.base({ORDER: DEPLOYED})
    any_team.git("worktree", "add", "--quiet", "-b", "topic", str(tmp_path / "linked"))
    any_team.stage(ORDER, HARMLESS)
    linked = any_team.at(tmp_path / "linked")
    linked.stage(ORDER, BREAKING)
    assert linked.checked_commit().says(RULE)
    linked.stage(ORDER, event("id", optional=("other",)))
    assert not linked.checked_commit().refused
    assert any_team.git("diff", "--cached", "--name-only") == ORDER


@pytest.mark.slow
def test_a_submodule(any_team: Team, tmp_path: Path) -> None:
    """Schemas in a submodule are checked where they are committed, and once more where the commit moves the pointer."""
    library = make_repo(tmp_path / "library")
    library.save({"events/order.avsc": DEPLOYED})
    any_team.base({ORDER: DEPLOYED})
    any_team.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(library.path), "library")
    any_team.git("commit", "--quiet", "--no-verify", "-am", "submodule")
    inner = any_team.at(any_team.path / "library")
    with_script(inner)
    inner.stage("events/order.avsc", BREAKING)
    refused = inner.checked_commit()
    assert refused.says(RULE, "events/order.avsc")
    inner.stage("events/order.avsc", HARMLESS)
    assert not inner.checked_commit().refused
    any_team.stage(ORDER, BREAKING)
    any_team.git("add", "library")
    refused = any_team.checked_commit()
    assert refused.says(ORDER, RULE)
    any_team.stage(ORDER, HARMLESS)
    assert not any_team.checked_commit().refused
    inner.stage("events/order.avsc", BREAKING)
    inner.git("commit", "--quiet", "--no-verify", "-m", "past the hook")
    any_team.git("add", "library")
    assert any_team.checked_commit().says("library/events/order.avsc", RULE)


@pytest.mark.slow
@pytest.mark.parametrize("path", ["sché mas/bestellung größe-v1.avsc", "схемы/訂單 v1.avsc", "a b/-order.avsc"])
def test_paths_with_spaces_and_other_letters(any_team: Team, path: str) -> None:
    any_team.base({path: DEPLOYED})
    any_team.stage(path, BREAKING)
    refused = any_team.checked_commit()
    assert refused.says(f"{path}:3:3 error {RULE}")


@pytest.mark.slow
def test_crlf(any_team: Team) -> None:
    """Line ends are no change, and positions count lines as an editor does."""
    any_team.git("config", "core.autocrlf", "false")
    any_team.base({ORDER: DEPLOYED})
    any_team.write(ORDER, DEPLOYED.replace("\n", "\r\n").encode())
    any_team.git("add", ORDER)
    outcome = any_team.checked_commit()
    assert not outcome.refused
    assert not outcome.says("1 changed")
    any_team.write(ORDER, BREAKING.replace("\n", "\r\n").encode())
    any_team.git("add", ORDER)
    refused = any_team.checked_commit()
    assert refused.says(f"{ORDER}:3:3 error {RULE}")
    assert "\r" not in refused.out


@pytest.mark.slow
def test_crlf_on_disk_only(any_team: Team) -> None:
    """With `autocrlf` the disk has CRLF and git has LF: nobody changed anything."""
    any_team.base({ORDER: DEPLOYED})
    any_team.git("config", "core.autocrlf", "true")
    (any_team.path / ORDER).unlink()
    any_team.git("checkout", "--", ORDER)
    assert b"\r\n" in (any_team.path / ORDER).read_bytes()
    outcome = any_team.evtcompat("check", ORDER, "--against", "git:HEAD")
    assert outcome.says("1 unchanged")
    any_team.write(ORDER, BREAKING.replace("\n", "\r\n").encode())
    any_team.git("add", ORDER)
    assert any_team.checked_commit().says(f"{ORDER}:3:3 error {RULE}")


@pytest.mark.slow
def test_a_schema_folder_that_is_a_link(any_team: Team) -> None:
    """One file under two names is checked once, under its own name."""
    any_team.base({"shared/events/order.avsc": DEPLOYED})
    (any_team.path / "schemas").symlink_to("shared/events")
    any_team.git("add", "schemas")
    assert not any_team.checked_commit().refused
    any_team.stage("shared/events/order.avsc", BREAKING)
    refused = any_team.checked_commit()
    assert refused.says(f"shared/events/order.avsc:3:3 error {RULE}", "1 changed")
    assert any_team.evtcompat("check", "schemas", "--staged").says(RULE, "1 changed")


@pytest.mark.slow
def test_a_schema_folder_that_becomes_a_link_to_something_else(any_team: Team) -> None:
    any_team.base({ORDER: DEPLOYED, "elsewhere/unrelated.avsc": event("x", name="Unrelated")})
    any_team.git("rm", "--quiet", ORDER)
    (any_team.path / "schemas").symlink_to("elsewhere")
    any_team.git("add", "--all")
    assert any_team.checked_commit().says("subject-removed", "order")


@pytest.mark.slow
def test_a_clone_of_depth_one(any_team: Team, tmp_path: Path) -> None:
    """A commit there needs no history."""
    any_team.base({ORDER: event("other", "id")})
    any_team.base({ORDER: DEPLOYED})
    any_team.git("clone", "--quiet", "--depth=1", any_team.path.as_uri(), str(tmp_path / "clone"))
    clone = any_team.at(tmp_path / "clone")
    with_script(clone)
    clone.stage(ORDER, BREAKING)
    assert clone.checked_commit().says(RULE)
    clone.stage(ORDER, HARMLESS)
    assert not clone.checked_commit().refused


@pytest.mark.slow
def test_a_clone_of_depth_one_lacks_the_history_of_a_transitive_level(unguarded: Team, tmp_path: Path) -> None:
    """It is told with the command that mends it, which really does."""
    team = unguarded
    team.base({ORDER: event("id", "gone")})
    team.base({ORDER: DEPLOYED})
    team.git("clone", "--quiet", "--depth=1", team.path.as_uri(), str(tmp_path / "clone"))
    clone = team.at(tmp_path / "clone")
    clone.stage(ORDER, HARMLESS)
    command = ("check", "--staged", "--level", "FORWARD_TRANSITIVE")
    unchecked = clone.evtcompat(*command)
    assert unchecked.code == 3
    assert unchecked.says("git fetch --unshallow origin")
    clone.git("fetch", "--quiet", "--unshallow", "origin")
    told = clone.evtcompat(*command)
    assert told.code == 1
    assert told.says(RULE)


@pytest.mark.slow
def test_other_files_cost_nothing_and_hide_nothing(any_team: Team) -> None:
    """What is no schema passes, whatever the hook's file pattern hands over."""
    any_team.base({ORDER: DEPLOYED, "package.json": "{}"})
    any_team.stage("package.json", '{"name": "x"}')
    any_team.stage("deploy.yaml", "a: 1\n---\nb: 2\n")
    any_team.stage("README.md", "text\n")
    assert not any_team.checked_commit().refused
    any_team.stage("package.json", '{"name": "y"}')
    any_team.stage(ORDER, BREAKING)
    assert any_team.checked_commit().says(RULE)


@pytest.mark.slow
def test_the_configuration_that_is_staged_decides(team: Team) -> None:
    team.base({ORDER: DEPLOYED, "evtcompat.toml": 'level = "FULL"\n'})
    team.write("evtcompat.toml", 'level = "NONE"\n')
    team.stage(ORDER, BREAKING)
    assert team.checked_commit().says(RULE)
    team.git("add", "evtcompat.toml")
    assert team.checked_commit().says("gate-weakened", "`level` goes from FULL to NONE")


@pytest.mark.slow
def test_the_waivers_that_are_staged_decide(any_team: Team) -> None:
    """A waiver that lies in the work tree only accepts nothing that is committed without it."""
    any_team.base({ORDER: DEPLOYED})
    any_team.stage(ORDER, BREAKING)
    found = any_team.evtcompat("check", "--staged", "--format", "json")
    report = json.loads(found.out)
    (finding,) = [f for c in report["subjects"][0]["comparisons"] for f in c["findings"] if f["severity"] == "error"]
    waiver = f"""[[waivers]]
fingerprint = "{finding["fingerprint"]}"
rule = "{finding["rule"]}"
subject = "order"
reason = "nobody reads it yet"
owner = "ann@example.com"
expires = 2999-01-01
"""
    any_team.write("evtcompat-waivers.toml", waiver)
    assert any_team.checked_commit().refused
    any_team.git("add", "evtcompat-waivers.toml")
    accepted = any_team.checked_commit()
    assert not accepted.refused
    assert accepted.says("waived", "nobody reads it yet", "gate-weakened")
