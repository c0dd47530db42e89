"""The text of a new contract."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from evtcompat.contracts.model import Form
from evtcompat.contracts.projecting import projected, projection_of
from evtcompat.errors import UsageError
from evtcompat.formats.projections import need_of, path_text
from evtcompat.model.histories import Version, version_name
from evtcompat.model.json_texts import document
from evtcompat.model.places import Place
from evtcompat.reading import read_file

if TYPE_CHECKING:
    from evtcompat.payloads.matrix import Subject


class Written(NamedTuple):
    """What the consumer wrote down itself of what it needs."""

    form: Form
    #: A file, or the word of a model.
    what: Path | str
    #: The folder of the contract.
    folder: Path
    #: Further keys of the contract; ``None`` leaves one out.
    more: Mapping[str, str | None] = {}


def begun(subject: Subject, consumer: str, needs: Sequence[str], written: Written | None, against: str | None) -> str:
    """The text of a contract file.

    Args:
        subject: What it is about.
        consumer: Whose it is.
        needs: Paths; every part that the version promises when there are none.
        written: The consumer's own schema, pact or model, instead of `needs`.
        against: The version that types are taken from; the newest by default.

    Raises:
        UsageError: A word is wrong.
        SchemaError: The version has no such part, or is no schema.
    """
    version = _version(subject, against)
    lines = [f"# What {consumer} needs of {subject.name}."]
    if written is not None:
        lines += [f"{written.form.value} = {_quoted(_named_file(written))}"]
        lines += [f"{key} = {_quoted(value)}" for key, value in written.more.items() if value is not None]
        return "\n".join([*lines, *_against(version)]) + "\n"
    listed = list(needs) or _promised(subject, version)
    parsed = []
    for text in listed:
        try:
            parsed.append(need_of(text))
        except ValueError as error:
            message = f"--needs: {error}"
            raise UsageError(message, hint="For example `lines[].sku`.") from error
    made = projected(subject, version, parsed, Place())
    lines += ["needs = [", *(f"    {_quoted(str(need))}," for need in parsed), "]"]
    lines += _against(version)
    lines += [
        f"# The types of what it needs, as {_named(version)} has them: later versions are held against these.",
        f"format = {_quoted(subject.format.name)}",
        f"reader = {_block(document(made.document.value).decode().strip())}",
    ]
    return "\n".join(lines) + "\n"


def _named_file(written: Written) -> str:
    """What the contract calls what the consumer wrote: a file relative to the contract, or a model.

    Raises:
        UsageError: There is no such file.
    """
    if isinstance(written.what, str):
        return written.what
    try:
        read_file(written.what)
    except OSError as error:
        message = f"--{written.form.value} {written.what}: {error.strerror or error}"
        raise UsageError(message, hint="Name the file in which the consumer says what it needs.") from error
    return Path(os.path.relpath(written.what, written.folder)).as_posix()


def _promised(subject: Subject, version: Version) -> list[str]:
    """Every part that the version promises and that has no parts of its own."""
    schema = subject.format.parse(version.document, version.references)
    fields = [one for one in projection_of(subject.format).fields(schema) if one.promised]
    inner = {one.path[:length] for one in fields for length in range(1, len(one.path))}
    found = [path_text(one.path) for one in fields if one.path not in inner]
    if not found:
        message = f"{_named(version)} of {subject.name} promises no part of an event"
        raise UsageError(message, hint="Say with --needs what the consumer needs.")
    return found


def _version(subject: Subject, label: str | None) -> Version:
    if label is None:
        return subject.versions[-1]
    for version in subject.versions:
        if version.label is not None and label in (version.label, f"v{version.label}"):
            return version
    known = ", ".join(one.label for one in subject.versions if one.label) or "none with a name"
    message = f"--against {label}: {subject.name} has no such version"
    raise UsageError(message, hint=f"It has {known}.")


def _against(version: Version) -> list[str]:
    return [] if version.label is None else [f"written-against = {_quoted(version.label)}"]


def _named(version: Version) -> str:
    return "the schema" if version.label is None else version_name(version.label)


def _quoted(text: str) -> str:
    """A basic string of TOML: JSON's, where every control character is an escape."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _block(text: str) -> str:
    return _quoted(text) if "'''" in text else f"'''\n{text}\n'''"
