"""A version that cannot be read is named, with its file, and hides none of the others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cli_harness import Run


def record(*fields: object) -> str:
    return json.dumps({"type": "record", "name": "Order", "fields": list(fields)})


ID = {"name": "id", "type": "string"}
#: What may stand in the place of a version, with what is said of it.
UNREADABLE: dict[str, tuple[str | bytes | Path, str]] = {
    "not JSON": ("{", ":1:2"),
    "no UTF-8": (b"\xff", "order-v2.avsc"),
    "nothing": ("", "the file is empty"),
    "an unknown name": (record({"name": "a", "type": "Money"}), "v2 of order: the name Money is not defined"),
    "a wrong type": (record({"name": "a", "type": 5}), "v2 of order"),
    "a merge conflict": ("<<<<<<< HEAD\n{}\n=======\n[]\n>>>>>>> x\n", "order-v2.avsc"),
    "a pointer of Git LFS": (
        f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 12\n",
        "order-v2.avsc",
    ),
    "a link out of the repository": (Path("../elsewhere.avsc"), "is a link that leads out"),
    "a link to nowhere": (Path("../gone.avsc"), "is a link that leads nowhere"),
    "a link to itself": (Path("schemas/order-v2.avsc"), "is a link that leads nowhere"),
    "a link out of it under another name": (Path("../other/x.avsc"), "order-v2.avsc"),
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    here = tmp_path / "project"
    (here / "schemas").mkdir(parents=True)
    (tmp_path / "other").mkdir()
    for version, more in ((1, ()), (3, ({"name": "b", "type": "int", "default": 0},))):
        (here / "schemas" / f"order-v{version}.avsc").write_text(record(ID, *more))
    for outside in ("elsewhere.avsc", "other/x.avsc"):
        (tmp_path / outside).write_text(record({"name": "id", "type": "int"}))
    (here / "contracts" / "order").mkdir(parents=True)
    (here / "contracts" / "order" / "mail.toml").write_text('needs = ["id"]\nwritten-against = "1"\n')
    return here


def put(project: Path, content: str | bytes | Path) -> None:
    file = project / "schemas" / "order-v2.avsc"
    if isinstance(content, Path):
        file.symlink_to(Path("..") / content)
    else:
        file.write_bytes(content if isinstance(content, bytes) else content.encode())


def test_a_version_whose_schema_no_decoder_takes_is_named_with_its_field_and_hides_no_other(
    run: Run, project: Path
) -> None:
    """Strict parsers refuse its default: there is no container file of it, and nobody to read its payloads."""
    put(project, record(ID, {"name": "tags", "type": {"type": "array", "items": "int"}, "default": None}))
    made = run("fixtures", "generate", "order", "--schemas", "schemas", "--output", "made", cwd=project)
    assert (made.code, "files" in made.out) == (3, True)
    assert "schemas/order-v2.avsc:1:" in made.err
    assert "v2 of order: " in made.err
    assert "the default of `Order.tags` is wrong: null is not an array" in " ".join(made.err.split())
    manifest = json.loads((project / "made" / "manifest.json").read_text())
    first, second, third = manifest["versions"]
    assert (second["payloads"], "`Order.tags` is wrong" in second["empty"]) == ([], True)
    assert first["payloads"]
    assert third["payloads"]
    assert {one["sees"]["2"]["outcome"] for one in first["payloads"]} == {"refused"}
    assert sorted(path.name for path in (project / "made").iterdir() if path.is_dir()) == ["poison", "v1", "v3"]
    assert run("fixtures", "verify", "made", "--schemas", "schemas", cwd=project).code == 0


@pytest.mark.slow
@pytest.mark.parametrize("what", UNREADABLE)
def test_what_is_made_of_a_subject_is_made_of_the_rest(what: str, run: Run, project: Path) -> None:
    content, said = UNREADABLE[what]
    whole = run("matrix", "order", "--schemas", "schemas", cwd=project)
    run("fixtures", "generate", "order", "--schemas", "schemas", "--output", "whole", cwd=project)
    put(project, content)
    matrix = run("matrix", "order", "--schemas", "schemas", cwd=project)
    assert (matrix.code, matrix.out) == (3, whole.out)
    assert said in matrix.err
    assert "order-v2.avsc" in matrix.err
    made = run("fixtures", "generate", "order", "--schemas", "schemas", "--output", "made", cwd=project)
    assert made.code == 3
    assert said in made.err
    for file in (project / "whole").rglob("*"):
        if file.is_file():
            assert (project / "made" / file.relative_to(project / "whole")).read_bytes() == file.read_bytes()


@pytest.mark.parametrize("what", UNREADABLE)
def test_elsewhere_it_is_never_green(what: str, run: Run, project: Path) -> None:
    put(project, UNREADABLE[what][0])
    (project / "schemas" / "order-v3.avsc").unlink()
    for command in (("check", "schemas"), ("contract", "verify")):
        result = run(*command, cwd=project)
        assert result.code == 3, (result.out, result.err)
        assert "order-v2.avsc" in result.out


def test_a_version_may_be_left_out_by_the_configuration(run: Run, project: Path) -> None:
    put(project, "{")
    (project / "evtcompat.toml").write_text('exclude = ["schemas/order-v2.avsc"]\n')
    assert run("matrix", "order", cwd=project).code == 0


@pytest.mark.slow
def test_fixtures_are_no_schemas_of_the_repository(run: Run, project: Path) -> None:
    """Nor do they look like any: a job that lets nothing stay unchecked passes beside them."""
    assert run("fixtures", "generate", "order", "--output", "made", cwd=project).code == 0
    assert run("check", ".", "--skipped", "fail", cwd=project).code == 0
    (project / "poison").mkdir()
    (project / "poison" / "own.schema").write_text(record(ID))
    result = run("check", ".", "--skipped", "fail", cwd=project)
    assert (result.code, "poison/own.schema" in result.out) == (3, True)
