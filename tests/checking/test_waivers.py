"""A waiver accepts one finding until a day, and never hides anything else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evtcompat.checking.run import assemble
from evtcompat.checking.verdicts import verdict_of
from evtcompat.checking.waivers import apply, waiver_for
from evtcompat.config.waivers import Waiver, append_waiver, load_waivers, parse_waivers
from evtcompat.errors import ConfigError, EvtcompatError, UsageError
from evtcompat.model.findings import Cause, Finding, FoundAt
from evtcompat.model.levels import Direction, Level
from evtcompat.model.mismatches import Undecided
from evtcompat.model.places import Place
from evtcompat.model.reports import Comparison, DirectedComparison, Problem, Report, SchemaName, SubjectReport
from evtcompat.model.verdicts import Severity, Verdict
from evtcompat.rules.judge import Severities

PRINT = "0123456789abcdef01234567"
RULE = "subject-removed"
TODAY = date(2027, 1, 1)
ENTRY = f"""\
[[waivers]]
fingerprint = "{PRINT}"
rule = "{RULE}"
subject = "order"
reason = "agreed with shipping"
owner = "ann"
expires = 2027-06-30
"""


def finding(fingerprint: str = PRINT, severity: Severity = Severity.ERROR) -> Finding:
    return Finding(RULE, severity, "m", Place(), Place(), fingerprint=fingerprint)


def subject(name: str, *findings: Finding, state: str = "compared", undecided: bool = False) -> SubjectReport:
    open_parts = (Undecided(Place(), Place(), "why"),) if undecided else ()
    result = Comparison(verdict_of(findings, open_parts), findings, open_parts)
    comparisons = (DirectedComparison(Direction.BACKWARD, SchemaName("a", "1"), result),)
    return SubjectReport(name, "avro", Level.FULL, SchemaName("b", "2"), result.verdict, comparisons, state=state)


def run(*subjects: SubjectReport, problems: tuple[Problem, ...] = ()) -> Report:
    return assemble(subjects, problems=problems)


def waiver(**changes: object) -> Waiver:
    (entry,) = parse_waivers(ENTRY, "w.toml")
    return replace(entry, **changes)  # type: ignore[arg-type]  # a test's shorthand


def test_an_entry_is_read_with_its_place() -> None:
    (entry,) = parse_waivers(f"# why\n\n{ENTRY}", "w.toml")
    assert entry == Waiver(PRINT, RULE, "order", "agreed with shipping", "ann", date(2027, 6, 30))
    assert str(entry.place) == "w.toml:3:1"
    assert parse_waivers("", "w.toml") == ()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('owner = "ann"\n', "", "w.toml:1:1: `waivers[0]` has no `owner`\n  A waiver needs fingerprint, rule,"),
        ('owner = "ann"', 'owner = " "', "w.toml:6:1: `waivers[0].owner` must not be blank"),
        ('reason = "agreed with shipping"', 'reason = ""', "w.toml:5:1: `waivers[0].reason` must not be empty"),
        ("expires = 2027-06-30", 'expires = "2027-06-30"', "w.toml:7:1: `waivers[0].expires` must be a date"),
        ("expires = 2027-06-30", "expires = 2027-06-30T00:00:00", "found a date with time"),
        ("expires = 2027-06-30", "expires = 2027-06-31", "w.toml:7:"),
        (PRINT, "xyz", "w.toml:2:1: `waivers[0].fingerprint` must be 24 hexadecimal digits"),
        (RULE, "subject-remove", "w.toml:3:1: unknown rule `subject-remove`\n  Did you mean `subject-removed`?"),
        (RULE, "gate-weakened", "findings of gate-weakened cannot be waived"),
        ("owner", "ownr", "w.toml:6:1: unknown key `waivers[0].ownr`\n  Did you mean `owner`?"),
        ("[[waivers]]", "[[waiver]]", "w.toml:1:1: unknown key `waiver`\n  Did you mean `waivers`?"),
        ("[[waivers]]", "[waivers]", "`waivers` must be an array of tables; found a table"),
        (ENTRY, ENTRY + ENTRY, f"w.toml:8:1: two waivers have the fingerprint {PRINT}; the first is on line 1"),
        (ENTRY, ENTRY + "[[", "w.toml:8:"),
    ],
)
def test_a_broken_file_is_refused_with_its_line(old: str, new: str, expected: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_waivers(ENTRY.replace(old, new), "w.toml")
    assert expected in str(caught.value)


def test_a_waived_finding_no_longer_decides() -> None:
    result = apply(run(subject("order", finding())), [waiver()], TODAY)
    (waived,) = result.subjects[0].comparisons[0].result.findings
    assert waived.waived is not None
    assert (waived.waived.reason, waived.waived.owner) == ("agreed with shipping", "ann")
    assert result.subjects[0].comparisons[0].result.verdict is Verdict.COMPATIBLE
    assert result.subjects[0].verdict is Verdict.COMPATIBLE
    assert result.verdict is Verdict.COMPATIBLE
    assert result.findings == ()


def test_a_waiver_hides_nothing_else() -> None:
    other = finding("f" * 24)
    assert apply(run(subject("order", finding(), other)), [waiver()], TODAY).verdict is Verdict.INCOMPATIBLE
    assert apply(run(subject("order", finding()), subject("pay", finding())), [waiver()], TODAY).verdict is (
        Verdict.INCOMPATIBLE
    )
    assert apply(run(subject("order", finding(), undecided=True)), [waiver()], TODAY).verdict is Verdict.UNDECIDED
    broken = run(subject("order", finding()), problems=(Problem("pay does not parse", subject="pay"),))
    assert apply(broken, [waiver()], TODAY).verdict is Verdict.UNCHECKED


def test_findings_about_the_subject_itself_can_be_waived() -> None:
    report = replace(subject("order", state="removed"), findings=(finding(),), verdict=Verdict.INCOMPATIBLE)
    assert apply(run(report), [waiver()], TODAY).verdict is Verdict.COMPATIBLE


@pytest.mark.parametrize(
    ("today", "rules", "verdict"),
    [
        (date(2027, 6, 15), [], Verdict.COMPATIBLE),
        (date(2027, 6, 16), [("waiver-expiring", Severity.NOTE)], Verdict.COMPATIBLE),
        (date(2027, 6, 30), [("waiver-expiring", Severity.NOTE)], Verdict.COMPATIBLE),
        (date(2027, 7, 1), [("waiver-expired", Severity.ERROR)], Verdict.INCOMPATIBLE),
    ],
)
def test_the_life_of_a_waiver(today: date, rules: list[tuple[str, Severity]], verdict: Verdict) -> None:
    result = apply(run(subject("order", finding())), [waiver()], today)
    assert [(f.rule, f.severity) for f in result.findings] == rules
    assert result.verdict is verdict


def test_an_expired_waiver_accepts_nothing() -> None:
    result = apply(run(subject("order", finding())), [waiver()], date(2027, 7, 1))
    assert result.subjects[0].verdict is Verdict.INCOMPATIBLE
    assert result.subjects[0].comparisons[0].result.findings[0].waived is None


def test_an_unused_waiver_is_told_only_where_its_subject_was_compared() -> None:
    def rules(*subjects: SubjectReport, complete: bool = False) -> list[str]:
        return [f.message for f in apply(run(*subjects), [waiver()], TODAY, complete=complete).findings]

    told = f"The waiver of {PRINT} ({RULE}, order) accepts nothing: "
    assert rules(subject("order")) == [told + "the subject has no such finding."]
    assert rules(subject("order", state="unchanged")) == []
    assert rules(subject("pay")) == []
    assert rules(subject("pay"), complete=True) == [told + "there is no such subject."]
    assert rules(subject("pay", finding())) == [told + f"the finding is of rule {RULE} and subject pay."]


def test_a_subject_that_could_not_be_checked_makes_no_waiver_unused() -> None:
    broken = replace(subject("order"), problems=(Problem("v1 does not parse", subject="order"),))
    assert apply(run(broken), [waiver()], TODAY).findings == ()


def test_severities_are_the_runs() -> None:
    loud = Severities({"waiver-unused": Severity.ERROR})
    assert apply(run(subject("order")), [waiver()], TODAY, loud).verdict is Verdict.INCOMPATIBLE
    silent = Severities({"waiver-unused": None})
    assert apply(run(subject("order")), [waiver()], TODAY, silent).findings == ()


WINDOWS = f"# x\n\n{ENTRY}".replace("\n", "\r\n")


@pytest.mark.slow
@given(
    reason=st.text(min_size=1).filter(lambda text: bool(text.strip()) and text.isprintable()),
    before=st.sampled_from(["", "# hand-written\n", "# no line end", ENTRY, WINDOWS]),
)
def test_an_appended_waiver_is_read_back_and_the_rest_stays(reason: str, before: str) -> None:
    entry = waiver(fingerprint="f" * 24, reason=reason)
    after = append_waiver(before, entry)
    assert after.startswith(before)
    assert parse_waivers(after, "w.toml")[-1] == entry
    assert after.endswith("\n")
    assert ("\r\n" in after) == ("\r\n" in before)


def test_what_cannot_be_appended_is_refused() -> None:
    with pytest.raises(ConfigError, match="has a waiver already, until 2027-06-30"):
        append_waiver(ENTRY, waiver())
    with pytest.raises(ConfigError, match="write each waiver as a table"):
        append_waiver("waivers = []\n", waiver())
    with pytest.raises(UsageError, match="must not be blank"):
        append_waiver("", waiver(reason=" "))
    with pytest.raises(EvtcompatError, match="must not contain control characters"):
        append_waiver("", waiver(owner="a\nb"))


def test_a_file_that_is_not_there_has_no_waivers_and_one_that_is_broken_is_an_error(tmp_path: Path) -> None:
    file = tmp_path / "evtcompat-waivers.toml"
    assert load_waivers(file) == ()
    file.write_text(ENTRY)
    assert load_waivers(file) == (waiver(),)
    file.write_bytes(b"\xff")
    with pytest.raises(ConfigError, match="is not UTF-8"):
        load_waivers(file)
    file.unlink()
    file.mkdir()
    with pytest.raises(ConfigError, match="cannot be read"):
        load_waivers(file)


def test_the_waiver_for_a_finding_accepts_it() -> None:
    report = run(subject("order", finding()))
    entry, about = waiver_for(report, PRINT, reason="r", owner="o", expires=TODAY, today=TODAY)
    assert about == finding()
    applied = apply(report, parse_waivers(append_waiver("", entry), "w.toml"), TODAY)
    assert applied.verdict is Verdict.COMPATIBLE
    with pytest.raises(UsageError, match="is waived already, until 2027-01-01"):
        waiver_for(applied, PRINT, reason="r", owner="o", expires=TODAY, today=TODAY)
    with pytest.raises(UsageError, match=f"no finding has the id {'9' * 24}"):
        waiver_for(report, "9" * 24, reason="r", owner="o", expires=TODAY, today=TODAY)
    with pytest.raises(UsageError, match="would have expired on 2026-12-31 already"):
        waiver_for(report, PRINT, reason="r", owner="o", expires=date(2026, 12, 31), today=TODAY)
    gate = replace(report, findings=(finding("e" * 24),))
    with pytest.raises(UsageError, match="e cannot be waived"):
        waiver_for(gate, "e" * 24, reason="r", owner="o", expires=TODAY, today=TODAY)


# causes


def caused(*prints: str, rule: str = RULE) -> Finding:
    """A finding at several places, of one cause."""
    also = tuple(FoundAt(rule, Place("/b", f"X.{one[0]}"), Place(), one * 24) for one in prints[1:])
    basis = Finding(rule, Severity.ERROR, "`X.a` breaks.", Place("/a", "X.a"), Place(), fingerprint=prints[0] * 24)
    return replace(basis, cause=Cause("f" * 24, "`X`: size 2 -> 3"), also=also)


def waived(report: Report, fingerprint: str) -> Waiver:
    return waiver_for(report, fingerprint, reason="r", owner="o", expires=date(2027, 6, 30), today=TODAY)[0]


def test_a_waiver_of_a_cause_covers_every_place_that_stood_and_no_other() -> None:
    stood = run(subject("order", caused("a", "b"), caused("c", rule="version-removed")))
    entry = waived(stood, "f" * 24)
    assert sorted(entry.places) == ["a" * 24, "b" * 24, "c" * 24]
    assert apply(stood, (entry,), TODAY).verdict is Verdict.COMPATIBLE
    later = apply(run(subject("order", caused("a", "d", "b"))), (entry,), TODAY)
    accepted, opened = later.subjects[0].comparisons[0].result.findings
    assert (accepted.waived is None, len(accepted.places)) == (False, 2)
    assert (opened.waived, opened.fingerprint, opened.message) == (None, "d" * 24, "`X.d` breaks.")
    assert later.verdict is Verdict.INCOMPATIBLE


def test_a_waiver_of_one_place_covers_that_place_alone() -> None:
    entry = waiver(fingerprint="b" * 24)
    report = apply(run(subject("order", caused("a", "b"))), (entry,), TODAY)
    assert [one.waived is None for one in report.subjects[0].comparisons[0].result.findings] == [True, False]


def test_places_are_kept_in_the_file() -> None:
    entry = waived(run(subject("order", caused("a", "b"))), "f" * 24)
    (read,) = parse_waivers(append_waiver("", entry), "w.toml")
    assert read == entry
    with pytest.raises(ConfigError, match="24 hexadecimal digits"):
        parse_waivers(ENTRY + 'places = ["x"]\n', "w.toml")
