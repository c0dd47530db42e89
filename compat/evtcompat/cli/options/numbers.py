"""Numbers that a person gives."""

from __future__ import annotations

import math

import typer


def a_number(value: float | None) -> float | None:
    """The value of an option that is a number.

    Raises:
        typer.BadParameter: It is ``nan``, which older releases of Typer find in every range.
    """
    if value is not None and math.isnan(value):
        message = "nan is no number"
        raise typer.BadParameter(message)
    return value
