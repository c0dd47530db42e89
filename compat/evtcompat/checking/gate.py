"""Whether a change weakens its own gate: the configuration, the waivers and the lock before and after it.

What the candidate's gate asks less than the baseline's is a finding of rule `gate-weakened`, judged with the severities
of the *baseline*. What the gates answer besides is put together in `evtcompat.checking.both_gates`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from evtcompat.checking.majors import declares_more
from evtcompat.config.globs import matches
from evtcompat.config.values import (
    DEFAULT_LEVEL,
    DEFAULT_POLICY,
    AcrossMajors,
    Config,
    Severities,
    SkippedAction,
    UndecidedAction,
)
from evtcompat.config.waivers import Waiver
from evtcompat.dataclasses import dataclass, replace
from evtcompat.errors import ConfigError
from evtcompat.formats.loading import by_name
from evtcompat.model.findings import Finding
from evtcompat.model.levels import Level
from evtcompat.model.mismatches import Mismatch
from evtcompat.model.places import Place
from evtcompat.model.verdicts import Policy, Severity
from evtcompat.rules.catalogue import catalogue
from evtcompat.rules.judge import Severities as RunSeverities
from evtcompat.rules.run import judged

RULE = "gate-weakened"

#: From what lets most pass to what lets least pass; ``None`` is a silenced rule.
_SEVERITIES: tuple[Severity | None, ...] = (None, Severity.NOTE, Severity.WARNING, Severity.ERROR)
_FAIL_ON = (Severity.ERROR, Severity.WARNING, Severity.NOTE)
_SKIPPED = (SkippedAction.LIST, SkippedAction.FAIL)
_UNDECIDED = (UndecidedAction.WARN, UndecidedAction.EXIT, UndecidedAction.ERROR)

#: The path relative to one folder of a path relative to another; ``None`` for one that lies elsewhere.
Moved = Callable[[str], str | None]

#: No subject and no path has this name: the settings of everything that no pattern names.
_ANYTHING = "\0"
#: More names than this are counted, not listed.
_LISTED = 5


def weakened(
    baseline: Config | None,
    candidate: Config | None,
    *,
    waivers_before: Sequence[Waiver] = (),
    waivers_after: Sequence[Waiver] = (),
    subjects: Iterable[tuple[str, str | None]] = (),
    moved: Moved | None = None,
    lost: Sequence[tuple[str | None, str | None]] | None = None,
    unlisted: Sequence[str] = (),
) -> tuple[Finding, ...]:
    """What the candidate's gate lets pass that the baseline's would not.

    Args:
        baseline: The configuration at the baseline; ``None`` when there was none, and the defaults held.
        candidate: The configuration under change; ``None`` when there is none.
        waivers_before: The waivers at the baseline.
        waivers_after: The waivers under change.
        subjects: The subjects of the run, with the candidate's path relative to the configuration: their settings are
            compared exactly; the patterns of both configurations are compared in any case.
        moved: The path relative to the baseline's configuration of one relative to the candidate's; ``None`` where
            both lie in one folder, so that their patterns mean the same.
        lost: The schemas of the baseline that its own configuration finds and the candidate's does not, relative to
            the one and to the other; ``None`` where that is not known: then the patterns themselves are compared.
        unlisted: The Python models of the baseline that its own configuration lists and the candidate's does not.

    Returns:
        One finding per setting and change, in the order of the documentation; their places are in the configuration.
    """
    before, after = baseline or Config(), candidate or Config()
    found: list[Mismatch] = []
    if before != after or lost:
        changes = [
            *(_files(before, after) if lost is None else _lost(before, after, lost)),
            *(_Change(f"`[[models]]` no longer lists `{one}`", ("models",)) for one in unlisted),
            *(_subjects(before, after) if moved is None else ()),
            *_switches(before, after),
            *_per_subject(before, after, subjects, moved),
        ]
        found += [_mismatch(change, before, after) for change in changes]
    if candidate is None and baseline is not None and (found or not judges_otherwise(before, after)):
        gone = Place(origin=baseline.origin)
        removed = Mismatch(RULE, gone, gone, {"change": "the whole configuration is removed; the defaults hold"})
        found.insert(0, removed)
    found += _waivers(waivers_before, waivers_after, before)
    severities = RunSeverities(overrides=before.severities, fail_on=before.fail_on)
    return judged(found, severities)


def judges_otherwise(one: Config, other: Config) -> bool:
    """Whether two configurations may answer differently: who owns what, what is waived and how it is shown aside."""
    plain = Config()
    judging = [
        replace(each, formats=plain.formats, owners=plain.owners, waivers=plain.waivers) for each in (one, other)
    ]
    return judging[0] != judging[1]


def unreadable(error: ConfigError, candidate: Config | None) -> tuple[Finding, ...]:
    """The finding for a baseline whose configuration or waivers are broken: what the change weakens is not known.

    It is no failure by default: otherwise the change that mends the file could not pass.
    """
    place = error.place or Place()
    new = Place(origin=candidate.origin) if candidate is not None and candidate.origin is not None else place
    change = f"the baseline's file is broken ({error.message}), so that what is weakened is not known"
    return judged([Mismatch(RULE, new, place, {"change": change})], RunSeverities())


def told(changes: Iterable[tuple[str, Place, Place]], baseline: Config | None) -> tuple[Finding, ...]:
    """The findings for changes of other files of the gate: sentence, new place and old place.

    Args:
        changes: What they weaken.
        baseline: The configuration at the baseline, which says how much the rule weighs.
    """
    before = baseline or Config()
    severities = RunSeverities(overrides=before.severities, fail_on=before.fail_on)
    return judged([Mismatch(RULE, new, old, {"change": text}) for text, new, old in changes], severities)


@dataclass(frozen=True, slots=True)
class _Change:
    """One sentence, and the key that it is about."""

    text: str
    key: tuple[str | int, ...]


def _mismatch(change: _Change, before: Config, after: Config) -> Mismatch:
    old = before.place(*change.key)
    new = after.place(*change.key) if after.origin is not None else old
    return Mismatch(RULE, new, old, {"change": change.text})


def weaker_level(candidate: Level, baseline: Level) -> bool:
    """Whether some direction or the transitivity that the baseline's level asks for is missing."""
    lost = set(baseline.directions) - set(candidate.directions)
    return bool(lost) or (baseline.transitive and not candidate.transitive)


def _files(before: Config, after: Config) -> Iterator[_Change]:
    for path in before.paths:
        if not matches(after.paths, path):
            yield _Change(f"`paths` no longer covers `{path}`", ("paths",))
    for pattern in before.include:
        if not matches(after.include, pattern):
            yield _Change(f"`include` no longer has `{pattern}`", ("include",))
    for pattern in after.exclude:
        if not matches(before.exclude, pattern):
            yield _Change(f"`exclude` gets `{pattern}`", ("exclude",))


def _lost(before: Config, after: Config, lost: Sequence[tuple[str | None, str | None]]) -> Iterator[_Change]:
    """Which patterns keep the schemas of the baseline out that its own configuration finds."""
    seen: set[str] = set()
    for old, new in lost:
        change = _keeping_out(before, after, old, new)
        if change.text not in seen:
            seen.add(change.text)
            yield change


def _keeping_out(before: Config, after: Config, old: str | None, new: str | None) -> _Change:
    for pattern in after.exclude if new is not None else ():
        if matches((pattern,), new or "") and (old is None or not matches(before.exclude, old)):
            return _Change(f"`exclude` gets `{pattern}`", ("exclude",))
    if new is None or not matches(after.paths, new):
        path = next((path for path in before.paths if old is not None and matches((path,), old)), old)
        return _Change(f"`paths` no longer covers `{path or new}`", ("paths",))
    for pattern in before.include if old is not None else ():
        if matches((pattern,), old or ""):
            return _Change(f"`include` no longer has `{pattern}`", ("include",))
    return _Change(f"`{new}` is no longer taken for a schema", ("include",))


def _subjects(before: Config, after: Config) -> Iterator[_Change]:
    for subject, files in before.subjects.items():
        if subject not in after.subjects:
            yield _Change(f"subject `{subject}` is no longer mapped to its files", ("subjects",))
            continue
        for file in files:
            if not matches(after.subjects[subject], file):
                yield _Change(f"subject `{subject}` loses `{file}`", ("subjects", subject))


def _switches(before: Config, after: Config) -> Iterator[_Change]:
    if _FAIL_ON.index(after.fail_on) < _FAIL_ON.index(before.fail_on):
        yield _goes("`fail-on`", before.fail_on.value, after.fail_on.value, ("fail-on",))
    if _UNDECIDED.index(after.undecided) < _UNDECIDED.index(before.undecided):
        yield _goes("`undecided`", before.undecided.value, after.undecided.value, ("undecided",))
    if _SKIPPED.index(after.skipped) < _SKIPPED.index(before.skipped):
        yield _goes("`skipped`", before.skipped.value, after.skipped.value, ("skipped",))
    if before.default_branch != after.default_branch:
        old, new = before.default_branch or "the remote's", after.default_branch or "the remote's"
        yield _goes("`default-branch`, and with it the baseline,", old, new, ("default-branch",))
    if before.registry_url not in (None, after.registry_url):
        old, new = before.registry_url or "none", after.registry_url or "none"
        yield _goes("`registry.url`, and with it that baseline,", old, new, ("registry", "url"))
    strategies = (before.subject_strategy, after.subject_strategy)
    if strategies[0] is not strategies[1]:
        old, new = ("none" if strategy is None else strategy.value for strategy in strategies)
        what = "`registry.subject-name-strategy`, and with it the subjects compared,"
        yield _goes(what, old, new, ("registry", "subject-name-strategy"))
    for name, old_own in before.format_settings.items():
        new_own = after.format_settings.get(name, {})
        for setting in by_name(name).settings:
            was, now = old_own.get(setting.name), new_own.get(setting.name)
            if setting.strictest is not None and was == setting.strictest != now:
                what = f"`{name}.{setting.name}`"
                yield _goes(what, _spelled(was), _spelled(now), (name, setting.name))


def _spelled(value: object) -> str:
    """A value of a setting as a configuration has it; a switch that is not set is off."""
    return str(value or False).lower()


def _goes(what: str, old: str, new: str, key: tuple[str | int, ...], of: str = "") -> _Change:
    return _Change(f"{what} goes from {old} to {new}{of}", key)


@dataclass(frozen=True, slots=True)
class _Probe:
    """A subject or a file, real or standing for a pattern, whose settings are compared."""

    called: str
    subject: str
    #: As the baseline's configuration sees it, and as the candidate's does.
    path_then: str | None = None
    path: str | None = None


def _probes(
    before: Config, after: Config, subjects: Iterable[tuple[str, str | None]], moved: Moved | None
) -> Iterator[_Probe]:
    yield _Probe("", _ANYTHING)
    seen: set[str] = set()
    for config in (before, after):
        for override in config.overrides:
            for pattern in override.subjects:
                # a pattern, read as a name, is matched by itself and by every wider pattern
                yield _Probe(f"`{pattern}`", pattern)
            for pattern in override.paths if moved is None else ():
                yield _Probe(f"`{pattern}`", _ANYTHING, pattern, pattern)
        for subject in config.subjects:
            if subject not in seen:
                seen.add(subject)
                yield _Probe(f"`{subject}`", subject)
    for subject, path in subjects:
        yield _Probe(f"`{subject}`", subject, path if moved is None or path is None else moved(path), path)


def _per_subject(
    before: Config, after: Config, subjects: Iterable[tuple[str, str | None]], moved: Moved | None
) -> Iterator[_Change]:
    """Level, policy and severities, for everything that the configurations or the run can name."""
    rules = sorted({rule for config in (before, after) for rule in _named_rules(config)})
    defaults = {rule: catalogue()[rule].severity for rule in rules if rule in catalogue()}
    where: dict[tuple[str, str, str, tuple[str, ...]], list[str]] = {}
    for probe in _probes(before, after, subjects, moved):
        old, new = before.settings(probe.subject, probe.path_then), after.settings(probe.subject, probe.path)
        old_level, new_level = old.level or DEFAULT_LEVEL, new.level or DEFAULT_LEVEL
        if weaker_level(new_level, old_level):
            where.setdefault(("`level`", old_level.value, new_level.value, ("level",)), []).append(probe.called)
        old_policy, new_policy = old.policy or DEFAULT_POLICY, new.policy or DEFAULT_POLICY
        if (old_policy, new_policy) == (Policy.STRICT, Policy.LENIENT):
            where.setdefault(("`policy`", "strict", "lenient", ("policy",)), []).append(probe.called)
        if declares_more(old.across_majors, new.across_majors):
            words = _across(old.across_majors), _across(new.across_majors)
            where.setdefault(("`across-majors`", *words, ("across-majors",)), []).append(probe.called)
        for rule in rules:
            was, now = _severity(old.severities, rule, defaults), _severity(new.severities, rule, defaults)
            if _SEVERITIES.index(now) < _SEVERITIES.index(was):
                change = (f"the severity of {rule}", _word(was), _word(now), ("severity", rule))
                where.setdefault(change, []).append(probe.called)
    for (what, was_word, now_word, key), called in where.items():
        # the first probe stands for everything: naming parts of it would say no more
        of = "" if "" in called else f" for {_some(list(dict.fromkeys(called)))}"
        yield _goes(what, was_word, now_word, ("overrides",) if of else key, of)


def _across(across: AcrossMajors | None) -> str:
    return "what names say" if across is None else across.value


def _named_rules(config: Config) -> Iterator[str]:
    yield from config.severities
    for override in config.overrides:
        yield from override.severities


def _severity(severities: Severities, rule: str, defaults: Mapping[str, Severity]) -> Severity | None:
    return severities[rule] if rule in severities else defaults.get(rule, Severity.ERROR)


def _word(severity: Severity | None) -> str:
    return "off" if severity is None else severity.value


def _some(names: Sequence[str]) -> str:
    rest = len(names) - _LISTED
    return ", ".join(names[:_LISTED]) + (f" and {rest} more" if rest > 0 else "")


def _waivers(before: Sequence[Waiver], after: Sequence[Waiver], config: Config) -> Iterator[Mismatch]:
    known = {_accepted(waiver): waiver for waiver in before}
    for waiver in after:
        old = known.get(_accepted(waiver))
        named = f"{waiver.fingerprint} ({waiver.rule}, {waiver.subject})"
        if old is None:
            place = Place(origin=config.waivers)
            change = f"a waiver of {named} is added, until {waiver.expires}; its owner is {waiver.owner}"
        elif waiver.expires > old.expires:
            place = old.place
            change = f"the waiver of {named} is prolonged from {old.expires} to {waiver.expires}"
        elif more := set(waiver.places) - {*old.places, old.fingerprint}:
            place = old.place
            change = f"the waiver of {named} accepts {len(more)} more place{'s' if len(more) > 1 else ''}"
        else:
            continue
        yield Mismatch(RULE, waiver.place, place, {"change": change})


def _accepted(waiver: Waiver) -> tuple[str, str, str]:
    """What a waiver accepts: all three must fit a finding."""
    return waiver.fingerprint, waiver.rule, waiver.subject
