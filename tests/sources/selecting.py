"""What the tests of a selection share: a run, and what it selected in short."""

from __future__ import annotations

import os
from pathlib import Path

from evtcompat.checking.plans import Plan, Selection
from evtcompat.model.documents import Document
from evtcompat.sources.baselines.against import parse_against
from evtcompat.sources.baselines.workspace import View, Workspaces
from evtcompat.sources.documents.layout import Layout
from evtcompat.sources.histories.file_histories import Extent, file_source
from evtcompat.sources.select import select

from .conftest import record

ONE, TWO, THREE = record("A", "a"), record("A", "a", "b"), record("A", "a", "b", "c")
JSON_ONE = '{"$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object"}'


def run(
    *paths: str,
    against: str | None = None,
    staged: bool = False,
    changed: bool = False,
    layout: Layout | None = None,
    folder: Path | None = None,
    here: Path | None = None,
    environment: dict[str, str] | None = None,
) -> Selection:
    view = View.STAGED if staged else View.DISK
    with Workspaces(here, {**os.environ, **(environment or {})}, view=view) as workspaces:
        source = file_source(workspaces, parse_against(against), extent=Extent(changed_only=changed))
        return select(workspaces, paths or ("",), source, layout, folder)


def text(document: Document | None) -> str | None:
    return None if document is None else document.text


def told(plan: Plan) -> tuple[str | None, list[str | None], str | None]:
    """Origin of the candidate, origins of the versions below, origin of the published one."""
    published = None if plan.published is None else plan.published.document.origin
    return plan.candidate.document.origin, [one.document.origin for one in plan.history], published


def plans(selection: Selection) -> list[tuple[str | None, list[str | None], str | None]]:
    assert not selection.problems, [str(problem) for problem in selection.problems]
    return [told(plan) for plan in selection.plans]


def lay(folder: Path, files: dict[str, str]) -> None:
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content)
