"""The text of a configuration file -> `Config`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from evtcompat.config.exercise_table import exercise_settings
from evtcompat.config.globs import fault
from evtcompat.config.toml_table import Table, parse_toml
from evtcompat.config.values import (
    DEFAULT_CONTRACTS,
    DEFAULT_DEPLOYMENTS,
    DEFAULT_WAIVERS,
    PYPROJECT,
    AcrossMajors,
    Config,
    FormatTarget,
    Override,
    SkippedAction,
    UndecidedAction,
    near,
)
from evtcompat.formats.loading import built_in, installed
from evtcompat.model.levels import Level
from evtcompat.model.owners import Owners
from evtcompat.model.strategies import Strategy
from evtcompat.model.verdicts import Policy, Severity
from evtcompat.reporters.available import DEFAULT, names

if TYPE_CHECKING:
    from urllib.parse import SplitResult

    from evtcompat.formats.base import SchemaFormat, Setting


_SEVERITIES: Mapping[str, Severity] = {severity.value: severity for severity in Severity}
_SEVERITIES_OR_OFF: Mapping[str, Severity | None] = {**_SEVERITIES, "off": None}
_LEVELS: Mapping[str, Level] = {level.value: level for level in Level}
_POLICIES: Mapping[str, Policy] = {policy.value: policy for policy in Policy}
_STRATEGIES: Mapping[str, Strategy] = {strategy.value: strategy for strategy in Strategy}
_ACROSS: Mapping[str, AcrossMajors] = {across.value: across for across in AcrossMajors}
_SKIPPED: Mapping[str, SkippedAction] = {action.value: action for action in SkippedAction}
_UNDECIDED: Mapping[str, UndecidedAction] = {action.value: action for action in UndecidedAction}

#: An address that can stand in any report without a mark.
_PLAIN_URL = re.compile(r"[A-Za-z0-9:/._~%\[\]-]+")

_TOP_KEYS = (
    "paths",
    "include",
    "exclude",
    "subjects",
    "level",
    "policy",
    "severity",
    "across-majors",
    "overrides",
    "fail-on",
    "undecided",
    "skipped",
    "default-branch",
    "reference-roots",
    "models",
    "waivers",
    "contracts",
    "deployments",
    "formats",
    "owners",
    "registry",
    "rule-pages",
    "exercise",
)


def load_config_text(text: str, origin: str, *, folder: Path | None = None) -> Config | None:
    """The configuration that a file's text holds, wherever the text came from.

    Args:
        text: The file's content.
        origin: What messages call it; a name that ends in ``pyproject.toml`` means the table ``[tool.evtcompat]``,
            any other that the keys stand at the top.
        folder: What its paths are relative to; by default the folder of `origin`.

    Returns:
        The configuration, or ``None`` for a pyproject.toml without the table.

    Raises:
        ConfigError: The text is not TOML, a key is unknown, or a value has the wrong type or makes no sense.
    """
    document = parse_toml(text, origin)
    if PurePosixPath(origin.replace("\\", "/").rpartition(":")[2]).name == PYPROJECT:
        whole = Table(document, origin, text)
        tool = whole.table("tool")
        if "evtcompat" not in tool.values:
            return None
        inner = tool.table("evtcompat")
        top = Table(inner.values, origin, text, inner.path, len(inner.path), whole.places)
    else:
        top = Table(document, origin, text)
        if "tool" in document:
            top.fail("unknown key `tool`", "tool", hint="Here the keys stand at the top, without [tool.evtcompat].")
    return _config(top, Path(origin).parent if folder is None else folder)


def _config(top: Table, folder: Path) -> Config:
    schema_formats = _formats_with_settings(top)
    top.only((*_TOP_KEYS, *(one.name for one in schema_formats)))
    registry = top.table("registry")
    registry.only(("url", "subject-name-strategy"))
    top.place()
    return Config(
        origin=top.origin,
        folder=folder,
        paths=_inside(top, "paths") or (".",),
        include=_inside(top, "include") or (),
        exclude=_inside(top, "exclude") or (),
        subjects=_subjects(top.table("subjects")),
        level=top.choice("level", _LEVELS),
        policy=top.choice("policy", _POLICIES),
        severities=_severities(top.table("severity")),
        across_majors=top.choice("across-majors", _ACROSS),
        overrides=tuple(_override(table) for table in top.tables("overrides")),
        fail_on=top.choice("fail-on", _SEVERITIES) or Severity.ERROR,
        undecided=top.choice("undecided", _UNDECIDED) or UndecidedAction.EXIT,
        skipped=top.choice("skipped", _SKIPPED) or SkippedAction.LIST,
        default_branch=_branch(top),
        reference_roots=_inside(top, "reference-roots", upward=True) or (),
        models=tuple(_model(table) for table in top.tables("models")),
        waivers=_path(top, "waivers", DEFAULT_WAIVERS),
        contracts=_path(top, "contracts", DEFAULT_CONTRACTS, upward=True),
        deployments=_path(top, "deployments", DEFAULT_DEPLOYMENTS, upward=True),
        formats=_formats(top),
        owners=_owners(top.table("owners")),
        registry_url=_registry_url(registry),
        rule_pages=_rule_pages(top),
        subject_strategy=registry.choice("subject-name-strategy", _STRATEGIES),
        exercise=exercise_settings(top.table("exercise")),
        format_settings={
            one.name: _format_settings(top.table(one.name), one) for one in schema_formats if one.name in top.values
        },
        key_places={path[len(top.path) :]: place for path, place in top.places[0].items() if len(path) > len(top.path)},
    )


def _inside(table: Table, key: str, *, upward: bool = False, alone: bool = False) -> tuple[str, ...] | None:
    """Relative paths or globs with ``/``; none leaves the folder of the file unless `upward`."""
    patterns = _patterns(table, key, alone=alone)
    for index, pattern in enumerate(patterns or ()):
        _check_path(table, pattern, (key, index), upward=upward)
    return patterns


def _patterns(table: Table, key: str, *, alone: bool = False) -> tuple[str, ...] | None:
    patterns = table.strings(key, alone=alone)
    for index, pattern in enumerate(patterns or ()):
        reason = fault(pattern)
        if reason is not None:
            table.fail(f'`{table.called(key, index)}` is no pattern: {reason}; found "{pattern}"', key, index)
    return patterns


def _check_path(table: Table, path: str, keys: tuple[str | int, ...], *, upward: bool = False) -> None:
    if "\\" in path:
        table.fail(f'`{table.called(*keys)}` must use "/" between folders; found "{path}"', *keys)
    if path.startswith(("/", "~")) or path[1:2] == ":":
        table.fail(f'`{table.called(*keys)}` must be relative to this file; found "{path}"', *keys)
    if ".." in path.split("/") and not upward:
        table.fail(f'`{table.called(*keys)}` must not leave the folder of this file; found "{path}"', *keys)


def _subjects(table: Table) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for subject in table.values:
        files = _inside(table, subject, alone=True)
        if not files:
            table.fail(f"`{table.called(subject)}` must name at least one file", subject)
        found[subject] = files
    return found


def _severities(table: Table) -> Mapping[str, Severity | None]:
    if not table.values:
        return {}
    from evtcompat.rules.catalogue import catalogue

    rules = catalogue()
    found: dict[str, Severity | None] = {}
    for rule in table.values:
        if rule not in rules:
            meant = near(rule, rules)
            hint = f"Did you mean `{meant}`?" if meant else "`evtcompat rules` lists the rules."
            table.fail(f"unknown rule `{rule}` in `{table.called()}`", rule, hint=hint)
        found[rules[rule].id] = table.choice(rule, _SEVERITIES_OR_OFF)
    return found


def _override(table: Table) -> Override:
    table.only(("subjects", "paths", "level", "policy", "severity", "across-majors"))
    override = Override(
        subjects=_patterns(table, "subjects") or (),
        paths=_inside(table, "paths") or (),
        level=table.choice("level", _LEVELS),
        policy=table.choice("policy", _POLICIES),
        severities=_severities(table.table("severity")),
        across_majors=table.choice("across-majors", _ACROSS),
    )
    if not override.subjects and not override.paths:
        table.fail(f"`{table.called()}` applies to nothing", hint="Give it `subjects` or `paths`.")
    if (override.level, override.policy, override.across_majors) == (None, None, None) and not override.severities:
        hint = "Give it `level`, `policy`, `across-majors` or `severity`."
        table.fail(f"`{table.called()}` changes nothing", hint=hint)
    return override


def _model(table: Table) -> tuple[str, tuple[str, ...]]:
    table.only(("module", "names"))
    module = table.string("module")
    if module is None or not all(word.isidentifier() for word in module.split(".")):
        table.fail(f"`{table.called('module')}` must name a module, such as myshop.events", "module")
    return module, table.strings("names") or ()


def _branch(top: Table) -> str | None:
    branch = top.string("default-branch")
    if branch is not None and (branch.startswith("-") or any(character.isspace() for character in branch)):
        top.fail(f'`default-branch` must be the name of a branch; found "{branch}"', "default-branch")
    return branch


def _path(top: Table, key: str, default: str, *, upward: bool = False) -> str:
    path = top.string(key)
    if path is None:
        return default
    _check_path(top, path, (key,), upward=upward)
    return path


def _formats(top: Table) -> tuple[FormatTarget, ...]:
    written = top.strings("formats")
    if written is None:
        return (FormatTarget(DEFAULT),)
    found: list[FormatTarget] = []
    for index, entry in enumerate(written):
        name, colon, output = entry.partition(":")
        if name not in names():
            meant = near(name, names())
            hint = f"Did you mean `{meant}`?" if meant else None
            top.fail(f'`formats` knows {", ".join(names())}; found "{entry}"', "formats", index, hint=hint)
        if colon and not output:
            top.fail(f'"{entry}" names no file', "formats", index, hint=f'"{name}" alone is standard output.')
        if output:
            _check_path(top, output, ("formats", index))
            if output.split("/")[0] == ".git":
                top.fail("`formats` must not write into .git", "formats", index)
        found.append(FormatTarget(name, output or None))
    if not found:
        top.fail("`formats` must name at least one format", "formats")
    return tuple(found)


def _owners(table: Table) -> Mapping[str, Owners]:
    found: dict[str, Owners] = {}
    for subject in table.values:
        entry = table.table(subject)
        entry.only(("producers", "consumers", "replays"))
        reason = fault(subject)
        if reason is not None:
            table.fail(f"`{table.called(subject)}` is no pattern: {reason}", subject)
        found[subject] = Owners(
            entry.strings("producers") or (), entry.strings("consumers") or (), entry.strings("replays") or ()
        )
    return found


def _registry_url(table: Table) -> str | None:
    url = table.string("url")
    if url is None:
        return None
    parts = _url_parts(url)
    if parts is None:
        # The value is not repeated: it may hold a password.
        table.fail("`registry.url` must be a URL that begins with https:// or http:// and names a host", "url")
    if "@" in parts.netloc:
        table.fail(
            "`registry.url` must not hold a user or a password",
            "url",
            hint="Credentials come from the environment; see docs/configuration.md.",
        )
    return url


def _rule_pages(table: Table) -> str | None:
    url = table.string("rule-pages")
    if url is not None and (_url_parts(url) is None or not _PLAIN_URL.fullmatch(url)):
        table.fail(
            "`rule-pages` must be a URL that begins with https:// or http:// and names a host",
            "rule-pages",
            hint="It is what the addresses of the pages of rules begin with, without a query or a fragment.",
        )
    return url


def _url_parts(url: str) -> SplitResult | None:
    from urllib.parse import urlsplit

    try:
        parts = urlsplit(url)
    except ValueError:  # an IPv6 address without its bracket, for one
        return None
    return parts if parts.scheme in {"http", "https"} and parts.hostname else None


def _formats_with_settings(top: Table) -> list[SchemaFormat]:
    """The schema formats that may have a table of their own; other distributions are asked about unknown keys only."""
    known = {*_TOP_KEYS, *(one.name for one in built_in())}
    asked = built_in() if known.issuperset(top.values) else installed()
    return [one for one in asked if one.settings]


def _format_settings(table: Table, schema_format: SchemaFormat) -> Mapping[str, object]:
    table.only(setting.name for setting in schema_format.settings)
    found: dict[str, object] = {}
    for setting in schema_format.settings:
        value = _choice(table, setting) if setting.choices else table.boolean(setting.name)
        if value is not None:
            found[setting.name] = value
    return found


def _choice(table: Table, setting: Setting) -> object:
    """What the word means that a setting has: one of its choices, or what such a choice stands for."""
    word = table.string(setting.name)
    if word is None:
        return None
    for name, meaning in setting.choices.items():
        if word == name or (isinstance(meaning, str) and word.rstrip("#") == meaning.rstrip("#")):
            return meaning
    meant = near(word, setting.choices)
    hint = f'Did you mean "{meant}"?' if meant else None
    known = ", ".join(setting.choices)
    called = table.called(setting.name)
    table.fail(f'`{called}` must be one of {known}, or their URI; found "{word}"', setting.name, hint=hint)
    return None
