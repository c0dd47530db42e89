"""What can be broken about a check, each by its name: schemas, references, baselines, the configuration, words."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from acceptance.team import DEPLOYED, HARMLESS, ORDER
from sources.conftest import ENVIRONMENT, Repo

DRAFT = "https://json-schema.org/draft/2020-12/schema"
REFERRING = json.dumps({"$schema": DRAFT, "properties": {"to": {"$ref": "address.json"}}})
MONEY = '{"type": "record", "name": "B", "fields": [{"name": "m", "type": "Money"}]}'
DEEP = '{"type": "array", "items": ' * 9000 + "1" + "}" * 9000
CLOSED = json.dumps({"$schema": DRAFT, "type": "object"})
NO_FORMAT = 'formats = ["htlm"]\n'
NO_FILE = '[subjects]\no = ["schemas/first.avsc", "schemas/order.avsc"]\n'
WAIVER = (
    'fingerprint = "0123456789abcdef01234567"\nrule = "subject-removed"\nsubject = "x"\nreason = "r"\nowner = "o"\n'
)


@dataclass(frozen=True)
class Broken:
    """One input that is broken.

    Attributes:
        says: What the message names.
        code: 2 for words of a person (options, configuration, waivers), 3 for what is to be checked.
        files: Written over the healthy repository.
        arguments: After `evtcompat check`.
        committed: Committed before `files` are written.
        also: Whatever else breaks.
    """

    says: str
    code: int = 3
    files: tuple[tuple[str, str | bytes], ...] = ()
    arguments: tuple[str, ...] = ()
    committed: tuple[tuple[str, str | bytes], ...] = ()
    also: Callable[[Path], object] = Path.exists


def _object_lost(folder: Path) -> None:
    """The published content is gone from the object database."""
    for file in (folder / ".git" / "objects").glob("??/*"):
        file.chmod(0o644)
    oid = subprocess.run(
        ["git", "rev-parse", f"HEAD:{ORDER}"], cwd=folder, env=ENVIRONMENT, capture_output=True, text=True, check=True
    ).stdout.strip()
    (folder / ".git" / "objects" / oid[:2] / oid[2:]).unlink()


def _commit_lost(folder: Path) -> None:
    shutil.rmtree(folder / ".git" / "objects")
    (folder / ".git" / "objects").mkdir()


def _branch_is(text: str) -> Callable[[Path], None]:
    """The file of the branch that is checked out holds something else, as a loss of power leaves it."""

    def write(folder: Path) -> None:
        (folder / ".git" / "refs" / "heads" / "main").write_text(text)

    return write


def _branches_gone(folder: Path) -> None:
    shutil.rmtree(folder / ".git" / "refs" / "heads")


def _another_branch_lost(folder: Path) -> None:
    subprocess.run(["git", "checkout", "--quiet", "-b", "topic"], cwd=folder, env=ENVIRONMENT, check=True)
    _branch_is("")(folder)


def _work_tree_elsewhere(folder: Path) -> None:
    other = folder.parent / "elsewhere"
    other.mkdir()
    subprocess.run(["git", "config", "core.worktree", str(other)], cwd=folder, env=ENVIRONMENT, check=True)


def _index_damaged(folder: Path) -> None:
    (folder / ".git" / "index").write_bytes(b"no index")


def _no_repository_any_more(folder: Path) -> None:
    shutil.rmtree(folder / ".git")
    (folder / ".git").write_text("gitdir: /nowhere/at/all\n")


def _folder_as(name: str) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        (folder / name).unlink(missing_ok=True)
        (folder / name).mkdir()

    return make


def _link(name: str, target: str) -> Callable[[Path], None]:
    def make(folder: Path) -> None:
        (folder / name).unlink(missing_ok=True)
        (folder / name).symlink_to(target)

    return make


CASES = {
    # what is under check
    "schema: not JSON": Broken(f"{ORDER}:1:2", files=((ORDER, "{"),)),
    "schema: empty": Broken(ORDER, files=((ORDER, ""),)),
    "schema: not UTF-8": Broken(ORDER, files=((ORDER, b'{"type": "record", "name": "\xff"}'),)),
    "schema: unknown type": Broken("strnig", files=((ORDER, DEPLOYED.replace('"string"', '"strnig"')),)),
    "schema: duplicate key": Broken("name", files=((ORDER, '{"type": "record", "name": "A", "name": "B"}'),)),
    "schema: nested too deep": Broken("nest", files=((ORDER, DEEP),)),
    "schema: a number": Broken(ORDER, files=((ORDER, "17"),)),
    "schema: JSON Schema that is none": Broken(
        '"strnig"', files=(("schemas/s.json", json.dumps({"$schema": DRAFT, "type": "strnig"})),)
    ),
    "schema: YAML": Broken("schemas/s.yaml", files=(("schemas/s.yaml", f"$schema: {DRAFT}\ntype: [\n"),)),
    "schema: Avro IDL, named": Broken("IDL", files=(("a.avdl", "protocol A {}"),), arguments=("a.avdl",)),
    "schema: another file, named": Broken("a.txt", files=(("a.txt", "text"),), arguments=("a.txt",)),
    "schema: not there": Broken("schemas/nowhere.avsc", arguments=("schemas/nowhere.avsc",)),
    "schema: a link that leads nowhere, named": Broken(
        "schemas/link.avsc", also=_link("schemas/link.avsc", "gone.avsc"), arguments=("schemas/link.avsc",)
    ),
    "schema: a link to itself, named": Broken(
        "schemas/link.avsc", also=_link("schemas/link.avsc", "link.avsc"), arguments=("schemas/link.avsc",)
    ),
    "schema: the newest version is a link that leads nowhere": Broken(
        "schemas/order-v2.avsc", also=_link("schemas/order-v2.avsc", "gone.avsc")
    ),
    "schema: the newest version, of JSON, is a link that leads nowhere": Broken(
        "schemas/e-v2.json", files=(("schemas/e-v1.json", CLOSED),), also=_link("schemas/e-v2.json", "gone.json")
    ),
    "schema: the folder of the newest version is a link that leads nowhere": Broken(
        "schemas/v2", files=(("schemas/v1/e.avsc", DEPLOYED),), also=_link("schemas/v2", "gone")
    ),
    "folder: no schema in it": Broken("empty", files=(("empty/x.txt", ""),), arguments=("empty",)),
    # what schemas refer to
    "reference: missing": Broken("address.json", files=(("schemas/ship.json", REFERRING),)),
    "reference: not JSON": Broken(
        "address.json", files=(("schemas/ship.json", REFERRING), ("schemas/address.json", "{"))
    ),
    "reference: to the network": Broken(
        "https://example.com/a.json",
        files=(("schemas/ship.json", REFERRING.replace("address.json", "https://example.com/a.json")),),
    ),
    "reference: a name that no file defines": Broken("Money", files=(("schemas/b.avsc", MONEY),)),
    "reference: a broken file that defines a name": Broken(
        "money.avsc",
        files=(
            ("schemas/b.avsc", MONEY),
            ("schemas/money.avsc", "{"),
        ),
    ),
    # the baseline
    "baseline: no such ref": Broken("'nowhere'", arguments=("--against", "git:nowhere")),
    "baseline: an empty ref": Broken("git:", 2, arguments=("--against", "git:")),
    "baseline: no such ref to merge into": Broken("'nowhere'", arguments=("--against", "git:merge-base:nowhere")),
    "baseline: a ref that is an option": Broken("--all", arguments=("--against", "git:--all")),
    "baseline: no such branch in the configuration": Broken(
        "'trunk'", files=(("evtcompat.toml", 'default-branch = "trunk"\n'),)
    ),
    "baseline: no such file": Broken("nowhere.avsc", arguments=(ORDER, "--against", "nowhere.avsc")),
    "baseline: no such path in the commit": Broken("nowhere.avsc", arguments=("--against", "git:HEAD:nowhere.avsc")),
    "baseline: a broken file": Broken(
        "old.avsc", files=(("old.avsc", "{"),), arguments=(ORDER, "--against", "old.avsc")
    ),
    "baseline: one file for several": Broken(
        "one file", 2, files=(("schemas/b.avsc", DEPLOYED),), arguments=("schemas", "--against", ORDER)
    ),
    "baseline: the published file may be right, and is not read here": Broken(
        "HEAD:schemas/order.avsc", committed=((ORDER, DEEP),), files=((ORDER, HARMLESS),)
    ),
    "baseline: the version beside it is broken": Broken(
        "schemas/e-v1.avsc", files=(("schemas/e-v1.avsc", "{"), ("schemas/e-v2.avsc", DEPLOYED))
    ),
    "baseline: the version beside it is of another language": Broken(
        "e-v1.avsc",
        files=(("schemas/e-v1.avsc", DEPLOYED), ("schemas/e-v2.json", CLOSED)),
    ),
    "baseline: the version below it is a link that leads nowhere": Broken(
        "schemas/e-v2.avsc",
        files=(("schemas/e-v1.avsc", DEPLOYED), ("schemas/e-v3.avsc", DEPLOYED)),
        also=_link("schemas/e-v2.avsc", "gone.avsc"),
        arguments=("schemas/e-v3.avsc",),
    ),
    "baseline: the version below it is a link out of the repository": Broken(
        "schemas/e-v2.avsc",
        files=(("schemas/e-v1.avsc", DEPLOYED), ("schemas/e-v3.avsc", DEPLOYED)),
        also=_link("schemas/e-v2.avsc", "/etc/hostname"),
        arguments=("schemas/e-v3.avsc",),
    ),
    "baseline: the folder of the version below it is a link that leads nowhere": Broken(
        "schemas/v2",
        files=(("schemas/v1/e.avsc", DEPLOYED), ("schemas/v3/e.avsc", DEPLOYED)),
        also=_link("schemas/v2", "gone"),
        arguments=("schemas/v3/e.avsc",),
    ),
    "baseline: its content is lost": Broken("not in this clone", also=_object_lost),
    "baseline: the repository is damaged": Broken("git", also=_commit_lost),
    "baseline: the branch is empty": Broken("refs/heads/main", also=_branch_is("")),
    "baseline: the branch is no commit": Broken("refs/heads/main", also=_branch_is("main")),
    "baseline: the branch names itself": Broken("HEAD", also=_branch_is("ref: refs/heads/main")),
    "baseline: the branch is gone": Broken("the branch main", also=_branches_gone),
    "baseline: the branch to merge into is damaged": Broken("refs/heads/main", also=_another_branch_lost),
    "baseline: the work tree of the repository is another folder": Broken("elsewhere", also=_work_tree_elsewhere),
    "baseline: the index is damaged": Broken("index", also=_index_damaged, arguments=("--staged",)),
    "baseline: the repository is gone": Broken(".git", also=_no_repository_any_more),
    "baseline: an unknown kind": Broken("gti:HEAD", arguments=("--against", "gti:HEAD")),
    "lock: not there": Broken("lock", arguments=("--against", "lock")),
    "registry: none configured": Broken("registry", 2, arguments=("--against", "registry")),
    "registry: out of reach": Broken(
        "127.0.0.1:9",
        files=(("evtcompat.toml", '[registry]\nurl = "http://127.0.0.1:9"\n'),),
        arguments=("--against", "registry"),
    ),
    # the configuration
    "configuration: no TOML": Broken("evtcompat.toml:1:", 2, files=(("evtcompat.toml", "level = \n"),)),
    "configuration: no UTF-8": Broken("evtcompat.toml", 2, files=(("evtcompat.toml", b'level = "\xff"\n'),)),
    "configuration: a folder": Broken("evtcompat.toml", 2, also=_folder_as("evtcompat.toml")),
    "configuration: an unknown key": Broken("`level`", 2, files=(("evtcompat.toml", 'levle = "FULL"\n'),)),
    "configuration: an unknown level": Broken("evtcompat.toml:1", 2, files=(("evtcompat.toml", 'level = "FUL"\n'),)),
    "configuration: a wrong type": Broken("evtcompat.toml:1", 2, files=(("evtcompat.toml", "level = 7\n"),)),
    "configuration: an unknown rule": Broken(
        "type-mismatch", 2, files=(("evtcompat.toml", '[severity]\ntype-mismatsch = "off"\n'),)
    ),
    "configuration: an unknown severity": Broken(
        "evtcompat.toml:2", 2, files=(("evtcompat.toml", '[severity]\ntype-mismatch = "fatal"\n'),)
    ),
    "configuration: an unknown format": Broken("evtcompat.toml:1", 2, files=(("evtcompat.toml", NO_FORMAT),)),
    "configuration: the file that was named is not there": Broken("x.toml", 2, arguments=("--config", "x.toml")),
    "configuration: two of them": Broken(
        "pyproject.toml", 2, files=(("evtcompat.toml", ""), ("pyproject.toml", "[tool.evtcompat]\n"))
    ),
    "configuration: a subject's file that is not there": Broken(
        "schemas/first.avsc", files=(("evtcompat.toml", NO_FILE),)
    ),
    "configuration: a folder that is not there": Broken(
        "shcemas", files=(("evtcompat.toml", 'paths = ["shcemas"]\n'),)
    ),
    "configuration: a reference root outside": Broken(
        "../..", 2, files=(("evtcompat.toml", 'reference-roots = ["../../.."]\n'),)
    ),
    # waivers
    "waivers: no TOML": Broken("evtcompat-waivers.toml:1", 2, files=(("evtcompat-waivers.toml", "[[waivers]\n"),)),
    "waivers: no UTF-8": Broken("evtcompat-waivers.toml", 2, files=(("evtcompat-waivers.toml", b"# \xff\n"),)),
    "waivers: a folder": Broken("evtcompat-waivers.toml", 2, also=_folder_as("evtcompat-waivers.toml")),
    "waivers: no end": Broken("expires", 2, files=(("evtcompat-waivers.toml", f"[[waivers]]\n{WAIVER}"),)),
    "waivers: an unknown rule": Broken(
        "subject-remvoed",
        2,
        files=(
            (
                "evtcompat-waivers.toml",
                f"[[waivers]]\n{WAIVER}expires = 2999-01-01\n".replace("subject-removed", "subject-remvoed"),
            ),
        ),
    ),
    "waivers: two of one finding": Broken(
        "0123456789abcdef01234567",
        2,
        files=(("evtcompat-waivers.toml", f"[[waivers]]\n{WAIVER}expires = 2999-01-01\n" * 2),),
    ),
    # the command line
    "words: an unknown format": Broken("htlm", 2, arguments=("--format", "htlm")),
    "words: no folder for the report": Broken("nowhere", 2, arguments=("--output", "nowhere/report.txt")),
    "words: a folder as the report": Broken("schemas", 2, arguments=("--output", "schemas")),
    "words: an unknown level": Broken("--level", 2, arguments=("--level", "FUL")),
    "words: an unknown action": Broken("'maybe'", 2, arguments=("--undecided", "maybe")),
    "words: a null character": Broken("\\x00", 2, arguments=("a\0b",)),
}


def broken(repo: Repo, case: Broken) -> None:
    for path, content in case.committed:
        repo.write(path, content)
    if case.committed:
        repo.commit()
    for path, content in case.files:
        repo.write(path, content)
    case.also(repo.path)
