"""Words of options: however they are capitalised, and with what was probably meant when they are unknown."""

from __future__ import annotations

import pytest

from cli_harness import Run

V2 = "schemas/order-placed-v2.avsc"


@pytest.mark.parametrize("level", ["backward_transitive", "BACKWARD_TRANSITIVE", "Backward-Transitive"])
def test_a_level_may_be_written_in_any_case(run: Run, level: str) -> None:
    result = run("check", V2, "--level", level)
    assert (result.code, "order-placed  BACKWARD_TRANSITIVE" in result.out) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ("check", V2, "--level", "BACKWRD"),
            "unknown word 'BACKWRD' for --level\n  Did you mean BACKWARD? Known: ",
        ),
        (("check", V2, "--policy", "loose"), "unknown word 'loose' for --policy\n  Known: strict, lenient.\n"),
        (
            ("check", V2, "--fail-on", "warn"),
            "unknown word 'warn' for --fail-on\n  Did you mean warning? Known: ",
        ),
        (("diff", V2, V2, "--policy", ""), "unknown word '' for --policy\n"),
        (("matrix", "order-placed", "--policy", "x"), "unknown word 'x' for --policy\n"),
        (("exercise", "x", "--fixtures", "x", "--level", "x"), "unknown word 'x' for --level\n"),
        (
            ("waive", "0" * 24, "--reason", "x", "--owner", "x", "--expires", "tomorrow"),
            "'tomorrow' is no day for --expires\n  Write YYYY-MM-DD, for example 2027-06-30.\n",
        ),
        (("registry", "serve", "--level", "x"), "unknown word 'x' for --level\n"),
        (("fixtures", "generate", "x", "-o", "x", "--policy", "x"), "unknown word 'x' for --policy\n"),
    ],
)
def test_an_unknown_word_is_answered_with_the_known_ones(run: Run, arguments: tuple[str, ...], message: str) -> None:
    result = run(*arguments)
    assert (result.code, result.out) == (2, "")
    assert message in result.err
