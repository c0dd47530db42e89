"""``evtcompat.lock``: what a registry held, in a file that is reviewed and committed. Reading and writing its text.

It is TOML, one block a version, sorted by subject and number, with nothing that depends on the moment (no time, no
machine). The schemas stand in it, one member a line, so that a review shows what changed and a check needs neither the
registry nor another file. The hash is that of the canonical content: a block that was edited by hand is refused.
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Final, NoReturn, TypeVar

from evtcompat.dataclasses import dataclass
from evtcompat.errors import BaselineError, ConfigError, DocumentError
from evtcompat.model.canonical import content_hash
from evtcompat.model.json_texts import loads
from evtcompat.model.levels import Level
from evtcompat.model.places import Place
from evtcompat.model.verdicts import Policy
from evtcompat.registries.base import Compatibility, Reference, Registered
from evtcompat.registries.layout import relaid
from evtcompat.syntax.json_text import parse_json
from evtcompat.syntax.toml_text import UnreadableTomlError
from evtcompat.syntax.toml_text import loads as loads_toml

_FORM = 1
#: What tells that a file is a lock, of whatever form: one with the marks of a merge is one as well.
MARK: Final = re.compile(rb"^(?:# What the registry held\.|lock = \d)", re.MULTILINE)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class LockedSubject:
    """One subject."""

    name: str
    versions: tuple[Registered, ...]
    #: Its own level; ``None`` when the registry's holds.
    level: Level | None = None
    #: Its own policy for JSON Schema; ``None`` when the registry's holds.
    policy: Policy | None = None
    #: The property of the metadata in which its versions must agree to be compared.
    group: str | None = None


@dataclass(frozen=True, slots=True)
class Lock:
    """What a registry held."""

    #: Its URL, without credentials.
    registry: str
    #: The global level.
    level: Level
    #: Patterns (``order-*``) of the subjects that were asked for; what they refer to is locked as well.
    only: tuple[str, ...]
    subjects: tuple[LockedSubject, ...]
    #: The global policy for JSON Schema.
    policy: Policy = Policy.STRICT

    def subject(self, name: str) -> LockedSubject | None:
        """The subject of this name."""
        return next((subject for subject in self.subjects if subject.name == name), None)

    def terms(self, subject: LockedSubject) -> Compatibility:
        """What the registry asked of new versions of a subject."""
        return Compatibility(subject.level or self.level, subject.policy or self.policy, subject.group)


def schema_hash(found: Registered) -> str:
    """SHA-256 of the canonical content, or of the text where that is not JSON (Protobuf)."""
    try:
        return content_hash(parse_json(found.text, None))
    except DocumentError:
        return text_hash(found.text)


def text_hash(text: str) -> str:
    """SHA-256 of a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def render_lock(lock: Lock) -> str:
    """The text of a lock; the same lock gives the same bytes."""
    lines = [
        "# What the registry held. Written by `evtcompat lock`; `evtcompat lock --check` tells what has changed.",
        f"lock = {_FORM}",
        f"registry = {_quoted(lock.registry)}",
        f"level = {_quoted(lock.level.value)}",
    ]
    if lock.policy is not Policy.STRICT:
        lines.append(f"policy = {_quoted(lock.policy.value)}")
    if lock.only:
        lines.append(f"only = [{', '.join(_quoted(pattern) for pattern in lock.only)}]")
    for subject in sorted(lock.subjects, key=lambda subject: subject.name):
        lines += ["", "[[subject]]", f"name = {_quoted(subject.name)}"]
        if subject.level is not None:
            lines.append(f"level = {_quoted(subject.level.value)}")
        if subject.policy is not None:
            lines.append(f"policy = {_quoted(subject.policy.value)}")
        if subject.group is not None:
            lines.append(f"group = {_quoted(subject.group)}")
        for found in sorted(subject.versions, key=lambda found: found.version):
            lines += ["", *_version_lines(found)]
    return "\n".join(lines) + "\n"


def _version_lines(found: Registered) -> list[str]:
    lines = [
        "[[subject.version]]",
        f"version = {found.version}",
        f"id = {_quoted(found.id) if isinstance(found.id, str) else found.id}",
        f"type = {_quoted(found.type)}",
        f'hash = "{schema_hash(found)}"',
    ]
    references = [
        f"{{ name = {_quoted(reference.name)}, subject = {_quoted(reference.subject)}, version = {reference.version} }}"
        for reference in sorted(found.references)
    ]
    if references:
        lines.append(f"references = [{', '.join(references)}]")
    lines += [
        f"{key} = {_quoted(json.dumps(value, sort_keys=True))}"
        for key, value in (("metadata", found.metadata), ("rule_set", found.rule_set))
        if value is not None
    ]
    lines.append(f"schema = {_block(found)}")
    return lines


def _block(found: Registered) -> str:
    """The schema as a literal of several lines where TOML allows it, else as an escaped one."""
    try:
        parse_json(found.text, None)
        text = relaid(found.text)
    except DocumentError:
        text = found.text
    plain = "'''" not in text and not text.endswith("'") and all(_allowed(character) for character in text)
    return f"'''\n{text}\n'''" if plain else _quoted(text)


def _allowed(character: str) -> bool:
    return character in "\n\t" or (character >= " " and character != "\x7f" and not "\ud800" <= character <= "\udfff")


def _quoted(text: str) -> str:
    """A basic string of TOML; JSON's escapes are a part of TOML's, except those for surrogates."""
    escaped = json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
    return escaped.encode("utf-8", "replace").decode("utf-8")


def parse_lock(text: str, origin: str) -> Lock:
    """The lock that a text holds.

    Args:
        text: Of the file.
        origin: What messages call it.

    Raises:
        BaselineError: It is no lock, of a later form, or a schema in it was edited by hand.
        ConfigError: It has two subjects of one name, one without versions, two versions of one number, or a number
            below 1.
    """
    try:
        value = loads_toml(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        message = f"{origin} is not TOML: {error}"
        raise BaselineError(message, hint="Write it anew with `evtcompat lock`; do not merge it by hand.") from error
    except UnreadableTomlError as error:
        message = f"{origin} is damaged: {error}"
        raise BaselineError(message, hint="Write it anew with `evtcompat lock`.") from error
    form = value.get("lock")
    if form != _FORM:
        message = f"{origin} is no lock that this evtcompat reads (its form is {form!r}, not {_FORM})"
        raise BaselineError(message, hint="Write it anew with `evtcompat lock`.")
    try:
        subjects = tuple(_subject(entry, origin) for entry in value.get("subject", ()))
        registry, level = _typed(value, "registry", str), Level(_typed(value, "level", str))
        policy = Policy(value.get("policy", Policy.STRICT.value))
        only = tuple(_typed({"only": one}, "only", str) for one in _typed({"only": [], **value}, "only", list))
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        message = f"{origin} is damaged: {error}"
        raise BaselineError(message, hint="Write it anew with `evtcompat lock`.") from error
    _refuse_unclear(subjects, text, origin)
    return Lock(registry, level, only, subjects, policy)


def _refuse_unclear(subjects: Sequence[LockedSubject], text: str, origin: str) -> None:
    """Every subject and every version of it is there once, under a number that registries give.

    Raises:
        ConfigError: One is not; with its line.
    """

    def fail(message: str, *path: str | int) -> NoReturn:
        from evtcompat.syntax.toml_places import key_places

        line, column = key_places(text).get(path, (1, 1))
        place = Place(origin=origin, line=line, column=column)
        raise ConfigError(message, place=place, hint="Write it anew with `evtcompat lock`; do not merge it by hand.")

    names: set[str] = set()
    for at, subject in enumerate(subjects):
        if subject.name in names:
            fail(f"the lock has two subjects called {subject.name}", "subject", at)
        names.add(subject.name)
        if not subject.versions:
            fail(f"{subject.name} has no version in the lock", "subject", at)
        numbers: set[int] = set()
        for index, found in enumerate(subject.versions):
            if found.version < 1:
                fail(f"{subject.name} cannot have a version {found.version}", "subject", at, "version", index)
            if found.version in numbers:
                fail(f"{subject.name} has two versions {found.version}", "subject", at, "version", index)
            numbers.add(found.version)


def _subject(entry: Mapping[str, object], origin: str) -> LockedSubject:
    name = _typed(entry, "name", str)
    level, policy = entry.get("level"), entry.get("policy")
    group = _typed(entry, "group", str) if "group" in entry else None
    versions = tuple(_version(name, item, origin) for item in _typed(entry, "version", list))
    return LockedSubject(
        name,
        versions,
        Level(level) if level is not None else None,
        Policy(policy) if policy is not None else None,
        group,
    )


def _version(subject: str, entry: Mapping[str, object], origin: str) -> Registered:
    references = entry.get("references", [])
    known = entry.get("id")
    found = Registered(
        subject=subject,
        version=_typed(entry, "version", int),
        id=known if isinstance(known, str) else _typed(entry, "id", int),
        text=_typed(entry, "schema", str).removesuffix("\n"),
        type=_typed(entry, "type", str),
        references=tuple(
            Reference(_typed(item, "name", str), _typed(item, "subject", str), _typed(item, "version", int))
            for item in (references if isinstance(references, list) else [])
        ),
        metadata=loads(_typed(entry, "metadata", str)) if "metadata" in entry else None,
        rule_set=loads(_typed(entry, "rule_set", str)) if "rule_set" in entry else None,
    )
    if schema_hash(found) != entry.get("hash"):
        message = f"{origin}: the schema of {subject} version {found.version} is not the one that was locked"
        raise BaselineError(message, hint="Somebody edited the lock. Write it anew with `evtcompat lock`.")
    return found


def _typed(entry: Mapping[str, object], key: str, kind: type[_T]) -> _T:
    value = entry.get(key)
    if not isinstance(value, kind) or isinstance(value, bool):
        message = f"`{key}` should be of type {kind.__name__}"
        raise TypeError(message)
    return value
