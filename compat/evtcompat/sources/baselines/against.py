"""The words of ``--against``."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from evtcompat.errors import UsageError


class BaselineKind(Enum):
    """Where a baseline comes from."""

    #: Lower versions beside the file, and the file's own content at the git baseline.
    AUTO = "auto"
    #: A file or a folder on disk.
    PATH = "path"
    GIT = "git"
    MERGE_BASE = "merge-base"
    REGISTRY = "registry"
    LOCK = "lock"


class Against(NamedTuple):
    """What ``--against`` asks for."""

    kind: BaselineKind
    #: The path, the ref, or ``SUBJECT[@VERSION]``; ``""`` where there is none.
    value: str = ""
    #: ``git:REF:PATH``: a file or folder of that commit.
    path: str | None = None


def parse_against(text: str | None, called: str = "--against") -> Against:
    """The meaning of ``--against``, or of another word that takes the same.

    A word before the colon that is none of ours is part of a path (``C:/schemas``, ``a:b.avsc``).

    Raises:
        UsageError: It is empty, or names no ref or subject where one is needed.
    """
    if text is None:
        return Against(BaselineKind.AUTO)
    if text.startswith("git:"):
        return _git(text.removeprefix("git:"), f"{called} {text}")
    if text in ("registry", "lock"):
        return Against(BaselineKind(text))
    kind, colon, subject = text.partition(":")
    if colon and kind in ("registry", "lock"):
        if not subject or subject.startswith("@"):
            message = f"{called} {text} names no subject"
            raise UsageError(message, hint=f"Write {kind}:SUBJECT or {kind}:SUBJECT@VERSION.")
        return Against(BaselineKind(kind), subject)
    if not text.strip():
        message = f"{called} is empty"
        raise UsageError(message, hint="Leave it out, or give a path, git:REF, registry or lock.")
    return Against(BaselineKind.PATH, text)


def _git(rest: str, text: str) -> Against:
    kind = BaselineKind.GIT
    if rest.startswith("merge-base:"):
        kind, rest = BaselineKind.MERGE_BASE, rest.removeprefix("merge-base:")
    ref, colon, path = rest.partition(":")  # git allows no colon in a ref
    if not ref:
        message = f"{text} names no git ref"
        raise UsageError(message, hint="Write git:REF or git:merge-base:REF, for example git:main or git:v1.2.0.")
    return Against(kind, ref, path if colon else None)


def split_version(text: str, prefix: str = "") -> tuple[str, int | str | None]:
    """``SUBJECT[@VERSION]``: the subject, and the version where there is one.

    Args:
        text: What a person wrote.
        prefix: What stands before it, for messages.

    Raises:
        UsageError: The version is neither a number from 1 nor ``latest``.
    """
    subject, at, version = text.rpartition("@")
    if not at:
        return text, None
    if version == "latest":
        return subject or text, version
    if not version.isdigit() or int(version) < 1:
        message = f"{prefix}{text} names no version"
        raise UsageError(message, hint=f"Write {prefix}SUBJECT@3 or {prefix}SUBJECT@latest.")
    return subject, int(version)
