"""The documentation as a site: `sphinx-build -W -c docs/site docs build/site`.

What a program knows better than a person (commands, rules, the library) is written by `generate` before the pages are
read, into `reference/generated` beside them, which git does not keep.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from sphinx.application import Sphinx

SITE = Path(__file__).parent
ROOT = SITE.parent.parent
sys.path[:0] = [str(SITE), str(ROOT / "compat")]

from generate import generate  # noqa: E402 - beside this file

from evtcompat import __version__  # noqa: E402 - of this checkout

project = "evtcompat"
release = version = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
exclude_patterns = ["site"]
suppress_warnings = ["misc.highlighting_failure"]  # examples of what is no JSON
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3
autodoc_member_order = "bysource"
autodoc_typehints = "description"
napoleon_custom_sections = [("Exit codes", "params_style")]
html_theme = "furo"
html_title = "evtcompat"
html_show_sphinx = False
html_show_copyright = False
#: Of a link to a file that is no page: the file's name alone.
OUTSIDE = re.compile(r"\[([^\]]+)\]\((?:\.\./)+(?!start/|reference/|decisions/)[^)]+\)")


def _without_links_out(_: Sphinx, docname: str, source: list[str]) -> None:
    """Links to files of the repository that are no pages, told by their names."""
    if not docname.startswith(("start/", "reference/")):
        source[0] = OUTSIDE.sub(r"\1", source[0])


def setup(app: Sphinx) -> None:
    """Write the generated pages, then read all of them."""
    generate(Path(app.srcdir) / "reference" / "generated")
    app.connect("source-read", _without_links_out)
