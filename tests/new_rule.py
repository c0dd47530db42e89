"""Begins a rule: ``python -m tests.new_rule decimal-rounded`` writes what is to be filled in, and says what to do next.

For Avro that is the rule's module and its case folder; for JSON Schema (``--format json-schema``) the case folder, as
its rules stand by the family of keywords that they are about. What is not filled in fails in `test_rule_cases.py`.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
SUFFIXES = {"avro": "avsc", "json-schema": "json"}
#: A case that raises the rule, and one that nearly does.
CASES = ("raised", "nearly")

MODULE = '''"""In a few words: what differs."""

from __future__ import annotations

from evtcompat.formats.avro.differences import ValueConverted
from evtcompat.formats.avro.rule import AvroRule, Breach, Evidence, Judge
from evtcompat.model.rules import Rule
from evtcompat.model.verdicts import Severity


def _breach(difference: ValueConverted) -> Breach | None:
    del difference  # or another one of `formats.avro.differences`
    return None  # or the breach, with the facts of the sentence


RULE = AvroRule(
    text=Rule(
        id="{id}",
        severity=Severity.ERROR,
        format="avro",
        sentence="",  # of `{{path}}`, `{{reader}}`, `{{writer}}` and the facts of the breach
        what="",
        why="",
        example="",
        remedy="",
    ),
    judges=(Judge(ValueConverted, _breach),),
    evidence=Evidence.REFUSED,  # what a payload can show; `isolate`, `sample` and `fix` help to build it
)
'''
NEXT = """\
Next:
1. Fill in {first}.
2. Make old.{suffix} and new.{suffix} in tests/cases/{id}/raised raise the rule, and those
   in nearly/ nearly raise it. Name the folders after what they show, and say it in one sentence in
   expected.json, at "about".
3. EVTCOMPAT_UPDATE_CASES=1 pytest tests/test_rule_cases.py -k {id}
   writes the results into expected.json: read them.
4. Name in tests/cases/{id}/mirror.txt the rule that the same pair raises with its sides
   exchanged, which may be this one, or say in a sentence why it raises none.
"""


def files_of(rule: str, schema_format: str) -> dict[str, str]:
    """What is written: path below the root -> content."""
    suffix = SUFFIXES[schema_format]
    expected = json.dumps({"about": "", "results": {}}, indent=1) + "\n"
    files = {f"tests/cases/{rule}/{case}/expected.json": expected for case in CASES}
    files |= {f"tests/cases/{rule}/{case}/{side}.{suffix}": "{}\n" for case in CASES for side in ("old", "new")}
    files[f"tests/cases/{rule}/mirror.txt"] = ""
    if schema_format == "avro":
        files[f"compat/evtcompat/formats/avro/rules/{rule.replace('-', '_')}.py"] = MODULE.format(id=rule)
    return files


def begin(rule: str, schema_format: str, root: Path) -> None:
    """Write the files of a rule below `root`.

    Raises:
        ValueError: The id is none, or some file is there already; nothing is written then.
    """
    if not re.fullmatch(r"[a-z]+(-[a-z]+)+", rule):
        message = f"{rule!r} is no rule id: two or more words in lower case, joined by hyphens"
        raise ValueError(message)
    files = files_of(rule, schema_format)
    for path in files:
        if (root / path).exists():
            message = f"{path} is there already"
            raise ValueError(message)
    for path, content in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content, encoding="utf-8")


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.new_rule", description=(__doc__ or "").partition(":")[0])
    parser.add_argument("rule", metavar="ID", help="such as decimal-rounded")
    parser.add_argument("--format", choices=SUFFIXES, default="avro", dest="schema_format")
    parser.add_argument("--root", type=Path, default=ROOT, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    rule, schema_format = asked.rule, asked.schema_format
    try:
        begin(rule, schema_format, asked.root)
    except ValueError as error:
        parser.error(str(error))
    first = (
        f"compat/evtcompat/formats/avro/rules/{rule.replace('-', '_')}.py"
        if schema_format == "avro"
        else "a rule in `RULES` of a module of compat/evtcompat/formats/json_schema/rules, and what\n"
        "   finds it there: the function that is `diagnose` of a record in ../keywords"
    )
    sys.stdout.write("".join(f"{path}\n" for path in files_of(rule, schema_format)))
    sys.stdout.write("\n" + NEXT.format(first=first, suffix=SUFFIXES[schema_format], id=rule))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
