"""What a configuration says, as frozen values, and what follows from it for one subject."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from evtcompat.config.exercise import ExerciseSettings
from evtcompat.config.globs import matches, names
from evtcompat.dataclasses import dataclass, field
from evtcompat.model.levels import Level
from evtcompat.model.owners import Owners
from evtcompat.model.places import Place
from evtcompat.model.strategies import Strategy
from evtcompat.model.subjects import forms
from evtcompat.model.verdicts import Policy, Severity
from evtcompat.reporters.available import DEFAULT

if TYPE_CHECKING:
    from evtcompat.syntax.toml_places import KeyPath  # whose parser of TOML most runs do without

PYPROJECT = "pyproject.toml"
OWN_FILE = "evtcompat.toml"

DEFAULT_LEVEL = Level.FULL
DEFAULT_POLICY = Policy.LENIENT
DEFAULT_WAIVERS = "evtcompat-waivers.toml"
#: Folders, relative to the configuration.
DEFAULT_CONTRACTS = "contracts"
DEFAULT_DEPLOYMENTS = "deployments"
#: What a registry held; beside the configuration.
LOCK_NAME = "evtcompat.lock"


class UndecidedAction(Enum):
    """What an undecided run exits with. ``value`` is the word of the configuration and the command line."""

    #: Exit code 4.
    EXIT = "exit"
    #: Exit code 0; it is still printed.
    WARN = "warn"
    #: Exit code 1.
    ERROR = "error"

    @property
    def exit_code(self) -> int:
        """What a run ends with that has nothing worse than something undecided."""
        return {UndecidedAction.EXIT: 4, UndecidedAction.WARN: 0, UndecidedAction.ERROR: 1}[self]


class AcrossMajors(Enum):
    """What becomes of what a new major version breaks. ``value`` is the word of the configuration."""

    #: It is told and fails nothing, also where a single file is edited and states its version itself.
    DECLARED = "declared"
    #: It fails as any other break does.
    ERROR = "error"


class SkippedAction(Enum):
    """What becomes of files that look like schemas and are not checked. ``value`` is the word of the configuration."""

    #: They are listed.
    LIST = "list"
    #: Exit code 3.
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class FormatTarget:
    """A report format, and the file it goes to (``None``: standard output)."""

    name: str
    output: str | None = None

    def __str__(self) -> str:
        """As the command line writes it: ``sarif:out.sarif``."""
        return self.name if self.output is None else f"{self.name}:{self.output}"


#: Severity by rule id; ``None`` silences the rule.
Severities = Mapping[str, Severity | None]


@dataclass(frozen=True, slots=True)
class Override:
    """Settings for some subjects. It applies where a subject pattern or a path pattern matches."""

    subjects: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    level: Level | None = None
    policy: Policy | None = None
    severities: Severities = field(default_factory=dict)
    across_majors: AcrossMajors | None = None

    def applies(self, subject: str, path: str | None) -> bool:
        """Whether it says something about the subject, whose candidate lies at `path` (relative to the file)."""
        return names(self.subjects, subject) or (path is not None and matches(self.paths, path))


@dataclass(frozen=True, slots=True)
class SubjectSettings:
    """What holds for one subject. ``None`` means that the configuration leaves it open."""

    level: Level | None
    policy: Policy | None
    severities: Severities
    across_majors: AcrossMajors | None = None


@dataclass(frozen=True, slots=True)
class Config:
    """A configuration file; ``Config()`` is what holds without one. Paths and globs are relative to `folder`."""

    #: The file, as messages call it; ``None`` when there is none.
    origin: str | None = field(default=None, compare=False)
    folder: Path = field(default=Path(), compare=False)
    #: Where to look when the command names no path.
    paths: tuple[str, ...] = (".",)
    #: Files that are schemas though neither suffix nor ``$schema`` says so.
    include: tuple[str, ...] = ()
    #: Files that are never schemas, whatever they look like.
    exclude: tuple[str, ...] = ()
    #: Ordered paths or globs by subject, the oldest version first.
    subjects: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: Which directions have to hold, as registries name it; ``None`` is FULL, or what the registry says.
    level: Level | None = None
    #: JSON Schema: whether a writer may send what its schema does not declare; ``None`` is lenient: it does not.
    policy: Policy | None = None
    #: How much rules weigh, by rule: ``error``, ``warning``, ``note`` or ``off``.
    severities: Severities = field(default_factory=dict)
    #: What becomes of what a new major version breaks; ``None`` tells it as declared where the name does.
    across_majors: AcrossMajors | None = None
    #: Level, policy, severities and majors of some subjects or paths; the last one that fits wins.
    overrides: tuple[Override, ...] = ()
    #: The least severity that fails a check.
    fail_on: Severity = Severity.ERROR
    #: What an undecided run ends with: code 4, 0 or 1.
    undecided: UndecidedAction = UndecidedAction.EXIT
    #: What becomes of what looks like a schema and cannot be read as one: it is listed, or the run ends with code 3.
    skipped: SkippedAction = SkippedAction.LIST
    #: The branch whose merge base is the git baseline outside of the commit hook; ``None`` takes the remote's.
    default_branch: str | None = None
    #: Folders in which schemas are found that others refer to.
    reference_roots: tuple[str, ...] = ()
    #: Python modules whose models are events, each with what is meant of it besides (``[[models]]``).
    models: tuple[tuple[str, tuple[str, ...]], ...] = ()
    #: The file of accepted findings.
    waivers: str = DEFAULT_WAIVERS
    #: The folder of what consumers need.
    contracts: str = DEFAULT_CONTRACTS
    #: The folder of what runs where.
    deployments: str = DEFAULT_DEPLOYMENTS
    #: The reports that a check writes, each to standard output or, as ``NAME:FILE``, to a file.
    formats: tuple[FormatTarget, ...] = (FormatTarget(DEFAULT),)
    #: Services by subject or subject pattern.
    owners: Mapping[str, Owners] = field(default_factory=dict)
    #: Where the registry is. Credentials are bound to a host named outside the repository, never to this one.
    registry_url: str | None = None
    #: Where the pages of rules are: a copy of the documentation; ``None`` for the documentation's own address.
    rule_pages: str | None = None
    #: How a file's name leads to its subject in the registry; ``None`` takes the one that is there.
    subject_strategy: Strategy | None = None
    #: Consumers, services and differences that are meant, for `evtcompat exercise`.
    exercise: ExerciseSettings = field(default_factory=ExerciseSettings)
    #: What the tables of the schema formats say: values by setting, by name of the format.
    format_settings: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    #: Line and column of the keys, from the table on that holds the configuration.
    key_places: Mapping[KeyPath, tuple[int, int]] = field(default_factory=dict, compare=False, repr=False)

    def settings(self, subject: str, path: str | None = None) -> SubjectSettings:
        """What holds for a subject: the file's settings, then every override that applies, the last one winning.

        Args:
            subject: The subject.
            path: Where its candidate lies, relative to `folder` with ``/``; ``None`` when it is no file.
        """
        level, policy, severities = self.level, self.policy, dict(self.severities)
        across = self.across_majors
        for override in self.overrides:
            if override.applies(subject, path):
                level = override.level or level
                policy = override.policy or policy
                severities.update(override.severities)
                across = override.across_majors or across
        return SubjectSettings(level, policy, severities, across)

    def owners_of(self, subject: str) -> Owners | None:
        """The services of a subject: an exact entry, else the first pattern that names it, else ``None``."""
        exact = next((self.owners[form] for form in forms(subject) if form in self.owners), None)
        if exact is not None:
            return exact
        return next((owners for pattern, owners in self.owners.items() if names((pattern,), subject)), None)

    def place(self, *path: str | int) -> Place:
        """Where a key stands in the file; the nearest table above it when the key has no place of its own."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.key_places:
                line, column = self.key_places[path[:length]]
                return Place(pointer=_pointer(path), origin=self.origin, line=line, column=column)
        return Place(pointer=_pointer(path), origin=self.origin)

    def written(self, key: str) -> Place | None:
        """Where a key of the top stands in the file; ``None`` where the file leaves it to its default."""
        return self.place(key) if (key,) in self.key_places else None

    def relative(self, path: Path) -> str | None:
        """The path relative to `folder` with ``/``; ``None`` when it lies elsewhere. Touches no file."""
        absolute = path if path.is_absolute() else Path.cwd() / path
        folder = self.folder if self.folder.is_absolute() else Path.cwd() / self.folder
        return absolute.relative_to(folder).as_posix() if absolute.is_relative_to(folder) else None


def _pointer(path: Iterable[str | int]) -> str:
    from evtcompat.model.places import child

    pointer = ""
    for key in path:
        pointer = child(pointer, key)
    return pointer


def near(word: str, known: Iterable[str]) -> str | None:
    """The known word that was probably meant, or ``None``."""
    from difflib import get_close_matches

    by_folded = {entry.casefold(): entry for entry in known}
    close = get_close_matches(word.casefold().replace("_", "-"), by_folded, n=1, cutoff=0.6)
    return by_folded[close[0]] if close else None
