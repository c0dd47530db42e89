"""Nothing is told through the back door: no context variables, and no module keeps state for another."""

from __future__ import annotations

from source_files import SourceFile, report, source_files

#: The files whose functions change something of a module, and why.
CHANGING = {
    "cli/reporting/site.py": "what a process of a pool is given before its work",
    "formats/avro/limits.py": "the interpreter has one limit, which stays raised until the last of its users is done",
    "formats/json_schema/algebra/components.py": "equal components are one, and weakly held",
    "formats/json_schema/algebra/nodes.py": "equal nodes are one, and weakly held",
    "formats/json_schema/compile/compiler.py": "what a few scalar keywords compile to, whatever the schema; bounded",
    "formats/json_schema/parse/content_keys.py": "the cache that schemas are begun with, changed for an empty one",
    "regular/operations.py": "equal languages are one, and weakly held",
    "replay/engines/local.py": "what a process of a pool is given before its work",
}


def test_no_function_changes_what_belongs_to_a_module() -> None:
    found = {file.path: file.changed for file in source_files() if file.changed}
    report(
        (f"{path}:{line} changes {name}" for path in found.keys() - CHANGING.keys() for line, name in found[path]),
        "Give it to an object that somebody owns and hands over. A cache whose loss changes no answer goes into "
        "CHANGING, and why.",
    )
    report(CHANGING.keys() - found.keys(), "Take out of CHANGING what changes nothing any more.")


def threads(file: SourceFile) -> bool:
    """Whether a file uses threads."""
    return any(imported.module == "threading" for imported in file.imports)


def test_there_are_no_context_variables() -> None:
    """Nor what a thread keeps for itself: neither shows in a signature."""
    report(
        (
            f"{file.path}:{line} {text}"
            for file in source_files()
            for line, text in file.words
            if text in ("ContextVar", "contextvars") or (text == "local" and threads(file))
        ),
        "Hand it over as an argument, or as a field of the options.",
    )
