"""How the time of a comparison grows with the schemas, as a picture.

    python benchmarks/growth.py [--out docs/pictures/growth.svg] [--runs 3]

One panel for each way in which schemas grow: fields, branches of a union, depth, versions of a history, and changes.
A point is the least CPU time of some runs, verdict, findings and witnesses read; both axes are logarithmic, so that a
straight line is a power, and the dotted line is what grows as its size does. Needs matplotlib (the group `dev-docs`).
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

import matplotlib as mpl

mpl.use("svg")
from matplotlib import pyplot as plt
from matplotlib.ticker import NullFormatter

from evtcompat import check, compare

#: A schema of a size; with `changed`, of as many parts of another type.
Make: TypeAlias = Callable[[int, int], Any]

DRAFT: Final = "http://json-schema.org/draft-07/schema#"
#: Panels beside each other: as wide as a page of the documentation, whose letters stay readable.
_COLUMNS: Final = 2
SIZES: Final = (10, 30, 100, 300, 1000)


def record(size: int, changed: int) -> dict[str, Any]:
    """A record of so many fields."""
    fields = [{"name": f"f{at}", "type": "string" if at < changed else "int"} for at in range(size)]
    return {"type": "record", "name": "R", "fields": fields}


def json_object(size: int, changed: int) -> dict[str, Any]:
    """An object of so many properties."""
    parts = {f"f{at}": {"type": "string" if at < changed else "integer"} for at in range(size)}
    return {"$schema": DRAFT, "type": "object", "properties": parts}


def union(size: int, changed: int) -> list[Any]:
    """A union of so many records."""
    return [{**record(2, 1 if at < changed else 0), "name": f"R{at}"} for at in range(size)]


def one_of(size: int, changed: int) -> dict[str, Any]:
    """As many alternatives, told apart by a constant."""
    branches = [
        {
            "type": "object",
            "required": ["kind", "f0"],
            "properties": {"kind": {"const": f"k{at}"}, **json_object(2, 1 if at < changed else 0)["properties"]},
        }
        for at in range(size)
    ]
    return {"$schema": DRAFT, "oneOf": branches}


def nested_records(size: int, changed: int) -> Any:  # noqa: ANN401 - a schema
    """A record in a record, so many deep, with a leaf."""
    found: Any = "string" if changed else "int"
    for level in range(size, 0, -1):
        found = {"type": "record", "name": f"R{level}", "fields": [{"name": "f", "type": found}]}
    return found


def nested_objects(size: int, changed: int) -> dict[str, Any]:
    """The same as objects."""
    found: dict[str, Any] = {"type": "string" if changed else "integer"}
    for _ in range(size):
        found = {"type": "object", "properties": {"f": found}, "required": ["f"]}
    return {"$schema": DRAFT, **found}


def pair(schema_format: str, make: Make, size: int, changed: int) -> None:
    """One comparison, all of it read."""
    found = compare(reader=make(size, changed), writer=make(size, 0), format=schema_format)
    _must_break(found.verdict.value if found.findings else "nothing found")


def history(schema_format: str, make: Make, size: int, _changed: int) -> None:
    """One candidate against so many versions, of which each says something else of itself; one change breaks all."""
    versions = [{**make(20, 0), "title": f"version {at}"} for at in range(size)]
    found = check(candidate=make(20, 1), history=versions, level="FULL_TRANSITIVE", format=schema_format)
    _must_break(found.verdict.value)


def _must_break(verdict: str) -> None:
    if verdict != "incompatible":
        message = f"every pair here breaks, and this one is said to be: {verdict}"
        raise SystemExit(message)


Panel: TypeAlias = tuple[str, str, tuple[int, ...], Callable[[str, Make, int, int], None], dict[str, Make], bool]
#: Title, what grows, its sizes, what is done, the schemas by format, whether every part changes or one.
PANELS: Final[tuple[Panel, ...]] = (
    ("one of many fields changed", "fields", SIZES, pair, {"avro": record, "json-schema": json_object}, False),
    ("every field changed", "changes", SIZES, pair, {"avro": record, "json-schema": json_object}, True),
    (
        "one of many branches changed",
        "branches",
        (10, 30, 100, 300),
        pair,
        {"avro": union, "json-schema": one_of},
        False,
    ),
    (
        "every branch changed",
        "branches",
        (10, 30, 100, 300),
        pair,
        {"avro": union, "json-schema": one_of},
        True,
    ),
    (
        "the deepest part changed",
        "levels of records or objects",
        (10, 30, 100, 160),
        pair,
        {"avro": nested_records, "json-schema": nested_objects},
        False,
    ),
    (
        "a history, all versions compared",
        "versions",
        (3, 10, 30, 100),
        history,
        {"avro": record, "json-schema": json_object},
        False,
    ),
)


def seconds(panel: Panel, schema_format: str, size: int, runs: int) -> float:
    """The least CPU time of some runs."""
    _, _, _, work, makes, whole = panel
    least = float("inf")
    for _ in range(runs):
        start = time.process_time()
        work(schema_format, makes[schema_format], size, size if whole else 1)
        least = min(least, time.process_time() - start)
    return least


def drawn(measured: Sequence[tuple[Panel, dict[str, list[float]]]], out: Path) -> None:
    """Write the picture; the same figures give the same bytes."""
    mpl.rcParams |= {"svg.hashsalt": "growth", "font.size": 9, "axes.spines.top": False, "axes.spines.right": False}
    rows = -(-len(measured) // _COLUMNS)
    figure, grid = plt.subplots(rows, _COLUMNS, figsize=(3.4 * _COLUMNS, 2.7 * rows), layout="constrained")
    axes = list(grid.flat)
    for axis, (panel, curves) in zip(axes, measured, strict=False):
        title, grows, sizes, *_ = panel
        for (name, curve), marker in zip(curves.items(), "os", strict=True):
            axis.plot(sizes, curve, marker=marker, markersize=4, label={"avro": "Avro"}.get(name, "JSON Schema"))
        first = min(curve[0] for curve in curves.values())
        axis.plot(sizes, [first * size / sizes[0] for size in sizes], ":", color="grey", label="as the size")
        axis.set(xscale="log", yscale="log", title=title, xlabel=grows)
        axis.yaxis.set_minor_formatter(NullFormatter())
        axis.grid(visible=True, which="major", alpha=0.3)
    for at in range(0, len(measured), _COLUMNS):
        axes[at].set_ylabel("CPU time, seconds")
    for axis in axes[len(measured) :]:
        axis.axis("off")
    handles, words = axes[0].get_legend_handles_labels()
    figure.legend(handles, words, frameon=False, loc="outside lower center", ncols=len(words))
    figure.savefig(out, metadata={"Date": None})


def main() -> None:
    """Measure, print and draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, default=Path(__file__).parent.parent / "docs" / "pictures" / "growth.svg")
    parser.add_argument("--runs", type=int, default=3)
    given = parser.parse_args()
    measured = []
    for name in ("avro", "json-schema"):
        seconds(PANELS[0], name, SIZES[0], 1)  # what is imported at the first comparison is no cost of it
    for panel in PANELS:
        curves = {name: [seconds(panel, name, size, given.runs) for size in panel[2]] for name in panel[4]}
        measured.append((panel, curves))
        for name, curve in curves.items():
            told = "  ".join(f"{size}: {spent * 1000:.1f} ms" for size, spent in zip(panel[2], curve, strict=True))
            print(f"{panel[0]}, {name}: {told}", flush=True)
    drawn(measured, given.out)


if __name__ == "__main__":
    main()
