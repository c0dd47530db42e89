"""The second opinion: a witness that the validator does not confirm is none, and one module owns each library."""

from __future__ import annotations

import subprocess
import sys

import pytest

from evtcompat.formats.json_schema.decide import UnconfirmedWitnessError, decide
from evtcompat.formats.json_schema.options import Options
from evtcompat.formats.json_schema.validate.validator import Examination, Validator, ValidatorFailedError, validator_of
from evtcompat.model.json_types import JSON
from formats.json_schema.deciding import INCOMPATIBLE, UNDECIDED, strict
from formats.json_schema.schemas import schema_of
from source_files import source_files

READER: JSON = {"type": "string"}
WRITER: JSON = {"type": ["string", "null"]}

#: The modules that may import a library, those that only need its types apart.
OWNERS = {
    "jsonschema": {"formats.json_schema.library.validators"},
    "referencing": {"formats.json_schema.parse.references"},
    "jsonschema_specifications": {"formats.json_schema.parse.references"},
}


@pytest.fixture(name="accepting")
def _accepting(monkeypatch: pytest.MonkeyPatch) -> None:
    """A validator that refuses nothing, as a fault of it or of the reasoning would make it."""
    monkeypatch.setattr(Validator, "examine", lambda _, __: Examination(None, disputed=False))


def test_a_confirmed_witness_is_an_answer() -> None:
    found = decide(schema_of(READER), schema_of(WRITER), strict())
    assert (found.verdict, found.instance) == (INCOMPATIBLE, None)
    assert found.violation is not None
    assert (found.violation.keyword, found.violation.pointer) == ("type", "")
    assert validator_of(schema_of(READER)).place_of(found.violation).pointer == "/type"


@pytest.mark.usefixtures("accepting")
def test_an_unconfirmed_witness_leaves_the_question_open() -> None:
    found = decide(schema_of(READER), schema_of(WRITER), Options())
    assert found.verdict is UNDECIDED
    assert "the validator does not confirm" in found.undecided[0].reason


@pytest.mark.usefixtures("accepting")
def test_an_unconfirmed_witness_raises_where_that_is_asked_for() -> None:
    with pytest.raises(UnconfirmedWitnessError, match="not confirmed: null"):
        decide(schema_of(READER), schema_of(WRITER), strict())


def test_a_validator_that_gives_up_leaves_the_question_open(monkeypatch: pytest.MonkeyPatch) -> None:
    def gives_up(_: Validator, __: object) -> Examination:
        raise ValidatorFailedError(RecursionError("too deep"))

    monkeypatch.setattr(Validator, "examine", gives_up)
    found = decide(schema_of(READER), schema_of(WRITER), strict())
    assert found.verdict is UNDECIDED
    assert "the validator gives up on it (RecursionError: too deep)" in found.undecided[0].reason


@pytest.mark.slow
@pytest.mark.parametrize("library", sorted(OWNERS))
def test_one_module_imports_a_library(library: str) -> None:
    importing = {
        file.module
        for file in source_files()
        for found in file.imports
        if found.module.split(".")[0] == library and not found.typing_only
    }
    assert importing == OWNERS[library]


@pytest.mark.slow
def test_a_compatible_pair_needs_no_validator() -> None:
    """Importing the library takes a quarter of a short run."""
    program = (
        "import sys\n"
        "from evtcompat import compare\n"
        "found = compare(reader={'type': 'string'}, writer={'type': 'string', 'maxLength': 3}, format='json-schema')\n"
        "assert found.findings == ()\n"
        "sys.exit('jsonschema' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
