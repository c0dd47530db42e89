"""The Avro package stands on floors: a module uses what is on its own floor or below."""

from __future__ import annotations

from source_files import report, source_files

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
    """The floor of a module of the package, its own or that of its folder; the lowest for one that has no place yet."""
    return FLOOR_OF.get(module, FLOOR_OF.get(module.partition(".")[0], 0))


def test_modules_use_what_is_on_their_floor_or_below() -> None:
    upward = (
        f"{file.path} imports {found.module}"
        for file in source_files()
        if file.module.startswith(PACKAGE)
        for found in file.imports
        if found.internal and not found.typing_only and found.module.startswith(PACKAGE)
        if floor_of(found.module.removeprefix(PACKAGE)) > floor_of(file.module.removeprefix(PACKAGE))
    )
    report(upward, "Move what both need to a floor below, or hand it over as an argument.")


def test_every_module_has_a_place_and_every_place_is_taken() -> None:
    inside = {file.module.removeprefix(PACKAGE) for file in source_files() if file.module.startswith(PACKAGE)}
    placed = {module for module in inside if {module, module.partition(".")[0]} & FLOOR_OF.keys()}
    report(
        inside - placed | FLOOR_OF.keys() - inside, "Say in FLOORS where a new module stands, take out what is gone."
    )
