"""Folders of fixtures: what is written, what is never overwritten, and what `verify` notices."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amounts import examples
from cli_harness import Run, commit
from evtcompat.checking.run import assemble
from evtcompat.errors import UsageError
from evtcompat.model.json_texts import document, parse
from evtcompat.model.json_types import JSON
from evtcompat.model.json_values import same
from evtcompat.payloads.contents import Contents, Ids, folder_contents, sealed
from evtcompat.payloads.differences import applied, difference
from evtcompat.payloads.folder import Folder, find_folders, seal_holds
from evtcompat.payloads.matrix import ParsedSubject, matrix_of
from evtcompat.payloads.subjects import Catalogue
from evtcompat.payloads.verifying import verify_folder
from evtcompat.payloads.witnesses import witness_contents
from evtcompat.payloads.writing import check_fixtures, write_folder
from payloads.histories import DRAFT, ROOT, record, subject, value

COMMITTED = ROOT / "tests" / "fixtures"


def contents(*schemas: JSON, seed: int = 0) -> Contents:
    """The folder of a subject with these versions."""
    parsed = ParsedSubject(subject(*schemas))
    return folder_contents(parsed, matrix_of(parsed, seed), Ids.parse(parsed.subject.labels, ()))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of a sample's fixtures, with its schemas beside it."""
    shutil.copytree(ROOT / "schemas", tmp_path / "schemas")
    shutil.rmtree(tmp_path / "schemas" / "rejected")
    shutil.copytree(COMMITTED / "order-placed", tmp_path / "order-placed")
    return tmp_path / "order-placed"


def verified(folder: Path) -> list[str]:
    """What `verify` says, without the folder's name."""
    with Catalogue(folder.parent, ["schemas"]) as catalogue:
        return [line.replace(f"{folder}/", "") for line in verify_folder(folder, catalogue)]


@pytest.mark.slow
def test_the_committed_fixtures_hold(run: Run) -> None:
    """What CI runs: the same command that a team would."""
    assert len(find_folders(COMMITTED)) == 3
    result = run("fixtures", "verify", "tests/fixtures")
    assert (result.code, result.out, result.err) == (0, "", "")


NUMBERS = (
    st.integers()
    | st.integers(-(10**400), 10**400)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.builds("{}{}e{}".format, st.integers(-9, 9), st.sampled_from(["", ".0", ".50"]), st.integers(-400, 400)).map(
        Decimal
    )
)


@settings(max_examples=examples(400))
@given(st.dictionaries(st.text(max_size=3), NUMBERS | st.lists(NUMBERS) | st.text()))
def test_the_seal_holds_whatever_numbers_a_manifest_has(content: dict[str, object]) -> None:
    """They are read again as exact numbers, which are not written as floats are."""
    manifest = parse(sealed(content, {"a.bin": b""}))
    assert isinstance(manifest, dict)
    assert seal_holds(manifest)
    assert not seal_holds(manifest | {"more": 1.0})


@pytest.mark.slow
@pytest.mark.parametrize("name", ["order-placed", "payment-captured", "shipment-dispatched"])
def test_generating_again_gives_the_committed_bytes(run: Run, tmp_path: Path, name: str) -> None:
    result = run("fixtures", "generate", name, "-o", str(tmp_path / name))
    assert result.code == 0, result.err
    made = {path.relative_to(tmp_path): path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    kept = {path.relative_to(COMMITTED): path.read_bytes() for path in (COMMITTED / name).rglob("*") if path.is_file()}
    manifest = Path(name) / "manifest.json"
    ours, theirs = json.loads(made[manifest]), json.loads(kept[manifest])
    if ours["read_by"] != theirs["read_by"]:  # another release of the decoder is named, and sealed with the rest
        made[manifest], kept[manifest] = b"", b""
        for key in ("read_by", "seal"):
            assert ours.pop(key) != theirs.pop(key)
        assert ours == theirs
    assert made == kept


@pytest.mark.slow
@pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
def test_every_supported_python_gives_the_same_bytes(version: str, tmp_path: Path) -> None:
    """Of those interpreters that are here and have evtcompat's dependencies, this one at least."""
    python = sys.executable if version == f"3.{sys.version_info.minor}" else _other(version)
    if python is None:
        pytest.skip(f"Python {version} with evtcompat's dependencies is not here")
    command = [python, "-m", "evtcompat", "fixtures", "generate", "order-placed", "-o", str(tmp_path / "made")]
    environment = {"PYTHONPATH": str(ROOT / "compat"), "PATH": "/usr/bin:/bin", "PYTHONHASHSEED": version[-1]}
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
    made = {path.name: path.read_bytes() for path in (tmp_path / "made").rglob("*") if path.is_file()}
    kept = {path.name: path.read_bytes() for path in (COMMITTED / "order-placed").rglob("*") if path.is_file()}
    assert made == kept


def _other(version: str) -> str | None:
    """An interpreter of that version, by ``EVTCOMPAT_PYTHON_312`` or on the PATH, that has the dependencies."""
    import os

    named = os.environ.get(f"EVTCOMPAT_PYTHON_{version.replace('.', '')}") or shutil.which(f"python{version}")
    if named is None:
        return None
    tried = subprocess.run([named, "-c", "import fastavro, jsonschema, typer, yaml"], check=False, capture_output=True)
    return named if tried.returncode == 0 else None


@pytest.mark.slow
def test_neither_a_set_of_the_decoder_nor_an_address_gets_into_a_fixture(tmp_path: Path) -> None:
    """The decoder writes some keys of a field in the order of a set, and calls the bytes that it reads by address."""
    field: dict[str, JSON] = {
        "name": "amount",
        "type": "float",
        "default": 0.5,
        "aliases": ["sum", "total"],
        "order": "ignore",
    }
    (tmp_path / "paid-v1.avsc").write_text(json.dumps(record(field)), encoding="utf-8")
    made = []
    for seed in ("1", "2", "3"):
        folder = tmp_path / seed
        command = [
            sys.executable,
            "-m",
            "evtcompat",
            "fixtures",
            "generate",
            "paid",
            "-o",
            str(folder),
            "--schemas",
            ".",
        ]
        environment = {"PYTHONPATH": str(ROOT / "compat"), "PATH": "/usr/bin:/bin", "PYTHONHASHSEED": seed}
        subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True)
        made.append({path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()})
    assert made[0] == made[1] == made[2]
    assert b"cannot read float from the payload" in made[0]["manifest.json"]


def test_another_seed_gives_other_payloads_that_hold_as_well(tmp_path: Path) -> None:
    fields: list[JSON] = [{"name": f"f{number}", "type": ["null", "string", "long"]} for number in range(6)]
    first, second = contents(record(*fields)), contents(record(*fields), seed=5)
    assert first.files != second.files
    assert contents(record(*fields), seed=5) == second
    write_folder(tmp_path / "made", second)
    assert Folder(tmp_path / "made").manifest["seed"] == 5


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


def _link(path: Path) -> None:
    path.unlink()
    path.symlink_to("01-smallest.bin")


DAMAGE: list[tuple[str, Callable[[Path], object], str]] = [
    (
        "a changed byte in a payload",
        lambda at: _flip(at / "v1" / "01-smallest.bin"),
        "v1/01-smallest.bin: is not the file",
    ),
    ("a missing file", lambda at: (at / "v2" / "all.avro").unlink(), "v2/all.avro: is missing"),
    ("an extra file", lambda at: (at / "v1" / "notes.txt").write_text("x"), "v1/notes.txt: is not one of the fixtures"),
    (
        "an extra byte",
        lambda at: (at / "v1" / "01-smallest.json").write_bytes((at / "v1" / "01-smallest.json").read_bytes() + b" "),
        "v1/01-smallest.json: is not",
    ),
    ("a changed poison", lambda at: _flip(at / "poison" / "truncated.bin"), "poison/truncated.bin: is not the file"),
    (
        "a file that became a link",
        lambda at: _link(at / "v1" / "all.avro"),
        "v1/all.avro: is a symbolic link",
    ),
    (
        "a manifest changed by hand",
        lambda at: (at / "manifest.json").write_text(
            (at / "manifest.json").read_text().replace('"WEB"', '"APP"', 1), encoding="utf-8"
        ),
        "manifest.json: was changed by hand",
    ),
]


@pytest.mark.slow
@pytest.mark.parametrize(("damage", "line"), [one[1:] for one in DAMAGE], ids=[one[0] for one in DAMAGE])
def test_damage_is_noticed_with_one_line(folder: Path, damage: Callable[[Path], object], line: str) -> None:
    assert verified(folder) == []
    damage(folder)
    told = verified(folder)
    assert [one for one in told if one.startswith(line)]
    assert len(told) == 1 or "by hand" in line


@pytest.mark.slow
@settings(max_examples=examples(40), deadline=None)
@given(st.data())
def test_any_single_byte_changed_in_any_file_is_noticed(data: st.DataObject) -> None:
    import tempfile

    source = COMMITTED / "payment-captured"
    path = data.draw(st.sampled_from(sorted(one.relative_to(source) for one in source.rglob("*") if one.is_file())))
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "payment-captured"
        shutil.copytree(source, copy)
        whole = bytearray((copy / path).read_bytes())
        if not whole:
            whole = bytearray(b"x")
        else:
            whole[data.draw(st.integers(0, len(whole) - 1))] ^= 1 << data.draw(st.integers(0, 7))
        (copy / path).write_bytes(bytes(whole))
        from evtcompat.errors import EvtcompatError

        try:
            with Catalogue(ROOT, ["schemas"]) as catalogue:
                told = verify_folder(copy, catalogue)
        except EvtcompatError:
            told = ["the manifest cannot be read"]
        assert told or _meaningless(path, source, whole)


def _meaningless(path: Path, source: Path, whole: bytearray) -> bool:
    """A change of white space in the manifest changes nothing that it says."""
    return path.name == "manifest.json" and json.loads(bytes(whole)) == json.loads((source / path).read_bytes())


def edit(folder: Path, version: int, change: Callable[[dict[str, list[dict[str, object]]]], object]) -> None:
    """Change a schema as a person would."""
    path = folder.parent / "schemas" / f"order-placed-v{version}.avsc"
    schema = json.loads(path.read_text(encoding="utf-8"))
    change(schema)
    path.write_text(json.dumps(schema), encoding="utf-8")


@pytest.mark.slow
def test_a_schema_edited_in_place_shows_with_what_readers_see_now(folder: Path) -> None:
    edit(folder, 2, lambda schema: schema["fields"][-2].update(default="APP"))
    told = verified(folder)
    assert told[0] == "v2: the schema of v2 is not the one that these were made with"
    assert any(one.startswith("v1/01-smallest: v2 sees something else now") and '"APP"' in one for one in told)


@pytest.mark.slow
def test_a_schema_that_refuses_what_it_read_shows_the_decoders_words(folder: Path) -> None:
    edit(folder, 2, lambda schema: schema["fields"][-2].pop("default"))
    told = verified(folder)
    assert any(
        "was defaulted for v2 when it was generated, is refused now: No default value for field channel" in one
        for one in told
    )


@pytest.mark.slow
def test_a_description_changed_in_a_schema_changes_nothing(folder: Path) -> None:
    edit(folder, 2, lambda schema: schema.update(doc=[]))
    edit(folder, 2, lambda schema: schema.pop("doc"))
    assert verified(folder) == []


def test_a_new_version_without_fixtures_and_a_version_that_is_gone_are_told(folder: Path) -> None:
    schemas = folder.parent / "schemas"
    (schemas / "order-placed-v1.avsc").rename(schemas / "order-placed-v3.avsc")
    told = verified(folder)
    assert "manifest.json: v3 of order-placed has no fixtures: generate them again" in told
    assert "v1: v1 of order-placed is gone: restore it, or generate again" in told


@pytest.mark.slow
def test_fixtures_of_a_file_that_is_edited_in_place_hold_as_soon_as_they_are_made(run: Run, repository: Path) -> None:
    """Also where what is just outside of the contents that were read means, or states, the same as one of them."""
    plain = [json.dumps({**value("int"), "doc": doc}, indent=indent) for doc, indent in (("0", 0), ("0", 1), ("1", 1))]
    stated = [json.dumps({**value("int"), "doc": doc, "version": said}) for doc, said in (("2", "1.0"), ("3", "1.0"))]
    for number, files in enumerate((plain, stated)):
        for text in files:
            (repository / "event.avsc").write_text(text)
            commit(repository, "a change")
        for past in ("3", "2", "1"):
            folder = f"{number}-{past}"
            made = run("fixtures", "generate", "event", "-o", folder, "--past", past, cwd=repository)
            held = run("fixtures", "verify", folder, cwd=repository)
            assert (made.code, held.code, held.out) == (0, 0, "")


@pytest.mark.slow
def test_verify_exit_codes(run: Run, folder: Path) -> None:
    here = folder.parent
    assert run("fixtures", "verify", "order-placed", "--schemas", "schemas", cwd=here).code == 0
    _flip(folder / "v1" / "01-smallest.bin")
    failed = run("fixtures", "verify", "order-placed", "--schemas", "schemas", cwd=here)
    assert failed.code == 1
    assert failed.out == "order-placed/v1/01-smallest.bin: is not the file that was generated\n"
    assert run("fixtures", "verify", "schemas", cwd=here).code == 3
    (here / "schemas" / "order-placed-v2.avsc").write_text("{", encoding="utf-8")
    assert run("fixtures", "verify", "order-placed", "--schemas", "schemas", cwd=here).code == 3
    assert run("fixtures", "generate", "order-plced", "-o", "x", "--schemas", "schemas", cwd=here).code == 2


def test_what_evtcompat_did_not_write_is_never_overwritten(tmp_path: Path) -> None:
    made = contents(value("int"))
    target = tmp_path / "target"
    target.mkdir()
    (target / "precious.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="is not empty, and evtcompat did not write it"):
        write_folder(target, made)
    assert [path.name for path in target.iterdir()] == ["precious.txt"]
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="is no folder"):
        write_folder(tmp_path / "file", made)


def test_a_folder_of_another_subject_or_of_witnesses_stays(tmp_path: Path) -> None:
    target = tmp_path / "target"
    made = contents(value("int"))
    write_folder(target, made)
    before = {path: path.read_bytes() for path in target.rglob("*") if path.is_file()}
    with pytest.raises(UsageError, match=f"holds fixtures of {made.subject}, not fixtures of mail"):
        check_fixtures(target, "mail")
    with pytest.raises(UsageError, match=f"holds fixtures of {made.subject}, not witnesses"):
        write_folder(target, witness_contents(assemble([])))
    assert {path: path.read_bytes() for path in target.rglob("*") if path.is_file()} == before


def test_a_foreign_file_or_link_in_our_folder_stays(tmp_path: Path) -> None:
    target = tmp_path / "target"
    write_folder(target, contents(value("int")))
    (target / "notes.txt").write_text("mine", encoding="utf-8")
    outside = tmp_path / "outside.bin"
    outside.write_bytes(b"theirs")
    (target / "v2").mkdir()
    (target / "v2" / "01-smallest.bin").write_bytes(b"mine")
    with pytest.raises(UsageError, match="evtcompat did not write it"):
        write_folder(target, contents(value("int"), value("long")))
    shutil.rmtree(target / "v2")
    (target / "v1" / "01-smallest.bin").unlink()
    (target / "v1" / "01-smallest.bin").symlink_to(outside)
    with pytest.raises(UsageError, match="symbolic link"):
        write_folder(target, contents(value("int")))
    assert outside.read_bytes() == b"theirs"
    assert (target / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_files_that_are_not_made_any_more_go(tmp_path: Path) -> None:
    target = tmp_path / "target"
    write_folder(target, contents(value("int"), value("long")))
    done = write_folder(target, contents(value("int")))
    assert done.removed
    assert not (target / "v2").exists()


def test_a_manifest_of_a_stranger_leads_nowhere(tmp_path: Path) -> None:
    """Neither reading, verifying nor writing follows a path out of the folder."""
    outside = tmp_path / "outside.txt"
    outside.write_text("theirs", encoding="utf-8")
    target = tmp_path / "target"
    target.mkdir()
    manifest = {"evtcompat_fixtures": 1, "subject": "sample", "format": "avro", "files": {"../outside.txt": "00"}}
    (target / "manifest.json").write_bytes(document(manifest))
    write_folder(target, contents(value("int")))
    assert outside.read_text(encoding="utf-8") == "theirs"


@pytest.mark.parametrize("text", ["", "{", "[]", '{"a": 1}', '{"evtcompat_fixtures": 99}', "[" * 100_000, "\xff"])
def test_a_broken_manifest_is_an_error_with_its_name(run: Run, tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_text(text, encoding="latin-1")
    result = run("fixtures", "verify", str(tmp_path))
    assert result.code == 3
    assert "manifest.json" in result.err
    assert "fault in evtcompat" not in result.err


def test_every_poison_is_refused_by_its_reader_and_tells_why() -> None:
    for path in find_folders(COMMITTED):
        pills = list(Folder(path).poison())
        assert len(pills) >= 8
        assert all(pill.said for pill in pills)


def test_avro_poison_has_every_kind() -> None:
    names = {pill.name for pill in Folder(COMMITTED / "order-placed").poison()}
    assert names >= {
        *("truncated", "wrong-magic-byte", "unknown-schema-id", "extra-bytes", "newer-incompatible-writer"),
        *("wrong-content-type", "empty", "wrong-encoding"),
    }
    assert "number-out-of-range" in {pill.name for pill in Folder(COMMITTED / "shipment-dispatched").poison()}


def test_sequences_hold_what_their_names_say() -> None:
    orders = {order.name: order.deliveries for order in Folder(COMMITTED / "order-placed").sequences()}
    assert [one.version for one in orders["v1-v2-v1"]] == ["1", "2", "1"]
    assert [one.version for one in orders["v2-before-v1"]] == ["2", "1"]
    first, second = orders["twice"]
    assert (first.event_id, first.bytes()) == (second.event_id, second.bytes())
    assert len({one.event_id for one in orders["burst"]}) == len(orders["burst"]) == 20
    around = orders["poison-between"]
    assert [one.poison for one in around] == [False, True] * (len(around) // 2) + [False]
    assert all(one.bytes("confluent") is not None for deliveries in orders.values() for one in deliveries)


def test_schema_ids_of_a_registry_enter_the_wire_format(tmp_path: Path) -> None:
    parsed = ParsedSubject(subject(value("int"), value("long")))
    write_folder(
        tmp_path / "made", folder_contents(parsed, matrix_of(parsed), Ids.parse(("1", "2"), ("1=70", "v2=71")))
    )
    ids = {case.writer: case.bytes("confluent")[:5] for case in Folder(tmp_path / "made").cases()}
    assert ids == {"1": b"\x00\x00\x00\x00\x46", "2": b"\x00\x00\x00\x00\x47"}
    for wrong in ("3=1", "1=x", "1=0", "1=2"):
        with pytest.raises(UsageError):
            Ids.parse(("1", "2"), (wrong,))


def test_names_of_versions_and_symbols_cannot_leave_the_folder() -> None:
    wild: JSON = {"$schema": DRAFT, "enum": ["../../x", "CON", "a/b", "\u202eevil", "." * 300]}
    for path in contents(wild).files:
        assert ".." not in path.split("/")
        assert path.isascii()
        assert len(path) < 80


JSON_VALUES: st.SearchStrategy[object] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3) | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.slow
@given(JSON_VALUES, JSON_VALUES)
def test_applying_a_difference_gives_the_other_value(old: object, new: object) -> None:
    assert same(applied(old, difference(old, new)), new)


@given(JSON_VALUES)
def test_a_document_is_utf_8_and_says_what_it_was_given(content: object) -> None:
    assert same(parse(document(content)), parse(json.dumps(content)))
