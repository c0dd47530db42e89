"""What a file is whose name does not tell: a schema of a format, something that looks like one, or none."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final, NamedTuple

from evtcompat.errors import DocumentError, UnsupportedError
from evtcompat.formats.base import SchemaFormat
from evtcompat.formats.loading import assumed, built_in, declared_by
from evtcompat.model.places import Place
from evtcompat.sources.names.other_kinds import describes_api, kind_of, kind_of_text, known_by_name
from evtcompat.sources.names.suffixes import called_by_folder

_DECLARE: Final = 'Add "$schema": "https://json-schema.org/draft/2020-12/schema", or list it under `include`.'


class Passed(NamedTuple):
    """A file that is not checked, and why."""

    #: What it is or lacks, a phrase that follows its name: ``an AsyncAPI document``.
    reason: str
    #: What makes it one that is checked, or where to look instead.
    hint: str = _DECLARE
    #: It looks like a schema all the same.
    looks_like_schema: bool = False
    #: A walk that passes it by says so.
    listed: bool = True
    #: The phrase about a file that a person named, where it is another one.
    when_named: str | None = None
    #: It has something of a schema: among others the same document would be one.
    by_company: bool = False

    def problem(self, origin: str) -> DocumentError:
        """The error for a file that a person named as a schema."""
        message = f"is no schema: {self.when_named or self.reason}"
        return UnsupportedError(message, place=Place(origin=origin), hint=self.hint)

    def unchecked(self, origin: str) -> DocumentError:
        """The error for a file that looks like a schema, where nothing may be left unchecked."""
        message = f"looks like a schema and is not checked: {self.reason}"
        hint = f"{self.hint} What is no schema of an event belongs under `exclude`."
        return DocumentError(message, place=Place(origin=origin), hint=hint)


#: JSON or YAML in which nothing hints at a schema.
PLAIN: Final = Passed(
    "no known $schema", when_named="neither .avsc, nor a document with a $schema that names a known draft"
)
#: An example or test data, whatever it looks like.
SAMPLE: Final = Passed("an example or test data", "If it is a schema, name it, or list it under `include`.")
#: What documents are made from.
TEMPLATE: Final = Passed("a template", "If it is a schema, mend it, and list it under `include`.")
#: A file of any other kind.
NOTHING: Final = PLAIN._replace(listed=False)

#: JSON or YAML that git keeps elsewhere: whether it is a schema is not known.
POINTER: Final = Passed("a pointer of Git LFS, whose content is not here", "Run: git lfs pull", looks_like_schema=True)


def recognised_as(
    value: object,
    path: str,
    *,
    included: bool,
    named: bool,
    around: Callable[[], Iterable[SchemaFormat]],
    in_company: Callable[[], bool] = bool,
    before: Callable[[], SchemaFormat | None] = lambda: None,
) -> SchemaFormat | Passed:
    """The format of a parsed document, or what it is instead.

    What declares itself a schema is one, unless it describes an API. What is of a kind that is known to be none is
    none, whoever says otherwise. Beyond that, what the configuration includes is a schema of the likeliest format; and
    what no other document looks like is one where a person named it, or where its own name or those of the files beside
    it say so.

    Args:
        value: The document.
        path: Where it lies.
        included: Whether the configuration says that it is a schema.
        named: Whether a person named it.
        around: Finds the formats of which there are schemas beside it.
        in_company: Tells whether it lies among documents that are schemas, or one refers to it.
        before: Tells of which format the baseline has a schema there; what looks like one still is one.
    """
    declared = declared_by(value)
    if declared is not None and describes_api(value) is None:
        return declared
    kind = kind_of(value)
    if kind is not None:
        return Passed(kind.noun, kind.hint, looks_like_schema=True)
    if included:
        return assumed(value)
    by_company = False
    for one in built_in():
        found = one.resemblance(value)
        if found is not None:
            by_company = True
            told = found.unmistakable and (named or one in _told_by_path(path) or one in around())
            if told or (found.in_company and (named or _says_schema(path) or in_company())) or before() is one:
                return one
            if found.alone:
                return Passed(found.reason, found.hint, looks_like_schema=True, by_company=True)
    described = next((name for one in built_in() if (name := one.describes(value)) is not None), None)
    passed = PLAIN
    if described is not None:
        passed = described_by(described)
    elif named:
        passed = _of_name(path) or PLAIN
    return passed._replace(by_company=True) if by_company else passed


def _told_by_path(path: str) -> tuple[SchemaFormat, ...]:
    """The formats that a word before a file's suffix tells (``order.avro.json``), or its folder (``avro/1-0-0``)."""
    words = path.rpartition("/")[2].lower().split(".")[1:-1]
    named = (one for one in built_in() if one.name in words or any(f".{word}" in one.suffixes for word in words))
    return (*named, *called_by_folder(path))


def _says_schema(path: str) -> bool:
    """Whether the name of a file says that it is a schema, whatever of: ``schema.json``, ``order.schema.json``."""
    return re.fullmatch(r"(?:.*[-_.])?schema\.[a-z]+", path.rpartition("/")[2], re.IGNORECASE) is not None


def _of_name(path: str) -> Passed | None:
    kind = known_by_name(path)
    return None if kind is None else Passed(kind.noun, kind.hint)


def described_by(name: str) -> Passed:
    """Data that names the schema that describes it."""
    return Passed(
        f'data that "{name}" describes, as its $schema says',
        "Check the schema itself, or list the file under `include` if it is one.",
        listed=False,
    )


def unread_name(path: str) -> Passed:
    """What a file is that a person named and that is neither JSON nor YAML."""
    return _of_name(path) or PLAIN


#: A member that names what describes the document, in a text that cannot be read otherwise (JSON with comments).
_NAMED: Final = re.compile(rb"""["']?\$schema["']?\s*:\s*["']?([^"'\s,}]+)""")


def unreadable(data: bytes) -> Passed:
    """What a file is that a walk met, that may look like a schema, and that cannot be read."""
    kind = kind_of_text(data)
    if kind is not None:
        return Passed(f"{kind.noun}, which cannot be read", kind.hint, looks_like_schema=True)
    named = _NAMED.search(data)
    if named is None:
        return PLAIN
    told = {"$schema": named[1].decode("utf-8", "replace")}
    found = recognised_as(told, "", included=False, named=False, around=tuple)
    return found if isinstance(found, Passed) else Passed("a schema that cannot be read", looks_like_schema=True)
