"""`evtcompat report`: histories as one page, and as a site."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from cli_harness import Run, commit
from evtcompat.reporters.pages.site import path_of


def write(path: Path, *fields: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    value = {"type": "record", "name": "Order", "fields": [{"name": one, "type": "string"} for one in fields]}
    path.write_text(json.dumps(value), encoding="utf-8")


@pytest.fixture
def shop(repository: Path) -> Path:
    """Two versions of one subject, and a file that is edited in place."""
    write(repository / "schemas/order-v1.avsc", "id")
    write(repository / "schemas/order-v2.avsc", "id", "note")
    write(repository / "schemas/paid.avsc", "id")
    commit(repository, "first")
    write(repository / "schemas/paid.avsc", "id", "sum")
    commit(repository, "second")
    return repository


@pytest.mark.slow
def test_a_page_tells_every_version_with_its_day(run: Run, shop: Path) -> None:
    done = run("report", "order", "paid", "-o", "page.html", cwd=shop)
    assert (done.code, done.out, done.err) == (0, "", "")
    page = (shop / "page.html").read_text(encoding="utf-8")
    assert page.count('<span class="date">') == 4
    assert "new: string" in page
    assert "the step between them breaks somebody" in page


def test_a_subject_that_cannot_be_read_is_told_and_hides_no_other(run: Run, shop: Path) -> None:
    (shop / "schemas/torn.avsc").write_text('{"type": "record"', encoding="utf-8")
    done = run("report", "-o", "page.html", cwd=shop)
    assert done.code == 3
    assert "torn" in done.err
    page = (shop / "page.html").read_text(encoding="utf-8")
    assert "torn" in page
    assert "History of 2 subjects" in page


@pytest.mark.parametrize("to", [("-o", "page.html"), ("--site", "site")])
def test_a_version_that_is_no_schema_is_told_and_never_ends_with_0(run: Run, shop: Path, to: tuple[str, str]) -> None:
    value = {"type": "record", "name": "Order", "fields": [{"name": "id", "type": "strnig"}]}
    (shop / "schemas/order-v1.avsc").write_text(json.dumps(value), encoding="utf-8")
    write(shop / "schemas/order-v3.avsc", "id")
    done = run("report", "order", *to, cwd=shop)
    assert done.code == 3
    assert done.err.startswith("order: left out, as it cannot be read: schemas/order-v1.avsc:1:71: ")
    page = shop / "page.html" if to[0] == "-o" else shop / "site" / path_of("order")
    assert "left out, as it cannot be read: schemas/order-v1.avsc" in page.read_text(encoding="utf-8")


@pytest.mark.slow
def test_a_site_has_a_page_a_subject_and_is_the_same_when_written_again(run: Run, shop: Path) -> None:
    assert run("report", "--site", "site", cwd=shop).code == 0
    files = {path: path.read_bytes() for path in (shop / "site").rglob("*") if path.is_file()}
    assert {shop / "site" / path_of("order"), shop / "site" / path_of("paid"), shop / "site/index.html"} <= files.keys()
    assert run("report", "--site", "site", cwd=shop).code == 0
    assert {path: path.read_bytes() for path in (shop / "site").rglob("*") if path.is_file()} == files


def saved(file: Path, subject: str, *cells: dict[str, object]) -> None:
    """What `evtcompat exercise --format json` writes of cells."""
    level = {"name": "in process", "cells": list(cells)}
    report = {"exercise_version": 1, "verdict": "failed", "subject": subject, "consumers": [], "levels": [level]}
    file.write_text(json.dumps({**report, "loads": [], "chains": [], "notes": []}), encoding="utf-8")


def cell(*failures: dict[str, object]) -> dict[str, object]:
    state = "failed" if failures else "ok"
    about = {"consumer": "new", "payload_versions": ["1"], "delivery": "once", "events": 1}
    return {**about, "state": state, "held": [], "reason": "", "traceback": "", "failures": list(failures)}


@pytest.mark.parametrize("to", [("-o", "page.html"), ("--site", "site")])
def test_a_saved_exercise_is_shown_at_its_subject_alone_and_decides_nothing(
    run: Run, shop: Path, to: tuple[str, str]
) -> None:
    failure: dict[str, object] = {"kind": "raised", "message": "KeyError: 'sum'", "payload": None, "differences": []}
    saved(shop / "paid.json", "paid", cell({**failure, "traceback": "", "output": ""}))
    done = run("report", "order", "paid", *to, "--exercised", "paid.json", cwd=shop)
    assert (done.code, done.err) == (0, "")
    pages = [shop / "page.html"] if to[0] == "-o" else [shop / "site" / path_of(name) for name in ("order", "paid")]
    texts = [page.read_text(encoding="utf-8") for page in pages]
    assert sum(text.count("What consumers did") for text in texts) == 1
    assert "KeyError: &#x27;sum&#x27;" in texts[-1]


@pytest.mark.parametrize(
    ("content", "said", "code"),
    [
        ("{", "not JSON", 3),
        ("[]", "not what `evtcompat exercise --format json` writes", 3),
        ('{"exercise_version": 9}', "of form 9, and this version of evtcompat knows form 1", 3),
        (None, "cannot be read", 3),
    ],
)
def test_a_file_that_is_no_saved_exercise_is_refused_before_anything_is_written(
    run: Run, shop: Path, content: str | None, said: str, code: int
) -> None:
    if content is not None:
        (shop / "saved.json").write_text(content, encoding="utf-8")
    done = run("report", "-o", "page.html", "--exercised", "saved.json", cwd=shop)
    assert (done.code, said in done.err) == (code, True)
    assert not (shop / "page.html").exists()


def test_an_exercise_of_a_subject_that_is_not_shown_or_may_be_several_is_refused(run: Run, shop: Path) -> None:
    saved(shop / "saved.json", "paid", cell())
    done = run("report", "order", "-o", "page.html", "--exercised", "saved.json", cwd=shop)
    assert (done.code, "an exercise of paid, which is not shown" in done.err) == (2, True)
    for folder in ("a", "b"):
        write(shop / "schemas" / folder / "sent.avsc", "id")
    saved(shop / "saved.json", "sent", cell())
    done = run("report", "-o", "page.html", "--exercised", "saved.json", cwd=shop)
    assert (done.code, "which may be any of a/sent, b/sent" in done.err) == (2, True)
    saved(shop / "saved.json", "b/sent", cell())
    assert run("report", "-o", "page.html", "--exercised", "saved.json", cwd=shop).code == 0


@pytest.fixture
def wide(repository: Path) -> Path:
    """As many subjects as several processes share, edited in place, and one that is no schema."""
    for number in range(40):
        write(repository / f"schemas/event-{number:02}.avsc", "id")
    commit(repository, "first")
    for number in range(40):
        write(repository / f"schemas/event-{number:02}.avsc", "id", "note")
    value = {"type": "record", "name": "Order", "fields": [{"name": "id", "type": "strnig"}]}
    (repository / "schemas/event-33.avsc").write_text(json.dumps(value), encoding="utf-8")
    commit(repository, "second")
    return repository


@pytest.mark.slow
def test_a_site_is_the_same_whatever_the_number_of_processes(run: Run, wide: Path) -> None:
    """The same bytes, the same messages in the same order, the same exit code."""
    seen = []
    for workers in ("1", "2", "3"):
        done = run("report", "--site", "site", "--workers", workers, cwd=wide)
        files = {path: path.read_bytes() for path in (wide / "site").rglob("*") if path.is_file()}
        seen.append((done.code, done.err, files))
        shutil.rmtree(wide / "site")
    assert seen[0][0] == 3
    assert "event-33" in seen[0][1]
    assert seen[1:] == seen[:1] * 2


@pytest.mark.slow
def test_a_page_that_another_process_cannot_write_ends_with_the_message_of_one_that_cannot(
    run: Run, wide: Path
) -> None:
    site = wide / "site"
    assert run("report", "--site", "site", cwd=wide).code == 3
    page = site / path_of("event-30")
    page.unlink()
    page.symlink_to(wide / "elsewhere")
    done = run("report", "--site", "site", "--workers", "2", cwd=wide)
    assert done.code == 2
    assert "is a link, and nothing is written through it" in done.err
    assert not (wide / "elsewhere").exists()


@pytest.mark.slow
@pytest.mark.parametrize("kept", [1, 100])
def test_git_is_asked_for_its_log_and_for_a_commit_once_for_all_files(
    run: Run, wide: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch, kept: int
) -> None:
    """The time of a site grows as its subjects do, not with their square, however few files of a commit are kept."""
    monkeypatch.setattr("evtcompat.sources.histories.commit_trees._MOST_READ", kept)
    trace = tmp_path_factory.mktemp("trace") / "git"
    monkeypatch.setenv("GIT_TRACE", str(trace))
    run("report", "--site", "site", "--workers", "1", cwd=wide)
    asked = trace.read_text(encoding="utf-8")
    assert 0 < asked.count("built-in: git log") <= 2  # those of a suffix for versions, all for days
    assert 0 < asked.count("built-in: git ls-tree") <= 2  # one of each commit


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("nobody",), "no subject called nobody"),
        (("order", "nobody"), "no subject called nobody"),
        (("order", "nobody", "--site", "site"), "no subject called nobody"),
        (("--from", "moon"), "unknown word 'moon'"),
        (("--site", "site", "-o", "page.html"), "--output writes one page"),
        (("--site", "schemas"), "evtcompat did not write it"),
        (("--from", "lock"), "lock"),
        (("--from", "registry"), "registry"),
        (("order", "-o", "schemas/order-v1.avsc"), "would be taken for one"),
    ],
)
def test_what_cannot_be_done_is_refused_and_nothing_is_written(
    run: Run, shop: Path, arguments: tuple[str, ...], said: str
) -> None:
    before = {path: path.read_bytes() for path in shop.rglob("*.avsc")}
    done = run("report", *arguments, cwd=shop)
    assert done.code == (3 if "lock" in arguments else 2)
    assert done.out == ""
    assert said in done.err.replace("\n", " ")
    assert {path: path.read_bytes() for path in shop.rglob("*.avsc")} == before
    assert not (shop / "site").exists()


@pytest.mark.parametrize("to", [("--site", "out"), ("--output", "out")])
def test_a_folder_without_schemas_is_no_subject(to: tuple[str, str], run: Run, shop: Path) -> None:
    (shop / "empty").mkdir()
    nothing = run("report", *to, "--schemas", "empty", cwd=shop)
    assert (nothing.code, (shop / "out").exists()) == (3, False)
    assert "empty: there is no schema in this folder\n  Schemas are" in nothing.err
    some = run("report", *to, "--schemas", "empty", "--schemas", "schemas", cwd=shop)
    assert (some.code, some.err) == (3, "empty: there is no schema in this folder\n")
    assert not (shop / "out/subjects/empty.html").exists()


def test_pages_of_subjects_have_names_of_their_own_on_every_file_system() -> None:
    names = ["order", "Order", "a/order", "a-order", "../x", "x" * 300, "ü", "\ud800", "con fuse", "con-fuse"]
    paths = [path_of(name) for name in names]
    assert len({path.lower() for path in paths}) == len(names)
    assert all(".." not in path and path.isascii() and len(path) < 120 for path in paths)


def test_the_page_of_a_change_tells_the_whole_history_of_which_the_newest_version_is_compared(
    run: Run, shop: Path
) -> None:
    write(shop / "schemas/order-v3.avsc", "id", "note", "sum")
    arguments = ("check", "schemas/order-v3.avsc", "--level", "BACKWARD")
    assert run(*arguments, "--format", "html:page.html", cwd=shop).code == 1
    page = (shop / "page.html").read_text(encoding="utf-8")
    assert all(f"<th scope=col colspan=2>v{number}" in page for number in (1, 2, 3))
    assert "<th scope=col>v1<" in page


@pytest.mark.slow
def test_an_old_version_that_cannot_be_read_changes_no_answer_in_a_page(run: Run, shop: Path) -> None:
    (shop / "schemas/order-v1.avsc").write_text("torn", encoding="utf-8")
    commit(shop, "torn")
    write(shop / "schemas/order-v3.avsc", "id", "note")
    (shop / "schemas/order-v3.avsc").write_bytes((shop / "schemas/order-v2.avsc").read_bytes())
    arguments = ("check", "schemas/order-v3.avsc", "--level", "BACKWARD")
    plain = run(*arguments, cwd=shop).code
    assert run(*arguments, "--format", "html:page.html", cwd=shop).code == plain


@pytest.mark.slow
def test_a_change_that_no_commit_holds_has_no_day(run: Run, shop: Path) -> None:
    """Its file is older; what stands in it now is not."""
    write(shop / "schemas/paid.avsc", "id", "sum", "currency")
    run("check", "schemas/paid.avsc", "--format", "html:page.html", cwd=shop)
    page = (shop / "page.html").read_text(encoding="utf-8")
    assert "<th scope=col colspan=2>your change<" in page
    assert page.count('<span class="date">') == 2


@pytest.mark.slow
def test_the_front_of_a_site_counts_one_subject_as_one(run: Run, shop: Path) -> None:
    for path in ("order-v1.avsc", "order-v2.avsc"):
        (shop / "schemas" / path).unlink()
    assert run("report", "--site", "site", cwd=shop).code == 0
    front = (shop / "site/index.html").read_text(encoding="utf-8")
    assert "1 subject. Its newest version breaks somebody." in front
    assert '<a href="lists/1.html">paid</a>' in front


@pytest.mark.slow
def test_versions_that_are_not_drawn_are_told_before_the_chart_that_lacks_them(run: Run, shop: Path) -> None:
    for number in range(1, 53):
        write(shop / f"schemas/many-v{number}.avsc", "id")
    assert run("report", "many", "-o", "page.html", cwd=shop).code == 0
    page = (shop / "page.html").read_text(encoding="utf-8")
    assert page.index("the 2 oldest versions are left out") < page.index('<table class="lives">')


def test_versions_of_one_subject_are_not_counted_as_subjects(tmp_path: Path, run: Run) -> None:
    for number in range(1, 5):
        fields = ",".join(f'{{"name": "f{one}", "type": "int", "default": 0}}' for one in range(number))
        text = f'{{"type": "record", "name": "R", "fields": [{fields}]}}'
        (tmp_path / f"r-v{number}.avsc").write_text(text, encoding="utf-8")
    page = tmp_path / "page.html"
    assert run("check", ".", "--format", f"html:{page}", cwd=tmp_path).code == 0
    assert "<summary>3 versions of 1 subject</summary>" in page.read_text("utf-8")
