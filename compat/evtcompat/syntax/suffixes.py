"""How the name of a file tells in which syntax its text is written."""

from __future__ import annotations

from typing import Final

_JSON: Final = (".json",)
_YAML: Final = (".yaml", ".yml")


def is_yaml(name: str) -> bool:
    """Whether a file of this name or path holds YAML."""
    return name.lower().endswith(_YAML)


def is_document(name: str) -> bool:
    """Whether a file of this name or path holds JSON or YAML, of whatever kind."""
    return name.lower().endswith((*_JSON, *_YAML))
