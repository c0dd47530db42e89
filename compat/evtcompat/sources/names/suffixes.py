"""What the name of a file, or a glance at its bytes, says about it: whether reading it may be worth it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from evtcompat.containers import loading as containers
from evtcompat.formats.base import SchemaFormat
from evtcompat.formats.loading import built_in, by_file_name
from evtcompat.sources.names.naming import is_only_version
from evtcompat.sources.names.other_kinds import may_be_of_other_kind
from evtcompat.sources.tree import folder_of

#: A name that is only a version, as SchemaVer has it, needs no suffix.
_VERSION_ONLY = re.compile(r"v?\d+(?:[-._]\d+)*|latest", re.IGNORECASE)


def language_told(path: str) -> SchemaFormat | None:
    """The format that a path tells: by its suffix, or by a folder of a language for versions (``avro/1-0-0``).

    ``None`` where neither does; a document of such a name may say so itself.
    """
    found = by_file_name(path)
    if found is not None or not is_only_version(path):
        return found
    return next((one for one in called_by_folder(path) if one.suffixes), None)


def called_by_folder(path: str) -> tuple[SchemaFormat, ...]:
    """The formats that the folder right above a file is called by."""
    folder = folder_of(path).rpartition("/")[2].lower()
    return tuple(one for one in built_in() if folder in {one.name, one.name.replace("-", "")})


def known_suffixes() -> list[str]:
    """The suffixes of all files that may hold schemas, without their dots, sorted."""
    formats = (suffix for one in built_in() for suffix in (*one.suffixes, *one.document_suffixes))
    others = (suffix for one in containers.built_in() for suffix in one.suffixes)
    return sorted({suffix.removeprefix(".") for suffix in (*formats, *others)})


def plugged_suffixes(paths: Iterable[str | Path]) -> tuple[str, ...]:
    """The suffixes of the formats of other distributions that files of these names are schemas of."""
    found = {by_file_name(str(path), everywhere=True) for path in paths} - {None, *built_in()}
    return tuple(sorted(suffix for one in found if one is not None for suffix in one.suffixes))


def declares_itself(data: bytes) -> bool:
    """Whether a JSON or YAML text may say that it is a schema; only parsing it makes certain."""
    return declared_format(data) is not None


def declared_format(data: bytes) -> SchemaFormat | None:
    """The format of which a JSON or YAML text may say that it is a schema, so far as that is told without parsing."""
    declared = (one for one in built_in() if one.declaration is not None and one.declaration.search(data))
    return next(declared, None)


def may_look_like_schema(data: bytes) -> bool:
    """Whether a JSON or YAML text may be, or resemble, a schema, or be of a kind that is refused by its name."""
    marks = (mark for one in built_in() for mark in (one.declaration, one.resemblance_mark) if mark is not None)
    return may_be_of_other_kind(data) or any(mark.search(data) for mark in marks)


def may_hold_schema(path: str) -> bool:
    """Whether a file with this suffix is a schema where its content says so."""
    return path.lower().endswith(tuple(suffix for one in built_in() for suffix in one.document_suffixes))


def may_be_referred_to(path: str) -> bool:
    """Whether a file of this name may hold what a schema refers to."""
    return by_file_name(path) is not None or containers.by_suffix(path) is not None or may_hold_schema(path)


def may_be_schema(path: str) -> bool:
    """Whether a file of this name may say that it is a schema: JSON, YAML, or nothing but a version (``1-0-0``)."""
    name = path.rpartition("/")[2]
    return may_hold_schema(name) or _VERSION_ONLY.fullmatch(name) is not None
