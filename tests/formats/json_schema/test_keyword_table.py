"""The records of keywords contradict neither themselves nor one another."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter, defaultdict
from importlib import import_module
from pkgutil import iter_modules

import pytest

from evtcompat.formats.json_schema import keywords, resemblance
from evtcompat.formats.json_schema.dialect import DRAFTS, Handling
from evtcompat.formats.json_schema.keywords.keyword import AppliesTo, Holding, Keyword, Meaning
from evtcompat.formats.json_schema.keywords.table import KEYWORDS, SELF_CONTAINED
from evtcompat.formats.json_schema.rules.limits import LIMITS, diagnose_limit
from source_files import report

every_keyword = pytest.mark.parametrize("keyword", KEYWORDS.values(), ids=KEYWORDS)


def test_a_keyword_has_one_record_in_one_family() -> None:
    """And every family is in the table."""
    families = defaultdict(list)
    for module in iter_modules(keywords.__path__, f"{keywords.__name__}."):
        for keyword in () if module.name.endswith(".table") else getattr(import_module(module.name), "KEYWORDS", ()):
            families[keyword.name].append(module.name.rpartition(".")[2])
    report(
        (f"{name}: {', '.join(found)}" for name, found in families.items() if len(found) > 1),
        "Keep one record of a keyword; what differs between drafts is a `Definition` of it.",
    )
    report(families.keys() ^ KEYWORDS.keys(), "Add the family to `keywords.table.KEYWORDS`.")


def test_a_document_is_recognised_by_the_same_keywords() -> None:
    """The list is written out there, so that recognising a document imports nothing that decides."""
    more = {"example"}  # of OpenAPI
    report(
        resemblance.KEYWORDS ^ (KEYWORDS.keys() - {"$schema"} | more),
        "Bring the list in `resemblance.py` in line with the records of `keywords/`.",
    )


@every_keyword
def test_each_draft_defines_a_keyword_once(keyword: Keyword) -> None:
    drafts = Counter(draft for one in keyword.definitions for draft in one.drafts)
    assert drafts.keys() <= set(DRAFTS)
    assert set(drafts.values()) == {1}


@every_keyword
def test_a_keyword_that_constrains_says_what_its_value_is_and_what_becomes_of_it(keyword: Keyword) -> None:
    assert (keyword.holds is not None) is bool(keyword.constrains_in)
    if keyword.constrains_in:
        assert (keyword.compile is None) is (keyword.needs is not None)


@every_keyword
def test_a_keyword_needs_one_of_the_same_drafts(keyword: Keyword) -> None:
    if keyword.needs is not None:
        assert set(keyword.constrains_in) <= set(KEYWORDS[keyword.needs].constrains_in)


@every_keyword
def test_twins_are_mutual(keyword: Keyword) -> None:
    if keyword.twin is not None:
        assert KEYWORDS[keyword.twin].twin == keyword.name


@every_keyword
def test_a_keyword_that_holds_schemas_says_to_what_they_apply(keyword: Keyword) -> None:
    holding = any(isinstance(one.shape, Holding) for one in keyword.definitions)
    assert holding is (keyword.applies_to is not None)
    if holding:
        assert keyword.meaning is Meaning.PLACE
        constrains = any(one.handling is Handling.DECIDED for one in keyword.definitions)
        assert constrains is (keyword.applies_to is not AppliesTo.NOTHING)


def test_what_means_the_same_everywhere_refers_to_nothing() -> None:
    assert not any(KEYWORDS[name].refers or KEYWORDS[name].evaluate for name in SELF_CONTAINED)


def test_a_failed_limit_has_words() -> None:
    """And whatever has words is diagnosed with them."""
    assert {name for name, one in KEYWORDS.items() if one.diagnose is diagnose_limit} == LIMITS.keys()


@every_keyword
def test_only_what_may_refuse_something_itself_is_diagnosed(keyword: Keyword) -> None:
    if keyword.diagnose is not None:
        assert keyword.constrains_in or keyword.name == "format"
        assert not keyword.refers


@pytest.mark.slow
def test_listing_the_rules_imports_nothing_that_decides() -> None:
    """So that a run without a JSON Schema does not wait for it."""
    program = (
        "import sys\n"
        "from evtcompat.formats.json_schema.rules.catalogue import JSON_SCHEMA_RULES\n"
        "assert JSON_SCHEMA_RULES\n"
        "light = {'describe', 'exact', 'name_patterns', 'rules'}\n"
        "package = 'evtcompat.formats.json_schema.'\n"
        "found = {name.removeprefix(package).split('.')[0] for name in sys.modules if name.startswith(package)}\n"
        "sys.exit(str(found - light) if found - light else 0)"
    )
    ran = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
