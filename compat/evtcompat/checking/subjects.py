"""The answer for one subject: the candidate against every version and in every direction that its level asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property, partial

from evtcompat.checking.baselines import met_by
from evtcompat.checking.causes import Compared, with_causes
from evtcompat.checking.comparing import compare_sides, findings_of
from evtcompat.checking.excerpts import with_patches_of_the_file
from evtcompat.checking.fixing import changeable, with_fixes_that_compose, without_fixes_of_the_past
from evtcompat.checking.inherited import own_as_inherited, told_once, without_inherited
from evtcompat.checking.known_parts import breaks_all_the_same, known
from evtcompat.checking.majors import as_declared, in_the_making, is_declared
from evtcompat.checking.marks import Marked, marks_of, with_marks_told
from evtcompat.checking.parsing import ParsedVersions, doing, same_content
from evtcompat.checking.plans import Plan, RunSettings
from evtcompat.checking.problems import problem_of
from evtcompat.checking.rollout import rollout_of_subject
from evtcompat.checking.trying import asked_itself, settings_for
from evtcompat.checking.verdicts import verdict_of, worst
from evtcompat.dataclasses import replace
from evtcompat.errors import EvtcompatError
from evtcompat.formats.base import Schema, WarmStart
from evtcompat.model.canonical import content_hash
from evtcompat.model.findings import Finding
from evtcompat.model.histories import Version, version_name
from evtcompat.model.json_types import JSON
from evtcompat.model.levels import Direction
from evtcompat.model.mismatches import Mismatch
from evtcompat.model.places import Place
from evtcompat.model.reports import Comparison, DirectedComparison, Problem, SchemaName, SubjectReport
from evtcompat.model.verdicts import Verdict
from evtcompat.rules.judge import Context, Side
from evtcompat.rules.run import judged
from evtcompat.syntax import deep


def check_subject(plan: Plan, settings: RunSettings) -> SubjectReport:
    """The answer for one subject. What cannot be checked becomes a problem of the report, never an exception."""
    if plan.settled and not _parses(plan, settings):
        # what it was compared with was not asked for; it stands there all the same
        return replace(_SubjectCheck(replace(plan, settled=False), settings).report(), state="unchanged")
    if plan.settled and not plan.shown:
        return SubjectReport(
            subject=plan.subject,
            format=plan.format.name,
            level=plan.level,
            candidate=_name(plan.candidate),
            verdict=Verdict.NOT_JUDGED,
            state="unchanged",
            settled=True,
            identity=plan.identity,
        )
    return deep.retried(lambda: _SubjectCheck(plan, settings).report())


def _parses(plan: Plan, settings: RunSettings) -> bool:
    """Whether the candidate is a schema at all: what is none was not checked by whoever settled it."""
    own = settings.for_subject(plan.format, plan.policy, plan.severities, plan.registry_policy)
    try:
        with doing("parsing", plan.candidate):
            plan.format.parse(plan.candidate.document, plan.candidate.references, own.options)
    except EvtcompatError:
        return False
    return True


def _directed(settings: RunSettings, direction: Direction) -> RunSettings:
    """The settings for the comparisons of one direction: the candidate's fixes, and what a pair leaves for the next."""
    fixes = frozenset({changeable(direction)})
    return replace(settings, options=replace(settings.options, fixes=fixes, warm_start=WarmStart()))


class _SubjectCheck:
    """One run over one subject; parsed schemas are kept between the directions."""

    def __init__(self, plan: Plan, settings: RunSettings) -> None:
        self._plan = plan
        self._format = plan.format
        self._settings = settings.for_subject(plan.format, plan.policy, plan.severities, plan.registry_policy)
        self._versions = ParsedVersions(plan, self._settings.options)
        self._problems: list[Problem] = []
        #: The finding that nothing before the candidate parses.
        self._repaired: tuple[Finding, ...] = ()
        #: What the candidate starts anew from.
        self._majors: set[SchemaName] = set()
        #: Why a registry would refuse what is compatible.
        self._refusals: dict[str, None] = {}
        self._directed = {direction: _directed(self._settings, direction) for direction in plan.level.directions}
        #: The versions that were compared as if they had the candidate's marks.
        self._marked: list[Version] = []
        #: The documents of the versions that were compared.
        self._sides: dict[SchemaName, Side] = {}
        self._by_label = {version.label: version for version in (*plan.history, plan.candidate)}

    def report(self) -> SubjectReport:
        plan = self._plan
        candidate = self._parsed(plan.candidate, None)
        findings: tuple[Finding, ...] = ()
        comparisons: list[DirectedComparison] = []
        rejection = None
        if candidate is not None:
            self._stand_on_what_parses()
        baselines = self._baselines()
        if candidate is not None:
            try:
                with doing("looking at", plan.candidate):
                    findings = (*self._own_findings(candidate), *self._repaired)
                    rejection = self._format.rejection(candidate[1])
            except EvtcompatError as error:
                self._problems.append(problem_of(error, plan.subject, plan.candidate))
            for baseline, directions in baselines:
                comparisons += self._against(baseline, directions, candidate)
            findings += self._marks(candidate)
            if self._state(baselines) == "unchanged":
                findings = own_as_inherited(findings, self._settings.severities)
            findings, comparisons = told_once(findings, comparisons)
            comparisons = self._composed(comparisons, candidate)
        comparisons += self._broken_all_the_same(baselines)
        if comparisons:
            comparisons = self._caused(comparisons)
            comparisons = [as_declared(one) if one.baseline in self._majors else one for one in comparisons]
        verdicts = [comparison.result.verdict for comparison in comparisons]
        verdicts += [verdict_of(findings)] + ([Verdict.UNCHECKED] if self._problems else [])
        registry = [comparison.result.registry_verdict for comparison in comparisons]
        report = SubjectReport(
            subject=plan.subject,
            format=plan.format.name,
            level=plan.level,
            candidate=_name(plan.candidate, self._called(plan.candidate)),
            verdict=worst(verdicts),
            comparisons=tuple(comparisons),
            findings=findings,
            policy=plan.policy,
            registry_policy=plan.registry_policy,
            registry_mode=plan.registry_mode,
            unpredicted_registry=plan.unpredicted_registry,
            registry_refusals=tuple(self._refusals),
            registry_verdict=Verdict.INCOMPATIBLE if rejection else worst(registry),
            registry_rejection=rejection,
            state=self._state(baselines),
            problems=tuple(self._problems),
            renamed_from=plan.renamed_from,
            link=plan.link,
            declared=is_declared([verdict_of(findings)], comparisons),
            settled=plan.settled,
            identity=plan.identity,
        )
        return replace(report, rollout=rollout_of_subject(report, self._settings.owners.get(plan.subject)))

    def _baselines(self) -> list[tuple[Version, tuple[Direction, ...]]]:
        """Each version that the candidate has to get on with, and the directions that have to hold."""
        directions = self._plan.level.directions
        return [(version, directions) for version in met_by(self._plan)]

    def _state(self, baselines: Sequence[tuple[Version, tuple[Direction, ...]]]) -> str:
        if not self._plan.history and self._plan.published is None:
            return "repaired" if self._repaired else "new"
        if not baselines:
            return "skipped"
        return "unchanged" if all(self._versions.unchanged(version) for version, _ in baselines) else "compared"

    def _called(self, version: Version) -> str:
        """What sentences call a version of this subject."""
        plan = self._plan
        if version is plan.candidate and (version.label is None or self._edits_a_version):
            return "your change"
        if version.label is not None:  # of two with one label, the later one is what it is now
            edited = self._by_label.get(version.label, version) is not version
            return version_name(version.label) + (" as published" if edited else "")
        return plan.deployed or version.document.origin or "the baseline"

    @cached_property
    def _edits_a_version(self) -> bool:
        """Whether the candidate is another schema than what is published under the name of its version."""
        plan, own = self._plan, self._plan.candidate
        others = plan.history if plan.published is None else (*plan.history, plan.published)
        return any(one.label == own.label and not same_content(one, own) for one in others)

    def _stand_on_what_parses(self) -> None:
        """The plan has, for what the baseline holds and does not parse, what the same file was when it last did.

        Nobody can have deployed what does not parse. Where it never did, the change repairs it, and a finding says so.
        """
        plan = self._plan
        used = any(version is plan.published for version, _ in self._baselines())
        if plan.published is None or plan.earlier is None or not used:
            return
        flaw = self._versions.flaw(plan.published)
        if flaw is None:
            return
        try:
            for version in plan.earlier():
                if self._versions.flaw(version) is None:
                    self._plan = replace(plan, published=version)
                    return
        except EvtcompatError as error:
            self._problems.append(problem_of(error, plan.subject, plan.published))
            self._plan = replace(plan, published=None)
            return
        self._plan = replace(plan, published=None)
        where = flaw.place or Place()
        facts = {"subject": plan.subject, "reason": flaw.message}
        broken = replace(where, origin=where.origin or plan.published.document.origin)
        mended = Mismatch("baseline-repaired", Place(origin=plan.candidate.document.origin), broken, facts)
        self._repaired = judged([mended], self._settings.severities)

    def _writing(self, version: Version, side: tuple[Side, Schema]) -> tuple[Side, Schema]:
        """The side as a writer: of what is written in the version, where that is another schema.

        Raises:
            EvtcompatError: That schema is none.
        """
        if version.written is None:
            return side
        schema = self._format.parse(version.written, version.references, self._settings.options)
        return Side(side[0].label, version.written, schema.documents), schema

    def _parsed(self, version: Version, role: str | None) -> tuple[Side, Schema] | None:
        """The version's schema with its words, or ``None`` and a problem."""
        schema = self._versions.schema(version)
        if isinstance(schema, EvtcompatError):
            self._problems.append(problem_of(schema, self._plan.subject, version))
            return None
        return Side(role or self._called(version), version.document, schema.documents), schema

    def _own_findings(self, candidate: tuple[Side, Schema]) -> tuple[Finding, ...]:
        """Findings about the candidate alone, and about its file."""
        plan = self._plan
        mismatches = list(self._format.lint(candidate[1]))
        settled = plan.versioned and not in_the_making(plan.candidate.label)
        if plan.published is not None and settled and not same_content(plan.published, plan.candidate):
            facts = {"version": plan.candidate.label or "?"}
            mismatches.append(Mismatch("published-version-edited", Place(), Place(), facts))
        context = Context(
            candidate[0], candidate[0], self._settings.severities, (plan.identity or plan.subject,), self._format
        )
        return findings_of(mismatches, context)

    def _marks(self, candidate: tuple[Side, Schema]) -> tuple[Finding, ...]:
        """Findings about marks of versions in the candidate, which the comparisons take for no change."""
        found = marks_of(self._format, self._plan.candidate, self._marked)
        identity = (self._plan.identity or self._plan.subject,)
        return findings_of(
            found, Context(candidate[0], candidate[0], self._settings.severities, identity, self._format)
        )

    def _composed(
        self, comparisons: list[DirectedComparison], candidate: tuple[Side, Schema]
    ) -> list[DirectedComparison]:
        """The comparisons with fixes that can be applied together."""
        plan, options = self._plan, replace(self._settings.options, witnesses=False, other_answers=frozenset())
        quick = replace(self._settings, options=options)

        def again(value: JSON) -> Iterator[DirectedComparison | None]:
            # What it refers to is found from where it stands; of its text nothing holds any more.
            document = replace(plan.candidate.document, value=value, text=None, span_of=None)
            changed = replace(plan, candidate=replace(plan.candidate, document=document))
            trial = _SubjectCheck(changed, quick)
            parsed = trial._parsed(changed.candidate, None)
            if parsed is None:
                yield None
                return
            for baseline, directions in self._baselines():
                yield from trial._against(baseline, directions, parsed)
            if any(one not in self._problems for one in trial._problems):
                yield None

        try:
            with doing("putting fixes together for", plan.candidate):
                found = with_fixes_that_compose(comparisons, candidate[0].document.value, again)
                return [with_patches_of_the_file(one, plan.candidate.document) for one in found]
        except EvtcompatError as error:
            self._problems.append(problem_of(error, plan.subject, plan.candidate))
            return comparisons

    def _broken_all_the_same(
        self, baselines: Iterable[tuple[Version, tuple[Direction, ...]]]
    ) -> Iterator[DirectedComparison]:
        """What breaks between the candidate and versions that a reference is missing in, or is missing in itself."""
        plan = self._plan
        found = self._versions.schema(plan.candidate)
        candidate = known(self._format, plan.candidate, found, self._called(plan.candidate), self._settings)
        if candidate is None:
            return
        for baseline, directions in baselines:
            name = _name(baseline, self._called(baseline))
            found = self._versions.schema(baseline)
            other = known(self._format, baseline, found, name.called, self._settings)
            if other is None or not (candidate.part.missing or other.part.missing):
                continue
            digest = content_hash(baseline.document.value)
            for direction in directions:
                backward = direction is Direction.BACKWARD
                identity = (plan.identity or plan.subject, direction.value, digest)
                pair = (candidate, other) if backward else (other, candidate)
                try:
                    with doing("comparing it with", baseline):
                        result = breaks_all_the_same(self._format, *pair, self._settings, identity)
                except EvtcompatError as error:
                    self._problems.append(problem_of(error, plan.subject, baseline))
                    continue
                if result is not None:
                    self._sides[name] = other.side
                    yield DirectedComparison(direction, name, without_fixes_of_the_past(result, direction))

    def _caused(self, comparisons: list[DirectedComparison]) -> list[DirectedComparison]:
        """The comparisons with the cause of each finding."""
        if not any(one.result.findings for one in comparisons):
            return comparisons
        plan = self._plan
        found = self._versions.schema(plan.candidate)
        documents = {} if isinstance(found, EvtcompatError) else found.documents
        candidate = Side(self._called(plan.candidate), plan.candidate.document, documents)
        root = (self._format.names(self._plan.candidate.document).own or "").rpartition(".")[2]
        compared = [Compared(one, self._sides[one.baseline], candidate) for one in comparisons]
        return with_causes(compared, self._plan.identity or self._plan.subject, root)

    def _against(
        self, baseline: Version, directions: Iterable[Direction], candidate: tuple[Side, Schema]
    ) -> list[DirectedComparison]:
        if baseline.past and self._versions.flaw(baseline) is not None:
            return []
        name = _name(baseline, self._called(baseline))
        aligned = self._format.aligned(baseline, self._plan.candidate)
        parsed = self._parsed(aligned, name.called)
        if parsed is None:
            return []
        if aligned is not baseline:
            self._marked.append(baseline)
        digest = content_hash(baseline.document.value)
        moved = not self._versions.unchanged(baseline)
        results = []
        for direction in directions:
            backward = direction is Direction.BACKWARD
            reader, writing = (candidate, parsed) if backward else (parsed, candidate)
            identity = (self._plan.identity or self._plan.subject, direction.value, digest)
            try:
                with doing("comparing it with", baseline):
                    writer = self._writing(baseline if backward else self._plan.candidate, writing)
                    versions = (self._plan.candidate, aligned) if backward else (aligned, self._plan.candidate)
                    if backward and aligned is not baseline and self._format.marks_in_payloads:
                        # what is written with the baseline has the baseline's marks
                        versions = self._format.aligned(self._plan.candidate, baseline), baseline
                        reader = self._as(versions[0], candidate)
                        writer = self._writing(baseline, self._as(baseline, parsed))
                    settings = self._settings_of(direction, versions[0], marked=aligned is not baseline)
                    result = compare_sides(self._format, reader, writer, settings, identity)
                    if moved:
                        result = asked_itself(result, self._format, versions, (reader, writer), settings, identity)
                    alone = partial(self._alone, baseline, aligned, parsed, identity, settings) if moved else None
                    twofold = baseline.written is not None
                    severities = self._settings.severities
                    result = without_inherited(result, direction, self._format, severities, alone, twofold=twofold)
                    result = without_fixes_of_the_past(result, direction)
                    if aligned is not baseline:
                        written = (self._plan.candidate, baseline) if backward else (baseline, self._plan.candidate)
                        marked = Marked(self._format, *written, settings.options)
                        context = Context(reader[0], writer[0], self._settings.severities, identity, self._format)
                        result = with_marks_told(result, marked, context)
                    self._note_refusals(result, reader[1], writer[1])
            except EvtcompatError as error:
                self._problems.append(problem_of(error, self._plan.subject, baseline))
                continue
            if any(baseline is one for one in self._plan.majors):
                self._majors.add(_name(baseline, self._called(baseline)))
            results.append(DirectedComparison(direction, name, result))
            self._sides[name] = parsed[0]
        return results

    def _settings_of(self, direction: Direction, reader: Version, *, marked: bool) -> RunSettings:
        """What holds for a pair; of `marked` ones, which are made alike, a registry compares the marks as they are."""
        settings = settings_for(reader, self._directed[direction])
        return settings.without_answer("registry") if marked else settings

    def _as(self, version: Version, side: tuple[Side, Schema]) -> tuple[Side, Schema]:
        """A version under the words of a side.

        Raises:
            EvtcompatError: It is no schema.
        """
        schema = self._versions.schema(version)
        if isinstance(schema, EvtcompatError):
            raise schema
        return Side(side[0].label, version.document, schema.documents), schema

    def _note_refusals(self, result: Comparison, reader: Schema, writer: Schema) -> None:
        """Keep why a registry would refuse a pair that is not incompatible, where the format has policies."""
        if self._plan.registry_policy is None:
            return
        if result.verdict is not Verdict.INCOMPATIBLE and result.registry_verdict is Verdict.INCOMPATIBLE:
            self._refusals.update(dict.fromkeys(self._format.refusals(reader, writer, self._settings.options)))

    def _alone(
        self,
        baseline: Version,
        aligned: Version,
        side: tuple[Side, Schema],
        identity: tuple[str, ...],
        settings: RunSettings,
    ) -> Comparison:
        """The baseline compared with itself, as if it were the candidate."""
        options = replace(settings.options, witnesses=False, other_answers=frozenset(), warm_start=None)
        quick = replace(settings, options=options)
        other = side[0], self._versions.again(aligned)
        return compare_sides(self._format, side, self._writing(baseline, other), quick, identity)


def _name(version: Version, called: str = "") -> SchemaName:
    return SchemaName(version.document.origin, version.label, called)
