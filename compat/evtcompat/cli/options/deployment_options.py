"""The options that `evtcompat can-i-deploy` and `evtcompat plan` have in common."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

To: TypeAlias = Annotated[str, typer.Option(metavar="NAME", help="The environment.", show_default=False)]
Assume: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(metavar="SERVICE=VERSION", help="What if this version ran instead of what runs of the service."),
]
AcceptStanding: TypeAlias = Annotated[
    bool, typer.Option("--accept-standing", help="What is incompatible today already does not count.")
]
Output: TypeAlias = Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write it there.")]
Folder: TypeAlias = Annotated[
    Path | None, typer.Option("--deployments", metavar="DIR", help="The folder of records, as in `deploy`.")
]
Config: TypeAlias = Annotated[Path | None, typer.Option(metavar="FILE", help="The configuration, as in `check`.")]
