"""What a run checks, as frozen values; nothing here reads a file or decides."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from evtcompat.dataclasses import dataclass, field, replace
from evtcompat.errors import UncheckedError
from evtcompat.formats.base import Options, SchemaFormat
from evtcompat.model.histories import Version
from evtcompat.model.levels import Level
from evtcompat.model.mismatches import Mismatch
from evtcompat.model.owners import Owners
from evtcompat.model.places import Place
from evtcompat.model.verdicts import Policy
from evtcompat.rules.judge import Severities


@dataclass(frozen=True, slots=True)
class RunSettings:
    """What holds for a whole run."""

    options: Options = field(default_factory=Options)
    #: What the configuration says for each format, by its name: `Options.settings`.
    format_settings: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    severities: Severities = field(default_factory=Severities)
    #: Who writes and reads each subject.
    owners: Mapping[str, Owners] = field(default_factory=dict)

    def for_subject(
        self,
        schema_format: SchemaFormat,
        policy: Policy | None,
        severities: Severities | None,
        registry_policy: Policy | None = None,
    ) -> RunSettings:
        """The settings with those of the configuration for a format, and a subject's own policies and severities."""
        own = dict(self.format_settings.get(schema_format.name, {}))
        if policy is not None:
            own["policy"] = policy
        if registry_policy is not None:
            own["registry-policy"] = registry_policy
        options = replace(self.options, settings={**self.options.settings, **own}) if own else self.options
        return replace(self, options=options, severities=severities or self.severities)

    def without_answer(self, answer: str) -> RunSettings:
        """The settings where one of `Options.other_answers` is not wanted."""
        return replace(self, options=replace(self.options, other_answers=self.options.other_answers - {answer}))


@dataclass(frozen=True, slots=True)
class Plan:
    """One subject to check: the candidate and everything that it has to get on with."""

    subject: str
    format: SchemaFormat
    candidate: Version
    #: The versions below the candidate, the oldest first; only the last of them when no transitive level asks for more.
    #: A version that this change edits in place stands there twice, as published and as it is now, with one label.
    history: tuple[Version, ...] = ()
    level: Level = Level.FULL
    #: The candidate's own file as it stands at the baseline.
    published: Version | None = None
    #: What that file was before, the newest first; ``None`` where that is not known. Asked for where it does not parse
    #: at the baseline; raises `BaselineError`.
    earlier: Callable[[], Iterable[Version]] | None = None
    #: Every version below the candidate, where `history` may have fewer: for showing, never for judging, so that a
    #: version that nobody asks about cannot change an answer. Raises `UncheckedError`.
    whole: Callable[[], Iterable[Version]] | None = None
    #: Those of them with which the candidate starts anew, as the name of its version declares (`checking.majors`).
    majors: tuple[Version, ...] = ()
    #: Whether the file's name carries a version, so that editing the published file is a finding of its own.
    versioned: bool = False
    #: Whether a document that the candidate refers to differs from the baseline, though its own file may not.
    references_changed: bool = False
    #: Whether nothing of it changed since the git baseline: it was judged before, and fails no run.
    settled: bool = False
    #: Whether a settled one is compared all the same, to be shown.
    shown: bool = False
    #: Which events a writer is taken to produce, where the format has policies.
    policy: Policy | None = None
    #: The policy of the registry whose answer is predicted, where the format has policies; unset means strict.
    registry_policy: Policy | None = None
    #: The mode of the registry for the subject, where its history is a registry's.
    registry_mode: str | None = None
    #: What a sentence calls that registry, where what it would answer is not predicted.
    unpredicted_registry: str | None = None
    #: The link that the candidate is read by, where that led to another file at the baseline, which `published` is.
    link: str | None = None
    #: The path, or the subject, that the schema had at the baseline under another name.
    renamed_from: str | None = None
    #: How much rules weigh for this subject; the run's when absent.
    severities: Severities | None = None
    #: Where the candidate lies, from the root of its tree; ``""`` for one that is no file.
    path: str = ""
    #: What the subject is called whatever else there is (`SubjectReport.identity`); as `subject` when empty.
    identity: str = ""
    #: The same from the folder of the configuration, as its patterns see it; ``None`` when it lies elsewhere.
    configured_path: str | None = None
    #: Who writes and reads the subject, as far as the candidate's document says so.
    owners: Owners | None = None
    #: What sentences call the baseline, where no version does: ``main``.
    deployed: str | None = None


def with_declared_owners(settings: RunSettings, plans: Sequence[Plan]) -> RunSettings:
    """The settings with what documents say about who writes and reads their events; the configuration's word wins."""
    declared = {plan.subject: plan.owners for plan in plans if plan.owners is not None}
    return replace(settings, owners={**declared, **settings.owners}) if declared else settings


@dataclass(frozen=True, slots=True)
class Lost:
    """What a document of the baseline had beside schemas, and has not any more."""

    rule: str
    facts: Mapping[str, str]
    place: Place


@dataclass(frozen=True, slots=True)
class Removal:
    """A schema that the baseline has and that nothing under check holds any more."""

    subject: str
    format: SchemaFormat
    version: Version
    #: Whether the subject has no file at all any more; otherwise other versions of it stay.
    whole_subject: bool
    level: Level = Level.FULL
    #: How much rules weigh for this subject.
    severities: Severities = field(default_factory=Severities)
    #: Where it was, from the root of its tree; ``""`` for one that was no file.
    path: str = ""
    #: See `Plan`.
    identity: str = ""
    #: What is gone, where it is no schema.
    lost: Lost | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """Everything that a run has to check and to report."""

    plans: tuple[Plan, ...] = ()
    removals: tuple[Removal, ...] = ()
    #: Files that were met and passed by, with the reason.
    skipped: tuple[str, ...] = ()
    #: Those of them that look like schemas: what stands for each among the skipped, and the problem that it is where
    #: nothing may be left unchecked.
    lookalikes: tuple[tuple[str, UncheckedError], ...] = ()
    #: What could not be read or decided; each makes the run unchecked.
    problems: tuple[UncheckedError, ...] = ()
    #: Subjects whose history cannot be had, with the reason.
    unread: tuple[tuple[str, UncheckedError], ...] = ()
    #: What was compared with, one phrase a workspace: ``3f2a1bc (merge base with main)``.
    baselines: tuple[str, ...] = ()
    #: What is to be told of the files as a whole.
    notes: tuple[Mismatch, ...] = ()

    def leaving_nothing_unchecked(self) -> Selection:
        """The same, in which each file that looks like a schema and is not checked makes the run unchecked."""
        listed = {skipped for skipped, _ in self.lookalikes}
        return replace(
            self,
            skipped=tuple(skipped for skipped in self.skipped if skipped not in listed),
            lookalikes=(),
            problems=(*self.problems, *(problem for _, problem in self.lookalikes)),
        )
