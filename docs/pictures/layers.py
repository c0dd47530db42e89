"""Draws `layers.svg`: the packages of evtcompat on their layers, and which imports which, as the code has it.

python docs/pictures/layers.py            writes the picture
python docs/pictures/layers.py --check    exits with 1 when it is not what the code says
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from html import escape
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent.parent / "compat" / "evtcompat"
PICTURE = HERE / "layers.svg"
#: From the top: who may use everything, to what everything may use. Each row uses rows below it.
ROWS = (
    ("pytest_plugin",),
    ("cli",),
    ("reporters", "testing", "lsp"),
    ("contracts", "exercise", "replay", "timelines"),
    ("payloads", "api"),
    ("sources",),
    ("checking", "registries"),
    ("config", "writing"),
    ("rules", "containers"),
    ("formats.avro", "formats.json_schema"),
    ("formats", "regular"),
    ("syntax", "folders"),
    ("errors",),
    ("model",),
)
#: Tables of what there is of a kind, which lower layers may ask; see `tests/source_files.py`.
TABLES = frozenset({"containers.loading", "formats.loading", "reporters.available"})
#: What everything may use: lines to these would hide the others.
COMMON = frozenset({"errors", "model", "syntax"})
TITLE = "The packages of evtcompat; every line is an import, and leads down (those of model, errors, syntax left out)"
WIDTH, ROW, BOX, HEIGHT = 760, 74, 150, 34


def package_of(parts: tuple[str, ...]) -> str:
    """What the picture calls the package that a module lies in."""
    if parts[0] == "formats" and len(parts) > 1 and (ROOT / "formats" / parts[1]).is_dir():
        return f"formats.{parts[1]}"
    return parts[0]


def imports() -> Iterator[tuple[str, str]]:
    """(importing package, imported package) of every import in the code, those for type checkers left out."""
    for path in sorted(ROOT.rglob("*.py")):
        module = path.relative_to(ROOT).with_suffix("").parts
        own = package_of(module)
        if ".".join(module) in TABLES:
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        typing_only = {
            inner
            for node in ast.walk(tree)
            if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
            for inner in ast.walk(node)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module and node not in typing_only:
                parts = tuple(node.module.split("."))
                if parts[0] == "evtcompat" and len(parts) > 1 and ".".join(parts[1:]) not in TABLES:
                    yield own, package_of(parts[1:])


def drawn() -> str:
    """The picture."""
    place: dict[str, tuple[float, float]] = {}
    for number, row in enumerate(ROWS):
        for index, name in enumerate(row):
            place[name] = (WIDTH * (index + 1) / (len(row) + 1), 40 + number * ROW)
    forgotten = {path.parent.name for path in ROOT.glob("*/__init__.py")} - place.keys()
    if forgotten:
        sys.exit(f"ROWS says where a package stands: {', '.join(sorted(forgotten))} is on no row")
    known = place.keys() - COMMON
    edges = sorted({(one, other) for one, other in imports() if one != other and one in place and other in known})
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {len(ROWS) * ROW + 20}" role="img">',
        f"<title>{TITLE}</title>",
        '<g font-family="sans-serif" font-size="13">',
        '<rect width="100%" height="100%" fill="#ffffff"/>',
    ]
    for upper, lower in edges:
        (x1, y1), (x2, y2) = place[upper], place[lower]
        wrong = y2 <= y1
        colour, width = ("#c62828", 2) if wrong else ("#90a4ae", 0.8)
        lines.append(
            f'<path d="M {x1:.0f} {y1 + HEIGHT / 2:.0f} C {x1:.0f} {y1 + ROW * 0.7:.0f}, {x2:.0f} {y2 - ROW * 0.7:.0f},'
            f' {x2:.0f} {y2 - HEIGHT / 2:.0f}" fill="none" stroke="{colour}" stroke-width="{width}"/>'
        )
    for name, (x, y) in place.items():
        if not (ROOT / name.replace(".", "/")).is_dir() and not (ROOT / f"{name}.py").is_file():
            continue
        lines.append(
            f'<rect x="{x - BOX / 2:.0f}" y="{y - HEIGHT / 2:.0f}" width="{BOX}" height="{HEIGHT}" rx="5"'
            ' fill="#e3f2fd" stroke="#1565c0"/>'
        )
        lines.append(f'<text x="{x:.0f}" y="{y + 5:.0f}" text-anchor="middle" fill="#0d2b45">{escape(name)}</text>')
    return "\n".join([*lines, "</g>", "</svg>"]) + "\n"


def main() -> int:
    """Write the picture, or say whether it is up to date."""
    if "--check" in sys.argv[1:]:
        return int(PICTURE.read_text(encoding="utf-8") != drawn())
    PICTURE.write_text(drawn(), encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
