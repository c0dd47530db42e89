"""The type of a parsed JSON document."""

from __future__ import annotations

from decimal import Decimal
from typing import TypeAlias

#: A parsed JSON value. Numbers with a fraction or an exponent may be `Decimal` where exactness matters.
JSON: TypeAlias = "dict[str, JSON] | list[JSON] | str | int | float | Decimal | bool | None"
