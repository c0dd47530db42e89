"""The frame of every page: its style and the script that searches it. Everything is in the page, nothing is loaded."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Final

#: What a browser may load for a page that stands alone: nothing.
POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'"
#: What it may load for a page of a site: the two files beside it. ``file:`` is a site that is opened from a disk.
SITE_POLICY: Final = "default-src 'none'; style-src 'self' file:; script-src 'self' file:"


@cache
def style() -> str:
    """The style sheet."""
    return _data("page.css")


@cache
def script() -> str:
    """The script."""
    return _data("page.js")


@cache
def site_script() -> str:
    """The script of a site's search."""
    return _data("site.js")


def page(title: str, body: str) -> str:
    """A whole document that stands alone; both texts are HTML already."""
    return _document(title, body, POLICY, f"<style>\n{style()}</style>", f"<script>\n{script()}</script>")


def site_page(title: str, body: str, root: str, scripts: tuple[str, ...] = ("page.js",)) -> str:
    """A page of a site.

    Args:
        title: HTML already.
        body: Likewise.
        root: The way from the page to the folder of the site: ``../``, or ``""``.
        scripts: What it runs, from there.
    """
    links = "".join(f'<script src="{root}{name}"></script>' for name in scripts)
    return _document(title, body, SITE_POLICY, f'<link rel="stylesheet" href="{root}page.css">', links)


def _document(title: str, body: str, policy: str, head: str, end: str) -> str:
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="generator" content="evtcompat">\n'  # by which a later run knows that it may replace the page
        f"<title>{title}</title>\n{head}\n</head>\n<body>\n<main>\n{body}\n</main>\n{end}\n</body>\n</html>\n"
    )


def _data(name: str) -> str:
    return files("evtcompat.reporters.pages").joinpath(name).read_text("utf-8")
