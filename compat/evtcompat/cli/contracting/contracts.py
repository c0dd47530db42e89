"""Contracts as a person asks for them, with the subjects that they are about; the work behind `contract verify`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from evtcompat.checking.problems import problem_of
from evtcompat.checking.run import assemble, exit_code
from evtcompat.checking.verdicts import verdict_of, worst
from evtcompat.cli.checking.run import refuse_wrong_words, with_waivers
from evtcompat.cli.runs.context import CheckRequest, Environment, RunContext, open_workspaces, shown
from evtcompat.cli.runs.selecting import need_git
from evtcompat.cli.terminal.output import outputs_of, write
from evtcompat.config.values import UndecidedAction, near
from evtcompat.contracts.deployments import Deployments
from evtcompat.contracts.folder import ContractFile, ContractFolder
from evtcompat.contracts.model import Contracts
from evtcompat.contracts.python_models import Imports
from evtcompat.contracts.shared import SharedFiles
from evtcompat.contracts.verifying import Terms, verify
from evtcompat.dataclasses import dataclass, field, replace
from evtcompat.errors import UncheckedError, UsageError
from evtcompat.formats.containers import headers_of
from evtcompat.model.counts import counted
from evtcompat.model.places import Place
from evtcompat.model.reports import Report
from evtcompat.model.verdicts import Policy, Verdict
from evtcompat.payloads.subjects import Catalogue

if TYPE_CHECKING:
    from evtcompat.config import Config
    from evtcompat.contracts.producing import Produced
    from evtcompat.model.histories import Version
    from evtcompat.payloads.matrix import Subject


@dataclass(frozen=True, slots=True)
class Asked:
    """What a person asked of contracts; ``None`` leaves it to the configuration."""

    contracts: Path | None = None
    schemas: tuple[str, ...] = ()
    config: Path | None = None
    policy: Policy | None = None
    subjects: tuple[str, ...] = ()
    consumers: tuple[str, ...] = ()
    writers: str | None = None
    formats: tuple[str, ...] = ()
    output: Path | None = None
    undecided: str | None = None
    #: A file of events or the function that makes them, or the events themselves.
    produced: str | Produced | None = None
    deadline: float = 30.0
    #: Contracts and schemas are read as they are staged, not as they lie on disk.
    staged: bool = False
    #: Models that may be imported.
    models: tuple[str, ...] = ()

    @property
    def request(self) -> CheckRequest:
        """The same as words of a check."""
        return CheckRequest(
            staged=self.staged,
            policy=self.policy,
            formats=self.formats,
            output=self.output,
            undecided=self.undecided,
            config=self.config,
        )


@dataclass(slots=True)
class Opened:
    """The contracts of a folder, and the subjects that they are about."""

    asked: Asked
    context: RunContext
    catalogue: Catalogue
    folder: Path
    shared: SharedFiles
    files: ContractFolder
    _subjects: dict[str, Subject] = field(default_factory=dict)

    def subject(self, name: str) -> Subject:
        """The subject of a name.

        Raises:
            UncheckedError: There is none, or its files cannot be read.
        """
        if name not in self._subjects:
            try:
                self._subjects[name] = self.catalogue.subject(name)
            except UsageError as error:  # a contract is no word of the command line
                raise UncheckedError(error.message, hint=error.hint) from error
        return self._subjects[name]

    def contracts(self) -> Contracts:
        """The contracts that the person asked for.

        Raises:
            UsageError: A word names none.
        """
        for word, known, noun in (
            (self.asked.subjects, {one.subject for one in self.files.files}, "contract about"),
            (self.asked.consumers, {one.consumer for one in self.files.files}, "contract of"),
        ):
            for name in word:
                if name not in known and not self.files.problems:
                    meant = near(name, known)
                    hint = f"Did you mean {meant}?" if meant else f"Known: {', '.join(sorted(known)) or 'none at all'}."
                    message = f"there is no {noun} {name}"
                    raise UsageError(message, hint=hint)
        return self.files.contracts(self.subject, self.headers, self._wanted)

    def _wanted(self, file: ContractFile) -> bool:
        subjects, consumers = self.asked.subjects, self.asked.consumers
        return (not subjects or file.subject in subjects) and (not consumers or file.consumer in consumers)

    def headers(self, name: str) -> Subject | None:
        """The subject that describes the headers of a subject's events; ``None`` where there is none.

        Raises:
            UncheckedError: There is one, and it cannot be read.
        """
        found = headers_of(name)
        return self.subject(found) if self.catalogue.knows(found, self.subject(name)) else None


@contextmanager
def open_contracts(asked: Asked, environment: Environment | None = None) -> Iterator[Opened]:
    """The contracts that a person means, with the files of the subjects found when first asked for.

    Raises:
        UsageError: The configuration is wrong.
    """
    environment = environment or Environment()
    with ExitStack() as stack:
        workspaces = stack.enter_context(open_workspaces(environment, staged=asked.staged))
        context = RunContext.of(asked.request, environment, workspaces)
        config = context.config
        home = environment.folder / config.folder
        folder = environment.folder / asked.contracts if asked.contracts else home / config.contracts
        shared = SharedFiles(workspaces, context.layout, home)
        if asked.staged and not shared.is_folder(folder):  # pulled, and not the repository's own
            shared = SharedFiles(stack.enter_context(open_workspaces(environment)), context.layout, home)
        imports = Imports(asked.models, context.imports, home)
        setting = None if asked.contracts else config.written("contracts")
        files = ContractFolder(folder, shown(folder, environment.folder), shared, imports, setting)
        catalogue = Catalogue(
            environment.folder,
            asked.schemas,
            config=config,
            policy=asked.policy,
            without=files.readers,
            workspaces=workspaces,
        )
        yield Opened(asked, context, catalogue, folder, shared, files)


def verify_contracts(asked: Asked) -> int:
    """Verify contracts and write the reports; the answer is the exit code.

    Raises:
        UsageError: A word or the configuration is wrong; nothing was verified.
    """
    refuse_wrong_words(asked.request)
    with open_contracts(asked) as opened:
        formats = asked.formats or [str(target) for target in opened.context.config.formats]
        outputs = outputs_of(formats, asked.output)
        report, code = verified(opened)
        write(report, outputs)
        return code


def verified(opened: Opened) -> tuple[Report, int]:
    """The report on the contracts that a person asked for, and its exit code.

    Raises:
        UsageError: A word names none.
    """
    asked, context = opened.asked, opened.context
    try:
        need_git(context, asked.schemas or context.configured_paths)
    except UncheckedError as outside:
        report = assemble([], problems=[problem_of(outside)])
        return report, exit_code(report)
    contracts, terms = opened.contracts(), _terms(opened)
    report = verify(contracts, terms, _deployments(opened).problems() if asked.writers is None else ())
    if asked.produced is not None:
        report = _with_produced(report, opened, contracts, terms)
    if not report.subjects and not report.errors:
        message = "there is no contract in it"
        error = UncheckedError(message, place=Place(origin=shown(opened.folder, context.environment.folder)))
        report = assemble([], problems=[problem_of(error)])
    report = with_waivers(report, context, complete=False)
    return report, exit_code(report, undecided=_undecided(asked, context))


def _with_produced(report: Report, opened: Opened, contracts: Contracts, terms: Callable[[str], Terms]) -> Report:
    """The report with what becomes of the events that are really produced."""
    from evtcompat.contracts.producing import produced, refused

    asked = opened.asked
    about = [one for one in contracts.all if not one.about_headers]
    subjects = sorted({one.subject for one in about})
    if asked.produced is None or len(subjects) != 1:
        message = f"--produced has events of one subject, and these contracts are about {', '.join(subjects) or 'none'}"
        raise UsageError(message, hint="Name the subject: evtcompat contract verify SUBJECT --produced ...")
    try:
        found = asked.produced
        if isinstance(found, str):
            found = produced(found, opened.context.environment.folder, asked.deadline)
        findings = refused(found, about, terms(subjects[0]))
    except UncheckedError as error:
        verdict = worst((report.verdict, Verdict.UNCHECKED))
        return replace(report, errors=(*report.errors, problem_of(error)), verdict=verdict)
    unread = () if found.problem is None else (problem_of(found.problem),)
    return replace(
        report,
        errors=(*report.errors, *unread),
        findings=(*report.findings, *findings),
        baselines=(*report.baselines, f"{counted(len(found.events), 'event')} of {found.name}"),
        verdict=worst((report.verdict, verdict_of(findings), *[Verdict.UNCHECKED] * len(unread))),
    )


def _undecided(asked: Asked, context: RunContext) -> UndecidedAction:
    return context.config.undecided if asked.undecided is None else UndecidedAction(asked.undecided)


def _terms(opened: Opened) -> Callable[[str], Terms]:
    @cache
    def terms(name: str) -> Terms:
        subject = opened.subject(name)
        severities = opened.context.terms(name, None).severities
        word = opened.asked.writers
        writers = _in_use(opened, subject) if word is None else _writers(subject, word)
        return Terms(subject, writers, severities)

    return terms


def _in_use(opened: Opened, subject: Subject) -> Sequence[Version]:
    """The versions that deployments say are written, and the newest.

    Raises:
        UncheckedError: A schema that was recorded cannot be read.
    """
    from evtcompat.contracts.recording import written_in

    return (*written_in(_deployments(opened), subject), subject.versions[-1])


def _deployments(opened: Opened) -> Deployments:
    return deployments_in(opened.context.environment.folder, opened.context.config)


def deployments_in(here: Path, config: Config, named: Path | None = None) -> Deployments:
    """The folder of deployments: the one that a person names, or that of the configuration."""
    folder = here / (named or config.folder / config.deployments)
    return Deployments(folder, shown(folder, here), None if named else config.written("deployments"))


def _writers(subject: Subject, word: str) -> Sequence[Version]:
    """The versions that are written.

    Raises:
        UsageError: A word names none.
    """
    if word == "newest":
        return subject.versions[-1:]
    if word == "all":
        return subject.versions
    found = []
    for label in word.split(","):
        version = next((one for one in subject.versions if label.strip() in (one.label, f"v{one.label}")), None)
        if version is None:
            known = ", ".join(one.label for one in subject.versions if one.label) or "no version with a name"
            message = f"--writers {word}: {subject.name} has no version {label.strip()}"
            raise UsageError(message, hint=f"It has {known}; `newest` and `all` are known, too.")
        found.append(version)
    return found
