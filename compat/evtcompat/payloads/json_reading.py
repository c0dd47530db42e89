"""JSON Schema: payloads of a version, and what jsonschema says of them under another version's schema."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from evtcompat.formats.json_schema import deep
from evtcompat.formats.json_schema.membership import holds, holds_together
from evtcompat.formats.json_schema.parse import Schema
from evtcompat.formats.json_schema.policy import accepted, produced
from evtcompat.formats.json_schema.validate.validator import Validator, library_value, validator_of
from evtcompat.formats.json_schema.validate.violations import Violation
from evtcompat.formats.json_schema.values import cover
from evtcompat.model.canonical import content_hash
from evtcompat.model.json_texts import one_line, parse
from evtcompat.model.json_types import JSON
from evtcompat.model.json_values import json_copy, same
from evtcompat.model.places import tokens
from evtcompat.model.verdicts import Policy
from evtcompat.payloads.cases import Note, NoteKind, Outcome, Reading

#: Keywords that refuse members because nobody declared them.
_CLOSING: Final = ("additionalProperties", "unevaluatedProperties")
#: Undeclared members of one payload that are left out, one object after the other.
_MOST_OBJECTS: Final = 64
_ABSENT: Final = object()


@dataclass(frozen=True)
class JsonSide:
    """A version's schema, ready to produce and to read with."""

    schema: Schema
    policy: Policy
    assert_formats: bool = False

    @property
    def content(self) -> str:
        """SHA-256 of the document and of those that it refers to."""
        documents = self.schema.documents
        return content_hash([self.schema.value, *(documents[origin].value for origin in sorted(documents))])

    def payloads(self, seed: int) -> list[tuple[str, tuple[str, ...], bytes]]:
        """Label, everything covered, and bytes of a small set of instances that covers the schema.

        Each is valid by jsonschema, and under the lenient policy holds declared members only.
        """
        valid = [(one.label, one.value) for one in cover(self.schema, seed) if one.valid]
        return [
            (covers[0] if len(covers) == 1 else f"{covers[0]} and {len(covers) - 1} more", covers, encoded(value))
            for covers, value in self._packed(valid)
        ]

    def produces(self, value: object) -> bool:
        """Whether a writer with this schema may produce the value, by jsonschema and by the policy."""

        def ask() -> bool:
            if not self._validator.accepts(library_value(value)):
                return False
            if self.policy is Policy.STRICT:
                return True
            return holds_together([produced(self.schema, self.policy)], library_value(value)) is True

        return deep.run(self.schema.nesting, ask)

    def written(self, body: bytes) -> object:
        """The value of a payload.

        Raises:
            ValueError: It is not JSON, or not valid for its own writer.
        """
        value = parse(body)
        said = self._refusal(value)
        if said is not None:
            message = f"not valid for its own writer: {said.summary}"
            raise ValueError(message)
        return value

    def read(self, body: bytes) -> Reading:
        """What this side makes of a payload: jsonschema's answer for the schema as written, then the policy's."""
        try:
            value = parse(body)
        except ValueError as error:
            return Reading(Outcome.REFUSED, None, f"not JSON: {error}")
        said = self._refusal(value)
        if said is None:
            return Reading(Outcome.OK, value)
        words = f"{said.pointer or '(root)'}: {said.summary}"
        if self.policy is Policy.STRICT:
            return Reading(Outcome.REFUSED, None, words)
        fits = deep.run(self.schema.nesting, lambda: holds(accepted(self.schema, self.policy), library_value(value)))
        if fits is False:
            return Reading(Outcome.REFUSED, None, words)
        kept, ignored = self._without_undeclared(value)
        if self._refusal(kept) is None:
            return Reading(Outcome.OK, kept, "", tuple(Note(NoteKind.IGNORED, path) for path in ignored))
        if fits:
            return Reading(Outcome.OK, value, "", (Note(NoteKind.IGNORED, "(undeclared members)", words),))
        return Reading(Outcome.REFUSED, None, words)

    @property
    def _validator(self) -> Validator:
        return validator_of(self.schema, assert_formats=self.assert_formats)

    def _refusal(self, value: object) -> Violation | None:
        plain = library_value(value)
        return deep.run(self.schema.nesting, lambda: self._validator.violation(plain))

    def _without_undeclared(self, value: object) -> tuple[object, list[str]]:
        """The value without the members that the schema, as written, refuses for being undeclared."""
        value = json_copy(value)
        ignored: list[str] = []
        for _ in range(_MOST_OBJECTS):
            said = self._refusal(value)
            if said is None or said.keyword not in _CLOSING:
                break
            target = _at(value, tokens(said.pointer))
            extra = [] if not isinstance(target, dict) else self._extra(value, target, said)
            if not isinstance(target, dict) or not extra:
                break
            for name in extra:
                del target[name]
                ignored.append(_named(tokens(said.pointer), name))
        return value, ignored

    def _extra(self, value: object, target: dict[str, object], said: Violation) -> list[str]:
        """The members that a refusal of an object is about: without them jsonschema no longer says it."""
        named = [name for name in target if f"'{name}'" in said.summary]
        backup = dict(target)
        for name in named:
            del target[name]
        again = self._refusal(value)
        place_of = self._validator.place_of
        gone = again is None or (place_of(again).pointer, again.pointer) != (place_of(said).pointer, said.pointer)
        target.clear()
        target.update(backup)
        return named if gone else []

    def _packed(self, valid: list[tuple[str, JSON]]) -> Iterator[tuple[tuple[str, ...], JSON]]:
        """The same variants in fewer instances: variants of different members of the first go into one."""
        first = next((index for index, (_, value) in enumerate(valid) if self.produces(value)), None)
        if first is None:
            return
        label, base = valid[first]
        yield (label,), base
        shelves, others = _shelved(base, valid[first + 1 :])
        while any(shelves.values()):
            layer = [(name, *shelf.pop(0)) for name, shelf in shelves.items() if shelf]
            together = _built(base, [(name, member) for name, _, member in layer])
            if self.produces(together):
                yield tuple(covers for _, covers, _ in layer), together
                continue
            kept: list[tuple[str, str, object]] = []
            for entry in layer:
                attempt = _built(base, [(name, member) for name, _, member in [*kept, entry]])
                if self.produces(attempt):
                    kept.append(entry)
                else:
                    others.append((entry[1], _built(base, [(entry[0], entry[2])])))
            if kept:
                yield tuple(covers for _, covers, _ in kept), _built(base, [(name, member) for name, _, member in kept])
        for label, value in others:
            if self.produces(value):
                yield (label,), value


def _shelved(
    base: JSON, variants: list[tuple[str, JSON]]
) -> tuple[dict[str, list[tuple[str, object]]], list[tuple[str, JSON]]]:
    """Variants that differ from the base in one member, by member; and the rest."""
    shelves: dict[str, list[tuple[str, object]]] = {}
    others: list[tuple[str, JSON]] = []
    for label, value in variants:
        if isinstance(base, dict) and isinstance(value, dict):
            names = [name for name in {**base, **value} if not _same_member(base, value, name)]
            if len(names) == 1:
                shelves.setdefault(names[0], []).append((label, value.get(names[0], _ABSENT)))
                continue
        others.append((label, value))
    return shelves, others


def _same_member(base: dict[str, JSON], value: dict[str, JSON], name: str) -> bool:
    return name in base and name in value and same(base[name], value[name])


def _built(base: JSON, members: list[tuple[str, object]]) -> JSON:
    value = dict(base) if isinstance(base, dict) else {}
    for name, member in members:
        if member is _ABSENT:
            value.pop(name, None)
        else:
            value[name] = member  # type: ignore[assignment]  # a JSON value
    return value


def _at(value: object, path: tuple[str, ...]) -> object:
    for token in path:
        if isinstance(value, dict):
            value = value.get(token)
        elif isinstance(value, list) and token.isdigit() and int(token) < len(value):
            value = value[int(token)]
        else:
            return None
    return value


def _named(path: tuple[str, ...], name: str) -> str:
    text = ""
    for token in path:
        text += f"[{token}]" if token.isdigit() else f".{token}" if text else token
    return f"{text}.{name}" if text else name


def encoded(value: object) -> bytes:
    """The value as a producer would write it: JSON on one line, UTF-8, numbers exactly."""
    return one_line(value).encode()
