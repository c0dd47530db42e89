"""The waiver file: its entries, read and written. What they accept is judged in `evtcompat.checking.waivers`."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

from evtcompat.config.find import Reader, read_text
from evtcompat.config.toml_table import Table, parse_toml
from evtcompat.dataclasses import dataclass, field
from evtcompat.errors import ConfigError, UsageError
from evtcompat.model.findings import FoundAt
from evtcompat.model.places import Place
from evtcompat.model.subjects import forms

#: Findings about the gate and its waivers cannot be waived: whoever adds the waiver weakens the gate once more.
UNWAIVABLE = ("gate-weakened", "waiver-expired", "waiver-expiring", "waiver-unused")

_KEYS = ("fingerprint", "rule", "subject", "reason", "owner", "expires")
_OPTIONAL = ("places",)
_FINGERPRINT = re.compile(r"[0-9a-f]{24}")


@dataclass(frozen=True, slots=True)
class Waiver:
    """One entry of the waiver file."""

    #: Of a finding at one place, or the id of a cause.
    fingerprint: str
    rule: str
    subject: str
    reason: str
    owner: str
    #: The last day on which it holds.
    expires: date
    #: The fingerprints of all the places that it accepts, where they are several.
    places: tuple[str, ...] = ()
    #: Where the entry stands.
    place: Place = field(default=Place(), compare=False)

    def accepts(self, subject: str, found: FoundAt) -> bool:
        """Whether it names this place of a finding of this subject.

        Its own fingerprint, rule and subject (whole, or its last parts) must all agree. Places that it lists may fall
        under other rules: one edit breaks several.
        """
        if self.subject not in forms(subject) or found.rule in UNWAIVABLE:
            return False
        return (self.fingerprint, self.rule) == (found.fingerprint, found.rule) or found.fingerprint in self.places


def parse_waivers(text: str, origin: str) -> tuple[Waiver, ...]:
    """The entries of a waiver file, in its order.

    Raises:
        ConfigError: The text is not TOML, a key is unknown or missing, a value has the wrong type, or two entries have
            the same fingerprint.
    """
    top = Table(parse_toml(text, origin), origin, text)
    top.only(("waivers",))
    found: dict[str, Waiver] = {}
    for table in top.tables("waivers"):
        waiver = _waiver(table)
        if waiver.fingerprint in found:
            first = found[waiver.fingerprint].place.line
            table.fail(f"two waivers have the fingerprint {waiver.fingerprint}; the first is on line {first}")
        found[waiver.fingerprint] = waiver
    return tuple(found.values())


def load_waivers(path: Path, *, origin: str | None = None, read: Reader = read_text) -> tuple[Waiver, ...]:
    """The entries of a waiver file; none when there is no such file.

    Args:
        path: Of the file: `Config.waivers` below `Config.folder`.
        origin: What messages call it.
        read: Where its text comes from: the file system, a commit, the index.

    Raises:
        ConfigError: It is there and cannot be read, or is wrong.
    """
    text = read(path)
    return () if text is None else parse_waivers(text, origin or str(path))


def _waiver(table: Table) -> Waiver:
    table.only((*_KEYS, *_OPTIONAL))
    for key in _KEYS:
        if key not in table.values:
            table.fail(f"`{table.called()}` has no `{key}`", hint=f"A waiver needs {', '.join(_KEYS)}.")
    fingerprint = table.string("fingerprint") or ""
    if not _FINGERPRINT.fullmatch(fingerprint):
        table.fail(f"`{table.called('fingerprint')}` must be 24 hexadecimal digits, as reports print it", "fingerprint")
    rule = table.string("rule") or ""
    rule = _known(rule, lambda message, hint: table.fail(message, "rule", hint=hint))
    expires = table.day("expires")
    if expires is None:  # the key is there, checked above
        raise AssertionError
    words = {key: table.string(key) or "" for key in ("subject", "reason", "owner")}
    for key in ("reason", "owner"):
        if not words[key].strip():
            table.fail(f"`{table.called(key)}` must not be blank", key)
    places = tuple(table.strings("places") or ())
    if not all(_FINGERPRINT.fullmatch(one) for one in places):
        table.fail(f"`{table.called('places')}` must hold fingerprints of 24 hexadecimal digits", "places")
    return Waiver(fingerprint, rule, **words, expires=expires, places=places, place=table.place())


def _known(rule: str, fail: Callable[[str, str | None], object]) -> str:
    """The id that a rule has now."""
    from evtcompat.config.values import near
    from evtcompat.rules.catalogue import catalogue

    if rule not in catalogue():
        meant = near(rule, catalogue())
        fail(f"unknown rule `{rule}`", f"Did you mean `{meant}`?" if meant else "`evtcompat rules` lists the rules.")
    if rule in UNWAIVABLE:
        fail(f"findings of {rule} cannot be waived", None)
    return catalogue()[rule].id


def append_waiver(text: str, waiver: Waiver, origin: str = "evtcompat-waivers.toml") -> str:
    """The text of the waiver file with one more entry at its end; what was there stays byte for byte.

    Raises:
        ConfigError: The text is no valid waiver file, has the fingerprint already, or writes its entries as an inline
            array, to which no table can be added.
        UsageError: The entry itself would not be valid.
    """
    known = {entry.fingerprint: entry for entry in parse_waivers(text, origin)}
    if waiver.fingerprint in known:
        place = known[waiver.fingerprint].place
        message = f"{waiver.fingerprint} has a waiver already, until {known[waiver.fingerprint].expires}"
        raise ConfigError(message, place=place, hint="Change `expires` and `reason` there to renew it.")
    end = "\r\n" if "\r\n" in text else "\n"
    entry = [
        "[[waivers]]",
        f"fingerprint = {_quoted(waiver.fingerprint)}",
        f"rule = {_quoted(waiver.rule)}",
        f"subject = {_quoted(waiver.subject)}",
        f"reason = {_quoted(waiver.reason)}",
        f"owner = {_quoted(waiver.owner)}",
        f"expires = {waiver.expires.isoformat()}",
    ]
    if waiver.places:
        entry += ["places = [", *(f"    {_quoted(one)}," for one in waiver.places), "]"]
    try:
        parse_waivers("\n".join(entry), "the new waiver")
    except ConfigError as error:
        raise UsageError(error.message, hint=error.hint) from error
    gap = "" if not text else end if text.endswith("\n") else end * 2
    result = text + gap + end.join(entry) + end
    try:
        parse_waivers(result, origin)
    except ConfigError as error:
        message = "no entry can be added: write each waiver as a table [[waivers]] of its own"
        raise ConfigError(message, place=Place(origin=origin), hint=error.message) from error
    return result


def _quoted(text: str) -> str:
    """A basic string of TOML."""
    escapes = {'"': '\\"', "\\": "\\\\"}
    return '"' + "".join(escapes.get(c, c if c.isprintable() else f"\\U{ord(c):08x}") for c in text) + '"'
