"""What cannot be parsed was never deployed: it stops no repair, and hides nothing of what was deployed before it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from acceptance.team import BREAKING, DEPLOYED, HARMLESS, RULE, event
from cli_harness import Run
from sources.conftest import Repo

AVRO, JSON, YAML = "schemas/order.avsc", "schemas/order.json", "schemas/order.yaml"
DRAFT = "https://json-schema.org/draft/2020-12/schema"


def schema(**more: object) -> str:
    """A JSON Schema."""
    return json.dumps({"$schema": DRAFT, "type": "object", **more})


VALID = schema(properties={"a": {"type": "string"}})
#: By name: where it lies, contents that nobody parses, and a repair.
BROKEN: dict[str, tuple[str, str | bytes, str]] = {
    "avro: no JSON": (AVRO, "{", DEPLOYED),
    "avro: empty": (AVRO, "", DEPLOYED),
    "avro: a key twice": (AVRO, '{"type": "record", "type": "enum", "name": "A"}', DEPLOYED),
    "avro: an unknown type": (AVRO, DEPLOYED.replace('"string"', '"strnig"'), DEPLOYED),
    "avro: no UTF-8": (AVRO, b'{"type": "record", "name": "\xff"}', DEPLOYED),
    "json schema: no JSON": (JSON, VALID[:-1], VALID),
    "json schema: a keyword of another form": (JSON, schema(properties={"a": {"required": True}}), VALID),
    "json schema: an unknown type": (JSON, schema(type="strnig"), VALID),
    "json schema: no YAML": (YAML, f"$schema: {DRAFT}\ntype: [\n", f"$schema: {DRAFT}\ntype: object\n"),
}


@pytest.mark.slow
@pytest.mark.parametrize("level", ["FULL", "FULL_TRANSITIVE"])
@pytest.mark.parametrize("name", BROKEN)
def test_a_repair_of_what_never_parsed_passes_with_a_warning(repo: Repo, run: Run, name: str, level: str) -> None:
    path, broken, repaired = BROKEN[name]
    repo.write(path, broken)
    repo.commit()
    repo.write(path, repaired)
    found = run("check", "--level", level, "--format", "json", cwd=repo.path)
    report = json.loads(found.out)
    assert found.code == 0, found.out
    (subject,) = report["subjects"]
    assert [one["rule"] for one in subject["findings"]] == ["baseline-repaired"]
    assert (subject["state"], report["counts"]["new"], report["errors"]) == ("repaired", 0, [])
    assert run("check", "--level", level, "--fail-on", "warning", cwd=repo.path).code == 1


@pytest.mark.slow
@pytest.mark.parametrize("level", ["BACKWARD", "FULL_TRANSITIVE"])
@pytest.mark.parametrize("name", [name for name, (path, _, _) in BROKEN.items() if path == AVRO])
def test_a_repair_is_compared_with_what_parsed_last(repo: Repo, run: Run, name: str, level: str) -> None:
    path, broken, _ = BROKEN[name]
    repo.save({path: event("older")})
    repo.save({path: DEPLOYED})
    repo.write(path, broken)
    repo.commit()
    repo.save({path: "also broken"})
    repo.write(path, BREAKING)
    found = run("check", "--level", level, cwd=repo.path)
    assert found.code == 1, found.out
    assert RULE in found.out
    assert "baseline-repaired" not in found.out
    repo.write(path, HARMLESS if level == "BACKWARD" else event("id", optional=("older",)))
    again = run("check", "--level", level, cwd=repo.path)
    assert again.code == (0 if level == "BACKWARD" else 1), again.out


@pytest.mark.slow
def test_a_revert_is_unchanged(repo: Repo, run: Run) -> None:
    repo.save({AVRO: DEPLOYED})
    repo.save({AVRO: "{"})
    repo.write(AVRO, DEPLOYED)
    found = run("check", cwd=repo.path)
    assert (found.code, "unchanged" in found.out) == (0, True), found.out


@pytest.mark.slow
def test_a_transitive_level_passes_over_what_never_parsed(repo: Repo, run: Run) -> None:
    for content in (DEPLOYED, "{", DEPLOYED.replace('"string"', '"strnig"'), HARMLESS):
        repo.save({AVRO: content})
    repo.write(AVRO, HARMLESS)
    assert run("check", "--level", "FULL_TRANSITIVE", "--against", "git:HEAD", cwd=repo.path).code == 0
    repo.write(AVRO, BREAKING)
    assert run("check", "--level", "FULL_TRANSITIVE", "--against", "git:HEAD", cwd=repo.path).code == 1


@pytest.mark.slow
def test_a_lower_version_that_is_repaired_does_not_stop_a_higher_one(repo: Repo, run: Run) -> None:
    for broken in ("{", DEPLOYED.replace('"string"', '"strnig"')):
        repo.save({"schemas/e-v1.avsc": broken, "schemas/e-v2.avsc": DEPLOYED})
        repo.write("schemas/e-v1.avsc", DEPLOYED)
        found = run("check", cwd=repo.path)
        assert found.code == 0, found.out
        assert found.out.count("baseline-repaired") == 1
        repo.write("schemas/e-v2.avsc", BREAKING)
        assert run("check", cwd=repo.path).code == 1, "the repaired version is compared with"


@pytest.mark.slow
def test_a_reference_that_the_change_brings_is_used_for_what_stood_without_it(repo: Repo, run: Run) -> None:
    """The definition was missing at the baseline; the fields beside it are compared all the same."""
    field = '{"type": "record", "name": "B", "fields": [{"name": "m", "type": "Money"}%s]}'
    money = '{"type": "record", "name": "Money", "fields": [{"name": "cents", "type": "long"}]}'
    repo.save({"schemas/b.avsc": field % ""})
    repo.write("schemas/Money.avsc", money)
    assert run("check", cwd=repo.path).code == 0
    repo.write("schemas/b.avsc", field % ', {"name": "n", "type": "int"}')
    found = run("check", cwd=repo.path)
    assert (found.code, RULE in found.out) == (1, True), found.out


def _too_deep() -> str:
    return '{"type": "array", "items": ' * 2000 + '"int"' + "}" * 2000


BEYOND: dict[str, tuple[str, str, str]] = {
    "nested too deep": (AVRO, _too_deep(), DEPLOYED),
    "an unknown dialect": (JSON, VALID.replace(DRAFT, "https://json-schema.org/draft/2031/schema"), VALID),
    "a protocol": (AVRO, '{"protocol": "P", "types": [], "messages": {}}', DEPLOYED),
    "another language": (JSON, '{"asyncapi": "2.6.0", "channels": {}}', VALID),
    "a number of another size": (JSON, schema(maximum=1).replace("1}", "1e99999999999999999999}"), VALID),
    "nothing of a schema": (JSON, '{"a": 1}', VALID),
}


@pytest.mark.parametrize("name", BEYOND)
def test_what_others_may_read_is_no_repair(repo: Repo, run: Run, name: str) -> None:
    path, before, now = BEYOND[name]
    repo.save({path: before})
    repo.write(path, now)
    found = run("check", cwd=repo.path)
    assert found.code == 3, found.out
    assert "baseline-repaired" not in found.out


def _named(repo: Repo) -> tuple[str, ...]:
    repo.write("old.avsc", "{")
    return AVRO, "--against", "old.avsc"


def _shallow(repo: Repo) -> tuple[str, ...]:
    del repo
    return ()


@pytest.mark.slow
@pytest.mark.parametrize("arrange", [_named, _shallow])
def test_where_the_past_is_not_known_the_check_is_not_made(
    repo: Repo, run: Run, arrange: Callable[[Repo], tuple[str, ...]]
) -> None:
    """A file that somebody names has no history; a shallow clone has lost it."""
    repo.save({AVRO: DEPLOYED})
    repo.save({AVRO: "{"})
    clone = repo.clone(repo.path.parent / "clone", "--depth=1") if arrange is _shallow else repo
    clone.write(AVRO, HARMLESS)
    found = run("check", *arrange(clone), cwd=clone.path)
    assert found.code == 3, found.out
    assert ("--unshallow" in found.out) is (arrange is _shallow)


@pytest.mark.slow
def test_what_is_no_document_and_did_not_change_is_not_checked(repo: Repo, run: Run) -> None:
    """It fails no differently than before, but no word of it was checked, and nothing unchecked is green."""
    repo.save({AVRO: "{", "schemas/other.avsc": DEPLOYED})
    repo.write("schemas/other.avsc", BREAKING.replace("Order", "Other"))
    found = run("check", cwd=repo.path)
    assert (found.code, AVRO in found.out, RULE in found.out) == (1, True, True), found.out
    repo.write("schemas/other.avsc", DEPLOYED)
    assert run("check", cwd=repo.path).code == 3


@pytest.mark.slow
@pytest.mark.parametrize("broken", ["{", DEPLOYED.replace('"string"', '"strnig"')])
def test_what_does_not_parse_is_missed_when_it_is_removed_and_not_compared_with(
    repo: Repo, run: Run, broken: str
) -> None:
    """It may have parsed once."""
    repo.save({"schemas/e-v1.avsc": broken, "schemas/e-v2.avsc": DEPLOYED, AVRO: broken, JSON: VALID[:-1]})
    repo.git("rm", "-q", "schemas/e-v1.avsc", AVRO, JSON)
    found = run("check", "--level", "FULL_TRANSITIVE", cwd=repo.path)
    assert (found.code, found.out.count("subject-removed")) == (1, 2), found.out
    assert "version-removed" in found.out
    assert "could not be checked" not in found.out
