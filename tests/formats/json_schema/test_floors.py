"""The packages and modules of the JSON Schema engine use only what stands on a floor below theirs.

The floors are in the order in which a pair of schemas travels: from the values and sets that everything is made of, by
way of keywords, documents and nodes, to the verdict and its explanation.
"""

from __future__ import annotations

from source_files import report, source_files

FORMAT = "formats.json_schema."
FLOORS: tuple[frozenset[str], ...] = (
    frozenset({"dialect", "edit_distance", "exact", "identifiers", "name_patterns", "version_marks"}),
    frozenset({"addresses"}),
    frozenset({"options", "resemblance"}),
    frozenset({"libraries"}),
    frozenset({"algebra", "describe", "library"}),
    frozenset({"rules", "solve"}),
    frozenset({"keywords"}),
    frozenset({"dialects", "lint"}),
    frozenset({"parse"}),
    frozenset({"compile", "confluent", "projection", "validate"}),
    frozenset({"policy", "undecided", "witness"}),
    frozenset({"decide", "recorded"}),
    frozenset({"explain"}),
    frozenset({"proof", "values"}),
    frozenset({"decided", "payloads"}),
    frozenset({"decision"}),
    frozenset({"format"}),
)


def _unit(module: str) -> str:
    """The package or module of the engine that a dotted name lies in."""
    return module.removeprefix(FORMAT).split(".")[0]


def test_every_part_of_the_engine_stands_on_one_floor() -> None:
    units = {_unit(file.module) for file in source_files() if file.module.startswith(FORMAT)}
    listed = [unit for floor in FLOORS for unit in floor]
    assert len(listed) == len(set(listed))
    report(units ^ set(listed), "Say in FLOORS where a new part of the engine stands, and take out what is gone.")


def test_nothing_is_imported_from_the_same_floor_or_from_above() -> None:
    level = {unit: number for number, floor in enumerate(FLOORS) for unit in floor}
    upwards = (
        f"{file.module} -> {imported.module}"
        for file in source_files()
        if file.module.startswith(FORMAT)
        for imported in file.imports
        if imported.internal and not imported.typing_only and imported.module.startswith(FORMAT)
        if _unit(imported.module) != _unit(file.module) and level[_unit(imported.module)] >= level[_unit(file.module)]
    )
    report(upwards, "Move what both need to a floor below, or hand it over as an argument.")
