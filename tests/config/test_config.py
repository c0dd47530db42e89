"""A configuration means what it says, and what it cannot mean is refused with the place and the next step."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from evtcompat.config import (
    Config,
    FormatTarget,
    Override,
    SkippedAction,
    UndecidedAction,
    find_config,
    load_config,
    load_config_text,
)
from evtcompat.errors import ConfigError
from evtcompat.model.levels import Level
from evtcompat.model.owners import Owners
from evtcompat.model.verdicts import Policy, Severity

EVERYTHING = """\
paths = ["schemas"]
include = ["events/**/*.json"]
exclude = ["schemas/rejected/**"]
level = "FULL_TRANSITIVE"
policy = "strict"
fail-on = "warning"
undecided = "error"
skipped = "fail"
default-branch = "trunk"
reference-roots = ["schemas/common", "../shared"]
waivers = "ops/waivers.toml"
formats = ["text", "sarif:out.sarif"]

[severity]
gate-weakened = "error"
waiver-unused = "off"

[subjects]
order-placed = ["schemas/order/1.avsc", "schemas/order/2.avsc"]
"pay ment" = "pay/*.avsc"

[[overrides]]
subjects = ["billing-*"]
level = "BACKWARD"

[[overrides]]
paths = ["legacy/"]
policy = "lenient"
severity = { gate-weakened = "note" }

[owners.order-placed]
producers = ["checkout"]
consumers = ["shipping", "billing"]

[registry]
url = "https://registry.example:8081/"

[json-schema]
default-dialect = "2020-12"
assert-formats = true
"""


def config(text: str, origin: str = "evtcompat.toml") -> Config:
    loaded = load_config_text(text, origin)
    assert loaded is not None
    return loaded


def test_every_key_is_read() -> None:
    assert config(EVERYTHING) == Config(
        paths=("schemas",),
        include=("events/**/*.json",),
        exclude=("schemas/rejected/**",),
        subjects={
            "order-placed": ("schemas/order/1.avsc", "schemas/order/2.avsc"),
            "pay ment": ("pay/*.avsc",),
        },
        level=Level.FULL_TRANSITIVE,
        policy=Policy.STRICT,
        severities={"gate-weakened": Severity.ERROR, "waiver-unused": None},
        overrides=(
            Override(subjects=("billing-*",), level=Level.BACKWARD),
            Override(paths=("legacy/",), policy=Policy.LENIENT, severities={"gate-weakened": Severity.NOTE}),
        ),
        fail_on=Severity.WARNING,
        undecided=UndecidedAction.ERROR,
        skipped=SkippedAction.FAIL,
        default_branch="trunk",
        reference_roots=("schemas/common", "../shared"),
        waivers="ops/waivers.toml",
        formats=(FormatTarget("text"), FormatTarget("sarif", "out.sarif")),
        owners={"order-placed": Owners(("checkout",), ("shipping", "billing"))},
        registry_url="https://registry.example:8081/",
        format_settings={
            "json-schema": {
                "default-dialect": "https://json-schema.org/draft/2020-12/schema",
                "assert-formats": True,
            }
        },
    )


def test_an_empty_file_is_the_default() -> None:
    assert config("") == Config()


def test_pyproject_holds_the_same_under_its_table() -> None:
    lines = []
    for line in EVERYTHING.splitlines():
        if line.startswith("[["):
            lines.append(f"[[tool.evtcompat.{line[2:]}")
        elif line.startswith("["):
            lines.append(f"[tool.evtcompat.{line[1:]}")
        else:
            lines.append(line)
    text = "[project]\nname = 'x'\n[tool.evtcompat]\n" + "\n".join(lines)
    assert config(text, "HEAD:pyproject.toml") == config(EVERYTHING)
    assert load_config_text("[tool.other]\nlevel = 3\n", "pyproject.toml") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\nlevle = 'FULL'\n", "2:1: unknown key `levle`\n  Did you mean `level`?"),
        ("fail_on = 'error'\n", "1:1: unknown key `fail_on`\n  Did you mean `fail-on`?"),
        ("xyzzy = 1\n", "1:1: unknown key `xyzzy`\n  Known keys: across-majors, contracts, default-branch,"),
        ("[tool.evtcompat]\nlevel = 'FULL'\n", "1:1: unknown key `tool`\n  Here the keys stand at the top"),
        ("level = 3\n", "1:1: `level` must be a string; found an integer"),
        ("level = 'full'\n", '1:1: `level` must be one of "NONE",'),
        ("level = 'full'\n", 'found "full"\n  Did you mean "FULL"?'),
        ("policy = true\n", "1:1: `policy` must be a string; found a boolean"),
        ("# x\ninclude = 3\n", "2:1: `include` must be an array of strings; found an integer"),
        ("include = ['a',\n 3]\n", "1:1: `include[1]` must be a string; found an integer"),
        ("include = ['/etc/*']\n", '`include[0]` must be relative to this file; found "/etc/*"'),
        ("include = ['C:/x']\n", "must be relative to this file"),
        ("include = ['a\\b']\n", '`include[0]` must use "/" between folders'),
        ("exclude = ['../x']\n", '`exclude[0]` must not leave the folder of this file; found "../x"'),
        ("waivers = '../w.toml'\n", "`waivers` must not leave the folder"),
        ("formats = ['sarif:../x']\n", "`formats[0]` must not leave the folder"),
        ("formats = ['json:.git/config']\n", "`formats` must not write into .git"),
        ("include = ['[z-a]']\n", '`include[0]` is no pattern: bad character range z-a; found "[z-a]"'),
        ("[[overrides]]\nsubjects = ['[b-a]*']\nlevel = 'FULL'\n", "2:1: `overrides[0].subjects[0]` is no pattern"),
        ("[owners.'[b-a]']\nconsumers = ['x']\n", '1:1: `owners."[b-a]"` is no pattern'),
        ("formats = ['serif']\n", 'found "serif"\n  Did you mean `sarif`?'),
        ("formats = []\n", "`formats` must name at least one format"),
        ("[severity]\ngate-weekened = 'off'\n", "2:1: unknown rule `gate-weekened` in `severity`\n  Did you mean"),
        ("[severity]\ngate-weakened = 'fatal'\n", '`severity.gate-weakened` must be one of "error", "warning"'),
        ("[subjects]\na = []\n", "2:1: `subjects.a` must name at least one file"),
        ("[subjects]\na = ''\n", "2:1: `subjects.a[0]` must not be empty"),
        ("subjects = []\n", "`subjects` must be a table; found an array"),
        ("overrides = 3\n", "`overrides` must be an array of tables; found an integer"),
        ("[[overrides]]\nlevel = 'FULL'\n", "1:1: `overrides[0]` applies to nothing\n  Give it `subjects` or `paths`."),
        ("[[overrides]]\nsubjects = ['a']\n", "1:1: `overrides[0]` changes nothing"),
        (
            "[[overrides]]\nsubjects=['a']\nlevel='FULL'\n[[overrides]]\nlvel = 'FULL'\n",
            "5:1: unknown key `overrides[1].lvel`",
        ),
        ("[owners.a]\nconsumer = ['x']\n", "2:1: unknown key `owners.a.consumer`\n  Did you mean `consumers`?"),
        (
            "[exercise.chains.c]\nsteps = [{ service = ['s'], takes = 't' }]\n",
            "`exercise.chains.c.steps[0].service` must be a string; found an array",
        ),
        ("[registry]\nurl = 'ftp://x'\n", "2:1: `registry.url` must be a URL that begins with https:// or http://"),
        ("[registry]\nurl = 'http://[::1'\n", "`registry.url` must be a URL"),
        (
            "[registry]\nsubject-name-strategy = 'Topic'\n",
            "2:1: `registry.subject-name-strategy` must be one of",
        ),
        ("[json-schema]\ndefault-dialect = '2020'\n", "`json-schema.default-dialect` must be one of draft-04"),
        ("[json-schema]\nassert-formats = 1\n", "`json-schema.assert-formats` must be a boolean; found an integer"),
        ("default-branch = '--upload-pack=x'\n", "`default-branch` must be the name of a branch"),
        ('default-branch = "a\\u0000b"\n', "`default-branch` must not contain control characters; found 'a\\x00b'"),
        ("a = \n", "1:5: not valid TOML: Invalid value"),
        ("level = 'FULL'\nlevel = 'NONE'\n", "2:15: not valid TOML: Cannot overwrite a value"),
        ("a = [", "1:1: not valid TOML: "),
        ("a = " + "[" * 5000, "evtcompat.toml: not valid TOML that can be read: it nests too deep"),
        ("a = " + "1" * 5000, "evtcompat.toml: not valid TOML that can be read: Exceeds the limit"),
    ],
)
def test_what_makes_no_sense_is_refused_with_place_and_next_step(text: str, expected: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_config_text(text, "evtcompat.toml")
    assert str(caught.value).startswith("evtcompat.toml:")
    assert expected in str(caught.value)
    assert caught.value.exit_code == 2


def test_a_password_in_the_registry_url_is_refused_and_not_repeated() -> None:
    for url in ("https://me:hunter2@host/", "hunter2@host"):
        with pytest.raises(ConfigError) as caught:
            load_config_text(f"[registry]\nurl = '{url}'\n", "evtcompat.toml")
        assert "hunter2" not in str(caught.value)


def test_the_last_override_that_applies_wins() -> None:
    loaded = config(
        """
level = "FULL"
[[overrides]]
subjects = ["billing-*"]
level = "BACKWARD"
severity = { gate-weakened = "note" }
[[overrides]]
subjects = ["billing-eu", "x"]
paths = ["legacy/*.avsc"]
level = "NONE"
"""
    )
    assert loaded.settings("order").level is Level.FULL
    assert loaded.settings("billing-us", "a/billing-us.avsc").level is Level.BACKWARD
    assert loaded.settings("billing-eu").level is Level.NONE
    assert loaded.settings("billing-eu").severities == {"gate-weakened": Severity.NOTE}
    assert loaded.settings("order", "legacy/order.avsc").level is Level.NONE
    assert loaded.settings("order", "legacy/deep/order.avsc").level is Level.FULL
    assert Config().settings("order").level is None


def test_owners_by_name_before_owners_by_pattern() -> None:
    loaded = config("[owners.'order-*']\nproducers=['a']\n[owners.order-placed]\nproducers=['b']\n")
    assert loaded.owners_of("order-placed") == Owners(("b",))
    assert loaded.owners_of("order-sent") == Owners(("a",))
    assert loaded.owners_of("pay") is None


def test_the_nearest_file_up_to_the_root_of_the_repository_is_found(tmp_path: Path) -> None:
    (tmp_path / "evtcompat.toml").write_text("level = 'NONE'\n")  # outside the repository
    repository = tmp_path / "repository"
    deep = repository / "a" / "b"
    deep.mkdir(parents=True)
    subprocess.run(["git", "init", "-q", str(repository)], check=True)
    assert find_config(deep) is None
    (repository / "pyproject.toml").write_text("[tool.evtcompat]\nlevel = 'FULL'\n")
    found = find_config(deep)
    assert found is not None
    assert (found.level, found.folder) == (Level.FULL, repository)
    (repository / "a" / "pyproject.toml").write_text("[project]\nname = 'no table of ours'\n")
    assert find_config(deep) == found
    (repository / "a" / "evtcompat.toml").write_text("level = 'BACKWARD'\n")
    nearest = find_config(deep)
    assert nearest is not None
    assert nearest.level is Level.BACKWARD


def test_two_configurations_in_one_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "evtcompat.toml").write_text("")
    (tmp_path / "pyproject.toml").write_text("[tool.evtcompat]\n")
    with pytest.raises(ConfigError, match="are both here"):
        find_config(tmp_path)


def test_a_pyproject_that_is_broken_is_our_business_only_when_it_names_us(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[project\n")
    assert find_config(tmp_path, root=tmp_path) is None
    (tmp_path / "pyproject.toml").write_text("[tool.evtcompat\n")
    with pytest.raises(ConfigError, match="not valid TOML"):
        find_config(tmp_path, root=tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "[tool.evtcompat]\nlevel = 'FORWARD'",
        "tool.evtcompat.level = 'FORWARD'",
        "tool = {evtcompat = {level = 'FORWARD'}}",
        "'tool' = {\"evtcompat\" = {level = 'FORWARD'}}",
        "[tool]\nevtcompat = {level = 'FORWARD'}",
        "['tool' . 'evtcompat']\nlevel = 'FORWARD'",
        '[tool."evt\\u0063ompat"]\nlevel = "FORWARD"',
        '["t\\U0000006fol".evtcompat]\n"l\\u0065vel" = "FORWARD"',
    ],
)
def test_however_toml_spells_the_table_it_is_found(text: str, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(f"{text}\n")
    found = find_config(tmp_path, root=tmp_path)
    assert found is not None
    assert found.level is Level.FORWARD


def test_what_only_might_name_us_and_is_broken_is_none_of_our_business(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('tool = {x = "\\u0063"}\n[project\n')
    assert find_config(tmp_path, root=tmp_path) is None


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "evtcompat.toml").write_bytes(b"level = '\xff'")
    with pytest.raises(ConfigError, match="is not UTF-8: byte 10"):
        find_config(tmp_path)
    (tmp_path / "evtcompat.toml").unlink()
    (tmp_path / "evtcompat.toml").mkdir()
    with pytest.raises(ConfigError, match="cannot be read"):
        find_config(tmp_path)


@pytest.mark.parametrize("name", ["evtcompat.toml", "pyproject.toml"])
def test_a_configuration_that_is_a_link_to_nothing_is_not_absent(name: str, tmp_path: Path) -> None:
    """What it would say is not known, and the defaults may be weaker."""
    (tmp_path / name).symlink_to("nowhere")
    with pytest.raises(ConfigError, match="a link that leads to nothing") as caught:
        find_config(tmp_path, root=tmp_path)

    assert name in str(caught.value)


def test_a_file_that_was_named_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="there is no such configuration file"):
        load_config(tmp_path / "evtcompat.toml")
    (tmp_path / "pyproject.toml").write_text("")
    with pytest.raises(ConfigError, match=r"has no table \[tool.evtcompat\]"):
        load_config(tmp_path / "pyproject.toml")


def test_a_configuration_can_be_found_in_a_tree_that_is_not_on_disk() -> None:
    tree = {Path("/r/pyproject.toml"): "[tool.evtcompat]\nlevel = 'FORWARD'\n"}
    found = find_config(Path("/r/a"), root=Path("/r"), read=tree.get, origin=lambda path: f"HEAD:{path.name}")
    assert found is not None
    assert found.level is Level.FORWARD
    assert str(found.place("level")) == "HEAD:pyproject.toml:2:1"
