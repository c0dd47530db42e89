"""Levels and histories, checked with a toy language: it must not depend on Avro or JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evtcompat.checking.plans import Plan, RunSettings
from evtcompat.checking.run import assemble, check_run, exit_code
from evtcompat.checking.subjects import check_subject
from evtcompat.checking.verdicts import verdict_of
from evtcompat.config.values import UndecidedAction
from evtcompat.errors import SchemaError
from evtcompat.formats.base import DEFAULTS, Decision, Options, Schema
from evtcompat.formats.json_schema.format import JsonSchemaFormat
from evtcompat.model.documents import Document, References
from evtcompat.model.histories import Version
from evtcompat.model.levels import Level
from evtcompat.model.mismatches import Explanation, Mismatch, Undecided
from evtcompat.model.places import Place
from evtcompat.model.reports import Report
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity, Verdict
from evtcompat.rules.judge import Severities


@dataclass(frozen=True)
class ToySchema:
    """A set of letters; a reader reads every letter that it knows, and may be unsure about ``?``."""

    letters: frozenset[str]
    documents: Mapping[str, Document] = field(default_factory=dict)


def letters(schema: Schema) -> frozenset[str]:
    assert isinstance(schema, ToySchema)
    return schema.letters


def toy_rule(identity: str, severity: Severity, sentence: str) -> Rule:
    return Rule(identity, severity, "toy", sentence, "what", "why", "example", "remedy")


class ToyFormat(JsonSchemaFormat):
    """A reader reads a writer when it knows all its letters. How its documents are read and named is JSON Schema's."""

    name = "toy"

    @property
    def rules(self) -> tuple[Rule, ...]:
        return (
            toy_rule("toy-letter", Severity.ERROR, "{reader} does not know {letter}, which {writer} writes"),
            toy_rule("toy-warning", Severity.WARNING, "w is worrying"),
        )

    def parse(self, document: Document, references: References, options: Options = DEFAULTS) -> ToySchema:  # type: ignore[override]
        del references, options
        if not isinstance(document.value, str):
            message = "a toy schema is a string"
            raise SchemaError(message, place=Place(""))
        return ToySchema(frozenset(document.value))

    def compare(self, reader: Schema, writer: Schema, options: Options) -> Decision:
        del options
        missing = sorted(letters(writer) - letters(reader) - {"?"})
        mismatches = tuple(Mismatch("toy-letter", Place(), Place(), {"letter": letter}) for letter in missing)
        unsure = (Undecided(Place(), Place(), "who knows"),) if "?" in letters(writer) - letters(reader) else ()
        verdict = Verdict.INCOMPATIBLE if missing else Verdict.COMPATIBLE
        return Decision.explained(Explanation(mismatches, unsure), verdict)

    def lint(self, schema: Schema) -> tuple[Mismatch, ...]:
        return (Mismatch("toy-warning", Place(), Place()),) if "w" in letters(schema) else ()

    def rejection(self, schema: Schema) -> str | None:
        return "the registry hates x" if "x" in letters(schema) else None


TOY = ToyFormat()


def version(value: object, label: str | None = None) -> Version:
    document = Document(value=value, origin=f"v{label}.toy", text=None)  # type: ignore[arg-type]
    return Version(document, label)


def run(candidate: object, history: list[str], level: Level, settings: RunSettings | None = None) -> Report:
    versions = tuple(version(value, str(number)) for number, value in enumerate(history, 1))
    plan = Plan("toy", TOY, version(candidate, str(len(history) + 1)), versions, level)
    return check_run([plan], settings or RunSettings())


@pytest.mark.parametrize(
    ("candidate", "history", "expected"),
    [
        # (level, failing (direction, version) pairs)
        (
            "abc",
            ["a", "ab"],
            {
                Level.NONE: [],
                Level.BACKWARD: [],
                Level.BACKWARD_TRANSITIVE: [],
                Level.FORWARD: [("forward", "2")],
                Level.FORWARD_TRANSITIVE: [("forward", "1"), ("forward", "2")],
                Level.FULL: [("forward", "2")],
                Level.FULL_TRANSITIVE: [("forward", "1"), ("forward", "2")],
            },
        ),
        (
            "b",
            ["ab", "b"],
            {
                Level.BACKWARD: [],
                Level.BACKWARD_TRANSITIVE: [("backward", "1")],
                Level.FORWARD: [],
                Level.FORWARD_TRANSITIVE: [],
                Level.FULL: [],
                Level.FULL_TRANSITIVE: [("backward", "1")],
            },
        ),
    ],
)
def test_levels_ask_for_their_directions_and_versions(
    candidate: str, history: list[str], expected: dict[Level, list[tuple[str, str]]]
) -> None:
    for level, failing in expected.items():
        report = run(candidate, history, level)
        found = [
            (comparison.direction.value, comparison.baseline.version)
            for comparison in report.subjects[0].comparisons
            if comparison.result.verdict is Verdict.INCOMPATIBLE
        ]
        assert found == failing, level
        assert exit_code(report) == (1 if failing else 0)


words = st.text(alphabet="abc", max_size=3)


@pytest.mark.slow
@given(words, st.lists(words, max_size=4))
def test_full_is_backward_and_forward_and_transitive_is_the_conjunction(candidate: str, history: list[str]) -> None:
    def compatible(level: Level, versions: list[str]) -> bool:
        return run(candidate, versions, level).verdict is Verdict.COMPATIBLE

    assert compatible(Level.FULL, history) == (
        compatible(Level.BACKWARD, history) and compatible(Level.FORWARD, history)
    )
    for level in (Level.BACKWARD, Level.FORWARD, Level.FULL):
        transitive = Level[f"{level.value}_TRANSITIVE"]
        assert compatible(transitive, history) == all(compatible(level, [old]) for old in history)


def test_what_cannot_be_parsed_is_unchecked_and_hides_nothing() -> None:
    plans = [
        Plan("bad", TOY, version(1, "2"), (version("a", "1"),)),
        Plan("breaks", TOY, version("", "2"), (version("a", "1"),)),
        Plan("old-bad", TOY, version("a", "3"), (version(1, "1"), version("ab", "2")), Level.FULL_TRANSITIVE),
    ]
    report = check_run(plans, RunSettings())
    assert [subject.verdict for subject in report.subjects] == [
        Verdict.UNCHECKED,
        Verdict.INCOMPATIBLE,
        Verdict.INCOMPATIBLE,
    ]
    assert [(problem.subject, problem.message) for problem in report.errors] == [
        ("bad", "a toy schema is a string"),
        ("old-bad", "a toy schema is a string"),
    ]
    assert exit_code(report) == 1
    assert exit_code(check_run(plans[:1], RunSettings())) == 3


@pytest.mark.parametrize(("action", "code"), [("exit", 4), ("warn", 0), ("error", 1)])
def test_undecided_is_never_silent(action: str, code: int) -> None:
    report = run("", ["?"], Level.BACKWARD)
    assert report.verdict is Verdict.UNDECIDED
    assert exit_code(report, undecided=UndecidedAction(action)) == code


def test_an_incompatible_direction_wins_over_an_undecided_one() -> None:
    report = run("", ["?a"], Level.BACKWARD)
    assert (report.verdict, exit_code(report, undecided=UndecidedAction.WARN)) == (Verdict.INCOMPATIBLE, 1)


def test_counts_tell_what_was_compared() -> None:
    plans = [
        Plan("new", TOY, version("a", "1")),
        Plan("same", TOY, version("a", "2"), (version("a", "1"),)),
        Plan("other", TOY, version("ab", "2"), (version("ab", "1"), version("a", "1"))),
        Plan("none", TOY, version("a", "2"), (version("b", "1"),), Level.NONE),
    ]
    reports = [check_subject(plan, RunSettings()) for plan in plans]
    counts = assemble(reports, skipped=["README.md"]).counts
    assert (counts.new, counts.unchanged, counts.compared, counts.skipped, counts.removed) == (1, 1, 1, 2, 0)


def test_editing_a_published_version_is_a_finding_and_is_compared() -> None:
    plan = Plan("toy", TOY, version("a", "1"), published=version("ab", "1"), versioned=True)
    report = check_run([plan], RunSettings())
    assert [finding.rule for finding in report.subjects[0].findings] == ["published-version-edited"]
    assert [comparison.direction.value for comparison in report.subjects[0].comparisons] == ["backward", "forward"]
    same = Plan("toy", TOY, version("a", "1"), published=version("a", "1"), versioned=True)
    assert check_run([same], RunSettings()).subjects[0].findings == ()


def test_severities_decide_the_verdict() -> None:
    raised = RunSettings(severities=Severities(fail_on=Severity.WARNING))
    assert run("aw", ["aw"], Level.FULL).verdict is Verdict.COMPATIBLE
    assert run("aw", ["aw"], Level.FULL, raised).verdict is Verdict.INCOMPATIBLE
    silenced = RunSettings(severities=Severities({"toy-letter": None}))
    assert run("", ["a"], Level.FULL, silenced).verdict is Verdict.COMPATIBLE
    lowered = RunSettings(severities=Severities({"toy-letter": Severity.NOTE}))
    assert [f.severity for f in run("", ["a"], Level.BACKWARD, lowered).subjects[0].comparisons[0].result.findings] == [
        Severity.NOTE
    ]


def test_a_rejected_candidate_is_the_registrys_verdict() -> None:
    report = run("ax", ["a"], Level.BACKWARD)
    subject = report.subjects[0]
    assert subject.registry_rejection == "the registry hates x"
    assert (subject.verdict, subject.registry_verdict) == (Verdict.COMPATIBLE, Verdict.INCOMPATIBLE)


def test_fingerprints_depend_on_the_fact_and_not_on_the_file() -> None:
    def fingerprints(candidate: str, origin: str) -> list[str]:
        old = Version(Document(value="ab", origin=origin), "1")
        plan = Plan("toy", TOY, version(candidate, "2"), (old,), Level.BACKWARD)
        comparison = check_run([plan], RunSettings()).subjects[0].comparisons[0]
        return [finding.fingerprint for finding in comparison.result.findings]

    both = fingerprints("", "one.toy")
    assert len(set(both)) == 2
    assert both == fingerprints("", "another.toy")
    assert fingerprints("a", "one.toy")[0] in both


def test_no_finding_and_nothing_open_is_compatible() -> None:
    assert verdict_of(()) is Verdict.COMPATIBLE
