"""``[tool.evtcompat]`` of pyproject.toml, or evtcompat.toml -> a frozen `Config`."""

from __future__ import annotations

from evtcompat.config.find import find_config, load_config
from evtcompat.config.read import load_config_text
from evtcompat.config.values import (
    DEFAULT_LEVEL,
    DEFAULT_POLICY,
    FORMATS,
    Config,
    FormatTarget,
    Override,
    Settings,
    UndecidedAction,
)

__all__ = [
    "DEFAULT_LEVEL",
    "DEFAULT_POLICY",
    "FORMATS",
    "Config",
    "FormatTarget",
    "Override",
    "Settings",
    "UndecidedAction",
    "find_config",
    "load_config",
    "load_config_text",
]
