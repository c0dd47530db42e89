"""How the table ``[exercise]`` is read."""

from __future__ import annotations

from evtcompat.config.exercise import ExerciseSettings, IntendedDifference
from evtcompat.config.globs import fault
from evtcompat.config.toml_table import Table


def exercise_settings(table: Table) -> ExerciseSettings:
    """What the table says.

    Raises:
        ConfigError: A key is unknown, or a value has the wrong type or makes no sense.
    """
    table.only(("differences",))
    return ExerciseSettings(tuple(_difference(one) for one in table.tables("differences")))


def _difference(table: Table) -> IntendedDifference:
    table.only(("path", "reason", "subjects"))
    path, reason = table.string("path"), table.string("reason")
    if path is None or not path.startswith("/"):
        table.fail(f'`{table.called("path")}` must name a place in the effect, such as "/*/total"', "path")
    if reason is None:
        hint = "Say why the new consumer may do this otherwise than the old one."
        table.fail(f"`{table.called()}` needs a `reason`", hint=hint)
    subjects = table.strings("subjects") or ()
    for index, pattern in enumerate(subjects):
        wrong = fault(pattern)
        if wrong is not None:
            table.fail(f"`{table.called('subjects', index)}` is no pattern: {wrong}", "subjects", index)
    return IntendedDifference(path, reason, subjects)
