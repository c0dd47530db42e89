"""The files that `evtcompat init` writes: what is there is kept, and what was written is not written again."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum
from pathlib import Path
from typing import Final

from evtcompat.cli.initialising.survey import Survey
from evtcompat.config import find_config
from evtcompat.dataclasses import dataclass
from evtcompat.errors import UncheckedError, UsageError
from evtcompat.reading import LARGEST_CONFIGURATION, read_file
from evtcompat.sources.names.suffixes import known_suffixes
from evtcompat.syntax.documents import parse_document
from evtcompat.writing import leads_out, unwritten, write_all_whole

CONFIGURATION: Final = "evtcompat.toml"
HOOKS: Final = ".pre-commit-config.yaml"
GITHUB: Final = ".github/workflows/event-schemas.yml"
GITLAB: Final = ".gitlab-ci.yml"


class Service(Enum):
    """For which CI service a job is written. ``value`` is the word of the command line."""

    GITHUB = "github"
    GITLAB = "gitlab"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Planned:
    """A file that is written, or that stays."""

    path: Path
    name: str
    #: What stands there now; ``None`` where there is no such file.
    before: str | None
    #: What shall stand there; ``None`` where it stays as it is.
    after: str | None
    #: Why it stays, or what to do by hand.
    remark: str = ""

    def told(self, *, dry_run: bool) -> str:
        """One line about it."""
        if self.after is None:
            return f"{self.name}: {self.remark}"
        done = "added to" if self.before is not None else "written"
        return f"{self.name}: {'would be ' if dry_run else ''}{done}"

    def shown(self) -> Sequence[str]:
        """The lines that are new."""
        if self.after is None:
            return ()
        lines = self.after.splitlines()
        old = set((self.before or "").splitlines())
        return [line for line in lines if line not in old or self.before is None]


def planned(found: Survey, service: Service | None) -> list[Planned]:
    """What is to be written for what was found.

    Args:
        found: What the repository holds.
        service: The CI service; ``None`` for the one that the repository uses already.
    """
    files = [_configuration(found)]
    if found.in_git:
        files.append(_hook(found))
        service = service or _service(found)
        if service is Service.GITHUB:
            files.append(_job(found, GITHUB, _GITHUB_JOB))
        elif service is Service.GITLAB:
            files.append(_job(found, GITLAB, _GITLAB_JOB))
    return files


def write_all(files: Sequence[Planned]) -> None:
    """Every file holds what is planned, or none does.

    Raises:
        UsageError: One cannot be written.
        UncheckedError: There is no room for them.
    """
    wanted = {file.path: file.after.encode("utf-8") for file in files if file.after is not None}
    for file in files:
        outside = None if file.after is None else leads_out(file.path, file.path.parent)
        if outside is not None:
            message = f"{file.name} is a link to {outside}, which is not in this repository"
            raise UsageError(message, hint="Replace the link by a file, and run it again.")
    try:
        write_all_whole(wanted)
    except OSError as error:
        raise unwritten(error, next(iter(wanted))) from error


def _configuration(found: Survey) -> Planned:
    path = found.root / CONFIGURATION
    known = find_config(found.root, root=found.root, origin=lambda one: one.name)
    if known is not None and known.origin is not None:
        return Planned(path, known.origin, _text(path), None, "there is a configuration; it stays as it is")
    return Planned(path, CONFIGURATION, None, "\n".join(_toml(found)) + "\n")


def _toml(found: Survey) -> Iterator[str]:
    yield "# What evtcompat checks here. Every key may be left out; a line that is commented out shows a default."
    yield ""
    paths = ", ".join(_quoted(folder) for folder in found.folders)
    yield f"# paths = [{paths}]  # where to look when the command names no path; default: everywhere"
    yield 'level = "FULL"  # BACKWARD, FORWARD, FULL, each also with _TRANSITIVE, or NONE'
    yield "# exclude = []  # never schemas, whatever they look like"
    yield from (f"# {twin.line}  # the same events as in {twin.other}" for twin in found.twins)
    yield "# include = []  # schemas that neither their suffix nor their content gives away"
    yield '# across-majors = "error"  # what version 2.0.0 breaks fails as well'
    if found.registry is not None:
        yield ""
        yield f"[registry]  # from {found.registry[1]}; used by --against registry alone"
        yield f"url = {_quoted(found.registry[0])}"
    if found.near:
        yield ""
        yield "# [subjects]  # they look like versions of one subject; if they are, uncomment"
        yield from (f"# {near.line}" for near in found.near)
    for subject, services in sorted(found.services.items()):
        yield ""
        yield f'[owners.{_quoted(found.names.get(subject, subject))}]  # from {services.said_by}; "who deploys first"'
        yield f"producers = [{', '.join(map(_quoted, services.producers))}]"
        yield f"consumers = [{', '.join(map(_quoted, services.consumers))}]"
    yield from _unknown_owners(found)


#: As many subjects are proposed one by one.
_PROPOSED: Final = 3


def _unknown_owners(found: Survey) -> Iterator[str]:
    """A proposal for subjects of which only the owner of the file is known."""
    owned = found.owners.subjects if found.owners is not None else {}
    left = [
        (subject, owners) for owners, subjects in owned.items() for subject in subjects if subject not in found.services
    ]
    if not left or found.owners is None:
        return
    yield ""
    yield f"# {found.owners.path} says who looks after the schemas, and not who writes and reads the events:"
    for subject, owners in left[:_PROPOSED]:
        yield f"# [owners.{_quoted(found.names.get(subject, subject))}]"
        yield f"# producers = [{', '.join(_quoted(one.removeprefix('@').rpartition('/')[2]) for one in owners)}]"
        yield "# consumers = []"


def _quoted(text: str) -> str:
    import json

    return json.dumps(text)


_HOOK: Final = """- repo: local
  hooks:
    - id: evtcompat
      name: evtcompat
      entry: evtcompat check --staged
      language: system
      always_run: true  # a deleted schema is a change, too, and pre-commit names no deleted file
      files: '\\.(SUFFIXES)$'
      require_serial: true
"""


def _hook(found: Survey) -> Planned:
    path = found.root / HOOKS
    hook = _HOOK.replace("SUFFIXES", "|".join(known_suffixes()))
    before = _text(path)
    if before is None:
        body = "".join(f"  {line}\n" for line in hook.splitlines())
        return Planned(path, HOOKS, None, f"repos:\n{body}")
    if "evtcompat" in before:
        return Planned(path, HOOKS, before, None, "has the hook already")
    after = _with_hook(before, hook)
    if after is None:
        return Planned(path, HOOKS, before, None, "stays as it is: add the hook by hand, as docs/hook.md shows it")
    return Planned(path, HOOKS, before, after)


def _with_hook(text: str, hook: str) -> str | None:
    """The hooks with one more at the end of their list, all else as it was; ``None`` where that cannot be done."""
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.splitlines()
    start = next((index for index, line in enumerate(lines) if re.match(r"repos:\s*(?:#.*)?$", line)), None)
    if start is None:
        return None
    items = [
        (index, found) for index, line in enumerate(lines) if index > start and (found := re.match(r"( *)- ", line))
    ]
    last = start
    for index in range(start + 1, len(lines)):
        if lines[index] and not lines[index].startswith((" ", "-", "#")):
            break
        if lines[index].strip() and not lines[index].startswith("#"):
            last = index
    indent = items[0][1][1] if items and items[0][0] <= last else "  "
    added = [f"{indent}{line}" for line in hook.splitlines()]
    whole = end.join([*lines[: last + 1], *added, *lines[last + 1 :]]) + (end if text.endswith("\n") else "")
    try:
        old, new = (parse_document(one, HOOKS).value for one in (text, whole))
    except UncheckedError:  # a file that is no YAML, or of a kind that is not understood, is left to its author
        return None
    if not (isinstance(old, dict) and isinstance(new, dict)) or {**new, "repos": None} != {**old, "repos": None}:
        return None
    before, now = old["repos"] or [], new["repos"]
    return whole if isinstance(now, list) and now[:-1] == before else None


_GITHUB_JOB: Final = """name: event schemas
on:
  pull_request:
  merge_group:
  push:
    branches: [BRANCH]
jobs:
  evtcompat:
    runs-on: ubuntu-latest
    permissions:
      contents: read
    steps:
      - uses: actions/checkout@v4
        with:
          fetch-depth: 0  # the baseline is the merge base
          persist-credentials: false
      - uses: actions/setup-python@v5
        with:
          python-version: "3.13"
      - run: python -m pip install evtcompat
      - run: evtcompat check --format github
"""
_GITLAB_JOB: Final = """evtcompat:
  image: python:3.13
  variables:
    GIT_DEPTH: "0"  # the baseline is the merge base
  rules:
    - if: $CI_PIPELINE_SOURCE == "merge_request_event"
    - if: $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH
  script:
    - python -m pip install evtcompat
    - evtcompat check --format text --format gitlab:gl-code-quality-report.json --format junit:evtcompat.xml
  artifacts:
    when: always
    reports:
      codequality: gl-code-quality-report.json
      junit: evtcompat.xml
"""


def _job(found: Survey, name: str, text: str) -> Planned:
    path = found.root / name
    before = _text(path)
    other = _mentioned(found.root / ".github" / "workflows")
    if before is not None and "evtcompat" in before:
        return Planned(path, name, before, None, "has the job already")
    if name == GITHUB and other is not None:
        return Planned(path, f".github/workflows/{other}", before, None, "has the job already")
    if before is not None and name == GITHUB:
        return Planned(path, name, before, None, "stays as it is: it is a workflow of another kind")
    gap = "" if not before else "\n" if before.endswith("\n") else "\n\n"
    return Planned(path, name, before, (before or "") + gap + text.replace("BRANCH", found.branch))


def _mentioned(folder: Path) -> str | None:
    """The workflow that runs evtcompat already."""
    files = sorted(folder.glob("*.y*ml")) if folder.is_dir() else []
    return next((file.name for file in files if "evtcompat" in (_text(file) or "")), None)


def _service(found: Survey) -> Service:
    """The CI service that a repository uses, or that its remote suggests."""
    if (found.root / GITLAB).exists():
        return Service.GITLAB
    if (found.root / ".github").is_dir():
        return Service.GITHUB
    host = found.remote or ""
    return Service.GITLAB if "gitlab" in host else Service.GITHUB if "github" in host else Service.NONE


def _text(path: Path) -> str | None:
    try:
        return read_file(path, LARGEST_CONFIGURATION).decode("utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        message = f"{path.name} cannot be read: {reason}"
        raise UsageError(message) from error
