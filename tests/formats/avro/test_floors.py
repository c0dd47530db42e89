"""The Avro package stands on floors: a module uses what is on its own floor or below."""

from __future__ import annotations

from source_files import source_files

#: From the lowest up; a package stands for its modules, but for those that have a place of their own.
FLOORS = (
    (
        *(
            "types",
            "limits",
            "violations",
            "logical",
            "promotions",
            "parts",
            "paths",
            "canonical",
            "equality",
            "printed",
            "version_marks",
        ),
        *(
            "names",
            "legal_names",
            "definitions",
            "suggestions",
            "annotations",
            "refusals",
            "defaults",
            "scope",
            "parse",
            "resemblance",
        ),
    ),
    ("differences", "rule", "patches", "isolation", "decoders.divergence", "payloads.datum", "payloads.boundaries"),
    ("rules",),
    ("matching", "compatibility"),
    ("decoders", "lint", "registration"),
    ("payloads", "projection", "recorded"),
    ("walk", "drift", "explanation", "fixes", "evidence"),
    ("comparison", "format"),
    ("containers",),
)
PACKAGE = "formats.avro."
FLOOR_OF = {name: floor for floor, names in enumerate(FLOORS) for name in names}


def floor_of(module: str) -> int:
    """The floor of a module of the package, which has one itself or stands on that of its folder."""
    return FLOOR_OF[module] if module in FLOOR_OF else FLOOR_OF[module.partition(".")[0]]


def test_modules_use_what_is_on_their_floor_or_below() -> None:
    upward = [
        f"{file.path} imports {found.module}"
        for file in source_files()
        if file.module.startswith(PACKAGE)
        for found in file.imports
        if found.internal and not found.typing_only and found.module.startswith(PACKAGE)
        if floor_of(found.module.removeprefix(PACKAGE)) > floor_of(file.module.removeprefix(PACKAGE))
    ]
    assert upward == []


def test_every_place_of_the_table_is_taken() -> None:
    modules = {file.module.removeprefix(PACKAGE) for file in source_files()}
    assert FLOOR_OF.keys() - modules == set()
