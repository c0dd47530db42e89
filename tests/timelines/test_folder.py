"""A site is written where a person said, and never over what evtcompat did not write."""

from __future__ import annotations

from pathlib import Path

import pytest

from evtcompat.errors import UsageError
from evtcompat.timelines.folder import MANIFEST, SiteFolder


def held(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_what_an_earlier_run_wrote_and_this_one_did_not_is_gone(tmp_path: Path) -> None:
    folder = tmp_path / "site"
    first = SiteFolder(folder, ["index.html", "subjects/old.html"])
    first.write("index.html", "one")
    first.write("subjects/old.html", "old")
    assert first.finish() == 0
    (folder / "mine.txt").write_text("mine", encoding="utf-8")
    second = SiteFolder(folder, ["index.html", "subjects/new.html"])
    second.write("index.html", "two")
    second.write("subjects/new.html", "new")
    assert second.finish() == 1
    assert held(folder) == {"index.html", "subjects/new.html", "mine.txt", MANIFEST}


def test_a_run_that_was_cut_short_leaves_a_folder_that_the_next_one_takes(tmp_path: Path) -> None:
    SiteFolder(tmp_path / "site", ["a.html", "b.html"]).write("a.html", "one")
    again = SiteFolder(tmp_path / "site", ["c.html"])
    again.write("c.html", "c")
    again.finish()
    assert held(tmp_path / "site") == {"c.html", MANIFEST}


def test_a_site_that_is_not_finished_is_as_it_was(tmp_path: Path) -> None:
    """A page that was not written, or one for which there is no room, leaves no half of a site."""
    folder = tmp_path / "deep" / "site"
    with SiteFolder(folder, ["index.html", "subjects/a.html"]) as first:
        first.write("subjects/a.html", "one")
    assert list(tmp_path.iterdir()) == []
    with SiteFolder(folder, ["index.html", "subjects/a.html"]) as first:
        first.write("index.html", "one")
        first.write("subjects/a.html", "one")
        assert not (folder / "index.html").exists()
        first.finish()
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    assert held(folder) == {"index.html", "subjects/a.html", MANIFEST}
    with SiteFolder(folder, ["index.html", "new/b.html"]) as second:
        second.write("index.html", "two")
        second.write("new/b.html", "two")
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert {path.name for path in folder.iterdir()} == {"index.html", "subjects", MANIFEST}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("notes.txt", "mine"),
        (MANIFEST, '{"evtcompat_site": 1, "files": ["../order.avsc"]}'),
        (MANIFEST, '{"evtcompat_site": 2, "files": []}'),
        (MANIFEST, "[]"),
        (MANIFEST, "no JSON"),
    ],
)
def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / name).write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match="evtcompat did not write it"):
        SiteFolder(tmp_path / "site", ["index.html"])
    assert held(tmp_path / "site") == {name}


def test_a_file_of_somebody_else_in_a_folder_of_ours_is_left_alone(tmp_path: Path) -> None:
    SiteFolder(tmp_path / "site", ["index.html"]).finish()
    (tmp_path / "site" / "page.css").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match=r"page\.css: is there"):
        SiteFolder(tmp_path / "site", ["index.html", "page.css"])
    assert (tmp_path / "site" / "page.css").read_text(encoding="utf-8") == "mine"


def test_nothing_is_written_or_removed_through_a_link(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "order.html").write_text("theirs", encoding="utf-8")
    site = SiteFolder(tmp_path / "site", ["subjects/order.html"])
    site.write("subjects/order.html", "ours")
    site.finish()
    (tmp_path / "site" / "subjects" / "order.html").unlink()
    (tmp_path / "site" / "subjects").rmdir()
    (tmp_path / "site" / "subjects").symlink_to(outside)
    with pytest.raises(UsageError, match="is a link"):
        SiteFolder(tmp_path / "site", ["subjects/order.html"]).write("subjects/order.html", "taken")
    with pytest.raises(UsageError, match="is a link"):
        SiteFolder(tmp_path / "site", []).finish()
    assert (outside / "order.html").read_text(encoding="utf-8") == "theirs"
