"""Reports built by hand: one with everything that a report can hold, and one whose names are hostile."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from evtcompat.checking.rollout import rollout_of_subject
from evtcompat.checking.run import assemble
from evtcompat.config.waivers import UNWAIVABLE
from evtcompat.model.exercised import Exercised, ExercisedCell, ExercisedFailure, ExercisedFlow, ExercisedLevel
from evtcompat.model.findings import Finding, WaivedBy
from evtcompat.model.levels import Direction, Level
from evtcompat.model.mismatches import Fix, Undecided
from evtcompat.model.places import Place
from evtcompat.model.reports import Comparison, DirectedComparison, Problem, Report, SchemaName, SubjectReport
from evtcompat.model.verdicts import Policy, Severity, Verdict
from evtcompat.model.witnesses import Witness, WitnessKind

#: Everything that a terminal, a workflow runner, Markdown, HTML, XML or JSON could take for its own.
HOSTILE = (
    "\x1b[31mred\x1b]8;;http://evil.example\x07",
    "::set-output name=x::y",
    "a name that is wrapped where it " + "x" * 40 + " ::error title=x::y and again ::error::z",
    "##[error]x ##vso[task.setvariable variable=a]b ##teamcity[message text='x']",
    "\n::error::forged\r\n::add-mask::x",
    "a|b||c",
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "--> <!-- </details>",
    "]]> <?pi?> &amp; &#60;",
    "[click](http://evil.example) ![i](http://evil.example/i.png)",
    "http://evil.example www.evil.example a@evil.example",
    "@team #1 !2 %3 ~4 $5 &6",
    "`tick` ``two`` ```three",
    "` unbalanced",
    "\\` \\\\",
    "# heading",
    "- list",
    "1. list",
    "    indented",
    "| --- |",
    "%0A%25 ,title=x",
    "\u202egnp.exe\u2066\u2069",
    "\u2028line\u2029paragraph\u0085next",
    "\ud800 \ufffe \uffff \x00 \x7f",
    "{0} {{}} {reader}",
    "'\"",
)


def place(origin: str | None, line: int | None = 3, column: int | None = 5, pointer: str = "/fields/0") -> Place:
    end = None if column is None else column + 4
    return Place(pointer, "Order.total", origin, line, column, end, '    {"name": "total"},' if line else None)


def finding(rule: str, severity: Severity, fingerprint: str, **changes: object) -> Finding:
    basis = Finding(rule, severity, f"`total` of {rule} breaks.", place("new.avsc"), place("HEAD:old.avsc", 7))
    return replace(basis, fingerprint=fingerprint * 24, **changes)  # type: ignore[arg-type]  # a test's shorthand


WITNESS = Witness(WitnessKind.REFUSED, {"total": 1.5}, b"\x00", "avro-binary", "fastavro 1.13", "no default for `x`")
WAIVED = WaivedBy("agreed with shipping", "ann", date(2027, 6, 30))


def exercised() -> Exercised:
    """A cell of each state, at two levels; failures with and without a payload, a load and a chain."""
    raised = ExercisedFailure("raised", "KeyError: 'total'", "version 2, max", '{"total": 1}', (), "Trace\nKeyError")
    differs = ExercisedFailure("differs", "the effect is another", differences=("/0/total: 1, 2",), output="printed")
    cells = (
        ExercisedCell("old", ("1",), "once", 3, "ok"),
        ExercisedCell("new", ("1",), "once", 3, "failed", (raised, differs)),
        ExercisedCell("new", ("1", "2"), "mixed", 6, "unobserved", reason="nothing was observed"),
        ExercisedCell("new", ("2",), "crash", 3, "unchecked", reason="the broker did not answer"),
        ExercisedCell("new", ("2",), "once", 3, "failed", (raised,)),
    )
    flows = (
        ExercisedFlow("new, under load", "failed", ("events wait longer and longer",)),
        ExercisedFlow("new, through the chain order", "ok"),
    )
    levels = (ExercisedLevel("in process", cells), ExercisedLevel("redis with faults", cells[3:]))
    return Exercised("order", "order.json", "failed", (("old", "a:b"), ("new", "c:d")), levels, flows, ("a note",))


def hostile_exercise(text: str) -> Exercised:
    """Every text of a saved exercise is `text`."""
    failure = ExercisedFailure(text, text, text, text, (text,), text, text)
    cells = (
        ExercisedCell(text, (text,), text, 1, "failed", (failure,), text),
        ExercisedCell(text, (text, text), "once", 1, "unobserved", (), text),
    )
    flows = (ExercisedFlow(text, "unchecked", (text,)),)
    return Exercised(text, text, "failed", ((text, text),), (ExercisedLevel(text, cells),), flows, (text,))


def everything() -> Report:
    """Every severity, waived, undecided, unchecked, located and not, both directions, and about the run."""
    error = finding(
        "version-removed",
        Severity.ERROR,
        "a",
        witness=WITNESS,
        fix=Fix("give `total` a default", "reader"),
        because=(finding("subject-removed", Severity.ERROR, "0"),),
    )
    warning = finding("published-version-edited", Severity.WARNING, "b", reader=place("schemas/a b/é.avsc", 2, 1))
    note = finding("waiver-expiring", Severity.NOTE, "c", reader=Place("/x"), writer=Place("/y"))
    waived = finding("subject-removed", Severity.ERROR, "d", waived=WAIVED)
    remote = finding("version-removed", Severity.ERROR, "e", writer=place("registry:order@3", None, None))
    undecided = Undecided(place("new.avsc", 9, 1), place("HEAD:old.avsc", 9, 1), "the pattern has a look-ahead")
    old, new = SchemaName("HEAD:old.avsc", "2"), SchemaName("new.avsc", "3")
    broken = SubjectReport(
        "order",
        "avro",
        Level.FULL,
        new,
        Verdict.INCOMPATIBLE,
        (
            DirectedComparison(
                Direction.BACKWARD, old, Comparison(Verdict.INCOMPATIBLE, (error, warning, waived), (undecided,))
            ),
            DirectedComparison(
                Direction.FORWARD,
                replace(old, origin="registry:order@3"),
                Comparison(Verdict.INCOMPATIBLE, (replace(remote, reader=remote.writer, writer=remote.reader),)),
            ),
        ),
        findings=(note,),
        policy=Policy.LENIENT,
        problems=(Problem("not JSON: expected `,`", hint="Mend the file.", place="HEAD:v1.avsc:4:2", subject="order"),),
        exercised=(exercised(),),
    )
    good = SubjectReport(
        "fine",
        "avro",
        Level.BACKWARD,
        SchemaName("fine.avsc"),
        Verdict.COMPATIBLE,
        (DirectedComparison(Direction.BACKWARD, SchemaName("HEAD:fine.avsc"), Comparison(Verdict.COMPATIBLE)),),
    )
    new_one = SubjectReport("fresh", "avro", Level.FULL, SchemaName("f.avsc"), Verdict.COMPATIBLE, state="new")
    gone = SubjectReport(
        "gone",
        "avro",
        Level.FULL,
        SchemaName(None),
        Verdict.INCOMPATIBLE,
        findings=(
            finding("subject-removed", Severity.ERROR, "f", reader=Place(), writer=Place(origin="HEAD:x/gone.avsc")),
        ),
        state="removed",
    )
    gate = finding("gate-weakened", Severity.WARNING, "1", reader=place("pyproject.toml", 12, 1, "/level"))
    subjects = [replace(one, rollout=rollout_of_subject(one)) for one in (broken, good, new_one, gone)]
    return assemble(
        subjects,
        problems=(Problem("the baseline `main` cannot be found", hint="git fetch origin main"),),
        findings=(gate,),
    )


def nothing() -> Report:
    """A run that found no schema."""
    return assemble(())


def compatible() -> Report:
    """A run in which everything is well."""
    return assemble(subject for subject in everything().subjects if subject.subject in {"fine", "fresh"})


def only(kind: str) -> Report:
    """A run with one thing that must not look green: ``unchecked``, ``undecided`` or ``error``."""
    broken = next(subject for subject in everything().subjects if subject.subject == "order")
    if kind == "unchecked":
        return assemble((), problems=(Problem("the baseline cannot be found"),))
    backward = broken.comparisons[0]
    if kind == "undecided":
        result = Comparison(Verdict.UNDECIDED, (), backward.result.undecided)
    else:
        result = Comparison(Verdict.INCOMPATIBLE, backward.result.findings[:1])
    comparisons = (replace(backward, result=result),)
    bare = replace(broken, comparisons=comparisons, findings=(), problems=(), verdict=result.verdict)
    return assemble((bare,))


def hostile(text: str) -> Report:
    """Every text that can come from outside is `text`."""
    bad = Place("/" + text, text, f"dir/{text}.avsc", 3, 5, 9, text)
    found = Finding(
        "version-removed",
        Severity.ERROR,
        text,
        bad,
        replace(bad, origin=f"registry:{text}@3"),
        because=(Finding("version-removed", Severity.ERROR, text, bad, bad),),
        fix=Fix(text, "reader"),
        witness=Witness(WitnessKind.REFUSED, {text: text}, b"", "json", "fastavro", text),
        fingerprint="a" * 24,
        waived=None,
    )
    waived = replace(found, fingerprint="b" * 24, waived=WaivedBy(text, text, date(2027, 1, 1)))
    name = SchemaName(f"dir/{text}.avsc", text)
    result = Comparison(Verdict.INCOMPATIBLE, (found, waived), (Undecided(bad, bad, text),))
    subject = SubjectReport(
        text,
        "avro",
        Level.FULL,
        name,
        Verdict.INCOMPATIBLE,
        (DirectedComparison(Direction.BACKWARD, name, result),),
        findings=(replace(found, fingerprint="c" * 24),),
        registry_rejection=text,
        problems=(Problem(text, text, f"{text}:1:1", text),),
        exercised=(hostile_exercise(text),),
    )
    assert "version-removed" not in UNWAIVABLE
    return assemble(
        (replace(subject, rollout=rollout_of_subject(subject)),), problems=(Problem(text, text, text, text),)
    )
