"""The words of ``--against``."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from evtcompat.errors import UsageError


class Kind(Enum):
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

    kind: Kind
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
        return Against(Kind.AUTO)
    if text.startswith("git:"):
        return _git(text.removeprefix("git:"), f"{called} {text}")
    if text in ("registry", "lock"):
        return Against(Kind(text))
    if text.startswith("registry:"):
        subject = text.removeprefix("registry:")
        if not subject or subject.startswith("@"):
            message = f"{called} {text} names no subject"
            raise UsageError(message, hint="Write registry:SUBJECT or registry:SUBJECT@VERSION.")
        return Against(Kind.REGISTRY, subject)
    if not text.strip():
        message = f"{called} is empty"
        raise UsageError(message, hint="Leave it out, or give a path, git:REF, registry or lock.")
    return Against(Kind.PATH, text)


def _git(rest: str, text: str) -> Against:
    kind = Kind.GIT
    if rest.startswith("merge-base:"):
        kind, rest = Kind.MERGE_BASE, rest.removeprefix("merge-base:")
    ref, colon, path = rest.partition(":")  # git allows no colon in a ref
    if not ref:
        message = f"{text} names no git ref"
        raise UsageError(message, hint="Write git:REF or git:merge-base:REF, for example git:main or git:v1.2.0.")
    return Against(kind, ref, path if colon else None)
