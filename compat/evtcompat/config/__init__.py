"""``[tool.evtcompat]`` of pyproject.toml, or evtcompat.toml -> a frozen `Config`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evtcompat.config.find import find_config, load_config
from evtcompat.config.values import (
    DEFAULT_LEVEL,
    DEFAULT_POLICY,
    Config,
    FormatTarget,
    Override,
    SkippedAction,
    SubjectSettings,
    UndecidedAction,
)

if TYPE_CHECKING:
    from evtcompat.config.read import load_config_text

__all__ = [
    "DEFAULT_LEVEL",
    "DEFAULT_POLICY",
    "Config",
    "FormatTarget",
    "Override",
    "SkippedAction",
    "SubjectSettings",
    "UndecidedAction",
    "find_config",
    "load_config",
    "load_config_text",
]


def __getattr__(name: str) -> object:
    """`load_config_text`, and with it the TOML parser, when first used."""
    if name == "load_config_text":
        from evtcompat.config.read import load_config_text

        return load_config_text
    message = f"module {__name__!r} has no attribute {name!r}"
    raise AttributeError(message)
