"""The line of the configuration, below ``[subjects]``, that says which files are the versions of a subject."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from evtcompat.sources.documents.layout import Layout


def subject_line(layout: Layout, subject: str, paths: Sequence[str]) -> str:
    """The line as TOML writes it.

    Args:
        layout: Knows where the configuration lies.
        subject: What the files are versions of.
        paths: Of the files from the root of their tree, the oldest first.
    """
    folder = f"{layout.folder}/" if layout.folder else ""
    listed = [path.removeprefix(folder) for path in paths]
    key = subject if re.fullmatch(r"[A-Za-z0-9_-]+", subject) else json.dumps(subject, ensure_ascii=False)
    return f"{key} = {json.dumps(listed, ensure_ascii=False)}"
